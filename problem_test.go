package denial_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"html"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// A handler says why; the client says how it wants to read that.
func Example() {
	var deny = render.Must(render.New(render.Config{
		Links: map[problem.StepKind]string{
			problem.SignIn:   "/sign-in?next={return_to}",
			problem.SignUp:   "/join",
			problem.ReadDocs: "/docs",
		},
	}))
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		deny.Write(w, r, problem.SignInRequired)
	})

	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/reports?year=2026", nil)
	r.Header.Set("Accept", "text/plain")
	handler.ServeHTTP(w, r)
	fmt.Println(w.Code, w.Header().Get("WWW-Authenticate"))
	fmt.Print(w.Body)
	// Output:
	// 401 Bearer realm="restricted"
	// Sign in to continue
	// You need to sign in to see or do this.
	//
	// What you can do
	// - Sign in: /sign-in?next=%2Freports%3Fyear%3D2026
	// - Create an account: /join
	// - Read the documentation: /docs
	//
	// 401 Unauthorized (sign-in-required)
}

// Middleware lets a request on or denies it; what it finds out goes into the
// answer.
func Example_middleware() {
	var deny render.Renderer // the zero Renderer works

	// A Reason is an error, and so is a Problem: checks return them like any
	// other.
	check := func(r *http.Request) error {
		switch {
		case r.Header.Get("Authorization") == "":
			return problem.SignInRequired
		case r.Method != "GET":
			return problem.NeedScope("reports:write")
		}
		return nil
	}
	guarded := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if err := check(r); err != nil {
				deny.Write(w, r, err)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	reports := guarded(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "the report") }))

	for _, method := range []string{"GET", "DELETE"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(method, "/reports/1", nil)
		r.Header.Set("Authorization", "Bearer example")
		reports.ServeHTTP(w, r)
		fmt.Printf("%s %d %q\n", method, w.Code, w.Header().Values("WWW-Authenticate"))
	}
	// Output:
	// GET 200 []
	// DELETE 403 ["Bearer error=\"insufficient_scope\", scope=\"reports:write\""]
}

// A client reads the denial back, and compares it as the server does.
func Example_client() {
	var deny render.Renderer
	server := httptest.NewServer(deny.Handler(&problem.Problem{
		Reason: problem.EmailUnverified,
		Next:   []problem.NextStep{{Kind: problem.VerifyEmail, Href: "/settings/email"}},
	}))
	defer server.Close()

	known, err := problem.NewSet(problem.Common()...)
	if err != nil {
		panic(err)
	}
	resp, err := http.Get(server.URL)
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	denied, err := known.Decode(resp.Header.Get("Content-Type"), resp.Body)
	if err != nil {
		panic(err) // no problem document: go by resp.StatusCode
	}
	if errors.Is(denied, problem.EmailUnverified) {
		fmt.Println(resp.StatusCode, denied.Next[0].Kind, denied.Next[0].Href)
	}
	// Output: 403 verify-email /settings/email
}

// A test of a service looks at what its clients go by: status, reason,
// challenges and wait. Wording and layout may change with any version.
func Example_testing() {
	var deny render.Renderer // in a test, with an OnFault that calls t.Error
	service := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/exports" {
			deny.Write(w, r, problem.RetryIn(problem.RateLimited, 30*time.Second))
			return
		}
		deny.Write(w, r, problem.TokenExpired)
	})
	known, err := problem.NewSet(problem.Common()...) // and your own reasons
	if err != nil {
		panic(err) // in a test: t.Fatal(err)
	}
	ask := func(path string) (*http.Response, *problem.Problem) {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Authorization", "Bearer old") // without it, the challenge has no error
		w := httptest.NewRecorder()
		service.ServeHTTP(w, r)
		resp := w.Result()
		denied, err := known.Decode(resp.Header.Get("Content-Type"), resp.Body)
		if err != nil {
			panic(err)
		}
		return resp, denied
	}

	resp, denied := ask("/reports")
	challenges, err := problem.ParseChallenges(resp.Header.Values("WWW-Authenticate"))
	if err != nil {
		panic(err)
	}
	code, _ := challenges[0].Get("error")
	fmt.Println(resp.StatusCode, errors.Is(denied, problem.TokenExpired), challenges[0].Scheme, code)

	resp, denied = ask("/exports")
	fmt.Println(resp.StatusCode, errors.Is(denied, problem.RateLimited), resp.Header.Get("Retry-After"))
	// Output:
	// 401 true Bearer invalid_token
	// 429 true 30
}

