package denyfasthttp

import (
	"net/http"
	"strings"

	"github.com/valyala/fasthttp"

	"github.com/denial-go/denial/problem"
)

// StatusProblem returns the denial for a status that a framework has chosen by
// itself: see [problem.FromResponse]. What the framework's middleware has put
// into the response goes along: its challenges, and when to try again. The
// cause is never sent.
func StatusProblem(ctx *fasthttp.RequestCtx, status int, cause error) *problem.Problem {
	var h http.Header
	for key, value := range ctx.Response.Header.All() {
		// The server may keep names as they come.
		for _, name := range [...]string{"Www-Authenticate", "Proxy-Authenticate", "Retry-After"} {
			if strings.EqualFold(string(key), name) {
				if h == nil {
					h = make(http.Header, 1)
				}
				h[name] = append(h[name], string(value))
			}
		}
	}
	return problem.FromResponse(status, h, cause)
}
