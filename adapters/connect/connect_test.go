package denyconnect_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"connectrpc.com/connect"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	denyconnect "github.com/denial-go/denial/adapters/connect"
	"github.com/denial-go/denial/internal/adaptertest"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

func noop(context.Context, *emptypb.Empty) (*emptypb.Empty, error) { return &emptypb.Empty{}, nil }

func known(t testing.TB) *problem.Set {
	t.Helper()
	s, err := problem.NewSet(problem.Common()...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The procedures of the test service. One is unary, with no side effects, so
// that it can be called by GET, and one sends a message before the error.
const (
	unary  = "/test.v1.Test/Unary"
	stream = "/test.v1.Test/Stream"
)

// service returns the handlers of a service that fails with err.
func service(deny denyconnect.Server, err func(context.Context) error) http.Handler {
	mux := http.NewServeMux()
	opts := []connect.HandlerOption{connect.WithInterceptors(deny), connect.WithRecover(deny.Recover), connect.WithIdempotency(connect.IdempotencyNoSideEffects)}
	mux.Handle(unary, connect.NewUnaryHandlerSimple(unary, func(ctx context.Context, _ *wrapperspb.StringValue) (*wrapperspb.StringValue, error) {
		return wrapperspb.String("fine"), err(ctx)
	}, opts...))
	mux.Handle(stream, connect.NewServerStreamHandler(stream, func(ctx context.Context, _ *connect.Request[wrapperspb.StringValue], s *connect.ServerStream[wrapperspb.StringValue]) error {
		if e := s.Send(wrapperspb.String("first")); e != nil {
			return e
		}
		return err(ctx)
	}, opts...))
	return deny.Middleware(mux)
}

func serve(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// protocols are those that one handler speaks.
var protocols = map[string][]connect.ClientOption{
	"connect":      nil,
	"connect json": {connect.WithProtoJSON()},
	"connect get":  {connect.WithHTTPGet()},
	"grpc":         {connect.WithGRPC()},
	"grpc-web":     {connect.WithGRPCWeb()},
}

// call makes both calls.
func call(t testing.TB, ctx context.Context, s *httptest.Server, header http.Header, opts ...connect.ClientOption) map[string]error {
	t.Helper()
	out := map[string]error{}
	req := func() *connect.Request[wrapperspb.StringValue] {
		r := connect.NewRequest(wrapperspb.String("x"))
		for name, values := range header {
			r.Header()[name] = values
		}
		return r
	}
	opts = append([]connect.ClientOption{connect.WithIdempotency(connect.IdempotencyNoSideEffects)}, opts...)
	_, out["unary"] = connect.NewClient[wrapperspb.StringValue, wrapperspb.StringValue](s.Client(), s.URL+unary, opts...).CallUnary(ctx, req())
	c := connect.NewClient[wrapperspb.StringValue, wrapperspb.StringValue](s.Client(), s.URL+stream, opts...)
	messages, err := c.CallServerStream(ctx, req())
	if err != nil {
		out["stream"] = err
		return out
	}
	defer messages.Close()
	for messages.Receive() {
	}
	out["stream"] = messages.Err()
	return out
}

func returns(err error) func(context.Context) error {
	return func(context.Context) error { return err }
}

func TestDenials(t *testing.T) {
	tests := []struct {
		name string
		err  error
		code connect.Code
	}{
		{"sign-in", problem.SignInRequired, connect.CodeUnauthenticated},
		{"scope", problem.NeedScope("reports.read"), connect.CodePermissionDenied},
		{"cloaked", problem.Cloak(problem.NeedRole("secret")), connect.CodeNotFound},
		{"rate", problem.RetryIn(problem.RateLimited, 30*time.Second), connect.CodeResourceExhausted},
		{"maintenance", problem.Maintenance, connect.CodeUnavailable},
		{"payment", problem.BillingProblem, connect.CodeFailedPrecondition},
		{"wrapped", fmt.Errorf("secret: %w", problem.OutsideHours.Because(errors.New("secret"))), connect.CodePermissionDenied},
		{"joined", errors.Join(problem.EmailUnverified, problem.TokenExpired), connect.CodeUnauthenticated},
		{"nonce", problem.NeedDPoPNonce("n-1"), connect.CodeUnauthenticated},
		{"two challenges", &problem.Problem{Reason: problem.SignInRequired, Challenges: []problem.Challenge{problem.Bearer("a"), problem.Basic("b")}}, connect.CodeUnauthenticated},
	}
	c := denyconnect.Client{Known: known(t)}
	for _, tt := range tests {
		s := serve(t, service(denyconnect.Server{}, returns(tt.err)))
		for protocol, opts := range protocols {
			header := http.Header{"Accept-Language": {"de"}, "Authorization": {"Bearer x"}}
			for kind, err := range call(t, t.Context(), s, header, append(opts, connect.WithInterceptors(c))...) {
				t.Run(tt.name+"/"+protocol+"/"+kind, func(t *testing.T) {
					if got := connect.CodeOf(err); got != tt.code {
						t.Errorf("code %v, want %v: %v", got, tt.code, err)
					}
					want := problem.From(tt.err)
					if !errors.Is(err, want.Reason) {
						t.Fatalf("got %v, want %v", err, want.Reason)
					}
					for _, a := range want.Also {
						if !errors.Is(err, a.Reason) {
							t.Errorf("%v is missing in %v", a.Reason, err)
						}
					}
					e, ok := errors.AsType[*denyconnect.Error](err)
					if !ok {
						t.Fatalf("got %T", err)
					}
					p := e.Problem()
					v := (&render.Renderer{}).View(render.Request{Method: "POST", Header: header}, tt.err)
					if p.Detail != v.Detail || p.RetryAfter != v.RetryAfter {
						t.Errorf("got %q, %v; want %q, %v", p.Detail, p.RetryAfter, v.Detail, v.RetryAfter)
					}
					var lines, sent []string
					for _, c := range v.Challenges {
						lines = append(lines, c.String())
					}
					for _, c := range p.Challenges {
						sent = append(sent, c.String())
					}
					ce, ok := errors.AsType[*connect.Error](err)
					if !ok {
						t.Fatal("no connect.Error")
					}
					if diff := cmp.Diff(lines, ce.Meta().Values("WWW-Authenticate")); diff != "" && len(lines) > 0 && protocol != "grpc" {
						t.Errorf("metadata differs (-want +got):\n%s", diff)
					}
					if diff := cmp.Diff(lines, sent); diff != "" {
						t.Errorf("challenges differ (-want +got):\n%s", diff)
					}
					if tt.name == "nonce" && ce.Meta().Get("DPoP-Nonce") != "n-1" {
						t.Errorf("metadata %v", ce.Meta())
					}
					all := fmt.Sprint(ce.Message(), ce.Meta())
					for _, d := range ce.Details() {
						all += string(d.Bytes())
					}
					if strings.Contains(all, "secret") {
						t.Errorf("a secret went out: %s", all)
					}
				})
			}
		}
	}
}

// The unary Connect protocol is HTTP: status, challenges and no caching.
func TestUnaryIsHTTP(t *testing.T) {
	s := serve(t, service(denyconnect.Server{}, returns(problem.TokenExpired)))
	for _, get := range []bool{true, false} {
		var resp *http.Response
		var err error
		if get {
			resp, err = s.Client().Get(s.URL + unary + "?connect=v1&encoding=json&message=%22x%22")
		} else {
			resp, err = s.Client().Post(s.URL+unary, "application/json", strings.NewReader(`"x"`))
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != 401 || resp.Header.Get("WWW-Authenticate") == "" || !strings.Contains(string(body), `"code":"unauthenticated"`) {
			t.Errorf("get %v: got %d %v %s", get, resp.StatusCode, resp.Header, body)
		}
		if get && resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("get: got %v", resp.Header)
		}
	}
}

// What a status of HTTP asks for comes with it: a wait to be told, and challenges
// with a 401.
func TestStatusHasItsFields(t *testing.T) {
	client := denyconnect.Client{Known: known(t)}
	for _, tt := range []struct {
		err    error
		code   connect.Code // of Connect
		rpc    connect.Code // of gRPC
		status int
		field  string
		value  string
	}{
		{problem.RetryIn(problem.RateLimited, time.Minute), connect.CodeResourceExhausted, connect.CodeResourceExhausted, 429, "Retry-After", "60"},
		{problem.RetryIn(problem.Maintenance, 1500*time.Millisecond), connect.CodeUnavailable, connect.CodeUnavailable, 503, "Retry-After", "2"},
		{problem.ForStatus(429), connect.CodeResourceExhausted, connect.CodeResourceExhausted, 429, "Retry-After", ""},
		{&problem.Problem{Reason: problem.ProxyAuthRequired, Challenges: []problem.Challenge{problem.Basic("proxy")}}, connect.CodeFailedPrecondition, connect.CodeUnauthenticated, 400, "Proxy-Authenticate", problem.Basic("proxy").String()},
		{problem.ForStatus(511), connect.CodeFailedPrecondition, connect.CodeUnauthenticated, 400, "WWW-Authenticate", ""},
	} {
		deny := denyconnect.Server{Paths: []string{"/test.v1.Test/"}}
		for name, s := range map[string]*httptest.Server{
			"handler": serve(t, service(deny, returns(tt.err))),
			"Write":   serve(t, deny.Middleware(deny.Handler(tt.err))),
		} {
			resp, err := s.Client().Post(s.URL+unary, "application/json", strings.NewReader(`"x"`))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if got := resp.Header.Get(tt.field); resp.StatusCode != tt.status || got != tt.value {
				t.Errorf("%s, %v: got %d %v", name, tt.err, resp.StatusCode, resp.Header)
			}
			for protocol, opts := range protocols {
				want := tt.code
				if strings.HasPrefix(protocol, "grpc") {
					want = tt.rpc
				}
				for kind, err := range call(t, t.Context(), s, nil, append(opts, connect.WithInterceptors(client))...) {
					e, ok := errors.AsType[*connect.Error](err)
					if reason := problem.From(tt.err).Reason; !ok || e.Code() != want || reason.Code() != "" && !errors.Is(err, reason) {
						t.Errorf("%s, %v, %s, %s: got %v", name, tt.err, protocol, kind, err)
						continue
					}
					// net/http sends no Retry-After as a trailer.
					if got := e.Meta().Get("Retry-After"); tt.field == "Retry-After" && (got == tt.value) != (protocol != "grpc" || tt.value == "") {
						t.Errorf("%s, %v, %s, %s: Retry-After is %q", name, tt.err, protocol, kind, got)
					}
				}
			}
		}
	}
}

type loop struct{}

func (l *loop) Error() string { return "secret" }
func (l *loop) Unwrap() error { return l }

// What is no denial.
func TestOtherErrors(t *testing.T) {
	made := connect.NewError(connect.CodeInvalidArgument, errors.New("name is empty"))
	made.Meta().Set("X-Own", "1")
	detail, err := connect.NewErrorDetail(&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{{Field: "name"}}})
	if err != nil {
		t.Fatal(err)
	}
	made.AddDetail(detail)
	tests := []struct {
		name    string
		err     func(context.Context) error
		code    connect.Code
		message string
		details int
	}{
		{"connect error", returns(made), connect.CodeInvalidArgument, "name is empty", 1},
		{"wrapped", returns(fmt.Errorf("secret: %w", made)), connect.CodeInvalidArgument, "name is empty", 1},
		{"bare", returns(errors.New("secret")), connect.CodeUnknown, "Internal Server Error", 0},
		{"canceled", returns(fmt.Errorf("secret: %w", context.Canceled)), connect.CodeCanceled, "context canceled", 0},
		{"deadline", returns(fmt.Errorf("secret: %w", context.DeadlineExceeded)), connect.CodeDeadlineExceeded, "context deadline exceeded", 0},
		{"a code of success", returns(connect.NewError(0, errors.New("secret"))), connect.CodeUnknown, "Internal Server Error", 0},
		{"a code that does not exist", returns(connect.NewError(99, errors.New("secret"))), connect.CodeUnknown, "Internal Server Error", 0},
		{"loop", returns(&loop{}), connect.CodeUnknown, "Internal Server Error", 0},
		{"nil Problem", returns((*problem.Problem)(nil)), connect.CodePermissionDenied, "Forbidden", 0},
		{"panic", func(context.Context) error { panic("secret") }, connect.CodeUnknown, "Internal Server Error", 0},
	}
	c := denyconnect.Client{Known: known(t)}
	for _, tt := range tests {
		s := serve(t, service(denyconnect.Server{}, tt.err))
		for protocol, opts := range protocols {
			for kind, err := range call(t, t.Context(), s, nil, append(opts, connect.WithInterceptors(c))...) {
				t.Run(tt.name+"/"+protocol+"/"+kind, func(t *testing.T) {
					e, ok := errors.AsType[*connect.Error](err)
					if !ok {
						t.Fatalf("got %v", err)
					}
					if e.Code() != tt.code || e.Message() != tt.message || len(e.Details()) != tt.details {
						t.Errorf("got %v, %q, %d details", e.Code(), e.Message(), len(e.Details()))
					}
					if p, ok := problem.Find(err); ok {
						t.Errorf("the client reads %v", p)
					}
				})
			}
		}
	}
}

// Connect's options are in the order in which they wrap each other, which is
// easily the wrong one.
func TestOrderOfRecover(t *testing.T) {
	for _, panicked := range []struct {
		with any
		want string
	}{
		{"secret", "500 " + `{"code":"unknown","message":"Internal Server Error"}`},
		{errors.New("secret"), "500 " + `{"code":"unknown","message":"Internal Server Error"}`},
		{connect.NewError(connect.CodeDataLoss, errors.New("as it is")), "500 " + `{"code":"data_loss","message":"as it is"}`},
		{problem.NotOwner, "403 "},
		{problem.Cloak(problem.NotOwner), "404 "},
	} {
		var bodies []string
		faults := 0
		r, err := render.New(render.Config{OnFault: func(error) { faults++ }})
		if err != nil {
			t.Fatal(err)
		}
		deny := denyconnect.Server{Renderer: r}
		for _, opts := range [][]connect.HandlerOption{
			{connect.WithRecover(deny.Recover), connect.WithInterceptors(deny)},
			{connect.WithInterceptors(deny), connect.WithRecover(deny.Recover)},
		} {
			h := connect.NewUnaryHandlerSimple(unary, func(context.Context, *wrapperspb.StringValue) (*wrapperspb.StringValue, error) {
				panic(panicked.with)
			}, append(opts, connect.WithIdempotency(connect.IdempotencyNoSideEffects))...)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("GET", unary+`?connect=v1&encoding=json&message="x"`, nil))
			body := fmt.Sprintf("%d %s", w.Code, w.Body)
			if !strings.HasPrefix(body, panicked.want) || strings.Contains(body, "secret") {
				t.Errorf("%v: got %s", panicked.with, body)
			}
			if w.Code < 500 && w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%v: the answer to a GET may be cached: %v", panicked.with, w.Header())
			}
			if told := faults; strings.Contains(fmt.Sprint(panicked.with), "secret") && told != len(bodies)+1 {
				t.Errorf("%v: OnFault was told %d times after %d calls", panicked.with, told, len(bodies)+1)
			}
			bodies = append(bodies, fmt.Sprint(w.Code, w.Header()))
		}
		if diff := cmp.Diff(bodies[0], bodies[1]); diff != "" {
			t.Errorf("%v: (-recover outside +recover inside)\n%s", panicked.with, diff)
		}
	}
}

