package problem_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
)

func define(code, typ string) problem.Reason {
	return problem.MustReason(problem.Definition{Code: code, Status: 403, Title: "Title of " + code, Type: typ})
}

var (
	typed   = define("typed", "https://example.com/problems/typed")
	untyped = define("untyped", "")
	blank1  = define("blank-one", "about:blank")
	blank2  = define("blank-two", "about:blank")
)

func newSet(t *testing.T, reasons ...problem.Reason) *problem.Set {
	t.Helper()
	s, err := problem.NewSet(reasons...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSet(t *testing.T) {
	s := newSet(t, typed, untyped, typed, blank1, blank2)
	if diff := cmp.Diff([]problem.Reason{typed, untyped, blank1, blank2}, slices.Collect(s.All()), cmp.Comparer(func(a, b problem.Reason) bool { return a == b })); diff != "" {
		t.Errorf("All (-want +got):\n%s", diff)
	}
	for range s.All() {
		break // must not go on
	}
	for code, want := range map[string]problem.Reason{"typed": typed, "untyped": untyped, "blank-one": blank1, "": {}, "none": {}, "Typed": {}} {
		if got, ok := s.ByCode(code); got != want || ok != (want != problem.Reason{}) {
			t.Errorf("ByCode(%q) = %v, %v", code, got, ok)
		}
	}
	for typ, want := range map[string]problem.Reason{typed.Type(): typed, "": {}, "about:blank": {}, "https://EXAMPLE.com/problems/typed": {}} {
		if got, ok := s.ByType(typ); got != want || ok != (want != problem.Reason{}) {
			t.Errorf("ByType(%q) = %v, %v", typ, got, ok)
		}
	}
}

func TestEmptySets(t *testing.T) {
	for name, s := range map[string]*problem.Set{"nil": nil, "zero": {}, "of nothing": newSet(t), "of the zero Reason": newSet(t, problem.Reason{})} {
		if _, ok := s.ByCode("x"); ok {
			t.Errorf("%s: ByCode finds something", name)
		}
		if _, ok := s.ByCode(""); ok {
			t.Errorf("%s: ByCode finds something without a code", name)
		}
		if _, ok := s.ByType("/x"); ok {
			t.Errorf("%s: ByType finds something", name)
		}
		for r := range s.All() {
			if r != (problem.Reason{}) {
				t.Errorf("%s: All has %v", name, r)
			}
		}
		if p, err := s.Decode("", strings.NewReader(`{"code":"x"}`)); err != nil || p.Reason.Code() != "x" {
			t.Errorf("%s: Decode: %v, %v", name, p, err)
		}
	}
}

func TestNewSetClashes(t *testing.T) {
	code1, code2 := define("same", ""), define("same", "")
	type1, type2 := define("one", "/same"), define("two", "/same")
	both := define("same", "/same")
	s, err := problem.NewSet(code1, type1, code2, type2, both)
	if s != nil {
		t.Error("there is a Set and a clash")
	}
	var got []problem.ClashError
	for _, err := range err.(interface{ Unwrap() []error }).Unwrap() {
		got = append(got, *err.(*problem.ClashError))
	}
	want := []problem.ClashError{
		{Field: "code", Value: "same", First: code1, Second: code2},
		{Field: "type", Value: "/same", First: type1, Second: type2},
		{Field: "code", Value: "same", First: code1, Second: both},
		{Field: "type", Value: "/same", First: type1, Second: both},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b problem.Reason) bool { return a == b })); diff != "" {
		t.Errorf("clashes (-want +got):\n%s", diff)
	}
}

