package render

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/denial-go/denial/internal/document"
)

type xmlFormat struct{}

func (xmlFormat) MediaType() string { return "application/problem+xml" }

// Append writes the members of the JSON in the form of RFC 9457 appendix B:
// an array is an element whose children are all called i.
func (xmlFormat) Append(dst []byte, v *View) ([]byte, error) {
	x := xmlWriter{dst: append(dst, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"...), fault: v.fault}
	doc := v.document()
	x.dst = append(x.dst, `<problem xmlns="urn:ietf:rfc:7807">`...)
	x.document(&doc)
	x.dst = append(x.dst, "</problem>\n"...)
	return x.dst, nil
}

type xmlWriter struct {
	dst   []byte
	fault func(error)
}

func (x *xmlWriter) open(name string)  { x.dst = append(append(append(x.dst, '<'), name...), '>') }
func (x *xmlWriter) close(name string) { x.dst = append(append(append(x.dst, '<', '/'), name...), '>') }

func (x *xmlWriter) element(name, text string) {
	if text == "" {
		return
	}
	x.open(name)
	x.dst = appendXML(x.dst, text)
	x.close(name)
}

func (x *xmlWriter) document(doc *document.Document) {
	x.element("type", doc.Type)
	x.element("title", doc.Title)
	if doc.Status != 0 {
		x.element("status", strconv.Itoa(doc.Status))
	}
	x.element("detail", doc.Detail)
	x.element("instance", doc.Instance)
	x.element("code", doc.Code)
	if len(doc.Next) > 0 {
		x.open("next")
		for i := range doc.Next {
			x.open("i")
			x.step(&doc.Next[i])
			x.close("i")
		}
		x.close("next")
	}
	if len(doc.Also) > 0 {
		x.open("also")
		for i := range doc.Also {
			x.open("i")
			x.document(&doc.Also[i])
			x.close("i")
		}
		x.close("also")
	}
	x.extensions(doc.Extensions)
}

func (x *xmlWriter) extensions(extensions map[string]any) {
	for _, name := range document.Names(make([]string, 0, 8), extensions) {
		value, err := document.AppendExtension(nil, name, extensions[name])
		if err != nil {
			if x.fault != nil {
				x.fault(err)
			}
			continue
		}
		// By way of its JSON, so that both forms say the same.
		if v, err := document.ReadJSON(value); err == nil {
			x.value(name, v)
		}
	}
}

func (x *xmlWriter) step(s *document.Step) {
	x.element("kind", s.Kind)
	x.element("title", s.Title)
	x.element("href", s.Href)
	x.element("method", s.Method)
	x.element("actor", s.Actor)
	if len(s.Params) > 0 {
		x.open("params")
		for _, name := range sortedNames(s.Params) {
			if isXMLName(name) {
				x.element(name, s.Params[name])
			}
		}
		x.close("params")
	}
	if !s.Expires.IsZero() && s.Expires.UTC().Year() <= 9999 { // as in the JSON: RFC 3339 has four digits
		x.element("expires", s.Expires.UTC().Format(time.RFC3339))
	}
}

// value writes a JSON value. A name that XML cannot carry is left out, as
// RFC 9457 §4 warns; in an array there are no names.
func (x *xmlWriter) value(name string, v any) {
	if !isXMLName(name) {
		return
	}
	x.open(name)
	switch v := v.(type) {
	case string:
		x.dst = appendXML(x.dst, v)
	case document.Number:
		x.dst = append(x.dst, v...)
	case bool:
		x.dst = strconv.AppendBool(x.dst, v)
	case []any:
		for _, item := range v {
			x.value("i", item)
		}
	case []document.Member:
		for _, m := range v {
			x.value(m.Name, m.Value)
		}
	}
	x.close(name)
}

// isXMLName reports whether name can be the name of an element: ASCII letters,
// digits, -, _ and ., the first a letter or _, and not reserved (XML 1.0 §2.3).
func isXMLName(name string) bool {
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_':
		case i > 0 && ('0' <= c && c <= '9' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return name != "" && !(len(name) >= 3 && strings.EqualFold(name[:3], "xml"))
}

// appendXML escapes text for the content of an element. What XML 1.0 §2.2
// cannot carry at all becomes U+FFFD.
func appendXML(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		var escaped string
		switch {
		case r == '&':
			escaped = "&amp;"
		case r == '<':
			escaped = "&lt;"
		case r == '>':
			escaped = "&gt;"
		case r == '\r':
			escaped = "&#xD;"
		case r == '\t', r == '\n', r >= ' ' && r <= 0xfffd && (r != utf8.RuneError || n > 1), r >= 0x10000:
			i += n
			continue
		default:
			escaped = "\ufffd"
		}
		dst = append(append(dst, s[start:i]...), escaped...)
		i += n
		start = i
	}
	return append(dst, s[start:]...)
}

func sortedNames(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
