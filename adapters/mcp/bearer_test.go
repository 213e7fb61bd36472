package denymcp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	denymcp "github.com/denial-go/denial/adapters/mcp"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/google/go-cmp/cmp"
	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/oauthex"
)

const metadata = "https://mcp.example.com/.well-known/oauth-protected-resource"

// secret is in the text of every error that must not reach a client.
const secret = "s3cr3t"

// verify knows tokens by what is wrong with them.
func verify(_ context.Context, token string, _ *http.Request) (*auth.TokenInfo, error) {
	soon := time.Now().Add(time.Hour)
	switch token {
	case "good":
		return &auth.TokenInfo{UserID: "alice", Scopes: []string{"read", "write"}, Expiration: soon}, nil
	case "narrow":
		return &auth.TokenInfo{UserID: "alice", Scopes: []string{"read"}, Expiration: soon}, nil
	case "expired":
		return &auth.TokenInfo{Scopes: []string{"read", "write"}, Expiration: soon.Add(-2 * time.Hour)}, nil
	case "expired-narrow":
		return &auth.TokenInfo{Scopes: nil, Expiration: soon.Add(-2 * time.Hour)}, nil
	case "endless":
		return &auth.TokenInfo{Scopes: []string{"read", "write"}}, nil
	case "forged":
		return nil, fmt.Errorf("%w: signature of key %s", auth.ErrInvalidToken, secret)
	case "malformed":
		return nil, fmt.Errorf("%w: %s", auth.ErrOAuth, secret)
	case "revoked":
		return nil, errors.Join(auth.ErrInvalidToken, problem.TokenRevoked.Because(errors.New(secret)))
	case "stepup":
		return nil, problem.NeedStepUp(problem.ACR("phr"), time.Minute)
	case "own-challenge":
		p := problem.TokenInvalid.Because(nil)
		p.Challenges = []problem.Challenge{problem.DPoP("", "ES256").With("error", "invalid_token")}
		return nil, p
	case "suspended":
		return nil, problem.AccountSuspended
	case "limited":
		return nil, problem.RetryIn(problem.RateLimited, 7*time.Second)
	case "outage":
		return nil, errors.New("dial tcp " + secret)
	case "panics":
		return nil, fmt.Errorf("introspection: %w", (*loop)(nil))
	case "panics-forged":
		return nil, errors.Join((*loop)(nil), auth.ErrInvalidToken)
	case "cycle":
		l := &loop{}
		l.err = l
		return nil, l
	case "nothing":
		return nil, nil
	}
	return nil, auth.ErrInvalidToken
}

type loop struct{ err error }

func (l *loop) Error() string { return secret }
func (l *loop) Unwrap() error { return l.err }

