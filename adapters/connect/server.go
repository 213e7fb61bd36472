package denyconnect

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	denydetails "github.com/denial-go/denial/adapters/grpc/details"
	"github.com/denial-go/denial/render"
)

// A Server turns the errors of handlers into those of Connect, and answers HTTP
// requests. It is a connect.Interceptor for handlers. The zero Server works. It
// is safe for concurrent use and must not be changed once it is in use.
type Server struct {
	// Renderer decides and translates; nil is the zero Renderer. Its formats
	// are for requests that are no RPC.
	Renderer *render.Renderer

	// Domain is that of the ErrorInfo: who gave the reasons their meaning, such
	// as "reports.example.com". Empty, it is the host of the problem type, or
	// else the full name of the service that was called.
	Domain string

	// Paths are those that the generated constructors of handlers return, such
	// as "/acme.reports.v1.Reports/", for all handlers on the server; where a
	// prefix is stripped from paths, with it in front. A POST of JSON to one of
	// them is taken for an RPC on the HTTP side even where it does not say so
	// with Connect-Protocol-Version, as calls by curl do not. A request that goes
	// elsewhere is no RPC, whatever it says. Where there are no Paths, each
	// request speaks for itself: one that says gRPC is denied with status 200, as
	// gRPC has it, wherever it goes.
	Paths []string

	// Request may fill in what is known of the caller of an RPC: Language, the
	// caller's own setting, and Instance, a reference to quote. Method, Target
	// and Header are set already. A panic in it is logged, and the call is denied
	// without what it says.
	Request func(ctx context.Context, req *render.Request)
}

var _ connect.Interceptor = Server{}

// WrapUnary is for connect.WithInterceptors. Of a client's calls it changes
// nothing.
func (s Server) WrapUnary(next connect.UnaryFunc) connect.UnaryFunc {
	return func(ctx context.Context, req connect.AnyRequest) (connect.AnyResponse, error) {
		resp, err := next(ctx, req)
		if err == nil || req.Spec().IsClient {
			return resp, err
		}
		return nil, s.fail(ctx, req.Spec().Procedure, req.HTTPMethod(), req.Header(), err)
	}
}

// WrapStreamingClient changes nothing.
func (s Server) WrapStreamingClient(next connect.StreamingClientFunc) connect.StreamingClientFunc {
	return next
}

// WrapStreamingHandler is for connect.WithInterceptors.
func (s Server) WrapStreamingHandler(next connect.StreamingHandlerFunc) connect.StreamingHandlerFunc {
	return func(ctx context.Context, conn connect.StreamingHandlerConn) error {
		err := next(ctx, conn)
		if err == nil {
			return nil
		}
		return s.fail(ctx, conn.Spec().Procedure, http.MethodPost, conn.RequestHeader(), err)
	}
}

// Recover is for connect.WithRecover, before connect.WithInterceptors or after
// it: a handler that panics with a denial has denied, and one that panics with
// anything else is answered as one that returns a bare error.
func (s Server) Recover(ctx context.Context, spec connect.Spec, header http.Header, v any) error {
	err, ok := v.(error)
	if ok {
		err = fmt.Errorf("panic: %w", err)
	} else {
		err = fmt.Errorf("panic: %v", v)
	}
	// The interceptor may be inside of the one that recovers, and then sees
	// nothing of this.
	return s.fail(ctx, spec.Procedure, method(spec), header, err)
}

// Gate is for connect.WithRequestGate: it does what gate does, and answers its
// errors as those of handlers. No interceptor sees them, and Connect would send
// their text.
//
//	connect.WithRequestGate(deny.Gate(authenticate))
func (s Server) Gate(gate connect.RequestGateFunc) connect.RequestGateFunc {
	if gate == nil {
		return nil // which WithRequestGate refuses
	}
	return func(ctx context.Context, spec connect.Spec, peer connect.Peer, header http.Header) (context.Context, error) {
		after, err := gate(ctx, spec, peer, header)
		if err != nil {
			err = s.fail(ctx, spec.Procedure, method(spec), header, err)
		}
		return after, err
	}
}

// method returns the method that a call may have come with.
func method(spec connect.Spec) string {
	if spec.IdempotencyLevel == connect.IdempotencyNoSideEffects {
		return http.MethodGet
	}
	return http.MethodPost
}

