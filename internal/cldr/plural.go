package cldr

import (
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
)

// A Category is one of CLDR's plural categories. Every language has Other.
type Category uint8

// In the order of plural.Form, so that one converts to the other.
const (
	Other Category = iota
	Zero
	One
	Two
	Few
	Many
)

var categoryNames = [...]string{"other", "zero", "one", "two", "few", "many"}

// String returns CLDR's name for c, "other" and so on.
func (c Category) String() string {
	if int(c) < len(categoryNames) {
		return categoryNames[c]
	}
	return "other"
}

// Has reports whether the language tells c apart, so whether a message that
// depends on a number needs a form for it.
func (l *Locale) Has(c Category) bool { return l.categories>>c&1 != 0 }

// Plural returns the category of n. The rules are those of x/text, which has
// CLDR 32, put right where CLDR 48 differs: Hebrew lost its Many and has One
// for 0.5, and the Romance languages gained a Many for whole millions ("un
// million de minutes").
func (l *Locale) Plural(n int64) Category { return l.plural(abs(n), 0, 0) }

// PluralUint is Plural for numbers that an int64 cannot hold.
func (l *Locale) PluralUint(n uint64) Category { return l.plural(n, 0, 0) }

// PluralFloat returns the category of f as [Locale.AppendFloat] writes it.
func (l *Locale) PluralFloat(f float64) Category {
	if f-f != 0 { // an infinity or not a number
		return Other
	}
	var buf [maxFloat]byte
	digits, decimals := round(buf[:0], f)
	var whole uint64
	for _, d := range digits[:len(digits)-decimals] {
		// Only the last digits count, and that there are more before them.
		whole = whole*10 + uint64(d-'0')
		if whole >= wrap*10 {
			whole = whole%wrap + wrap
		}
	}
	fraction := 0
	for _, d := range digits[len(digits)-decimals:] {
		fraction = fraction*10 + int(d-'0')
	}
	return l.plural(whole, decimals, fraction)
}

// wrap is what x/text allows numbers to be taken modulo of.
const wrap = 10_000_000

// plural returns the category of a number with v digits after the point, the
// last of them not 0, that read f.
func (l *Locale) plural(n uint64, v, f int) Category {
	if n >= wrap {
		n = n%wrap + wrap // fits an int of 32 bits
	}
	if l.millions && v == 0 && n != 0 && n%1_000_000 == 0 {
		return Many
	}
	if l.fractions && v > 0 && n == 0 {
		return One
	}
	c := Category(plural.Cardinal.MatchPlural(l.language(), int(n), v, v, f, f))
	if !l.Has(c) {
		return Other
	}
	return c
}

func (l *Locale) language() language.Tag {
	if l.lang != nil {
		return *l.lang
	}
	return language.Make(l.tag)
}