// serve starts a server on 127.0.0.1 whose handler is behind the middleware.
func serve(t *testing.T, handler http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// seen is what a client reads of an answer.
type seen struct {
	Status     int
	Challenges []map[string]string // as the SDK's client parses them
	Code       string
	RetryAfter string
}

func ask(t *testing.T, url, authorization string) seen {
	t.Helper()
	req, err := http.NewRequest("POST", url, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	req.Header.Set("Accept", "application/json, text/event-stream")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := seen{Status: resp.StatusCode, RetryAfter: resp.Header.Get("Retry-After")}
	if whole := fmt.Sprint(resp.Header, string(body)); strings.Contains(whole, secret) {
		t.Errorf("the client learns the verifier's error:\n%s", whole)
	}
	parsed, err := oauthex.ParseWWWAuthenticate(resp.Header.Values("WWW-Authenticate"))
	if err != nil {
		t.Fatalf("the SDK cannot read %q: %v", resp.Header.Values("WWW-Authenticate"), err)
	}
	for _, c := range parsed {
		params := map[string]string{"": c.Scheme}
		for name, value := range c.Params {
			params[name] = value
		}
		got.Challenges = append(got.Challenges, params)
	}
	if resp.StatusCode >= 400 {
		p, err := problem.Decode(resp.Header.Get("Content-Type"), strings.NewReader(string(body)))
		if err != nil {
			t.Fatalf("%v:\n%s", err, body)
		}
		got.Code = p.Reason.Code()
	}
	return got
}

func bearer(params ...string) map[string]string {
	m := map[string]string{"": "bearer", "resource_metadata": metadata, "scope": "read write"}
	for i := 0; i < len(params); i += 2 {
		m[params[i]] = params[i+1]
	}
	return m
}

func TestRequireBearerToken(t *testing.T) {
	const expired, invalid = "The access token expired", "The access token is not valid"
	faults := make(chan error, 10)
	var denied []*problem.Problem
	deny := render.Must(render.New(render.Config{
		OnFault:  func(err error) { faults <- err },
		OnDenied: func(_ *http.Request, p *problem.Problem) { denied = append(denied, p) },
	}))
	guard := denymcp.RequireBearerToken(deny, verify, &auth.RequireBearerTokenOptions{
		ResourceMetadataURL: metadata,
		Scopes:              []string{"read", "write"},
	})
	reached := 0
	server := serve(t, guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached++
		info := auth.TokenInfoFromContext(r.Context())
		if info == nil || info.UserID != "alice" {
			t.Errorf("the handler gets TokenInfo %v", info)
		}
		w.WriteHeader(http.StatusNoContent)
	})))

	for _, row := range []struct {
		name          string
		authorization string
		want          seen
		cause         bool // there is an error for the logs
	}{
		{"good", "Bearer good", seen{Status: 204}, false},
		{"the scheme in any case", "bearer good", seen{Status: 204}, false},
		{"no credentials: no error (RFC 6750 §3.1)", "",
			seen{Status: 401, Challenges: []map[string]string{bearer()}, Code: "sign-in-required"}, false},
		{"an unsupported scheme is no credentials either", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
			seen{Status: 401, Challenges: []map[string]string{bearer()}, Code: "sign-in-required"}, false},
		{"a scheme without a token", "Bearer",
			seen{Status: 401, Challenges: []map[string]string{bearer()}, Code: "sign-in-required"}, false},
		{"two tokens", "Bearer good good",
			seen{Status: 401, Challenges: []map[string]string{bearer()}, Code: "sign-in-required"}, false},
		{"expired", "Bearer expired",
			seen{Status: 401, Challenges: []map[string]string{bearer("error", "invalid_token", "error_description", expired)}, Code: "token-expired"}, true},
		{"no expiration", "Bearer endless",
			seen{Status: 401, Challenges: []map[string]string{bearer("error", "invalid_token", "error_description", invalid)}, Code: "token-invalid"}, true},
		{"forged", "Bearer forged",
			seen{Status: 401, Challenges: []map[string]string{bearer("error", "invalid_token", "error_description", invalid)}, Code: "token-invalid"}, true},
		{"bare ErrInvalidToken", "Bearer unknown",
			seen{Status: 401, Challenges: []map[string]string{bearer("error", "invalid_token", "error_description", invalid)}, Code: "token-invalid"}, true},
		{"lacks a scope", "Bearer narrow",
			seen{Status: 403, Challenges: []map[string]string{bearer("error", "insufficient_scope")}, Code: "insufficient-scope"}, false},
		{"lacks a scope and has expired: the SDK looks at scopes first", "Bearer expired-narrow",
			seen{Status: 403, Challenges: []map[string]string{bearer("error", "insufficient_scope")}, Code: "insufficient-scope"}, false},
		{"ErrOAuth is about the request, not the token", "Bearer malformed",
			seen{Status: 400, Challenges: []map[string]string{{"": "bearer", "error": "invalid_request", "error_description": "The credentials cannot be read"}}, Code: "malformed-credentials"}, true},
		{"the verifier's own reason", "Bearer revoked",
			seen{Status: 401, Challenges: []map[string]string{bearer("error", "invalid_token", "error_description", "The access token was revoked")}, Code: "token-revoked"}, true},
		{"a reason with values", "Bearer stepup",
			seen{Status: 401, Challenges: []map[string]string{bearer("error", "insufficient_user_authentication",
				"error_description", "A stronger authentication is required", "acr_values", "phr", "max_age", "60")}, Code: "step-up-required"}, false},
		{"the verifier's own challenges stay", "Bearer own-challenge",
			seen{Status: 401, Challenges: []map[string]string{{"": "dpop", "algs": "ES256", "error": "invalid_token"}}, Code: "token-invalid"}, false},
		{"a 403 that another token does not help", "Bearer suspended",
			seen{Status: 403, Code: "account-suspended"}, false},
		{"a limit", "Bearer limited",
			seen{Status: 429, Code: "rate-limited", RetryAfter: "7"}, false},
		{"a verifier that fails says nothing about the token", "Bearer outage",
			seen{Status: 503, Code: "overloaded"}, true},
		{"an error whose Unwrap panics says nothing either", "Bearer panics",
			seen{Status: 503, Code: "overloaded"}, true},
		{"what stands beside it does", "Bearer panics-forged",
			seen{Status: 401, Challenges: []map[string]string{bearer("error", "invalid_token", "error_description", invalid)}, Code: "token-invalid"}, true},
		{"an error with a cycle", "Bearer cycle",
			seen{Status: 503, Code: "overloaded"}, true},
		{"a verifier without an answer", "Bearer nothing",
			seen{Status: 503, Code: "overloaded"}, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			reached, denied = 0, nil
			got := ask(t, server.URL, row.authorization)
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if allowed := row.want.Status < 400; allowed != (reached == 1) || allowed != (len(denied) == 0) {
				t.Errorf("the handler was called %d times, %d denials were told", reached, len(denied))
			}
			if len(denied) == 1 && row.cause != (denied[0].Cause != nil) {
				t.Errorf("Cause %v", denied[0].Cause)
			}
		})
	}
	select {
	case err := <-faults:
		t.Error(err)
	default:
	}
}

