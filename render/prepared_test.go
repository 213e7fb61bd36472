package render_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/denial-go/denial/templates"
)

// same compares the answer of deny with that of its slow twin.
func same(t testing.TB, deny, slow *render.Renderer, req render.Request, err error) render.Response {
	t.Helper()
	want, got := slow.Render(req, err), deny.Render(req, err)
	if diff := cmp.Diff(want, got, cmp.Transformer("text", func(b []byte) string { return string(b) })); diff != "" {
		t.Fatalf("%s %s %v, %v: the quick answer differs (-slow +quick):\n%s", req.Method, req.Target, req.Header, err, diff)
	}
	return got
}

func renderRequest(target string, fields ...string) render.Request {
	r := get("/", fields...)
	return render.Request{Method: "GET", Target: target, Header: r.Header}
}

// addFields adds some of the fields that answers depend on beside Accept and
// Accept-Language.
func addFields(random *rand.Rand, req render.Request) {
	for _, f := range []string{"Sec-Fetch-Mode: navigate", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin", "X-Requested-With: XMLHttpRequest", "Authorization: Bearer x", "Origin: https://a.example"} {
		if random.IntN(3) == 0 {
			name, value, _ := strings.Cut(f, ": ")
			req.Header.Set(name, value)
		}
	}
}

// values are Args that every placeholder of the built-in reasons can have.
var argValues = []any{
	"editor", "a b", `<b>"quoted"</b>`, "مدير", "日本語\u202e", "..", "a/b?c=d&e", "https://pay.example/x?y=(z)", "https://pay.example/x", "billing_admin", "1. one", "-", "it's",
	5, 1, 0, 1234567, -3, int64(2), uint64(7), 2.5, int8(3),
	[]string{"editor"}, []string{"one", "two"}, []string{"ا", "b", "c&d"}, []string{"i1", "i2", "i3", "i4", "i5", "i6"}, []string{}, "",
	5 * time.Minute, 90 * time.Second, time.Duration(0), time.Date(2026, 12, 1, 9, 30, 0, 0, time.UTC), time.Time{},
	struct{}{}, nil,
}

// TestPreparedIsSlow holds answers made of what has been prepared to the bytes
// and header fields of those made without, for every reason and form, in
// languages of each script and direction, with values of every kind.
func TestPreparedIsSlow(t *testing.T) {
	for name, c := range map[string]render.Config{
		"links":      {Links: links, Brand: render.Brand{Name: "Café +1", Home: "/", Help: "mailto:help@site.example"}},
		"no auth":    {NoHTTPAuth: true, TypeBase: "https://site.example/problems/", Links: map[problem.StepKind]string{problem.SignIn: "/go/{return_to}", problem.Pay: "https://{plan}.pay.example/"}},
		"challenges": {Challenges: []problem.Challenge{problem.Basic("a"), problem.Bearer("b")}, DefaultLanguage: "ar", Formats: []render.Format{render.HTML, render.Multipart, render.JSON, render.XML, render.Text, render.Markdown}},
	} {
		t.Run(name, func(t *testing.T) { testPreparedIsSlow(t, c) })
	}
}

func testPreparedIsSlow(t *testing.T, c render.Config) {
	c.Reasons = []problem.Reason{planTooSmall}
	c.OnFault = func(error) {} // values that do not fit
	deny := mustNew(t, c)
	slow := render.Slow(deny)
	rounds := 3
	if testing.Short() {
		rounds = 1
	}
	random := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	languages := []string{"en", "ar", "ja", "de", "pl", "he", "th", "sr-Latn"}
	targets := []string{"/reports", "/reports?a=b&c='(d)'", "", "//evil", "/sign-in", "/a%20b?q=%27"}
	quick := 0
	for _, reason := range append(problem.Common(), planTooSmall, problem.Reason{}) {
		for _, format := range allFormats {
			for range rounds {
				lang, target := pick(random, languages), pick(random, targets)
				req := renderRequest(target, "Accept-Language: "+lang, "Accept: "+format.MediaType())
				addFields(random, req)
				names := placeholders(reason)
				args := make(map[string]any)
				for _, n := range names {
					if random.IntN(4) > 0 {
						args[n] = pick(random, argValues)
					}
				}
				p := &problem.Problem{Reason: reason, Args: args}
				if random.IntN(3) == 0 {
					p.RetryAfter = time.Duration(random.IntN(1e6)) * time.Millisecond
				}
				if random.IntN(4) == 0 {
					p.Instance = "urn:x:" + pick(random, awkward)
				}
				if random.IntN(6) == 0 {
					p.Detail = "Own words: " + pick(random, awkward)
				}
				if random.IntN(6) == 0 {
					req.Instance = "/denials/7"
				}
				if random.IntN(4) == 0 {
					p.Extensions = map[string]any{"trace": pick(random, awkward), "limit": 5, pick(random, awkward): pick(random, argValues)}
				}
				// The first answer prepares, the second is prepared, and the
				// third is prepared for other values than its own.
				same(t, deny, slow, req, p)
				if render.Prepared(deny, req, p) {
					quick++
				}
				same(t, deny, slow, req, p)
				for _, n := range names {
					if _, ok := p.Args[n].(string); ok {
						other := *p
						other.Args = maps.Clone(p.Args)
						other.Args[n] = pick(random, awkward)
						same(t, deny, slow, req, &other)
					}
				}
			}
		}
	}
	t.Logf("%d answers were prepared", quick)
	if quick < 100 {
		t.Errorf("only %d answers were made of what had been prepared", quick)
	}
}

