package denyhertz_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/network"
	"github.com/cloudwego/hertz/pkg/protocol"
	"github.com/cloudwego/hertz/pkg/protocol/http1/resp"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	denyhertz "github.com/denial-go/denial/adapters/hertz"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// raceDetector is set where allocations say nothing.
var raceDetector bool

func TestAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates by itself")
	}
	deny := render.Must(render.New(render.Config{Links: links}))
	for _, r := range requests {
		ctx := request(r.fields)
		header := make(http.Header)
		for _, f := range r.fields {
			header.Add(f[0], f[1])
		}
		req := render.Request{Method: "GET", Target: "/reports", Header: header}
		alone := testing.AllocsPerRun(200, func() { deny.Render(req, r.err) })
		all := testing.AllocsPerRun(200, func() {
			ctx.Response.Reset()
			denyhertz.Deny(ctx, deny, r.err)
		})
		if all >= alone {
			t.Errorf("%s: %v allocations, and Render alone has %v; want fewer, because map and body are used again", r.name, all, alone)
		}
	}
}

// What answers an error recorded does so at no more cost than Deny.
func TestMiddlewareAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates by itself")
	}
	deny := render.Must(render.New(render.Config{Links: links}))
	for _, r := range requests {
		ctx := request(r.fields)
		count := func(middleware app.HandlerFunc) float64 {
			ctx.SetHandlers(app.HandlersChain{middleware, func(_ context.Context, ctx *app.RequestContext) { ctx.Error(r.err) }})
			return testing.AllocsPerRun(200, func() {
				ctx.Response.Reset()
				ctx.Errors = ctx.Errors[:0]
				ctx.SetIndex(-1)
				ctx.Next(context.Background())
			})
		}
		bare := count(func(c context.Context, ctx *app.RequestContext) {
			ctx.Next(c)
			denyhertz.Deny(ctx, deny, ctx.Errors[0].Err)
		})
		if more := count(denyhertz.Middleware(deny)) - bare; more > 0 {
			t.Errorf("%s: %v allocations more than Deny; want none", r.name, more)
		}
	}
}

