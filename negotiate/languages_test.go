package negotiate_test

import (
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