// What a gate returns comes by no interceptor.
func TestGate(t *testing.T) {
	deny := denyconnect.Server{}
	key := struct{ name string }{"user"}
	gate := deny.Gate(func(ctx context.Context, _ connect.Spec, _ connect.Peer, header http.Header) (context.Context, error) {
		switch user := header.Get("User"); user {
		case "":
			return nil, problem.SignInRequired
		case "broken":
			return ctx, errors.New("secret")
		case "hidden":
			return ctx, problem.Cloak(problem.NotOwner)
		default:
			return context.WithValue(ctx, key, user), nil
		}
	})
	s := serve(t, connect.NewUnaryHandlerSimple(unary, func(ctx context.Context, _ *wrapperspb.StringValue) (*wrapperspb.StringValue, error) {
		return wrapperspb.String(ctx.Value(key).(string)), nil
	}, connect.WithInterceptors(deny), connect.WithRequestGate(gate), connect.WithIdempotency(connect.IdempotencyNoSideEffects)))
	for protocol, opts := range protocols {
		opts = append(opts, connect.WithIdempotency(connect.IdempotencyNoSideEffects), connect.WithInterceptors(denyconnect.Client{Known: known(t)}))
		c := connect.NewClient[wrapperspb.StringValue, wrapperspb.StringValue](s.Client(), s.URL+unary, opts...)
		ask := func(user string) (string, error) {
			req := connect.NewRequest(wrapperspb.String("x"))
			if user != "" {
				req.Header().Set("User", user)
			}
			resp, err := c.CallUnary(t.Context(), req)
			if err != nil {
				return "", err
			}
			return resp.Msg.GetValue(), nil
		}
		if got, err := ask("ada"); err != nil || got != "ada" {
			t.Errorf("%s: got %q, %v", protocol, got, err)
		}
		if _, err := ask(""); !errors.Is(err, problem.SignInRequired) || connect.CodeOf(err) != connect.CodeUnauthenticated || len(problem.From(err).Challenges) != 1 {
			t.Errorf("%s: got %v", protocol, err)
		}
		if _, err := ask("hidden"); !errors.Is(err, problem.NotFound) || connect.CodeOf(err) != connect.CodeNotFound {
			t.Errorf("%s: got %v", protocol, err)
		}
		if _, err := ask("broken"); connect.CodeOf(err) != connect.CodeUnknown || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v", protocol, err)
		}
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", s.URL+unary+`?connect=v1&encoding=json&message="x"`, nil)
	s.Config.Handler.ServeHTTP(w, r)
	if w.Code != 401 || w.Header().Get("WWW-Authenticate") == "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
}

