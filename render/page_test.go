package render_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/denial-go/denial/templates"
)

// hostileTexts are values that must stay values wherever they stand.
var hostileTexts = []string{
	"", "plain", `<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onload='x`, `</title></style><script>`,
	`&lt;&amp;&#34;`, "+ADw-", "`${x}`", "{{.Reason}}", "<!--", "]]>", "\x00nul", "bad\xff\xfe", "line\u2028two", "a\u2069\u202eb", "日本語 العربية", "\ufffd\U000e0041",
}

var hostileAddresses = []string{
	"", "/", "/a?b=c&d=e#f", "/a%2Fb%zz%", "/it's(here)", "/[x]{y}|z^`\\<>\"", "/é?ü", "https://example.com/a b",
	"javascript:alert(1)", "JaVaScript:alert(1)", "data:text/html,x", "vbscript:x", "mailto:a+b@example.com", "x/y:z", ":", "\x00", "//evil.example", "HTTP://x",
}

// fullView has s in every text and a in every address.
func fullView(s, a string) render.View {
	steps := []render.Step{
		{Kind: problem.EnableFeature, Actor: problem.Admin, For: s, Title: s, Href: a, Method: "GET", Params: map[string]string{s: s, "b": s}},
		{Kind: problem.SignIn, Actor: problem.User, Title: s, Href: a, Method: "GET"},
		{Kind: problem.ResendVerification, Actor: problem.User, Title: s, Href: a, Method: "POST"},
		{Kind: problem.GetToken, Actor: problem.Client, For: s, Title: s, Href: a, Method: "POST", Params: map[string]string{"scope": s, "a": s}},
		{Kind: problem.Wait, Actor: problem.Client, Title: s, Params: map[string]string{"retry_after": "300"}},
		{Kind: problem.Wait, Actor: problem.Client, Title: s, Params: map[string]string{"until": "2026-11-30T08:00:00Z"}},
		{Kind: problem.RequestAccess, Actor: problem.User, Title: s, Href: a, Method: "PUT"},
		{Kind: "own", Title: s},
	}
	words := make(map[string]string)
	for _, w := range []string{"next", "others", "also", "reference", "home", "help"} {
		words[w] = w + s
	}
	sentence := []render.Part{{Text: s}, {Text: s, Value: true}, {Text: "."}}
	further := &render.View{Title: s, Sentence: sentence, Next: steps, Also: []*render.View{{Title: s}}}
	return render.View{
		Status: 403, Phrase: s, Code: s, Title: s, Instance: s, Sentence: sentence, Next: steps, Words: words,
		Also: []*render.View{further, {Title: "last"}}, Language: "en", Dir: "ltr",
	}
}