var planTooSmall = problem.MustReason(problem.Definition{
	Code: "test-plan-too-small", Status: 403, Title: "Plan too small",
	Detail: "{who} needs {plan|or} for {count} seats[, {retry_after}].",
	Next: []problem.NextStep{
		{Kind: problem.UpgradePlan, Title: "Choose {plan|or}", Href: "/plans/{who}?for={plan}&next={return_to}"},
		{Kind: problem.Pay, Href: "/pay?who={who}", Method: "POST", Params: map[string]string{"count": "{count}", "fixed": "1"}},
		{Kind: problem.ReadDocs, Href: "https://docs.example/{who}"},
		{Kind: problem.ContactSales, Href: "tel:{who}"},
	},
	Challenges: []problem.Challenge{{Scheme: "Bearer", Params: []problem.Param{{Name: "error", Value: "insufficient_scope"}, {Name: "scope", Value: "{plan}"}}}},
	Fields:     []problem.Param{{Name: "X-Plan", Value: "{plan}"}, {Name: "X-Who", Value: "<{who}>"}},
})

// placeholders are the names of a reason's values.
func placeholders(r problem.Reason) []string {
	text := fmt.Sprint(r.Detail(), r.Next(), r.Challenges(), r.Fields())
	var names []string
	for {
		_, rest, ok := strings.Cut(text, "{")
		if !ok {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		name = strings.TrimSuffix(name, "|or")
		if text = after; name != "return_to" && !slices.Contains(names, name) && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") == "" {
			names = append(names, name)
		}
	}
	return names
}

// TestPreparedEverywhere is that after one answer of each kind, the next is
// prepared: for every reason, in every language and form.
func TestPreparedEverywhere(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links})
	for _, reason := range problem.Common() {
		for _, lang := range deny.Languages() {
			for _, format := range allFormats {
				req := renderRequest("/reports", "Accept-Language: "+lang, "Accept: "+format.MediaType())
				deny.Render(req, reason)
				if !render.Prepared(deny, req, reason) {
					t.Errorf("%s, %s, %s: the second answer is not prepared", reason.Code(), lang, format.MediaType())
				}
			}
		}
	}
	bodies, heads, size := render.Kept(deny)
	t.Logf("%d bodies, %d heads, %d bytes", bodies, heads, size)
}

// TestPreparedWithValues is that the helpers of package problem get answers
// that are prepared, with whatever ordinary values.
func TestPreparedWithValues(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links})
	for _, test := range []struct{ first, then error }{
		{problem.NeedRole("editor"), problem.NeedRole("مدير")},
		{&problem.Problem{Reason: problem.RoleMissing, Args: map[string]any{"role": "مدير"}}, &problem.Problem{Reason: problem.RoleMissing, Args: map[string]any{"role": "editor"}}},
		{problem.NeedRole("editor", "admin"), problem.NeedRole("a", "b<c>")},
		{problem.NeedScope("reports:write"), problem.NeedScope("a:b", "c")},
		{problem.NeedScope("a"), fmt.Errorf("wrapped: %w", problem.NeedScope("b"))},
		{&problem.Problem{Reason: problem.RateLimited, RetryAfter: time.Minute}, &problem.Problem{Reason: problem.RateLimited, RetryAfter: time.Hour}},
		{&problem.Problem{Reason: problem.RoleMissing, Extensions: map[string]any{"trace_id": "8c5e"}}, &problem.Problem{Reason: problem.RoleMissing, Extensions: map[string]any{"a": []int{1}, "<b>": "</script>"}}},
		{errors.Join(problem.ApprovalRequired, problem.InsufficientScope), errors.Join(problem.SignInRequired, problem.EmailUnverified, problem.TermsNotAccepted)},
		{&problem.Problem{Reason: problem.EmailUnverified, Instance: "/a"}, problem.EmailUnverified.Because(http.ErrNoCookie)},
	} {
		for i := range 2 * len(allFormats) {
			format, language := allFormats[i/2], []string{"en", "ar"}[i%2]
			req := renderRequest("/reports?year=2026", "Accept: "+format.MediaType(), "Accept-Language: "+language)
			deny.Render(req, test.first)
			deny.Render(req, test.then)
			if !render.Prepared(deny, req, test.first) {
				t.Errorf("%v, %s: not prepared", test.first, format.MediaType())
			}
			if !render.Prepared(deny, req, test.then) {
				t.Errorf("%v, %s: not prepared", test.then, format.MediaType())
			}
			same(t, deny, render.Slow(deny), req, test.then)
		}
	}
}

// TestPreparedListOfOne is that a list of one needs nothing else than a text does:
// the helpers make lists, and name one role or scope most of the time.
func TestPreparedListOfOne(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links})
	list, text := problem.NeedRole("مدير"), &problem.Problem{Reason: problem.RoleMissing, Args: map[string]any{"role": "R&D"}}
	for _, format := range allFormats {
		req := renderRequest("/reports", "Accept: "+format.MediaType())
		deny.Render(req, list)
		if !render.Prepared(deny, req, text) {
			t.Errorf("%s: not prepared by a list", format.MediaType())
		}
		same(t, deny, render.Slow(deny), req, text)
		same(t, deny, render.Slow(deny), req, list)
	}
}

