package problem

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/denial-go/denial/internal/href"
	"github.com/denial-go/denial/internal/httpfield"
	"github.com/denial-go/denial/internal/message"
)

// A Reason is why requests are denied: a kind of problem, defined once with
// [NewReason] or [MustReason]. Reasons are comparable, unchanging and safe for
// concurrent use, and each is an error, so a handler can return one as it is
// and a caller can ask errors.Is for it.
//
// A Reason equals itself and its copies, and no other: two definitions that
// read the same make two Reasons. What [Decode] returns is new each time, so
// it equals none that the program knows; see [Set].
//
// The zero Reason is a bare 403: it has no code, and says no more than
// "Forbidden".
type Reason struct{ def *definition }

// A Definition is what a [Reason] is made of. Its fields are named when it is
// written: a literal without names does not compile.
type Definition struct {
	_ [0]func()

	// Code names the reason for programs: lower case words joined by hyphens,
	// such as "plan-too-small", at most 64 bytes. It is the key of the
	// reason's translations and the last part of its type URI, so it never
	// changes once it has been sent.
	Code string

	// Status is the HTTP status code of the answer, from 400 to 599 and
	// registered with IANA: 401 where signing in may help, 403 where it does
	// not (RFC 9110 §15.5.2, §15.5.4).
	Status int

	// Title is a short English summary of the reason, the same at each
	// occurrence (RFC 9457 §3.1.3). It holds no placeholders; a brace is
	// written twice.
	Title string

	// Detail says in a sentence or two of English what happened and what
	// helps (RFC 9457 §3.1.4). It may hold placeholders, filled from
	// Problem.Args: {role} is one value, and a list reads "A, B, and C";
	// {role|or} reads a list as "A, B, or C"; what stands in [brackets] is left
	// out unless every placeholder in them has a value. {retry_after} is
	// Problem.RetryAfter. A brace is written twice.
	Detail string

	// Type is the problem type: an absolute URI, or a path from the root such
	// as "/problems/plan-too-small" (RFC 9457 §3.1.1). It is compared as it is
	// written. Empty, the renderer makes one from its TypeBase and Code, or
	// sends about:blank.
	Type string

	// Challenges say how the request could authenticate (RFC 9110 §11.6.1). A
	// 401 with none takes those of the renderer. A parameter whose whole value
	// is a placeholder, such as {scope}, is filled from Problem.Args: a list
	// is joined with spaces, a duration is in whole seconds; without a value
	// the parameter is left out.
	Challenges []Challenge

	// Next are the steps that may help, best first; any one of them may. 64
	// are the most.
	Next []NextStep

	// Fields are further header fields that the answer needs, for example
	// {"DPoP-Nonce", "{dpop_nonce}"}. A value may hold placeholders, filled as
	// in Challenges; without a value the field is left out. Fields that the
	// renderer sends itself are refused.
	Fields []Param
}

// definition is a Definition in the form that the built-in table is written
// in: the compiler lays it out as data, so importing the package runs nothing.
type definition struct {
	code       string
	status     int
	title      string
	detail     string
	typ        string
	challenges []Challenge
	next       []step
	fields     []Param
	where      string // file:line of NewReason; empty for a built-in reason
	decoded    bool   // read from a document; holds whatever that held

	alone atomic.Pointer[[1]error] // see Reason.alone
}

// step is a NextStep whose parameters are in order.
type step struct {
	kind    StepKind
	actor   Actor
	href    string
	method  string
	title   string
	params  []Param
	expires time.Time
}

// forbidden stands behind the zero Reason.
var forbidden = definition{status: 403, title: "Forbidden"}

func (r Reason) definition() *definition {
	if r.def == nil {
		return &forbidden
	}
	return r.def
}

// alone returns a list of the reason and nothing else, which all share: what
// looks for an error in a Problem mostly gets no more, again and again. One that
// somebody has changed is shared no longer.
func (r Reason) alone() []error {
	d := r.definition()
	list := d.alone.Load()
	if list == nil || list[0] != error(r) {
		list = &[1]error{r}
		d.alone.Store(list)
	}
	return list[:]
}

// NewReason returns the reason that d defines. The error joins one
// [*DefinitionError] for each mistake in d.
func NewReason(d Definition) (Reason, error) { return newReason(d, 2) }

// MustReason is NewReason for package variables; it panics where d has a
// mistake.
func MustReason(d Definition) Reason {
	r, err := newReason(d, 2)
	if err != nil {
		panic(err)
	}
	return r
}

