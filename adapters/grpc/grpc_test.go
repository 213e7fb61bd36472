package denygrpc_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	rpcstatus "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	denygrpc "github.com/denial-go/denial/adapters/grpc"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

var planTooSmall = problem.MustReason(problem.Definition{
	Code: "plan-too-small", Status: 402, Title: "A larger plan is needed", Detail: "Exports are part of the {plan} plan.",
	Next: []problem.NextStep{{Kind: problem.UpgradePlan, Href: "https://example.com/plans/{plan}"}},
})

var nonASCII = problem.MustReason(problem.Definition{
	Code: "non-ascii", Status: 403, Title: "Too much", Detail: "{a} {b} {c} {d} {e} {f}",
})

func known(t testing.TB) *problem.Set {
	t.Helper()
	s, err := problem.NewSet(append(problem.Common(), planTooSmall, nonASCII)...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// health answers Check, Watch and List with the error of the test.
type health struct {
	healthpb.UnimplementedHealthServer
	err func(ctx context.Context) error
}

func (h health) Check(ctx context.Context, _ *healthpb.HealthCheckRequest) (*healthpb.HealthCheckResponse, error) {
	return &healthpb.HealthCheckResponse{Status: healthpb.HealthCheckResponse_SERVING}, h.err(ctx)
}

// Watch sends one message before the error.
func (h health) Watch(_ *healthpb.HealthCheckRequest, s grpc.ServerStreamingServer[healthpb.HealthCheckResponse]) error {
	if err := s.Send(&healthpb.HealthCheckResponse{Status: healthpb.HealthCheckResponse_SERVING}); err != nil {
		return err
	}
	return h.err(s.Context())
}

// dial starts a server with the interceptors and returns a connection to it.
func dial(t testing.TB, deny denygrpc.Server, err func(context.Context) error, opts ...grpc.DialOption) *grpc.ClientConn {
	t.Helper()
	return dialServer(t, grpc.NewServer(grpc.ChainUnaryInterceptor(deny.Unary), grpc.ChainStreamInterceptor(deny.Stream)), err, opts...)
}

func dialServer(t testing.TB, s *grpc.Server, err func(context.Context) error, opts ...grpc.DialOption) *grpc.ClientConn {
	t.Helper()
	healthpb.RegisterHealthServer(s, health{err: err})
	l, lerr := net.Listen("tcp", "127.0.0.1:0")
	if lerr != nil {
		t.Fatal(lerr)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	conn, derr := grpc.NewClient(l.Addr().String(), append(opts, grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if derr != nil {
		t.Fatal(derr)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		s.Stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return conn
}

// call makes a unary call and reads a stream to its end; both must end in the
// same status.
func call(t testing.TB, ctx context.Context, conn *grpc.ClientConn) (trailer metadata.MD, err error) {
	t.Helper()
	c := healthpb.NewHealthClient(conn)
	resp, err := c.Check(ctx, &healthpb.HealthCheckRequest{}, grpc.Trailer(&trailer))
	if err == nil {
		t.Fatalf("the call succeeded: %v", resp)
	}
	s, serr := c.Watch(ctx, &healthpb.HealthCheckRequest{})
	for serr == nil {
		_, serr = s.Recv()
	}
	if serr == io.EOF {
		t.Fatal("the stream succeeded")
	}
	one, two := status.Convert(err).Proto(), status.Convert(serr).Proto()
	if !proto.Equal(one, two) {
		t.Errorf("unary %v\nstream %v", one, two)
	}
	if s != nil {
		if diff := cmp.Diff(fields(trailer), fields(s.Trailer())); diff != "" {
			t.Errorf("trailers differ (-unary +stream):\n%s", diff)
		}
	}
	if reason := problem.From(err).Reason; reason.Code() != "" && errors.Is(err, reason) != errors.Is(serr, reason) {
		t.Errorf("unary %v, stream %v", err, serr)
	}
	return trailer, err
}

// fields are those of a trailer that are not gRPC's own.
func fields(md metadata.MD) metadata.MD {
	out := md.Copy()
	delete(out, "content-type")
	delete(out, "grpc-status-details-bin")
	return out
}

func returns(err error) func(context.Context) error {
	return func(context.Context) error { return err }
}

func TestDenials(t *testing.T) {
	tests := []struct {
		name      string
		err       error
		code      codes.Code
		challenge []string
	}{
		{"sign-in", problem.SignInRequired, codes.Unauthenticated, []string{`Bearer realm="restricted"`}},
		{"scope", problem.NeedScope("reports.read"), codes.PermissionDenied, []string{`Bearer error="insufficient_scope", scope="reports.read"`}},
		{"role", problem.NeedRole("Editor"), codes.PermissionDenied, nil},
		{"not found", problem.NotFound, codes.NotFound, nil},
		{"rate", problem.RetryIn(problem.RateLimited, 30*time.Second), codes.ResourceExhausted, nil},
		{"maintenance", problem.Maintenance, codes.Unavailable, nil},
		{"payment", &problem.Problem{Reason: planTooSmall, Args: map[string]any{"plan": "Team"}}, codes.FailedPrecondition, nil},
		{"wrapped", fmt.Errorf("secret: %w", problem.OutsideHours), codes.PermissionDenied, nil},
		{"joined", errors.Join(problem.EmailUnverified, problem.TokenExpired), codes.Unauthenticated, nil},
		{"two challenges", &problem.Problem{Reason: problem.SignInRequired, Challenges: []problem.Challenge{problem.Bearer("a"), problem.Basic("b")}},
			codes.Unauthenticated, []string{`Bearer realm="a"`, `Basic realm="b", charset="UTF-8"`}},
		{"zero reason", problem.Reason{}, codes.PermissionDenied, nil},
	}
	c := denygrpc.Client{Known: known(t)}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn := dial(t, denygrpc.Server{}, returns(tt.err), grpc.WithUnaryInterceptor(c.Unary), grpc.WithStreamInterceptor(c.Stream))
			trailer, err := call(t, metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer x"), conn)
			if got := status.Code(err); got != tt.code {
				t.Errorf("code %v, want %v", got, tt.code)
			}
			want := problem.From(tt.err)
			if want.Reason.Code() != "" && !errors.Is(err, want.Reason) {
				t.Errorf("got %v, want %v", err, want.Reason)
			}
			p, ok := errors.AsType[*problem.Problem](err)
			if !ok {
				t.Fatalf("no Problem in %v", err)
			}
			for i, a := range want.Also {
				if p.Also[i].Reason != a.Reason {
					t.Errorf("also %v, want %v", p.Also[i].Reason, a.Reason)
				}
			}
			if p.RetryAfter != want.RetryAfter {
				t.Errorf("wait %v, want %v", p.RetryAfter, want.RetryAfter)
			}
			if tt.challenge != nil {
				if diff := cmp.Diff(tt.challenge, trailer.Get("www-authenticate")); diff != "" {
					t.Errorf("challenges differ (-want +got):\n%s", diff)
				}
			}
			var lines []string
			for _, c := range p.Challenges {
				lines = append(lines, c.String())
			}
			if diff := cmp.Diff(trailer.Get("www-authenticate"), lines); diff != "" {
				t.Errorf("challenges read differ (-trailer +Problem):\n%s", diff)
			}
			if strings.Contains(fmt.Sprint(status.Convert(err).Proto()), "secret") {
				t.Errorf("the wrapping went out: %v", status.Convert(err).Proto())
			}
		})
	}
}

// The texts are in the caller's language, which grpc-gateway hands on under
// another name; the caller's own setting overrules it.
func TestLanguage(t *testing.T) {
	tests := []struct {
		name   string
		md     []string
		own    string
		locale string
	}{
		{"none", nil, "", "en"},
		{"metadata", []string{"accept-language", "fr;q=0.5, de"}, "", "de"},
		{"two lines", []string{"accept-language", "xx", "accept-language", "pt-BR"}, "", "pt-BR"},
		{"gateway", []string{"grpcgateway-accept-language", "ja"}, "", "ja"},
		{"setting", []string{"accept-language", "de"}, "ar", "ar"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			deny := denygrpc.Server{Request: func(_ context.Context, req *render.Request) {
				req.Language = tt.own
				req.Instance = "urn:call:" + strings.TrimPrefix(req.Target, "/")
			}}
			conn := dial(t, deny, returns(problem.EmailUnverified))
			_, err := healthpb.NewHealthClient(conn).Check(metadata.AppendToOutgoingContext(t.Context(), tt.md...), &healthpb.HealthCheckRequest{})
			st := status.Convert(err)
			locale, instance := "", ""
			for _, d := range st.Details() {
				switch d := d.(type) {
				case *errdetails.LocalizedMessage:
					locale = d.Locale
					if (d.Message == st.Message()) != (locale == "en") {
						t.Errorf("message %q, localized %q", st.Message(), d.Message)
					}
				case *errdetails.ErrorInfo:
					instance = d.Metadata["instance"]
					if d.Domain != "grpc.health.v1.Health" {
						t.Errorf("domain %q", d.Domain)
					}
				}
			}
			if locale != tt.locale || instance != "urn:call:grpc.health.v1.Health/Check" {
				t.Errorf("got %q, %q; want %q", locale, instance, tt.locale)
			}
			if want := "Your email address is not verified yet"; !strings.HasPrefix(st.Message(), want) {
				t.Errorf("message %q, want English", st.Message())
			}
		})
	}
}

// A caller's setting that cannot be read is no reason to stop, and the call is
// denied all the same.
func TestRequestPanics(t *testing.T) {
	deny := denygrpc.Server{Request: func(_ context.Context, req *render.Request) {
		req.Language = "ja"
		panic("no session")
	}}
	_, err := call(t, metadata.AppendToOutgoingContext(t.Context(), "accept-language", "de"), dial(t, deny, returns(problem.EmailUnverified)))
	st := status.Convert(err)
	locale := ""
	for _, d := range st.Details() {
		if d, ok := d.(*errdetails.LocalizedMessage); ok {
			locale = d.Locale
		}
	}
	if st.Code() != codes.PermissionDenied || locale != "de" {
		t.Errorf("got %v in %q, want the denial in the language of the metadata", err, locale)
	}
}

type okError struct{}

func (okError) Error() string              { return "secret" }
func (okError) GRPCStatus() *status.Status { return status.New(codes.OK, "") }

type nilStatus struct{}

func (nilStatus) Error() string              { return "secret" }
func (nilStatus) GRPCStatus() *status.Status { return nil }

type loop struct{}

func (l *loop) Error() string { return "secret" }
func (l *loop) Unwrap() error { return l }

// What is no denial.
func TestOtherErrors(t *testing.T) {
	made, err := status.New(codes.InvalidArgument, "name is empty").WithDetails(&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{{Field: "name"}}})
	if err != nil {
		t.Fatal(err)
	}
	plain := func(c codes.Code, message string) *rpcstatus.Status { return status.New(c, message).Proto() }
	silent := plain(codes.Unknown, "Internal Server Error")
	tests := []struct {
		name string
		err  error
		want *rpcstatus.Status
	}{
		{"status", made.Err(), made.Proto()},
		{"status of the handler", status.Error(codes.Internal, "as it is"), plain(codes.Internal, "as it is")},
		{"wrapped status", fmt.Errorf("secret: %w", made.Err()), made.Proto()},
		{"bare", errors.New("secret"), silent},
		{"canceled", fmt.Errorf("secret: %w", context.Canceled), plain(codes.Canceled, "context canceled")},
		{"deadline", fmt.Errorf("secret: %w", context.DeadlineExceeded), plain(codes.DeadlineExceeded, "context deadline exceeded")},
		{"status OK is no success", okError{}, silent},
		{"no status is no success", nilStatus{}, silent},
		{"loop", &loop{}, silent},
		{"nil Error", (*denygrpc.Error)(nil), silent},
		{"nil Problem", (*problem.Problem)(nil), plain(codes.PermissionDenied, "Forbidden")},
	}
	c := denygrpc.Client{Known: known(t)}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn := dial(t, denygrpc.Server{}, returns(tt.err), grpc.WithUnaryInterceptor(c.Unary), grpc.WithStreamInterceptor(c.Stream))
			trailer, err := call(t, t.Context(), conn)
			if diff := cmp.Diff(tt.want.String(), status.Convert(err).Proto().String()); diff != "" {
				t.Errorf("status differs (-want +got):\n%s", diff)
			}
			if len(fields(trailer)) > 0 {
				t.Errorf("trailer %v", trailer)
			}
			if p, ok := problem.Find(err); ok {
				t.Errorf("the client reads %v", p)
			}
		})
	}
}

