// Package denyoapi answers what oapi-codegen's nethttp-middleware refuses: a
// request without the credentials that the OpenAPI document asks for, one that
// does not fit the document, and one for a path or method that is not in it.
//
//	deny := render.Must(render.New(render.Config{}))
//	validate := oapimiddleware.OapiRequestValidatorWithOptions(spec, &oapimiddleware.Options{
//		Options:              openapi3filter.Options{AuthenticationFunc: authenticate},
//		ErrorHandlerWithOpts: denyoapi.ErrorHandler(deny, spec),
//	})
//	http.ListenAndServe(addr, validate(api))
//
// Where the AuthenticationFunc returns a reason, that is what is answered; an
// identity provider out of reach is answered with 503, and any other error with
// what the document says about its security schemes: see [ErrorHandler].
//
// Servers made by oapi-codegen have hooks of their own, of the type
// func(http.ResponseWriter, *http.Request, error): [BadRequest] fits those for
// requests, ErrorHandlerFunc and RequestErrorHandlerFunc, and the renderer's
// Write fits ResponseErrorHandlerFunc, so that strict handlers return reasons.
//
// It does not validate responses, and does not recover from panics.
package denyoapi
