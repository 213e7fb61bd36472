package negotiate

import (
	"math/bits"
	"strings"

	"github.com/denial-go/denial/internal/httpfield"
)

// Best returns the index of the offer that the Accept field lines prefer
// (RFC 9110 §12.5.1), or -1 where they accept none. The weight of an offer is
// that of the most specific range that matches it, whatever its place; equal
// weights go to the earlier offer.
//
// No field lines mean that the field is absent, which accepts everything: 0
// (§12.4.1). A field that is there and names nothing that can be read accepts
// nothing. The lines are read as they came, in order, as one list (§5.3). Best
// never allocates and reads a bounded part of the field; see the package
// documentation.
func (m *MediaTypes) Best(accept []string) int {
	if m == nil || len(m.blocks) == 0 {
		return -1
	}
	if len(accept) == 0 {
		return 0
	}
	if len(accept) == 1 {
		if i := findCommon(accept[0]); i >= 0 {
			return m.common[i]
		}
	}
	return m.read(accept)
}

// read is Best for a field that is there, and whatever it says.
func (m *MediaTypes) read(accept []string) int {
	best, first := -1, 0
	var bestWeight uint16
	for i := range m.blocks {
		b := &m.blocks[i]
		if o, w := b.best(accept); w > bestWeight {
			best, bestWeight = first+o, w
		}
		first += b.n
	}
	return best
}

// AppendWeights appends the weight of each offer to dst, in the order of the
// offers and in thousandths: 1000 for what the client likes best, 0 for what it
// does not accept (RFC 9110 §12.4.2). It is for a server that goes by more than
// the order of its offers, such as how good or how costly each is. Best returns
// the first of the highest weight, if that is not 0; the fields are read the same
// way here, and nothing is allocated where dst has room.
func (m *MediaTypes) AppendWeights(dst []uint16, accept []string) []uint16 {
	if m == nil {
		return dst
	}
	for i := range m.blocks {
		b := &m.blocks[i]
		if len(accept) == 0 {
			for range b.n {
				dst = append(dst, fullWeight)
			}
			continue
		}
		var scores [maxBlock]uint16
		wild, cut := b.scan(accept, &scores)
		for o := range scores[:b.n] {
			dst = append(dst, b.weight(o, max(scores[o], wild), cut))
		}
	}
	return dst
}

func (b *block) best(accept []string) (best int, bestWeight uint16) {
	var scores [maxBlock]uint16
	wild, cut := b.scan(accept, &scores)
	for o := range scores[:b.n] {
		if w := b.weight(o, max(scores[o], wild), cut); w > bestWeight {
			best, bestWeight = o, w
		}
	}
	return best, bestWeight
}

// weight returns the weight that a score gives to an offer. Where something was
// not read, it may hold a more specific range of weight 0; that cannot overrule
// the range that names all of the offer.
func (b *block) weight(o int, score uint16, cut bool) uint16 {
	if cut && uint8(score>>weightBits) != b.full[o] {
		return 0
	}
	return score & weightMask
}

// scan reads the members of a list (RFC 9110 §5.6.1) for the score of the most
// specific range for each offer; 0 is none. Of ranges that are equally specific
// the highest weight counts, so that their order does not matter. wild is the
// score of */*; cut reports whether a bound kept it from reading everything.
func (b *block) scan(lines []string, scores *[maxBlock]uint16) (wild uint16, cut bool) {
	budget, members, quoted := maxAcceptBytes, maxAcceptRanges, maxAcceptStrings
	for _, s := range lines {
		if budget <= 0 || members <= 0 {
			return wild, true
		}
		lineCut := len(s) > budget
		if lineCut {
			s = s[:budget]
		}
		budget -= len(s) + 1 // the comma that joins lines (§5.3)
		if s == "" {
			members-- // as between two commas
		}

		quote := -1 // the next opening quote, once there was a reason to look
		for i := 0; i < len(s); {
			if members <= 0 {
				return wild, true
			}
			members--
			for i < len(s) && isOWS(s[i]) {
				i++
			}
			head, semi := i, headEnd(s, i)
			end, headEnd := semi, semi
			q, plain := uint16(fullWeight), true
			if semi < len(s) && s[semi] == ';' {
				if q, plain = tenths(s, semi); plain {
					end = semi + len(";q=0.1")
				} else if q, end, plain = plainWeight(s, semi); !plain {
					end = index(s, semi, ',')
					if quote < semi {
						quote = nextQuote(s, semi)
					}
					if quote < end {
						var closed bool
						// Where a quote is never closed it begins no quoted-string:
						// its member is bad, those behind the next comma are read.
						end, quote, closed = quotedEnd(s, quote, end, &quoted)
						if quoted < 0 || !closed && lineCut {
							return wild, true // perhaps closed beyond the cut
						}
					}
				}
			}
			if end == len(s) && lineCut {
				return wild, true // perhaps the rest of this member is beyond the cut
			}
			i = end + 1
			for headEnd > head && isOWS(s[headEnd-1]) {
				headEnd--
			}
			k := b.find(s[head:headEnd])
			if k == nil {
				continue // matches no offer, or is no media range: the same to us
			}
			mask, level := k.mask, k.level
			if !plain {
				var n uint8
				if mask, n, q = b.readParams(s[semi:end], mask); mask == 0 {
					continue
				}
				level += n
			}
			score := uint16(level)<<weightBits | q
			if level == levelAny {
				wild = max(wild, score)
				continue
			}
			for ; mask != 0; mask &= mask - 1 {
				o := bits.TrailingZeros64(mask) % maxBlock
				scores[o] = max(scores[o], score)
			}
		}
		if lineCut {
			return wild, true
		}
	}
	return wild, false
}

