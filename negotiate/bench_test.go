package negotiate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/denial-go/denial/negotiate"
	"golang.org/x/text/language"
)

// Field values that clients sent in 2026.
const (
	chromePage  = "text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
	firefoxPage = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	axios       = "application/json, text/plain, */*"
	rdf         = "application/n-triples,application/n-quads;q=0.9,text/turtle;q=0.9,application/ld+json;q=0.8,application/trig;q=0.8,application/rdf+xml;q=0.7,application/trix;q=0.7,text/n3;q=0.6,*/*;q=0.1"

	chromeLanguage = "en-US,en;q=0.9"
	germanLanguage = "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7"
	taiwanLanguage = "zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7"
)

var sixOffers = []string{"application/problem+json", "text/html", "text/plain", "text/markdown", "application/problem+xml", "multipart/alternative"}

var manyTags = parseTags("en de fr es pt-BR pt-PT it nl pl ru uk tr ar he fa hi id ja ko vi th cs sv nb da fi el hu ro bg sr sr-Latn hr zh-Hans zh-Hant sk ca ms bn")

func parseTags(list string) []language.Tag {
	var tags []language.Tag
	for s := range strings.FieldsSeq(list) {
		tags = append(tags, language.Raw.Make(s))
	}
	return tags
}

// repeat makes a field value of about size bytes.
func repeat(s string, size int) string { return strings.Repeat(s, size/len(s)+1)[:size] }

// The answers for chromePage and the like are ready (commonAccept). What a hostile
// field costs is to be held against one that is read as it is: "chrome, uncommon".
var acceptBenchmarks = []struct {
	name  string
	lines []string
}{
	{"absent", nil},
	{"any", []string{"*/*"}},
	{"json", []string{"application/json"}},
	{"problem", []string{"application/problem+json"}},
	{"chrome", []string{chromePage}},
	{"firefox", []string{firefoxPage}},
	{"axios", []string{axios}},
	{"chrome, uncommon", []string{chromePage + ",application/x"}},
	{"rdf", []string{rdf}},
	{"chrome in nine lines", strings.Split(chromePage, ",")},
	{"upper case", []string{strings.ToUpper(chromePage)}},
	{"quoted", []string{`text/html;x="a,b";q=0.5, text/plain;y="c;d", */*;q=0.1`}},
	{"8 KiB of ranges", []string{repeat("aaa/bbb,", 8<<10)}},
	{"8 KiB of wildcards", []string{repeat("*/*;q=1,", 8<<10)}},
	{"8 KiB of bad weights", []string{repeat("*/*;q=.1,", 8<<10)}},
	{"8 KiB of offers", []string{repeat("text/html;q=0.1,", 8<<10)}},
	{"8 KiB of parameters", []string{"text/html" + repeat(";a=b", 8<<10)}},
	{"8 KiB of semicolons", []string{"text/html" + repeat(";", 8<<10)}},
	{"8 KiB of open quotes", []string{repeat(`a/b;c="\",`, 8<<10)}},
	{"8 KiB of quotes", []string{repeat(`text/html;c="\\",`, 8<<10)}},
	{"8 KiB of spaces", []string{repeat(" ", 8<<10)}},
	{"8 KiB of one name", []string{"text/html;" + repeat("a", 8<<10)}},
	{"1 MiB of commas", []string{repeat(",", 1<<20)}},
	{"1 MiB in lines", repeatLines("text/html;q=0.1", 1<<16)},
	{"1 Mi empty lines", make([]string, 1<<20)},
}

func repeatLines(s string, n int) []string {
	lines := make([]string, n)
	for i := range lines {
		lines[i] = s
	}
	return lines
}

// cloneLines gives lines memory of their own, as those of a request have: strings
// in one place are equal without being compared.
func cloneLines(lines []string) []string {
	lines = slices.Clone(lines)
	for i := range lines {
		lines[i] = strings.Clone(lines[i])
	}
	return lines
}

func BenchmarkMediaTypes(b *testing.B) {
	m, err := negotiate.NewMediaTypes(sixOffers...)
	if err != nil {
		b.Fatal(err)
	}
	for _, bm := range acceptBenchmarks {
		b.Run(bm.name, func(b *testing.B) {
			lines := cloneLines(bm.lines)
			b.ReportAllocs()
			for b.Loop() {
				m.Best(lines)
			}
		})
	}
}

