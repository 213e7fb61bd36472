package denyhertz

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/common/hlog"
	"github.com/cloudwego/hertz/pkg/route"

	herrors "github.com/cloudwego/hertz/pkg/common/errors"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// Hooks are what an application knows of a request, or wants to know of a
// denial: the functions of render.Config, for a RequestContext. Each may be
// nil. One that panics is taken for one that says nothing, and the panic goes
// to hertz's log.
type Hooks struct {
	// Language returns the reader's own setting, a language tag such as
	// "pt-BR", which is tried before Accept-Language; "" where there is none.
	Language func(context.Context, *app.RequestContext) string

	// Instance returns a reference to quote for a Problem that has none, such
	// as the request's ID: a URI reference, "" for none.
	Instance func(context.Context, *app.RequestContext) string

	// OnDenied is called after each answer, for audit logs and metrics. The
	// Problem is what was denied, not what was shown. It is read-only.
	OnDenied func(context.Context, *app.RequestContext, *problem.Problem)

	// Routes is the method of that name of the server. With it, a 405 says in
	// Allow which methods there are (RFC 9110 §15.5.6); hertz does not.
	Routes func() route.RoutesInfo
}

// Middleware returns a middleware that answers denials. See [Hooks.Middleware].
func Middleware(deny *render.Renderer) app.HandlerFunc { return Hooks{}.Middleware(deny) }

// Middleware returns a middleware for the engine: what is used before it does
// not see the denials of what is used after it as errors, but as responses.
//
// It leaves a response with a body alone, also one that is streamed or
// hijacked; a denial that was recorded beside it goes to hertz's log. Else it
// answers
//
//   - recorded errors with the denial that they stand for, all of them
//     together: see [problem.From]. Where none holds a reason, the status that
//     AbortWithError has set says which denial it is, and 400 is that of errors
//     of type ErrorTypeBind;
//   - a registered status from 400 on without an error or a body with the denial
//     that says the same: 401 is problem.SignInRequired, 403 is
//     problem.PolicyDenied, and so on, with the challenges and the Retry-After that
//     were set. That is how hertz's basic_auth and its own 404 and 405 are answered;
//   - a panic with status 500, unless it is one with a denial; it goes to
//     hertz's log with its stack. One with [http.ErrAbortHandler] closes the
//     connection without an answer, as in net/http.
func (h Hooks) Middleware(deny *render.Renderer) app.HandlerFunc {
	return func(c context.Context, ctx *app.RequestContext) {
		defer func() {
			if v := recover(); v != nil {
				h.panicked(c, ctx, deny, v)
			}
		}()
		ctx.Next(c)
		err := recorded(ctx)
		if written(ctx) {
			if err != nil && denial(err) {
				hlog.CtxWarnf(c, "denyhertz: the handler has answered, so this error was not: %v", err)
			}
			return
		}
		if err = outcome(ctx, err); err != nil {
			h.answer(c, ctx, deny, err)
		}
	}
}

// Deny answers the request with the denial that err stands for, and aborts: see
// [problem.From]. It sets the whole response, in the place of what stands there.
//
// Fields that the application has set before are kept where they belong to the
// application: Vary is added to, Content-Security-Policy and a Cache-Control
// with no-store stay. Those that describe the answer that was not given, such
// as ETag, are removed.
//
// A response that is out of hertz's hands cannot be replaced: the error goes to
// hertz's log. One with a writer of its own, such as that of a stream of events,
// is cut off once it has begun, so that the client does not take it for the
// whole. A hijacked connection is left to its handler.
func Deny(ctx *app.RequestContext, deny *render.Renderer, err error) {
	ctx.Abort()
	begun := ctx.Response.Header.ContentLength() == -1 // hertz's writer of chunks sets it with its first
	writer := ctx.Response.GetHijackWriter() != nil
	if ctx.Hijacked() || writer && (begun || ctx.Request.Header.IsHead()) {
		hlog.Warnf("denyhertz: the handler has answered, so this error was not: %v", err)
		if writer {
			cutOff(ctx)
		}
		return
	}
	write(ctx, deny, render.Request{}, err)
}

// recorded returns the errors that the handlers have recorded, as one.
func recorded(ctx *app.RequestContext) error {
	errs := make([]error, 0, 4) // stays on the stack
	for _, e := range ctx.Errors {
		if e != nil && e.Err != nil && e.Meta == nil {
			errs = append(errs, e.Err) // is read faster than what is around it
		} else {
			errs = append(errs, e)
		}
	}
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}

