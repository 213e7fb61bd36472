package denygoa_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"

	goahttp "goa.design/goa/v3/http"

	denygoa "github.com/denial-go/denial/adapters/goa"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

func Example() {
	deny := render.Must(render.New(render.Config{Challenges: []problem.Challenge{problem.Bearer("reports")}}))

	mux := goahttp.NewMuxer()
	// endpoints.Use(denygoa.Endpoint)
	// server := reportssvr.New(endpoints, mux, goahttp.RequestDecoder, encoder, nil, formatter)
	// reportssvr.Mount(mux, server)
	encoder, formatter := denygoa.Encoder(goahttp.ResponseEncoder), denygoa.Formatter(deny)
	mountReports(mux, encoder, formatter, denygoa.Endpoint(func(context.Context, any) (any, error) {
		return nil, problem.SignInRequired // what the service's method returns
	}))
	handler := denygoa.Handler(mux, deny)

	for _, path := range []string{"/reports", "/nowhere"} {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept", "text/plain")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		title, _, _ := strings.Cut(w.Body.String(), "\n")
		fmt.Printf("%d %q %s\n", w.Code, w.Header().Values("WWW-Authenticate"), title)
	}
	// Output:
	// 401 ["Bearer realm=\"reports\""] Sign in to continue
	// 404 [] Not found
}
