package denyhertz

import "github.com/cloudwego/hertz/pkg/route"

// Target is target, for tests.
func Target(uri string) string { return string(target([]byte(uri))) }

// Allowed is allowed, for tests.
func Allowed(routes route.RoutesInfo, path string) string { return allowed(routes, path) }
