package denygin_test

import (
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"

	denygin "github.com/denial-go/denial/adapters/gin"
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
	count := func(method string, err error, h func(*gin.Context), middleware ...gin.HandlerFunc) float64 {
		engine := gin.New()
		engine.Use(middleware...)
		engine.Handle(method, "/", func(c *gin.Context) {
			if err != nil {
				c.Error(err) // which allocates by itself
			}
			h(c)
		})
		return adaptertest.Allocations(engine, httptest.NewRequest(method, "/", nil))
	}
	write := func(c *gin.Context) { deny.Write(c.Writer, c.Request, c.Errors[0].Err) }
	for _, tt := range []struct {
		name   string
		method string
		err    error
		bare   func(*gin.Context)
		most   float64
	}{
		{"no denial", "GET", nil, func(*gin.Context) {}, 0},
		{"a reason", "GET", problem.EmailUnverified, write, 0},
		{"a problem", "GET", problem.NeedRole("editor"), write, 0},
		{"HEAD", "HEAD", problem.EmailUnverified, write, 2}, // a map for the mark: see sent
	} {
		more := count(tt.method, tt.err, func(*gin.Context) {}, denygin.Middleware(deny)) - count(tt.method, tt.err, tt.bare)
		if more > tt.most {
			t.Errorf("%s: %v allocations more than Write; want at most %v", tt.name, more, tt.most)
		}
	}
}
