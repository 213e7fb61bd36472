package denyfasthttp

import (
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/valyala/fasthttp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// Write answers the request with the denial that err stands for: see
// [problem.From]. It sets the whole response; a handler returns after it.
//
// Fields that the application has set before are kept where they belong to the
// application: Vary is added to, Content-Security-Policy and a Cache-Control
// with no-store stay. Those that describe the answer that was not given, such
// as ETag, are removed, and so is its body.
//
// Where Server.StreamRequestBody has left a body to the handler, the connection
// is closed after the answer: fasthttp takes what was not read of the body for
// the next request.
func Write(ctx *fasthttp.RequestCtx, deny *render.Renderer, err error) {
	WriteRequest(ctx, deny, render.Request{}, err)
}

// WriteRequest is Write with what else is known of the request: Language,
// Instance and Format of req are the caller's, and the rest is read from ctx.
//
// It reports whether there was an answer to be given: the response is left
// alone where the connection has been hijacked. A timeout is the server's
// matter: after one of the TimeoutError methods, nothing of ctx is sent.
func WriteRequest(ctx *fasthttp.RequestCtx, deny *render.Renderer, req render.Request, err error) bool {
	if ctx.Hijacked() {
		return false
	}
	s := scratches.Get().(*scratch)
	s.read(&ctx.Request.Header, &req)
	defer s.release()
	var status int
	status, s.fields, s.body = deny.RenderFields(s.fields[:0], s.body[:0], req, err)

	h := &ctx.Response.Header
	merge(h, s.fields)
	ctx.Response.SetStatusCode(status)
	h.SetStatusMessage(nil)
	// A server sets SkipBody for HEAD by itself, but not after ErrorHandler.
	ctx.Response.SkipBody = req.Method == http.MethodHead
	ctx.Response.SetBody(s.body)
	if ctx.Request.IsBodyStream() && ctx.Request.Header.ContentLength() != 0 {
		// fasthttp would read the next request where the body was left.
		ctx.SetConnectionClose()
	}
	if ctx.Response.SkipBody {
		// A body that is there decides on Content-Length itself.
		for _, f := range s.fields {
			if f.Name != "Content-Length" {
				continue
			}
			if n, err := strconv.Atoi(f.Value); err == nil {
				h.SetContentLength(n)
			}
		}
	}
	return true
}

// scratch is what reading a request and making an answer take. All of it is
// used again but the strings, which are copies: fasthttp's own bytes are the
// next request's soon.
type scratch struct {
	fields []problem.Param // of the answer
	body   []byte
	text   []byte
	marks  []mark
	header http.Header
	held   uint     // which of render.RequestFields are in header, each as one line
	one    []string // those lines
}

// mark is a line of a field: its place in render.RequestFields, and the part
// of the text that is its value.
type mark struct{ field, start, end int }

// maxKept is how much of a scratch is kept for the next request.
const maxKept = 1 << 14

var scratches = sync.Pool{New: func() any {
	return &scratch{header: make(http.Header, len(render.RequestFields)), one: make([]string, len(render.RequestFields))}
}}

// read fills Method, Target and Header of req. The header is valid until the
// scratch is released, and the strings in it for good.
func (s *scratch) read(h *fasthttp.RequestHeader, req *render.Request) {
	text := append(s.text[:0], h.Method()...)
	method := len(text)
	text = append(text, target(h.RequestURI())...)
	uri := len(text)
	marks := s.marks[:0]
	for key, value := range h.All() {
		i := field(key)
		if i < 0 {
			continue
		}
		start := len(text)
		if !credentials(render.RequestFields[i]) {
			text = append(text, value...)
		}
		marks = append(marks, mark{i, start, len(text)})
	}
	s.text, s.marks = text, marks
	all := string(text)
	req.Method, req.Target = all[:method], all[method:uri]
	req.Header = s.header
	var seen uint
	for _, m := range marks {
		bit := uint(1) << m.field
		line := all[m.start:m.end]
		switch name := render.RequestFields[m.field]; {
		case seen&bit != 0: // repeated: rare enough to be made anew
			s.header[name] = append(s.header[name], line)
			s.held &^= bit
		case s.held&bit != 0:
			s.one[m.field] = line
		default:
			s.one[m.field] = line
			s.header[name] = s.one[m.field : m.field+1 : m.field+1]
			s.held |= bit
		}
		seen |= bit
	}
	for i, name := range render.RequestFields {
		if gone := uint(1) << i; s.held&gone != 0 && seen&gone == 0 {
			delete(s.header, name)
			s.held &^= gone
		}
	}
}

// release gives back what has been read.
func (s *scratch) release() {
	for _, m := range s.marks {
		if s.held&(1<<m.field) == 0 {
			delete(s.header, render.RequestFields[m.field]) // it had several lines
		}
	}
	if cap(s.text) <= maxKept && cap(s.body) <= maxKept {
		scratches.Put(s)
	}
}

// field returns the place of a field in render.RequestFields, or -1. A server
// may leave names as they came.
func field(key []byte) int {
	last := len(key) - 1
	for i, name := range render.RequestFields {
		if last == len(name)-1 && key[last]|0x20 == name[last]|0x20 && (string(key) == name || strings.EqualFold(string(key), name)) {
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
