package render_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// Reasons of an application, with placeholders wherever one may stand.
var ownReasons = []problem.Reason{
	problem.MustReason(problem.Definition{
		Code: "own-everywhere", Status: 401, Title: "Everywhere", Detail: "{a} and {b|or}[ in {c}], then {d}{e}.",
		Challenges: []problem.Challenge{problem.Bearer("r").With("scope", "{a}").With("x", "{b}"), problem.Basic("{c}")},
		Next: []problem.NextStep{
			{Kind: problem.SignIn, Href: "/t/{a}/x?y={b}&n={return_to}", Title: "Go {a}: {b}"},
			{Kind: problem.ReadDocs, Href: "{c}", Params: map[string]string{"p": "{d}", "q": "{e}"}},
			{Kind: problem.Wait, Params: map[string]string{"retry_after": "{retry_after}", "until": "{until}"}},
		},
		Fields: []problem.Param{{Name: "X-A", Value: "{a}"}, {Name: "X-B", Value: `n="{b}"`}},
	}),
	problem.MustReason(problem.Definition{
		Code: "own-beside-each-other", Status: 403, Title: "Beside", Detail: "{a}{b}. [{c}]{d}: www{e}",
		Next: []problem.NextStep{
			{Kind: problem.RequestAccess, Href: "https://x.example/{a}?{b}={c}&d;{d};", Title: "{d}"},
			{Kind: problem.Retry, Method: "POST", Href: "/r/{e}"},
			{Kind: problem.ContactSales, Href: "mailto:{a}?subject={b}"},
			{Kind: problem.ContactSupport, Href: "mailto:{b}@x.example"},
			{Kind: "own-kind", Method: "PUT", Title: "{e} {a}", Href: "/o", Params: map[string]string{"zz": "{a}"}},
		},
	}),
	problem.MustReason(problem.Definition{
		Code: "own-values-alone", Status: 403, Title: "Alone", Detail: "{b}",
		Next: []problem.NextStep{{Kind: "own-kind", Title: "{c|or}", Href: "{return_to}", Params: map[string]string{"d": "{d}"}}},
	}),
	problem.MustReason(problem.Definition{
		Code: "own-error", Status: 401, Title: "Error", Detail: "{a}",
		Challenges: []problem.Challenge{{Scheme: "Bearer", Params: []problem.Param{{Name: "error", Value: "invalid_token"}}}},
	}),
	problem.MustReason(problem.Definition{
		Code: "own-error-of-a-value", Status: 401, Title: "Error", Detail: "{a}",
		Challenges: []problem.Challenge{problem.Bearer("r").With("error", "{a}")},
	}),
}

// What texts and addresses of reasons are made of: placeholders, and what may be
// markup together with the value beside it.
var (
	templatePieces = []string{
		"{a}", "{a}", "{b}", "{b}", "{c|or}", "[{d}]", "[ {e}{a}]", "{d}{e}", "a", "Word ", "1", "12", ".", ")", "(", "-", "+", "=", "#", " ", "w", "ww", "www", "://", ":", "/", "//",
		"http", "&", "&#", "&amp", ";", "`", "[x]", "[", "]", "{{", "}}", "<", ">", "\"", "'", "_", "*", "~", "!", "|", "@", "=_denial_part_=", "_7f1", "é", "א", "\\",
	}
	templateHrefs = []string{
		"", "{a}", "/x/{a}", "/{b}/{a}.x?{c}", "/x?{a}{b}&{c}", "https://{a}/", "https://{a}.example/{b}?r={return_to}", "/r?{return_to}{a}", "{return_to}", "/x?a=1#{c}",
		"mailto:{a}@x.example", "mailto:{b}", "tel:{d}", "http://x.example/(y)'z'?{a};{b}", "/a;{a};&{b};",
	}
)

