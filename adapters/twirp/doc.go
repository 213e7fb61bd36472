// Package denytwirp answers denied calls of Twirp services: an error that holds
// a [problem.Reason] leaves the server as a twirp.Error with a code, metadata
// and challenges, in the caller's language, and a client gets the reason back.
// On the HTTP side, calls get such errors and everybody else gets the denial as
// package render writes it.
//
//	deny := denytwirp.Server{Renderer: renderer}
//	handler := reports.NewReportsServer(service, twirp.WithServerInterceptors(deny.Interceptor))
//	mux.Handle(handler.PathPrefix(), handler)
//	http.ListenAndServe(addr, deny.Middleware(mux))
//
// A method, or an interceptor after this one, returns the reason:
//
//	return nil, problem.NeedScope("reports.read")
//
// Errors of hooks go through Server.Hooks. Middleware for HTTP, such as one that
// authenticates, calls Server.Write.
//
// In a client:
//
//	known, _ := problem.NewSet(problem.Common()...)
//	c := denytwirp.Client{Known: known}
//	client := reports.NewReportsProtobufClient(url, http.DefaultClient, twirp.WithClientInterceptors(c.Interceptor))
//	…
//	if errors.Is(err, problem.TokenExpired) { … }
//
// # The error
//
// Its message is the detail in the caller's language. The metadata:
//
//   - code, status, type, instance: those of the denial; status is that of HTTP
//     that the reason has, which Twirp may change (see Code);
//   - language: of the message, as in BCP 47;
//   - help: where the first step leads that leads anywhere;
//   - retry_after: whole seconds;
//   - www_authenticate or proxy_authenticate: the challenges, joined with
//     commas, because a Twirp client does not see header fields;
//   - problem: the application/problem+json document.
//
// The header of the response has WWW-Authenticate or Proxy-Authenticate, a line
// a challenge, Retry-After, Content-Language, and further fields of the reason.
//
// # What becomes of errors
//
//   - An error that holds a denial, wrapped or joined too, becomes its error.
//   - A twirp.Error that a method returns goes out as it is.
//   - context.Canceled and context.DeadlineExceeded become the codes of those
//     names, without the text around them.
//   - Any other error is internal, the code that Twirp gives it, with the message
//     "Internal Server Error": Twirp would send its text and the name of its
//     type, in which nothing is known to be fit for a client. Config.OnFault of
//     the renderer is told.
package denytwirp
