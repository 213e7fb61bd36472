package render_test

import (
	"strings"
	"testing"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// TestMarkdownLink is that an address leads where it says. Readers of Markdown
// decode entities in it (CommonMark §2.5).
func TestMarkdownLink(t *testing.T) {
	deny := mustNew(t, render.Config{})
	for target, want := range map[string]string{
		"/a?b=c&d=e":         "](</a?b=c&d=e>)",
		"/&sol;evil.example": `](</\&sol;evil.example>)`,
		"/&#47;evil.example": "", // never comes in a request
		"/a?x&copy;=1&y":     `](</a?x\&copy;=1&y>)`,
		"/a;b?c&d":           "](</a;b?c&d>)",
	} {
		for range 2 {
			body := string(same(t, deny, render.Slow(deny), renderRequest(target, "Accept: text/markdown"), problem.RateLimited).Body)
			if want == "" {
				if strings.Contains(body, "](") {
					t.Errorf("%s: there is a link:\n%s", target, body)
				}
			} else if !strings.Contains(body, want) {
				t.Errorf("%s: want %s:\n%s", target, want, body)
			}
		}
	}
}

// The label of a step begins with no spaces: what follows would be code, or leave
// the list.
func TestMarkdownStepBeginsWithSpaces(t *testing.T) {
	reason := problem.MustReason(problem.Definition{Code: "own", Status: 403, Title: "Own", Next: []problem.NextStep{{Kind: problem.RequestAccess, Title: "{team}: ask"}}})
	deny := mustNew(t, render.Config{Reasons: []problem.Reason{reason}})
	for range 2 {
		p := &problem.Problem{Reason: reason, Args: map[string]any{"team": "     x"}}
		if body := string(same(t, deny, render.Slow(deny), renderRequest("/", "Accept: text/markdown"), p).Body); !strings.Contains(body, "\n1. x: ask (user)\n") {
			t.Errorf("%s", body)
		}
	}
}

// TestMarkdownSentence is that no value makes anything but a sentence of what
// happened, alone or together with what follows it.
func TestMarkdownSentence(t *testing.T) {
	reason := problem.MustReason(problem.Definition{Code: "own", Status: 403, Title: "Own", Detail: "{a}{b}. That is it."})
	deny := mustNew(t, render.Config{Reasons: []problem.Reason{reason}})
	for _, test := range []struct{ a, b, want string }{
		{"Ana", " Müller", "Ana\u2068 Müller\u2069. That is it."},
		{"1", "2", `12\. That is it.`},
		{" ", "12", `12\. That is it.`},
		{"  ", "    code", "code. That is it."},
		{"\t", "1", `1\. That is it.`},
		{"-", " a", `\- a. That is it.`},
		{"1", ") a", `1\) a. That is it.`},
		{"a@b", ".example", `a\@b.example. That is it.`},
		{"www", ".a.example", `www\.a.example. That is it.`},
		{"https", "://a.example", `https\://a.example. That is it.`},
	} {
		p := &problem.Problem{Reason: reason, Args: map[string]any{"a": test.a, "b": test.b}}
		for range 2 {
			body := string(same(t, deny, render.Slow(deny), renderRequest("/", "Accept: text/markdown"), p).Body)
			if !strings.Contains(body, "\n\n"+test.want+"\n\n403") {
				t.Errorf("%q, %q: want %q:\n%s", test.a, test.b, test.want, body)
			}
		}
	}
}
