// Package denycasbin makes a denial of a no from Casbin.
//
//	if err := denycasbin.Denial(enforcer.EnforceEx(user, object, action)); err != nil {
//		deny.Write(w, r, err)
//		return
//	}
//
// The rule that decided is for the logs: it says how the policy is built, so
// no client reads it. What people should read of a rule is for the application
// to say, in [Options].
package denycasbin

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"syscall"

	"github.com/denial-go/denial/problem"
)

// Options say how a no is answered. The zero Options are good.
type Options struct {
	_ [0]func()

	// Denied returns why a request is denied, such as problem.PlanTooLow, by
	// the rule that denied it: its fields as in the policy, none where no rule
	// allows the request. Nil, and a result that holds no reason, are
	// [problem.RoleMissing].
	Denied func(rule []string) error
}

// Denial returns the denial for a decision, with the zero Options.
func Denial(allowed bool, rule []string, err error) error {
	return Options{}.Denial(allowed, rule, err)
}

// Denial returns nil where the request is allowed, and why it is denied
// otherwise. It takes what EnforceEx returns, of any kind of enforcer, so that
// one call can stand inside the other; for Enforce, rule is nil.
//
// An error denies, whatever stands beside it: as the reason that it holds; as
// [problem.Overloaded], status 503, where it holds a net.Error, other than of
// parsing an address, or the context has ended, so that trying again may help;
// otherwise as [problem.PolicyDenied].
//
// The rule and the error are the Cause of the denial, for logs.
func (o Options) Denial(allowed bool, rule []string, err error) error {
	switch {
	case err != nil:
		return failed(err)
	case allowed:
		return nil
	}
	cause := errors.New("casbin: no rule allows it")
	if len(rule) > 0 {
		cause = fmt.Errorf("casbin: denied by rule %q", rule)
	}
	if o.Denied == nil {
		return problem.RoleMissing.Because(cause)
	}
	denied := o.Denied(rule)
	p, ok := problem.Find(denied)
	if !ok {
		return problem.RoleMissing.Because(errors.Join(cause, denied))
	}
	own := *p // the application may return the same one each time
	own.Cause = errors.Join(p.Cause, cause)
	return &own
}

// failed is the answer where the enforcer could not decide.
func failed(err error) error {
	if _, ok := problem.Find(err); ok {
		return err
	}
	if some(err, outage) {
		return problem.Overloaded.Because(err)
	}
	return problem.PolicyDenied.Because(err)
}

// outage reports whether err says that somebody could not be reached. What only
// parses an address, which may stand in the request, returns a net.Error too.
func outage(err error) bool {
	switch e := err.(type) {
	case *url.Error:
		return e == nil || e.Op != "parse"
	case *net.ParseError, *net.AddrError:
		return false
	case syscall.Errno: // of a file, say, whose name stood in what was sent, and which is not there
		return e.Temporary() || e == syscall.ECONNREFUSED || e == syscall.ECONNRESET
	case net.Error: // context.DeadlineExceeded is one too
		return true
	}
	return same(err, context.Canceled) || same(err, context.DeadlineExceeded)
}
