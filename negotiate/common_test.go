package negotiate_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/denial-go/denial/negotiate"
)

// TestCommonAccept holds the answers that are ready against those that the twin
// gives, and against what Best reads in the same field with an empty member more.
func TestCommonAccept(t *testing.T) {
	sets := append([][]string{}, offerSets...)
	types := strings.Fields(`application/json application/problem+json text/plain text/html text/html;level=1 text/markdown image/webp image/png
		application/xml application/xhtml+xml application/signed-exchange application/signed-exchange;v=b3 application/signed-exchange;v=b2 multipart/alternative a/b`)
	random := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		random.Shuffle(len(types), func(i, j int) { types[i], types[j] = types[j], types[i] })
		sets = append(sets, append([]string{}, types[:1+random.IntN(len(types))]...))
	}
	answers := map[int]bool{}
	for _, offers := range sets {
		m := mustMediaTypes(t, offers...)
		for _, field := range negotiate.CommonAccept {
			if !negotiate.IsCommon(field) || negotiate.IsCommon(field+",") {
				t.Fatalf("%q: want it found in the table, and not with a comma behind it", field)
			}
			got, _ := checkAccept(t, m, offers, []string{field})
			if read := m.Best([]string{field + ","}); got != read {
				t.Errorf("Best(%q) = %d of %q, with a comma behind it %d", field, got, offers, read)
			}
			answers[got] = true
		}
	}
	if len(answers) < 10 {
		t.Errorf("the answers are only %v", answers)
	}
}

// Fields that nearly are common ones, or hold them, are read.
func TestNearlyCommon(t *testing.T) {
	for _, offers := range offerSets {
		m := mustMediaTypes(t, offers...)
		for _, field := range negotiate.CommonAccept {
			for _, lines := range [][]string{
				{field, field}, {field, ""}, {"", field}, {field, "text/html;q=0"}, {"*/*;q=0", field},
				{strings.ToUpper(field)}, {" " + field}, {field + "x"}, {field[1:]}, {field[:len(field)-1]},
				{strings.Replace(field, "html", "htmx", 1)}, {strings.Replace(field, "q=0.8", "q=0.0", 1)}, {strings.Replace(field, "*/*", "*/x", 1)},
			} {
				checkAccept(t, m, offers, lines)
			}
		}
	}
}
