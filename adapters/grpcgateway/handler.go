package denygrpcgateway

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc/grpclog"

	denydetails "github.com/denial-go/denial/adapters/grpc/details"
	"github.com/denial-go/denial/problem"
)

// Handler goes around the mux. It sees what the error handlers of the mux
// cannot:
//
//   - whether an answer has begun, which is then left alone;
//   - that a stream has failed before its first message, for StreamError;
//   - that a body was too large for an http.MaxBytesHandler outside of this
//     one: the generated code makes INVALID_ARGUMENT of that, and the client
//     gets 413 instead;
//   - a panic, which is answered with 500, or with the denial that a handler
//     panicked with, and told to grpclog. As in net/http,
//     http.ErrAbortHandler closes the connection.
func (g Gateway) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := &state{ResponseWriter: w}
		r = r.WithContext(context.WithValue(r.Context(), stateKey{}, s))
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = &body{r.Body, s}
		}
		s.request = r
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if s.failed(v) {
				g.Renderer.Write(w, r, panicked(v))
			}
		}()
		next.ServeHTTP(s, r)
		s.commit() // a stream that http.TimeoutHandler has given up on has no answer any more
	})
}

// failed tells the log of a panic, and reports whether it is to be answered.
func (s *state) failed(v any) bool {
	if v == http.ErrAbortHandler {
		panic(v)
	}
	grpclog.Errorf("denygrpcgateway: %s %s: panic: %v\n%s", s.request.Method, s.request.URL.Path, v, debug.Stack())
	if s.commit() {
		panic(http.ErrAbortHandler) // what was sent is not complete
	}
	h := s.Header()
	h.Del("Trailer")
	h.Del("Transfer-Encoding")
	return true
}

func panicked(v any) error {
	if err, ok := v.(error); ok {
		if p, ok := denydetails.Resolve(err); ok {
			return p
		}
	}
	return problem.ForStatus(http.StatusInternalServerError).Because(fmt.Errorf("panic: %v", v))
}

type stateKey struct{}

func stateOf(ctx context.Context) *state {
	s, _ := ctx.Value(stateKey{}).(*state)
	return s
}

// state is the answer to one request, and what is known of it. StreamError may
// want to answer while an http.TimeoutHandler does.
type state struct {
	http.ResponseWriter
	request  *http.Request
	tooLarge atomic.Bool // the body was; a goroutine of its own may read it

	mu        sync.Mutex
	committed bool // the client has at least the status, or nobody is to answer any more
	answered  bool // a denial was written: what follows is dropped
}

// begun reports whether an answer has begun.
func (s *state) begun() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.committed
}

// commit takes the answer for begun, and reports whether it was already.
func (s *state) commit() (before bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, s.committed = s.committed, true
	return before
}

// first calls answer if no answer has begun, and drops what is written after it.
func (s *state) first(answer func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.committed {
		return
	}
	answer()
	s.committed, s.answered = true, true
}

func (s *state) WriteHeader(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answered {
		return
	}
	s.committed = s.committed || status >= 200 || status == http.StatusSwitchingProtocols
	s.ResponseWriter.WriteHeader(status)
}

func (s *state) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.answered {
		return len(b), nil
	}
	s.committed = true
	return s.ResponseWriter.Write(b)
}

// FlushError is what http.ResponseController calls.
func (s *state) FlushError() error {
	s.commit()
	return http.NewResponseController(s.ResponseWriter).Flush()
}

// Flush is http.Flusher.
func (s *state) Flush() { _ = s.FlushError() }

// Hijack is http.Hijacker, for WebSockets.
func (s *state) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buf, err := http.NewResponseController(s.ResponseWriter).Hijack()
	if err == nil {
		s.commit()
	}
	return conn, buf, err
}

// Unwrap is for http.ResponseController.
func (s *state) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// body remembers that there was too much of it.
type body struct {
	io.ReadCloser
	state *state
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		b.state.tooLarge.Store(true)
	}
	return n, err
}
