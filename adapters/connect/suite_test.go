package denyconnect_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"connectrpc.com/connect"

	denyconnect "github.com/denial-go/denial/adapters/connect"
	"github.com/denial-go/denial/internal/adaptertest"
)

// The suite is about the HTTP side: its requests are no RPCs.
func TestSuite(t *testing.T) {
	adaptertest.Run(t, adaptertest.Adapter{
		Skip: map[adaptertest.Check]string{
			adaptertest.OwnErrors: "Connect's errors have codes, of which some of these statuses have none: see TestCodesOverHTTP",
			adaptertest.Panic:     "a panic outside of Connect's handlers is net/http's, which closes the connection: see TestRecover",
		},
		Start: func(app *adaptertest.App) (string, func(), error) {
			deny := denyconnect.Server{Renderer: app.Deny}
			mux := http.NewServeMux()
			denied := func(w http.ResponseWriter, r *http.Request) { deny.Write(w, r, app.Error(r.PathValue("case"))) }
			mux.HandleFunc("/deny/{case}", denied)
			mux.HandleFunc("/fields/{case}", func(w http.ResponseWriter, r *http.Request) {
				for name, values := range app.Fields() {
					for _, value := range values {
						w.Header().Add(name, value)
					}
				}
				denied(w, r)
			})
			mux.HandleFunc("/written/{case}", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/plain")
				io.WriteString(w, app.Written())
				denied(w, r)
			})
			mux.HandleFunc("/abort", func(http.ResponseWriter, *http.Request) { app.Abort() })
			mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) { deny.Write(w, r, app.Wait(r.Context())) })
			mux.HandleFunc("GET /only-get", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") })
			mux.HandleFunc("POST /limited", func(w http.ResponseWriter, r *http.Request) {
				if _, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(app.BodyLimit))); err != nil {
					deny.Write(w, r, err)
					return
				}
				io.WriteString(w, "ok")
			})
			mux.HandleFunc("POST /valid", func(w http.ResponseWriter, r *http.Request) {
				var v struct{ Age int }
				if err := json.NewDecoder(r.Body).Decode(&v); err != nil {
					deny.Write(w, r, connect.NewError(connect.CodeInvalidArgument, fmt.Errorf("%s: %w", app.Secret, err)))
					return
				}
				io.WriteString(w, "ok")
			})
			// A handler of Connect's answers 405 by itself: the path of the suite
			// for that is one of the mux, and TestMiddleware has one of Connect's.
			mux.Handle("/test.v1.Test/Do", connect.NewUnaryHandlerSimple("/test.v1.Test/Do", noop, connect.WithInterceptors(deny)))
			return app.Serve(deny.Middleware(mux))
		},
	})
}
