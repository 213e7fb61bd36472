package render

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/denial-go/denial/internal/href"
	"github.com/denial-go/denial/internal/httpfield"
	"github.com/denial-go/denial/internal/message"
	"github.com/denial-go/denial/problem"
)

// builder makes the View of a decision in one language.
type builder struct {
	site     *site
	loc      *locale
	req      *Request
	target   string // what {return_to} stands for; "" for nothing
	returned bool   // a step wanted {return_to}
	fault    func(error)
	told     []string // what faultOnce has told

	// marks says where each value of the reason has its mark, by the number of
	// the value: see hole. It is nil where the values themselves are wanted.
	marks map[string]int
}

// faultOnce tells a fault that several texts may have.
func (b *builder) faultOnce(what string) {
	if !slices.Contains(b.told, what) {
		b.told = append(b.told, what)
		b.fault(errors.New(what))
	}
}

// number returns the number of a value whose mark is wanted, or -1.
func (b *builder) number(name string) int {
	if b.marks == nil {
		return -1
	}
	n, ok := b.marks[name]
	if !ok {
		b.fault(fmt.Errorf("render: no answer is prepared with the value %s", name))
	}
	return n
}

// machine returns the value of a placeholder as programs read it, or its mark
// in the form f.
func (b *builder) machine(p *problem.Problem, name string, f form) (string, bool) {
	value, ok := message.Machine(p.Arg(name))
	if n := b.number(name); ok && n >= 0 {
		return markFor(n, 0, f), true
	}
	return value, ok
}

// marked returns text, or the mark of it in the form f.
func (b *builder) marked(text string, number int, f form) string {
	if b.marks == nil || text == "" {
		return text
	}
	return markFor(number, 0, f)
}

// view makes the whole View. The language is the reader's best that has every
// text the denial needs, because a page in two languages helps nobody.
func (s *site) view(req *Request, d *decision, fault func(error)) *View {
	b := builder{site: s, req: req, target: s.returnTarget(req), fault: fault}
	i := s.locales.fit(req, s.locales.choose(req), func(i int) bool { return s.locales.all[i].get().covers(d.problem, d.status) })
	b.loc = s.locales.all[i].get()
	return b.view(d)
}

// view makes the View in the builder's language.
func (b *builder) view(d *decision) *View {
	v := b.problem(d.problem)
	v.Status = d.status
	v.Phrase = b.loc.phrase(d.status)
	v.Challenges = d.challenges
	v.Instance = d.problem.Instance
	if v.Instance == "" {
		v.Instance = b.req.Instance
	}
	v.Instance = b.marked(reference(v.Instance), argInstance, formText)
	v.Brand = b.site.brand
	v.page, v.look = b.site.page, b.site.look
	v.fault = b.fault
	if b.returned {
		d.insidePage = true // or there is no page to return to
	}
	return v
}

// reference makes a URI reference of what is to be quoted (RFC 9457 §3.1.5).
func reference(instance string) string {
	if href.IsURI(instance) {
		return instance
	}
	return href.URI(clean(instance))
}

// covers reports whether l has every text of p.
func (l *locale) covers(p *problem.Problem, status int) bool { return len(l.missing(p, status)) == 0 }

// missing returns the keys of the texts of p that l lacks. English always has all:
// what its file lacks is in the reason.
func (l *locale) missing(p *problem.Problem, status int) (keys []string) {
	if l.tag == english {
		return nil
	}
	need := func(key string) {
		if !l.has(key) {
			keys = append(keys, key)
		}
	}
	need(statusKey(status))
	for _, word := range pageWords {
		if l.words[word] == "" {
			keys = append(keys, wordKey(word))
		}
	}
	code := p.Reason.Code()
	if code != "" && !(p.Decoded() && p.Reason.Title() != "") { // a decoded title is shown as it came
		need(titleKey(code))
	}
	if code != "" && p.Detail == "" && p.Reason.Detail() != "" {
		need(detailKey(code))
	}
	for _, s := range steps(p) {
		if !(p.Decoded() && s.Title != "") {
			need(labelKey(code, s))
		}
	}
	for _, a := range p.Also {
		keys = append(keys, l.missing(a, status)...)
	}
	return keys
}

// pageWords are the page's own words that any denial may need.
var pageWords = [...]string{"also", "for_admin", "for_client", "for_operator", "for_owner", "happened", "help", "home", "next", "others", "reference"}

// maxSteps bounds the steps of an occurrence, as package problem does where it
// reads and writes them.
const maxSteps = 64

// steps returns the steps of an occurrence.
func steps(p *problem.Problem) []problem.NextStep {
	if p.Next != nil || p.Decoded() {
		return p.Next[:min(len(p.Next), maxSteps)]
	}
	return p.Reason.Next()
}

