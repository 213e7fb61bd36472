package benchmarks_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/denial-go/denial/internal/benchmarks/cputime"
	"github.com/denial-go/denial/internal/benchmarks/work"
	"github.com/denial-go/denial/render"
)

func encodeJSON(w io.Writer, v any) { json.NewEncoder(w).Encode(v) }

// serve times h. Besides the time on the clock, which suffers from whatever
// else runs on the machine, it reports the processor time of the process,
// garbage collection included.
func serve(b *testing.B, h http.Handler, r *http.Request, reused bool) {
	b.Helper()
	sink := work.NewSink(reused)
	h.ServeHTTP(sink, r)
	bytes, status := sink.Bytes, sink.Status
	sink = work.NewSink(reused)
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

func call(b *testing.B, f func()) {
	b.Helper()
	b.ReportAllocs()
	start := cputime.Process()
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64(cputime.Process()-start)/float64(b.N), "cpu-ns/op")
}

// requestOf returns what an adapter would hand to Render.
func requestOf(r *http.Request) render.Request {
	return render.Request{Method: r.Method, Target: r.RequestURI, Header: r.Header}
}