// lines are fields that an application may have set before.
var lines = [][2]string{
	{"Vary", "Accept-Encoding"}, {"Vary", "accept, ACCEPT-LANGUAGE"}, {"Vary", "Sec-Fetch-Mode, X-Requested-With, Origin"}, {"Vary", "*"}, {"Vary", "Accept, \"x"},
	{"Cache-Control", "private, max-age=60"}, {"Cache-Control", "no-cache, No-Store"}, {"Cache-Control", `private="no-store"`}, {"Cache-Control", "Must-Understand"},
	{"Content-Security-Policy", "default-src 'self'"}, {"Content-Security-Policy", "img-src *"},
	{"Link", "</style.css>; rel=preload"}, {"Link", "</a.js>; rel=preload"}, {"Link", `</docs>; rel="help"`}, {"Access-Control-Expose-Headers", "WWW-Authenticate, Link"},
	{"Access-Control-Allow-Origin", "https://app.example.org"}, {"Access-Control-Expose-Headers", "X-Request-Id"},
	{"Etag", `"1"`}, {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"}, {"Content-Disposition", "attachment"}, {"Location", "/elsewhere"},
	{"Cdn-Cache-Control", "max-age=60"}, {"Surrogate-Control", "max-age=60"}, {"Refresh", "5; url=/elsewhere"},
	{"X-Accel-Redirect", "/protected/report"}, {"X-Sendfile", "/protected/report"},
	{"X-Sendfile2", "/protected/report 0-"}, {"X-Sendfile-Temporary", "/protected/report"}, {"X-Litespeed-Location", "/protected/report"}, {"Edge-Control", "cache-maxage=1d"},
	{"Expires", "0"}, {"Pragma", "no-cache"}, {"Retry-After", "1"}, {"Www-Authenticate", "Negotiate"}, {"Www-Authenticate", "NTLM"}, {"Proxy-Authenticate", "Basic"},
	{"Content-Type", "application/json"}, {"Content-Language", "tlh"}, {"Content-Language", "fr"}, {"X-Content-Type-Options", "sniff"}, {"Referrer-Policy", "origin"},
	{"Set-Cookie", "a=1"}, {"Set-Cookie", "b=2; Path=/"}, {"Server-Timing", "db;dur=1"}, {"Server-Timing", "cache;dur=2"}, {"Server-Timing", "render;dur=3"}, {"X-Request-Id", "1"},
}

// TestMerge compares what becomes of fields that were set before with what
// Renderer.Write makes of them.
func TestMerge(t *testing.T) {
	deny := render.Must(render.New(render.Config{Links: map[problem.StepKind]string{problem.SignIn: "/sign-in", problem.ReadDocs: "/docs", problem.ReadPolicy: "/policy"}}))
	random := rand.New(rand.NewPCG(1, 2))
	errs := []error{problem.SignInRequired, problem.PolicyDenied, problem.RetryIn(problem.RateLimited, 90e9), errors.New("secret")}
	clients := []map[string]string{
		{},
		{"Accept": "text/html", "Sec-Fetch-Mode": "navigate"},
		{"Origin": "https://app.example.org", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "cross-site"},
	}
	for i := range 1000 {
		normalized := i%2 == 0
		var set [][2]string
		for _, j := range random.Perm(len(lines))[:random.IntN(8)] {
			set = append(set, lines[j])
		}
		err, client := errs[i%len(errs)], clients[random.IntN(len(clients))]

		r := httptest.NewRequest("GET", "/reports", nil)
		ctx := app.NewContext(0)
		if !normalized {
			ctx.Request.Header.DisableNormalizing()
			ctx.Response.Header.DisableNormalizing()
		}
		ctx.Request.SetRequestURI("/reports")
		spell := func(name string) string {
			if normalized {
				return name
			}
			return [...]func(string) string{strings.ToLower, strings.ToUpper, strings.Clone}[random.IntN(3)](name)
		}
		for name, value := range client {
			r.Header.Set(name, value)
			ctx.Request.Header.Add(spell(name), value)
		}
		w := httptest.NewRecorder()
		for _, f := range set {
			if f[0] == "Content-Type" { // there is one
				w.Header().Set(f[0], f[1])
			} else {
				w.Header().Add(f[0], f[1])
			}
			ctx.Response.Header.Add(spell(f[0]), f[1])
		}
		deny.Write(w, r, err)
		denyhertz.Deny(ctx, deny, err)

		got := make(http.Header)
		ctx.Response.Header.VisitAll(func(key, value []byte) { got.Add(string(key), string(value)) })
		got.Set("Content-Length", fmt.Sprint(len(ctx.Response.Body()))) // comes with the body
		if diff := cmp.Diff(w.Header(), got); diff != "" {
			t.Fatalf("%v, answered with %v to %v, names as they come: %v (-net/http +hertz):\n%s", set, err, client, !normalized, diff)
		}
		if diff := cmp.Diff(w.Body.String(), string(ctx.Response.Body())); diff != "" {
			t.Fatalf("%v to %v (-net/http +hertz):\n%s", err, client, diff)
		}
	}
}

// TestMergeStanding names what may not stand beside a denial, and what may.
func TestMergeStanding(t *testing.T) {
	deny := render.Must(render.New(render.Config{}))
	for _, test := range []struct{ field, value, want, because string }{
		{"X-Sendfile2", "/protected/report 0-", "", "lighttpd would send the file"},
		{"X-Sendfile-Temporary", "/protected/report", "", "lighttpd would send the file, and remove it"},
		{"X-Litespeed-Location", "/protected/report", "", "LiteSpeed would send the file"},
		{"Edge-Control", "cache-maxage=1d", "", "Akamai would keep the denial"},
		{"Cache-Control", "max-age=60, must-understand, no-store", "no-store", "with must-understand, caches do not heed no-store"},
		{"Cache-Control", "no-store, Must-Understand", "no-store", "in whatever order and spelling"},
		{"Cache-Control", "private, no-store", "private, no-store", "it says what the denial says"},
	} {
		ctx := request(nil)
		ctx.Response.Header.Set(test.field, test.value)
		denyhertz.Deny(ctx, deny, problem.SignInRequired)
		if got := string(ctx.Response.Header.Peek(test.field)); got != test.want {
			t.Errorf("%s: %s came as %q, want %q: %s", test.field, test.value, got, test.want, test.because)
		}
	}
}

// TestDenyReplaces is about what describes a body that is not sent.
func TestDenyReplaces(t *testing.T) {
	deny := render.Must(render.New(render.Config{}))
	closed := false
	ctx := request(nil)
	ctx.Request.Header.SetMethod("HEAD")
	ctx.Response.SetBodyStream(&stream{closed: &closed}, -1)
	ctx.Response.Header.SetContentEncoding("br")
	if err := ctx.Response.Header.Trailer().Set("X-Sum", "1"); err != nil {
		t.Fatal(err)
	}
	denyhertz.Deny(ctx, deny, problem.SignInRequired)
	if !closed {
		t.Error("the stream of the handler's body was not closed")
	}
	if !ctx.IsAborted() {
		t.Error("the handlers that follow would be called")
	}
	var out bytes.Buffer
	w := network.NewWriter(&out)
	if err := errors.Join(resp.Write(&ctx.Response, w), w.Flush()); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	if !strings.HasPrefix(got, "HTTP/1.1 401 Unauthorized\r\n") {
		t.Errorf("the status line is not that of the denial:\n%s", got)
	}
	for _, name := range []string{"Content-Encoding", "Trailer", "Transfer-Encoding"} {
		if strings.Contains(got, name) {
			t.Errorf("%s is still there:\n%s", name, got)
		}
	}
	get := deny.Render(render.Request{Method: "GET", Target: "/reports"}, problem.SignInRequired)
	if _, body, _ := strings.Cut(got, "\r\n\r\n"); body != "" || !strings.Contains(got, fmt.Sprintf("\r\nContent-Length: %d\r\n", len(get.Body))) {
		t.Errorf("want the length of the GET, and no body for HEAD:\n%s", got)
	}
}

type stream struct{ closed *bool }

func (stream) Read([]byte) (int, error) { return 0, errors.New("it was read") }
func (s stream) Close() error           { *s.closed = true; return nil }

// TestDenyCopies sees what of a request is left behind: hertz uses its
// bytes again for the next one.
func TestDenyCopies(t *testing.T) {
	var kept []string
	deny := render.Must(render.New(render.Config{
		Formats: []render.Format{keeper{&kept}},
		Links:   map[problem.StepKind]string{problem.SignIn: "{return_to}"},
	}))
	ctx := request([][2]string{{"Accept", "text/x-first"}})
	denyhertz.Deny(ctx, deny, problem.SignInRequired)
	ctx.Request.SetRequestURI("/another")
	ctx.Request.Header.Set("Accept", "text/x-other")
	denyhertz.Deny(ctx, deny, problem.SignInRequired)
	if diff := cmp.Diff([]string{"/reports", "/another"}, kept); diff != "" {
		t.Error(diff)
	}
}

// TestRead reads requests one after another in the same memory, and compares
// each with a header made for it.
func TestRead(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		var h protocol.RequestHeader
		want := make(http.Header)
		for range random.IntN(9) {
			name := render.RequestFields[random.IntN(len(render.RequestFields))]
			value := fmt.Sprint("value ", random.IntN(1000))
			if name == "Cookie" && len(want[name]) > 0 {
				continue // several are read as one
			}
			h.Add(name, value)
			if name == "Authorization" || name == "Cookie" {
				value = "" // not our business
			}
			want.Add(name, value)
		}
		h.Add("Accept-Encoding", "gzip")
		h.SetMethod([]string{"GET", "HEAD", "POST"}[random.IntN(3)])
		h.SetRequestURI(fmt.Sprint("/", random.IntN(1000)))
		denyhertz.Read(&h, func(got render.Request) {
			if diff := cmp.Diff(render.Request{Method: string(h.Method()), Target: string(h.RequestURI()), Header: want}, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatal(diff)
			}
		})
	}
}

