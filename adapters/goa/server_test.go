package denygoa_test

import (
	"context"
	"errors"
	"io"
	"net/http"

	goahttp "goa.design/goa/v3/http"
	goa "goa.design/goa/v3/pkg"

	denygoa "github.com/denial-go/denial/adapters/goa"
	"github.com/denial-go/denial/render"
)

// service mounts endpoints as the code does that goa generates.
type service struct {
	mux       goahttp.ResolverMuxer
	encoder   func(context.Context, http.ResponseWriter) goahttp.Encoder
	formatter func(context.Context, error) goahttp.Statuser
	design    map[string]int  // status of an error by its name
	empty     map[string]bool // that has no body
	lax       bool            // payloads are not validated
	encoding  []error         // what the errhandler was called with
}

func newService(deny *render.Renderer) *service {
	return &service{
		mux:       goahttp.NewMuxer(),
		encoder:   denygoa.Encoder(goahttp.ResponseEncoder),
		formatter: denygoa.Formatter(deny),
		design:    map[string]int{},
		empty:     map[string]bool{},
	}
}

// person is the payload of endpoints that have one.
type person struct {
	Age  *int    `json:"age"`
	Name *string `json:"name"`
}

// mount mounts an endpoint. With payload, the body is decoded and validated.
func (s *service) mount(methods []string, path string, payload bool, endpoint goa.Endpoint, around ...func(http.Handler) http.Handler) {
	encodeError := s.errorEncoder()
	errhandler := func(_ context.Context, _ http.ResponseWriter, err error) { s.encoding = append(s.encoding, err) }
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), goahttp.AcceptTypeKey, r.Header.Get("Accept"))
		ctx = context.WithValue(ctx, goa.MethodKey, "show")
		ctx = context.WithValue(ctx, goa.ServiceKey, "reports")
		var in any = s.mux.Vars(r)
		if payload {
			var err error
			if in, err = s.decode(r); err != nil {
				if err := encodeError(ctx, w, err); err != nil {
					errhandler(ctx, w, err)
				}
				return
			}
		}
		res, err := endpoint(ctx, in)
		if err != nil {
			if err := encodeError(ctx, w, err); err != nil {
				errhandler(ctx, w, err)
			}
			return
		}
		ctx = context.WithValue(ctx, goahttp.ContentTypeKey, "text/plain")
		enc := s.encoder(ctx, w)
		w.WriteHeader(http.StatusOK)
		if err := enc.Encode(res); err != nil {
			errhandler(ctx, w, err)
		}
	})
	for _, f := range around {
		h = f(h)
	}
	for _, method := range methods {
		s.mux.Handle(method, path, h.ServeHTTP)
	}
}

// decode is a generated request decoder.
func (s *service) decode(r *http.Request) (any, error) {
	var body person
	err := goahttp.RequestDecoder(r).Decode(&body)
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, goa.MissingPayloadError()
		}
		if gerr, ok := errors.AsType[*goa.ServiceError](err); ok {
			return nil, gerr
		}
		return nil, goa.DecodePayloadError(err.Error())
	}
	if s.lax {
		return &body, nil
	}
	if body.Age == nil {
		err = goa.MergeErrors(err, goa.MissingFieldError("age", "body"))
	} else if *body.Age < 18 {
		err = goa.MergeErrors(err, goa.InvalidRangeError("body.age", *body.Age, 18, true))
	}
	if body.Name != nil {
		err = goa.MergeErrors(err, goa.ValidatePattern("body.name", *body.Name, "^[a-z]+$"))
	}
	return &body, err
}

// errorEncoder is a generated error encoder for a design with errors.
func (s *service) errorEncoder() func(context.Context, http.ResponseWriter, error) error {
	encodeError := goahttp.ErrorEncoder(s.encoder, s.formatter)
	return func(ctx context.Context, w http.ResponseWriter, v error) error {
		var en goa.GoaErrorNamer
		if !errors.As(v, &en) {
			return encodeError(ctx, w, v)
		}
		status, ok := s.design[en.GoaErrorName()]
		if !ok {
			return encodeError(ctx, w, v)
		}
		var res *goa.ServiceError
		errors.As(v, &res)
		if s.empty[en.GoaErrorName()] {
			w.Header().Set("goa-error", res.GoaErrorName())
			w.WriteHeader(status)
			return nil
		}
		enc := s.encoder(ctx, w)
		body := s.formatter(ctx, res)
		w.Header().Set("goa-error", res.GoaErrorName())
		w.WriteHeader(status)
		return enc.Encode(body)
	}
}

// mountReports does what the packages do that goa generates for a design.
func mountReports(
	mux goahttp.ResolverMuxer,
	encoder func(context.Context, http.ResponseWriter) goahttp.Encoder,
	formatter func(context.Context, error) goahttp.Statuser,
	endpoint goa.Endpoint,
) {
	s := &service{mux: mux, encoder: encoder, formatter: formatter}
	s.mount([]string{"GET"}, "/reports", false, endpoint)
}