// A panic with a denial is that denial.
func TestRecover(t *testing.T) {
	s := serve(t, service(denyconnect.Server{}, func(context.Context) error { panic(problem.NotOwner) }))
	for kind, err := range call(t, t.Context(), s, nil, connect.WithInterceptors(denyconnect.Client{Known: known(t)})) {
		if !errors.Is(err, problem.NotOwner) || connect.CodeOf(err) != connect.CodePermissionDenied {
			t.Errorf("%s: got %v", kind, err)
		}
	}
}

func TestSuccess(t *testing.T) {
	s := serve(t, service(denyconnect.Server{}, returns(nil)))
	for protocol, opts := range protocols {
		for kind, err := range call(t, t.Context(), s, nil, append(opts, connect.WithInterceptors(denyconnect.Client{}, denyconnect.Server{}))...) {
			if err != nil {
				t.Errorf("%s, %s: %v", protocol, kind, err)
			}
		}
	}
	if (denyconnect.Client{}).Read(nil) != nil {
		t.Error("nil became an error")
	}
}

// A denial that another service sent is handed on in the caller's language.
func TestHandedOn(t *testing.T) {
	c := denyconnect.Client{Known: known(t)}
	b := serve(t, service(denyconnect.Server{}, returns(problem.NeedScope("b.read"))))
	a := serve(t, service(denyconnect.Server{Domain: "a.example"}, func(ctx context.Context) error {
		return fmt.Errorf("calling B: %w", call(t, ctx, b, nil, connect.WithInterceptors(c))["unary"])
	}))
	v := (&render.Renderer{}).View(render.Request{Language: "fr"}, problem.NeedScope("b.read"))
	for protocol, opts := range protocols {
		for kind, err := range call(t, t.Context(), a, http.Header{"Accept-Language": {"fr"}}, append(opts, connect.WithInterceptors(c))...) {
			e, ok := errors.AsType[*denyconnect.Error](err)
			if !ok || !errors.Is(err, problem.InsufficientScope) || e.Problem().Detail != v.Detail || len(e.Problem().Challenges) != 1 {
				t.Errorf("%s, %s: got %v", protocol, kind, err)
			}
		}
	}
}

