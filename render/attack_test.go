package render_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// What another server said in the reader's language stays in it: the words
// around it are in that language too, not in English.
func TestDecodedKeepsItsLanguage(t *testing.T) {
	const doc = `{"status":403,"code":"team-full","title":"Das Team {x} ist voll","detail":"Bitte warten Sie.","next":[{"kind":"ask-somebody","title":"Jemanden fragen","href":"/ask"}]}`
	p, err := problem.Decode("application/problem+json", strings.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	w := answer(mustNew(t, render.Config{}), get("/", "Accept: text/plain", "Accept-Language: de"), p)
	if got := w.Header().Get("Content-Language"); got != "de" {
		t.Errorf("Content-Language %q, want de", got)
	}
	for _, want := range []string{"Das Team {x} ist voll\n", "Bitte warten Sie.", "Jemanden fragen", "403 Zugriff verweigert"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the answer lacks %q:\n%s", want, w.Body)
		}
	}
}

// A Problem that another server wrote is data, in every form.
func TestDecodedIsData(t *testing.T) {
	const doc = "{\"status\":403,\"code\":\"x`) [click](javascript:alert(1)) <img src=x> (`\",\"title\":\"Fine\\n\\n# Evil\\u202e\\u001b[31m\"," +
		"\"detail\":\"    www.evil.example https://evil.example\",\"type\":\"/t\",\"next\":[{\"kind\":\"sign-in\",\"title\":\"Go {b}\",\"href\":\"https://evil.example/?u={return_to}\"," +
		"\"params\":{\"a\\n\\n# Evil [c](javascript:1)\\n\":\"{role}\"}}]}"
	p, err := problem.Decode("application/problem+json", strings.NewReader(doc))
	if err != nil {
		t.Fatal(err)
	}
	var fault error
	deny := mustNew(t, render.Config{OnFault: func(err error) { fault = err }})
	for _, f := range allFormats {
		w := answer(deny.As(f), get("/secret?token=1"), p)
		body := w.Body.String()
		for _, bad := range []string{"secret", "\n# Evil", "\u202e", "\x1b", "Go …"} {
			if strings.Contains(body, bad) {
				t.Errorf("%s holds %q:\n%s", f.MediaType(), bad, body)
			}
		}
		if f != render.Markdown {
			continue
		}
		for _, want := range []string{
			"\n\nwww\\.evil.example https\\://evil.example\n\n",       // no code block, no links
			"(`` x`) [click](javascript:alert(1)) <img src=x> (` ``)", // all of it code
			"   - `a  # Evil [c](javascript:1) `: `{role}`\n",         // likewise, on one line
		} {
			if !strings.Contains(body, want) {
				t.Errorf("Markdown does not hold %q:\n%s", want, body)
			}
		}
	}
	if fault == nil {
		t.Error("nobody was told of the address with a brace in it")
	}
	// The program's own Reason does not add what the document does not say.
	set, err := problem.NewSet(problem.Common()...)
	if err != nil {
		t.Fatal(err)
	}
	p, err = set.Decode("application/problem+json", strings.NewReader(`{"code":"insufficient-scope","status":403}`))
	if err != nil {
		t.Fatal(err)
	}
	if v := (&render.Renderer{}).View(render.Request{}, p); v.Detail != "" || len(v.Next) > 0 {
		t.Errorf("got %q and %d steps", v.Detail, len(v.Next))
	}
}

type nilError struct{ text string }

func (e *nilError) Error() string { return e.text }

