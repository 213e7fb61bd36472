package denygrpcgateway

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/grpclog"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	denygrpc "github.com/denial-go/denial/adapters/grpc"
	denydetails "github.com/denial-go/denial/adapters/grpc/details"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// A Gateway answers for a runtime.ServeMux. The zero Gateway works, and knows
// no reason. It is safe for concurrent use and must not be changed once it is
// in use.
type Gateway struct {
	// Renderer decides, translates and writes; nil is the zero Renderer. Its
	// Links are for the addresses of the gateway.
	Renderer *render.Renderer

	// Known are the reasons that the gateway renders anew: problem.Common and
	// the services' own.
	Known *problem.Set
}

// Options returns the options for runtime.NewServeMux: Error, RoutingError and
// StreamError as its error handlers.
func (g Gateway) Options() []runtime.ServeMuxOption {
	return []runtime.ServeMuxOption{
		runtime.WithErrorHandler(g.Error),
		runtime.WithRoutingErrorHandler(g.RoutingError),
		runtime.WithStreamErrorHandler(g.StreamError),
	}
}

// Error is a runtime.ErrorHandlerFunc. It takes statuses, with a denial or
// without, and the errors of handlers that the application has registered with
// HandlePath, which may be denials themselves. Header fields that the service
// sent as metadata are forwarded by the rules of the mux.
//
// An answer that has begun is left alone, and the error goes to grpclog; that
// is seen behind Handler only.
func (g Gateway) Error(ctx context.Context, mux *runtime.ServeMux, m runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
	if s := stateOf(r.Context()); s != nil && s.begun() {
		grpclog.Errorf("denygrpcgateway: %s %s failed after its answer had begun: %v", r.Method, r.URL.Path, err)
		return
	}
	h := w.Header()
	h.Del("Trailer")
	h.Del("Transfer-Encoding")
	md, _ := runtime.ServerMetadataFromContext(ctx)
	if len(md.HeaderMD) > 0 {
		forward(ctx, mux, m, h, r, md)
	}
	g.Renderer.Write(w, r, g.understand(r, err, md.TrailerMD))
}

// RoutingError is a runtime.RoutingErrorHandlerFunc: it answers with the status
// that the mux has chosen, 405 included, for which the mux's own handler sends
// 501.
func (g Gateway) RoutingError(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, status int) {
	g.Renderer.Write(w, r, problem.ForStatus(status))
}

// StreamError is a runtime.StreamErrorHandlerFunc. A stream that fails before
// its first message is answered as any other call, if Handler is around the
// mux; with the challenges in its trailer, if KeepTrailers is there. Later, the status goes out as the mux writes it, in the body, except
// that the text of an error that is no status, or is UNKNOWN or INTERNAL, is
// not sent. A denial that the program made is its code, and no more.
func (g Gateway) StreamError(ctx context.Context, err error) *status.Status {
	if s := stateOf(ctx); s != nil {
		s.first(func() {
			md, _ := runtime.ServerMetadataFromContext(ctx)
			h := s.ResponseWriter.Header()
			h.Del("Trailer")
			h.Del("Transfer-Encoding")
			g.Renderer.Write(s.ResponseWriter, s.request, g.understand(s.request, err, md.TrailerMD))
		})
	}
	st := statusOf(err)
	switch st.Code() {
	case codes.OK:
		return status.New(codes.Unknown, problem.StatusText(http.StatusInternalServerError))
	case codes.Unknown, codes.Internal:
		return status.New(st.Code(), problem.StatusText(http.StatusInternalServerError))
	}
	return st
}

// statusOf returns the status in err, without text that was wrapped around it.
// That of an error without one says nothing but its code, and so does that of a
// denial: a status that is its cause, or in a Cloak, is not for the client.
func statusOf(err error) *status.Status {
	if p, denied := problem.Find(err); denied {
		if _, ok := sentBy(err); !ok {
			s := p.Reason.Status()
			return status.New(codes.Code(denydetails.Code(s)), problem.StatusText(s))
		}
	}
	if st := made(err); st != nil {
		return st
	}
	switch {
	case denydetails.Is(err, context.DeadlineExceeded):
		return status.New(codes.DeadlineExceeded, context.DeadlineExceeded.Error())
	case denydetails.Is(err, context.Canceled):
		return status.New(codes.Canceled, context.Canceled.Error())
	}
	return status.New(codes.Unknown, problem.StatusText(http.StatusInternalServerError))
}

// made returns the status that an error is made of. The method may panic, as
// that of a nil *denygrpc.Error does.
func made(err error) (st *status.Status) {
	defer func() {
		if recover() != nil {
			st = nil
		}
	}()
	if e, ok := denydetails.As[interface{ GRPCStatus() *status.Status }](err); ok {
		st = e.GRPCStatus()
	}
	return st
}

