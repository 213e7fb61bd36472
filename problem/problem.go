package problem

import (
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"

	"github.com/denial-go/denial/internal/message"
)

// A Problem is one occurrence of a [Reason]: a request that was denied. Fields
// left empty come from the Reason. A Problem is an error; once it has been
// returned, treat it and everything in it as read-only. It must not be in its
// own Also or Cause.
type Problem struct {
	// Reason is why; the zero Reason is a bare 403.
	Reason Reason

	// Detail replaces the reason's detail and is sent as it is, in no known
	// language. Args keep the sentence translatable; prefer them.
	Detail string

	// Args fill the placeholders of the reason: string, any integer, float64,
	// time.Duration, time.Time or []string, or a type made of a string, a
	// number or a []string. In a sentence a time.Duration reads as how far
	// ahead something is, "in 5 minutes". An empty string or list, the zero time
	// and nil are no value; an empty string in a list is no item of it.
	Args map[string]any

	// Instance identifies this occurrence: a URI reference, such as
	// "urn:uuid:…" or "/denials/4711" (RFC 9457 §3.1.5). People quote it to
	// support, so it should be in the logs too.
	Instance string

	// Challenges replace the reason's challenges where they are not nil. They
	// are sent in this order, but Basic, Bearer, Digest, DPoP, Negotiate and NTLM
	// before all others.
	Challenges []Challenge

	// Next replaces the reason's steps, best first, where it is not nil: an
	// empty list means no steps. 64 are the most.
	Next []NextStep

	// RetryAfter is how long to wait before the same request may succeed,
	// sent in the Retry-After field in whole seconds, rounded up (RFC 9110
	// §10.2.3). 0 is not known. In sentences and steps it is {retry_after}: a
	// value of Args with that name counts only where this is 0.
	RetryAfter time.Duration

	// Extensions are further members of the document (RFC 9457 §3.2). Names
	// are best three or more letters, digits and _; values are encoded with
	// encoding/json, some of them twice for one answer. A member that the
	// document has itself (type, title, status, detail, instance, code, next,
	// also) is left out, and so is what cannot be encoded.
	Extensions map[string]any

	// Cause is the error behind the denial, for logs; it is never sent.
	Cause error

	// Also are further requirements, all to be met: at most 32, and no more
	// than four deep.
	Also []*Problem

	// decoded is set on what was read from a document: its texts are data, in
	// which a brace is a brace, and what it lacks does not come from Reason.
	decoded bool
}

// RetryAfterArg is the name under which sentences find Problem.RetryAfter.
const RetryAfterArg = "retry_after"

// Decoded reports whether p was read from a document. Its texts and addresses
// are then data, and no templates: a brace is a brace.
func (p *Problem) Decoded() bool { return p != nil && p.decoded }

// Arg returns the value of the placeholder name, and nil where there is none.
// RetryAfter comes before an Args[RetryAfterArg], because it is what the
// Retry-After field says.
func (p *Problem) Arg(name string) any {
	if p == nil {
		return nil
	}
	if name == RetryAfterArg && p.RetryAfter > 0 {
		return p.RetryAfter
	}
	return p.Args[name]
}

// Error returns the reason, the English detail and the cause, for logs. It
// must not be sent to a client, because of the cause. Control characters in the
// detail, which may hold what a client sent, are shown as spaces: a line end would
// begin a line of its own in a log.
func (p *Problem) Error() string {
	if p == nil {
		return Reason{}.Error()
	}
	var b strings.Builder
	b.WriteString(p.Reason.Error())
	if d := p.english(); d != "" {
		b.WriteString(": " + strings.Map(printable, d))
	}
	if p.Cause != nil {
		b.WriteString(": " + errorText(p.Cause))
	}
	return b.String()
}

func printable(r rune) rune {
	if unicode.IsControl(r) {
		return ' '
	}
	return r
}

// errorText is err.Error() that survives a nil pointer in err and a panic, as
// package fmt does: a log line must not stop an answer.
func errorText(err error) string { return fmt.Sprint(err) }

// english returns the detail in English, its placeholders filled.
func (p *Problem) english() string {
	if p.Detail != "" || p.decoded {
		return p.Detail
	}
	return p.fill(p.Reason.Detail())
}

// fill returns the English sentence s with its placeholders filled. One
// without a value reads as an ellipsis.
func (p *Problem) fill(s string) string {
	m, err := message.Parse(s)
	if err != nil {
		return s // no Definition holds such a text
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
// errors.Is and errors.As find every one of them. As with errors.Join, the list
// is not the caller's to change.
func (p *Problem) Unwrap() []error {
	if p == nil {
		return nil
	}
	if p.Cause == nil && len(p.Also) == 0 {
		return p.Reason.alone()
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

// As sets a target of type **Problem to p, so that errors.As finds the Problem
// that an error embeds.
func (p *Problem) As(target any) bool {
	t, ok := target.(**Problem)
	if !ok || p == nil {
		return false
	}
	*t = p
	return true
}

// LogValue returns what a log line should say of the denial, for log/slog:
// status, code, detail in English, instance, cause, and the codes of further
// requirements. Log the *Problem: slog does not ask one by value.
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
		attrs = append(attrs, slog.String("cause", errorText(p.Cause)))
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