// twin executes the source of the page with html/template.
func twin(t testing.TB, v *render.View) string {
	t.Helper()
	page, err := template.New("page").Parse(render.PageSource(v.Brand))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := page.Execute(&b, v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func checkTwin(t *testing.T, v *render.View) {
	t.Helper()
	got, err := render.HTML.Append(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(twin(t, v), string(got)); diff != "" {
		t.Errorf("differs from html/template (-want +got):\n%s", diff)
	}
}

func TestPageMatchesHTMLTemplate(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links})
	bare := mustNew(t, render.Config{})
	for _, r := range problem.Common() {
		t.Run(r.Code(), func(t *testing.T) {
			for _, d := range []*render.Renderer{deny, bare} {
				v := d.View(render.Request{Target: "/reports?a=1"}, &problem.Problem{Reason: r, RetryAfter: 90 * time.Second, Instance: "urn:x:1"})
				checkTwin(t, &v)
			}
		})
	}
	for name, brand := range brands {
		t.Run("brand "+name, func(t *testing.T) { checkTwin(t, render.Dressed(brand, fullView("x", "/y"))) })
	}
	for _, s := range hostileTexts {
		t.Run("text "+s, func(t *testing.T) {
			v := fullView(s, "/path")
			checkTwin(t, render.Dressed(render.Brand{Name: s}, v))
			checkTwin(t, &v)
		})
	}
	for _, a := range hostileAddresses {
		t.Run("address "+a, func(t *testing.T) {
			v := fullView("text", a)
			v.Brand = render.Brand{Name: "x", Home: a, Help: a} // New would refuse it
			checkTwin(t, &v)
		})
	}
	t.Run("nothing", func(t *testing.T) { checkTwin(t, &render.View{}) })
}

func FuzzPage(f *testing.F) {
	for _, s := range hostileTexts {
		f.Add(s, "/path")
	}
	for _, a := range hostileAddresses {
		f.Add("text", a)
	}
	f.Fuzz(func(t *testing.T, s, a string) {
		if strings.HasPrefix(strings.ToLower(a), "tel:") {
			return // html/template knows no tel: TestPageTelephone
		}
		v := fullView(s, a)
		v.Brand = render.Brand{Name: s, Home: a, Help: a}
		checkTwin(t, &v)
	})
}

// html/template writes #ZgotmplZ in place of a tel address, which a step and a
// help link may well have.
func TestPageTelephone(t *testing.T) {
	v := fullView("text", "tel:+442079460000")
	got, _ := render.HTML.Append(nil, &v)
	if want := `href="tel:&#43;442079460000"`; !strings.Contains(string(got), want) {
		t.Errorf("the page has no %s:\n%s", want, got)
	}
}

func TestPageCompiler(t *testing.T) {
	if err := render.CompilePage(templates.Page); err == nil {
		t.Error("compiled with {{.Style}} still in it, which is no slot of a View")
	}
	for _, row := range []struct{ name, src, why string }{
		{"unknown slot", "{{.Cause}}", "a typo would leave a hole in every page"},
		{"unknown slot in a test", "{{if .Cause}}{{end}}", ""},
		{"slot of another dot", "{{range .Next}}{{.Instance}}{{end}}", "html/template would fail while a request is answered"},
		{"not closed", "{{.Title", ""},
		{"not ended", "{{if .Title}}x", ""},
		{"else not ended", "{{if .Title}}x{{else}}", ""},
		{"two elses", "{{if .Title}}{{else}}{{else}}{{end}}", ""},
		{"ended twice", "{{end}}", ""},
		{"range over text", "{{range .Title}}{{end}}", ""},
		{"with text", "{{with .Title}}{{.}}{{end}}", "the dot is never a plain text here"},
		{"list as text", "{{.Next}}", ""},
		{"function", `{{printf "%s" .Title}}`, "there are none"},
		{"else if", "{{if .Title}}{{else if .Code}}{{end}}", "not known; nest them"},
		{"no such template", `{{template "x" .}}`, ""},
		{"template without a dot", `{{define "x"}}{{end}}{{template "x"}}`, ""},
		{"template that calls itself", `{{define "x"}}{{template "x" .}}{{end}}{{template "x" .}}`, "it would never end"},
		{"define not ended", `{{define "x"}}{{if .Title}}{{end}}`, ""},
		{"bad template", `{{define "x"}}{{.Nope}}{{end}}{{template "x" .}}`, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if err := render.CompilePage(row.src); err == nil {
				t.Errorf("compiled %s; want an error; %s", row.src, row.why)
			}
		})
	}
}