// headEnd returns where the comma or semicolon behind the name of a range is,
// or len(s). It looks at eight bytes at a time: names are most of a field.
func headEnd(s string, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; len(s)-i >= 8; i += 8 {
		b := s[i : i+8]
		v := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		// A byte of x or y is zero where v has the one sought. The lowest bit
		// found is exact; those above it need not be.
		x, y := v^ones*',', v^ones*';'
		if found := ((x-ones)&^x | (y-ones)&^y) & highs; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for i < len(s) && s[i] != ',' && s[i] != ';' {
		i++
	}
	return i
}

// readParams reads what follows the name of a range: parameters and weight in
// any order (RFC 9110 §12.5.1). It returns which of the offers in mask have all
// the parameters, how many those are, and the weight. No offers are left where
// the member is bad.
func (b *block) readParams(in string, mask uint64) (left uint64, n uint8, q uint16) {
	q = fullWeight
	var weighted bool
	var seen uint64
	p := paramReader{in: in}
	for p.next() {
		if len(p.name) == 1 && p.name[0]|0x20 == 'q' {
			w, ok := httpfield.ParseWeight(p.value)
			if !ok || weighted {
				return 0, 0, 0
			}
			q, weighted = w, true
			continue
		}
		have, id := b.findPair(&p)
		mask &= have
		if mask == 0 || seen>>(id&63)&1 != 0 {
			return 0, 0, 0
		}
		seen |= 1 << (id & 63)
		n++
	}
	if p.bad {
		return 0, 0, 0
	}
	return mask, n, q
}

// findPair returns which offers have the parameter and the number of its name.
func (b *block) findPair(p *paramReader) (mask uint64, id uint8) {
	for i := range b.pairs {
		c := &b.pairs[i]
		if equalFold(p.name, c.name) && p.valueIs(c.value, c.name == "charset") {
			return c.mask, c.id
		}
	}
	return 0, 0
}

// A paramReader reads parameters (RFC 9110 §5.6.6): any number of
// OWS ";" OWS [ name "=" ( token / quoted-string ) ].
type paramReader struct {
	in     string
	at     int
	name   string
	value  string // with its quotes where quoted
	quoted bool
	bad    bool
}

// next reports whether there is one more parameter. Where it is false, bad says
// whether the reason is a mistake.
func (p *paramReader) next() bool {
	s, i := p.in, p.at
	for {
		for i < len(s) && isOWS(s[i]) {
			i++
		}
		if i == len(s) {
			return false
		}
		if s[i] != ';' {
			p.bad = true
			return false
		}
		i++
		for i < len(s) && isOWS(s[i]) {
			i++
		}
		if i < len(s) && s[i] != ';' {
			break
		}
	}
	start := i
	for i < len(s) && httpfield.IsTokenByte(s[i]) {
		i++
	}
	p.name = s[start:i]
	if p.name == "" || i == len(s) || s[i] != '=' {
		p.bad = true
		return false
	}
	i++
	start = i
	if p.quoted = i < len(s) && s[i] == '"'; p.quoted {
		i = httpfield.QuotedEnd(s, i)
	} else {
		for i < len(s) && httpfield.IsTokenByte(s[i]) {
			i++
		}
	}
	if i <= start {
		p.bad = true
		return false
	}
	p.value, p.at = s[start:i], i
	return true
}

// rest is what has not been read.
func (p *paramReader) rest() string { return p.in[p.at:] }

// valueIs compares the value with want, after taking off quotes and
// backslashes: a token and a quoted-string that say the same are the same
// (RFC 9110 §5.6.6).
func (p *paramReader) valueIs(want string, fold bool) bool {
	v := p.value
	if p.quoted {
		v = v[1 : len(v)-1]
	}
	j := 0
	for i := 0; i < len(v); i++ {
		c := v[i]
		if c == '\\' && p.quoted {
			i++ // never the last byte of a quoted-string
			c = v[i]
		}
		if fold && 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if j == len(want) || want[j] != c {
			return false
		}
		j++
	}
	return j == len(want)
}

// quotedEnd finds the end of a member that has an opening quote before the comma
// at end: the first comma that no quoted-string holds. It returns that, the next
// opening quote behind it, and whether all quotes before it are closed. It gives
// up when it has met more than left quoted-strings, and left is negative then.
func quotedEnd(s string, quote, end int, left *int) (_, next int, closed bool) {
	for quote < end {
		if *left--; *left < 0 {
			return end, quote, false
		}
		i := quote + 1
		for i < len(s) && s[i] != '"' {
			if s[i] == '\\' {
				i++
			}
			i++
		}
		if i >= len(s) {
			// Any later quote stands behind a backslash, not behind the equals
			// sign that could make it an opening one.
			return end, len(s), false
		}
		if end < i {
			end = index(s, i, ',')
		}
		quote = nextQuote(s, i+1)
	}
	return end, quote, true
}

// nextQuote returns where the first quoted-string at or after from begins, or
// len(s). It can only begin behind an equals sign: commas behind a quote that
// stands elsewhere still separate members.
func nextQuote(s string, from int) int {
	for i := from; ; i++ {
		i = index(s, i, '"')
		if i == len(s) || i > 0 && s[i-1] == '=' {
			return i
		}
	}
}

// index is where c stands at or after from, or len(s).
func index(s string, from int, c byte) int {
	if i := strings.IndexByte(s[from:], c); i >= 0 {
		return from + i
	}
	return len(s)
}

func isOWS(c byte) bool { return c == ' ' || c == '\t' }
