// Package sink times handlers with a ResponseWriter that takes next to no time
// itself.
package sink

import (
	"net/http"
	"testing"

	"github.com/denial-go/denial/internal/benchmarks/cputime"
)

// A Sink is a ResponseWriter that counts and keeps nothing. What it does of
// itself is the same for every contender.
type Sink struct {
	Responses int // that were begun
	Status    int // of the last
	Bytes     int // of all bodies

	header http.Header
	kind   Map
}

// A Map is where a Sink has the header map of the next response from.
type Map int

const (
	// NewMap is a new one each time, as from a server.
	NewMap Map = iota

	// EmptiedMap is one for all, emptied before each: what an answer costs apart
	// from its map.
	EmptiedMap

	// KeptMap is one for all that nobody empties: names that are set again are
	// found there, and nothing is ever added.
	KeptMap
)

// New returns a Sink with that header map.
func New(kind Map) *Sink { return &Sink{kind: kind, header: make(http.Header)} }

// Next begins the next response.
func (s *Sink) Next() {
	switch s.kind {
	case NewMap:
		s.header = make(http.Header)
	case EmptiedMap:
		clear(s.header)
	}
}

// Header returns the map of the response that was begun last.
func (s *Sink) Header() http.Header { return s.header }

// WriteHeader counts the response.
func (s *Sink) WriteHeader(status int) {
	s.Status = status
	s.Responses++
}

// Write counts the bytes and drops them.
func (s *Sink) Write(b []byte) (int, error) {
	s.Bytes += len(b)
	return len(b), nil
}

// Time times h. Besides the time on the clock, which suffers from whatever else
// runs on the machine, it reports the processor time of the process, garbage
// collection included.
func Time(b *testing.B, h http.Handler, r *http.Request, kind Map) {
	b.Helper()
	sink := New(kind)
	h.ServeHTTP(sink, r)
	bytes, status := sink.Bytes, sink.Status
	sink = New(kind)
	b.ReportAllocs()
	start := cputime.Process()
	for b.Loop() {
		sink.Next()
		h.ServeHTTP(sink, r)
	}
	b.ReportMetric(float64(cputime.Process()-start)/float64(b.N), "cpu-ns/op")
	// A length may vary, as that of a random boundary does not, but an answer
	// that fails half-way is no answer.
	if sink.Responses != b.N || sink.Status != status || sink.Bytes != bytes*b.N {
		b.Fatalf("%d responses of %d, the last %d, %d bytes; want %d and %d bytes", sink.Responses, b.N, sink.Status, sink.Bytes, status, bytes*b.N)
	}
}
