package denyfasthttp_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/valyala/fasthttp"

	denyfasthttp "github.com/denial-go/denial/adapters/fasthttp"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// logger keeps what is logged.
type logger struct {
	mu  sync.Mutex
	all strings.Builder
}

func (l *logger) Printf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(&l.all, format+"\n", args...)
}

func (l *logger) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

func TestHandler(t *testing.T) {
	const secret = "dial tcp 10.0.0.7: refused"
	var faults []error
	deny := render.Must(render.New(render.Config{OnFault: func(err error) { faults = append(faults, err) }}))
	for _, test := range []struct {
		name   string
		next   func(*fasthttp.RequestCtx) error
		status int
		body   string // a part of it
		logged string // a part of it
		fault  bool
	}{
		{name: "no error", next: func(ctx *fasthttp.RequestCtx) error { ctx.SetBodyString("fine"); return nil }, status: 200, body: "fine"},
		{name: "a reason", next: func(*fasthttp.RequestCtx) error { return problem.EmailUnverified }, status: 403, body: `"code":"email-unverified"`},
		{name: "a reason after a body", next: func(ctx *fasthttp.RequestCtx) error {
			ctx.SetBodyString("the first rows")
			return problem.EmailUnverified
		}, status: 403, body: `{"type"`},
		{name: "no reason", next: func(*fasthttp.RequestCtx) error { return errors.New(secret) }, status: 500, body: "Internal Server Error\n", fault: true},
		{name: "nil Problem", next: func(*fasthttp.RequestCtx) error { return (*problem.Problem)(nil) }, status: 403, body: "Forbidden\n", fault: true},
		{name: "panic with a string", next: func(*fasthttp.RequestCtx) error { panic(secret) }, status: 500, body: `"status":500`, logged: secret},
		{name: "panic with an error", next: func(*fasthttp.RequestCtx) error { panic(errors.New(secret)) }, status: 500, body: `"status":500`, logged: secret},
		{name: "panic with a reason", next: func(*fasthttp.RequestCtx) error { panic(problem.EmailUnverified) }, status: 403, body: `"code":"email-unverified"`, logged: "email-unverified"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log logger
			faults = nil
			var ctx fasthttp.RequestCtx
			ctx.Init(&fasthttp.Request{}, nil, &log)
			denyfasthttp.Handler(deny, test.next)(&ctx)
			body := string(ctx.Response.Body())
			if ctx.Response.StatusCode() != test.status || !strings.Contains(body, test.body) || strings.Contains(body, "rows") {
				t.Errorf("%d %q, want %d and %q", ctx.Response.StatusCode(), body, test.status, test.body)
			}
			if strings.Contains(ctx.Response.String(), secret) {
				t.Errorf("the text of an error was sent:\n%s", &ctx.Response)
			}
			if !strings.Contains(log.String(), test.logged) || test.logged == "" && log.String() != "" {
				t.Errorf("logged %q, want %q", log.String(), test.logged)
			}
			if test.fault != (len(faults) == 1) {
				t.Errorf("OnFault was told %v", faults)
			}
		})
	}
}

