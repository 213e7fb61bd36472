package denygrpc

import (
	"context"
	"io"
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	denydetails "github.com/denial-go/denial/adapters/grpc/details"
	"github.com/denial-go/denial/problem"
)

// A Client reads denials back out of statuses. The zero Client works, and
// knows no reason.
type Client struct {
	// Known are the reasons of the program, for which errors.Is is to work.
	Known *problem.Set
}

// An Error is a call that was denied. It is a status error like any other, for
// status.FromError and status.Code, and holds a *problem.Problem, for errors.As
// and, where the reason is known, errors.Is.
//
// A handler that returns it hands the denial on: see [Server].
type Error struct {
	status *status.Status
	err    error // as it came
	denial denydetails.Denial
}

var _ denydetails.Received = (*Error)(nil)

// Error returns what gRPC says of the status.
func (e *Error) Error() string { return e.status.Err().Error() }

// GRPCStatus returns the status as it came.
func (e *Error) GRPCStatus() *status.Status { return e.status }

// Unwrap returns the Problem, and the error as it came.
func (e *Error) Unwrap() []error { return []error{e.denial.Problem, e.err} }

// Problem returns the denial as the service said it: its Detail, Next and Also
// are in the language that the call asked for, and data like those of
// [problem.Decode].
func (e *Error) Problem() *problem.Problem { return e.denial.Problem }

// Denial returns the denial in both forms, for adapters that render it anew.
func (e *Error) Denial() denydetails.Denial { return e.denial }

// Read returns the *Error for err where err is a status that holds a denial,
// and err itself everywhere else. It never returns nil for an error. The
// trailer of the call may hold challenges that the status does not; nil will do.
//
// An error that is a denial already stays what it is, whatever status is its
// cause or in a problem.Cloak: the program has decided what to tell.
//
// It is for calls without the interceptors, and for statuses from elsewhere.
func (c Client) Read(err error, trailer metadata.MD) error {
	if err == nil {
		return nil
	}
	if _, denied := problem.Find(err); denied {
		return err // an *Error among them
	}
	st := own(err)
	if st == nil {
		return err
	}
	d, ok := denydetails.Read(c.Known, st.Proto().GetDetails())
	if !ok {
		return err
	}
	if d.Problem.Challenges == nil {
		lines := slices.Concat(trailer.Get("www-authenticate"), trailer.Get("proxy-authenticate"))
		// What can be read of them counts.
		d.Problem.Challenges = problem.FromResponse(401, map[string][]string{"Www-Authenticate": lines}, nil).Challenges
		if d.Own != nil {
			d.Own.Challenges = d.Problem.Challenges
		}
	}
	return &Error{st, err, d}
}

// Unary is a grpc.UnaryClientInterceptor.
func (c Client) Unary(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoker grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	var trailer metadata.MD
	err := invoker(ctx, method, req, reply, cc, append(slices.Clone(opts), grpc.Trailer(&trailer))...)
	return c.Read(err, trailer)
}

// Stream is a grpc.StreamClientInterceptor.
func (c Client) Stream(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, streamer grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	s, err := streamer(ctx, desc, cc, method, opts...)
	if err != nil {
		return nil, c.Read(err, nil)
	}
	return &clientStream{s, c}, nil
}

// clientStream reads the status that ends a stream.
type clientStream struct {
	grpc.ClientStream
	client Client
}

func (s *clientStream) Header() (metadata.MD, error) {
	md, err := s.ClientStream.Header()
	return md, s.read(err)
}

func (s *clientStream) CloseSend() error { return s.read(s.ClientStream.CloseSend()) }

func (s *clientStream) SendMsg(m any) error { return s.read(s.ClientStream.SendMsg(m)) }

func (s *clientStream) RecvMsg(m any) error {
	err := s.ClientStream.RecvMsg(m)
	if err == nil || err == io.EOF {
		return err
	}
	// Only now is the trailer there.
	return s.client.Read(err, s.ClientStream.Trailer())
}

func (s *clientStream) read(err error) error {
	if err == io.EOF { // the stream is done; RecvMsg has the status
		return err
	}
	return s.client.Read(err, nil)
}
