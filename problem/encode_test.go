package problem_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
)

func TestMarshalJSON(t *testing.T) {
	steps := problem.MustReason(problem.Definition{
		Code: "needs-team", Status: 403, Title: "Needs a team", Detail: "Join {team}[ {retry_after}].", Type: "https://example.com/problems/needs-team",
		Next: []problem.NextStep{
			{Kind: "join-team", Title: "Join {team}", Href: "/teams/{team}/join?next={return_to}", Method: "POST", Params: map[string]string{"team": "{team}", "fixed": "1", "none": "{none}"}},
			{Kind: "see-team", Href: "{url}"},
			{Kind: problem.SignIn, Href: "/in"},
		},
	})
	tests := []struct {
		name string
		in   *problem.Problem
		want string
		why  string
	}{
		{"zero", &problem.Problem{}, `{"type":"about:blank","title":"Forbidden","status":403}`, ""},
		{"no type", &problem.Problem{Reason: problem.NotFound, Next: []problem.NextStep{}}, `{"type":"about:blank","title":"Not Found","status":404,"detail":"` + problem.NotFound.Detail() + `","code":"not-found"}`,
			"the title is the status phrase (RFC 9457 §4.2.1); empty steps are none"},
		{"every member", &problem.Problem{
			Reason: steps, Args: map[string]any{"team": "a b", "url": "https://example.com/t"}, Instance: "urn:uuid:1", RetryAfter: time.Second,
			Also:       []*problem.Problem{nil, {Reason: untyped, Instance: "left out", Extensions: map[string]any{"x": 1}}},
			Extensions: map[string]any{"zeta": 1, "alpha": []int{2}}, Cause: errors.New("secret"),
		}, `{"type":"https://example.com/problems/needs-team","title":"Needs a team","status":403,"detail":"Join a b in 1 second.","instance":"urn:uuid:1","code":"needs-team",` +
			`"next":[{"kind":"join-team","title":"Join a b","href":"/teams/a%20b/join?next=","method":"POST","actor":"user","params":{"fixed":"1","team":"a b"}},` +
			`{"kind":"see-team","href":"https://example.com/t","method":"GET","actor":"user"},{"kind":"sign-in","title":"Sign in","href":"/in","method":"GET","actor":"user"}],` +
			`"also":[{"type":"about:blank","title":"Forbidden","code":"untyped","x":1}],"alpha":[2],"zeta":1}`, "the order never changes"},
		{"no values", &problem.Problem{Reason: steps}, `{"type":"https://example.com/problems/needs-team","title":"Needs a team","status":403,"detail":"Join ….","code":"needs-team",` +
			`"next":[{"kind":"join-team","title":"Join …","actor":"user","params":{"fixed":"1"}},{"kind":"see-team","actor":"user"},{"kind":"sign-in","title":"Sign in","href":"/in","method":"GET","actor":"user"}]}`,
			"an address that is not complete is left out"},
		{"hostile values", &problem.Problem{Reason: steps, Args: map[string]any{"team": "..", "url": "javascript:alert(1)"}, Detail: "</script>\u2028", Next: []problem.NextStep{
			{Kind: "a", Href: "/teams/{team}/join"}, {Kind: "b", Href: "{url}"}, {Kind: "c", Href: "//evil.example"}, {Kind: "d", Href: "/{team"}, {Kind: "e", Href: "{return_to}"},
		}}, `{"type":"https://example.com/problems/needs-team","title":"Needs a team","status":403,"detail":"\u003c/script\u003e\u2028","code":"needs-team",` +
			`"next":[{"kind":"a","actor":"user"},{"kind":"b","actor":"user"},{"kind":"c","actor":"user"},{"kind":"d","actor":"user"},{"kind":"e","actor":"user"}]}`,
			"no step leads where none may"},
		{"addressees", &problem.Problem{Reason: untyped, Args: map[string]any{"owner": "ana+x@example.com?bcc=b@c,d@e", "number": "+49 30 1"}, Next: []problem.NextStep{
			{Kind: "a", Href: "mailto:{owner}?subject={number}{owner}"}, {Kind: "b", Href: "TEL:{number}"}, {Kind: "d", Href: "mailto:{owner}@example.com"}, {Kind: "c", Href: "https://example.com/{owner}"},
		}}, `{"type":"about:blank","title":"Forbidden","status":403,"code":"untyped",` +
			`"next":[{"kind":"a","href":"mailto:ana+x@example.com%3Fbcc%3Db@c%2Cd@e?subject=%2B49%2030%201ana%2Bx%40example.com%3Fbcc%3Db%40c%2Cd%40e","method":"GET","actor":"user"},` +
			`{"kind":"b","href":"TEL:+49%2030%201","method":"GET","actor":"user"},{"kind":"d","href":"mailto:ana%2Bx%40example.com%3Fbcc%3Db%40c%2Cd%40e@example.com","method":"GET","actor":"user"},{"kind":"c","href":"https://example.com/ana%2Bx%40example.com%3Fbcc%3Db%40c%2Cd%40e","method":"GET","actor":"user"}]}`,
			"@ and + belong to the address (RFC 6068 §2, RFC 3966 §3), and nothing else gets into it"},
		{"braces", problem.MustReason(problem.Definition{Code: "braces", Status: 403, Title: "Use {{x}}", Detail: "Not {{y}}.", Type: "/p/braces"}).Because(nil),
			`{"type":"/p/braces","title":"Use {x}","status":403,"detail":"Not {y}.","code":"braces"}`, "each is written twice in a Definition, also in the title"},
		{"blank type", blank1.Because(nil), `{"type":"about:blank","title":"Forbidden","status":403,"code":"blank-one"}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := json.Marshal(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Errorf("JSON differs (-want +got):\n%s%s", diff, tt.why)
			}
			direct, err := tt.in.MarshalJSON()
			if err != nil || string(direct) != string(got) {
				t.Errorf("MarshalJSON alone gives %s, %v", direct, err)
			}
		})
	}
}

func TestMarshalJSONOfNil(t *testing.T) {
	got, err := json.Marshal((*problem.Problem)(nil))
	if err != nil || string(got) != "null" {
		t.Errorf("got %s, %v; want null", got, err)
	}
}

// A cause with exported fields, as drivers have.
type dbError struct{ DSN string }

func (e dbError) Error() string { return "cannot reach " + e.DSN }

// The cause is never sent, however the Problem gets into what is encoded.
func TestMarshalJSONByValue(t *testing.T) {
	p := problem.NotFound.Because(dbError{"postgres://u:secret@h"})
	p.Also = []*problem.Problem{problem.NotOwner.Because(dbError{"secret"})}
	want, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]any{
		"value":           *p,
		"in a list":       []problem.Problem{*p},
		"field":           struct{ Denial problem.Problem }{*p},
		"embedded":        struct{ problem.Problem }{*p},
		"in a map":        map[string]problem.Problem{"denial": *p},
		"in an Extension": &problem.Problem{Extensions: map[string]any{"denial": *p}},
	} {
		got, err := json.Marshal(in)
		if err != nil || !bytes.Contains(got, want) || bytes.Contains(got, []byte("secret")) {
			t.Errorf("%s: got %s, %v; want %s in it", name, got, err, want)
		}
	}
}

func TestMarshalJSONRefuses(t *testing.T) {
	for _, ext := range []map[string]any{{"status": 200}, {"x": func() {}}, {"": 1}} {
		if b, err := json.Marshal(&problem.Problem{Extensions: ext}); err == nil {
			t.Errorf("%v: got %s", ext, b)
		}
		if b, err := json.Marshal(&problem.Problem{Also: []*problem.Problem{{Extensions: ext}}}); err == nil {
			t.Errorf("%v in also: got %s", ext, b)
		}
	}
	const want = `problem: extension "status": a problem document has a member of that name; choose another`
	if _, err := (&problem.Problem{Extensions: map[string]any{"status": 200}}).MarshalJSON(); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A Problem that requires itself, by mistake, is still one document.
func TestMarshalJSONEnds(t *testing.T) {
	p := &problem.Problem{Reason: untyped}
	p.Also = []*problem.Problem{p}
	b, err := json.Marshal(p)
	if err != nil || strings.Count(string(b), `"also"`) != 4 {
		t.Errorf("got %s, %v", b, err)
	}
}

// What is written can be read: it keeps to the limits of Decode.
func TestMarshalJSONKeepsToLimits(t *testing.T) {
	p := &problem.Problem{Next: make([]problem.NextStep, 100), Also: make([]*problem.Problem, 100)}
	for i := range p.Also {
		p.Also[i] = &problem.Problem{Reason: untyped}
	}
	b, err := json.Marshal(p)
	if err != nil || strings.Count(string(b), `"kind"`) != 64 || strings.Count(string(b), `"untyped"`) != 32 {
		t.Errorf("got %s, %v", b, err)
	}
}

// args has a value for every placeholder of r.
func args(r problem.Reason) map[string]any {
	out := map[string]any{}
	add := func(s string) {
		for {
			_, rest, ok := strings.Cut(s, "{")
			if !ok {
				return
			}
			name, rest, _ := strings.Cut(rest, "}")
			name = strings.TrimSuffix(name, "|or")
			switch s = rest; {
			case strings.HasSuffix(name, "url") || strings.HasSuffix(name, "uri"):
				out[name] = "https://example.com/" + name
			case name != problem.RetryAfterArg:
				out[name] = []string{"<one>", "two"}
			}
		}
	}
	add(r.Detail())
	for _, s := range r.Next() {
		add(s.Href)
		add(s.Title)
		for _, v := range s.Params {
			add(v)
		}
	}
	return out
}

// Every built-in reason, with and without values, is read back as what was
// written, and known again.
func TestBuiltInReasonsRoundTrip(t *testing.T) {
	set := newSet(t, problem.Common()...)
	for _, r := range problem.Common() {
		for name, p := range map[string]*problem.Problem{
			"alone": {Reason: r},
			"full": {
				Reason: r, Args: args(r), Instance: "urn:uuid:1", RetryAfter: time.Minute, Extensions: map[string]any{"balance": 30.0, "list": []any{"a", nil}},
				Also: []*problem.Problem{{Reason: problem.EmailUnverified}},
			},
		} {
			t.Run(r.Code()+"/"+name, func(t *testing.T) {
				b, err := json.Marshal(p)
				if err != nil {
					t.Fatal(err)
				}
				got, err := set.Decode(problemJSON, strings.NewReader(string(b)))
				if err != nil {
					t.Fatal(err)
				}
				if !errors.Is(got, r) || got.Reason != r {
					t.Errorf("%s is read as %v", b, got.Reason)
				}
				if got.Instance != p.Instance || !cmp.Equal(p.Extensions, got.Extensions) || len(got.Next) != len(r.Next()) || len(got.Also) != len(p.Also) {
					t.Errorf("%s is read as %+v", b, got)
				}
				if want := strings.TrimPrefix(p.Error(), r.Error()); want != strings.TrimPrefix(got.Error(), r.Error()) {
					t.Errorf("detail is %q, want %q", got.Detail, want)
				}
				if p.Args != nil && strings.Contains(string(b), "…") {
					t.Errorf("a placeholder has no value: %s", b)
				}
				// The order of the members is that of the text.
				at := -1
				for _, member := range []string{`{"type":`, `,"title":`, `,"status":`, `,"detail":`, `,"instance":`, `,"code":`, `,"next":[`, `,"also":[`, `,"balance":30`, `,"list":["a",null]}`} {
					i := strings.Index(string(b), member)
					if i >= 0 && i < at {
						t.Errorf("%s is out of order in %s", member, b)
					}
					at = max(at, i)
				}
				again, err := json.Marshal(got)
				if err != nil || string(again) != string(b) {
					t.Errorf("written again as\n%s, %v, want\n%s", again, err, b)
				}
			})
		}
	}
}

func BenchmarkMarshalJSON(b *testing.B) {
	role := problem.NeedRole("Editor", "Owner")
	role.Also = []*problem.Problem{problem.NeedScope("a", "b")}
	for name, p := range map[string]*problem.Problem{"zero": {}, "plain": {Reason: problem.EmailUnverified}, "full": role} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = p.MarshalJSON()
			}
		})
	}
}
