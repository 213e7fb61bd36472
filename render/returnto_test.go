package render_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/denial-go/denial/internal/href"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// signInHref is where the sign-in step of a denial leads.
func signInHref(deny *render.Renderer, req render.Request) string {
	return deny.View(req, problem.SignInRequired).Next[0].Href
}

// TestReturnTo is rule 9.
func TestReturnTo(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links})
	const empty = "/sign-in?next="
	tests := []struct {
		name   string
		method string
		target string
		fields []string
		want   string
		why    string
	}{
		{"path", "GET", "/reports", nil, empty + "%2Freports", ""},
		{"path and query", "GET", "/a/b?c=d&e=f+g%20h", nil, empty + "%2Fa%2Fb%3Fc%3Dd%26e%3Df%2Bg%2520h", "escaped, so that it stays one value"},
		{"root", "GET", "/", nil, empty + "%2F", ""},
		{"HEAD", "HEAD", "/reports", nil, empty + "%2Freports", ""},
		{"page load", "GET", "/reports", []string{"Sec-Fetch-Mode: navigate"}, empty + "%2Freports", ""},
		{"POST", "POST", "/reports", nil, empty, "a form cannot be sent again by a link"},
		{"script", "GET", "/api/reports", []string{"Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin"}, empty, "a person must not land on raw JSON"},
		{"image", "GET", "/favicon.ico", []string{"Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin"}, empty, ""},
		{"XMLHttpRequest", "GET", "/api", []string{"X-Requested-With: XMLHttpRequest"}, empty, ""},
		{"Node's fetch", "GET", "/reports", []string{"Sec-Fetch-Mode: cors"}, empty + "%2Freports", "a program, as curl is"},
		{"page in an app", "GET", "/reports", []string{"Sec-Fetch-Mode: navigate", "X-Requested-With: org.example.reader"}, empty + "%2Freports", "Android's web views name the app in every request"},
		{"page in an app, unencrypted", "GET", "/reports", []string{"X-Requested-With: org.example.reader"}, empty + "%2Freports", "browsers send Sec-Fetch-Mode over TLS only"},
		{"script in an app", "GET", "/api", []string{"Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin", "X-Requested-With: org.example.reader"}, empty, ""},
		{"the step's own page", "GET", "/sign-in?next=%2Freports", nil, empty, "no loop"},
		{"the step's own page, disguised", "GET", "/./%73ign-in", nil, empty, "no loop"},
		{"two slashes", "GET", "//evil.example/a", nil, empty, "another host"},
		{"slash, backslash", "GET", `/\evil.example`, nil, empty, "browsers read it as //"},
		{"backslash inside", "GET", `/a\..\..\evil`, nil, empty, ""},
		{"encoded backslash", "GET", "/%5cevil.example", nil, empty, ""},
		{"encoded slashes", "GET", "/%2fevil.example", nil, empty, "decoded once too often it is //"},
		{"tab", "GET", "/\t/evil.example", nil, empty, "browsers drop tabs"},
		{"encoded tab", "GET", "/%09/evil.example", nil, empty, ""},
		{"line feed", "GET", "/\n/evil.example", nil, empty, ""},
		{"space", "GET", "/ /evil.example", nil, empty, ""},
		{"absolute", "GET", "https://evil.example/", nil, empty, ""},
		{"no slash", "GET", "http:evil.example", nil, empty, ""},
		{"script address", "GET", "javascript:alert(1)", nil, empty, ""},
		{"star", "GET", "*", nil, empty, "OPTIONS *"},
		{"none", "GET", "", nil, empty, ""},
		{"fragment", "GET", "/a#b", nil, empty, "never comes in a request"},
		{"bad escape", "GET", "/%zz", nil, empty, ""},
		{"long", "GET", "/" + strings.Repeat("a", 2000), nil, empty, "an address has to fit"},
		{"not ASCII", "GET", "/caf\u00e9", nil, empty, "browsers escape it"},
		{"a query that browsers leave as it is", "GET", "/search?q=a|b&f={x}^`y`&d=50%", nil, empty + "%2Fsearch%3Fq%3Da%257Cb%26f%3D%257Bx%257D%255E%2560y%2560%26d%3D50%2525", "the URL standard escapes less in a query than RFC 3986"},
		{"backslash in the query", "GET", `/search?q=a\b`, nil, empty + "%2Fsearch%3Fq%3Da%255Cb", ""},
		{"long once escaped", "GET", "/?" + strings.Repeat("|", 700), nil, empty, ""},
		{"page loaded by script", "GET", "/reports", []string{"Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin", "Accept: text/html, application/xhtml+xml"}, empty + "%2Freports", "Turbo shows it in the place of the page"},
		{"page through a service worker", "GET", "/reports", []string{"Sec-Fetch-Mode: same-origin", "Sec-Fetch-Site: same-origin", "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}, empty + "%2Freports", ""},
		{"part of a page", "GET", "/reports", []string{"X-Requested-With: XMLHttpRequest", "Accept: text/html, */*; q=0.01"}, empty, "jQuery's load, whose answer is no page"},
		{"access token", "GET", "/files/7?access_token=s3cret", nil, empty, "it would go to whoever signs people in"},
		{"access token, escaped", "GET", "/files/7?access%5Ftoken=s3cret", nil, empty, ""},
		{"another token", "GET", "/files/7?my_access_token=x", nil, empty + "%2Ffiles%2F7%3Fmy_access_token%3Dx", "it has a meaning of its own"},
		{"page about tokens", "GET", "/docs/access_token=", nil, empty + "%2Fdocs%2Faccess_token%3D", ""},
		{"access token behind others", "GET", "/files/7?a=|&access_token=s3cret", nil, empty, ""},
		{"escaped", "GET", "/caf%C3%A9", nil, empty + "%2Fcaf%25C3%25A9", ""},
		{"markup", "GET", "/x>)[evil](javascript:alert(1))", nil, empty, ""},
		{"turned text", "GET", "/a\u202egnp.exe", nil, empty, ""},
		{"dot segments", "GET", "/x/..//evil.example", nil, empty, "without them it is //"},
		{"a dot", "GET", "/.//evil.example", nil, empty, ""},
		{"escaped dots", "GET", "/x/%2e%2E//evil.example", nil, empty, ""},
		{"escaped slash behind dots", "GET", "/%2e/%2fevil.example", nil, empty, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := render.Request{Method: tt.method, Target: tt.target, Header: http.Header{}}
			for _, f := range tt.fields {
				name, value, _ := strings.Cut(f, ": ")
				req.Header.Set(name, value)
			}
			if got := signInHref(deny, req); got != tt.want {
				t.Errorf("got %s, want %s (%s)", got, tt.want, tt.why)
			}
		})
	}
}