// Interceptors outside see what the handler returned.
func TestOutside(t *testing.T) {
	cause := errors.New("secret")
	var seen error
	deny := denygrpc.Server{}
	s := grpc.NewServer(grpc.ChainUnaryInterceptor(func(ctx context.Context, req any, _ *grpc.UnaryServerInfo, h grpc.UnaryHandler) (any, error) {
		resp, err := h(ctx, req)
		seen = err
		return resp, err
	}, deny.Unary))
	conn := dialServer(t, s, returns(problem.TokenExpired.Because(cause)))
	_, err := healthpb.NewHealthClient(conn).Check(t.Context(), &healthpb.HealthCheckRequest{})
	if !errors.Is(seen, problem.TokenExpired) || !errors.Is(seen, cause) || status.Code(seen) != codes.Unauthenticated {
		t.Errorf("seen %v", seen)
	}
	if strings.Contains(fmt.Sprint(err, status.Convert(err).Proto()), "secret") {
		t.Errorf("the cause went out: %v", err)
	}
}

// A denial that another service sent is handed on in the caller's language.
func TestHandedOn(t *testing.T) {
	c := denygrpc.Client{Known: known(t)}
	conn := dial(t, denygrpc.Server{Domain: "b.example"}, returns(problem.NeedScope("b.read")), grpc.WithUnaryInterceptor(c.Unary), grpc.WithStreamInterceptor(c.Stream))
	a := dial(t, denygrpc.Server{Domain: "a.example"}, func(context.Context) error {
		_, err := healthpb.NewHealthClient(conn).Check(context.Background(), &healthpb.HealthCheckRequest{})
		return fmt.Errorf("calling B: %w", err)
	}, grpc.WithUnaryInterceptor(c.Unary), grpc.WithStreamInterceptor(c.Stream))
	trailer, err := call(t, metadata.AppendToOutgoingContext(t.Context(), "accept-language", "de"), a)
	if !errors.Is(err, problem.InsufficientScope) {
		t.Fatalf("got %v", err)
	}
	got := errors.AsType[*denygrpc.Error]
	e, ok := got(err)
	if !ok {
		t.Fatal("no Error")
	}
	want := render.Renderer{}
	v := want.View(render.Request{Language: "de"}, problem.NeedScope("b.read"))
	if e.Problem().Detail != v.Detail {
		t.Errorf("detail %q, want %q", e.Problem().Detail, v.Detail)
	}
	if len(trailer.Get("www-authenticate")) != 1 || !strings.Contains(trailer.Get("www-authenticate")[0], `scope="b.read"`) {
		t.Errorf("trailer %v", trailer)
	}
	if e.Error() != status.Convert(err).Err().Error() {
		t.Errorf("the error reads %q", e.Error())
	}
}

