package denyoapi_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
	oapimiddleware "github.com/oapi-codegen/nethttp-middleware"

	denyoapi "github.com/denial-go/denial/adapters/oapi"
	"github.com/denial-go/denial/internal/adaptertest"
	"github.com/denial-go/denial/problem"
)

const suiteDocument = `
openapi: 3.0.3
info: {title: Suite, version: "1"}
paths:
  /deny/{case}: 
    parameters: &case [{name: case, in: path, required: true, schema: {type: string}}]
    get: &guarded {security: [{gate: []}], responses: {"200": {description: ok}}}
    head: *guarded
    post: *guarded
  /fields/{case}: &open
    parameters: *case
    get: &one {responses: {"200": {description: ok}}}
    head: *one
    post: *one
  /abort: {get: *one, head: *one, post: *one}
  /slow: {get: *one}
  /only-get: {get: *one}
  /limited: {post: {requestBody: {content: {application/json: {}}}, responses: {"200": {description: ok}}}}
  /valid:
    post:
      requestBody:
        content: {application/json: {schema: {type: object, properties: {age: {type: integer}}}}}
      responses: {"200": {description: ok}}
components:
  securitySchemes:
    gate: {type: http, scheme: bearer}
`

// TestSuite denies where an AuthenticationFunc does, and where a strict server
// made by oapi-codegen hands on what its handlers return.
func TestSuite(t *testing.T) {
	spec := load(t, suiteDocument)
	adaptertest.Run(t, adaptertest.Adapter{
		Start: func(app *adaptertest.App) (string, func(), error) {
			// strict is what the code of a strict server does with an error.
			strict := func(h func(w http.ResponseWriter, r *http.Request) error) http.HandlerFunc {
				responseErrorHandlerFunc := app.Deny.Write
				return func(w http.ResponseWriter, r *http.Request) {
					if err := h(w, r); err != nil {
						responseErrorHandlerFunc(w, r, err)
					}
				}
			}
			mux := http.NewServeMux()
			mux.HandleFunc("/deny/{case}", strict(func(_ http.ResponseWriter, r *http.Request) error { return app.Error(r.PathValue("case")) }))
			mux.HandleFunc("/fields/{case}", strict(func(w http.ResponseWriter, r *http.Request) error {
				app.AddFields(w.Header().Add)
				return app.Error(r.PathValue("case"))
			}))
			mux.HandleFunc("/abort", func(http.ResponseWriter, *http.Request) { app.Abort() })
			mux.HandleFunc("/slow", strict(func(_ http.ResponseWriter, r *http.Request) error { return app.Wait(r.Context()) }))
			mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") })

			validate := oapimiddleware.OapiRequestValidatorWithOptions(spec, &oapimiddleware.Options{
				ErrorHandlerWithOpts: denyoapi.ErrorHandler(app.Deny, spec),
				Options: openapi3filter.Options{
					AuthenticationFunc: func(_ context.Context, in *openapi3filter.AuthenticationInput) error {
						err := app.Error(in.RequestValidationInput.PathParams["case"])
						if _, ok := problem.Find(err); !ok {
							return nil // here it would stand for bad credentials: the handler returns it
						}
						return err
					},
				},
			})
			return app.Serve(http.MaxBytesHandler(validate(mux), int64(app.BodyLimit)))
		},
		Own: map[adaptertest.Check]error{
			adaptertest.Invalid: &problem.Problem{Reason: problem.ForStatus(400), Extensions: map[string]any{
				"errors": []any{json.RawMessage(`{"location":"body.age","keyword":"type","message":"value must be an integer"}`)}}},
		},
		Skip: map[adaptertest.Check]string{
			adaptertest.OwnErrors: "the middleware's errors have no status of their own",
			adaptertest.Written:   "the middleware never answers after a handler; a strict server returns an error or an answer, not both",
			adaptertest.Panic:     "the middleware does not recover, nor does the code that oapi-codegen makes",
		},
	})
}
