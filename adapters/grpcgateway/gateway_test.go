package denygrpcgateway_test

import (
	"bytes"
	"context"
	"encoding/json"
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
	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	denygrpc "github.com/denial-go/denial/adapters/grpc"
	denydetails "github.com/denial-go/denial/adapters/grpc/details"
	denygrpcgateway "github.com/denial-go/denial/adapters/grpcgateway"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

func known(t *testing.T, own ...problem.Reason) *problem.Set {
	t.Helper()
	s, err := problem.NewSet(append(problem.Common(), own...)...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// watch is a handler as protoc-gen-grpc-gateway writes it for a method that
// sends a stream.
func watch(mux *runtime.ServeMux, client healthpb.HealthClient) runtime.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request, params map[string]string) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		_, out := runtime.MarshalerForRequest(mux, r)
		ctx, err := runtime.AnnotateContext(ctx, mux, r, "/grpc.health.v1.Health/Watch", runtime.WithHTTPPathPattern("/watch/{case}"))
		if err != nil {
			runtime.HTTPError(r.Context(), mux, out, w, r, err)
			return
		}
		var md runtime.ServerMetadata
		stream, err := client.Watch(ctx, &healthpb.HealthCheckRequest{Service: params["case"]})
		if err == nil {
			md.HeaderMD, err = stream.Header()
		}
		ctx = runtime.NewServerMetadataContext(ctx, md)
		if err != nil {
			runtime.HTTPError(ctx, mux, out, w, r, err)
			return
		}
		runtime.ForwardResponseStream(ctx, mux, out, w, r, func() (proto.Message, error) { return stream.Recv() }, mux.GetForwardResponseOptions()...)
	}
}

// site starts a service and a gateway, and returns the gateway's address.
func site(t *testing.T, service denygrpc.Server, deny denygrpcgateway.Gateway, err func(context.Context) error, opts ...runtime.ServeMuxOption) string {
	t.Helper()
	client, stop, serr := startService(service, func(ctx context.Context, _ string) error { return err(ctx) }, grpc.WithStreamInterceptor(denygrpcgateway.KeepTrailers))
	if serr != nil {
		t.Fatal(serr)
	}
	t.Cleanup(stop)
	mux := runtime.NewServeMux(append(deny.Options(), opts...)...)
	if err := errors.Join(
		handle(mux, "/call/{case}", check(mux, client)),
		handle(mux, "/watch/{case}", watch(mux, client)),
		handle(mux, "/local", func(w http.ResponseWriter, r *http.Request, _ map[string]string) {
			_, out := runtime.MarshalerForRequest(mux, r)
			runtime.HTTPError(r.Context(), mux, out, w, r, err(r.Context()))
		}),
		handle(mux, "/panic", func(http.ResponseWriter, *http.Request, map[string]string) { panic(err(t.Context())) }),
		handle(mux, "/begun", func(w http.ResponseWriter, _ *http.Request, _ map[string]string) {
			io.WriteString(w, "begun")
			http.NewResponseController(w).Flush()
			panic("secret")
		}),
	); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(deny.Handler(mux))
	t.Cleanup(server.Close)
	return server.URL
}

