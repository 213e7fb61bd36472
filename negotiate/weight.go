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
