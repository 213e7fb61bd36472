package negotiate_test

import (
	"strings"
	"testing"

	"github.com/denial-go/denial/negotiate"
	"golang.org/x/text/language"
)

// tagSets are offers that the fuzz targets and property tests choose from.
var tagSets = [][]language.Tag{
	manyTags,
	parseTags("en"),
	parseTags("en-US en-GB en-AU fr-CH fr-FR fr-CA"),
	parseTags("en zh-Hans zh-Hant zh-Hant-HK zh-TW yue"),
	parseTags("sr sr-Latn bs no nb nn en"),
	parseTags("de-CH-1996 de-CH de de-AT x-foo und"),
	parseTags("und es es-419 es-MX pt-PT pt pt-BR fil az-Cyrl az"),
}

// FuzzAcceptLanguage holds Best against its slow twin. Line feeds part lines.
func FuzzAcceptLanguage(f *testing.F) {
	for _, row := range readRows(f, "testdata/languages.txt") {
		for set := range tagSets {
			f.Add(strings.Join(row.lines, "\n"), uint8(set))
		}
	}
	var compiled []*negotiate.Languages
	for _, tags := range tagSets {
		compiled = append(compiled, negotiate.NewLanguages(tags...))
	}
	f.Fuzz(func(t *testing.T, field string, set uint8) {
		if len(field) > 2000 {
			return // the twin is slow
		}
		n := int(set) % len(tagSets)
		checkLanguage(t, compiled[n], tagSets[n], strings.Split(field, "\n"))
	})
}

func checkLanguage(t *testing.T, l *negotiate.Languages, tags []language.Tag, lines []string) {
	t.Helper()
	got, asked := l.Best(lines)
	if got < 0 || got >= len(tags) || !asked && got != 0 {
		t.Fatalf("Best(%q) = %d, %v, with %d offers", lines, got, asked, len(tags))
	}
	want, wantAsked, small := slowLanguages(tags, lines)
	if small && (got != want || asked != wantAsked) {
		t.Fatalf("Best(%q) = %v, %v, want %v, %v of %v", lines, tags[got], asked, tags[want], wantAsked, tags)
	}
}
