package negotiate_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/denial-go/denial/negotiate"
)

func TestNoAllocations(t *testing.T) {
	m := mustMediaTypes(t, sixOffers...)
	for _, c := range acceptBenchmarks {
		if n := testing.AllocsPerRun(20, func() { m.Best(c.lines) }); n != 0 {
			t.Errorf("Accept, %s: %v allocations", c.name, n)
		}
	}
	many := mustMediaTypes(t, manyOffers(500)...)
	weights := make([]uint16, 0, 500)
	for _, c := range acceptBenchmarks {
		if n := testing.AllocsPerRun(20, func() { many.Best(c.lines); many.AppendWeights(weights, c.lines) }); n != 0 {
			t.Errorf("Accept, 500 offers, %s: %v allocations", c.name, n)
		}
	}
	for _, tags := range tagSets {
		l := negotiate.NewLanguages(tags...)
		for _, c := range languageBenchmarks {
			if n := testing.AllocsPerRun(20, func() { l.Best(c.lines) }); n != 0 {
				t.Errorf("Accept-Language, %s of %v: %v allocations", c.name, tags, n)
			}
		}
	}
}

// Empty lines count as members, as their commas would.
func TestEmptyLines(t *testing.T) {
	m := mustMediaTypes(t, "text/html")
	l := negotiate.NewLanguages(parseTags("en de")...)
	for _, c := range []struct {
		lines  int
		accept int
		asked  bool
	}{{31, 0, true}, {32, 0, false}, {47, 0, false}, {48, -1, false}, {5000, -1, false}} {
		empty := make([]string, c.lines)
		if got := m.Best(append(empty, "text/html")); got != c.accept {
			t.Errorf("text/html behind %d empty lines: got %d, want %d", c.lines, got, c.accept)
		}
		if _, asked := l.Best(append(empty, "de")); asked != c.asked {
			t.Errorf("de behind %d empty lines: got %v, want %v", c.lines, asked, c.asked)
		}
	}
}

// TestCut makes fields of random members, many beyond the bounds, and holds Best
// against the whole field as the twin reads it: what is excluded anywhere in it is
// never the answer.
func TestCut(t *testing.T) {
	members := []string{
		"", " ", "*/*", "*/*;q=0", "*/*;q=0.5", "text/*", "text/*;q=0", "text/html", "text/html;q=0", "text/html;level=1",
		"text/html;level=1;q=0", "TEXT/HTML;q=0.1", "text/html;level=2;q=0", "a/b", "a/b;q=0", "a/b;c=d", "a/b;c=d;q=0", "a/b;d=1;q=0",
		"a/*;q=0", "x/y", "bad", "text/html;q=7", `x/y;z=",`, `"`, `x/y;z="\`, `x/y;z="`, `";q=0`, "application/*;q=0", "text/plain",
	}
	random := rand.New(rand.NewPCG(1, 2))
	cut := 0
	for set, offers := range offerSets {
		m := mustMediaTypes(t, offers...)
		for range 300 {
			var field strings.Builder
			palette := members[random.IntN(len(members)):]
			for range random.IntN(120) {
				list := palette
				if random.IntN(8) == 0 {
					list = members
				}
				field.WriteString(list[random.IntN(len(list))])
				if random.IntN(12) == 0 {
					field.WriteByte('\n')
				} else {
					field.WriteByte(',')
				}
				if random.IntN(300) == 0 {
					field.WriteString(strings.Repeat(" ", random.IntN(1200)))
				}
			}
			lines := strings.Split(field.String(), "\n")
			if got, small := checkAccept(t, m, offers, lines); !small && got >= 0 {
				cut++
			}
		}
		if t.Failed() {
			t.Fatalf("offers %d", set)
		}
	}
	if cut < 50 {
		t.Errorf("only %d fields were cut and accepted something", cut)
	}
}

// FuzzHostile looks for panics, allocations and answers out of range in fields
// of any length.
func FuzzHostile(f *testing.F) {
	for _, file := range []string{"testdata/accept.txt", "testdata/languages.txt"} {
		for _, row := range readRows(f, file) {
			f.Add(strings.Join(row.lines, "\n"), uint16(len(row.want)))
		}
	}
	offers := offerSets[len(offerSets)-1]
	many := mustMediaTypes(f, offers...)
	few := mustMediaTypes(f, offerSets[3]...)
	languages := negotiate.NewLanguages(manyTags...)
	f.Fuzz(func(t *testing.T, field string, times uint16) {
		if len(field)*int(times) > 1<<20 {
			return
		}
		lines := strings.Split(strings.Repeat(field, 1+int(times)), "\n")
		if n := testing.AllocsPerRun(4, func() {
			if i := many.Best(lines); i < -1 || i >= len(offers) {
				t.Errorf("Best = %d", i)
			}
			if i := few.Best(lines); i < -1 || i >= len(offerSets[3]) {
				t.Errorf("Best = %d", i)
			}
			if i, asked := languages.Best(lines); i < 0 || i >= len(manyTags) || !asked && i != 0 {
				t.Errorf("Best = %d, %v", i, asked)
			}
		}); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}
