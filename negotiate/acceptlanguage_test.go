package negotiate_test

import (
	"strings"
	"testing"

	"github.com/denial-go/denial/negotiate"
)

func TestLanguageRows(t *testing.T) {
	rows := readRows(t, "testdata/languages.txt")
	if len(rows) < 250 {
		t.Errorf("only %d rows", len(rows))
	}
	for _, r := range rows {
		tags := parseTags(strings.Join(r.offers, " "))
		l := negotiate.NewLanguages(tags...)
		i, asked := l.Best(r.lines)
		got := "default"
		if asked {
			got = r.offers[i]
		} else if i != 0 {
			t.Errorf("testdata/languages.txt:%d: index %d stands in", r.line, i)
		}
		if got != r.want {
			t.Errorf("testdata/languages.txt:%d: got %s, want %s (%s)", r.line, got, r.want, r.why)
		}
		checkLanguage(t, l, tags, r.lines)
	}
}