// TestPreparedWithExtensions is about members that an answer may have beside what
// is prepared: those of one answer are not in the next, and what cannot be sent is
// told each time.
func TestPreparedWithExtensions(t *testing.T) {
	faults := 0
	deny := mustNew(t, render.Config{OnFault: func(error) { faults++ }})
	slow := render.Slow(deny)
	with := func(extensions map[string]any) *problem.Problem {
		return &problem.Problem{Reason: problem.RoleMissing, Args: map[string]any{"role": "editor"}, Extensions: extensions}
	}
	for _, format := range allFormats {
		req := renderRequest("/reports", "Accept: "+format.MediaType())
		document := format != render.HTML && format != render.Text && format != render.Markdown
		for range 3 {
			for _, tt := range []struct {
				extensions map[string]any
				quick      bool
				faults     int // that are told of a form with members
			}{
				{nil, true, 0},
				{map[string]any{}, true, 0},
				{map[string]any{"trace_id": "8c5e0f"}, true, 0},
				{map[string]any{"a": "<&>\u2028", "b": []any{1, true, nil, map[string]any{"c": "]]>"}}, "xml": 1, "no name": 2}, true, 0},
				{map[string]any{"a": "--=_denial_part_=_7f1b--"}, format != render.Multipart, 0},
				{map[string]any{"a": func() {}, "trace_id": "8c5e0f"}, false, 1},
				{map[string]any{"a": panickingExtension{}}, false, 1},
				{map[string]any{"status": 200, "type": "x", "a": 1}, false, 1},
			} {
				p := with(tt.extensions)
				same(t, deny, slow, req, p)
				faults = 0
				resp := deny.Render(req, p)
				want := 0
				if document {
					want = tt.faults
				}
				if faults != want {
					t.Errorf("%s, %v: %d faults, want %d", format.MediaType(), tt.extensions, faults, want)
				}
				if strings.Contains(string(resp.Body), "8c5e0f") != (document && tt.extensions["trace_id"] != nil) {
					t.Errorf("%s, %v: %s", format.MediaType(), tt.extensions, resp.Body)
				}
				if got := render.Prepared(deny, req, p); got != (tt.quick || !document) {
					t.Errorf("%s, %v: whether it is prepared: %v", format.MediaType(), tt.extensions, got)
				}
			}
		}
	}
	if bodies, _, _ := render.Kept(deny); bodies != len(allFormats)+3 {
		t.Errorf("%d bodies are kept for %d forms, 3 of them with members", bodies, len(allFormats))
	}
}

// TestPreparedTogetherWithOthers is about several requirements at once, joined
// as errors or in Also: answered as the slow twin does, and prepared where no more
// is said than their reasons do.
func TestPreparedTogetherWithOthers(t *testing.T) {
	random := rand.New(rand.NewPCG(4, uint64(time.Now().UnixNano())))
	c := render.Config{
		Links: links, OnFault: func(error) {}, Reasons: []problem.Reason{planTooSmall}, Challenges: []problem.Challenge{problem.Basic("a"), problem.Bearer("b")},
	}
	unlisted := problem.MustReason(problem.Definition{Code: "unlisted", Status: 403, Title: "Unlisted"})
	set, err := problem.NewSet(problem.Common()...)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := set.Decode("application/problem+json", strings.NewReader(`{"status": 403, "code": "role-missing", "title": "Theirs"}`))
	if err != nil {
		t.Fatal(err)
	}
	known := append(problem.Common(), planTooSmall)
	languages := []string{"en", "ar", "ja", "de", "he"}
	quick := 0
	for range 12 {
		deny := mustNew(t, c)
		slow := render.Slow(deny)
		for range render.MaxCombinations / 2 {
			a, b, c := pick(random, known), pick(random, known), pick(random, known)
			if a == b || b == c || a == c {
				continue
			}
			own := &problem.Problem{Reason: a, Instance: "/denials/4711", Detail: "Own <words>.", Extensions: map[string]any{"trace_id": "8c5e"}}
			for _, tt := range []struct {
				name     string
				err      error
				prepared bool
			}{
				{"joined", errors.Join(a, b), true},
				{"of many placeholders", errors.Join(problem.ApprovalRequired, problem.InsufficientScope), true},
				{"joined otherwise", errors.Join(b, a), true},
				{"with causes", fmt.Errorf("checking: %w", errors.Join(a.Because(http.ErrNoCookie), b)), true},
				{"three", &problem.Problem{Reason: a, Also: []*problem.Problem{{Reason: b}, {Reason: c}}}, true},
				{"the first with more", &problem.Problem{Reason: own.Reason, Instance: own.Instance, Detail: own.Detail, Extensions: own.Extensions, Also: []*problem.Problem{{Reason: b}}}, true},
				{"nobody else", &problem.Problem{Reason: a, Also: []*problem.Problem{}}, true},
				{"nil", &problem.Problem{Reason: a, Also: []*problem.Problem{nil, {Reason: b}}}, false},
				{"the second with more", &problem.Problem{Reason: b, Also: []*problem.Problem{pick(random, []*problem.Problem{
					own, {Reason: a, Detail: "Own."}, {Reason: a, Instance: "/x"}, {Reason: a, RetryAfter: time.Minute}, {Reason: a, Next: []problem.NextStep{}},
					{Reason: a, Challenges: []problem.Challenge{}}, {Reason: a, Extensions: map[string]any{"a": 1}}, decoded,
				})}}, false},
				{"with values", &problem.Problem{Reason: problem.RoleMissing, Args: map[string]any{"role": "editor"}, Also: []*problem.Problem{{Reason: b}}}, false},
				{"the second with values", &problem.Problem{Reason: b, Also: []*problem.Problem{problem.NeedRole("editor")}}, false},
				{"with a wait", errors.Join(problem.RetryIn(a, time.Minute), b), false},
				{"the zero Reason", &problem.Problem{Reason: a, Also: []*problem.Problem{{}}}, false},
				{"not listed", errors.Join(a, unlisted), false},
				{"five", errors.Join(problem.PolicyDenied, problem.EmailUnverified, problem.TermsNotAccepted, problem.AccountLocked, problem.TokenExpired), false},
				{"one in another", &problem.Problem{Reason: a, Also: []*problem.Problem{{Reason: b, Also: []*problem.Problem{{Reason: c}}}}}, false},
			} {
				req := renderRequest(pick(random, []string{"/reports?a=b", "/", "/sign-in"}), "Accept: "+pick(random, allFormats).MediaType(), "Accept-Language: "+pick(random, languages))
				addFields(random, req)
				same(t, deny, slow, req, tt.err)
				got := render.Prepared(deny, req, tt.err)
				if got && !tt.prepared {
					t.Errorf("%s: %v is prepared", tt.name, tt.err)
				}
				if got {
					quick++
				}
				same(t, deny, slow, req, tt.err)
				req.Header.Set("Authorization", "Basic eA==")
				req.Target = "/elsewhere?x=%22"
				same(t, deny, slow, req, tt.err)
			}
		}
	}
	if quick < 100 {
		t.Errorf("only %d answers were made of what had been prepared", quick)
	}
}

