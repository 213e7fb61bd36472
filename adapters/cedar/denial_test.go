package denycedar_test

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cedar-policy/cedar-go"
	denycedar "github.com/denial-go/denial/adapters/cedar"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/google/go-cmp/cmp"
)

// policies are named by their order: policy0, policy1, …
const document = `
@internal("internal-readers")
permit (principal, action == Action::"read", resource);

@internal("internal-plan")
@denial_code("plan-too-low")
@denial_arg_plan("Team")
forbid (principal, action == Action::"export", resource);

permit (principal, action == Action::"export", resource);

@denial_code("email-unverified")
forbid (principal, action == Action::"share", resource);

@denial_code("terms-not-accepted")
forbid (principal, action == Action::"share", resource);

@denial_code("email-unverified")
forbid (principal, action == Action::"share", resource);

@denial_detail("Contracts are closed during the audit.")
forbid (principal, action == Action::"audit", resource);

@denial_code("newer-than-the-program")
@id("internal-newer")
forbid (principal, action == Action::"newer", resource);

permit (principal, action == Action::"careless", resource);

forbid (principal, action == Action::"careless", resource) when { principal.internal_suspended };

permit (principal, action == Action::"lucky", resource);

permit (principal, action == Action::"lucky", resource) when { principal.internal_staff };

@denial_code("role-missing")
@denial_arg_role("editor")
@denial_detail("Only editors of this magazine may do that.")
forbid (principal, action == Action::"edit", resource);

@denial_code("")
@denial_detail("")
@denial_arg_("x")
forbid (principal, action == Action::"empty", resource);

@denial_code("read-only")
forbid (principal, action == Action::"both", resource);

forbid (principal, action == Action::"both", resource) when { principal.internal_missing };

@denial_code("house-rule")
forbid (principal, action == Action::"own", resource);
`

var houseRule = problem.MustReason(problem.Definition{Code: "house-rule", Status: 409, Title: "A rule of the house"})

