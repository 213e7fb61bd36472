package recipes

import (
	"net/http"
	"strings"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/go-chi/chi/v5"
)

// Chi returns a chi router whose own 404 and 405 are denials. Routers that are
// mounted into it do the same, as long as they set no handlers of their own.
func Chi(deny *render.Renderer) *chi.Mux {
	router := chi.NewRouter()
	router.Use(func(next http.Handler) http.Handler { return Recover(deny, next) })
	router.NotFound(deny.Handler(problem.NotFound).ServeHTTP)
	router.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		// Chi names the allowed methods only in the answer that this replaces.
		path := r.URL.RawPath // by which chi routes, where there is one
		if path == "" {
			path = r.URL.Path
		}
		var allow []string
		for _, method := range methods {
			if router.Match(chi.NewRouteContext(), method, path) {
				allow = append(allow, method)
			}
		}
		w.Header().Set("Allow", strings.Join(allow, ", "))
		deny.Write(w, r, problem.ForStatus(http.StatusMethodNotAllowed))
	})
	return router
}

// methods are those that a router is asked for.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
}
