package denygrpcgateway_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	denygrpc "github.com/denial-go/denial/adapters/grpc"
	denygrpcgateway "github.com/denial-go/denial/adapters/grpcgateway"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// reports is a gRPC service that wants a scope.
type reports struct {
	healthpb.UnimplementedHealthServer
}

func (reports) Check(context.Context, *healthpb.HealthCheckRequest) (*healthpb.HealthCheckResponse, error) {
	return nil, problem.NeedScope("reports.read")
}

func Example() {
	// The service.
	interceptor := denygrpc.Server{}
	server := grpc.NewServer(grpc.ChainUnaryInterceptor(interceptor.Unary), grpc.ChainStreamInterceptor(interceptor.Stream))
	healthpb.RegisterHealthServer(server, reports{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	go server.Serve(listener)
	defer server.Stop()
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()

	// The gateway.
	known, err := problem.NewSet(problem.Common()...)
	if err != nil {
		fmt.Println(err)
		return
	}
	deny := denygrpcgateway.Gateway{Renderer: render.Must(render.New(render.Config{})), Known: known}
	mux := runtime.NewServeMux(deny.Options()...)
	// In a program, the generated RegisterReportsHandler stands here.
	if err := mux.HandlePath("GET", "/reports/{case}", check(mux, healthpb.NewHealthClient(conn))); err != nil {
		fmt.Println(err)
		return
	}
	site := httptest.NewServer(deny.Handler(mux))
	defer site.Close()

	for _, path := range []string{"/reports/7", "/nowhere"} {
		resp, err := http.Get(site.URL + path)
		if err != nil {
			fmt.Println(err)
			return
		}
		p, err := known.Decode(resp.Header.Get("Content-Type"), resp.Body)
		resp.Body.Close()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(resp.StatusCode, p.Reason.Code(), resp.Header["Www-Authenticate"])
	}
	// Output:
	// 403 insufficient-scope [Bearer error="insufficient_scope", scope="reports.read"]
	// 404 not-found []
}
