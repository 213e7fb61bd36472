package negotiate_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
)

// The slow twin of Languages: the grammar as one regular expression, likely
// scripts and regions from golang.org/x/text, candidates sorted by what the
// package documentation says counts.

var languagePattern = regexp.MustCompile(`^[ \t]*(\*|[A-Za-z]{1,8}(?:-(?:[0-9A-Za-z]{1,8}|\*))*)[ \t]*(?:;[ \t]*[qQ]=([01](?:\.[0-9]{0,3})?)[ \t]*)?$`)

type slowTag struct {
	text                 string
	lang, script, region string
	whole                string // all of it, where it says more than these
	implied              string // script, where another language has to do
	other                bool   // names a language that is not offered
	index                int
	weight               float64
}

var slowAliases = map[string]string{
	"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "tl": "fil", "sh": "sr-latn", "cmn": "zh", "no": "nb",
	"arb": "ar", "pes": "fa", "prs": "fa", "zsm": "ms", "ekk": "et", "lvs": "lv", "swh": "sw", "als": "sq",
	"azj": "az", "khk": "mn", "uzn": "uz",
}

var slowNear = map[string][]string{
	"nn": {"nb", "no"}, "nb": {"nn"}, "da": {"nb"}, "bs": {"hr", "sr-latn"}, "hr": {"bs"},
	"gsw": {"de"}, "lb": {"de"}, "nds": {"de"}, "yue": {"zh-hant"}, "wuu": {"zh-hans"}, "ms": {"id"}, "oc": {"fr"}, "fy": {"nl"},
}

// slowSplit takes a tag or range apart. offered are the languages that are
// offered, as a Chinese tag may name its language in the second subtag.
func slowSplit(text string, offered map[string]bool) slowTag {
	t := slowTag{text: text}
	subtags := strings.Split(text, "-")
	t.lang = subtags[0]
	if len(subtags) > 1 {
		ext := map[string]string{"zh-min": "nan", "no-nyn": "nn", "no-bok": "nb"}[subtags[0]+"-"+subtags[1]]
		if ext == "" {
			ext = subtags[1]
		}
		chinese := subtags[0] == "zh" || subtags[0] == "no"
		if chinese && len(subtags[1]) == 3 && subtags[1][0] >= 'a' {
			if offered[ext] {
				t.lang = ext
			} else if ext != "cmn" {
				t.other = true
			}
		}
		if t.lang == "x" || t.lang == "i" || len(t.lang) == 1 {
			t.whole = text
			return t
		}
	}
	for _, s := range subtags[1:] {
		letter := s[0] >= 'a'
		switch {
		case s == "*":
		case len(s) == 3 && letter && t.script == "" && t.region == "":
			if subtags[0] == "zh" && (s == "yue" || s == "nan" || s == "min") {
				t.implied = "hant"
			}
		case len(s) == 4 && letter && t.script == "" && t.region == "":
			t.script = s
		case t.region == "" && (len(s) == 2 && letter || len(s) == 3 && !letter):
			t.region = s
			if s == "uk" {
				t.region = "gb"
			}
		default:
			t.whole = text
		}
		if t.whole != "" {
			break
		}
	}
	lang, script, _ := strings.Cut(slowAliases[t.lang], "-")
	if lang != "" {
		t.lang = lang
	}
	if t.script == "" {
		t.script = script
	}
	return t
}

// slowNames matches the tags in which the subtags stand in their order and with no
// singleton between them (RFC 4647 §3.3.2).
func slowNames(subtags []string) *regexp.Regexp {
	return regexp.MustCompile("^" + strings.Join(subtags, "-(?:[0-9a-z]{2,8}-)*") + "(?:-|$)")
}

