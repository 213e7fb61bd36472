// Package denygrpc answers denied gRPC calls: an error that holds a
// [problem.Reason] leaves the server as a status with a code, details in the
// caller's language and challenges, and a client gets the reason back.
//
//	deny := denygrpc.Server{Renderer: renderer}
//	s := grpc.NewServer(grpc.ChainUnaryInterceptor(deny.Unary), grpc.ChainStreamInterceptor(deny.Stream))
//
// A handler, or an interceptor after this one, returns the reason:
//
//	return nil, problem.NeedScope("reports.read")
//
// In a client:
//
//	known, _ := problem.NewSet(problem.Common()...)
//	c := denygrpc.Client{Known: known}
//	conn, err := grpc.NewClient(addr, grpc.WithUnaryInterceptor(c.Unary), grpc.WithStreamInterceptor(c.Stream))
//	…
//	if errors.Is(err, problem.TokenExpired) { … }
//
// What a status holds is written in package denydetails, in the folder details.
//
// # What becomes of errors
//
//   - An error that holds a denial, wrapped or joined too, becomes its status.
//   - A status that a handler returns goes out as it is. Text that was wrapped
//     around it stays behind; gRPC would send that as well.
//   - context.Canceled and context.DeadlineExceeded become the codes of those
//     names, without the text around them.
//   - Any other error is UNKNOWN, the code that gRPC gives it, with the message
//     "Internal Server Error": gRPC would send its text, in which nothing is
//     known to be fit for a client. Config.OnFault of the renderer is told.
//
// Interceptors outside of this one, for logs, find the handler's own error in
// what it returns, by errors.Is and errors.As.
//
// # What it does not do
//
// It recovers no panics of handlers and retries nothing. Of the renderer's Config, the
// functions that take an *http.Request are not called: see Server.Request.
package denygrpc
