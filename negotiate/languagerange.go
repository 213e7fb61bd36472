package negotiate

import "github.com/denial-go/denial/internal/httpfield"

// A languageRange is one member of Accept-Language (RFC 9110 §12.5.4, RFC 4647
// §2.1).
type languageRange struct {
	text   string // as sent, at most maxLanguageTag bytes of it
	lang   subtag // the first subtag; 0 for "*"
	weight uint16
	cut    bool // text is not all of it

	// What split finds out.
	script, region subtag
	more           bool // there is more than language, script and region
	skips          bool // there is more that does not count, as yue of zh-yue
}

// A languageReader reads the members of a list (RFC 9110 §5.6.1).
type languageReader struct {
	lines   []string // still to be read
	s       string   // the line that is being read
	at      int
	budget  int
	members int
	lineCut bool // s is not all of its line
}

// next reads the next member that is well formed. It reports false at the end
// or at a bound.
func (in *languageReader) next(r *languageRange) bool {
	for {
		for in.at >= len(in.s) {
			if in.lineCut || len(in.lines) == 0 || in.budget <= 0 {
				return false
			}
			in.s, in.lines, in.at = in.lines[0], in.lines[1:], 0
			if in.lineCut = len(in.s) > in.budget; in.lineCut {
				in.s = in.s[:in.budget]
			}
			in.budget -= len(in.s) + 1 // the comma that joins lines (§5.3)
			if in.s == "" {
				if in.members--; in.members < 0 {
					return false
				}
			}
		}
		if in.members <= 0 {
			return false
		}
		in.members--
		end, ok := r.parse(in.s, in.at)
		if !ok {
			// The comma is mostly near: looking is faster than a call.
			for near := min(end+8, len(in.s)); end < near && in.s[end] != ','; {
				end++
			}
			if end < len(in.s) && in.s[end] != ',' {
				end = index(in.s, end, ',')
			}
		}
		in.at = end + 1
		if end == len(in.s) && in.lineCut {
			return false // perhaps the rest of this member is beyond the cut
		}
		if ok {
			return true
		}
	}
}

// mayExclude reports whether a weight of 0 may stand in s from i on. It is false
// where every weight begins as 0.1 to 0.9 do: then the member has another weight,
// or is bad and has none.
func mayExclude(s string, i int) bool {
	const zero = ";q=0."
	for ; i < len(s); i++ {
		if s[i] != ';' {
			continue
		}
		if w := s[i:]; len(w) <= len(zero) || w[:len(zero)] != zero || w[len(zero)]-'1' > 8 {
			return true
		}
		i += len(zero)
	}
	return false
}

// parse reads the member that begins at s[i]. Where it is well formed, end is
// the comma behind it or len(s); else end lies within or at the end of it.
func (r *languageRange) parse(s string, i int) (end int, ok bool) {
	i = skipOWS(s, i)
	start := i
	var lang subtag
	if i < len(s) && s[i] == '*' {
		i++
	} else {
		for i < len(s) && isLetter(s[i]) && i-start <= 8 {
			lang = lang<<8 | subtag(s[i]|0x20)
			i++
		}
		if i == start || i-start > 8 {
			return i, false
		}
		for i < len(s) && s[i] == '-' {
			i++
			from := i
			if i < len(s) && s[i] == '*' { // an extended range, RFC 4647 §2.2
				i++
			} else {
				for i < len(s) && isAlnum(s[i]) && i-from <= 8 {
					i++
				}
			}
			if i == from || i-from > 8 {
				return i, false
			}
		}
	}
	r.text, r.lang, r.cut = s[start:i], lang, false
	if len(r.text) > maxLanguageTag {
		r.shorten()
	}
	if i == len(s) || s[i] == ',' {
		r.weight = fullWeight
		return i, true
	}
	if q, end, ok := plainWeight(s, i); ok && s[i] == ';' {
		r.weight = q
		return end, true
	}
	return r.parseWeight(s, i)
}

// shorten cuts a range at a hyphen, so that maxLanguageTag bytes are left or
// fewer.
func (r *languageRange) shorten() {
	i := maxLanguageTag
	for r.text[i] != '-' {
		i--
	}
	r.text, r.cut = r.text[:i], true
}

