package recipes

import (
	"bufio"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// A Handler answers a request, or returns why it does not.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Answer makes an http.Handler of one that returns errors. An answer that has
// begun stays, and the error is logged.
func Answer(deny *render.Renderer, h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := &tracker{ResponseWriter: w}
		err := h(t, r)
		switch _, tooLarge := errors.AsType[*http.MaxBytesError](err); {
		case err == nil:
		case t.began:
			slog.ErrorContext(r.Context(), "failed after the answer had begun", "path", r.URL.Path, "err", err)
		case tooLarge:
			deny.Write(w, r, problem.ForStatus(http.StatusRequestEntityTooLarge).Because(err))
		default:
			deny.Write(w, r, err)
		}
	})
}

// Recover answers where next panics. The panic goes to render.Config.OnFault
// with its stack, and nothing of it to the client. http.ErrAbortHandler is
// net/http's own way to hang up, and is left to it; so is an answer that has
// begun, because only a cut connection tells the client that it is not whole.
func Recover(deny *render.Renderer, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := &tracker{ResponseWriter: w}
		defer func() {
			switch v := recover(); {
			case v == nil:
			case v == http.ErrAbortHandler:
				panic(v)
			case t.began:
				slog.ErrorContext(r.Context(), "panic after the answer had begun", "path", r.URL.Path, "panic", v)
				panic(http.ErrAbortHandler)
			default:
				deny.Write(w, r, fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
			}
		}()
		next.ServeHTTP(t, r)
	})
}

// tracker knows whether an answer has begun.
type tracker struct {
	http.ResponseWriter
	began bool
}

// WriteHeader takes note of a final status: others, such as 103, come before it.
func (t *tracker) WriteHeader(status int) {
	t.began = t.began || status >= 200 || status == http.StatusSwitchingProtocols
	t.ResponseWriter.WriteHeader(status)
}

// Write begins the answer.
func (t *tracker) Write(p []byte) (int, error) {
	t.began = true
	return t.ResponseWriter.Write(p)
}

// Flush is for handlers that look for an http.Flusher.
func (t *tracker) Flush() { t.FlushError() }

// FlushError begins the answer too, where it can be flushed.
func (t *tracker) FlushError() error {
	err := http.NewResponseController(t.ResponseWriter).Flush()
	t.began = t.began || !errors.Is(err, http.ErrNotSupported)
	return err
}

// Hijack is for handlers that look for an http.Hijacker. What they do with the
// connection is an answer, and theirs to end.
func (t *tracker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buf, err := http.NewResponseController(t.ResponseWriter).Hijack()
	t.began = t.began || err == nil
	return conn, buf, err
}

// Unwrap is for http.ResponseController.
func (t *tracker) Unwrap() http.ResponseWriter { return t.ResponseWriter }