// A denial that the program made of a service's error hides it.
func TestHidden(t *testing.T) {
	b := serve(t, service(denyconnect.Server{}, returns(problem.NeedRole("auditor"))))
	backend := call(t, t.Context(), b, nil)["unary"]
	c := denyconnect.Client{Known: known(t)}
	answer := func(err error) string {
		e := denyconnect.Server{}.Error(t.Context(), unary, http.Header{}, err)
		out := fmt.Sprintln(e.Code(), e.Message(), e.Meta())
		for _, d := range e.Details() {
			m, err := d.Value()
			if err != nil {
				t.Fatal(err)
			}
			out += fmt.Sprintln(d.Type(), m)
		}
		return out
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

// Interceptors outside see what the handler returned, and Request has its say.
func TestOutside(t *testing.T) {
	cause := errors.New("secret")
	var seen error
	outer := connect.UnaryInterceptorFunc(func(next connect.UnaryFunc) connect.UnaryFunc {
		return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
			resp, err := next(ctx, req)
			seen = err
			return resp, err
		}
	})
	deny := denyconnect.Server{Request: func(_ context.Context, req *render.Request) {
		req.Language, req.Instance = "ja", "urn:call:"+strings.TrimPrefix(req.Target, "/")
	}}
	s := serve(t, connect.NewUnaryHandlerSimple(unary, func(context.Context, *wrapperspb.StringValue) (*wrapperspb.StringValue, error) {
		return nil, problem.TokenExpired.Because(cause)
	}, connect.WithInterceptors(outer, deny)))
	err := call(t, t.Context(), s, nil, connect.WithInterceptors(denyconnect.Client{Known: known(t)}))["unary"]
	if !errors.Is(seen, problem.TokenExpired) || !errors.Is(seen, cause) || connect.CodeOf(seen) != connect.CodeUnauthenticated {
		t.Errorf("seen %v", seen)
	}
	p := problem.From(err)
	v := (&render.Renderer{}).View(render.Request{Language: "ja"}, problem.TokenExpired)
	if p.Detail != v.Detail || p.Instance != "urn:call:test.v1.Test/Unary" {
		t.Errorf("got %q, %q", p.Detail, p.Instance)
	}
}

// A caller's setting that cannot be read is no reason to stop, and the call is
// denied all the same.
func TestRequestPanics(t *testing.T) {
	var complaints bytes.Buffer
	log.SetOutput(&complaints)
	defer log.SetOutput(os.Stderr)
	deny := denyconnect.Server{Request: func(_ context.Context, req *render.Request) {
		req.Language = "ja"
		panic("no session")
	}}
	s := serve(t, service(deny, returns(problem.TokenExpired)))
	want := (&render.Renderer{}).View(render.Request{Language: "de"}, problem.TokenExpired).Detail
	for protocol, opts := range protocols {
		for kind, err := range call(t, t.Context(), s, http.Header{"Accept-Language": {"de"}}, append(opts, connect.WithInterceptors(denyconnect.Client{Known: known(t)}))...) {
			if p := problem.From(err); !errors.Is(err, problem.TokenExpired) || p.Detail != want {
				t.Errorf("%s %s: got %v, want the denial in the language of the header", protocol, kind, err)
			}
		}
	}
	s.Close()
	if !strings.Contains(complaints.String(), "no session") {
		t.Errorf("the log has %q", complaints.String())
	}
}

// A caller that has gone away is no panic.
func TestCanceledCall(t *testing.T) {
	entered := make(chan struct{}, 1)
	left := make(chan error, 1)
	s := serve(t, service(denyconnect.Server{}, func(ctx context.Context) error {
		entered <- struct{}{}
		<-ctx.Done()
		left <- ctx.Err()
		return problem.SignInRequired.Because(ctx.Err())
	}))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-entered
		cancel()
	}()
	client := connect.NewClient[wrapperspb.StringValue, wrapperspb.StringValue](s.Client(), s.URL+unary)
	if _, err := client.CallUnary(ctx, connect.NewRequest(wrapperspb.String("x"))); connect.CodeOf(err) != connect.CodeCanceled {
		t.Errorf("got %v", err)
	}
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the handler saw %v", err)
	}
}

