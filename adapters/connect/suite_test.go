package denyconnect_test

import (
	"fmt"
	"testing"

	"connectrpc.com/connect"

	denyconnect "github.com/denial-go/denial/adapters/connect"
	"github.com/denial-go/denial/internal/adaptertest"
)

// The suite is about the HTTP side: its requests are no RPCs.
func TestSuite(t *testing.T) {
	adaptertest.Run(t, adaptertest.Adapter{
		Skip: map[adaptertest.Check]string{
			adaptertest.OwnErrors: "Connect's errors have codes, of which some of these statuses have none: see TestCodesOverHTTP",
			adaptertest.Panic:     "a panic outside of Connect's handlers is net/http's, which closes the connection: see TestRecover",
		},
		Start: func(app *adaptertest.App) (string, func(), error) {
			deny := denyconnect.Server{Renderer: app.Deny}
			mux := app.Mux(deny.Write, func(err error) error {
				return connect.NewError(connect.CodeInvalidArgument, fmt.Errorf("%s: %w", app.Secret, err))
			})
			// A handler of Connect's answers 405 by itself: the path of the suite
			// for that is one of the mux, and TestMiddleware has one of Connect's.
			mux.Handle("/test.v1.Test/Do", connect.NewUnaryHandlerSimple("/test.v1.Test/Do", noop, connect.WithInterceptors(deny)))
			return app.Serve(deny.Middleware(mux))
		},
	})
}