// The step's own page is that which it leads to, with the values of the
// occurrence.
func TestReturnToWithOtherPlaceholders(t *testing.T) {
	for template, tests := range map[string]map[string]string{
		"/t/{tenant}/sign-in?next={return_to}": {
			"/t/acme/sign-in":      "/t/acme/sign-in?next=",
			"/t/acme/sign-in/?a=b": "/t/acme/sign-in?next=",
			"/t/%61cme/sign-in":    "/t/acme/sign-in?next=",
			"/t/other/sign-in":     "/t/acme/sign-in?next=%2Ft%2Fother%2Fsign-in",
			"/t/acme/reports":      "/t/acme/sign-in?next=%2Ft%2Facme%2Freports",
		},
		"https://id.example/{tenant}?next={return_to}": {
			"/acme":     "https://id.example/acme?next=",
			"/acme/new": "https://id.example/acme?next=%2Facme%2Fnew",
		},
		"/sign-in?idp=https://id.example/x&next={return_to}": {
			"/sign-in": "/sign-in?idp=https://id.example/x&next=",
			"/x":       "/sign-in?idp=https://id.example/x&next=%2Fx", // not the page of that
		},
		"/go/{return_to}": {
			"/go":      "/go/",
			"/reports": "/go/%2Freports",
		},
	} {
		deny := mustNew(t, render.Config{Links: map[problem.StepKind]string{problem.SignIn: template}})
		for range 2 { // the second is prepared where it can be
			for target, want := range tests {
				req := render.Request{Target: target, Header: http.Header{"Accept": {"application/json"}}}
				err := &problem.Problem{Reason: problem.SignInRequired, Args: map[string]any{"tenant": "acme"}}
				var got struct{ Next []struct{ Href string } }
				if err := json.Unmarshal(same(t, deny, render.Slow(deny), req, err).Body, &got); err != nil {
					t.Fatal(err)
				}
				if got.Next[0].Href != want {
					t.Errorf("%s denied, %s: got %s, want %s", target, template, got.Next[0].Href, want)
				}
			}
		}
	}
}

