package denyecho5

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// HTTPErrorHandler returns a handler for Echo.HTTPErrorHandler that answers
// with the denial that the error stands for:
//
//   - a Reason or a *Problem anywhere in the error, also in what an
//     *echo.HTTPError wraps, is what is answered, whatever status went with it;
//   - 413 for a *http.MaxBytesError or echo.ErrStatusRequestEntityTooLarge,
//     also where echo's binder has made a 400 of it;
//   - problem.CSRFFailed for middleware.ErrCSRFInvalid;
//   - an echo.HTTPStatusCoder, such as *echo.HTTPError or *echo.BindingError,
//     wrapped or not, with its status. A challenge in WWW-Authenticate, which
//     middleware.BasicAuth sets, and the time in Retry-After are kept;
//   - 503 for a context.DeadlineExceeded, and where the client has gone;
//   - 500, in the form of any denial, for the *middleware.PanicStackError that
//     middleware.Recover makes of a panic, and has no logger for;
//   - any other error with the bare 500 that render.Renderer.Write gives it.
//
// A status without a more fitting reason is answered with the reason of
// package problem that has it, such as problem.NotFound, or with no more than
// its phrase. No text of an error is sent: the Message of an *echo.HTTPError
// may hold what another error said.
//
// Where a response has been committed, it stays as it is, and the error goes to
// the context's logger, unless it is the one that was answered, or a denial
// without a cause that has the status which the client got. After a panic the
// connection is closed as well, by a panic with http.ErrAbortHandler, so that
// the client does not take the response for the whole. With
// RecoverConfig.DisablePrintStack nothing tells a panic from another error.
func HTTPErrorHandler(deny *render.Renderer) echo.HTTPErrorHandler {
	return func(c *echo.Context, err error) {
		if r, _ := echo.UnwrapResponse(c.Response()); r != nil && committed(r) {
			// Middleware that logs calls the handler, and then returns the error
			// for the handler to be called again.
			if !answered(c, err, r.Status) {
				c.Logger().Error("an error came after the answer", "error", err)
				if panicked(err) {
					panic(http.ErrAbortHandler)
				}
			}
			return
		}
		deny.Write(c.Response(), c.Request(), understand(c, err))
		if r, _ := echo.UnwrapResponse(c.Response()); r == nil || bare(err) != r.Status {
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

// answered reports whether err needs no more than the answer that was given,
// with the status sent.
func answered(c *echo.Context, err error, sent int) (ok bool) {
	defer func() { _ = recover() }() // methods of an application's errors may panic
	if before, ok := c.Get(answeredKey).(error); ok && ends(err) && errors.Is(err, before) {
		return true
	}
	return bare(err) == sent
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
const answeredKey = "github.com/denial-go/denial/adapters/echo5.answered"

// panicked reports whether err is what middleware.Recover makes of a panic.
func panicked(err error) (ok bool) {
	defer func() { _ = recover() }() // methods of an application's errors may panic
	var p *middleware.PanicStackError
	return ends(err) && errors.As(err, &p)
}

// understand returns the denial that an error of echo or net/http stands for,
// and every other error as it is.
func understand(c *echo.Context, err error) (denied error) {
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
	var coder echo.HTTPStatusCoder
	var panicked *middleware.PanicStackError
	status := 0
	switch {
	case errors.As(err, &tooLarge), errors.Is(err, echo.ErrStatusRequestEntityTooLarge):
		status = http.StatusRequestEntityTooLarge
	case errors.Is(err, middleware.ErrCSRFInvalid):
		return problem.CSRFFailed.Because(err)
	case errors.As(err, &coder):
		status = coder.StatusCode()
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled) && c.Request().Context().Err() != nil:
		status = http.StatusServiceUnavailable
	case errors.As(err, &panicked):
		status = http.StatusInternalServerError
	default:
		return err
	}
	return problem.FromResponse(status, c.Response().Header(), err)
}