// TestPreparedCloak is that a requirement with a Cloak in its Cause hides all, and
// that it only: whichever comes first.
func TestPreparedCloak(t *testing.T) {
	plain := &problem.Problem{Reason: problem.RoleMissing, Also: []*problem.Problem{{Reason: problem.EmailUnverified}}}
	hidden := &problem.Problem{Reason: problem.RoleMissing, Also: []*problem.Problem{problem.EmailUnverified.Because(problem.Cloak(problem.PolicyDenied))}}
	joined := errors.Join(problem.RoleMissing, problem.EmailUnverified)
	for _, errs := range [][]error{{plain, hidden, joined}, {hidden, plain, joined}, {joined, hidden, plain}, {hidden, joined, plain}} {
		deny := mustNew(t, render.Config{})
		slow := render.Slow(deny)
		for range 3 {
			for _, err := range errs {
				want := 403
				if err == error(hidden) {
					want = 404
				}
				if got := same(t, deny, slow, renderRequest("/reports", "Accept: application/json"), err); got.Status != want {
					t.Errorf("status %d, want %d", got.Status, want)
				}
			}
		}
	}
}

// TestPreparedLabels is about the value that a step's own label has a place for.
func TestPreparedLabels(t *testing.T) {
	deny := mustNew(t, render.Config{OnFault: func(err error) { t.Error(err) }})
	slow := render.Slow(deny)
	for _, format := range allFormats {
		req := renderRequest("/reports", "Accept: "+format.MediaType())
		for range 2 {
			for _, err := range []error{
				problem.AccountPendingApproval,
				&problem.Problem{Reason: problem.AccountPendingApproval, Args: map[string]any{problem.RetryAfterArg: time.Minute}},
				&problem.Problem{Reason: problem.AccountPendingApproval, Args: map[string]any{problem.RetryAfterArg: nil}},
				problem.RetryIn(problem.AccountPendingApproval, time.Hour),
			} {
				same(t, deny, slow, req, err)
				if !render.Prepared(deny, req, err) {
					t.Errorf("%s, %v: not prepared", format.MediaType(), err)
				}
			}
		}
	}
}

// TestPreparedDetails is that the words of one requirement do not become those of
// another, where both once were the same.
func TestPreparedDetails(t *testing.T) {
	deny := mustNew(t, render.Config{})
	slow := render.Slow(deny)
	for _, format := range allFormats {
		req := renderRequest("/reports", "Accept: "+format.MediaType())
		for _, words := range []string{"Own words.", "Own words.", "Other words."} {
			same(t, deny, slow, req, &problem.Problem{Reason: problem.EmailUnverified, Detail: "Own words.", Also: []*problem.Problem{{Reason: problem.TermsNotAccepted, Detail: words}}})
		}
	}
}

// TestPreparedCombinations is that those of the first combinations are prepared,
// and what is kept has an end.
func TestPreparedCombinations(t *testing.T) {
	deny := mustNew(t, render.Config{})
	reasons := problem.Common()
	req := renderRequest("/reports", "Accept: application/json")
	for range 2 {
		for i := range 10 * render.MaxCombinations {
			err := errors.Join(reasons[i%len(reasons)], reasons[(i+1+i/len(reasons))%len(reasons)])
			deny.Render(req, err)
			if got, want := render.Prepared(deny, req, err), i < render.MaxCombinations; got != want {
				t.Errorf("combination %d, %v: whether it is prepared: %v", i, err, got)
			}
		}
	}
	if bodies, _, _ := render.Kept(deny); bodies != render.MaxCombinations {
		t.Errorf("%d bodies are kept", bodies)
	}
}

