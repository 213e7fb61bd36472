package denyhuma

import (
	"net/http"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// Mux returns mux with denials for the paths and methods that it does not
// have, which huma never sees. It is for huma's adapter humago. Other routers
// have hooks of their own: router.NotFound(deny.Handler(problem.NotFound).ServeHTTP)
// in chi.
func Mux(mux *http.ServeMux, deny *render.Renderer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		// Only the handler knows whether the path or the method is wrong, and
		// which methods there are.
		probe := &statusWriter{ResponseWriter: &contextWriter{header: http.Header{}}}
		h.ServeHTTP(probe, r)
		if probe.status < 400 {
			mux.ServeHTTP(w, r)
			return
		}
		if allow := probe.Header()["Allow"]; allow != nil {
			w.Header()["Allow"] = allow // RFC 9110 §15.5.6
		}
		deny.Write(w, r, problem.ForStatus(probe.status))
	})
}
