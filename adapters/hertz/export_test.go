package denyhertz

import (
	"github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/protocol"
	"github.com/cloudwego/hertz/pkg/route"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// StatusProblem is statusProblem, for tests.
func StatusProblem(ctx *app.RequestContext, status int, cause error) *problem.Problem {
	return statusProblem(ctx, status, cause)
}

// Target is target, for tests.
func Target(uri string) string { return string(target([]byte(uri))) }

// Allowed is allowed, for tests.
func Allowed(routes route.RoutesInfo, path string) string { return allowed(routes, path) }

// Read hands what is read of a request to f.
func Read(h *protocol.RequestHeader, f func(render.Request)) {
	s := scratches.Get().(*scratch)
	var req render.Request
	s.read(h, &req)
	f(req)
	s.release()
}
