package denyhertz_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/app/middlewares/server/basic_auth"
	"github.com/cloudwego/hertz/pkg/app/server"
	herrors "github.com/cloudwego/hertz/pkg/common/errors"
	"github.com/cloudwego/hertz/pkg/common/hlog"
	"github.com/cloudwego/hertz/pkg/network"
	"github.com/cloudwego/hertz/pkg/protocol/http1/resp"
	"github.com/cloudwego/hertz/pkg/protocol/sse"
	"github.com/cloudwego/hertz/pkg/route"
	"github.com/google/go-cmp/cmp"

	denyhertz "github.com/denial-go/denial/adapters/hertz"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

const secret = "dial tcp 10.0.0.7: refused"

// logged keeps what hertz's log is told.
type logged struct {
	mu  sync.Mutex
	all strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

func captureLog(t *testing.T) *logged {
	var l logged
	hlog.SetOutput(&l)
	t.Cleanup(func() { hlog.SetOutput(io.Discard) })
	return &l
}

// do has an engine with the middleware serve a request.
func do(h denyhertz.Hooks, deny *render.Renderer, method, target string, handlers ...app.HandlerFunc) *app.RequestContext {
	engine := server.New(server.WithHandleMethodNotAllowed(true))
	engine.Use(h.Middleware(deny))
	engine.GET("/reports", handlers...)
	engine.HEAD("/reports", handlers...)
	ctx := engine.NewContext()
	ctx.Request.SetRequestURI(target)
	ctx.Request.SetHost("example.com")
	ctx.Request.Header.SetMethod(method)
	engine.ServeHTTP(context.Background(), ctx)
	return ctx
}

func TestMiddleware(t *testing.T) {
	var faults []error
	deny := render.Must(render.New(render.Config{OnFault: func(err error) { faults = append(faults, err) }}))
	fail := func(err error) app.HandlerFunc {
		return func(_ context.Context, ctx *app.RequestContext) { ctx.Error(err) }
	}
	for _, test := range []struct {
		name     string
		handler  app.HandlerFunc
		status   int
		body     string // a part of it
		logged   string // a part of it
		notified string // the code that OnDenied is told
		fault    bool
	}{
		{name: "nothing wrong", handler: func(_ context.Context, ctx *app.RequestContext) { ctx.String(200, "fine") }, status: 200, body: "fine"},
		{name: "no content", handler: func(_ context.Context, ctx *app.RequestContext) { ctx.Status(204) }, status: 204},
		{name: "a reason", handler: fail(problem.EmailUnverified), status: 403, body: `"code":"email-unverified"`, notified: "email-unverified"},
		{name: "a reason and a status", handler: func(_ context.Context, ctx *app.RequestContext) { ctx.AbortWithError(418, problem.EmailUnverified) },
			status: 403, body: `"code":"email-unverified"`, notified: "email-unverified"},
		{name: "a reason and no content", handler: func(_ context.Context, ctx *app.RequestContext) { ctx.Status(204); ctx.Error(problem.EmailUnverified) },
			status: 403, body: `"code":"email-unverified"`, notified: "email-unverified"},
		{name: "two reasons", handler: func(_ context.Context, ctx *app.RequestContext) {
			ctx.Error(errors.New(secret))
			ctx.Error(problem.EmailUnverified)
			ctx.Error(problem.SignInRequired)
		}, status: 401, body: `"also":[{`, notified: "sign-in-required"},
		{name: "a reason beside a body", handler: func(_ context.Context, ctx *app.RequestContext) {
			ctx.String(200, "fine")
			ctx.Error(problem.EmailUnverified)
		}, status: 200, body: "fine", logged: "email-unverified"},
		{name: "an error beside a body", handler: func(_ context.Context, ctx *app.RequestContext) {
			ctx.String(502, "sorry")
			ctx.Error(errors.New(secret))
		}, status: 502, body: "sorry"},
		{name: "no reason", handler: fail(errors.New(secret)), status: 500, body: "Internal Server Error\n", fault: true, notified: "(none)"},
		{name: "no reason, a status", handler: func(_ context.Context, ctx *app.RequestContext) { ctx.AbortWithError(409, errors.New(secret)) },
			status: 409, body: `"title":"Conflict","status":409}`, notified: "(none)"},
		{name: "no reason, a redirect", handler: func(_ context.Context, ctx *app.RequestContext) {
			ctx.Redirect(302, []byte("/sign-in"))
			ctx.Error(errors.New(secret))
		}, status: 302},
		{name: "binding", handler: func(_ context.Context, ctx *app.RequestContext) {
			ctx.Error(errors.New(secret)).SetType(herrors.ErrorTypeBind)
		}, status: 400, body: `"title":"Bad Request","status":400}`, notified: "(none)"},
		{name: "bare 401", handler: func(_ context.Context, ctx *app.RequestContext) { ctx.AbortWithStatus(401) },
			status: 401, body: `"code":"sign-in-required"`, notified: "sign-in-required"},
		{name: "basic_auth", handler: basic_auth.BasicAuth(basic_auth.Accounts{"a": "b"}), status: 401, body: `"code":"sign-in-required"`, notified: "sign-in-required"},
		{name: "bare 499", handler: func(_ context.Context, ctx *app.RequestContext) { ctx.AbortWithStatus(499) }, status: 499},
		{name: "403 with a streamed body", handler: func(_ context.Context, ctx *app.RequestContext) {
			ctx.SetStatusCode(403)
			ctx.SetBodyStream(strings.NewReader("mine"), -1)
		}, status: 403, body: "mine"},
		{name: "401 with a body", handler: func(_ context.Context, ctx *app.RequestContext) { ctx.AbortWithMsg("no", 401) }, status: 401, body: "no"},
		{name: "panic", handler: func(context.Context, *app.RequestContext) { panic(secret) },
			status: 500, body: `"title":"Internal Server Error","status":500}`, logged: secret, notified: "(none)"},
		{name: "panic after a body", handler: func(_ context.Context, ctx *app.RequestContext) { ctx.String(200, "rows"); panic(errors.New(secret)) },
			status: 500, body: `{"type":"about:blank"`, logged: secret, notified: "(none)"},
		{name: "panic with a reason", handler: func(context.Context, *app.RequestContext) { panic(problem.EmailUnverified) },
			status: 403, body: `"code":"email-unverified"`, logged: "email-unverified", notified: "email-unverified"},
	} {
		t.Run(test.name, func(t *testing.T) {
			log := captureLog(t)
			faults = nil
			notified := ""
			hooks := denyhertz.Hooks{OnDenied: func(_ context.Context, _ *app.RequestContext, p *problem.Problem) {
				if notified = p.Reason.Code(); notified == "" {
					notified = "(none)"
				}
			}}
			ctx := do(hooks, deny, "GET", "/reports", test.handler)
			body := string(ctx.Response.Body())
			if ctx.Response.StatusCode() != test.status || !strings.Contains(body, test.body) || test.body == "" && body != "" || strings.Contains(body, secret) {
				t.Errorf("%d %q, want %d and %q", ctx.Response.StatusCode(), body, test.status, test.body)
			}
			if got := string(ctx.Response.Header.Peek("WWW-Authenticate")); test.name == "basic_auth" && got != `Basic realm="Authorization Required"` {
				t.Errorf("the challenge is %q, want that of hertz's middleware", got)
			}
			if notified != test.notified {
				t.Errorf("OnDenied was told %q, want %q", notified, test.notified)
			}
			if !strings.Contains(log.String(), test.logged) || test.logged == "" && log.String() != "" {
				t.Errorf("logged %q, want %q", log, test.logged)
			}
			if test.fault != (len(faults) == 1) {
				t.Errorf("OnFault was told %v", faults)
			}
		})
	}
}

// TestOwn is about what hertz refuses by itself.
func TestOwn(t *testing.T) {
	deny := render.Must(render.New(render.Config{}))
	routes := func() route.RoutesInfo {
		return route.RoutesInfo{{Method: "GET", Path: "/reports"}, {Method: "HEAD", Path: "/reports"}, {Method: "PUT", Path: "/users"}}
	}
	for _, test := range []struct {
		name, method, target string
		hooks                denyhertz.Hooks
		status               int
		allow                string
	}{
		{"404", "GET", "/nowhere", denyhertz.Hooks{}, 404, ""},
		{"404 for HEAD", "HEAD", "/nowhere", denyhertz.Hooks{}, 404, ""},
		{"405", "POST", "/reports", denyhertz.Hooks{}, 405, ""},
		{"405 with Allow", "POST", "/reports", denyhertz.Hooks{Routes: routes}, 405, "GET, HEAD"},
	} {
		ctx := do(test.hooks, deny, test.method, test.target, func(context.Context, *app.RequestContext) {})
		if got := ctx.Response.StatusCode(); got != test.status {
			t.Errorf("%s: status %d, want %d", test.name, got, test.status)
		}
		if got := string(ctx.Response.Header.ContentType()); got != "application/problem+json" {
			t.Errorf("%s: Content-Type %q: %s", test.name, got, ctx.Response.Body())
		}
		if got := string(ctx.Response.Header.Peek("Allow")); got != test.allow {
			t.Errorf("%s: Allow %q, want %q", test.name, got, test.allow)
		}
	}
}

func TestAllowed(t *testing.T) {
	routes := route.RoutesInfo{
		{Method: "GET", Path: "/"}, {Method: "GET", Path: "/users/:id"}, {Method: "DELETE", Path: "/users/:id"}, {Method: "GET", Path: "/users/:id"},
		{Method: "PUT", Path: "/users/:id/photo"}, {Method: "POST", Path: "/files/*path"}, {Method: "PATCH", Path: "/report-:year/:page"},
	}
	for path, want := range map[string]string{
		"/": "GET", "/users": "", "/users/": "", "/users/7": "DELETE, GET", "/users/7/photo": "PUT", "/users/7/other": "", "/users//photo": "",
		"/files/a/b": "POST", "/files/": "POST", "/report-2026/1": "PATCH", "/report-2026": "", "/report-/1": "",
	} {
		if got := denyhertz.Allowed(routes, path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestHooks(t *testing.T) {
	deny := render.Must(render.New(render.Config{}))
	fail := func(_ context.Context, ctx *app.RequestContext) { ctx.Error(problem.Cloak(problem.NotOwner)) }
	var denied []string
	log := captureLog(t)
	ctx := do(denyhertz.Hooks{
		Language: func(_ context.Context, ctx *app.RequestContext) string { return ctx.Query("lang") },
		Instance: func(_ context.Context, ctx *app.RequestContext) string { return "urn:x:" + ctx.Query("id") },
		OnDenied: func(_ context.Context, ctx *app.RequestContext, p *problem.Problem) {
			denied = append(denied, fmt.Sprint(ctx.Response.StatusCode(), " ", errors.Is(p, problem.NotOwner)))
		},
	}, deny, "GET", "/reports?lang=fr&id=7", fail)
	if got := string(ctx.Response.Header.Peek("Content-Language")); got != "fr" {
		t.Errorf("Content-Language is %q, want the reader's fr", got)
	}
	if !strings.Contains(string(ctx.Response.Body()), `"instance":"urn:x:7"`) {
		t.Errorf("the instance is missing: %s", ctx.Response.Body())
	}
	if diff := cmp.Diff([]string{"404 true"}, denied); diff != "" {
		t.Errorf("OnDenied is to be told of what was cloaked: %s", diff)
	}
	if log.String() != "" {
		t.Errorf("logged %q", log)
	}

	ctx = do(denyhertz.Hooks{
		Language: func(context.Context, *app.RequestContext) string { panic("no language") },
		Instance: func(context.Context, *app.RequestContext) string { panic("no instance") },
		OnDenied: func(context.Context, *app.RequestContext, *problem.Problem) { panic("no log") },
	}, deny, "GET", "/reports", fail)
	if ctx.Response.StatusCode() != 404 {
		t.Errorf("hooks that panic changed the status to %d", ctx.Response.StatusCode())
	}
	for _, name := range []string{"Language", "Instance", "OnDenied"} {
		if !strings.Contains(log.String(), "Hooks."+name+" panicked: no ") {
			t.Errorf("the panic of %s was not logged: %q", name, log)
		}
	}
}

// begin sends the first part of a body.
func begin(ctx *app.RequestContext, text string) {
	ctx.Response.HijackWriter(resp.NewChunkedBodyWriter(&ctx.Response, ctx.GetWriter()))
	ctx.WriteString("")
	ctx.Response.GetHijackWriter().Write([]byte(text))
	ctx.Flush()
}

// TestStreamed is about responses that hertz has begun to send: they stay, and
// are cut off where the handler panics or denies. A hijacked connection is its
// handler's.
func TestStreamed(t *testing.T) {
	log := captureLog(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := server.New(server.WithListener(l), server.WithDisablePrintRoute(true))
	middleware := denyhertz.Middleware(nil)
	deny := func(_ context.Context, ctx *app.RequestContext) { denyhertz.Deny(ctx, nil, problem.EmailUnverified) }
	after := func(context.Context, *app.RequestContext) { t.Error("Deny did not abort") }
	rows := func(_ context.Context, ctx *app.RequestContext) { begin(ctx, "some rows") }
	writer := func(_ context.Context, ctx *app.RequestContext) {
		ctx.Response.HijackWriter(resp.NewChunkedBodyWriter(&ctx.Response, ctx.GetWriter()))
	}
	hijack := func(_ context.Context, ctx *app.RequestContext) {
		ctx.Hijack(func(conn network.Conn) {
			conn.WriteBinary([]byte("some rows"))
			conn.Flush()
		})
	}
	h.GET("/error", middleware, rows, func(_ context.Context, ctx *app.RequestContext) { ctx.Error(problem.PolicyDenied) })
	h.GET("/panic", middleware, rows, func(context.Context, *app.RequestContext) { panic(secret) })
	h.GET("/deny", rows, deny, after)
	h.GET("/deny/middleware", middleware, rows, deny, after)
	h.HEAD("/deny", writer, deny, after)
	h.GET("/deny/hijack", hijack, deny, after)
	h.GET("/deny/hijack/middleware", middleware, hijack, deny, after)
	defer run(h)()
	const none, cut, whole, bare = 0, 1, 2, 3 // of the chunks
	for request, want := range map[string]int{
		"GET /error": whole, "GET /panic": cut, "GET /deny": cut, "GET /deny/middleware": cut, "HEAD /deny": none,
		"GET /deny/hijack": bare, "GET /deny/hijack/middleware": bare,
	} {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", request)
		b, err := io.ReadAll(conn)
		conn.Close()
		got := string(b)
		if want == none {
			if got != "" {
				t.Errorf("%s: %v\n%s\nwant no answer", request, err, got)
			}
			continue
		}
		if err != nil || !strings.HasPrefix(got, "HTTP/1.1 200 OK\r\n") || !strings.Contains(got, "some rows") || strings.Contains(got, "problem") || strings.Contains(got, "email") {
			t.Errorf("%s: %v\n%s", request, err, got)
		}
		if ended := strings.HasSuffix(got, "\r\n0\r\n\r\n"); ended != (want == whole) {
			t.Errorf("%s: the last chunk is there: %v, want %v\n%q", request, ended, want == whole, got)
		}
	}
	if !strings.Contains(log.String(), "policy-denied") || !strings.Contains(log.String(), secret) || strings.Count(log.String(), "email-unverified") != 5 {
		t.Errorf("the errors were not logged: %q", log)
	}
}

// A writer that has sent nothing yet does not turn a denial into a 200, and one
// that has cannot end well what was cut off.
func TestEvents(t *testing.T) {
	captureLog(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := server.New(server.WithListener(l), server.WithDisablePrintRoute(true))
	events := func(first bool, then func(ctx *app.RequestContext)) app.HandlerFunc {
		return func(_ context.Context, ctx *app.RequestContext) {
			w := sse.NewWriter(ctx)
			defer w.Close()
			if first {
				w.WriteEvent("1", "m", []byte("first"))
			}
			then(ctx)
		}
	}
	deny := func(ctx *app.RequestContext) { denyhertz.Deny(ctx, nil, problem.PolicyDenied) }
	h.GET("/deny", events(false, deny))
	h.GET("/deny/middleware", denyhertz.Middleware(nil), events(false, deny))
	h.GET("/begun", events(true, deny))
	defer run(h)()
	for path, begun := range map[string]bool{"/deny": false, "/deny/middleware": false, "/begun": true} {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path)
		b, _ := io.ReadAll(conn)
		conn.Close()
		got := string(b)
		switch {
		case !begun && !strings.HasPrefix(got, "HTTP/1.1 403 "):
			t.Errorf("%s is answered\n%s", path, got)
		case begun && (!strings.Contains(got, "first") || strings.HasSuffix(got, "0\r\n\r\n") || strings.Contains(got, "policy-denied")):
			t.Errorf("%s ends as if it were whole\n%s", path, got)
		}
	}
}
