package cldr_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/denial-go/denial/internal/cldr"
	"github.com/google/go-cmp/cmp"
)

// TestLines reads the sentences that people have read.
func TestLines(t *testing.T) {
	lines, err := os.ReadFile("testdata/lines.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for line := range strings.Lines(string(lines)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		want := strings.Split(strings.TrimSuffix(line, "\n"), " | ")
		l := find(t, want[0])
		relative := func(n int64, unit cldr.Unit) string { return string(l.AppendRelative(nil, n, unit)) }
		list := func(or bool, items ...string) string { return string(l.AppendList(nil, items, or)) }
		got := []string{
			l.Tag(),
			relative(1, cldr.Minute), relative(5, cldr.Minute), relative(30, cldr.Second), relative(2, cldr.Hour),
			list(true, "A", "B"), list(true, "A", "B", "C"), list(false, "A", "B", "C"),
			string(l.AppendFloat(nil, 12345.6)), string(l.AppendNumber(nil, 1234)),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", want[0], diff)
		}
		seen++
	}
	if seen != 40 {
		t.Errorf("read %d lines, want 40", seen)
	}
}

func TestFind(t *testing.T) {
	for l := range cldr.All() {
		again, ok := cldr.Find(l.Tag())
		if !ok || again != l {
			t.Errorf("Find(%q) is not the locale that All gives", l.Tag())
		}
		if !l.HasRelative() {
			t.Errorf("%s has no relative times", l.Tag())
		}
	}
	for _, tag := range []string{"", "EN", "pt", "zh", "no", "cy", "en-GB", "de_DE", "\xff"} {
		if l, ok := cldr.Find(tag); ok {
			t.Errorf("Find(%q) = %s, want none", tag, l.Tag())
		}
	}
}

// ICU leaves these to the reader; the rules of the Real Academia do not.
func TestSpanishAccents(t *testing.T) {
	l := find(t, "es")
	for _, tt := range []struct {
		next string
		or   bool
		want string
	}{
		{"Íñigo", false, "A e Íñigo"},
		{"híbrido", false, "A e híbrido"},
		{"ópera", true, "A u ópera"},
		{"Hórreo", true, "A u Hórreo"},
		{"Ibi", true, "A o Ibi"},
		{"oso", false, "A y oso"},
		{"i\u0301dem", false, "A e i\u0301dem"}, // not in NFC
		{"\xff", false, "A y \xff"},
	} {
		if diff := cmp.Diff(tt.want, string(l.AppendList(nil, []string{"A", tt.next}, tt.or))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestSeparatorPanicsOutsideTheList(t *testing.T) {
	for _, i := range []int{-1, 2} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("no panic at %d", i)
				}
			}()
			find(t, "en").Separator([]string{"A", "B"}, i, false)
		}()
	}
}

func FuzzList(f *testing.F) {
	for _, r := range []string{"A", "A|B", "padre|hijo", "7|8|11", "א|ב", "|", "\xff|h\xff", "hi|h|o|\x00"} {
		f.Add(r)
	}
	f.Fuzz(func(t *testing.T, joined string) {
		items := strings.Split(joined, "|")
		for l := range cldr.All() {
			for _, or := range []bool{false, true} {
				// Every item is there, once and in order, with text between two
				// items and nothing around them.
				rest := string(l.AppendList([]byte("x"), items, or))[1:]
				for i, item := range items {
					sep := l.Separator(items, i, or)
					if (sep == "") != (i == 0) {
						t.Fatalf("%s: separator %d of %q is %q", l.Tag(), i, items, sep)
					}
					after, ok := strings.CutPrefix(rest, sep+item)
					if !ok {
						t.Fatalf("%s: item %d of %q is not in %q", l.Tag(), i, items, rest)
					}
					rest = after
				}
				if rest != "" {
					t.Fatalf("%s: %q after the list %q", l.Tag(), rest, items)
				}
			}
		}
	})
}

func TestNoAllocations(t *testing.T) {
	dst := make([]byte, 0, 1024)
	items := []string{"padre", "hijo", "8"}
	for l := range cldr.All() {
		got := testing.AllocsPerRun(10, func() {
			dst = l.AppendNumber(dst[:0], -1234567)
			dst = l.AppendFloat(dst, -1234567.8949)
			dst = l.AppendFloat(dst, 1e300)
			dst = l.AppendList(dst, items, true)
			dst = l.AppendRelative(dst, 1, cldr.Minute)
			dst = l.AppendRelative(dst, 12345, cldr.Day)
			_ = l.Plural(-1)
			_ = l.PluralFloat(1.5)
		})
		if got != 0 {
			t.Errorf("%s: %v allocations, want none", l.Tag(), got)
		}
	}
	if got := testing.AllocsPerRun(10, func() { cldr.Find("cy") }); got != 0 {
		t.Errorf("Find: %v allocations, want none", got)
	}
}

func BenchmarkRelative(b *testing.B) {
	dst := make([]byte, 0, 128)
	for _, tag := range []string{"en", "pl", "ar", "fa", "bn"} {
		l := find(b, tag)
		b.Run(tag, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				dst = l.AppendRelative(dst[:0], 12345, cldr.Minute)
			}
		})
	}
}

func BenchmarkList(b *testing.B) {
	dst := make([]byte, 0, 128)
	items := []string{"padre", "madre", "hijo"}
	for _, tag := range []string{"en", "es", "he"} {
		l := find(b, tag)
		b.Run(tag, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				dst = l.AppendList(dst[:0], items, false)
			}
		})
	}
}

func BenchmarkNumber(b *testing.B) {
	dst := make([]byte, 0, 128)
	l := find(b, "en")
	b.Run("int", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			dst = l.AppendNumber(dst[:0], 1234567)
		}
	})
	b.Run("float", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			dst = l.AppendFloat(dst[:0], 1234567.8949)
		}
	})
}

func BenchmarkFind(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		cldr.Find("ur")
	}
}

func ExampleLocale_Separator() {
	l, _ := cldr.Find("es")
	items := []string{"leer", "escribir", "invitar"}
	for i, item := range items {
		fmt.Printf("%s<bdi>%s</bdi>", l.Separator(items, i, false), item)
	}
	// Output: <bdi>leer</bdi>, <bdi>escribir</bdi> e <bdi>invitar</bdi>
}