// The HTTP side tells RPCs from the rest.
func TestWrite(t *testing.T) {
	deny := denyconnect.Server{Paths: []string{"/test.v1.Test/"}}
	s := serve(t, deny.Middleware(deny.Handler(problem.SignInRequired)))
	tests := []struct {
		name, method, path, contentType string
		header                          [2]string
		rpc                             bool
	}{
		{"page", "GET", "/x", "", [2]string{"Accept", "text/html"}, false},
		{"page of a procedure", "GET", unary, "", [2]string{"Accept", "text/html"}, false},
		{"GET of Connect", "GET", unary + "?connect=v1&encoding=json&message=", "", [2]string{}, true},
		{"form", "POST", "/x", "application/x-www-form-urlencoded", [2]string{}, false},
		{"JSON", "POST", "/x", "application/json", [2]string{}, false},
		{"JSON of Connect", "POST", unary, "application/json", [2]string{"Connect-Protocol-Version", "1"}, true},
		{"JSON of curl", "POST", unary, "application/json", [2]string{}, true},
		{"form to a procedure", "POST", unary, "multipart/form-data; boundary=x", [2]string{}, false},
		{"stream of Connect", "POST", stream, "application/connect+proto", [2]string{}, true},
		{"gRPC", "POST", unary, "application/grpc", [2]string{}, true},
		{"gRPC-Web", "POST", unary, "application/grpc-web+proto", [2]string{}, true},
		{"HEAD", "HEAD", unary, "", [2]string{}, false},
		{"PUT of gRPC", "PUT", unary, "application/grpc", [2]string{}, false},
		{"elsewhere, GET of Connect", "GET", "/x?connect=v1&encoding=json&message=", "", [2]string{}, false},
		{"elsewhere, JSON of Connect", "POST", "/x", "application/json", [2]string{"Connect-Protocol-Version", "1"}, false},
		{"elsewhere, stream of Connect", "POST", "/x", "application/connect+json", [2]string{}, false},
		{"elsewhere, gRPC", "POST", "/x", "application/grpc", [2]string{}, false},
		{"elsewhere, gRPC-Web", "POST", "/x", "application/grpc-web+proto", [2]string{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), tt.method, s.URL+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if tt.contentType != "" {
				req.Header.Set("Content-Type", tt.contentType)
			}
			if tt.header[0] != "" {
				req.Header.Set(tt.header[0], tt.header[1])
			}
			if got := deny.IsRPC(req); got != tt.rpc {
				t.Errorf("IsRPC %v, want %v", got, tt.rpc)
			}
			if !(denyconnect.Server{}).IsRPC(req) && strings.HasPrefix(tt.name, "elsewhere") {
				t.Error("without Paths, a request speaks for itself")
			}
			resp, err := s.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			ours := resp.Header.Get("Content-Language") != ""
			if ours == tt.rpc {
				t.Errorf("got %d %v %s", resp.StatusCode, resp.Header, body)
			}
			if !tt.rpc && (resp.StatusCode != 401 || resp.Header.Get("WWW-Authenticate") == "") {
				t.Errorf("got %d %v", resp.StatusCode, resp.Header)
			}
		})
	}
	// RPC clients read the denial that middleware wrote.
	for protocol, opts := range protocols {
		for kind, err := range call(t, t.Context(), s, nil, append(opts, connect.WithInterceptors(denyconnect.Client{Known: known(t)}))...) {
			if !errors.Is(err, problem.SignInRequired) || connect.CodeOf(err) != connect.CodeUnauthenticated || len(problem.From(err).Challenges) != 1 {
				t.Errorf("%s, %s: got %v", protocol, kind, err)
			}
		}
	}
}

