package main

import (
	"html"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/denial-go/denial/templates"
)

// site is the gallery on a port of its own.
func site(t *testing.T) string {
	server := httptest.NewServer(newGallery())
	t.Cleanup(server.Close)
	return server.URL
}

// send sends a request with header lines such as "Accept: text/html", and
// follows no redirects.
func send(t *testing.T, method, address string, lines ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		req.Header.Add(name, value)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func mediaType(t *testing.T, resp *http.Response) string {
	t.Helper()
	mt, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		t.Fatalf("Content-Type %q: %v", resp.Header.Get("Content-Type"), err)
	}
	return mt
}

var (
	cardHTML = regexp.MustCompile(`(?s)<article class="card" id="([^"]*)".*?</article>`)
	curlLine = regexp.MustCompile(`<code>(curl [^<]*)</code>`)
	// The lines hold plain words and words in single quotes.
	shellWord = regexp.MustCompile(`'([^']*)'|(\S+)`)
)

// runCurl does what the command line says.
func runCurl(t *testing.T, line string) (*http.Response, string) {
	t.Helper()
	var words []string
	for _, m := range shellWord.FindAllStringSubmatch(line, -1) {
		words = append(words, m[1]+m[2])
	}
	headers := []string{"User-Agent: curl/8.14.1"}
	address := ""
	for i := 1; i < len(words); i++ {
		switch {
		case words[i] == "-i":
		case words[i] == "-H" && i+1 < len(words):
			i++
			headers = append(headers, words[i])
		case strings.HasPrefix(words[i], "http://") && address == "":
			address = words[i]
		default:
			t.Fatalf("%s: what is %q?", line, words[i])
		}
	}
	if !slices.ContainsFunc(headers, func(h string) bool { return strings.HasPrefix(h, "Accept: ") }) {
		headers = append(headers, "Accept: */*")
	}
	return send(t, "GET", address, headers...)
}

func TestCommandLines(t *testing.T) {
	home := site(t)
	for _, form := range append(slices.Clone(forms), form{format: render.JSON}) {
		_, page := send(t, "GET", home+"/?format="+form.Name)
		cards := cardHTML.FindAllStringSubmatch(page, -1)
		var got, want []string
		for _, c := range cards {
			got = append(got, c[1])
		}
		for _, r := range problem.Common() {
			want = append(want, r.Code())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("form %q: cards (-want +got):\n%s", form.Name, diff)
		}
		for _, c := range cards {
			line := html.UnescapeString(curlLine.FindStringSubmatch(c[0])[1])
			resp, body := runCurl(t, line)
			reason := problem.Common()[slices.Index(want, c[1])]
			if resp.StatusCode != reason.Status() {
				t.Errorf("%s: status %d, want %d", line, resp.StatusCode, reason.Status())
			}
			if got := mediaType(t, resp); got != form.format.MediaType() {
				t.Errorf("%s: %s, want %s", line, got, form.format.MediaType())
			}
			if !strings.Contains(body, c[1]) {
				t.Errorf("%s: the code is not in the answer:\n%s", line, body)
			}
			// A card shows the challenges that its command line gets.
			for _, challenge := range slices.Concat(resp.Header["Www-Authenticate"], resp.Header["Proxy-Authenticate"]) {
				if !strings.Contains(c[0], "<code>"+html.EscapeString(challenge)+"</code>") {
					t.Errorf("%s: the card does not show the challenge %s", line, challenge)
				}
			}
		}
	}
}

var addressAttr = regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)

