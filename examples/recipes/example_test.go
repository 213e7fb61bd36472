package recipes_test

import (
	"fmt"
	"html"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/denial-go/denial/examples/recipes"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/go-chi/chi/v5"
	"github.com/julienschmidt/httprouter"
)

var deny = render.Must(render.New(render.Config{
	Links: map[problem.StepKind]string{problem.SignIn: "/sign-in?next={return_to}"},
}))

// reports is a handler that wants somebody to be signed in.
func reports(w http.ResponseWriter, r *http.Request) {
	if _, err := r.Cookie("session"); err != nil {
		deny.Write(w, r, problem.SignInRequired)
		return
	}
	fmt.Fprintln(w, "reports")
}

// show asks the handler for something, and prints the status, the code of the
// reason, or its title where it has none, and the fields that matter here.
func show(h http.Handler, method, target string, fields ...string) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, target, nil)
	for _, field := range fields {
		name, value, _ := strings.Cut(field, ": ")
		r.Header.Set(name, value)
	}
	h.ServeHTTP(w, r)
	switch p, err := problem.Decode(w.Header().Get("Content-Type"), w.Body); {
	case err != nil:
		fmt.Println(w.Code, w.Header().Get("Content-Type"))
	case p.Reason.Code() == "":
		fmt.Println(w.Code, p.Reason.Title())
	default:
		fmt.Println(w.Code, p.Reason.Code())
	}
	for _, name := range []string{"WWW-Authenticate", "Allow"} {
		for _, value := range w.Header().Values(name) {
			fmt.Println(name+":", value)
		}
	}
}

func ExampleAnswer() {
	mux := http.NewServeMux()
	mux.Handle("POST /notes", recipes.Answer(deny, func(w http.ResponseWriter, r *http.Request) error {
		if _, err := io.ReadAll(r.Body); err != nil {
			return fmt.Errorf("reading the note: %w", err)
		}
		return fmt.Errorf("saving the note: %w", problem.ReadOnly)
	}))
	show(mux, "POST", "/notes")

	small := http.MaxBytesHandler(mux, 8)
	w := httptest.NewRecorder()
	small.ServeHTTP(w, httptest.NewRequest("POST", "/notes", strings.NewReader("more than eight bytes")))
	fmt.Println(w.Code, w.Header().Get("Content-Type"))
	// Output:
	// 403 read-only
	// 413 application/problem+json
}

func ExampleRecover() {
	var told error
	deny := render.Must(render.New(render.Config{OnFault: func(err error) { told = err }}))
	h := recipes.Recover(deny, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("out of cheese") }))
	show(h, "GET", "/")
	fmt.Println(strings.Contains(told.Error(), "out of cheese"))
	// Output:
	// 500 text/plain; charset=utf-8
	// true
}

func ExampleServeMux() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /reports", reports)
	h := recipes.ServeMux(deny, mux)

	show(h, "GET", "/reports")
	show(h, "DELETE", "/reports")
	show(h, "GET", "/elsewhere")
	// Output:
	// 401 sign-in-required
	// WWW-Authenticate: Bearer realm="restricted"
	// 405 Method Not Allowed
	// Allow: GET, HEAD
	// 404 not-found
}

func ExampleChi() {
	router := recipes.Chi(deny)
	router.Get("/reports", reports)
	router.Route("/admin", func(r chi.Router) {
		r.Use(func(http.Handler) http.Handler { return deny.Handler(problem.NeedRole("admin")) })
		r.Put("/settings", reports)
	})

	show(router, "GET", "/reports")
	show(router, "POST", "/reports")
	show(router, "GET", "/elsewhere")
	show(router, "PUT", "/admin/settings")
	// Output:
	// 401 sign-in-required
	// WWW-Authenticate: Bearer realm="restricted"
	// 405 Method Not Allowed
	// Allow: GET
	// 404 not-found
	// 403 role-missing
}

func ExampleGorilla() {
	router := recipes.Gorilla(deny)
	router.HandleFunc("/reports", reports).Methods("GET", "HEAD")

	show(router, "GET", "/reports")
	show(router, "POST", "/reports")
	show(router, "GET", "/elsewhere")
	// Output:
	// 401 sign-in-required
	// WWW-Authenticate: Bearer realm="restricted"
	// 405 Method Not Allowed
	// Allow: GET, HEAD
	// 404 not-found
}

