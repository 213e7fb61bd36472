package denygoa

import (
	"bufio"
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// Handler returns h with the answers to errors that [Formatter] was asked
// about. Put middleware that compresses or logs outside of it.
//
// Where h is goa's muxer, unknown paths and methods are denied, too: 404, and
// 405 with an Allow field (RFC 9110 §15.5.6). So are errors that a design
// answers with an empty body.
//
// An answer that has begun when the error comes is left alone;
// render.Config.OnDenied is told of the error all the same. One with a status
// of 2xx begins with the first byte of its body, or a Flush: until then the
// status is held back, so that the error of a download can take its place.
func Handler(h http.Handler, deny *render.Renderer) http.Handler {
	if router, ok := h.(router); ok {
		router.NotFound(deny.Handler(problem.NotFound).ServeHTTP)
		router.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
			if allow := allowed(router, r); len(allow) > 0 {
				w.Header().Set("Allow", strings.Join(allow, ", "))
			}
			deny.Write(w, r, problem.ForStatus(http.StatusMethodNotAllowed))
		})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		own := &writer{ResponseWriter: w, deny: deny}
		own.context = context.WithValue(r.Context(), writerKey{}, own)
		own.request = r
		defer func() {
			if v := recover(); v != nil {
				if v != http.ErrAbortHandler {
					own.end()
				}
				panic(v)
			}
		}()
		h.ServeHTTP(own, r.WithContext(own.context))
		own.answerPending()
		own.end()
	})
}

// router is what goa's muxer has of chi's router, though its type does not say so.
type router interface {
	NotFound(http.HandlerFunc)
	MethodNotAllowed(http.HandlerFunc)
	Match(ctx *chi.Context, method, path string) bool
}

func allowed(routes router, r *http.Request) []string {
	path := r.URL.RawPath // chi looks there first
	if path == "" {
		path = r.URL.Path
	}
	var methods []string
	for _, method := range []string{"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"} {
		if routes.Match(chi.NewRouteContext(), method, path) {
			methods = append(methods, method)
		}
	}
	return methods
}

type writerKey struct{}

// writer sends the denial when goa sends its status, which is when all that
// goa has to say is known.
type writer struct {
	http.ResponseWriter
	deny    *render.Renderer
	request *http.Request

	mu      sync.Mutex      // http.TimeoutHandler, inside of Handler, answers while goa is at work
	context context.Context // that of the formatter, which knows more
	pending *body
	held    int         // status of 2xx that goa has sent, and we have not; 0 for none
	header  http.Header // as it was then
	begun   bool
	denied  bool // and nothing more is to be written
}

// emptyError is a field that goa sets for the errors of a design.
const emptyError = "Goa-Error"

// expect takes what the formatter returned for what is to be written.
func (w *writer) expect(ctx context.Context, b *body) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.context, w.pending = ctx, b
}

// answerPending answers what the formatter returned and nobody has written.
func (w *writer) answerPending() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.pending != nil && !w.denied {
		w.answer(w.pending.status)
	}
}

// end sends the status that was held back, if there is one.
func (w *writer) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.release()
}

// begin sends the status that was held back, because more is to follow. It
// reports false where a denial was sent, and nothing may follow.
func (w *writer) begin() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.denied {
		return false
	}
	w.release()
	w.begun = true
	return true
}

// state tells what was sent.
func (w *writer) state() (begun, denied bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.begun, w.denied
}

func (w *writer) WriteHeader(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch h := w.Header(); {
	case w.denied:
	case w.pending != nil && (status >= 400 || status >= 200 && w.pending.denies()):
		w.answer(status)
	case !w.begun && status >= 400 && h.Get(emptyError) != "" && (w.held != 0 || h.Get("Content-Type") == ""):
		w.send(w.ResponseWriter, denial(designed(h.Get(emptyError)), status, h))
	case !w.begun && w.held == 0 && status >= 200 && status <= 299:
		w.pending, w.held, w.header = nil, status, h.Clone()
	default:
		w.release()
		w.pending = nil
		// 1xx are on the way to an answer, but for 101, which is one.
		w.begun = w.begun || status >= 200 || status == http.StatusSwitchingProtocols
		w.ResponseWriter.WriteHeader(status)
	}
}

// release sends the status that was held back.
func (w *writer) release() {
	if status := w.held; status != 0 {
		w.held, w.begun = 0, true
		h := w.ResponseWriter.Header()
		if maps.EqualFunc(h, w.header, slices.Equal[[]string]) {
			w.ResponseWriter.WriteHeader(status) // as almost always
			return
		}
		later := h.Clone() // trailers, say
		clear(h)
		maps.Copy(h, w.header)
		w.ResponseWriter.WriteHeader(status)
		clear(h)
		maps.Copy(h, later)
	}
}

// designed is an error of which only the name in the design is known.
type designed string

func (d designed) Error() string { return "goa error " + string(d) }

// answer sends the pending denial.
func (w *writer) answer(status int) {
	to := w.ResponseWriter
	if w.begun {
		to = nowhere{}
	}
	if p, ok := problem.Find(w.pending.err); ok && p.Reason == problem.NotFound {
		to.Header().Del(emptyError) // the name of an error in the design would show what a Cloak hides
	}
	w.send(to, denial(w.pending.err, status, to.Header()))
}

func (w *writer) send(to http.ResponseWriter, err error) {
	w.denied, w.begun, w.held = true, true, 0
	w.deny.Write(to, w.request.WithContext(w.context), err)
}

func (w *writer) Write(b []byte) (int, error) {
	if !w.begin() {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// ReadFrom keeps sendfile at work. What fails before its first byte has begun
// nothing.
func (w *writer) ReadFrom(r io.Reader) (n int64, err error) {
	begun, denied := w.state()
	if denied {
		return io.Copy(io.Discard, r)
	}
	if !begun {
		first := make([]byte, 1)
		var got int
		for got == 0 && err == nil {
			got, err = r.Read(first)
		}
		if got > 0 {
			wrote, failed := w.Write(first[:got])
			if n = int64(wrote); failed != nil {
				return n, failed
			}
		}
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
	more, err := io.Copy(w.ResponseWriter, r)
	return n + more, err
}

// Flush is for handlers that look for an http.Flusher.
func (w *writer) Flush() {
	w.begin()
	http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack is for WebSockets.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.end()
	conn, buf, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.begin()
	}
	return conn, buf, err
}

// The next three are for http.ResponseController, which would else call Unwrap.

func (w *writer) SetReadDeadline(deadline time.Time) error {
	return http.NewResponseController(w.ResponseWriter).SetReadDeadline(deadline)
}

func (w *writer) SetWriteDeadline(deadline time.Time) error {
	return http.NewResponseController(w.ResponseWriter).SetWriteDeadline(deadline)
}

func (w *writer) EnableFullDuplex() error {
	return http.NewResponseController(w.ResponseWriter).EnableFullDuplex()
}

// Unwrap is for whoever goes past us, and may write there.
func (w *writer) Unwrap() http.ResponseWriter {
	w.end()
	return w.ResponseWriter
}

// nowhere takes an answer that comes too late.
type nowhere struct{}

func (nowhere) Header() http.Header         { return http.Header{} }
func (nowhere) WriteHeader(int)             {}
func (nowhere) Write(b []byte) (int, error) { return len(b), nil }
