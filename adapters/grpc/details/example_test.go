package denydetails_test

import (
	"errors"
	"fmt"
	"net/http"

	denydetails "github.com/denial-go/denial/adapters/grpc/details"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// A protocol of its own sends the code, the message and the details, and reads
// them back at the other end.
func Example() {
	req := render.Request{Header: http.Header{"Accept-Language": {"de"}}}
	sent := denydetails.Writer{Domain: "reports.example.com"}.Write(req, "reports.v1.Reports", problem.NeedRole("Editor", "Owner"))
	details, err := sent.Any()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(sent.Code, sent.Message)

	known, err := problem.NewSet(problem.Common()...)
	if err != nil {
		fmt.Println(err)
		return
	}
	if d, ok := denydetails.Read(known, details); ok {
		fmt.Println(errors.Is(d.Problem, problem.RoleMissing), d.Problem.Args["role"])
		fmt.Println(d.Problem.Detail)
	}
	// Output:
	// PERMISSION_DENIED You need a role that your account does not have: Editor or Owner. Ask for access, or use another account.
	// true [Editor Owner]
	// Hierfür ist eine Rolle erforderlich, die Ihr Konto nicht hat: Editor oder Owner. Fordern Sie Zugriff an oder verwenden Sie ein anderes Konto.
}
