package denyfasthttp

import (
	"github.com/valyala/fasthttp"

	"github.com/denial-go/denial/render"
)

// Read hands what is read of a request to f.
func Read(h *fasthttp.RequestHeader, f func(render.Request)) {
	s := scratches.Get().(*scratch)
	var req render.Request
	s.read(h, &req)
	f(req)
	s.release()
}

// Target is target, for tests.
func Target(uri string) string { return string(target([]byte(uri))) }
