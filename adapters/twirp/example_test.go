package denytwirp_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/twitchtv/twirp"
	"github.com/twitchtv/twirp/example"

	denytwirp "github.com/denial-go/denial/adapters/twirp"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// shop is a service that wants a scope.
type shop struct{}

func (shop) MakeHat(context.Context, *example.Size) (*example.Hat, error) {
	return nil, problem.NeedScope("hats.make")
}

func Example() {
	deny := denytwirp.Server{Renderer: render.Must(render.New(render.Config{}))}
	handler := example.NewHaberdasherServer(shop{}, twirp.WithServerInterceptors(deny.Interceptor))
	mux := http.NewServeMux()
	mux.Handle(handler.PathPrefix(), handler)
	site := httptest.NewServer(deny.Middleware(mux))
	defer site.Close()

	known, err := problem.NewSet(problem.Common()...)
	if err != nil {
		fmt.Println(err)
		return
	}
	c := denytwirp.Client{Known: known}
	client := example.NewHaberdasherProtobufClient(site.URL, http.DefaultClient, twirp.WithClientInterceptors(c.Interceptor))
	_, err = client.MakeHat(context.Background(), &example.Size{Inches: 12})
	fmt.Println(errors.Is(err, problem.InsufficientScope))
	if e, ok := errors.AsType[*denytwirp.Error](err); ok {
		fmt.Println(e.Code(), e.Meta("code"), e.Problem().Challenges)
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
	// true
	// permission_denied insufficient-scope [Bearer error="insufficient_scope", scope="hats.make"]
	// 404 application/problem+json
}
