package render_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// TestModifyResponse runs a real proxy before a real server.
func TestModifyResponse(t *testing.T) {
	var denied []string
	deny := mustNew(t, render.Config{Links: links, OnDenied: func(_ *http.Request, p *problem.Problem) { denied = append(denied, p.Reason.Code()) }})
	tests := []struct {
		name     string
		upstream func(http.ResponseWriter)
		fields   []string
		status   int
		header   http.Header // these, among others
		absent   []string
		body     string // is in it
		why      string
	}{
		{
			name: "bare 401",
			upstream: func(w http.ResponseWriter) {
				w.Header().Add("WWW-Authenticate", "Bearer")
				w.Header().Add("WWW-Authenticate", `Basic realm=upstream`)
				w.Header().Set("Set-Cookie", "a=b")
				http.Error(w, "go away", http.StatusUnauthorized)
			},
			status: 401,
			header: http.Header{"Www-Authenticate": {"Bearer", `Basic realm=upstream`}, "Set-Cookie": {"a=b"}, "Content-Type": {"application/problem+json"}, "Cache-Control": {"no-store"}},
			body:   `"href":"/sign-in?next=%2Fdeep%2Fpath%3Fq"`,
			why:    "a proxy hands challenges on as they are",
		},
		{
			name: "bare 401 for a script",
			upstream: func(w http.ResponseWriter) {
				w.Header().Set("WWW-Authenticate", `Basic realm="up"`)
				w.WriteHeader(401)
			},
			fields: []string{"Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin"},
			status: 401,
			header: http.Header{"Www-Authenticate": {`Session realm="up"`}},
			why:    "no password box inside a page",
		},
		{
			name: "challenges that cannot be read",
			upstream: func(w http.ResponseWriter) {
				w.Header()["Www-Authenticate"] = []string{`Basic realm=Intranet Login`, `Bearer realm="api"`, `"junk"`}
				w.WriteHeader(401)
			},
			status: 401,
			header: http.Header{"Www-Authenticate": {`Basic realm=Intranet Login`, `Bearer realm="api"`}, "Vary": {"Accept, Accept-Language, Sec-Fetch-Mode, Sec-Fetch-Site, X-Requested-With"}},
			why:    "browsers read them all the same",
		},
		{
			name: "a challenge in two lines",
			upstream: func(w http.ResponseWriter) {
				w.Header()["Www-Authenticate"] = []string{`Bearer realm="api"`, `error="invalid_token"`, `Basic realm="up"`}
				w.WriteHeader(401)
			},
			status: 401,
			header: http.Header{"Www-Authenticate": {`Bearer realm="api"`, `error="invalid_token"`, `Basic realm="up"`}},
			why:    "the lines are one list (RFC 9110 §5.3)",
		},
		{
			name: "challenges that cannot be read, for a script",
			upstream: func(w http.ResponseWriter) {
				w.Header()["Www-Authenticate"] = []string{`Basic realm=Intranet Login`, `Bearer realm="api", Basic realm="up"`}
				w.WriteHeader(401)
			},
			fields: []string{"Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin"},
			status: 401,
			header: http.Header{"Www-Authenticate": {`Bearer realm="api"`}},
			why:    "the first may open a password box",
		},
		{
			name:     "401 without a challenge",
			upstream: func(w http.ResponseWriter) { w.WriteHeader(401) },
			status:   401,
			header:   http.Header{"Www-Authenticate": {`Bearer realm="restricted"`}},
			why:      "not legal, so mended",
		},
		{
			name: "bare 403 with a page of the server's",
			upstream: func(w http.ResponseWriter) {
				w.Header().Set("Content-Type", "text/html")
				w.Header().Set("Content-Security-Policy", "default-src 'self'")
				w.Header().Set("ETag", `"x"`)
				w.WriteHeader(403)
				io.WriteString(w, "<h1>403 Forbidden</h1>nginx")
			},
			fields: []string{"Accept: text/html"},
			status: 403,
			header: http.Header{"Content-Type": {"text/html; charset=utf-8"}},
			absent: []string{"Etag", "Www-Authenticate"},
			body:   "<h1>",
		},
		{
			name: "403 that says which scope",
			upstream: func(w http.ResponseWriter) {
				w.Header()["Www-Authenticate"] = []string{`Bearer error="insufficient_scope", scope="reports:write", extra="kept"`}
				w.WriteHeader(403)
			},
			fields: []string{"Authorization: Bearer x"},
			status: 403,
			header: http.Header{"Www-Authenticate": {`Bearer error="insufficient_scope", scope="reports:write", extra="kept"`}},
			body:   `"code":"insufficient-scope","next":[{"kind":"grant-scope","title":"Ask for the permission","actor":"client","params":{"scope":"reports:write"}}`,
		},
		{
			name: "401 that wants a nonce",
			upstream: func(w http.ResponseWriter) {
				w.Header().Set("WWW-Authenticate", `DPoP error="use_dpop_nonce"`)
				w.Header().Set("DPoP-Nonce", "n1")
				w.WriteHeader(401)
			},
			fields: []string{"Authorization: DPoP x"},
			status: 401,
			header: http.Header{"Www-Authenticate": {`DPoP error="use_dpop_nonce"`}, "Dpop-Nonce": {"n1"}},
			body:   `"code":"dpop-nonce-required"`,
		},
		{
			name:     "429",
			upstream: func(w http.ResponseWriter) { w.Header().Set("Retry-After", "120"); w.WriteHeader(429) },
			status:   429,
			header:   http.Header{"Retry-After": {"120"}},
			body:     "in 2 minutes",
		},
		{
			name: "problem document",
			upstream: func(w http.ResponseWriter) {
				w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
				w.WriteHeader(403)
				io.WriteString(w, `{"title":"theirs"}`)
			},
			status: 403,
			body:   `{"title":"theirs"}`,
			why:    "left alone",
		},
		{
			name: "JSON of its own",
			upstream: func(w http.ResponseWriter) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(403)
				io.WriteString(w, `{"error":"theirs"}`)
			},
			status: 403,
			body:   `{"error":"theirs"}`,
			why:    "a program may depend on it",
		},
		{
			name:     "200",
			upstream: func(w http.ResponseWriter) { io.WriteString(w, "fine") },
			status:   200,
			body:     "fine",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			denied = nil
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { tt.upstream(w) }))
			defer server.Close()
			to, err := url.Parse(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			proxy := httptest.NewServer(&httputil.ReverseProxy{
				Rewrite: func(r *httputil.ProxyRequest) {
					r.SetURL(to)
					r.Out.URL.Path = "/rewritten"
				},
				ModifyResponse: deny.ModifyResponse,
			})
			defer proxy.Close()
			req, err := http.NewRequest("GET", proxy.URL+"/deep/path?q", nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range tt.fields {
				name, value, _ := strings.Cut(f, ": ")
				req.Header.Set(name, value)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != tt.status || !strings.Contains(string(body), tt.body) {
				t.Errorf("got %d %s, want %d with %q (%s)", resp.StatusCode, body, tt.status, tt.body, tt.why)
			}
			for name, want := range tt.header {
				if diff := cmp.Diff(want, resp.Header[name]); diff != "" {
					t.Errorf("%s (%s) (-want +got):\n%s", name, tt.why, diff)
				}
			}
			for _, name := range tt.absent {
				if got := resp.Header[name]; got != nil {
					t.Errorf("%s: %q is still there", name, got)
				}
			}
			if got := resp.Header.Get("Content-Length"); got != fmt.Sprint(len(body)) {
				t.Errorf("Content-Length %q for %d bytes", got, len(body))
			}
		})
	}
}

