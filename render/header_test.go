package render_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// TestHeader is rule 5: whole header maps.
func TestHeader(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links})
	w := answer(deny, get("/reports", "Accept: application/json"), problem.SignInRequired)
	want := http.Header{
		"Cache-Control":          {"no-store"},
		"Content-Language":       {"en"},
		"Content-Length":         {strconv.Itoa(w.Body.Len())},
		"Content-Type":           {"application/problem+json"},
		"Link":                   {`</docs>; rel="help"`},
		"Vary":                   {"Accept, Accept-Language, Sec-Fetch-Mode, Sec-Fetch-Site, X-Requested-With"},
		"Www-Authenticate":       {`Bearer realm="restricted"`},
		"X-Content-Type-Options": {"nosniff"},
	}
	if diff := cmp.Diff(want, w.Header()); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
	page := answer(deny, get("/reports", "Accept: text/html"), problem.SignInRequired)
	want["Content-Type"] = []string{"text/html; charset=utf-8"}
	want["Content-Length"] = []string{strconv.Itoa(page.Body.Len())}
	want["Content-Security-Policy"] = page.Header()["Content-Security-Policy"] // page_test.go looks at it
	if diff := cmp.Diff(want, page.Header()); diff != "" {
		t.Errorf("HTML (-want +got):\n%s", diff)
	}
}

// What the application has set before Write is kept where it is the
// application's to say, and goes where it was about another answer.
func TestHeaderBesideTheApplications(t *testing.T) {
	before := http.Header{
		"Access-Control-Allow-Origin":   {"https://app.example"},
		"Access-Control-Expose-Headers": {"X-Request-Id"},
		"Cache-Control":                 {"private, no-store"},
		"Cdn-Cache-Control":             {"max-age=600"},
		"Content-Disposition":           {`attachment; filename="a.csv"`},
		"Content-Security-Policy":       {"default-src 'self'"},
		"Content-Type":                  {"text/csv"},
		"Content-Length":                {"12345"},
		"Etag":                          {`"abc"`},
		"Last-Modified":                 {"Mon, 01 Jan 2024 00:00:00 GMT"},
		"Refresh":                       {"5; url=/elsewhere"},
		"Set-Cookie":                    {"a=b"},
		"Surrogate-Control":             {"max-age=600"},
		"Vary":                          {"Cookie"},
		"Www-Authenticate":              {`Basic realm="old"`},
		"X-Request-Id":                  {"17"},
	}
	w := httptest.NewRecorder()
	maps.Copy(w.Header(), before)
	deny := mustNew(t, render.Config{})
	deny.Write(w, get("/", "Accept: text/html", "Origin: https://app.example"), problem.RetryIn(problem.RateLimited, time.Second))
	want := http.Header{
		"Access-Control-Allow-Origin":   {"https://app.example"},
		"Access-Control-Expose-Headers": {"X-Request-Id", "Retry-After"},
		"Cache-Control":                 {"private, no-store"},
		"Content-Language":              {"en"},
		"Content-Length":                {strconv.Itoa(w.Body.Len())},
		"Content-Security-Policy":       {"default-src 'self'"},
		"Content-Type":                  {"text/html; charset=utf-8"},
		"Retry-After":                   {"1"},
		"Set-Cookie":                    {"a=b"},
		"Vary":                          {"Cookie", "Accept, Accept-Language, Sec-Fetch-Mode, Sec-Fetch-Site, X-Requested-With, Origin"},
		"X-Content-Type-Options":        {"nosniff"},
		"X-Request-Id":                  {"17"},
	}
	if diff := cmp.Diff(want, w.Header()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Each field of the application's has its say whatever others stand beside it,
// and in an answer that is prepared as in the first.
func TestHeaderBesideOneField(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links, Challenges: []problem.Challenge{problem.Basic("a")}})
	p := &problem.Problem{Reason: problem.SignInRequired, Next: []problem.NextStep{{Kind: problem.ReadDocs}}}
	linked := "<" + links[problem.ReadDocs] + `>; rel="help"`
	for _, err := range []error{problem.SignInRequired, p} {
		plain := answer(deny, get("/", "Accept: text/html", "Origin: https://a.example"), err).Header()
		own := func(name string) []string { return plain[name] }
		for _, tt := range []struct {
			name, value string
			want        []string
		}{
			{"Vary", own("Vary")[0], own("Vary")},
			{"Vary", "Origin", append([]string{"Origin"}, own("Vary")...)},
			{"Cache-Control", "no-store", own("Cache-Control")},
			{"Cache-Control", "private, no-store", []string{"private, no-store"}},
			{"Cache-Control", "max-age=60", own("Cache-Control")},
			{"Content-Security-Policy", own("Content-Security-Policy")[0], own("Content-Security-Policy")},
			{"Content-Security-Policy", "default-src 'self'", []string{"default-src 'self'"}},
			{"Content-Encoding", "gzip", []string{"gzip"}},
			{"Access-Control-Expose-Headers", own("Access-Control-Expose-Headers")[0], own("Access-Control-Expose-Headers")},
			{"Access-Control-Expose-Headers", "X-Id", append([]string{"X-Id"}, own("Access-Control-Expose-Headers")...)},
			{"Link", "</a>; rel=up", append([]string{"</a>; rel=up"}, own("Link")...)},
			{"Link", linked, []string{linked}},
			{"X-Content-Type-Options", "sniff", own("X-Content-Type-Options")},
			{"Content-Language", "fr", own("Content-Language")},
			{"X-Request-Id", "17", []string{"17"}},
			{"Etag", `"a"`, nil},
			{"Retry-After", "7", nil},
			{"Www-Authenticate", "Negotiate", own("Www-Authenticate")},
			{"Proxy-Authenticate", "Negotiate", nil},
			{"Cdn-Cache-Control", "max-age=60", nil},
		} {
			for range 2 {
				w := httptest.NewRecorder()
				w.Header()[tt.name] = []string{tt.value}
				deny.Write(w, get("/", "Accept: text/html", "Origin: https://a.example"), err)
				want := plain.Clone()
				delete(want, tt.name)
				if tt.want != nil {
					want[tt.name] = tt.want
				}
				if tt.name == "Content-Encoding" {
					delete(want, "Content-Length")
				}
				if diff := cmp.Diff(want, w.Header()); diff != "" {
					t.Errorf("%s: %s (-want +got):\n%s", tt.name, tt.value, diff)
				}
			}
		}
	}
}

