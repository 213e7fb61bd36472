package denyfiber3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/log"
	"github.com/gofiber/fiber/v3/middleware/basicauth"
	"github.com/gofiber/fiber/v3/middleware/idempotency"
	"github.com/gofiber/fiber/v3/middleware/limiter"
	"github.com/gofiber/fiber/v3/middleware/recover"
	"github.com/gofiber/fiber/v3/middleware/timeout"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/valyala/fasthttp"
	"github.com/valyala/fasthttp/fasthttputil"

	denyfiber3 "github.com/denial-go/denial/adapters/fiber3"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

const secret = "dial tcp 10.0.0.7: refused"

func TestErrorHandler(t *testing.T) {
	var faults []error
	var denied *problem.Problem
	deny := render.Must(render.New(render.Config{OnFault: func(err error) { faults = append(faults, err) }}))
	hooks := denyfiber3.Hooks{OnDenied: func(_ fiber.Ctx, p *problem.Problem) { denied = p }}
	for _, test := range []struct {
		name   string
		err    error
		status int
		body   string // a part of it
		fault  bool
	}{
		{"a reason", problem.EmailUnverified, 403, `"code":"email-unverified"`, false},
		{"a reason beside a fiber.Error", errors.Join(fiber.ErrNotFound, problem.EmailUnverified), 403, `"code":"email-unverified"`, false},
		{"401", fiber.NewError(401, secret), 401, `"code":"sign-in-required"`, false},
		{"403", fiber.ErrForbidden, 403, `"code":"policy-denied"`, false},
		{"404", fmt.Errorf("loading: %w", fiber.NewError(404, secret)), 404, `"code":"not-found"`, false},
		{"429", fiber.ErrTooManyRequests, 429, `"code":"rate-limited"`, false},
		{"422", fiber.NewError(422, secret), 422, `"title":"Unprocessable Content","status":422}`, false},
		{"code 0", fiber.NewError(0, secret), 500, "Internal Server Error\n", true},
		{"500", fiber.NewError(500, secret), 500, `"title":"Internal Server Error","status":500}`, false},
		{"unused status", fiber.ErrTeapot, 400, `"status":400}`, false},
		{"no error status", fiber.NewError(302, secret), 500, `"status":500}`, false},
		{"nil fiber.Error", (*fiber.Error)(nil), 500, "Internal Server Error\n", true},
		{"panics when asked", rude{}, 500, "Internal Server Error\n", true},
		{"wraps itself", &loop{}, 500, "Internal Server Error\n", true},
		{"no reason", errors.New(secret), 500, "Internal Server Error\n", true},
		{"nil Problem", (*problem.Problem)(nil), 403, "Forbidden\n", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			faults, denied = nil, nil
			app := fiber.New(fiber.Config{ErrorHandler: hooks.ErrorHandler(deny)})
			app.Get("/", func(c fiber.Ctx) error {
				if err := c.SendString("the first rows"); err != nil {
					return err
				}
				return test.err
			})
			resp, err := app.Test(httptest.NewRequest("GET", "/", nil))
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if body := string(b); resp.StatusCode != test.status || !strings.Contains(body, test.body) ||
				strings.Contains(body, "rows") || strings.Contains(body, secret) {
				t.Errorf("%d %q, want %d and %q", resp.StatusCode, body, test.status, test.body)
			}
			if test.fault != (len(faults) == 1) {
				t.Errorf("OnFault was told %v", faults)
			}
			if denied == nil || test.err != (*problem.Problem)(nil) && test.err != (*fiber.Error)(nil) && !errors.Is(denied, test.err) {
				t.Errorf("OnDenied was told %v, want %v in it", denied, test.err)
			}
		})
	}
}

// loop is an error that wraps itself.
type loop struct{}

func (*loop) Error() string   { return secret }
func (l *loop) Unwrap() error { return l }

// rude is an error whose methods panic.
type rude struct{}

func (rude) Error() string { panic(secret) }
func (rude) Is(error) bool { panic(secret) }
func (rude) As(any) bool   { panic(secret) }
func (rude) Unwrap() error { panic(secret) }