func TestModifyResponseOfHead(t *testing.T) {
	resp := &http.Response{StatusCode: 403, Request: request("HEAD", "/"), Body: http.NoBody}
	if err := (&render.Renderer{}).ModifyResponse(resp); err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil || len(body) != 0 || resp.ContentLength == 0 {
		t.Errorf("got %d bytes, length %d, %v; want none, and the length of the GET", len(body), resp.ContentLength, err)
	}
}

// A response that no request led to, and no header: nothing to go by.
func TestModifyResponseOfNothing(t *testing.T) {
	resp := &http.Response{StatusCode: 401}
	if err := (&render.Renderer{}).ModifyResponse(resp); err != nil || resp.Header.Get("WWW-Authenticate") == "" {
		t.Errorf("got %v, %v", resp.Header, err)
	}
}

// A gateway that reads a denial and writes it again leaves nothing out that the
// client needs.
func TestPassedOn(t *testing.T) {
	known, err := problem.NewSet(problem.Common()...)
	if err != nil {
		t.Fatal(err)
	}
	deny := mustNew(t, render.Config{})
	for _, test := range []struct {
		name, body string
		status     int
		header     http.Header
		want       http.Header // of header where it is nil
	}{
		{"scope and wait", `{"code":"insufficient-scope"}`, 403,
			http.Header{"Www-Authenticate": {`Bearer error="insufficient_scope", scope="a b"`}, "Retry-After": {"30"}}, nil},
		{"nonce", `{"code":"dpop-nonce-required"}`, 401,
			http.Header{"Www-Authenticate": {`DPoP error="use_dpop_nonce"`}, "Dpop-Nonce": {"n"}}, nil},
		{"wait of a step", `{"code":"rate-limited","next":[{"kind":"wait","params":{"retry_after":"30"}}]}`, 429, nil, http.Header{"Retry-After": {"30"}}},
		{"without a status", `{"code":"theirs"}`, 429, http.Header{"Retry-After": {"30"}}, nil},
		{"no document", "", 503, http.Header{"Retry-After": {"2147483648"}}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Authorization", "DPoP x")
			deny.Write(w, r, known.FromResponse(test.status, test.header, strings.NewReader(test.body)))
			want := test.want
			if want == nil {
				want = test.header
			}
			for name := range want {
				if diff := cmp.Diff(want[name], w.Header()[name]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
			if w.Code != test.status {
				t.Errorf("status %d", w.Code)
			}
		})
	}
}
