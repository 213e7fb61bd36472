// Quickstart is the smallest server that says no well: three routes, each
// denied for another reason.
//
//	go run ./examples/quickstart
//	curl -i http://127.0.0.1:8081/reports
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

var deny = render.Must(render.New(render.Config{
	Links: map[problem.StepKind]string{
		problem.SignIn:        "/sign-in?next={return_to}",
		problem.VerifyEmail:   "/settings/email?next={return_to}",
		problem.RequestAccess: "/access?role={role}",
	},
}))

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /reports", func(w http.ResponseWriter, r *http.Request) {
		deny.Write(w, r, problem.SignInRequired)
	})
	mux.HandleFunc("GET /invoices", func(w http.ResponseWriter, r *http.Request) {
		deny.Write(w, r, problem.EmailUnverified)
	})
	mux.HandleFunc("GET /admin", func(w http.ResponseWriter, r *http.Request) {
		deny.Write(w, r, problem.NeedRole("editor"))
	})
	mux.Handle("/", deny.Handler(problem.NotFound))
	return mux
}

func main() {
	addr := flag.String("addr", "127.0.0.1:8081", "address to listen on")
	flag.Parse()
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Listening on http://%s: try /reports, /invoices and /admin.\n", l.Addr())
	log.Fatal(http.Serve(l, routes()))
}
