// Package denygoa answers the errors of a goa service as denials: a method of
// the service returns the reason, and each client gets it in the form it reads.
//
//	deny := render.Must(render.New(render.Config{}))
//	endpoints.Use(denygoa.Endpoint)
//	mux := goahttp.NewMuxer()
//	server := reportssvr.New(endpoints, mux, goahttp.RequestDecoder, denygoa.Encoder(goahttp.ResponseEncoder), nil, denygoa.Formatter(deny))
//	reportssvr.Mount(mux, server)
//	http.ListenAndServe(addr, denygoa.Handler(mux, deny))
//
// goa asks for an error's body and status in separate steps, none of which
// knows the request: [Formatter] gets the error, [Handler] the request and the
// status that the design gives it, and [Encoder] leaves out the body that goa
// would write. Errors of goa itself, such as for a payload that fails
// validation, are answered in the same house style. [Endpoint] keeps what
// generated code would forget of an error.
//
// It is about HTTP. Error types of a design that goa encodes without a
// formatter stay as they are, and a panic is net/http's.
package denygoa
