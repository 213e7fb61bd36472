package gateways

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/denial-go/denial/examples/gateways/gatekeeper"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/google/go-cmp/cmp"
)

// rule is that of the site behind the gateways. Gateways that decide by
// themselves have it that /admin is closed to all, whatever the answer.
func rule(r *http.Request) error {
	path := r.URL.Path
	if strings.HasPrefix(path, "/public/") {
		return nil
	}
	if _, err := r.Cookie("session"); err != nil {
		return problem.SignInRequired
	}
	switch {
	case strings.HasPrefix(path, "/admin/reports"):
		return problem.NeedScope("reports.read", "reports.write")
	case strings.HasPrefix(path, "/admin/busy"):
		return problem.RetryIn(problem.RateLimited, 90e9)
	case strings.HasPrefix(path, "/admin"):
		return problem.NeedRole("admin")
	}
	return nil
}

// site is what stands behind a gateway.
type site struct {
	gatekeeper, application *httptest.Server

	// direct denies by itself: what a client gets from it is what it should get
	// through any gateway.
	direct *httptest.Server

	reached atomic.Int64 // requests that got to the application, broken ones too
}

func newSite(t *testing.T) *site {
	t.Helper()
	deny, err := render.New(render.Config{
		Challenges: []problem.Challenge{problem.Bearer("site"), problem.DPoP("site", "ES256"), problem.Session("site", "/sign-in")},
		Links: map[problem.StepKind]string{
			problem.SignIn:        "/sign-in?next={return_to}",
			problem.RequestAccess: "/access?role={role}",
			problem.ReadDocs:      "https://docs.example.com/errors",
		},
		Brand:   render.Brand{Name: "Example", Home: "/"},
		OnFault: func(err error) { t.Errorf("fault: %v", err) },
	})
	if err != nil {
		t.Fatal(err)
	}
	s := new(site)
	answer := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(w, "This is %s.\n", r.URL.Path)
	}
	s.gatekeeper = httptest.NewServer(&gatekeeper.Gatekeeper{Deny: deny, Rule: rule})
	s.application = httptest.NewUnstartedServer(http.HandlerFunc(answer))
	// A handler would not see what net/http refuses, and others do not refuse.
	s.application.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateActive { // a request
			s.reached.Add(1)
		}
	}
	s.application.Start()
	s.direct = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := rule(r)
		if err == nil && strings.HasPrefix(r.URL.Path, "/internal/") {
			err = problem.PolicyDenied // what the gatekeeper says of the gateway's own rules
		}
		if err != nil {
			deny.Write(w, r, err)
			return
		}
		s.reached.Add(1)
		answer(w, r)
	}))
	t.Cleanup(func() {
		s.gatekeeper.Close()
		s.application.Close()
		s.direct.Close()
	})
	return s
}

// gateway is one of the configurations.
type gateway struct {
	name   string
	start  func(t *testing.T, config string) (base string)
	config string // in examples/gateways

	// denies says that the service behind the gateway denies by itself.
	denies bool

	// internal says that the gateway has a rule of its own for /internal/.
	internal bool

	// resolves says that the gateway resolves dot segments, and hands on a path
	// that has none.
	resolves bool

	// differences are what the gateway changes: names of header fields, and why.
	// The README lists them. One of them at least is seen, as versions differ.
	differences map[string]string

	// expect changes the direct answer into what the gateway makes of it.
	expect func(*reply)
}

var gateways = []gateway{
	{name: "nginx auth_request", start: startNginx, config: "nginx-auth-request.conf", internal: true,
		differences: map[string]string{"Server": "nginx names itself"}},
	{name: "nginx proxy", start: startNginx, config: "nginx-proxy.conf", denies: true,
		differences: map[string]string{"Server": "nginx names itself"}},
	{name: "haproxy", start: startHAProxy, config: "haproxy.cfg", internal: true},
	{name: "caddy forward_auth", start: startCaddy, config: "Caddyfile.forward-auth",
		differences: caddyNames},
	{name: "caddy handle_errors", start: startCaddy, config: "Caddyfile.handle-errors", internal: true,
		differences: caddyNames},
	{name: "apache", start: startApache, config: "apache.conf", internal: true, resolves: true,
		differences: map[string]string{"Server": "httpd names itself"},
		// httpd joins the lines of Vary, and leaves out the blanks.
		expect: func(want *reply) {
			want.Header.Set("Vary", strings.ReplaceAll(strings.Join(want.Header["Vary"], ","), ", ", ","))
		}},
}

var caddyNames = map[string]string{"Server": "Caddy 2.6 names itself here", "Via": "and 2.11 here"}

