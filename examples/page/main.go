// Page is a server that answers people with a page of its own design, where a
// Brand is not enough: any *html/template.Template is a render.Page. The data
// is a *render.View, and page.html uses most of it.
//
//	go run ./examples/page
//	curl -H 'Accept: text/html' http://127.0.0.1:8082/reports
//
// Programs get problem+json from it all the same.
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"html/template"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

//go:embed page.html
var source string

// page links with link: html/template would not know tel as a scheme for
// links. Every Href in a View is checked, and has a safe one.
var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"link": func(href string) template.URL { return template.URL(href) },
}).Parse(source))

var deny = render.Must(render.New(render.Config{
	Page: page,
	Links: map[problem.StepKind]string{
		problem.SignIn:         "/sign-in?next={return_to}",
		problem.ContactSupport: "tel:+442079460000",
	},
}))

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /reports", func(w http.ResponseWriter, r *http.Request) {
		deny.Write(w, r, problem.SignInRequired)
	})
	mux.HandleFunc("GET /editor", func(w http.ResponseWriter, r *http.Request) {
		deny.Write(w, r, problem.NeedRole("editor"))
	})
	mux.HandleFunc("GET /export", func(w http.ResponseWriter, r *http.Request) {
		deny.Write(w, r, &problem.Problem{Reason: problem.RateLimited, RetryAfter: time.Minute})
	})
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, r *http.Request) {
		// The policy that Write sets allows styles and images of the same site.
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		fmt.Fprint(w, "body { max-width: 40rem; margin: 2rem auto; padding: 1rem; font: 1.125rem/1.5 serif } .payment svg { color: #850 }")
	})
	return mux
}

func main() {
	addr := flag.String("addr", "127.0.0.1:8082", "address to listen on")
	flag.Parse()
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Listening on http://%s: try /reports, /editor and /export.\n", l.Addr())
	log.Fatal(http.Serve(l, routes()))
}
