package recipes

import (
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/julienschmidt/httprouter"
)

// HTTPRouter returns a router whose own 404, 405 and panics are denials. It
// puts the Allow field into a 405 by itself.
func HTTPRouter(deny *render.Renderer) *httprouter.Router {
	router := httprouter.New()
	router.NotFound = deny.Handler(problem.NotFound)
	router.MethodNotAllowed = deny.Handler(problem.ForStatus(http.StatusMethodNotAllowed))
	router.PanicHandler = func(w http.ResponseWriter, r *http.Request, v any) {
		if v == http.ErrAbortHandler {
			panic(v)
		}
		deny.Write(w, r, fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
	}
	return router
}
