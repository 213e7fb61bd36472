// Package denykratos answers the errors of a kratos service over HTTP as
// denials: a method of the service returns the reason, and each client gets it
// in the form it reads.
//
//	deny := render.Must(render.New(render.Config{}))
//	srv := denykratos.NewServer(deny, http.Address(":8000"), http.Middleware(recovery.Recovery()))
//	v1.RegisterReportsHTTPServer(srv, service)
//
// An error of kratos whose Reason is the code of a reason, such as
// EMAIL_UNVERIFIED, becomes that reason with its Metadata as values: see
// [ErrorEncoder], which is for servers made by kratos itself. [ErrorDecoder]
// reads the answers in a client of kratos.
//
// It is about HTTP. For a kratos server of gRPC there is the adapter grpc.
package denykratos
