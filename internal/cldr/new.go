package cldr

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// Prefix starts every key that [New] reads.
const Prefix = "cldr."

// A PatternError is a mistake in a pattern given to [New].
type PatternError struct {
	Tag     string // of the language
	Key     string
	Pattern string // empty if it is missing
	Wanted  string // what would have been right
}

func (e *PatternError) Error() string {
	if e.Pattern == "" {
		return fmt.Sprintf("cldr: key %q of language %q: missing; want %s", e.Key, e.Tag, e.Wanted)
	}
	return fmt.Sprintf("cldr: key %q of language %q: cannot use %q; want %s", e.Key, e.Tag, e.Pattern, e.Wanted)
}

// A TagError is a language that [New] cannot make because its tag is none.
type TagError struct{ Tag string }

func (e *TagError) Error() string {
	return fmt.Sprintf("cldr: language %q: not a language tag; write one like cy or pt-AO", e.Tag)
}

const (
	wantSome  = "text with {0}, the number, in it once"
	wantText  = "text with {0}, the number, in it at most once"
	wantList  = "{0}, a separator, then {1}, and nothing around them"
	wantLong  = "the number 1234567.891 as the language writes it"
	wantShort = "the number 1234 as the language writes it, in the digits and with the separator of " + Prefix + "number.long"
	wantNoKey = "no such key"
	keyLong   = Prefix + "number.long"
	keyShort  = Prefix + "number.short"
)

var (
	kindNames     = [...]string{"and", "or"}
	positionNames = [...]string{"2", "start", "middle", "end"}
)

// New makes the locale of an application's own language, or one with some
// patterns changed. The patterns are what CLDR has for the language, under
// these keys, none of which must be there:
//
//	cldr.second.other   "mewn {0} eiliad", likewise minute, hour and day,
//	cldr.second.one     for each plural category of the language
//	cldr.and.2          "{0} a {1}", likewise or
//	cldr.and.start      "{0}, {1}"
//	cldr.and.middle     "{0}, {1}"
//	cldr.and.end        "{0} a {1}"
//	cldr.number.long    "1,234,567.891", which shows digits, groups and marks
//	cldr.number.short   "1234", only if four digits are not grouped
//
// What is not there comes from the nearest language with tables, so that
// de-AT needs none of them. If there is no such language, as for Welsh,
// lists are "A, B, C", numbers 12345.6, and there are no relative times
// ([Locale.HasRelative]); plurals are right all the same. Lists and times are
// then given whole or not at all: a sentence half in one language is worse
// than none.
//
// In a locale file the forms of a unit are one plural object, at "cldr.minute"
// and so on.
//
// Keys that do not start with [Prefix] are passed over. The error joins all
// mistakes, each a [*PatternError] or a [*TagError].
func New(tag string, patterns map[string]string) (*Locale, error) {
	t, err := language.Parse(tag)
	if err != nil || t == language.Und {
		return nil, &TagError{Tag: tag}
	}
	b := builder{Locale: Locale{tag: tag, text: []string{""}}, patterns: patterns, known: map[string]bool{}}
	base := nearest(t)
	if base == nil {
		b.plain(t)
	} else {
		b.copy(base)
	}
	b.readRelative(base == nil)
	b.readLists(base == nil)
	b.readNumbers()
	for _, key := range slices.Sorted(maps.Keys(patterns)) {
		if strings.HasPrefix(key, Prefix) && !b.known[key] {
			b.fail(key, wantNoKey)
		}
	}
	if b.errs != nil {
		return nil, errors.Join(b.errs...)
	}
	return &b.Locale, nil
}

// nearest returns the locale with tables whose words a speaker of t expects,
// and nil if none is of the same language.
func nearest(t language.Tag) *Locale {
	for ; t != language.Und; t = t.Parent() {
		tag := t.String()
		switch tag {
		case "pt":
			tag = "pt-BR"
		case "zh":
			tag = "zh-Hans"
		case "no":
			tag = "nb"
		}
		if l, ok := Find(tag); ok {
			return l
		}
	}
	return nil
}

type builder struct {
	Locale
	patterns map[string]string
	known    map[string]bool // keys that New could read
	errs     []error
}

func (b *builder) fail(key, wanted string) {
	b.errs = append(b.errs, &PatternError{Tag: b.tag, Key: key, Pattern: b.patterns[key], Wanted: wanted})
}

// get returns the pattern at key. An empty one is none.
func (b *builder) get(key string) (string, bool) {
	b.known[key] = true
	p := b.patterns[key]
	return p, p != ""
}

func (b *builder) add(s string) uint16 {
	if i := slices.Index(b.text, s); i >= 0 {
		return uint16(i)
	}
	b.text = append(b.text, s)
	return uint16(len(b.text) - 1)
}

// plain makes a locale that has no words.
func (b *builder) plain(t language.Tag) {
	comma := b.add(", ")
	for kind := range b.list {
		for position := range b.list[kind] {
			b.list[kind][position] = comma
		}
	}
	b.decimal, b.minus, b.zero, b.minGroup = b.add("."), b.add("-"), '0', 1
	b.plurals = pluralsOf(t)
}

