package problem

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/denial-go/denial/internal/httpfield"
	"github.com/denial-go/denial/internal/message"
)

// A Challenge says how a request can be authenticated: one member of
// WWW-Authenticate or Proxy-Authenticate (RFC 9110 §11.3).
//
// Make one with the constructor of its scheme, such as [Bearer]. It takes what
// the scheme needs; an argument that the scheme can do without may be "" and is
// then left out. Add other parameters with [Challenge.With]. No constructor
// fails: [Challenge.Validate] finds what is wrong. A scheme without a
// constructor is written as a literal.
//
// Where a response carries several, put the schemes that every client knows
// first: some clients stop at one they do not know.
type Challenge struct {
	Scheme  string  // in its registered spelling, such as "Bearer"
	Token68 string  // instead of Params, for the few schemes that use it
	Params  []Param // in the order they are sent
}

// A Param is a name and a value: an auth-param of a challenge, and elsewhere a field
// of a response, or a parameter of a step.
type Param struct {
	Name  string // of an auth-param, compared without case (RFC 9110 §11.2)
	Value string // what it means, without quotes
}

// With returns a copy of c in which the parameter called name has this value.
// It takes the place of one of that name, whatever its case, or comes last.
// Value is what the parameter means, without quotes.
func (c Challenge) With(name, value string) Challenge {
	params := make([]Param, len(c.Params), len(c.Params)+1)
	copy(params, c.Params)
	c.Params = params
	for i := range params {
		if sameName(params[i].Name, name) {
			params[i].Value = value
			return c
		}
	}
	c.Params = append(params, Param{name, value})
	return c
}

// Get returns the value of the parameter called name, whatever its case
// (RFC 9110 §11.2), and whether there is one. Of several it returns the first.
func (c Challenge) Get(name string) (value string, ok bool) {
	for _, p := range c.Params {
		if sameName(p.Name, name) {
			return p.Value, true
		}
	}
	return "", false
}

// String returns c as one field line: see [Challenge.Append].
func (c Challenge) String() string { return string(c.Append(nil)) }

// Append appends c to dst as one field line, without the name of the field. A
// known scheme is written in its registered spelling. Values are quoted, as
// RFC 9110 §11.5 wants for realm, except where the scheme wants a token
// (RFC 7616 §3.3: algorithm and stale) and the value is one.
//
// A challenge that Validate refuses still gives one line of ASCII: each byte
// that must not stand in its place, such as a line feed, is written as "?",
// and Params are left out where there is a Token68.
func (c Challenge) Append(dst []byte) []byte {
	rules := rulesFor(c.Scheme)
	if rules != nil {
		dst = append(dst, rules.name...)
	} else {
		dst = appendToken(dst, c.Scheme)
	}
	if c.Token68 != "" {
		dst = append(dst, ' ')
		return appendToken68(dst, c.Token68)
	}
	for i := range c.Params {
		p := &c.Params[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, ' ')
		dst = appendToken(dst, p.Name)
		dst = append(dst, '=')
		if rules.wantsToken(p.Name) && httpfield.IsToken(p.Value) {
			dst = append(dst, p.Value...)
		} else {
			dst = appendQuoted(dst, p.Value)
		}
	}
	return dst
}

func appendToken(dst []byte, s string) []byte {
	if httpfield.IsToken(s) {
		return append(dst, s...)
	}
	if s == "" {
		return append(dst, '?')
	}
	for i := 0; i < len(s); i++ {
		dst = append(dst, orMark(s[i], httpfield.IsTokenByte(s[i])))
	}
	return dst
}

func appendToken68(dst []byte, s string) []byte {
	if httpfield.IsToken68(s) {
		return append(dst, s...)
	}
	for i := 0; i < len(s); i++ {
		dst = append(dst, orMark(s[i], httpfield.IsToken68(s[i:i+1])))
	}
	return dst
}

func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(append(dst, s[from:i]...), '\\', c)
			from = i + 1
		case !quotable(c):
			dst = append(append(dst, s[from:i]...), '?')
			from = i + 1
		}
	}
	return append(append(dst, s[from:]...), '"')
}

func orMark(c byte, ok bool) byte {
	if ok {
		return c
	}
	return '?'
}

// quotable reports whether a quoted-string may hold c and c is ASCII
// (RFC 9110 §5.5, §5.6.4).
func quotable(c byte) bool { return c >= ' ' && c <= '~' || c == '\t' }

// A ChallengeError is one thing that a Challenge says and must not.
type ChallengeError struct {
	Scheme  string // of the challenge, as it was written
	Param   string // "" where it is about the challenge as a whole
	Value   string // of the parameter, or the token68
	Wrong   string // what is wrong
	Fix     string // what to do
	Section string // where it is written, such as "RFC 6750 §3"
}

// Error says all that e holds.
func (e *ChallengeError) Error() string {
	s := fmt.Sprintf("problem: challenge %q", e.Scheme)
	switch {
	case e.Param != "" && e.Value != "":
		s += fmt.Sprintf(": parameter %q, value %q", e.Param, e.Value)
	case e.Param != "":
		s += fmt.Sprintf(": parameter %q", e.Param)
	case e.Value != "":
		s += fmt.Sprintf(": %q", e.Value)
	}
	return s + ": " + e.Wrong + "; " + e.Fix + " (" + e.Section + ")"
}

// Validate reports what must not be sent: bytes that a header field cannot
// carry, text that is not ASCII, a repeated parameter, and what the scheme
// itself demands. It reports every mistake, each a [*ChallengeError], joined.
// Parameters that a scheme does not know are let through.
func (c Challenge) Validate() error { return c.validate(false) }

