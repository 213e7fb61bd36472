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
	"github.com/denial-go/denial/internal/benchmarks/sink"
	"github.com/denial-go/denial/internal/benchmarks/work"
	"github.com/denial-go/denial/render"
)

const route = "/reports/:id"

// What an adapter adds can be told only beside something that gives the same
// answer from the same place, so each framework has three ways to it:
//
//   - render is a handler that calls Write or Render, and nothing else;
//   - bare is what an application does that has no adapter: its handler hands
//     the error on as the framework wants it, and an error handler or middleware
//     of a few lines calls Write or Render with it;
//   - adapter has the same handler, and the adapter in the place of those lines.
//
// Between render and bare is what the framework takes for an error, which is not
// to be put down to the adapter. Between bare and adapter is what the adapter
// does beyond that: it knows the framework's own errors, keeps fields that stand
// there already, and sees to it that nothing is answered twice.
type ways[H any] struct {
	name                  string
	render, bare, adapter func(work.Work) H
}

// all are the ways by name, in the order in which they are measured.
func (w ways[H]) all(yield func(string, func(work.Work) H) bool) {
	_ = yield("render", w.render) && yield("bare", w.bare) && yield("adapter", w.adapter)
}

var netHTTP = []ways[http.Handler]{
	{
		// The adapter takes the place of gin.Recovery, so it stands in the others.
		"gin",
		func(w work.Work) http.Handler { return ginRender(w, gin.Recovery()) },
		func(w work.Work) http.Handler {
			return ginEngine(w.Err(), gin.Recovery(), func(c *gin.Context) {
				c.Next()
				if len(c.Errors) > 0 && !c.Writer.Written() {
					deny.Write(c.Writer, c.Request, c.Errors[0].Err)
				}
			})
		},
		func(w work.Work) http.Handler { return ginEngine(w.Err(), denygin.Middleware(deny)) },
	},
	{
		// The handler denies by itself, with no middleware.
		"gin-Abort",
		func(w work.Work) http.Handler { return ginRender(w) },
		func(w work.Work) http.Handler {
			return ginRoute(w, func(c *gin.Context, err error) {
				c.Error(err)
				deny.Write(c.Writer, c.Request, err)
				c.Abort()
			})
		},
		func(w work.Work) http.Handler {
			return ginRoute(w, func(c *gin.Context, err error) { denygin.Abort(c, deny, err) })
		},
	},
	{
		"echo",
		func(w work.Work) http.Handler {
			err := w.Err()
			e := echo.New()
			e.GET(route, func(c echo.Context) error {
				deny.Write(c.Response(), c.Request(), err)
				return nil
			})
			return e
		},
		func(w work.Work) http.Handler {
			return echoServer(w.Err(), func(err error, c echo.Context) {
				if !c.Response().Committed {
					deny.Write(c.Response(), c.Request(), err)
				}
			})
		},
		func(w work.Work) http.Handler { return echoServer(w.Err(), denyecho.HTTPErrorHandler(deny)) },
	},
}

func ginEngine(err error, middleware ...gin.HandlerFunc) http.Handler {
	engine := gin.New()
	engine.Use(middleware...)
	engine.GET(route, func(c *gin.Context) {
		c.Error(err)
		c.Abort()
	})
	return engine
}

// ginRender is the way called render, for both of gin's.
func ginRender(w work.Work, middleware ...gin.HandlerFunc) http.Handler {
	return ginRoute(w, func(c *gin.Context, err error) {
		deny.Write(c.Writer, c.Request, err)
		c.Abort()
	}, middleware...)
}

// ginRoute returns an engine whose handler denies by itself.
func ginRoute(w work.Work, denies func(*gin.Context, error), middleware ...gin.HandlerFunc) http.Handler {
	err := w.Err()
	engine := gin.New()
	engine.Use(middleware...)
	engine.GET(route, func(c *gin.Context) { denies(c, err) })
	return engine
}

func echoServer(err error, h echo.HTTPErrorHandler) http.Handler {
	e := echo.New()
	e.HTTPErrorHandler = h
	e.GET(route, func(echo.Context) error { return err })
	return e
}

