package denytwirp_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twitchtv/twirp"
	"github.com/twitchtv/twirp/example"

	denytwirp "github.com/denial-go/denial/adapters/twirp"
	"github.com/denial-go/denial/internal/adaptertest"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

func known(t testing.TB) *problem.Set {
	t.Helper()
	s, err := problem.NewSet(problem.Common()...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// hats is the service of Twirp's own example.
type hats struct{ err func(context.Context) error }

func (h hats) MakeHat(ctx context.Context, _ *example.Size) (*example.Hat, error) {
	return &example.Hat{}, h.err(ctx)
}

func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// service starts the service with what it is denied by.
func service(t testing.TB, deny denytwirp.Server, err func(context.Context) error, opts ...any) string {
	t.Helper()
	mux := http.NewServeMux()
	h := example.NewHaberdasherServer(hats{err}, append(opts, twirp.WithServerInterceptors(deny.Interceptor))...)
	mux.Handle(h.PathPrefix(), h)
	return serve(t, deny.Middleware(mux))
}

// call makes the call with both clients, and returns what they got by name.
func call(t testing.TB, ctx context.Context, url string, known *problem.Set, header http.Header) map[string]error {
	t.Helper()
	ctx, err := twirp.WithHTTPRequestHeaders(ctx, header)
	if err != nil {
		t.Fatal(err)
	}
	opt := twirp.WithClientInterceptors(denytwirp.Client{Known: known}.Interceptor)
	_, one := example.NewHaberdasherProtobufClient(url, http.DefaultClient, opt).MakeHat(ctx, &example.Size{Inches: 1})
	_, two := example.NewHaberdasherJSONClient(url, http.DefaultClient, opt).MakeHat(ctx, &example.Size{Inches: 1})
	return map[string]error{"protobuf": one, "json": two}
}

func returns(err error) func(context.Context) error {
	return func(context.Context) error { return err }
}

var denials = []struct {
	name string
	err  error
	code twirp.ErrorCode
}{
	{"sign-in", problem.SignInRequired, twirp.Unauthenticated},
	{"scope", problem.NeedScope("reports.read"), twirp.PermissionDenied},
	{"cloaked", problem.Cloak(problem.NeedRole("secret")), twirp.NotFound},
	{"rate", problem.RetryIn(problem.RateLimited, 30*time.Second), twirp.ResourceExhausted},
	{"maintenance", problem.Maintenance, twirp.Unavailable},
	{"payment", problem.BillingProblem, twirp.FailedPrecondition},
	{"wrapped", fmt.Errorf("secret: %w", problem.OutsideHours.Because(errors.New("secret"))), twirp.PermissionDenied},
	{"in an error of Twirp", twirp.InternalErrorWith(problem.NotOwner), twirp.PermissionDenied},
	{"joined", errors.Join(problem.EmailUnverified, problem.TokenExpired), twirp.Unauthenticated},
	{"nonce", problem.NeedDPoPNonce("n-1"), twirp.Unauthenticated},
	{"proxy", &problem.Problem{Reason: problem.ProxyAuthRequired, Challenges: []problem.Challenge{problem.Basic("p")}}, twirp.Unauthenticated},
	{"two challenges", &problem.Problem{Reason: problem.SignInRequired, Challenges: []problem.Challenge{problem.Bearer("a, b"), problem.Basic("c")}}, twirp.Unauthenticated},
}

func TestDenials(t *testing.T) {
	header := http.Header{"Accept-Language": {"de"}, "Authorization": {"Bearer x"}}
	for _, tt := range denials {
		url := service(t, denytwirp.Server{}, returns(tt.err))
		for kind, err := range call(t, t.Context(), url, known(t), header) {
			t.Run(tt.name+"/"+kind, func(t *testing.T) {
				want := problem.From(tt.err)
				if !errors.Is(err, want.Reason) {
					t.Fatalf("got %v, want %v", err, want.Reason)
				}
				for _, a := range want.Also {
					if !errors.Is(err, a.Reason) {
						t.Errorf("%v is missing in %v", a.Reason, err)
					}
				}
				e, ok := errors.AsType[*denytwirp.Error](err)
				if !ok {
					t.Fatalf("got %T", err)
				}
				p := e.Problem()
				v := (&render.Renderer{}).View(render.Request{Method: "POST", Header: header}, tt.err)
				if e.Code() != tt.code || e.Msg() != v.Detail || p.Detail != v.Detail || p.RetryAfter != v.RetryAfter {
					t.Errorf("got %v, %q, %q, %v; want %v, %q, %v", e.Code(), e.Msg(), p.Detail, p.RetryAfter, tt.code, v.Detail, v.RetryAfter)
				}
				if e.Meta("code") != want.Reason.Code() || e.Meta("status") != fmt.Sprint(v.Status) || e.Meta("type") != "about:blank" || e.Meta("language") != "de" {
					t.Errorf("metadata %v", e.MetaMap())
				}
				if diff := cmp.Diff(v.Challenges, p.Challenges); diff != "" {
					t.Errorf("challenges differ (-want +got):\n%s", diff)
				}
				if all := fmt.Sprint(e.Msg(), e.MetaMap(), e.Error()); strings.Contains(all, "secret") {
					t.Errorf("a secret went out: %s", all)
				}
				if more := e.WithMeta("x", "y"); more.Meta("x") != "y" || !errors.Is(more, want.Reason) {
					t.Errorf("with one more value: %v", more)
				}
			})
		}
	}
}

// What is on the wire: Twirp's JSON, and header fields.
func TestResponse(t *testing.T) {
	for _, tt := range denials {
		t.Run(tt.name, func(t *testing.T) {
			deny := denytwirp.Server{}
			for name, url := range map[string]string{
				"interceptor": service(t, deny, returns(tt.err)),
				"hook": service(t, deny, returns(nil), twirp.WithServerHooks(deny.Hooks(&twirp.ServerHooks{
					RequestRouted: func(ctx context.Context) (context.Context, error) { return ctx, tt.err },
				}))),
				"early hook": service(t, deny, returns(nil), twirp.WithServerHooks(deny.Hooks(&twirp.ServerHooks{
					RequestReceived: func(ctx context.Context) (context.Context, error) { return ctx, tt.err },
				}))),
				"write": serve(t, deny.Middleware(deny.Handler(tt.err))),
			} {
				resp, err := http.Post(url+example.HaberdasherPathPrefix+"MakeHat", "application/json", strings.NewReader("{}"))
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil {
					t.Fatal(err)
				}
				want := (&render.Renderer{}).Render(render.Request{Method: "POST", Format: render.JSON}, tt.err)
				if resp.StatusCode != twirp.ServerHTTPStatusFromErrorCode(tt.code) || resp.Header.Get("Content-Type") != "application/json" || !strings.HasPrefix(string(body), `{"code":"`+string(tt.code)) {
					t.Errorf("%s: got %d %v %s", name, resp.StatusCode, resp.Header, body)
				}
				for _, field := range []string{"Www-Authenticate", "Proxy-Authenticate", "Retry-After", "Dpop-Nonce", "Content-Language"} {
					if diff := cmp.Diff(want.Header[field], resp.Header[field]); diff != "" {
						t.Errorf("%s: %s differs (-want +got):\n%s", name, field, diff)
					}
				}
				if strings.Contains(fmt.Sprint(resp.Header, string(body)), "secret") {
					t.Errorf("%s: a secret went out: %v %s", name, resp.Header, body)
				}
			}
		})
	}
}

type loop struct{}

func (l *loop) Error() string { return "secret" }
func (l *loop) Unwrap() error { return l }

type panics struct{}

func (*panics) Error() string { return "secret" }
func (*panics) Unwrap() error { panic("no") }

// noError has a code that Twirp would send with status 200.
type noError struct{}

func (noError) Error() string                         { return "secret" }
func (noError) Msg() string                           { return "secret" }
func (noError) Meta(string) string                    { return "" }
func (noError) MetaMap() map[string]string            { return nil }
func (e noError) WithMeta(string, string) twirp.Error { return e }
func (noError) Code() twirp.ErrorCode                 { return twirp.NoError }

// What is no denial.
func TestOtherErrors(t *testing.T) {
	tests := []struct {
		name string
		err  error
		code twirp.ErrorCode
		msg  string
		meta map[string]string
	}{
		{"an error of Twirp", twirp.InvalidArgumentError("inches", "is negative"), twirp.InvalidArgument, "inches is negative", map[string]string{"argument": "inches"}},
		{"wrapped", fmt.Errorf("secret: %w", twirp.NotFoundError("no such hat")), twirp.NotFound, "no such hat", nil},
		{"bare", errors.New("secret"), twirp.Internal, "Internal Server Error", nil},
		{"canceled", fmt.Errorf("secret: %w", context.Canceled), twirp.Canceled, "context canceled", nil},
		{"deadline", fmt.Errorf("secret: %w", context.DeadlineExceeded), twirp.DeadlineExceeded, "context deadline exceeded", nil},
		{"a code of success", noError{}, twirp.Internal, "Internal Server Error", nil},
		{"loop", &loop{}, twirp.Internal, "Internal Server Error", nil},
		{"panics", &panics{}, twirp.Internal, "Internal Server Error", nil},
		{"nil Error", (*denytwirp.Error)(nil), twirp.Internal, "Internal Server Error", nil},
		{"nil Problem", (*problem.Problem)(nil), twirp.PermissionDenied, "Forbidden", nil},
	}
	for _, tt := range tests {
		url := service(t, denytwirp.Server{}, returns(tt.err))
		for kind, err := range call(t, t.Context(), url, known(t), nil) {
			t.Run(tt.name+"/"+kind, func(t *testing.T) {
				e, ok := errors.AsType[twirp.Error](err)
				if !ok {
					t.Fatalf("got %v", err)
				}
				if e.Code() != tt.code || e.Msg() != tt.msg || !cmp.Equal(e.MetaMap(), tt.meta) && len(e.MetaMap())+len(tt.meta) > 0 {
					t.Errorf("got %v, %q, %v", e.Code(), e.Msg(), e.MetaMap())
				}
				if p, ok := problem.Find(err); ok {
					t.Errorf("the client reads %v", p)
				}
			})
		}
	}
}

func TestSuccess(t *testing.T) {
	for kind, err := range call(t, t.Context(), service(t, denytwirp.Server{}, returns(nil)), nil, nil) {
		if err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
	deny := denytwirp.Server{}
	if deny.Hooks(nil) != nil {
		t.Error("hooks came from nowhere")
	}
	if h := deny.Hooks(&twirp.ServerHooks{}); h.RequestReceived != nil || h.RequestRouted != nil {
		t.Error("hooks came from nowhere")
	}
}

// Interceptors outside see what the method returned, and Request has its say.
func TestOutside(t *testing.T) {
	cause := errors.New("secret")
	var seen error
	deny := denytwirp.Server{Request: func(_ context.Context, req *render.Request) {
		req.Language, req.Instance = "ja", "urn:call:"+strings.TrimPrefix(req.Target, "/")
	}}
	url := service(t, deny, returns(problem.TokenExpired.Because(cause)), twirp.WithServerInterceptors(func(next twirp.Method) twirp.Method {
		return func(ctx context.Context, req any) (any, error) {
			resp, err := next(ctx, req)
			seen = err
			return resp, err
		}
	}))
	err := call(t, t.Context(), url, known(t), nil)["json"]
	if !errors.Is(seen, problem.TokenExpired) || !errors.Is(seen, cause) {
		t.Errorf("seen %v", seen)
	}
	v := (&render.Renderer{}).View(render.Request{Language: "ja"}, problem.TokenExpired)
	if p := problem.From(err); p.Detail != v.Detail || p.Instance != "urn:call:"+example.HaberdasherPathPrefix[1:]+"MakeHat" {
		t.Errorf("got %q, %q", p.Detail, p.Instance)
	}
}

// A Request that panics costs the caller's setting, and not the denial.
func TestRequestPanics(t *testing.T) {
	deny := denytwirp.Server{Request: func(_ context.Context, req *render.Request) {
		req.Language = "ja"
		panic("no session")
	}}
	for _, err := range call(t, t.Context(), service(t, deny, returns(problem.EmailUnverified)), known(t), nil) {
		v := (&render.Renderer{}).View(render.Request{}, problem.EmailUnverified)
		if p := problem.From(err); !errors.Is(err, problem.EmailUnverified) || p.Detail != v.Detail {
			t.Errorf("got %v", err)
		}
	}
}

// A denial that the program made of a service's error hides it.
func TestHidden(t *testing.T) {
	c := denytwirp.Client{Known: known(t)}
	url := service(t, denytwirp.Server{}, returns(problem.NeedRole("auditor")))
	_, backend := example.NewHaberdasherJSONClient(url, http.DefaultClient).MakeHat(t.Context(), &example.Size{})
	if p := problem.From(c.Read(backend)); p.Reason != problem.RoleMissing {
		t.Fatalf("the service said %v", backend)
	}
	answer := func(err error) string {
		e, header := denytwirp.Server{}.Error(nil, err)
		return fmt.Sprintln(e.Code(), e.Msg(), e.MetaMap(), header)
	}
	tests := []struct {
		name string
		err  error
		want problem.Reason
	}{
		{"cause", problem.NotFound.Because(backend), problem.NotFound},
		{"cloaked", problem.Cloak(backend), problem.NotFound},
		{"cloaked, read before", problem.Cloak(c.Read(backend)), problem.NotFound},
		{"cause, with a denial of its own", problem.SignInRequired.Because(backend), problem.SignInRequired},
		{"wrapped", fmt.Errorf("calling B: %w", problem.NotFound.Because(backend)), problem.NotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := c.Read(tt.err)
			if diff := cmp.Diff(answer(tt.want), answer(err)); diff != "" {
				t.Errorf("the answer differs from that of %s (-want +got):\n%s", tt.want.Code(), diff)
			}
			if !errors.Is(err, backend) {
				t.Errorf("the log does not see the error: %v", err)
			}
		})
	}
}

// What was wrapped around the error of a call stays there.
func TestReadKeepsWrapping(t *testing.T) {
	url := service(t, denytwirp.Server{}, returns(problem.EmailUnverified))
	_, backend := example.NewHaberdasherJSONClient(url, http.DefaultClient).MakeHat(t.Context(), &example.Size{})
	outer := errors.New("calling the hatter")
	err := denytwirp.Client{Known: known(t)}.Read(fmt.Errorf("%w: %w", outer, backend))
	if !errors.Is(err, outer) || !errors.Is(err, problem.EmailUnverified) || !errors.Is(err, backend) {
		t.Errorf("got %v", err)
	}
}

func TestReadNil(t *testing.T) {
	if err := (denytwirp.Client{}).Read((*denytwirp.Error)(nil)); err != (*denytwirp.Error)(nil) {
		t.Errorf("got %v, want what was given", err)
	}
}

// A value of the metadata that is broken spoils itself, and no more.
func TestBrokenMeta(t *testing.T) {
	whole, _ := denytwirp.Server{}.Error(nil, problem.RetryIn(problem.RateLimited, time.Minute))
	with := func(e twirp.Error, pairs ...string) twirp.Error {
		for i := 0; i < len(pairs); i += 2 {
			e = e.WithMeta(pairs[i], pairs[i+1])
		}
		return e
	}
	plain := twirp.ResourceExhausted.Error("x")
	tests := []struct {
		name string
		err  twirp.Error
		ok   bool
	}{
		{"whole", whole, true},
		{"no JSON", with(whole, "problem", "<html>"), true},
		{"another denial", with(whole, "problem", `{"code":"not-found"}`), true},
		{"no wait", with(whole, "retry_after", "soon"), true},
		{"broken challenges", with(whole, "www_authenticate", `Bearer realm="`), true},
		{"no document", with(plain, "code", "rate-limited", "status", "429"), true},
		{"a code of its own", with(plain, "code", "rate-limited"), false},
		{"nothing", plain, false},
		{"a problem before the service", with(plain, "http_error_from_intermediary", "true", "body", `{"code":"rate-limited","status":429}`), true},
		{"a page before the service", with(plain, "http_error_from_intermediary", "true", "body", `<html>`), false},
	}
	c := denytwirp.Client{Known: known(t)}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := c.Read(tt.err)
			if errors.Is(got, problem.RateLimited) != tt.ok {
				t.Errorf("got %v", got)
			}
			if !tt.ok && got != error(tt.err) {
				t.Errorf("an error without a denial was changed to %v", got)
			}
			if again := c.Read(got); again != got {
				t.Errorf("read twice: %v", again)
			}
		})
	}
	if c.Read(nil) != nil {
		t.Error("nil became an error")
	}
	foreign := errors.New("x")
	if c.Read(foreign) != foreign {
		t.Error("a foreign error was changed")
	}
}

