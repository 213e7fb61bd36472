package denyhuma_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	denyhuma "github.com/denial-go/denial/adapters/huma"
	"github.com/denial-go/denial/internal/adaptertest"
	"github.com/denial-go/denial/problem"
)

type caseInput struct {
	Case string `path:"case"`
}

type text struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

func ok() (*text, error) { return &text{"text/plain", []byte("ok")}, nil }

// everyMethod registers a handler for GET, which answers HEAD too, and POST.
func everyMethod[I any](api huma.API, path string, h func(context.Context, *I) (*text, error), middlewares ...func(huma.Context, func(huma.Context))) {
	for _, method := range []string{"GET", "POST"} {
		huma.Register(api, huma.Operation{OperationID: method + path, Method: method, Path: path, Middlewares: middlewares}, denyhuma.Handler(h))
	}
}

func TestSuite(t *testing.T) {
	adaptertest.Run(t, adaptertest.Adapter{
		Start: func(app *adaptertest.App) (string, func(), error) {
			mux := http.NewServeMux()
			config := huma.DefaultConfig("Suite", "1")
			config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
			api := denyhuma.New(humago.New(mux, config), app.Deny)
			deny := func(_ context.Context, in *caseInput) (*text, error) { return nil, app.Error(in.Case) }
			everyMethod(api, "/deny/{case}", deny)
			everyMethod(api, "/fields/{case}", deny, func(ctx huma.Context, next func(huma.Context)) {
				app.AddFields(ctx.AppendHeader)
				next(ctx)
			})
			everyMethod(api, "/written/{case}", deny, func(ctx huma.Context, next func(huma.Context)) {
				ctx.SetHeader("Content-Type", "text/plain")
				ctx.SetStatus(http.StatusOK)
				io.WriteString(ctx.BodyWriter(), app.Written())
				next(ctx)
			})
			everyMethod(api, "/own/{status}", func(_ context.Context, in *struct {
				Status int `path:"status"`
			}) (*text, error) {
				return nil, huma.NewError(in.Status, app.Secret)
			})
			everyMethod(api, "/abort", func(context.Context, *struct{}) (*text, error) {
				app.Abort()
				return ok()
			})
			everyMethod(api, "/slow", func(ctx context.Context, _ *struct{}) (*text, error) { return nil, app.Wait(ctx) })
			huma.Get(api, "/only-get", func(context.Context, *struct{}) (*text, error) { return ok() })
			huma.Register(api, huma.Operation{OperationID: "limited", Method: "POST", Path: "/limited", MaxBodyBytes: int64(app.BodyLimit)},
				func(context.Context, *struct{ RawBody []byte }) (*text, error) { return ok() })
			huma.Post(api, "/valid", func(context.Context, *struct {
				Body struct {
					Age int `json:"age"`
				}
			}) (*text, error) {
				return ok()
			})
			return app.Serve(denyhuma.Mux(mux, app.Deny))
		},
		InvalidStatus: http.StatusUnprocessableEntity,
		Own: map[adaptertest.Check]error{
			adaptertest.Invalid: &problem.Problem{Reason: problem.ForStatus(http.StatusUnprocessableEntity), Extensions: map[string]any{
				"errors": []any{json.RawMessage(`{"message":"expected integer","location":"body.age"}`)}}},
		},
		Skip: map[adaptertest.Check]string{
			adaptertest.Panic: "huma does not recover: a panic is the router's, and net/http closes the connection",
		},
	})
}