// labelKey returns the key of a step's label.
func labelKey(code string, s problem.NextStep) string {
	if s.Title != "" {
		return stepKey(code, s.Kind)
	}
	return kindKey(s.Kind)
}

// phrase returns the status phrase.
func (l *locale) phrase(status int) string {
	if m, ok := l.find(statusKey(status)); ok && len(m.Parts) > 0 {
		return m.Parts[0].Text
	}
	return problem.StatusText(status)
}

// text returns the message under key, or the English one where l is English
// and has none.
func (b *builder) text(key, english string) text {
	if t, ok := b.loc.find(key); ok {
		return t
	}
	m, err := message.Parse(english)
	if err != nil { // a decoded text, which is no template
		m = message.Message{Parts: []message.Part{{Text: english}}}
	}
	return text{Message: m}
}

// extensions are the members that p has of its own, or what stands for them.
func (b *builder) extensions(p *problem.Problem) map[string]any {
	if b.marks == nil || len(p.Extensions) == 0 {
		return p.Extensions
	}
	return map[string]any{membersMark: 0}
}

// problem makes the part of a View that one requirement has.
func (b *builder) problem(p *problem.Problem) *View {
	r := p.Reason
	code := clean(r.Code())
	v := &View{
		Type:       b.problemType(r),
		Code:       code,
		Phrase:     b.loc.phrase(r.Status()),
		Extensions: b.extensions(p),
		RetryAfter: max(p.RetryAfter, 0),
		Language:   b.loc.tag,
		Dir:        b.loc.dir,
		Words:      b.loc.words,
		Reason:     r,
	}
	translated := b.loc.has(titleKey(code))
	switch {
	case code == "":
		v.Title = clean(r.Title())
		if v.Title == "" || v.Title == problem.StatusText(r.Status()) {
			v.Title = v.Phrase
		}
	case p.Decoded() && !translated && r.Title() != "":
		v.Title = clean(r.Title()) // data, and no template
	default:
		v.Title = plainText(b.sentence(b.text(titleKey(code), clean(r.Title())), p), b.loc.dir)
	}
	if v.Title == "" {
		v.Title = v.Phrase // a document had a code alone
	}
	switch {
	case p.Detail != "":
		v.Sentence = []Part{{Text: b.marked(clean(p.Detail), argDetail, formText), Value: true}}
	case r.Detail() != "" && !p.Decoded():
		v.Sentence = b.sentence(b.text(detailKey(code), r.Detail()), p)
	}
	v.Detail = plainText(v.Sentence, b.loc.dir)
	for name := range p.Args {
		b.arg(v, p, name)
	}
	if p.RetryAfter > 0 {
		b.arg(v, p, problem.RetryAfterArg)
	}
	for _, s := range steps(p) {
		step := b.step(p, s)
		if step.Href == "" && len(step.Params) == 0 && s.Kind.NeedsHref() {
			continue // there is nothing that anybody could do
		}
		v.Next = append(v.Next, step)
	}
	for _, a := range p.Also {
		v.Also = append(v.Also, b.problem(a))
	}
	return v
}

// arg puts the machine form of an argument into the View.
func (b *builder) arg(v *View, p *problem.Problem, name string) {
	value, ok := message.Machine(p.Arg(name))
	if !ok {
		if arg := p.Arg(name); arg != nil && message.Plain(arg) == nil {
			b.fault(fmt.Errorf("render: Args[%q] of %q has type %T; want a string, a number, a time.Duration, a time.Time or a []string", name, p.Reason.Code(), arg))
		}
		return
	}
	if v.Args == nil {
		v.Args = make(map[string]string)
	}
	v.Args[name] = value
}

// problemType returns the type URI of a reason.
func (b *builder) problemType(r problem.Reason) string {
	t := r.Type()
	if t == "" && b.site.typeBase != "" && r.Code() != "" {
		t = b.site.typeBase + r.Code()
	}
	if t == "" || !httpfield.IsVisibleASCII(t) {
		return blankType
	}
	return t
}

// step makes one step ready to be shown.
func (b *builder) step(p *problem.Problem, s problem.NextStep) Step {
	out := Step{
		Kind:    problem.StepKind(clean(string(s.Kind))),
		Actor:   s.TakenBy(),
		Title:   b.stepTitle(p, s),
		Rel:     s.Kind.Relation(),
		Expires: s.Expires,
		decoded: p.Decoded(),
	}
	out.Href, out.returns = b.href(p, s)
	if out.Href != "" {
		switch s.Method {
		case "":
			out.Method = "GET"
		case "GET", "POST", "PUT", "PATCH", "DELETE":
			out.Method = s.Method
		default:
			b.fault(fmt.Errorf("render: a step of %q has the method %q; want GET, POST, PUT, PATCH or DELETE; its address was left out", p.Reason.Code(), s.Method))
			out.Href = ""
		}
	}
	if !out.personal() {
		out.For = b.loc.words["for_"+string(out.Actor)]
	}
	for name, value := range s.Params {
		if !p.Decoded() {
			if hole, whole := message.Whole(value); whole {
				var ok bool
				if value, ok = b.machine(p, hole, formMachine); !ok {
					continue
				}
			}
		}
		if out.Params == nil {
			out.Params = make(map[string]string, len(s.Params))
		}
		out.Params[clean(name)] = clean(value)
	}
	return out
}