// Whatever the SDK decides, the adapter decides.
func TestDecidesAsTheSDK(t *testing.T) {
	ok := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	for name, opts := range map[string]*auth.RequireBearerTokenOptions{
		"nil":     nil,
		"zero":    {},
		"scopes":  {Scopes: []string{"read", "write"}},
		"endless": {AllowMissingExpiration: true},
		"skew":    {ClockSkew: 3 * time.Hour, Scopes: []string{"read"}, ResourceMetadataURL: metadata},
	} {
		sdk := auth.RequireBearerToken(verify, opts)(ok)
		ours := denymcp.RequireBearerToken(nil, verify, opts)(ok)
		for _, authorization := range []string{
			"", "Bearer", "Basic x", "Bearer a b", "Bearer good", "Bearer narrow", "Bearer expired", "Bearer expired-narrow",
			"Bearer endless", "Bearer forged", "Bearer malformed", "Bearer outage", "Bearer nothing",
		} {
			status := func(h http.Handler) int {
				w := httptest.NewRecorder()
				r := httptest.NewRequest("GET", "/", nil)
				if authorization != "" {
					r.Header.Set("Authorization", authorization)
				}
				h.ServeHTTP(w, r)
				return w.Code
			}
			want, got := status(sdk), status(ours)
			if want == 500 {
				want = 503 // it is not the client's fault, and it passes
			}
			if want != got {
				t.Errorf("%s, %q: status %d, the SDK's is %d", name, authorization, got, want)
			}
		}
	}
}

// A site without metadata and scopes has nothing to add, so the renderer's own
// challenge is sent.
func TestWithoutOptions(t *testing.T) {
	deny := render.Must(render.New(render.Config{Challenges: []problem.Challenge{problem.Bearer("tools")}}))
	server := serve(t, denymcp.RequireBearerToken(deny, verify, nil)(http.NotFoundHandler()))
	want := seen{Status: 401, Challenges: []map[string]string{{"": "bearer", "realm": "tools"}}, Code: "sign-in-required"}
	if diff := cmp.Diff(want, ask(t, server.URL, "")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What the application set for its own responses is kept, and a HEAD has no
// body.
func TestKeepsTheRendererRules(t *testing.T) {
	guard := denymcp.RequireBearerToken(nil, verify, &auth.RequireBearerTokenOptions{ResourceMetadataURL: metadata})
	inner := guard(http.NotFoundHandler())
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "X-Tenant")
		w.Header().Set("ETag", `"stale"`)
		w.Header().Add("WWW-Authenticate", `Bearer realm="stale"`)
		inner.ServeHTTP(w, r)
	}))
	resp, err := http.Head(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if len(body) != 0 || resp.ContentLength <= 0 {
		t.Errorf("HEAD: %d bytes of body, Content-Length %d", len(body), resp.ContentLength)
	}
	if vary := strings.Join(resp.Header.Values("Vary"), ", "); !strings.Contains(vary, "X-Tenant") || !strings.Contains(vary, "Accept-Language") {
		t.Errorf("Vary: %q", vary)
	}
	if resp.Header.Get("ETag") != "" {
		t.Error("ETag of an answer that was not given")
	}
	want := []string{`Bearer resource_metadata="` + metadata + `"`}
	if diff := cmp.Diff(want, resp.Header.Values("WWW-Authenticate")); diff != "" {
		t.Errorf("WWW-Authenticate (-want +got):\n%s", diff)
	}
}

