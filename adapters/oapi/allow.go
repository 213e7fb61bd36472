package denyoapi

import (
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// allowed returns a function that says which methods the document has for the
// path of a request.
func allowed(spec *openapi3.T) func(*http.Request) []string {
	// The router is made on first use, because the middleware may still take
	// the servers out of the document.
	router := sync.OnceValue(func() routers.Router {
		if spec == nil {
			return nil
		}
		r, err := gorillamux.NewRouter(spec)
		if err != nil {
			return nil // the middleware has panicked over it
		}
		return r
	})
	return func(r *http.Request) []string {
		router := router()
		if router == nil || r.URL == nil {
			return nil
		}
		probe := r.Clone(r.Context())
		for {
			if methods := methodsFor(router, probe); len(methods) > 0 {
				return methods
			}
			// Options.Prefix is not in the document, and we are not told of it.
			i := strings.Index(strings.TrimPrefix(probe.URL.Path, "/"), "/")
			if i < 0 {
				return nil
			}
			probe.URL.Path, probe.URL.RawPath = probe.URL.Path[i+1:], ""
		}
	}
}

func methodsFor(router routers.Router, probe *http.Request) []string {
	var methods []string
	for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"} {
		probe.Method = method
		route, _, err := router.FindRoute(probe)
		if err != nil {
			continue
		}
		if methods == nil {
			for name := range route.PathItem.Operations() {
				methods = append(methods, name)
			}
		}
		if !slices.Contains(methods, method) {
			methods = append(methods, method)
		}
	}
	slices.Sort(methods)
	return methods
}