// randomReason returns a reason that is made of those, where there can be one.
func randomReason(r *rand.Rand, code string) (problem.Reason, error) {
	text := func() (s string) {
		for range r.IntN(7) {
			s += pick(r, templatePieces)
		}
		return s
	}
	d := problem.Definition{Code: code, Status: pick(r, []int{401, 403, 407, 429}), Title: "Random", Detail: text()}
	for range r.IntN(4) {
		d.Next = append(d.Next, problem.NextStep{
			Kind: pick(r, []problem.StepKind{problem.ReadDocs, problem.SignIn, problem.Wait, "own"}), Title: text(), Href: pick(r, templateHrefs), Method: pick(r, []string{"", "GET", "POST", "PUT"}),
			Params: map[string]string{"p": pick(r, []string{"{a}", "{b}", "x", "``"}), "retry_after": pick(r, []string{"{retry_after}", "5", "{a}"}), "until": pick(r, []string{"{until}", "{b}"})},
		})
	}
	if d.Status == 401 && r.IntN(2) == 0 {
		d.Challenges = []problem.Challenge{problem.Bearer("q").With("scope", "{a}").With("zz", "{b}")}
	}
	if r.IntN(2) == 0 {
		d.Fields = []problem.Param{{Name: "X-A", Value: pick(r, []string{"{a}", "x {a}; y={b}", "<{a}>", "{c}", "a[{b}]"})}}
	}
	return problem.NewReason(d)
}

// oddPieces are what texts are made of that one form or another minds.
var oddPieces = []string{
	" ", "  ", "\t", "\n", "\x00", "\xff", "\u2028", "`", "``", "&", "&amp;", ";", "www", "www.", ":", "://", "/", "//", "1", "1.", ")", "=", "+", "-", "#",
	"http", "]]>", "\\", "%41", "%", "'", "\"", "(", "{return_to}", "{{", "}}", "é", "\u0301", "=_denial_part_=_7f1b", "--", "😀", "\ufffe", "\ufeff", "a", "b c",
	"..", ".", "\u202e", "مد", "i", "hi", "o", "<", ">", "*", "_", "~", "|", "!", "[x]", "https://a.example/x", "mailto:a@b", "@", "invalid_token", "insufficient_scope",
}

func odd(r *rand.Rand) string {
	s := ""
	for range 1 + r.IntN(3) {
		s += pick(r, oddPieces)
	}
	return s
}

// like returns another value of the kind of v, so that the same answer may be
// prepared for both.
func like(r *rand.Rand, v any) any {
	switch v := v.(type) {
	case string:
		return odd(r)
	case []string:
		list := make([]string, len(v))
		for i := range list {
			if list[i] = odd(r); r.IntN(20) == 0 {
				list[i] = ""
			}
		}
		return list
	case int:
		return r.IntN(1000)
	case float64:
		return pick(r, []float64{0, math.Copysign(0, -1), 1.5, 1e300, 1e-9, 2, 1, 123456.789})
	case time.Duration:
		return time.Duration(r.Int64N(1<<50)) - 1000
	case time.Time:
		return time.Unix(r.Int64N(1<<40)-(1<<36), 7).In(time.FixedZone("x", 3600*(r.IntN(24)-12)))
	}
	return v
}

