package denyhertz_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/app/server"
	"github.com/cloudwego/hertz/pkg/common/hlog"
	"github.com/cloudwego/hertz/pkg/network/netpoll"
	"github.com/cloudwego/hertz/pkg/network/standard"

	"github.com/cloudwego/hertz/pkg/common/config"

	denyhertz "github.com/denial-go/denial/adapters/hertz"
	"github.com/denial-go/denial/internal/adaptertest"
)

func init() {
	hlog.SetLevel(hlog.LevelInfo) // a new route is a message otherwise
	hlog.SetOutput(io.Discard)    // what goes wrong here is meant to
}

// TestSuite runs on both of hertz's network libraries.
func TestSuite(t *testing.T) {
	for name, transport := range map[string]config.Option{
		"netpoll":  server.WithTransport(netpoll.NewTransporter),
		"standard": server.WithTransport(standard.NewTransporter),
	} {
		t.Run(name, func(t *testing.T) {
			adaptertest.Run(t, adaptertest.Adapter{
				Start: func(app *adaptertest.App) (string, func(), error) { return start(app, transport) },
				Skip: map[adaptertest.Check]string{
					adaptertest.TooLarge: "hertz refuses a body or header that is too large with a line of text, before any handler, and has no hook for it",
				},
				Differences: []adaptertest.Difference{
					{Field: "Server", Why: "config.Options.NoDefaultServerHeader is not set: hertz sends its name"},
				},
				Goroutines: map[string]string{
					"protocol.UpdateServerDate": "keeps the Date field, once for the process",
					"netpoll.(*manager).Run":    "netpoll's pollers stay for the process",
				},
			})
		})
	}
}

// start serves the routes of the suite.
func start(suite *adaptertest.App, transport config.Option) (string, func(), error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	h := server.Default(
		server.WithListener(l), transport, server.WithHandleMethodNotAllowed(true),
		server.WithExitWaitTime(time.Second), server.WithDisablePrintRoute(true),
	)
	h.Use(denyhertz.Hooks{Routes: h.Routes}.Middleware(suite.Deny))
	all := func(path string, handler func(context.Context, *app.RequestContext) error) {
		f := func(c context.Context, ctx *app.RequestContext) {
			if err := handler(c, ctx); err != nil {
				ctx.Error(err)
				ctx.Abort()
			}
		}
		h.GET(path, f)
		h.HEAD(path, f)
		h.POST(path, f)
	}
	all("/deny/:case", func(_ context.Context, ctx *app.RequestContext) error { return suite.Error(ctx.Param("case")) })
	all("/fields/:case", func(_ context.Context, ctx *app.RequestContext) error {
		suite.AddFields(ctx.Response.Header.Add)
		return suite.Error(ctx.Param("case"))
	})
	all("/written/:case", func(_ context.Context, ctx *app.RequestContext) error {
		ctx.String(200, suite.Written())
		return suite.Error(ctx.Param("case"))
	})
	all("/own/:status", func(_ context.Context, ctx *app.RequestContext) error {
		status, err := strconv.Atoi(ctx.Param("status"))
		if err == nil {
			ctx.AbortWithError(status, errors.New(suite.Secret))
		}
		return err
	})
	all("/panic", func(context.Context, *app.RequestContext) error { suite.Panic(); return nil })
	all("/cut", func(_ context.Context, ctx *app.RequestContext) error {
		begin(ctx, suite.Written())
		suite.Panic()
		return nil
	})
	all("/abort", func(context.Context, *app.RequestContext) error { suite.Abort(); return nil })
	all("/slow", func(c context.Context, _ *app.RequestContext) error { return suite.Wait(c) })
	h.GET("/only-get", func(_ context.Context, ctx *app.RequestContext) { ctx.String(200, "ok") })
	h.POST("/valid", func(_ context.Context, ctx *app.RequestContext) {
		var v struct{ Age int }
		if err := ctx.BindJSON(&v); err != nil {
			ctx.AbortWithError(400, err)
			return
		}
		ctx.String(200, "ok")
	})

	return "http://" + l.Addr().String(), run(h), nil
}

// run starts a server and returns what stops it.
func run(h *server.Hertz) (stop func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		h.Run()
	}()
	for !h.IsRunning() {
		time.Sleep(time.Millisecond)
	}
	return func() {
		h.Shutdown(context.Background())
		<-done
	}
}
