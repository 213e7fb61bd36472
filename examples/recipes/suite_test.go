package recipes_test

import (
	"encoding/json"
	"errors"
	"io"
	"log"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/denial-go/denial/examples/recipes"
	"github.com/denial-go/denial/internal/adaptertest"
	"github.com/denial-go/denial/problem"
	"github.com/go-chi/chi/v5"
	"github.com/gorilla/mux"
	"github.com/julienschmidt/httprouter"
)

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.DiscardHandler))
	m.Run()
}

// route is one of those that the suite asks for.
type route struct {
	methods []string
	path    string
	handle  recipes.Handler
}

// routes are those of the suite for whatever speaks net/http. Param returns
// what stands in the path for a name.
func routes(app *adaptertest.App, param func(*http.Request, string) string) []route {
	all, get, post := []string{"GET", "HEAD", "POST"}, []string{"GET"}, []string{"POST"}
	fail := func(r *http.Request) error { return app.Error(param(r, "case")) }
	ok := func(w http.ResponseWriter) error {
		_, err := io.WriteString(w, "ok")
		return err
	}
	return []route{
		{all, "/deny/{case}", func(_ http.ResponseWriter, r *http.Request) error { return fail(r) }},
		{all, "/fields/{case}", func(w http.ResponseWriter, r *http.Request) error {
			app.AddFields(w.Header().Add)
			return fail(r)
		}},
		{all, "/written/{case}", func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, app.Written())
			return fail(r)
		}},
		{all, "/panic", func(http.ResponseWriter, *http.Request) error { app.Panic(); return nil }},
		{all, "/cut", func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, app.Written())
			http.NewResponseController(w).Flush() // http.TimeoutHandler does not
			app.Panic()
			return nil
		}},
		{all, "/abort", func(http.ResponseWriter, *http.Request) error { app.Abort(); return nil }},
		{all, "/slow", func(_ http.ResponseWriter, r *http.Request) error { return app.Wait(r.Context()) }},
		{get, "/only-get", func(w http.ResponseWriter, _ *http.Request) error { return ok(w) }},
		{post, "/limited", func(w http.ResponseWriter, r *http.Request) error {
			if _, err := io.ReadAll(r.Body); err != nil {
				return err
			}
			return ok(w)
		}},
		{post, "/valid", func(w http.ResponseWriter, r *http.Request) error {
			var in struct{ Age int }
			if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
				return problem.ForStatus(http.StatusBadRequest).Because(err)
			}
			return ok(w)
		}},
	}
}

// own is what the recipes make of a panic.
var own = map[adaptertest.Check]error{adaptertest.Panic: errors.New("any")}

// noOwnErrors is what no router on net/http can do.
var noOwnErrors = map[adaptertest.Check]string{adaptertest.OwnErrors: "net/http has no error type with a status"}

// run runs the suite on a router.
func run(t *testing.T, skip map[adaptertest.Check]string, router func(*adaptertest.App) http.Handler) {
	t.Helper()
	adaptertest.Run(t, adaptertest.Adapter{
		Start: func(app *adaptertest.App) (string, func(), error) {
			return app.Serve(http.MaxBytesHandler(router(app), int64(app.BodyLimit)))
		},
		Own:  own,
		Skip: skip,
	})
}

// serveMux is the recipe ServeMux with the routes of the suite.
func serveMux(app *adaptertest.App) http.Handler {
	router := http.NewServeMux()
	for _, r := range routes(app, (*http.Request).PathValue) {
		for _, method := range r.methods {
			if method != http.MethodHead { // GET has it
				router.Handle(method+" "+r.path, recipes.Answer(app.Deny, r.handle))
			}
		}
	}
	return recipes.ServeMux(app.Deny, router)
}

func TestServeMux(t *testing.T) {
	run(t, noOwnErrors, func(app *adaptertest.App) http.Handler {
		return recipes.Recover(app.Deny, serveMux(app))
	})
}

func TestChi(t *testing.T) {
	run(t, noOwnErrors, func(app *adaptertest.App) http.Handler {
		router := recipes.Chi(app.Deny)
		for _, r := range routes(app, chi.URLParam) {
			for _, method := range r.methods {
				router.Method(method, r.path, recipes.Answer(app.Deny, r.handle))
			}
		}
		return router
	})
}

func TestGorilla(t *testing.T) {
	run(t, noOwnErrors, func(app *adaptertest.App) http.Handler {
		router := recipes.Gorilla(app.Deny)
		param := func(r *http.Request, name string) string { return mux.Vars(r)[name] }
		for _, r := range routes(app, param) {
			router.Handle(r.path, recipes.Answer(app.Deny, r.handle)).Methods(r.methods...)
		}
		return router
	})
}

func TestHTTPRouter(t *testing.T) {
	skip := maps.Clone(noOwnErrors)
	skip[adaptertest.Cut] = "a PanicHandler does not know whether the answer has begun"
	run(t, skip, func(app *adaptertest.App) http.Handler {
		router := recipes.HTTPRouter(app.Deny)
		param := func(r *http.Request, name string) string {
			return httprouter.ParamsFromContext(r.Context()).ByName(name)
		}
		for _, r := range routes(app, param) {
			for _, method := range r.methods {
				router.Handler(method, strings.Replace(r.path, "{case}", ":case", 1), recipes.Answer(app.Deny, r.handle))
			}
		}
		return router
	})
}

func TestNegroni(t *testing.T) {
	skip := maps.Clone(noOwnErrors)
	skip[adaptertest.Abort] = "negroni's Recovery answers http.ErrAbortHandler with a 500, like any panic"
	skip[adaptertest.Cut] = "negroni's Recovery logs only after it has answered, and so cannot be made to close the connection"
	run(t, skip, func(app *adaptertest.App) http.Handler {
		stack := recipes.Negroni(app.Deny, log.New(io.Discard, "", 0))
		stack.UseHandler(serveMux(app))
		return stack
	})
}

// TestTimeout: what is answered in time goes through http.TimeoutHandler as it
// is, panics included.
func TestTimeout(t *testing.T) {
	run(t, noOwnErrors, func(app *adaptertest.App) http.Handler {
		return recipes.Recover(app.Deny, recipes.Timeout(app.Deny, time.Hour, serveMux(app)))
	})
}