// outcome returns the denial that comes of the errors recorded and of the
// status, or nil.
func outcome(ctx *app.RequestContext, err error) error {
	status := ctx.Response.StatusCode()
	if err == nil {
		if problem.StatusText(status) == "" {
			return nil // no error, or one that we have no words for
		}
		return statusProblem(ctx, status, nil)
	}
	switch {
	case denial(err):
		return err
	case status >= http.StatusBadRequest:
		return statusProblem(ctx, status, err)
	case status != http.StatusOK:
		return nil // a redirect, say, beside an error for the log
	case slices.ContainsFunc(ctx.Errors, func(e *herrors.Error) bool { return e.IsType(herrors.ErrorTypeBind) }):
		return problem.ForStatus(http.StatusBadRequest).Because(err)
	}
	return err
}

// written reports whether there is a body already, or will be.
func written(ctx *app.RequestContext) bool {
	return ctx.Response.HasBodyBytes() || ctx.Response.IsBodyStream() || committed(ctx)
}

// committed reports whether the response is out of hertz's hands.
func committed(ctx *app.RequestContext) bool {
	return ctx.Response.GetHijackWriter() != nil || ctx.Hijacked()
}

func denial(err error) bool {
	_, ok := err.(problem.Reason) // which Find makes a Problem of
	if !ok {
		_, ok = problem.Find(err)
	}
	return ok
}

func (h Hooks) panicked(c context.Context, ctx *app.RequestContext, deny *render.Renderer, v any) {
	err, ok := v.(error)
	if ok && err == http.ErrAbortHandler {
		ctx.Response.HijackWriter(abort{})
		ctx.Abort()
		return
	}
	if !ok {
		err = fmt.Errorf("%v", v)
	}
	hlog.CtxErrorf(c, "denyhertz: the handler panicked: %v\n%s", v, debug.Stack())
	if !denial(err) {
		err = problem.ForStatus(http.StatusInternalServerError).Because(err)
	}
	if committed(ctx) {
		cutOff(ctx)
		ctx.Abort()
		return
	}
	h.answer(c, ctx, deny, err)
}

// cutOff ends a response that has begun, so that the client does not take it for
// the whole. Whoever has kept its writer, as sse.Writer does, could still end it
// well, if there were a connection.
func cutOff(ctx *app.RequestContext) {
	ctx.Response.HijackWriter(abort{})
	if conn := ctx.GetConn(); conn != nil && !ctx.Hijacked() {
		_ = conn.Flush() // of what the client has been sent, it gets all
		_ = conn.Close()
	}
}

// abort takes the place of the writer of a response, and writes nothing: hertz
// then closes the connection.
type abort struct{}

func (abort) Write([]byte) (int, error) { return 0, herrors.ErrShortConnection }
func (abort) Flush() error              { return herrors.ErrShortConnection }
func (abort) Finalize() error           { return herrors.ErrShortConnection }

func (h Hooks) answer(c context.Context, ctx *app.RequestContext, deny *render.Renderer, err error) {
	var req render.Request
	if h.Language != nil {
		guard(c, "Language", func() { req.Language = h.Language(c, ctx) })
	}
	if h.Instance != nil {
		guard(c, "Instance", func() { req.Instance = h.Instance(c, ctx) })
	}
	// A string of a RequestContext may change once the request is over.
	req.Language, req.Instance = strings.Clone(req.Language), strings.Clone(req.Instance)
	if h.Routes != nil && ctx.Response.StatusCode() == http.StatusMethodNotAllowed && len(ctx.Response.Header.Peek("Allow")) == 0 {
		if allow := allowed(h.Routes(), string(ctx.Path())); allow != "" {
			ctx.Response.Header.Set("Allow", allow)
		}
	}
	write(ctx, deny, req, err)
	ctx.Abort()
	if h.OnDenied != nil {
		guard(c, "OnDenied", func() { h.OnDenied(c, ctx, problem.From(err)) })
	}
}

// guard calls f and logs a panic, which would cost the client its answer.
func guard(c context.Context, name string, f func()) {
	defer func() {
		if v := recover(); v != nil {
			hlog.CtxErrorf(c, "denyhertz: Hooks.%s panicked: %v", name, v)
		}
	}()
	f()
}

// allowed lists the methods that there are for a path.
func allowed(routes route.RoutesInfo, path string) string {
	var methods []string
	for _, r := range routes {
		if matches(r.Path, path) && !slices.Contains(methods, r.Method) {
			methods = append(methods, r.Method)
		}
	}
	slices.Sort(methods)
	return strings.Join(methods, ", ")
}

// matches reports whether a route's path, in which :name is the rest of a
// segment and *name the rest of all, is one for path.
func matches(route, path string) bool {
	for {
		i := strings.IndexAny(route, ":*")
		if i < 0 {
			return route == path
		}
		if !strings.HasPrefix(path, route[:i]) {
			return false
		}
		if route[i] == '*' {
			return true
		}
		route, path = route[i:], path[i:]
		value := segment(path)
		if value == 0 {
			return false
		}
		route, path = route[segment(route):], path[value:]
	}
}

// segment returns where the first segment of a path ends.
func segment(path string) int {
	if i := strings.IndexByte(path, '/'); i >= 0 {
		return i
	}
	return len(path)
}
