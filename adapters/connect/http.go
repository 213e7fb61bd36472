package denyconnect

import (
	"bufio"
	"context"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/code"

	denydetails "github.com/denial-go/denial/adapters/grpc/details"
	"github.com/denial-go/denial/problem"
)

// IsRPC reports whether a request is a call of a Connect, gRPC or gRPC-Web
// client, so that its answer has to be one of these protocols'. A GET is one if
// it says connect=v1 in its query, and a POST of JSON or of another unary type
// if it says Connect-Protocol-Version: 1, or goes to one of Paths. Where there
// are Paths, nothing that goes elsewhere is one.
func (s Server) IsRPC(r *http.Request) bool {
	if r.URL == nil {
		return false
	}
	called := slices.ContainsFunc(s.Paths, func(path string) bool { return strings.HasPrefix(r.URL.Path, path) })
	if len(s.Paths) > 0 && !called {
		return false // or a client could turn its 403 into a 200, for whoever counts them
	}
	if connect.NewErrorWriter(connect.WithRequireConnectProtocolHeader()).IsSupported(r) {
		return true
	}
	return called && r.Method == http.MethodPost && connect.NewErrorWriter().IsSupported(r)
}

// Write answers an HTTP request with the denial that err stands for, from
// middleware outside of Connect's handlers. An RPC gets a Connect error in its
// protocol, anybody else what the Renderer writes.
//
// For those others, a *connect.Error is answered by its code, and its message
// is not sent (see denydetails.Reason), and an *http.MaxBytesError with 413. An
// answer that has begun is left alone, behind Middleware, and the error goes to
// the log of the http.Server.
func (s Server) Write(w http.ResponseWriter, r *http.Request, err error) {
	// A request made inside of another has its context, and an answer of its own.
	if st := stateOf(r.Context()); st != nil && st.request.Method == r.Method && st.request.RequestURI == r.RequestURI {
		if st.begun.Load() {
			logf(r, "denyconnect: %s %s failed after its answer had begun: %v", r.Method, r.URL.Path, err)
			return
		}
		st.ours.Store(true)
	}
	if s.IsRPC(r) {
		e := s.Error(r.Context(), r.URL.Path, r.Header, err)
		if own(err) != e {
			noStore(e, r.Method)
		}
		_ = connect.NewErrorWriter().Write(w, r, e) // where it fails, the client has gone
		return
	}
	s.Renderer.Write(w, r, understand(err))
}

// logf logs as net/http does.
func logf(r *http.Request, format string, args ...any) {
	if server, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok && server.ErrorLog != nil {
		server.ErrorLog.Printf(format, args...)
		return
	}
	log.Printf(format, args...)
}

// Handler returns a handler that answers every request with err, as Write does.
func (s Server) Handler(err error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.Write(w, r, err) })
}

// understand returns what to answer a request with that is no RPC.
func understand(err error) error {
	if p, ok := denydetails.Resolve(err); ok {
		return p
	}
	if _, ok := denydetails.As[*http.MaxBytesError](err); ok {
		return problem.ForStatus(http.StatusRequestEntityTooLarge).Because(err)
	}
	e := own(err)
	switch {
	case e == nil && err != nil && denydetails.Is(err, context.DeadlineExceeded):
		return denydetails.Reason(code.Code_DEADLINE_EXCEEDED).Because(err)
	case e == nil && err != nil && denydetails.Is(err, context.Canceled):
		return denydetails.Reason(code.Code_CANCELLED).Because(err)
	case e == nil, e.Code() == connect.CodeUnknown:
		return err // of this, nothing is known but that it failed
	}
	p := denydetails.Reason(code.Code(e.Code())).Because(err)
	if status := p.Reason.Status(); status == http.StatusUnauthorized || status == http.StatusForbidden {
		p.Challenges = problem.FromResponse(http.StatusUnauthorized, e.Meta(), nil).Challenges
	}
	return p
}

// Middleware goes around the mux. For requests that are no RPC, it makes
// denials of bare errors: the 405 and 415 of Connect's handlers, the 404 of
// http.ServeMux, what http.Error wrote. Bare is a status of 400 or more with no
// type, or with text/plain in no language; challenges, Retry-After and Allow are
// kept. All other answers pass as they are, and so does every answer to an RPC.
func (s Server) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		st := &state{ResponseWriter: w, server: s, passes: s.IsRPC(r)}
		st.request = r.WithContext(context.WithValue(r.Context(), stateKey{}, st))
		next.ServeHTTP(st, st.request)
	})
}

type stateKey struct{}

func stateOf(ctx context.Context) *state {
	s, _ := ctx.Value(stateKey{}).(*state)
	return s
}

// state is the answer to a request.
type state struct {
	http.ResponseWriter
	server   Server
	request  *http.Request
	passes   bool        // to an RPC: nothing stands in for it
	begun    atomic.Bool // the client has at least the status
	ours     atomic.Bool // Write makes the answer
	answered bool        // a denial stands in for a bare error: what follows is dropped
}

func (s *state) WriteHeader(status int) {
	switch {
	case s.answered:
		return
	case s.begun.Load(), s.ours.Load(), s.passes, status < 400, !isBare(s.Header()):
		if status >= 200 || status == http.StatusSwitchingProtocols {
			s.begun.Store(true)
		}
		s.ResponseWriter.WriteHeader(status)
		return
	}
	s.answered = true
	s.begun.Store(true)
	s.server.Renderer.Write(s.ResponseWriter, s.request, problem.FromResponse(status, s.Header(), nil))
}

func (s *state) Write(b []byte) (int, error) {
	if s.answered {
		return len(b), nil
	}
	s.begun.Store(true)
	return s.ResponseWriter.Write(b)
}

// FlushError is what http.ResponseController calls.
func (s *state) FlushError() error {
	s.begun.Store(true)
	return http.NewResponseController(s.ResponseWriter).Flush()
}

// Flush is http.Flusher.
func (s *state) Flush() { _ = s.FlushError() }

// Hijack is http.Hijacker, for WebSockets.
func (s *state) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buf, err := http.NewResponseController(s.ResponseWriter).Hijack()
	if err == nil {
		s.begun.Store(true)
	}
	return conn, buf, err
}

// Unwrap is for http.ResponseController.
func (s *state) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// isBare reports whether the body is for nobody in particular.
func isBare(h http.Header) bool {
	if len(h["Content-Encoding"]) > 0 || len(h["Content-Language"]) > 0 { // a denial has a language
		return false
	}
	mediaType, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	mediaType = strings.TrimSpace(mediaType)
	return mediaType == "" || strings.EqualFold(mediaType, "text/plain")
}
