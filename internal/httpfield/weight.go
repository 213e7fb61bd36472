package httpfield

// FullWeight is the weight of a member that states none, in thousandths.
const FullWeight = 1000

// ParseWeight reads a qvalue (RFC 9110 §12.4.2) in thousandths: 0 or 1, then
// at most three decimals, all zero after a 1. ok is false for anything else.
func ParseWeight(s string) (q uint16, ok bool) {
	if s == "" || len(s) > len("0.000") || s[0] != '0' && s[0] != '1' {
		return 0, false
	}
	q = uint16(s[0]-'0') * FullWeight
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
	return q, q <= FullWeight
}