// A problem that middleware before the service wrote is read too.
func TestBeforeTheService(t *testing.T) {
	url := serve(t, (&render.Renderer{}).Handler(problem.RateLimited))
	for kind, err := range call(t, t.Context(), url, known(t), nil) {
		if !errors.Is(err, problem.RateLimited) {
			t.Errorf("%s: got %v", kind, err)
		}
	}
}

func TestIsCall(t *testing.T) {
	tests := []struct {
		method, path, contentType string
		paths                     []string
		want                      bool
	}{
		{"POST", "/twirp/a.B/C", "application/json", nil, true},
		{"POST", "/twirp/a.B/C", "Application/Protobuf; x=y", nil, true},
		{"GET", "/twirp/a.B/C", "application/json", nil, false},
		{"POST", "/twirp/a.B/C", "text/plain", nil, false},
		{"POST", "/twirp/a.B/C", "", nil, false},
		{"POST", "/other", "application/json", nil, false},
		{"POST", "/rpc/a.B/C", "application/json", []string{"/rpc/"}, true},
		{"POST", "/twirp/a.B/C", "application/json", []string{"/rpc/"}, false},
	}
	for _, tt := range tests {
		r := httptest.NewRequest(tt.method, tt.path, nil)
		r.Header.Set("Content-Type", tt.contentType)
		if got := (denytwirp.Server{Paths: tt.paths}).IsCall(r); got != tt.want {
			t.Errorf("%+v: got %v", tt, got)
		}
	}
}