// Error returns what an RPC that is denied with err is answered with, for
// places that no interceptor reaches. The header is that of the request; of it,
// no more than the fields in render.RequestFields is read. It never returns nil,
// and the code is never 0.
func (s Server) Error(ctx context.Context, procedure string, header http.Header, err error) *connect.Error {
	if p, ok := denydetails.Resolve(err); ok {
		return s.deny(ctx, procedure, header, p, err)
	}
	switch e := own(err); {
	case e != nil:
		return e
	case err == nil:
		// Somebody meant to deny the call and did not say why.
	case denydetails.Is(err, context.DeadlineExceeded):
		return connect.NewError(connect.CodeDeadlineExceeded, newMessage(context.DeadlineExceeded.Error(), err))
	case denydetails.Is(err, context.Canceled):
		return connect.NewError(connect.CodeCanceled, newMessage(context.Canceled.Error(), err))
	}
	return s.deny(ctx, procedure, header, err, err)
}

// fail returns the error for Connect. One of Connect's own stays what it is,
// with whatever is wrapped around it: Connect does not send that.
func (s Server) fail(ctx context.Context, procedure, method string, header http.Header, err error) error {
	if _, denied := denydetails.Resolve(err); !denied && own(err) != nil {
		return err
	}
	e := s.Error(ctx, procedure, header, err)
	noStore(e, method)
	return e
}

// noStore keeps caches from keeping the answer to a call by GET, as they may
// keep a 404 that says nothing of caching (RFC 9110 §15.1).
func noStore(e *connect.Error, method string) {
	if method == http.MethodGet {
		e.Meta().Set("Cache-Control", "no-store")
	}
}

// own returns the error that a handler made for Connect. One without a code
// would be a success in gRPC.
func own(err error) *connect.Error {
	e, ok := denydetails.As[*connect.Error](err)
	if !ok || e == nil || e.Code() < connect.CodeCanceled || e.Code() > connect.CodeUnauthenticated {
		return nil
	}
	return e
}

// message is what a client reads, in front of the error that it comes from.
type message struct {
	text string
	err  error
}

// newMessage leaves out an error that wraps itself: Connect asks errors.Is of
// what it gets.
func newMessage(text string, err error) message {
	if !denydetails.Ends(err) {
		err = nil
	}
	return message{text, err}
}

func (m message) Error() string { return m.text }
func (m message) Unwrap() error { return m.err }

func (s Server) deny(ctx context.Context, procedure string, header http.Header, err, cause error) *connect.Error {
	// An RPC is not a page to return to, be it called by GET or POST.
	req := render.Request{Method: http.MethodPost, Target: procedure, Header: header}
	if s.Request != nil {
		req = s.ask(ctx, req)
	}
	service, _, _ := strings.Cut(strings.TrimPrefix(procedure, "/"), "/")
	a := denydetails.Writer{Renderer: s.Renderer, Domain: s.Domain}.Write(req, service, err)
	c := connect.Code(a.Code)
	if c == connect.CodeUnauthenticated && a.Status != http.StatusUnauthorized && !strings.HasPrefix(header.Get("Content-Type"), "application/grpc") {
		// Of a 407 or 511, Connect would make a 401, which is to have a
		// WWW-Authenticate (RFC 9110 §15.5.2), and nobody is to sign in here.
		c = connect.CodeFailedPrecondition
	}
	out := connect.NewError(c, newMessage(a.Message, cause))
	for _, d := range a.Details {
		if wait, ok := d.(*errdetails.RetryInfo); ok && !isGRPC(header) {
			out.Meta().Set("Retry-After", strconv.FormatInt(wait.GetRetryDelay().GetSeconds(), 10))
		}
		// The code denies by itself, whatever becomes of a detail.
		if detail, err := connect.NewErrorDetail(d); err == nil {
			out.AddDetail(detail)
		}
	}
	for name, lines := range a.Header {
		if !isGRPC(header) || !isChallenge(name) {
			out.Meta()[name] = slices.Clone(lines)
		}
	}
	return out
}

// ask calls Request. A panic in it would end a stream without a word why.
func (s Server) ask(ctx context.Context, req render.Request) (filled render.Request) {
	defer func() {
		if v := recover(); v != nil {
			log.Printf("denyconnect: %s: Server.Request panicked: %v\n%s", req.Target, v, debug.Stack())
			filled = req
		}
	}()
	filled = req
	s.Request(ctx, &filled)
	return filled
}

// isGRPC reports whether metadata becomes trailers of HTTP. Challenges and
// Retry-After must not be among these (RFC 9110 §6.5.1), and net/http leaves them
// out and logs it.
func isGRPC(header http.Header) bool {
	mediaType := header.Get("Content-Type")
	return strings.HasPrefix(mediaType, "application/grpc") && !strings.HasPrefix(mediaType, "application/grpc-web")
}

func isChallenge(name string) bool { return name == "Www-Authenticate" || name == "Proxy-Authenticate" }
