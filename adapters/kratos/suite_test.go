package denykratos_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	kerrors "github.com/go-kratos/kratos/v2/errors"
	"github.com/go-kratos/kratos/v2/log"
	"github.com/go-kratos/kratos/v2/middleware/recovery"
	khttp "github.com/go-kratos/kratos/v2/transport/http"

	denykratos "github.com/denial-go/denial/adapters/kratos"
	"github.com/denial-go/denial/internal/adaptertest"
	"github.com/denial-go/denial/problem"
)

// logged remembers what kratos has logged as errors. All servers share its
// logger, and read it without a lock, so it is set once.
var logged logger

func TestMain(m *testing.M) {
	log.SetLogger(&logged)
	os.Exit(m.Run())
}

type logger struct {
	mu    sync.Mutex
	lines []string
}

func (l *logger) Log(level log.Level, keyvals ...any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if level >= log.LevelError {
		l.lines = append(l.lines, fmt.Sprint(keyvals...))
	}
	return nil
}

// take returns the lines so far, and forgets them.
func (l *logger) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := l.lines
	l.lines = nil
	return lines
}

// method registers a handler as the code that kratos makes does: it runs the
// middleware of the server.
func method(srv *khttp.Server, methods []string, path string, h func(ctx khttp.Context) (any, error)) {
	r := srv.Route("/")
	for _, m := range methods {
		r.Handle(m, path, func(ctx khttp.Context) error {
			next := ctx.Middleware(func(context.Context, any) (any, error) { return h(ctx) })
			out, err := next(ctx, nil)
			if err != nil {
				return err
			}
			if text, ok := out.(string); ok {
				return ctx.String(http.StatusOK, text)
			}
			return nil
		})
	}
}

func TestSuite(t *testing.T) {
	every := []string{"GET", "HEAD", "POST"}
	adaptertest.Run(t, adaptertest.Adapter{
		Start: func(app *adaptertest.App) (string, func(), error) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return "", nil, err
			}
			srv := denykratos.NewServer(app.Deny,
				khttp.Listener(l), khttp.Timeout(time.Minute), khttp.Middleware(recovery.Recovery()),
				khttp.Filter(func(next http.Handler) http.Handler { return http.MaxBytesHandler(next, int64(app.BodyLimit)) }))
			srv.ErrorLog = app.ErrorLog()
			name := func(ctx khttp.Context) string { return ctx.Vars().Get("case") }
			method(srv, every, "/deny/{case}", func(ctx khttp.Context) (any, error) { return nil, app.Error(name(ctx)) })
			method(srv, every, "/fields/{case}", func(ctx khttp.Context) (any, error) {
				app.AddFields(ctx.Response().Header().Add)
				return nil, app.Error(name(ctx))
			})
			method(srv, every, "/written/{case}", func(ctx khttp.Context) (any, error) {
				if err := ctx.String(http.StatusOK, app.Written()); err != nil {
					return nil, err
				}
				return nil, app.Error(name(ctx))
			})
			method(srv, every, "/own/{case}", func(ctx khttp.Context) (any, error) {
				status, err := strconv.Atoi(name(ctx))
				if err != nil {
					return nil, err
				}
				return nil, kerrors.New(status, "OWN_REASON", app.Secret)
			})
			method(srv, every, "/panic", func(khttp.Context) (any, error) { app.Panic(); return nil, nil })
			method(srv, every, "/cut", func(ctx khttp.Context) (any, error) {
				if err := ctx.String(http.StatusOK, app.Written()); err != nil {
					return nil, err
				}
				http.NewResponseController(ctx.Response()).Flush()
				app.Panic()
				return nil, nil
			})
			srv.Route("/").GET("/abort", func(khttp.Context) error { app.Abort(); return nil })
			method(srv, every, "/slow", func(ctx khttp.Context) (any, error) { return nil, app.Wait(ctx) })
			method(srv, []string{"GET"}, "/only-get", func(khttp.Context) (any, error) { return "ok", nil })
			read := func(ctx khttp.Context) (any, error) {
				var in struct{ Age int }
				return "ok", ctx.Bind(&in)
			}
			method(srv, []string{"POST"}, "/limited", read)
			method(srv, []string{"POST"}, "/valid", read)

			done := make(chan error, 1)
			go func() { done <- srv.Start(context.Background()) }()
			stop := func() {
				ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
				defer cancel()
				if srv.Stop(ctx) != nil {
					srv.Close()
				}
				<-done
			}
			return "http://" + l.Addr().String(), stop, nil
		},
		Own: map[adaptertest.Check]error{
			adaptertest.TooLarge: &problem.Problem{Reason: problem.ForStatus(413), Extensions: map[string]any{"reason": "CODEC"}},
			adaptertest.Invalid:  &problem.Problem{Reason: problem.ForStatus(400), Extensions: map[string]any{"reason": "CODEC"}},
		},
		OwnStatus: func(status int) error {
			if status >= 500 {
				return problem.ForStatus(status)
			}
			return &problem.Problem{Reason: problem.ForStatus(status), Extensions: map[string]any{"reason": "OWN_REASON"}}
		},
	})
}
