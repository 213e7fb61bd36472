package sink_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/denial-go/denial/internal/benchmarks/sink"
)

// limitBody is of a usual document's size.
var limitBody = []byte(strings.Repeat("x", 320))

// limits are handlers that know everything when they are compiled, by how many
// header fields they send, whose values are fresh: nothing that does so can do
// with less.
var limits = []struct {
	fields int
	send   http.HandlerFunc
}{{6, limit6}, {8, limit8}, {11, limit11}}

func limit6(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	v := make([]string, 6)
	v[0], v[1], v[2], v[3], v[4], v[5] = "no-store", "de", "320", "application/problem+json", "Accept, Accept-Language", "nosniff"
	h["Cache-Control"] = v[0:1:1]
	h["Content-Language"] = v[1:2:2]
	h["Content-Length"] = v[2:3:3]
	h["Content-Type"] = v[3:4:4]
	h["Vary"] = v[4:5:5]
	h["X-Content-Type-Options"] = v[5:6:6]
	w.WriteHeader(http.StatusForbidden)
	w.Write(limitBody)
}

func limit8(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	v := make([]string, 8)
	v[0], v[1], v[2], v[3], v[4], v[5] = "no-store", "de", "320", "application/problem+json", "Accept, Accept-Language", "nosniff"
	v[6], v[7] = `Bearer realm="restricted"`, "30"
	h["Cache-Control"] = v[0:1:1]
	h["Content-Language"] = v[1:2:2]
	h["Content-Length"] = v[2:3:3]
	h["Content-Type"] = v[3:4:4]
	h["Vary"] = v[4:5:5]
	h["X-Content-Type-Options"] = v[5:6:6]
	h["Www-Authenticate"] = v[6:7:7]
	h["Retry-After"] = v[7:8:8]
	w.WriteHeader(http.StatusForbidden)
	w.Write(limitBody)
}

func limit11(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	v := make([]string, 11)
	v[0], v[1], v[2], v[3], v[4], v[5] = "no-store", "de", "320", "application/problem+json", "Accept, Accept-Language", "nosniff"
	v[6], v[7], v[8], v[9], v[10] = `Bearer realm="restricted"`, "30", "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'", "no-referrer", "noindex"
	h["Cache-Control"] = v[0:1:1]
	h["Content-Language"] = v[1:2:2]
	h["Content-Length"] = v[2:3:3]
	h["Content-Type"] = v[3:4:4]
	h["Vary"] = v[4:5:5]
	h["X-Content-Type-Options"] = v[5:6:6]
	h["Www-Authenticate"] = v[6:7:7]
	h["Retry-After"] = v[7:8:8]
	h["Content-Security-Policy"] = v[8:9:9]
	h["Referrer-Policy"] = v[9:10:10]
	h["X-Robots-Tag"] = v[10:11:11]
	w.WriteHeader(http.StatusForbidden)
	w.Write(limitBody)
}

func TestSink(t *testing.T) {
	for _, kind := range []sink.Map{sink.NewMap, sink.EmptiedMap, sink.KeptMap} {
		s := sink.New(kind)
		first := s.Header()
		for i := range 3 {
			s.Next()
			want := 0
			if kind == sink.KeptMap && i > 0 {
				want = 2
			}
			if len(s.Header()) != want {
				t.Errorf("map %d: response %d begins with %v", kind, i, s.Header())
			}
			http.Error(s, "no", http.StatusForbidden)
		}
		if s.Responses != 3 || s.Status != http.StatusForbidden || s.Bytes != 9 {
			t.Errorf("map %d: %d responses, the last %d, %d bytes", kind, s.Responses, s.Status, s.Bytes)
		}
		if again := len(first) > 0; again != (kind != sink.NewMap) {
			t.Errorf("map %d: whether it is used again: %v", kind, again)
		}
	}
}

// The limits send what they say, and values that nobody shares.
func TestLimit(t *testing.T) {
	for _, l := range limits {
		fields := l.fields
		for range 2 {
			rec := httptest.NewRecorder()
			l.send(rec, httptest.NewRequest("GET", "/", nil))
			if rec.Code != http.StatusForbidden || len(rec.Header()) != fields || rec.Header().Get("Content-Length") != strconv.Itoa(rec.Body.Len()) {
				t.Errorf("%d fields: %d, %d bytes, %v", fields, rec.Code, rec.Body.Len(), rec.Header())
			}
			for name, lines := range rec.Header() {
				if len(lines) != 1 || lines[0] == "" || lines[0] == "changed" || cap(lines) != 1 {
					t.Errorf("%d fields: %s is %q of %d", fields, name, lines, cap(lines))
				}
				lines[0] = "changed"
			}
		}
	}
}

// BenchmarkLimit shows what is left once there is nothing to decide. It is in a
// package of its own because it is about a program that holds nothing: beside
// others' garbage, each pointer stored costs more.
func BenchmarkLimit(b *testing.B) {
	r := httptest.NewRequest("GET", "/", nil)
	for _, m := range []struct {
		name string
		kind sink.Map
	}{{"new-map", sink.NewMap}, {"emptied-map", sink.EmptiedMap}, {"kept-map", sink.KeptMap}} {
		b.Run(m.name, func(b *testing.B) {
			plain := func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "Forbidden", http.StatusForbidden) }
			b.Run("http.Error", func(b *testing.B) { sink.Time(b, http.HandlerFunc(plain), r, m.kind) })
			for _, l := range limits {
				b.Run(fmt.Sprintf("%d-fields", l.fields), func(b *testing.B) { sink.Time(b, l.send, r, m.kind) })
			}
		})
	}
}
