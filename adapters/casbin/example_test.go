package denycasbin_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/casbin/casbin/v3"
	"github.com/casbin/casbin/v3/model"
	denycasbin "github.com/denial-go/denial/adapters/casbin"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

func Example() {
	m, err := model.NewModelFromString(`
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub) && keyMatch(r.obj, p.obj) && r.act == p.act`)
	if err != nil {
		panic(err)
	}
	enforcer, err := casbin.NewEnforcer(m)
	if err != nil {
		panic(err)
	}
	enforcer.AddPolicy("editor", "/reports/*", "GET")
	enforcer.AddGroupingPolicy("alice", "editor")

	var deny render.Renderer
	options := denycasbin.Options{Denied: func([]string) error { return problem.NeedRole("editor") }}
	reports := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, _, _ := r.BasicAuth()
		if err := options.Denial(enforcer.EnforceEx(user, r.URL.Path, r.Method)); err != nil {
			deny.Write(w, r, err)
			return
		}
		fmt.Fprintln(w, "the report")
	})

	for _, user := range []string{"alice", "bob"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/reports/7", nil)
		r.Header.Set("Accept", "text/plain")
		r.SetBasicAuth(user, "")
		reports.ServeHTTP(w, r)
		fmt.Printf("%d %s\n", w.Code, w.Body)
	}
	// Output:
	// 200 the report
	//
	// 403 You need another role
	// You need a role that your account does not have: editor. Ask for access, or use another account.
	//
	// What you can do
	// - Ask for access
	//   role: editor
	// - Use another account
	// - Contact your administrator
	//
	// 403 Forbidden (role-missing)
}