// An error that names no reason still denies the request. It says nothing,
// because nothing in it is known to be fit for the client: give such errors a
// reason, and they go on to the logs only.
func Example_errorWithoutReason() {
	var deny render.Renderer
	failure := errors.New("dial tcp 10.0.0.7:5432: connection refused")

	for _, err := range []error{failure, problem.Overloaded.Because(failure)} {
		w := httptest.NewRecorder()
		deny.Write(w, httptest.NewRequest("GET", "/reports", nil), err)
		first, _, _ := strings.Cut(w.Body.String(), ",\"next\"")
		fmt.Println(first)
	}
	// Output:
	// Internal Server Error
	//
	// {"type":"about:blank","title":"Service Unavailable","status":503,"detail":"The service is very busy at the moment. Please wait a little.","code":"overloaded"
}

// The six forms, and the Accept field that gets each.
var forms = []struct{ name, accept string }{
	{"json", "application/problem+json"},
	{"html", "text/html"},
	{"text", "text/plain"},
	{"markdown", "text/markdown"},
	{"xml", "application/problem+xml"},
	{"multipart", "multipart/alternative"},
}

// A step is what a form says of a next step. Forms for people have no kind,
// actor and params; TestSameInEveryForm compares what there is.
type step struct {
	Kind, Title, Href, Method, Actor string
	Params                           map[string]string
}

// shown returns what people read of the steps.
func shown(steps []step) []step {
	var out []step
	for _, s := range steps {
		out = append(out, step{Title: s.Title, Href: s.Href, Method: s.Method})
	}
	return out
}

// pressable returns the steps that a page must offer as a link or a button. Of
// the others it may offer some, and tells the rest.
func pressable(steps []step, offered []step) []step {
	var out []step
	for _, s := range steps {
		canBe := s.Method == "GET" || s.Method == "POST"
		if canBe && (s.Actor == "user" || slices.ContainsFunc(offered, func(o step) bool { return o.Href == s.Href })) {
			out = append(out, s)
		}
	}
	return out
}

// inOrder sorts steps: a page may offer one before the others.
func inOrder(steps []step) []step {
	return slices.SortedFunc(slices.Values(steps), func(a, b step) int {
		return cmp.Or(strings.Compare(a.Href, b.Href), strings.Compare(a.Title, b.Title))
	})
}

// A document is what the forms for programs say.
type document struct {
	Title, Detail, Instance, Code string
	Status                        int
	Next                          []step
	Also                          []document
}

// decided is what must not depend on the form.
type decided struct {
	Status  int
	Fields  map[string][]string // the challenges and all that caches and clients act on
	Trailer http.Header
}

// decidedFields are compared; the others describe the body.
var decidedFields = []string{
	"WWW-Authenticate", "Proxy-Authenticate", "Retry-After", "Cache-Control", "Vary", "Expires", "Pragma", "Age",
	"ETag", "Last-Modified", "Content-Language", "Link", "X-Content-Type-Options", "Set-Cookie", "Location", "DPoP-Nonce",
	"Accept-Signature", "AAuth-Requirement", "Payment-Required",
}

func decidedOf(resp *http.Response) decided {
	d := decided{Status: resp.StatusCode, Fields: make(map[string][]string), Trailer: resp.Trailer}
	for _, name := range decidedFields {
		if values := resp.Header.Values(name); values != nil {
			d.Fields[name] = values
		}
	}
	return d
}

// everyLink gives every kind of step an address, so that it can be compared.
func everyLink() map[problem.StepKind]string {
	links := make(map[problem.StepKind]string)
	for _, kind := range problem.Kinds() {
		links[kind] = "/go/" + string(kind) + "?next={return_to}&from=a"
	}
	return links
}

