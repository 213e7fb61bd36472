package problem_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/internal/message"
	"github.com/denial-go/denial/problem"
)

// source is what the files of this package declare, read with go/parser.
type source struct {
	reasons []reasonVar // in the order of the files, which is not the catalogue's
	common  []string    // the names that Common lists, in order
	kinds   map[string]problem.StepKind
	calls   []string // variables of the catalogue that run code when the program starts
}

type reasonVar struct{ name, doc string }

func readSource(t *testing.T) source {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	src := source{kinds: make(map[string]problem.StepKind)}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Name.Name == "Common" {
					ast.Inspect(decl.Body, func(n ast.Node) bool {
						if lit, ok := n.(*ast.CompositeLit); ok {
							for _, e := range lit.Elts {
								src.common = append(src.common, e.(*ast.Ident).Name)
							}
						}
						return true
					})
				}
			case *ast.GenDecl:
				src.read(decl)
			}
		}
	}
	return src
}

func (src *source) read(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		spec, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		if id, ok := spec.Type.(*ast.Ident); ok && id.Name == "StepKind" {
			value := spec.Values[0].(*ast.BasicLit).Value
			src.kinds[spec.Names[0].Name] = problem.StepKind(strings.Trim(value, `"`))
		}
		if decl.Tok != token.VAR || len(spec.Values) != 1 || !spec.Names[0].IsExported() {
			continue
		}
		lit, ok := spec.Values[0].(*ast.CompositeLit)
		if !ok {
			continue
		}
		if id, ok := lit.Type.(*ast.Ident); !ok || id.Name != "Reason" {
			continue
		}
		doc := strings.Join(strings.Fields(decl.Doc.Text()), " ")
		src.reasons = append(src.reasons, reasonVar{spec.Names[0].Name, doc})
		ast.Inspect(lit, func(n ast.Node) bool {
			switch n.(type) {
			case *ast.CallExpr, *ast.FuncLit:
				src.calls = append(src.calls, spec.Names[0].Name)
			}
			return true
		})
	}
}

// byName pairs the reasons that Common returns with their variables.
func (src source) byName(t *testing.T) map[string]problem.Reason {
	t.Helper()
	common := problem.Common()
	if len(common) != len(src.common) {
		t.Fatalf("Common returns %d reasons and names %d", len(common), len(src.common))
	}
	out := make(map[string]problem.Reason, len(common))
	for i, name := range src.common {
		out[name] = common[i]
	}
	return out
}

func TestCommonIsComplete(t *testing.T) {
	src := readSource(t)
	var declared []string
	for _, v := range src.reasons {
		declared = append(declared, v.name)
	}
	listed := slices.Clone(src.common)
	slices.Sort(declared)
	slices.Sort(listed)
	if diff := cmp.Diff(declared, listed); diff != "" {
		t.Errorf("Common does not list the package's reasons (-declared +listed):\n%s", diff)
	}
	if len(src.calls) > 0 {
		t.Errorf("these run code when the program starts; write them as data: %v", src.calls)
	}
	if _, err := problem.NewSet(problem.Common()...); err != nil {
		t.Error(err)
	}
}

// A code is the name of its variable: nobody has to look one up for the other.
func TestCodesAreNames(t *testing.T) {
	for name, r := range readSource(t).byName(t) {
		if got := strings.ReplaceAll(r.Code(), "-", ""); got != strings.ToLower(name) {
			t.Errorf("%s has the code %q", name, r.Code())
		}
	}
}

func TestCatalogueKeepsTheRulesOfNewReason(t *testing.T) {
	for _, r := range problem.Common() {
		_, err := problem.NewReason(problem.Definition{
			Code:       r.Code(),
			Status:     r.Status(),
			Title:      r.Title(),
			Detail:     r.Detail(),
			Type:       r.Type(),
			Challenges: r.Challenges(),
			Next:       r.Next(),
			Fields:     r.Fields(),
		})
		if err != nil {
			t.Error(err)
		}
		if r.Where() != "" {
			t.Errorf("%s: Where is %q; built-in reasons are nobody's", r.Code(), r.Where())
		}
	}
}

// Words that blame the reader, promise what we cannot know, or mean nothing to
// somebody who only wanted to read a report.
var unkind = regexp.MustCompile(`(?i)\b(you must|you failed|you forgot|failed to|illegal|forbidden|unauthorized|denied|invalid|bad|wrong|oops|sorry|simply|just|click|tap|page|e-mail|login|log in|log out|may not|resource|payload|header|http|4\d\d)\b`)

