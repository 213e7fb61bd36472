package problem

import (
	"github.com/denial-go/denial/internal/document"
	"github.com/denial-go/denial/internal/message"
)

// MarshalJSON encodes p as a problem document in English, for a message queue
// or a test, say. What a client gets comes from package render, which knows
// the configuration and the reader's language. It fails only for an extension
// member that cannot be encoded.
func (p *Problem) MarshalJSON() ([]byte, error) {
	if p == nil {
		p = &Problem{}
	}
	var fault error
	doc := p.document(0)
	b := doc.AppendJSON(nil, func(err error) {
		if fault == nil {
			fault = err
		}
	})
	if fault != nil {
		return nil, fault
	}
	return b, nil
}

// UnmarshalJSON reads a problem document as [Decode] does.
func (p *Problem) UnmarshalJSON(b []byte) error {
	q, err := decodeDocument(b)
	if err != nil {
		return err
	}
	*p = *q
	return nil
}

func (p *Problem) document(depth int) document.Document {
	doc := document.Document{
		Type:       p.Reason.Type(),
		Title:      p.Reason.Title(),
		Status:     p.Reason.Status(),
		Detail:     p.english(),
		Instance:   p.Instance,
		Code:       p.Reason.Code(),
		Extensions: p.Extensions,
	}
	if doc.Type == "" {
		doc.Type = blank
		// A decoded title may be in another language; it stays.
		if text := StatusText(doc.Status); text != "" && !p.Reason.definition().decoded {
			doc.Title = text
		}
	}
	for _, s := range p.steps() {
		doc.Next = append(doc.Next, p.documentStep(s))
	}
	if depth < maxAlsoDepth {
		for _, a := range p.Also {
			if a != nil {
				sub := a.document(depth + 1)
				sub.Status, sub.Instance = 0, ""
				doc.Also = append(doc.Also, sub)
			}
		}
	}
	return doc
}

// steps returns the steps of this occurrence.
func (p *Problem) steps() []NextStep {
	if p.Next != nil {
		return p.Next
	}
	return p.Reason.Next()
}

func (p *Problem) documentStep(s NextStep) document.Step {
	out := document.Step{
		Kind:    string(s.Kind),
		Title:   p.fill(s.Title),
		Href:    s.Href,
		Actor:   string(s.Kind.Actor()),
		Expires: s.Expires,
	}
	if s.Title == "" {
		out.Title = p.fill(s.Kind.Label())
	}
	if s.Href != "" {
		if out.Method = s.Method; out.Method == "" {
			out.Method = "GET"
		}
	}
	for name, value := range s.Params {
		if hole, ok := message.Whole(value); ok {
			if value, ok = message.Machine(p.Arg(hole)); !ok {
				continue
			}
		}
		if out.Params == nil {
			out.Params = make(map[string]string, len(s.Params))
		}
		out.Params[name] = value
	}
	return out
}