// keeper is a format that keeps strings of what it is to write.
type keeper struct{ kept *[]string }

func (keeper) MediaType() string { return "text/x-kept" }

func (k keeper) Append(dst []byte, v *render.View) ([]byte, error) {
	*k.kept = append(*k.kept, v.Next[0].Href)
	return append(dst, v.Title...), nil
}

func TestTarget(t *testing.T) {
	for uri, why := range map[string]string{
		"/a?b=c":                      "as it comes",
		"//host/a":                    "a path, though it looks like a host",
		"http://example.com/a%20b?c":  "RFC 9112 §3.2.2: the absolute form",
		"http://example.com":          "a path is never empty",
		"http://example.com?a=/b":     "nor here",
		"https://u:p@example.com/x?y": "credentials are not part of it",
	} {
		u, err := url.Parse(uri)
		if err != nil {
			t.Fatal(err)
		}
		want := u.RequestURI()
		if uri[0] == '/' {
			want = uri
		}
		if got := denyhertz.Target(uri); got != want {
			t.Errorf("%q gives %q, want %q: %s", uri, got, want, why)
		}
	}
	for _, uri := range []string{"*", "example.com:443", ""} {
		if got := denyhertz.Target(uri); got != uri {
			t.Errorf("%q gives %q", uri, got)
		}
	}
}