func get(t *testing.T, url string, header ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func returns(err error) func(context.Context) error {
	return func(context.Context) error { return err }
}

func TestPlainStatuses(t *testing.T) {
	tests := []struct {
		code codes.Code
		want int
		body string // a part of it
	}{
		{codes.Canceled, 503, "Service Unavailable"},
		{codes.Unknown, 500, "Internal Server Error\n"},
		{codes.InvalidArgument, 400, "Bad Request"},
		{codes.DeadlineExceeded, 504, "Gateway Timeout"},
		{codes.NotFound, 404, `"code":"not-found"`},
		{codes.AlreadyExists, 409, "Conflict"},
		{codes.PermissionDenied, 403, `"code":"policy-denied"`},
		{codes.ResourceExhausted, 429, `"code":"rate-limited"`},
		{codes.FailedPrecondition, 400, "Bad Request"},
		{codes.Aborted, 409, "Conflict"},
		{codes.OutOfRange, 400, "Bad Request"},
		{codes.Unimplemented, 501, "Not Implemented"},
		{codes.Internal, 500, "Internal Server Error"},
		{codes.Unavailable, 503, "Service Unavailable"},
		{codes.DataLoss, 500, "Internal Server Error"},
		{codes.Unauthenticated, 401, `"code":"sign-in-required"`},
		{codes.Code(77), 500, "Internal Server Error"},
	}
	for _, tt := range tests {
		t.Run(tt.code.String(), func(t *testing.T) {
			base := site(t, denygrpc.Server{}, denygrpcgateway.Gateway{}, returns(status.Error(tt.code, "secret")))
			for _, path := range []string{"/call/x", "/watch/x", "/local"} {
				resp, body := get(t, base+path)
				if resp.StatusCode != tt.want || !strings.Contains(body, tt.body) {
					t.Errorf("%s: got %d %s, want %d with %s", path, resp.StatusCode, body, tt.want, tt.body)
				}
				if strings.Contains(body+fmt.Sprint(resp.Header), "secret") {
					t.Errorf("%s: the message is in the answer: %v %s", path, resp.Header, body)
				}
				if got := denydetails.Reason(code.Code(tt.code)).Status(); got != tt.want {
					t.Errorf("Reason has %d, want %d", got, tt.want)
				}
			}
		})
	}
}

// What a service in another language says beside its code.
func TestPlainStatusWithMore(t *testing.T) {
	st, err := status.New(codes.ResourceExhausted, "").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(1500 * time.Millisecond)})
	if err != nil {
		t.Fatal(err)
	}
	base := site(t, denygrpc.Server{}, denygrpcgateway.Gateway{}, returns(st.Err()))
	if resp, body := get(t, base+"/call/x"); resp.Header.Get("Retry-After") != "2" || resp.StatusCode != 429 {
		t.Errorf("got %d %v %s", resp.StatusCode, resp.Header, body)
	}
	base = site(t, denygrpc.Server{}, denygrpcgateway.Gateway{}, func(ctx context.Context) error {
		if err := grpc.SetTrailer(ctx, metadata.Pairs("www-authenticate", `Bearer realm="a"`, "www-authenticate", `Basic realm="b"`)); err != nil {
			return err
		}
		return status.Error(codes.Unauthenticated, "secret")
	})
	resp, _ := get(t, base+"/call/x")
	if diff := cmp.Diff([]string{`Bearer realm="a"`, `Basic realm="b"`}, resp.Header.Values("WWW-Authenticate")); diff != "" {
		t.Errorf("challenges differ (-want +got):\n%s", diff)
	}
}

// Broken details are no success and no 500.
func TestBrokenDetails(t *testing.T) {
	st, err := status.New(codes.PermissionDenied, "secret").WithDetails(&errdetails.ErrorInfo{Reason: "ROLE_MISSING", Metadata: map[string]string{"code": "role-missing", "status": "200"}})
	if err != nil {
		t.Fatal(err)
	}
	broken := st.Proto()
	tests := []struct {
		name   string
		change func()
		status int
		code   string
	}{
		{"a status of success in a detail", func() {}, 403, "role-missing"},
		{"a detail that cannot be read", func() { broken.Details[0].Value = []byte{0xff} }, 403, "policy-denied"},
		{"a detail of no type", func() { broken.Details[0].TypeUrl = "" }, 403, "policy-denied"},
	}
	for _, tt := range tests {
		tt.change()
		base := site(t, denygrpc.Server{}, denygrpcgateway.Gateway{Known: known(t)}, returns(status.ErrorProto(broken)))
		resp, body := get(t, base+"/call/x")
		if resp.StatusCode != tt.status || !strings.Contains(body, `"code":"`+tt.code+`"`) {
			t.Errorf("%s: got %d %s", tt.name, resp.StatusCode, body)
		}
	}
}

// A reason that the gateway does not know is handed on as the service said it.
func TestUnknownReason(t *testing.T) {
	own := problem.MustReason(problem.Definition{Code: "plan-too-small", Status: 402, Title: "A larger plan is needed", Detail: "Exports are part of the {plan} plan.",
		Next: []problem.NextStep{{Kind: problem.UpgradePlan, Href: "https://example.com/plans/{plan}"}}})
	err := &problem.Problem{Reason: own, Args: map[string]any{"plan": "Team"}}
	for _, g := range []denygrpcgateway.Gateway{{}, {Known: known(t)}, {Known: known(t, own)}} {
		base := site(t, denygrpc.Server{}, g, returns(err))
		resp, body := get(t, base+"/call/x")
		p, derr := problem.Decode(resp.Header.Get("Content-Type"), strings.NewReader(body))
		if derr != nil {
			t.Fatalf("%v: %s", derr, body)
		}
		if resp.StatusCode != 402 || p.Reason.Code() != "plan-too-small" || p.Detail != "Exports are part of the Team plan." || p.Next[0].Href != "https://example.com/plans/Team" {
			t.Errorf("got %d %s", resp.StatusCode, body)
		}
	}
}

