package negotiate_test

import (
	"regexp"
	"strconv"
	"strings"
)

// The slow twin of MediaTypes: RFC 9110's grammar as regular expressions, no
// bounds, no care for speed.

const (
	token        = `[-!#$%&'*+.^_` + "`" + `|~0-9A-Za-z]+`
	quotedString = `"(?:[^\x00-\x08\x0a-\x1f\x7f"\\]|\\[^\x00-\x08\x0a-\x1f\x7f])*"`
	parameter    = token + `=(?:` + token + `|` + quotedString + `)`
	parameters   = `(?:[ \t]*;[ \t]*(?:` + parameter + `)?)*`
)

var (
	rangePattern     = regexp.MustCompile(`^[ \t]*(` + token + `)/(` + token + `)(` + parameters + `)[ \t]*$`)
	parameterPattern = regexp.MustCompile(`;[ \t]*(` + token + `)=(` + token + `|` + quotedString + `)`)
	qvaluePattern    = regexp.MustCompile(`^(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$`)
	escapePattern    = regexp.MustCompile(`(?s)\\(.)`)
)

type slowRange struct {
	typ, subtype string
	params       map[string]string
	q            float64
}

// slowMembers splits a field line at the commas that no quoted-string holds. A
// quoted-string begins directly behind an equals sign, somewhere behind the
// first semicolon of its member, and ends at the next quote that is not escaped.
func slowMembers(line string) []string {
	var members []string
	member := ""
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == ',':
			members = append(members, member)
			member = ""
		case line[i] == '"' && strings.HasSuffix(member, "=") && strings.Contains(member, ";"):
			end := i + 1
			for end < len(line) && line[end] != '"' {
				if line[end] == '\\' {
					end++
				}
				end++
			}
			if end < len(line) {
				member += line[i : end+1]
				i = end
			} else {
				member += `"`
			}
		default:
			member += line[i : i+1]
		}
	}
	return append(members, member)
}

func slowParse(member string) (r slowRange, ok bool) {
	m := rangePattern.FindStringSubmatch(member)
	if m == nil {
		return r, false
	}
	r = slowRange{typ: asciiLower(m[1]), subtype: asciiLower(m[2]), params: map[string]string{}, q: 1}
	if r.typ == "*" && r.subtype != "*" {
		return r, false
	}
	weighted := false
	for _, p := range parameterPattern.FindAllStringSubmatch(m[3], -1) {
		name, value := asciiLower(p[1]), p[2]
		if name == "q" {
			if weighted || !qvaluePattern.MatchString(value) {
				return r, false
			}
			weighted = true
			r.q, _ = strconv.ParseFloat(strings.TrimSuffix(value, "."), 64)
			continue
		}
		if strings.HasPrefix(value, `"`) {
			value = escapePattern.ReplaceAllString(value[1:len(value)-1], "$1")
		}
		if name == "charset" {
			value = asciiLower(value)
		}
		if _, again := r.params[name]; again {
			return r, false
		}
		r.params[name] = value
	}
	return r, true
}

func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

func slowRanges(lines []string) (ranges []slowRange, members int) {
	for _, line := range lines {
		for _, member := range slowMembers(line) {
			members++
			if r, ok := slowParse(member); ok {
				ranges = append(ranges, r)
			}
		}
	}
	return ranges, members
}

// slowWeight is the weight of an offer: that of the most specific range that
// matches it, and of equally specific ones the highest.
func slowWeight(offer slowRange, ranges []slowRange) float64 {
	weight, most := 0.0, -1
	for _, r := range ranges {
		specific := 0
		switch {
		case r.typ == "*":
		case r.typ == offer.typ && r.subtype == "*":
			specific = 1000
		case r.typ == offer.typ && r.subtype == offer.subtype:
			specific = 2000
		default:
			continue
		}
		matches := true
		for name, value := range r.params {
			if v, ok := offer.params[name]; !ok || v != value {
				matches = false
			}
		}
		if !matches {
			continue
		}
		specific += len(r.params)
		if specific > most || specific == most && r.q > weight {
			weight, most = r.q, specific
		}
	}
	return weight
}

// slowWeights are the weights of all offers. small reports whether the field is
// within the bounds that the package documents.
func slowWeights(offers, lines []string) (weights []float64, small bool) {
	ranges, members := slowRanges(lines)
	for _, o := range offers {
		offer, ok := slowParse(o)
		if !ok {
			panic("bad offer " + o)
		}
		weights = append(weights, slowWeight(offer, ranges))
	}
	quoted := strings.Count(strings.Join(lines, ","), `="`)
	return weights, len(strings.Join(lines, ",")) <= 1024 && members <= 48 && quoted <= 16
}

func slowBest(weights []float64) int {
	best, weight := -1, 0.0
	for i, w := range weights {
		if w > weight {
			best, weight = i, w
		}
	}
	return best
}