// TestMiddleware is about what fiber's middleware has put into the response.
func TestMiddleware(t *testing.T) {
	app := fiber.New(fiber.Config{ErrorHandler: denyfiber3.ErrorHandler(nil)})
	app.Get("/limited", limiter.New(limiter.Config{Max: 1, Expiration: time.Hour, LimitReached: func(fiber.Ctx) error { return fiber.ErrTooManyRequests }}),
		func(c fiber.Ctx) error { return c.SendString("fine") })
	app.Get("/private", basicauth.New(basicauth.Config{Realm: "staff", Unauthorized: func(c fiber.Ctx) error {
		c.Set("WWW-Authenticate", `Basic realm="staff"`)
		return fiber.ErrUnauthorized
	}}))
	for i, want := range []string{"200 fine", `429 {"type":"about:blank","title":"Too Many Requests","status":429`} {
		resp, err := app.Test(httptest.NewRequest("GET", "/limited", nil))
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		if got := fmt.Sprint(resp.StatusCode, " ", string(b)); err != nil || !strings.HasPrefix(got, want) {
			t.Errorf("%v %q, want %q", err, got, want)
		}
		if after := resp.Header.Get("Retry-After"); i == 1 && after != "3600" && after != "3599" {
			t.Errorf("Retry-After is %q, want that of the limiter", after)
		}
	}
	resp, err := app.Test(httptest.NewRequest("GET", "/private", nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{`Basic realm="staff"`}, resp.Header["Www-Authenticate"]); resp.StatusCode != 401 || diff != "" {
		t.Errorf("status %d, and the challenge of the middleware: %s", resp.StatusCode, diff)
	}
}

// TestDeny is about middleware that looks at the answer, in an app with another
// one mounted in it.
func TestDeny(t *testing.T) {
	app := fiber.New(fiber.Config{ErrorHandler: denyfiber3.ErrorHandler(render.Must(render.New(render.Config{})))})
	var seen []string
	app.Use(func(c fiber.Ctx) error {
		err := c.Next()
		seen = append(seen, fmt.Sprint(c.Path(), " ", c.Response().StatusCode(), " ", err))
		return err
	})
	app.Get("/at-once", func(c fiber.Ctx) error { return denyfiber3.Deny(c, problem.PolicyDenied) })
	app.Get("/later", func(fiber.Ctx) error { return problem.PolicyDenied })
	inner := fiber.New(fiber.Config{ErrorHandler: denyfiber3.ErrorHandler(render.Must(render.New(render.Config{Formats: []render.Format{render.Text}})))})
	inner.Get("/deny", func(c fiber.Ctx) error { return denyfiber3.Deny(c, problem.PolicyDenied) })
	app.Use("/inner", inner)
	var types []string
	for _, path := range []string{"/at-once", "/later", "/inner/deny"} {
		resp, err := app.Test(httptest.NewRequest("GET", path, nil))
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != 403 {
			t.Errorf("%s: status %d", path, resp.StatusCode)
		}
		types = append(types, resp.Header.Get("Content-Type"))
	}
	if diff := cmp.Diff([]string{"application/problem+json", "application/problem+json", "text/plain; charset=utf-8"}, types); diff != "" {
		t.Error(diff)
	}
	want := []string{"/at-once 403 <nil>", "/later 200 " + problem.PolicyDenied.Error(), "/inner/deny 403 <nil>"}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Error(diff)
	}
}

// TestIdempotency is about fiber's middleware that keeps whatever a handler
// answers to a key, but no errors.
func TestIdempotency(t *testing.T) {
	app := fiber.New(fiber.Config{ErrorHandler: denyfiber3.ErrorHandler(nil)})
	app.Post("/", idempotency.New(), func(c fiber.Ctx) error {
		if c.Get("Authorization") == "" {
			return problem.SignInRequired
		}
		return c.SendString("fine")
	})
	for _, want := range []int{401, 200} {
		req := httptest.NewRequest("POST", "/", nil)
		req.Header.Set("X-Idempotency-Key", "00000000-0000-0000-0000-000000000001")
		if want == 200 {
			req.Header.Set("Authorization", "Bearer good")
		}
		resp, err := app.Test(req)
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != want {
			t.Errorf("status %d, want %d", resp.StatusCode, want)
		}
	}
}

