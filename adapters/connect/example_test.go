package denyconnect_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/wrapperspb"

	denyconnect "github.com/denial-go/denial/adapters/connect"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// report is a procedure that wants a scope.
func report(context.Context, *wrapperspb.StringValue) (*wrapperspb.StringValue, error) {
	return nil, problem.NeedScope("reports.read")
}

func Example() {
	deny := denyconnect.Server{Renderer: render.Must(render.New(render.Config{})), Domain: "reports.example.com"}
	mux := http.NewServeMux()
	// In a program, the generated NewReportsHandler stands here.
	mux.Handle("/acme.v1.Reports/Get", connect.NewUnaryHandlerSimple("/acme.v1.Reports/Get", report, connect.WithInterceptors(deny)))
	site := httptest.NewServer(deny.Middleware(mux))
	defer site.Close()

	known, err := problem.NewSet(problem.Common()...)
	if err != nil {
		fmt.Println(err)
		return
	}
	client := connect.NewClient[wrapperspb.StringValue, wrapperspb.StringValue](http.DefaultClient, site.URL+"/acme.v1.Reports/Get",
		connect.WithInterceptors(denyconnect.Client{Known: known}))
	_, err = client.CallUnary(context.Background(), connect.NewRequest(wrapperspb.String("7")))
	fmt.Println(connect.CodeOf(err), errors.Is(err, problem.InsufficientScope))
	if p, ok := errors.AsType[*problem.Problem](err); ok {
		fmt.Println(p.Args["scope"], p.Challenges)
	}

	// A browser that comes by gets a page, and a program problem+json.
	resp, err := http.Get(site.URL + "/nowhere")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	fmt.Println(resp.StatusCode, resp.Header.Get("Content-Type"))
	// Output:
	// permission_denied true
	// [reports.read] [Bearer error="insufficient_scope", scope="reports.read"]
	// 404 application/problem+json
}
