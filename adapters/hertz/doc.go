// Package denyhertz answers denied requests of a hertz server:
//
//	deny := render.Must(render.New(render.Config{}))
//	h := server.Default()
//	h.Use(denyhertz.Middleware(deny))
//
//	h.GET("/reports", func(c context.Context, ctx *app.RequestContext) {
//		ctx.Error(problem.SignInRequired)
//		ctx.Abort()
//	})
//
// The middleware answers what the handlers after it have recorded with
// ctx.Error or ctx.AbortWithError, what they have refused with a bare status, as
// ctx.AbortWithStatus(403) does, hertz's own 404 and 405, and panics. Deny
// answers at once, with or without the middleware.
//
// A handler that has written a body has answered: its response stays, but for
// Deny, which puts the denial in its place. One that has a writer of its own is
// cut off by Deny, and by a panic.
//
// # What is not as with net/http
//
// A Content-Encoding and a Trailer that stand in the response of a denial are
// removed: they were about another body.
//
// A renderer knows no [app.RequestContext], so the functions Language, Instance
// and OnDenied of render.Config are not called. Those of [Hooks] are.
package denyhertz
