// Package denygrpcgateway answers the HTTP clients of a grpc-gateway with
// denials: those that a gRPC service sent in a status, with their challenges,
// steps and waits, and those that the gateway makes itself.
//
//	deny := denygrpcgateway.Gateway{Renderer: renderer, Known: known}
//	mux := runtime.NewServeMux(deny.Options()...)
//	http.ListenAndServe(addr, deny.Handler(mux))
//
// The service uses the interceptors of package denygrpc. A reason that the
// gateway knows is rendered anew, for the HTTP client's form and language and
// with the gateway's own links; {return_to} is then the page of the HTTP
// client. Where the gateway has no link for a step and the service has one,
// that of the service stands. A reason that it does not know is handed on as
// the service said it. Challenges are always the service's, if it sent any.
//
// A status without a denial is answered by its code, and its message is not
// sent: see denydetails.Reason. What the gateway itself refuses, such as an unknown path,
// is answered by its HTTP status.
//
// # What it does not do
//
// The mux does not say which methods a path has, so a 405 carries no Allow.
// It drops the trailers of a stream too: see [KeepTrailers]. Denials are in
// header and body: no gRPC trailers are sent with them.
package denygrpcgateway
