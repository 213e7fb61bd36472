package denyhertz

import (
	"github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/route"

	"github.com/denial-go/denial/problem"
)

// StatusProblem is statusProblem, for tests.
func StatusProblem(ctx *app.RequestContext, status int, cause error) *problem.Problem {
	return statusProblem(ctx, status, cause)
}

// Target is target, for tests.
func Target(uri string) string { return string(target([]byte(uri))) }

// Allowed is allowed, for tests.
func Allowed(routes route.RoutesInfo, path string) string { return allowed(routes, path) }
