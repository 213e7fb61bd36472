package render_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing/fstest"
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
		r.Header.Set("Sec-Fetch-Site", "same-origin")
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

// A server that has its own way to send header fields gets them one by one, in
// memory that it uses again.
func ExampleRenderer_RenderFields() {
	var deny render.Renderer
	var fields []problem.Param
	var body []byte
	for _, err := range []error{problem.EmailUnverified, problem.NeedScope("reports.read")} {
		status, f, b := deny.RenderFields(fields[:0], body[:0], render.Request{Target: "/reports"}, err)
		fields, body = f, b
		fmt.Println("HTTP/1.1", status, http.StatusText(status))
		for _, f := range fields[:3] {
			fmt.Printf("%s: %s\n", f.Name, f.Value)
		}
	}
	// Output:
	// HTTP/1.1 403 Forbidden
	// Content-Type: application/problem+json
	// Content-Length: 414
	// Content-Language: en
	// HTTP/1.1 403 Forbidden
	// Content-Type: application/problem+json
	// Content-Length: 429
	// Content-Language: en
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

// exportsNeedPlan is a reason of an application's own.
var exportsNeedPlan = problem.MustReason(problem.Definition{
	Code:   "exports-need-plan",
	Status: 403,
	Title:  "A larger plan is needed",
	Detail: "Exports are part of the {plan} plan.",
	Next:   []problem.NextStep{{Kind: problem.UpgradePlan, Href: "/plans?from={return_to}"}},
})

// Texts of the application's own lie over the built-in ones, key by key: here
// another word for a button, and a translation of a reason of its own. In a
// program, the files are embedded.
func ExampleConfig_locales() {
	deny := render.Must(render.New(render.Config{
		Reasons: []problem.Reason{exportsNeedPlan},
		Locales: fstest.MapFS{
			"en.json": {Data: []byte(`{"step.sign-in": "Log in"}`)},
			"de.json": {Data: []byte(`{
				"reason.exports-need-plan.title": "Ein größerer Tarif ist nötig",
				"reason.exports-need-plan.detail": "Exporte gehören zum Tarif {plan}."
			}`)},
		},
	}))
	show(deny.Handler(problem.SignInRequired), "Accept: text/plain")
	show(deny.Handler(&problem.Problem{
		Reason: exportsNeedPlan,
		Args:   map[string]any{"plan": "Team"},
	}), "Accept: text/plain", "Accept-Language: de-AT")
	// Output:
	// 401 Unauthorized
	// WWW-Authenticate: Bearer realm="restricted"
	// Content-Type: text/plain; charset=utf-8
	//
	// Sign in to continue
	// You need to sign in to see or do this.
	//
	// What you can do
	// - Log in
	//
	// 401 Unauthorized (sign-in-required)
	//
	// 403 Forbidden
	// Content-Type: text/plain; charset=utf-8
	//
	// Ein größerer Tarif ist nötig
	// Exporte gehören zum Tarif Team.
	//
	// Was Sie tun können
	// - Tarif wählen: /plans?from=%2Freports
	//
	// 403 Zugriff verweigert (exports-need-plan)
}

// A language that is not built in, for one reason of the application's own. A
// file for all reasons has every key of en.json; this one has what the denial
// needs. The keys under "cldr." say how the language writes waits, a choice and
// numbers.
func ExampleConfig_newLanguage() {
	spaceUsedUp := problem.MustReason(problem.Definition{
		Code:   "space-used-up",
		Status: 403,
		Title:  "Your space is used up",
		Detail: "Your {size} GB are in use. Delete {what|or}.[ Try again {retry_after}.]",
	})
	const texts = `
		"reason.space-used-up.title": "Via spaco estas plena",
		"reason.space-used-up.detail": "Viaj {size} GB estas uzataj. Forigu {what|or}.[ Provu denove {retry_after}.]",
		"status.403": "Malpermesite",
		"page.also": "Ankaŭ necesas",
		"page.for_admin": "Por administranto",
		"page.for_client": "Por la programo, kiun vi uzas",
		"page.for_operator": "Por tiu, kiu prizorgas la retejon",
		"page.for_owner": "Por la posedanto",
		"page.happened": "Kio okazis",
		"page.help": "Helpo",
		"page.home": "Ĉefpaĝo",
		"page.next": "Kion vi povas fari",
		"page.others": "Aliaj ebloj",
		"page.reference": "Referenco:"`
	const patterns = `,
		"cldr.second": {"one": "post {0} sekundo", "other": "post {0} sekundoj"},
		"cldr.minute": {"one": "post {0} minuto", "other": "post {0} minutoj"},
		"cldr.hour": {"one": "post {0} horo", "other": "post {0} horoj"},
		"cldr.day": {"one": "post {0} tago", "other": "post {0} tagoj"},
		"cldr.or.2": "{0} aŭ {1}",
		"cldr.or.start": "{0}, {1}",
		"cldr.or.middle": "{0}, {1}",
		"cldr.or.end": "{0} aŭ {1}",
		"cldr.number.long": "1\u00a0234\u00a0567,891"`
	denied := &problem.Problem{
		Reason:     spaceUsedUp,
		Args:       map[string]any{"size": 2.5, "what": []string{"a.mov", "b.mov", "c.mov"}},
		RetryAfter: 10 * time.Minute,
	}
	for _, file := range []string{"{" + texts + patterns + "}", "{" + texts + "}"} {
		deny := render.Must(render.New(render.Config{
			Reasons: []problem.Reason{spaceUsedUp},
			Locales: fstest.MapFS{"eo.json": {Data: []byte(file)}},
		}))
		v := deny.View(render.Request{Language: "eo"}, denied)
		fmt.Println(v.Language+":", v.Detail)
	}
	// Output:
	// eo: Viaj 2,5 GB estas uzataj. Forigu a.mov, b.mov aŭ c.mov. Provu denove post 10 minutoj.
	// eo: Viaj 2.5 GB estas uzataj. Forigu a.mov, b.mov, c.mov.
}

// The likely mistakes in a Config are all told by New, each with the place it
// is in: a colour that cannot be read on its page, a translation that lost a
// placeholder, two ways to say what a 401 becomes.
func ExampleNew_mistakes() {
	_, err := render.New(render.Config{
		Reasons:    []problem.Reason{exportsNeedPlan},
		Challenges: []problem.Challenge{problem.Bearer("api")},
		NoHTTPAuth: true,
		Brand:      render.Brand{Name: "Northwind", Accent: "#ffcc00"},
		Locales: fstest.MapFS{
			"de.json": {Data: []byte(`{"reason.exports-need-plan.detail": "Exporte gehören zu einem anderen Tarif."}`)},
		},
	})
	fmt.Println(err)
	// Output:
	// render: Config.NoHTTPAuth "true": Challenges are set too; choose one of them
	// render: Config.Brand.Accent "#ffcc00": its contrast with the page, #ffffff, is 1.5:1; want 4.5:1 at least, as #8f7200 has
	// render: locale de.json:1: key "reason.exports-need-plan.detail": the placeholder {plan} of the English text is missing
}

// A site's name, addresses and colour on the built-in page.
func ExampleConfig_brand() {
	deny := render.Must(render.New(render.Config{Brand: render.Brand{
		Name:   "Northwind",
		Home:   "/",
		Help:   "mailto:help@northwind.example",
		Accent: "#8a2be2",
	}}))
	r := httptest.NewRequest("GET", "/reports", nil)
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	deny.Write(w, r, problem.NotFound)
	for line := range strings.Lines(w.Body.String()) {
		if strings.Contains(line, "orthwind") {
			fmt.Print(line)
		}
	}
	// Output:
	// <title>Not found – Northwind</title>
	// <header><a href="/" tabindex="-1"><bdi>Northwind</bdi></a></header>
	// <a href="mailto:help@northwind.example">Help: <bdi dir="ltr">help@northwind.example</bdi></a>
}

// What was denied goes to the audit log with its cause. The client sees neither
// the cause nor, behind a Cloak, the reason.
func ExampleConfig_onDenied() {
	log := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
	deny := render.Must(render.New(render.Config{
		OnDenied: func(r *http.Request, p *problem.Problem) {
			log.Info("denied", "path", r.URL.Path, "problem", p)
		},
	}))
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		deny.Write(w, r, problem.Cloak(problem.NotOwner.Because(errors.New("user 7 is not in team 12"))))
	})
	show(h, "Accept: text/plain")
	// Output:
	// level=INFO msg=denied path=/reports problem.status=404 problem.code=not-found problem.detail="There is nothing at this address, or you are not allowed to see it." problem.cause="cloaked as not found: denied: 403 not-owner: This belongs to somebody else: Only the owner, and people invited by the owner, have access. Ask the owner for access.: user 7 is not in team 12"
	// 404 Not Found
	// Content-Type: text/plain; charset=utf-8
	//
	// Not found
	// There is nothing at this address, or you are not allowed to see it.
	//
	// What you can do
	// - Go to the homepage: /
	//
	// 404 Not Found (not-found)
}