// A person who opens the address in a browser reads a page.
func TestPage(t *testing.T) {
	guard := denymcp.RequireBearerToken(nil, verify, &auth.RequireBearerTokenOptions{ResourceMetadataURL: metadata})
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/mcp", nil)
	r.Header.Set("Accept", "text/html,*/*;q=0.8")
	r.Header.Set("Accept-Language", "de")
	guard(http.NotFoundHandler()).ServeHTTP(w, r)
	if w.Code != 401 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || w.Header().Get("Content-Language") != "de" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

// The problem that a verifier returns is its own, so it must not change.
func TestLeavesTheProblemAlone(t *testing.T) {
	shared := problem.TokenRevoked.Because(errors.New(secret))
	before := *shared
	guard := denymcp.RequireBearerToken(nil, func(context.Context, string, *http.Request) (*auth.TokenInfo, error) {
		return nil, shared
	}, &auth.RequireBearerTokenOptions{ResourceMetadataURL: metadata, Scopes: []string{"read"}})
	server := serve(t, guard(http.NotFoundHandler()))
	for range 2 {
		ask(t, server.URL, "Bearer any")
	}
	if shared.Challenges != nil || shared.Args != nil || shared.Next != nil || shared.Cause != before.Cause {
		t.Errorf("the verifier's problem is now %+v", shared)
	}
}

func TestRequireScopes(t *testing.T) {
	opts := &auth.RequireBearerTokenOptions{ResourceMetadataURL: metadata, Scopes: []string{"read"}}
	need := func(r *http.Request) []string {
		if strings.HasPrefix(r.URL.Path, "/admin") {
			return []string{"write", "admin", "read"}
		}
		return nil
	}
	ok := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	scoped := denymcp.RequireScopes(nil, opts, need)(ok)
	server := serve(t, denymcp.RequireBearerToken(nil, verify, opts)(scoped))
	opts.Scopes[0] = "changed later" // which must change nothing

	stepUp := bearer("error", "insufficient_scope", "scope", "read write admin")
	for _, row := range []struct {
		path, authorization string
		want                seen
	}{
		{"/", "Bearer narrow", seen{Status: 204}},
		{"/admin", "Bearer narrow", seen{Status: 403, Challenges: []map[string]string{stepUp}, Code: "insufficient-scope"}},
		{"/admin", "Bearer good", seen{Status: 403, Challenges: []map[string]string{stepUp}, Code: "insufficient-scope"}},
	} {
		if diff := cmp.Diff(row.want, ask(t, server.URL+row.path, row.authorization)); diff != "" {
			t.Errorf("%s with %s (-want +got):\n%s", row.path, row.authorization, diff)
		}
	}

	// In the wrong place it lets nothing through.
	alone := serve(t, scoped)
	for _, path := range []string{"/", "/admin"} {
		if got := ask(t, alone.URL+path, "Bearer good"); got.Status != 401 {
			t.Errorf("%s without RequireBearerToken: status %d", path, got.Status)
		}
	}
}

func TestMistakes(t *testing.T) {
	for name, call := range map[string]func(){
		"nil verifier": func() { denymcp.RequireBearerToken(nil, nil, nil) },
		"plain http": func() {
			denymcp.RequireBearerToken(nil, verify, &auth.RequireBearerTokenOptions{ResourceMetadataURL: "http://mcp.example.com/x"})
		},
		"no URL": func() {
			denymcp.RequireBearerToken(nil, verify, &auth.RequireBearerTokenOptions{ResourceMetadataURL: "/.well-known/x"})
		},
		"quote in a scope": func() {
			denymcp.RequireBearerToken(nil, verify, &auth.RequireBearerTokenOptions{Scopes: []string{`a"b`}})
		},
		"two scopes in one": func() {
			denymcp.RequireBearerToken(nil, verify, &auth.RequireBearerTokenOptions{Scopes: []string{"a b"}})
		},
		"empty scope": func() { denymcp.RequireBearerToken(nil, verify, &auth.RequireBearerTokenOptions{Scopes: []string{""}}) },
		"nil need":    func() { denymcp.RequireScopes(nil, nil, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if text, _ := recover().(string); !strings.HasPrefix(text, "denymcp: ") {
					t.Errorf("panic %q does not say what is wrong", text)
				}
			}()
			call()
			t.Error("accepted")
		})
	}
	denymcp.RequireBearerToken(nil, verify, &auth.RequireBearerTokenOptions{ResourceMetadataURL: "http://127.0.0.1:8080/x"}) // for development
}

