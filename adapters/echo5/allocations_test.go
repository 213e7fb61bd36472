package denyecho5_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v5"

	denyecho5 "github.com/denial-go/denial/adapters/echo5"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// raceDetector is set where allocations say nothing.
var raceDetector bool

// sink is a http.ResponseWriter that keeps nothing.
type sink struct{ header http.Header }

func (s sink) Header() http.Header         { return s.header }
func (s sink) Write(p []byte) (int, error) { return len(p), nil }
func (s sink) WriteHeader(int)             {}

func TestAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates by itself")
	}
	deny := render.Must(render.New(render.Config{}))
	count := func(h echo.HandlerFunc) float64 {
		e := echo.New()
		e.HTTPErrorHandler = denyecho5.HTTPErrorHandler(deny)
		e.GET("/", h)
		w, r := sink{make(http.Header)}, httptest.NewRequest("GET", "/", nil)
		return testing.AllocsPerRun(200, func() {
			clear(w.header)
			e.ServeHTTP(w, r)
		})
	}
	for _, err := range []error{problem.EmailUnverified, problem.NeedRole("editor")} {
		bare := count(func(c *echo.Context) error {
			deny.Write(c.Response(), c.Request(), err)
			return nil
		})
		all := count(func(*echo.Context) error { return err })
		if more := all - bare; more > 2 {
			t.Errorf("%v: %v allocations more than Write; want at most 2, for what the context keeps", err, more)
		}
	}
}
