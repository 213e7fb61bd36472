package denyhertz

import (
	"bytes"
	"net/http"
	"strings"
	"sync"

	"github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/protocol"

	"github.com/denial-go/denial/render"
)

// write sets the response. Language and Instance of req are the caller's, and
// the rest is read from ctx.
func write(ctx *app.RequestContext, deny *render.Renderer, req render.Request, err error) {
	s := scratches.Get().(*scratch)
	s.read(&ctx.Request.Header, &req)
	head := req.Method == http.MethodHead
	if head {
		// hertz takes Content-Length from the body, which it does not send, and
		// gives a 404 without one its own.
		req.Method = http.MethodGet
	}
	out := deny.Render(req, err)
	s.release()

	merge(&ctx.Response.Header, out.Header)
	ctx.Response.SetStatusCode(out.Status)
	ctx.Response.SetBodyRaw(out.Body)
	ctx.Response.SkipBody = head
}

// scratch is what reading a request takes. All of it is used again but the
// text, which is a copy: hertz's own bytes are the next request's soon.
type scratch struct {
	text   []byte
	marks  []mark
	lines  []string
	header http.Header
}

// mark is a line of a field: its place in render.RequestFields, and the part
// of the text that is its value.
type mark struct{ field, start, end int }

// maxKept is how much of a scratch is kept for the next request.
const maxKept = 1 << 14

var scratches = sync.Pool{New: func() any {
	return &scratch{header: make(http.Header, len(render.RequestFields))}
}}

// read fills Method, Target and Header of req. The header is valid until the
// scratch is released, and the strings in it for good.
func (s *scratch) read(h *protocol.RequestHeader, req *render.Request) {
	text := append(s.text[:0], h.Method()...)
	method := len(text)
	text = append(text, target(h.RequestURI())...)
	uri := len(text)
	marks := s.marks[:0]
	line := func(key, value []byte) {
		i := field(key)
		if i < 0 {
			return
		}
		start := len(text)
		if !credentials(render.RequestFields[i]) {
			text = append(text, value...)
		}
		marks = append(marks, mark{i, start, len(text)})
	}
	h.VisitAll(line)
	s.text, s.marks = text, marks
	all := string(text)
	req.Method, req.Target = all[:method], all[method:uri]
	lines := s.lines[:0]
	for i, name := range render.RequestFields {
		start := len(lines)
		for _, m := range marks {
			if m.field == i {
				lines = append(lines, all[m.start:m.end])
			}
		}
		if len(lines) > start {
			s.header[name] = lines[start:len(lines):len(lines)]
		}
	}
	s.lines = lines
	req.Header = s.header
}

func (s *scratch) release() {
	if cap(s.text) > maxKept || cap(s.lines) > maxKept/16 {
		return
	}
	clear(s.header)
	clear(s.lines)
	scratches.Put(s)
}

// field returns the place of a field in render.RequestFields, or -1. A server
// may leave names as they came.
func field(key []byte) int {
	for i, name := range render.RequestFields {
		if len(name) == len(key) && (string(key) == name || strings.EqualFold(string(key), name)) {
			return i
		}
	}
	return -1
}

// credentials reports whether it is enough to know that the field is there.
func credentials(name string) bool { return name == "Authorization" || name == "Cookie" }

// target returns the path and query of what stood in the request line. A
// client of a proxy sends an absolute address (RFC 9112 §3.2.2).
func target(uri []byte) []byte {
	if len(uri) > 0 && uri[0] == '/' {
		return uri
	}
	i := bytes.Index(uri, []byte("://"))
	if i < 0 {
		return uri // "*", or the authority of a CONNECT
	}
	rest := uri[i+len("://"):]
	i = bytes.IndexAny(rest, "/?#")
	switch {
	case i < 0:
		return []byte("/")
	case rest[i] == '/':
		return rest[i:]
	}
	return append([]byte("/"), rest[i:]...)
}
