package render_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// show prints what a client of h gets that sends these header fields.
func show(h http.Handler, fields ...string) {
	r := httptest.NewRequest("GET", "/reports", nil)
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(w.Code, http.StatusText(w.Code))
	for _, c := range w.Header()["Www-Authenticate"] {
		fmt.Println("WWW-Authenticate:", c)
	}
	fmt.Println("Content-Type:", w.Header().Get("Content-Type"))
	fmt.Println()
	fmt.Println(w.Body)
}

func Example() {
	deny := render.Must(render.New(render.Config{
		Links: map[problem.StepKind]string{problem.VerifyEmail: "/verify?next={return_to}"},
	}))
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		deny.Write(w, r, problem.EmailUnverified)
	})
	show(h, "Accept: text/plain")
	// Output:
	// 403 Forbidden
	// Content-Type: text/plain; charset=utf-8
	//
	// Your email is not verified
	// Your email address is not verified yet. Open the link in the message we sent you, or ask for a new message.
	//
	// What you can do
	// - Verify your email: /verify?next=%2Freports
	// - Send it again
	// - Change your email
	//
	// 403 Forbidden (email-unverified)
}

// A 401 that says where to go next: the steps are in every form, for programs
// as the member "next".
func Example_nextStepsInside401() {
	deny := render.Must(render.New(render.Config{
		Links: map[problem.StepKind]string{problem.SignIn: "/sign-in?next={return_to}"},
	}))
	show(deny.Handler(problem.SignInRequired), "Accept: application/json")
	// Output:
	// 401 Unauthorized
	// WWW-Authenticate: Bearer realm="restricted"
	// Content-Type: application/problem+json
	//
	// {"type":"about:blank","title":"Unauthorized","status":401,"detail":"You need to sign in to see or do this.","code":"sign-in-required","next":[{"kind":"sign-in","title":"Sign in","href":"/sign-in?next=%2Freports","method":"GET","actor":"user"}]}
}

// Where people sign in with a form, a Session challenge keeps the 401 legal
// and says where the form is, as Location would in a redirect.
func Example_locationInsideChallenge() {
	deny := render.Must(render.New(render.Config{
		Challenges: []problem.Challenge{problem.Session("example", "/sign-in")},
	}))
	show(deny.As(render.Text).Handler(problem.SignInRequired))
	// Output:
	// 401 Unauthorized
	// WWW-Authenticate: Session realm="example", location="/sign-in"
	// Content-Type: text/plain; charset=utf-8
	//
	// Sign in to continue
	// You need to sign in to see or do this.
	//
	// What you can do
	// - Sign in
	//
	// 401 Unauthorized (sign-in-required)
}

// A client that asks for multipart/alternative gets text, a page and the
// structured document in one answer, the best part last.
func Example_multipart() {
	var deny render.Renderer
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/reports", nil)
	r.Header.Set("Accept", "multipart/alternative")
	deny.Write(w, r, problem.RoleMissing)
	fmt.Println(w.Header().Get("Content-Type"))
	for line := range strings.Lines(w.Body.String()) {
		if strings.HasPrefix(line, "--") || strings.HasPrefix(line, "Content-") {
			fmt.Println(strings.TrimSpace(line))
		}
	}
	// Output:
	// multipart/alternative; boundary="=_denial_part_=_7f1b"
	// --=_denial_part_=_7f1b
	// Content-Type: text/plain; charset=utf-8
	// Content-Language: en
	// --=_denial_part_=_7f1b
	// Content-Type: text/html; charset=utf-8
	// Content-Language: en
	// --=_denial_part_=_7f1b
	// Content-Type: application/problem+json
	// Content-Language: en
	// --=_denial_part_=_7f1b--
}

// 401 for somebody who is not signed in, 403 for somebody who is and may not:
// the reason knows which.
func Example_unauthorizedOrForbidden() {
	var deny render.Renderer
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Authorization") == "":
			deny.Write(w, r, problem.SignInRequired)
		case r.Header.Get("Authorization") != "Bearer editor":
			deny.Write(w, r, problem.NeedRole("editor"))
		}
	})
	for _, authorization := range []string{"", "Bearer reader"} {
		r := httptest.NewRequest("GET", "/", nil)
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Header().Get("WWW-Authenticate"))
	}
	// Output:
	// 401 Bearer realm="restricted"
	// 403
}

