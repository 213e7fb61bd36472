// Package denycedar makes a denial of a no from Cedar, with the reason that
// the policies give in their annotations.
//
//	decision, diagnostic := cedar.Authorize(policies, entities, request)
//	if err := denycedar.Denial(policies, decision, diagnostic); err != nil {
//		deny.Write(w, r, err)
//		return
//	}
//
// A forbid policy says in annotations what people may read:
//
//	@denial_code("plan-too-low")
//	@denial_arg_plan("Team")
//	forbid (principal, action == Action::"export", resource)
//	unless { principal.plan == "team" };
//
// What else is known of the policies, such as their IDs, other annotations and
// where they stand, is for the logs: it says how the policies are built, so no
// client reads it.
package denycedar

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/cedar-policy/cedar-go"
	"github.com/denial-go/denial/problem"
)

// Annotations that Denial reads. Those whose names begin with ArgPrefix are
// Problem.Args by the rest of their names, such as denial_arg_role.
const (
	CodeAnnotation   = "denial_code"   // the code of a reason, such as "role-missing"
	DetailAnnotation = "denial_detail" // Problem.Detail: sent as it is, in no known language
	ArgPrefix        = "denial_arg_"
)

// Options say how a no is answered. The zero Options are good.
type Options struct {
	_ [0]func()

	// Reasons are those that policies may name by their codes. Nil is the
	// built-in ones, problem.Common.
	Reasons *problem.Set

	// Denied is why a request is denied where no policy that forbids it says
	// so: most often because none permits it. Nil, and an error that holds no
	// reason, are [problem.PolicyDenied].
	Denied error

	// IgnorePermitErrors lets a request through that is allowed while a permit
	// policy could not be evaluated. Such a policy can only have failed to
	// allow. A forbid policy with an error always denies.
	IgnorePermitErrors bool
}

var builtIn = sync.OnceValue(func() *problem.Set {
	set, _ := problem.NewSet(problem.Common()...) // a zero Set for an error, which knows no reason
	return set
})

// Denial returns the denial for a decision, with the zero Options.
func Denial(policies cedar.PolicyIterator, decision cedar.Decision, diagnostic cedar.Diagnostic) error {
	return Options{}.Denial(policies, decision, diagnostic)
}

// Denial returns nil where the decision is to allow, and why the request is
// denied otherwise. Policies are those that were asked; without them, no
// annotation is read.
//
// Each policy that forbids the request and has a denial_code that Reasons know
// is a reason of the denial, joined in the order of the policies' IDs. One with
// a denial_detail alone gives it to the reason of Denied. A code that is not
// known is as good as none, so that a policy can be newer than the program.
//
// Cedar skips a policy that it cannot evaluate, so a forbid policy with a
// mistake in it would allow. Here any error denies, as [problem.PolicyDenied]
// or what Options.Denied says, whatever was decided: see IgnorePermitErrors.
//
// The IDs of the policies and the errors are the Cause, for logs.
func (o Options) Denial(policies cedar.PolicyIterator, decision cedar.Decision, diagnostic cedar.Diagnostic) error {
	byID := lookup(policies, diagnostic)
	if decision == cedar.Allow && !o.spoiled(byID, diagnostic.Errors) {
		return nil
	}
	cause := describe(decision, diagnostic)
	var reasons []error
	if decision == cedar.Deny {
		reasons = o.reasons(byID, diagnostic.Reasons)
	}
	denied := o.fallback("")
	if len(reasons) == 1 {
		denied = reasons[0]
	} else if len(reasons) > 1 {
		denied = errors.Join(reasons...)
	}
	p := *problem.From(denied)
	p.Cause = errors.Join(cause, p.Cause)
	return &p
}

// spoiled reports whether one of the errors may have hidden a no.
func (o Options) spoiled(byID map[cedar.PolicyID]*cedar.Policy, errs []cedar.DiagnosticError) bool {
	for _, e := range errs {
		p := byID[e.PolicyID]
		if !o.IgnorePermitErrors || p == nil || p.Effect() != cedar.Permit {
			return true
		}
	}
	return false
}

// reasons reads the policies that forbid, each reason once.
func (o Options) reasons(byID map[cedar.PolicyID]*cedar.Policy, diagnostic []cedar.DiagnosticReason) []error {
	set := o.Reasons
	if set == nil {
		set = builtIn()
	}
	sorted := slices.SortedFunc(slices.Values(diagnostic), func(a, b cedar.DiagnosticReason) int {
		return cmp.Compare(a.PolicyID, b.PolicyID) // Cedar's order is that of a map
	})
	var out []error
	seen := make(map[string]bool)
	for _, d := range sorted {
		p := byID[d.PolicyID]
		if p == nil {
			continue
		}
		var code, detail string
		args := make(map[string]any)
		for name, value := range p.Annotations() {
			switch name := string(name); {
			case name == CodeAnnotation:
				code = string(value)
			case name == DetailAnnotation:
				detail = string(value)
			case strings.HasPrefix(name, ArgPrefix):
				args[strings.TrimPrefix(name, ArgPrefix)] = string(value)
			}
		}
		reason, known := set.ByCode(code)
		said := fmt.Sprintf("%q %q %q", reason.Code(), detail, args) // fmt sorts the map
		switch {
		case seen[said], !known && detail == "":
			continue
		case known:
			out = append(out, &problem.Problem{Reason: reason, Detail: detail, Args: args})
		default:
			out = append(out, o.fallback(detail))
		}
		seen[said] = true
	}
	return out
}

// fallback is the denial where a policy names no reason.
func (o Options) fallback(detail string) error {
	p, ok := problem.Find(o.Denied)
	if !ok {
		p = problem.PolicyDenied.Because(o.Denied)
	}
	if detail == "" {
		return p
	}
	own := *p
	own.Detail = detail
	return &own
}

// lookup returns the policies that the diagnostic names.
func lookup(policies cedar.PolicyIterator, diagnostic cedar.Diagnostic) map[cedar.PolicyID]*cedar.Policy {
	found := make(map[cedar.PolicyID]*cedar.Policy)
	for _, r := range diagnostic.Reasons {
		found[r.PolicyID] = nil
	}
	for _, e := range diagnostic.Errors {
		found[e.PolicyID] = nil
	}
	if set, ok := policies.(*cedar.PolicySet); len(found) == 0 || policies == nil || ok && set == nil {
		return found
	}
	for id, p := range policies.All() {
		if _, wanted := found[id]; wanted {
			found[id] = p
		}
	}
	return found
}

// describe says for logs how it came to the denial.
func describe(decision cedar.Decision, diagnostic cedar.Diagnostic) error {
	var errs []error
	ids := make(map[cedar.PolicyID]bool)
	for _, r := range diagnostic.Reasons {
		ids[r.PolicyID] = true
	}
	by := slices.Sorted(maps.Keys(ids))
	switch {
	case decision == cedar.Allow:
		errs = append(errs, fmt.Errorf("cedar: allowed by %q, but not every policy could be evaluated", by))
	case len(by) == 0:
		errs = append(errs, errors.New("cedar: no policy permits it"))
	default:
		errs = append(errs, fmt.Errorf("cedar: forbidden by %q", by))
	}
	for _, e := range diagnostic.Errors {
		errs = append(errs, fmt.Errorf("cedar: %s", e))
	}
	return errors.Join(errs...)
}
