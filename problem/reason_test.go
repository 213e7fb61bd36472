package problem_test

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
)

// good is a definition with every field.
func good() problem.Definition {
	return problem.Definition{
		Code: "plan-too-small", Status: 403, Title: "Plan too small", Detail: "Reports need {plan}[, from {role|or}].", Type: "/problems/plan-too-small",
		Challenges: []problem.Challenge{{Scheme: "Bearer", Params: []problem.Param{{Name: "error", Value: "insufficient_scope"}, {Name: "scope", Value: "{scope}"}}}},
		Next: []problem.NextStep{
			{Kind: "choose-plan", Actor: problem.Admin, Href: "/plans/{plan}?next={return_to}", Method: "POST", Title: "Choose {plan}", Params: map[string]string{"b": "2", "a": "{a}"}},
			{Kind: problem.ContactSales, Href: "mailto:sales@example.com", Expires: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)},
		},
		Fields: []problem.Param{{Name: "DPoP-Nonce", Value: "{nonce}"}},
	}
}

// A Reason gives back what its Definition said.
func TestReasonReadsBack(t *testing.T) {
	want := good()
	r, err := problem.NewReason(good())
	if err != nil {
		t.Fatal(err)
	}
	got := problem.Definition{
		Code: r.Code(), Status: r.Status(), Title: r.Title(), Detail: r.Detail(), Type: r.Type(),
		Challenges: r.Challenges(), Next: r.Next(), Fields: r.Fields(),
	}
	if diff := cmp.Diff(want, got, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == "._" }, cmp.Ignore())); diff != "" {
		t.Errorf("definition differs (-want +got):\n%s", diff)
	}
}

func TestZeroReason(t *testing.T) {
	var r problem.Reason
	if r.Status() != 403 || r.Code() != "" || r.Title() != "Forbidden" || r.Detail() != "" || r.Type() != "" {
		t.Errorf("got %v", r)
	}
	if r.Challenges() != nil || r.Next() != nil || r.Fields() != nil || r.Where() != "" {
		t.Errorf("the zero Reason has more than a status")
	}
}