// varying is another text each time.
type varying struct{ n *int }

func (v varying) MarshalJSON() ([]byte, error) { *v.n++; return fmt.Appendf(nil, "%d", *v.n), nil }

// TestPreparedBesideExtensions is that members which cannot be prepared do not
// keep the answers without them from being.
func TestPreparedBesideExtensions(t *testing.T) {
	for _, value := range []any{varying{new(int)}, "=_denial_part_=_7f1b", func() {}} {
		for _, format := range allFormats {
			deny := mustNew(t, render.Config{OnFault: func(error) {}})
			req := renderRequest("/reports", "Accept: "+format.MediaType())
			for range 1100 {
				deny.Render(req, &problem.Problem{Reason: problem.RoleMissing, Extensions: map[string]any{"a": value}})
			}
			for _, err := range []error{problem.RoleMissing, problem.NeedRole("editor")} {
				deny.Render(req, err)
				if !render.Prepared(deny, req, err) {
					t.Errorf("%s, beside %T: %v is not prepared", format.MediaType(), value, err)
				}
			}
		}
	}
}

// TestPreparedGoesNotInCircles is that what was prepared for one page does not
// send the readers of the sign-in page back to it.
func TestPreparedGoesNotInCircles(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links})
	slow := render.Slow(deny)
	for _, target := range []string{"/reports", "/sign-in", "/sign-in/?a=b", "/sign%2Din", "/", ""} {
		for _, format := range allFormats {
			same(t, deny, slow, renderRequest(target, "Accept: "+format.MediaType()), problem.SignInRequired)
		}
	}
}

// TestPreparedIsBounded is that no number of requests or odd values adds to
// what is kept beyond what the configuration allows.
func TestPreparedIsBounded(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links, Reasons: []problem.Reason{planTooSmall}, OnFault: func(error) {}})
	random := rand.New(rand.NewPCG(2, 3))
	for i := range 4000 {
		args := make(map[string]any)
		for _, n := range placeholders(planTooSmall) {
			args[n] = pick(random, argValues)
		}
		target := fmt.Sprintf("/reports/%d?x=%d", i, random.Uint64())
		deny.Render(renderRequest(target, "Accept: application/json", fmt.Sprintf("Accept-Language: en, x-%d", i)),
			&problem.Problem{Reason: planTooSmall, Args: args, RetryAfter: time.Duration(random.IntN(3)), Instance: target})
	}
	bodies, heads, _ := render.Kept(deny)
	if bodies == 0 || bodies > render.MaxBodies || heads > render.MaxHeads {
		t.Errorf("%d bodies and %d heads are kept; want some, and at most %d and %d", bodies, heads, render.MaxBodies, render.MaxHeads)
	}
	for i := range 1000 {
		deny.Render(renderRequest("/"), problem.MustReason(problem.Definition{Code: fmt.Sprintf("made-up-%d", i), Status: 403, Title: "Made up"}))
	}
	if now, _, _ := render.Kept(deny); now != bodies {
		t.Errorf("reasons that the Config does not list added %d bodies", now-bodies)
	}
}

// TestValuesAreFresh has a middleware that spoils what it gets: the next
// answer must not show it.
func TestValuesAreFresh(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links})
	for _, err := range []error{problem.SignInRequired, problem.NeedScope("a"), problem.EmailUnverified} {
		req := get("/reports", "Accept: text/html", "Origin: https://a.example")
		answer(deny, req, err)
		want := answer(deny, req, err)
		longer := answer(deny, req, err).Header()
		for _, values := range longer {
			_ = append(values, "more") // must not run into the values of another field
		}
		if diff := cmp.Diff(want.Header(), longer); diff != "" {
			t.Errorf("%v: after something was added to each field (-want +got):\n%s", err, diff)
		}
		spoilt := answer(deny, req, err)
		for _, values := range spoilt.Header() {
			for i := range values {
				values[i] = "spoilt"
			}
		}
		b := spoilt.Body.Bytes()
		for i := range b {
			b[i] = '!'
		}
		resp := deny.Render(render.Request{Method: "GET", Target: "/reports", Header: req.Header}, err)
		for i := range resp.Body {
			resp.Body[i] = '!'
		}
		got := answer(deny, req, err)
		if diff := cmp.Diff(want.Header(), got.Header()); diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if !bytes.Equal(want.Body.Bytes(), got.Body.Bytes()) {
			t.Errorf("%v: the body has changed", err)
		}
	}
}

// TestPreparedTogether has many goroutines prepare and use the same answers.
func TestPreparedTogether(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links})
	slow := render.Slow(deny)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(g), 5))
			for range 60 {
				reason := problem.Common()[random.IntN(6)]
				req := renderRequest(fmt.Sprintf("/r?%d", random.IntN(5)), "Accept: "+pick(random, allFormats).MediaType(), "Accept-Language: "+pick(random, []string{"de", "ar"}))
				want, got := slow.Render(req, reason), deny.Render(req, reason)
				if !bytes.Equal(want.Body, got.Body) {
					t.Errorf("%s: bodies differ:\n%s\n%s", reason.Code(), want.Body, got.Body)
				}
			}
		})
	}
	wg.Wait()
}