func (b *builder) stepTitle(p *problem.Problem, s problem.NextStep) string {
	if p.Decoded() && s.Title != "" {
		return clean(s.Title)
	}
	if m, ok := b.loc.find(labelKey(p.Reason.Code(), s)); ok {
		return plainText(b.sentence(m, p), b.loc.dir)
	}
	english := s.Title
	if english == "" {
		english = s.Kind.Label()
	}
	if english == "" {
		// A kind of the application's own without a title: its name says best.
		english = strings.ReplaceAll(string(s.Kind), "-", " ")
	}
	if p.Decoded() {
		return clean(english) // data, and no template
	}
	// The sentence cleans its values; cleaning the whole would take away the
	// marks that isolate them.
	return plainText(b.sentence(b.text("", clean(english)), p), b.loc.dir)
}

// href fills and checks the address of a step, and reports whether it brings
// the reader back to the denied page. An address that would lead somewhere
// else than it was meant to is left out; the step stays.
func (b *builder) href(p *problem.Problem, s problem.NextStep) (address string, returns bool) {
	if p.Decoded() {
		// Somebody else's address: a brace in it is no place for our values.
		if s.Href == "" {
			return "", false
		}
		return b.checked(p, s.Href), false
	}
	template := ""
	for _, t := range [...]string{s.Href, b.site.links[s.Kind]} {
		name, whole := message.Whole(t)
		if !whole || name == returnTo {
			if template = t; t != "" {
				break
			}
			continue
		}
		// The whole address is a value.
		if value, ok := message.Machine(p.Arg(name)); ok {
			address := b.checked(p, value)
			if n := b.number(name); n >= 0 && address != "" {
				address = markFor(n, 0, formAddress)
			}
			return address, false
		}
	}
	if template == "" {
		return "", false
	}
	target := b.target
	if template == "{"+returnTo+"}" {
		b.returned = true
		return b.marked(target, argTarget, formAddress), target != ""
	}
	m, err := message.Parse(template)
	if err != nil {
		b.fault(fmt.Errorf("render: a step of %q leads to %q: %w; the address was left out", p.Reason.Code(), template, err))
		return "", false
	}
	address, missing := b.expand(p, template, m, "")
	if strings.Contains(template, "{"+returnTo+"}") {
		b.returned, returns = true, true
		if target != "" && !samePage(address, target) {
			address, missing = b.expand(p, template, m, b.marked(target, argTarget, formQuery))
		}
	}
	if missing != "" {
		b.fault(fmt.Errorf("render: a step of %q leads to %q, and Args lack {%s}; the address was left out", p.Reason.Code(), template, missing))
		return "", false
	}
	return b.checked(p, address), returns
}

// expand fills a template with the values of an occurrence and the target, and
// returns the name of the first that is missing, if any.
func (b *builder) expand(p *problem.Problem, template string, m message.Message, target string) (address, missing string) {
	var out strings.Builder
	addressee := href.Addressee(template)
	query := false
	for _, part := range m.Parts {
		out.WriteString(part.Text)
		query = query || strings.Contains(part.Text, "?")
		if part.Name == "" {
			continue
		}
		// Escaped, the target is no dot segment, wherever it stands.
		value, ok := target, true
		escape := href.Escape
		if part.Name != returnTo {
			f := formPath
			switch {
			case query:
				f = formQuery
			case part.Name == addressee:
				f, escape = formAddressee, href.EscapeAddressee
			}
			value, ok = b.machine(p, part.Name, f)
		}
		out.WriteString(escape(value))
		// In a query, a value that is not known is an empty one.
		if !ok && !query {
			missing = cmp.Or(missing, part.Name)
		}
	}
	return out.String(), missing
}

// returnTo is the placeholder for the path and query of the denied request.
const returnTo = "return_to"

func (b *builder) checked(p *problem.Problem, address string) string {
	if err := href.Check(address); err != nil {
		b.fault(errors.Join(fmt.Errorf("render: a step of %q leads to %q, which was left out", p.Reason.Code(), address), err))
		return ""
	}
	return address
}
