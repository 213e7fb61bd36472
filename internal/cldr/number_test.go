package cldr_test

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"github.com/denial-go/denial/internal/cldr"
	"github.com/google/go-cmp/cmp"
)

// A writing is what the slow twin knows of a language, learnt by looking at
// what people read.
type writing struct {
	group, decimal, minus string
	digits                []string
	sizes                 []int // from the right; the last goes on
	least                 int   // whole digits from which there are groups
}

var ascii = strings.Split("0123456789", "")

var writings = map[string]writing{
	"en": {",", ".", "-", ascii, []int{3}, 4},
	"es": {".", ",", "-", ascii, []int{3}, 5},
	"fr": {"\u202f", ",", "-", ascii, []int{3}, 4},
	"sv": {"\u00a0", ",", "\u2212", ascii, []int{3}, 4},
	"pl": {"\u00a0", ",", "-", ascii, []int{3}, 5},
	"hi": {",", ".", "-", ascii, []int{3, 2}, 4},
	"he": {",", ".", "\u200e-", ascii, []int{3}, 4},
	"fa": {"٬", "٫", "\u200e\u2212", strings.Split("۰۱۲۳۴۵۶۷۸۹", ""), []int{3}, 4},
	"bn": {",", ".", "-", strings.Split("০১২৩৪৫৬৭৮৯", ""), []int{3, 2}, 4},
}

func (w writing) write(decimal string) string {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(decimal, "-"), ".")
	var groups []string
	if len(whole) >= w.least {
		for i := 0; ; i++ {
			size := w.sizes[min(i, len(w.sizes)-1)]
			if len(whole) <= size {
				break
			}
			groups = append([]string{whole[len(whole)-size:]}, groups...)
			whole = whole[:len(whole)-size]
		}
	}
	s := strings.Join(append([]string{whole}, groups...), "G")
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		s += "D" + fraction
	}
	if strings.HasPrefix(decimal, "-") && s != "0" {
		s = "M" + s
	}
	marks := []string{"G", w.group, "D", w.decimal, "M", w.minus}
	for i, d := range w.digits {
		marks = append(marks, strconv.Itoa(i), d)
	}
	return strings.NewReplacer(marks...).Replace(s)
}

// rounded is f at three decimals, halves away from zero.
func rounded(f float64) string {
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
	if !ok {
		return "not a number"
	}
	return r.FloatString(3)
}

func FuzzAppendNumber(f *testing.F) {
	for _, n := range []int64{0, 1, -1, 999, 1000, 9999, 10000, 123456789, math.MaxInt64, math.MinInt64} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, n int64) {
		for tag, w := range writings {
			l := find(t, tag)
			want := w.write(strconv.FormatInt(n, 10))
			if diff := cmp.Diff("x"+want, string(l.AppendNumber([]byte("x"), n))); diff != "" {
				t.Errorf("%s, %d (-want +got):\n%s", tag, n, diff)
			}
			want = w.write(strconv.FormatUint(uint64(n), 10))
			if diff := cmp.Diff(want, string(l.AppendUint(nil, uint64(n)))); diff != "" {
				t.Errorf("%s, %d (-want +got):\n%s", tag, uint64(n), diff)
			}
			if got, want := l.Plural(n), l.PluralUint(magnitude(n)); got != want {
				t.Errorf("%s, %d is %v, and without its sign %v", tag, n, got, want)
			}
			// A float64 holds these exactly.
			if -1<<53 <= n && n <= 1<<53 {
				if got, want := l.PluralFloat(float64(n)), l.Plural(n); got != want {
					t.Errorf("%s, %d is %v, as a float %v", tag, n, want, got)
				}
			}
		}
	})
}

func magnitude(n int64) uint64 {
	return new(big.Int).Abs(big.NewInt(n)).Uint64()
}

func FuzzAppendFloat(f *testing.F) {
	for _, n := range []float64{
		0, math.Copysign(0, -1), 0.0004, 0.0005, -0.0004, -0.0005, 0.9995, 0.99949, 1.0005, 9.9995, 99.9995, 2.675,
		1234.5, 12345.6789, 1e15, 1e21, 1e22, 123e20, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64,
		0.05, 0.049, 0.0049, 0.00049, 999999999999999.9, math.Inf(1), math.Inf(-1), math.NaN(),
	} {
		f.Add(n)
	}
	f.Fuzz(func(t *testing.T, n float64) {
		for tag, w := range writings {
			l := find(t, tag)
			var want string
			switch {
			case math.IsNaN(n):
				want = "NaN"
			case math.IsInf(n, 1):
				want = "∞"
			case math.IsInf(n, -1):
				want = w.minus + "∞"
			default:
				want = w.write(rounded(n))
			}
			if diff := cmp.Diff("x"+want, string(l.AppendFloat([]byte("x"), n))); diff != "" {
				t.Errorf("%s, %g (-want +got):\n%s", tag, n, diff)
			}
			_ = l.PluralFloat(n)
		}
	})
}

func TestPluralOfHugeNumbers(t *testing.T) {
	for _, tt := range []struct {
		tag  string
		n    uint64
		want cldr.Category
	}{
		{"ru", math.MaxUint64, cldr.Many},                // …551615
		{"ru", math.MaxUint64 - 14, cldr.One},            // …551601
		{"pl", 1_000_000_000_000_000_002, cldr.Few},      // not 2 itself
		{"ar", 1_000_000_000_000_000_002, cldr.Other},    // nor here
		{"en", 10_000_000_001, cldr.Other},               // nor 1
		{"fr", 3_000_000_000_000, cldr.Many},             // de minutes
		{"fr", 3_000_000_000_001, cldr.Other},            //
		{"sr", 18_000_000_000_000_000_021, cldr.One},     //
		{"he", 20_000_000_000, cldr.Other},               // Many until CLDR 42
		{"bn", 10_000_000_000_000_000_000, cldr.Other},   // one is 0 or 1
		{"cs", 10_000_000_000_000_000_003, cldr.Other},   // few is 2 to 4
		{"ro", 10_000_000_000_000_000_003, cldr.Few},     // mod 100
		{"hr", 10_000_000_000_000_000_012, cldr.Other},   // mod 100
		{"pt-BR", 10_000_000_000_000_000_000, cldr.Many}, //
	} {
		if got := find(t, tt.tag).PluralUint(tt.n); got != tt.want {
			t.Errorf("%s, %d is %v, want %v", tt.tag, tt.n, got, tt.want)
		}
		if got := find(t, tt.tag).PluralFloat(float64(tt.n)); float64(tt.n) < 1<<53 && got != tt.want {
			t.Errorf("%s, %d as a float is %v, want %v", tt.tag, tt.n, got, tt.want)
		}
	}
}
