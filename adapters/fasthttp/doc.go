// Package denyfasthttp answers denied requests of a fasthttp server:
//
//	deny := render.Must(render.New(render.Config{}))
//	server := &fasthttp.Server{
//		Handler:      denyfasthttp.Handler(deny, handle),
//		ErrorHandler: denyfasthttp.ErrorHandler(deny),
//	}
//
//	func handle(ctx *fasthttp.RequestCtx) error {
//		return problem.SignInRequired
//	}
//
// Handler answers the errors that a handler returns, and its panics.
// ErrorHandler answers what fasthttp refuses before any handler: a body or a
// header that is too large, a request that cannot be read. Write answers at
// once, for a handler that returns nothing.
//
// # What is not as with net/http
//
// fasthttp sends nothing before the handler has returned. So a denial takes
// the place of whatever the handler has written, unless that has hijacked the
// connection. A Content-Encoding and a Trailer that the handler has set go as
// well: they were about its own body, because fasthttp compresses after the
// handler.
//
// A renderer knows no [fasthttp.RequestCtx], so the functions Language,
// Instance and OnDenied of render.Config are not called. Those of [Hooks] are.
package denyfasthttp
