package denygin_test

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"testing"

	"github.com/gin-gonic/gin"

	denygin "github.com/denial-go/denial/adapters/gin"
	"github.com/denial-go/denial/internal/adaptertest"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	gin.DefaultErrorWriter = io.Discard // recovery logs stacks there
	os.Exit(m.Run())
}

func TestSuite(t *testing.T) {
	adaptertest.Run(t, adaptertest.Adapter{
		Start: func(app *adaptertest.App) (string, func(), error) {
			router := gin.New()
			router.HandleMethodNotAllowed = true
			router.Use(denygin.Middleware(app.Deny))
			any := func(path string, h gin.HandlerFunc) {
				router.Match([]string{http.MethodGet, http.MethodHead, http.MethodPost}, path, h)
			}
			any("/deny/:case", func(c *gin.Context) {
				c.Error(app.Error(c.Param("case")))
			})
			any("/fields/:case", func(c *gin.Context) {
				app.AddFields(c.Writer.Header().Add)
				c.Error(app.Error(c.Param("case")))
			})
			any("/written/:case", func(c *gin.Context) {
				c.String(http.StatusOK, app.Written())
				c.Error(app.Error(c.Param("case")))
			})
			any("/own/:status", func(c *gin.Context) {
				status, err := strconv.Atoi(c.Param("status"))
				if err != nil {
					c.Error(err)
					return
				}
				c.AbortWithError(status, errors.New(app.Secret))
			})
			any("/panic", func(*gin.Context) { app.Panic() })
			any("/cut", func(c *gin.Context) {
				c.String(http.StatusOK, app.Written())
				c.Writer.Flush()
				app.Panic()
			})
			any("/abort", func(*gin.Context) { app.Abort() })
			any("/slow", func(c *gin.Context) {
				c.Error(app.Wait(c.Request.Context()))
			})
			router.GET("/only-get", func(c *gin.Context) { c.String(http.StatusOK, "ok") })
			router.POST("/limited", func(c *gin.Context) {
				c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, int64(app.BodyLimit))
				if _, err := c.GetRawData(); err != nil {
					c.Error(err)
					return
				}
				c.String(http.StatusOK, "ok")
			})
			router.POST("/valid", func(c *gin.Context) {
				var body struct{ Age int }
				if c.Bind(&body) == nil {
					c.String(http.StatusOK, "ok")
				}
			})
			return app.Serve(router)
		},
	})
}

// TestSuiteAbort is the suite for handlers that answer by themselves, without
// the middleware.
func TestSuiteAbort(t *testing.T) {
	adaptertest.Run(t, adaptertest.Adapter{
		Start: func(app *adaptertest.App) (string, func(), error) {
			router := gin.New()
			router.HandleMethodNotAllowed = true
			router.NoRoute(denygin.NoRoute(app.Deny))
			router.NoMethod(denygin.NoMethod(app.Deny))
			any := func(path string, f func(*gin.Context) error) {
				router.Match([]string{http.MethodGet, http.MethodHead, http.MethodPost}, path,
					func(c *gin.Context) { denygin.Abort(c, app.Deny, f(c)) },
					func(c *gin.Context) { c.String(http.StatusOK, "this handler must not run") })
			}
			any("/deny/:case", func(c *gin.Context) error { return app.Error(c.Param("case")) })
			any("/fields/:case", func(c *gin.Context) error {
				app.AddFields(c.Writer.Header().Add)
				return app.Error(c.Param("case"))
			})
			any("/written/:case", func(c *gin.Context) error {
				c.String(http.StatusOK, app.Written())
				return app.Error(c.Param("case"))
			})
			any("/own/:status", func(c *gin.Context) error {
				status, err := strconv.Atoi(c.Param("status"))
				if err != nil {
					return err
				}
				c.Status(status)
				return &gin.Error{Err: errors.New(app.Secret)}
			})
			any("/slow", func(c *gin.Context) error { return app.Wait(c.Request.Context()) })
			router.GET("/only-get", func(c *gin.Context) { c.String(http.StatusOK, "ok") })
			router.POST("/limited", func(c *gin.Context) {
				c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, int64(app.BodyLimit))
				if _, err := c.GetRawData(); err != nil {
					denygin.Abort(c, app.Deny, err)
					return
				}
				c.String(http.StatusOK, "ok")
			})
			return app.Serve(router)
		},
		Skip: map[adaptertest.Check]string{
			adaptertest.Panic:   "only Middleware recovers",
			adaptertest.Abort:   "only Middleware recovers, so net/http closes the connection by itself",
			adaptertest.Invalid: "only Middleware sees the status that Bind sends",
		},
	})
}
