package work_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/denial-go/denial/internal/benchmarks/work"
	"github.com/denial-go/denial/render"
)

var deny = render.Must(render.New(work.Config()))

// A contender that answers anything else must not be timed.
func TestCheck(t *testing.T) {
	change := func(old, new string) func(http.Header, string) string {
		return func(_ http.Header, body string) string { return strings.ReplaceAll(body, old, new) }
	}
	set := func(name, value string) func(http.Header, string) string {
		return func(h http.Header, body string) string {
			h.Set(name, value)
			return body
		}
	}
	values := func(name string) work.Work {
		for _, w := range work.Values {
			if w.Name == name {
				return w
			}
		}
		t.Fatalf("there is no work %q", name)
		return work.Work{}
	}
	for _, row := range []struct {
		name   string
		work   work.Work
		change func(http.Header, string) string
		lacks  []work.Lack
		ok     bool
	}{
		{"as it is", work.JSON, change("", ""), nil, true},
		{"no challenge", work.JSON, func(h http.Header, body string) string { h.Del("Www-Authenticate"); return body }, nil, false},
		{"two challenges", work.JSON, func(h http.Header, body string) string { h.Add("Www-Authenticate", "Basic"); return body }, nil, false},
		{"another language", work.JSON, set("Content-Language", "en"), nil, false},
		{"which is allowed", work.JSON, set("Content-Language", "en"), []work.Lack{work.Language}, true},
		{"another media type", work.HTML, set("Content-Type", "text/plain"), nil, false},
		{"broken JSON", work.JSON, change("}", ""), nil, false},
		{"another title", work.JSON, change("Nicht autorisiert", "Unauthorized"), nil, false},
		{"another step", work.JSON, change("/sign-in", "/login"), nil, false},
		{"the same without steps", work.JSON, change("/sign-in", "/login"), []work.Lack{work.Steps}, true},
		{"a page without its sentence", work.HTML, change("Sie müssen", "Man muss"), nil, false},
		{"a page without a link", work.HTML, change(`href="/sign-up"`, `href="#"`), nil, false},
		{"a part is missing", work.Multipart, change("Content-Type: text/html", "Content-Type: text/css"), nil, false},
		{"a value that is not escaped", values("html-values"), change("&lt;", "<"), nil, false},
		{"a value that is missing", values("text-values"), change("Ana", "Eva"), nil, false},
		{"no way back", values("markdown-values"), change("%2Freports", ""), nil, false},
		{"broken XML", values("xml-values"), change("</", "<"), nil, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				rec := httptest.NewRecorder()
				work.Denial(deny, row.work).ServeHTTP(rec, r)
				for name, lines := range rec.Header() {
					w.Header()[name] = lines
				}
				body := row.change(w.Header(), rec.Body.String())
				w.WriteHeader(rec.Code)
				w.Write([]byte(body))
			})
			if err := work.CheckHandler(row.work, h, row.lacks...); (err == nil) != row.ok {
				t.Errorf("the answer is good: %v, want %v: %v", err == nil, row.ok, err)
			}
		})
	}
	if work.CheckHandler(work.JSON, work.Error(http.StatusUnauthorized)) == nil {
		t.Error("http.Error passes for a denial")
	}
}

// A Prebuilt sends what it has recorded, and no response can change the next.
func TestPrebuilt(t *testing.T) {
	for _, w := range work.All {
		p, err := work.Record(work.Denial(deny, w), w.Request())
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			rec := httptest.NewRecorder()
			p.ServeHTTP(rec, w.Request())
			h := rec.Header()
			if err := work.Check(w, rec.Result()); err != nil {
				t.Errorf("%s: %v", w.Name, err)
			}
			for name := range h {
				h[name][0] = "changed"
				h[name] = append(h[name], "more")
			}
		}
	}
	if _, err := work.Record(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Link"] = []string{"a", "b"}
	}), work.JSON.Request()); err == nil {
		t.Error("an answer with two lines of one field is recorded")
	}
}
