package denyfasthttp

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"

	"github.com/valyala/fasthttp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// Hooks are what an application knows of a request, or wants to know of a
// denial: the functions of render.Config, for a RequestCtx. Each may be nil.
// One that panics is taken for one that says nothing, and the panic goes to the
// server's Logger.
type Hooks struct {
	// Language returns the reader's own setting, a language tag such as
	// "pt-BR", which is tried before Accept-Language; "" where there is none.
	Language func(*fasthttp.RequestCtx) string

	// Instance returns a reference to quote for a Problem that has none, such
	// as the request's ID: a URI reference, "" for none.
	Instance func(*fasthttp.RequestCtx) string

	// OnDenied is called after each answer, for audit logs and metrics. The
	// Problem is what was denied, not what was shown. It is read-only.
	OnDenied func(*fasthttp.RequestCtx, *problem.Problem)
}

// Handler returns a handler that calls next and answers the error that it
// returns. See [Hooks.Handler].
func Handler(deny *render.Renderer, next func(*fasthttp.RequestCtx) error) fasthttp.RequestHandler {
	return Hooks{}.Handler(deny, next)
}

// ErrorHandler returns an ErrorHandler of a server. See [Hooks.ErrorHandler].
func ErrorHandler(deny *render.Renderer) func(*fasthttp.RequestCtx, error) {
	return Hooks{}.ErrorHandler(deny)
}

// Handler returns a handler that calls next and answers the error that it
// returns with the denial that it stands for: see [problem.From]. It takes the
// place of what next has written; where next has hijacked the connection, the
// error goes to the server's Logger. Where a timeout has answered, as that of
// [fasthttp.TimeoutHandler] does, its answer stays, and OnDenied is told of a
// denial that nobody sees. A next that calls TimeoutError itself, while others
// still work with ctx, returns nil.
//
// A panic is answered with status 500, unless it is one with a denial, and goes
// to the server's Logger with its stack. One with [http.ErrAbortHandler] closes
// the connection without an answer, as in net/http.
func (h Hooks) Handler(deny *render.Renderer, next func(*fasthttp.RequestCtx) error) fasthttp.RequestHandler {
	return func(ctx *fasthttp.RequestCtx) {
		if err := call(ctx, next); err != nil {
			h.answer(ctx, deny, err)
		}
	}
}

// ErrorHandler returns an ErrorHandler of a server: what fasthttp refuses by
// itself is answered as a denial. The statuses are 413 for a body and 431 for
// header fields that are too large, 408 for a request that did not come in
// time, 405 for what Server.GetOnly refuses, and 400 for everything else.
func (h Hooks) ErrorHandler(deny *render.Renderer) func(*fasthttp.RequestCtx, error) {
	return func(ctx *fasthttp.RequestCtx, err error) {
		if _, ok := problem.Find(err); !ok {
			status := serverStatus(err)
			if status == http.StatusMethodNotAllowed {
				ctx.Response.Header.Set("Allow", "GET, HEAD")
			}
			err = StatusProblem(ctx, status, err)
		}
		h.answer(ctx, deny, err)
	}
}

// serverStatus returns the status for an error of the server itself.
func serverStatus(err error) int {
	var header *fasthttp.ErrSmallBuffer
	var network net.Error
	switch {
	case errors.As(err, &header):
		return http.StatusRequestHeaderFieldsTooLarge
	case errors.Is(err, fasthttp.ErrBodyTooLarge):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, fasthttp.ErrGetOnly):
		return http.StatusMethodNotAllowed
	case errors.As(err, &network) && network.Timeout():
		return http.StatusRequestTimeout
	}
	return http.StatusBadRequest
}

// call calls next and makes an error of a panic. Nothing else would catch it:
// fasthttp lets it end the program.
func call(ctx *fasthttp.RequestCtx, next func(*fasthttp.RequestCtx) error) (err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		e, ok := v.(error)
		if ok && e == http.ErrAbortHandler {
			err = e
			return
		}
		if !ok {
			e = fmt.Errorf("%v", v)
		}
		ctx.Logger().Printf("denyfasthttp: the handler panicked: %v\n%s", v, debug.Stack())
		if err = e; !denial(e) {
			err = problem.ForStatus(http.StatusInternalServerError).Because(e)
		}
	}()
	return next(ctx)
}

func denial(err error) bool {
	_, ok := problem.Find(err)
	return ok
}

func (h Hooks) answer(ctx *fasthttp.RequestCtx, deny *render.Renderer, err error) {
	if err == http.ErrAbortHandler {
		ctx.HijackSetNoResponse(true)
		ctx.Hijack(func(net.Conn) {}) // which closes the connection
		return
	}
	var req render.Request
	if h.Language != nil {
		guard(ctx, "Language", func() { req.Language = h.Language(ctx) })
	}
	if h.Instance != nil {
		guard(ctx, "Instance", func() { req.Instance = h.Instance(ctx) })
	}
	if !WriteRequest(ctx, deny, req, err) {
		ctx.Logger().Printf("denyfasthttp: the connection has been hijacked, so this error was not answered: %v", err)
		return
	}
	if h.OnDenied != nil {
		guard(ctx, "OnDenied", func() { h.OnDenied(ctx, problem.From(err)) })
	}
}

// guard calls f and logs a panic, which would end the program.
func guard(ctx *fasthttp.RequestCtx, name string, f func()) {
	defer func() {
		if v := recover(); v != nil {
			ctx.Logger().Printf("denyfasthttp: Hooks.%s panicked: %v", name, v)
		}
	}()
	f()
}