func newReason(d Definition, skip int) (Reason, error) {
	def := &definition{
		code:       d.Code,
		status:     d.Status,
		title:      d.Title,
		detail:     d.Detail,
		typ:        d.Type,
		challenges: cloneChallenges(d.Challenges),
		fields:     slices.Clone(d.Fields),
	}
	for _, s := range d.Next {
		def.next = append(def.next, newStep(s))
	}
	if _, file, line, ok := runtime.Caller(skip); ok {
		def.where = file + ":" + strconv.Itoa(line)
	}
	if err := def.check(); err != nil {
		return Reason{}, err
	}
	return Reason{def}, nil
}

func newStep(s NextStep) step {
	out := step{kind: s.Kind, actor: s.Actor, href: s.Href, method: s.Method, title: s.Title, expires: s.Expires}
	for _, name := range slices.Sorted(maps.Keys(s.Params)) {
		out.params = append(out.params, Param{name, s.Params[name]})
	}
	return out
}

func (s step) nextStep() NextStep {
	out := NextStep{Kind: s.kind, Actor: s.actor, Href: s.href, Method: s.method, Title: s.title, Expires: s.expires}
	if len(s.params) > 0 {
		out.Params = make(map[string]string, len(s.params))
		for _, p := range s.params {
			out.Params[p.Name] = p.Value
		}
	}
	return out
}

func cloneChallenges(cs []Challenge) []Challenge {
	out := slices.Clone(cs)
	for i := range out {
		out[i].Params = slices.Clone(out[i].Params)
	}
	return out
}

// Code returns the reason's code, which is empty for the zero Reason and for
// one decoded from a document without a code.
func (r Reason) Code() string { return r.definition().code }

// Status returns the HTTP status code. It is 0 for a Reason decoded from a
// document that has none.
func (r Reason) Status() int { return r.definition().status }

// Title returns the English title, in which a brace is written twice unless
// the Reason was decoded from a document.
func (r Reason) Title() string { return r.definition().title }

// Detail returns the English detail with its placeholders.
func (r Reason) Detail() string { return r.definition().detail }

// Type returns the problem type, or "" where the renderer chooses.
func (r Reason) Type() string { return r.definition().typ }

// Challenges returns a copy of the reason's challenges.
func (r Reason) Challenges() []Challenge { return cloneChallenges(r.definition().challenges) }

// Fields returns a copy of the reason's further header fields.
func (r Reason) Fields() []Param { return slices.Clone(r.definition().fields) }

// Next returns a copy of the reason's steps, best first.
func (r Reason) Next() []NextStep {
	var out []NextStep
	for _, s := range r.definition().next {
		out = append(out, s.nextStep())
	}
	return out
}

// Where returns the file and line that defined the reason, as in
// "/src/app/reasons.go:12", and "" for a built-in one.
func (r Reason) Where() string { return r.definition().where }

// Error returns status, code and title, for logs.
func (r Reason) Error() string {
	d := r.definition()
	text := "denied: "
	if d.status != 0 {
		text += strconv.Itoa(d.status) + " "
	}
	if d.code != "" {
		text += d.code + ": "
	}
	return text + d.heading()
}

// heading returns the title as people read it. One read from a document is
// data, in which a brace is a brace.
func (d *definition) heading() string {
	if d.decoded || !strings.ContainsAny(d.title, "{}") {
		return d.title
	}
	m, err := message.Parse(d.title)
	if err != nil || len(m.Parts) != 1 {
		return d.title // no Definition holds such a title
	}
	return m.Parts[0].Text
}

// Because returns a Problem with this reason that remembers cause for the
// logs. The cause is never sent to a client.
func (r Reason) Because(cause error) *Problem { return &Problem{Reason: r, Cause: cause} }

// A DefinitionError is one mistake in a Definition.
type DefinitionError struct {
	Code  string // of the reason
	Where string // file and line of the call that defines it
	Field string // of the Definition, such as "Detail" or "Next[1].Href"
	Value string // that was found there
	Err   error  // what is wrong with it, and what is wanted
}

// Error names the reason, the field, the value and what was wanted.
func (e *DefinitionError) Error() string {
	where := ""
	if e.Where != "" {
		where = " (" + e.Where + ")"
	}
	return fmt.Sprintf("problem: reason %q%s: %s %q: %v", e.Code, where, e.Field, e.Value, e.Err)
}

