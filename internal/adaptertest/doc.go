// Package adaptertest is the suite that every adapter of a framework passes:
// what a client gets from the framework's real server is, byte for byte, what
// a plain net/http server sends that calls Renderer.Write.
//
// A test of an adapter says how to start its framework for an [App], and calls
// [Run]:
//
//	func TestSuite(t *testing.T) {
//		adaptertest.Run(t, adaptertest.Adapter{
//			Start: func(app *adaptertest.App) (string, func(), error) {
//				router := someframework.New()
//				router.Use(denysome.Middleware(app.Deny))
//				router.Any("/deny/:case", func(c *someframework.Context) error {
//					return app.Error(c.Param("case"))
//				})
//				… // the other routes
//				return app.Serve(router)
//			},
//		})
//	}
//
// # Routes
//
// Each is there for GET, HEAD and POST where nothing else is said. All errors
// are returned or recorded in the habit of the framework, not written by hand.
//
//   - /deny/{case} fails with app.Error(case).
//   - /fields/{case} first calls app.AddFields with the framework's own means of
//     adding a header field, then fails with app.Error(case).
//   - /written/{case} answers 200 with text/plain and app.Written() as a
//     handler does that is done, then fails with app.Error(case). The answer
//     stays.
//   - /own/{status} fails with the framework's own error type for that status,
//     with app.Secret as its text: echo.NewHTTPError(status, app.Secret).
//   - /panic calls app.Panic().
//   - /cut answers 200 with text/plain and app.Written() as the beginning of a
//     longer body, without a Content-Length, sends it on its way where the
//     framework can do that before the handler has returned, and calls
//     app.Panic(). The client must not take what it gets for the whole answer.
//   - /abort calls app.Abort(), which panics with http.ErrAbortHandler.
//   - /slow fails with app.Wait(ctx), where ctx is the context of the request.
//   - /only-get is there for GET alone and answers 200 with "ok".
//   - /limited, for POST, reads its body, of which the framework takes no more
//     than app.BodyLimit bytes, and answers 200 with "ok". The limit may hold
//     for all routes.
//   - /valid, for POST, has the framework read the JSON body into a
//     struct{ Age int } with its own means, and answers 200 with "ok". The
//     suite sends {"age":"x"} with app.Secret in it.
//
// Whatever else is asked for, the framework finds not to exist.
//
// # The framework's own errors
//
// What the framework refuses by itself is answered with problem.ForStatus, and
// compared in full too. Adapter.Own and Adapter.OwnStatus say where an adapter
// tells more than that.
//
// # What a framework cannot do
//
// Adapter.Skip leaves a check out and says why. Adapter.Differences lists what
// the framework is documented to change in an answer. Adapter.Goroutines lists
// goroutines that it starts once and never ends. A reason that is empty, and a
// difference that never shows, fail the suite, so that the lists stay honest.
//
// # What it does not do
//
// It knows nothing of what an adapter does beyond answering: options, logging,
// and the mapping of the framework's richer errors are for the adapter's own
// tests. Run must not be called from a test that runs in parallel with others,
// because it counts goroutines.
package adaptertest