// TestPreparedOwnReasons holds answers for reasons of an application to those
// of the slow twin: what was prepared for one occurrence, with ordinary values,
// is asked for again with odd ones, by other clients.
func TestPreparedOwnReasons(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(2, seed))
	rounds := 600
	if testing.Short() || raceEnabled {
		rounds = 60
	}
	languages := []string{"en", "ar", "es", "ja", "fa", "pl", "de", "it"}
	targets := []string{"/reports", "/x?a=1&b='2'", "/&sol;x", "/t/ab/x", "/a%20b", "/=_denial_part_=_7f1b", "/a;b?c&d;e"}
	quick := 0
	var deny *render.Renderer
	var reasons []problem.Reason
	for round := range rounds {
		if round%12 == 0 {
			reasons = slices.Clone(ownReasons)
			for i := range 12 {
				if reason, err := randomReason(r, fmt.Sprint("random-", i)); err == nil {
					reasons = append(reasons, reason)
				}
			}
			deny = mustNew(t, render.Config{Reasons: reasons, OnFault: func(error) {}, Links: links})
		}
		args := make(map[string]any)
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			args[name] = pick(r, []any{"ab", "xy", []string{"o", "i"}, []string{"z"}, "https://a.example/b", 7, 2.5, 5 * time.Minute, time.Now()})
		}
		if r.IntN(2) == 0 {
			args["retry_after"], args["until"] = 5, time.Now()
		}
		p := &problem.Problem{Reason: pick(r, reasons), Args: args}
		if r.IntN(3) == 0 {
			p.Instance = "urn:x"
		}
		if r.IntN(4) == 0 {
			p.Detail = "Own words"
		}
		accept, language := "Accept: "+pick(r, allFormats).MediaType(), "Accept-Language: "+pick(r, languages)
		for i := range 20 {
			q := *p
			if i > 0 {
				q.Args = make(map[string]any)
				for name, v := range args {
					if r.IntN(3) == 0 {
						v = like(r, v)
					}
					q.Args[name] = v
				}
				if q.Instance != "" {
					q.Instance = odd(r)
				}
				if q.Detail != "" {
					q.Detail = odd(r)
				}
			}
			fields := []string{accept, language}
			if r.IntN(2) == 0 {
				fields = append(fields, "Authorization: x")
			}
			req := renderRequest(pick(r, targets), fields...)
			if render.Prepared(deny, req, &q) {
				quick++
			}
			same(t, deny, render.Slow(deny), req, &q)
		}
	}
	t.Logf("%d answers were prepared", quick)
	if quick < rounds {
		t.Errorf("only %d answers of %d were made of what had been prepared", quick, 20*rounds)
	}
}

// blocking is an error that waits when it is looked into the second time.
type blocking struct {
	error
	looks       int
	ready, goOn chan bool
}

func (b *blocking) Unwrap() error {
	if b.looks++; b.looks == 2 {
		b.ready <- true
		<-b.goOn
	}
	return b.error
}

// TestPreparedInOneLanguage is that two occurrences of a reason which have
// texts in different languages do not get pieces of each other's answer.
func TestPreparedInOneLanguage(t *testing.T) {
	own := problem.MustReason(problem.Definition{Code: "seats", Status: 403, Title: "Seats", Detail: "One of {roles} is needed."})
	titleOnly := fstest.MapFS{"de.json": {Data: []byte(`{"reason.seats.title":"Plätze"}`)}}
	deny := mustNew(t, render.Config{Reasons: []problem.Reason{own}, Locales: titleOnly, OnFault: func(error) {}})
	req := renderRequest("/x", "Accept-Language: de")
	args := map[string]any{"roles": []string{"a", "b"}}
	german := &blocking{error: &problem.Problem{Reason: own, Args: args, Detail: "x"}, ready: make(chan bool), goOn: make(chan bool)}
	done := make(chan bool)
	go func() { deny.Render(req, german); close(done) }()
	<-german.ready
	english := &problem.Problem{Reason: own, Args: args}
	same(t, deny, render.Slow(deny), req, english)
	german.goOn <- true
	<-done
	same(t, deny, render.Slow(deny), req, english)
	same(t, deny, render.Slow(deny), req, german.error)
}

// TestPreparedForWhoAsks is that a challenge which only credentials explain is
// the same for everybody who asks first.
func TestPreparedForWhoAsks(t *testing.T) {
	for _, reason := range ownReasons[3:] {
		for _, first := range []string{"Authorization: Bearer x", "Accept: */*"} {
			deny := mustNew(t, render.Config{Reasons: ownReasons, OnFault: func(error) {}})
			p := &problem.Problem{Reason: reason, Args: map[string]any{"a": "invalid_token"}}
			for _, field := range []string{first, "Authorization: Bearer x", "Accept: */*"} {
				same(t, deny, render.Slow(deny), renderRequest("/", field), p)
			}
			p = &problem.Problem{Reason: reason, Args: map[string]any{"a": "insufficient_scope"}}
			same(t, deny, render.Slow(deny), renderRequest("/", first), p)
		}
	}
}
