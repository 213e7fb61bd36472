package denyecho_test

import (
	"io"
	"net/http"
	"strconv"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	denyecho "github.com/denial-go/denial/adapters/echo"
	"github.com/denial-go/denial/internal/adaptertest"
)

func TestSuite(t *testing.T) {
	adaptertest.Run(t, adaptertest.Adapter{
		Start: func(app *adaptertest.App) (string, func(), error) {
			e := echo.New()
			e.Logger.SetOutput(io.Discard)
			e.HTTPErrorHandler = denyecho.HTTPErrorHandler(app.Deny)
			e.Use(denyecho.Recover())
			any := func(path string, h echo.HandlerFunc) {
				e.Match([]string{http.MethodGet, http.MethodHead, http.MethodPost}, path, h)
			}
			any("/deny/:case", func(c echo.Context) error { return app.Error(c.Param("case")) })
			any("/fields/:case", func(c echo.Context) error {
				app.AddFields(c.Response().Header().Add)
				return app.Error(c.Param("case"))
			})
			any("/written/:case", func(c echo.Context) error {
				if err := c.String(http.StatusOK, app.Written()); err != nil {
					return err
				}
				return app.Error(c.Param("case"))
			})
			any("/own/:status", func(c echo.Context) error {
				status, err := strconv.Atoi(c.Param("status"))
				if err != nil {
					return err
				}
				return echo.NewHTTPError(status, app.Secret)
			})
			any("/panic", func(echo.Context) error { app.Panic(); return nil })
			any("/cut", func(c echo.Context) error {
				if err := c.String(http.StatusOK, app.Written()); err != nil {
					return err
				}
				c.Response().Flush()
				app.Panic()
				return nil
			})
			any("/abort", func(echo.Context) error { app.Abort(); return nil })
			any("/slow", func(c echo.Context) error { return app.Wait(c.Request().Context()) })
			e.GET("/only-get", func(c echo.Context) error { return c.String(http.StatusOK, "ok") })
			e.POST("/limited", func(c echo.Context) error {
				if _, err := io.Copy(io.Discard, c.Request().Body); err != nil {
					return err
				}
				return c.String(http.StatusOK, "ok")
			}, middleware.BodyLimit(strconv.Itoa(app.BodyLimit)+"B"))
			e.POST("/valid", func(c echo.Context) error {
				var body struct{ Age int }
				if err := c.Bind(&body); err != nil {
					return err
				}
				return c.String(http.StatusOK, "ok")
			})
			return app.Serve(e)
		},
	})
}
