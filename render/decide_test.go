package render_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// TestChallenges is rules 2 and 7: what goes into WWW-Authenticate.
func TestChallenges(t *testing.T) {
	basicFirst := problem.MustReason(problem.Definition{
		Code: "basic-first", Status: 401, Title: "Sign in",
		Challenges: []problem.Challenge{problem.Session("site", "/sign-in"), problem.Basic("site"), {Scheme: "Bearer", Params: []problem.Param{{Name: "realm", Value: "api"}}}},
	})
	onlyBasic := problem.MustReason(problem.Definition{
		Code: "only-basic", Status: 401, Title: "Sign in",
		Challenges: []problem.Challenge{problem.Basic("site"), problem.Negotiate()},
	})
	zero := &render.Renderer{}
	noHTTP := mustNew(t, render.Config{NoHTTPAuth: true})
	own := mustNew(t, render.Config{Challenges: []problem.Challenge{problem.Session("site", "/sign-in"), problem.Basic("site")}})

	tests := []struct {
		name   string
		deny   *render.Renderer
		err    error
		fields []string
		status int
		want   []string
		why    string
	}{
		{"default", zero, problem.SignInRequired, nil, 401, []string{`Bearer realm="restricted"`}, "a 401 never goes without"},
		{"configured", own, problem.SignInRequired, nil, 401, []string{`Basic realm="site", charset="UTF-8"`, `Session realm="site", location="/sign-in"`}, "schemes that clients know come first"},
		{"one line each", zero, basicFirst, nil, 401, []string{`Basic realm="site", charset="UTF-8"`, `Bearer realm="api"`, `Session realm="site", location="/sign-in"`}, ""},
		{"403", zero, problem.EmailUnverified, nil, 403, nil, "nobody can authenticate out of it"},
		{"no HTTP authentication", noHTTP, problem.SignInRequired, nil, 403, nil, "a bare 401 is illegal"},
		{"no HTTP authentication, own challenge", noHTTP, basicFirst, nil, 403, nil, ""},
		{"page load", zero, onlyBasic, []string{"Sec-Fetch-Mode: navigate"}, 401, []string{`Basic realm="site", charset="UTF-8"`, "Negotiate"}, "a person can fill in the box"},
		{"script", zero, onlyBasic, []string{"Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin"}, 401, []string{`Session realm="site"`}, "Chromium would hang the fetch"},
		{"XMLHttpRequest", zero, onlyBasic, []string{"X-Requested-With: XMLHttpRequest"}, 401, []string{`Session realm="site"`}, ""},
		{"Node's fetch", zero, onlyBasic, []string{"Sec-Fetch-Mode: cors"}, 401, []string{`Basic realm="site", charset="UTF-8"`, "Negotiate"}, "a program that can answer it, and has no page"},
		{"Node's fetch, marked", zero, onlyBasic, []string{"Sec-Fetch-Mode: cors", "X-Requested-With: XMLHttpRequest"}, 401, []string{`Session realm="site"`}, "it says so itself"},
		{"extension of a browser", zero, onlyBasic, []string{"Sec-Fetch-Mode: cors", "Sec-Fetch-Site: none"}, 401, []string{`Basic realm="site", charset="UTF-8"`, "Negotiate"}, "there is no page"},
		{"program that names itself", zero, onlyBasic, []string{"X-Requested-With: curl"}, 401, []string{`Basic realm="site", charset="UTF-8"`, "Negotiate"}, "some services ask for the field against forgery"},
		{"fetch, marked by hand", zero, onlyBasic, []string{"X-Requested-With: Fetch"}, 401, []string{`Session realm="site"`}, ""},
		{"page in an app", zero, onlyBasic, []string{"Sec-Fetch-Mode: navigate", "X-Requested-With: org.example.reader"}, 401, []string{`Basic realm="site", charset="UTF-8"`, "Negotiate"}, "a web view names the app in every request"},
		{"page in an app, unencrypted", zero, onlyBasic, []string{"X-Requested-With: org.example.reader"}, 401, []string{`Basic realm="site", charset="UTF-8"`, "Negotiate"}, ""},
		{"script in an app", zero, onlyBasic, []string{"Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin", "X-Requested-With: org.example.reader"}, 401, []string{`Session realm="site"`}, ""},
		{"script, others left", zero, basicFirst, []string{"Sec-Fetch-Mode: same-origin", "Sec-Fetch-Site: same-origin"}, 401, []string{`Bearer realm="api"`, `Session realm="site", location="/sign-in"`}, ""},
		{"expired, anonymous", zero, problem.TokenExpired, nil, 401, []string{`Bearer realm="restricted"`}, "RFC 6750 §3.1: no error where no token came"},
		{"expired", zero, problem.TokenExpired, []string{"Authorization: Bearer x"}, 401, []string{`Bearer error="invalid_token", error_description="The access token expired"`}, ""},
		{"scope", zero, problem.NeedScope("a:read", "b"), nil, 403, []string{`Bearer error="insufficient_scope", scope="a:read b"`}, ""},
		{"step up", zero, problem.NeedStepUp(problem.ACR("phr", "phrh"), 5*time.Minute), []string{"Authorization: Bearer x"}, 401, []string{`Bearer error="insufficient_user_authentication", error_description="A stronger authentication is required", acr_values="phr phrh", max_age="300"`}, "RFC 9470 §3"},
		{"DPoP first", zero, &problem.Problem{Reason: problem.SignInRequired, Challenges: []problem.Challenge{problem.Session("site", ""), problem.DPoP("", "ES256"), problem.Bearer("api")}}, nil, 401, []string{`DPoP algs="ES256"`, `Bearer realm="api"`, `Session realm="site"`}, "some clients look for it at the beginning of the field"},
		{"occurrence", zero, &problem.Problem{Reason: problem.SignInRequired, Challenges: []problem.Challenge{problem.Basic("here")}}, nil, 401, []string{`Basic realm="here", charset="UTF-8"`}, "those of the Problem replace the reason's"},
		{"foreign error", zero, errors.New("no"), nil, 500, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, f := range allFormats {
				w := answer(tt.deny.As(f), get("/", tt.fields...), tt.err)
				if w.Code != tt.status {
					t.Errorf("%s: status %d, want %d (%s)", f.MediaType(), w.Code, tt.status, tt.why)
				}
				if diff := cmp.Diff(tt.want, w.Header()["Www-Authenticate"]); diff != "" {
					t.Errorf("%s: WWW-Authenticate (%s) (-want +got):\n%s", f.MediaType(), tt.why, diff)
				}
			}
		})
	}
}