// Neither the Definition nor what the methods return is shared with a Reason.
func TestReasonIsUnchanging(t *testing.T) {
	d := good()
	r := problem.MustReason(d)
	change := func(cs []problem.Challenge, next []problem.NextStep, fields []problem.Param) {
		cs[0].Scheme, cs[0].Params[0].Value = "Changed", "changed"
		next[0].Kind, next[0].Params["a"] = "changed", "changed"
		fields[0].Name = "Changed"
	}
	change(d.Challenges, d.Next, d.Fields)
	change(r.Challenges(), r.Next(), r.Fields())
	want := good()
	if diff := cmp.Diff(want.Challenges, r.Challenges()); diff != "" {
		t.Errorf("challenges changed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.Next, r.Next()); diff != "" {
		t.Errorf("steps changed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.Fields, r.Fields()); diff != "" {
		t.Errorf("fields changed (-want +got):\n%s", diff)
	}
}

func TestReasonsAreCompared(t *testing.T) {
	a, b := problem.MustReason(good()), problem.MustReason(good())
	if a == b || errors.Is(a, b) {
		t.Error("two definitions make one Reason")
	}
	if again := a; again != a || !errors.Is(again, a) {
		t.Error("a copy is another Reason")
	}
	if a == (problem.Reason{}) {
		t.Error("a Reason equals the zero Reason")
	}
	if byReason := map[problem.Reason]int{a: 1, b: 2}; byReason[a] != 1 {
		t.Error("a Reason is no good key of a map")
	}
}

func TestReasonWhere(t *testing.T) {
	_, file, line, _ := runtime.Caller(0)
	must := problem.MustReason(good())
	made, err := problem.NewReason(good())
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range []problem.Reason{must, made} {
		if want := fmt.Sprintf("%s:%d", file, line+1+i); r.Where() != want {
			t.Errorf("got %s, want %s", r.Where(), want)
		}
	}
	if problem.NotFound.Where() != "" {
		t.Error("a built-in reason is defined nowhere")
	}
}

// defect is a mistake: where it is found, and how it is made.
type defect struct {
	name, field string
	make        func(*problem.Definition)
}

var defects = []defect{
	{"no code", "Code", func(d *problem.Definition) { d.Code = "" }},
	{"capitals", "Code", func(d *problem.Definition) { d.Code = "PlanTooSmall" }},
	{"underscore", "Code", func(d *problem.Definition) { d.Code = "plan_too_small" }},
	{"hyphen at the end", "Code", func(d *problem.Definition) { d.Code = "plan-" }},
	{"two hyphens", "Code", func(d *problem.Definition) { d.Code = "plan--small" }},
	{"digit first", "Code", func(d *problem.Definition) { d.Code = "2fa" }},
	{"slash", "Code", func(d *problem.Definition) { d.Code = "plan/small" }},
	{"long code", "Code", func(d *problem.Definition) { d.Code = strings.Repeat("a", 65) }},
	{"no status", "Status", func(d *problem.Definition) { d.Status = 0 }},
	{"no error", "Status", func(d *problem.Definition) { d.Status = 200 }},
	{"unused status", "Status", func(d *problem.Definition) { d.Status = 418 }},
	{"unregistered status", "Status", func(d *problem.Definition) { d.Status = 499 }},
	{"no title", "Title", func(d *problem.Definition) { d.Title = "" }},
	{"placeholder in the title", "Title", func(d *problem.Definition) { d.Title = "You need {plan}" }},
	{"line end in the title", "Title", func(d *problem.Definition) { d.Title = "Plan\ntoo small" }},
	{"not UTF-8", "Title", func(d *problem.Definition) { d.Title = "Plan \xff" }},
	{"text turned around", "Detail", func(d *problem.Definition) { d.Detail = "Plan \u202esmall" }},
	{"not closed", "Detail", func(d *problem.Definition) { d.Detail = "You need {plan" }},
	{"no name", "Detail", func(d *problem.Definition) { d.Detail = "You need {Plan}" }},
	{"relative type", "Type", func(d *problem.Definition) { d.Type = "plan-too-small" }},
	{"type with another host", "Type", func(d *problem.Definition) { d.Type = "//example.com/x" }},
	{"space in a type's path", "Type", func(d *problem.Definition) { d.Type = "/plan too small" }},
	{"line end in a type", "Type", func(d *problem.Definition) { d.Type = "/plan\r\n" }},
	{"placeholder in a type", "Type", func(d *problem.Definition) { d.Type = "https://example.com/{plan}" }},
	{"no scheme", "Challenges[0]", func(d *problem.Definition) { d.Challenges[0].Scheme = "" }},
	{"no name in a challenge", "Challenges[0]", func(d *problem.Definition) { d.Challenges[0].Params[1].Value = "{Scope}" }},
	{"choice in a challenge", "Challenges[0]", func(d *problem.Definition) { d.Challenges[0].Params[1].Value = "{scope|or}" }},
	{"the denied page in a challenge", "Challenges[0]", func(d *problem.Definition) {
		d.Challenges[0].Params[1] = problem.Param{Name: "location", Value: "{return_to}"}
	}},
	{"the denied page in a sentence", "Detail", func(d *problem.Definition) { d.Detail = "You cannot see {return_to}." }},
	{"the denied page in a label", "Next[0].Title", func(d *problem.Definition) { d.Next[0].Title = "Go to {return_to}" }},
	{"the denied page in a param", "Next[0].Params[a]", func(d *problem.Definition) { d.Next[0].Params = map[string]string{"a": "{return_to}"} }},
	{"no name in a param", "Next[0].Params[a]", func(d *problem.Definition) { d.Next[0].Params = map[string]string{"a": "{max-age}"} }},
	{"choice in a param", "Next[0].Params[a]", func(d *problem.Definition) { d.Next[0].Params = map[string]string{"a": "{role|or}"} }},
	{"the denied page in a field", "Fields[0]", func(d *problem.Definition) { d.Fields[0].Value = "</a?b={return_to}>" }},
	{"choice in a field", "Fields[0]", func(d *problem.Definition) { d.Fields[0].Value = "{role|or}" }},
	{"space before a field", "Fields[0]", func(d *problem.Definition) { d.Fields[0].Value = " {nonce}" }},
	{"space after a field", "Fields[0]", func(d *problem.Definition) { d.Fields[0].Value = "a\t" }},
	{"field of a connection", "Fields[0]", func(d *problem.Definition) { d.Fields[0].Name = "Keep-Alive" }},
	{"field of a proxy's connection", "Fields[0]", func(d *problem.Definition) { d.Fields[0].Name = "proxy-connection" }},
	{"line end in a challenge", "Challenges[0]", func(d *problem.Definition) { d.Challenges[0].Params[1].Value = "a\r\nb" }},
	{"error that goes with 401", "Challenges[0]", func(d *problem.Definition) { d.Challenges[0].Params[0].Value = "invalid_token" }},
	{"weak before strong", "Challenges[1]", func(d *problem.Definition) {
		d.Challenges = []problem.Challenge{problem.Digest("r", "n", "MD5"), problem.Digest("r", "n", "SHA-256")}
	}},
	{"kind", "Next[0].Kind", func(d *problem.Definition) { d.Next[0].Kind = "Choose plan" }},
	{"actor", "Next[0].Actor", func(d *problem.Definition) { d.Next[0].Actor = "robot" }},
	{"no kind", "Next[0].Kind", func(d *problem.Definition) { d.Next[0].Kind = "" }},
	{"address that runs", "Next[1].Href", func(d *problem.Definition) { d.Next[1].Href = "javascript:alert(1)" }},
	{"address of another host", "Next[1].Href", func(d *problem.Definition) { d.Next[1].Href = "//evil.example" }},
	{"optional part of an address", "Next[1].Href", func(d *problem.Definition) { d.Next[1].Href = "/a[/{plan}]" }},
	{"choice in an address", "Next[1].Href", func(d *problem.Definition) { d.Next[1].Href = "/a/{plan|or}" }},
	{"scheme left open", "Next[1].Href", func(d *problem.Definition) { d.Next[1].Href = "{scheme}://example.com" }},
	{"method", "Next[0].Method", func(d *problem.Definition) { d.Next[0].Method = "post" }},
	{"label", "Next[0].Title", func(d *problem.Definition) { d.Next[0].Title = "Choose {" }},
	{"name of a param", "Next[0].Params", func(d *problem.Definition) { d.Next[0].Params = map[string]string{"A": "1"} }},
	{"value of a param", "Next[0].Params[a]", func(d *problem.Definition) { d.Next[0].Params = map[string]string{"a": "\xff"} }},
	{"year", "Next[0].Expires", func(d *problem.Definition) { d.Next[0].Expires = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }},
	{"many steps", "Next", func(d *problem.Definition) { d.Next = slices.Repeat(d.Next, 33) }},
	{"field of the renderer", "Fields[0]", func(d *problem.Definition) { d.Fields[0].Name = "retry-after" }},
	{"field about the body", "Fields[0]", func(d *problem.Definition) { d.Fields[0].Name = "content-disposition" }},
	{"no field", "Fields[0]", func(d *problem.Definition) { d.Fields[0].Name = "a b" }},
	{"line end in a field", "Fields[0]", func(d *problem.Definition) { d.Fields[0].Value = "a\r\nb" }},
	{"placeholder in a field", "Fields[0]", func(d *problem.Definition) { d.Fields[0].Value = "{" }},
}

// Data for programs may look like a placeholder, and a label need not be one.
func TestNewReasonTakesBraces(t *testing.T) {
	d := good()
	d.Next[0].Params = map[string]string{"a": `{"claims":1}`, "b": "{}", "c": "{a b}", "d": "x{Y}"}
	if _, err := problem.NewReason(d); err != nil {
		t.Error(err)
	}
}

func TestNewReasonRefuses(t *testing.T) {
	for _, tt := range defects {
		t.Run(tt.name, func(t *testing.T) {
			d := good()
			tt.make(&d)
			r, err := problem.NewReason(d)
			if r != (problem.Reason{}) {
				t.Error("there is a Reason and a mistake")
			}
			e, ok := errors.AsType[*problem.DefinitionError](err)
			if !ok {
				t.Fatalf("got %v, want a *DefinitionError", err)
			}
			if e.Field != tt.field || e.Code != d.Code || e.Err == nil || !strings.Contains(e.Where, "reason_test.go:") {
				t.Errorf("got field %q, code %q, where %q, %v; want field %q", e.Field, e.Code, e.Where, e.Err, tt.field)
			}
			if all := definitionErrors(err); len(all) != 1 {
				t.Errorf("one mistake, and %d errors: %v", len(all), err)
			}
		})
	}
}

// Every mistake is reported at once.
func TestNewReasonReportsEveryMistake(t *testing.T) {
	d := problem.Definition{
		Code: "X", Status: 99, Title: "{a}", Detail: "{", Type: "x",
		Challenges: []problem.Challenge{{Scheme: "Basic", Params: []problem.Param{{Name: "charset", Value: "latin1"}, {Name: "a b", Value: "\n"}}}},
		Next:       []problem.NextStep{{Kind: "K", Href: "x", Method: "X", Title: "{", Params: map[string]string{"": ""}}},
		Fields:     []problem.Param{{Name: "Vary", Value: "x"}},
	}
	_, err := problem.NewReason(d)
	count := map[string]int{}
	for _, e := range definitionErrors(err) {
		count[e.Field]++
	}
	want := []string{"Challenges[0]", "Code", "Detail", "Fields[0]", "Next[0].Href", "Next[0].Kind", "Next[0].Method", "Next[0].Params", "Next[0].Title", "Status", "Title", "Type"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(count))); diff != "" {
		t.Errorf("fields differ (-want +got):\n%s", diff)
	}
	if count["Challenges[0]"] < 3 {
		t.Errorf("the challenge has three mistakes, and %d are reported:\n%v", count["Challenges[0]"], err)
	}
	if _, ok := errors.AsType[*problem.ChallengeError](err); !ok {
		t.Error("no *ChallengeError in the error")
	}
}

func definitionErrors(err error) []*problem.DefinitionError {
	var out []*problem.DefinitionError
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			if e, ok := err.(*problem.DefinitionError); ok {
				out = append(out, e)
			}
		}
	}
	return out
}

