package denykratos

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"

	khttp "github.com/go-kratos/kratos/v2/transport/http"
	"github.com/gorilla/mux"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// NewServer returns a server of kratos that answers with deny the errors of
// handlers, by [ErrorEncoder], and paths and methods that it does not have: a
// 405 says in Allow what there is (RFC 9110 §15.5.6). Kratos would ask
// http.DefaultServeMux about them.
//
// Options given come after our own and overrule them: an ErrorEncoder with a
// problem.Set, say. PathPrefix makes another router, so put a NotFoundHandler
// after it.
func NewServer(deny *render.Renderer, options ...khttp.ServerOption) *khttp.Server {
	var srv *khttp.Server
	own := []khttp.ServerOption{
		khttp.ErrorEncoder(ErrorEncoder(deny, nil)),
		khttp.NotFoundHandler(deny.Handler(problem.NotFound)),
		khttp.MethodNotAllowedHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if allow := allowed(srv, r); len(allow) > 0 {
				w.Header().Set("Allow", strings.Join(allow, ", "))
			}
			deny.Write(w, r, problem.ForStatus(http.StatusMethodNotAllowed))
		})),
	}
	srv = khttp.NewServer(append(own, options...)...)
	inner := srv.Handler
	srv.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		own := &writer{ResponseWriter: w}
		inner.ServeHTTP(own, r.WithContext(context.WithValue(r.Context(), writerKey{}, own)))
	})
	return srv
}

// allowed returns the methods that the server has for the path of r.
func allowed(srv *khttp.Server, r *http.Request) []string {
	var methods []string
	if srv == nil {
		return nil
	}
	strict := strictSlash(srv)
	srv.WalkRoute(func(route khttp.RouteInfo) error {
		probe := *r
		probe.Method = route.Method
		if !slices.Contains(methods, route.Method) && mux.NewRouter().StrictSlash(strict).Path(route.Path).Match(&probe, &mux.RouteMatch{}) {
			methods = append(methods, route.Method)
		}
		return nil
	})
	slices.Sort(methods)
	return methods
}

// strictSlash reports whether the server has khttp.StrictSlash, which routes
// /b/ as /b. It does not say so; kratos's default is true.
func strictSlash(srv *khttp.Server) bool {
	f := reflect.ValueOf(srv).Elem().FieldByName("strictSlash")
	return f.Kind() != reflect.Bool || f.Bool()
}

type writerKey struct{}

// writer remembers whether the answer has begun.
type writer struct {
	http.ResponseWriter
	begun atomic.Bool // http.TimeoutHandler, as a filter, writes while a handler runs
}

func (w *writer) WriteHeader(status int) {
	// 1xx are on the way to an answer, but for 101, which is one.
	if status >= 200 || status == http.StatusSwitchingProtocols {
		w.begun.Store(true)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *writer) Write(b []byte) (int, error) {
	w.begun.Store(true)
	return w.ResponseWriter.Write(b)
}

// ReadFrom keeps sendfile at work. What fails before its first byte has begun
// nothing; where r panics, nobody knows.
func (w *writer) ReadFrom(r io.Reader) (n int64, err error) {
	n = 1
	defer func() {
		if n > 0 {
			w.begun.Store(true)
		}
	}()
	n, err = io.Copy(w.ResponseWriter, r)
	return n, err
}

// Flush is for handlers that look for an http.Flusher.
func (w *writer) Flush() {
	w.begun.Store(true)
	http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack is for handlers that look for an http.Hijacker.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buf, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.begun.Store(true)
	}
	return conn, buf, err
}

// Unwrap is for http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// written reports whether the answer has begun, as far as our writer is found:
// by the request, because many filters have writers without Unwrap, or else
// behind w, because some give the request another context.
func written(w http.ResponseWriter, r *http.Request) bool {
	if own, ok := r.Context().Value(writerKey{}).(*writer); ok {
		return own.begun.Load()
	}
	for {
		if own, ok := w.(*writer); ok {
			return own.begun.Load()
		}
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return false
		}
		w = u.Unwrap()
	}
}
