package denygoa

import (
	"context"

	goa "goa.design/goa/v3/pkg"

	"github.com/denial-go/denial/problem"
)

// Endpoint is a middleware for the endpoints of a service:
//
//	endpoints.Use(denygoa.Endpoint)
//
// The code that goa generates takes the error of the design out of what a
// method returns, and leaves a problem.Cloak around it behind, and a reason
// beside it. For an empty body it asks no formatter at all. With Endpoint, what
// holds a reason comes to [Formatter] as a whole, without a header field
// goa-error.
//
// It changes nothing for gRPC, where the code of the design counts, and for
// servers without [Handler]. It is not for endpoints that JSON-RPC serves too,
// whose codes it would change.
func Endpoint(next goa.Endpoint) goa.Endpoint {
	return func(ctx context.Context, payload any) (any, error) {
		result, err := next(ctx, payload)
		if _, ok := ctx.Value(writerKey{}).(*writer); !ok || err == nil {
			return result, err
		}
		if _, ok := problem.Find(err); ok {
			err = &whole{err}
		}
		return result, err
	}
}

// whole is an error that generated code takes for one that the design does not
// have.
type whole struct{ error }

// GoaErrorName is what the code asks first, and stops at.
func (*whole) GoaErrorName() string { return "" }

// Unwrap lets middleware find what the method returned.
func (w *whole) Unwrap() error { return w.error }
