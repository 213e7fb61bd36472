package render_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// TestTranslationIsText has a locale file whose texts are written to harm: in
// every form they are read, and are nothing else.
func TestTranslationIsText(t *testing.T) {
	const evil = "A </style></title><script>alert(1)</script> <img src=x onerror=alert(1)> \"q\" & (javascript:alert(1)) `c` *b* --=_denial_part_=_7f1b--"
	texts, err := json.Marshal(map[string]string{
		"reason.email-unverified.title": evil, "reason.email-unverified.detail": evil + "[ {email}]",
		"step.verify-email": evil, "status.403": evil, "page.next": evil, "page.others": evil, "page.home": evil,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, control := range []string{"\r\nX-Evil: 1", "\x00", "\u202e", "\u2066", "\u0085"} {
		file, err := json.Marshal(map[string]string{"step.sign-in": "Sign in" + control})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := render.New(render.Config{Locales: fstest.MapFS{"en.json": {Data: file}}}); err == nil {
			t.Errorf("New takes a text that ends in %q", control)
		}
	}
	config := render.Config{Locales: fstest.MapFS{"en.json": {Data: texts}}, Brand: render.Brand{Name: "Site", Home: "/"}}
	alone(t, "every form", func(t *testing.T) {
		h := newHost(t, config, denying(problem.EmailUnverified))
		client := h.client(t)
		for _, f := range allFormats {
			req := render.Request{Method: "GET", Target: "/a", Header: http.Header{"Accept": {f.MediaType()}}}
			v := h.slow.View(req, problem.EmailUnverified)
			if !strings.Contains(v.Title, "<script>") || !strings.Contains(v.Next[0].Title, "<script>") {
				t.Fatalf("the texts are not used: %q", v.Title)
			}
			for range 2 {
				resp, body, err := fetch(client, "GET", h.URL+"/a", "Accept: "+f.MediaType())
				if err != nil {
					t.Fatal(err)
				}
				h.check(t, resp, body, req, problem.EmailUnverified)
				if err := wellMade(f, resp.Header.Get("Content-Type"), body, &v); err != nil {
					t.Errorf("%s: %v in\n%s", f.MediaType(), err, body)
				}
				if (f == render.HTML || f == render.XML) && (strings.Contains(string(body), "<script") || strings.Contains(string(body), "<img")) {
					t.Errorf("%s: a text became markup:\n%s", f.MediaType(), body)
				}
			}
		}
		h.saw(t, int32(2*len(allFormats)), 0)
	})
}
