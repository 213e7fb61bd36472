package negotiate_test

import (
	"strings"
	"testing"

	"github.com/denial-go/denial/negotiate"
	"golang.org/x/text/language"
)

// TestXText asks golang.org/x/text and Best for the same single tags. They must
// agree wherever x/text stays in the language that was asked for, with one
// exception: where it finds two regions equally good it takes the earlier, and
// Best takes the bare language if that is offered (RFC 4647 §3.4) or the region
// the language is at home in.
func TestXText(t *testing.T) {
	regions := []string{""}
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			s := string([]rune{a, b})
			if r, err := language.ParseRegion(s); err == nil && r.IsCountry() && r.Canonicalize() == r {
				regions = append(regions, s)
			}
		}
	}
	sets := []struct {
		tags   string
		ranges string
	}{
		{"en de fr es pt-BR pt-PT it nl pl ru uk tr ar he fa hi id ja ko vi th cs sv nb da fi el hu ro bg sr sr-Latn hr zh-Hans zh-Hant sk ca ms bn", "en de fr es pt it nl pl ru uk tr ar he fa hi id ja ko vi th cs sv nb no da fi el hu ro bg sr sr-Latn sr-Cyrl sh hr zh zh-Hans zh-Hant cmn cmn-Hant sk ca ms zsm bn iw in mo tl"},
		{"en-US en-GB", "en"},
		{"en en-GB en-AU", "en"},
		{"de es es-419", "es"},
		{"de es es-MX", "es"},
		{"en es es-AR es-419", "es"},
		{"en ar ar-MA", "ar"},
		{"en zh-Hans zh-Hant zh-Hant-HK", "zh zh-Hans zh-Hant"},
		{"en zh-CN zh-TW", "zh zh-Hans zh-Hant"},
		{"en zh-CN zh-TW zh-HK", "zh zh-Hans zh-Hant"},
		{"en zh zh-Hant", "zh zh-Hans zh-Hant"},
		{"en fr fr-CA", "fr"},
		{"en sr sr-Latn sr-ME", "sr sr-Latn sr-Cyrl"},
		{"en uz uz-Cyrl uz-Arab", "uz uz-Latn uz-Cyrl uz-Arab"},
		{"en az-Cyrl az az-Arab", "az az-Latn az-Cyrl az-Arab"},
		{"en pa pa-Arab kk kk-Arab ky ky-Arab ky-Latn", "pa kk ky"},
		{"en mn mn-Mong ug ug-Cyrl tg tg-Arab ha ha-Arab", "mn ug tg ha"},
		{"en ku ku-Arab ms ms-Arab yue yue-Hans", "ku ms yue"},
	}
	compared, kept := 0, 0
	for _, set := range sets {
		tags := parseTags(set.tags)
		matcher := language.NewMatcher(tags)
		l := negotiate.NewLanguages(tags...)
		for base := range strings.FieldsSeq(set.ranges) {
			for _, region := range regions {
				text := strings.TrimSuffix(base+"-"+region, "-")
				_, want, confidence := matcher.Match(language.Raw.Make(text))
				compared++
				lang, _, _ := strings.Cut(text, "-")
				if a, ok := slowAliases[lang]; ok {
					lang, _, _ = strings.Cut(a, "-")
				}
				if b, _ := tags[want].Base(); confidence == language.No || b.String() != lang {
					continue
				}
				kept++
				if got, asked := l.Best([]string{text}); got != want || !asked {
					t.Errorf("%s of %s: got %v, %v, and from x/text %v", text, set.tags, tags[got], asked, tags[want])
				}
			}
		}
	}
	t.Logf("%d tags, %d kept", compared, kept)
	if kept < 10000 {
		t.Errorf("only %d of %d tags compared", kept, compared)
	}
}