func TestCodesOverHTTP(t *testing.T) {
	want := map[connect.Code]int{
		connect.CodeCanceled: 503, connect.CodeUnknown: 500, connect.CodeInvalidArgument: 400, connect.CodeDeadlineExceeded: 504,
		connect.CodeNotFound: 404, connect.CodeAlreadyExists: 409, connect.CodePermissionDenied: 403, connect.CodeResourceExhausted: 429,
		connect.CodeFailedPrecondition: 400, connect.CodeAborted: 409, connect.CodeOutOfRange: 400, connect.CodeUnimplemented: 501,
		connect.CodeInternal: 500, connect.CodeUnavailable: 503, connect.CodeDataLoss: 500, connect.CodeUnauthenticated: 401, 99: 500,
	}
	for code, status := range want {
		err := connect.NewError(code, errors.New("secret"))
		err.Meta().Add("WWW-Authenticate", `Bearer realm="a"`)
		err.Meta().Add("WWW-Authenticate", `Bearer realm="b"`)
		w := httptest.NewRecorder()
		denyconnect.Server{}.Write(w, httptest.NewRequest("GET", "/", nil), err)
		if w.Code != status || strings.Contains(w.Body.String(), "secret") || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%v: got %d %v %s, want %d", code, w.Code, w.Header(), w.Body, status)
		}
		if got := len(w.Header()["Www-Authenticate"]); (got == 2) != (status == 401 || status == 403) {
			t.Errorf("%v: %d challenges", code, got)
		}
	}
	for _, err := range []error{fmt.Errorf("secret: %w", context.Canceled), fmt.Errorf("secret: %w", context.DeadlineExceeded), &loop{}, nil, errors.New("secret")} {
		w := httptest.NewRecorder()
		denyconnect.Server{}.Write(w, httptest.NewRequest("GET", "/", nil), err)
		if w.Code < 400 || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%v: got %d %s", err, w.Code, w.Body)
		}
	}
}

