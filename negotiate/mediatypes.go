package negotiate

import (
	"errors"
	"fmt"
	"math/bits"
	"strings"

	"github.com/denial-go/denial/internal/httpfield"
)

// MediaTypes are the media types a server can answer with, best first, compiled
// for comparing with Accept fields (RFC 9110 §12.5.1). They never change and
// may be used by many goroutines at once. A nil *MediaTypes and the zero value
// offer nothing.
type MediaTypes struct {
	// Blocks of at most 64 offers: a block's state fits in one word of bits and
	// a small array on the stack, so Best needs no memory however many there are.
	blocks []block
	common [len(commonAccept)]int // what read says of each
}

// An OfferError says what is wrong with one of the offers given to
// NewMediaTypes.
type OfferError struct {
	Index int    // which offer; -1 where there are none at all
	Offer string // as given
	Wrong string // what is wrong with it
	Hint  string // what to do
}

// Error gives the offer, what is wrong with it and what to do.
func (e *OfferError) Error() string {
	if e.Index < 0 {
		return fmt.Sprintf("negotiate: offers: %s; %s", e.Wrong, e.Hint)
	}
	return fmt.Sprintf("negotiate: offer %q: %s; %s", e.Offer, e.Wrong, e.Hint)
}

// NewMediaTypes compiles offers, best first. An offer is a media type as it
// would stand in Content-Type (RFC 9110 §8.3.1), perhaps with parameters:
// "text/html", "application/json;version=2".
//
// Its error joins one [*OfferError] for each mistake: an offer that is a range,
// that carries a weight, that is no media type, or that was offered before.
func NewMediaTypes(offers ...string) (*MediaTypes, error) {
	var errs []error
	if len(offers) == 0 {
		errs = append(errs, &OfferError{Index: -1, Wrong: "there are none", Hint: "name at least one media type"})
	}
	types := make([]mediaType, 0, len(offers))
	firstUse := make(map[string]string, len(offers))
	for i, offer := range offers {
		t, wrong, hint := parseOffer(offer)
		if wrong == "" {
			if earlier, again := firstUse[t.key()]; again {
				wrong, hint = fmt.Sprintf("is the same as the earlier offer %q", earlier), "remove one"
			} else {
				firstUse[t.key()] = offer
			}
		}
		if wrong != "" {
			errs = append(errs, &OfferError{Index: i, Offer: offer, Wrong: wrong, Hint: hint})
			continue
		}
		types = append(types, t)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	m := &MediaTypes{}
	for len(types) > 0 {
		n := min(len(types), maxBlock)
		for !m.add(types[:n]) {
			n--
		}
		types = types[n:]
	}
	for i := range commonAccept {
		m.common[i] = m.read(commonAccept[i : i+1])
	}
	return m, nil
}

// A mediaType is an offer taken apart; all that has no case is in lower case.
type mediaType struct {
	typ, subtype string
	params       []param
}

type param struct{ name, value string }

// key is the same for offers that no Accept field can tell apart.
func (t mediaType) key() string {
	b := []byte(t.typ + "/" + t.subtype)
	for _, p := range sortedParams(t.params) {
		b = append(append(append(b, ';'), p.name...), '=')
		b = httpfield.AppendQuoted(b, p.value)
	}
	return string(b)
}

func sortedParams(ps []param) []param {
	ps = append([]param(nil), ps...)
	for i := range ps {
		for j := i; j > 0 && ps[j].name < ps[j-1].name; j-- {
			ps[j], ps[j-1] = ps[j-1], ps[j]
		}
	}
	return ps
}

// maxOfferParams leaves room for the count in a score.
const maxOfferParams = 14

func parseOffer(offer string) (t mediaType, wrong, hint string) {
	const shape = `write it as in Content-Type, such as "text/html" or "application/json;version=2"`
	head, rest := offer, ""
	if i := strings.IndexByte(offer, ';'); i >= 0 {
		head, rest = offer[:i], offer[i:]
	}
	head = strings.ToLower(strings.Trim(head, " \t"))
	typ, subtype, slash := strings.Cut(head, "/")
	switch {
	case head == "":
		return t, "there is no media type", shape
	case !slash:
		return t, "has no subtype", shape
	case typ == "*" || subtype == "*":
		return t, "is a range, not a media type", "name the one type that will be sent"
	case !httpfield.IsToken(typ) || !httpfield.IsToken(subtype):
		return t, "is not a media type", shape
	}
	t.typ, t.subtype = typ, subtype
	for p := (paramReader{in: rest}); p.next(); {
		name, value := strings.ToLower(p.name), p.value
		if p.quoted {
			value = httpfield.Unquote(value)
		}
		if name == "charset" {
			value = strings.ToLower(value)
		}
		if name == "q" {
			return t, "carries a weight", "remove q: the order of the offers says which is better"
		}
		for _, earlier := range t.params {
			if earlier.name == name {
				return t, fmt.Sprintf("has the parameter %q twice", name), "keep one"
			}
		}
		t.params = append(t.params, param{name, value})
		rest = p.rest()
	}
	if strings.Trim(rest, "; \t") != "" {
		return t, fmt.Sprintf("has a bad parameter in %q", rest), `write name=value or name="value", with no space around =`
	}
	if len(t.params) > maxOfferParams {
		return t, "has too many parameters", fmt.Sprintf("keep at most %d", maxOfferParams)
	}
	return t, "", ""
}

const maxBlock = 64

// A block is up to 64 offers and all ranges that can match them.
type block struct {
	n     int             // how many offers
	full  [maxBlock]uint8 // the level of the range that names the offer with all its parameters
	keys  []key           // every "type/subtype", "type/*" and "*/*" that matches
	slots []uint8         // hash table of index+1 into keys; its length is a power of two
	shift uint8           // what brings a hash down to len(slots)
	// maxHead is the longest name in keys.
	maxHead int
	pairs   []pair // parameters of the offers
}

// Levels order ranges by how specific they are (RFC 9110 §12.5.1): first how
// much of the type they name, then how many parameters. A level and a weight
// make a score, so that the more specific range has the higher score.
const (
	levelAny     = 1
	levelType    = levelAny + maxOfferParams + 1
	levelSubtype = levelType + maxOfferParams + 1

	weightBits = 10
	weightMask = 1<<weightBits - 1
)

type key struct {
	name  string
	mask  uint64 // which offers it matches
	level uint8
}

// A pair is one parameter that offers have.
type pair struct {
	param
	id   uint8  // one for each name
	mask uint64 // which offers have it
}

// add compiles one block, or reports false where it takes fewer offers: their
// parameters have more than 64 names.
func (m *MediaTypes) add(types []mediaType) bool {
	b := block{n: len(types)}
	ids := map[string]uint8{}
	for i, t := range types {
		bit := uint64(1) << i
		b.full[i] = uint8(levelSubtype + len(t.params))
		b.addKey(t.typ+"/"+t.subtype, levelSubtype, bit)
		b.addKey(t.typ+"/*", levelType, bit)
		b.addKey("*/*", levelAny, bit)
		for _, p := range t.params {
			id, known := ids[p.name]
			if !known {
				if len(ids) == 64 {
					return false
				}
				id = uint8(len(ids))
				ids[p.name] = id
			}
			b.addPair(p, id, bit)
		}
	}
	b.fill()
	m.blocks = append(m.blocks, b)
	return true
}

func (b *block) addKey(name string, level uint8, bit uint64) {
	for i := range b.keys {
		if b.keys[i].name == name {
			b.keys[i].mask |= bit
			return
		}
	}
	b.keys = append(b.keys, key{name, bit, level})
	b.maxHead = max(b.maxHead, len(name))
}

func (b *block) addPair(p param, id uint8, bit uint64) {
	for i := range b.pairs {
		if b.pairs[i].param == p {
			b.pairs[i].mask |= bit
			return
		}
	}
	b.pairs = append(b.pairs, pair{p, id, bit})
}

// fill builds the hash table, at most a quarter full. A block has at most 129
// keys, so an index fits in a byte.
func (b *block) fill() {
	size := bits.Len(uint(4*len(b.keys) - 1))
	b.slots = make([]uint8, 1<<size)
	b.shift = uint8(32 - size)
	for i, k := range b.keys {
		at := headHash(k.name) >> b.shift
		for b.slots[at] != 0 {
			at = (at + 1) & uint32(len(b.slots)-1)
		}
		b.slots[at] = uint8(i + 1)
	}
}

// headHash needs four bytes of a name, for speed, and sees no case. Names that
// share them are told apart by comparing.
func headHash(s string) uint32 {
	n := len(s)
	x := uint32(s[0]|0x20) | uint32(s[n/2]|0x20)<<8 | uint32(s[n-1]|0x20)<<16 | uint32(n)<<24
	return x * 0x9E3779B1
}

// find returns the key that head names without regard to case, or nil.
func (b *block) find(head string) *key {
	if len(head) < len("*/*") || len(head) > b.maxHead {
		return nil
	}
	mask := uint32(len(b.slots) - 1)
	for at := headHash(head) >> b.shift; ; at++ {
		i := b.slots[at&mask]
		if i == 0 {
			return nil
		}
		if k := &b.keys[i-1]; k.name == head || equalFold(head, k.name) {
			return k
		}
	}
}

// equalFold compares s with lower, which is in lower case; only ASCII letters
// have case here.
func equalFold(s, lower string) bool {
	if len(s) != len(lower) {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
