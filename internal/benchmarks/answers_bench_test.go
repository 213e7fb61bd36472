package benchmarks_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/denial-go/denial/internal/benchmarks/sink"
	"github.com/denial-go/denial/internal/benchmarks/work"
	"github.com/denial-go/denial/problem"
)

// checked times a contender whose answer is right.
func checked(b *testing.B, w work.Work, c contender, kind sink.Map) {
	b.Run(c.name, func(b *testing.B) {
		if err := work.CheckHandler(w, c.handler, c.lacks...); err != nil {
			b.Fatal(err)
		}
		sink.Time(b, c.handler, w.Request(), kind)
	})
}

// yardstick times http.Error next to what is compared with it.
func yardstick(b *testing.B, w work.Work, kind sink.Map) {
	b.Run("http.Error", func(b *testing.B) { sink.Time(b, work.Error(w.Status()), w.Request(), kind) })
}

// BenchmarkAnswer is one answer as a server has it made: with a new header map.
func BenchmarkAnswer(b *testing.B) {
	for _, w := range work.All {
		b.Run(w.Name, func(b *testing.B) {
			yardstick(b, w, sink.NewMap)
			for _, c := range contenders(b, w) {
				checked(b, w, c, sink.NewMap)
			}
		})
	}
}

// BenchmarkReused is the same without the cost of a header map, which is as
// high for all, and shows what the answer itself takes and allocates.
func BenchmarkReused(b *testing.B) {
	for _, w := range work.All {
		b.Run(w.Name, func(b *testing.B) {
			yardstick(b, w, sink.EmptiedMap)
			list := ours(b, w)
			if w == work.JSON {
				list = contenders(b, w)
			}
			for _, c := range list {
				checked(b, w, c, sink.EmptiedMap)
			}
		})
	}
}

// standing are fields that stand there when an answer is written, as those of
// a middleware do. The Vary, which has to be merged, is the first.
var standing = []problem.Param{
	{Name: "Vary", Value: "Origin"},
	{Name: "X-Request-Id", Value: "8c5e0f"},
	{Name: "Strict-Transport-Security", Value: "max-age=63072000"},
	{Name: "X-Frame-Options", Value: "DENY"},
	{Name: "X-Content-Type-Options", Value: "nosniff"},
	{Name: "Referrer-Policy", Value: "same-origin"},
	{Name: "Permissions-Policy", Value: "camera=()"},
	{Name: "Cross-Origin-Opener-Policy", Value: "same-origin"},
}

// beside returns a handler that puts the first n standing fields there.
func beside(n int, next http.Handler) http.Handler {
	lines := make([][]string, n)
	for i := range lines {
		lines[i] = []string{standing[i].Value}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for i, line := range lines {
			h[standing[i].Name] = line
		}
		next.ServeHTTP(w, r)
	})
}

// besides are the contenders that are timed with standing fields. Of those,
// only denial looks at what stands there.
func besides(tb testing.TB) []contender {
	answer := work.Denial(deny, work.JSON)
	prebuilt, err := work.Record(answer, work.JSON.Request())
	if err != nil {
		tb.Fatal(err)
	}
	return []contender{
		{name: "http.Error", handler: work.Error(work.JSON.Status())},
		{name: "prebuilt", handler: prebuilt},
		{name: "denial", handler: answer},
	}
}

func TestBeside(t *testing.T) {
	list := besides(t)
	h := beside(len(standing), list[len(list)-1].handler)
	if err := work.CheckHandler(work.JSON, h); err != nil {
		t.Error(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, work.JSON.Request())
	for _, f := range standing {
		if !slices.Contains(w.Header()[f.Name], f.Value) {
			t.Errorf("%s: %s is gone: %q", f.Name, f.Value, w.Header()[f.Name])
		}
	}
}

// BenchmarkStanding is an answer beside fields of the application's own, and one
// where the fields of the answer before stand.
func BenchmarkStanding(b *testing.B) {
	for _, c := range besides(b) {
		for _, n := range []int{0, 1, 3, 8} {
			b.Run(fmt.Sprintf("%d-fields/%s", n, c.name), func(b *testing.B) {
				sink.Time(b, beside(n, c.handler), work.JSON.Request(), sink.NewMap)
			})
		}
		b.Run("answer-before/"+c.name, func(b *testing.B) { sink.Time(b, c.handler, work.JSON.Request(), sink.KeptMap) })
	}
}