var placeholder = regexp.MustCompile(`\{([a-z0-9_]+)(\|or)?\}`)

// filled returns the reason with a value in every place that it has for one.
// Those that are shown to people hold what each form has to escape.
func filled(r problem.Reason) *problem.Problem {
	texts := []string{r.Detail()}
	for _, c := range r.Challenges() {
		for _, p := range c.Params {
			texts = append(texts, p.Value)
		}
	}
	for _, f := range r.Fields() {
		texts = append(texts, f.Value)
	}
	p := &problem.Problem{Reason: r, Args: make(map[string]any)}
	for _, s := range r.Next() {
		if m := placeholder.FindStringSubmatch(s.Href); m != nil {
			p.Args[m[1]] = "https://example.com/a?b=c&d=e"
		}
		for _, value := range s.Params {
			texts = append(texts, value)
		}
	}
	for _, text := range texts {
		for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
			if _, ok := p.Args[m[1]]; !ok {
				p.Args[m[1]] = sampleValue(m[1], m[2] != "")
			}
		}
	}
	if _, ok := p.Args[problem.RetryAfterArg]; ok {
		delete(p.Args, problem.RetryAfterArg)
		p.RetryAfter = 90 * time.Second
	}
	return p
}

func sampleValue(name string, list bool) any {
	switch name {
	case "resource_metadata", "as_uri", "blocked_by":
		return "https://example.com/x"
	case "scope", "acr_values", "algs":
		return []string{"one", "two"}
	case "max_age":
		return 5 * time.Minute
	case "until", "expires_at":
		return time.Date(2027, 1, 4, 9, 0, 0, 0, time.UTC)
	case "age":
		return 18
	case "role", "group", "plan", "organization", "app", "feature", "quota", "account", "authority":
		if list {
			return []string{`R&D <ops>`, "`Büro` *1*", "ניהול"}
		}
		return `R&D <ops> "א" #1`
	}
	return "sample-" + name
}

// get sends one request and returns the answer with its body read.
func get(t *testing.T, method, url, accept string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("Authorization", "Bearer example") // so that challenges say all they can
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, body
}

