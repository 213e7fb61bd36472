package denykratos_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	kerrors "github.com/go-kratos/kratos/v2/errors"
	"github.com/go-kratos/kratos/v2/middleware/auth/jwt"
	"github.com/go-kratos/kratos/v2/middleware/circuitbreaker"
	"github.com/go-kratos/kratos/v2/middleware/ratelimit"
	khttp "github.com/go-kratos/kratos/v2/transport/http"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	denykratos "github.com/denial-go/denial/adapters/kratos"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

const secret = "password of db-7"

var planTooSmall = problem.MustReason(problem.Definition{
	Code: "plan-too-small", Status: 403, Title: "A larger plan is needed", Detail: "Exports are part of the {plan} plan.",
})

// encode answers GET /x with err.
func encode(deny *render.Renderer, known *problem.Set, err error) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	denykratos.ErrorEncoder(deny, known)(w, httptest.NewRequest("GET", "/x", nil), err)
	return w
}

func TestErrorEncoder(t *testing.T) {
	set, err := problem.NewSet(append(problem.Common(), planTooSmall)...)
	if err != nil {
		t.Fatal(err)
	}
	grpcError := func(code codes.Code, reason string, metadata map[string]string) error {
		s, err := status.New(code, secret).WithDetails(&errdetails.ErrorInfo{Reason: reason, Metadata: metadata})
		if err != nil {
			t.Fatal(err)
		}
		return s.Err()
	}
	with := func(p *problem.Problem, name string, value any) *problem.Problem {
		own := *p
		own.Extensions = map[string]any{name: value}
		return &own
	}
	bare := func(status int) *problem.Problem { return &problem.Problem{Reason: problem.ForStatus(status)} }
	rows := []struct {
		name string
		err  error
		want error
	}{
		{"a reason", problem.SignInRequired, problem.SignInRequired},
		{"a reason behind an error of kratos", kerrors.InternalServer("X", secret).WithCause(problem.EmailUnverified), problem.EmailUnverified},
		{"joined", errors.Join(problem.EmailUnverified, kerrors.Forbidden("X", secret), problem.TermsNotAccepted), errors.Join(problem.EmailUnverified, problem.TermsNotAccepted)},
		{"cloaked", kerrors.Forbidden("X", secret).WithCause(problem.Cloak(problem.NotOwner)), problem.NotFound},

		{"the code of a reason", kerrors.Forbidden("EMAIL_UNVERIFIED", secret), problem.EmailUnverified},
		{"wrapped", fmt.Errorf("loading: %w", kerrors.Forbidden("EMAIL_UNVERIFIED", secret)), problem.EmailUnverified},
		{"as we write codes", kerrors.Forbidden("email-unverified", secret), problem.EmailUnverified},
		{"with values", kerrors.Forbidden("ROLE_MISSING", secret).WithMetadata(map[string]string{"role": "editor"}), problem.NeedRole("editor")},
		{"with a wait", kerrors.New(429, "RATE_LIMITED", secret).WithMetadata(map[string]string{"retry_after": "90"}), problem.RetryIn(problem.RateLimited, 90*time.Second)},
		{"one of the application's", kerrors.Forbidden("PLAN_TOO_SMALL", secret).WithMetadata(map[string]string{"plan": "Team"}),
			&problem.Problem{Reason: planTooSmall, Args: map[string]any{"plan": "Team"}}},
		{"the code of a reason with another status", kerrors.BadRequest("EMAIL_UNVERIFIED", secret), with(bare(400), "reason", "EMAIL_UNVERIFIED")},
		{"of gRPC", grpcError(codes.PermissionDenied, "ROLE_MISSING", map[string]string{"role": "editor"}), problem.NeedRole("editor")},

		{"401", kerrors.Unauthorized("X", secret), with(&problem.Problem{Reason: problem.SignInRequired}, "reason", "X")},
		{"403 without a reason", kerrors.Forbidden("", secret), problem.PolicyDenied},
		{"404", kerrors.NotFound("USER_NOT_FOUND", secret), with(&problem.Problem{Reason: problem.NotFound}, "reason", "USER_NOT_FOUND")},
		{"409 with metadata", kerrors.Conflict("X", secret).WithMetadata(map[string]string{"id": "7"}),
			&problem.Problem{Reason: problem.ForStatus(409), Extensions: map[string]any{"reason": "X", "metadata": map[string]string{"id": "7"}}}},
		{"500 with metadata", kerrors.InternalServer("DB", secret).WithMetadata(map[string]string{"host": secret}), bare(500)},
		{"503 with a wait", kerrors.ServiceUnavailable("X", secret).WithMetadata(map[string]string{"retry_after": "1m30s"}),
			&problem.Problem{Reason: problem.ForStatus(503), RetryAfter: 90 * time.Second}},
		{"no error status", kerrors.New(200, "", secret), bare(500)},
		{"499", kerrors.ClientClosed("", secret), bare(400)},
		{"of gRPC without details", status.Error(codes.AlreadyExists, secret), bare(409)},

		{"JWT: missing", jwt.ErrMissingJwtToken, problem.SignInRequired},
		{"JWT: expired", jwt.ErrTokenExpired, problem.TokenExpired},
		{"JWT: invalid", jwt.ErrTokenInvalid, problem.TokenInvalid},
		{"JWT: cannot be parsed", jwt.ErrTokenParseFail, problem.TokenInvalid},
		{"JWT: signing method", jwt.ErrUnSupportSigningMethod, problem.TokenInvalid},
		{"a message like one of JWT's", kerrors.Unauthorized("X", "Token is invalid"), with(&problem.Problem{Reason: problem.SignInRequired}, "reason", "X")},
		{"a reason like JWT's", kerrors.Forbidden("UNAUTHORIZED", "Token is invalid"), with(&problem.Problem{Reason: problem.PolicyDenied}, "reason", "UNAUTHORIZED")},
		{"a message like the codec's", kerrors.BadRequest("X", "unregister Content-Type: text/csv"), with(bare(400), "reason", "X")},
		{"a reason like the codec's", kerrors.Conflict("CODEC", "http: request body too large"), with(bare(409), "reason", "CODEC")},
		{"a wait that is over", kerrors.ServiceUnavailable("X", secret).WithMetadata(map[string]string{"retry_after": "-5s"}), bare(503)},
		{"a wait that is none", kerrors.ServiceUnavailable("X", secret).WithMetadata(map[string]string{"retry_after": "soon"}), bare(503)},
		{"rate limit", ratelimit.ErrLimitExceed, with(&problem.Problem{Reason: problem.RateLimited}, "reason", "RATELIMIT")},
		{"circuit breaker", circuitbreaker.ErrNotAllowed, bare(503)},
		{"type of body", kerrors.BadRequest("CODEC", "unregister Content-Type: text/csv"), with(bare(415), "reason", "CODEC")},

		{"foreign", errors.New(secret), errors.New("another")},
		{"methods that panic", (*url.Error)(nil), errors.New("another")},
		{"a deadline that is not the request's", context.DeadlineExceeded, errors.New("another")},
	}
	deny := render.Must(render.New(render.Config{OnFault: func(error) {}}))
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			want := httptest.NewRecorder()
			deny.Write(want, httptest.NewRequest("GET", "/x", nil), row.want)
			got := encode(deny, set, row.err)
			if diff := cmp.Diff(want.Header(), got.Header()); diff != "" || want.Code != got.Code {
				t.Errorf("status %d, want %d; header (-want +got)\n%s", got.Code, want.Code, diff)
			}
			if diff := cmp.Diff(want.Body.String(), got.Body.String()); diff != "" {
				t.Errorf("body (-want +got)\n%s", diff)
			}
			if strings.Contains(got.Body.String(), secret) {
				t.Errorf("the text of an error is in the answer: %s", got.Body)
			}
		})
	}
}

