package denyhertz

import (
	"net/http"
	"strings"

	"github.com/cloudwego/hertz/pkg/app"

	"github.com/denial-go/denial/problem"
)

// statusProblem returns the denial for a status that a framework has chosen by
// itself: see [problem.FromResponse]. What the framework's middleware has put
// into the response goes along: its challenges, and when to try again. The
// cause is never sent.
func statusProblem(ctx *app.RequestContext, status int, cause error) *problem.Problem {
	var h http.Header
	ctx.Response.Header.VisitAll(func(key, value []byte) {
		// The server may keep names as they come.
		for _, name := range [...]string{"Www-Authenticate", "Proxy-Authenticate", "Retry-After"} {
			if strings.EqualFold(string(key), name) {
				if h == nil {
					h = make(http.Header, 1)
				}
				h[name] = append(h[name], string(value))
			}
		}
	})
	return problem.FromResponse(status, h, cause)
}
