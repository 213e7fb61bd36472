package negotiate_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/denial-go/denial/negotiate"
	"golang.org/x/text/language"
)

func TestZeroLanguages(t *testing.T) {
	var none *negotiate.Languages
	for _, l := range []*negotiate.Languages{none, new(negotiate.Languages), negotiate.NewLanguages()} {
		for _, lines := range [][]string{nil, {}, {""}, {"*"}, {"en"}, {"en;q=0"}} {
			if i, asked := l.Best(lines); i != 0 || asked {
				t.Errorf("Best(%q) = %d, %v", lines, i, asked)
			}
		}
	}
}

// hundredTags are 100 tags of 50 languages.
func hundredTags() []language.Tag {
	bases := "de fr es it nl pl ru uk tr ar he fa hi id ja ko vi th cs sv da fi el hu ro bg hr sk ca ms bn ur sw te mr ta uz az gu kk sl lt lv et pa ml kn my km en"
	tags := parseTags(bases)
	for base := range strings.FieldsSeq(bases) {
		tags = append(tags, language.Raw.Make(base+"-AQ"))
	}
	return tags
}

// Each offer is found by its own tag, however many there are.
func TestManyLanguages(t *testing.T) {
	for n := 2; n <= 100; n += 7 {
		tags := hundredTags()[:n]
		l := negotiate.NewLanguages(tags...)
		for i, tag := range tags {
			if got, asked := l.Best([]string{"xx, " + tag.String()}); got != i || !asked {
				t.Errorf("%v of %d: got %d, %v", tag, n, got, asked)
			}
		}
	}
}

// The same tag twice: the earlier offer.
func TestOfferedTwice(t *testing.T) {
	l := negotiate.NewLanguages(language.German, language.English, language.German)
	if i, asked := l.Best([]string{"de"}); i != 0 || !asked {
		t.Errorf("got %d, %v, want the earlier", i, asked)
	}
}

// BestOf picks what Best would if there were no other offers. Where a language
// has several, those that are not there may still say which is near: then it
// picks one of the same language.
func TestLanguagesBestOf(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	rows := readRows(t, "testdata/languages.txt")
	compared := 0
	for _, tags := range tagSets {
		l := negotiate.NewLanguages(tags...)
		for _, row := range rows {
			var some []language.Tag
			var index []int
			has := make([]bool, len(tags))
			for i, tag := range tags {
				if has[i] = random.IntN(2) == 0; has[i] {
					some, index = append(some, tag), append(index, i)
				}
			}
			got, asked := l.BestOf(row.lines, func(i int) bool { return has[i] })
			if asked && !has[got] || !asked && got != 0 {
				t.Fatalf("BestOf(%q) = %v, %v of %v in %v", row.lines, tags[got], asked, some, tags)
			}
			if len(some) == 0 {
				if asked {
					t.Errorf("BestOf(%q) = %v, and nothing is there", row.lines, tags[got])
				}
				continue
			}
			compared++
			want, wantAsked := negotiate.NewLanguages(some...).Best(row.lines)
			if asked != wantAsked || asked && index[want] != got {
				if strings.HasPrefix(row.lines[0], "zh-yue") {
					continue // which names one language or the other by what is offered
				}
				base := func(tag language.Tag) language.Base { b, _ := tag.Base(); return b }
				if asked && wantAsked && base(tags[got]) == base(some[want]) {
					continue
				}
				t.Errorf("BestOf(%q) = %v, %v; want %v, %v of %v in %v", row.lines, tags[got], asked, some[want], wantAsked, some, tags)
			}
		}
	}
	if compared < 500 {
		t.Errorf("%d fields were compared", compared)
	}
	if i, asked := (*negotiate.Languages)(nil).BestOf([]string{"de"}, nil); i != 0 || asked {
		t.Error("no offers, and one is best")
	}
}
