package denyecho

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// HTTPErrorHandler returns a handler for Echo.HTTPErrorHandler that answers
// with the denial that the error stands for:
//
//   - a Reason or a *Problem anywhere in the error, also in the Internal error
//     or the Message of an *echo.HTTPError, is what is answered, whatever
//     status went with it;
//   - 413 for a *http.MaxBytesError or echo.ErrStatusRequestEntityTooLarge,
//     also where echo's binder has made a 400 of it;
//   - problem.CSRFFailed for middleware.ErrCSRFInvalid;
//   - an *echo.HTTPError or *echo.BindingError, wrapped or not, with its status.
//     Where its Internal error is an *echo.HTTPError itself, that one counts,
//     as it does in echo. A challenge in WWW-Authenticate, which
//     middleware.BasicAuth sets, and the time in Retry-After are kept;
//   - 503 for a context.DeadlineExceeded, and where the client has gone;
//   - 500 for a panic: see [Recover];
//   - any other error with the bare 500 that render.Renderer.Write gives it.
//
// A status without a more fitting reason is answered with the reason of
// package problem that has it, such as problem.NotFound, or with no more than
// its phrase. No text of an error is sent, also where Echo.Debug is set: the
// Message of an *echo.HTTPError may hold what echo's binder or a database said.
//
// Where a response has been committed, it stays as it is, and the error goes
// to the context's logger, unless it is the one that was answered, or a denial
// without a cause that has the status which the client got.
func HTTPErrorHandler(deny *render.Renderer) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		if committed(c.Response()) {
			// Middleware that logs calls the handler, and then returns the error
			// for the handler to be called again.
			if !answered(c, err) {
				c.Logger().Error(err)
			}
			return
		}
		deny.Write(c.Response(), c.Request(), understand(c, err))
		if bare(err) != c.Response().Status {
			c.Set(answeredKey, err)
		}
	}
}

// committed reports whether the answer has begun. A 1xx status, such as 103, is
// on the way to it (RFC 9110 §15.2): echo takes that for the answer, and would
// let no other status follow.
func committed(r *echo.Response) bool {
	if r.Status >= 100 && r.Status < 200 && r.Status != http.StatusSwitchingProtocols && r.Size == 0 {
		r.Committed = false
	}
	return r.Committed
}

// answered reports whether err needs no more than the answer that was given.
func answered(c echo.Context, err error) (ok bool) {
	defer func() { _ = recover() }() // methods of an application's errors may panic
	if before, ok := c.Get(answeredKey).(error); ok && ends(err) && errors.Is(err, before) {
		return true
	}
	return bare(err) == c.Response().Status
}

// bare returns the status of an error that is a denial and holds nothing else
// that a log could miss, and 0 for any other.
func bare(err error) int {
	switch e := err.(type) {
	case problem.Reason:
		return e.Status()
	case *problem.Problem:
		if e != nil && e.Cause == nil {
			return e.Reason.Status()
		}
	}
	return 0
}

// answeredKey is where the context has the error that was answered. A bare
// denial does without, as to keep it would take a map, unless it was sent with
// another status than its own.
const answeredKey = "github.com/denial-go/denial/adapters/echo.answered"

// Recover returns a middleware that returns a panic as an error, which
// [HTTPErrorHandler] answers with status 500 in the form of any denial, or as
// the error that the handler panicked with where that is one of those above. It
// logs the panic with its stack. Where the response has been committed, the
// connection is closed, so that the client does not take it for the whole. As
// in net/http, http.ErrAbortHandler always closes the connection.
//
// With echo's own middleware.Recover in its place, a panic cannot be told from
// any other error without a reason, and a response that has begun ends as if it
// were whole.
func Recover() echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) (err error) {
			defer func() {
				v := recover()
				switch {
				case v == nil:
					return
				case v == http.ErrAbortHandler:
					panic(v)
				}
				c.Logger().Errorf("panic: %v\n%s", v, debug.Stack())
				if committed(c.Response()) {
					panic(http.ErrAbortHandler)
				}
				err = panicked{v}
			}()
			return next(c)
		}
	}
}

// panicked is the error of a panic.
type panicked struct{ value any }

func (p panicked) Error() string { return fmt.Sprint("panic: ", p.value) }

func (p panicked) Unwrap() error {
	err, _ := p.value.(error)
	return err
}

// understand returns the denial that an error of echo or net/http stands for,
// and every other error as it is.
func understand(c echo.Context, err error) (denied error) {
	if _, ok := err.(problem.Reason); ok {
		return err // Find makes a Problem of it
	}
	if _, ok := problem.Find(err); ok || err == nil {
		return err
	}
	if !ends(err) {
		return err
	}
	denied = err
	defer func() { _ = recover() }() // methods of an application's errors may panic
	var tooLarge *http.MaxBytesError
	var thrown panicked
	he := httpError(err)
	status := 0
	switch {
	case errors.As(err, &tooLarge), errors.Is(err, echo.ErrStatusRequestEntityTooLarge):
		status = http.StatusRequestEntityTooLarge
	case errors.Is(err, middleware.ErrCSRFInvalid):
		return problem.CSRFFailed.Because(err)
	case he != nil:
		if message, ok := he.Message.(error); ok {
			if _, ok := problem.Find(message); ok {
				return errors.Join(message, err)
			}
		}
		status = he.Code
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil:
		status = http.StatusServiceUnavailable
	case errors.As(err, &thrown):
		status = http.StatusInternalServerError
	default:
		return err
	}
	return problem.FromResponse(status, c.Response().Header(), err)
}

// httpError returns echo's own error in err, or nil.
func httpError(err error) *echo.HTTPError {
	var he *echo.HTTPError
	var be *echo.BindingError
	switch {
	case errors.As(err, &be):
		he = be.HTTPError
	case errors.As(err, &he):
	}
	if he != nil {
		if inner, ok := he.Internal.(*echo.HTTPError); ok && inner != nil {
			return inner
		}
	}
	return he
}