// TestHooks asks twice in the same memory, as a server does: what a fiber.Ctx
// returns for the first request changes with the second.
func TestHooks(t *testing.T) {
	var kept []string
	deny := render.Must(render.New(render.Config{Formats: []render.Format{keeper{&kept}}, Links: map[problem.StepKind]string{problem.SignIn: "{return_to}"}}))
	hooks := denyfiber3.Hooks{
		Language: func(c fiber.Ctx) string { return c.Get("X-Language") },
		Instance: func(c fiber.Ctx) string { return c.Get("X-Request-Id") },
	}
	app := fiber.New(fiber.Config{ErrorHandler: hooks.ErrorHandler(deny)})
	app.Get("/*", func(fiber.Ctx) error { return problem.SignInRequired })
	var ctx fasthttp.RequestCtx
	ctx.Init(&fasthttp.Request{}, nil, nil)
	for _, r := range [][3]string{{"/first", "de", "urn:x:1"}, {"/other", "fr", "urn:x:2"}} {
		ctx.Request.SetRequestURI(r[0])
		ctx.Request.Header.Set("X-Language", r[1])
		ctx.Request.Header.Set("X-Request-Id", r[2])
		ctx.Response.Reset()
		app.Handler()(&ctx)
	}
	if diff := cmp.Diff([]string{"de", "urn:x:1", "/first", "fr", "urn:x:2", "/other"}, kept); diff != "" {
		t.Error(diff)
	}
}

// keeper is a format that keeps strings of what it is to write.
type keeper struct{ kept *[]string }

func (keeper) MediaType() string { return "text/x-kept" }

func (k keeper) Append(dst []byte, v *render.View) ([]byte, error) {
	*k.kept = append(*k.kept, v.Language, v.Instance, v.Next[0].Href)
	return append(dst, v.Title...), nil
}

func TestHooksPanic(t *testing.T) {
	logged := captureLog(t)
	app := fiber.New(fiber.Config{ErrorHandler: denyfiber3.Hooks{
		Language: func(fiber.Ctx) string { panic("no language") },
		Instance: func(fiber.Ctx) string { panic("no instance") },
		OnDenied: func(fiber.Ctx, *problem.Problem) { panic("no log") },
	}.ErrorHandler(nil)})
	resp, err := app.Test(httptest.NewRequest("GET", "/nowhere", nil))
	if err != nil || resp.StatusCode != 404 {
		t.Errorf("%v, %v; want status 404", resp, err)
	}
	for _, name := range []string{"Language", "Instance", "OnDenied"} {
		if !strings.Contains(logged.String(), "Hooks."+name+" panicked: no ") {
			t.Errorf("the panic of %s was not logged: %q", name, logged)
		}
	}
}

func TestHijacked(t *testing.T) {
	logged := captureLog(t)
	app := fiber.New(fiber.Config{ErrorHandler: denyfiber3.ErrorHandler(nil)})
	app.Get("/", func(c fiber.Ctx) error {
		c.RequestCtx().Hijack(func(net.Conn) {})
		return problem.PolicyDenied
	})
	var ctx fasthttp.RequestCtx
	ctx.Init(&fasthttp.Request{}, nil, nil)
	app.Handler()(&ctx)
	if ctx.Response.StatusCode() != 200 || len(ctx.Response.Body()) != 0 {
		t.Errorf("the response was changed:\n%s", &ctx.Response)
	}
	if !strings.Contains(logged.String(), "policy-denied") {
		t.Errorf("the error was not logged: %q", logged)
	}
}