// What the application's own functions do must not lose the answer.
func TestFunctionsOfConfig(t *testing.T) {
	var none *nilError
	for name, c := range map[string]render.Config{
		"OnFault reads a nil pointer's text": {OnFault: func(err error) { _ = err.Error() }},
		"OnFault panics":                     {OnFault: func(error) { panic("fault") }},
		"OnDenied panics":                    {OnDenied: func(*http.Request, *problem.Problem) { panic("denied") }, OnFault: func(error) {}},
	} {
		server := httptest.NewServer(mustNew(t, c).Handler(none))
		resp, err := http.Get(server.URL)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if resp.Body.Close(); resp.StatusCode != 500 {
			t.Errorf("%s: status %d", name, resp.StatusCode)
		}
		server.Close()
	}
	// A function that panics takes nothing else of the request with it.
	deny := mustNew(t, render.Config{
		Challenges: []problem.Challenge{problem.Basic("a")},
		Instance:   func(*http.Request) string { panic("instance") },
		OnFault:    func(error) {},
	})
	w := answer(deny, get("/", "Accept: text/html", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin"), problem.SignInRequired)
	if diff := cmp.Diff([]string{`Session realm="a"`}, w.Header()["Www-Authenticate"]); diff != "" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		t.Errorf("%s (-want +got):\n%s", w.Header().Get("Content-Type"), diff)
	}
}

// Addresses of forms go into a header field.
func TestFormAction(t *testing.T) {
	for href, want := range map[string]string{
		"/confirm?u=https://x.example/":  "form-action 'self' https:;",
		"/a?;sandbox;b://c":              "form-action 'self' https:;",
		"https://x.example:8443/a?b":     "form-action https:;",
		"HTTPS://x.example":              "form-action https:;",
		"http://localhost:8080/a?b":      "form-action http://localhost:8080 https:;",
		"http://x.example,default-src/a": "form-action http://x.example,default-src;",
	} {
		p := &problem.Problem{Reason: problem.EmailUnverified, Next: []problem.NextStep{{Kind: problem.ResendVerification, Method: "POST", Href: href}}}
		csp := answer((&render.Renderer{}).As(render.HTML), get("/"), p).Header().Get("Content-Security-Policy")
		if strings.Contains(href, ",") {
			if strings.Contains(csp, ",") {
				t.Errorf("%s: a second policy: %s", href, csp)
			}
			continue
		}
		if !strings.Contains(csp, want) {
			t.Errorf("%s: got %s, want %s", href, csp, want)
		}
	}
}

func TestNoStoreStands(t *testing.T) {
	for before, want := range map[string]string{
		"private, No-Store":                    "private, No-Store",
		"max-age=60":                           "no-store",
		`ext="a, no-store, b", max-age=3600`:   "no-store",
		"*":                                    "no-store",
		"no-store, max-age=9, Must-Understand": "no-store", // caches that understand do not heed it (RFC 9111 §5.2.2.3)
	} {
		w := httptest.NewRecorder()
		w.Header().Set("Cache-Control", before)
		(&render.Renderer{}).Write(w, get("/"), problem.RoleMissing)
		if got := w.Header().Get("Cache-Control"); got != want {
			t.Errorf("%s: got %s, want %s", before, got, want)
		}
	}
}

// What an upstream server got wrong does not make our answer wrong.
func TestModifyResponseMends(t *testing.T) {
	const fallback = `Bearer realm="restricted"`
	tests := []struct {
		name   string
		lines  []string
		fields []string
		config render.Config
		status int
		want   []string
	}{
		{"empty", []string{""}, nil, render.Config{}, 401, []string{fallback}},
		{"nonsense", []string{"@@@"}, nil, render.Config{}, 401, []string{fallback}},
		{"no realm, to a script", []string{"Basic"}, []string{"Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin"}, render.Config{}, 401, []string{fallback}},
		{"no realm", []string{"Basic"}, nil, render.Config{}, 401, []string{"Basic"}},
		{"broken line before Basic, to a script", []string{`Foo "x"`, `Basic realm="x"`}, []string{"X-Requested-With: XMLHttpRequest"}, render.Config{}, 401, []string{`Session realm="x"`}},
		{"a site without HTTP authentication", []string{`Basic realm="x"`}, nil, render.Config{NoHTTPAuth: true}, 403, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			resp := &http.Response{StatusCode: 401, Header: http.Header{"Www-Authenticate": tt.lines}, Request: get("/", tt.fields...), Body: http.NoBody}
			if err := mustNew(t, tt.config).ModifyResponse(resp); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, resp.Header["Www-Authenticate"]); diff != "" || resp.StatusCode != tt.status {
				t.Errorf("status %d, WWW-Authenticate (-want +got):\n%s", resp.StatusCode, diff)
			}
		})
	}
	for _, ct := range []string{"application/problem+json; charset", "application/json; a=b; a=c"} {
		resp := &http.Response{StatusCode: 403, Header: http.Header{"Content-Type": {ct}}, ContentLength: 5, Request: get("/")}
		if (&render.Renderer{}).ModifyResponse(resp); resp.Header.Get("Content-Type") != ct {
			t.Errorf("%s was replaced", ct)
		}
	}
}

