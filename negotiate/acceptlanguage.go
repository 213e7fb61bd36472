package negotiate

import (
	"math"
	"slices"
	"strings"
)

// Best returns the index of the offer that serves the reader best, by the
// Accept-Language field lines. asked is false where nothing the reader named is
// offered, so that the default, offer 0, stands in; there is always something
// to send.
//
// The range of the highest weight for which there is an offer decides; ranges
// of equal weight count in their order (RFC 9110 §12.5.4). How offers are found
// for a range is told in the package documentation. Best never allocates and
// reads a bounded part of the field.
func (l *Languages) Best(acceptLanguage []string) (index int, asked bool) {
	if l == nil || len(l.offers) == 0 || len(acceptLanguage) == 0 {
		return 0, false
	}
	if len(acceptLanguage) == 1 {
		if i := l.first(acceptLanguage[0]); i >= 0 {
			return i, true
		}
	}
	best, nearest := -1, -1
	var weight, nearWeight uint16
	star := false
	var r languageRange
	var in languageReader
	in.lines, in.budget, in.members = acceptLanguage, maxLanguageBytes, maxLanguageRanges
	for in.next(&r) {
		switch {
		case r.weight == 0:
			return l.bestOf(acceptLanguage, nil)
		case r.weight <= weight:
		case r.lang == 0:
			star = true
		default:
			slot := l.slotOf(&r)
			if slot == nil {
				continue
			}
			if slot.only > 0 {
				best = slot.only - 1
			} else if g := slot.group; len(g.offers) == 0 {
				if r.weight > nearWeight && len(g.near) > 0 {
					nearest, nearWeight = g.near[0].index, r.weight
				}
				continue
			} else if o := g.pick(&r, slot.script, nil); o != nil {
				best = o.index
			} else {
				continue
			}
			if weight = r.weight; weight == fullWeight && len(in.lines) == 0 && !mayExclude(in.s, in.at) {
				return best, true
			}
		}
	}
	switch {
	case best >= 0:
		return best, true
	case nearest >= 0:
		return nearest, true
	}
	return 0, star
}

// first returns what Best does for a field that begins as most do: with a language
// that decides by itself, perhaps of a region, and no weight. It is -1 for all
// others, which have to be read.
func (l *Languages) first(s string) int {
	var lang subtag
	i := 0
	for i < len(s) && isLetter(s[i]) && i < 3 {
		lang = lang<<8 | subtag(s[i]|0x20)
		i++
	}
	if len(s)-i > 2 && s[i] == '-' && isLetter(s[i+1]) && isLetter(s[i+2]) {
		i += len("-CH")
	}
	if i == 0 || i < len(s) && s[i] != ',' || len(s) > maxLanguageBytes {
		return -1
	}
	slot := l.find(lang)
	if slot == nil || slot.only == 0 || mayExclude(s, i) {
		return -1
	}
	return slot.only - 1
}

// BestOf is Best among the offers for whose index has reports true: for an
// answer that is not there in each language. It asks for no more offers than come
// into question. asked is false, and the index 0, where the field names none of
// them.
func (l *Languages) BestOf(acceptLanguage []string, has func(index int) bool) (index int, asked bool) {
	if l == nil || len(l.offers) == 0 || len(acceptLanguage) == 0 {
		return 0, false
	}
	return l.bestOf(acceptLanguage, has)
}

// bestOf is Best for fields that exclude something, and among some of the offers;
// has is nil for all. A range of weight 0 may stand behind the range that it
// limits, so all are read first.
func (l *Languages) bestOf(acceptLanguage []string, has func(index int) bool) (index int, asked bool) {
	var all [maxLanguageRanges]excludableRange
	n := 0
	in := languageReader{lines: acceptLanguage, budget: maxLanguageBytes, members: maxLanguageRanges}
	starWeight, star := uint16(0), false
	for in.next(&all[n].languageRange) {
		r := &all[n]
		if r.lang == 0 {
			starWeight, star = max(starWeight, r.weight), true
			continue
		}
		if r.slot = l.slotOf(&r.languageRange); r.slot != nil {
			r.split()
			if r.hasScript = r.script != 0; !r.hasScript {
				r.script = r.slot.script
			}
			ext := r.extended()
			r.other = ext != 0 && ext != r.slot.key
			n++
		}
		if n == len(all) {
			break
		}
	}
	ranges := all[:n]
	for i := range ranges {
		ranges[i].overruled = ranges[i].weight == 0 && ranges[i].overruledBy(ranges)
	}
	out := exclusions{ranges: ranges, offered: has}
	best, nearest := -1, -1
	var weight, nearWeight uint16
	for i := range ranges {
		r := &ranges[i]
		if r.weight <= weight {
			continue
		}
		if o := r.slot.group.pick(&r.languageRange, r.slot.script, &out); o != nil {
			best, weight = o.index, r.weight
		} else if r.weight > nearWeight {
			for j := range r.slot.group.near {
				if o := &r.slot.group.near[j]; !out.has(o) {
					nearest, nearWeight = o.index, r.weight
					break
				}
			}
		}
	}
	switch {
	case best >= 0:
		return best, true
	case nearest >= 0 && (!star || starWeight > 0):
		return nearest, true
	case starWeight > 0:
		for i := range l.offers {
			if !out.has(&l.offers[i]) {
				return i, true
			}
		}
	}
	return 0, false
}

type excludableRange struct {
	languageRange
	slot      *languageSlot
	hasScript bool // the script is not that of an alias
	other     bool // the range names a language that is not offered: another has to do
	overruled bool // the weight is 0, but where the range stands again it is another
}