// TestCommon is about the reasons that are known where none are given.
func TestCommon(t *testing.T) {
	for _, r := range problem.Common() {
		reason := strings.ToUpper(strings.ReplaceAll(r.Code(), "-", "_"))
		var doc struct{ Code, Reason string }
		w := encode(new(render.Renderer), nil, kerrors.New(r.Status(), reason, secret))
		if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || doc.Code != r.Code() || w.Code != r.Status() {
			t.Errorf("%s: got %d %s: %v", reason, w.Code, w.Body, err)
		}
	}
}

// TestLogs is about what the application is told of an error.
func TestLogs(t *testing.T) {
	var denied []*problem.Problem
	var faults []error
	deny := render.Must(render.New(render.Config{
		OnDenied: func(_ *http.Request, p *problem.Problem) { denied = append(denied, p) },
		OnFault:  func(err error) { faults = append(faults, err) },
	}))
	mapped, foreign := kerrors.Forbidden("EMAIL_UNVERIFIED", secret), errors.New(secret)
	encode(deny, nil, mapped)
	encode(deny, nil, foreign)
	if len(denied) != 2 || !errors.Is(denied[0], mapped) || len(faults) != 1 || !errors.Is(faults[0], foreign) {
		t.Errorf("denied %v, faults %v", denied, faults)
	}

	logged.take()
	srv := denykratos.NewServer(deny)
	srv.Route("/").GET("/x", func(ctx khttp.Context) error {
		io.WriteString(ctx.Response(), "done")
		return problem.SignInRequired
	})
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	if w.Code != 200 || w.Body.String() != "done" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if lines := logged.take(); len(lines) != 1 || !strings.Contains(lines[0], "sign-in-required") {
		t.Errorf("log of kratos: %q", lines)
	}
}

