package adaptertest

import (
	"encoding/json"
	"io"
	"net/http"
)

// Mux returns the routes of the suite for an adapter that is called by handlers
// of net/http: they fail by calling fail, and do nothing after it. Invalid
// makes an error of the framework of what is wrong with a body. The routes /own
// and /panic are left to the adapter.
func (a *App) Mux(fail func(http.ResponseWriter, *http.Request, error), invalid func(error) error) *http.ServeMux {
	mux := http.NewServeMux()
	ok := func(w http.ResponseWriter) { io.WriteString(w, "ok") }
	denied := func(w http.ResponseWriter, r *http.Request) { fail(w, r, a.Error(r.PathValue("case"))) }
	mux.HandleFunc("/deny/{case}", denied)
	mux.HandleFunc("/fields/{case}", func(w http.ResponseWriter, r *http.Request) {
		a.AddFields(w.Header().Add)
		denied(w, r)
	})
	mux.HandleFunc("/written/{case}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		io.WriteString(w, a.Written())
		denied(w, r)
	})
	mux.HandleFunc("/abort", func(http.ResponseWriter, *http.Request) { a.Abort() })
	mux.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) { fail(w, r, a.Wait(r.Context())) })
	mux.HandleFunc("GET /only-get", func(w http.ResponseWriter, _ *http.Request) { ok(w) })
	mux.HandleFunc("POST /limited", func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(a.BodyLimit))); err != nil {
			fail(w, r, err)
			return
		}
		ok(w)
	})
	mux.HandleFunc("POST /valid", func(w http.ResponseWriter, r *http.Request) {
		var v struct{ Age int }
		if err := json.NewDecoder(r.Body).Decode(&v); err != nil {
			fail(w, r, invalid(err))
			return
		}
		ok(w)
	})
	return mux
}