// copy starts from l without sharing its tables.
func (b *builder) copy(l *Locale) {
	tag, text := b.tag, b.text
	b.Locale = *l
	b.tag, b.text = tag, text
	move := func(p *uint16) { *p = b.add(l.text[*p]) }
	for u := range b.relative {
		for c := range b.relative[u] {
			move(&b.relative[u][c])
		}
	}
	for kind := range b.list {
		for position := range b.list[kind] {
			move(&b.list[kind][position])
		}
	}
	move(&b.decimal)
	move(&b.group)
	move(&b.minus)
}

// readRelative wants all units or none where nothing is beneath them.
func (b *builder) readRelative(bare bool) {
	given := 0
	for u := range b.relative {
		for c := range b.relative[u] {
			key := Prefix + unitNames[u] + "." + categoryNames[c]
			p, ok := b.get(key)
			if !ok {
				continue
			}
			given++
			holes := strings.Count(p, "{0}")
			switch {
			case !b.Has(Category(c)):
				b.fail(key, b.wantCategory())
			// Zero, one and two may be words: "in an hour".
			case Category(c) == Other && holes != 1,
				Category(c) >= Few && holes != 1:
				b.fail(key, wantSome)
			case holes > 1, strings.Count(p, "{") != holes, strings.Count(p, "}") != holes:
				b.fail(key, wantText)
			default:
				b.relative[u][c] = b.add(p)
			}
		}
	}
	if !bare || given == 0 {
		return
	}
	for u := range b.relative {
		for c := range b.relative[u] {
			key := Prefix + unitNames[u] + "." + categoryNames[c]
			if b.Has(Category(c)) && b.patterns[key] == "" {
				b.fail(key, wantSome)
			}
		}
	}
}

func (b *builder) wantCategory() string {
	var names []string
	for c, name := range categoryNames {
		if b.Has(Category(c)) {
			names = append(names, name)
		}
	}
	return "one of the language's plural categories: " + strings.Join(names, ", ")
}

func (b *builder) readLists(bare bool) {
	for kind := range b.list {
		given := 0
		for position, name := range positionNames {
			key := Prefix + kindNames[kind] + "." + name
			p, ok := b.get(key)
			if !ok {
				continue
			}
			given++
			sep, ok1 := strings.CutPrefix(p, "{0}")
			sep, ok2 := strings.CutSuffix(sep, "{1}")
			if !ok1 || !ok2 || sep == "" || strings.ContainsAny(sep, "{}") {
				b.fail(key, wantList)
				continue
			}
			b.list[kind][position] = b.add(sep)
		}
		if !bare || given == 0 {
			continue
		}
		for _, name := range positionNames {
			if key := Prefix + kindNames[kind] + "." + name; b.patterns[key] == "" {
				b.fail(key, wantList)
			}
		}
	}
}

// readNumbers learns the rules from numbers as the language writes them: a
// translator can write one without knowing what a minimum grouping is.
func (b *builder) readNumbers() {
	if p, ok := b.get(keyLong); ok {
		digits, marks := apart(p)
		whole, zero := 7, b.zero
		if len(digits) > 0 {
			zero = digits[0] - 1
		}
		right := len(digits) == 10 && marks[0] == "" && marks[10] == "" && marks[whole] != "" &&
			zero >= '0' && unicode.IsDigit(zero)
		group, sizes := "", []int{0}
		for i, r := range digits {
			if !right {
				break
			}
			right = r == zero+[...]rune{1, 2, 3, 4, 5, 6, 7, 8, 9, 1}[i]
			switch m := marks[i]; {
			case i > whole && m != "":
				right = false
			case i < whole && m != "":
				right = right && (group == "" || m == group)
				group = m
				sizes = append(sizes, 0)
			}
			if i < whole {
				sizes[len(sizes)-1]++
			}
		}
		// From the right: the last group, then those of one other size.
		slices.Reverse(sizes)
		primary, secondary := 0, 0
		if len(sizes) > 1 {
			primary, secondary = sizes[0], sizes[0]
		}
		if len(sizes) > 2 {
			secondary = sizes[1]
		}
		for i, size := range sizes {
			if i > 1 && i < len(sizes)-1 && size != secondary || i > 0 && size > secondary && secondary > 0 {
				right = false
			}
		}
		if !right || group == marks[whole] {
			b.fail(keyLong, wantLong)
		} else {
			b.zero, b.decimal, b.group = zero, b.add(marks[whole]), b.add(group)
			b.primary, b.secondary, b.minGroup = uint8(primary), uint8(secondary), 1
		}
	}
	if p, ok := b.get(keyShort); ok {
		b.minGroup = 2
		if string(b.AppendNumber(nil, 1234)) != p {
			b.minGroup = 1
			if string(b.AppendNumber(nil, 1234)) != p {
				b.fail(keyShort, wantShort)
			}
		}
	}
}

// apart splits a number into its digits and the text before each and after
// the last.
func apart(s string) (digits []rune, marks []string) {
	start := 0
	for i, r := range s {
		if unicode.IsDigit(r) {
			digits = append(digits, r)
			marks = append(marks, s[start:i])
			start = i + utf8.RuneLen(r)
		}
	}
	return digits, append(marks, s[start:])
}