func TestTimeout(t *testing.T) {
	srv := denykratos.NewServer(new(render.Renderer), khttp.Timeout(time.Nanosecond))
	srv.Route("/").GET("/x", func(ctx khttp.Context) error {
		<-ctx.Done()
		return fmt.Errorf("loading: %w", ctx.Err())
	})
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	if w.Code != 504 || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestRoutes(t *testing.T) {
	srv := denykratos.NewServer(new(render.Renderer))
	ok := func(ctx khttp.Context) error { return ctx.String(200, "ok") }
	r := srv.Route("/v1")
	r.GET("/users/{id:[0-9]+}", ok)
	r.DELETE("/users/{id:[0-9]+}", ok)
	r.PUT("/users/{name}", ok)
	rows := []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/v1/users/7", 200, ""},
		{"GET", "/nowhere", 404, ""},
		{"POST", "/v1/users/7", 405, "DELETE, GET, PUT"},
		{"POST", "/v1/users/me", 405, "PUT"},
	}
	for _, row := range rows {
		w := httptest.NewRecorder()
		srv.ServeHTTP(w, httptest.NewRequest(row.method, row.path, nil))
		if w.Code != row.status || w.Header().Get("Allow") != row.allow {
			t.Errorf("%s %s: got %d and Allow %q", row.method, row.path, w.Code, w.Header().Get("Allow"))
		}
	}
	for _, strict := range []bool{true, false} { // true is kratos's default
		t.Run(fmt.Sprint("a slash at the end, strict ", strict), func(t *testing.T) {
			var options []khttp.ServerOption
			if !strict {
				options = append(options, khttp.StrictSlash(false))
			}
			srv := denykratos.NewServer(new(render.Renderer), options...)
			srv.Route("/").GET("/b", ok)
			srv.Route("/").GET("/files/{path:.*}", ok)
			srv.Route("/").PUT("/files/b", ok)
			rows := []struct {
				path   string
				status int
				allow  string
			}{
				{"/b", 405, "GET"},
				{"/b/", 405, "GET"},
				{"/files/b", 405, "GET, PUT"},
				{"/files/b/", 405, "GET, PUT"},
			}
			if !strict {
				rows[1].status, rows[1].allow = 404, ""
				rows[3].allow = "GET"
			}
			for _, row := range rows {
				w := httptest.NewRecorder()
				srv.ServeHTTP(w, httptest.NewRequest("DELETE", row.path, nil))
				if w.Code != row.status || w.Header().Get("Allow") != row.allow {
					t.Errorf("DELETE %s: got %d and Allow %q", row.path, w.Code, w.Header().Get("Allow"))
				}
			}
		})
	}
	t.Run("options overrule", func(t *testing.T) {
		srv := denykratos.NewServer(new(render.Renderer), khttp.NotFoundHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(418) })))
		w := httptest.NewRecorder()
		srv.ServeHTTP(w, httptest.NewRequest("GET", "/nowhere", nil))
		if w.Code != 418 {
			t.Errorf("got %d", w.Code)
		}
	})
}

// filtered is a response as many filters of http.Handler have it, without Unwrap.
type filtered struct{ http.ResponseWriter }

