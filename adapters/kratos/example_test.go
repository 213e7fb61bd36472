package denykratos_test

import (
	"fmt"
	"net/http/httptest"

	kerrors "github.com/go-kratos/kratos/v2/errors"
	"github.com/go-kratos/kratos/v2/transport/http"

	denykratos "github.com/denial-go/denial/adapters/kratos"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

func Example() {
	deny := render.Must(render.New(render.Config{Challenges: []problem.Challenge{problem.Bearer("reports")}}))
	srv := denykratos.NewServer(deny, http.Address("127.0.0.1:0"))

	route := srv.Route("/reports")
	route.GET("/1", func(ctx http.Context) error { return problem.SignInRequired })
	route.GET("/2", func(ctx http.Context) error {
		return kerrors.Forbidden("ROLE_MISSING", "not an editor").WithMetadata(map[string]string{"role": "editor"})
	})

	for _, path := range []string{"/reports/1", "/reports/2", "/reports/3"} {
		r := httptest.NewRequest("GET", path, nil)
		w := httptest.NewRecorder()
		srv.ServeHTTP(w, r)
		p, err := problem.Decode(w.Header().Get("Content-Type"), w.Body)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%d %s %q\n%s\n", w.Code, p.Reason.Code(), w.Header().Values("WWW-Authenticate"), p.Detail)
	}
	// Output:
	// 401 sign-in-required ["Bearer realm=\"reports\""]
	// You need to sign in to see or do this.
	// 403 role-missing []
	// You need a role that your account does not have: editor. Ask for access, or use another account.
	// 404 not-found []
	// There is nothing at this address, or you are not allowed to see it.
}
