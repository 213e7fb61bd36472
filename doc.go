// Package denial is the front page of a library that answers denied HTTP
// requests. It holds no code; start with package render.
//
// A denial is the answer to a request that must not go on: nobody is signed
// in, the email is not verified, the plan is too low. Whoever sent the request
// needs three things from it: what happened, what would help, and whether a
// program can do that by itself. So a handler names the reason, and each client
// gets the same status, the same challenges and the same next steps in the form
// that it reads: problem+json (RFC 9457) for programs, a page for people,
// text, markdown or XML for those who ask, all of it in the reader's language.
//
//	var deny = render.Must(render.New(render.Config{
//		Links: map[problem.StepKind]string{problem.SignIn: "/sign-in?next={return_to}"},
//	}))
//
//	func reports(w http.ResponseWriter, r *http.Request) {
//		deny.Write(w, r, problem.SignInRequired)
//	}
//
// The packages:
//
//   - [github.com/denial-go/denial/problem] says what was denied and why:
//     Reason, Problem, NextStep, Challenge, and some eighty built-in reasons.
//     It also reads denials back in a client. It needs no net/http.
//   - [github.com/denial-go/denial/render] writes the answer: Config, Renderer
//     and the six forms. Its documentation says how answers are prepared.
//   - [github.com/denial-go/denial/negotiate] reads Accept and
//     Accept-Language. It knows nothing of denials.
//   - [github.com/denial-go/denial/templates] is data: the page, its style
//     sheet and the texts of every language.
//
// Folder examples/quickstart is the smallest server, and examples/gallery
// shows every built-in reason in every form:
//
//	go run ./examples/gallery
//
// What speaks net/http needs no more than these packages; examples/recipes has
// a few lines for each router. Folder adapters has a module for each framework,
// RPC system, token library and policy engine that speaks otherwise, and
// examples/gateways configurations for nginx, HAProxy, Caddy and Apache httpd.
//
// The library does not decide who may do what, and does not sign anybody in:
// it takes over once the answer is no.
package denial
