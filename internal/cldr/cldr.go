// Package cldr says numbers, lists and waits as a language says them.
//
//	l, _ := cldr.Find("pl")
//	n, unit := cldr.Wait(5 * time.Minute)
//	l.AppendRelative(nil, n, unit)                     // za 5 minut
//	l.AppendList(nil, []string{"A", "B", "C"}, true)   // A, B lub C
//	l.AppendFloat(nil, 12345.6)                        // 12 345,6
//
// The data is that of the Unicode CLDR, cut down by the program in generate to
// what a denial says, and nothing is built at start. A few waits have words of
// ours instead, with the reasons in that program's table own. The package does
// not choose a language, isolate items from the text around them, or write
// dates, percentages or money.
//
// A language that CLDR's cut-down tables do not have is made by [New] from
// strings of the application's own.
package cldr

import (
	"iter"
	"unicode"
	"unicode/utf8"
)

//go:generate go run ./generate -cldr $CLDR -o tables.go

// A Locale is a language's patterns. Those that [Find] returns are the same
// pointer each time. A Locale is read-only and safe for concurrent use.
type Locale struct {
	tag  string
	text []string // what the numbers below point to; text[0] is empty

	relative [4][6]uint16 // by Unit and Category; 0: the one for Other
	list     [2][4]uint16 // and, or; by position

	decimal, group, minus uint16
	zero                  rune  // the digit 0; the others follow it
	primary, secondary    uint8 // sizes of the last group and of the others; 0: no groups
	minGroup              uint8 // digits that must stand before the last group

	plurals uint8 // index in pluralSets
	join    uint8 // what else decides the word before the last item
}

const (
	joinPlain = iota
	joinSpanish
	joinHebrew
)

// Positions of a separator in a list.
const (
	pair   = iota // of two items
	first         // after the first of three or more
	middle        // between others
	last          // before the last
)

// Find returns the locale of a tag that has tables here, in its canonical
// form: "pt-BR", not "pt" and not "pt-br". For another language see [New].
func Find(tag string) (*Locale, bool) {
	for i := range locales {
		if locales[i].tag == tag {
			return &locales[i], true
		}
	}
	return nil, false
}

// All returns the locales that have tables here.
func All() iter.Seq[*Locale] {
	return func(yield func(*Locale) bool) {
		for i := range locales {
			if !yield(&locales[i]) {
				return
			}
		}
	}
}

// Tag returns the locale's language tag.
func (l *Locale) Tag() string { return l.tag }

// Separator returns the text between items[i-1] and items[i], and nothing for
// the first. It looks at the items because the word for "and" or "or" may
// depend on the item that follows: "agua y hielo", but "padre e hijo". So the
// caller can isolate each item from the text around it:
//
//	for i, item := range items {
//		dst = append(dst, l.Separator(items, i, or)...)
//		dst = isolate(dst, item)
//	}
//
// It panics if i is not the index of an item.
func (l *Locale) Separator(items []string, i int, or bool) string {
	next := items[i]
	if i == 0 {
		return ""
	}
	position := middle
	switch {
	case len(items) == 2:
		position = pair
	case i == len(items)-1:
		position = last
	case i == 1:
		position = first
	}
	kind := 0
	if or {
		kind = 1
	}
	sep := l.text[l.list[kind][position]]
	// A locale's own file may say "and" otherwise; then the rule does not hold.
	switch {
	case l.join == joinSpanish && sep == " y " && soundsLikeI(next):
		return " e "
	case l.join == joinSpanish && sep == " o " && soundsLikeO(next):
		return " u "
	case l.join == joinHebrew && sep == " ו" && !startsHebrew(next):
		return " ו-"
	}
	return sep
}

// AppendList appends the items and the text between them: "A, B, and C", or
// "A, B, or C". Where the items go among text of another direction, isolate
// each of them with [Locale.Separator].
func (l *Locale) AppendList(dst []byte, items []string, or bool) []byte {
	for i, item := range items {
		dst = append(dst, l.Separator(items, i, or)...)
		dst = append(dst, item...)
	}
	return dst
}

// soundsLikeI reports whether a Spanish word starts with the vowel i, so that
// "y" before it becomes "e": "padre e hijo", but "agua y hielo", where the i
// is a consonant.
func soundsLikeI(s string) bool {
	a, b, c := opening(s)
	if a == 'h' {
		return (b == 'i' && c != 'a' && c != 'e') || b == 'í'
	}
	return a == 'i' || a == 'í'
}

// soundsLikeO reports whether a Spanish word or number starts with the vowel
// o: "siete u ocho", "7 u 8", "10 u 11".
func soundsLikeO(s string) bool {
	a, b, c := opening(s)
	switch a {
	case 'o', 'ó', '8':
		return true
	case 'h':
		return b == 'o' || b == 'ó'
	case '1':
		return b == '1' && (c == 0 || c == ' ') // once; 110 is ciento diez
	}
	return false
}

// opening returns the first three characters in lower case, and 0 for those
// that are not there.
func opening(s string) (a, b, c rune) {
	var r [3]rune
	for i := range r {
		if s == "" {
			break
		}
		ch, size := utf8.DecodeRuneInString(s)
		r[i], s = unicode.ToLower(ch), s[size:]
	}
	return r[0], r[1], r[2]
}

// startsHebrew reports whether the prefixed "and" can be written together with
// s. A hyphen keeps it apart from other scripts and digits.
func startsHebrew(s string) bool {
	r, size := utf8.DecodeRuneInString(s)
	return size == 0 || unicode.Is(unicode.Hebrew, r)
}
