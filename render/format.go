package render

import (
	"io"
	"strings"
)

// A Format writes a denial in one media type. Its methods are called from
// many goroutines at once.
//
// An application's own Format is about twenty lines: see the example HouseStyle.
type Format interface {
	// MediaType returns the media type without a charset parameter, always the
	// same. A text type is sent with charset=utf-8.
	MediaType() string

	// Append appends the body to dst. An error, or a panic, makes the answer
	// plain text with the same status and challenges.
	Append(dst []byte, v *View) ([]byte, error)
}

// A Page writes the HTML page. *html/template.Template is one; data is a
// *[View].
type Page interface {
	Execute(w io.Writer, data any) error
}

// The built-in formats.
var (
	// JSON is application/problem+json (RFC 9457).
	JSON Format = jsonFormat{}
	// HTML is a page for people, text/html.
	HTML Format = htmlFormat{}
	// Text is plain text for people without a browser, text/plain.
	Text Format = textFormat{}
	// Markdown is for agents and chat tools, text/markdown (RFC 7763).
	Markdown Format = markdownFormat{}
	// XML is application/problem+xml (RFC 9457 appendix B).
	XML Format = xmlFormat{}
	// Multipart is multipart/alternative (RFC 2046 §5.1.4) of Text, HTML and
	// JSON, for a client that asks for it by name.
	Multipart Format = multipartFormat{}
)

// defaultFormats are offered where Config names none, best first.
func defaultFormats() []Format { return []Format{JSON, HTML, Text, Markdown, XML, Multipart} }

// contentType returns the Content-Type for a body of media type mt. The
// boundary of a multipart body is read off its first line, where every
// multipart body has it.
func contentType(mt string, body []byte) string {
	switch {
	case strings.HasPrefix(mt, "text/") && !strings.Contains(mt, "charset"):
		return mt + "; charset=utf-8"
	case strings.HasPrefix(mt, "multipart/") && !strings.Contains(mt, "boundary"):
		line, _, _ := strings.Cut(string(body[:min(len(body), 100)]), "\r\n")
		return mt + `; boundary="` + strings.TrimPrefix(line, "--") + `"`
	}
	return mt
}