// OnFault tells of mistakes that are made in handlers: the request stays
// denied, and says nothing private.
func ExampleConfig_onFault() {
	deny := render.Must(render.New(render.Config{
		OnFault: func(err error) { fmt.Println("fault:", err) },
	}))
	check := func() error { return nil } // all is well, and yet the handler denies
	show(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		deny.Write(w, r, check())
	}))
	// Output:
	// fault: render: the error is nil; the request was denied all the same
	// 403 Forbidden
	// Content-Type: text/plain; charset=utf-8
	//
	// Forbidden
}

// requestID is what an ID may be that came with the request. A client can send
// anything in its place.
var requestID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// The reader's own setting comes before Accept-Language, and the ID of the
// request is what people quote when they ask for help.
func ExampleConfig_language() {
	deny := render.Must(render.New(render.Config{
		Language: func(r *http.Request) string {
			c, err := r.Cookie("language")
			if err != nil {
				return ""
			}
			return c.Value
		},
		Instance: func(r *http.Request) string {
			id := r.Header.Get("X-Request-Id") // best set by the application's own proxy
			if !requestID.MatchString(id) {
				return ""
			}
			return "urn:request:" + id
		},
	}))
	show(deny.Handler(problem.RoleMissing), "Accept: text/plain", "Accept-Language: en", "Cookie: language=nl", "X-Request-Id: 01JD8")
	// Output:
	// 403 Forbidden
	// Content-Type: text/plain; charset=utf-8
	//
	// Je hebt een andere rol nodig
	// Hiervoor is een rol nodig die je account niet heeft. Vraag toegang aan of gebruik een ander account.
	//
	// Wat je kunt doen
	// - Toegang aanvragen
	// - Ander account gebruiken
	// - Contact opnemen met je beheerder
	//
	// Referentie: urn:request:01JD8
	//
	// 403 Toegang geweigerd (role-missing)
}