// TestFilter is about an answer that has begun behind a filter's own writer.
func TestFilter(t *testing.T) {
	filters := map[string]khttp.FilterFunc{
		"its own writer": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(filtered{w}, r) })
		},
		"its own context": func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, r.WithContext(context.Background())) })
		},
	}
	for name, filter := range filters {
		t.Run(name, func(t *testing.T) {
			srv := denykratos.NewServer(new(render.Renderer), khttp.Filter(filter))
			srv.Route("/").GET("/rows", func(ctx khttp.Context) error {
				io.WriteString(ctx.Response(), "row 1\n")
				return problem.PolicyDenied
			})
			srv.Route("/").GET("/none", func(khttp.Context) error { return problem.PolicyDenied })
			logged.take()
			w := httptest.NewRecorder()
			srv.ServeHTTP(w, httptest.NewRequest("GET", "/rows", nil))
			if lines := logged.take(); w.Code != 200 || w.Body.String() != "row 1\n" || len(lines) != 1 {
				t.Errorf("got %d %s; log of kratos: %q", w.Code, w.Body, lines)
			}
			w = httptest.NewRecorder()
			srv.ServeHTTP(w, httptest.NewRequest("GET", "/none", nil))
			if w.Code != 403 {
				t.Errorf("nothing was written: got %d %s", w.Code, w.Body)
			}
		})
	}
}

// TestTimeoutHandler is about a filter that answers while a handler still runs.
func TestTimeoutHandler(t *testing.T) {
	srv := denykratos.NewServer(new(render.Renderer), khttp.Timeout(0), khttp.Filter(func(next http.Handler) http.Handler {
		return http.TimeoutHandler(next, time.Millisecond, "too late")
	}))
	done := make(chan struct{})
	srv.Route("/").GET("/x", func(ctx khttp.Context) error {
		<-ctx.Done()
		return problem.PolicyDenied
	}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer close(done)
			next.ServeHTTP(w, r)
		})
	})
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	if <-done; w.Code != 503 || w.Body.String() != "too late" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

// TestWriter is about what handlers do with a response besides writing it.
func TestWriter(t *testing.T) {
	srv := denykratos.NewServer(new(render.Renderer), khttp.Timeout(0))
	r := srv.Route("/")
	r.GET("/flush", func(ctx khttp.Context) error {
		ctx.Response().(http.Flusher).Flush()
		return problem.SignInRequired
	})
	r.GET("/copy", func(ctx khttp.Context) error {
		io.Copy(ctx.Response(), io.LimitReader(strings.NewReader("copied, and more"), 6))
		return problem.SignInRequired
	})
	r.GET("/copy nothing", func(ctx khttp.Context) error {
		_, err := io.Copy(ctx.Response(), iotest.ErrReader(problem.PolicyDenied))
		return err
	})
	r.GET("/copy and fail", func(ctx khttp.Context) error {
		_, err := io.Copy(ctx.Response(), io.MultiReader(strings.NewReader("copied"), iotest.ErrReader(problem.SignInRequired)))
		return err
	})
	r.GET("/copy and panic", func(ctx khttp.Context) (err error) {
		defer func() { recover(); err = problem.SignInRequired }()
		io.Copy(ctx.Response(), io.MultiReader(strings.NewReader("copied"), panicking{}))
		return nil
	})
	r.GET("/early", func(ctx khttp.Context) error {
		ctx.Response().WriteHeader(http.StatusEarlyHints)
		return problem.SignInRequired
	})
	r.GET("/status", func(ctx khttp.Context) error {
		ctx.Response().WriteHeader(http.StatusNoContent)
		return problem.SignInRequired
	})
	r.GET("/hijack", func(ctx khttp.Context) error {
		conn, _, err := ctx.Response().(http.Hijacker).Hijack()
		if err != nil {
			return err
		}
		io.WriteString(conn, "HTTP/1.1 299 Mine\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		conn.Close()
		return problem.SignInRequired
	})
	r.GET("/deadline", func(ctx khttp.Context) error {
		if err := http.NewResponseController(ctx.Response()).SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
			return err
		}
		return problem.EmailUnverified
	})
	var running sync.WaitGroup
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		running.Add(1)
		defer running.Done()
		srv.ServeHTTP(w, r)
	}))
	defer server.Close()
	logged.take()
	for path, want := range map[string]int{
		"/flush": 200, "/status": 204, "/early": 401, "/hijack": 299, "/deadline": 403,
		"/copy": 200, "/copy%20nothing": 403, "/copy%20and%20fail": 200, "/copy%20and%20panic": 200,
	} {
		resp, err := server.Client().Get(server.URL + path)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		body, err := bufio.NewReader(resp.Body).ReadString('\n')
		resp.Body.Close()
		if resp.StatusCode != want || want == 200 && strings.Contains(body, "sign-in") {
			t.Errorf("%s: got %d %s %v", path, resp.StatusCode, body, err)
		}
		if path == "/flush" && resp.ContentLength != -1 {
			t.Errorf("the length is known, so nothing was flushed")
		}
	}
	running.Wait()
	if lines := logged.take(); len(lines) != 6 {
		t.Errorf("errors after an answer had begun: %q", lines)
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic(secret) }

