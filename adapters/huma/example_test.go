package denyhuma_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	denyhuma "github.com/denial-go/denial/adapters/huma"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

type Reports struct{ Body []string }

func Example() {
	deny := render.Must(render.New(render.Config{Challenges: []problem.Challenge{problem.Bearer("reports")}}))

	mux := http.NewServeMux()
	api := denyhuma.New(humago.New(mux, huma.DefaultConfig("Reports", "1.0.0")), deny)
	huma.Get(api, "/reports", denyhuma.Handler(func(ctx context.Context, in *struct{}) (*Reports, error) {
		return nil, problem.NeedScope("reports.read")
	}))

	for _, accept := range []string{"application/json", "text/plain"} {
		r := httptest.NewRequest("GET", "/reports", nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		denyhuma.Mux(mux, deny).ServeHTTP(w, r)
		fmt.Println(w.Code, w.Header().Get("Content-Type"))
		fmt.Println(w.Header().Get("WWW-Authenticate"))
		line, _, _ := strings.Cut(w.Body.String(), "\n")
		fmt.Println(line)
	}
	// Output:
	// 403 application/problem+json
	// Bearer realm="reports", error="insufficient_scope", scope="reports.read"
	// {"type":"about:blank","title":"Forbidden","status":403,"detail":"The app you are using needs a permission it does not have: reports.read. Give the app permission to continue.","code":"insufficient-scope","next":[{"kind":"grant-scope","title":"Ask for the permission","actor":"client","params":{"scope":"reports.read"}},{"kind":"authorize-app","title":"Give the app permission","actor":"user","params":{"scope":"reports.read"}}]}
	// 403 text/plain; charset=utf-8
	// Bearer realm="reports", error="insufficient_scope", scope="reports.read"
	// Permission needed
}
