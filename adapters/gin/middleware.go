package denygin

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/gin-gonic/gin/binding"
	"github.com/go-playground/validator/v10"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// Middleware returns a middleware that answers, once the handlers after it are
// done and have written no body:
//
//   - the errors recorded with c.Error or c.AbortWithError. A Reason or a
//     *Problem anywhere in them is what is answered, several of them together,
//     whatever status went with it;
//   - an error without a reason: with the status that was set, and not at all
//     where c.AbortWithError has set one below 400; 413 for a
//     *http.MaxBytesError; 400 for errors of type gin.ErrorTypeBind, which the
//     methods Bind record, and for those of the validator; 503 for a
//     context.DeadlineExceeded, and where the client has gone; else with the
//     bare 500 that render.Renderer.Write gives such errors;
//   - a status of 400 or more without a body: those of gin.BasicAuth, of
//     c.AbortWithStatus and c.Status, and the engine's own 404, and 405 where
//     Engine.HandleMethodNotAllowed is set. A challenge in WWW-Authenticate
//     and the time in Retry-After are kept;
//   - a panic, with 500, after gin's own recovery has logged it. Where the
//     answer has begun, the connection is closed instead, so that the client
//     does not take it for the whole. As in net/http, http.ErrAbortHandler
//     always closes the connection.
//
// A status without a more fitting reason is answered with the reason of
// package problem that has it, such as problem.NotFound, or with no more than
// its phrase. No text of an error is sent.
//
// A body that a handler has written to its end stays as it is. Compressing middleware
// goes before this one, so that the denial is compressed too.
//
// One for a group of routes, with another renderer, answers before one for the
// engine.
func Middleware(deny *render.Renderer) gin.HandlerFunc {
	recovery := gin.CustomRecovery(recovered)
	return func(c *gin.Context) {
		w, before := c.Writer, marks.Load()
		own := writers.Get().(*writer)
		own.reset(w, c)
		c.Writer = own
		recovery(c) // calls c.Next
		// Writers that were put around ours since are closed by now.
		c.Writer = w
		thrown, aborted := outcome(c)
		if aborted || thrown && own.begun() {
			own.cut()
		}
		chosen := own.held && w.Status() < 400
		writers.Put(own)
		if w.Written() {
			return
		}
		if marks.Load() != before && answered(c) && !thrown { // a writer that a panic has gone through may have kept the answer
			return
		}
		switch err := recorded(c); {
		case chosen && !denial(err):
			w.WriteHeaderNow()
		case err != nil:
			answer(c, deny, understand(c, err))
		case w.Status() >= 400:
			answer(c, deny, problem.FromResponse(w.Status(), w.Header(), nil))
		}
	}
}

// Abort answers the request with the denial that err stands for, as
// render.Renderer.Write does, and keeps the handlers that follow from running.
// It needs no Middleware. The error is added to c.Errors. Where an answer has
// been written, that is all it does.
//
// An error without a reason is read as [Middleware] reads it.
func Abort(c *gin.Context, deny *render.Renderer, err error) {
	c.Abort()
	if err != nil {
		// Not c.Error, which calls methods of err that may panic.
		c.Errors = append(c.Errors, &gin.Error{Err: err, Type: gin.ErrorTypePrivate})
	}
	if !c.Writer.Written() {
		answer(c, deny, understand(c, err))
	}
}

// NoRoute returns a handler for Engine.NoRoute that answers with
// problem.NotFound, and keeps the handlers that follow from running. Behind a
// [Middleware] for the whole engine it is not needed.
func NoRoute(deny *render.Renderer) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Abort()
		answer(c, deny, problem.NotFound)
	}
}

// NoMethod returns a handler for Engine.NoMethod that answers with status 405
// and the Allow field that gin sets (RFC 9110 §15.5.6), and keeps the handlers
// that follow from running. gin calls it only where Engine.HandleMethodNotAllowed
// is set. Behind a [Middleware] for the whole engine it is not needed.
func NoMethod(deny *render.Renderer) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Abort()
		answer(c, deny, problem.ForStatus(http.StatusMethodNotAllowed))
	}
}

// answer writes the denial.
func answer(c *gin.Context, deny *render.Renderer, err error) {
	deny.Write(c.Writer, c.Request, err)
	sent(c)
}

// recovered is called with what a handler panicked with. An error is recorded
// as if it had been returned: it may be a denial.
func recovered(c *gin.Context, v any) {
	err, ok := v.(error)
	if _, found := problem.Find(err); !ok || !found {
		err = problem.ForStatus(http.StatusInternalServerError).Because(panicked{v})
	}
	c.Errors = append(c.Errors, &gin.Error{Err: err, Type: gin.ErrorTypePrivate, Meta: thrownMark{}})
	c.Abort()
}

// thrownMark is the Meta of an error that a handler has panicked with.
type thrownMark struct{}

// outcome reports whether a handler has panicked, and whether it did so with
// http.ErrAbortHandler, which gin's recovery records. It takes the mark away: a
// Middleware around this one has to do with the answer, not with the panic.
func outcome(c *gin.Context) (thrown, aborted bool) {
	for _, e := range c.Errors {
		if e == nil {
			continue
		}
		if e.Meta == any(thrownMark{}) {
			e.Meta, thrown = nil, true
		}
		aborted = aborted || e.Err == http.ErrAbortHandler
	}
	return thrown, aborted
}

// panicked is an error for the logs.
type panicked struct{ value any }

func (p panicked) Error() string { return fmt.Sprint("panic: ", p.value) }

func (p panicked) Unwrap() error {
	err, _ := p.value.(error)
	return err
}

// recorded returns the errors of the context as one, or nil.
func recorded(c *gin.Context) error {
	if len(c.Errors) == 1 && c.Errors[0] != nil {
		return c.Errors[0].Err
	}
	errs := make([]error, 0, 4) // stays on the stack
	for _, e := range c.Errors {
		if e != nil {
			errs = append(errs, e.Err)
		}
	}
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}

// denial reports whether err holds a Reason or a Problem.
func denial(err error) bool {
	_, ok := problem.Find(err)
	return ok
}

// understand returns the denial that an error of gin or net/http stands for,
// and every other error as it is.
func understand(c *gin.Context, err error) error {
	switch e := err.(type) {
	case problem.Reason:
		return err // Find makes a Problem of it
	case *problem.Problem:
		if e != nil {
			return err
		}
	}
	if _, ok := problem.Find(err); ok || err == nil {
		return err
	}
	if status := statusOf(c, err); status != 0 {
		return problem.FromResponse(status, c.Writer.Header(), err)
	}
	return err
}

// statusOf returns the status for an error without a reason, or 0.
func statusOf(c *gin.Context, err error) (status int) {
	// The methods of an application's errors may panic.
	defer func() { _ = recover() }()
	if set := c.Writer.Status(); set >= 400 {
		status = set
	}
	if !ends(err) {
		return status
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		status = http.StatusRequestEntityTooLarge
	case status != 0:
	case len(c.Errors.ByType(gin.ErrorTypeBind)) > 0 || isInvalid(err):
		status = http.StatusBadRequest
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil:
		status = http.StatusServiceUnavailable
	}
	return status
}

// isInvalid reports whether gin's validator refused what came with the request.
func isInvalid(err error) bool {
	var one validator.ValidationErrors
	var several binding.SliceValidationError
	return errors.As(err, &one) || errors.As(err, &several)
}