// Unwrap returns what is wrong with the value.
func (e *DefinitionError) Unwrap() error { return e.Err }

// check reports every mistake.
func (d *definition) check() error {
	var errs []error
	bad := func(field, value string, err error) {
		if err != nil {
			errs = append(errs, &DefinitionError{d.code, d.where, field, value, err})
		}
	}
	bad("Code", d.code, checkCode(d.code))
	if StatusText(d.status) == "" {
		bad("Status", strconv.Itoa(d.status), errors.New("want an error status that is registered with IANA, such as 403"))
	}
	if d.title == "" {
		bad("Title", d.title, errors.New("it is empty; say in a few words what is wrong"))
	} else if err := checkText(d.title); err != nil {
		bad("Title", d.title, err)
	} else if m, err := message.Parse(d.title); err != nil || len(m.Parts) != 1 || m.Parts[0].Name != "" {
		bad("Title", d.title, errors.New("a title is the same each time; move the {placeholder} to Detail"))
	}
	if err := checkText(d.detail); err != nil {
		bad("Detail", d.detail, err)
	} else {
		bad("Detail", d.detail, checkSentence(d.detail))
	}
	bad("Type", d.typ, checkType(d.typ))
	for i, c := range d.challenges {
		field := fmt.Sprintf("Challenges[%d]", i)
		for _, p := range c.Params {
			bad(field, c.String(), checkValue(p.Value))
		}
		err := c.validateTemplate()
		for _, err := range each(err) {
			bad(field, c.String(), err)
		}
		if err == nil && StatusText(d.status) != "" {
			bad(field, c.String(), c.Fits(d.status))
		}
		if strings.EqualFold(c.Scheme, "Digest") {
			bad(field, c.String(), digestOrder(d.challenges[:i], c))
		}
	}
	if len(d.next) > maxSteps {
		bad("Next", strconv.Itoa(len(d.next))+" steps", fmt.Errorf("want at most %d; few people read more than three", maxSteps))
	}
	for i, s := range d.next {
		s.check(func(field, value string, err error) {
			bad(fmt.Sprintf("Next[%d].%s", i, field), value, err)
		})
	}
	for i, f := range d.fields {
		bad(fmt.Sprintf("Fields[%d]", i), f.Name+": "+f.Value, checkField(f))
	}
	return errors.Join(errs...)
}

// each returns the errors that err joins, or err alone.
func each(err error) []error {
	switch e := err.(type) {
	case nil:
		return nil
	case interface{ Unwrap() []error }:
		return e.Unwrap()
	}
	return []error{err}
}

func checkCode(code string) error {
	const want = `want lower case words joined by hyphens, such as "plan-too-small", at most 64 bytes`
	if code == "" {
		return errors.New("it is empty; " + want)
	}
	if !isSlug(code) {
		return errors.New(want)
	}
	return nil
}

// isSlug reports whether s is made of lower case words joined by hyphens.
func isSlug(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z':
		case '0' <= c && c <= '9' && i > 0:
		case c == '-' && i > 0 && i < len(s)-1 && s[i-1] != '-':
		default:
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// checkText refuses what no sentence may hold: bytes that are no UTF-8,
// control characters, and the invisible characters that turn the direction of
// the text around them.
func checkText(s string) error {
	if !utf8.ValidString(s) {
		return errors.New("it is not UTF-8; save the source as UTF-8")
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return fmt.Errorf("it holds the control character %U; leave it out", r)
		}
	}
	return nil
}

func checkType(typ string) error {
	if typ == "" {
		return nil
	}
	u, err := url.Parse(typ)
	path := strings.HasPrefix(typ, "/") && !strings.HasPrefix(typ, "//")
	if err != nil || !href.IsURI(typ) || !u.IsAbs() && !path {
		return errors.New(`want an absolute URI, a path from the root such as "/problems/plan-too-small", or nothing`)
	}
	return nil
}

// ownFields are sent by the renderer or by net/http, or are about a body that
// differs from form to form; a Definition must not fight over them. So are the
// fields whose names begin with Content-.
var ownFields = [...]string{
	"Accept-Ranges", "Access-Control-Expose-Headers", "Cache-Control", "Connection", "Date", "ETag",
	"Expires", "Keep-Alive", "Last-Modified", "Proxy-Authenticate", "Proxy-Connection", "Referrer-Policy", "Repr-Digest",
	"Retry-After", "Set-Cookie", "Trailer", "Transfer-Encoding", "Vary", "WWW-Authenticate",
	"X-Content-Type-Options", "X-Robots-Tag",
}