// What the site's challenge says, a reason's of the same scheme says too.
func TestChallengesOfReasonAndSite(t *testing.T) {
	const metadata = "https://api.example/.well-known/oauth-protected-resource"
	elsewhere := problem.MustReason(problem.Definition{
		Code: "elsewhere", Status: 401, Title: "Sign in elsewhere",
		Challenges: []problem.Challenge{{Scheme: "Bearer", Params: []problem.Param{{Name: "realm", Value: "{realm}"}, {Name: "error", Value: "invalid_token"}}}},
	})
	deny := mustNew(t, render.Config{
		Reasons:    []problem.Reason{elsewhere},
		Challenges: []problem.Challenge{problem.Session("site", "/sign-in"), problem.Bearer("api").With("resource_metadata", metadata).With("scope", "read")},
	})
	at := func(realm string) error {
		return &problem.Problem{Reason: elsewhere, Args: map[string]any{"realm": realm}}
	}
	const ours = `Bearer realm="api", resource_metadata="` + metadata + `"`
	for _, tt := range []struct {
		name  string
		err   error
		field string
		want  string
		why   string
	}{
		{"expired", problem.TokenExpired, "Authorization: Bearer x", ours + `, scope="read", error="invalid_token", error_description="The access token expired"`, "RFC 9728 §5.1"},
		{"no token", problem.TokenExpired, "X: y", ours + `, scope="read"`, ""},
		{"said already", &problem.Problem{Reason: problem.TokenExpired, Args: map[string]any{"resource_metadata": "https://b.example"}}, "Authorization: Bearer x",
			`Bearer realm="api", scope="read", error="invalid_token", error_description="The access token expired", resource_metadata="https://b.example"`, ""},
		{"scope", problem.NeedScope("write"), "Authorization: Bearer x", ours + `, error="insufficient_scope", scope="write"`, "clients ask for exactly this"},
		{"a scope that nobody knows", problem.InsufficientScope, "Authorization: Bearer x", ours + `, error="insufficient_scope"`, "the client may have the site's"},
		{"another realm", at("other"), "Authorization: Bearer x", `Bearer realm="other", error="invalid_token"`, "another protection space (RFC 9110 §11.5)"},
		{"the same realm", at("api"), "Authorization: Bearer x", `Bearer realm="api", error="invalid_token"`, "who names the realm says all of it"},
		{"no realm after all", at(""), "Authorization: Bearer x", ours + `, scope="read", error="invalid_token"`, ""},
		{"an occurrence's own", &problem.Problem{Reason: problem.TokenExpired, Challenges: []problem.Challenge{{Scheme: "Bearer", Params: []problem.Param{{Name: "error", Value: "invalid_token"}}}}}, "Authorization: Bearer x",
			`Bearer error="invalid_token"`, "it may be another server's"},
	} {
		for range 3 {
			if diff := cmp.Diff([]string{tt.want}, same(t, deny, render.Slow(deny), render.Request{Target: "/", Header: get("/", tt.field).Header}, tt.err).Header["Www-Authenticate"]); diff != "" {
				t.Errorf("%s (%s) (-want +got):\n%s", tt.name, tt.why, diff)
			}
		}
	}
}

