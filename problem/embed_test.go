package problem_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
)

// Errors of an application that embed what this package has, and so get its
// methods.
type (
	tenantError struct {
		*problem.Problem
		Tenant string
	}
	valueError struct { // only a pointer to it has all the methods
		problem.Problem
		Tenant string
	}
	ownTextError struct{ problem.Problem }
	reasonError  struct {
		problem.Reason
		err error
	}
	pointerError struct{ *problem.Reason }
	bothError    struct {
		*problem.Problem
		problem.Reason
	}
	enrichedError struct {
		problem.Reason
		role string
	}
)

func (e ownTextError) Error() string { return "own text" }
func (e reasonError) Unwrap() error  { return e.err }
func (e bothError) Error() string    { return "both" }

// causedError unwraps to something of its own, and gives another Problem by As.
type causedError struct {
	*problem.Problem
	err  error
	gave *problem.Problem
}

func (e causedError) Unwrap() error { return e.err }
func (e causedError) As(target any) bool {
	p, ok := target.(**problem.Problem)
	if ok = ok && e.gave != nil; ok {
		*p = e.gave
	}
	return ok
}

func (e enrichedError) As(target any) bool {
	p, ok := target.(**problem.Problem)
	if ok {
		*p = &problem.Problem{Reason: e.Reason, Args: map[string]any{"role": e.role}}
	}
	return ok
}

func TestFromEmbedded(t *testing.T) {
	wrap := func(err error) error { return fmt.Errorf("wrapped: %w", err) }
	limited := func(cause error) *problem.Problem {
		return &problem.Problem{Reason: problem.RateLimited, RetryAfter: time.Minute, Detail: "Slowly.", Cause: cause}
	}
	deep := error(tenantError{limited(problem.NotOwner), "a"})
	for range 2000 {
		deep = tenantError{limited(deep), "a"}
	}
	tests := []struct {
		name string
		in   error
		want []string
		ok   bool
	}{
		{"deep", deep, []string{"rate-limited"}, true},
		{"with an Unwrap of its own", causedError{limited(nil), problem.NotOwner, nil}, []string{"rate-limited"}, true},
		{"with a cloak by its own Unwrap", causedError{limited(nil), problem.Cloak(io.EOF), nil}, []string{"not-found"}, true},
		{"with a cloak in the Problem", causedError{limited(problem.Cloak(io.EOF)), nil, nil}, []string{"not-found"}, true},
		{"with an As of its own", causedError{limited(nil), nil, &problem.Problem{Reason: problem.RoleMissing, Args: map[string]any{"role": "Editor"}}}, []string{"role-missing"}, true},
		{"with a cloak in the Problem, and an As of its own", causedError{limited(problem.Cloak(io.EOF)), nil, problem.NeedRole("Editor")}, []string{"not-found"}, true},
		{"a Problem", tenantError{limited(problem.NotOwner), "a"}, []string{"rate-limited"}, true},
		{"a Problem, by pointer", &tenantError{limited(problem.NotOwner), "a"}, []string{"rate-limited"}, true},
		{"a Problem, wrapped", wrap(tenantError{limited(problem.NotOwner), "a"}), []string{"rate-limited"}, true},
		{"a Problem, joined", errors.Join(problem.EmailUnverified, tenantError{limited(problem.NotOwner), "a"}), []string{"rate-limited", "email-unverified"}, true},
		{"a Problem in another", tenantError{limited(tenantError{limited(nil), "b"}), "a"}, []string{"rate-limited"}, true},
		{"a Problem by value", &valueError{*limited(problem.NotOwner), "a"}, []string{"rate-limited"}, true},
		{"a Problem by value, with a text of its own", ownTextError{*limited(problem.NotOwner)}, []string{"rate-limited"}, true},
		{"a nil Problem", tenantError{Tenant: "a"}, []string{"403"}, false},
		{"a nil Problem, wrapped", wrap(&tenantError{Tenant: "a"}), []string{"403"}, false},
		{"a nil Problem, joined", errors.Join(tenantError{Tenant: "a"}, problem.NotOwner), []string{"not-owner"}, true},
		{"nil", (*tenantError)(nil), []string{"403"}, false},
		{"nil, by value", (*valueError)(nil), []string{"403"}, false},
		{"a cloak in the cause", tenantError{limited(problem.Cloak(io.EOF)), "a"}, []string{"not-found"}, true},
		{"in a cloak", problem.Cloak(tenantError{limited(nil), "a"}), []string{"not-found"}, true},
		{"a Reason", reasonError{problem.NotOwner, problem.RateLimited}, []string{"not-owner"}, true},
		{"a Reason, wrapped", wrap(&reasonError{problem.NotOwner, nil}), []string{"not-owner"}, true},
		{"the zero Reason", reasonError{}, []string{"403"}, true},
		{"a Reason over a cloak", reasonError{problem.NotOwner, problem.Cloak(io.EOF)}, []string{"not-found"}, true},
		{"a pointer to a Reason", pointerError{&problem.NotOwner}, []string{"not-owner"}, true},
		{"a nil pointer to a Reason", pointerError{}, []string{"403"}, false},
		{"both", bothError{limited(nil), problem.NotOwner}, []string{"rate-limited"}, true},
		{"a Reason, with an As of its own", enrichedError{problem.RoleMissing, "Editor"}, []string{"role-missing"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, ok := problem.Find(tt.in)
			if diff := cmp.Diff(tt.want, codes(p)); diff != "" || ok != tt.ok {
				t.Errorf("codes differ, ok %v, want %v (-want +got):\n%s", ok, tt.ok, diff)
			}
			if again := problem.From(p); !cmp.Equal(codes(p), codes(again)) {
				t.Errorf("From(From(err)) is %v", codes(again))
			}
			if p.Reason == problem.RateLimited && (p.RetryAfter != time.Minute || p.Detail != "Slowly.") {
				t.Errorf("it lost something: %+v", p)
			}
			if p.Reason == problem.RoleMissing && p.Arg("role") != "Editor" {
				t.Errorf("it lost its Args: %+v", p)
			}
		})
	}
}

// errors.As finds the Problem that an error embeds, and the error itself.
func TestAsEmbedded(t *testing.T) {
	p := problem.RateLimited.Because(io.EOF)
	err := fmt.Errorf("wrapped: %w", tenantError{p, "a"})
	if got, ok := errors.AsType[*problem.Problem](err); !ok || got != p {
		t.Errorf("got the Problem %v, %v", got, ok)
	}
	if got, ok := errors.AsType[tenantError](err); !ok || got.Tenant != "a" {
		t.Errorf("got the error %v, %v", got, ok)
	}
	if got, ok := errors.AsType[problem.Reason](err); !ok || got != problem.RateLimited {
		t.Errorf("got the Reason %v, %v", got, ok)
	}
	if !errors.Is(err, problem.RateLimited) || !errors.Is(err, io.EOF) || errors.Is(err, problem.NotOwner) {
		t.Error("errors.Is is wrong")
	}
	if got, ok := errors.AsType[*problem.Problem](tenantError{}); ok {
		t.Errorf("a nil Problem: got %v", got)
	}
	if p.As(nil) || p.As(new(problem.Reason)) {
		t.Error("As gives what it is not")
	}
}