// With a TypeBase, each reason has a type of its own, and the address of the
// type says what it means.
func ExampleRenderer_Docs() {
	deny := render.Must(render.New(render.Config{TypeBase: "/problems/"}))
	mux := http.NewServeMux()
	mux.Handle("/problems/", deny.Docs())
	mux.Handle("/", deny.Handler(problem.TermsNotAccepted))

	for _, path := range []string{"/reports", "/problems/terms-not-accepted"} {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept", "application/json")
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, r)
		var doc struct{ Type, Title string }
		if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
			panic(err)
		}
		fmt.Println(w.Code, doc.Type, doc.Title)
	}
	// Output:
	// 403 /problems/terms-not-accepted Accept the terms to continue
	// 200 /problems/terms-not-accepted Accept the terms to continue
}

// A route whose clients say one thing in Accept and mean another says itself
// what it answers.
func ExampleRenderer_As() {
	var deny render.Renderer
	api := deny.As(render.JSON)
	show(api.Handler(problem.NotFound), "Accept: text/html")
	// Output:
	// 404 Not Found
	// Content-Type: application/problem+json
	//
	// {"type":"about:blank","title":"Not Found","status":404,"detail":"There is nothing at this address, or you are not allowed to see it.","code":"not-found","next":[{"kind":"go-home","title":"Go to the homepage","href":"/","method":"GET","actor":"user"}]}
}

// The likely mistake: a value that the sentence names is not given. The rest
// of the denial is sent, and OnFault is told.
func ExampleRenderer_Write_missingValue() {
	deny := render.Must(render.New(render.Config{
		Reasons: []problem.Reason{exportsNeedPlan},
		OnFault: func(err error) { fmt.Println("fault:", err) },
	}))
	show(deny.Handler(exportsNeedPlan), "Accept: text/plain")
	// Output:
	// fault: render: {plan} of "exports-need-plan" has no value in Args; an ellipsis stands in its place
	// 403 Forbidden
	// Content-Type: text/plain; charset=utf-8
	//
	// A larger plan is needed
	// Exports are part of the … plan.
	//
	// What you can do
	// - Choose a plan: /plans?from=%2Freports
	//
	// 403 Forbidden (exports-need-plan)
}
