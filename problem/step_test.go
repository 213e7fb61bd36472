package problem_test

import (
	"slices"
	"testing"

	"github.com/denial-go/denial/problem"
)

func TestKindsOfSteps(t *testing.T) {
	if got := problem.StepKind("an-apps-own"); got.Actor() != problem.User || got.Label() != "" || got.Relation() != "" {
		t.Errorf("a kind that is not known: %v, %q, %q", got.Actor(), got.Label(), got.Relation())
	}
	if problem.GrantScope.Actor() != problem.Client || problem.SignIn.Label() != "Sign in" || problem.Pay.Relation() != "payment" {
		t.Errorf("got %v, %q, %q", problem.GrantScope.Actor(), problem.SignIn.Label(), problem.Pay.Relation())
	}
	if !slices.IsSorted(problem.Kinds()) {
		t.Error("kinds are looked up by bisection, so they must be sorted")
	}
	if n := testing.AllocsPerRun(100, func() { problem.SignIn.Label() }); n > 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func TestTakenBy(t *testing.T) {
	for _, tt := range []struct {
		step problem.NextStep
		want problem.Actor
	}{
		{problem.NextStep{Kind: problem.Wait}, problem.Client},
		{problem.NextStep{Kind: problem.Wait, Actor: problem.Operator}, problem.Operator},
		{problem.NextStep{Kind: problem.Wait, Actor: "robot"}, problem.Client},
		{problem.NextStep{Kind: "own"}, problem.User},
		{problem.NextStep{Kind: "own", Actor: problem.Client}, problem.Client},
	} {
		if got := tt.step.TakenBy(); got != tt.want {
			t.Errorf("%+v: got %q, want %q", tt.step, got, tt.want)
		}
	}
}