// TestPanic is about the middleware of fiber that makes errors of panics.
func TestPanic(t *testing.T) {
	app := fiber.New(fiber.Config{ErrorHandler: denyfiber3.ErrorHandler(nil)})
	app.Use(recover.New())
	app.Get("/reason", func(fiber.Ctx) error { panic(problem.EmailUnverified) })
	app.Get("/bug", func(fiber.Ctx) error { panic(secret) })
	for path, want := range map[string]string{"/reason": `403 {"type"`, "/bug": "500 Internal Server Error\n"} {
		resp, err := app.Test(httptest.NewRequest("GET", path, nil))
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if got := fmt.Sprint(resp.StatusCode, " ", string(body)); err != nil || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %v %q, want %q", path, err, got, want)
		}
	}
}

// TestTimeout has handlers go on with their Ctx when the timeout middleware has
// given up on them. The race detector sees whether the adapter touches it.
func TestTimeout(t *testing.T) {
	logged := captureLog(t)
	app := fiber.New(fiber.Config{ErrorHandler: denyfiber3.ErrorHandler(nil)})
	tooLate := func(c fiber.Ctx) error { return denyfiber3.Deny(c, fiber.ErrRequestTimeout) }
	over, done := make(chan struct{}), make(chan struct{})
	working := func(c fiber.Ctx) error {
		defer func() { done <- struct{}{} }()
		for {
			select {
			case <-over:
				return denyfiber3.Deny(c, problem.Overloaded)
			default:
				c.Cookies("session") // which changes how the request is kept
			}
		}
	}
	app.Get("/left", timeout.New(working, timeout.Config{Timeout: time.Millisecond}))
	app.Get("/denied", timeout.New(working, timeout.Config{Timeout: time.Millisecond, OnTimeout: tooLate}))
	app.Get("/soon-enough", timeout.New(func(fiber.Ctx) error {
		return context.DeadlineExceeded // of something else
	}, timeout.Config{Timeout: time.Minute, OnTimeout: tooLate}))
	for path, want := range map[string]string{
		"/left":        "408 Request Timeout",
		"/denied":      "408 Request Timeout",
		"/soon-enough": `408 {"type":"about:blank","title":"Request Timeout","status":408}`,
	} {
		resp, err := app.Test(httptest.NewRequest("GET", path, nil), fiber.TestConfig{Timeout: 0})
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if got := fmt.Sprint(resp.StatusCode, " ", strings.TrimSpace(string(body))); err != nil || got != want {
			t.Errorf("%s: %v %q, want %q", path, err, got, want)
		}
	}
	close(over)
	for range 2 {
		<-done
	}
	for _, want := range []string{"so this error was not: Request Timeout", "so this error was not: " + problem.Overloaded.Error()} {
		if !strings.Contains(logged.String(), want) {
			t.Errorf("not logged: %q in %q", want, logged)
		}
	}
}

// TestTimeoutHandler denies in a goroutine that fasthttp has given up on. The
// race detector sees whether the adapter touches what a handler does not.
func TestTimeoutHandler(t *testing.T) {
	app := fiber.New(fiber.Config{ErrorHandler: denyfiber3.ErrorHandler(nil)})
	app.Get("/", func(fiber.Ctx) error {
		time.Sleep(20 * time.Millisecond)
		return problem.PolicyDenied
	})
	var running sync.WaitGroup
	handler := app.Handler()
	server := &fasthttp.Server{Handler: fasthttp.TimeoutHandler(func(ctx *fasthttp.RequestCtx) {
		defer running.Done()
		handler(ctx)
	}, 5*time.Millisecond, "too late")}
	l := fasthttputil.NewInmemoryListener()
	go server.Serve(l)
	defer server.Shutdown()
	client := &fasthttp.HostClient{Addr: "example.com", Dial: func(string) (net.Conn, error) { return l.Dial() }}
	for range 5 {
		running.Add(1)
		status, body, err := client.Get(nil, "http://example.com/")
		if err != nil || status != 408 || string(body) != "too late" {
			t.Errorf("%v %d %s", err, status, body)
		}
	}
	running.Wait()
}

type role string

