package negotiate_test

import (
	"math"
	"strings"
	"testing"

	"github.com/denial-go/denial/negotiate"
)

// offerSets are offers that the fuzz targets and property tests choose from.
var offerSets = [][]string{
	{"application/problem+json", "text/html", "text/plain", "text/markdown", "application/problem+xml", "multipart/alternative"},
	{"text/html"},
	{"text/html", "text/html;level=1", `text/html;level=2;x="a, b"`, "text/plain;charset=utf-8", "text/*x"},
	{`a/b;c="\"\\";d=1`, "a/b;c=d", "a/b;d=1", "a/b", "a/c", "b/b"},
	manyOffers(130),
}

func manyOffers(n int) []string {
	offers := []string{"text/html", "a/b;c=d"}
	for i := len(offers); i < n; i++ {
		s := string([]byte{'a' + byte(i%26), 'a' + byte(i/26%26)})
		offers = append(offers, "a/"+s+";p"+s+"="+s)
	}
	return offers
}

func mustMediaTypes(t testing.TB, offers ...string) *negotiate.MediaTypes {
	t.Helper()
	m, err := negotiate.NewMediaTypes(offers...)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// FuzzAccept holds Best against its slow twin. What is in braces in the field is
// multiplied, so that the bounds are met often; line feeds part field lines.
func FuzzAccept(f *testing.F) {
	for _, row := range readRows(f, "testdata/accept.txt") {
		f.Add(strings.Join(row.lines, "\n"), uint8(0), uint8(0), "")
		f.Add(strings.Join(row.lines, "\n"), uint8(2), uint8(3), ",text/html;q=0")
		f.Add("", uint8(3), uint8(90), strings.Join(row.lines, "\n"))
	}
	for _, field := range negotiate.CommonAccept {
		for set := range offerSets {
			f.Add(field, uint8(set), uint8(0), "")
			f.Add(field, uint8(set), uint8(0), ",text/html;q=0")
			f.Add(field, uint8(set), uint8(0), "\ntext/html;q=0")
		}
	}
	var compiled []*negotiate.MediaTypes
	for _, offers := range offerSets {
		compiled = append(compiled, mustMediaTypes(f, offers...))
	}
	f.Fuzz(func(t *testing.T, field string, set, times uint8, tail string) {
		if len(field)*(1+int(times))+len(tail) > 4000 {
			return // the twin is slow
		}
		lines := strings.Split(strings.Repeat(field, 1+int(times))+tail, "\n")
		n := int(set) % len(offerSets)
		checkAccept(t, compiled[n], offerSets[n], lines)
	})
}

// checkAccept compares Best and AppendWeights with the twin: the same answer for a
// field within the bounds, and for any other field none that the whole of it
// excludes.
func checkAccept(t *testing.T, m *negotiate.MediaTypes, offers, lines []string) (got int, small bool) {
	t.Helper()
	got = m.Best(lines)
	if got < -1 || got >= len(offers) {
		t.Fatalf("Best(%q) = %d, with %d offers", lines, got, len(offers))
	}
	weights, small := slowWeights(offers, lines)
	switch {
	case len(lines) > 0 && small && got != slowBest(weights):
		t.Fatalf("Best(%q) = %d, want %d of %q", lines, got, slowBest(weights), offers)
	case len(lines) == 0 && got != 0:
		t.Fatalf("Best of no lines = %d", got)
	case len(lines) > 0 && got >= 0 && weights[got] == 0:
		t.Fatalf("Best(%q) = %q, which the whole field excludes", lines, offers[got])
	}
	var thousandths []float64
	for _, w := range m.AppendWeights([]uint16{7}, lines) {
		thousandths = append(thousandths, float64(w))
	}
	if len(thousandths) != 1+len(offers) || thousandths[0] != 7 {
		t.Fatalf("AppendWeights(%q) = %v, with %d offers behind a 7", lines, thousandths, len(offers))
	}
	thousandths = thousandths[1:]
	if best := slowBest(thousandths); best != got {
		t.Fatalf("Best(%q) = %d, though AppendWeights says %v", lines, got, thousandths)
	}
	for i, w := range thousandths {
		want := math.Round(1000 * weights[i])
		if len(lines) == 0 {
			want = 1000
		}
		if small && w != want || want == 0 && w != 0 {
			t.Fatalf("AppendWeights(%q) = %v, want %v at %d of %q", lines, thousandths, want, i, offers)
		}
	}
	return got, small
}
