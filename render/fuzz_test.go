package render_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// FuzzWrite sends hostile header fields, addresses and values through a whole
// answer: it stays the denial that was decided, in a form that is well made.
func FuzzWrite(f *testing.F) {
	for i, accept := range []string{"*/*", chromePage, "multipart/*", "application/problem+xml;q=0.5", "text/markdown, */*;q=0", "a;,b", `text/html;x="`, ";;;,,,"} {
		f.Add(uint8(i*7), "GET", "/reports?a=b", accept, "de, en;q=0.5", "cors", awkward[i])
	}
	for i, value := range awkward {
		f.Add(uint8(i), "HEAD", "/"+value, "text/html", value, "navigate", value)
	}
	reasons := problem.Common()
	deny, err := render.New(render.Config{Links: links})
	if err != nil {
		f.Fatal(err)
	}
	slow := render.Slow(deny)
	f.Fuzz(func(t *testing.T, which uint8, method, target, accept, language, mode, value string) {
		p := &problem.Problem{
			Reason: reasons[int(which)%len(reasons)],
			Args: map[string]any{
				"role": value, "scope": []string{value, value}, "url": value, "plan": value, "acr_values": value, "resource_metadata": value,
				"blocked_by": value, "dpop_nonce": value, "group": value, "version": value, "as_uri": value, "ticket": value,
			},
			Instance:   value,
			Next:       []problem.NextStep{{Kind: problem.RequestAccess, Title: value, Href: "/a?b={role}&c={return_to}"}, {Kind: problem.OpenURL, Href: value}},
			Challenges: []problem.Challenge{problem.Basic(value), problem.Bearer(value).With("scope", value)},
			Extensions: map[string]any{"value": value, value: 1},
			Also:       []*problem.Problem{{Reason: problem.RoleMissing, Detail: value}},
		}
		header := http.Header{"Accept": strings.Split(accept, "\n"), "Accept-Language": {language}, "Sec-Fetch-Mode": {mode}, "Sec-Fetch-Site": {mode}, "Origin": {value}}
		req := render.Request{Method: method, Target: target, Header: header}
		v := deny.View(req, p)
		// What is prepared for one value has to fit every other.
		plain := &problem.Problem{Reason: p.Reason, Args: p.Args, Instance: value}
		if len(mode) > 4 {
			plain.Detail = value
		}
		if len(mode) > 2 {
			plain.Extensions = p.Extensions
		}
		same(t, deny, slow, req, plain)
		same(t, deny, slow, req, plain)
		resp := deny.Render(req, p)
		want := p.Reason.Status()
		if resp.Status != want || v.Status != want {
			t.Fatalf("status %d, View %d, want %d", resp.Status, v.Status, want)
		}
		if want == 401 && len(resp.Header["Www-Authenticate"]) == 0 {
			t.Fatal("a 401 without a challenge")
		}
		for name, values := range resp.Header {
			for _, line := range values {
				if !fieldText(line) {
					t.Fatalf("%s: %q", name, line)
				}
			}
		}
		if method == "HEAD" {
			if resp.Body != nil {
				t.Fatal("HEAD has a body")
			}
			return
		}
		for _, format := range allFormats {
			if ct := resp.Header.Get("Content-Type"); strings.HasPrefix(ct, format.MediaType()) {
				if err := wellMade(format, ct, resp.Body, &v); err != nil {
					t.Fatalf("%s: %v in\n%s", ct, err, resp.Body)
				}
			}
		}
	})
}