func TestPageSize(t *testing.T) {
	everywhere := make(map[problem.StepKind]string)
	for _, k := range problem.Kinds() {
		everywhere[k] = "/account/" + string(k) + "?next={return_to}"
	}
	deny := mustNew(t, render.Config{Links: everywhere})
	size := func(deny *render.Renderer, err error) int {
		resp := deny.Render(render.Request{Method: "GET", Target: "/reports/2026", Format: render.HTML}, err)
		n := len("HTTP/1.1 403 Forbidden\r\n") + len("Date: Sat, 21 Nov 2026 22:00:00 GMT\r\n") + len("\r\n")
		for name, values := range resp.Header {
			for _, v := range values {
				n += len(name) + len(": ") + len(v) + len("\r\n")
			}
		}
		return n + len(resp.Body)
	}
	// net/http's buffer for a response is 4 KiB: below, an answer leaves in
	// one write.
	for _, r := range problem.Common() {
		if n := size(deny, &problem.Problem{Reason: r, RetryAfter: time.Minute, Instance: "urn:uuid:6f1c2a9e-3b57-4b0c-9d0a-2f4f1c1f7a10"}); n >= 4000 {
			t.Errorf("%s: %d bytes with header fields; want less than 4000", r.Code(), n)
		}
	}
	full := mustNew(t, render.Config{Links: everywhere, Brand: render.Brand{
		Name: "Northwind", Home: "/", Help: "mailto:help@northwind.example", Accent: "#8a2be2",
		Logo: `<svg viewBox="0 0 1 1"><path d="M0 0` + strings.Repeat("h1", (render.MaxLogo-50)/2) + `"/></svg>`,
	}})
	if n := size(full, errors.Join(problem.EmailUnverified, problem.TermsNotAccepted)); n > 9000 {
		t.Errorf("%d bytes with the largest logo; want no more than 8 KiB and header fields", n)
	}
}