func isOwnField(name string) bool {
	const content = "Content-"
	if len(name) >= len(content) && strings.EqualFold(name[:len(content)], content) {
		return true
	}
	return slices.ContainsFunc(ownFields[:], func(s string) bool { return strings.EqualFold(s, name) })
}

func checkField(f Param) error {
	if !httpfield.IsToken(f.Name) {
		return errors.New("want the name of a header field")
	}
	if isOwnField(f.Name) {
		return errors.New("the renderer decides this field; remove it")
	}
	if !httpfield.IsVisibleASCII(f.Value) {
		return errors.New("want printable ASCII")
	}
	if strings.TrimSpace(f.Value) != f.Value {
		return errors.New("it begins or ends with a space, which is no part of a field (RFC 9110 §5.5); take it out")
	}
	if err := checkSentence(f.Value); err != nil {
		return err
	}
	return checkValue(f.Value)
}

// checkSentence checks the placeholders of a text.
func checkSentence(s string) error {
	m, err := message.Parse(s)
	if err != nil {
		return err
	}
	for name := range m.Names {
		if name == returnTo {
			return errNoReturn
		}
	}
	return nil
}

var errNoReturn = errors.New("{return_to} has a value in an Href only; give what you mean another name, and set it in Args")

// checkValue checks data for programs, in which only a whole value can be a
// placeholder. What looks like one and has no name that a value can have would
// be sent as it is.
func checkValue(s string) error {
	if name, ok := message.Whole(s); ok {
		if name == returnTo {
			return errNoReturn
		}
		return nil
	}
	if !strings.HasPrefix(s, "{") || !strings.HasSuffix(s, "}") || !httpfield.IsToken(s[1:len(s)-1]) {
		return nil
	}
	if strings.HasSuffix(s, "|or}") {
		return errors.New("{name|or} is for sentences; want {name}")
	}
	return errors.New("it is no placeholder; write {name} in lower case letters, digits and _")
}

// check calls bad for every mistake in the step.
func (s step) check(bad func(field, value string, err error)) {
	if !isSlug(string(s.kind)) {
		bad("Kind", string(s.kind), errors.New(`want lower case words joined by hyphens, such as "sign-in"`))
	}
	if s.actor != "" && !slices.Contains(actors[:], s.actor) {
		bad("Actor", string(s.actor), fmt.Errorf("want one of %q, or nothing, which is that of the kind", actors))
	}
	if y := s.expires.UTC().Year(); y < 0 || y > 9999 {
		bad("Expires", s.expires.String(), errors.New("want a time in the years 0 to 9999"))
	}
	if s.href != "" {
		bad("Href", s.href, checkHrefTemplate(s.href))
	}
	switch s.method {
	case "", "GET", "POST", "PUT", "PATCH", "DELETE":
	default:
		bad("Method", s.method, errors.New("want GET, POST, PUT, PATCH, DELETE or nothing, which is GET"))
	}
	if err := checkText(s.title); err != nil {
		bad("Title", s.title, err)
	} else {
		bad("Title", s.title, checkSentence(s.title))
	}
	for _, p := range s.params {
		if !message.IsName(p.Name) {
			bad("Params", p.Name, errors.New("want a name of lower case letters, digits and _"))
		}
		if !utf8.ValidString(p.Value) {
			bad("Params["+p.Name+"]", p.Value, errors.New("it is not UTF-8; save the source as UTF-8"))
		}
		bad("Params["+p.Name+"]", p.Value, checkValue(p.Value))
	}
}

// checkHrefTemplate checks an Href whose placeholders are still to be filled.
func checkHrefTemplate(s string) error {
	m, err := message.Parse(s)
	if err != nil {
		return err
	}
	if m.Groups > 0 {
		return errors.New("[brackets] have no meaning in an address; percent-encode them")
	}
	if _, ok := message.Whole(s); ok {
		return nil // the whole address is a value; it is checked when it is known
	}
	var b strings.Builder
	for _, p := range m.Parts {
		if p.Or {
			return errors.New("{name|or} is for sentences; want {name}")
		}
		switch p.Name {
		case "":
		case returnTo:
			b.WriteString("%2Fx") // which begins with a slash
		default:
			b.WriteByte('x') // any escaped value
		}
		b.WriteString(p.Text)
	}
	return href.Check(b.String())
}
