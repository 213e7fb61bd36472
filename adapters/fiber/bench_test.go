package denyfiber_test

import (
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	denyfiber "github.com/denial-go/denial/adapters/fiber"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// raceDetector is set where allocations say nothing.
var raceDetector bool

// denial is what is measured: rendered by itself, and by the ErrorHandler of
// an app.
func denial(err error, fields ...[2]string) (alone, all func()) {
	deny := render.Must(render.New(render.Config{Links: map[problem.StepKind]string{problem.VerifyEmail: "/settings/email?next={return_to}"}}))
	header := make(http.Header)
	var fctx fasthttp.RequestCtx
	fctx.Init(&fasthttp.Request{}, nil, nil)
	fctx.Request.SetRequestURI("/reports")
	for _, f := range fields {
		header.Add(f[0], f[1])
		fctx.Request.Header.Add(f[0], f[1])
	}
	app := fiber.New(fiber.Config{ErrorHandler: denyfiber.ErrorHandler(deny)})
	c := app.AcquireCtx(&fctx)
	req := render.Request{Method: "GET", Target: "/reports", Header: header}
	return func() { deny.Render(req, err) }, func() {
		fctx.Response.Reset()
		denyfiber.Deny(c, err)
	}
}

var program = [][2]string{{"User-Agent", "curl/8.5.0"}, {"Accept", "application/json"}, {"Accept-Language", "de-CH, de;q=0.9, en;q=0.8, *;q=0.5"}}

func TestAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates by itself")
	}
	alone, all := denial(problem.EmailUnverified, program...)
	if all, alone := testing.AllocsPerRun(200, all), testing.AllocsPerRun(200, alone); all >= alone {
		t.Errorf("%v allocations, and Render alone has %v; want fewer, because map and body are used again", all, alone)
	}
}

func BenchmarkDeny(b *testing.B) {
	alone, all := denial(problem.EmailUnverified, program...)
	b.Run("Render", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			alone()
		}
	})
	b.Run("ErrorHandler", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			all()
		}
	})
}