func TestPageSays(t *testing.T) {
	deny := mustNew(t, render.Config{Links: map[problem.StepKind]string{
		problem.SignIn: "/sign-in?next={return_to}", problem.VerifyEmail: "/verify", problem.ResendVerification: "/resend", problem.ChangeEmail: "/email",
		problem.UpgradePlan: "/plans", problem.BuySeats: "/seats", problem.GetToken: "https://auth.example.com/token",
	}})
	for _, row := range []struct {
		name string
		err  error
		has  []string
		not  []string
		why  string
	}{
		{"the first step is the button", problem.EmailUnverified, []string{
			`<title>Your email is not verified</title>`, `<h1>Your email is not verified</h1>`,
			`<a class="go" href="/verify">Verify your email</a>`, `<h2>Other options</h2>`,
			`<li><form method="post" action="/resend"><button>Send it again</button></form></li>`, `<li><a href="/email">Change your email</a></li>`,
		}, nil, ""},
		{"what a form sends", &problem.Problem{Reason: problem.EmailUnverified, Args: map[string]any{"t": `a"b`}, Next: []problem.NextStep{
			{Kind: problem.ResendVerification, Method: "POST", Params: map[string]string{"token": "{t}", "c": "<x>"}},
			{Kind: problem.SignOut, Method: "POST", Href: "/out", Params: map[string]string{"token": "{t}"}},
			{Kind: problem.ChangeEmail, Params: map[string]string{"token": "{t}"}},
		}}, []string{
			`<form method="post" action="/resend"><input type="hidden" name="c" value="&lt;x&gt;"><input type="hidden" name="token" value="a&#34;b"><button class="go">Send it again</button></form>`,
			`<li><form method="post" action="/out"><input type="hidden" name="token" value="a&#34;b"><button>Sign out</button></form></li>`,
			`<li><a href="/email">Change your email</a></li>`,
		}, nil, "a link sends nothing"},
		{"a value is isolated", &problem.Problem{Reason: problem.EmailUnverified, Args: map[string]any{"email": "a@b.c"}}, []string{`: <bdi>a@b.c</bdi>. `}, nil, ""},
		{"a value in a step is isolated", &problem.Problem{Reason: problem.PolicyDenied, Args: map[string]any{"who": "مدير\u202e"}, Next: []problem.NextStep{{Kind: problem.ContactAdmin, Title: "Ask {who} for it"}}}, []string{
			"<li>Ask \u2068مدير\ufffd\u2069 for it</li>",
		}, nil, "the marks around it are ours, those in it are not"},
		{"a step without an address is told", &problem.Problem{Reason: problem.PolicyDenied, Next: []problem.NextStep{{Kind: problem.RequestAccess, Params: map[string]string{"role": "editor"}}}}, []string{
			`<h2>What you can do</h2>`, `<li>Ask for access <small><bdi dir="ltr"><code>role: editor</code></bdi></small></li>`,
		}, []string{`class="go"`}, "the reader has to know what to ask for"},
		{"an administrator's step is no button", &problem.Problem{Reason: problem.SeatLimitReached, Next: []problem.NextStep{{Kind: problem.BuySeats}}}, []string{
			`<li><a href="/seats">Add more users</a> <small>For an administrator</small></li>`,
		}, []string{`class="go"`}, "the reader may have nobody's permission to buy"},
		{"a time is one for programs too, and isolated", &problem.Problem{Reason: problem.OutsideHours, Args: map[string]any{"until": time.Date(2026, 11, 23, 8, 0, 0, 0, time.FixedZone("", 3600))}}, []string{
			`<time datetime="2026-11-23T07:00:00Z"><bdi>2026-11-23 07:00 UTC</bdi></time>`,
		}, nil, ""},
		{"a program's step says what to send", &problem.Problem{Reason: problem.TokenInvalid, Args: map[string]any{"resource_metadata": "https://x.example/"}}, []string{
			`<small>For the app you are using</small> <small><bdi dir="ltr"><code>https://auth.example.com/token</code></bdi></small>`,
		}, []string{`href="https://auth.example.com/token"`}, "a token endpoint has nothing for people"},
		{"waiting is a time", &problem.Problem{Reason: problem.RateLimited, RetryAfter: 90 * time.Second}, []string{`<time datetime="PT90S">Try again in `}, nil, ""},
		{"a reference to quote", &problem.Problem{Reason: problem.NotFound, Instance: "/r/1"}, []string{`<p>Reference: <bdi dir="ltr"><code>/r/1</code></bdi></p>`}, nil, ""},
		{"further requirements", errors.Join(problem.EmailUnverified, problem.TermsNotAccepted), []string{`<h2>Also needed</h2>`, `<li><h3>Accept the terms to continue</h3>There are terms`}, nil, ""},
		{"no address of it gets on", problem.NotFound, []string{`<meta name="referrer" content="same-origin">`, `<meta name="robots" content="noindex">`}, nil, ""},
		{"status and code are at the end", problem.PolicyDenied, []string{`<p><bdi dir="ltr">403</bdi> Forbidden · <bdi dir="ltr">policy-denied</bdi></p>`}, nil, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			body := string(deny.Render(render.Request{Method: "GET", Format: render.HTML}, row.err).Body)
			for _, want := range row.has {
				if !strings.Contains(body, want) {
					t.Errorf("no %s; %s\n%s", want, row.why, body)
				}
			}
			for _, bad := range append(row.not, "<script", "<h1></h1>", "<h2></h2>", `href=""`) {
				if strings.Contains(body, bad) {
					t.Errorf("there is %s; %s\n%s", bad, row.why, body)
				}
			}
			if n := strings.Count(body, "<h1>"); n != 1 {
				t.Errorf("%d h1; want one", n)
			}
		})
	}
}

func TestPagePolicy(t *testing.T) {
	for name, brand := range brands {
		t.Run(name, func(t *testing.T) {
			deny := mustNew(t, render.Config{Brand: brand, Links: map[problem.StepKind]string{problem.SignIn: "/in"}})
			resp := deny.Render(render.Request{Method: "GET", Format: render.HTML}, problem.SignInRequired)
			_, style, _ := bytes.Cut(resp.Body, []byte("<style>"))
			style, _, _ = bytes.Cut(style, []byte("</style>"))
			sum := sha256.Sum256(style)
			want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
			if strings.HasPrefix(brand.Logo, "data:") {
				want += "; img-src data:"
			}
			want += "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
			if diff := cmp.Diff(want, resp.Header.Get("Content-Security-Policy")); diff != "" {
				t.Errorf("Content-Security-Policy (-want +got):\n%s", diff)
			}
		})
	}
}

type ownHTML struct{}

