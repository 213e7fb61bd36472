package denyopasdk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	denyopasdk "github.com/denial-go/denial/adapters/opa/sdk"
	"github.com/denial-go/denial/problem"
	"github.com/open-policy-agent/opa/v1/sdk"
	sdktest "github.com/open-policy-agent/opa/v1/sdk/test"
)

func newOPA(t *testing.T) *sdk.OPA {
	t.Helper()
	server, err := sdktest.NewServer(sdktest.MockBundle("/bundles/bundle.tar.gz", map[string]string{"test.rego": `package test

yes := true

no := false

plan := {"allow": false, "reason": "plan-too-low", "args": {"plan": "Team"}}

maybe if input.never

conflict := 1 if input.a

conflict := 2 if input.a
`}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	config := fmt.Sprintf(`{"services":{"test":{"url":%q}},"bundles":{"test":{"resource":"/bundles/bundle.tar.gz"}}}`, server.URL())
	opa, err := sdk.New(t.Context(), sdk.Options{ID: "test", Config: strings.NewReader(config)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { opa.Stop(context.Background()) })
	return opa
}

func TestDenial(t *testing.T) {
	opa := newOPA(t)
	owner := denyopasdk.Options{Denied: problem.NotOwner}
	for _, row := range []struct {
		path    string
		options denyopasdk.Options
		want    error // nil: allowed
	}{
		{"/test/yes", owner, nil},
		{"/test/no", owner, problem.NotOwner},
		{"/test/no", denyopasdk.Options{}, problem.PolicyDenied},
		{"/test/plan", owner, problem.PlanTooLow},
		{"/test/maybe", owner, problem.NotOwner},
		{"/test/missing", owner, problem.NotOwner},
		{"/test/conflict", owner, problem.PolicyDenied},
	} {
		t.Run(row.path, func(t *testing.T) {
			got := row.options.Denial(opa.Decision(t.Context(), sdk.DecisionOptions{Path: row.path, Input: map[string]any{"a": true}}))
			if row.want == nil {
				if got != nil {
					t.Errorf("an allowed request is denied: %v", got)
				}
				return
			}
			if got == nil || problem.From(got).Reason != row.want {
				t.Fatalf("got %v, want %v", got, row.want)
			}
			if problem.From(got).Cause == nil {
				t.Error("the logs learn nothing")
			}
		})
	}
}

func TestFailsClosed(t *testing.T) {
	var typed *sdk.Error
	cycle := &own{}
	cycle.err = cycle
	for name, row := range map[string]struct {
		got  error
		want error
	}{
		"nil and nil":          {denyopasdk.Denial(nil, nil), problem.PolicyDenied},
		"the zero decision":    {denyopasdk.Denial(&sdk.DecisionResult{}, nil), problem.PolicyDenied},
		"yes and an error":     {denyopasdk.Denial(&sdk.DecisionResult{Result: true}, errors.New("x")), problem.PolicyDenied},
		"undefined, wrapped":   {denyopasdk.Denial(nil, fmt.Errorf("check: %w", &sdk.Error{Code: sdk.UndefinedErr})), problem.PolicyDenied},
		"undefined, cloaked":   {denyopasdk.Denial(nil, problem.Cloak(&sdk.Error{Code: sdk.UndefinedErr})), problem.NotFound},
		"undefined beside yes": {denyopasdk.Denial(&sdk.DecisionResult{Result: true}, &sdk.Error{Code: sdk.UndefinedErr}), problem.PolicyDenied},
		"cancelled":            {denyopasdk.Denial(nil, context.Canceled), problem.Overloaded},
		"a nil that panics":    {denyopasdk.Denial(&sdk.DecisionResult{Result: true}, fmt.Errorf("check: %w", (*own)(nil))), problem.PolicyDenied},
		"a cycle":              {denyopasdk.Denial(&sdk.DecisionResult{Result: true}, cycle), problem.PolicyDenied},
		"a reason":             {denyopasdk.Denial(nil, problem.Maintenance), problem.Maintenance},
	} {
		if row.got == nil || problem.From(row.got).Reason != row.want {
			t.Errorf("%s: got %v, want %v", name, row.got, row.want)
		}
	}
	if got := denyopasdk.Denial(&sdk.DecisionResult{Result: true}, typed); got == nil {
		t.Error("an error that is a typed nil lets through")
	}
}

type own struct{ err error }

func (e *own) Error() string { return "own" }
func (e *own) Unwrap() error { return e.err }