func (r *excludableRange) overruledBy(ranges []excludableRange) bool {
	for i := range ranges {
		other := &ranges[i]
		if other.weight > 0 && other.lang == r.lang && other.region == r.region && other.cut == r.cut && strings.EqualFold(other.text, r.text) {
			return true
		}
	}
	return false
}

// exclusions remembers what has been found out of offers, as the same ones are
// asked for again and again when one language has many.
type exclusions struct {
	ranges  []excludableRange
	offered func(index int) bool // or nil
	known   [4]uint64            // of the first 256 offers
	out     [4]uint64
}

func (e *exclusions) has(o *languageOffer) bool {
	if o.index >= 64*len(e.known) {
		return e.find(o)
	}
	word, bit := o.index/64, uint64(1)<<(o.index%64)
	if e.known[word]&bit == 0 {
		e.known[word] |= bit
		if e.find(o) {
			e.out[word] |= bit
		}
	}
	return e.out[word]&bit != 0
}

func (e *exclusions) find(o *languageOffer) bool {
	return excluded(o, e.ranges) || e.offered != nil && !e.offered(o.index)
}

// excluded reports whether weight 0 is what the longest range that covers the
// offer says (RFC 4647 §3.3.1), or else the longest of those that name it: what a
// range covers only by an inferred script or an alias it may exclude, but it brings
// back nothing that is excluded by name.
//
// Of ranges that are equally long the highest weight counts. Where they name the
// offer its own tag is longer than any other, and else 0 counts.
func excluded(o *languageOffer, ranges []excludableRange) bool {
	longest, zero := 0, false
	longestNamed, zeroNamed := 0, false
	for i := range ranges {
		r := &ranges[i]
		if r.slot.group != o.group || r.overruled {
			continue
		}
		n := r.covers(o)
		if n == 0 {
			continue
		}
		if n > longest || n == longest && r.weight > 0 {
			longest, zero = n, r.weight == 0
		}
		switch {
		case !r.names(o):
			continue
		case equalFold(r.text, o.text):
			n = math.MaxInt
		case !r.hasScript && r.script != 0:
			n-- // the script is not named
		}
		if n > longestNamed || n == longestNamed && r.weight == 0 {
			longestNamed, zeroNamed = n, r.weight == 0
		}
	}
	return zero || zeroNamed
}

// covers returns how much of the offer the range names, 0 where it names anything
// else. A range that was cut might.
func (r *excludableRange) covers(o *languageOffer) int {
	if r.cut || r.other {
		return 0
	}
	n := 1
	if r.script != 0 {
		if r.script != o.script {
			return 0
		}
		n++
	}
	if r.region != 0 {
		if r.region != o.region || !o.hasRegion {
			return 0
		}
		n++
	}
	if r.more {
		size := len(r.text)
		if len(o.text) < size || len(o.text) > size && o.text[size] != '-' || !equalFold(r.text, o.text[:size]) {
			return 0
		}
		n += size
	}
	return n
}

// names reports whether the offer that the range covers has all subtags of it
// (extended filtering, RFC 4647 §3.3.2).
func (r *excludableRange) names(o *languageOffer) bool {
	return r.lang == o.written && !r.skips && (o.hasScript || !r.hasScript)
}

// pick returns the offer of the group that serves a range best, leaving out
// what is excluded; nil where there is none.
func (g *languageGroup) pick(r *languageRange, script subtag, out *exclusions) *languageOffer {
	var best *languageOffer
	if len(g.offers) == 1 {
		best = &g.offers[0]
		if out != nil && out.has(best) || g.whole && !hasPrefixFold(r.text, best.text) {
			return nil
		}
		return best
	}
	want := *r
	implied := want.split()
	named := want.region != 0
	if want.script == 0 {
		want.script = max(implied, script) // never both
	}
	g.infer(&want)
	side := slices.Contains(g.regions, want.region)
	anySide := g.closeIn != 0 && g.closeIn != want.script
	bestScore := -1
	for i := range g.offers {
		o := &g.offers[i]
		if out != nil && out.has(o) {
			continue
		}
		score := g.score(&want, o, named)
		if anySide || o.side == side {
			score |= 1 << 7
		}
		if score > bestScore {
			best, bestScore = o, score
		}
	}
	return best
}

// infer fills in what the range leaves out.
func (g *languageGroup) infer(r *languageRange) {
	if r.script == 0 {
		r.script = g.script
		for _, rule := range g.byRegion {
			if rule.region == r.region {
				r.script = rule.script
				break
			}
		}
	}
	if r.region == 0 {
		r.region = g.region
		for _, rule := range g.likely {
			if rule.script == r.script {
				r.region = rule.region
				break
			}
		}
	}
}

// score says how well an offer serves a range of the same language. Script
// counts most, as few read two; then region; then RFC 4647 §3.4.
func (g *languageGroup) score(r *languageRange, o *languageOffer, regionNamed bool) int {
	prefix := hasPrefixFold(r.text, o.text)
	if prefix && len(r.text) == len(o.text) {
		return 1 << 20
	}
	if g.whole && !prefix {
		return -1
	}
	score := 0
	if o.script == r.script {
		score |= 1 << 10
	}
	if o.region == r.region {
		score |= 1 << 9
		if o.hasRegion && regionNamed {
			score |= 1 << 8
		}
	}
	if prefix {
		score |= len(o.text) & 63 << 1
	}
	if o.home {
		score |= 1
	}
	return score
}

// hasPrefixFold reports whether s is the tag lower, or begins with it and a
// hyphen, in any case.
func hasPrefixFold(s, lower string) bool {
	return len(s) >= len(lower) && (len(s) == len(lower) || s[len(lower)] == '-') && equalFold(s[:len(lower)], lower)
}
