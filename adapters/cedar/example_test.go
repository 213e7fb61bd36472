package denycedar_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/cedar-policy/cedar-go"
	denycedar "github.com/denial-go/denial/adapters/cedar"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

func Example() {
	policies, err := cedar.NewPolicySetFromBytes("reports.cedar", []byte(`
		permit (principal, action, resource);

		@denial_code("plan-too-low")
		@denial_arg_plan("Team")
		forbid (principal, action == Action::"export", resource)
		unless { principal has plan && principal.plan == "team" };
	`))
	if err != nil {
		panic(err)
	}

	deny := render.Must(render.New(render.Config{Links: map[problem.StepKind]string{problem.UpgradePlan: "/plans"}}))
	export := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		decision, diagnostic := cedar.Authorize(policies, nil, cedar.Request{
			Principal: cedar.NewEntityUID("User", "alice"),
			Action:    cedar.NewEntityUID("Action", "export"),
			Resource:  cedar.NewEntityUID("Report", "7"),
		})
		if err := denycedar.Denial(policies, decision, diagnostic); err != nil {
			deny.Write(w, r, err)
			return
		}
		fmt.Fprintln(w, "the export")
	})

	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/reports/7/export", nil)
	r.Header.Set("Accept", "text/plain")
	export.ServeHTTP(w, r)
	fmt.Printf("%d %s\n", w.Code, w.Body)
	// Output:
	// 403 Not part of your plan
	// Your plan does not include this. Change your plan to continue. Plan needed: Team.
	//
	// What you can do
	// - Choose a plan: /plans
	//   plan: Team
	//
	// 403 Forbidden (plan-too-low)
}