// ValidateParam reports what Validate would of one value: whether it can stand
// in a header field, and is what the scheme wants of the parameter called name.
// It looks neither at the name nor at whether the scheme has parameters. It is
// for a value that is known before the others, or that changes while they stay.
func (c Challenge) ValidateParam(name, value string) error {
	v := validator{c: c}
	v.value(name, value)
	if rules := rulesFor(c.Scheme); rules != nil {
		for i := range rules.params {
			if r := &rules.params[i]; sameName(r.name, name) {
				v.param(rules, r, value)
			}
		}
	}
	return errors.Join(v.errs...)
}

// validateTemplate is Validate for a challenge of a Reason, in which a value
// may be a placeholder such as {scope}, to be filled and checked later.
func (c Challenge) validateTemplate() error { return c.validate(true) }

func (c Challenge) validate(template bool) error {
	v := validator{c: c, template: template}
	v.syntax()
	v.scheme()
	return errors.Join(v.errs...)
}

type validator struct {
	c        Challenge
	template bool
	errs     []error
}

func (v *validator) report(param, value, wrong, fix, section string) {
	v.errs = append(v.errs, &ChallengeError{v.c.Scheme, param, value, wrong, fix, section})
}

// syntax checks what holds for every scheme.
func (v *validator) syntax() {
	c := v.c
	if !httpfield.IsToken(c.Scheme) {
		v.report("", "", "the scheme is not a token", "write the name of one authentication scheme", "RFC 9110 §11.1")
	}
	if c.Token68 != "" {
		if len(c.Params) > 0 {
			v.report("", c.Token68, "it has both a token68 and parameters", "leave one of them out", "RFC 9110 §11.3")
		}
		if !httpfield.IsToken68(c.Token68) {
			v.report("", c.Token68, "not a token68", "use letters, digits and -._~+/ with = only at the end", "RFC 9110 §11.2")
		}
	}
	for i, p := range c.Params {
		if !httpfield.IsToken(p.Name) {
			v.report(p.Name, p.Value, "the name is not a token", "use letters, digits, - and _", "RFC 9110 §11.2")
		} else if repeats(c.Params[:i], p.Name) {
			v.report(p.Name, p.Value, "given more than once", "join the values, or send two challenges", "RFC 9110 §11.2")
		}
		v.value(p.Name, p.Value)
	}
}

// value checks that a header field can carry the value.
func (v *validator) value(name, value string) {
	switch wrong := unsendable(value); wrong {
	case "":
	case notASCII:
		v.report(name, value, wrong, "write it in English; text for people belongs in the body", "RFC 9110 §5.5")
	default:
		v.report(name, value, wrong, "take it out", "RFC 9110 §5.5")
	}
}

// param checks what the scheme demands of a parameter that is there.
func (v *validator) param(rules *schemeRules, r *paramRule, value string) {
	if r.check == nil || unsendable(value) != "" || v.template && isPlaceholder(value) {
		return
	}
	if wrong, fix := r.check(value); wrong != "" {
		v.report(r.name, value, wrong, fix, cmp.Or(r.section, rules.section))
	}
}

func repeats(before []Param, name string) bool {
	for _, p := range before {
		if sameName(p.Name, name) {
			return true
		}
	}
	return false
}

const notASCII = "not ASCII"

// unsendable says what keeps s out of a quoted-string; "" is nothing.
func unsendable(s string) string {
	if httpfield.IsVisibleASCII(s) {
		return ""
	}
	wrong := ""
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quotable(c):
		case c == '\r' || c == '\n':
			return "holds a line break"
		case c < ' ' || c == 0x7f:
			return fmt.Sprintf("holds the control character %#02x", c)
		default:
			wrong = notASCII
		}
	}
	return wrong
}

// scheme checks what c's own scheme demands.
func (v *validator) scheme() {
	c := v.c
	rules := rulesFor(c.Scheme)
	if rules == nil {
		return
	}
	if rules.refuse != "" {
		v.report("", "", rules.refuse, rules.instead, rules.section)
		return
	}
	if c.Token68 != "" && !rules.token68 {
		v.report("", c.Token68, "this scheme has no token68", "use parameters", rules.section)
	}
	if len(c.Params) > 0 && rules.noParams {
		v.report(c.Params[0].Name, c.Params[0].Value, "this scheme has no parameters", "leave it out", rules.section)
	}
	if len(c.Params) == 0 && rules.notBare {
		v.report("", "", "it has no parameters", "give at least a realm", rules.section)
	}
	for i := range rules.params {
		r := &rules.params[i]
		if value, ok := c.Get(r.name); ok {
			v.param(rules, r, value)
		} else if r.must {
			v.report(r.name, "", "missing", "this scheme needs it", cmp.Or(r.section, rules.section))
		}
	}
	if rules.rounds {
		v.scramRound()
	}
}

// isPlaceholder reports whether s is one whole placeholder, such as {max_age}.
func isPlaceholder(s string) bool {
	_, ok := message.Whole(s)
	return ok
}

// Fits reports whether a response of this status may carry c, as far as its
// error parameter says (RFC 6750 §3.1 and its successors). An error that is
// not known here fits everywhere; where 401 fits, so does a proxy's 407. The
// error is a [*ChallengeError].
func (c Challenge) Fits(status int) error {
	rules := rulesFor(c.Scheme)
	if rules == nil || rules.statuses == nil {
		return nil
	}
	name, want, section := rules.statuses(c)
	if len(want) == 0 || slices.Contains(want, status) || status == 407 && slices.Contains(want, 401) {
		return nil
	}
	value, _ := c.Get(name)
	return &ChallengeError{c.Scheme, name, value,
		fmt.Sprintf("does not go with status %d", status), fmt.Sprintf("answer %d", want[0]), section}
}
