package problem

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"net/textproto"
	"slices"
	"strings"
)

// A Set holds reasons that a program knows, and finds them again in what it
// reads. It is unchanging and safe for concurrent use. The zero Set is empty.
type Set struct {
	reasons []Reason
	byCode  map[string]Reason
	byType  map[string]Reason
}

// A ClashError says that two reasons have the same code or the same type.
type ClashError struct {
	Field         string // "code" or "type"
	Value         string // that both have
	First, Second Reason // in the order given
}

// Error names both definitions by file and line.
func (e *ClashError) Error() string {
	where := func(r Reason) string {
		switch {
		case r.definition().decoded:
			return "a document that was read"
		case r.Where() == "":
			return "the built-in reason"
		}
		return r.Where()
	}
	return fmt.Sprintf("problem: %s %q: defined by %s and again by %s; change one of them", e.Field, e.Value, where(e.First), where(e.Second))
}

// NewSet returns a Set of the reasons. Their codes must differ, and so must
// their types, except that any number may be about:blank; the error joins one
// [*ClashError] for each clash. The same Reason may be named twice. For the
// built-in ones, pass Common()... as well.
func NewSet(reasons ...Reason) (*Set, error) {
	s := &Set{byCode: make(map[string]Reason), byType: make(map[string]Reason)}
	var errs []error
	add := func(field string, index map[string]Reason, key string, r Reason) {
		if key == "" {
			return
		}
		if first, ok := index[key]; ok {
			errs = append(errs, &ClashError{field, key, first, r})
			return
		}
		index[key] = r
	}
	for _, r := range reasons {
		if slices.Contains(s.reasons, r) {
			continue
		}
		s.reasons = append(s.reasons, r)
		add("code", s.byCode, r.Code(), r)
		if r.Type() != blank { // which says nothing of the reason
			add("type", s.byType, r.Type(), r)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return s, nil
}

// All yields the reasons in the order in which they were given.
func (s *Set) All() iter.Seq[Reason] {
	return func(yield func(Reason) bool) {
		if s == nil {
			return
		}
		for _, r := range s.reasons {
			if !yield(r) {
				return
			}
		}
	}
}

// ByCode returns the reason with the code.
func (s *Set) ByCode(code string) (Reason, bool) {
	if s == nil {
		return Reason{}, false
	}
	r, ok := s.byCode[code]
	return r, ok
}

// ByType returns the reason with the problem type, compared as it is written.
// Reasons that leave their type to the renderer are not found by it.
func (s *Set) ByType(typ string) (Reason, bool) {
	if s == nil {
		return Reason{}, false
	}
	r, ok := s.byType[typ]
	return r, ok
}

// Decode reads a problem document as the function [Decode] does, and puts the
// Set's own Reason in place of each one that it knows, so that
// errors.Is(p, EmailUnverified) works in a client. This holds for further
// requirements too.
//
// A reason is known by its type, or else by its code, where the document's type
// is absent, about:blank, or ends in the code and the Set's Reason has none:
// then a renderer made it of its TypeBase, and only the code is the same on both
// sides. The last part of a type alone is not taken for a code: other sites'
// types end in the same words and mean something else, and package render always
// sends the code.
//
// The Reason has the status and title of its definition; of the document's,
// detail, instance, next, also and extensions stay. What stands in the header
// fields is not in it: see [Set.FromResponse].
func (s *Set) Decode(contentType string, body io.Reader) (*Problem, error) {
	p, err := Decode(contentType, body)
	if err != nil {
		return nil, err
	}
	s.recognize(p)
	return p, nil
}

// FromResponse returns the Problem that a response tells of: the document in
// body, read as [Set.Decode] does, with what only the header fields say, read as
// the function [FromResponse] does: the challenges, RetryAfter and some Args.
// Without a Retry-After field, RetryAfter is what the steps of the document say.
// header is an [net/http.Header]. Closing the body is the caller's.
//
// Without a document, the Problem is that of the function FromResponse, and the
// error of Decode is its Cause. The Reason comes from there too where a document
// says no more than the status: it has neither code nor type, and no title but
// the status phrase (RFC 9457 §4.2.1). Any other Reason that is not of the Set
// has the status of the response, which a document only repeats (§3.1.2).
//
// It never returns nil. A gateway can send what it returns on with package
// render.
func (s *Set) FromResponse(status int, header map[string][]string, body io.Reader) *Problem {
	p, err := Decode(textproto.MIMEHeader(header).Get("Content-Type"), body)
	if err != nil {
		return FromResponse(status, header, err)
	}
	theirs := p.Reason
	s.recognize(p)
	p.takeWaits()
	if wait := retryAfter(header); wait > 0 {
		p.RetryAfter = wait
	}
	p.Challenges = challengesOf(status, header)
	telling := p.Challenges
	if d := theirs.definition(); p.Reason == theirs && status >= 400 && status <= 599 {
		if d.status = status; d.code == "" && d.typ == "" && (d.title == "" || strings.EqualFold(d.title, StatusText(status))) {
			p.Reason, telling = reasonOf(status, p.Challenges)
		}
	}
	p.takeArgs(telling, header)
	return p
}

// mayBe reports whether a document with the code of r, and this type, can be of
// r: the type is the first identifier (RFC 9457 §3.1.1), so one that is there
// has to be what a renderer makes of its TypeBase and the code.
func mayBe(typ string, r Reason) bool {
	own := r.Type() != "" && r.Type() != blank
	return typ == "" || !own && strings.HasSuffix(typ, r.Code())
}

func (s *Set) recognize(p *Problem) {
	if r, ok := s.ByType(p.Reason.Type()); ok {
		p.Reason = r
	} else if r, ok := s.ByCode(p.Reason.Code()); ok && mayBe(p.Reason.Type(), r) {
		p.Reason = r
	}
	for _, a := range p.Also {
		s.recognize(a)
	}
}
