package render_test

import (
	"strings"
	"testing"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// TestForm is rule 3: the form follows Accept, and the status never does.
func TestForm(t *testing.T) {
	deny := mustNew(t, render.Config{})
	const (
		json  = "application/problem+json"
		html  = "text/html; charset=utf-8"
		text  = "text/plain; charset=utf-8"
		mark  = "text/markdown; charset=utf-8"
		xml   = "application/problem+xml"
		multi = "multipart/alternative"
	)
	tests := []struct {
		name   string
		fields []string
		want   string
		why    string
	}{
		{"absent", nil, json, "no field is no preference"},
		{"anything", []string{"Accept: */*"}, json, "curl, fetch, python-requests"},
		{"empty", []string{"Accept:"}, json, "never 406"},
		{"exact", []string{"Accept: application/problem+json"}, json, ""},
		{"json", []string{"Accept: application/json"}, json, "RFC 9457 §3 answers so"},
		{"json with charset", []string{"Accept: application/json; charset=utf-8"}, json, "matches no offer, but is JSON all the same"},
		{"vendor json", []string{"Accept: application/vnd.api+json"}, json, "any JSON type"},
		{"vendor json refused", []string{"Accept: application/vnd.api+json;q=0, text/plain;q=0.1"}, text, ""},
		{"axios", []string{"Accept: application/json, text/plain, */*"}, json, "equal weights: the earlier format"},
		{"json preferred to text", []string{"Accept: application/json, text/plain;q=0.5"}, json, "a JSON type counts with its own weight"},
		{"json and page", []string{"Accept: application/json, text/html"}, html, "an exact match before a lenient one of the same weight"},
		{"json before page", []string{"Accept: application/json, text/html;q=0.9"}, json, ""},
		{"page", []string{"Accept: text/html"}, html, ""},
		{"page as it is sent", []string{"Accept: text/html;charset=utf-8, application/json;q=0.5"}, html, "it has this very parameter"},
		{"text as it is sent", []string{"Accept: text/plain; charset=UTF-8"}, text, "a charset has no case"},
		{"json with charset before a page", []string{"Accept: application/json; charset=utf-8, text/html;q=0.1"}, json, "JSON has no such parameter, but clients name it"},
		{"problem with charset before a page", []string{"Accept: application/problem+json;charset=UTF-8, text/html;q=0.1"}, json, ""},
		{"page in another charset", []string{"Accept: text/html;charset=iso-8859-1, text/plain;q=0.5"}, text, "which it is not sent in"},
		{"chrome", []string{"Accept: " + chromePage}, html, ""},
		{"w3m", []string{"Accept: text/html, text/*;q=0.5, image/*, application/*"}, html, "named, where JSON is only let in"},
		{"page or anything", []string{"Accept: text/html, */*"}, html, "likewise"},
		{"page, JSON or anything", []string{"Accept: text/html, application/json, */*"}, json, "both are named: the earlier format"},
		{"index of packages", []string{"Accept: application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"}, json, "uv reads problem+json, and no page"},
		{"federation", []string{`Accept: application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams", text/html;q=0.1`}, json, ""},
		{"other JSON in the last resort", []string{"Accept: text/html;q=0.9, application/hal+json;q=0.8"}, html, ""},
		{"other JSON as welcome as text", []string{"Accept: application/hal+json;q=0.5, text/plain;q=0.5"}, text, "an exact match comes first"},
		{"other JSON refused", []string{"Accept: application/hal+json;q=0, text/plain;q=0.5"}, text, ""},
		{"other JSON with a weight that is none", []string{"Accept: application/hal+json;q=x, text/plain;q=0.5"}, text, "as elsewhere, what cannot be read is not there"},
		{"other JSON, and none of ours", []string{"Accept: application/problem+json;q=0, application/hal+json, text/html;q=0.9"}, html, ""},
		{"two other JSON types", []string{"Accept: application/hal+json, application/vnd.a+json;q=0.1, text/html;q=0.5"}, json, "the highest weight counts"},
		{"text", []string{"Accept: text/plain"}, text, ""},
		{"any text", []string{"Accept: text/*"}, html, "equal weights: the earlier format"},
		{"markdown", []string{"Accept: text/markdown, */*;q=0.1"}, mark, ""},
		{"xml", []string{"Accept: application/problem+xml"}, xml, ""},
		{"plain xml", []string{"Accept: application/xml"}, xml, "leniency as for JSON, where nothing matches"},
		{"multipart", []string{"Accept: multipart/alternative"}, multi, ""},
		{"any multipart", []string{"Accept: multipart/*"}, multi, "named, if not in full"},
		{"multipart not named", []string{"Accept: */*;q=0.1"}, json, ""},
		{"all but the others", []string{"Accept: */*, application/*;q=0, text/*;q=0"}, json, "a wildcard never means multipart: browsers show nothing for it"},
		{"page or multipart", []string{"Accept: text/html, multipart/alternative"}, html, "equal weights: the earlier format"},
		{"multipart or page", []string{"Accept: text/html;q=0.5, MULTIPART/alternative"}, multi, ""},
		{"image", []string{"Accept: image/avif,image/webp,*/*;q=0.8"}, json, ""},
		{"only images", []string{"Accept: image/png"}, json, "never 406: the first format"},
		{"only images, in a tab", []string{"Accept: image/png", "Sec-Fetch-Mode: navigate"}, html, "a person looks at it"},
		{"page load of anything", []string{"Accept: */*", "Sec-Fetch-Mode: navigate"}, html, "equal weights, and a page load"},
		{"page load without Accept", []string{"Sec-Fetch-Mode: navigate"}, html, ""},
		{"page load of json", []string{"Accept: application/json", "Sec-Fetch-Mode: navigate"}, json, "Accept is clear"},
		{"script", []string{"Accept: */*", "Sec-Fetch-Mode: cors"}, json, ""},
		{"excluded", []string{"Accept: application/problem+json;q=0, */*"}, html, "the next format that is accepted"},
		{"two lines", []string{"Accept: text/html;q=0.1", "Accept: application/problem+json"}, json, "several lines are one list"},
		{"garbage", []string{"Accept: ;;;=,,/,\"", "Accept: q"}, json, ""},
		{"events", []string{"Accept: text/event-stream"}, json, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := answer(deny, get("/", tt.fields...), problem.EmailUnverified)
			got, _, _ := strings.Cut(w.Header().Get("Content-Type"), "; boundary")
			if w.Code != 403 || got != tt.want {
				t.Errorf("%q: got %d %s, want 403 %s (%s)", tt.fields, w.Code, got, tt.want, tt.why)
			}
		})
	}
}

