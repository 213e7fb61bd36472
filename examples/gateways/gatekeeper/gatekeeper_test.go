package gatekeeper_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/denial-go/denial/examples/gateways/gatekeeper"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

func newGatekeeper(faults *[]error) *gatekeeper.Gatekeeper {
	return &gatekeeper.Gatekeeper{
		Deny: render.Must(render.New(render.Config{
			Links:   map[problem.StepKind]string{problem.SignIn: "/sign-in?next={return_to}"},
			OnFault: func(err error) { *faults = append(*faults, err) },
		})),
		Rule: func(r *http.Request) error {
			switch r.URL.Path {
			case "/open", "/open/../open", "/x/../open":
				return nil
			case "/upload":
				if r.Method == http.MethodPost {
					return problem.ReadOnly
				}
				return nil
			}
			return problem.SignInRequired
		},
	}
}

func TestAnswers(t *testing.T) {
	const original, forwarded = "X-Original", "X-Forwarded"
	for _, row := range []struct {
		name         string
		method, path string // of the gateway's request
		fields       string // which say what the client asked for
		of, uri      string
		status       int
		empty        bool // no body
		says         string
	}{
		{"check lets through", "GET", "/check", original, "GET", "/open?x=1", 204, true, ""},
		{"check refuses", "GET", "/check", original, "GET", "/closed", 403, true, ""},
		{"the rule sees the method", "GET", "/check", original, "POST", "/upload", 403, true, ""},
		{"and lets another through", "GET", "/check", original, "GET", "/upload", 204, true, ""},
		{"deny says why", "GET", "/deny", original, "GET", "/closed?a=b", 401, false, "/sign-in?next=%2Fclosed%3Fa%3Db"},
		{"deny denies what the rule would not", "GET", "/deny", original, "GET", "/open", 403, false, "policy-denied"},
		{"deny for HEAD", "HEAD", "/deny", original, "HEAD", "/closed", 401, true, ""},
		{"deny by GET for HEAD", "GET", "/deny", original, "HEAD", "/closed", 401, false, "sign-in-required"},
		{"forward-auth lets through", "GET", "/forward-auth", forwarded, "GET", "/open", 204, true, ""},
		{"forward-auth says why", "GET", "/forward-auth", forwarded, "POST", "/upload", 403, false, "read-only"},
		{"forward-auth by GET for HEAD", "GET", "/forward-auth", forwarded, "HEAD", "/closed", 401, false, "sign-in-required"},
		{"elsewhere", "GET", "/open", original, "GET", "/open", 404, false, "not-found"},
		{"dot segments", "GET", "/check", original, "GET", "/open/../open", 403, true, ""},
		{"escaped dot segments", "GET", "/check", original, "GET", "/x/%2e%2e%2fopen", 403, true, ""},
		{"deny for dot segments", "GET", "/deny", original, "GET", "/x/../open", 404, false, "not-found"},
		{"check by the other fields", "GET", "/check", forwarded, "GET", "/open", 403, true, ""},
		{"forward-auth by the other fields", "GET", "/forward-auth", original, "GET", "/open", 500, false, "Internal Server Error"},
		{"deny without an address", "GET", "/deny", original, "GET", "", 500, false, "Internal Server Error"},
		{"check without an address", "GET", "/check", original, "GET", "", 403, true, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			var faults []error
			r := httptest.NewRequest(row.method, row.path, nil)
			r.Header.Set(row.fields+"-Method", row.of)
			r.Header.Set(row.fields+"-Uri", row.uri)
			w := httptest.NewRecorder()
			newGatekeeper(&faults).ServeHTTP(w, r)
			if w.Code != row.status || !strings.Contains(w.Body.String(), row.says) || (w.Body.Len() == 0) != row.empty {
				t.Errorf("status %d, body %q; want %d and %q", w.Code, w.Body, row.status, row.says)
			}
			if (w.Code == 500) != (len(faults) > 0) {
				t.Errorf("faults %v with status %d; a mistake in the configuration has to be told", faults, w.Code)
			}
		})
	}
}

// TestUnclear: where an application could take the address for another one, the
// rule is not asked.
func TestUnclear(t *testing.T) {
	for _, row := range []struct {
		uri    string
		status int // of /forward-auth
	}{
		{"//admin", 404},
		{"/%2fadmin", 404},
		{"/public//admin", 404},
		{"/;x/admin", 404},
		{`/public/..\admin`, 404},
		{"/public/..%5cadmin", 404},
		{"/public/..;/admin", 404},
		{"/public/.%2e%3bx=1/admin", 404},
		{"/public/./x", 404},
		{"/public/..", 404},
		{"/public/..%00/admin", 404},
		{"/public/x%0a", 404},
		{"/public/..#/admin", 404},
		{"/public/%zz", 400}, // by HAProxy; the mistake is the client's
		{"/", 204},
		{"/public/", 204},
		{"/public/a.b/.c/..d/e..;f/g.", 204},
		{"/public/caf%C3%A9%2525?x=/../\\//;", 204},
	} {
		for path, status := range map[string]int{"/check": 403, "/forward-auth": row.status} {
			if row.status == 204 {
				status = 204
			}
			var faults []error
			g := newGatekeeper(&faults)
			g.Rule = func(*http.Request) error { return nil }
			r := httptest.NewRequest("GET", path, nil)
			for _, prefix := range []string{"X-Original", "X-Forwarded"} {
				r.Header.Set(prefix+"-Method", "GET")
				r.Header.Set(prefix+"-Uri", row.uri)
			}
			w := httptest.NewRecorder()
			g.ServeHTTP(w, r)
			if w.Code != status || len(faults) > 0 {
				t.Errorf("%s for %s: status %d, want %d; faults %v", path, row.uri, w.Code, status, faults)
			}
		}
	}
}

// TestTwice: a gateway that adds its field beside that of the client, rather
// than in place of it, must not leave the choice to the client.
func TestTwice(t *testing.T) {
	var faults []error
	r := httptest.NewRequest("GET", "/check", nil)
	r.Header.Set("X-Original-Method", "GET")
	r.Header.Add("X-Original-Uri", "/open")
	r.Header.Add("X-Original-Uri", "/closed")
	w := httptest.NewRecorder()
	newGatekeeper(&faults).ServeHTTP(w, r)
	if w.Code != http.StatusForbidden {
		t.Errorf("status %d, want 403", w.Code)
	}
}

// TestForeignError: an error that is no denial keeps the request out too.
func TestForeignError(t *testing.T) {
	var faults []error
	g := newGatekeeper(&faults)
	g.Rule = func(*http.Request) error { return errors.New("db is down") }
	for path, status := range map[string]int{"/check": 403, "/deny": 500, "/forward-auth": 500} {
		r := httptest.NewRequest("GET", path, nil)
		for _, prefix := range []string{"X-Original", "X-Forwarded"} {
			r.Header.Set(prefix+"-Method", "GET")
			r.Header.Set(prefix+"-Uri", "/open")
		}
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		if w.Code != status || strings.Contains(w.Body.String(), "db is down") {
			t.Errorf("%s: status %d, want %d; body %q", path, w.Code, status, w.Body)
		}
	}
}
