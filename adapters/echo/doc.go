// Package denyecho answers denied requests of an application on echo v4: what
// a handler returns becomes the denial that package render writes. For echo v5
// there is package denyecho5.
//
//	e := echo.New()
//	e.HTTPErrorHandler = denyecho.HTTPErrorHandler(deny)
//	e.Use(denyecho.Recover())
//
//	e.GET("/reports", func(c echo.Context) error {
//		return problem.SignInRequired
//	})
//
// Echo's own errors are answered in the same form: see [HTTPErrorHandler].
//
// An error that comes after the handler has answered goes to the logger of the
// context. Nothing else is logged but what [Recover] finds.
package denyecho