// Routes whose clients lie in Accept say themselves what they answer.
func TestFormOverruled(t *testing.T) {
	deny := mustNew(t, render.Config{})
	if got := answer(deny.As(render.JSON), get("/", "Accept: text/html"), problem.RoleMissing).Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("As(JSON) answered %s", got)
	}
	if got := answer(deny.As(render.Multipart), get("/", "Accept: text/html"), problem.RoleMissing).Header().Get("Content-Type"); !strings.HasPrefix(got, "multipart/alternative; boundary=") {
		t.Errorf("As(Multipart) answered %s", got)
	}
	if got := answer(deny.As(render.HTML, render.Text), get("/", "Accept: application/vnd.a+json, text/plain;q=0.5"), problem.RoleMissing).Header().Get("Content-Type"); got != "text/plain; charset=utf-8" {
		t.Errorf("without JSON, another JSON type got %s", got)
	}
	resp := deny.Render(render.Request{Format: render.Text}, problem.RoleMissing)
	if got := resp.Header.Get("Content-Type"); got != "text/plain; charset=utf-8" {
		t.Errorf("Request.Format Text answered %s", got)
	}
	first := mustNew(t, render.Config{Formats: []render.Format{render.HTML, render.JSON}})
	for accept, want := range map[string]string{"*/*": "text/html; charset=utf-8", "application/json": "application/problem+json", "application/vnd.api+json": "application/problem+json", "text/plain": "text/html; charset=utf-8"} {
		if got := answer(first, get("/", "Accept: "+accept), problem.RoleMissing).Header().Get("Content-Type"); got != want {
			t.Errorf("HTML first, Accept %s: got %s, want %s", accept, got, want)
		}
	}
}