func TestTitlesAndDetails(t *testing.T) {
	var titles []string
	for _, r := range problem.Common() {
		title, detail := r.Title(), r.Detail()
		if words := len(strings.Fields(title)); words < 2 || words > 6 || len(title) > 40 {
			t.Errorf("%s: the title %q has %d words and %d bytes; want 2 to 6 words, 40 bytes", r.Code(), title, words, len(title))
		}
		if strings.HasSuffix(title, ".") {
			t.Errorf("%s: the title %q ends with a full stop", r.Code(), title)
		}
		if rest := title[1:]; rest != strings.ToLower(rest) && !strings.HasPrefix(title, "API ") {
			t.Errorf("%s: the title %q is not in sentence case", r.Code(), title)
		}
		if slices.Contains(titles, title) {
			t.Errorf("%s: another reason has the title %q", r.Code(), title)
		}
		titles = append(titles, title)
		if len(detail) > 200 || detail == "" {
			t.Errorf("%s: the detail has %d bytes; want 1 to 200", r.Code(), len(detail))
		}
		if !strings.HasSuffix(detail, ".") && !strings.HasSuffix(detail, "]") {
			t.Errorf("%s: the detail does not end a sentence: %q", r.Code(), detail)
		}
		// What an app sends is not the reader's page, so neither sentence names one.
		// The one exception names the page that single sign-on opens.
		for _, s := range []string{title, strings.ReplaceAll(detail, "sign-in page", "")} {
			if w := unkind.FindString(s); w != "" {
				t.Errorf("%s: %q in %q", r.Code(), w, s)
			}
		}
	}
}

// A bare reason is a whole answer: no sentence has a hole that stays open, and
// no challenge is short of something.
func TestReasonsWorkWithoutValues(t *testing.T) {
	for _, r := range problem.Common() {
		if s := (&problem.Problem{Reason: r}).Error(); strings.ContainsAny(s, "…{}[]") {
			t.Errorf("%s: %q", r.Code(), s)
		}
		for _, c := range filled(&problem.Problem{Reason: r}) {
			if err := c.Validate(); err != nil {
				t.Errorf("%s without values: %v", r.Code(), err)
			}
		}
	}
}

// filled returns p's challenges as they are sent.
func filled(p *problem.Problem) []problem.Challenge {
	challenges := p.Challenges
	if challenges == nil {
		challenges = p.Reason.Challenges()
	}
	var out []problem.Challenge
	for _, c := range challenges {
		sent := problem.Challenge{Scheme: c.Scheme, Token68: c.Token68}
		for _, param := range c.Params {
			if hole, ok := message.Whole(param.Value); ok {
				value, ok := message.Machine(p.Arg(hole))
				if !ok {
					continue
				}
				param.Value = value
			}
			sent.Params = append(sent.Params, param)
		}
		out = append(out, sent)
	}
	return out
}

func TestChallengesOfTheCatalogue(t *testing.T) {
	// RFC 6750 §3.1: who has sent no credentials is told of no error.
	anonymous := []problem.Reason{
		problem.SignInRequired, problem.APIKeyMissing, problem.DPoPRequired, problem.MessageSignatureRequired,
	}
	for _, r := range problem.Common() {
		for _, c := range r.Challenges() {
			code, hasError := c.Get("error")
			if hasError && slices.Contains(anonymous, r) {
				t.Errorf("%s: error=%q before there are credentials", r.Code(), code)
			}
			switch r.Status() {
			case 401:
			case 400:
				if code != "invalid_request" {
					t.Errorf("%s: a 400 with %s", r.Code(), c)
				}
			case 403:
				// Only a better token helps a 403 that has a challenge.
				if code != "insufficient_scope" {
					t.Errorf("%s: a 403 with %s", r.Code(), c)
				}
			default:
				t.Errorf("%s: a %d with %s", r.Code(), r.Status(), c)
			}
			if c.Scheme == "Bearer" && !hasError {
				t.Errorf("%s: a Bearer challenge that says nothing; leave it to the renderer", r.Code())
			}
		}
	}
}

// What time ends says when, in a step and a sentence.
func TestWaitingReasonsSayWhen(t *testing.T) {
	for _, r := range problem.Common() {
		if r.Status() != 429 && r.Status() != 503 {
			continue
		}
		if !strings.Contains(r.Detail(), "{retry_after}") {
			t.Errorf("%s: the detail does not say when to try again", r.Code())
		}
		waits := slices.ContainsFunc(r.Next(), func(s problem.NextStep) bool {
			return s.Params["retry_after"] == "{retry_after}"
		})
		if !waits {
			t.Errorf("%s: no step says when to try again", r.Code())
		}
	}
}