// TestLinks follows every address on the start page, and on the pages that it
// leads to.
func TestLinks(t *testing.T) {
	home := site(t)
	base, err := url.Parse(home + "/")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{"/": true}
	for queue := []string{"/", "/?format=json&lang=en&q=token"}; len(queue) > 0; queue = queue[1:] {
		resp, page := send(t, "GET", home+queue[0], "Accept: text/html", "Sec-Fetch-Mode: navigate")
		path, _, _ := strings.Cut(queue[0], "?")
		want := http.StatusOK
		if code, ok := strings.CutPrefix(path, "/deny/"); ok {
			i := slices.IndexFunc(problem.Common(), func(r problem.Reason) bool { return r.Code() == code })
			if i < 0 {
				t.Errorf("a link leads to %s, and there is no such reason", queue[0])
				continue
			}
			want = problem.Common()[i].Status()
		}
		if resp.StatusCode != want {
			t.Errorf("%s: status %d, want %d", queue[0], resp.StatusCode, want)
		}
		if !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
			continue
		}
		for _, m := range addressAttr.FindAllStringSubmatch(page, -1) {
			address := html.UnescapeString(m[1])
			if id, ok := strings.CutPrefix(address, "#"); ok {
				if !strings.Contains(page, `id="`+id+`"`) {
					t.Errorf("%s: nothing has the id %s", queue[0], id)
				}
				continue
			}
			u, err := base.Parse(address)
			if err != nil {
				t.Errorf("%s: %q: %v", queue[0], address, err)
				continue
			}
			if u.Host != base.Host {
				if u.Host != "www.example.com" {
					t.Errorf("%s: %q leads to another site", queue[0], address)
				}
				continue
			}
			if next := u.RequestURI(); !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	if len(seen) < 3*len(problem.Common()) {
		t.Errorf("only %d addresses were found; the pages have changed more than this test knows", len(seen))
	}
}

func TestFormInAddress(t *testing.T) {
	home := site(t)
	for _, f := range forms {
		for _, method := range []string{"GET", "HEAD", "POST"} {
			// The address overrules what the request asks for.
			resp, body := send(t, method, home+"/deny/email-unverified?format="+f.Name, "Accept: image/png, text/csv;q=0.5")
			if resp.StatusCode != 403 {
				t.Errorf("%s %s: status %d", method, f.Name, resp.StatusCode)
			}
			if got := mediaType(t, resp); got != f.format.MediaType() {
				t.Errorf("%s %s: %s, want %s", method, f.Name, got, f.format.MediaType())
			}
			if (body == "") != (method == "HEAD") {
				t.Errorf("%s %s: the body has %d bytes", method, f.Name, len(body))
			}
		}
	}
}

func TestLanguageInAddress(t *testing.T) {
	home := site(t)
	for _, tag := range (&render.Renderer{}).Languages() {
		for _, f := range forms {
			// Again, the request asks for something else.
			resp, _ := send(t, "GET", home+"/deny/email-unverified?format="+f.Name+"&lang="+tag, "Accept-Language: sw, tlh;q=0.5")
			if got := resp.Header.Get("Content-Language"); got != tag {
				t.Errorf("lang=%s: Content-Language %q", tag, got)
			}
		}
		_, page := send(t, "GET", home+"/?lang="+tag)
		if !strings.Contains(page, `<option value="`+tag+`" lang="`+tag+`" selected>`) {
			t.Errorf("the start page does not offer %s", tag)
		}
	}
}

func TestChoicesThatAreNone(t *testing.T) {
	home := site(t)
	for _, row := range []struct {
		path, code string
		status     int
		says       string
	}{
		{"/deny/no-such-reason", "not-found", 404, ""},
		{"/deny/no-such-reason?format=json", "not-found", 404, ""},
		{"/deny/email-unverified?format=pdf", "unknown-format", 400, "markdown"},
		{"/deny/email-unverified?format=JSON", "unknown-format", 400, "json"},
		{"/deny/email-unverified?lang=tlh", "unknown-language", 400, "en"},
		{"/deny/email-unverified?lang=en,de", "unknown-language", 400, "en"},
		{"/deny/email-unverified?lang=*", "unknown-language", 400, "en"},
		{"/deny/email-unverified?lang=%0d%0a&format=html", "unknown-language", 400, "en"},
		{"/deny/email-unverified?lang=de-x-" + strings.Repeat("a", 8) + strings.Repeat("-a", 11) + "a", "unknown-language", 400, "en"}, // a byte too long to be read
		{"/?format=pdf", "unknown-format", 400, ""},
		{"/preview/email-unverified?lang=tlh", "unknown-language", 400, ""},
		{"/page/email-unverified?lang=tlh", "unknown-language", 400, ""},
		{"/demo/no-such-step", "not-found", 404, ""},
		{"/no/such/page", "not-found", 404, ""},
	} {
		resp, body := send(t, "GET", home+row.path, "Accept: application/json")
		p, err := problem.Decode(resp.Header.Get("Content-Type"), strings.NewReader(body))
		switch {
		case err != nil:
			t.Errorf("%s: %v", row.path, err)
		case resp.StatusCode != row.status || p.Reason.Code() != row.code:
			t.Errorf("%s: %d %s, want %d %s", row.path, resp.StatusCode, p.Reason.Code(), row.status, row.code)
		case !strings.Contains(p.Detail, row.says):
			t.Errorf("%s: %q does not say %q", row.path, p.Detail, row.says)
		}
	}
}

// TestSamples finds places for values that the samples leave empty: a gallery
// should show what a reason can say.
func TestSamples(t *testing.T) {
	place := regexp.MustCompile(`\{([a-z0-9_]+)(?:\|or)?\}`)
	for _, r := range problem.Common() {
		p := sample(r, time.Now())
		if p.Reason != r {
			t.Errorf("%s: the sample is for %s", r.Code(), p.Reason.Code())
		}
		texts := []string{r.Detail()}
		for _, c := range r.Challenges() {
			for _, param := range c.Params {
				texts = append(texts, param.Value)
			}
		}
		for _, f := range r.Fields() {
			texts = append(texts, f.Value)
		}
		for _, s := range r.Next() {
			texts = append(texts, s.Href)
			for _, value := range s.Params {
				texts = append(texts, value)
			}
		}
		for _, text := range texts {
			for _, m := range place.FindAllStringSubmatch(text, -1) {
				if p.Arg(m[1]) == nil {
					t.Errorf("%s: the sample has no value for %s", r.Code(), m[1])
				}
			}
		}
	}
}

// TestNoFaults: every sample is rendered as it was meant.
func TestNoFaults(t *testing.T) {
	var fault error
	deny := render.Must(render.New(render.Config{Links: links(), OnFault: func(err error) { fault = err }}))
	for _, r := range problem.Common() {
		for _, f := range forms {
			fault = nil
			deny.Render(render.Request{Target: "/deny/" + r.Code(), Format: f.format}, sample(r, time.Now()))
			if fault != nil {
				t.Errorf("%s as %s: %v", r.Code(), f.Name, fault)
			}
		}
	}
}

func TestGroups(t *testing.T) {
	common := problem.Common()
	last := -1
	for i, g := range groups {
		at := slices.Index(common, g.first)
		if at <= last || i == 0 && at != 0 {
			t.Errorf("group %s begins at reason %d, after one that begins at %d", g.id, at, last)
		}
		last = at
	}
}

func TestPreview(t *testing.T) {
	home := site(t)
	_, preview := send(t, "GET", home+"/preview/step-up-required?format=json")
	for _, want := range []string{
		"HTTP/1.1 401 Unauthorized",
		`WWW-Authenticate:</span> Bearer realm=&#34;gallery&#34;, error=&#34;insufficient_user_authentication&#34;`,
		`&#34;code&#34;: &#34;step-up-required&#34;`,
	} {
		if !strings.Contains(preview, want) {
			t.Errorf("the preview lacks %s:\n%s", want, preview)
		}
	}
	// What is framed may be framed by this site, and only what is.
	for path, framer := range map[string]string{
		"/":                                  "'none'",
		"/deny/email-unverified?format=html": "'none'",
		"/preview/email-unverified":          "'self'",
		"/page/email-unverified":             "'self'",
		"/demo/sign-in":                      "'self'",
	} {
		resp, _ := send(t, "GET", home+path)
		if policy := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'; ") || !strings.Contains(policy, "frame-ancestors "+framer) {
			t.Errorf("%s: Content-Security-Policy %q, want frame-ancestors %s", path, policy, framer)
		}
	}
	// A browser keeps a 407 to itself, so its page is shown with status 200.
	if resp, page := send(t, "GET", home+"/page/proxy-auth-required"); resp.StatusCode != 200 || !strings.Contains(page, "407") {
		t.Errorf("the page of a 407: status %d\n%s", resp.StatusCode, page)
	}
}