// A denial that the program made of a service's status hides it, also where the
// interceptors come later.
func TestHidden(t *testing.T) {
	st, _ := denygrpc.Server{}.Status(t.Context(), "/b.B/C", problem.NeedRole("auditor"))
	backend := st.Err()
	c := denygrpc.Client{Known: known(t)}
	want := map[string]*status.Status{}
	for name, reason := range map[string]problem.Reason{"not found": problem.NotFound, "sign in": problem.SignInRequired} {
		want[name], _ = denygrpc.Server{}.Status(t.Context(), "/a.A/C", reason)
	}
	tests := []struct {
		name, want string
		err        error
	}{
		{"cause", "not found", problem.NotFound.Because(backend)},
		{"cloaked", "not found", problem.Cloak(backend)},
		{"cloaked, read before", "not found", problem.Cloak(c.Read(backend, nil))},
		{"cause, with a denial of its own", "sign in", problem.SignInRequired.Because(backend)},
		{"wrapped", "not found", fmt.Errorf("calling B: %w", problem.NotFound.Because(backend))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := c.Unary(t.Context(), "/b.B/C", nil, nil, nil, func(context.Context, string, any, any, *grpc.ClientConn, ...grpc.CallOption) error { return tt.err })
			got, _ := denygrpc.Server{}.Status(t.Context(), "/a.A/C", err)
			if diff := cmp.Diff(want[tt.want].Proto().String(), got.Proto().String()); diff != "" {
				t.Errorf("the answer differs from that of %s (-want +got):\n%s", tt.want, diff)
			}
			if !errors.Is(err, backend) {
				t.Errorf("the log does not see the status: %v", err)
			}
		})
	}
}

