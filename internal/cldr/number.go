package cldr

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// AppendNumber appends n with the language's digits and grouping: "12,345",
// "12.345", "১২,৩৪৫". Some languages group only from five digits on.
func (l *Locale) AppendNumber(dst []byte, n int64) []byte {
	var buf [20]byte
	return l.appendDecimal(dst, n < 0, strconv.AppendUint(buf[:0], abs(n), 10), 0)
}

// AppendUint is AppendNumber for numbers that an int64 cannot hold.
func (l *Locale) AppendUint(dst []byte, n uint64) []byte {
	var buf [20]byte
	return l.appendDecimal(dst, false, strconv.AppendUint(buf[:0], n, 10), 0)
}

// AppendFloat appends f, rounded to at most three decimals: "12,345.6". What
// it rounds is the shortest decimal that reads as f, and halves away from
// zero, since that is the number that somebody wrote: 1.0005 becomes 1.001
// although the float64 is a little less. What rounds to zero has no minus
// sign. Infinities and what is not a number are "∞" and "NaN" in any language.
func (l *Locale) AppendFloat(dst []byte, f float64) []byte {
	switch {
	case f != f:
		return append(dst, "NaN"...)
	case math.IsInf(f, 0):
		if f < 0 {
			dst = append(dst, l.text[l.minus]...)
		}
		return append(dst, "∞"...)
	}
	var buf [maxFloat]byte
	digits, decimals := round(buf[:0], f)
	return l.appendDecimal(dst, f < 0, digits, decimals)
}

const (
	maxDecimals = 3
	maxFloat    = 310 + maxDecimals // digits of the largest float64
)

// round appends the digits of |f| at most maxDecimals after the point, with at
// least one before it, and says how many stand after it.
func round(dst []byte, f float64) (digits []byte, decimals int) {
	var buf [32]byte
	// d.ddde±dd, the shortest: at most 17 digits.
	s := strconv.AppendFloat(buf[:0], math.Abs(f), 'e', -1, 64)
	e := len(s) - 1
	for s[e] != 'e' {
		e--
	}
	exp, _ := strconv.Atoi(string(s[e+1:])) // does not escape: no allocation
	d := s[:1]
	if e > 1 {
		d = append(d, s[2:e]...)
	}
	// The number is 0.d × 10^(exp+1); point is where the point goes in d.
	point := exp + 1
	keep := point + maxDecimals
	if keep < 0 {
		return append(dst, '0'), 0
	}
	up := keep < len(d) && d[keep] >= '5'
	d = d[:min(keep, len(d))]

	start := len(dst)
	dst = append(dst, '0') // room for a carry; taken back below
	for i := point; i < 0; i++ {
		dst = append(dst, '0')
	}
	dst = append(dst, d...)
	for i := len(d); i < point; i++ {
		dst = append(dst, '0')
	}
	decimals = max(len(d)-point, 0)
	if up {
		i := len(dst) - 1
		for ; dst[i] == '9'; i-- {
			dst[i] = '0'
		}
		dst[i]++
	}
	for decimals > 0 && dst[len(dst)-1] == '0' {
		dst, decimals = dst[:len(dst)-1], decimals-1
	}
	digits = dst[start:]
	for len(digits) > decimals+1 && digits[0] == '0' {
		digits = digits[1:]
	}
	return digits, decimals
}

// appendDecimal appends the ASCII digits, the last decimals of them after the
// decimal mark.
func (l *Locale) appendDecimal(dst []byte, negative bool, digits []byte, decimals int) []byte {
	whole := len(digits) - decimals
	if negative && (len(digits) > 1 || digits[0] != '0') {
		dst = append(dst, l.text[l.minus]...)
	}
	primary, secondary := int(l.primary), int(l.secondary)
	grouped := primary > 0 && whole >= primary+int(l.minGroup)
	for i, d := range digits {
		switch left := whole - i; {
		case left == 0:
			dst = append(dst, l.text[l.decimal]...)
		case i > 0 && grouped && left >= primary && (left-primary)%secondary == 0:
			dst = append(dst, l.text[l.group]...)
		}
		if l.zero == '0' {
			dst = append(dst, d)
		} else {
			dst = utf8.AppendRune(dst, l.zero+rune(d-'0'))
		}
	}
	return dst
}

// abs is right for the smallest int64 too.
func abs(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
