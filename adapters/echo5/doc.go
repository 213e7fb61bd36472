// Package denyecho5 answers denied requests of an application on echo v5: what
// a handler returns becomes the denial that package render writes. For echo v4
// there is package denyecho; both can be in one program.
//
//	e := echo.New()
//	e.HTTPErrorHandler = denyecho5.HTTPErrorHandler(deny)
//	e.Use(middleware.Recover())
//
//	e.GET("/reports", func(c *echo.Context) error {
//		return problem.SignInRequired
//	})
//
// Echo's own errors and panics are answered in the same form: see
// [HTTPErrorHandler].
//
// An error that comes after the handler has answered goes to the logger of the
// context. Nothing else is logged: for panics and the errors behind a denial
// there are middleware.RequestLogger and render.Config.OnDenied.
package denyecho5
