package denyhertz_test

import (
	"context"
	"fmt"

	"github.com/cloudwego/hertz/pkg/app"
	"github.com/cloudwego/hertz/pkg/app/server"
	"github.com/cloudwego/hertz/pkg/common/ut"

	denyhertz "github.com/denial-go/denial/adapters/hertz"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

func Example() {
	deny := render.Must(render.New(render.Config{
		Links: map[problem.StepKind]string{problem.SignIn: "/sign-in?next={return_to}"},
	}))
	h := server.Default()
	h.Use(denyhertz.Middleware(deny))

	signedIn := func(_ context.Context, ctx *app.RequestContext) {
		if len(ctx.Cookie("session")) == 0 {
			ctx.Error(problem.SignInRequired)
			ctx.Abort()
		}
	}
	h.GET("/reports", signedIn, func(_ context.Context, ctx *app.RequestContext) { ctx.String(200, "the report") })

	for _, path := range []string{"/reports", "/nowhere"} {
		resp := ut.PerformRequest(h.Engine, "GET", path, nil, ut.Header{Key: "Host", Value: "example.com"}).Result()
		fmt.Printf("%d %q\n", resp.StatusCode(), resp.Header.Get("WWW-Authenticate"))
		fmt.Print(string(resp.Body()))
	}
	// Output:
	// 401 "Bearer realm=\"restricted\""
	// {"type":"about:blank","title":"Unauthorized","status":401,"detail":"You need to sign in to see or do this.","code":"sign-in-required","next":[{"kind":"sign-in","title":"Sign in","href":"/sign-in?next=%2Freports","method":"GET","actor":"user"}]}
	// 404 ""
	// {"type":"about:blank","title":"Not Found","status":404,"detail":"There is nothing at this address, or you are not allowed to see it.","code":"not-found","next":[{"kind":"go-home","title":"Go to the homepage","href":"/","method":"GET","actor":"user"}]}
}
