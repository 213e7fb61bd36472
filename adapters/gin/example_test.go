package denygin_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/gin-gonic/gin"

	denygin "github.com/denial-go/denial/adapters/gin"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

var deny = render.Must(render.New(render.Config{
	Links: map[problem.StepKind]string{problem.SignIn: "/sign-in?next={return_to}"},
}))

func Example() {
	router := gin.New()
	router.HandleMethodNotAllowed = true
	router.Use(denygin.Middleware(deny))

	router.GET("/reports", func(c *gin.Context) {
		if c.GetHeader("Cookie") == "" {
			c.Error(problem.SignInRequired)
			return
		}
		c.String(http.StatusOK, "Reports")
	})

	show(router, "GET", "/reports?year=2026")
	show(router, "POST", "/reports")
	// Output:
	// 401 application/problem+json [Bearer realm="restricted"]
	// {"type":"about:blank","title":"Unauthorized","status":401,"detail":"You need to sign in to see or do this.","code":"sign-in-required","next":[{"kind":"sign-in","title":"Sign in","href":"/sign-in?next=%2Freports%3Fyear%3D2026","method":"GET","actor":"user"}]}
	// 405 application/problem+json []
	// {"type":"about:blank","title":"Method Not Allowed","status":405}
}

// A middleware that lets nobody through keeps the handlers after it from
// running.
func ExampleAbort() {
	router := gin.New()
	api := deny.As(render.JSON)
	router.Use(func(c *gin.Context) {
		if c.GetHeader("Authorization") == "" {
			denygin.Abort(c, api, problem.APIKeyMissing)
		}
	})
	router.GET("/reports", func(c *gin.Context) { c.String(http.StatusOK, "Reports") })

	show(router, "GET", "/reports")
	// Output:
	// 401 application/problem+json [ApiKey]
	// {"type":"about:blank","title":"Unauthorized","status":401,"detail":"Requests to this service need an API key. Create a key, then send it with the request.","code":"api-key-missing","next":[{"kind":"create-api-key","title":"Create an API key","actor":"user"}]}
}

func show(h http.Handler, method, target string) {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	fmt.Println(w.Code, w.Header().Get("Content-Type"), w.Header()["Www-Authenticate"])
	w.Body.WriteTo(os.Stdout)
}
