package denygoa_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"testing"

	goa "goa.design/goa/v3/pkg"

	denygoa "github.com/denial-go/denial/adapters/goa"
	"github.com/denial-go/denial/internal/adaptertest"
)

func TestSuite(t *testing.T) {
	every := []string{"GET", "HEAD", "POST"}
	adaptertest.Run(t, adaptertest.Adapter{
		Start: func(app *adaptertest.App) (string, func(), error) {
			s := newService(app.Deny)
			for status := 400; status < 600; status++ {
				s.design[fmt.Sprint("own-", status)] = status
			}
			fail := func(_ context.Context, in any) (any, error) { return nil, app.Error(in.(map[string]string)["case"]) }
			s.mount(every, "/deny/{case}", false, fail)
			s.mount(every, "/fields/{case}", false, fail, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					app.AddFields(w.Header().Add)
					next.ServeHTTP(w, r)
				})
			})
			s.mount(every, "/written/{case}", false, fail, func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", "text/plain")
					io.WriteString(w, app.Written())
					next.ServeHTTP(w, r)
				})
			})
			s.mount(every, "/own/{status}", false, func(_ context.Context, in any) (any, error) {
				status, err := strconv.Atoi(in.(map[string]string)["status"])
				if err != nil {
					return nil, err
				}
				return nil, goa.NewServiceError(errors.New(app.Secret), fmt.Sprint("own-", status), false, false, status >= 500)
			})
			ok := func(context.Context, any) (any, error) { return "ok", nil }
			s.mount(every, "/abort", false, func(context.Context, any) (any, error) { app.Abort(); return nil, nil })
			s.mount(every, "/slow", false, func(ctx context.Context, _ any) (any, error) { return nil, app.Wait(ctx) })
			s.mount([]string{"GET"}, "/only-get", false, ok)
			s.lax = true
			s.mount([]string{"POST"}, "/limited", true, ok)
			s.mount([]string{"POST"}, "/valid", true, ok)
			return app.Serve(http.MaxBytesHandler(denygoa.Handler(s.mux, app.Deny), int64(app.BodyLimit)))
		},
		// The document has a random ID of goa's.
		Own:       map[adaptertest.Check]error{adaptertest.TooLarge: nil, adaptertest.Invalid: nil},
		OwnStatus: func(int) error { return nil },
		Skip: map[adaptertest.Check]string{
			adaptertest.Panic: "goa does not recover: net/http closes the connection",
		},
	})
}
