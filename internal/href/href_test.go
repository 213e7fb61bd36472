package href_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/denial-go/denial/internal/href"
)

var checkTests = []struct {
	in  string
	ok  bool
	why string
}{
	{"/", true, ""},
	{"/sign-in?next=%2Freports#top", true, ""},
	{"/a[1]/b;c=d,e", true, "RFC 3986 has brackets for IP addresses only, and browsers send them all the same"},
	{"https://example.com", true, ""},
	{"HTTPS://example.com/", true, "schemes compare without case"},
	{"http://[::1]:8080/x", true, ""},
	{"mailto:help@example.com?subject=Access%20please", true, ""},
	{"tel:+49-30-1234", true, ""},
	{"/a?b=../c", true, "dots in a query lead nowhere"},
	{"/.well-known/change-password", true, "a dot that begins a name is no dot segment"},
	{"/...", true, ""},

	{"", false, ""},
	{"sign-in", false, "resolves differently from each page"},
	{"?next=1", false, ""},
	{"#top", false, ""},
	{"//evil.example", false, "names a host"},
	{"///evil.example", false, "browsers drop the third slash of http addresses"},
	{`/\evil.example`, false, `browsers read \ as /`},
	{`\\evil.example`, false, ""},
	{"/\t/evil.example", false, "browsers drop tabs"},
	{"/\n/evil.example", false, "and line ends"},
	{"\t//evil.example", false, ""},
	{" /x", false, "browsers drop leading spaces"},
	{"/x ", false, ""},
	{"/\x00", false, ""},
	{"/\x7f", false, ""},
	{"/ü", false, "percent-encoded, it reads the same in a header field"},
	{"/%", false, "no escape"},
	{"/%2", false, ""},
	{"/%zz", false, ""},
	{"/?a=%zz", false, "net/url lets this one through"},
	{"/{name}", false, "a placeholder that nobody filled"},
	{"/a/../b", false, "leads elsewhere than it says"},
	{"/a/.", false, ""},
	{"/..//evil.example", false, "some servers redirect to what is left, and that names a host"},
	{"/%2E%2e/b", false, "browsers read %2e as a dot"},
	{"/.%2E", false, ""},
	{"https://example.com/a/../b", false, ""},
	{"https:", false, ""},
	{"https://", false, ""},
	{"https:///evil.example", false, "browsers take evil.example for the host"},
	{"https:/evil.example", false, "and here"},
	{"https:evil.example", false, "and here, on a page of another scheme"},
	{"https://:443/", false, "a port and no host"},
	{"http://%80", false, "found by fuzzing: no two readers agree on the host"},
	{"https://m%C3%BCnchen.example/", false, ""},
	{"https://xn--mnchen-3ya.example/", true, ""},
	{"http://[fe80::1%25eth0]/", false, "a zone means something to one machine only"},
	{"https://user@example.com/", false, "shows a host that it does not lead to"},
	{"https://example.com@evil.example/", false, ""},
	{"https://[::1", false, ""},
	{"mailto:", false, ""},
	{"mailto:/x", false, ""},
	{"javascript:alert(1)", false, ""},
	{"JavaScript:alert(1)", false, ""},
	{"java\tscript:alert(1)", false, ""},
	{"data:text/html,x", false, ""},
	{"vbscript:x", false, ""},
	{"blob:https://example.com/x", false, ""},
	{"file:///etc/passwd", false, ""},
	{"ftp://example.com/", false, ""},
}

func TestCheck(t *testing.T) {
	for _, tt := range checkTests {
		if err := href.Check(tt.in); (err == nil) != tt.ok {
			t.Errorf("Check(%q) = %v, want ok %v (%s)", tt.in, err, tt.ok, tt.why)
		}
	}
}

func TestIsURI(t *testing.T) {
	for in, want := range map[string]bool{
		"": true, "tag:a@b.example,2021:c": true, "urn:uuid:1-2": true, "/x%20y": true,
		"/x y": false, "/x%2": false, "/<x>": false, "/\"": false, "/`": false, "/ü": false,
	} {
		if got := href.IsURI(in); got != want {
			t.Errorf("IsURI(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestEscape(t *testing.T) {
	for in, want := range map[string]string{
		"":             "",
		"a-b.c_d~9Z":   "a-b.c_d~9Z",
		"a b":          "a%20b",
		"/?&=#%+":      "%2F%3F%26%3D%23%25%2B",
		"ü":            "%C3%BC",
		"\x00\xff\r\n": "%00%FF%0D%0A",
	} {
		got := href.Escape(in)
		if got != want {
			t.Errorf("Escape(%q) = %q, want %q", in, got, want)
		}
		if back, err := url.QueryUnescape(got); err != nil || back != in {
			t.Errorf("Escape(%q) reads back as %q, %v", in, back, err)
		}
	}
}

func TestEscapeAllocates(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { href.Escape("nothing-to-do") }); n > 0 {
		t.Errorf("a value that stays as it is: %v allocations, want 0", n)
	}
}

// browserHost is the host that a browser on https://site.example/dir/page goes
// to, by the parts of the URL standard that make hosts of paths: it drops tabs
// and line ends anywhere and controls and spaces at both ends, and in http and
// https addresses reads \ as / and passes over any number of slashes after the
// scheme. It returns the scheme as well; "" for the page's own.
func browserHost(s string) (scheme, host string) {
	s = strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	s = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(s)
	if i := strings.IndexAny(s, ":/?#"); i > 0 && s[i] == ':' {
		scheme, s = strings.ToLower(s[:i]), s[i+1:]
	}
	if scheme != "" && scheme != "http" && scheme != "https" {
		return scheme, ""
	}
	s = strings.ReplaceAll(s, `\`, "/")
	rest := strings.TrimLeft(s, "/")
	if scheme == "" && len(s)-len(rest) < 2 {
		return "", "site.example"
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	return scheme, strings.ToLower(rest)
}

// What Check lets through leads where net/url says, also in a browser.
func FuzzHrefCheck(f *testing.F) {
	for _, tt := range checkTests {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if href.Check(s) != nil {
			return
		}
		u, err := url.Parse(s)
		if err != nil {
			t.Fatalf("Check lets %q through, net/url does not: %v", s, err)
		}
		scheme, host := browserHost(s)
		if scheme != u.Scheme {
			t.Fatalf("%q: a browser reads the scheme %q, net/url %q", s, scheme, u.Scheme)
		}
		switch scheme {
		case "":
			if host != "site.example" || s[0] != '/' {
				t.Fatalf("the path %q leads to the host %q", s, host)
			}
			resolved, err := url.Parse("https://site.example/dir/page")
			if err != nil {
				t.Fatal(err)
			}
			if got := resolved.ResolveReference(u); got.Host != "site.example" || got.Path != u.Path {
				t.Fatalf("the path %q resolves to %q", s, got)
			}
		case "http", "https":
			if host != strings.ToLower(u.Host) {
				t.Fatalf("%q: a browser goes to %q, net/url to %q", s, host, u.Host)
			}
		case "mailto", "tel":
		default:
			t.Fatalf("Check lets %q through, scheme %q", s, scheme)
		}
	})
}