// The gateway's links come first, the service's where it has none.
func TestLinks(t *testing.T) {
	service := render.Must(render.New(render.Config{Links: map[problem.StepKind]string{
		problem.SignIn: "https://id.example.com/?next={return_to}", problem.SwitchAccount: "https://id.example.com/switch",
		problem.RequestAccess: "https://service.example.com/ask?role={role}",
	}}))
	gateway := render.Must(render.New(render.Config{Links: map[problem.StepKind]string{problem.SwitchAccount: "/accounts?next={return_to}"}}))
	base := site(t, denygrpc.Server{Renderer: service}, denygrpcgateway.Gateway{Renderer: gateway, Known: known(t)}, returns(problem.NeedRole("Editor")))
	resp, body := get(t, base+"/call/x?a=b", "Accept", "text/html")
	if resp.StatusCode != 403 || !strings.Contains(body, `href="https://service.example.com/ask?role=Editor"`) || !strings.Contains(body, `href="/accounts?next=%2Fcall%2Fx%3Fa%3Db"`) {
		t.Errorf("got %d %s", resp.StatusCode, body)
	}
}

// The service's challenges, not the gateway's, and the gateway's where it sent
// none.
func TestChallenges(t *testing.T) {
	service := render.Must(render.New(render.Config{Challenges: []problem.Challenge{problem.Basic("service"), problem.Bearer("service")}}))
	gateway := render.Must(render.New(render.Config{Challenges: []problem.Challenge{problem.Bearer("gateway")}}))
	g := denygrpcgateway.Gateway{Renderer: gateway, Known: known(t)}
	tests := []struct {
		name   string
		err    error
		header []string
		want   []string
	}{
		{"denial", problem.SignInRequired, nil, []string{`Basic realm="service", charset="UTF-8"`, `Bearer realm="service"`}},
		{"a script of a page", problem.SignInRequired, []string{"Sec-Fetch-Mode", "cors", "Sec-Fetch-Site", "same-origin"}, []string{`Bearer realm="service"`}},
		{"a plain status", status.Error(codes.Unauthenticated, ""), nil, []string{`Bearer realm="gateway"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := site(t, denygrpc.Server{Renderer: service}, g, returns(tt.err))
			resp, _ := get(t, base+"/call/x", tt.header...)
			if diff := cmp.Diff(tt.want, resp.Header.Values("WWW-Authenticate")); diff != "" {
				t.Errorf("challenges differ (-want +got):\n%s", diff)
			}
		})
	}
}

// A stream that fails before its first message is answered like any call, and
// later in its body.
func TestStream(t *testing.T) {
	deny := &render.Renderer{}
	base := site(t, denygrpc.Server{}, denygrpcgateway.Gateway{Known: known(t)}, returns(problem.NeedScope("a")))
	resp, body := get(t, base+"/watch/x?a=b", "Accept", "text/html")
	want := deny.Render(render.Request{Method: "GET", Target: "/watch/x?a=b", Header: http.Header{"Accept": {"text/html"}}}, problem.NeedScope("a"))
	if resp.StatusCode != 403 || body != string(want.Body) || resp.ContentLength != int64(len(want.Body)) {
		t.Errorf("got %d, %d bytes: %s", resp.StatusCode, resp.ContentLength, body)
	}
	if diff := cmp.Diff(want.Header["Www-Authenticate"], resp.Header["Www-Authenticate"]); diff != "" {
		t.Errorf("challenges differ (-want +got):\n%s", diff)
	}
	resp, body = get(t, base+"/watch/late")
	if resp.StatusCode != 200 || !strings.Contains(body, `"reason":"INSUFFICIENT_SCOPE"`) || !strings.Contains(body, `"code":7`) {
		t.Errorf("got %d %s", resp.StatusCode, body)
	}
	base = site(t, denygrpc.Server{}, denygrpcgateway.Gateway{}, returns(status.Error(codes.Internal, "secret")))
	if _, body = get(t, base+"/watch/late"); strings.Contains(body, "secret") || !strings.Contains(body, `"code":13`) {
		t.Errorf("got %s", body)
	}
}

// The challenges of a stream are those of a call, also where they are only in
// its trailer.
func TestStreamTrailer(t *testing.T) {
	long := problem.Bearer(strings.Repeat("r", 4000))
	for name, tt := range map[string]struct {
		err    func(ctx context.Context) error
		status int
		want   string
	}{
		"a plain status": {func(ctx context.Context) error {
			grpc.SetTrailer(ctx, metadata.Pairs("www-authenticate", `Basic realm="service"`))
			return status.Error(codes.Unauthenticated, "secret")
		}, 401, `Basic realm="service"`},
		"a long challenge": {returns(&problem.Problem{Reason: problem.SignInRequired, Challenges: []problem.Challenge{long}}), 401, long.String()},
		"an error that is no status": {func(ctx context.Context) error {
			grpc.SetTrailer(ctx, metadata.Pairs("www-authenticate", `Basic realm="service"`))
			return errors.New("secret")
		}, 500, ""},
	} {
		t.Run(name, func(t *testing.T) {
			base := site(t, denygrpc.Server{}, denygrpcgateway.Gateway{Known: known(t)}, tt.err)
			_, call := get(t, base+"/call/x")
			for _, path := range []string{"/call/x", "/watch/x"} {
				resp, body := get(t, base+path)
				if got := resp.Header.Get("WWW-Authenticate"); resp.StatusCode != tt.status || got != tt.want || body != call {
					t.Errorf("%s: got %d %q %s", path, resp.StatusCode, got, body)
				}
			}
			if _, body := get(t, base+"/watch/late"); strings.Contains(body, "secret") != (name == "a plain status") {
				t.Errorf("late: %s", body) // StreamError sends the message of a status
			}
		})
	}
}

// An http.TimeoutHandler around the mux and a stream that fails when its time is
// over do not answer both: the client gets the one or the other.
func TestStreamTimeout(t *testing.T) {
	deny := denygrpcgateway.Gateway{}
	mux := runtime.NewServeMux(deny.Options()...)
	var running sync.WaitGroup
	if err := mux.HandlePath("GET", "/watch", func(w http.ResponseWriter, r *http.Request, _ map[string]string) {
		defer running.Done()
		_, out := runtime.MarshalerForRequest(mux, r)
		ctx := runtime.NewServerMetadataContext(r.Context(), runtime.ServerMetadata{})
		runtime.ForwardResponseStream(ctx, mux, out, w, r, func() (proto.Message, error) {
			<-ctx.Done()
			return nil, status.FromContextError(ctx.Err()).Err()
		})
	}); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(deny.Handler(http.TimeoutHandler(mux, time.Millisecond, "too slow")))
	defer s.Close()
	want := string(new(render.Renderer).Render(render.Request{Method: "GET", Target: "/watch"}, problem.ForStatus(504)).Body)
	for range 100 {
		running.Add(1)
		resp, body := get(t, s.URL+"/watch")
		if (resp.StatusCode != 503 || body != "too slow") && (resp.StatusCode != 504 || body != want) {
			t.Errorf("got %d %q", resp.StatusCode, body)
		}
	}
	running.Wait()
}

// A stream that is given up on answers nothing after that.
func TestStreamLeftBehind(t *testing.T) {
	deny := denygrpcgateway.Gateway{}
	failing, failed := make(chan bool), make(chan bool)
	h := deny.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		go func() {
			defer close(failed)
			<-failing
			deny.StreamError(r.Context(), problem.SignInRequired)
		}()
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/watch", nil))
	close(failing)
	<-failed
	if w.Code != 200 || w.Body.Len() != 0 || len(w.Header()) != 0 {
		t.Errorf("got %d %v %s", w.Code, w.Header(), w.Body)
	}
}

// The code for a method with streams both ways reads the body in a goroutine of
// its own, while the service may have answered.
func TestBothWays(t *testing.T) {
	deny := denygrpcgateway.Gateway{}
	mux := runtime.NewServeMux(deny.Options()...)
	read := make(chan bool)
	if err := mux.HandlePath("POST", "/chat", func(w http.ResponseWriter, r *http.Request, _ map[string]string) {
		go func() {
			defer close(read)
			io.Copy(io.Discard, r.Body)
		}()
		_, out := runtime.MarshalerForRequest(mux, r)
		runtime.HTTPError(r.Context(), mux, out, w, r, status.Error(codes.InvalidArgument, "the first message"))
	}); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	http.MaxBytesHandler(deny.Handler(mux), 10).ServeHTTP(w, httptest.NewRequest("POST", "/chat", strings.NewReader(strings.Repeat("x", 100))))
	<-read
	if w.Code != 400 && w.Code != 413 {
		t.Errorf("got %d", w.Code)
	}
}

// Without Handler, all but what needs it works.
func TestWithoutHandler(t *testing.T) {
	deny := denygrpcgateway.Gateway{Known: known(t)}
	mux := runtime.NewServeMux(deny.Options()...)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("GET", "/nowhere", nil))
	if w.Code != 404 || !strings.Contains(w.Body.String(), `"code":"not-found"`) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	for _, err := range []error{errors.New("secret"), (*denygrpc.Error)(nil), status.Error(codes.OK, ""), fmt.Errorf("secret: %w", context.DeadlineExceeded)} {
		if st := deny.StreamError(t.Context(), err); err != nil && (st.Code() == codes.OK || strings.Contains(st.Message(), "secret")) {
			t.Errorf("got %v", st)
		}
	}
}

type loop struct{}

func (l *loop) Error() string { return "secret" }
func (l *loop) Unwrap() error { return l }

type okError struct{}

func (okError) Error() string              { return "secret" }
func (okError) GRPCStatus() *status.Status { return status.New(codes.OK, "") }

// Errors of handlers that the application has registered itself.
func TestLocalErrors(t *testing.T) {
	decoded, derr := problem.Decode("application/problem+json", strings.NewReader(`{"status":403,"code":"x"}`))
	if derr != nil {
		t.Fatal(derr)
	}
	tests := []struct {
		name string
		err  error
		want int
	}{
		{"denial", fmt.Errorf("secret: %w", problem.EmailUnverified), 403},
		{"cloaked", problem.Cloak(problem.NotOwner), 404},
		{"denial in a status of HTTP", &runtime.HTTPStatusError{HTTPStatus: 500, Err: problem.LegalBlock}, 451},
		{"status of HTTP", &runtime.HTTPStatusError{HTTPStatus: 415, Err: errors.New("secret")}, 415},
		{"status that is not registered", &runtime.HTTPStatusError{HTTPStatus: 499, Err: errors.New("secret")}, 400},
		{"status of success", &runtime.HTTPStatusError{HTTPStatus: 200, Err: errors.New("secret")}, 500},
		{"without an error", &runtime.HTTPStatusError{HTTPStatus: 404}, 404},
		{"bare", errors.New("secret"), 500},
		{"deadline", fmt.Errorf("secret: %w", context.DeadlineExceeded), 504},
		{"status OK", okError{}, 500},
		{"loop", &loop{}, 500},
		{"nil", nil, 403},
		{"nil Error", (*denygrpc.Error)(nil), 500},
		{"nil Error beside a denial", errors.Join((*denygrpc.Error)(nil), decoded), 403},
		{"wrapped status", fmt.Errorf("secret: %w", status.Error(codes.NotFound, "secret")), 404},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := site(t, denygrpc.Server{}, denygrpcgateway.Gateway{}, returns(tt.err))
			resp, body := get(t, base+"/local")
			if resp.StatusCode != tt.want || strings.Contains(body, "secret") {
				t.Errorf("got %d %s, want %d", resp.StatusCode, body, tt.want)
			}
			if resp.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("header %v", resp.Header)
			}
		})
	}
}

// A denial that the program made of a service's status hides it: in the answer,
// in its links, and in a stream that has begun.
func TestHidden(t *testing.T) {
	set := known(t)
	st, _ := denygrpc.Server{}.Status(t.Context(), "/b.B/C", problem.NeedRole("auditor"))
	backend := st.Err()
	// A NotFound with a step that only the service has an address for.
	linked, err := render.New(render.Config{Links: map[problem.StepKind]string{problem.Search: "https://b.internal/search"}})
	if err != nil {
		t.Fatal(err)
	}
	st, _ = denygrpc.Server{Renderer: linked}.Status(t.Context(), "/b.B/C", problem.NotFound)
	gone := denygrpc.Client{Known: set}.Read(st.Err(), nil)
	g := denygrpcgateway.Gateway{Known: set}
	answer := func(err error) string {
		w := httptest.NewRecorder()
		g.Error(t.Context(), runtime.NewServeMux(g.Options()...), &runtime.JSONPb{}, w, httptest.NewRequest("GET", "/x", nil), err)
		return fmt.Sprintln(w.Code, w.Header(), w.Body, g.StreamError(t.Context(), err))
	}
	tests := []struct {
		name string
		err  error
		want problem.Reason
	}{
		{"cause", problem.NotFound.Because(backend), problem.NotFound},
		{"cause of a cause", problem.NotFound.Because(problem.SignInRequired.Because(backend)), problem.NotFound},
		{"cause in a status of HTTP", problem.NotFound.Because(&runtime.HTTPStatusError{HTTPStatus: 403, Err: backend}), problem.NotFound},
		{"cloaked", problem.Cloak(backend), problem.NotFound},
		{"cloaked status of HTTP", problem.Cloak(&runtime.HTTPStatusError{HTTPStatus: 403, Err: backend}), problem.NotFound},
		{"cloaked, read before", problem.Cloak(denygrpc.Client{Known: set}.Read(backend, nil)), problem.NotFound},
		{"cloaked, the same reason with links", problem.Cloak(gone), problem.NotFound},
		{"cause, the same reason with links", problem.NotFound.Because(gone), problem.NotFound},
		{"cause, with a denial of its own", problem.SignInRequired.Because(backend), problem.SignInRequired},
		{"wrapped", fmt.Errorf("calling B: %w", problem.NotFound.Because(backend)), problem.NotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(answer(tt.want), answer(tt.err)); diff != "" {
				t.Errorf("the answer differs from that of %s (-want +got):\n%s", tt.want.Code(), diff)
			}
		})
	}
}

// A panic with a denial is that denial; one in an answer that has begun closes
// the connection.
func TestPanics(t *testing.T) {
	base := site(t, denygrpc.Server{}, denygrpcgateway.Gateway{}, returns(problem.EmailUnverified))
	if resp, body := get(t, base+"/panic"); resp.StatusCode != 403 || !strings.Contains(body, "email-unverified") {
		t.Errorf("got %d %s", resp.StatusCode, body)
	}
	resp, err := http.Get(base + "/begun")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); !errors.Is(err, io.ErrUnexpectedEOF) || string(body) != "begun" {
		t.Errorf("got %q, %v; want a connection that breaks off", body, err)
	}
}

// Fields that the service sent are forwarded as the mux is told to.
func TestMetadata(t *testing.T) {
	err := func(ctx context.Context) error {
		return errors.Join(grpc.SendHeader(ctx, metadata.Pairs("set-cookie", "a=1", "set-cookie", "b=2", "x-request-id", "7", "other", "o")), problem.SignInRequired)
	}
	base := site(t, denygrpc.Server{}, denygrpcgateway.Gateway{Known: known(t)}, err, runtime.WithOutgoingHeaderMatcher(func(name string) (string, bool) {
		return name, name == "set-cookie" || name == "x-request-id"
	}))
	resp, _ := get(t, base+"/call/x")
	got := map[string][]string{}
	for _, name := range []string{"Set-Cookie", "X-Request-Id", "Other", "Www-Authenticate", "Content-Type"} {
		got[name] = resp.Header.Values(name)
	}
	want := map[string][]string{
		"Set-Cookie": {"a=1", "b=2"}, "X-Request-Id": {"7"}, "Other": nil,
		"Www-Authenticate": {`Bearer realm="restricted"`}, "Content-Type": {"application/problem+json"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fields differ (-want +got):\n%s", diff)
	}
}

// The mux hands Accept-Language on, so that a reason which the gateway does not
// know comes in the reader's language all the same.
func TestLanguage(t *testing.T) {
	base := site(t, denygrpc.Server{}, denygrpcgateway.Gateway{}, returns(problem.EmailUnverified)) // knows no reason
	resp, body := get(t, base+"/call/x", "Accept-Language", "de")
	var doc struct{ Title, Detail string }
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		t.Fatal(err)
	}
	v := (&render.Renderer{}).View(render.Request{Language: "de"}, problem.EmailUnverified)
	if resp.StatusCode != 403 || !strings.Contains(doc.Detail, v.Detail) {
		t.Errorf("got %v %s", resp.Header, body)
	}
}

// TestHijack is about a connection that a handler has taken over, as those of
// WebSockets are.
func TestHijack(t *testing.T) {
	mux := runtime.NewServeMux(denygrpcgateway.Gateway{}.Options()...)
	err := mux.HandlePath(http.MethodGet, "/socket", func(w http.ResponseWriter, r *http.Request, _ map[string]string) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(conn, "HTTP/1.1 299 Mine\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		conn.Close()
		runtime.HTTPError(r.Context(), mux, &runtime.JSONPb{}, w, r, problem.SignInRequired)
	})
	if err != nil {
		t.Fatal(err)
	}
	h := denygrpcgateway.Gateway{}.Handler(mux)
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
	if said := complaints.String(); said != "" {
		t.Errorf("the log says %q", said)
	}
}