// An array of the application's may be that of other responses as well, with room
// behind what this one has of it.
func TestHeaderLeavesTheApplicationsArrays(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links})
	for _, name := range []string{"Vary", "Link", "Access-Control-Expose-Headers"} {
		for range 2 {
			array := []string{"X-Own", "theirs", "theirs"}
			w := httptest.NewRecorder()
			w.Header()[name] = array[:1]
			deny.Write(w, get("/", "Origin: https://a.example"), problem.SignInRequired)
			if got := w.Header()[name]; len(got) < 2 || got[0] != "X-Own" || array[1] != "theirs" {
				t.Errorf("%s: %q, and %q in the array", name, got, array)
			}
		}
	}
}

// A second line is looked at too, where the first is that of the answer.
func TestHeaderBesideTwoLines(t *testing.T) {
	deny := mustNew(t, render.Config{})
	plain := answer(deny, get("/", "Accept: text/html"), problem.RoleMissing).Header()
	for _, name := range []string{"Vary", "Content-Security-Policy", "Cache-Control"} {
		for range 2 {
			two := []string{plain[name][0], "private"}
			w := httptest.NewRecorder()
			w.Header()[name] = slices.Clone(two)
			deny.Write(w, get("/", "Accept: text/html"), problem.RoleMissing)
			if diff := cmp.Diff(two, w.Header()[name]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	}
}

// A reason with two steps to one address has two equal lines of Link, whatever
// stands beside them.
func TestHeaderOfEqualLinks(t *testing.T) {
	reason := problem.MustReason(problem.Definition{
		Code: "read-both", Status: 403, Title: "Read both", Detail: "Read both.",
		Next: []problem.NextStep{{Kind: problem.ReadDocs, Href: "/a"}, {Kind: problem.ReadDocs, Href: "/a"}},
	})
	deny := mustNew(t, render.Config{Reasons: []problem.Reason{reason}})
	for _, before := range []http.Header{{}, {"X-Id": {"1"}}, {"Vary": {"Cookie"}}, {"Link": {"</b>; rel=up"}}} {
		for range 2 {
			w := httptest.NewRecorder()
			maps.Copy(w.Header(), before.Clone())
			deny.Write(w, get("/"), reason)
			if got := w.Header()["Link"]; len(got) != 2+len(before["Link"]) {
				t.Errorf("beside %v: %q", before, got)
			}
		}
	}
}

// Whoever answers twice has the fields of one answer, and none of the values
// that another response may hold.
func TestHeaderOfTwoAnswers(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links, Challenges: []problem.Challenge{problem.Basic("a")}})
	r := get("/", "Accept: text/html", "Origin: https://a.example")
	once := answer(deny, r, problem.SignInRequired).Header()
	w := httptest.NewRecorder()
	for range 3 {
		deny.Write(w, r, problem.SignInRequired)
		if diff := cmp.Diff(once, w.Header()); diff != "" {
			t.Fatalf("(-once +again):\n%s", diff)
		}
		other := httptest.NewRecorder()
		maps.Copy(other.Header(), w.Header())
		deny.Write(other, r, problem.SignInRequired)
		for name, values := range other.Header() {
			if name != "Link" && name != "Access-Control-Expose-Headers" && &values[0] == &w.Header()[name][0] {
				t.Errorf("%s is shared by two responses", name)
			}
		}
	}
}

