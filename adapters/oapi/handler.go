package denyoapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	oapimiddleware "github.com/oapi-codegen/nethttp-middleware"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// ErrorHandler returns the ErrorHandlerWithOpts that answers with deny:
//
//   - a reason in the error, whoever put it there, is what is answered. Where
//     the document offers several ways to authenticate, that is the reason of
//     the one that the client has tried, or else, unless that one is out of
//     reach, of the first that has one;
//   - security requirements that are not met, without a reason: see
//     [Unauthenticated];
//   - a parameter or body that does not fit the document: 400, 413 where
//     http.MaxBytesHandler cut it off, and 415 for a type of body that the
//     document does not have. The member errors says what is wrong and where,
//     never with the value;
//   - a path that is not in the document: problem.NotFound; a method: 405 with
//     an Allow field (RFC 9110 §15.5.6);
//   - mistakes of the application, such as no AuthenticationFunc: a bare 500,
//     which render.Config.OnFault sees.
//
// Spec is the document, for Allow. A nil one leaves the field out.
func ErrorHandler(deny *render.Renderer, spec *openapi3.T) oapimiddleware.ErrorHandlerWithOpts {
	methods := allowed(spec)
	return func(_ context.Context, err error, w http.ResponseWriter, r *http.Request, opts oapimiddleware.ErrorHandlerOpts) {
		var route *routers.Route
		if opts.MatchedRoute != nil {
			route = opts.MatchedRoute.Route
		}
		err = denial(err, r, route, opts.StatusCode)
		if problem.From(err).Reason.Status() == http.StatusMethodNotAllowed {
			if allow := methods(r); len(allow) > 0 {
				w.Header().Set("Allow", strings.Join(allow, ", "))
			}
		}
		deny.Write(w, r, err)
	}
}

// BadRequest returns the handler for errors that code made by oapi-codegen
// finds in a request, such as a parameter that is no number: ErrorHandlerFunc
// of its routers and RequestErrorHandlerFunc of its strict servers. The answer
// is 400, or 413 where http.MaxBytesHandler cut the body off, unless the error
// holds a reason.
func BadRequest(deny *render.Renderer) func(http.ResponseWriter, *http.Request, error) {
	return func(w http.ResponseWriter, r *http.Request, err error) {
		deny.Write(w, r, badRequest(err))
	}
}

// denial returns what to answer; it holds err for the logs.
func denial(err error, r *http.Request, route *routers.Route, status int) error {
	switch _, denied := err.(*problem.Problem); {
	case denied:
		return err // whatever its cause is
	case problem.From(err).Reason == problem.NotFound:
		return err // one of the reasons may be cloaked, and then none may be seen
	case is(err, routers.ErrMethodNotAllowed):
		return problem.ForStatus(http.StatusMethodNotAllowed).Because(err)
	case is(err, routers.ErrPathNotFound):
		return problem.NotFound.Because(err)
	}
	// Who may not send the request need not know what else is wrong with it.
	if e, ok := as[*openapi3filter.SecurityRequirementsError](err); ok {
		return Unauthenticated(e, r, route)
	}
	if _, ok := problem.Find(err); ok {
		return err
	}
	if _, ok := as[*openapi3filter.RequestError](err); ok {
		return badRequest(err)
	}
	if status >= 400 && status < 500 {
		return problem.ForStatus(status).Because(err)
	}
	return err
}

// contentTypeErrors are how kin-openapi says that there is no such type of
// body. It has no other mark.
var contentTypeErrors = [...]string{"header Content-Type has unexpected value", "unsupported content type"}

// badRequest makes a denial of an error about a request.
func badRequest(err error) error {
	if _, ok := problem.Find(err); ok {
		return err
	}
	if _, ok := as[*http.MaxBytesError](err); ok {
		return problem.ForStatus(http.StatusRequestEntityTooLarge).Because(err)
	}
	reason := ""
	if e, ok := as[*openapi3filter.RequestError](err); ok && e != nil {
		reason = e.Reason
	}
	parse, _ := as[*openapi3filter.ParseError](err)
	for _, prefix := range contentTypeErrors {
		if strings.HasPrefix(reason, prefix) || parse != nil && strings.HasPrefix(parse.Reason, prefix) {
			return problem.ForStatus(http.StatusUnsupportedMediaType).Because(err)
		}
	}
	p := problem.ForStatus(http.StatusBadRequest).Because(err)
	if list := safeDetails(err); len(list) > 0 {
		p.Extensions = map[string]any{"errors": list}
	}
	return p
}