// TestWriteAllocates counts what an answer allocates: one array for the values
// of all header fields, a string for each that is not known before, and what
// the ResponseWriter does.
func TestWriteAllocates(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links})
	const language = "Accept-Language: de-CH, de;q=0.9, en;q=0.8, *;q=0.5"
	hostile := strings.Repeat("a/b;q=0.1,", 820)
	three := &problem.Problem{Reason: problem.InsufficientScope, Args: map[string]any{"scope": "reports:write", "resource_metadata": "https://site.example/.well-known/oauth-protected-resource"}}
	for _, test := range []struct {
		name string
		req  *http.Request
		err  error
		most float64
	}{
		{"JSON", get("/reports", "Accept: application/json", language), problem.PolicyDenied, 2},
		{"multipart", get("/reports", "Accept: multipart/alternative", language), problem.PolicyDenied, 2},
		{"a page", get("/reports", "Accept: "+chromePage, language), problem.PolicyDenied, 2},
		{"401", get("/reports", "Accept: application/json"), problem.TokenExpired, 2},
		{"hostile", get("/reports", "Accept: "+hostile, "Accept-Language: "+hostile), problem.PolicyDenied, 2},
		{"a role", get("/reports?a=b", "Accept: text/html"), problem.NeedRole("editor"), 4},
		{"a scope", get("/reports?a=b", "Accept: application/json"), three, 4},
		{"an extension", get("/reports?a=b", "Accept: application/json"), &problem.Problem{Reason: problem.RoleMissing, Extensions: map[string]any{"trace_id": "8c5e", "limit": 5}}, 4},
		{"a wait", get("/reports?a=b", "Accept: text/markdown"), &problem.Problem{Reason: problem.RateLimited, RetryAfter: time.Minute}, 4},
	} {
		w := discard{make(http.Header)}
		deny.Write(w, test.req, test.err)
		got := testing.AllocsPerRun(100, func() {
			clear(w.h)
			deny.Write(w, test.req, test.err)
		})
		if got > test.most && !raceEnabled {
			t.Errorf("%s: %v allocations, want at most %v", test.name, got, test.most)
		}
	}
}

// TestRenderAllocates is about what Render makes: a map in two pieces, the
// values of the fields, and the body, which never grows.
func TestRenderAllocates(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links})
	for _, err := range []error{problem.PolicyDenied, problem.NeedRole("editor")} {
		for _, accept := range []string{"application/json", "text/html", "multipart/alternative"} {
			req := render.Request{Method: "GET", Target: "/reports", Header: http.Header{"Accept": {accept}}}
			deny.Render(req, err)
			if got := testing.AllocsPerRun(100, func() { deny.Render(req, err) }); got > 4 && !raceEnabled {
				t.Errorf("%v, %s: %v allocations, want at most 4", err, accept, got)
			}
		}
	}
}

// TestLargeAnswersAreNotKept is that one long value does not make the buffer
// of every later answer as long.
func TestLargeAnswersAreNotKept(t *testing.T) {
	deny := mustNew(t, render.Config{})
	p := problem.NeedRole(strings.Repeat("x", 2*render.MaxBuffer))
	for range 3 {
		w := httptest.NewRecorder()
		deny.Write(w, get("/", "Accept: application/json"), p)
		if w.Code != 403 || w.Body.Len() < 2*render.MaxBuffer {
			t.Fatalf("%d with %d bytes", w.Code, w.Body.Len())
		}
	}
}