func TestCode(t *testing.T) {
	for status := -1; status < 1000; status++ {
		c := denytwirp.Code(status)
		if c == twirp.NoError || !twirp.IsValidErrorCode(c) {
			t.Errorf("%d: got %q", status, c)
		}
		// The statuses that Twirp has come back as themselves, but for what it
		// has no code for.
		if back := twirp.ServerHTTPStatusFromErrorCode(c); problem.StatusText(status) != "" && back/100 != status/100 && status != 425 && status != 504 && status != 511 && status != 507 && status != 405 {
			t.Errorf("%d becomes %d", status, back)
		}
	}
	for _, status := range []int{400, 401, 403, 404, 408, 409, 412, 429, 500, 501, 503} {
		if back := twirp.ServerHTTPStatusFromErrorCode(denytwirp.Code(status)); back != status {
			t.Errorf("%d becomes %d", status, back)
		}
	}
}

func TestCodesOverHTTP(t *testing.T) {
	for _, code := range []twirp.ErrorCode{
		twirp.Canceled, twirp.Unknown, twirp.InvalidArgument, twirp.Malformed, twirp.DeadlineExceeded, twirp.NotFound, twirp.BadRoute, twirp.AlreadyExists,
		twirp.PermissionDenied, twirp.Unauthenticated, twirp.ResourceExhausted, twirp.FailedPrecondition, twirp.Aborted, twirp.OutOfRange, twirp.Unimplemented,
		twirp.Internal, twirp.Unavailable, twirp.DataLoss,
	} {
		w := httptest.NewRecorder()
		denytwirp.Server{}.Write(w, httptest.NewRequest("GET", "/", nil), code.Error("secret"))
		if want := twirp.ServerHTTPStatusFromErrorCode(code); w.Code != want || strings.Contains(w.Body.String(), "secret") || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%v: got %d %v %s, want %d", code, w.Code, w.Header(), w.Body, want)
		}
	}
	for _, err := range []error{fmt.Errorf("secret: %w", context.Canceled), fmt.Errorf("secret: %w", context.DeadlineExceeded), &loop{}, nil, errors.New("secret"), noError{}} {
		w := httptest.NewRecorder()
		denytwirp.Server{}.Write(w, httptest.NewRequest("GET", "/", nil), err)
		if w.Code < 400 || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%v: got %d %s", err, w.Code, w.Body)
		}
	}
}