// Of a server in another language, whose statuses have an ErrorInfo and whose
// challenges are in the trailer alone.
func TestOtherServers(t *testing.T) {
	s := grpc.NewServer()
	conn := dialServer(t, s, func(ctx context.Context) error {
		info, err := anypb.New(&errdetails.ErrorInfo{Reason: "TOKEN_EXPIRED", Domain: "x.example", Metadata: map[string]string{"code": "token-expired"}})
		if err != nil {
			return err
		}
		if err := grpc.SetTrailer(ctx, metadata.Pairs("www-authenticate", `Bearer realm="x", error="invalid_token"`, "www-authenticate", `DPoP algs="ES256"`)); err != nil {
			return err
		}
		return status.ErrorProto(&rpcstatus.Status{Code: int32(codes.Unauthenticated), Details: []*anypb.Any{info, {TypeUrl: "x/unknown", Value: []byte{1}}}})
	})
	_, err := healthpb.NewHealthClient(conn).Check(t.Context(), &healthpb.HealthCheckRequest{})
	c := denygrpc.Client{Known: known(t)}
	got := c.Read(err, metadata.Pairs("www-authenticate", `Bearer realm="x", error="invalid_token"`, "www-authenticate", `DPoP algs="ES256"`))
	p, _ := errors.AsType[*problem.Problem](got)
	if !errors.Is(got, problem.TokenExpired) || p == nil || len(p.Challenges) != 2 {
		t.Errorf("got %v with %v", got, p)
	}
	if again := c.Read(got, nil); again != got {
		t.Errorf("read twice: %v", again)
	}
	if c.Read(nil, nil) != nil {
		t.Error("nil became an error")
	}
	if foreign := errors.New("x"); c.Read(foreign, nil) != foreign {
		t.Error("a foreign error was changed")
	}
}

