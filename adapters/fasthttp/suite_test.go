package denyfasthttp_test

import (
	"net"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	denyfasthttp "github.com/denial-go/denial/adapters/fasthttp"
	"github.com/denial-go/denial/internal/adaptertest"
	"github.com/denial-go/denial/problem"
)

func TestSuite(t *testing.T) {
	const noRouter = "fasthttp has no router, so no 405 either"
	adaptertest.Run(t, adaptertest.Adapter{
		Start: start,
		Skip: map[adaptertest.Check]string{
			adaptertest.Written:          "fasthttp sends nothing before the handler has returned, so its error takes the place of what it has written",
			adaptertest.OwnErrors:        "fasthttp has no error type with a status",
			adaptertest.MethodNotAllowed: noRouter,
			adaptertest.Allow:            noRouter,
			adaptertest.Invalid:          "fasthttp reads no body into a struct",
		},
		Differences: []adaptertest.Difference{
			{Field: "Server", Why: "fasthttp.Server.Name and NoDefaultServerHeader: fasthttp sends its name"},
		},
		Goroutines: map[string]string{
			"fasthttp.updateServerDate":    "keeps the Date field, once for the process",
			"fasthttp.(*workerPool).Start": "looks for idle workers, and sees only after ten seconds that the server has stopped",
		},
	})
}

// start serves the routes of the suite.
func start(app *adaptertest.App) (string, func(), error) {
	handle := func(ctx *fasthttp.RequestCtx) error {
		path := string(ctx.Path())
		name := path[strings.LastIndexByte(path, '/')+1:]
		switch route := path[:len(path)-len(name)]; {
		case route == "/deny/":
			return app.Error(name)
		case route == "/fields/":
			app.AddFields(ctx.Response.Header.Add)
			return app.Error(name)
		case path == "/panic":
			app.Panic()
		case path == "/cut":
			ctx.SetContentType("text/plain")
			ctx.WriteString(app.Written())
			app.Panic()
		case path == "/abort":
			app.Abort()
		case path == "/slow":
			return app.Wait(ctx)
		case path == "/limited":
			ctx.SetBodyString("ok")
			return nil
		}
		return problem.NotFound
	}
	return serve(&fasthttp.Server{
		Handler:            denyfasthttp.Handler(app.Deny, handle),
		ErrorHandler:       denyfasthttp.ErrorHandler(app.Deny),
		MaxRequestBodySize: app.BodyLimit,
		Logger:             quiet{},
	})
}

// quiet is a logger of what is expected to go wrong.
type quiet struct{}

func (quiet) Printf(string, ...any) {}

// serve starts the server on a free port.
func serve(server *fasthttp.Server) (base string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Serve(l)
	}()
	stop = func() {
		server.Shutdown()
		<-done
	}
	return "http://" + l.Addr().String(), stop, nil
}
