// Command gateways runs what the configurations in this folder expect: a
// gatekeeper on port 9001, on port 9002 an application that knows nothing of
// denials and trusts its gateway, and on port 9003 one that denies by itself.
//
//	go run ./examples/gateways
//	caddy run --config examples/gateways/Caddyfile.forward-auth   # in another terminal
//	curl -i http://127.0.0.1:8080/reports
package main

import (
	"fmt"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/denial-go/denial/examples/gateways/gatekeeper"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

var deny = render.Must(render.New(render.Config{
	Links: map[problem.StepKind]string{
		problem.SignIn:        "/public/sign-in?next={return_to}",
		problem.RequestAccess: "/public/access?role={role}",
	},
	OnFault: func(err error) { log.Print(err) },
}))

// rule is where an application looks at sessions and roles. The configurations
// in which the gateway decides have the same rules.
func rule(r *http.Request) error {
	if strings.HasPrefix(r.URL.Path, "/public/") {
		return nil
	}
	if _, err := r.Cookie("session"); err != nil {
		return problem.SignInRequired
	}
	// Without regard to case, as in the configurations.
	path := strings.ToLower(r.URL.Path)
	switch {
	case strings.HasPrefix(path, "/admin"):
		return problem.NeedRole("admin")
	case strings.HasPrefix(path, "/internal"):
		return problem.PolicyDenied
	}
	return nil
}

func application(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "This is %s.\n", r.URL.Path)
}

// service is an application that denies by itself.
func service(w http.ResponseWriter, r *http.Request) {
	if err := rule(r); err != nil {
		deny.Write(w, r, err)
		return
	}
	application(w, r)
}

func serve(address string, h http.Handler) error {
	server := &http.Server{Addr: address, Handler: h, ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServe()
}

func main() {
	ended := make(chan error, 3)
	go func() { ended <- serve("127.0.0.1:9001", &gatekeeper.Gatekeeper{Deny: deny, Rule: rule}) }()
	go func() { ended <- serve("127.0.0.1:9002", http.HandlerFunc(application)) }()
	go func() { ended <- serve("127.0.0.1:9003", http.HandlerFunc(service)) }()
	log.Print("gatekeeper on 127.0.0.1:9001, application on 127.0.0.1:9002, service that denies by itself on 127.0.0.1:9003")
	log.Fatal(<-ended)
}