// A site without any HTTP authentication answers 403: a 401 without a
// challenge is not legal, and there is none that it could send.
func ExampleConfig_noHTTPAuth() {
	deny := render.Must(render.New(render.Config{
		NoHTTPAuth: true,
		Links:      map[problem.StepKind]string{problem.SignIn: "/sign-in?next={return_to}"},
	}))
	show(deny.As(render.Text).Handler(problem.SignInRequired))
	// Output:
	// 403 Forbidden
	// Content-Type: text/plain; charset=utf-8
	//
	// Sign in to continue
	// You need to sign in to see or do this.
	//
	// What you can do
	// - Sign in: /sign-in?next=%2Freports
	//
	// 403 Forbidden (sign-in-required)
}

// Several schemes go on several lines, those that every client knows first.
// A script inside a page is spared the browser's password box.
func ExampleConfig_severalChallenges() {
	deny := render.Must(render.New(render.Config{
		Formats: []render.Format{render.Text},
		Challenges: []problem.Challenge{
			problem.Bearer("api").With("resource_metadata", "https://api.example.com/.well-known/oauth-protected-resource"),
			problem.Basic("api"),
		},
	}))
	for _, mode := range []string{"navigate", "cors"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Sec-Fetch-Mode", mode)
		w := httptest.NewRecorder()
		deny.Write(w, r, problem.SignInRequired)
		fmt.Println(mode)
		for _, c := range w.Header()["Www-Authenticate"] {
			fmt.Println("  WWW-Authenticate:", c)
		}
	}
	// Output:
	// navigate
	//   WWW-Authenticate: Bearer realm="api", resource_metadata="https://api.example.com/.well-known/oauth-protected-resource"
	//   WWW-Authenticate: Basic realm="api", charset="UTF-8"
	// cors
	//   WWW-Authenticate: Bearer realm="api", resource_metadata="https://api.example.com/.well-known/oauth-protected-resource"
}

// Everything that is missing is told at once, so that nobody is sent from one
// wall to the next.
func ExampleRenderer_Write_severalReasons() {
	var deny render.Renderer
	show(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		deny.Write(w, r, errors.Join(problem.EmailUnverified, problem.TermsNotAccepted))
	}), "Accept: text/plain")
	// Output:
	// 403 Forbidden
	// Content-Type: text/plain; charset=utf-8
	//
	// Your email is not verified
	// Your email address is not verified yet. Open the link in the message we sent you, or ask for a new message.
	//
	// What you can do
	// - Verify your email
	// - Send it again
	// - Change your email
	//
	// Also needed
	// - Accept the terms to continue
	//   There are terms of service that you have not accepted yet. Read and accept them to continue.
	//
	//   What you can do
	//   - Accept the terms
	//   - Sign out
	//
	// 403 Forbidden (email-unverified)
}

// houseStyle is an application's own form: errors as JSON:API has them
// (jsonapi.org, Error Objects).
type houseStyle struct{}

func (houseStyle) MediaType() string { return "application/vnd.api+json" }

func (houseStyle) Append(dst []byte, v *render.View) ([]byte, error) {
	type object struct {
		Status string            `json:"status"`
		Code   string            `json:"code,omitempty"`
		Title  string            `json:"title"`
		Detail string            `json:"detail,omitempty"`
		Links  map[string]string `json:"links,omitempty"`
	}
	var doc struct {
		Errors []object `json:"errors"`
	}
	for _, one := range append([]*render.View{v}, v.Also...) {
		o := object{Status: fmt.Sprint(v.Status), Code: one.Code, Title: one.Title, Detail: one.Detail}
		if step := one.Primary(); step != nil {
			o.Links = map[string]string{"about": step.Href}
		}
		doc.Errors = append(doc.Errors, o)
	}
	b, err := json.Marshal(doc)
	return append(dst, b...), err
}

// An application's own Format takes part in the negotiation like any other.
func ExampleFormat_houseStyle() {
	deny := render.Must(render.New(render.Config{
		Formats: []render.Format{houseStyle{}, render.JSON, render.HTML},
		Links:   map[problem.StepKind]string{problem.UpgradePlan: "/plans", problem.RequestAccess: "/access"},
	}))
	show(deny.Handler(problem.NeedRole("editor")), "Accept: application/vnd.api+json")
	// Output:
	// 403 Forbidden
	// Content-Type: application/vnd.api+json
	//
	// {"errors":[{"status":"403","code":"role-missing","title":"You need another role","detail":"You need a role that your account does not have: editor. Ask for access, or use another account.","links":{"about":"/access"}}]}
}