// sentBy returns the denial of a service, as it said it, where err is that one
// and nothing in err changed it. A denial that was read is known by being
// decoded: what hides one, or has it for its cause, is the program's own.
func sentBy(err error) (sent *problem.Problem, ok bool) {
	defer func() {
		if recover() != nil { // a nil *denygrpc.Error, joined with others
			sent, ok = nil, false
		}
	}()
	p, _ := problem.Find(err)
	if !p.Decoded() {
		return nil, false
	}
	e, ok := denydetails.As[denydetails.Received](err)
	if !ok {
		return nil, false
	}
	sent = e.Denial().Problem
	if sent == nil || sent.Reason != p.Reason || len(sent.Also) != len(p.Also) {
		return nil, false
	}
	return sent, true
}

// understand returns what to answer err with.
func (g Gateway) understand(r *http.Request, err error, trailer metadata.MD) error {
	trailer = trailerOf(err, trailer)
	custom := 0
	// Not in what is a denial: there, it is a cause.
	if _, denied := problem.Find(err); !denied {
		if e, ok := denydetails.As[*runtime.HTTPStatusError](err); ok && e != nil {
			custom, err = e.HTTPStatus, e.Err
		}
	}
	err = denygrpc.Client{Known: g.Known}.Read(err, trailer)
	if p, ok := denydetails.Resolve(err); ok {
		if sent, ok := sentBy(err); ok && !p.Decoded() {
			p = g.withLinks(r, p, sent)
		}
		return p
	}
	if custom != 0 {
		return problem.ForStatus(custom).Because(err)
	}
	if _, ok := denydetails.As[*http.MaxBytesError](err); ok {
		return problem.ForStatus(http.StatusRequestEntityTooLarge).Because(err)
	}
	st := statusOf(err)
	switch st.Code() {
	case codes.OK, codes.Unknown:
		// Of this, nothing is known but that it failed.
		return err
	case codes.InvalidArgument:
		if s := stateOf(r.Context()); s != nil && s.tooLarge.Load() {
			return problem.ForStatus(http.StatusRequestEntityTooLarge).Because(err)
		}
	}
	p := denydetails.Reason(code.Code(st.Code())).Because(err)
	// What the trailer cannot say is left to the renderer.
	p.Challenges = problem.FromResponse(http.StatusUnauthorized, map[string][]string{"Www-Authenticate": trailer.Get("www-authenticate")}, nil).Challenges
	if s := p.Reason.Status(); s != http.StatusUnauthorized && s != http.StatusForbidden {
		p.Challenges = nil
	}
	for _, d := range st.Details() {
		if retry, ok := d.(*errdetails.RetryInfo); ok && retry.GetRetryDelay().IsValid() {
			p.RetryAfter = max(retry.GetRetryDelay().AsDuration(), 0)
		}
	}
	return p
}

// withLinks gives steps for which the gateway has no link those that the
// service had: a step without an address is hardly of use.
func (g Gateway) withLinks(r *http.Request, p, sent *problem.Problem) *problem.Problem {
	if p.Next != nil {
		return p
	}
	lead := map[problem.StepKind]problem.NextStep{}
	for _, s := range sent.Next {
		if s.Href != "" && !strings.ContainsAny(s.Href, "{}") {
			lead[s.Kind] = s
		}
	}
	if len(lead) == 0 {
		return p
	}
	v := g.Renderer.View(render.Request{Method: r.Method, Target: r.URL.RequestURI(), Header: r.Header}, p)
	for _, s := range v.Next {
		if s.Href != "" {
			delete(lead, s.Kind)
		}
	}
	steps := p.Reason.Next()
	missing := false
	for i, s := range steps {
		if from, ok := lead[s.Kind]; ok && s.Href == "" {
			steps[i].Href, steps[i].Method = from.Href, from.Method
			missing = true
		}
	}
	if !missing {
		return p
	}
	out := *p
	out.Next = steps
	return &out
}

// forward puts the fields of the service's metadata into h. Which those are,
// and under which names, only the mux knows: its own error handler tells.
func forward(ctx context.Context, mux *runtime.ServeMux, m runtime.Marshaler, h http.Header, r *http.Request, md runtime.ServerMetadata) {
	ctx = runtime.NewServerMetadataContext(ctx, runtime.ServerMetadata{HeaderMD: md.HeaderMD})
	seen := &header{http.Header{}}
	runtime.DefaultHTTPErrorHandler(ctx, mux, m, seen, r, status.Error(codes.Unknown, ""))
	for name, values := range seen.Header() {
		switch name {
		case "Content-Type", "Trailer", "Transfer-Encoding":
		default:
			h[name] = append(h[name], slices.Clone(values)...)
		}
	}
}

// header is a response of which only the header fields are of interest.
type header struct{ h http.Header }

func (w *header) Header() http.Header         { return w.h }
func (w *header) WriteHeader(int)             {}
func (w *header) Write(b []byte) (int, error) { return len(b), nil }
