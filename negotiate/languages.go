package negotiate

import (
	"math/bits"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Languages are the languages a server can answer in, compiled for comparing
// with Accept-Language fields (RFC 9110 §12.5.4). The first is the default.
// They never change and may be used by many goroutines at once. A nil
// *Languages and the zero value offer nothing.
type Languages struct {
	offers []languageOffer
	slots  []languageSlot // hash table; its length is a power of two
	shift  uint8
}

// NewLanguages compiles offers. The order of offers counts only where they
// serve a reader equally well, except that the first is the default. An offer
// may be as wide as "en" or as narrow as "zh-Hant-HK"; what the offers leave
// out is inferred as in CLDR: "zh" is in simplified characters, "pt" is of Brazil.
func NewLanguages(offers ...language.Tag) *Languages {
	l := &Languages{}
	groups := map[string]*languageGroup{}
	groupOf := func(base string) *languageGroup {
		g := groups[base]
		if g == nil {
			g = &languageGroup{}
			groups[base] = g
		}
		return g
	}
	for i, tag := range offers {
		o := newLanguageOffer(tag)
		o.index = i
		o.group = groupOf(o.base)
		if o.base != "und" { // nobody asks for it; it can only be the default, or excluded
			o.group.offers = append(o.group.offers, o)
		}
		l.offers = append(l.offers, o)
	}
	for base, g := range groups {
		g.compile(base)
	}
	for _, n := range near {
		var found []languageOffer
		for _, to := range n.to {
			for _, o := range l.offers {
				if o.written == pack(to.base) && (to.script == "" || o.script == pack(to.script)) {
					found = append(found, o)
				}
			}
		}
		if len(found) > 0 {
			groupOf(n.from).near = found
		}
	}
	l.fill(groups)
	return l
}

// A languageOffer is an offered tag taken apart. Script and region are those
// named or inferred.
type languageOffer struct {
	index     int
	text      string // lower case
	written   subtag // its language
	base      string // the same, of two aliases the one preferred
	script    subtag
	region    subtag
	hasScript bool // the script is named
	hasRegion bool
	side      bool // the region is one of group.regions
	home      bool // the region is preferred to others that are as close
	group     *languageGroup
}

func newLanguageOffer(tag language.Tag) languageOffer {
	o := languageOffer{text: strings.ToLower(tag.String())}
	o.base, _, _ = strings.Cut(o.text, "-")
	o.written = pack(o.base)
	r := languageRange{text: o.text, lang: o.written}
	r.split()
	o.hasScript = r.script != 0
	for _, a := range aliases {
		if a.from == o.base {
			o.base = a.to
			if r.script == 0 {
				r.script = pack(a.script)
			}
			break
		}
	}
	o.hasRegion = r.region != 0
	o.script, o.region = infer(o.base, r.script, r.region)
	return o
}

// infer fills in script and region where they are 0 (CLDR's likely subtags).
func infer(base string, script, region subtag) (subtag, subtag) {
	if r, err := language.ParseRegion(region.String()); err == nil && !r.IsCountry() && script == 0 {
		// A region such as 419 or EU says nothing of the script, though x/text
		// would guess one.
		script, _ = infer(base, 0, 0)
	}
	full := base
	if script != 0 {
		full += "-" + script.String()
	}
	if region != 0 {
		full += "-" + region.String()
	}
	tag, err := language.Raw.Parse(full)
	if err != nil {
		return script, region
	}
	if script == 0 {
		if s, c := tag.Script(); c != language.No {
			script = pack(strings.ToLower(s.String()))
		}
	}
	if region == 0 {
		if r, c := tag.Region(); c != language.No {
			region = pack(strings.ToLower(r.String()))
		}
	}
	return script, region
}

// A languageGroup is what serves the readers of one language.
type languageGroup struct {
	offers []languageOffer // in that language
	near   []languageOffer // in near ones
	whole  bool            // ranges must name an offer from its beginning: x-…, i-…

	// Only where there are several offers:
	script   subtag       // a range's script where nothing says otherwise
	region   subtag       // a range's region likewise
	byRegion []scriptRule // a range's script where only its region says it
	likely   []likelyRule // a range's region where it names none but a script
	closeIn  subtag       // the script in which regions are close; 0 for any
	regions  []subtag     // those that are closer to one another than to others
}

type scriptRule struct{ region, script subtag }
type likelyRule struct{ script, region subtag }

func (g *languageGroup) compile(base string) {
	g.whole = len(base) == 1
	if len(g.offers) < 2 {
		return
	}
	g.script, g.region = infer(base, 0, 0)
	home := []subtag{g.region}
	for _, r := range regionScripts {
		if r.base == base {
			for region := range strings.FieldsSeq(r.regions) {
				g.byRegion = append(g.byRegion, scriptRule{pack(region), pack(r.script)})
			}
		}
	}
	for _, o := range g.offers {
		if !slices.ContainsFunc(g.likely, func(r likelyRule) bool { return r.script == o.script }) {
			_, region := infer(base, o.script, 0)
			g.likely = append(g.likely, likelyRule{o.script, region})
			home = append(home, region)
		}
	}
	for _, r := range regionGroups {
		if r.base == base {
			g.closeIn = pack(r.script)
			for region := range strings.FieldsSeq(r.regions) {
				g.regions = append(g.regions, pack(region))
			}
		}
	}
	for _, h := range homes {
		if h.base == base {
			for region := range strings.FieldsSeq(h.regions) {
				home = append(home, pack(region))
			}
		}
	}
	for i := range g.offers {
		o := &g.offers[i]
		o.side, o.home = slices.Contains(g.regions, o.region), slices.Contains(home, o.region)
	}
}

type languageSlot struct {
	key    subtag
	script subtag // of ranges that name none
	group  *languageGroup
	only   int // 1 more than the index of the offer that serves every range; 0 where the group decides
}

func (l *Languages) fill(groups map[string]*languageGroup) {
	size := bits.Len(uint(4*(len(groups)+len(aliases)) - 1))
	l.slots = make([]languageSlot, 1<<size)
	l.shift = uint8(64 - size)
	put := func(base string, s languageSlot) {
		s.key = pack(base)
		if g := s.group; len(g.offers) == 1 && !g.whole {
			s.only = 1 + g.offers[0].index
		}
		at := s.key.hash() >> l.shift
		for l.slots[at].key != 0 {
			at = (at + 1) & uint64(len(l.slots)-1)
		}
		l.slots[at] = s
	}
	for base, g := range groups {
		put(base, languageSlot{group: g})
	}
	for _, a := range aliases {
		if g, ok := groups[a.to]; ok {
			put(a.from, languageSlot{script: pack(a.script), group: g})
		}
	}
}

// find returns the slot of a language, or nil.
func (l *Languages) find(base subtag) *languageSlot {
	mask := uint64(len(l.slots) - 1)
	for at := base.hash() >> l.shift; ; at++ {
		s := &l.slots[at&mask]
		if s.key == base {
			return s
		}
		if s.key == 0 {
			return nil
		}
	}
}

// A subtag holds up to eight letters and digits in lower case; 0 is none.
type subtag uint64

func pack(s string) (t subtag) {
	for i := 0; i < len(s); i++ {
		t = t<<8 | subtag(s[i]|0x20)
	}
	return t
}

func (t subtag) String() string {
	var b [8]byte
	i := len(b)
	for ; t != 0; t >>= 8 {
		i--
		b[i] = byte(t)
	}
	return string(b[i:])
}

func (t subtag) hash() uint64 { return uint64(t) * 0x9E3779B97F4A7C15 }