// A site whose pages are behind Basic can have it for what is in them too.
func TestChallengeScripts(t *testing.T) {
	deny := mustNew(t, render.Config{Challenges: []problem.Challenge{problem.Basic("site")}, ChallengeScripts: true})
	for range 3 {
		w := answer(deny, get("/api", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin", "Accept: application/json"), problem.SignInRequired)
		if diff := cmp.Diff([]string{`Basic realm="site", charset="UTF-8"`}, w.Header()["Www-Authenticate"]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	resp := &http.Response{StatusCode: 401, Header: http.Header{"Www-Authenticate": {`Basic realm="back"`}}, Body: http.NoBody, Request: get("/api", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin")}
	if err := deny.ModifyResponse(resp); err != nil || resp.Header.Get("WWW-Authenticate") != `Basic realm="back"` {
		t.Errorf("through a proxy: %v, %q", err, resp.Header["Www-Authenticate"])
	}
}

func TestProxyAuthenticate(t *testing.T) {
	w := answer(&render.Renderer{}, get("/", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin"), problem.ProxyAuthRequired)
	if w.Code != 407 || len(w.Header()["Proxy-Authenticate"]) == 0 || w.Header()["Www-Authenticate"] != nil {
		t.Errorf("got %d with %q and %q, want 407 with Proxy-Authenticate alone", w.Code, w.Header()["Proxy-Authenticate"], w.Header()["Www-Authenticate"])
	}
}

// A challenge that must not be sent is left out, and the rest of the answer
// stands.
func TestBadChallengeLeftOut(t *testing.T) {
	tests := []struct {
		name string
		give []problem.Challenge
	}{
		{"line break", []problem.Challenge{problem.Basic("a\r\nSet-Cookie: x=y")}},
		{"not ASCII", []problem.Challenge{problem.Basic("münchen")}},
		{"no scheme", []problem.Challenge{{}}},
		{"error of another status", []problem.Challenge{{Scheme: "Bearer", Params: []problem.Param{{Name: "error", Value: "insufficient_scope"}}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var faults []error
			deny := mustNew(t, render.Config{OnFault: func(err error) { faults = append(faults, err) }})
			w := answer(deny, get("/", "Authorization: Bearer x"), &problem.Problem{Reason: problem.SignInRequired, Challenges: tt.give})
			if diff := cmp.Diff([]string{`Bearer realm="restricted"`}, w.Header()["Www-Authenticate"]); diff != "" {
				t.Errorf("WWW-Authenticate (-want +got):\n%s", diff)
			}
			if len(faults) != 1 {
				t.Errorf("OnFault was called %d times, want once", len(faults))
			}
			if e := new(problem.ChallengeError); len(faults) == 1 && !errors.As(faults[0], &e) {
				t.Errorf("the fault is %T, want a *problem.ChallengeError in it", faults[0])
			}
		})
	}
}

// TestSeveralReasons is rule 8: which of several is sent first.
func TestSeveralReasons(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want string
		also []string
	}{
		{"in the order given", errors.Join(problem.EmailUnverified, problem.TermsNotAccepted), "email-unverified", []string{"terms-not-accepted"}},
		{"401 first", errors.Join(problem.EmailUnverified, problem.SignInRequired, problem.TermsNotAccepted), "sign-in-required", []string{"email-unverified", "terms-not-accepted"}},
		{"429 before 401", errors.Join(problem.SignInRequired, problem.RateLimited), "rate-limited", []string{"sign-in-required"}},
		{"503 before 401", errors.Join(problem.SignInRequired, problem.Maintenance), "maintenance", []string{"sign-in-required"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := (&render.Renderer{}).View(render.Request{}, tt.err)
			var also []string
			for _, a := range v.Also {
				also = append(also, a.Code)
				if len(a.Next) == 0 {
					t.Errorf("%s has lost its steps", a.Code)
				}
			}
			if v.Code != tt.want {
				t.Errorf("first is %s, want %s", v.Code, tt.want)
			}
			if diff := cmp.Diff(tt.also, also); diff != "" {
				t.Errorf("also (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want string
		why  string
	}{
		{"not known", problem.RateLimited, "", ""},
		{"whole seconds", problem.RetryIn(problem.RateLimited, 30*time.Second), "30", ""},
		{"rounded up", problem.RetryIn(problem.RateLimited, 1500*time.Millisecond), "2", "nobody should come back too early"},
		{"negative", problem.RetryIn(problem.RateLimited, -time.Second), "", ""},
		{"longest of several", errors.Join(problem.RetryIn(problem.RateLimited, time.Second), problem.RetryIn(problem.OutsideHours, time.Hour)), "3600", "all requirements have to be met"},
		{"on a 403", problem.RetryIn(problem.OutsideHours, time.Minute), "60", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := answer(&render.Renderer{}, get("/"), tt.err).Header().Get("Retry-After"); got != tt.want {
				t.Errorf("Retry-After %q, want %q (%s)", got, tt.want, tt.why)
			}
		})
	}
}

func TestReasonFields(t *testing.T) {
	w := answer(&render.Renderer{}, get("/", "Authorization: DPoP x"), problem.NeedDPoPNonce("n-0S6_WzA2Mj"))
	if got := w.Header().Get("DPoP-Nonce"); got != "n-0S6_WzA2Mj" {
		t.Errorf("DPoP-Nonce %q", got)
	}
	var fault error
	deny := mustNew(t, render.Config{OnFault: func(err error) { fault = err }})
	w = answer(deny, get("/", "Authorization: DPoP x"), problem.NeedDPoPNonce("a\r\nb: c"))
	if w.Code != 401 || w.Header()["Dpop-Nonce"] != nil || fault == nil {
		t.Errorf("got %d, DPoP-Nonce %q, fault %v; want 401 without the field, and a fault", w.Code, w.Header()["Dpop-Nonce"], fault)
	}
	fault = nil
	for range 2 {
		w = answer(deny, get("/", "Authorization: DPoP x"), problem.NeedDPoPNonce(" a"))
		if w.Code != 401 || w.Header()["Dpop-Nonce"] != nil || fault == nil {
			t.Errorf("got %d, DPoP-Nonce %q, fault %v; a field must not begin with a space", w.Code, w.Header()["Dpop-Nonce"], fault)
		}
		answer(deny, get("/", "Authorization: DPoP x"), problem.NeedDPoPNonce("n-0S6_WzA2Mj")) // prepares it
	}
	blockedBy := func(who string) []string {
		fault = nil
		return answer(deny, get("/"), &problem.Problem{Reason: problem.LegalBlock, Args: map[string]any{"blocked_by": who}}).Header()["Link"]
	}
	if diff := cmp.Diff([]string{`<https://isp.example/>; rel="blocked-by"`}, blockedBy("https://isp.example/")); diff != "" {
		t.Errorf("Link (-want +got):\n%s", diff)
	}
	if got := blockedBy(`https://isp.example/>; rel="next", <x`); got != nil || fault == nil {
		t.Errorf("a value broke out of its place: Link %q, fault %v", got, fault)
	}
}

// Cloak has to give the bytes of NotFound, in every form.
func TestCloak(t *testing.T) {
	var seen *problem.Problem
	deny := mustNew(t, render.Config{
		Links:    links,
		Instance: func(*http.Request) string { return "urn:example:1" },
		OnDenied: func(_ *http.Request, p *problem.Problem) { seen = p },
	})
	hidden := &problem.Problem{
		Reason: problem.NotOwner, Instance: "urn:secret", RetryAfter: time.Minute, Detail: "secret",
		Challenges: []problem.Challenge{problem.Basic("secret")}, Extensions: map[string]any{"secret": 1},
		Also: []*problem.Problem{{Reason: problem.RoleMissing}},
	}
	for _, err := range []error{
		problem.Cloak(hidden),
		errors.Join(problem.EmailUnverified, problem.Cloak(problem.SignInRequired)),
		problem.Cloak(problem.InsufficientScope),
		problem.Cloak(nil),
	} {
		for _, f := range allFormats {
			for _, method := range []string{"GET", "HEAD", "POST"} {
				fields := []string{"Origin: https://other.example", "Authorization: Bearer x", "Accept-Language: en"}
				want := answer(deny.As(f), request(method, "/a?b", fields...), problem.NotFound)
				got := answer(deny.As(f), request(method, "/a?b", fields...), err)
				if diff := cmp.Diff(want.Body.String(), got.Body.String()); diff != "" {
					t.Errorf("%s %s: body (-NotFound +cloaked):\n%s", method, f.MediaType(), diff)
				}
				if diff := cmp.Diff(want.Header(), got.Header()); diff != "" {
					t.Errorf("%s %s: header (-NotFound +cloaked):\n%s", method, f.MediaType(), diff)
				}
			}
		}
	}
	answer(deny, get("/"), problem.Cloak(hidden))
	if !errors.Is(seen, problem.NotOwner) {
		t.Errorf("OnDenied saw %v, which hides the real reason", seen)
	}
}

// A document has 64 steps at most, whatever a Problem has.
func TestStepsAreBounded(t *testing.T) {
	p := &problem.Problem{Reason: problem.RoleMissing}
	for range 100 {
		p.Next = append(p.Next, problem.NextStep{Kind: problem.ReadDocs, Href: "/docs"})
	}
	if got := strings.Count(answer(mustNew(t, render.Config{}), get("/"), p).Body.String(), `"kind"`); got != 64 {
		t.Errorf("%d steps were sent, want 64", got)
	}
}

// What is required together is asked for together: a client asks for exactly
// the scope that it is told, and would be denied for the other.
func TestChallengesTogether(t *testing.T) {
	own := problem.MustReason(problem.Definition{Code: "own-field", Status: 401, Title: "T", Detail: "D.", Fields: []problem.Param{{Name: "X-Needs", Value: "more"}}})
	deny := mustNew(t, render.Config{Reasons: []problem.Reason{own}})
	for _, row := range []struct {
		name      string
		err       error
		challenge []string
		nonce     string
		needs     string
	}{
		{"scopes", errors.Join(problem.NeedScope("a", "b"), problem.NeedScope("b", "c")), []string{`Bearer error="insufficient_scope", scope="a b c"`}, "", ""},
		{"a scope inside", &problem.Problem{Reason: problem.PolicyDenied, Also: []*problem.Problem{problem.NeedScope("a")}}, []string{`Bearer error="insufficient_scope", scope="a"`}, "", ""},
		{"schemes", errors.Join(&problem.Problem{Reason: problem.TokenExpired}, problem.NeedDPoPNonce("n1")), []string{
			`Bearer error="invalid_token", error_description="The access token expired"`, `DPoP error="use_dpop_nonce", error_description="The DPoP proof needs the nonce of this response"`,
		}, "n1", ""},
		{"another status", errors.Join(problem.SignInRequired, problem.NeedScope("a")), []string{`Bearer realm="restricted"`}, "", ""},
		{"reasons alone", errors.Join(problem.TokenExpired, problem.DPoPNonceRequired, own), []string{
			`Bearer error="invalid_token", error_description="The access token expired"`, `DPoP error="use_dpop_nonce", error_description="The DPoP proof needs the nonce of this response"`,
		}, "", "more"},
	} {
		for range 3 {
			h := answer(deny, get("/", "Authorization: Bearer x"), row.err).Header()
			if diff := cmp.Diff(row.challenge, h["Www-Authenticate"]); diff != "" {
				t.Errorf("%s: challenges (-want +got):\n%s", row.name, diff)
			}
			if h.Get("DPoP-Nonce") != row.nonce || h.Get("X-Needs") != row.needs {
				t.Errorf("%s: fields %q, %q", row.name, h.Get("DPoP-Nonce"), h.Get("X-Needs"))
			}
		}
	}
}

// A token that did not come is not blamed, and the realm is the site's.
func TestRealmWithoutCredentials(t *testing.T) {
	deny := mustNew(t, render.Config{Challenges: []problem.Challenge{problem.Bearer("northwind")}})
	for range 3 {
		if got := answer(deny, get("/"), problem.TokenExpired).Header().Get("WWW-Authenticate"); got != `Bearer realm="northwind"` {
			t.Errorf("the challenge is %s", got)
		}
	}
}

// The field says what the sentence says, wherever the time comes from.
func TestRetryAfterInArgs(t *testing.T) {
	plain := problem.MustReason(problem.Definition{Code: "no-wait", Status: 403, Title: "T", Detail: "D."})
	deny := mustNew(t, render.Config{Reasons: []problem.Reason{plain}})
	for _, row := range []struct {
		p    *problem.Problem
		want string
	}{
		{&problem.Problem{Reason: problem.RateLimited, Args: map[string]any{"retry_after": 90 * time.Second}}, "90"},
		{&problem.Problem{Reason: problem.RateLimited, Args: map[string]any{"retry_after": 30}}, "30"},
		{&problem.Problem{Reason: problem.RateLimited, Args: map[string]any{"retry_after": uint64(1 << 63)}}, "9223372036854775807"},
		{&problem.Problem{Reason: problem.RateLimited, Args: map[string]any{"retry_after": -time.Second}}, ""},
		{&problem.Problem{Reason: problem.RateLimited, Args: map[string]any{"retry_after": time.Duration(0)}}, ""},
		{&problem.Problem{Reason: problem.RateLimited, Args: map[string]any{"retry_after": "soon"}}, ""},
		{&problem.Problem{Reason: problem.RateLimited, RetryAfter: time.Minute, Args: map[string]any{"retry_after": 30 * time.Second}}, "60"},
		{&problem.Problem{Reason: plain, Args: map[string]any{"retry_after": time.Minute}}, "60"},
		{&problem.Problem{Reason: plain, Also: []*problem.Problem{{Reason: problem.RateLimited, Args: map[string]any{"retry_after": time.Minute}}}}, "60"},
		{&problem.Problem{Reason: problem.RateLimited}, ""},
	} {
		for _, form := range allFormats {
			in := renderRequest("/x")
			in.Format = form
			for range 2 {
				same(t, deny, render.Slow(deny), in, row.p)
				if got := deny.Render(in, row.p).Header.Get("Retry-After"); got != row.want {
					t.Errorf("%v, %v as %s: Retry-After %q, want %q", row.p.RetryAfter, row.p.Args, form.MediaType(), got, row.want)
				}
			}
		}
	}
	resp := deny.Render(renderRequest("/x", "Accept: text/plain"), &problem.Problem{Reason: problem.RateLimited, RetryAfter: time.Minute, Args: map[string]any{"retry_after": time.Hour}})
	if body := string(resp.Body); !strings.Contains(body, "in 1 minute") || strings.Contains(body, "hour") {
		t.Errorf("the sentence says another time than the field:\n%s", body)
	}
}

// Challenges of one requirement are a choice (RFC 9110 §11.6.1), and stay apart;
// of several, none is sent twice.
func TestChallengesStayApart(t *testing.T) {
	read, admin := problem.Bearer("x").With("scope", "read"), problem.Bearer("x").With("scope", "admin")
	deny := mustNew(t, render.Config{Challenges: []problem.Challenge{problem.Bearer("api")}})
	for _, row := range []struct {
		name  string
		err   error
		field string
		want  []string
	}{
		{"a choice", &problem.Problem{Reason: problem.SignInRequired, Challenges: []problem.Challenge{read, admin}}, "X: y", []string{read.String(), admin.String()}},
		{"two without credentials", errors.Join(problem.TokenInvalid, problem.TokenExpired), "X: y", []string{`Bearer realm="api"`}},
		{"two with", errors.Join(problem.TokenInvalid, problem.TokenExpired), "Authorization: Bearer x", []string{
			`Bearer realm="api", error="invalid_token", error_description="The access token is not valid"`,
			`Bearer realm="api", error="invalid_token", error_description="The access token expired"`,
		}},
	} {
		for range 3 {
			if diff := cmp.Diff(row.want, answer(deny, get("/", row.field), row.err).Header()["Www-Authenticate"]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.name, diff)
			}
		}
	}
}