// TestRenderAgain uses the same memory for answers of every kind: each is that
// of Render, and nothing is left of the one before.
func TestRenderAgain(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links, OnFault: func(error) {}})
	var resp render.Response
	var fields []problem.Param
	var body []byte
	for range 3 {
		for _, err := range []error{
			problem.SignInRequired, problem.NeedRole("editor", "é"), problem.RetryIn(problem.RateLimited, time.Minute), problem.EmailUnverified,
			&problem.Problem{Reason: problem.SignInRequired, RetryAfter: time.Second}, problem.NotOwner.Because(panickingError{errors.New("cause")}),
			errors.Join(problem.EmailUnverified, problem.SignInRequired), errors.New("foreign"), nil,
		} {
			for _, format := range allFormats {
				for _, method := range []string{"GET", "HEAD"} {
					req := renderRequest("/reports", "Accept: "+format.MediaType(), "Origin: https://a.example")
					req.Method = method
					want := deny.Render(req, err)
					deny.RenderTo(&resp, req, err)
					if method == "HEAD" && len(resp.Body) == 0 {
						resp.Body = nil
					}
					if diff := cmp.Diff(want, resp); diff != "" {
						t.Fatalf("%s %s, %v (-Render +RenderTo):\n%s", method, format.MediaType(), err, diff)
					}
					got := render.Response{Header: make(http.Header)}
					_, slow, _ := render.Slow(deny).RenderFields(nil, nil, req, err)
					got.Status, fields, body = deny.RenderFields(fields[:0], body[:0], req, err)
					if diff := cmp.Diff(slow, fields); diff != "" {
						t.Fatalf("%s %s, %v: the fields in another order (-slow +quick):\n%s", method, format.MediaType(), err, diff)
					}
					for _, f := range fields {
						got.Header[f.Name] = append(got.Header[f.Name], f.Value)
					}
					if len(body) > 0 || method != "HEAD" {
						got.Body = body
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Fatalf("%s %s, %v (-Render +RenderFields):\n%s", method, format.MediaType(), err, diff)
					}
				}
			}
		}
	}
	// What a Response held is not written over in the next one's place.
	deny.RenderTo(&resp, render.Request{}, problem.SignInRequired)
	line := resp.Header["Www-Authenticate"]
	deny.RenderTo(&resp, render.Request{}, problem.NeedScope("a"))
	if diff := cmp.Diff([]string{`Bearer realm="restricted"`}, line); diff != "" {
		t.Errorf("the values of the last answer have changed (-want +got):\n%s", diff)
	}
	req := renderRequest("/reports", "Accept: text/html")
	if n := testing.AllocsPerRun(100, func() { deny.RenderTo(&resp, req, problem.EmailUnverified) }); n > 1 && !raceEnabled {
		// A map that has held more than eight keys may take them again.
		t.Errorf("RenderTo: %v allocations, want 1: the values of the fields", n)
	}
	if n := testing.AllocsPerRun(100, func() { _, fields, body = deny.RenderFields(fields[:0], body[:0], req, problem.EmailUnverified) }); n > 0 && !raceEnabled {
		t.Errorf("RenderFields: %v allocations, want none", n)
	}
	// What stands in front stays.
	front := problem.Param{Name: "X-Request-Id", Value: "17"}
	_, fields, body = deny.RenderFields([]problem.Param{front}, []byte("front"), req, problem.EmailUnverified)
	if fields[0] != front || !bytes.HasPrefix(body, []byte("front<!DOCTYPE html>")) {
		t.Errorf("fields begin with %v, the body with %.20q", fields[0], body)
	}
}

// What one occurrence has taught must not be the answer to another that would
// be written otherwise, least of all where a value would get out of its place.
func TestTaughtByAnother(t *testing.T) {
	wait := func(param, value string) problem.Definition {
		return problem.Definition{Status: 429, Title: "Wait", Detail: "Wait.", Next: []problem.NextStep{
			{Kind: problem.Wait, Title: "Wait", Params: map[string]string{param: value}},
		}}
	}
	detail := func(s string) problem.Definition { return problem.Definition{Status: 403, Title: "T", Detail: s} }
	digest := problem.Definition{Status: 401, Title: "D", Detail: "D.", Challenges: []problem.Challenge{{Scheme: "Digest", Params: []problem.Param{
		{Name: "realm", Value: "x"}, {Name: "nonce", Value: "n"}, {Name: "qop", Value: "auth"}, {Name: "stale", Value: "{v}"},
	}}}}
	bearer := func(param, value string) problem.Challenge {
		return problem.Challenge{Scheme: "Bearer", Params: []problem.Param{{Name: "realm", Value: "x"}, {Name: param, Value: value}}}
	}
	choice := problem.Definition{Status: 403, Title: "C", Challenges: []problem.Challenge{bearer("scope", "{v}"), bearer("scope", "read")}}
	fields := problem.Definition{Status: 403, Title: "F", Fields: []problem.Param{{Name: "X-A", Value: "{v}"}, {Name: "X-A", Value: "{w}"}}}
	basic := problem.Definition{Status: 403, Title: "B", Detail: "B.", Challenges: []problem.Challenge{problem.Basic("{v}")}}
	type args = map[string]any
	for _, row := range []struct {
		name          string
		def           problem.Definition
		fields        string
		first, second args
	}{
		{"a wait that is no number", wait("retry_after", "{v}"), "Accept: text/html", args{"v": "30"}, args{"v": `"><script>alert(1)</script>`}},
		{"a wait that is a fraction", wait("retry_after", "{v}"), "Accept: text/html", args{"v": 5}, args{"v": 2.5}},
		{"an end that is no time", wait("until", "{v}"), "Accept: text/html", args{"v": "2026-01-01T00:00:00Z"}, args{"v": `"><b>`}},
		{"a wait in a part", wait("retry_after", "{v}"), "Accept: multipart/alternative", args{"v": "30"}, args{"v": `"><b>`}},
		{"a value behind a backtick", detail("You need the role `{v}`."), "Accept: text/markdown", args{"v": "editor"}, args{"v": "[Sign in](https://evil.example) <b>"}},
		{"a value behind a backslash", detail("\\`{v}`."), "Accept: text/markdown", args{"v": "editor"}, args{"v": "[x](https://evil.example)"}},
		{"a parenthesis behind a number", detail("1{v}"), "Accept: text/markdown", args{"v": "abc"}, args{"v": ") x"}},
		{"a link of two", detail("Ask {v}ww.example"), "Accept: text/markdown", args{"v": "a"}, args{"v": "w"}},
		{"a boundary of two values", detail("{v}{w}"), "Accept: multipart/alternative", args{"v": "x", "w": "y"}, args{"v": "--=_denial_part_", "w": "=_7f1b--"}},
		{"a boundary of three", detail("{v} {w}b--"), "Accept: multipart/alternative", args{"v": "x", "w": "y"}, args{"v": "x", "w": "=_denial_part_=_7f1"}},
		{"a boundary behind its begin", detail("plan={v}"), "Accept: multipart/alternative", args{"v": "x"}, args{"v": "_denial_part_=_7f1b"}},
		{"a boundary in a list", detail("plan={v}"), "Accept: multipart/alternative", args{"v": []string{"x"}}, args{"v": []string{"_denial_part_=_7f1b--"}}},
		{"a challenge that is left out inside a page", digest, "X-Requested-With: XMLHttpRequest", args{"v": "true"}, args{"v": "yes"}},
		{"a choice of two that are the same", choice, "X: y", args{"v": "write"}, args{"v": "read"}},
		{"two fields that are the same", fields, "X: y", args{"v": "a", "w": "b"}, args{"v": "a", "w": "a"}},
		{"the same of a 403", basic, "X-Requested-With: XMLHttpRequest", args{"v": "acme"}, args{"v": "Zürich"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.def.Code = "taught"
			reason, err := problem.NewReason(row.def)
			if err != nil {
				t.Fatal(err)
			}
			faults := 0
			deny := mustNew(t, render.Config{Reasons: []problem.Reason{reason}, OnFault: func(error) { faults++ }})
			in := renderRequest("/x", row.fields)
			for _, a := range []args{row.first, row.second, row.first, row.second} {
				before := faults
				same(t, deny, render.Slow(deny), in, &problem.Problem{Reason: reason, Args: a})
				if told := faults - before; told != 0 && told != 2 {
					t.Errorf("with %v, one way of answering told OnFault and the other did not", a)
				}
			}
		})
	}
}