type member struct {
	Name  string
	Roles []string
}

// TestLasting keeps what OnDenied was told for after the request, when the next
// one lies in the same memory.
func TestLasting(t *testing.T) {
	var kept []*problem.Problem
	app := fiber.New(fiber.Config{ErrorHandler: denyfiber3.Hooks{
		OnDenied: func(_ fiber.Ctx, p *problem.Problem) { kept = append(kept, p) },
	}.ErrorHandler(nil)})
	sentinel := &problem.Problem{Reason: problem.NotOwner}
	knot := []any{nil, nil}
	knot[0], knot[1] = knot, knot
	cycle := &problem.Problem{Reason: problem.NotOwner, Detail: "mine", Args: map[string]any{"knot": knot}}
	cycle.Also = []*problem.Problem{cycle, nil, sentinel}
	fill := func(s string) *problem.Problem {
		return &problem.Problem{
			Reason:   problem.RoleMissing,
			Detail:   s,
			Instance: s,
			Args: map[string]any{"a": s, "b": []string{s}, "c": role(s), "d": []role{role(s)}, "e": 7, "f": nil, "g": []string(nil), "h": []int{7},
				"i": []any{s, nil, []any{s}}, "j": [][]string{{s}}, "k": [1]string{s}},
			Extensions: map[string]any{"owner": s, s: 1, "map": map[role]any{role(s): []string{s}}, "struct": member{s, []string{s}}},
			Challenges: []problem.Challenge{{Scheme: s, Params: []problem.Param{{Name: s, Value: s}}}, {Scheme: "Negotiate", Token68: s}},
			Next: []problem.NextStep{
				{Kind: problem.StepKind(s), Actor: problem.Actor(s), Method: s, Href: s, Title: s, Params: map[string]string{"max_age": s, s: "x"}},
				{Kind: problem.SignIn},
			},
			Also: []*problem.Problem{{Reason: problem.NotOwner, Args: map[string]any{"name": s}}},
		}
	}
	app.Get("/sentinel", func(fiber.Ctx) error { return sentinel })
	app.Get("/cycle", func(fiber.Ctx) error { return cycle })
	app.Get("/need/:role", func(c fiber.Ctx) error { return problem.NeedRole(c.Params("role")) })
	app.Get("/wrapped/:role", func(c fiber.Ctx) error { return fmt.Errorf("asking: %w", problem.NeedRole(c.Params("role"))) })
	app.Get("/all/:role", func(c fiber.Ctx) error { return fill(c.Params("role")) })
	serve := app.Handler()
	ctx := new(fasthttp.RequestCtx)
	for _, path := range []string{"/need/editor", "/wrapped/editor", "/all/editor", "/sentinel", "/cycle", "/need/XXXXXXXXXXXXXXXX"} {
		ctx.Request.Reset()
		ctx.Response.Reset()
		ctx.Request.SetRequestURI(path)
		serve(ctx)
	}
	if len(kept) != 6 {
		t.Fatalf("OnDenied was called %d times", len(kept))
	}
	for i, want := range []*problem.Problem{problem.NeedRole("editor"), problem.NeedRole("editor"), fill("editor")} {
		if diff := cmp.Diff(want, kept[i], cmpopts.IgnoreUnexported(problem.Problem{}), cmpopts.IgnoreFields(problem.Problem{}, "Cause"), cmp.Comparer(func(a, b problem.Reason) bool { return a == b })); diff != "" {
			t.Errorf("%d (-want +got):\n%s", i, diff)
		}
	}
	if kept[3] != sentinel {
		t.Error("what holds no strings was copied")
	}
	if p := kept[4]; len(p.Also) == 0 || p.Detail != "mine" || !errors.Is(p, problem.NotOwner) {
		t.Errorf("got %v", p)
	}
}

// captureLog keeps what fiber's log is told.
func captureLog(t *testing.T) *bytes.Buffer {
	var b bytes.Buffer
	log.SetOutput(&b)
	t.Cleanup(func() { log.SetOutput(io.Discard) })
	return &b
}
