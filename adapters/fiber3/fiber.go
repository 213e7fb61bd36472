package denyfiber3

import (
	"errors"
	"net"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/log"

	denyfasthttp "github.com/denial-go/denial/adapters/fasthttp"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// Hooks are what an application knows of a request, or wants to know of a
// denial: the functions of render.Config, for a fiber.Ctx. Each may be nil. One
// that panics is taken for one that says nothing, and the panic goes to fiber's
// log.
type Hooks struct {
	// Language returns the reader's own setting, a language tag such as
	// "pt-BR", which is tried before Accept-Language; "" where there is none.
	Language func(fiber.Ctx) string

	// Instance returns a reference to quote for a Problem that has none, such
	// as the request's ID: a URI reference, "" for none.
	Instance func(fiber.Ctx) string

	// OnDenied is called after each answer, for audit logs and metrics. The
	// Problem is what was denied, not what was shown. It is read-only. It may be
	// kept after the request: its strings are copies of those of a fiber.Ctx
	// that the application has filled it with. Those in its Cause are not, and
	// neither are those that pointers or unexported fields in Args and
	// Extensions lead to.
	OnDenied func(fiber.Ctx, *problem.Problem)
}

// ErrorHandler returns an ErrorHandler of an app. See [Hooks.ErrorHandler].
func ErrorHandler(deny *render.Renderer) fiber.ErrorHandler {
	return Hooks{}.ErrorHandler(deny)
}

// ErrorHandler returns an ErrorHandler of an app. It answers an error with the
// denial that it stands for: see [problem.From]. A *fiber.Error that comes with
// no reason stands for one with its code, and with the challenges and the
// Retry-After that middleware has set. The handler returns nil.
//
// [http.ErrAbortHandler] closes the connection without an answer, as in
// net/http. Where a handler has hijacked the connection, or the Ctx has been
// abandoned, the error goes to fiber's log: the timeout middleware abandons a
// Ctx that its handler is still at work with.
func (h Hooks) ErrorHandler(deny *render.Renderer) fiber.ErrorHandler {
	return func(c fiber.Ctx, err error) error {
		h.answer(c, deny, err)
		return nil
	}
}

// Deny answers the request with err by the app's ErrorHandler, and returns what
// that returns. A handler that returns err gets the same, once the middleware
// around it has seen the error; with Deny, it sees the answer.
//
// Behind fiber's idempotency middleware, return err. That middleware keeps what
// was answered for everybody with the same key, but keeps no errors. Behind the
// timeout middleware, return err as well, because the time may run out while
// Deny is at work. In its OnTimeout, Deny does not answer: the Ctx is abandoned
// by then.
func Deny(c fiber.Ctx, err error) error { return c.App().ErrorHandler(c, err) }

func (h Hooks) answer(c fiber.Ctx, deny *render.Renderer, err error) {
	// The handler that was given up on is still at work with c, and what two
	// goroutines do to a request at once may end the program.
	if c.IsAbandoned() {
		log.Errorf("denyfiber3: the timeout middleware answers, so this error was not: %v", err)
		return
	}
	if err == http.ErrAbortHandler {
		c.RequestCtx().HijackSetNoResponse(true)
		c.RequestCtx().Hijack(func(net.Conn) {}) // which closes the connection
		return
	}
	if !denial(err) {
		if code := codeOf(err); code != 0 {
			err = denyfasthttp.StatusProblem(c.RequestCtx(), code, err)
		}
	}
	var req render.Request
	if h.Language != nil {
		guard("Language", func() { req.Language = h.Language(c) })
	}
	if h.Instance != nil {
		guard("Instance", func() { req.Instance = h.Instance(c) })
	}
	// A string of a fiber.Ctx changes once the request is over.
	req.Language, req.Instance = strings.Clone(req.Language), strings.Clone(req.Instance)
	if !denyfasthttp.WriteRequest(c.RequestCtx(), deny, req, err) {
		log.Errorf("denyfiber3: the connection has been hijacked, so this error was not answered: %v", err)
		return
	}
	if h.OnDenied != nil {
		guard("OnDenied", func() { h.OnDenied(c, lasting(problem.From(err))) })
	}
}

func denial(err error) bool {
	_, ok := err.(problem.Reason) // which Find makes a Problem of
	if !ok {
		_, ok = problem.Find(err)
	}
	return ok
}

// codeOf returns the code of a *fiber.Error, or 0. Methods of an application's
// errors may panic, and nothing catches that here: fasthttp lets it end the
// program.
func codeOf(err error) (code int) {
	defer func() { _ = recover() }()
	var e *fiber.Error
	if ends(err) && errors.As(err, &e) && e != nil {
		code = e.Code
	}
	return code
}

// guard calls f and logs a panic, which would end the program.
func guard(name string, f func()) {
	defer func() {
		if v := recover(); v != nil {
			log.Errorf("denyfiber3: Hooks.%s panicked: %v", name, v)
		}
	}()
	f()
}