// Every value that a row takes is named in its doc comment.
func TestPlaceholdersAreDocumented(t *testing.T) {
	src := readSource(t)
	byName := src.byName(t)
	for _, v := range src.reasons {
		r := byName[v.name]
		if !strings.HasPrefix(v.doc, v.name+": ") {
			t.Errorf("the comment of %s does not begin with its name", v.name)
		}
		if status := strconv.Itoa(r.Status()); !strings.Contains(v.doc, "Status "+status) {
			t.Errorf("the comment of %s does not say its status, %s", v.name, status)
		}
		_, args, _ := strings.Cut(v.doc, "Args: ")
		for hole := range holes(t, r) {
			if !regexp.MustCompile(`\b` + hole + `\b`).MatchString(args) {
				t.Errorf("the comment of %s does not name its argument %s", v.name, hole)
			}
		}
	}
}

// holes returns the names of the values that r takes.
func holes(t *testing.T, r problem.Reason) map[string]bool {
	t.Helper()
	texts := []string{r.Detail()}
	for _, c := range r.Challenges() {
		for _, p := range c.Params {
			texts = append(texts, p.Value)
		}
	}
	for _, f := range r.Fields() {
		texts = append(texts, f.Value)
	}
	for _, s := range r.Next() {
		texts = append(texts, s.Href, s.Title)
		for _, value := range s.Params {
			texts = append(texts, value)
		}
	}
	out := make(map[string]bool)
	for _, text := range texts {
		m, err := message.Parse(text)
		if err != nil {
			t.Errorf("%s: %q: %v", r.Code(), text, err)
		}
		for name := range m.Names {
			out[name] = true
		}
	}
	return out
}

func TestKinds(t *testing.T) {
	kinds := problem.Kinds()
	if !slices.IsSorted(kinds) || len(slices.Compact(slices.Clone(kinds))) != len(kinds) {
		t.Errorf("not in order, each once: %v", kinds)
	}
	var declared []problem.StepKind
	for name, kind := range readSource(t).kinds {
		declared = append(declared, kind)
		if got := strings.ReplaceAll(string(kind), "-", ""); got != strings.ToLower(name) {
			t.Errorf("%s is %q", name, kind)
		}
	}
	slices.Sort(declared)
	if diff := cmp.Diff(declared, kinds); diff != "" {
		t.Errorf("Kinds does not list the package's kinds (-declared +listed):\n%s", diff)
	}

	// From the registry of link relations. None of them means "sign in".
	registered := []string{"", "help", "payment", "privacy-policy", "status", "terms-of-service"}
	actors := []problem.Actor{problem.User, problem.Client, problem.Admin, problem.Owner, problem.Operator}
	for _, k := range kinds {
		label := k.Label()
		m, err := message.Parse(label)
		if err != nil || label == "" {
			t.Errorf("%s: label %q: %v", k, label, err)
			continue
		}
		plain, _, _ := strings.Cut(label, "[")
		if n := len(strings.Fields(plain)); n > 4 {
			t.Errorf("%s: the label %q has %d words; want 1 to 4", k, label, n)
		}
		for _, p := range m.Parts {
			if p.Name != "" && p.Group == 0 {
				t.Errorf("%s: the label %q needs a value", k, label)
			}
		}
		if !slices.Contains(actors, k.Actor()) {
			t.Errorf("%s: actor %q", k, k.Actor())
		}
		if !slices.Contains(registered, k.Relation()) {
			t.Errorf("%s: relation %q is not registered", k, k.Relation())
		}
	}
	for _, r := range problem.Common() {
		for _, s := range r.Next() {
			if !slices.Contains(kinds, s.Kind) {
				t.Errorf("%s: the kind %q is not known", r.Code(), s.Kind)
			}
		}
	}
	if own := problem.StepKind("call-grandma"); own.Label() != "" || own.Actor() != problem.User || own.Relation() != "" {
		t.Errorf("an application's own kind has label %q, actor %q, relation %q", own.Label(), own.Actor(), own.Relation())
	}
}

func TestKindLookupsAllocateNothing(t *testing.T) {
	kinds := problem.Kinds()
	n := testing.AllocsPerRun(100, func() {
		for _, k := range kinds {
			if k.Label() == "" || k.Actor() == "" {
				t.Error(k)
			}
			_ = k.Relation()
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Each reason says what helps, no step twice.
func TestStepsOfTheCatalogue(t *testing.T) {
	for _, r := range problem.Common() {
		next := r.Next()
		if len(next) == 0 {
			t.Errorf("%s: no step helps", r.Code())
		}
		var kinds []problem.StepKind
		for _, s := range next {
			if slices.Contains(kinds, s.Kind) {
				t.Errorf("%s: %s twice", r.Code(), s.Kind)
			}
			kinds = append(kinds, s.Kind)
			if changes := s.Kind == problem.SignOut || s.Kind == problem.ResendVerification; changes != (s.Method == "POST") {
				t.Errorf("%s: %s with method %q", r.Code(), s.Kind, s.Method)
			}
		}
	}
}
