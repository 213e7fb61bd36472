package render

import (
	"fmt"
	"time"

	"github.com/denial-go/denial/internal/cldr"
	"github.com/denial-go/denial/internal/message"
	"github.com/denial-go/denial/problem"
)

// text is a message in one language, with further forms where a number
// decides.
type text struct {
	message.Message         // the form other, or the only one
	plural          *plural // nil for one form
}

type plural struct {
	by    string              // placeholder whose number decides
	forms [6]*message.Message // by cldr.Category; nil: the form other
}

// pick returns the form for this occurrence.
func (t *text) pick(form *cldr.Locale, p *problem.Problem) message.Message {
	if t.plural == nil || form == nil {
		return t.Message
	}
	c := cldr.Other
	switch n := message.Plain(p.Arg(t.plural.by)).(type) {
	case int64:
		c = form.Plural(n)
	case uint64:
		c = form.PluralUint(n)
	case float64:
		c = form.PluralFloat(n)
	}
	if f := t.plural.forms[c]; f != nil {
		return *f
	}
	return t.Message
}

// sentence fills the placeholders of t as its language writes values.
func (b *builder) sentence(t text, p *problem.Problem) []Part {
	s := sentence{form: b.loc.form}
	m := t.pick(b.loc.form, p)
	missing := m.Expand(
		func(name string) bool { return s.has(p.Arg(name)) },
		func(part message.Part) {
			if part.Name == "" {
				s.add(Part{Text: part.Text})
				return
			}
			s.value(p.Arg(part.Name), part.Or, b.number(part.Name))
		})
	if missing != "" {
		in := "in Args"
		if missing == problem.RetryAfterArg {
			in += ", and RetryAfter is not set"
		}
		b.faultOnce(fmt.Sprintf("render: {%s} of %q has no value %s; an ellipsis stands in its place", missing, p.Reason.Code(), in))
	}
	return s.parts
}

// sentence gathers parts.
type sentence struct {
	form  *cldr.Locale
	parts []Part
}

// has reports whether a value can be shown. A wait cannot in a language that
// has no words for one.
func (s *sentence) has(v any) bool {
	if _, ok := message.Plain(v).(time.Duration); ok {
		return s.form != nil && s.form.HasRelative()
	}
	_, ok := message.Machine(v)
	return ok
}

// add appends a part; pieces of fixed text become one.
func (s *sentence) add(p Part) {
	if n := len(s.parts); n > 0 && p.plain() && s.parts[n-1].plain() {
		s.parts[n-1].Text += p.Text
		return
	}
	s.parts = append(s.parts, p)
}

// plain reports whether p is nothing but text.
func (p Part) plain() bool { return !p.Value && p.Datetime == "" }

// value appends a value. Numbers and waits are the language's own text; what
// came from elsewhere is a value, each item of a list by itself, so that it
// can be isolated. Where arg is the number of a value, its mark is appended in
// its place.
func (s *sentence) value(v any, or bool, arg int) {
	v = message.Plain(v)
	if arg >= 0 {
		s.mark(v, or, arg)
		return
	}
	switch v := v.(type) {
	case string:
		s.add(Part{Text: clean(v), Value: true})
	case int64:
		s.add(Part{Text: string(s.form.AppendNumber(nil, v))})
	case uint64:
		s.add(Part{Text: string(s.form.AppendUint(nil, v))})
	case float64:
		s.add(Part{Text: string(s.form.AppendFloat(nil, v))})
	case time.Duration:
		n, unit := cldr.Wait(v)
		s.add(Part{Text: string(s.form.AppendRelative(nil, n, unit)), Datetime: fmt.Sprintf("PT%dS", message.Seconds(v))})
	case time.Time:
		// The reader's zone is not known, and neither is their calendar.
		v = v.UTC()
		s.add(Part{Text: v.Format(momentLayout), Value: true, Datetime: v.Format(time.RFC3339)})
	case []string:
		for i, item := range v {
			if sep := s.form.Separator(v, i, or); sep != "" {
				s.add(Part{Text: sep})
			}
			s.add(Part{Text: clean(item), Value: true})
		}
	}
}

const momentLayout = "2006-01-02 15:04 UTC"

// mark appends the parts that value does, with marks for what is in them.
func (s *sentence) mark(v any, or bool, arg int) {
	p := Part{Text: markFor(arg, 0, formText)}
	switch v := v.(type) {
	case string:
		p.Value = true
	case time.Duration:
		p.Datetime = "PT" + markFor(arg, 0, formSeconds) + "S"
	case time.Time:
		p.Value, p.Datetime = true, markFor(arg, 0, formSeconds)
	case []string:
		separator := formAnd
		if or {
			separator = formOr
		}
		for i := range v {
			if i > 0 {
				s.add(Part{Text: markFor(arg, i, separator)})
			}
			s.add(Part{Text: markFor(arg, i, formText), Value: true})
		}
		return
	}
	s.add(p)
}