func TestReturnPath(t *testing.T) {
	for next, want := range map[string]string{
		"":                            "",
		"/":                           "/",
		"/deny/x?format=html&lang=en": "/deny/x?format=html&lang=en",
		"deny/x":                      "",
		"//example.com/":              "",
		"/\\example.com":              "",
		"\\\\example.com":             "",
		"/\t/example.com":             "",
		"///example.com":              "",
		"http://example.com/":         "",
		"https:example.com":           "",
		"javascript:alert(1)":         "",
		" /deny/x":                    "",
		"/%2F/example.com":            "",
		"/%5Cexample.com":             "",
		"%2F%2Fexample.com":           "",
		"/deny/%zz":                   "",
		"/x\x00":                      "",
	} {
		if got := returnPath(next); got != want {
			t.Errorf("returnPath(%q) = %q, want %q", next, got, want)
		}
	}
	home := site(t)
	_, page := send(t, "GET", home+"/demo/sign-in?next=%2Fdeny%2Femail-unverified%3Fformat%3Dhtml")
	if !strings.Contains(page, `href="/deny/email-unverified?format=html"`) {
		t.Errorf("no way back:\n%s", page)
	}
	_, page = send(t, "GET", home+"/demo/sign-in?next=%2F%2Fexample.com")
	if strings.Contains(page, "example.com") {
		t.Errorf("a way to another site:\n%s", page)
	}
}