func TestSameInEveryForm(t *testing.T) {
	type denial struct {
		name string
		err  error
	}
	var denials []denial
	for _, r := range problem.Common() {
		denials = append(denials, denial{r.Code() + "/bare", r}, denial{r.Code() + "/filled", filled(r)})
	}
	proxy := problem.ProxyAuthRequired.Because(nil)
	proxy.Challenges = []problem.Challenge{problem.Basic("Office"), problem.Negotiate()}
	denials = append(denials,
		denial{"zero", problem.Reason{}},
		denial{"several challenges", &problem.Problem{
			Reason:     problem.SignInRequired,
			Challenges: []problem.Challenge{problem.Bearer("api"), problem.Basic("people"), problem.Session("people", "/sign-in")},
		}},
		denial{"proxy", proxy},
		denial{"joined", errors.Join(filled(problem.RoleMissing), problem.EmailUnverified, problem.RetryIn(problem.RateLimited, time.Minute))},
		denial{"cloaked", problem.Cloak(filled(problem.NotOwner))},
		denial{"every method", &problem.Problem{Reason: problem.PolicyDenied, Next: []problem.NextStep{
			{Kind: problem.RequestAccess, Href: "/a", Method: "POST"},
			{Kind: problem.ContactOwner, Href: "mailto:owner@example.com"},
			{Kind: "cancel-order", Href: "https://example.com/orders/1", Method: "DELETE", Title: "Cancel *the* <order>"},
			{Kind: "tell-nobody"},
		}}},
	)

	var faults []error
	deny := render.Must(render.New(render.Config{
		Links:    everyLink(),
		Instance: func(*http.Request) string { return "urn:uuid:00000000-0000-4000-8000-000000000000" },
		OnFault:  func(err error) { faults = append(faults, err) }, // answers come one after the other
	}))
	mux := http.NewServeMux()
	for i, d := range denials {
		mux.Handle(fmt.Sprintf("/%d", i), deny.Handler(d.err))
	}
	server := httptest.NewServer(mux)
	defer server.Close()

	for i, d := range denials {
		t.Run(d.name, func(t *testing.T) {
			faults = nil
			url := fmt.Sprintf("%s/%d?a=b&c=%%C3%%A4", server.URL, i)
			first, body := get(t, "GET", url, forms[0].accept)
			want := decidedOf(first)
			said := readJSON(t, body)
			if want.Status == 401 && len(want.Fields["WWW-Authenticate"]) == 0 {
				t.Error("a 401 without a challenge (RFC 9110 §15.5.2)")
			}
			if want.Status == 407 && len(want.Fields["Proxy-Authenticate"]) == 0 {
				t.Error("a 407 without a challenge (RFC 9110 §15.5.8)")
			}
			if diff := gocmp.Diff([]string{"no-store"}, want.Fields["Cache-Control"]); diff != "" {
				t.Errorf("Cache-Control (-want +got):\n%s", diff)
			}
			if said.Status != want.Status {
				t.Errorf("the document says status %d, the response %d", said.Status, want.Status)
			}
			for _, f := range forms {
				resp, body := get(t, "GET", url, f.accept)
				if mediaType, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type")); err != nil || mediaType != f.accept {
					t.Errorf("%s: Content-Type %q, %v", f.name, resp.Header.Get("Content-Type"), err)
				}
				if diff := gocmp.Diff(want, decidedOf(resp)); diff != "" {
					t.Errorf("%s differs from json (-want +got):\n%s", f.name, diff)
				}
				compareBody(t, f.name, resp.Header.Get("Content-Type"), body, said)

				head, none := get(t, "HEAD", url, f.accept)
				if len(none) > 0 {
					t.Errorf("%s: HEAD has a body of %d bytes", f.name, len(none))
				}
				resp.Header.Del("Date")
				head.Header.Del("Date")
				if diff := gocmp.Diff(resp.Header, head.Header); diff != "" {
					t.Errorf("%s: HEAD differs from GET (-want +got):\n%s", f.name, diff)
				}
				if head.StatusCode != resp.StatusCode {
					t.Errorf("%s: HEAD has status %d, GET %d", f.name, head.StatusCode, resp.StatusCode)
				}
			}
			if err := errors.Join(faults...); err != nil {
				t.Error(err)
			}
		})
	}
}

// compareBody reads a body as its client would and compares it with what the
// JSON said.
func compareBody(t *testing.T, form, contentType string, body []byte, said document) {
	t.Helper()
	switch form {
	case "json":
		if diff := gocmp.Diff(said, readJSON(t, body)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", form, diff)
		}
	case "xml":
		if diff := gocmp.Diff(said, readXML(t, body)); diff != "" {
			t.Errorf("%s differs from json (-want +got):\n%s", form, diff)
		}
	case "html":
		offered := readHTML(body)
		if diff := gocmp.Diff(inOrder(shown(pressable(everyStep(said), offered))), inOrder(offered)); diff != "" {
			t.Errorf("%s: links and buttons differ from json (-want +got):\n%s", form, diff)
		}
		holdsTexts(t, form, htmlText(string(body)), said)
	case "text":
		if diff := gocmp.Diff(shown(everyStep(said)), readText(string(body))); diff != "" {
			t.Errorf("%s: steps differ from json (-want +got):\n%s", form, diff)
		}
		holdsTexts(t, form, string(body), said)
	case "markdown":
		if diff := gocmp.Diff(shown(everyStep(said)), readMarkdown(string(body))); diff != "" {
			t.Errorf("%s: steps differ from json (-want +got):\n%s", form, diff)
		}
		holdsTexts(t, form, markdownText(string(body)), said)
	case "multipart":
		_, params, err := mime.ParseMediaType(contentType)
		if err != nil {
			t.Fatal(err)
		}
		var parts []string
		for r := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
			part, err := r.NextPart()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(part)
			if err != nil {
				t.Fatal(err)
			}
			mediaType, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
			i := slices.IndexFunc(forms, func(f struct{ name, accept string }) bool { return f.accept == mediaType })
			if i < 0 {
				t.Errorf("%s: a part of type %q", form, mediaType)
				continue
			}
			parts = append(parts, forms[i].name)
			compareBody(t, forms[i].name, "", content, said)
		}
		// The richest comes last (RFC 2046 §5.1.4); ours is for programs.
		if diff := gocmp.Diff([]string{"text", "html", "json"}, parts); diff != "" {
			t.Errorf("%s: parts (-want +got):\n%s", form, diff)
		}
	}
}