func TestVary(t *testing.T) {
	deny := mustNew(t, render.Config{})
	tests := []struct {
		name   string
		before []string
		fields []string
		want   []string
		why    string
	}{
		{"absent fields too", nil, nil, []string{"Accept, Accept-Language, Sec-Fetch-Mode"}, "a page load of the same address would get the page"},
		{"clear Accept", nil, []string{"Accept: text/html"}, []string{"Accept, Accept-Language"}, ""},
		{"added", []string{"Accept-Encoding"}, []string{"Accept: text/html"}, []string{"Accept-Encoding", "Accept, Accept-Language"}, ""},
		{"there already", []string{"accept-language,accept"}, []string{"Accept: text/html"}, []string{"accept-language,accept"}, ""},
		{"star", []string{"*"}, []string{"Accept: text/html"}, []string{"*"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			if tt.before != nil {
				w.Header()["Vary"] = tt.before
			}
			deny.Write(w, get("/", tt.fields...), problem.EmailUnverified)
			if diff := cmp.Diff(tt.want, w.Header()["Vary"]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.why, diff)
			}
		})
	}
}

// A writer that compresses has set Content-Encoding; the length is its own.
func TestCompressedAnswerHasNoLength(t *testing.T) {
	w := httptest.NewRecorder()
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Set("Content-Length", "7")
	(&render.Renderer{}).Write(w, get("/"), problem.RoleMissing)
	if got := w.Header()["Content-Length"]; got != nil {
		t.Errorf("Content-Length %q beside Content-Encoding", got)
	}
	if got := w.Header().Get("Content-Encoding"); got != "gzip" {
		t.Errorf("Content-Encoding %q, want it left alone", got)
	}
}

func TestHeadHasTheFieldsOfGet(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links})
	for _, f := range allFormats {
		g := answer(deny.As(f), request("GET", "/reports"), problem.SignInRequired)
		h := answer(deny.As(f), request("HEAD", "/reports"), problem.SignInRequired)
		if h.Body.Len() != 0 || h.Code != g.Code {
			t.Errorf("%s: HEAD got %d and %d bytes, want %d and none", f.MediaType(), h.Code, h.Body.Len(), g.Code)
		}
		if diff := cmp.Diff(g.Header(), h.Header()); diff != "" {
			t.Errorf("%s (-GET +HEAD):\n%s", f.MediaType(), diff)
		}
	}
}

