package cldr

import (
	"strings"

	"golang.org/x/text/language"
)

// A Category is one of CLDR's plural categories. Every language has Other.
type Category uint8

// In the order in which rules are tried, but for Other, which is what is left.
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
func (l *Locale) Has(c Category) bool {
	return c == Other || c <= Many && pluralSets[l.plurals].rules[c] != ""
}

// Plural returns the category of n. The rules are those of CLDR for all its
// languages; one that CLDR does not know has only Other.
func (l *Locale) Plural(n int64) Category { return l.plural(number{i: abs(n)}) }

// PluralUint is Plural for numbers that an int64 cannot hold.
func (l *Locale) PluralUint(n uint64) Category { return l.plural(number{i: n}) }

// PluralFloat returns the category of f as [Locale.AppendFloat] writes it.
func (l *Locale) PluralFloat(f float64) Category {
	if f-f != 0 { // an infinity or not a number
		return Other
	}
	var buf [maxFloat]byte
	digits, decimals := round(buf[:0], f)
	n := number{v: uint64(decimals)}
	for _, d := range digits[:len(digits)-decimals] {
		// Rules look at the last six digits, and at whether there are more.
		const wrap = 10_000_000
		n.i = n.i*10 + uint64(d-'0')
		if n.i >= wrap*10 {
			n.i = n.i%wrap + wrap
		}
	}
	for _, d := range digits[len(digits)-decimals:] {
		n.f = n.f*10 + uint64(d-'0')
	}
	return l.plural(n)
}

func (l *Locale) plural(n number) Category {
	rules := &pluralSets[l.plurals].rules
	for c := Zero; c <= Many; c++ {
		if rules[c] != "" && n.fits(rules[c]) {
			return c
		}
	}
	return Other
}

// A pluralSet is the rules of some languages. The first set has none, and is
// that of all languages without another.
type pluralSet struct {
	languages string // with a space around each
	rules     pluralRules
}

// pluralRules are by Category: see number.fits. A category that is not there
// has an empty one, and so has Other.
type pluralRules [Many + 1]string

// pluralsOf returns the index of the set of a language.
func pluralsOf(t language.Tag) uint8 {
	base, _ := t.Base()
	for ; t != language.Und; t = t.Parent() {
		if i := pluralsNamed(t.String()); i > 0 {
			return i
		}
	}
	// The parent of sr-Cyrl-ME is sr, that of sr-Latn is no language.
	return pluralsNamed(base.String())
}

func pluralsNamed(tag string) uint8 {
	for i := range pluralSets {
		if strings.Contains(pluralSets[i].languages, " "+tag+" ") {
			return uint8(i)
		}
	}
	return 0
}

// A number is what rules can ask about one, by the letters they use (UTS 35
// part 3, §5.1). No number is written here with zeros at the end of its
// fraction, nor with an exponent.
type number struct {
	i uint64 // the digits before the point
	v uint64 // how many stand after it
	f uint64 // and what they read
}

// fits reports whether a rule holds. A rule is CLDR's, written shorter:
//
//	rule      = and *( "|" and )
//	and       = condition *( "&" condition )
//	condition = operand [ "%" value ] ( "=" / "!=" ) range *( "," range )
//	operand   = "n" / "i" / "v" / "f"      ; n is all of the number, the fraction too
//	range     = value [ ".." value ]
func (n number) fits(rule string) bool {
	for at := 0; ; at++ {
		value, fraction := n.i, false
		switch rule[at] {
		case 'n':
			fraction = n.v > 0 // then it is in no range
		case 'v':
			value = n.v
		case 'f':
			value = n.f
		}
		at++
		if rule[at] == '%' {
			var by uint64
			by, at = ruleValue(rule, at+1)
			value %= by
		}
		not := rule[at] == '!'
		if not {
			at++
		}
		in := false
		for more := true; more; more = at < len(rule) && rule[at] == ',' {
			var low, high uint64
			low, at = ruleValue(rule, at+1)
			high = low
			if at < len(rule) && rule[at] == '.' {
				high, at = ruleValue(rule, at+len(".."))
			}
			in = in || low <= value && value <= high
		}
		if holds := (in && !fraction) != not; !holds {
			next := strings.IndexByte(rule[at:], '|')
			if next < 0 {
				return false
			}
			at += next
		} else if at == len(rule) || rule[at] == '|' {
			return true
		}
	}
}

// ruleValue reads the digits at rule[at].
func ruleValue(rule string, at int) (value uint64, end int) {
	for at < len(rule) && rule[at]-'0' <= 9 {
		value = value*10 + uint64(rule[at]-'0')
		at++
	}
	return value, at
}
