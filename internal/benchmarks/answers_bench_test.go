package benchmarks_test

import (
	"fmt"
	"testing"

	"github.com/denial-go/denial/internal/benchmarks/work"
)

// checked times a contender whose answer is right.
func checked(b *testing.B, w work.Work, c contender, reused bool) {
	b.Run(c.name, func(b *testing.B) {
		if err := work.CheckHandler(w, c.handler, c.lacks...); err != nil {
			b.Fatal(err)
		}
		serve(b, c.handler, w.Request(), reused)
	})
}

// yardstick times http.Error next to what is compared with it.
func yardstick(b *testing.B, w work.Work, reused bool) {
	b.Run("http.Error", func(b *testing.B) { serve(b, work.Error(w.Status()), w.Request(), reused) })
}

// BenchmarkAnswer is one answer as a server has it made: with a new header map.
func BenchmarkAnswer(b *testing.B) {
	for _, w := range work.All {
		b.Run(w.Name, func(b *testing.B) {
			yardstick(b, w, false)
			for _, c := range contenders(b, w) {
				checked(b, w, c, false)
			}
		})
	}
}

// BenchmarkReused is the same without the cost of a header map, which is as
// high for all, and shows what the answer itself takes and allocates.
func BenchmarkReused(b *testing.B) {
	for _, w := range work.All {
		b.Run(w.Name, func(b *testing.B) {
			yardstick(b, w, true)
			list := ours(b, w)
			if w == work.JSON {
				list = contenders(b, w)
			}
			for _, c := range list {
				checked(b, w, c, true)
			}
		})
	}
}

// BenchmarkLimit shows what is left once there is nothing to decide: header
// fields and bytes that are known.
func BenchmarkLimit(b *testing.B) {
	for _, m := range []struct {
		name   string
		reused bool
	}{{"new-map", false}, {"reused-map", true}} {
		b.Run(m.name, func(b *testing.B) {
			yardstick(b, work.JSON, m.reused)
			for _, fields := range []int{6, 8, 11} {
				h := work.Limit(fields)
				b.Run(fmt.Sprintf("%d-fields", fields), func(b *testing.B) { serve(b, h, work.JSON.Request(), m.reused) })
			}
		})
	}
}
