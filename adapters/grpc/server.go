package denygrpc

import (
	"context"
	"net/http"
	"runtime/debug"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/grpclog"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/anypb"

	rpcstatus "google.golang.org/genproto/googleapis/rpc/status"

	denydetails "github.com/denial-go/denial/adapters/grpc/details"
	"github.com/denial-go/denial/render"
)

// A Server turns the errors of handlers into statuses. The zero Server works.
// It is safe for concurrent use and must not be changed once it is in use.
type Server struct {
	// Renderer decides and translates; nil is the zero Renderer. Its formats
	// have no say.
	Renderer *render.Renderer

	// Domain is that of the ErrorInfo: who gave the reasons their meaning, such
	// as "reports.example.com". Empty, it is the host of the problem type, or
	// else the full name of the service that was called.
	Domain string

	// Request may fill in what is known of the caller: Language, the caller's
	// own setting, and Instance, a reference to quote. Method, Target and
	// Header are set already; Header holds those of render.RequestFields that
	// came as metadata, also with the prefix that grpc-gateway gives them. A
	// panic in it goes to grpclog, and the call is denied without what it says.
	Request func(ctx context.Context, req *render.Request)
}

// Unary is a grpc.UnaryServerInterceptor. What comes after it in a chain may
// return denials too; what comes before it sees the status and, by errors.As,
// the denial.
func (s Server) Unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	resp, err := handler(ctx, req)
	if err == nil {
		return resp, nil
	}
	method := ""
	if info != nil {
		method = info.FullMethod
	}
	trailer, out := s.answer(ctx, method, err)
	if len(trailer) > 0 {
		// It fails only where there is no stream, as in a test that calls the
		// interceptor by itself.
		_ = grpc.SetTrailer(ctx, trailer)
	}
	return nil, out
}

// Stream is a grpc.StreamServerInterceptor.
func (s Server) Stream(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
	err := handler(srv, stream)
	if err == nil {
		return nil
	}
	method := ""
	if info != nil {
		method = info.FullMethod
	}
	trailer, out := s.answer(stream.Context(), method, err)
	if len(trailer) > 0 {
		stream.SetTrailer(trailer)
	}
	return out
}

// Status returns the status that err is answered with, and the trailer that
// goes with it: challenges, and further fields of the reason, as far as peers
// take them that read 8 KiB of header fields. It is for places that no
// interceptor reaches, such as tap handles. The method is the full one,
// "/package.Service/Method". The code of the status is never OK.
func (s Server) Status(ctx context.Context, method string, err error) (*status.Status, metadata.MD) {
	if p, ok := denydetails.Resolve(err); ok {
		return s.deny(ctx, method, p)
	}
	switch st := own(err); {
	case st != nil:
		return st, nil
	case err == nil:
		// Somebody meant to deny the call and did not say why.
		return s.deny(ctx, method, nil)
	case denydetails.Is(err, context.DeadlineExceeded):
		return status.New(codes.DeadlineExceeded, context.DeadlineExceeded.Error()), nil
	case denydetails.Is(err, context.Canceled):
		return status.New(codes.Canceled, context.Canceled.Error()), nil
	}
	return s.deny(ctx, method, err)
}

// answer returns the error for the server, which takes the status out of it.
func (s Server) answer(ctx context.Context, method string, err error) (metadata.MD, error) {
	if _, ok := err.(statusError); ok && own(err) != nil {
		if _, denied := denydetails.Resolve(err); !denied {
			return nil, err
		}
	}
	st, trailer := s.Status(ctx, method, err)
	return trailer, &sent{st, err}
}

// sent is what a handler returned, with the status that the client gets.
type sent struct {
	status *status.Status
	err    error
}

func (e *sent) Error() string              { return e.status.Err().Error() }
func (e *sent) GRPCStatus() *status.Status { return e.status }
func (e *sent) Unwrap() error              { return e.err }

// statusError is what gRPC takes for a status.
type statusError interface{ GRPCStatus() *status.Status }

// own returns the status that a handler made. A status of code OK in an error
// is no success: the server would send it as one. The method may panic, as that
// of a nil *Error does, and gRPC would let it end the program.
func own(err error) (st *status.Status) {
	defer func() {
		if recover() != nil {
			st = nil
		}
	}()
	e, ok := denydetails.As[statusError](err)
	if !ok {
		return nil
	}
	st = e.GRPCStatus()
	if st == nil || st.Code() == codes.OK {
		return nil
	}
	return st
}

func (s Server) deny(ctx context.Context, method string, err error) (*status.Status, metadata.MD) {
	w := denydetails.Writer{Renderer: s.Renderer, Domain: s.Domain}
	a := w.Write(s.request(ctx, method), service(method), err).Fit()
	details, packing := a.Any()
	if packing != nil {
		details = []*anypb.Any{} // the code denies by itself
	}
	st := status.FromProto(&rpcstatus.Status{Code: int32(a.Code), Message: a.Message, Details: details})
	var trailer metadata.MD
	for name, lines := range a.Header {
		if trailer == nil {
			trailer = metadata.MD{}
		}
		trailer.Append(name, lines...)
	}
	return st, trailer
}

// request reads the metadata of a call.
func (s Server) request(ctx context.Context, method string) render.Request {
	req := render.Request{Method: http.MethodPost, Target: method, Header: http.Header{}}
	md, _ := metadata.FromIncomingContext(ctx)
	for _, name := range render.RequestFields {
		lines := md.Get(name)
		if len(lines) == 0 {
			lines = md.Get("grpcgateway-" + name)
		}
		if len(lines) > 0 {
			req.Header[name] = lines
		}
	}
	if s.Request == nil {
		return req
	}
	return s.ask(ctx, req)
}

// ask calls Request. gRPC would let a panic in it end the program.
func (s Server) ask(ctx context.Context, req render.Request) (filled render.Request) {
	defer func() {
		if v := recover(); v != nil {
			grpclog.Errorf("denygrpc: %s: Server.Request panicked: %v\n%s", req.Target, v, debug.Stack())
			filled = req
		}
	}()
	filled = req
	s.Request(ctx, &filled)
	return filled
}

// service returns the name in "/package.Service/Method".
func service(method string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(method, "/"), "/")
	return name
}
