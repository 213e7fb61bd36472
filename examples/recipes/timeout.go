package recipes

import (
	"net/http"
	"time"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// Timeout is http.TimeoutHandler whose own 503, which is one text for every
// client, becomes a denial. What next answers in time stays as it is.
func Timeout(deny *render.Renderer, limit time.Duration, next http.Handler) http.Handler {
	timeout := http.TimeoutHandler(next, limit, "")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		timeout.ServeHTTP(&timeoutWriter{ResponseWriter: w, request: r, deny: deny}, r)
	})
}

// timeoutWriter knows TimeoutHandler's own answer by its lack of a type: it
// comes before anything that next has set is copied.
type timeoutWriter struct {
	http.ResponseWriter
	request *http.Request
	deny    *render.Renderer
	denied  bool
}

func (w *timeoutWriter) WriteHeader(status int) {
	if w.denied {
		return
	}
	if status == http.StatusServiceUnavailable && w.Header().Get("Content-Type") == "" {
		w.denied = true
		w.deny.Write(w.ResponseWriter, w.request, problem.Overloaded)
		return
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *timeoutWriter) Write(p []byte) (int, error) {
	if w.denied {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

func (w *timeoutWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