// What a client writes into the address of the page does not keep answers to
// others from being prepared.
func TestPreparedInSpiteOfAddresses(t *testing.T) {
	for _, row := range []struct {
		accept, bad string
		err         error
	}{
		{"multipart/alternative", "/=_denial_part_=_7f1b", problem.SignInRequired},
		{"text/markdown", "/a;b", problem.SignInRequired},
	} {
		deny := mustNew(t, render.Config{Links: links})
		for range 1100 {
			deny.Render(renderRequest(row.bad, "Accept: "+row.accept), row.err)
		}
		good := renderRequest("/reports", "Accept: "+row.accept)
		deny.Render(good, row.err)
		if !render.Prepared(deny, good, row.err) {
			t.Errorf("%s is not prepared", row.accept)
		}
	}
}

// Values that do not fit make trying to prepare an answer seldom, and do not end it.
func TestPreparedInSpiteOfValues(t *testing.T) {
	own := problem.MustReason(problem.Definition{Code: "own", Status: 403, Title: "Own", Next: []problem.NextStep{{Kind: problem.RequestAccess, Href: "/t/{team}/x"}}})
	deny := mustNew(t, render.Config{Reasons: []problem.Reason{own}})
	in := renderRequest("/", "Accept: application/json")
	team := func(name string) error { return &problem.Problem{Reason: own, Args: map[string]any{"team": name}} }
	for range 5000 {
		deny.Render(in, team("v1.2"))
	}
	for range 1024 {
		deny.Render(in, team("a"))
	}
	if !render.Prepared(deny, in, team("b")) {
		t.Error("it is not prepared")
	}
}

// A language needs the text of the status that is sent, and no other.
func TestPreparedWithoutHTTPAuth(t *testing.T) {
	var texts map[string]any
	if err := json.Unmarshal([]byte(templates.English), &texts); err != nil {
		t.Fatal(err)
	}
	delete(texts, "status.401")
	file, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	deny := mustNew(t, render.Config{NoHTTPAuth: true, Locales: fstest.MapFS{"eo.json": {Data: file}}})
	in := renderRequest("/", "Accept: application/json", "Accept-Language: eo")
	for range 2 {
		if got := same(t, deny, render.Slow(deny), in, problem.SignInRequired).Header["Content-Language"]; got[0] != "eo" {
			t.Errorf("answered in %s", got)
		}
	}
	if !render.Prepared(deny, in, problem.SignInRequired) {
		t.Error("it is not prepared")
	}
}

// A reason without texts in the reader's languages costs no more than others, and
// one occurrence with a Detail keeps none without from being prepared.
func TestPreparedInNextLanguage(t *testing.T) {
	own := problem.MustReason(problem.Definition{Code: "own", Status: 403, Title: "Own", Detail: "Own {n}."})
	deny := mustNew(t, render.Config{Reasons: []problem.Reason{own}, Locales: fstest.MapFS{"de.json": {Data: []byte(`{"reason.own.title": "Eigen"}`)}}, OnFault: func(error) {}})
	in := renderRequest("/x", "Accept: application/json", "Accept-Language: de, fr;q=0.9, it;q=0.8, ja;q=0.7")
	value := &problem.Problem{Reason: own, Args: map[string]any{"n": "v"}}
	for _, err := range []error{&problem.Problem{Reason: own, Detail: "x"}, value} {
		same(t, deny, render.Slow(deny), in, err)
	}
	if !render.Prepared(deny, in, value) {
		t.Error("it is not prepared")
	}
	var resp render.Response
	if n := testing.AllocsPerRun(100, func() { deny.RenderTo(&resp, in, value) }); n > 2 && !raceEnabled {
		t.Errorf("%v allocations", n)
	}
}