func ExampleHTTPRouter() {
	router := recipes.HTTPRouter(deny)
	router.HandlerFunc("GET", "/reports", reports)
	router.GET("/old", func(http.ResponseWriter, *http.Request, httprouter.Params) { panic("forgotten") })

	show(router, "GET", "/reports")
	show(router, "POST", "/reports")
	show(router, "GET", "/old")
	// Output:
	// 401 sign-in-required
	// WWW-Authenticate: Bearer realm="restricted"
	// 405 Method Not Allowed
	// Allow: GET, OPTIONS
	// 500 text/plain; charset=utf-8
}

func ExampleNegroni() {
	stack := recipes.Negroni(deny, log.New(io.Discard, "", 0))
	stack.UseHandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/reports" {
			reports(w, r)
			return
		}
		panic("no such page")
	})

	show(stack, "GET", "/reports")
	show(stack, "GET", "/elsewhere")
	// Output:
	// 401 sign-in-required
	// WWW-Authenticate: Bearer realm="restricted"
	// 500 text/plain; charset=utf-8
}

func ExampleCrossOrigin() {
	h := recipes.CrossOrigin(deny, http.HandlerFunc(reports))

	show(h, "POST", "/reports", "Sec-Fetch-Site: cross-site")
	show(h, "POST", "/reports", "Sec-Fetch-Site: same-origin")
	// Output:
	// 403 cross-origin
	// 401 sign-in-required
	// WWW-Authenticate: Bearer realm="restricted"
}

func ExampleNosurf() {
	h := recipes.Nosurf(deny, http.HandlerFunc(reports))

	show(h, "POST", "/reports", "Origin: https://example.com") // no token; the host is example.com
	show(h, "POST", "/reports", "Origin: https://elsewhere.example")
	show(h, "GET", "/reports")
	// Output:
	// 403 csrf-failed
	// 403 cross-origin
	// 401 sign-in-required
	// WWW-Authenticate: Bearer realm="restricted"
}

// The page's form carries the token, and gets through.
func ExampleResendVerification() {
	deny := render.Must(render.New(render.Config{
		Links: map[problem.StepKind]string{problem.ResendVerification: "/resend"},
	}))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /reports", func(w http.ResponseWriter, r *http.Request) {
		deny.Write(w, r, recipes.ResendVerification(r))
	})
	mux.HandleFunc("POST /resend", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "sent") })
	h := recipes.Nosurf(deny, mux)

	r := httptest.NewRequest("GET", "/reports", nil)
	r.Header.Set("Accept", "text/html")
	page := httptest.NewRecorder()
	h.ServeHTTP(page, r)
	field := regexp.MustCompile(`<input type="hidden" name="(.*?)" value="(.*?)">`).FindStringSubmatch(page.Body.String())
	for _, token := range []string{"", html.UnescapeString(field[2])} {
		r := httptest.NewRequest("POST", "/resend", strings.NewReader(url.Values{field[1]: {token}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "https://example.com")
		r.AddCookie(page.Result().Cookies()[0])
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Println(w.Code)
	}
	// Output:
	// 403
	// 200
}

func ExampleReverseProxy() {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("WWW-Authenticate", `Bearer realm="inner"`)
		w.Header().Add("WWW-Authenticate", `DPoP algs="ES256"`)
		http.Error(w, "no", http.StatusUnauthorized)
	}))
	address, err := url.Parse(upstream.URL)
	if err != nil {
		panic(err)
	}
	proxy := recipes.ReverseProxy(deny, address)

	show(proxy, "GET", "/reports")
	upstream.Close()
	show(proxy, "GET", "/reports")
	// Output:
	// 401 sign-in-required
	// WWW-Authenticate: Bearer realm="inner"
	// WWW-Authenticate: DPoP algs="ES256"
	// 502 Bad Gateway
}

func ExampleTimeout() {
	stuck := make(chan struct{})
	defer close(stuck)
	h := recipes.Timeout(deny, time.Millisecond, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-stuck
	}))
	show(h, "GET", "/reports")
	// Output:
	// 503 overloaded
}
