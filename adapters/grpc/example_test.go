package denygrpc_test

import (
	"context"
	"errors"
	"fmt"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	denygrpc "github.com/denial-go/denial/adapters/grpc"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// reports is a service that wants a role.
type reports struct {
	healthpb.UnimplementedHealthServer
}

func (reports) Check(context.Context, *healthpb.HealthCheckRequest) (*healthpb.HealthCheckResponse, error) {
	return nil, problem.NeedRole("Editor", "Owner")
}

func Example() {
	renderer := render.Must(render.New(render.Config{}))
	deny := denygrpc.Server{Renderer: renderer, Domain: "reports.example.com"}
	server := grpc.NewServer(grpc.ChainUnaryInterceptor(deny.Unary), grpc.ChainStreamInterceptor(deny.Stream))
	healthpb.RegisterHealthServer(server, reports{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	go server.Serve(listener)
	defer server.Stop()

	known, err := problem.NewSet(problem.Common()...)
	if err != nil {
		fmt.Println(err)
		return
	}
	client := denygrpc.Client{Known: known}
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithUnaryInterceptor(client.Unary), grpc.WithStreamInterceptor(client.Stream))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()

	ctx := metadata.AppendToOutgoingContext(context.Background(), "accept-language", "de")
	_, err = healthpb.NewHealthClient(conn).Check(ctx, &healthpb.HealthCheckRequest{})
	fmt.Println(status.Code(err), errors.Is(err, problem.RoleMissing))
	if p, ok := errors.AsType[*problem.Problem](err); ok {
		// p.Detail says the same to a person, here in German.
		fmt.Println(p.Args["role"], p.Next[0].Kind)
	}
	// Output:
	// PermissionDenied true
	// [Editor Owner] request-access
}