// Bare errors become denials, and other answers stay.
func TestMiddleware(t *testing.T) {
	deny := denyconnect.Server{}
	mux := http.NewServeMux()
	mux.Handle(stream, connect.NewUnaryHandlerSimple(stream, noop))
	mux.HandleFunc("/basic", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
		http.Error(w, "secret", http.StatusUnauthorized)
	})
	mux.HandleFunc("/wait", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	mux.HandleFunc("/json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusConflict)
		io.WriteString(w, `{"own":true}`)
	})
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, `own`)
	})
	mux.Handle("/renderer", (&render.Renderer{}).Handler(problem.NotOwner))
	mux.HandleFunc("/flush", func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		w.WriteHeader(http.StatusNotFound)
		io.WriteString(w, "own")
	})
	s := serve(t, deny.Middleware(mux))
	tests := []struct {
		method, path, accept string
		status               int
		body                 string
		field, value         string
	}{
		{"GET", stream, "text/html", 405, "<h1", "Allow", "POST"},
		{"POST", stream, "", 415, `"title":"Unsupported Media Type"`, "Content-Type", "application/problem+json"},
		{"GET", "/nowhere", "", 404, `"code":"not-found"`, "Cache-Control", "no-store"},
		{"GET", "/basic", "", 401, `"code":"sign-in-required"`, "Www-Authenticate", `Basic realm="x"`},
		{"GET", "/wait", "", 503, `"title":"Service Unavailable"`, "Retry-After", "7"},
		{"GET", "/json", "", 409, `{"own":true}`, "Content-Type", "application/json"},
		{"GET", "/page", "", 404, "own", "Content-Type", "text/html"},
		{"GET", "/renderer", "text/plain", 403, "(not-owner)", "Content-Language", "en"},
		{"GET", "/flush", "", 200, "own", "Content-Type", "text/plain; charset=utf-8"},
	}
	for _, tt := range tests {
		t.Run(tt.method+tt.path, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), tt.method, s.URL+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if tt.accept != "" {
				req.Header.Set("Accept", tt.accept)
			}
			resp, err := s.Client().Do(req)
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
			if tt.path != "/flush" && resp.Header.Get(tt.field) != tt.value {
				t.Errorf("%s is %q, want %q", tt.field, resp.Header.Get(tt.field), tt.value)
			}
		})
	}
}