func TestSuccess(t *testing.T) {
	c := denygrpc.Client{}
	conn := dial(t, denygrpc.Server{}, returns(nil), grpc.WithUnaryInterceptor(c.Unary), grpc.WithStreamInterceptor(c.Stream))
	h := healthpb.NewHealthClient(conn)
	resp, err := h.Check(t.Context(), &healthpb.HealthCheckRequest{})
	if err != nil || resp.Status != healthpb.HealthCheckResponse_SERVING {
		t.Errorf("got %v, %v", resp, err)
	}
	s, err := h.Watch(t.Context(), &healthpb.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Recv(); err != nil {
		t.Error(err)
	}
	if _, err := s.Recv(); err != io.EOF {
		t.Errorf("got %v, want the end", err)
	}
	if err := s.CloseSend(); err != nil {
		t.Error(err)
	}
	if md, err := s.Header(); err != nil || md.Len() == 0 {
		t.Errorf("header %v, %v", md, err)
	}
}

// A caller that has gone away is no panic, and the others are served.
func TestCanceledCall(t *testing.T) {
	entered := make(chan struct{}, 1)
	left := make(chan error, 1)
	conn := dial(t, denygrpc.Server{}, func(ctx context.Context) error {
		entered <- struct{}{}
		<-ctx.Done()
		left <- ctx.Err()
		return problem.SignInRequired.Because(ctx.Err())
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-entered
		cancel()
	}()
	_, err := healthpb.NewHealthClient(conn).Check(ctx, &healthpb.HealthCheckRequest{})
	if status.Code(err) != codes.Canceled {
		t.Errorf("got %v", err)
	}
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the handler saw %v", err)
	}
}

// What a peer that reads 8 KiB of header fields can take.
func TestHeaderListSize(t *testing.T) {
	c := denygrpc.Client{Known: known(t)}
	long := strings.Repeat("ä", 10000)
	for name, err := range map[string]error{
		"long":   &problem.Problem{Reason: problem.RoleMissing, Detail: long, Extensions: map[string]any{"x": long}},
		"values": &problem.Problem{Reason: nonASCII, Args: map[string]any{"a": long, "b": long, "c": long, "d": long, "e": long, "f": long}},
		"many":   errors.Join(problem.EmailUnverified, problem.TermsNotAccepted, problem.PhoneUnverified, problem.ProfileIncomplete, problem.MFAEnrollmentRequired, problem.NeedScope("a", "b")),
	} {
		for _, language := range []string{"en", "my", "hi"} {
			t.Run(name+"/"+language, func(t *testing.T) {
				conn := dial(t, denygrpc.Server{}, returns(err), grpc.WithMaxHeaderListSize(8<<10), grpc.WithUnaryInterceptor(c.Unary), grpc.WithStreamInterceptor(c.Stream))
				_, got := call(t, metadata.AppendToOutgoingContext(t.Context(), "accept-language", language), conn)
				if status.Code(got) != codes.PermissionDenied || !errors.Is(got, problem.From(err).Reason) {
					t.Errorf("got %v", got)
				}
			})
		}
	}
}

// Challenges count too: they go out as trailers, and in the details.
func TestLongChallenges(t *testing.T) {
	c := denygrpc.Client{Known: known(t)}
	denials := map[string]error{
		"claims":  problem.NeedClaims(`{"access_token":{"x":{"values":["` + strings.Repeat("a", 2500) + `"]}}}`),
		"payment": problem.NeedPayment(problem.Payment("r", "id", "m", "charge", strings.Repeat("e", 3000))),
		"several": &problem.Problem{Reason: problem.SignInRequired, Challenges: []problem.Challenge{
			problem.Bearer(strings.Repeat("r", 2900)), problem.Basic("api"), problem.Negotiate()}},
	}
	for n := 200; n <= 9000; n += 400 {
		denials[fmt.Sprint(n)] = &problem.Problem{Reason: problem.SignInRequired, Challenges: []problem.Challenge{problem.Bearer(strings.Repeat("r", n))}}
	}
	for name, err := range denials {
		t.Run(name, func(t *testing.T) {
			conn := dial(t, denygrpc.Server{}, returns(err), grpc.WithMaxHeaderListSize(8<<10), grpc.WithUnaryInterceptor(c.Unary), grpc.WithStreamInterceptor(c.Stream))
			trailer, got := call(t, t.Context(), conn)
			if !errors.Is(got, problem.From(err).Reason) {
				t.Fatalf("got %v", got)
			}
			n, _ := strconv.Atoi(name)
			if challenges := problem.From(got).Challenges; n <= 6000 && len(challenges) == 0 {
				t.Errorf("the challenge is lost; trailers %v", trailer)
			}
			if lines := trailer.Get("www-authenticate"); n > 0 && n <= 1400 && len(lines) != 1 {
				t.Errorf("%d trailers", len(lines))
			}
			if lines := trailer.Get("www-authenticate"); name == "several" && len(lines) != 2 {
				t.Errorf("the short challenges are left out too: %q", lines)
			}
		})
	}
}

// A status for places that no interceptor reaches.
func TestStatus(t *testing.T) {
	deny := denygrpc.Server{}
	for name, err := range map[string]error{"nil": nil, "reason": problem.NotFound, "bare": errors.New("x"), "ok": okError{}} {
		if st, _ := deny.Status(t.Context(), "", err); st.Code() == codes.OK {
			t.Errorf("%s is OK", name)
		}
	}
}
