// Package denyconnect answers denied calls of Connect services: an error that
// holds a [problem.Reason] leaves the server as a connect.Error with a code,
// details in the caller's language and challenges, in whichever of Connect's
// protocols the client speaks, and a client gets the reason back. On the HTTP
// side, RPC calls get such errors and everybody else gets the denial as package
// render writes it.
//
//	deny := denyconnect.Server{Renderer: renderer}
//	path, handler := reportsconnect.NewReportsHandler(service, connect.WithInterceptors(deny))
//	mux.Handle(path, handler)
//	http.ListenAndServe(addr, deny.Middleware(mux))
//
// A handler, or an interceptor after this one, returns the reason:
//
//	return nil, problem.NeedScope("reports.read")
//
// Middleware for HTTP, such as one that authenticates, calls Server.Write, and a
// function for connect.WithRequestGate goes through Server.Gate.
//
// In a client:
//
//	known, _ := problem.NewSet(problem.Common()...)
//	c := reportsconnect.NewReportsClient(http.DefaultClient, url, connect.WithInterceptors(denyconnect.Client{Known: known}))
//	…
//	if errors.Is(err, problem.TokenExpired) { … }
//
// The details are those of package denydetails, which package denygrpc sends
// too, so that the two understand each other. The challenges are among them, and
// how long to wait, and both are in the error's metadata: header fields in the
// unary Connect protocol (WWW-Authenticate, Retry-After), metadata in the body in
// Connect's streams and gRPC-Web. Not in gRPC, whose metadata are trailers of
// HTTP here, and net/http sends neither in those (RFC 9110 §6.5.1).
//
// The codes are those of denydetails.Code, but for 407 and 511 in Connect's own
// protocol: failed_precondition, because unauthenticated is a 401 there.
//
// # What becomes of errors
//
//   - An error that holds a denial, wrapped or joined too, becomes its error.
//   - A *connect.Error that a handler returns goes out as it is.
//   - context.Canceled and context.DeadlineExceeded become the codes of those
//     names, without the text around them.
//   - Any other error is unknown, the code that Connect gives it, with the
//     message "Internal Server Error": Connect would send its text, in which
//     nothing is known to be fit for a client. Config.OnFault of the renderer is
//     told.
//
// Interceptors outside of this one, for logs, find the handler's own error in
// what it returns, by errors.Is and errors.As.
package denyconnect