func BenchmarkMediaTypesOffers(b *testing.B) {
	for _, n := range []int{1, 6, 20, 64, 100} {
		var offers []string
		for i := range n {
			offers = append(offers, fmt.Sprintf("application/vnd.example.%d+json", i))
		}
		offers[n-1] = "text/html"
		m, err := negotiate.NewMediaTypes(offers...)
		if err != nil {
			b.Fatal(err)
		}
		lines := []string{chromePage + ",application/x"}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.Best(lines)
			}
		})
	}
}

func BenchmarkNewMediaTypes(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := negotiate.NewMediaTypes(sixOffers...); err != nil {
			b.Fatal(err)
		}
	}
}

var languageBenchmarks = []struct {
	name  string
	lines []string
}{
	{"absent", nil},
	{"any", []string{"*"}},
	{"chrome", []string{chromeLanguage}},
	{"german", []string{germanLanguage}},
	{"taiwan", []string{taiwanLanguage}},
	{"norwegian", []string{"nn-NO,nn;q=0.9"}},
	{"unknown", []string{"cy-GB,cy;q=0.9"}},
	{"excluding", []string{"en-US,en;q=0.9,de;q=0"}},
	{"1 MiB of commas", []string{repeat(",", 1<<20)}},
	{"1 MiB of hyphens", []string{repeat("-", 1<<20)}},
	{"1 MiB of underscores", []string{repeat("_", 1<<20)}},
	{"1 MiB of en", []string{repeat("en,", 1<<20)}},
	{"1 MiB of xx", []string{repeat("xx,", 1<<20)}},
	{"1 MiB of weighted", []string{repeat("zh-TW;q=0.123,", 1<<20)}},
	{"1 MiB of subtags", []string{"en" + repeat("-a", 1<<20)}},
	{"1 MiB of long subtags", []string{repeat("en-abcdefgh-abcdefgh,", 1<<20)}},
	{"1 MiB of zu_ZA", []string{repeat("zu_ZA,", 1<<20)}},
	{"1 MiB of exclusions", []string{repeat("zh-TW;q=0,", 1<<20)}},
	{"1 MiB of letters", []string{repeat("a", 1<<20)}},
	{"1 MiB of spaces", []string{repeat(" ", 1<<20)}},
	{"1 MiB in lines", repeatLines("zh-TW;q=0.1", 1<<16)},
	{"1 Mi empty lines", make([]string, 1<<20)},
}

func BenchmarkLanguages(b *testing.B) {
	l := negotiate.NewLanguages(manyTags...)
	for _, bm := range languageBenchmarks {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.Best(bm.lines)
			}
		})
	}
}

func BenchmarkLanguagesOffers(b *testing.B) {
	for _, n := range []int{2, 10, 39, 100} {
		tags := append(hundredTags()[:n-1:n-1], language.English)
		l := negotiate.NewLanguages(tags...)
		lines := []string{chromeLanguage}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.Best(lines)
			}
		})
	}
}

// The worst that is known: a hundred offers in one language, and a field that
// excludes them all but asks for each.
func BenchmarkLanguagesSame(b *testing.B) {
	var tags []language.Tag
	for i := range 100 {
		tags = append(tags, language.Raw.Make(fmt.Sprintf("en-%03d", 100+i)))
	}
	l := negotiate.NewLanguages(tags...)
	field := "en;q=0"
	for i := range 31 {
		field += fmt.Sprintf(",en-%c%c;q=0.%03d", 'A'+i%26, 'A'+i%25, i+1)
	}
	lines := []string{field}
	b.ReportAllocs()
	for b.Loop() {
		l.Best(lines)
	}
}

// The yardstick: what golang.org/x/text needs for the same answer.
func BenchmarkXText(b *testing.B) {
	m := language.NewMatcher(manyTags)
	b.Run("chrome", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			language.MatchStrings(m, chromeLanguage)
		}
	})
}

func BenchmarkNewLanguages(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		negotiate.NewLanguages(manyTags...)
	}
}
