package denyopa_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	denyopa "github.com/denial-go/denial/adapters/opa"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/open-policy-agent/opa/v1/rego"
)

func Example() {
	query, err := rego.New(rego.Query("data.reports.decision"), rego.Module("reports.rego", `package reports

decision := {"allow": true} if count(reasons) == 0
else := {"allow": false, "reasons": reasons}

reasons contains "email-unverified" if not input.user.verified

reasons contains {"reason": "plan-too-low", "args": {"plan": "Team"}} if input.user.plan != "team"
`)).PrepareForEval(context.Background())
	if err != nil {
		panic(err)
	}

	deny := render.Must(render.New(render.Config{Links: map[problem.StepKind]string{problem.VerifyEmail: "/settings/email"}}))
	reports := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		input := map[string]any{"user": map[string]any{"plan": "free", "verified": false}}
		if err := denyopa.Denial(query.Eval(r.Context(), rego.EvalInput(input))); err != nil {
			deny.Write(w, r, err)
			return
		}
		fmt.Fprintln(w, "the report")
	})

	w := httptest.NewRecorder()
	reports.ServeHTTP(w, httptest.NewRequest("GET", "/reports/7", nil))
	known, _ := problem.NewSet(problem.Common()...)
	p, err := known.Decode(w.Header().Get("Content-Type"), w.Body)
	if err != nil {
		panic(err)
	}
	fmt.Println(w.Code, p.Reason.Code(), p.Next[0].Href)
	fmt.Println(p.Also[0].Reason.Code(), p.Also[0].Detail)
	// Output:
	// 403 email-unverified /settings/email
	// plan-too-low Your plan does not include this. Change your plan to continue. Plan needed: Team.
}