// One error cannot hide what others say, nor outlive the limits.
func TestManyErrorsBeforeACloak(t *testing.T) {
	var many []error
	for range 20000 {
		many = append(many, errors.New("invalid"))
	}
	err := errors.Join(problem.EmailUnverified, errors.Join(many...), problem.Cloak(problem.NotOwner))
	if w := answer(&render.Renderer{}, get("/"), err); w.Code != 404 {
		t.Errorf("got %d", w.Code)
	}
}

// A name is no part of the page's template, also where the logo has it.
func TestBrandNameWithBraces(t *testing.T) {
	deny := mustNew(t, render.Config{Brand: render.Brand{Name: "{{x", Logo: `<svg viewBox="0 0 1 1"></svg>`, LogoHasName: true}})
	if body := answer(deny.As(render.HTML), get("/"), problem.NotFound).Body.String(); !strings.Contains(body, `aria-label="&#123;&#123;x"`) {
		t.Errorf("the name is not there:\n%s", body)
	}
}

func TestExpiresBeyondFourDigits(t *testing.T) {
	p := &problem.Problem{Reason: problem.RoleMissing, Next: []problem.NextStep{{Kind: problem.RequestAccess, Expires: time.Date(12024, 1, 1, 0, 0, 0, 0, time.UTC)}}}
	for _, f := range []render.Format{render.JSON, render.XML} {
		if body := answer((&render.Renderer{}).As(f), get("/"), p).Body.String(); strings.Contains(body, "12024") {
			t.Errorf("%s: %s", f.MediaType(), body)
		}
	}
}

// The kind of a step that another server wrote is no template for our values, and
// a document without a title has one all the same.
func TestDecodedKindAndTitle(t *testing.T) {
	set, err := problem.NewSet(problem.Common()...)
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{"Content-Type": {"application/problem+json"}, "Www-Authenticate": {`Bearer error="insufficient_scope", scope="inner"`}}
	p := set.FromResponse(403, h, strings.NewReader(`{"status":403,"code":"insufficient-scope","next":[{"kind":"get {scope} [or {x}]","href":"/a"}]}`))
	w := answer(mustNew(t, render.Config{}), get("/", "Accept: text/plain"), p)
	if body := w.Body.String(); !strings.Contains(body, "get {scope} [or {x}]: /a\n") {
		t.Errorf("the kind is not as it came:\n%s", body)
	}
	p = set.FromResponse(403, http.Header{"Content-Type": {"application/problem+json"}}, strings.NewReader(`{"status":403,"code":"foo"}`))
	w = answer(mustNew(t, render.Config{}), get("/", "Accept: text/html"), p)
	if body := w.Body.String(); !strings.Contains(body, "<title>Forbidden</title>") || !strings.Contains(body, "<h1>Forbidden</h1>") {
		t.Errorf("the page has no title:\n%s", body)
	}
}

// A form sends nothing that another server chose.
func TestDecodedFormIsEmpty(t *testing.T) {
	p, err := problem.Decode("application/problem+json", strings.NewReader(`{"title":"x","status":403,"next":[{"kind":"go","href":"/transfer","method":"POST","params":{"to":"evil"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	w := answer(mustNew(t, render.Config{}), get("/", "Accept: text/html"), p)
	if want := `<form method="post" action="/transfer"><button class="go">`; !strings.Contains(w.Body.String(), want) {
		t.Errorf("want %s:\n%s", want, w.Body)
	}
}

// However many challenges an upstream server sends, they are handed on: once each,
// and not by looking at each pair of them, which would take minutes.
func TestModifyResponseManyChallenges(t *testing.T) {
	lines := append(slices.Repeat([]string{"x"}, 50000), slices.Repeat([]string{"NTLM"}, 50000)...)
	resp := &http.Response{StatusCode: 401, Header: http.Header{"Www-Authenticate": slices.Clone(lines)}, Body: http.NoBody, Request: get("/")}
	if err := mustNew(t, render.Config{}).ModifyResponse(resp); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(resp.Header["Www-Authenticate"], lines) {
		t.Errorf("%d lines are left of %d", len(resp.Header["Www-Authenticate"]), len(lines))
	}
}