// An outer middleware may change the values it finds: the next answer must not
// notice.
func TestHeaderValuesAreFresh(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links, Challenges: []problem.Challenge{problem.Basic("a")}})
	first := answer(deny, get("/", "Origin: https://a.example"), problem.SignInRequired)
	want := first.Header().Clone()
	for k, values := range first.Header() {
		for i := range values {
			values[i] = "spoilt"
		}
		_ = append(values, "more")
		first.Header()[k] = append(values[:0], "spoilt")
	}
	if diff := cmp.Diff(want, answer(deny, get("/", "Origin: https://a.example"), problem.SignInRequired).Header()); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
}

func TestExposeHeaders(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links})
	p := problem.NeedDPoPNonce("abc")
	p.RetryAfter = time.Second
	p.Next = []problem.NextStep{{Kind: problem.ReadDocs}}
	got := answer(deny, get("/", "Origin: https://a.example", "Authorization: DPoP x"), p).Header()["Access-Control-Expose-Headers"]
	if diff := cmp.Diff([]string{"WWW-Authenticate, Link, Retry-After, DPoP-Nonce"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	pay := &problem.Problem{Reason: problem.PaymentRequired, Args: map[string]any{"x402": "abc"}, Next: []problem.NextStep{}}
	if got := answer(deny, get("/", "Origin: https://a.example"), pay).Header().Get("Access-Control-Expose-Headers"); got != "PAYMENT-REQUIRED" {
		t.Errorf("a payment: %q", got)
	}
	sign := &problem.Problem{Reason: problem.MessageSignatureRequired, Args: map[string]any{"accept_signature": "sig1=()", "aauth_requirement": "agent-token"}, Next: []problem.NextStep{}}
	if got := answer(deny, get("/", "Origin: https://a.example"), sign).Header().Get("Access-Control-Expose-Headers"); got != "WWW-Authenticate, Accept-Signature, AAuth-Requirement" {
		t.Errorf("a signature: %q", got)
	}
	if got := answer(deny, get("/"), p).Header()["Access-Control-Expose-Headers"]; got != nil {
		t.Errorf("without Origin: %q", got)
	}
}

// A field is the same under any key that a server sends it by.
func TestFieldsUnderOtherKeys(t *testing.T) {
	for _, err := range []error{problem.SignInRequired, &problem.Problem{Reason: problem.SignInRequired, Next: []problem.NextStep{}}} {
		deny := mustNew(t, render.Config{})
		for range 2 {
			w := httptest.NewRecorder()
			for name, value := range map[string]string{
				"ETag": `"1"`, "WWW-Authenticate": `Basic realm="old"`, "cache-control": "public, max-age=600", "content-type": "image/png",
				"vary": "Origin", "x-accel-redirect": "/protected/report.pdf", "CDN-Cache-Control": "max-age=1", "X-request-ID": "4711",
				"X-Sendfile": "/protected/report.pdf", "X-Accel-Redirect": "/protected/report.pdf",
				"X-Sendfile2": "/protected/report.pdf 0-", "X-Sendfile-Temporary": "/protected/report.pdf", "X-LiteSpeed-Location": "/protected/report.pdf",
				"Edge-Control": "!no-store, max-age=1d",
			} {
				w.Header()[name] = []string{value}
			}
			deny.Write(w, get("/"), err)
			got := make(map[string][]string)
			for name, values := range w.Header() {
				key := http.CanonicalHeaderKey(name)
				got[key] = append(got[key], values...)
			}
			for name, want := range map[string][]string{
				"Etag": nil, "Www-Authenticate": {`Bearer realm="restricted"`}, "Cache-Control": {"no-store"}, "Content-Type": {"application/problem+json"},
				"Vary": {"Origin", "Accept, Accept-Language, Sec-Fetch-Mode"}, "X-Accel-Redirect": nil, "X-Sendfile": nil, "Cdn-Cache-Control": nil,
				"X-Sendfile2": nil, "X-Sendfile-Temporary": nil, "X-Litespeed-Location": nil, "Edge-Control": nil,
			} {
				if diff := cmp.Diff(want, got[name]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
			if odd := "X-request-ID"; w.Header()[odd] == nil {
				t.Error("a field of the application's is gone, or has another name")
			}
		}
	}
}