func (ownHTML) MediaType() string { return "text/html" }
func (ownHTML) Append(dst []byte, _ *render.View) ([]byte, error) {
	return append(dst, "<p>own"...), nil
}

// A page of the application's own may lack what the built-in one says of itself.
func TestOwnPageFields(t *testing.T) {
	own := template.Must(template.New("").Parse("<!DOCTYPE html><title>{{.Title}}</title>"))
	for _, row := range []struct {
		name   string
		config render.Config
		want   http.Header
	}{
		{"built-in", render.Config{}, http.Header{}},
		{"own", render.Config{Page: own}, http.Header{"Referrer-Policy": {"same-origin"}, "X-Robots-Tag": {"noindex"}}},
		{"own format", render.Config{Formats: []render.Format{ownHTML{}}}, http.Header{"Referrer-Policy": {"same-origin"}, "X-Robots-Tag": {"noindex"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := http.Header{}
			for name, values := range mustNew(t, row.config).Render(render.Request{Header: http.Header{"Accept": {"text/html"}}}, problem.SignInRequired).Header {
				if name == "Referrer-Policy" || name == "X-Robots-Tag" {
					got[name] = values
				}
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestClass(t *testing.T) {
	deny := mustNew(t, render.Config{})
	own := func(status int, kinds ...problem.StepKind) problem.Reason {
		d := problem.Definition{Code: "own", Status: status, Title: "Own"}
		for _, k := range kinds {
			d.Next = append(d.Next, problem.NextStep{Kind: k})
		}
		return problem.MustReason(d)
	}
	for _, row := range []struct {
		reason problem.Reason
		want   string
		why    string
	}{
		{problem.SignInRequired, "sign-in", ""},
		{problem.TokenExpired, "sign-in", "a program signs in with a token"},
		{problem.EmailUnverified, "verify", ""},
		{problem.StepUpRequired, "verify", "a 401, but not for want of a sign-in"},
		{problem.RoleMissing, "permission", ""},
		{problem.PolicyDenied, "permission", "nothing else is known"},
		{problem.PlanTooLow, "payment", "a 403"},
		{problem.PaymentRequired, "payment", ""},
		{problem.RateLimited, "wait", ""},
		{problem.AccountPendingApproval, "wait", ""},
		{problem.GeoBlocked, "place", ""},
		{problem.LegalBlock, "place", ""},
		{problem.NotFound, "gone", ""},
		{own(http.StatusGone, problem.SignIn), "gone", "the status says it all"},
		{own(http.StatusForbidden, "dance", problem.VerifyAge), "verify", "the first step that is known counts"},
		{own(http.StatusUnauthorized), "sign-in", ""},
		{problem.Reason{}, "permission", ""},
	} {
		t.Run(row.reason.Code(), func(t *testing.T) {
			v := deny.View(render.Request{}, row.reason)
			if got := v.Class(); got != row.want {
				t.Errorf("Class() = %q; want %q; %s", got, row.want, row.why)
			}
			if d := v.Drawing(); d == "" || strings.Trim(d, "MLHVAZCSmlhvazcs0123456789. -") != "" {
				t.Errorf("Drawing() = %q; want path data that needs no escaping", d)
			}
		})
	}
}

func TestShrinkCSS(t *testing.T) {
	for _, row := range []struct{ name, in, want string }{
		{"rule", "a { color: red; }\n", "a{color:red}"},
		{"comment", "/* why */ a { margin: 0 auto; }", "a{margin:0 auto}"},
		{"rules", "a { b: c; }\n\nd { e: f; }", "a{b:c}d{e:f}"},
		{"nested", "@media print {\n  a { b: c; }\n}\n", "@media print{a{b:c}}"},
		{"list", "a, b { font: 1rem/1.5 x, y; }", "a,b{font:1rem/1.5 x,y}"},
		{"pseudo-class", "a :focus { b: c; }", "a :focus{b:c}"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, strings.TrimSpace(render.ShrinkCSS(row.in))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
