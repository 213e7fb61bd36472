package adaptertest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/denial-go/denial/problem"
)

// Calls is what answers the calls of an RPC protocol over HTTP: a handler denies
// with Write, inside of Middleware.
type Calls interface {
	Middleware(next http.Handler) http.Handler
	Write(w http.ResponseWriter, r *http.Request, err error)
}

// WriteAfterTimeout denies in a handler that has timed out, which may still do so
// when the answer is made. The paths are those of a call and of another request.
func WriteAfterTimeout(t *testing.T, c Calls, paths ...string) {
	for _, path := range paths {
		for range 10 {
			done := make(chan struct{})
			h := c.Middleware(http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(done)
				time.Sleep(2 * time.Millisecond)
				c.Write(w, r, problem.SignInRequired)
			}), 2*time.Millisecond, "too late"))
			w := httptest.NewRecorder()
			h.ServeHTTP(w, call(path))
			<-done
			if w.Code != http.StatusServiceUnavailable && w.Code != http.StatusUnauthorized {
				t.Errorf("%s: status %d", path, w.Code)
			}
		}
	}
}

// WriteInside denies a request that a handler makes by itself, with the context of
// its own: it is another one.
func WriteInside(t *testing.T, c Calls) {
	h := c.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		rec := httptest.NewRecorder()
		c.Write(rec, call("/twirp/a.B/D").WithContext(r.Context()), problem.SignInRequired)
		if rec.Code != http.StatusUnauthorized {
			t.Errorf("%s: the denial inside is a %d with %q", r.URL.Path, rec.Code, rec.Body)
		}
	}))
	for _, path := range []string{"/twirp/a.B/C", "/other"} {
		h.ServeHTTP(httptest.NewRecorder(), call(path))
	}
}

func call(path string) *http.Request {
	r := httptest.NewRequest("POST", path, strings.NewReader("{}"))
	r.Header.Set("Content-Type", "application/json")
	return r
}