// TestWriteTwice is about an answer that has begun: it stays, also that to an RPC.
func TestWriteTwice(t *testing.T) {
	deny := denyconnect.Server{Paths: []string{"/test.v1.Test/"}}
	first := map[string]http.HandlerFunc{
		"Write":   func(w http.ResponseWriter, r *http.Request) { deny.Write(w, r, problem.SignInRequired) },
		"handler": service(deny, returns(problem.SignInRequired)).ServeHTTP,
		"own": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
			io.WriteString(w, "own")
		},
	}
	for _, contentType := range []string{"application/json", "application/proto", "application/connect+json", "application/grpc", "application/grpc-web+proto"} {
		for name, answer := range first {
			t.Run(contentType+"/"+name, func(t *testing.T) {
				// How long all of the answer is: its details are maps, in any order.
				exchange := func(again bool) (map[string][]int, string) {
					var complaints bytes.Buffer
					s := httptest.NewUnstartedServer(deny.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						answer(w, r)
						if again {
							deny.Write(w, r, problem.EmailUnverified)
						}
					})))
					s.EnableHTTP2 = true
					s.Config.ErrorLog = log.New(&complaints, "", 0)
					s.StartTLS()
					resp, err := s.Client().Post(s.URL+unary, contentType, strings.NewReader(""))
					if err != nil {
						t.Fatal(err)
					}
					body, err := io.ReadAll(resp.Body)
					if err != nil {
						t.Fatal(err)
					}
					resp.Body.Close()
					s.Close()
					lengths := map[string][]int{"body": {len(body)}}
					for where, fields := range map[string]http.Header{"header": resp.Header, "trailer": resp.Trailer} {
						for name, lines := range fields {
							for _, line := range lines {
								lengths[where+" "+name] = append(lengths[where+" "+name], len(line))
							}
						}
					}
					return lengths, complaints.String()
				}
				want, _ := exchange(false)
				got, complaints := exchange(true)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("the second denial changes the answer:\n%s", diff)
				}
				if !strings.Contains(complaints, "POST "+unary+" failed after its answer had begun: denied: 403 email-unverified") {
					t.Errorf("the log says %q", complaints)
				}
			})
		}
	}
}

// TestHijack is about a connection that a handler has taken over, as those of
// WebSockets are.
func TestHijack(t *testing.T) {
	deny := denyconnect.Server{}
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
	adaptertest.WriteAfterTimeout(t, denyconnect.Server{}, "/a.B/C", "/other")
}

func TestWriteInside(t *testing.T) { adaptertest.WriteInside(t, denyconnect.Server{}) }