// Behind a proxy that takes a prefix off the path, readers are sent back to the
// address that they asked for.
func TestPrefix(t *testing.T) {
	deny := mustNew(t, render.Config{Prefix: "/shop", Links: map[problem.StepKind]string{problem.SignIn: "/shop/sign-in?next={return_to}"}})
	for _, row := range []struct {
		target string
		err    error
		want   string
	}{
		{"/reports?a=b", problem.SignInRequired, "/shop/sign-in?next=%2Fshop%2Freports%3Fa%3Db"},
		{"/caf%C3%A9", problem.SignInRequired, "/shop/sign-in?next=%2Fshop%2Fcaf%25C3%25A9"},
		{"/sign-in", problem.SignInRequired, "/shop/sign-in?next="},
		{"/sign-in/", problem.SignInRequired, "/shop/sign-in?next="},
		{"/shop/sign-in", problem.SignInRequired, "/shop/sign-in?next=%2Fshop%2Fshop%2Fsign-in"},
		{"//evil.example", problem.SignInRequired, "/shop/sign-in?next="},
		{"/busy", problem.Overloaded, "/shop/busy"},
		{"/x", problem.NotFound, "/shop/"},
		{"/x", problem.CrossOrigin, "/shop/"},
	} {
		for range 2 {
			var got struct{ Next []struct{ Href string } }
			req := render.Request{Target: row.target, Header: http.Header{"Accept": {"application/json"}}}
			if err := json.Unmarshal(same(t, deny, render.Slow(deny), req, row.err).Body, &got); err != nil {
				t.Fatal(err)
			}
			if len(got.Next) == 0 || got.Next[0].Href != row.want {
				t.Errorf("%s: got %v, want %s", row.target, got.Next, row.want)
			}
		}
	}
}

// A whole address can be {return_to}: a button that tries again.
func TestReturnToAlone(t *testing.T) {
	deny := mustNew(t, render.Config{Links: map[problem.StepKind]string{problem.ReloadForm: "{return_to}"}})
	reload := &problem.Problem{Reason: problem.CSRFFailed, Next: []problem.NextStep{{Kind: problem.ReloadForm}}}
	if got := deny.View(render.Request{Target: "/form?a=1"}, reload).Next[0].Href; got != "/form?a=1" {
		t.Errorf("got %q", got)
	}
	if got := deny.View(render.Request{Method: "POST", Target: "/form"}, reload).Next[0].Href; got != "" {
		t.Errorf("after a POST: got %q, want nothing", got)
	}
}

// FuzzReturnTo holds what comes back to what a browser would make of it.
func FuzzReturnTo(f *testing.F) {
	for _, s := range []string{
		"/", "/a?b=c", "//evil", `/\evil`, `\\evil`, "/%2fevil", "/%5Cevil", "/\t/evil", "/ /evil", "http:evil", "https:///evil",
		"javascript:alert(1)", "/..//evil", "/a/../..//evil", "/;//evil", "///evil", "/%252fevil", "/\u2028/evil", "/.//evil", "/%2e/%2fevil",
		"/a?next=//evil", "data:,x", "/@evil", "/%00/evil", "/?%", "/?%0X0", "/\x85/evil", "/\uff0f\uff0fevil",
	} {
		f.Add(s)
	}
	deny := mustNew(f, render.Config{Links: links})
	f.Fuzz(func(t *testing.T, target string) {
		link := signInHref(deny, render.Request{Target: target})
		value, ok := strings.CutPrefix(link, "/sign-in?next=")
		if !ok {
			t.Fatalf("the step's address is %q", link)
		}
		for i := 0; i < len(value); i++ {
			if c := value[i]; !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~%", c) >= 0) {
				t.Fatalf("%q is not escaped", value)
			}
		}
		back, err := url.QueryUnescape(value)
		if err != nil {
			t.Fatalf("%q: %v", value, err)
		}
		if back == "" {
			return
		}
		if back != href.URI(target) {
			t.Fatalf("%q came back as %q", target, back)
		}
		// As it is, decoded once more, and cleaned: never another host.
		readings := []string{back}
		if again, err := url.PathUnescape(back); err == nil {
			readings = append(readings, again, withoutDots(again), withoutDots(back))
		}
		for _, s := range readings {
			s = browser(s)
			if s == "" {
				continue
			}
			if s[0] != '/' || strings.HasPrefix(s, "//") {
				t.Errorf("%q leads a browser to another place: %q", target, s)
			}
		}
	})
}

// withoutDots takes dot segments out of a path (RFC 3986 §5.2.4), as browsers
// do.
func withoutDots(s string) string {
	s, _, _ = strings.Cut(s, "?")
	s = strings.NewReplacer("%2e", ".", "%2E", ".").Replace(s)
	var out []string
	for i, segment := range strings.Split(s, "/") {
		switch {
		case i == 0 || segment == ".":
		case segment == "..":
			out = out[:max(0, len(out)-1)]
		default:
			out = append(out, segment)
		}
	}
	return "/" + strings.Join(out, "/")
}

// browser does to an address what the URL standard does before it looks for a
// host: drop tabs and line ends, strip controls and spaces at the ends, and
// take a backslash for a slash.
func browser(s string) string {
	s = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	return strings.ReplaceAll(s, `\`, "/")
}
