package denygrpcgateway_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/grpclog"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	denygrpc "github.com/denial-go/denial/adapters/grpc"
	denygrpcgateway "github.com/denial-go/denial/adapters/grpcgateway"
	"github.com/denial-go/denial/internal/adaptertest"
	"github.com/denial-go/denial/problem"
)

func TestMain(m *testing.M) {
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, io.Discard)) // panics are told there
	os.Exit(m.Run())
}

// service is behind the gateway. It answers with the error that the name in a
// request stands for.
type service struct {
	healthpb.UnimplementedHealthServer
	err func(ctx context.Context, name string) error
}

func (s service) Check(ctx context.Context, req *healthpb.HealthCheckRequest) (*healthpb.HealthCheckResponse, error) {
	return &healthpb.HealthCheckResponse{Status: healthpb.HealthCheckResponse_SERVING}, s.err(ctx, req.Service)
}

func (s service) Watch(req *healthpb.HealthCheckRequest, stream grpc.ServerStreamingServer[healthpb.HealthCheckResponse]) error {
	if req.Service == "late" {
		if err := stream.Send(&healthpb.HealthCheckResponse{}); err != nil {
			return err
		}
	}
	return s.err(stream.Context(), req.Service)
}

// startService starts the service, and returns a client and what stops both.
func startService(deny denygrpc.Server, err func(context.Context, string) error, opts ...grpc.DialOption) (healthpb.HealthClient, func(), error) {
	l, lerr := net.Listen("tcp", "127.0.0.1:0")
	if lerr != nil {
		return nil, nil, lerr
	}
	server := grpc.NewServer(grpc.ChainUnaryInterceptor(deny.Unary), grpc.ChainStreamInterceptor(deny.Stream))
	healthpb.RegisterHealthServer(server, service{err: err})
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	conn, cerr := grpc.NewClient(l.Addr().String(), append(opts, grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if cerr != nil {
		server.Stop()
		return nil, nil, cerr
	}
	return healthpb.NewHealthClient(conn), func() {
		conn.Close()
		server.Stop()
		<-done
	}, nil
}

// check is a handler as protoc-gen-grpc-gateway writes it for a unary method.
func check(mux *runtime.ServeMux, client healthpb.HealthClient) runtime.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request, params map[string]string) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		_, out := runtime.MarshalerForRequest(mux, r)
		ctx, err := runtime.AnnotateContext(ctx, mux, r, "/grpc.health.v1.Health/Check", runtime.WithHTTPPathPattern("/deny/{case}"))
		if err != nil {
			runtime.HTTPError(r.Context(), mux, out, w, r, err)
			return
		}
		var md runtime.ServerMetadata
		resp, err := client.Check(ctx, &healthpb.HealthCheckRequest{Service: params["case"]}, grpc.Header(&md.HeaderMD), grpc.Trailer(&md.TrailerMD))
		ctx = runtime.NewServerMetadataContext(ctx, md)
		if err != nil {
			runtime.HTTPError(ctx, mux, out, w, r, err)
			return
		}
		runtime.ForwardResponseMessage(ctx, mux, out, w, r, resp, mux.GetForwardResponseOptions()...)
	}
}

func handle(mux *runtime.ServeMux, path string, h runtime.HandlerFunc) error {
	var errs []error
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
		errs = append(errs, mux.HandlePath(method, path, h))
	}
	return errors.Join(errs...)
}

func TestSuite(t *testing.T) {
	adaptertest.Run(t, adaptertest.Adapter{
		Skip: map[adaptertest.Check]string{
			adaptertest.Allow: "the mux does not say which methods a path has",
		},
		Start: startSuite,
	})
}

// inGateway are cases that do not survive the way from a service unchanged:
// a nil Problem is a status without details, and a detail of 20 KiB does not
// fit into a header field. Handlers of the gateway's own fail with them.
var inGateway = []string{"typed-nil", "long"}

