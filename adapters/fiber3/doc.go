// Package denyfiber3 answers denied requests of a fiber v3 app:
//
//	deny := render.Must(render.New(render.Config{}))
//	app := fiber.New(fiber.Config{ErrorHandler: denyfiber3.ErrorHandler(deny)})
//	app.Use(recover.New())
//
//	app.Get("/reports", func(c fiber.Ctx) error {
//		return problem.SignInRequired
//	})
//
// A handler returns its error, as ever. A *fiber.Error, of the app or of fiber
// itself (404, 405, 413 and so on), becomes the denial that says what its code
// says; its message is not sent. Deny answers at once, for middleware that has
// to see the answer.
//
// # What is not as with net/http
//
// fiber sends nothing before the handlers have returned. So a denial takes the
// place of whatever a handler has written, as with fiber's own ErrorHandler. A
// Content-Encoding and a Trailer that stand in the response go as well: they
// were about another body.
//
// The timeout middleware answers for a handler that is still at work, and its
// answer stays: nothing may touch the Ctx of such a handler, so its OnTimeout is
// no place for Deny. The example of ErrorHandler has another way.
//
// A renderer knows no [fiber.Ctx], so the functions Language, Instance and
// OnDenied of render.Config are not called. Those of [Hooks] are.
package denyfiber3
