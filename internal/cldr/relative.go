package cldr

import (
	"strings"
	"time"
)

// A Unit is one that a wait is told in.
type Unit uint8

const (
	Second Unit = iota
	Minute
	Hour
	Day
)

var unitNames = [...]string{"second", "minute", "hour", "day"}

// String returns the unit's English name.
func (u Unit) String() string {
	if int(u) < len(unitNames) {
		return unitNames[u]
	}
	return "unit"
}

// Wait returns how to tell a wait: in seconds up to 90 of them, in minutes up
// to 90, in hours up to 36, then in days. A whole number of a larger unit is
// told in that: 60 seconds are 1 minute. The wait told is never shorter than
// d, so nobody comes back too early (RFC 9110 §10.2.3). There is no waiting
// less than 0 seconds.
func Wait(d time.Duration) (n int64, unit Unit) {
	if d <= 0 {
		return 0, Second
	}
	n = up(int64(d), int64(time.Second))
	if n <= 90 && n%60 != 0 {
		return n, Second
	}
	if n = up(n, 60); n <= 90 && n%60 != 0 {
		return n, Minute
	}
	if n = up(n, 60); n <= 36 && n%24 != 0 {
		return n, Hour
	}
	return up(n, 24), Day
}

func up(n, by int64) int64 {
	if n%by > 0 {
		return n/by + 1
	}
	return n / by
}

// HasRelative reports whether [Locale.AppendRelative] has words: always,
// except for a locale that [New] made without them.
func (l *Locale) HasRelative() bool { return l.relative[Second][Other] != 0 }

// AppendRelative appends how far ahead something is: "in 5 minutes". Less
// than 0 counts as 0. Without words for it (see [Locale.HasRelative]) it
// appends nothing: leave the sentence out, since English words inside another
// language help nobody.
func (l *Locale) AppendRelative(dst []byte, n int64, unit Unit) []byte {
	n = max(n, 0)
	patterns := &l.relative[unit]
	p := patterns[l.Plural(n)]
	if p == 0 {
		p = patterns[Other]
	}
	// Some languages have a word for one or two, and no number.
	before, after, ok := strings.Cut(l.text[p], "{0}")
	dst = append(dst, before...)
	if ok {
		dst = l.AppendNumber(dst, n)
	}
	return append(dst, after...)
}
