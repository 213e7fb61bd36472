package problem

import (
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/denial-go/denial/internal/message"
)

// A Problem is one occurrence of a [Reason]: a request that was denied. Fields
// left empty come from the Reason. A Problem is an error; once it has been
// returned, treat it and everything in it as read-only.
type Problem struct {
	// Reason is why; the zero Reason is a bare 403.
	Reason Reason

	// Detail replaces the reason's detail and is sent as it is, in no known
	// language. Args keep the sentence translatable; prefer them.
	Detail string

	// Args fill the placeholders of the reason: string, any integer, float64,
	// time.Duration, time.Time or []string, or a type made of one of these.
	// In a sentence a time.Duration reads as how far ahead something is, "in 5
	// minutes".
	Args map[string]any

	// Instance identifies this occurrence: a URI reference, such as
	// "urn:uuid:…" or "/denials/4711" (RFC 9457 §3.1.5). People quote it to
	// support, so it should be in the logs too.
	Instance string

	// Challenges replace the reason's challenges.
	Challenges []Challenge

	// Next replaces the reason's steps, best first.
	Next []NextStep

	// RetryAfter is how long to wait before the same request may succeed,
	// sent in the Retry-After field in whole seconds, rounded up (RFC 9110
	// §10.2.3). 0 is not known. In sentences it is {retry_after}.
	RetryAfter time.Duration

	// Extensions are further members of the document (RFC 9457 §3.2). A value
	// is encoded with encoding/json; a name that the document uses itself is
	// left out.
	Extensions map[string]any

	// Cause is the error behind the denial, for logs; it is never sent.
	Cause error

	// Also are further requirements, all to be met.
	Also []*Problem
}

// RetryAfterArg is the name under which sentences find Problem.RetryAfter.
const RetryAfterArg = "retry_after"

// Arg returns the value of the placeholder name, and nil where there is none.
func (p *Problem) Arg(name string) any {
	if v, ok := p.Args[name]; ok {
		return v
	}
	if name == RetryAfterArg && p.RetryAfter > 0 {
		return p.RetryAfter
	}
	return nil
}

// Error returns the reason, the English detail and the cause, for logs. It
// must not be sent to a client, because of the cause.
func (p *Problem) Error() string {
	if p == nil {
		return Reason{}.Error()
	}
	var b strings.Builder
	b.WriteString(p.Reason.Error())
	if d := p.english(); d != "" {
		b.WriteString(": " + d)
	}
	if p.Cause != nil {
		b.WriteString(": " + p.Cause.Error())
	}
	return b.String()
}

// english returns the detail in English, its placeholders filled.
func (p *Problem) english() string {
	if p.Detail != "" {
		return p.Detail
	}
	return p.fill(p.Reason.Detail())
}

// fill returns the English sentence s with its placeholders filled.
func (p *Problem) fill(s string) string {
	m, err := message.Parse(s)
	if err != nil {
		return s // only a decoded sentence can be no message; it has no holes
	}
	value := func(name string, or bool) (string, bool) { return message.English(p.Arg(name), or) }
	var b strings.Builder
	m.Expand(
		func(name string) bool { _, ok := value(name, false); return ok },
		func(part message.Part) {
			if part.Name == "" {
				b.WriteString(part.Text)
				return
			}
			s, _ := value(part.Name, part.Or)
			b.WriteString(s)
		})
	return b.String()
}

// Unwrap returns the Reason, the Cause and the further requirements, so that
// errors.Is and errors.As find every one of them.
func (p *Problem) Unwrap() []error {
	if p == nil {
		return nil
	}
	errs := []error{p.Reason}
	if p.Cause != nil {
		errs = append(errs, p.Cause)
	}
	for _, a := range p.Also {
		if a != nil {
			errs = append(errs, a)
		}
	}
	return errs
}

// LogValue returns what a log line should say of the denial, for log/slog:
// status, code, detail in English, instance, cause, and the codes of further
// requirements.
func (p *Problem) LogValue() slog.Value {
	if p == nil {
		return slog.GroupValue(slog.Int("status", Reason{}.Status()))
	}
	attrs := []slog.Attr{slog.Int("status", p.Reason.Status())}
	text := func(name, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(name, value))
		}
	}
	text("code", p.Reason.Code())
	text("detail", p.english())
	text("instance", p.Instance)
	if p.Cause != nil {
		attrs = append(attrs, slog.String("cause", p.Cause.Error()))
	}
	var also []string
	for _, a := range p.Also {
		if a != nil {
			also = append(also, a.Reason.Code())
		}
	}
	if also != nil {
		attrs = append(attrs, slog.Any("also", also))
	}
	return slog.GroupValue(attrs...)
}

// unexplained is what an error without a Reason becomes: a 500 that says
// nothing, because nothing in the error is known to be fit for a client.
var unexplained = Reason{&definition{status: 500, title: "Internal Server Error"}}

// Limits on how much of an error tree is searched. Trees that people build
// stay far below; one with a cycle in it must not hang the request.
const (
	maxDepth = 64
	maxNodes = 1024
	maxAlso  = 32
)

