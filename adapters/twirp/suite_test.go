package denytwirp_test

import (
	"fmt"
	"testing"

	"github.com/twitchtv/twirp"

	denytwirp "github.com/denial-go/denial/adapters/twirp"
	"github.com/denial-go/denial/internal/adaptertest"
)

// The suite is about the HTTP side: its requests are no calls.
func TestSuite(t *testing.T) {
	adaptertest.Run(t, adaptertest.Adapter{
		Skip: map[adaptertest.Check]string{
			adaptertest.OwnErrors: "Twirp's errors have codes, of which some of these statuses have none: see TestCodesOverHTTP",
			adaptertest.Panic:     "Twirp answers a panic in a method and hands it on to net/http, which closes the connection",
		},
		Start: func(app *adaptertest.App) (string, func(), error) {
			deny := denytwirp.Server{Renderer: app.Deny}
			mux := app.Mux(deny.Write, func(err error) error {
				return twirp.Malformed.Error(fmt.Sprint(app.Secret, err))
			})
			return app.Serve(deny.Middleware(mux))
		},
	})
}