// parseWeight reads what may stand behind a range: OWS ";" OWS "q=" qvalue.
func (r *languageRange) parseWeight(s string, i int) (end int, ok bool) {
	r.weight = fullWeight
	i = skipOWS(s, i)
	if i < len(s) && s[i] == ';' {
		i = skipOWS(s, i+1)
		if len(s)-i < len("q=0") || s[i]|0x20 != 'q' || s[i+1] != '=' {
			return i, false
		}
		i += 2
		start := i
		for i < len(s) && (s[i]-'0' <= 9 || s[i] == '.') {
			i++
		}
		if r.weight, ok = httpfield.ParseWeight(s[start:i]); !ok {
			return i, false
		}
		i = skipOWS(s, i)
	}
	return i, i == len(s) || s[i] == ','
}

// split finds script and region (RFC 5646 §2.1). implied is the script for a reader
// of an old Chinese tag such as zh-yue, where another Chinese has to do.
func (r *languageRange) split() (implied subtag) {
	r.script, r.region, r.more, r.skips = 0, 0, false, false
	i := index(r.text, 0, '-')
	r.more = i == 1 && len(r.text) > 1 // x-… and i-… have no script or region
	for i < len(r.text) && !r.more {
		i++
		end := index(r.text, i, '-')
		sub := r.text[i:end]
		i = end
		switch letter := isLetter(sub[0]); {
		case sub == "*":
		case len(sub) == 4 && letter && r.script == 0 && r.region == 0:
			r.script = pack(sub)
		case (len(sub) == 2 && letter || len(sub) == 3 && !letter) && r.region == 0:
			if r.region = pack(sub); r.region == regionUK {
				r.region = regionGB
			}
		case len(sub) == 3 && letter && r.script == 0 && r.region == 0:
			r.skips = true
			if ext := pack(sub); r.lang == langZH && (ext == langYue || ext == langNan || ext == langMin) {
				implied = scriptHant
			}
		default:
			r.more = true
		}
	}
	return implied
}

const (
	langZH     subtag = 'z'<<8 | 'h'
	langNO     subtag = 'n'<<8 | 'o'
	langNB     subtag = 'n'<<8 | 'b'
	langNN     subtag = 'n'<<8 | 'n'
	langBok    subtag = 'b'<<16 | 'o'<<8 | 'k'
	langNyn    subtag = 'n'<<16 | 'y'<<8 | 'n'
	langYue    subtag = 'y'<<16 | 'u'<<8 | 'e'
	langNan    subtag = 'n'<<16 | 'a'<<8 | 'n'
	langMin    subtag = 'm'<<16 | 'i'<<8 | 'n'
	scriptHant subtag = 'h'<<24 | 'a'<<16 | 'n'<<8 | 't'
	regionUK   subtag = 'u'<<8 | 'k' // sent, though it means no country
	regionGB   subtag = 'g'<<8 | 'b'
)

// slotOf finds the slot of a range's language.
func (l *Languages) slotOf(r *languageRange) *languageSlot {
	if ext := r.extended(); ext != 0 {
		if s := l.find(ext); s != nil && len(s.group.offers) > 0 {
			return s
		}
	}
	return l.find(r.lang)
}

// extended returns the language that the second subtag names, as in old tags of
// Chinese and Norwegian: zh-yue, no-nyn. It is 0 where there is none.
func (r *languageRange) extended() subtag {
	if r.lang != langZH && r.lang != langNO || len(r.text) < len("zh-yue") {
		return 0
	}
	sub := r.text[3:]
	if index(sub, 0, '-') != 3 || !isLetter(sub[0]) {
		return 0
	}
	switch ext := pack(sub[:3]); ext {
	case langMin:
		return langNan
	case langNyn:
		return langNN
	case langBok:
		return langNB
	default:
		return ext
	}
}

func skipOWS(s string, i int) int {
	for i < len(s) && isOWS(s[i]) {
		i++
	}
	return i
}

func isLetter(c byte) bool { return c|0x20-'a' < 26 }
func isAlnum(c byte) bool  { return isLetter(c) || c-'0' <= 9 }
