package benchmarks_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/gin-gonic/gin"
	fiber2 "github.com/gofiber/fiber/v2"
	fiber3 "github.com/gofiber/fiber/v3"
	"github.com/labstack/echo/v4"
	"github.com/valyala/fasthttp"

	denyecho "github.com/denial-go/denial/adapters/echo"
	denyfasthttp "github.com/denial-go/denial/adapters/fasthttp"
	denyfiber2 "github.com/denial-go/denial/adapters/fiber"
	denyfiber3 "github.com/denial-go/denial/adapters/fiber3"
	denygin "github.com/denial-go/denial/adapters/gin"
	"github.com/denial-go/denial/internal/benchmarks/work"
)

const route = "/reports/:id"

// On net/http, bare is a handler of the framework that calls Write, and the
// adapter answers the error that a handler of the framework hands on.
var netHTTP = []struct {
	name          string
	bare, adapter func(error) http.Handler
}{
	{
		"gin",
		func(err error) http.Handler {
			engine := gin.New()
			engine.GET(route, func(c *gin.Context) {
				deny.Write(c.Writer, c.Request, err)
				c.Abort()
			})
			return engine
		},
		func(err error) http.Handler {
			engine := gin.New()
			engine.Use(denygin.Middleware(deny))
			engine.GET(route, func(c *gin.Context) {
				c.Error(err)
				c.Abort()
			})
			return engine
		},
	},
	{
		"echo",
		func(err error) http.Handler {
			e := echo.New()
			e.GET(route, func(c echo.Context) error {
				deny.Write(c.Response(), c.Request(), err)
				return nil
			})
			return e
		},
		func(err error) http.Handler {
			e := echo.New()
			e.HTTPErrorHandler = denyecho.HTTPErrorHandler(deny)
			e.GET(route, func(c echo.Context) error { return err })
			return e
		},
	},
}

// On fasthttp, bare is a handler that calls Render, with a request that has
// been read beforehand, and sends nothing; the adapter reads the request of
// fasthttp and fills in its response, which has to be done in any case.
var fastHTTP = []struct {
	name          string
	bare, adapter func(w work.Work) fasthttp.RequestHandler
}{
	{
		"fasthttp",
		func(w work.Work) fasthttp.RequestHandler {
			req, err := requestOf(w.Request()), w.Err()
			return func(*fasthttp.RequestCtx) { deny.Render(req, err) }
		},
		func(w work.Work) fasthttp.RequestHandler {
			err := w.Err()
			return denyfasthttp.Handler(deny, func(*fasthttp.RequestCtx) error { return err })
		},
	},
	{
		"fiber2",
		func(w work.Work) fasthttp.RequestHandler {
			req, err := requestOf(w.Request()), w.Err()
			app := fiber2.New()
			app.Get(route, func(*fiber2.Ctx) error {
				deny.Render(req, err)
				return nil
			})
			return app.Handler()
		},
		func(w work.Work) fasthttp.RequestHandler {
			err := w.Err()
			app := fiber2.New(fiber2.Config{ErrorHandler: denyfiber2.ErrorHandler(deny)})
			app.Get(route, func(*fiber2.Ctx) error { return err })
			return app.Handler()
		},
	},
	{
		"fiber3",
		func(w work.Work) fasthttp.RequestHandler {
			req, err := requestOf(w.Request()), w.Err()
			app := fiber3.New()
			app.Get(route, func(fiber3.Ctx) error {
				deny.Render(req, err)
				return nil
			})
			return app.Handler()
		},
		func(w work.Work) fasthttp.RequestHandler {
			err := w.Err()
			app := fiber3.New(fiber3.Config{ErrorHandler: denyfiber3.ErrorHandler(deny)})
			app.Get(route, func(fiber3.Ctx) error { return err })
			return app.Handler()
		},
	},
}

var adapterWorks = []work.Work{work.JSON, work.HTML, work.Values[0]}

// fastRequest returns the request of the work as fasthttp has it.
func fastRequest(w work.Work) *fasthttp.RequestCtx {
	ctx := new(fasthttp.RequestCtx)
	ctx.Init(new(fasthttp.Request), nil, nil)
	ctx.Request.SetRequestURI(work.Target)
	ctx.Request.SetHost("example.com")
	for name, lines := range w.Request().Header {
		for _, line := range lines {
			ctx.Request.Header.Add(name, line)
		}
	}
	return ctx
}

func checkFast(w work.Work, h fasthttp.RequestHandler) error {
	ctx := fastRequest(w)
	h(ctx)
	resp := &http.Response{
		StatusCode: ctx.Response.StatusCode(), Header: make(http.Header),
		Body: io.NopCloser(bytes.NewReader(bytes.Clone(ctx.Response.Body()))),
	}
	for name, value := range ctx.Response.Header.All() {
		resp.Header.Add(string(name), string(value))
	}
	return work.Check(w, resp)
}

func TestAdapters(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	for _, w := range adapterWorks {
		for _, a := range netHTTP {
			for name, h := range map[string]http.Handler{"bare": a.bare(w.Err()), "adapter": a.adapter(w.Err())} {
				if err := work.CheckHandler(w, h); err != nil {
					t.Errorf("%s, %s: %v", a.name, name, err)
				}
			}
		}
		for _, a := range fastHTTP {
			if err := checkFast(w, a.adapter(w)); err != nil {
				t.Errorf("%s: %v", a.name, err)
			}
		}
	}
}

// BenchmarkAdapter shows what an adapter adds to what it calls.
func BenchmarkAdapter(b *testing.B) {
	gin.SetMode(gin.ReleaseMode)
	for _, a := range netHTTP {
		for _, w := range adapterWorks {
			for _, h := range []contender{{name: "bare", handler: a.bare(w.Err())}, {name: "adapter", handler: a.adapter(w.Err())}} {
				b.Run(a.name+"/"+w.Name+"/"+h.name, func(b *testing.B) {
					if err := work.CheckHandler(w, h.handler); err != nil {
						b.Fatal(err)
					}
					serve(b, h.handler, w.Request(), false)
				})
			}
		}
	}
	for _, a := range fastHTTP {
		for _, w := range adapterWorks {
			if err := checkFast(w, a.adapter(w)); err != nil {
				b.Fatal(err)
			}
			for name, h := range map[string]fasthttp.RequestHandler{"bare": a.bare(w), "adapter": a.adapter(w)} {
				b.Run(a.name+"/"+w.Name+"/"+name, func(b *testing.B) {
					ctx := fastRequest(w)
					call(b, func() {
						ctx.Response.Reset()
						h(ctx)
					})
				})
			}
		}
	}
}
