// Package denyopa makes a denial of a no from Open Policy Agent, with the
// reason that the policy gives.
//
//	query, err := rego.New(rego.Query("data.reports.decision"), …).PrepareForEval(ctx)
//	…
//	if err := denyopa.Denial(query.Eval(ctx, rego.EvalInput(input))); err != nil {
//		deny.Write(w, r, err)
//		return
//	}
//
// A policy answers with a boolean, or with an object that says why not:
//
//	decision := {"allow": true} if input.user.plan == "team"
//	else := {"allow": false, "reason": "plan-too-low", "args": {"plan": "Team"}}
//
// Members of the object that [Options.Result] does not name are for the logs.
// Package denyopa/sdk does the same for OPA's SDK, and Options.Result for the
// REST API.
package denyopa

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"syscall"

	"github.com/denial-go/denial/adapters/opa/internal/tree"
	"github.com/denial-go/denial/problem"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Options say how results are read. The zero Options are good.
type Options struct {
	_ [0]func()

	// Reasons are those that a policy may name by their codes. Nil is the
	// built-in ones, problem.Common.
	Reasons *problem.Set

	// Denied is why a request is denied where the policy does not say. Nil,
	// and an error that holds no reason, are [problem.PolicyDenied].
	Denied error
}

// Denial returns the denial for the result of a query, with the zero Options.
func Denial(rs rego.ResultSet, err error) error { return Options{}.Denial(rs, err) }

// Result returns the denial for a result from elsewhere, with the zero Options.
func Result(result any, err error) error { return Options{}.Result(result, err) }

// Denial returns nil where the result of a query allows the request, and why it
// is denied otherwise: see Result. It takes what Eval returns, so that one call
// can stand inside the other.
//
// An empty set is an undefined result, which is a no. So is a set with
// variables in it or with several results: ask for one value, as in
// data.reports.decision.
func (o Options) Denial(rs rego.ResultSet, err error) error {
	if err != nil || len(rs) == 0 {
		return o.Result(nil, err)
	}
	if len(rs) != 1 || len(rs[0].Bindings) > 0 || len(rs[0].Expressions) != 1 || rs[0].Expressions[0] == nil {
		return o.denied(errors.New("opa: the query has more than one value, or variables; ask for one, as in data.reports.decision"))
	}
	return o.Result(rs[0].Expressions[0].Value, nil)
}

// Result returns nil where a result, as encoding/json or package rego gives it,
// allows the request, and why it is denied otherwise.
//
// The result allows where it is true, or an object whose member allow is true.
// Anything else denies: nil, which is how an undefined one looks, false, a
// string "true", any other type. Of an object that denies, these members are
// read; where one is not as it should be, it is left out:
//
//   - reason: the code of a reason, such as "role-missing", from
//     Options.Reasons. One that is not known is as good as none, so that a
//     policy can be newer than the program;
//   - args: an object of strings, numbers, and lists of strings, as
//     Problem.Args. A string that is a time (RFC 3339) becomes one;
//   - detail: a sentence, sent as it is, in no known language;
//   - next: a list of objects with kind, actor, href, method, title, params
//     and expires, as problem.NextStep has them. It replaces the reason's steps;
//   - retry_after: seconds, as Problem.RetryAfter;
//   - reasons: a list, or a set in Rego, of more of them: codes, and objects with
//     the members above. All are told at once.
//
// An error denies, whatever stands beside it: as the reason that it holds; as
// [problem.Overloaded], status 503, where the evaluation was cancelled or
// something was out of reach, so that trying again may help; otherwise as
// [problem.PolicyDenied].
//
// The result and the error are the Cause, for logs.
func (o Options) Result(result any, err error) error {
	if err != nil {
		return failed(err)
	}
	switch v := result.(type) {
	case nil:
		return o.denied(errors.New("opa: the result is undefined"))
	case bool:
		if v {
			return nil
		}
		return o.denied(errors.New("opa: the result is false"))
	case map[string]any:
		if allow, _ := v["allow"].(bool); allow {
			return nil
		}
		return o.explained(v)
	}
	return o.denied(fmt.Errorf("opa: the result is a %T; want a boolean, or an object with the member allow", result))
}

// denied is the denial where the policy does not say why.
func (o Options) denied(cause error) error {
	p := o.fallback()
	p.Cause = errors.Join(cause, p.Cause)
	return p
}

// fallback returns a copy of what Options.Denied says.
func (o Options) fallback() *problem.Problem {
	p, ok := problem.Find(o.Denied)
	if !ok {
		return problem.PolicyDenied.Because(o.Denied)
	}
	own := *p
	return &own
}

func (o Options) reasons() *problem.Set {
	if o.Reasons != nil {
		return o.Reasons
	}
	return builtIn()
}

var builtIn = sync.OnceValue(func() *problem.Set {
	set, _ := problem.NewSet(problem.Common()...) // a zero Set for an error, which knows no reason
	return set
})

// failed is the answer where the policy could not be evaluated.
func failed(err error) error {
	if _, ok := problem.Find(err); ok {
		return err
	}
	if tree.Some(err, outage) {
		return problem.Overloaded.Because(fmt.Errorf("opa: %w", err))
	}
	return problem.PolicyDenied.Because(fmt.Errorf("opa: %w", err))
}

// outage reports whether err says that the evaluation was cancelled, or that
// somebody could not be reached. What only parses an address, which may stand in
// the request, returns a net.Error too.
func outage(err error) bool {
	switch e := err.(type) {
	case *topdown.Error:
		return e != nil && e.Code == topdown.CancelErr
	case *url.Error:
		return e == nil || e.Op != "parse"
	case *net.ParseError, *net.AddrError:
		return false
	case syscall.Errno: // of a file, say, whose name stood in what was sent, and which is not there
		return e.Temporary() || e == syscall.ECONNREFUSED || e == syscall.ECONNRESET
	case net.Error: // context.DeadlineExceeded is one too
		return true
	}
	return tree.Same(err, context.Canceled) || tree.Same(err, context.DeadlineExceeded)
}