// On fasthttp, render has a request that has been read beforehand, and sends
// nothing. To read the one and to fill in the other has to be done in any case,
// so bare does it too, at a price that no adapter should come near: see byHand.
// What it costs the adapter to do so stands beside render.
var fastHTTP = []ways[fasthttp.RequestHandler]{
	{
		"fasthttp",
		func(w work.Work) fasthttp.RequestHandler {
			req, err := requestOf(w.Request()), w.Err()
			return func(*fasthttp.RequestCtx) { deny.Render(req, err) }
		},
		func(w work.Work) fasthttp.RequestHandler {
			err := w.Err()
			return func(ctx *fasthttp.RequestCtx) { byHand(ctx, err) }
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
			return fiber2App(w.Err(), func(c *fiber2.Ctx, err error) error {
				byHand(c.Context(), err)
				return nil
			})
		},
		func(w work.Work) fasthttp.RequestHandler { return fiber2App(w.Err(), denyfiber2.ErrorHandler(deny)) },
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
			return fiber3App(w.Err(), func(c fiber3.Ctx, err error) error {
				byHand(c.RequestCtx(), err)
				return nil
			})
		},
		func(w work.Work) fasthttp.RequestHandler { return fiber3App(w.Err(), denyfiber3.ErrorHandler(deny)) },
	},
}

func fiber2App(err error, h fiber2.ErrorHandler) fasthttp.RequestHandler {
	app := fiber2.New(fiber2.Config{ErrorHandler: h})
	app.Get(route, func(*fiber2.Ctx) error { return err })
	return app.Handler()
}

func fiber3App(err error, h fiber3.ErrorHandler) fasthttp.RequestHandler {
	app := fiber3.New(fiber3.Config{ErrorHandler: h})
	app.Get(route, func(fiber3.Ctx) error { return err })
	return app.Handler()
}

// byHand answers as well as an adapter where nothing stands in the response
// yet, with nothing that an application could leave out.
func byHand(ctx *fasthttp.RequestCtx, err error) {
	header := make(http.Header, len(render.RequestFields))
	for _, name := range render.RequestFields {
		if value := ctx.Request.Header.Peek(name); len(value) > 0 {
			header[name] = []string{string(value)}
		}
	}
	out := deny.Render(render.Request{Method: string(ctx.Method()), Target: string(ctx.RequestURI()), Header: header}, err)
	for name, lines := range out.Header {
		for _, line := range lines {
			ctx.Response.Header.Add(name, line)
		}
	}
	ctx.Response.SetStatusCode(out.Status)
	ctx.Response.SetBodyRaw(out.Body)
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
			for name, h := range a.all {
				if err := work.CheckHandler(w, h(w)); err != nil {
					t.Errorf("%s, %s: %v", a.name, name, err)
				}
			}
		}
		for _, a := range fastHTTP {
			for name, h := range a.all {
				if name == "render" {
					continue // it sends nothing
				}
				if err := checkFast(w, h(w)); err != nil {
					t.Errorf("%s, %s: %v", a.name, name, err)
				}
			}
		}
	}
}

// BenchmarkAdapter shows what an adapter adds to what is called without it.
func BenchmarkAdapter(b *testing.B) {
	gin.SetMode(gin.ReleaseMode)
	for _, a := range netHTTP {
		for _, w := range adapterWorks {
			for name, h := range a.all {
				handler := h(w)
				b.Run(a.name+"/"+w.Name+"/"+name, func(b *testing.B) {
					if err := work.CheckHandler(w, handler); err != nil {
						b.Fatal(err)
					}
					sink.Time(b, handler, w.Request(), sink.NewMap)
				})
			}
		}
	}
	for _, a := range fastHTTP {
		for _, w := range adapterWorks {
			for name, h := range a.all {
				handler := h(w)
				b.Run(a.name+"/"+w.Name+"/"+name, func(b *testing.B) {
					if name != "render" {
						if err := checkFast(w, handler); err != nil {
							b.Fatal(err)
						}
					}
					ctx := fastRequest(w)
					call(b, func() {
						ctx.Response.Reset()
						handler(ctx)
					})
				})
			}
		}
	}
}
