package denyfasthttp_test

import (
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/valyala/fasthttp"

	denyfasthttp "github.com/denial-go/denial/adapters/fasthttp"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

func Example() {
	deny := render.Must(render.New(render.Config{
		Links: map[problem.StepKind]string{problem.SignIn: "/sign-in?next={return_to}"},
	}))
	server := &fasthttp.Server{
		Handler: denyfasthttp.Handler(deny, func(ctx *fasthttp.RequestCtx) error {
			if len(ctx.Request.Header.Cookie("session")) == 0 {
				return problem.SignInRequired
			}
			ctx.SetBodyString("the report")
			return nil
		}),
		ErrorHandler: denyfasthttp.ErrorHandler(deny),
	}

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	go server.Serve(l)
	defer server.Shutdown()

	resp, err := http.Get("http://" + l.Addr().String() + "/reports")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.Status)
	fmt.Println(resp.Header.Get("WWW-Authenticate"))
	fmt.Println(string(body))
	// Output:
	// 401 Unauthorized
	// Bearer realm="restricted"
	// {"type":"about:blank","title":"Unauthorized","status":401,"detail":"You need to sign in to see or do this.","code":"sign-in-required","next":[{"kind":"sign-in","title":"Sign in","href":"/sign-in?next=%2Freports","method":"GET","actor":"user"}]}
}