func TestErrorDecoder(t *testing.T) {
	set, err := problem.NewSet(append(problem.Common(), planTooSmall)...)
	if err != nil {
		t.Fatal(err)
	}
	deny := render.Must(render.New(render.Config{Challenges: []problem.Challenge{problem.Bearer("api")}}))
	srv := denykratos.NewServer(deny, khttp.Timeout(0))
	answers := map[string]error{
		"/own":   &problem.Problem{Reason: planTooSmall, Args: map[string]any{"plan": "Team"}},
		"/rate":  problem.RetryIn(problem.RateLimited, time.Minute),
		"/sign":  problem.SignInRequired,
		"/proxy": &problem.Problem{Reason: problem.ProxyAuthRequired, Challenges: []problem.Challenge{problem.Basic("proxy")}},
		"/plain": errors.New(secret),
	}
	for path, err := range answers {
		srv.Route("/").GET(path, func(khttp.Context) error { return err })
	}
	srv.Route("/").GET("/kratos", func(ctx khttp.Context) error {
		khttp.DefaultErrorEncoder(ctx.Response(), ctx.Request(), kerrors.Conflict("THEIRS", "text"))
		return nil
	})
	srv.Route("/").GET("/broken", func(ctx khttp.Context) error {
		return ctx.Blob(502, "application/problem+json", []byte(`{"status":`))
	})
	srv.Route("/").GET("/ok", func(ctx khttp.Context) error { return ctx.JSON(200, "fine") })
	server := httptest.NewServer(srv)
	defer server.Close()
	client, err := khttp.NewClient(t.Context(), khttp.WithEndpoint(server.URL), khttp.WithErrorDecoder(denykratos.ErrorDecoder(set)))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	common, err := khttp.NewClient(t.Context(), khttp.WithEndpoint(server.URL), khttp.WithErrorDecoder(denykratos.ErrorDecoder(nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer common.Close()
	var out any
	if err := common.Invoke(t.Context(), "GET", "/sign", nil, &out); !errors.Is(err, problem.SignInRequired) {
		t.Errorf("without a Set: %v", err)
	}
	call := func(path string) error {
		var out any
		return client.Invoke(t.Context(), "GET", path, nil, &out)
	}
	rows := []struct {
		path   string
		code   int
		reason string
		is     error
	}{
		{"/own", 403, "PLAN_TOO_SMALL", planTooSmall},
		{"/rate", 429, "RATE_LIMITED", problem.RateLimited},
		{"/sign", 401, "SIGN_IN_REQUIRED", problem.SignInRequired},
		{"/proxy", 407, "PROXY_AUTH_REQUIRED", problem.ProxyAuthRequired},
		{"/plain", 500, "", nil},
		{"/kratos", 409, "THEIRS", nil},
		{"/broken", 502, "", problem.ErrNotProblem},
	}
	for _, row := range rows {
		err := call(row.path)
		if kerrors.Code(err) != row.code || kerrors.Reason(err) != row.reason || row.is != nil && !errors.Is(err, row.is) {
			t.Errorf("%s: got %v", row.path, err)
		}
	}
	if err := call("/ok"); err != nil {
		t.Errorf("/ok: %v", err)
	}
	p, ok := errors.AsType[*problem.Problem](call("/rate"))
	if !ok || p.RetryAfter != time.Minute {
		t.Errorf("/rate: %+v", p)
	}
	for path, want := range map[string]string{"/sign": `Bearer realm="api"`, "/proxy": `Basic realm="proxy", charset="UTF-8"`} {
		p, ok := errors.AsType[*problem.Problem](call(path))
		if !ok || len(p.Challenges) != 1 || p.Challenges[0].String() != want {
			t.Errorf("%s: %+v", path, p)
		}
	}
}