func TestDefinitionErrorText(t *testing.T) {
	_, err := problem.NewReason(problem.Definition{Code: "plan-too-small", Status: 200, Title: "Plan too small"})
	_, file, line, _ := runtime.Caller(0)
	want := fmt.Sprintf(`problem: reason "plan-too-small" (%s:%d): Status "200": want an error status that is registered with IANA, such as 403`, file, line-1)
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestNewReasonAccepts(t *testing.T) {
	for name, change := range map[string]func(*problem.Definition){
		"nothing but what it needs": func(d *problem.Definition) { *d = problem.Definition{Code: "x", Status: 403, Title: "X"} },
		"no type of its own":        func(d *problem.Definition) { d.Type = "about:blank" },
		"tag URI":                   func(d *problem.Definition) { d.Type = "tag:example.com,2026:x" },
		"type with a fragment":      func(d *problem.Definition) { d.Type = "https://example.com/problems#x" },
		"braces in a title":         func(d *problem.Definition) { d.Title = "{{x}}" },
		"title in another script":   func(d *problem.Definition) { d.Title = "…‘x’ 😀" },
		"whole address":             func(d *problem.Definition) { d.Next[0].Href = "{url}" },
		"back to the page":          func(d *problem.Definition) { d.Next[0].Href = "{return_to}" },
		"host left open":            func(d *problem.Definition) { d.Next[0].Href = "https://{tenant}.example.com/" },
		"link of its own": func(d *problem.Definition) {
			d.Fields[0] = problem.Param{Name: "Link", Value: `</x>; rel="blocked-by"`}
		},
		"407": func(d *problem.Definition) { d.Status, d.Challenges = 407, nil },
		"strong before weak": func(d *problem.Definition) {
			d.Status, d.Challenges = 401, []problem.Challenge{problem.Digest("r", "n", "SHA-256"), problem.Digest("r", "n", "MD5")}
		},
	} {
		d := good()
		change(&d)
		if _, err := problem.NewReason(d); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMustReasonPanics(t *testing.T) {
	defer func() {
		err, ok := recover().(error)
		e, isDefinition := errors.AsType[*problem.DefinitionError](err)
		if !ok || !isDefinition || !strings.HasPrefix(filepath.Base(e.Where), "reason_test.go:") {
			t.Errorf("panicked with %v", err)
		}
	}()
	problem.MustReason(problem.Definition{})
}

func decoded(t *testing.T, document string) *problem.Problem {
	t.Helper()
	p, err := problem.Decode(problemJSON, strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestReasonError(t *testing.T) {
	for want, r := range map[string]problem.Reason{
		"denied: 403 Forbidden":                      {},
		"denied: 403 plan-too-small: Plan too small": problem.MustReason(good()),
		"denied: 403 braces: Use {x} [or]":           problem.MustReason(problem.Definition{Code: "braces", Status: 403, Title: "Use {{x}} [or]"}),
		"denied: {{data}}":                           decoded(t, `{"title":"{{data}}"}`).Reason,
	} {
		if got := r.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
