package cldr_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/denial-go/denial/internal/cldr"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// A sample is a line of testdata/plurals.txt.
type sample struct {
	languages []string
	category  string
	numbers   []string // ranges written out
}

func samples(t *testing.T) []sample {
	t.Helper()
	b, err := os.ReadFile("testdata/plurals.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []sample
	for i, line := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 3 {
			t.Fatalf("testdata/plurals.txt:%d: %d fields, want languages, category and samples", i+1, len(fields))
		}
		s := sample{languages: strings.Fields(fields[0]), category: fields[1]}
		for word := range strings.FieldsSeq(fields[2]) {
			word = strings.TrimSuffix(word, ",")
			if word == "…" || word == "@integer" || word == "@decimal" || strings.Contains(word, "c") {
				continue // 1c6 is 1M, which nothing here writes
			}
			low, high, ok := strings.Cut(word, "~")
			if !ok {
				high = low
			}
			_, fraction, _ := strings.Cut(low, ".")
			scale := 1
			for range fraction {
				scale *= 10
			}
			from, err1 := strconv.Atoi(strings.Replace(low, ".", "", 1))
			to, err2 := strconv.Atoi(strings.Replace(high, ".", "", 1))
			if err1 != nil || err2 != nil {
				t.Fatalf("testdata/plurals.txt:%d: cannot read %q", i+1, word)
			}
			for n := from; n <= to; n++ {
				// AppendFloat writes no zeros at the end, and three decimals at most.
				if fraction == "" {
					s.numbers = append(s.numbers, strconv.Itoa(n))
				} else if n%10 != 0 && scale <= 1000 {
					s.numbers = append(s.numbers, strconv.FormatFloat(float64(n)/float64(scale), 'f', -1, 64))
				}
			}
		}
		all = append(all, s)
	}
	return all
}

// Every language of CLDR has the categories that CLDR gives it, and each of
// CLDR's samples is in the one it is a sample of.
func TestPluralSamples(t *testing.T) {
	categories := map[string]map[string]bool{}
	tested := 0
	for _, s := range samples(t) {
		for _, tag := range s.languages {
			if tag == "und" {
				continue
			}
			if categories[tag] == nil {
				categories[tag] = map[string]bool{}
			}
			categories[tag][s.category] = true
			l := pluralLocale(t, tag)
			for _, number := range s.numbers {
				var got cldr.Category
				if n, err := strconv.ParseInt(number, 10, 64); err == nil {
					got = l.Plural(n)
				} else {
					f, err := strconv.ParseFloat(number, 64)
					if err != nil {
						t.Fatal(err)
					}
					got = l.PluralFloat(f)
				}
				if got.String() != s.category {
					t.Errorf("%s: %s is %s, want %s", tag, number, got, s.category)
				}
				tested++
			}
		}
	}
	for tag, want := range categories {
		l := pluralLocale(t, tag)
		for c := range cldr.Category(20) {
			if has := want[c.String()] && c <= cldr.Many; l.Has(c) != has {
				t.Errorf("%s: Has(%s) = %v", tag, c, l.Has(c))
			}
		}
	}
	if len(categories) < 200 || tested < 9000 {
		t.Errorf("only %d numbers in %d languages", tested, len(categories))
	}
}

// pluralLocale is the locale of a language, with tables here or without.
func pluralLocale(t testing.TB, tag string) *cldr.Locale {
	t.Helper()
	l, err := cldr.New(tag, nil)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A language with a script or a region has the rules of the nearest one that
// has any.
func TestPluralsOfRegions(t *testing.T) {
	for _, tt := range []struct{ tag, as, why string }{
		{"cy-GB", "cy", "a region"},
		{"lv-Latn-LV", "lv", "script and region"},
		{"az-Cyrl", "az", "a script that is not the usual one, whose parent is no language"},
		{"az-Cyrl-AZ", "az", "the same with a region"},
		{"kok-Latn-IN", "kok-Latn", "a script with a line of its own"},
		{"kok-Deva", "kok", "the other script"},
		{"iw", "he", "an old code"},
		{"mo", "ro", "an old code"},
		{"cy-x-mine", "cy", "a private subtag"},
		{"cy-u-nu-latn", "cy", "an extension"},
	} {
		got, want := pluralLocale(t, tt.tag), pluralLocale(t, tt.as)
		for _, kind := range []string{"categories", "plural", "tenths", "millions"} {
			a, _ := say(got, kind, "")
			b, _ := say(want, kind, "")
			if diff := cmp.Diff(b, a); diff != "" {
				t.Errorf("%s, %s (-as %s +got):\n%s", tt.tag, tt.why, tt.as, diff)
			}
		}
	}
}

// TestPluralRulesOfXText holds the rules against another reader of them. x/text
// has those of CLDR 32, and does not know some languages; this is all that is
// different, and needs a look when it changes.
func TestPluralRulesOfXText(t *testing.T) {
	want := []string{
		"mr plural:1 tenths:10 thousandths:1000 millions:1",
		"ca millions:20", // whole millions have Many since CLDR 38
		"it millions:20",
		"pt-PT millions:20",
		"es millions:20",
		"fr millions:20",
		"he plural:19 tenths:10 thousandths:999 millions:20", // 20, 30 and so on had Many until CLDR 42; 0.1 has One since
		"is tenths:160 thousandths:899",
		"kw plural:29 tenths:2 thousandths:1 millions:1",
		"mk plural:2 tenths:1 thousandths:11",
		"mt plural:2 tenths:1",
		"pt millions:20",
	}
	wantUnknown := strings.Fields("an bal bho csw doi kok kok-Latn pcm ia ie lij sc blo cv lld scn vec ceb sat sgs")
	var got, unknown []string
	seen := map[string]bool{"und": true}
	for _, s := range samples(t) {
		for _, tag := range s.languages {
			if seen[tag] {
				continue
			}
			seen[tag] = true
			l := pluralLocale(t, tag)
			line, known := tag, false
			for _, kind := range []struct {
				name string
				step float64
			}{{"plural", 1}, {"tenths", 0.1}, {"thousandths", 0.001}, {"millions", 1e6}} {
				ours, _ := say(l, kind.name, "")
				different := 0
				for i := range ours {
					f := form(language.MustParse(tag), i, kind.step)
					known = known || f != plural.Other
					if letters[f] != ours[i] {
						different++
					}
				}
				if different > 0 {
					line += fmt.Sprintf(" %s:%d", kind.name, different)
				}
			}
			switch {
			case line == tag:
			case known:
				got = append(got, line)
			default:
				unknown = append(unknown, tag)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("numbers with another category (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantUnknown, unknown); diff != "" {
		t.Errorf("languages that x/text does not know (-want +got):\n%s", diff)
	}
}

// form asks x/text about i steps.
func form(tag language.Tag, i int, step float64) plural.Form {
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(float64(i)*step, 'f', 3, 64), ".")
	fraction = strings.TrimRight(fraction, "0")
	n, _ := strconv.Atoi(whole)
	f, _ := strconv.Atoi(fraction)
	return plural.Cardinal.MatchPlural(tag, n, len(fraction), len(fraction), f, f)
}
