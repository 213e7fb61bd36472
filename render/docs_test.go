package render_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

func TestDocs(t *testing.T) {
	own := problem.MustReason(problem.Definition{
		Code: "plan-too-small", Status: 403, Title: "A larger plan is needed", Detail: "This needs the plan {plan}.",
		Next: []problem.NextStep{{Kind: problem.UpgradePlan, Params: map[string]string{"plan": "{plan}"}}},
	})
	deny := mustNew(t, render.Config{TypeBase: "https://api.example.com/problems/", Reasons: []problem.Reason{own}})
	mux := http.NewServeMux()
	mux.Handle("/problems/", deny.Docs())
	fetch := func(method, path, accept string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, request(method, path, "Accept: "+accept))
		return w
	}

	// The type that a denial names leads to its own page.
	v := deny.View(render.Request{}, &problem.Problem{Reason: own, Args: map[string]any{"plan": "Team"}})
	path, ok := strings.CutPrefix(v.Type, "https://api.example.com")
	if !ok {
		t.Fatalf("type %q", v.Type)
	}
	w := fetch("GET", path, "application/json")
	var got struct {
		Type, Code, Title, Detail string
		Status                    int
		Args                      []string
		Next                      []struct{ Kind, Actor, Title string }
		Example                   struct {
			Type, Code string
			Status     int
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	if got.Type != v.Type || got.Code != "plan-too-small" || got.Status != 403 || got.Example.Type != v.Type || got.Example.Status != 403 {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff([]string{"plan"}, got.Args); diff != "" {
		t.Errorf("args (-want +got):\n%s", diff)
	}

	page := fetch("GET", path, chromePage)
	if ct := page.Header().Get("Content-Type"); page.Code != 200 || ct != "text/html; charset=utf-8" || !strings.Contains(page.Body.String(), "<h1>A larger plan is needed</h1>") {
		t.Errorf("page: %d %s\n%s", page.Code, ct, page.Body)
	}
	if head := fetch("HEAD", path, chromePage); head.Body.Len() != 0 || head.Header().Get("Content-Length") != page.Header().Get("Content-Length") {
		t.Errorf("HEAD: %d bytes, Content-Length %s", head.Body.Len(), head.Header().Get("Content-Length"))
	}

	// Every link of the index leads to a page.
	index := fetch("GET", "/problems/", chromePage)
	hrefs := regexp.MustCompile(`<li><a href="([^"]+)"`).FindAllStringSubmatch(index.Body.String(), -1)
	if len(hrefs) != len(problem.Common())+1 {
		t.Errorf("the index has %d links, want %d", len(hrefs), len(problem.Common())+1)
	}
	for _, h := range hrefs {
		if w := fetch("GET", h[1], chromePage); w.Code != 200 {
			t.Errorf("%s: %d", h[1], w.Code)
		}
	}
	var list struct{ Problems []struct{ Type string } }
	if err := json.Unmarshal(fetch("GET", "/problems/", "application/json").Body.Bytes(), &list); err != nil || len(list.Problems) != len(hrefs) {
		t.Errorf("the JSON index has %d problems, %v", len(list.Problems), err)
	}

	if w := fetch("GET", "/problems/no-such-thing", "application/json"); w.Code != 404 {
		t.Errorf("unknown code: %d", w.Code)
	}
	if w := fetch("POST", path, "application/json"); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

// Where the prefix is stripped before, or there is no TypeBase, the last part
// of the path is the code.
func TestDocsElsewhere(t *testing.T) {
	docs := (&render.Renderer{}).Docs()
	for path, want := range map[string]int{"/": 200, "/role-missing": 200, "/a/b/role-missing": 200, "/x": 404} {
		w := httptest.NewRecorder()
		docs.ServeHTTP(w, get(path, "Accept: text/html"))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
}

// TestDocsOfOtherTypeBases follows the type of a denial to what Docs says of it.
func TestDocsOfOtherTypeBases(t *testing.T) {
	for base, want := range map[string]string{
		"https://api.example.com/p/":      "<h1>Verify your email</h1>",
		"https://api.example.com/p?code=": "<h1>Verify your email</h1>",
		"/p/":                             "<h1>Verify your email</h1>",
		"https://api.example.com/p#":      `<li id="email-unverified"><a href="#email-unverified">`,
		"https://api.example.com/p#on-":   `<li id="on-email-unverified"><a href="#on-email-unverified">`,
	} {
		deny := mustNew(t, render.Config{TypeBase: base})
		address, err := url.Parse(deny.View(render.Request{}, problem.EmailUnverified).Type)
		if err != nil {
			t.Fatal(err)
		}
		index := *address
		index.RawQuery, index.Path = "", "/p"
		if strings.HasSuffix(base, "/") {
			index.Path = "/p/"
		}
		fetch := func(u *url.URL) string {
			w := httptest.NewRecorder()
			deny.Docs().ServeHTTP(w, get(u.RequestURI(), "Accept: text/html"))
			return w.Body.String()
		}
		want = strings.ReplaceAll(want, "Verify your email", problem.EmailUnverified.Title())
		if page := fetch(address); !strings.Contains(page, want) {
			t.Errorf("%s: %s leads to\n%s\nwant %s", base, address, page[:min(len(page), 3000)], want)
		}
		// The index leads there too.
		link, _ := strings.CutPrefix(address.String(), "https://api.example.com")
		if i := strings.IndexByte(link, '#'); i >= 0 {
			link = link[i:]
		}
		if page := fetch(&index); !strings.Contains(page, `<a href="`+link+`">`) {
			t.Errorf("%s: the index has no link to %s:\n%s", base, link, page[:min(len(page), 3000)])
		}
	}
}

// TestDocsSayWhatIsSent is that a site without HTTP authentication documents no
// challenges, and that no shared cache keeps what one reader's setting chose.
func TestDocsSayWhatIsSent(t *testing.T) {
	deny := mustNew(t, render.Config{NoHTTPAuth: true, Language: func(*http.Request) string { return "de" }, TypeBase: "/problems/"})
	w := httptest.NewRecorder()
	deny.Docs().ServeHTTP(w, get("/problems/token-expired", "Accept: application/json"))
	if strings.Contains(w.Body.String(), "Bearer") || !strings.Contains(w.Body.String(), `"status": 403`) {
		t.Errorf("got %s", w.Body)
	}
	if got := w.Header().Get("Cache-Control"); got != "private" {
		t.Errorf("Cache-Control %q, want private", got)
	}
}