// From returns the Problem in err's tree (see errors.Is for what the tree is):
//
//   - a *Problem as it is, and a Reason as a Problem with that Reason;
//   - for several, joined with errors.Join or any Unwrap() []error, a Problem
//     with the others in Also. The first is chosen by status: 429, 503, 401,
//     407, then in the order given. The same bare Reason counts once;
//   - for an error made by [Cloak], [NotFound], whatever else is in the tree;
//   - for an error that holds none of these, a 500 that says nothing;
//   - for nil and a nil *Problem, the zero Reason: somebody meant to deny the
//     request and did not say why.
//
// Where err is more than the Problem itself, it becomes the Cause. From never
// returns nil and never changes err.
func From(err error) *Problem {
	p, _ := Find(err)
	return p
}

// Find is From that also reports whether err's tree holds a Problem or a
// Reason. Where it does not, the Problem is the one that From returns.
func Find(err error) (p *Problem, ok bool) {
	if err == nil {
		return &Problem{}, false
	}
	var c collector
	c.walk(err, 0)
	switch {
	case c.cloaked:
		return &Problem{Reason: NotFound, Cause: err}, true
	case len(c.found) == 0 && c.sawNil:
		return &Problem{Cause: realCause(err)}, false
	case len(c.found) == 0:
		return &Problem{Reason: unexplained, Cause: err}, false
	case len(c.found) == 1:
		return only(c.found[0], err), true
	}
	return join(c.found, err), true
}

// join makes one Problem of several.
func join(found []*Problem, err error) *Problem {
	first := 0
	for i, p := range found {
		if urgency(p) < urgency(found[first]) {
			first = i
		}
	}
	joined := *found[first]
	joined.Cause = err
	var also []*Problem
	add := func(p *Problem) {
		if len(also) < maxAlso && p != nil {
			also = append(also, p)
		}
	}
	for _, a := range joined.Also {
		add(a)
	}
	for i, p := range found {
		if i == first {
			continue
		}
		// A requirement of a requirement is one more requirement.
		flat := p
		if len(p.Also) > 0 {
			own := *p
			own.Also, flat = nil, &own
		}
		add(flat)
		for _, a := range p.Also {
			add(a)
		}
	}
	joined.Also = also
	return &joined
}

// realCause returns err unless it is itself the nil *Problem.
func realCause(err error) error {
	if p, ok := err.(*Problem); ok && p == nil {
		return nil
	}
	return err
}

// only returns p, with err as its cause where err says more than p.
func only(p *Problem, err error) *Problem {
	if e, ok := err.(*Problem); ok && e == p {
		return p
	}
	if _, ok := err.(Reason); ok {
		return p
	}
	out := *p
	out.Cause = err
	return &out
}

// urgency orders the problems of a joined error: what ends by waiting comes
// first, because nothing else can be tried before, then who is asking.
func urgency(p *Problem) int {
	if i := slices.Index([]int{429, 503, 401, 407}, p.Reason.Status()); i >= 0 {
		return i
	}
	return 4
}

// collector gathers the problems of an error tree, in order.
type collector struct {
	found   []*Problem
	cloaked bool
	sawNil  bool // a nil *Problem
	nodes   int
}

func (c *collector) walk(err error, depth int) {
	if c.nodes++; c.cloaked || depth > maxDepth || c.nodes > maxNodes {
		return
	}
	switch e := err.(type) {
	case nil:
		return
	case *Problem:
		if e == nil {
			c.sawNil = true
		} else if len(c.found) <= maxAlso && !slices.Contains(c.found, e) {
			c.found = append(c.found, e)
		}
		return
	case Reason:
		same := func(p *Problem) bool { return p.Reason == e }
		if len(c.found) <= maxAlso && !slices.ContainsFunc(c.found, same) {
			c.found = append(c.found, &Problem{Reason: e})
		}
		return
	case *cloaked:
		c.cloaked = true
		return
	case interface{ As(any) bool }:
		// An error of another package may know which denial it stands for.
		var p *Problem
		if e.As(&p) && p != nil {
			c.walk(p, depth+1)
			return
		}
		var r Reason
		if e.As(&r) {
			c.walk(r, depth+1)
			return
		}
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		c.walk(e.Unwrap(), depth+1)
	case interface{ Unwrap() []error }:
		for _, child := range e.Unwrap() {
			c.walk(child, depth+1)
		}
	}
}

// Cloak returns an error that is answered exactly as [NotFound] is, so that a
// client cannot tell a hidden resource from one that does not exist (RFC 9110
// §15.5.4). errors.Is and errors.As still find err in it, for logs. Answer
// requests for resources that really do not exist with NotFound too, from the
// same renderer, or the two differ.
func Cloak(err error) error {
	if err == nil {
		err = Reason{}
	}
	return &cloaked{err}
}

type cloaked struct{ err error }

func (c *cloaked) Error() string { return "cloaked as not found: " + c.err.Error() }
func (c *cloaked) Unwrap() error { return c.err }