// everyStep returns the steps of a document and of what is also needed.
func everyStep(d document) []step {
	steps := d.Next
	for _, a := range d.Also {
		steps = append(slices.Clone(steps), everyStep(a)...)
	}
	return steps
}

// holdsTexts reports texts of the document that a form for people lacks.
func holdsTexts(t *testing.T, form, text string, d document) {
	t.Helper()
	want := []string{d.Detail, d.Instance, d.Code}
	for _, s := range everyStep(d) {
		want = append(want, s.Title)
	}
	for _, a := range d.Also {
		want = append(want, a.Detail)
	}
	text = oneSpace(text)
	for _, w := range want {
		if !strings.Contains(text, oneSpace(w)) {
			t.Errorf("%s lacks %q:\n%s", form, w, text)
		}
	}
}

// oneSpace makes texts comparable: isolates are for the eye, and forms break
// lines where they like.
func oneSpace(s string) string {
	s = strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "").Replace(s)
	return strings.Join(strings.Fields(s), " ")
}

func readJSON(t *testing.T, body []byte) document {
	t.Helper()
	var d document
	if err := json.Unmarshal(body, &d); err != nil {
		t.Fatalf("%v:\n%s", err, body)
	}
	return d
}

// xmlDocument is RFC 9457 appendix B with the library's further members.
type xmlDocument struct {
	XMLName  xml.Name
	Title    string `xml:"title"`
	Detail   string `xml:"detail"`
	Instance string `xml:"instance"`
	Code     string `xml:"code"`
	Status   int    `xml:"status"`
	Next     []struct {
		Kind   string `xml:"kind"`
		Title  string `xml:"title"`
		Href   string `xml:"href"`
		Method string `xml:"method"`
		Actor  string `xml:"actor"`
		Params struct {
			All []struct {
				XMLName xml.Name
				Value   string `xml:",chardata"`
			} `xml:",any"`
		} `xml:"params"`
	} `xml:"next>i"`
	Also []xmlDocument `xml:"also>i"`
}

func (x xmlDocument) document() document {
	d := document{Title: x.Title, Detail: x.Detail, Instance: x.Instance, Code: x.Code, Status: x.Status}
	for _, n := range x.Next {
		s := step{Kind: n.Kind, Title: n.Title, Href: n.Href, Method: n.Method, Actor: n.Actor}
		for _, p := range n.Params.All {
			if s.Params == nil {
				s.Params = make(map[string]string)
			}
			s.Params[p.XMLName.Local] = p.Value
		}
		d.Next = append(d.Next, s)
	}
	for _, a := range x.Also {
		d.Also = append(d.Also, a.document())
	}
	return d
}

func readXML(t *testing.T, body []byte) document {
	t.Helper()
	var x xmlDocument
	if err := xml.Unmarshal(body, &x); err != nil {
		t.Fatalf("%v:\n%s", err, body)
	}
	if diff := gocmp.Diff(xml.Name{Space: "urn:ietf:rfc:7807", Local: "problem"}, x.XMLName); diff != "" {
		t.Errorf("xml: root element (-want +got):\n%s", diff)
	}
	return x.document()
}

var (
	htmlMain = regexp.MustCompile(`(?s)<main\b.*</main>`)
	htmlStep = regexp.MustCompile(`(?s)<a\b([^>]*)>(.*?)</a>|<form\b([^>]*)>(.*?)</form>`)
	htmlAttr = regexp.MustCompile(`\b(href|action|method)="([^"]*)"`)
	htmlTag  = regexp.MustCompile(`<[^>]*>`)
	htmlHead = regexp.MustCompile(`(?s)<head>.*</head>`)
)

