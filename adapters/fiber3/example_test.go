package denyfiber3_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"time"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/recover"

	denyfiber3 "github.com/denial-go/denial/adapters/fiber3"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

func Example() {
	deny := render.Must(render.New(render.Config{
		Links: map[problem.StepKind]string{problem.SignIn: "/sign-in?next={return_to}"},
	}))
	app := fiber.New(fiber.Config{ErrorHandler: denyfiber3.ErrorHandler(deny)})
	app.Use(recover.New())

	app.Get("/reports", func(c fiber.Ctx) error {
		if c.Cookies("session") == "" {
			return problem.SignInRequired
		}
		return c.SendString("the report")
	})

	for _, path := range []string{"/reports", "/nowhere"} {
		resp, err := app.Test(httptest.NewRequest("GET", path, nil))
		if err != nil {
			fmt.Println(err)
			return
		}
		body, _ := io.ReadAll(resp.Body)
		fmt.Println(resp.Status, resp.Header["Www-Authenticate"])
		fmt.Print(string(body))
	}
	// Output:
	// 401 Unauthorized [Bearer realm="restricted"]
	// {"type":"about:blank","title":"Unauthorized","status":401,"detail":"You need to sign in to see or do this.","code":"sign-in-required","next":[{"kind":"sign-in","title":"Sign in","href":"/sign-in?next=%2Freports","method":"GET","actor":"user"}]}
	// 404 Not Found []
	// {"type":"about:blank","title":"Not Found","status":404,"detail":"There is nothing at this address, or you are not allowed to see it.","code":"not-found","next":[{"kind":"go-home","title":"Go to the homepage","href":"/","method":"GET","actor":"user"}]}
}

// Handlers that heed their context get a deadline, and what they return then is
// answered with 503. Nothing is answered while a handler is still at work, as
// fiber's timeout middleware does.
func ExampleErrorHandler_timeout() {
	app := fiber.New(fiber.Config{ErrorHandler: denyfiber3.ErrorHandler(nil)})
	app.Use(func(c fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.Context(), 5*time.Millisecond)
		defer cancel()
		c.SetContext(ctx)
		err := c.Next()
		if errors.Is(err, context.DeadlineExceeded) {
			err = errors.Join(err, fiber.ErrServiceUnavailable)
		}
		return err
	})

	app.Get("/reports", func(c fiber.Ctx) error {
		<-c.Context().Done() // such as a query with this context
		return fmt.Errorf("loading: %w", c.Context().Err())
	})

	resp, err := app.Test(httptest.NewRequest("GET", "/reports", nil))
	if err != nil {
		fmt.Println(err)
		return
	}
	body, _ := io.ReadAll(resp.Body)
	fmt.Println(resp.Status)
	fmt.Print(string(body))
	// Output:
	// 503 Service Unavailable
	// {"type":"about:blank","title":"Service Unavailable","status":503}
}