func slowInfer(lang, script, region string) (string, string) {
	// Only for countries does CLDR know a script; x/text goes on to guess one for
	// groups of them, such as EU, and for countries that are no more.
	if r, err := language.ParseRegion(region); region != "" && script == "" && err == nil && (!r.IsCountry() || r.Canonicalize() != r) {
		s, _ := slowInfer(lang, "", "")
		return s, region
	}
	full := strings.TrimSuffix(lang+"-"+script, "-")
	if region != "" {
		full += "-" + region
	}
	tag, err := language.Raw.Parse(full)
	if err != nil {
		if region != "" {
			s, _ := slowInfer(lang, script, "")
			return s, region
		}
		return script, region
	}
	s, c := tag.Script()
	if script == "" && c != language.No {
		script = strings.ToLower(s.String())
	}
	r, c := tag.Region()
	if region == "" && c != language.No {
		region = strings.ToLower(r.String())
	}
	return script, region
}

var (
	slowUS       = strings.Fields("us as gu mh mp pr um vi")
	slowMaghreb  = strings.Fields("dz eh ly ma mr tn")
	slowAmericas = func() []string {
		list := []string{"419", "an"}
		americas := language.MustParseRegion("019")
		for a := 'A'; a <= 'Z'; a++ {
			for b := 'A'; b <= 'Z'; b++ {
				if r, err := language.ParseRegion(string([]rune{a, b})); err == nil && r.IsCountry() && americas.Contains(r) {
					list = append(list, strings.ToLower(string([]rune{a, b})))
				}
			}
		}
		return list
	}()
)

// slowSide is the side of its language's regions that a region is on.
func slowSide(lang, script, region string) bool {
	switch lang {
	case "en":
		return slices.Contains(slowUS, region)
	case "es", "pt":
		return slices.Contains(slowAmericas, region)
	case "ar":
		return slices.Contains(slowMaghreb, region)
	case "zh":
		return script == "hant" && (region == "hk" || region == "mo")
	}
	return false
}

func slowLanguages(tags []language.Tag, lines []string) (index int, asked, small bool) {
	if len(tags) == 0 {
		return 0, false, true
	}
	offered := map[string]bool{}
	var offers []slowTag
	for i, tag := range tags {
		o := slowSplit(strings.ToLower(tag.String()), nil)
		offered[o.lang] = true
		o.index = i
		offers = append(offers, o)
	}
	members := 0
	star := -1.0
	var ranges []slowTag
	for _, line := range lines {
		for member := range strings.SplitSeq(line, ",") {
			members++
			m := languagePattern.FindStringSubmatch(member)
			if m == nil {
				continue
			}
			weight := 1.0
			if m[2] != "" {
				weight, _ = strconv.ParseFloat(strings.TrimSuffix(m[2], "."), 64)
			}
			text := strings.ToLower(m[1])
			switch {
			case weight > 1:
				continue
			case text == "*":
				star = max(star, weight)
				continue
			}
			long := len(text) > 35
			if long {
				text = text[:strings.LastIndex(text[:36], "-")]
			}
			r := slowSplit(text, offered)
			if long && r.whole == "" {
				r.whole = text
			}
			if long {
				r.whole += "-…" // is no beginning of an offer
			}
			r.weight = weight
			ranges = append(ranges, r)
		}
	}
	small = len(strings.Join(lines, ",")) <= 512 && members <= 32

	// By the letter: the weights of each of the longest ranges of which the tag has
	// all subtags in order, or of its own tag, are no others than 0.
	forbidden := func(o slowTag) bool {
		weights := map[string]float64{}
		length := 0
		for _, r := range ranges {
			if r.lang != o.lang || r.other {
				continue
			}
			subtags := slices.DeleteFunc(strings.Split(r.text, "-"), func(s string) bool { return s == "*" })
			if r.region == "gb" && r.whole == "" {
				subtags[len(subtags)-1] = "(?:gb|uk)"
			}
			switch {
			case strings.HasSuffix(r.whole, "…"), !slowNames(subtags).MatchString(o.text):
				continue
			case r.whole != "" && o.text != r.text && !strings.HasPrefix(o.text, r.text+"-"):
				continue
			}
			n := 2 * len(subtags)
			if o.text == r.text {
				n++
			}
			if n > length {
				length = n
				clear(weights)
			}
			if n == length {
				weights[r.text] = max(weights[r.text], r.weight)
			}
		}
		for _, weight := range weights {
			if weight == 0 {
				return true
			}
		}
		return false
	}
	excluded := func(o slowTag) bool {
		if slices.ContainsFunc(ranges, func(r slowTag) bool { return r.weight == 0 }) && forbidden(o) {
			return true
		}
		script, _ := slowInfer(o.lang, o.script, o.region)
		longest, weight := 0, 1.0
		for _, r := range ranges {
			if r.lang != o.lang || r.other || r.script != "" && r.script != script || r.region != "" && r.region != o.region {
				continue
			}
			length := 1
			if r.script != "" {
				length++
			}
			if r.region != "" {
				length++
			}
			if r.whole != "" {
				if o.text != r.whole && !strings.HasPrefix(o.text, r.whole+"-") {
					continue
				}
				length += len(r.text)
			}
			if length > longest || length == longest && r.weight > weight {
				longest, weight = length, r.weight
			}
		}
		return longest > 0 && weight == 0
	}
	slices.SortStableFunc(ranges, func(a, b slowTag) int {
		switch {
		case a.weight > b.weight:
			return -1
		case a.weight < b.weight:
			return 1
		}
		return 0
	})
	for _, r := range ranges {
		if r.weight == 0 {
			continue
		}
		var fit []slowTag
		for _, o := range offers {
			whole := len(o.lang) == 1 && o.text != r.text && !strings.HasPrefix(r.text, o.text+"-")
			if o.lang == r.lang && o.lang != "und" && !whole && !excluded(o) {
				fit = append(fit, o)
			}
		}
		if len(fit) > 0 {
			return slowBestFit(r, fit, offers).index, true, small
		}
	}
	for _, r := range ranges {
		if r.weight == 0 || star == 0 {
			continue
		}
		for _, near := range slowNear[r.lang] {
			lang, script, _ := strings.Cut(near, "-")
			for _, o := range offers {
				s, _ := slowInfer(o.lang, o.script, o.region)
				written, _, _ := strings.Cut(o.text, "-")
				if written == lang && (script == "" || script == s) && !excluded(o) {
					return o.index, true, small
				}
			}
		}
	}
	if star > 0 {
		for _, o := range offers {
			if !excluded(o) {
				return o.index, true, small
			}
		}
	}
	return 0, false, small
}

