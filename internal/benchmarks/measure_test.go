package benchmarks_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/denial-go/denial/internal/benchmarks/cputime"
	"github.com/denial-go/denial/render"
)

func encodeJSON(w io.Writer, v any) { json.NewEncoder(w).Encode(v) }

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
