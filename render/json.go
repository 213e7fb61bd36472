package render

import "github.com/denial-go/denial/internal/document"

type jsonFormat struct{}

func (jsonFormat) MediaType() string { return "application/problem+json" }

func (jsonFormat) Append(dst []byte, v *View) ([]byte, error) {
	doc := v.document()
	return append(doc.AppendJSON(dst, v.fault), '\n'), nil
}

// document returns the members that v has in JSON and XML.
func (v *View) document() document.Document {
	doc := document.Document{
		Type:       v.Type,
		Title:      v.documentTitle(),
		Status:     v.Status,
		Detail:     v.Detail,
		Instance:   v.Instance,
		Code:       v.Code,
		Extensions: v.Extensions,
	}
	for i := range v.Next {
		s := &v.Next[i]
		doc.Next = append(doc.Next, document.Step{
			Kind: string(s.Kind), Title: s.Title, Href: s.Href, Method: s.Method,
			Actor: string(s.Actor), Params: s.Params, Expires: s.Expires,
		})
	}
	for _, a := range v.Also {
		sub := a.document()
		sub.Status, sub.Instance = 0, "" // those of the whole response
		doc.Also = append(doc.Also, sub)
	}
	return doc
}

// documentTitle is the status phrase where the type says no more than the
// status does (RFC 9457 §4.2.1).
func (v *View) documentTitle() string {
	if v.Type == blankType {
		return v.Phrase
	}
	return v.Title
}

const blankType = "about:blank"