// slowBestFit is the offer that is best by the first of the rules that tells
// offers apart.
func slowBestFit(r slowTag, fit, offers []slowTag) slowTag {
	if r.script == "" {
		r.script = r.implied
	}
	script, _ := slowInfer(r.lang, r.script, r.region)
	region := r.region
	if region == "" {
		// The region that is likely for the script, where that is offered.
		_, region = slowInfer(r.lang, "", "")
		for _, o := range offers {
			if s, _ := slowInfer(o.lang, o.script, o.region); o.lang == r.lang && s == script {
				_, region = slowInfer(r.lang, script, "")
			}
		}
	}
	rank := func(o slowTag) []int {
		is := func(b bool) int {
			if b {
				return 1
			}
			return 0
		}
		oScript, oRegion := slowInfer(o.lang, o.script, o.region)
		prefix := 0
		if o.text == r.text || strings.HasPrefix(r.text, o.text+"-") {
			prefix = len(o.text)
		}
		_, home := slowInfer(o.lang, "", "")
		_, scriptHome := slowInfer(o.lang, oScript, "")
		homes := append(map[string][]string{"en": {"gb", "001"}, "es": {"419"}, "pt": {"pt"}}[o.lang], home, scriptHome)
		return []int{
			is(o.text == r.text),
			is(oScript == script),
			is(oRegion == region),
			is(oRegion == region && o.region != "" && r.region != ""),
			is(slowSide(o.lang, script, oRegion) == slowSide(o.lang, script, region)),
			prefix,
			is(slices.Contains(homes, oRegion)),
		}
	}
	best := fit[0]
	for _, o := range fit[1:] {
		if slices.Compare(rank(o), rank(best)) > 0 {
			best = o
		}
	}
	return best
}