// TestHostileHost: what a client sends as Host does not become a command.
func TestHostileHost(t *testing.T) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/", nil)
	r.Host = "x;rm${IFS}-rf"
	newGallery().ServeHTTP(w, r)
	if strings.Contains(w.Body.String(), "rm$") {
		t.Error("the Host field is in a command line")
	}
}

// TestTokens: the gallery's style sheet names no variable that the library's
// does not set.
func TestTokens(t *testing.T) {
	own, err := files.ReadFile("gallery.css")
	if err != nil {
		t.Fatal(err)
	}
	css := templates.Style + string(own)
	for _, m := range regexp.MustCompile(`var\((--[a-z0-9-]+)`).FindAllStringSubmatch(string(own), -1) {
		if !regexp.MustCompile(`[{;\s]` + m[1] + `\s*:`).MatchString(css) {
			t.Errorf("gallery.css uses %s, and nothing sets it", m[1])
		}
	}
}

// Reviewers of a language see every reason beside its English.
func TestCompare(t *testing.T) {
	home := site(t)
	resp, body := send(t, "GET", home+"/compare?lang=en")
	if resp.StatusCode != 200 {
		t.Fatalf("status %d", resp.StatusCode)
	}
	for _, r := range problem.Common() {
		if got := strings.Count(body, html.EscapeString(r.Title())); got < 2 {
			t.Errorf("%s: the title stands there %d times, want it in both columns", r.Code(), got)
		}
	}
	for accept, want := range map[string]string{"": "en", "tlh": "en", "tlh, de-AT;q=0.9, en;q=0.5": "de", "zh-TW": "zh-Hant"} {
		if _, body := send(t, "GET", home+"/compare", "Accept-Language: "+accept); !strings.Contains(body, `<option value="`+want+`" lang="`+want+`" selected>`) {
			t.Errorf("Accept-Language %q: %s is not chosen", accept, want)
		}
	}
	if resp, _ := send(t, "GET", home+"/compare?lang=tlh"); resp.StatusCode != 400 {
		t.Errorf("a language that is not there: status %d, want 400", resp.StatusCode)
	}
}
