package recipes

import (
	"net/http"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// ServeMux serves mux, whose own 404 and 405 become denials. Its redirects and
// everything else stay as they are.
func ServeMux(deny *render.Renderer, mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		own, pattern := mux.Handler(r)
		if pattern != "" || r.RequestURI == "*" {
			mux.ServeHTTP(w, r)
			return
		}
		would := answer{header: make(http.Header)}
		own.ServeHTTP(&would, r)
		switch would.status {
		case http.StatusNotFound:
			deny.Write(w, r, problem.NotFound)
		case http.StatusMethodNotAllowed:
			w.Header()["Allow"] = would.header["Allow"]
			deny.Write(w, r, problem.ForStatus(http.StatusMethodNotAllowed))
		default:
			mux.ServeHTTP(w, r)
		}
	})
}

// answer takes what the mux would send.
type answer struct {
	header http.Header
	status int
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) Write(p []byte) (int, error) { return len(p), nil }
func (a *answer) WriteHeader(status int)      { a.status = status }
