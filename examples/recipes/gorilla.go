package recipes

import (
	"net/http"
	"strings"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/gorilla/mux"
)

// Gorilla returns a gorilla/mux router whose own 404 and 405 are denials.
// Middleware added with Use does not see these two: the router calls it for
// routes only.
func Gorilla(deny *render.Renderer) *mux.Router {
	router := mux.NewRouter()
	router.Use(func(next http.Handler) http.Handler { return Recover(deny, next) })
	router.NotFoundHandler = deny.Handler(problem.NotFound)
	router.MethodNotAllowedHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var allow []string
		for _, method := range methods {
			try := *r
			try.Method = method
			var match mux.RouteMatch
			if router.Match(&try, &match) && match.MatchErr == nil {
				allow = append(allow, method)
			}
		}
		w.Header().Set("Allow", strings.Join(allow, ", "))
		deny.Write(w, r, problem.ForStatus(http.StatusMethodNotAllowed))
	})
	return router
}
