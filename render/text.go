package render

import (
	"strconv"
	"strings"
)

type textFormat struct{}

func (textFormat) MediaType() string { return "text/plain" }

// Append writes lines for a terminal. A text from right to left starts with a
// mark, because the first strong character decides the direction of a line.
func (textFormat) Append(dst []byte, v *View) ([]byte, error) {
	t := textWriter{dst: dst}
	if v.Dir == "rtl" {
		t.mark = rightToLeftMark
	}
	t.line(v.Title)
	t.view(v, "")
	if v.Instance != "" {
		t.blank()
		t.line(v.Words["reference"] + " " + v.Instance)
	}
	t.blank()
	t.line(strconv.Itoa(v.Status) + " " + v.Phrase + codeSuffix(v.Code))
	return t.dst, nil
}

func codeSuffix(code string) string {
	if code == "" {
		return ""
	}
	return " (" + code + ")"
}

type textWriter struct {
	dst  []byte
	mark string
}

func (t *textWriter) line(s string) {
	t.dst = append(t.dst, t.mark...)
	t.dst = append(t.dst, s...)
	t.dst = append(t.dst, '\n')
}

func (t *textWriter) blank() { t.dst = append(t.dst, '\n') }

// view writes the detail, the steps and the further requirements of v.
func (t *textWriter) view(v *View, indent string) {
	if v.Detail != "" {
		t.line(indent + v.Detail)
	}
	if len(v.Next) > 0 {
		t.blank()
		t.line(indent + v.Words["next"])
	}
	for i := range v.Next {
		s := &v.Next[i]
		text := indent + "- " + s.Title
		if s.Href != "" {
			text += ": " + stepAddress(s)
		}
		t.line(text)
		for _, p := range s.params() {
			t.line(indent + "  " + p.Name + ": " + p.Value)
		}
	}
	if len(v.Also) > 0 {
		t.blank()
		t.line(indent + v.Words["also"])
	}
	for _, a := range v.Also {
		t.line(indent + "- " + a.Title)
		t.view(a, indent+"  ")
	}
}

// stepAddress is the step's Href, with its method where it is not GET.
func stepAddress(s *Step) string {
	if s.Method == "GET" {
		return s.Href
	}
	return strings.TrimSpace(s.Method + " " + s.Href)
}
