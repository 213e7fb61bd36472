// Package denyjose says why a token that go-jose does not accept is denied.
//
//	token, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.ES256})
//	if err == nil {
//		err = token.Claims(keys, &claims)
//	}
//	if err == nil {
//		err = claims.Validate(jwt.Expected{Issuer: issuer, AnyAudience: jwt.Audience{"api"}})
//	}
//	if err != nil {
//		deny.Write(w, r, denyjose.Denial(err))
//		return
//	}
//
// A client must learn whether a new token would help, and an attacker nothing
// else. So an expired token and one for another audience are called that;
// every other mistake is [problem.TokenInvalid]. The error itself is kept for
// the logs.
//
// Package denyjose does not parse tokens, and does not find them in a request.
package denyjose

import (
	"context"
	"errors"
	"net"
	"net/url"
	"syscall"

	"github.com/denial-go/denial/problem"
	"github.com/go-jose/go-jose/v4/jwt"
)

// Options say what else an answer should hold. The zero Options are good.
type Options struct {
	_ [0]func()

	// ResourceMetadata is the URL of the protected resource's metadata
	// (RFC 9728 §5.1), for challenges and steps; "" leaves it out.
	ResourceMetadata string

	// Resource is the resource indicator that a client should ask a token for
	// (RFC 8707), told to one whose token is for another; "" leaves it out.
	Resource string

	// Session says that the tokens are the site's own session cookies, and no
	// access tokens. What is wrong with a cookie helps nobody: one that has
	// expired is [problem.SessionExpired], any other [problem.SignInRequired].
	Session bool
}

// Denial returns why err denies the request, with the zero Options.
func Denial(err error) error { return Options{}.Denial(err) }

// Denial returns why err, from parsing, decrypting, verifying or validating a
// token, denies the request. It is nil only for a nil err. The error that is
// returned stands for:
//
//   - what err says itself where it holds a reason: whoever finds the keys may
//     return [problem.TokenRevoked];
//   - [problem.Overloaded], status 503, where the keys could not be had: err
//     holds a net.Error other than of parsing an address, or the context has
//     ended. Nothing is then known about the token, so the client must not
//     throw it away;
//   - [problem.WrongAudience], where err is [jwt.ErrInvalidAudience], by itself
//     or joined with [jwt.ErrExpired];
//   - [problem.TokenExpired], where it is [jwt.ErrExpired] and nothing else,
//     which go-jose says of tokens without another fault;
//   - [problem.TokenInvalid] otherwise: malformed, forged, not valid yet, from
//     another issuer, an unknown key. Most of go-jose's errors have no name, so
//     this is also what an error of anybody else becomes.
//
// All of the last three are a Bearer challenge with error="invalid_token" (RFC
// 6750 §3.1), which is sent to a request with an Authorization or Cookie field
// or access_token= in its address; without them, there is no error in it.
//
// Validate accepts a token without exp: check claims.Expiry yourself, and
// return [problem.TokenInvalid].
func (o Options) Denial(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := problem.Find(err); ok {
		return err
	}
	var f faults
	f.read(err)
	reason := f.reason()
	switch {
	case reason == problem.Overloaded:
		return reason.Because(err)
	case o.Session && reason == problem.TokenExpired:
		return problem.SessionExpired.Because(err)
	case o.Session:
		return problem.SignInRequired.Because(err)
	}
	return o.withArgs(reason.Because(err))
}

// faults are what the leaves of an error tree say is wrong with a token.
type faults struct {
	outage            bool // somebody who had to be asked did not answer
	expired, audience bool
	other             bool // something that neither a refresh nor another audience cures
	nodes             int  // looked at
}

// maxNodes is far more than anybody joins. A tree with a cycle in it ends
// there, and in errors.Is it would not.
const maxNodes = 1000

func (f *faults) read(err error) {
	if f.nodes++; f.nodes > maxNodes || err == nil {
		f.other = true
		return
	}
	if outage(err) {
		f.outage = true
		return
	}
	if of, ok := children(err); ok {
		for _, child := range of {
			f.read(child)
		}
		return
	}
	switch {
	case is(err, context.Canceled):
		f.outage = true
	case is(err, jwt.ErrExpired):
		f.expired = true
	case is(err, jwt.ErrInvalidAudience):
		f.audience = true
	default:
		f.other = true
	}
}

// outage reports whether err says that somebody could not be reached. What only
// parses an address, which may stand in the token, returns a net.Error too.
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
	return false
}

// children returns what err wraps, and whether it is an error that may. Of one
// whose Unwrap panics, as that of a nil pointer does, nothing is known: a nil.
func children(err error) (of []error, ok bool) {
	defer func() {
		if recover() != nil {
			of, ok = []error{nil}, true
		}
	}()
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return []error{e.Unwrap()}, true
	case interface{ Unwrap() []error }:
		return e.Unwrap(), true
	}
	return nil, false
}

// is is errors.Is for a leaf whose method Is may panic.
func is(err, target error) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return errors.Is(err, target)
}

func (f *faults) reason() problem.Reason {
	switch {
	case f.outage:
		return problem.Overloaded
	case f.other:
		return problem.TokenInvalid
	case f.audience:
		return problem.WrongAudience
	case f.expired:
		return problem.TokenExpired
	}
	return problem.TokenInvalid
}

// withArgs adds what the options know to a Problem that is new.
func (o Options) withArgs(p *problem.Problem) *problem.Problem {
	args := map[string]any{}
	if o.ResourceMetadata != "" {
		args["resource_metadata"] = o.ResourceMetadata
	}
	if o.Resource != "" {
		args["resource"] = o.Resource
	}
	if len(args) > 0 {
		p.Args = args
	}
	return p
}
