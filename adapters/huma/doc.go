// Package denyhuma answers the errors of a huma API as denials: a handler
// returns the reason, and each client gets it in the form it reads.
//
//	deny := render.Must(render.New(render.Config{}))
//	api := denyhuma.New(humago.New(mux, huma.DefaultConfig("Reports", "1.0.0")), deny)
//
//	huma.Get(api, "/reports", denyhuma.Handler(func(ctx context.Context, in *struct{}) (*Reports, error) {
//		return nil, problem.SignInRequired
//	}))
//
// Errors that huma makes itself, such as for a body that fails validation, are
// answered in the same house style, and the OpenAPI document says what error
// responses hold. [OverrideNewError] spares [Handler], at the price of a
// variable that the whole program shares.
//
// It does not recover from panics, and answers nothing for paths that no
// operation has: that is the router's, and [Mux] does it for net/http's.
package denyhuma