func load(t *testing.T) *cedar.PolicySet {
	t.Helper()
	set, err := cedar.NewPolicySetFromBytes("internal.cedar", []byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func request(action string) cedar.Request {
	return cedar.Request{
		Principal: cedar.NewEntityUID("User", "alice"),
		Action:    cedar.NewEntityUID("Action", cedar.String(action)),
		Resource:  cedar.NewEntityUID("Report", "7"),
	}
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

func TestDenial(t *testing.T) {
	own, err := problem.NewSet(houseRule)
	if err != nil {
		t.Fatal(err)
	}
	owner := denycedar.Options{Denied: problem.NotOwner}
	hidden := denycedar.Options{Denied: problem.Cloak(problem.NotOwner)}
	relaxed := denycedar.Options{IgnorePermitErrors: true}
	for _, row := range []struct {
		action  string
		options denycedar.Options
		want    []string // nil: allowed
		says    string   // a client reads it
		logs    string
	}{
		{"read", denycedar.Options{}, nil, "", ""},
		{"read", relaxed, nil, "", ""},
		{"unknown", denycedar.Options{}, []string{"policy-denied"}, "", "no policy permits"},
		{"unknown", owner, []string{"not-owner"}, "", "no policy permits"},
		{"unknown", hidden, []string{"not-found"}, "", "no policy permits"},
		{"export", denycedar.Options{}, []string{"plan-too-low"}, "Plan needed: \u2068Team\u2069", `"policy1"`},
		{"export", owner, []string{"plan-too-low"}, "Team", `"policy1"`},
		{"share", denycedar.Options{}, []string{"email-unverified", "terms-not-accepted"}, "", `"policy3" "policy4" "policy5"`},
		{"audit", denycedar.Options{}, []string{"policy-denied"}, "Contracts are closed during the audit.", `"policy6"`},
		{"audit", owner, []string{"not-owner"}, "Contracts are closed during the audit.", `"policy6"`},
		{"audit", hidden, []string{"not-found"}, "There is nothing at this address", `"policy6"`},
		{"newer", denycedar.Options{}, []string{"policy-denied"}, "", `"policy7"`},
		{"newer", owner, []string{"not-owner"}, "", `"policy7"`},
		// Cedar allows these two: it skips what it cannot evaluate.
		{"careless", denycedar.Options{}, []string{"policy-denied"}, "", "internal_suspended"},
		{"careless", relaxed, []string{"policy-denied"}, "", "internal_suspended"},
		{"lucky", denycedar.Options{}, []string{"policy-denied"}, "", "internal_staff"},
		{"lucky", owner, []string{"not-owner"}, "", "internal_staff"},
		{"lucky", relaxed, nil, "", ""},
		{"edit", denycedar.Options{}, []string{"role-missing"}, "Only editors of this magazine may do that.", ""},
		{"empty", denycedar.Options{}, []string{"policy-denied"}, "", ""},
		{"both", denycedar.Options{}, []string{"read-only"}, "", "internal_missing"},
		{"own", denycedar.Options{}, []string{"policy-denied"}, "", ""},
		{"own", denycedar.Options{Reasons: own}, []string{"house-rule"}, "", ""},
		{"edit", denycedar.Options{Reasons: own}, []string{"policy-denied"}, "Only editors of this magazine may do that.", ""},
	} {
		t.Run(row.action, func(t *testing.T) {
			policies := load(t)
			alice := request("").Principal
			entities := cedar.EntityMap{alice: {UID: alice}}
			for range 5 { // Cedar's order changes
				decision, diagnostic := cedar.Authorize(policies, entities, request(row.action))
				got := row.options.Denial(policies, decision, diagnostic)
				if diff := cmp.Diff(row.want, codes(got)); diff != "" {
					t.Fatalf("(-want +got):\n%s", diff)
				}
				if got != nil {
					check(t, got, row.says, row.logs)
				}
			}
		})
	}
}

// check keeps that clients read what is for them, and the logs the rest.
func check(t *testing.T, got error, says, logs string) {
	t.Helper()
	if cause := problem.From(got).Cause; cause == nil || !strings.Contains(cause.Error(), logs) {
		t.Errorf("the logs read %v, which lacks %q", cause, logs)
	}
	deny := render.Must(render.New(render.Config{OnFault: func(err error) { t.Error(err) }}))
	for _, accept := range []string{"application/json", "text/html", "text/plain"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept", accept)
		deny.Write(w, r, got)
		body := w.Body.String()
		if w.Code < 400 || w.Code >= 500 || strings.Contains(body, "internal") || strings.Contains(body, "policy1") {
			t.Errorf("status %d:\n%s", w.Code, body)
		}
		if accept == "text/plain" && !strings.Contains(body, says) && !strings.Contains(body, strings.NewReplacer("\u2068", "", "\u2069", "").Replace(says)) {
			t.Errorf("nobody reads %q:\n%s", says, body)
		}
	}
}

func TestFailsClosed(t *testing.T) {
	var typed *problem.Problem
	var noSet *cedar.PolicySet
	policies := load(t)
	reason := cedar.Diagnostic{Reasons: []cedar.DiagnosticReason{{PolicyID: "policy1"}}}
	unknown := cedar.Diagnostic{Reasons: []cedar.DiagnosticReason{{PolicyID: "gone"}}}
	failed := cedar.Diagnostic{Errors: []cedar.DiagnosticError{{PolicyID: "policy0", Message: "internal"}}}
	gone := cedar.Diagnostic{Errors: []cedar.DiagnosticError{{PolicyID: "gone", Message: "internal"}}}
	for name, row := range map[string]struct {
		got  error
		want []string
	}{
		"the zero values":                   {denycedar.Denial(nil, false, cedar.Diagnostic{}), []string{"policy-denied"}},
		"no policies":                       {denycedar.Denial(nil, cedar.Deny, reason), []string{"policy-denied"}},
		"a nil set":                         {denycedar.Denial(noSet, cedar.Deny, reason), []string{"policy-denied"}},
		"a nil map":                         {denycedar.Denial(cedar.PolicyMap(nil), cedar.Deny, reason), []string{"policy-denied"}},
		"a map with nil in it":              {denycedar.Denial(cedar.PolicyMap{"policy1": nil}, cedar.Deny, reason), []string{"policy-denied"}},
		"a map":                             {denycedar.Denial(cedar.PolicyMap{"policy1": policies.Get("policy1")}, cedar.Deny, reason), []string{"plan-too-low"}},
		"a policy that is gone":             {denycedar.Denial(policies, cedar.Deny, unknown), []string{"policy-denied"}},
		"an error beside a yes":             {denycedar.Denial(policies, cedar.Allow, failed), []string{"policy-denied"}},
		"an error of a policy that is gone": {denycedar.Options{IgnorePermitErrors: true}.Denial(policies, cedar.Allow, gone), []string{"policy-denied"}},
		"an error, and no policies to look it up": {denycedar.Options{IgnorePermitErrors: true}.Denial(nil, cedar.Allow, failed), []string{"policy-denied"}},
		"Denied is a typed nil":                   {denycedar.Options{Denied: typed}.Denial(nil, cedar.Deny, cedar.Diagnostic{}), []string{"policy-denied"}},
		"Denied holds no reason":                  {denycedar.Options{Denied: errors.New("internal")}.Denial(nil, cedar.Deny, cedar.Diagnostic{}), []string{"policy-denied"}},
		"Denied joins two":                        {denycedar.Options{Denied: errors.Join(problem.EmailUnverified, problem.TermsNotAccepted)}.Denial(nil, cedar.Deny, cedar.Diagnostic{}), []string{"email-unverified", "terms-not-accepted"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, codes(row.got)); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
			check(t, row.got, "", "")
		})
	}
	shared := problem.NeedRole("editor")
	o := denycedar.Options{Denied: shared}
	o.Denial(nil, cedar.Deny, cedar.Diagnostic{})
	if shared.Cause != nil || shared.Detail != "" {
		t.Errorf("the application's problem was changed: %+v", shared)
	}
	if err := denycedar.Denial(nil, cedar.Allow, cedar.Diagnostic{}); err != nil {
		t.Errorf("an allowed request is denied: %v", err)
	}
}

// Whatever an annotation holds, the request stays denied and the answer whole.
func FuzzAnnotations(f *testing.F) {
	f.Add("role-missing", "editor", "")
	f.Add("plan-too-low", "{", "{role}")
	f.Add("not-a-code", "\x00\u202e", "<script>")
	f.Add("insufficient-scope", "\r\nSet-Cookie: a=b", "\xff")
	deny := render.Must(render.New(render.Config{}))
	f.Fuzz(func(t *testing.T, code, arg, detail string) {
		quote := func(s string) string { return string(cedar.String(s).MarshalCedar()) }
		text := "@denial_code(" + quote(code) + ") @denial_arg_role(" + quote(arg) + ") @denial_arg_scope(" + quote(arg) + ") @denial_detail(" + quote(detail) +
			")\nforbid (principal, action, resource);"
		policies, err := cedar.NewPolicySetFromBytes("", []byte(text))
		if err != nil {
			t.Skip()
		}
		decision, diagnostic := cedar.Authorize(policies, nil, request("read"))
		got := denycedar.Denial(policies, decision, diagnostic)
		if got == nil {
			t.Fatal("let through")
		}
		w := httptest.NewRecorder()
		deny.Write(w, httptest.NewRequest("GET", "/", nil), got)
		if w.Code < 400 {
			t.Errorf("status %d", w.Code)
		}
		for name, values := range w.Header() {
			if name == "Set-Cookie" || strings.ContainsAny(strings.Join(values, ""), "\r\n") {
				t.Errorf("%s: %q", name, values)
			}
		}
	})
}