// readHTML returns the links and buttons in the main part of a page, in order.
func readHTML(page []byte) []step {
	var out []step
	for _, m := range htmlStep.FindAllStringSubmatch(string(htmlMain.Find(page)), -1) {
		s := step{Title: htmlText(m[2] + m[4]), Method: "GET"}
		for _, a := range htmlAttr.FindAllStringSubmatch(m[1]+m[3], -1) {
			if a[1] == "method" {
				s.Method = strings.ToUpper(a[2])
			} else {
				s.Href = html.UnescapeString(a[2])
			}
		}
		out = append(out, s)
	}
	return out
}

func htmlText(page string) string {
	return html.UnescapeString(htmlTag.ReplaceAllString(htmlHead.ReplaceAllString(page, ""), ""))
}

const address = `(?:(POST|PUT|PATCH|DELETE) )?((?:/|https?:|mailto:|tel:)\S*)`

var textStep = regexp.MustCompile(`(?m)^ *- (.*?)(?:: ` + address + `)?$`)

// readText returns the steps of a text: its list items, but for the titles of
// what is also needed, which come right before an indented detail.
func readText(text string) []step {
	var out []step
	for _, i := range textStep.FindAllStringSubmatchIndex(text, -1) {
		m := make([]string, 4)
		for n := range m {
			if i[2*n] >= 0 {
				m[n] = text[i[2*n]:i[2*n+1]]
			}
		}
		if next, _, _ := strings.Cut(text[i[1]+1:], "\n"); m[3] == "" && strings.HasPrefix(next, "  ") && !strings.HasPrefix(next, "  -") {
			continue
		}
		out = append(out, personStep(m[1], m[2], m[3]))
	}
	return out
}

func personStep(title, method, href string) step {
	s := step{Title: title, Href: href, Method: method}
	if href != "" {
		s.Method = cmp.Or(method, "GET")
	}
	return s
}

var (
	markdownStep   = regexp.MustCompile("(?m)^ *[0-9]+\\. (?:\\[(.*)\\]\\(<(.*)>\\)|(.*): `(?:" + address + ")`|(.*)) \\([a-z]+\\)$")
	markdownEscape = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")
)

// readMarkdown returns the steps of a Markdown text: its numbered items.
func readMarkdown(text string) []step {
	var out []step
	for _, m := range markdownStep.FindAllStringSubmatch(text, -1) {
		out = append(out, personStep(markdownText(m[1]+m[3]+m[6]), m[4], m[2]+m[5]))
	}
	return out
}

func markdownText(s string) string {
	return html.UnescapeString(markdownEscape.ReplaceAllString(s, "$1"))
}

// goList runs the go command on packages of this module and returns the
// import paths that it prints.
func goList(t *testing.T, args ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			t.Fatalf("go list %v: %v\n%s", args, err, exit.Stderr)
		}
		t.Fatalf("go list %v: %v", args, err)
	}
	return strings.Fields(string(out))
}