// The help names both places.
func TestClashErrorText(t *testing.T) {
	mine := problem.MustReason(problem.Definition{Code: "not-found", Status: 404, Title: "Gone fishing"})
	decoded, err := problem.Decode("", strings.NewReader(`{"code":"not-found"}`))
	if err != nil {
		t.Fatal(err)
	}
	for want, second := range map[string]problem.Reason{
		`problem: code "not-found": defined by the built-in reason and again by ` + mine.Where() + `; change one of them`:     mine,
		`problem: code "not-found": defined by the built-in reason and again by a document that was read; change one of them`: decoded.Reason,
	} {
		_, err := problem.NewSet(problem.NotFound, second)
		e, ok := errors.AsType[*problem.ClashError](err)
		if !ok || e.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestSetDecode(t *testing.T) {
	s := newSet(t, append(problem.Common(), typed, untyped, blank1)...)
	tests := []struct {
		name, in string
		want     problem.Reason // the zero Reason is none of the Set
		why      string
	}{
		{"by type", `{"type":"https://example.com/problems/typed"}`, typed, ""},
		{"by type before code", `{"type":"https://example.com/problems/typed","code":"untyped"}`, typed, "the type is what a problem is (RFC 9457 §3.1.1)"},
		{"by code", `{"type":"about:blank","code":"untyped"}`, untyped, ""},
		{"by code, of a type made elsewhere", `{"type":"https://api.example.com/problems/email-unverified","code":"email-unverified"}`, problem.EmailUnverified, "the server's TypeBase made it"},
		{"by code, of a moved type", `{"type":"https://new.example.com/typed","code":"typed"}`, problem.Reason{}, "the type is the first identifier, and theirs is another (RFC 9457 §3.1.1)"},
		{"by code, of a type with a query", `{"type":"https://api.example.com/problems?code=untyped","code":"untyped"}`, untyped, "a TypeBase may end so"},
		{"by code, of a URN", `{"type":"urn:example:untyped","code":"untyped"}`, untyped, "and so"},
		{"by code, of a path", `{"type":"/problems/untyped","code":"untyped"}`, untyped, ""},
		{"by code, of another type", `{"type":"https://example.com/quota/7","code":"untyped","title":"Theirs","status":429}`, problem.Reason{}, "it would lose its type, status and title"},
		{"by code, of another path", `{"type":"/quota/7","code":"untyped"}`, problem.Reason{}, ""},
		{"by code, without a type", `{"code":"typed"}`, typed, ""},
		{"by code, of a type where ours has none", `{"type":"https://elsewhere.example/blank-one","code":"blank-one"}`, blank1, "about:blank says nothing of the reason"},
		{"by the end of the type", `{"type":"https://example.com/problems/untyped"}`, problem.Reason{}, "another site's type may end so too"},
		{"unknown", `{"type":"https://example.com/problems/unknown","code":"unknown"}`, problem.Reason{}, ""},
		{"nothing", `{}`, problem.Reason{}, ""},
		{"another status", `{"code":"untyped","status":500}`, untyped, "the status of the response is the one to act on"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := s.Decode(problemJSON, strings.NewReader(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if tt.want == (problem.Reason{}) {
				if slices.Contains(slices.Collect(s.All()), p.Reason) || p.Reason == tt.want {
					t.Errorf("got %v of the Set (%s)", p.Reason, tt.why)
				}
			} else if p.Reason != tt.want || !errors.Is(p, tt.want) {
				t.Errorf("got %v, want %v (%s)", p.Reason, tt.want, tt.why)
			}
			b, err := p.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			again, err := s.Decode(problemJSON, bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(reading(p), reading(again)); diff != "" {
				t.Errorf("written as %s, and read as something else (-before +after):\n%s", b, diff)
			}
		})
	}
}

func TestSetDecodeAlso(t *testing.T) {
	s := newSet(t, typed, untyped)
	p, err := s.Decode(problemJSON, strings.NewReader(`{"code":"unknown","also":[{"code":"untyped","also":[{"type":"https://example.com/problems/typed"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if !errors.Is(p, untyped) || !errors.Is(p, typed) {
		t.Errorf("got %v", codes(p))
	}
}

// What the document lacks is not filled in from the reason: the client would
// read what the server did not say.
func TestSetDecodeAddsNothing(t *testing.T) {
	s := newSet(t, problem.Common()...)
	p, err := s.Decode(problemJSON, strings.NewReader(`{"code":"role-missing"}`))
	if err != nil {
		t.Fatal(err)
	}
	if p.Detail != "" || p.Next != nil || p.Reason != problem.RoleMissing {
		t.Errorf("got %+v", p)
	}
	if got, want := p.Error(), problem.RoleMissing.Error(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	got, err := p.MarshalJSON()
	if want := `{"type":"about:blank","title":"Forbidden","status":403,"code":"role-missing"}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestSetDecodeRefuses(t *testing.T) {
	if _, err := newSet(t).Decode("text/html", strings.NewReader("<html>")); !errors.Is(err, problem.ErrNotProblem) {
		t.Errorf("got %v", err)
	}
	if _, err := newSet(t).Decode(problemJSON, io.LimitReader(strings.NewReader(`{"title":"X"}`), 5)); !errors.Is(err, problem.ErrNotProblem) {
		t.Errorf("got %v", err)
	}
}

func TestSetFromResponse(t *testing.T) {
	s := newSet(t, append(problem.Common(), typed)...)
	scope := []string{`Bearer error="insufficient_scope", scope="a b"`}
	limited := `{"type":"about:blank","title":"Too Many Requests","status":429,"code":"rate-limited","detail":"Slowly.","next":[{"kind":"status-page"},{"kind":"wait","params":{"retry_after":"30"}}]}`
	tests := []struct {
		name   string
		status int
		header http.Header // without Content-Type
		typ    string
		body   string
		want   problem.Problem // Reason, Detail, Args, RetryAfter; the reason of a document is compared by what it says
		lines  []string        // challenges
		cause  error
	}{
		{"a document and its fields", 403, http.Header{"Www-Authenticate": scope, "Retry-After": {"5"}}, problemJSON, `{"code":"insufficient-scope","detail":"No."}`,
			problem.Problem{Reason: problem.InsufficientScope, Detail: "No.", RetryAfter: 5 * time.Second, Args: map[string]any{"scope": []string{"a", "b"}}}, scope, nil},
		{"the field before the step", 429, http.Header{"Retry-After": {"60"}}, problemJSON, limited,
			problem.Problem{Reason: problem.RateLimited, Detail: "Slowly.", RetryAfter: time.Minute}, nil, nil},
		{"the step alone", 429, nil, problemJSON, limited,
			problem.Problem{Reason: problem.RateLimited, Detail: "Slowly.", RetryAfter: 30 * time.Second}, nil, nil},
		{"a step without a wait", 429, nil, problemJSON, `{"code":"rate-limited","next":[{"kind":"wait","params":{"retry_after":"soon"}}]}`,
			problem.Problem{Reason: problem.RateLimited}, nil, nil},
		{"a nonce", 401, http.Header{"Dpop-Nonce": {"n"}}, problemJSON, `{"code":"dpop-nonce-required"}`,
			problem.Problem{Reason: problem.DPoPNonceRequired, Args: map[string]any{"dpop_nonce": "n"}}, nil, nil},
		{"a document that says no more than the status", 403, http.Header{"Www-Authenticate": scope}, problemJSON, `{"title":"forbidden","status":403,"detail":"No."}`,
			problem.Problem{Reason: problem.InsufficientScope, Detail: "No.", Args: map[string]any{"scope": []string{"a", "b"}}}, scope, nil},
		{"a title of its own", 403, http.Header{"Www-Authenticate": scope}, problemJSON, `{"title":"Not today"}`,
			problem.Problem{Reason: decoded(t, `{"title":"Not today","status":403}`).Reason}, scope, nil},
		{"a code that is not known", 429, nil, problemJSON, `{"code":"theirs","status":403}`,
			problem.Problem{Reason: decoded(t, `{"code":"theirs","status":429}`).Reason}, nil, nil},
		{"a status that is no error", 200, nil, problemJSON, `{"code":"theirs"}`,
			problem.Problem{Reason: decoded(t, `{"code":"theirs"}`).Reason}, nil, nil},
		{"a page", 403, http.Header{"Www-Authenticate": scope}, "text/html", "<html>",
			problem.Problem{Reason: problem.InsufficientScope, Args: map[string]any{"scope": []string{"a", "b"}}}, scope, problem.ErrNotProblem},
		{"no body", 429, http.Header{"Retry-After": {"5"}}, problemJSON, "",
			problem.Problem{Reason: problem.RateLimited, RetryAfter: 5 * time.Second}, nil, problem.ErrNotProblem},
		{"nothing", 404, nil, "", "", problem.Problem{Reason: problem.NotFound}, nil, problem.ErrNotProblem},
		{"a proxy's", 407, http.Header{"Www-Authenticate": scope, "Proxy-Authenticate": {"Negotiate"}}, problemJSON, `{"code":"proxy-auth-required"}`,
			problem.Problem{Reason: problem.ProxyAuthRequired}, []string{"Negotiate"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			header := tt.header.Clone()
			if header == nil {
				header = http.Header{}
			}
			header.Set("Content-Type", tt.typ)
			got := s.FromResponse(tt.status, header, strings.NewReader(tt.body))
			if tt.want.Reason.Where() != "" || slices.Contains(problem.Common(), tt.want.Reason) {
				if got.Reason != tt.want.Reason {
					t.Errorf("got %v of elsewhere", got.Reason)
				}
			}
			has := problem.Problem{Reason: got.Reason, Detail: got.Detail, Args: got.Args, RetryAfter: got.RetryAfter}
			if diff := cmp.Diff(tt.want, has, sameReason, unexported); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			var lines []string
			for _, c := range got.Challenges {
				lines = append(lines, c.String())
			}
			if diff := cmp.Diff(tt.lines, lines); diff != "" {
				t.Errorf("challenges (-want +got):\n%s", diff)
			}
			if !errors.Is(got.Cause, tt.cause) {
				t.Errorf("cause %v, want %v", got.Cause, tt.cause)
			}
		})
	}
	if p := (*problem.Set)(nil).FromResponse(429, nil, nil); p.Reason != problem.RateLimited {
		t.Errorf("no Set, no body: got %v", p)
	}
	theirs := decoded(t, `{"code":"theirs","status":403}`).Reason
	if p := newSet(t, theirs).FromResponse(429, nil, strings.NewReader(`{"code":"theirs"}`)); p.Reason != theirs || theirs.Status() != 403 {
		t.Errorf("a Reason of the Set has changed: %v", p)
	}
	also := s.FromResponse(403, nil, strings.NewReader(`{"code":"typed","also":[{"code":"maintenance","next":[{"kind":"wait","params":{"retry_after":"9"}}]}]}`))
	if also.RetryAfter != 0 || also.Also[0].RetryAfter != 9*time.Second {
		t.Errorf("a further requirement waits %v, the first %v", also.Also[0].RetryAfter, also.RetryAfter)
	}
}

func BenchmarkNewSet(b *testing.B) {
	reasons := problem.Common()
	for i := range 200 {
		reasons = append(reasons, define(fmt.Sprintf("app-%d", i), ""))
	}
	b.ReportAllocs()
	for b.Loop() {
		_, _ = problem.NewSet(reasons...)
	}
}
