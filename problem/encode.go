package problem

import (
	"bytes"
	"strings"

	"github.com/denial-go/denial/internal/document"
	"github.com/denial-go/denial/internal/href"
	"github.com/denial-go/denial/internal/message"
)

// MarshalJSON encodes p as a problem document in English, for a message queue
// or a test, say. What a client gets comes from package render, which knows
// the configuration, the request and the reader's language: here {return_to}
// is empty and a reason without a Type is of type about:blank.
//
// It fails for an extension member that cannot be encoded or is named like one
// of the document's own. With encoding/json a nil *Problem is null.
func (p Problem) MarshalJSON() ([]byte, error) {
	// The receiver is no pointer, or encoding/json would pass the method over
	// for a Problem by value, and write the Cause with the other fields.
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

// UnmarshalJSON reads a problem document as [Decode] does. Like any
// UnmarshalJSON, it leaves p alone where the JSON is null.
func (p *Problem) UnmarshalJSON(b []byte) error {
	if string(bytes.TrimSpace(b)) == "null" {
		return nil
	}
	q, _, err := decodeDocument(b)
	if err != nil {
		return err
	}
	*p = *q
	return nil
}

// document returns the members of p, which is inside depth others.
func (p *Problem) document(depth int) document.Document {
	doc := document.Document{
		Type:       p.Reason.Type(),
		Title:      p.Reason.definition().heading(),
		Status:     p.Reason.Status(),
		Detail:     p.english(),
		Instance:   p.Instance,
		Code:       p.Reason.Code(),
		Extensions: p.Extensions,
	}
	if doc.Type == "" {
		doc.Type = blank
	}
	// RFC 9457 §4.2.1. A decoded title stays: it may be in another language.
	if text := StatusText(doc.Status); doc.Type == blank && text != "" && !p.Reason.definition().decoded {
		doc.Title = text
	}
	// Status and instance are those of the whole response, and not repeated in
	// also; what a document said there all the same stays.
	if depth > 0 && !p.Reason.definition().decoded {
		doc.Status = 0
	}
	if depth > 0 && !p.decoded {
		doc.Instance = ""
	}
	next := p.steps()
	for _, s := range next[:min(len(next), maxSteps)] {
		doc.Next = append(doc.Next, p.documentStep(s))
	}
	if depth < maxAlsoDepth {
		for _, a := range p.Also {
			if a != nil && len(doc.Also) < maxAlso {
				doc.Also = append(doc.Also, a.document(depth+1))
			}
		}
	}
	return doc
}

// steps returns the steps of this occurrence.
func (p *Problem) steps() []NextStep {
	if p.Next != nil || p.decoded {
		return p.Next
	}
	return p.Reason.Next()
}

func (p *Problem) documentStep(s NextStep) document.Step {
	out := document.Step{
		Kind:    string(s.Kind),
		Title:   s.Title,
		Href:    s.Href,
		Method:  s.Method,
		Actor:   string(s.TakenBy()),
		Params:  s.Params,
		Expires: s.Expires,
	}
	if p.decoded {
		return out
	}
	if out.Title == "" {
		out.Title = s.Kind.Label()
	}
	out.Title = p.fill(out.Title)
	if out.Href = p.fillHref(s.Href); out.Href == "" {
		out.Method = ""
	} else if out.Method == "" {
		out.Method = "GET"
	}
	out.Params = p.fillParams(s.Params)
	return out
}

// returnTo is the placeholder for the page that was denied, which only the
// renderer knows.
const returnTo = "return_to"

// fillHref returns the address with its placeholders filled, and "" where one
// has no value or the address would lead where no step may.
func (p *Problem) fillHref(template string) string {
	if name, ok := message.Whole(template); ok {
		address, _ := message.Machine(p.Arg(name))
		if href.Check(address) != nil {
			return ""
		}
		return address
	}
	m, err := message.Parse(template)
	if err != nil {
		return ""
	}
	value := func(name string) (string, bool) {
		if name == returnTo {
			return "", true
		}
		return message.Machine(p.Arg(name))
	}
	var b strings.Builder
	addressee := href.Addressee(template)
	missing := m.Expand(
		func(name string) bool { _, ok := value(name); return ok },
		func(part message.Part) {
			if part.Name == "" {
				b.WriteString(part.Text)
				return
			}
			v, _ := value(part.Name)
			if part.Name == addressee && !strings.Contains(b.String(), "?") {
				b.WriteString(href.EscapeAddressee(v))
				return
			}
			b.WriteString(href.Escape(v))
		})
	if missing != "" || href.Check(b.String()) != nil {
		return ""
	}
	return b.String()
}

// fillParams returns the params in which placeholders have their values. One
// without a value is left out.
func (p *Problem) fillParams(params map[string]string) map[string]string {
	var out map[string]string
	for name, value := range params {
		value, ok := message.Fill(value, p.Arg)
		if !ok {
			continue
		}
		if out == nil {
			out = make(map[string]string, len(params))
		}
		out[name] = value
	}
	return out
}