func startSuite(app *adaptertest.App) (string, func(), error) {
	set, err := problem.NewSet(append(problem.Common(), problem.From(app.Error("own")).Reason, problem.From(app.Error("conflict")).Reason)...)
	if err != nil {
		return "", nil, err
	}
	client, stopService, err := startService(denygrpc.Server{Renderer: app.Deny}, func(ctx context.Context, name string) error {
		if name == "slow" {
			return app.Wait(ctx)
		}
		return app.Error(name)
	})
	if err != nil {
		return "", nil, err
	}
	deny := denygrpcgateway.Gateway{Renderer: app.Deny, Known: set}
	mux := runtime.NewServeMux(deny.Options()...)
	rpc := check(mux, client)
	fail := func(w http.ResponseWriter, r *http.Request, err error) {
		_, out := runtime.MarshalerForRequest(mux, r)
		runtime.HTTPError(r.Context(), mux, out, w, r, err)
	}
	denied := func(w http.ResponseWriter, r *http.Request, params map[string]string) {
		if name := params["case"]; slices.Contains(inGateway, name) {
			fail(w, r, app.Error(name))
			return
		}
		rpc(w, r, params)
	}
	ok := func(w http.ResponseWriter) { io.WriteString(w, "ok") }
	err = errors.Join(
		handle(mux, "/deny/{case}", denied),
		handle(mux, "/fields/{case}", func(w http.ResponseWriter, r *http.Request, params map[string]string) {
			app.AddFields(w.Header().Add)
			denied(w, r, params)
		}),
		handle(mux, "/written/{case}", func(w http.ResponseWriter, r *http.Request, params map[string]string) {
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, app.Written())
			denied(w, r, params)
		}),
		handle(mux, "/own/{status}", func(w http.ResponseWriter, r *http.Request, params map[string]string) {
			status, err := strconv.Atoi(params["status"])
			if err != nil {
				fail(w, r, err)
				return
			}
			fail(w, r, &runtime.HTTPStatusError{HTTPStatus: status, Err: errors.New(app.Secret)})
		}),
		handle(mux, "/panic", func(http.ResponseWriter, *http.Request, map[string]string) { app.Panic() }),
		handle(mux, "/cut", func(w http.ResponseWriter, _ *http.Request, _ map[string]string) {
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, app.Written())
			http.NewResponseController(w).Flush()
			app.Panic()
		}),
		handle(mux, "/abort", func(http.ResponseWriter, *http.Request, map[string]string) { app.Abort() }),
		handle(mux, "/slow", func(w http.ResponseWriter, r *http.Request, _ map[string]string) {
			rpc(w, r, map[string]string{"case": "slow"})
		}),
		mux.HandlePath(http.MethodGet, "/only-get", func(w http.ResponseWriter, _ *http.Request, _ map[string]string) { ok(w) }),
		mux.HandlePath(http.MethodPost, "/limited", func(w http.ResponseWriter, r *http.Request, _ map[string]string) {
			if _, err := io.ReadAll(r.Body); err != nil {
				fail(w, r, status.Error(codes.InvalidArgument, fmt.Sprint(err))) // as generated code does
				return
			}
			ok(w)
		}),
		mux.HandlePath(http.MethodPost, "/valid", func(w http.ResponseWriter, r *http.Request, _ map[string]string) {
			in, _ := runtime.MarshalerForRequest(mux, r)
			var v struct{ Age int }
			if err := in.NewDecoder(r.Body).Decode(&v); err != nil {
				fail(w, r, status.Errorf(codes.InvalidArgument, "%s: %v", app.Secret, err))
				return
			}
			ok(w)
		}),
	)
	if err != nil {
		stopService()
		return "", nil, err
	}
	base, stop, err := app.Serve(http.MaxBytesHandler(deny.Handler(mux), int64(app.BodyLimit)))
	if err != nil {
		stopService()
		return "", nil, err
	}
	return base, func() {
		stop()
		stopService()
	}, nil
}