// Bare errors become denials, and other answers stay.
func TestMiddleware(t *testing.T) {
	deny := denytwirp.Server{}
	mux := http.NewServeMux()
	h := example.NewHaberdasherServer(hats{returns(nil)})
	mux.Handle(h.PathPrefix(), h)
	mux.HandleFunc("/basic", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
		http.Error(w, "secret", http.StatusUnauthorized)
	})
	mux.HandleFunc("/wait", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	mux.Handle("/renderer", (&render.Renderer{}).Handler(problem.NotOwner))
	mux.HandleFunc("/flush", func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, "own")
	})
	url := serve(t, deny.Middleware(mux))
	tests := []struct {
		path, accept string
		status       int
		body         string
		field, value string
	}{
		{example.HaberdasherPathPrefix + "MakeHat", "text/html", 404, `"code":"bad_route"`, "Content-Type", "application/json"},
		{"/nowhere", "text/html", 404, "<h1", "Cache-Control", "no-store"},
		{"/basic", "", 401, `"code":"sign-in-required"`, "Www-Authenticate", `Basic realm="x"`},
		{"/wait", "", 503, `"title":"Service Unavailable"`, "Retry-After", "7"},
		{"/renderer", "text/plain", 403, "(not-owner)", "Content-Language", "en"},
		{"/flush", "", 200, "own", "Cache-Control", ""},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if tt.accept != "" {
				req.Header.Set("Accept", tt.accept)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tt.status || !strings.Contains(string(body), tt.body) || strings.Contains(string(body), "secret") {
				t.Errorf("got %d %s", resp.StatusCode, body)
			}
			if got := resp.Header.Get(tt.field); got != tt.value {
				t.Errorf("%s is %q, want %q", tt.field, got, tt.value)
			}
		})
	}
}

