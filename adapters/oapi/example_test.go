package denyoapi_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	oapimiddleware "github.com/oapi-codegen/nethttp-middleware"

	denyoapi "github.com/denial-go/denial/adapters/oapi"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

const reports = `
openapi: 3.0.3
info: {title: reports, version: "1"}
paths:
  /reports:
    get:
      security: [{oauth: [reports.read]}]
      responses: {"200": {description: The reports.}}
components:
  securitySchemes:
    oauth: {type: oauth2, flows: {clientCredentials: {tokenUrl: https://id.example.com/token, scopes: {reports.read: See reports}}}}
`

func Example() {
	spec, err := openapi3.NewLoader().LoadFromData([]byte(reports))
	if err != nil {
		panic(err)
	}
	authenticate := func(_ context.Context, in *openapi3filter.AuthenticationInput) error {
		switch in.RequestValidationInput.Request.Header.Get("Authorization") {
		case "":
			return in.NewError(nil) // what is missing is in the document
		case "Bearer of-a-reader":
			return nil
		}
		return problem.InsufficientScope // for the scopes in the document
	}

	deny := render.Must(render.New(render.Config{}))
	validate := oapimiddleware.OapiRequestValidatorWithOptions(spec, &oapimiddleware.Options{
		Options:              openapi3filter.Options{AuthenticationFunc: authenticate},
		ErrorHandlerWithOpts: denyoapi.ErrorHandler(deny, spec),
	})
	server := validate(http.NotFoundHandler()) // in place of the handler that oapi-codegen made

	for _, authorization := range []string{"", "Bearer of-a-writer"} {
		r := httptest.NewRequest("GET", "/reports", nil)
		r.Header.Set("Accept", "text/plain")
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		w := httptest.NewRecorder()
		server.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Header().Get("WWW-Authenticate"))
		title, _, _ := strings.Cut(w.Body.String(), "\n")
		fmt.Println(title)
	}
	// Output:
	// 401 Bearer realm="reports", scope="reports.read"
	// Sign in to continue
	// 403 Bearer error="insufficient_scope", scope="reports.read"
	// Permission needed
}
