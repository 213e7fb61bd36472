package denytwirp

import (
	"bufio"
	"context"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/twitchtv/twirp"

	"github.com/denial-go/denial/problem"
)

// IsCall reports whether a request is a call of a Twirp client, so that its
// answer has to be a Twirp error: a POST of JSON or protobuf to one of Paths.
func (s Server) IsCall(r *http.Request) bool {
	mediaType, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	switch strings.ToLower(strings.TrimSpace(mediaType)) {
	case "application/json", "application/protobuf":
	default:
		return false
	}
	paths := s.Paths
	if paths == nil {
		paths = []string{"/twirp/"}
	}
	return r.Method == http.MethodPost && r.URL != nil && slices.ContainsFunc(paths, func(path string) bool { return strings.HasPrefix(r.URL.Path, path) })
}

// Write answers an HTTP request with the denial that err stands for, from
// middleware outside of Twirp's servers. A call gets a Twirp error, anybody else
// what the Renderer writes.
//
// For those others, a twirp.Error is answered by its code, with the status that
// Twirp has for it, and its message is not sent; an *http.MaxBytesError is
// answered with 413. An answer that has begun is left alone, behind Middleware,
// and the error goes to the log of the http.Server.
func (s Server) Write(w http.ResponseWriter, r *http.Request, err error) {
	// A request made inside of another has its context, and an answer of its own.
	if st := stateOf(r.Context()); st != nil && st.request.Method == r.Method && st.request.RequestURI == r.RequestURI {
		if st.begun.Load() {
			logf(r.Context(), "denytwirp: %s %s failed after its answer had begun: %v", r.Method, r.URL.Path, err)
			return
		}
		st.ours.Store(true)
	}
	if s.IsCall(r) {
		e, header := s.Error(r, err)
		for name, lines := range header {
			w.Header()[name] = slices.Clone(lines)
		}
		_ = twirp.WriteError(w, e) // where it fails, the client has gone
		return
	}
	s.Renderer.Write(w, r, understand(err))
}

// logf logs as net/http does with errors of its handlers.
func logf(ctx context.Context, format string, args ...any) {
	if server, ok := ctx.Value(http.ServerContextKey).(*http.Server); ok && server.ErrorLog != nil {
		server.ErrorLog.Printf(format, args...)
		return
	}
	log.Printf(format, args...)
}

// Handler returns a handler that answers every request with err, as Write does.
func (s Server) Handler(err error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.Write(w, r, err) })
}

// understand returns what to answer a request with that is no call.
func understand(err error) error {
	if _, ok := problem.Find(err); ok || err == nil {
		return err
	}
	tooLarge := false
	walk(err, func(e error) bool {
		_, tooLarge = e.(*http.MaxBytesError)
		return tooLarge
	})
	e := own(err)
	switch {
	case tooLarge:
		return problem.ForStatus(http.StatusRequestEntityTooLarge).Because(err)
	case e != nil && e.Code() != twirp.Unknown:
		return problem.ForStatus(twirp.ServerHTTPStatusFromErrorCode(e.Code())).Because(err)
	case e == nil && is(err, context.DeadlineExceeded):
		return problem.ForStatus(http.StatusGatewayTimeout).Because(err)
	case e == nil && is(err, context.Canceled):
		return problem.ForStatus(http.StatusServiceUnavailable).Because(err)
	}
	return err // of this, nothing is known but that it failed
}

// Middleware goes around the mux. It hands the request to the interceptor and
// the hooks, which see no header otherwise, and with it the caller's language.
// For requests that are no calls, it makes denials of bare errors: the 404 of
// http.ServeMux, what http.Error wrote. Bare is a status of 400 or more with no
// type, or with text/plain in no language; challenges, Retry-After and Allow are
// kept. All other answers pass as they are, those of Twirp's servers too.
func (s Server) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), requestKey{}, r)
		st := &state{ResponseWriter: w, server: s, passes: s.IsCall(r)}
		st.request = r.WithContext(context.WithValue(ctx, stateKey{}, st))
		next.ServeHTTP(st, st.request)
	})
}

type (
	requestKey struct{}
	stateKey   struct{}
)

func stateOf(ctx context.Context) *state {
	s, _ := ctx.Value(stateKey{}).(*state)
	return s
}

// state is the answer to a request.
type state struct {
	http.ResponseWriter
	server   Server
	request  *http.Request
	passes   bool        // to a call: nothing stands in for it
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
