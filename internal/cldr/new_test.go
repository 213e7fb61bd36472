package cldr_test

import (
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/denial-go/denial/internal/cldr"
	"github.com/google/go-cmp/cmp"
)

// welsh is what a locale file of an application's own could hold.
func welsh() map[string]string {
	m := map[string]string{
		"title":            "not ours",
		"cldr.and.2":       "{0} a {1}",
		"cldr.and.start":   "{0}, {1}",
		"cldr.and.middle":  "{0}, {1}",
		"cldr.and.end":     "{0} a {1}",
		"cldr.or.2":        "{0} neu {1}",
		"cldr.or.start":    "{0}, {1}",
		"cldr.or.middle":   "{0}, {1}",
		"cldr.or.end":      "{0} neu {1}",
		"cldr.number.long": "1,234,567.891",
	}
	for unit, word := range map[string]string{"second": "eiliad", "minute": "munud", "hour": "awr", "day": "diwrnod"} {
		for _, category := range []string{"zero", "one", "two", "few", "many", "other"} {
			m["cldr."+unit+"."+category] = "ymhen {0} " + word
		}
	}
	m["cldr.minute.two"] = "ymhen dau funud"
	return m
}

func TestNew(t *testing.T) {
	for _, tt := range []struct {
		name, tag string
		patterns  map[string]string
		want      string // a wait of 2 minutes, a list, a choice, two numbers
	}{
		{"welsh", "cy", welsh(), "ymhen dau funud; A, B a C; A neu B; 12,345.6; 1,234"},
		{"no words", "cy", nil, "; A, B, C; A, B; 12345.6; 1234"},
		{"only numbers", "eo", map[string]string{"cldr.number.long": "1 234 567,891"}, "; A, B, C; A, B; 12 345,6; 1 234"},
		{"four digits together", "eo", map[string]string{
			"cldr.number.long": "1 234 567,891", "cldr.number.short": "1234",
		}, "; A, B, C; A, B; 12 345,6; 1234"},
		{"no groups", "eo", map[string]string{"cldr.number.long": "1234567,891"}, "; A, B, C; A, B; 12345,6; 1234"},
		{"digits of its own", "mr", map[string]string{"cldr.number.long": "१२,३४,५६७.८९१"}, "; A, B, C; A, B; १२,३४५.६; १,२३४"},
		{"one list", "eo", map[string]string{
			"cldr.and.2": "{0} kaj {1}", "cldr.and.start": "{0}, {1}", "cldr.and.middle": "{0}, {1}", "cldr.and.end": "{0} kaj {1}",
		}, "; A, B kaj C; A, B; 12345.6; 1234"},
		{"a language of a built-in one", "de-AT", nil, "in 2 Minuten; A, B und C; A oder B; 12.345,6; 1.234"},
		{"one pattern of it", "de-AT", map[string]string{"cldr.minute.other": "in {0} Minütchen"},
			"in 2 Minütchen; A, B und C; A oder B; 12.345,6; 1.234"},
		{"a built-in one itself", "de", map[string]string{"cldr.number.short": "1234"}, "in 2 Minuten; A, B und C; A oder B; 12.345,6; 1234"},
		{"the script counts", "zh-HK", nil, "2 分鐘後; A、B和C; A或B; 12,345.6; 1,234"},
		{"a language without its region", "pt", nil, "em 2 minutos; A, B e C; A ou B; 12.345,6; 1.234"},
		{"Portuguese outside Brazil", "pt-AO", nil, "dentro de 2 minutos; A, B e C; A ou B; 12\u00a0345,6; 1234"},
		{"a script that is not the usual one", "sr-Latn-ME", nil, "za 2 minuta; A, B i C; A ili B; 12.345,6; 1.234"},
		{"Chinese", "zh", nil, "2分钟后; A、B和C; A或B; 12,345.6; 1,234"},
		{"Norwegian", "no", nil, "om 2 minutter; A, B og C; A eller B; 12\u00a0345,6; 1\u00a0234"},
		{"an alias", "iw", nil, "בעוד 2 דקות; A, B ו-C; A או B; 12,345.6; 1,234"},
		{"empty is not there", "fr-CH", map[string]string{"cldr.minute.other": ""}, "dans 2 minutes; A, B et C; A ou B; 12\u202f345,6; 1\u202f234"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := maps.Clone(tt.patterns)
			l, err := cldr.New(tt.tag, tt.patterns)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, tt.patterns); diff != "" {
				t.Errorf("New changed the patterns (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.tag, l.Tag()); diff != "" {
				t.Errorf("tag (-want +got):\n%s", diff)
			}
			n, unit := cldr.Wait(2 * time.Minute)
			relative := l.AppendRelative(nil, n, unit)
			got := fmt.Sprintf("%s; %s; %s; %s; %s", relative,
				l.AppendList(nil, []string{"A", "B", "C"}, false), l.AppendList(nil, []string{"A", "B"}, true),
				l.AppendFloat(nil, 12345.6), l.AppendNumber(nil, 1234))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(len(relative) > 0, l.HasRelative()); diff != "" {
				t.Errorf("HasRelative (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNewDoesNotChangeTheBuiltIn(t *testing.T) {
	if _, err := cldr.New("de", map[string]string{"cldr.minute.other": "{0} min", "cldr.number.long": "1234567,891"}); err != nil {
		t.Fatal(err)
	}
	l := find(t, "de")
	if diff := cmp.Diff("in 1.234 Minuten", string(l.AppendRelative(nil, 1234, cldr.Minute))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Every built-in language can be told again through its own patterns' base.
func TestNewOfEveryBuiltIn(t *testing.T) {
	for l := range cldr.All() {
		again, err := cldr.New(l.Tag(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range []struct{ kind, question string }{
			{"int", "-1234567"}, {"float", "12345.678"}, {"relative", "1 day"}, {"relative", "5 hour"}, {"or", "A|B|C"},
			{"and", "A|Isabel"}, {"plural", ""}, {"tenths", ""}, {"millions", ""}, {"categories", ""},
		} {
			want, _ := say(l, r.kind, r.question)
			got, _ := say(again, r.kind, r.question)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s %s %s (-want +got):\n%s", l.Tag(), r.kind, r.question, diff)
			}
		}
	}
}

func TestNewErrors(t *testing.T) {
	type mistake struct{ Key, Pattern string }
	one := func(key, pattern string) (map[string]string, []mistake) {
		return map[string]string{key: pattern}, []mistake{{key, pattern}}
	}
	for _, tt := range []struct {
		name, tag, key, pattern string
	}{
		{"unknown key", "de", "cldr.week.other", "in {0} Wochen"},
		{"unknown key, empty", "de", "cldr.week.other", ""},
		{"unknown category", "de", "cldr.minute.some", "in {0} Minuten"},
		{"category that the language has not", "de", "cldr.minute.few", "in {0} Minuten"},
		{"no number", "de", "cldr.minute.other", "in ein paar Minuten"},
		{"two numbers", "de", "cldr.minute.other", "in {0} bis {0} Minuten"},
		{"another hole", "de", "cldr.minute.other", "in {n} Minuten"},
		{"another hole beside it", "de", "cldr.minute.one", "in {0} {1} Minute"},
		{"brace left open", "de", "cldr.minute.one", "in {0 Minute"},
		{"brace never opened", "de", "cldr.minute.one", "in 0} Minute"},
		{"list the wrong way round", "de", "cldr.and.2", "{1} und {0}"},
		{"list without a separator", "de", "cldr.and.2", "{0}{1}"},
		{"list with text around it", "de", "cldr.and.2", "{0} und {1}."},
		{"list of one", "de", "cldr.and.2", "{0} und"},
		{"list of three", "de", "cldr.and.start", "{0}, {2}, {1}"},
		{"other number", "de", "cldr.number.long", "1.234,5"},
		{"digits in disorder", "de", "cldr.number.long", "1.234.576,891"},
		{"digits of two scripts", "de", "cldr.number.long", "1.234.567,८९१"},
		{"text before the number", "de", "cldr.number.long", "€1.234.567,891"},
		{"text after the number", "de", "cldr.number.long", "1.234.567,891 €"},
		{"two group separators", "de", "cldr.number.long", "1.234 567,891"},
		{"group and decimal alike", "de", "cldr.number.long", "1.234.567.891"},
		{"no decimal mark", "de", "cldr.number.long", "1.234.567891"},
		{"groups of no one size", "de", "cldr.number.long", "1.23.4.567,891"},
		{"first group larger", "de", "cldr.number.long", "1234.5.67,891"},
		{"not a number", "de", "cldr.number.long", "viel"},
		{"other short number", "de", "cldr.number.short", "12.34"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			patterns, want := one(tt.key, tt.pattern)
			_, err := cldr.New(tt.tag, patterns)
			var got []mistake
			for _, e := range all(err) {
				p, ok := errors.AsType[*cldr.PatternError](e)
				if !ok {
					t.Fatalf("%v is no PatternError", e)
				}
				if p.Tag != tt.tag || p.Wanted == "" {
					t.Errorf("%+v has no language or says nothing of what was wanted", p)
				}
				got = append(got, mistake{p.Key, p.Pattern})
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// All that is missing is told at once.
func TestNewHalfAMap(t *testing.T) {
	patterns := welsh()
	for _, key := range []string{"cldr.minute.other", "cldr.minute.two", "cldr.day.zero", "cldr.or.2"} {
		delete(patterns, key)
	}
	patterns["cldr.and.end"] = "a"
	_, err := cldr.New("cy", patterns)
	var got []string
	for _, e := range all(err) {
		if p, ok := errors.AsType[*cldr.PatternError](e); ok {
			got = append(got, p.Key)
		}
	}
	want := []string{"cldr.minute.other", "cldr.minute.two", "cldr.day.zero", "cldr.and.end", "cldr.or.2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestErrorsHelp(t *testing.T) {
	_, err := cldr.New("de", map[string]string{"cldr.minute.few": "in {0} Minuten"})
	want := `cldr: key "cldr.minute.few" of language "de": cannot use "in {0} Minuten"; ` +
		`want one of the language's plural categories: other, one`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNewOfNoLanguage(t *testing.T) {
	for _, tag := range []string{"", "und", "de_", "a", "german language", "en--GB"} {
		_, err := cldr.New(tag, nil)
		if e, ok := errors.AsType[*cldr.TagError](err); !ok || e.Tag != tag {
			t.Errorf("New(%q) = %v, want a TagError", tag, err)
		}
	}
}

// Languages that have no tables here have plural categories.
func TestCategoriesOfOtherLanguages(t *testing.T) {
	for tag, want := range map[string]string{
		"cy": "zero one two few many other",
		"br": "one two few many other", // many is whole millions
		"eo": "one other",
		"ga": "one two few many other",
		"lv": "zero one other",
		"lt": "one few many other", // many is fractions
		"sl": "one two few other",
		"yo": "other",
	} {
		l, err := cldr.New(tag, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := say(l, "categories", "all")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tag, diff)
		}
	}
}

func FuzzNew(f *testing.F) {
	f.Add("cy", "cldr.number.long", "1,234,567.891", "cldr.minute.other", "in {0}")
	f.Add("de", "cldr.number.long", "१२,३४,५६७.८९१", "cldr.number.short", "1234")
	f.Add("hi", "cldr.number.short", "१२३४", "cldr.and.2", "{0}{{1}")
	f.Add("de", "cldr.number.long", "12345678.91", "cldr.number.long", "1'2'3'4'5'6'7.891")
	f.Fuzz(func(t *testing.T, tag, key1, pattern1, key2, pattern2 string) {
		if len(tag) > 35 {
			return
		}
		l, err := cldr.New(tag, map[string]string{key1: pattern1, key2: pattern2})
		if err != nil {
			for _, e := range all(err) {
				_, ok1 := errors.AsType[*cldr.PatternError](e)
				_, ok2 := errors.AsType[*cldr.TagError](e)
				if !ok1 && !ok2 {
					t.Fatalf("%v is of no type", e)
				}
			}
			return
		}
		if key1 == "cldr.number.long" && key2 != key1 && pattern1 != "" {
			want := pattern1
			if got := string(l.AppendFloat(nil, 1234567.891)); got != want && key2 != "cldr.number.short" {
				t.Errorf("1234567.891 is %q, want %q", got, want)
			}
		}
		l.AppendNumber(nil, -1234567)
		l.AppendList(nil, []string{"A", "B", "C"}, true)
		l.AppendRelative(nil, 5, cldr.Minute)
		l.PluralFloat(0.5)
	})
}

func all(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

func ExampleNew() {
	l, err := cldr.New("de-CH", map[string]string{"cldr.number.long": "1’234’567.891"})
	fmt.Println(string(l.AppendRelative(nil, 12345, cldr.Second)), err)
	// Output: in 12’345 Sekunden <nil>
}
