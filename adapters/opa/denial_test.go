package denyopa_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"

	denyopa "github.com/denial-go/denial/adapters/opa"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"
)

const module = `package test

yes := true

no := false

text := "true"

maybe if input.never

object := {"allow": true, "reason": "role-missing"}

plan := {"allow": false, "reason": "plan-too-low", "args": {"plan": ["Team", "Business"]}, "internal": "internal"}

both := {"allow": false, "reasons": reasons}

reasons contains "terms-not-accepted"

reasons contains "email-unverified"

reasons contains "internal-and-unknown"

step := {"allow": false, "detail": "Closed until Monday.", "next": [{"kind": "request-access", "href": "/access?for=7", "method": "POST"}], "retry_after": 90}

conflict := 1 if input.a

conflict := 2 if input.a

numbers[n] := n if some n in [1, 2]
`

func eval(t *testing.T, ctx context.Context, query string) (rego.ResultSet, error) {
	t.Helper()
	prepared, err := rego.New(rego.Query(query), rego.Module("test.rego", module)).PrepareForEval(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return prepared.Eval(ctx, rego.EvalInput(map[string]any{"a": true}))
}

// codes lists the reason and those that are required besides.
func codes(err error) []string {
	if err == nil {
		return nil
	}
	p := problem.From(err)
	out := []string{p.Reason.Code()}
	for _, a := range p.Also {
		out = append(out, a.Reason.Code())
	}
	return out
}

// Each row is what package rego gives.
func TestDenial(t *testing.T) {
	owner := denyopa.Options{Denied: problem.NotOwner}
	for _, row := range []struct {
		query   string
		options denyopa.Options
		want    []string // nil: allowed
		says    string
		logs    string
	}{
		{"data.test.yes", owner, nil, "", ""},
		{"data.test.object", owner, nil, "", ""},
		{"data.test.yes == true", owner, nil, "", ""},
		{"data.test.no", denyopa.Options{}, []string{"policy-denied"}, "", "false"},
		{"data.test.no", owner, []string{"not-owner"}, "", "false"},
		{"data.test.no", denyopa.Options{Denied: problem.Cloak(problem.NotOwner)}, []string{"not-found"}, "", "false"},
		{"data.test.maybe", owner, []string{"not-owner"}, "", "undefined"},
		{"data.test.missing", owner, []string{"not-owner"}, "", "undefined"},
		{"data.test.text", owner, []string{"not-owner"}, "", "string"},
		{"x := data.test.yes", owner, []string{"not-owner"}, "", "variables"},
		{"data.test.yes; data.test.yes", owner, []string{"not-owner"}, "", "more than one"},
		{"data.test.numbers[_]", owner, []string{"not-owner"}, "", "more than one"},
		{"data.test", owner, []string{"policy-denied"}, "", "conflict"}, // an error, because of the rule conflict
		{"data.test.plan", owner, []string{"plan-too-low"}, "Plan needed: Team or Business", "internal"},
		{"data.test.both", owner, []string{"email-unverified", "terms-not-accepted"}, "", "internal-and-unknown"},
		{"data.test.step", owner, []string{"not-owner"}, "POST /access?for=7", "retry_after"},
		{"data.test.conflict", owner, []string{"policy-denied"}, "", "conflict"},
	} {
		t.Run(row.query, func(t *testing.T) {
			got := row.options.Denial(eval(t, t.Context(), row.query))
			if diff := cmp.Diff(row.want, codes(got)); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
			if got != nil {
				check(t, got, row.says, row.logs)
			}
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		// OPA looks at the context while it works, so there must be some work.
		rs, err := eval(t, ctx, "x := [n | n := numbers.range(1, 200000)[_]; n < 0]; count(x) == 0")
		if err == nil {
			t.Skip("the evaluation was done before OPA saw that it was cancelled")
		}
		got := denyopa.Denial(rs, err)
		if diff := cmp.Diff([]string{"overloaded"}, codes(got)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}

// check keeps that clients read what is for them, and the logs the rest.
func check(t *testing.T, got error, says, logs string) {
	t.Helper()
	if cause := problem.From(got).Cause; logs != "" && (cause == nil || !strings.Contains(cause.Error(), logs)) {
		t.Errorf("the logs read %v, which lacks %q", cause, logs)
	}
	deny := render.Must(render.New(render.Config{OnFault: func(err error) { t.Error(err) }}))
	for _, accept := range []string{"application/json", "text/html", "text/plain"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept", accept)
		deny.Write(w, r, got)
		body := w.Body.String()
		if w.Code < 400 || w.Code == 500 || strings.Contains(body, "internal") || strings.Contains(body, "conflict") {
			t.Errorf("status %d:\n%s", w.Code, body)
		}
		if body = strings.NewReplacer("\u2068", "", "\u2069", "").Replace(body); accept == "text/plain" && !strings.Contains(body, says) {
			t.Errorf("nobody reads %q:\n%s", says, body)
		}
	}
}

// Results of the REST API, which come as JSON. The want of a row is what the
// client reads; "" is allowed.
func TestResult(t *testing.T) {
	house := problem.MustReason(problem.Definition{Code: "house-rule", Status: 409, Title: "A rule of the house"})
	own, err := problem.NewSet(house)
	if err != nil {
		t.Fatal(err)
	}
	ours := denyopa.Options{Reasons: own}
	for _, row := range []struct {
		name    string
		options denyopa.Options
		result  string
		want    string
	}{
		{"true", denyopa.Options{}, `true`, ``},
		{"allow", denyopa.Options{}, `{"allow":true}`, ``},
		{"allow beside a reason", denyopa.Options{}, `{"allow":true,"reason":"role-missing","reasons":["role-missing"]}`, ``},
		{"false", denyopa.Options{}, `false`, `403 policy-denied`},
		{"null", denyopa.Options{}, `null`, `403 policy-denied`},
		{"the text true", denyopa.Options{}, `"true"`, `403 policy-denied`},
		{"one", denyopa.Options{}, `1`, `403 policy-denied`},
		{"a list", denyopa.Options{}, `[true]`, `403 policy-denied`},
		{"an empty object", denyopa.Options{}, `{}`, `403 policy-denied`},
		{"allow as a text", denyopa.Options{}, `{"allow":"true"}`, `403 policy-denied`},
		{"allow as a number", denyopa.Options{}, `{"allow":1}`, `403 policy-denied`},
		{"allow in another case", denyopa.Options{}, `{"Allow":true}`, `403 policy-denied`},
		{"allowed", denyopa.Options{}, `{"allowed":true}`, `403 policy-denied`},
		{"allow further down", denyopa.Options{}, `{"result":{"allow":true}}`, `403 policy-denied`},
		{"a reason without allow", denyopa.Options{}, `{"reason":"role-missing"}`, `403 role-missing`},
		{"a status that is not 403", denyopa.Options{}, `{"allow":false,"reason":"rate-limited","retry_after":1.5}`, `429 rate-limited Retry-After 2`},
		{"a wait that has no end", denyopa.Options{}, `{"allow":false,"reason":"rate-limited","retry_after":1e300}`, `429 rate-limited`},
		{"a wait that is over", denyopa.Options{}, `{"allow":false,"reason":"rate-limited","retry_after":-1}`, `429 rate-limited`},
		{"a challenge", denyopa.Options{}, `{"allow":false,"reason":"insufficient-scope","args":{"scope":["a","b"]}}`, `403 insufficient-scope Bearer error="insufficient_scope", scope="a b"`},
		{"a challenge with a number in it", denyopa.Options{}, `{"allow":false,"reason":"reauthentication-required","args":{"max_age":300}}`,
			`401 reauthentication-required Bearer error="insufficient_user_authentication", error_description="More recent authentication is required", max_age="300"`},
		{"an unknown reason", denyopa.Options{}, `{"allow":false,"reason":"internal"}`, `403 policy-denied`},
		{"an unknown reason with a sentence", denyopa.Options{}, `{"allow":false,"reason":"internal","detail":"Closed."}`, `403 policy-denied Closed.`},
		{"a reason of the program", ours, `{"allow":false,"reason":"house-rule"}`, `409 house-rule`},
		{"a reason that the program does not have", ours, `{"allow":false,"reason":"role-missing"}`, `403 policy-denied`},
		{"a sentence", denyopa.Options{}, `{"allow":false,"reason":"read-only","detail":"Closed {until}."}`, `403 read-only Closed {until}.`},
		{"a sentence for what must not be seen", denyopa.Options{Denied: problem.Cloak(problem.NotOwner)}, `{"allow":false,"detail":"internal"}`, `404 not-found`},
		{"members of the wrong type", denyopa.Options{}, `{"allow":false,"reason":7,"args":[],"detail":{},"next":"x","reasons":"role-missing","retry_after":"1"}`, `403 policy-denied`},
		{"args of the wrong type", denyopa.Options{}, `{"allow":false,"reason":"role-missing","args":{"role":{"internal":1},"x":[1],"y":true,"z":null}}`, `403 role-missing`},
		{"several", denyopa.Options{}, `{"allow":false,"reasons":["email-unverified",{"reason":"role-missing"},7,null,"internal",{}]}`, `403 email-unverified, role-missing`},
		{"one and several", denyopa.Options{}, `{"allow":false,"reason":"email-unverified","reasons":["email-unverified","terms-not-accepted"],"internal":"internal"}`, `403 email-unverified, terms-not-accepted`},
		{"steps", denyopa.Options{}, `{"allow":false,"reason":"read-only","next":[{"kind":"go-home","actor":"owner","href":"/","params":{"a":"b","n":7,"x":[]}},{"href":"/x"},"x",{"kind":"wait","expires":"soon"}]}`,
			`403 read-only owner / map[a:b n:7]`},
		{"a time", denyopa.Options{}, `{"allow":false,"reason":"outside-hours","args":{"until":"2027-01-04T09:00:00Z"}}`, `403 outside-hours Opens: 2027-01-04 09:00 UTC.`},
	} {
		t.Run(row.name, func(t *testing.T) {
			var result any
			if err := json.Unmarshal([]byte(row.result), &result); err != nil {
				t.Fatal(err)
			}
			got := row.options.Result(result, nil)
			if row.want == "" {
				if got != nil {
					t.Errorf("an allowed request is denied: %v", got)
				}
				return
			}
			if got == nil {
				t.Fatal("let through")
			}
			check(t, got, "", "")
			deny := render.Must(render.New(render.Config{}))
			w := httptest.NewRecorder()
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Authorization", "Bearer x")
			deny.Write(w, r, got)
			body := w.Body.String()
			p, err := problem.Decode(w.Header().Get("Content-Type"), strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			parts := strings.SplitN(row.want, " ", 2)
			if fmt.Sprint(w.Code) != parts[0] {
				t.Errorf("status %d, want %s", w.Code, parts[0])
			}
			seen := strings.Join(codes(p), ", ")
			if c := w.Header().Get("WWW-Authenticate"); c != "" {
				seen += " " + c
			}
			if after := w.Header().Get("Retry-After"); after != "" {
				seen += " Retry-After " + after
			}
			seen += " " + p.Detail
			for _, s := range p.Next {
				seen += fmt.Sprint(" ", s.Actor, " ", s.Href, " ", s.Params)
			}
			for _, word := range strings.Fields(parts[1]) {
				if !strings.Contains(seen, word) {
					t.Errorf("the client reads %q, which lacks %q", seen, word)
				}
			}
			if !strings.Contains(row.want, ",") && len(p.Also) > 0 {
				t.Errorf("further reasons: %v", codes(p))
			}
		})
	}
}

func TestFailsClosed(t *testing.T) {
	var typed *problem.Problem
	cycle := &loop{}
	cycle.err = cycle
	for name, row := range map[string]struct {
		got  error
		want string
	}{
		"nil and nil":                            {denyopa.Denial(nil, nil), "policy-denied"},
		"the zero result":                        {denyopa.Denial(rego.ResultSet{{}}, nil), "policy-denied"},
		"a nil expression":                       {denyopa.Denial(rego.ResultSet{{Expressions: []*rego.ExpressionValue{nil}}}, nil), "policy-denied"},
		"an expression without value":            {denyopa.Denial(rego.ResultSet{{Expressions: []*rego.ExpressionValue{{}}}}, nil), "policy-denied"},
		"yes and an error":                       {denyopa.Denial(rego.ResultSet{{Expressions: []*rego.ExpressionValue{{Value: true}}}}, errors.New("internal")), "policy-denied"},
		"yes with a binding":                     {denyopa.Denial(rego.ResultSet{{Bindings: rego.Vars{"x": false}, Expressions: []*rego.ExpressionValue{{Value: true}}}}, nil), "policy-denied"},
		"a result and an error":                  {denyopa.Result(true, errors.New("internal")), "policy-denied"},
		"a problem that is a typed nil":          {denyopa.Result(true, typed), "policy-denied"},
		"an error with a reason":                 {denyopa.Result(true, problem.Maintenance), "maintenance"},
		"out of reach":                           {denyopa.Result(true, &net.OpError{Op: "dial", Err: errors.New("internal")}), "overloaded"},
		"a deadline":                             {denyopa.Result(true, context.DeadlineExceeded), "overloaded"},
		"cancelled":                              {denyopa.Result(true, fmt.Errorf("query: %w", &topdown.Error{Code: topdown.CancelErr, Message: "caller cancelled query execution"})), "overloaded"},
		"a cancelled context":                    {denyopa.Result(true, topdown.Halt{Err: context.Canceled}), "overloaded"},
		"an error that is cancelled by its word": {denyopa.Result(true, late{}), "overloaded"},
		"a nil pointer whose Unwrap panics":      {denyopa.Result(true, fmt.Errorf("query: %w", (*loop)(nil))), "policy-denied"},
		"a nil pointer of OPA's":                 {denyopa.Result(true, fmt.Errorf("query: %w", (*topdown.Error)(nil))), "policy-denied"},
		"a nil pointer beside an outage":         {denyopa.Result(true, errors.Join((*loop)(nil), context.DeadlineExceeded)), "overloaded"},
		"an error whose Is panics":               {denyopa.Result(true, panics{}), "policy-denied"},
		"a cycle":                                {denyopa.Result(true, cycle), "policy-denied"},
		"out of reach, over HTTP":                {denyopa.Result(true, &url.Error{Op: "Get", URL: "https://internal", Err: errors.New("refused")}), "overloaded"},
		"a URL that is none":                     {denyopa.Result(true, parsing("http://%zz")), "policy-denied"},
		"a network that is none":                 {denyopa.Result(true, fmt.Errorf("query: %w", &net.ParseError{Type: "CIDR address", Text: "internal"})), "policy-denied"},
		"a file that is not there":               {denyopa.Result(true, fmt.Errorf("query: %w", &fs.PathError{Op: "open", Path: "/keys/none.pem", Err: syscall.ENOENT})), "policy-denied"},
		"an address without a port":              {denyopa.Result(true, &net.AddrError{Err: "missing port in address"}), "policy-denied"},
		"a URL that is none, beside an outage":   {denyopa.Result(true, errors.Join(parsing("http://%zz"), &net.OpError{Op: "dial", Err: errors.New("refused")})), "overloaded"},
		"a map of another type":                  {denyopa.Result(map[string]bool{"allow": true}, nil), "policy-denied"},
		"a nil map":                              {denyopa.Result(map[string]any(nil), nil), "policy-denied"},
		"a pointer to true":                      {denyopa.Result(new(bool), nil), "policy-denied"},
		"what JSON cannot hold":                  {denyopa.Result(map[string]any{"x": math.NaN(), "f": func() {}}, nil), "policy-denied"},
		"a number that is none":                  {denyopa.Result(map[string]any{"reason": "role-missing", "args": map[string]any{"role": math.NaN(), "n": json.Number("x")}}, nil), "role-missing"},
		"Denied is a typed nil":                  {denyopa.Options{Denied: typed}.Result(false, nil), "policy-denied"},
		"Denied holds no reason":                 {denyopa.Options{Denied: errors.New("internal")}.Result(false, nil), "policy-denied"},
		"a reason for each of a million":         {denyopa.Result(map[string]any{"reasons": many(1000)}, nil), "role-missing"},
	} {
		t.Run(name, func(t *testing.T) {
			if row.got == nil {
				t.Fatal("let through")
			}
			if got := codes(row.got)[0]; got != row.want {
				t.Fatalf("got %v, want %s", row.got, row.want)
			}
			check(t, row.got, "", "")
		})
	}
	shared := problem.NeedRole("editor")
	denyopa.Options{Denied: shared}.Result(map[string]any{"detail": "x", "next": []any{}, "args": map[string]any{"role": "y"}}, nil)
	if diff := cmp.Diff(map[string]any{"role": []string{"editor"}}, shared.Args); diff != "" || shared.Cause != nil || shared.Detail != "" || shared.Next != nil {
		t.Errorf("the application's problem was changed: %+v", shared)
	}
}

// parsing is the error of a function that parses what is asked for.
func parsing(address string) error {
	_, err := url.Parse(address)
	return fmt.Errorf("query: %w", err)
}

type loop struct{ err error }

func (l *loop) Error() string { return "internal-loop" }
func (l *loop) Unwrap() error { return l.err }

type late struct{}

func (late) Error() string        { return "internal-late" }
func (late) Is(target error) bool { return target == context.DeadlineExceeded }

type panics struct{}

func (panics) Error() string { return "internal-panics" }
func (panics) Is(error) bool { panic("no") }

func many(n int) []any {
	var out []any
	for i := range n {
		out = append(out, map[string]any{"reason": "role-missing", "detail": fmt.Sprint(i)})
	}
	return out
}

// Whatever a policy gives, only true and {"allow":true} allow, and the answer
// is whole.
func FuzzResult(f *testing.F) {
	for _, s := range []string{
		`true`, `false`, `null`, `"true"`, `{"allow":true}`, `{"allow":false,"reason":"role-missing","args":{"role":["a"]},"detail":"x\r\n","next":[{"kind":"wait","href":"//x","method":"G T","params":{"a":1}}]}`,
		`{"reasons":["email-unverified",{"reason":"insufficient-scope","args":{"scope":"a\r\nb"}}],"retry_after":1e9}`,
	} {
		f.Add([]byte(s))
	}
	deny := render.Must(render.New(render.Config{}))
	f.Fuzz(func(t *testing.T, doc []byte) {
		var result any
		if json.Unmarshal(doc, &result) != nil {
			return
		}
		got := denyopa.Result(result, nil)
		object, _ := result.(map[string]any)
		if allowed := result == true || object["allow"] == true; allowed != (got == nil) {
			t.Fatalf("%s: %v", doc, got)
		}
		if got == nil {
			return
		}
		w := httptest.NewRecorder()
		deny.Write(w, httptest.NewRequest("GET", "/", nil), got)
		if w.Code < 400 {
			t.Errorf("status %d for %s", w.Code, doc)
		}
		for name, values := range w.Header() {
			if strings.ContainsAny(strings.Join(values, ""), "\r\n") {
				t.Errorf("%s: %q", name, values)
			}
		}
	})
}
