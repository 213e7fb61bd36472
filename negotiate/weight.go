package negotiate

// fullWeight is the weight of a member that states none, in thousandths.
const fullWeight = 1000

// parseWeight reads a qvalue (RFC 9110 §12.4.2) in thousandths: 0 or 1, then
// at most three decimals, all zero after a 1. ok is false for anything else.
func parseWeight(s string) (q uint16, ok bool) {
	if s == "" || len(s) > len("0.000") || s[0] != '0' && s[0] != '1' {
		return 0, false
	}
	q = uint16(s[0]-'0') * fullWeight
	if len(s) == 1 {
		return q, true
	}
	if s[1] != '.' {
		return 0, false
	}
	unit := uint16(100)
	for i := 2; i < len(s); i++ {
		d := s[i] - '0'
		if d > 9 {
			return 0, false
		}
		q += uint16(d) * unit
		unit /= 10
	}
	return q, q <= fullWeight
}

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
