package negotiate

import "github.com/denial-go/denial/internal/httpfield"

// fullWeight is the weight of a member that states none, in thousandths.
const fullWeight = httpfield.FullWeight

// tenths reads a weight of one decimal and nothing else, from the semicolon at s[i]:
// most have that form. It is small enough to be inlined.
func tenths(s string, i int) (q uint16, ok bool) {
	const zero = ";q=0."
	if end := i + len(zero) + 1; end > len(s) || s[i:end-1] != zero || end < len(s) && s[end] != ',' {
		return 0, false
	}
	q = uint16(s[i+len(zero)] - '0')
	return q * (fullWeight / 10), q <= 9
}

// plainWeight reads the rest of a member, from the semicolon at s[i], if it is
// what it nearly always is: a weight and nothing else, without spaces. end is the
// comma behind it or len(s).
func plainWeight(s string, i int) (q uint16, end int, ok bool) {
	if len(s)-i < len(";q=0") || s[i+1]|0x20 != 'q' || s[i+2] != '=' || s[i+3]&^1 != '0' {
		return 0, 0, false
	}
	q = uint16(s[i+3]&1) * fullWeight
	i += len(";q=0")
	if i < len(s) && s[i] == '.' {
		i++
		for unit := uint16(100); unit > 0 && i < len(s) && s[i]-'0' <= 9; unit /= 10 {
			q += uint16(s[i]-'0') * unit
			i++
		}
	}
	return q, i, q <= fullWeight && (i == len(s) || s[i] == ',')
}
