package denyconnect

import (
	"context"
	"slices"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/anypb"

	denydetails "github.com/denial-go/denial/adapters/grpc/details"
	"github.com/denial-go/denial/problem"
)

// A Client reads denials back out of the errors of calls. It is a
// connect.Interceptor for clients. The zero Client works, and knows no reason.
type Client struct {
	// Known are the reasons of the program, for which errors.Is is to work.
	Known *problem.Set
}

var _ connect.Interceptor = Client{}

// An Error is a call that was denied. It holds the *connect.Error, for
// errors.As and connect.CodeOf, and a *problem.Problem, for errors.As and, where
// the reason is known, errors.Is.
//
// A handler that returns it hands the denial on: see [Server].
type Error struct {
	err    error // as it came
	denial denydetails.Denial
}

var _ denydetails.Received = (*Error)(nil)

// Error returns what Connect says of the error.
func (e *Error) Error() string { return e.err.Error() }

// Unwrap returns the Problem, and the error as it came.
func (e *Error) Unwrap() []error { return []error{e.denial.Problem, e.err} }

// Problem returns the denial as the service said it: its Detail, Next and Also
// are in the language that the call asked for, and data like those of
// [problem.Decode].
func (e *Error) Problem() *problem.Problem { return e.denial.Problem }

// Denial returns the denial in both forms, for adapters that render it anew.
func (e *Error) Denial() denydetails.Denial { return e.denial }

// Read returns the *Error for err where err is a *connect.Error that holds a
// denial, and err itself everywhere else. It never returns nil for an error.
//
// An error that is a denial already stays what it is, whatever *connect.Error
// is its cause or in a problem.Cloak: the program has decided what to tell.
func (c Client) Read(err error) error {
	if _, denied := problem.Find(err); denied || err == nil {
		return err // an *Error among them
	}
	e, ok := denydetails.As[*connect.Error](err)
	if !ok || e == nil {
		return err
	}
	var details []*anypb.Any
	for _, d := range e.Details() {
		details = append(details, &anypb.Any{TypeUrl: "type.googleapis.com/" + d.Type(), Value: d.Bytes()})
	}
	d, ok := denydetails.Read(c.Known, details)
	if !ok {
		return err
	}
	if d.Problem.Challenges == nil {
		lines := slices.Concat(e.Meta().Values("WWW-Authenticate"), e.Meta().Values("Proxy-Authenticate"))
		// What can be read of them counts.
		d.Problem.Challenges = problem.FromResponse(401, map[string][]string{"Www-Authenticate": lines}, nil).Challenges
		if d.Own != nil {
			d.Own.Challenges = d.Problem.Challenges
		}
	}
	return &Error{err, d}
}

// WrapUnary is for connect.WithInterceptors. Of a handler it changes nothing.
func (c Client) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		resp, err := next(ctx, req)
		if err == nil || !req.Spec().IsClient {
			return resp, err
		}
		return resp, c.Read(err)
	}
}

// WrapStreamingClient is for connect.WithInterceptors.
func (c Client) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return func(ctx context.Context, spec connect.Spec) connect.StreamingClientConn {
		return &clientConn{next(ctx, spec), c}
	}
}

// WrapStreamingHandler changes nothing.
func (c Client) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return next
}

// clientConn reads the error that ends a stream.
type clientConn struct {
	connect.StreamingClientConn
	client Client
}

func (c *clientConn) Send(m any) error { return c.client.Read(c.StreamingClientConn.Send(m)) }

func (c *clientConn) Receive(m any) error { return c.client.Read(c.StreamingClientConn.Receive(m)) }

func (c *clientConn) CloseRequest() error {
	return c.client.Read(c.StreamingClientConn.CloseRequest())
}

func (c *clientConn) CloseResponse() error {
	return c.client.Read(c.StreamingClientConn.CloseResponse())
}
