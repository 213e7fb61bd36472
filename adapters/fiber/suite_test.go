package denyfiber_test

import (
	"errors"
	"net"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/recover"

	denyfiber "github.com/denial-go/denial/adapters/fiber"
	"github.com/denial-go/denial/internal/adaptertest"
)

func TestSuite(t *testing.T) {
	adaptertest.Run(t, adaptertest.Adapter{
		Start: start,
		Own:   map[adaptertest.Check]error{adaptertest.Panic: errors.New("any")},
		Skip: map[adaptertest.Check]string{
			adaptertest.Written: "fiber sends nothing before the handlers have returned, and its ErrorHandler replaces what they have written",
		},
		Goroutines: map[string]string{
			"fasthttp.updateServerDate":    "keeps the Date field, once for the process",
			"fasthttp.(*workerPool).Start": "looks for idle workers, and sees only after ten seconds that the server has stopped",
		},
	})
}

// start serves the routes of the suite.
func start(app *adaptertest.App) (string, func(), error) {
	server := fiber.New(fiber.Config{
		ErrorHandler:          denyfiber.ErrorHandler(app.Deny),
		BodyLimit:             app.BodyLimit,
		DisableStartupMessage: true,
	})
	server.Use(recover.New())
	both := func(path string, handler fiber.Handler) {
		server.Get(path, handler) // and HEAD
		server.Post(path, handler)
	}
	both("/deny/:case", func(c *fiber.Ctx) error { return app.Error(c.Params("case")) })
	both("/fields/:case", func(c *fiber.Ctx) error {
		app.AddFields(c.Response().Header.Add)
		return app.Error(c.Params("case"))
	})
	both("/own/:status", func(c *fiber.Ctx) error {
		status, err := c.ParamsInt("status")
		if err != nil {
			return err
		}
		return fiber.NewError(status, app.Secret)
	})
	both("/panic", func(*fiber.Ctx) error { app.Panic(); return nil })
	both("/cut", func(c *fiber.Ctx) error {
		if err := c.SendString(app.Written()); err != nil {
			return err
		}
		app.Panic()
		return nil
	})
	both("/abort", func(*fiber.Ctx) error { app.Abort(); return nil })
	both("/slow", func(c *fiber.Ctx) error { return app.Wait(c.Context()) })
	server.Get("/only-get", func(c *fiber.Ctx) error { return c.SendString("ok") })
	server.Post("/limited", func(c *fiber.Ctx) error { return c.SendString("ok") })
	server.Post("/valid", func(c *fiber.Ctx) error {
		var v struct{ Age int }
		if err := c.BodyParser(&v); err != nil {
			return fiber.NewError(fiber.StatusBadRequest, err.Error())
		}
		return c.SendString("ok")
	})

	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Listener(l)
	}()
	stop := func() {
		server.Shutdown()
		<-done
	}
	return "http://" + l.Addr().String(), stop, nil
}
