// Package denyopasdk makes a denial of a no from OPA's SDK. It is apart from
// package denyopa because the SDK brings OPA's server along.
//
//	if err := denyopasdk.Denial(opa.Decision(ctx, sdk.DecisionOptions{Path: "/reports/decision", Input: input})); err != nil {
//		deny.Write(w, r, err)
//		return
//	}
package denyopasdk

import (
	denyopa "github.com/denial-go/denial/adapters/opa"
	"github.com/denial-go/denial/adapters/opa/internal/tree"
	"github.com/denial-go/denial/problem"
	"github.com/open-policy-agent/opa/v1/sdk"
)

// Options say how results are read: see denyopa.Options.
type Options denyopa.Options

// Denial returns the denial for a decision, with the zero Options.
func Denial(decision *sdk.DecisionResult, err error) error { return Options{}.Denial(decision, err) }

// Denial returns nil where the decision allows the request, and why it is
// denied otherwise: see denyopa.Options.Result. It takes what Decision returns.
// A decision that is undefined is a no, and so is a nil one.
func (o Options) Denial(decision *sdk.DecisionResult, err error) error {
	options := denyopa.Options(o)
	_, denied := problem.Find(err)
	switch {
	case !denied && undefined(err):
		return options.Result(nil, nil)
	case err != nil || decision == nil:
		return options.Result(nil, err)
	}
	return options.Result(decision.Result, nil)
}

// undefined looks for the SDK's error below others too, which
// sdk.IsUndefinedErr does not.
func undefined(err error) bool {
	return tree.Some(err, func(err error) bool {
		e, ok := err.(*sdk.Error)
		return ok && e != nil && e.Code == sdk.UndefinedErr
	})
}
