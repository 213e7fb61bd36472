package adaptertest

import (
	"net/http"
	"testing"
)

// sink is a http.ResponseWriter that keeps nothing.
type sink struct{ header http.Header }

func (s sink) Header() http.Header         { return s.header }
func (s sink) Write(p []byte) (int, error) { return len(p), nil }
func (s sink) WriteHeader(int)             {}

// Allocations returns how many allocations an answer of h to r takes, those of
// the server aside.
func Allocations(h http.Handler, r *http.Request) float64 {
	w := sink{make(http.Header)}
	return testing.AllocsPerRun(200, func() {
		clear(w.header)
		h.ServeHTTP(w, r)
	})
}