func TestImportGraph(t *testing.T) {
	const module = "github.com/denial-go/denial/"
	const imports, deps = `{{join .Imports "\n"}}`, `{{.ImportPath}}`
	standard := make(map[string]bool)
	for _, path := range goList(t, "std") {
		standard[path] = true
	}
	inStandard := func(path string) bool { return standard[path] || strings.HasPrefix(path, "vendor/") }
	under := func(prefixes ...string) func(string) bool {
		return func(path string) bool {
			return slices.ContainsFunc(prefixes, func(p string) bool { return path == p || strings.HasPrefix(path, p+"/") })
		}
	}

	// What a package may import itself, beside the standard library.
	own := map[string]func(string) bool{
		"problem":   under(module + "internal"),
		"negotiate": under("golang.org/x/text/language", "golang.org/x/text/internal/language", module+"internal/httpfield"),
		"templates": under(),
		"render":    under(module+"problem", module+"negotiate", module+"templates", module+"internal", "golang.org/x/text"),
	}
	for name, allowed := range own {
		for _, path := range goList(t, "-f", imports, "./"+name) {
			if !inStandard(path) && !allowed(path) {
				t.Errorf("%s imports %s, which the layout does not allow", name, path)
			}
		}
	}
	for _, path := range goList(t, "-f", imports, "./templates") {
		if path != "embed" && path != "io/fs" {
			t.Errorf("templates imports %s; it is data only", path)
		}
	}

	// What a package must not bring along, at any depth.
	for name, forbidden := range map[string]func(string) bool{
		"problem":   under("net/http", "html", "golang.org", "github.com/google"),
		"negotiate": under("net/http", "html", module+"problem", module+"render", "github.com/google"),
		// The templates of the standard library make the linker keep every
		// method of every type: 2.6 MB in each program.
		"render": under("html/template", "text/template", "github.com/google"),
	} {
		for _, path := range goList(t, "-deps", "-f", deps, "./"+name) {
			if forbidden(path) {
				t.Errorf("%s brings along %s", name, path)
			}
			if name == "negotiate" && !inStandard(path) && path != module+"negotiate" && !own[name](path) && !under("golang.org/x/text/internal")(path) {
				t.Errorf("negotiate brings along %s", path)
			}
		}
	}

	// What the main module needs.
	out, err := exec.Command("go", "mod", "edit", "-json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []struct{ Path string }
		Replace []struct{ Old struct{ Path string } }
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	var required []string
	for _, r := range mod.Require {
		required = append(required, r.Path)
	}
	slices.Sort(required)
	if diff := gocmp.Diff([]string{"github.com/google/go-cmp", "golang.org/x/text"}, required); diff != "" {
		t.Errorf("go.mod requires (-want +got):\n%s", diff)
	}
	if len(mod.Replace) > 0 {
		t.Errorf("go.mod replaces %v: users of the module would not get that", mod.Replace)
	}
}

// TestAdaptersImportNothingInternal: in a program, an adapter meets any newer
// version of the main module, and only what that exports stays as it was.
func TestAdaptersImportNothingInternal(t *testing.T) {
	const internal = "github.com/denial-go/denial/internal/"
	// An adapter without a go.mod is of one version with what it imports.
	nested, err := filepath.Glob("adapters/*/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	if len(nested) == 0 {
		t.Skip("the module alone, as it is published: its adapters are others")
	}
	for _, mod := range nested {
		err := filepath.WalkDir(filepath.Dir(mod), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			for _, spec := range file.Imports {
				if imported, err := strconv.Unquote(spec.Path.Value); err != nil || strings.HasPrefix(imported, internal) {
					t.Errorf("%s imports %s: only tests may, because users can have another version of it", path, spec.Path.Value)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// TestDependabotKnowsEveryModule: its configuration lists folders, and a module
// in another one would stay as it is for good.
func TestDependabotKnowsEveryModule(t *testing.T) {
	config, err := os.ReadFile(".github/dependabot.yml")
	if err != nil {
		t.Fatal(err)
	}
	list := regexp.MustCompile(`gomod\n\s+directories: \[(.*)\]`).FindSubmatch(config)
	if list == nil {
		t.Fatal("no folders of gomod in .github/dependabot.yml")
	}
	known := regexp.MustCompile(`'(/[^'*]*)(\*\*)?'`).FindAllSubmatch(list[1], -1)
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if d.Name() != "go.mod" {
			return nil
		}
		dir := "/" + strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), ".")
		if !slices.ContainsFunc(known, func(k [][]byte) bool {
			return dir == string(k[1]) || k[2] != nil && strings.HasPrefix(dir, string(k[1]))
		}) {
			t.Errorf("%s: no folder of gomod in .github/dependabot.yml is %s; there are %s", path, dir, list[1])
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestTopLevel(t *testing.T) {
	allowed := strings.Fields(`
		go.mod go.sum doc.go problem_test.go LICENSE README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md
		problem negotiate render templates adapters examples internal docs`)
	// What tools leave behind, and .gitignore keeps out.
	leftover := regexp.MustCompile(`\.(test|out|prof)$|^coverage\.|^node_modules$`)
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); name[0] != '.' && !leftover.MatchString(name) && !slices.Contains(allowed, name) {
			t.Errorf("%s: a file belongs into the folder of its package; the top level has a place for %v", name, allowed)
		}
	}
}

// Programs that decode denials as their languages do, with nothing of ours.
// Each reads lines of {"type", "body"} and writes lines of {code, status, next}.
const nodeDecoder = `
const lines = require("fs").readFileSync(0, "utf8").trim().split("\n");
for (const line of lines) {
  const {type, body} = JSON.parse(line);
  if (!type.startsWith("application/problem+json")) throw new Error("type " + type);
  const p = JSON.parse(new TextDecoder("utf-8", {fatal: true}).decode(Buffer.from(body, "base64")));
  console.log(JSON.stringify({code: p.code, status: p.status, next: (p.next || []).map((s) => s.kind)}));
}`

const pythonDecoder = `
import base64, email, email.policy, json, sys
import xml.etree.ElementTree as ElementTree
for line in sys.stdin:
    answer = json.loads(line)
    kind, body = answer["type"], base64.b64decode(answer["body"])
    if kind.startswith("application/problem+xml"):
        root, ns = ElementTree.fromstring(body), "{urn:ietf:rfc:7807}"
        text = lambda name: root.findtext(ns + name)
        p = {"code": text("code"), "status": int(text("status")),
             "next": [{"kind": e.text} for e in root.findall(f"{ns}next/{ns}i/{ns}kind")]}
    else:
        if kind.startswith("multipart/"):
            head = f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n"
            message = email.message_from_bytes(head.encode() + body, policy=email.policy.default)
            assert not any(part.defects for part in message.walk()), [part.defects for part in message.walk()]
            parts = list(message.iter_parts())
            assert [part.get_content_type() for part in parts] == ["text/plain", "text/html", "application/problem+json"]
            assert parts[0].get_content().strip() and parts[1].get_content().strip()
            body = parts[-1].get_content()
        p = json.loads(body)
    print(json.dumps({"code": p["code"], "status": p["status"], "next": [s["kind"] for s in p.get("next", [])]}))
`

func TestOtherLanguages(t *testing.T) {
	deny := render.Must(render.New(render.Config{Links: everyLink()}))
	for _, language := range []struct {
		command, flag, program string
		forms                  []render.Format
	}{
		{"node", "-e", nodeDecoder, []render.Format{render.JSON}},
		{"python3", "-c", pythonDecoder, []render.Format{render.JSON, render.Multipart, render.XML}},
	} {
		t.Run(language.command, func(t *testing.T) {
			if _, err := exec.LookPath(language.command); err != nil {
				if os.Getenv("CI") == "true" {
					t.Fatalf("%v; CI must have it", err)
				}
				t.Skipf("%v; install it to have %s read every denial", err, language.command)
			}
			type answer struct {
				Type string `json:"type"`
				Body []byte `json:"body"`
			}
			type reading struct {
				Code   string   `json:"code"`
				Status int      `json:"status"`
				Next   []string `json:"next"`
			}
			var in bytes.Buffer
			var want []reading
			lines := json.NewEncoder(&in)
			for _, r := range problem.Common() {
				steps := []string{}
				for _, s := range r.Next() {
					steps = append(steps, string(s.Kind))
				}
				for _, err := range []error{r, filled(r)} {
					for _, f := range language.forms {
						resp := deny.Render(render.Request{Format: f}, err)
						if err := lines.Encode(answer{resp.Header.Get("Content-Type"), resp.Body}); err != nil {
							t.Fatal(err)
						}
						want = append(want, reading{r.Code(), r.Status(), steps})
					}
				}
			}
			var stderr bytes.Buffer
			cmd := exec.Command(language.command, language.flag, language.program)
			cmd.Stdin, cmd.Stderr = &in, &stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, stderr.Bytes())
			}
			var got []reading
			for line := range bytes.Lines(out) {
				var r reading
				if err := json.Unmarshal(line, &r); err != nil {
					t.Fatal(err)
				}
				got = append(got, r)
			}
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("%s reads (-want +got):\n%s", language.command, diff)
			}
		})
	}
}
