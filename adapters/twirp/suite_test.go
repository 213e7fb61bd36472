package denytwirp_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/twitchtv/twirp"

	denytwirp "github.com/denial-go/denial/adapters/twirp"
	"github.com/denial-go/denial/internal/adaptertest"
)

// The suite is about the HTTP side: its requests are no calls.
func TestSuite(t *testing.T) {
	adaptertest.Run(t, adaptertest.Adapter{
		Skip: map[adaptertest.Check]string{
			adaptertest.OwnErrors: "Twirp's errors have codes, of which some of these statuses have none: see TestCodesOverHTTP",
			adaptertest.Panic:     "Twirp answers a panic in a method and hands it on to net/http, which closes the connection",
		},
		Start: func(app *adaptertest.App) (string, func(), error) {
			deny := denytwirp.Server{Renderer: app.Deny}
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
					deny.Write(w, r, twirp.Malformed.Error(fmt.Sprint(app.Secret, err)))
					return
				}
				io.WriteString(w, "ok")
			})
			return app.Serve(deny.Middleware(mux))
		},
	})
}
