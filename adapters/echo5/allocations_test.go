package denyecho5_test

import (
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v5"

	denyecho5 "github.com/denial-go/denial/adapters/echo5"
	"github.com/denial-go/denial/internal/adaptertest"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// raceDetector is set where allocations say nothing.
var raceDetector bool

func TestAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates by itself")
	}
	deny := render.Must(render.New(render.Config{}))
	count := func(h echo.HandlerFunc) float64 {
		e := echo.New()
		e.HTTPErrorHandler = denyecho5.HTTPErrorHandler(deny)
		e.GET("/", h)
		return adaptertest.Allocations(e, httptest.NewRequest("GET", "/", nil))
	}
	for _, err := range []error{problem.EmailUnverified, problem.NeedRole("editor")} {
		bare := count(func(c *echo.Context) error {
			deny.Write(c.Response(), c.Request(), err)
			return nil
		})
		all := count(func(*echo.Context) error { return err })
		if more := all - bare; more > 0 {
			t.Errorf("%v: %v allocations more than Write; want none", err, more)
		}
	}
}
