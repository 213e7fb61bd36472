package denyecho5_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	denyecho5 "github.com/denial-go/denial/adapters/echo5"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

var deny = render.Must(render.New(render.Config{
	Links: map[problem.StepKind]string{problem.SignIn: "/sign-in?next={return_to}"},
}))

func Example() {
	e := echo.New()
	e.HTTPErrorHandler = denyecho5.HTTPErrorHandler(deny)
	e.Use(middleware.Recover())

	e.GET("/reports", func(c *echo.Context) error {
		if c.Request().Header.Get("Cookie") == "" {
			return problem.SignInRequired
		}
		return c.String(http.StatusOK, "Reports")
	})

	show(e, "GET", "/reports?year=2026")
	show(e, "POST", "/reports")
	// Output:
	// 401 application/problem+json [Bearer realm="restricted"]
	// {"type":"about:blank","title":"Unauthorized","status":401,"detail":"You need to sign in to see or do this.","code":"sign-in-required","next":[{"kind":"sign-in","title":"Sign in","href":"/sign-in?next=%2Freports%3Fyear%3D2026","method":"GET","actor":"user"}]}
	// 405 application/problem+json []
	// {"type":"about:blank","title":"Method Not Allowed","status":405}
}

// Another renderer answers for the routes of a group, whose clients read
// nothing but JSON. The error is returned all the same, for middleware that
// logs it.
func ExampleHTTPErrorHandler_group() {
	e := echo.New()
	e.HTTPErrorHandler = denyecho5.HTTPErrorHandler(deny)

	answer := denyecho5.HTTPErrorHandler(deny.As(render.JSON))
	api := e.Group("/api", func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			err := next(c)
			if err != nil {
				answer(c, err)
			}
			return err
		}
	})
	api.GET("/reports", func(c *echo.Context) error {
		return echo.NewHTTPError(http.StatusConflict, "row 7 is locked by pid 4711")
	})

	show(e, "GET", "/api/reports")
	// Output:
	// 409 application/problem+json []
	// {"type":"about:blank","title":"Conflict","status":409}
}

// A middleware of net/http that keeps the answer back, such as
// http.TimeoutHandler, has sent what it has by the time echo calls the error
// handler: an empty 200. A middleware after it has the error answered in time,
// and returns it all the same, for middleware that logs it.
func ExampleHTTPErrorHandler_wrapMiddleware() {
	e := echo.New()
	e.HTTPErrorHandler = denyecho5.HTTPErrorHandler(deny)
	e.Use(echo.WrapMiddleware(func(next http.Handler) http.Handler {
		return http.TimeoutHandler(next, time.Second, "")
	}))
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			err := next(c)
			if err != nil {
				e.HTTPErrorHandler(c, err)
			}
			return err
		}
	})
	e.Use(middleware.Recover()) // makes errors of panics, so it comes last

	e.GET("/reports", func(c *echo.Context) error {
		return echo.NewHTTPError(http.StatusConflict, "row 7 is locked by pid 4711")
	})

	show(e, "GET", "/reports")
	// Output:
	// 409 application/problem+json []
	// {"type":"about:blank","title":"Conflict","status":409}
}

func show(h http.Handler, method, target string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	fmt.Println(w.Code, w.Header().Get("Content-Type"), w.Header()["Www-Authenticate"])
	w.Body.WriteTo(os.Stdout)
}