// A page of the application's own is an html/template.
func ExampleConfig_page() {
	page := template.Must(template.New("denied").Parse(`<!DOCTYPE html>
<html lang="{{.Language}}" dir="{{.Dir}}">
<title>{{.Title}}</title>
<h1>{{.Title}}</h1>
<p>{{range .Sentence}}{{if .Value}}<bdi>{{.Text}}</bdi>{{else}}{{.Text}}{{end}}{{end}}</p>
{{range .Next}}{{if .Actionable}}<a href="{{.Href}}">{{.Title}}</a>{{else}}{{.Title}}{{end}}
{{end}}</html>
`))
	deny := render.Must(render.New(render.Config{
		Page:  page,
		Links: map[problem.StepKind]string{problem.RequestAccess: "/access?role={role}"},
	}))
	show(deny.Handler(problem.NeedRole("<editor>")), "Accept: text/html")
	// Output:
	// 403 Forbidden
	// Content-Type: text/html; charset=utf-8
	//
	// <!DOCTYPE html>
	// <html lang="en" dir="ltr">
	// <title>You need another role</title>
	// <h1>You need another role</h1>
	// <p>You need a role that your account does not have: <bdi>&lt;editor&gt;</bdi>. Ask for access, or use another account.</p>
	// <a href="/access?role=%3Ceditor%3E">Ask for access</a>
	// Use another account
	// Contact your administrator
	// </html>
}

// net/http's protection against cross-origin requests takes a handler for what
// it turns away.
func ExampleRenderer_Handler() {
	var deny render.Renderer
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(deny.Handler(problem.CrossOrigin))
	h := protection.Handler(http.NotFoundHandler())

	r := httptest.NewRequest("POST", "/transfer", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Get("Content-Type"))
	// Output: 403 application/problem+json
}

// A proxy makes full denials of the bare ones of the server behind it.
func ExampleRenderer_ModifyResponse() {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "30")
		http.Error(w, "slow down", http.StatusTooManyRequests)
	}))
	defer upstream.Close()
	to, _ := url.Parse(upstream.URL)

	var deny render.Renderer
	proxy := &httputil.ReverseProxy{
		Rewrite:        func(r *httputil.ProxyRequest) { r.SetURL(to) },
		ModifyResponse: deny.ModifyResponse,
	}
	show(proxy, "Accept: text/plain")
	// Output:
	// 429 Too Many Requests
	// Content-Type: text/plain; charset=utf-8
	//
	// Too many requests
	// There were too many requests in a short time. Please wait a little. Try again in 30 seconds.
	//
	// What you can do
	// - Try again in 30 seconds: /reports
	//   retry_after: 30
	// - Raise the limit
	//
	// 429 Too Many Requests (rate-limited)
}

// Whoever does not speak net/http renders to a value and sends that.
func ExampleRenderer_Render() {
	var deny render.Renderer
	resp := deny.Render(render.Request{
		Method: "GET",
		Target: "/reports",
		Header: http.Header{"Accept": {"application/json"}},
	}, problem.RetryIn(problem.RateLimited, 30*time.Second))
	fmt.Println(resp.Status, resp.Header.Get("Retry-After"), len(resp.Body) > 0)
	// Output: 429 30 true
}

// A protocol with no place for a body of ours takes the View: here, what a
// gRPC status would be made of.
func ExampleRenderer_View() {
	var deny render.Renderer
	v := deny.View(render.Request{Language: "en"}, problem.NeedScope("reports.read"))
	fmt.Println("reason:", strings.ToUpper(strings.ReplaceAll(v.Code, "-", "_")))
	fmt.Println("metadata:", v.Args)
	fmt.Println("message:", v.Language, v.Detail)
	// Output:
	// reason: INSUFFICIENT_SCOPE
	// metadata: map[scope:reports.read]
	// message: en The app you are using needs a permission it does not have: reports.read. Give the app permission to continue.
}

// The likely mistake: an error of another package says nothing that is fit for
// a client. Say what it means.
func ExampleRenderer_Write_foreignError() {
	var deny render.Renderer
	errExpired := errors.New("token is expired by 3h")
	show(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		deny.Write(w, r, errExpired) // a 500 that says nothing
	}))
	show(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		deny.Write(w, r, problem.TokenExpired.Because(errExpired))
	}), "Authorization: Bearer abc", "Accept: text/plain")
	// Output:
	// 500 Internal Server Error
	// Content-Type: text/plain; charset=utf-8
	//
	// Internal Server Error
	//
	// 401 Unauthorized
	// WWW-Authenticate: Bearer error="invalid_token", error_description="The access token expired"
	// Content-Type: text/plain; charset=utf-8
	//
	// Access token has expired
	// The access token sent with the request has expired. Get a new one, or sign in again.
	//
	// What you can do
	// - Refresh the token
	// - Get a new token
	// - Sign in
	//
	// 401 Unauthorized (token-expired)
}