// clients are the forms in which an answer is asked for.
var clients = []struct {
	name   string
	header http.Header
}{
	{"program", nil},
	{"browser", http.Header{
		"Accept":          {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
		"Accept-Language": {"ar-EG,ar;q=0.9,en;q=0.5"},
		"Sec-Fetch-Mode":  {"navigate"},
	}},
	{"both", http.Header{"Accept": {"multipart/alternative"}, "Accept-Language": {"de"}}},
	{"script", http.Header{"Accept": {"*/*"}, "Sec-Fetch-Mode": {"cors"}, "Sec-Fetch-Site": {"same-site"}, "Origin": {"https://app.example.org"}}},
	{"agent", http.Header{"Accept": {"text/markdown", "text/plain;q=0.5"}}},
}

// reply is what a client got.
type reply struct {
	Status int
	Header http.Header
	Body   string
}

var client = &http.Client{
	Transport:     &http.Transport{DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func ask(t *testing.T, base, method, target string, header http.Header, signedIn bool) reply {
	t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(strings.Repeat("a=b&", 300))
	}
	r, err := http.NewRequest(method, base+target, body)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(r.Header, header)
	if signedIn {
		r.Header.Set("Cookie", "theme=dark; session=1")
	}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, target, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: reading the body: %v", method, target, err)
	}
	for _, name := range []string{"Date", "Connection", "Keep-Alive"} { // of the connection
		resp.Header.Del(name)
	}
	return reply{resp.StatusCode, resp.Header, string(b)}
}

// A denial is a request that is not let through, and its status.
type denial struct {
	target   string
	signedIn bool
	status   int
}

var denials = []denial{
	{"/members/a%20b?x=1%2F2&y=%C3%A9&z=a+b", false, 401},
	{"/", false, 401},
	{"/admin/reports?from=2026", true, 403},
	{"/admin/users", true, 403},
	{"/%61dmin", true, 403}, // for the application, /admin
	{"/admin/busy", true, 429},
}

func TestGateways(t *testing.T) {
	for _, g := range gateways {
		t.Run(g.name, func(t *testing.T) {
			s := newSite(t)
			base := g.start(t, configuration(t, g.config, s, g.denies))
			t.Run("denials", func(t *testing.T) { g.denials(t, s, base) })
			t.Run("allowed", func(t *testing.T) { g.allowed(t, s, base) })
			t.Run("unclear", func(t *testing.T) { g.unclear(t, s, base) })
			t.Run("spoofed", func(t *testing.T) { g.spoofed(t, s, base) })
			t.Run("gatekeeper down", func(t *testing.T) { g.down(t, s, base) })
		})
	}
}

// denials: what the client gets is what the service itself would have sent.
func (g *gateway) denials(t *testing.T, s *site, base string) {
	requests := slices.Clone(denials)
	if g.internal {
		for _, target := range []string{"/internal/metrics", "/%69nternal/metrics"} {
			requests = append(requests, denial{target, true, 403})
		}
	}
	seen := len(g.differences) == 0
	for _, d := range requests {
		for _, c := range clients {
			for _, method := range []string{"GET", "HEAD", "POST"} {
				want := ask(t, s.direct.URL, method, d.target, c.header, d.signedIn)
				if want.Status != d.status {
					t.Fatalf("%s %s: the service itself answers %d, want %d", method, d.target, want.Status, d.status)
				}
				got := ask(t, base, method, d.target, c.header, d.signedIn)
				if g.expect != nil {
					g.expect(&want)
				}
				for name := range g.differences {
					seen = seen || !slices.Equal(want.Header[name], got.Header[name])
					want.Header.Del(name)
					got.Header.Del(name)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s %s by %s (-service itself +through the gateway):\n%s", method, d.target, c.name, diff)
				}
			}
		}
	}
	if !seen {
		t.Errorf("none of %v ever differs: take them off the list, here and in the README", g.differences)
	}
	if n := s.reached.Load(); n != 0 {
		t.Errorf("%d denied requests got to the application", n)
	}
}

// allowed: whoever may go on does.
func (g *gateway) allowed(t *testing.T, s *site, base string) {
	for _, method := range []string{"GET", "HEAD", "POST"} {
		for target, signedIn := range map[string]bool{"/members/list?page=2": true, "/public/sign-in": false} {
			before := s.reached.Load()
			got := ask(t, base, method, target, nil, signedIn)
			path, _, _ := strings.Cut(target, "?")
			want := "This is " + path + ".\n"
			if method == http.MethodHead {
				want = ""
			}
			if got.Status != 200 || got.Body != want || s.reached.Load() != before+1 {
				t.Errorf("%s %s: status %d, body %q; want 200 and %q", method, target, got.Status, got.Body, want)
			}
		}
	}
}

// unclear: an address that an application could take for one that is closed
// does not get there. The rules see, say, something below /public/.
func (g *gateway) unclear(t *testing.T, s *site, base string) {
	if g.denies {
		t.Skip("the service sees what it decides about")
	}
	const signedIn = "Cookie: session=1\r\n"
	type row struct{ target, field, why string }
	rows := []row{
		{"//admin", signedIn, "slashes are merged"},
		{"/%2fadmin", signedIn, "the same, escaped"},
		{"/;x/admin", signedIn, "Java's servers drop parameters, and merge"},
		{`/\admin`, signedIn, "a backslash is a slash"},
		{"/%5cadmin", signedIn, "the same, escaped"},
		{"/admin%zz", signedIn, "what cannot be decoded stays as it is"},
		{"/x%zz", signedIn, "the same; a rule that decodes sees nothing"},
		{`/public/..\admin`, "", "a backslash is a slash"},
		{"/public/..%5cadmin", "", "the same, escaped"},
		{"/public/..;/admin", "", "parameters are dropped"},
		{"/public/%2e%2e;x=1/admin", "", "the same, escaped and with a parameter"},
		{"/public/..%3b/admin", "", "the semicolon is decoded first"},
		{"/public/..", "", "dots at the end"},
		{"/public/..%00/admin", "", "a string ends at NUL"},
		{"/public/%zz/../admin", "", "what cannot be decoded stays as it is"},
		{"/members/x", "Cookie: nosession=1\r\n", "another cookie"},
	}
	if !g.resolves {
		rows = append(rows, row{"/x/./y", signedIn, "dots are resolved"}, row{"/admin/../public/x", "", "dots are not resolved"})
	}
	for _, row := range rows {
		before := s.reached.Load()
		if status := send(t, base, row.target, row.field); status < 400 || status >= 500 {
			t.Errorf("%s (%s): status %d, want 4xx", row.target, row.why, status)
		}
		if s.reached.Load() != before {
			t.Errorf("%s (%s) got to the application", row.target, row.why)
		}
	}
	for _, target := range []string{"/INTERNAL/metrics", "/internal;x/metrics"} {
		if status := send(t, base, target, signedIn); g.internal && status != 403 {
			t.Errorf("%s: status %d, want 403", target, status)
		}
	}
	// No path at all is no fault of the configuration.
	if status := send(t, base, "*", signedIn); status >= 500 {
		t.Errorf("*: status %d", status)
	}
	// What only looks unclear goes through.
	for _, target := range []string{"/public/..x/.well-known/a.b/c..;d=e/x.", "/%70ublic/%2525"} {
		if status := send(t, base, target, ""); status != 200 {
			t.Errorf("%s: status %d, want 200", target, status)
		}
	}
}

// send asks for a target just as it stands, which http.Client would mend, and
// returns the status.
func send(t *testing.T, base, target, field string) int {
	t.Helper()
	address := strings.TrimPrefix(base, "http://")
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n", target, address, field)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%s: %v", target, err)
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

// spoofed: the client cannot tell the gatekeeper what it asked for.
func (g *gateway) spoofed(t *testing.T, s *site, base string) {
	before := s.reached.Load()
	for _, names := range [][2]string{{"X-Original-Method", "X-Original-Uri"}, {"X-Forwarded-Method", "X-Forwarded-Uri"}} {
		got := ask(t, base, "GET", "/members/list", http.Header{names[0]: {"GET"}, names[1]: {"/public/sign-in"}}, false)
		if got.Status != 401 {
			t.Errorf("with %s of the client: status %d, want 401", names[1], got.Status)
		}
	}
	for _, target := range []string{"/check", "/deny", "/forward-auth", "/_check", "/_deny", "/public/../members", "/public/%2e%2e/members"} {
		if got := ask(t, base, "GET", target, http.Header{"X-Original-Method": {"GET"}, "X-Original-Uri": {"/public/x"}}, false); got.Status < 400 && !g.denies {
			t.Errorf("%s: status %d; nobody is signed in", target, got.Status)
		}
	}
	if n := s.reached.Load(); n != before && !g.denies {
		t.Errorf("%d denied requests got to the application", n-before)
	}
}

// down: where the gatekeeper cannot be asked, nothing goes through.
func (g *gateway) down(t *testing.T, s *site, base string) {
	if g.denies {
		t.Skip("nobody is asked")
	}
	s.gatekeeper.Close()
	before := s.reached.Load()
	// HAProxy tries three times, a second apart, so this is about one of them.
	d := denials[0]
	if got := ask(t, base, "GET", d.target, nil, d.signedIn); got.Status < 400 {
		t.Errorf("%s: status %d without a gatekeeper", d.target, got.Status)
	}
	if n := s.reached.Load(); n != before {
		t.Errorf("%d denied requests got to the application", n-before)
	}
}
