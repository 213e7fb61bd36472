// Package denyopenfga makes a denial of a no from OpenFGA.
//
//	check := fga.Check(ctx).Body(client.ClientCheckRequest{User: "user:anne", Relation: "viewer", Object: "document:7"})
//	if err := denyopenfga.Denial(check.Execute()); err != nil {
//		deny.Write(w, r, err)
//		return
//	}
//
// OpenFGA answers a check with yes or no and gives no reason, so the
// application says what a no of each check means: see [Options].
package denyopenfga

import (
	"errors"

	"github.com/denial-go/denial/problem"
	openfga "github.com/openfga/go-sdk"
	"github.com/openfga/go-sdk/client"
)

// Options say how a no is answered. The zero Options are good.
type Options struct {
	_ [0]func()

	// Denied is why a request is denied, such as problem.NotOwner,
	// problem.NeedGroup("Sales") or problem.Cloak(problem.NotOwner). Nil, and
	// an error that holds no reason, are [problem.PolicyDenied].
	Denied error
}

// Denial returns the denial for the answer to a check, with the zero Options.
func Denial(resp *client.ClientCheckResponse, err error) error { return Options{}.Denial(resp, err) }

// Denial returns nil where the answer to a check is yes, and why the request is
// denied otherwise. It takes what Execute returns, so that one call can stand
// inside the other. Of a batch, give it each answer with its Error.
//
// An answer that does not say yes is a no: it is nil, or empty. An error
// denies, whatever stands beside it:
//
//   - as the reason that it holds;
//   - as [problem.PolicyDenied], where OpenFGA or its client finds the check
//     itself wrong, because of a type that the model does not have or an
//     identifier that no object can have, for example: it is the same the next
//     time;
//   - otherwise as [problem.Overloaded], status 503: OpenFGA is out of reach, or
//     does not serve us.
//
// The error is the Cause of the denial, for logs.
func (o Options) Denial(resp *client.ClientCheckResponse, err error) error {
	switch {
	case err != nil:
		return failed(err)
	case resp == nil:
		return problem.Overloaded.Because(errors.New("openfga: neither an answer nor an error"))
	case resp.GetAllowed():
		return nil
	}
	if _, ok := problem.Find(o.Denied); ok {
		return o.Denied
	}
	return problem.PolicyDenied.Because(o.Denied)
}

// failed is the answer where there is none from OpenFGA.
func failed(err error) error {
	if _, ok := problem.Find(err); ok {
		return err
	}
	if some(err, wrong) {
		return problem.PolicyDenied.Because(err)
	}
	return problem.Overloaded.Because(err)
}

// wrong reports whether err says that the check itself cannot be answered.
func wrong(err error) bool {
	switch err.(type) {
	case openfga.FgaApiValidationError, client.FgaRequiredParamError, client.FgaInvalidError:
		return true
	}
	return false
}
