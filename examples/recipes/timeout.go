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
	marked := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		w.Header()[inTime] = nil
	})
	timeout := http.TimeoutHandler(marked, limit, "")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		timeout.ServeHTTP(&timeoutWriter{ResponseWriter: w, request: r, deny: deny}, r)
	})
}

// inTime marks the header of an answer that next has completed: TimeoutHandler
// copies all of it, or, for an answer of its own, nothing. No status and no
// field that next could set tells the two apart. It is no field name, so that
// it cannot be anybody's field.
const inTime = "(in time)"

// timeoutWriter makes a denial of an answer that does not have the mark.
type timeoutWriter struct {
	http.ResponseWriter
	request *http.Request
	deny    *render.Renderer
	denied  bool
}

func (w *timeoutWriter) WriteHeader(status int) {
	if _, ok := w.Header()[inTime]; ok {
		delete(w.Header(), inTime)
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.denied = true
	w.deny.Write(w.ResponseWriter, w.request, problem.Overloaded)
}

func (w *timeoutWriter) Write(p []byte) (int, error) {
	if w.denied {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

func (w *timeoutWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
