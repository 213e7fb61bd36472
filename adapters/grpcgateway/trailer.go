package denygrpcgateway

import (
	"context"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	denydetails "github.com/denial-go/denial/adapters/grpc/details"
)

// KeepTrailers is a grpc.StreamClientInterceptor for the connections of a mux,
// which drops the trailers of a stream that fails, and with them the challenges
// of a service that does not put them into the status. With it, the error of a
// stream has them along for Gateway.
//
//	conn, err := grpc.NewClient(addr, grpc.WithStreamInterceptor(denygrpcgateway.KeepTrailers))
func KeepTrailers(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, streamer grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	s, err := streamer(ctx, desc, cc, method, opts...)
	if err != nil {
		return nil, err
	}
	return &clientStream{s}, nil
}

type clientStream struct{ grpc.ClientStream }

func (s *clientStream) RecvMsg(m any) error {
	err := s.ClientStream.RecvMsg(m)
	if err == nil || err == io.EOF {
		return err
	}
	trailer := s.Trailer() // only now is it there
	if len(trailer) == 0 {
		return err
	}
	return &ended{err, trailer}
}

// ended is the error of a stream, with its trailer.
type ended struct {
	err     error
	trailer metadata.MD
}

func (e *ended) Error() string { return e.err.Error() }
func (e *ended) Unwrap() error { return e.err }

// GRPCStatus is for status.FromError, which else would add text to the message.
func (e *ended) GRPCStatus() *status.Status {
	if st, ok := status.FromError(e.err); ok {
		return st
	}
	return status.New(codes.Unknown, e.err.Error())
}

// trailerOf returns the trailer that came with err, or else the one that the
// mux has.
func trailerOf(err error, mux metadata.MD) metadata.MD {
	if e, ok := denydetails.As[*ended](err); ok {
		return e.trailer
	}
	return mux
}
