package render_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
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