// A cancelled request is answered to nobody, and nothing breaks.
func TestCancelled(t *testing.T) {
	guard := denymcp.RequireBearerToken(nil, func(ctx context.Context, _ string, _ *http.Request) (*auth.TokenInfo, error) {
		return nil, ctx.Err()
	}, nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(ctx, "POST", "/", nil)
	r.Header.Set("Authorization", "Bearer good")
	guard(http.NotFoundHandler()).ServeHTTP(w, r)
	if w.Code != 503 {
		t.Errorf("status %d", w.Code)
	}
}

// With nothing to add, the answer is byte for byte that of Renderer.Write.
func TestBytesOfTheRenderer(t *testing.T) {
	deny := render.Must(render.New(render.Config{Challenges: []problem.Challenge{problem.Bearer("tools"), problem.Basic("tools")}}))
	errs := []error{
		errors.Join(problem.EmailUnverified, problem.TermsNotAccepted),
		fmt.Errorf("wrapped: %w", problem.NeedRole("editor")),
		problem.Cloak(problem.NotOwner),
		problem.NeedScope("a", "b"),
	}
	for _, r := range problem.Common() {
		errs = append(errs, r)
	}
	// Each kind of value in a challenge, and what is none.
	type role string
	filled := problem.Bearer("tools").With("v", "{v}").With("w", "{w_2}").With("text", "{v} v").With("brace", "{v").With("retry", "{retry_after}")
	values := problem.MustReason(problem.Definition{Code: "values", Status: 401, Title: "Values", Challenges: []problem.Challenge{filled}})
	for _, v := range []any{
		"a", role("a"), 7, int8(-7), uint64(7), 0.5, float32(0.1), math.NaN(), 90 * time.Second, time.Unix(1, 0), []string{"a", "b"}, []role{"a"},
		"", role(""), []string{}, []string(nil), time.Time{}, nil, struct{}{}, "{v}",
	} {
		errs = append(errs, &problem.Problem{Reason: values, Args: map[string]any{"v": v}, RetryAfter: 7 * time.Second})
	}
	for _, err := range errs {
		guard := denymcp.RequireBearerToken(deny, func(context.Context, string, *http.Request) (*auth.TokenInfo, error) { return nil, err }, nil)
		for _, accept := range []string{"", "text/html", "text/plain", "multipart/alternative"} {
			for _, method := range []string{"GET", "HEAD", "POST"} {
				want, got := httptest.NewRecorder(), httptest.NewRecorder()
				for w, h := range map[*httptest.ResponseRecorder]http.Handler{want: deny.Handler(err), got: guard(http.NotFoundHandler())} {
					r := httptest.NewRequest(method, "/mcp?a=b", nil)
					r.Header.Set("Authorization", "Bearer token")
					r.Header.Set("Accept", accept)
					h.ServeHTTP(w, r)
				}
				if diff := cmp.Diff(want.Result().Header, got.Result().Header); diff != "" || want.Code != got.Code {
					t.Fatalf("%v, %s %q: %d, want %d (-want +got):\n%s", err, method, accept, got.Code, want.Code, diff)
				}
				if diff := cmp.Diff(want.Body.String(), got.Body.String()); diff != "" {
					t.Fatalf("%v, %s %q (-want +got):\n%s", err, method, accept, diff)
				}
			}
		}
	}
}
