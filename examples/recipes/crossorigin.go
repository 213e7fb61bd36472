package recipes

import (
	"net/http"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// CrossOrigin refuses requests that change something and that a browser sent
// from another site.
func CrossOrigin(deny *render.Renderer, next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(deny.Handler(problem.CrossOrigin))
	return protection.Handler(next)
}