// TestWriteTwice is about an answer that has begun: it stays, also that to a call.
func TestWriteTwice(t *testing.T) {
	deny := denytwirp.Server{}
	h := example.NewHaberdasherServer(hats{returns(problem.SignInRequired)}, twirp.WithServerInterceptors(deny.Interceptor))
	first := map[string]http.HandlerFunc{
		"Write":   func(w http.ResponseWriter, r *http.Request) { deny.Write(w, r, problem.SignInRequired) },
		"handler": h.ServeHTTP,
		"own": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"color":"red"}`)
		},
	}
	for _, path := range []string{example.HaberdasherPathPrefix + "MakeHat", "/other"} {
		for name, answer := range first {
			t.Run(path+"/"+name, func(t *testing.T) {
				exchange := func(again bool) (int, http.Header, string, string) {
					var complaints bytes.Buffer
					s := httptest.NewUnstartedServer(deny.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						answer(w, r)
						if again {
							deny.Write(w, r, problem.EmailUnverified)
						}
					})))
					s.Config.ErrorLog = log.New(&complaints, "", 0)
					s.Start()
					resp, err := http.Post(s.URL+path, "application/json", strings.NewReader("{}"))
					if err != nil {
						t.Fatal(err)
					}
					body, err := io.ReadAll(resp.Body)
					if err != nil {
						t.Fatal(err)
					}
					resp.Body.Close()
					s.Close()
					resp.Header.Del("Date")
					return resp.StatusCode, resp.Header, string(body), complaints.String()
				}
				wantStatus, wantHeader, wantBody, _ := exchange(false)
				status, header, body, complaints := exchange(true)
				if diff := cmp.Diff(wantHeader, header) + cmp.Diff(wantBody, body); diff != "" || status != wantStatus {
					t.Errorf("the second denial changes the answer %d to %d:\n%s", wantStatus, status, diff)
				}
				if !strings.Contains(complaints, "POST "+path+" failed after its answer had begun: denied: 403 email-unverified") {
					t.Errorf("the log says %q", complaints)
				}
			})
		}
	}
}

// TestHijack is about a connection that a handler has taken over, as those of
// WebSockets are.
func TestHijack(t *testing.T) {
	deny := denytwirp.Server{}
	h := deny.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(conn, "HTTP/1.1 299 Mine\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		conn.Close()
		deny.Write(w, r, problem.SignInRequired)
	}))
	var running sync.WaitGroup
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		running.Add(1)
		defer running.Done()
		h.ServeHTTP(w, r)
	}))
	var complaints bytes.Buffer
	server.Config.ErrorLog = log.New(&complaints, "", 0)
	server.Start()
	resp, err := server.Client().Get(server.URL + "/socket")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	running.Wait()
	server.Close()
	if resp.StatusCode != 299 {
		t.Errorf("got %d", resp.StatusCode)
	}
	if said := complaints.String(); !strings.Contains(said, "GET /socket failed after its answer had begun") || strings.Contains(said, "hijacked") {
		t.Errorf("the log says %q", said)
	}
}

func TestWriteAfterTimeout(t *testing.T) {
	adaptertest.WriteAfterTimeout(t, denytwirp.Server{}, "/twirp/a.B/C", "/other")
}

func TestWriteInside(t *testing.T) { adaptertest.WriteInside(t, denytwirp.Server{}) }