func TestHandlerHijacked(t *testing.T) {
	deny := render.Must(render.New(render.Config{}))
	var log logger
	base, stop, err := serve(&fasthttp.Server{
		Logger: &log,
		Handler: denyfasthttp.Handler(deny, func(ctx *fasthttp.RequestCtx) error {
			ctx.HijackSetNoResponse(true)
			ctx.Hijack(func(c net.Conn) { io.WriteString(c, "another protocol") })
			return problem.PolicyDenied
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	got := exchange(t, base, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if got != "another protocol" {
		t.Errorf("got %q", got)
	}
	if !strings.Contains(log.String(), "policy-denied") {
		t.Errorf("the error was not logged: %q", log.String())
	}
}

// TestHandlerTimedOut denies in the goroutine that fasthttp.TimeoutHandler has
// given up on. The race detector sees whether the adapter touches more than a
// handler of the application would.
func TestHandlerTimedOut(t *testing.T) {
	var running sync.WaitGroup
	next := denyfasthttp.Handler(nil, func(*fasthttp.RequestCtx) error {
		time.Sleep(20 * time.Millisecond)
		return problem.PolicyDenied
	})
	base, stop, err := serve(&fasthttp.Server{
		Logger: quiet{},
		Handler: fasthttp.TimeoutHandler(func(ctx *fasthttp.RequestCtx) {
			defer running.Done()
			next(ctx)
		}, 5*time.Millisecond, "too late"),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for range 5 {
		running.Add(1)
		got := exchange(t, base, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		if !strings.HasPrefix(got, "HTTP/1.1 408 ") || !strings.HasSuffix(got, "\r\n\r\ntoo late") {
			t.Errorf("got\n%s", got)
		}
	}
	running.Wait()
}

func TestErrorHandler(t *testing.T) {
	for _, test := range []struct {
		err    error
		status int
		allow  string
	}{
		{fasthttp.ErrBodyTooLarge, 413, ""},
		{fmt.Errorf("reading: %w", fasthttp.ErrBodyTooLarge), 413, ""},
		{&fasthttp.ErrSmallBuffer{}, 431, ""},
		{fasthttp.ErrGetOnly, 405, "GET, HEAD"},
		{&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, 408, ""},
		{&net.OpError{Op: "read", Err: errors.New("reset")}, 400, ""},
		{errors.New("cannot parse"), 400, ""},
		{problem.IPBlocked, 403, ""},
	} {
		var denied *problem.Problem
		hooks := denyfasthttp.Hooks{OnDenied: func(_ *fasthttp.RequestCtx, p *problem.Problem) { denied = p }}
		ctx := request(nil)
		hooks.ErrorHandler(render.Must(render.New(render.Config{})))(ctx, test.err)
		if got := ctx.Response.StatusCode(); got != test.status {
			t.Errorf("%v: status %d, want %d", test.err, got, test.status)
		}
		if got := string(ctx.Response.Header.Peek("Allow")); got != test.allow {
			t.Errorf("%v: Allow is %q, want %q", test.err, got, test.allow)
		}
		if !errors.Is(denied, test.err) {
			t.Errorf("%v is not behind what OnDenied was told: %v", test.err, denied)
		}
	}
}

// TestServerErrors is about what the server refuses before it has a request.
func TestServerErrors(t *testing.T) {
	deny := render.Must(render.New(render.Config{}))
	server := func(getOnly bool) string {
		base, stop, err := serve(&fasthttp.Server{
			Logger:             quiet{},
			Handler:            denyfasthttp.Handler(deny, func(*fasthttp.RequestCtx) error { return nil }),
			ErrorHandler:       denyfasthttp.ErrorHandler(deny),
			MaxRequestBodySize: 16,
			GetOnly:            getOnly,
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(stop)
		return base
	}
	open, getOnly := server(false), server(true)
	const page = "Accept: text/html\r\n"
	for _, test := range []struct {
		base, request string
		status, typ   string
	}{
		{open, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 17\r\n" + page + "\r\n12345678901234567", "413", "text/html"},
		{open, "HEAD / HTTP/1.1\r\nHost: x\r\nContent-Length: 17\r\n\r\n", "413", "application/problem+json"},
		{open, "GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 5000) + "\r\n\r\n", "431", "application/problem+json"},
		{open, "what is this\r\n\r\n", "400", "application/problem+json"},
		{getOnly, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1", "405", "application/problem+json"},
	} {
		got := exchange(t, test.base, strings.Replace(test.request, "\r\n", "\r\nConnection: close\r\n", 1))
		if !strings.HasPrefix(got, "HTTP/1.1 "+test.status+" ") || !strings.Contains(got, "\r\nContent-Type: "+test.typ) {
			t.Errorf("%.40q gets\n%.300s\nwant status %s and %s", test.request, got, test.status, test.typ)
		}
		_, body, _ := strings.Cut(got, "\r\n\r\n")
		if head := strings.HasPrefix(test.request, "HEAD"); head != (body == "") || strings.Contains(got, "Content-Length: 0\r\n") {
			t.Errorf("%.40q gets\n%.300s\nwant a body but for HEAD, and its length", test.request, got)
		}
	}
}

// TestUnreadBody is about a body that a server streams and a handler that has
// denied did not read: what is left of it is no request.
func TestUnreadBody(t *testing.T) {
	const smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	long := fmt.Sprint("Content-Length: ", 8192+len(smuggled), "\r\n\r\n", strings.Repeat("x", 8192), smuggled) // fasthttp reads as much before
	for name, request := range map[string]string{
		"length":    "POST / HTTP/1.1\r\nHost: x\r\n" + long,
		"chunks":    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb; /smuggled HTTP/1.1\r\nHost: x\r\n\r\n\r\n0\r\n\r\n",
		"begun":     "POST /begun HTTP/1.1\r\nHost: x\r\n" + long,
		"no body":   "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"no length": "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			var paths []string
			base, stop, err := serve(&fasthttp.Server{
				Logger:            quiet{},
				StreamRequestBody: true,
				Handler: denyfasthttp.Handler(nil, func(ctx *fasthttp.RequestCtx) error {
					paths = append(paths, string(ctx.Path()))
					if string(ctx.Path()) == "/begun" {
						ctx.RequestBodyStream().Read(make([]byte, 100))
					}
					return problem.PolicyDenied
				}),
			})
			if err != nil {
				t.Fatal(err)
			}
			got := exchange(t, base, request)
			stop()
			if next := strings.Contains(request, "/next"); len(paths) == 0 || (len(paths) == 2 && paths[1] == "/next") != next || strings.Contains(paths[len(paths)-1], "smuggled") {
				t.Errorf("requests %q", paths)
			}
			if answers := strings.Count(got, "HTTP/1.1 403 "); answers != len(paths) || strings.Contains(got, "HTTP/1.1 400 ") || !strings.Contains(got, "\r\nConnection: close\r\n") {
				t.Errorf("%d requests get\n%s", len(paths), got)
			}
		})
	}
}

// exchange sends bytes on a connection of its own and reads it to its end.
func exchange(t *testing.T, base, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(bufio.NewReader(conn))
	if err != nil && len(b) == 0 {
		t.Fatal(err)
	}
	return string(b)
}

func TestHooks(t *testing.T) {
	deny := render.Must(render.New(render.Config{}))
	var log logger
	var denied []string
	hooks := denyfasthttp.Hooks{
		Language: func(ctx *fasthttp.RequestCtx) string { return string(ctx.QueryArgs().Peek("lang")) },
		Instance: func(ctx *fasthttp.RequestCtx) string { return "urn:x:" + string(ctx.QueryArgs().Peek("id")) },
		OnDenied: func(ctx *fasthttp.RequestCtx, p *problem.Problem) {
			denied = append(denied, fmt.Sprint(ctx.Response.StatusCode(), " ", errors.Is(p, problem.NotOwner)))
		},
	}
	ask := func(h denyfasthttp.Hooks) *fasthttp.RequestCtx {
		var ctx fasthttp.RequestCtx
		ctx.Init(&fasthttp.Request{}, nil, &log)
		ctx.Request.SetRequestURI("/?lang=fr&id=7")
		h.Handler(deny, func(*fasthttp.RequestCtx) error { return problem.Cloak(problem.NotOwner) })(&ctx)
		return &ctx
	}
	ctx := ask(hooks)
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
		t.Errorf("logged %q", log.String())
	}

	ctx = ask(denyfasthttp.Hooks{
		Language: func(*fasthttp.RequestCtx) string { panic("no language") },
		Instance: func(*fasthttp.RequestCtx) string { panic("no instance") },
		OnDenied: func(*fasthttp.RequestCtx, *problem.Problem) { panic("no log") },
	})
	if ctx.Response.StatusCode() != http.StatusNotFound {
		t.Errorf("hooks that panic changed the status to %d", ctx.Response.StatusCode())
	}
	for _, name := range []string{"Language", "Instance", "OnDenied"} {
		if !strings.Contains(log.String(), "Hooks."+name+" panicked") {
			t.Errorf("the panic of %s was not logged: %q", name, log.String())
		}
	}
}

// TestCompressed has fasthttp compress the answer, after a handler that has
// set a Content-Encoding for a body of its own.
func TestCompressed(t *testing.T) {
	deny := render.Must(render.New(render.Config{}))
	handler := fasthttp.CompressHandler(denyfasthttp.Handler(deny, func(ctx *fasthttp.RequestCtx) error {
		ctx.Response.Header.SetContentEncoding("zstd")
		return problem.PolicyDenied
	}))
	ctx := request([][2]string{{"Accept", "text/html"}, {"Accept-Encoding", "gzip"}})
	handler(ctx)
	if got := string(ctx.Response.Header.ContentEncoding()); got != "gzip" {
		t.Fatalf("Content-Encoding is %q", got)
	}
	body, err := ctx.Response.BodyGunzip()
	want := deny.Render(render.Request{Method: "GET", Target: "/reports", Header: http.Header{"Accept": {"text/html"}}}, problem.PolicyDenied)
	if err != nil || string(body) != string(want.Body) {
		t.Errorf("%v; the page is\n%s", err, body)
	}
}
