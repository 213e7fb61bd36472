package render

import (
	"errors"
	"fmt"
	"strings"

	"github.com/denial-go/denial/internal/httpfield"
	"github.com/denial-go/denial/negotiate"
)

// offers are the formats of a site, ready to be negotiated.
type offers struct {
	formats   []Format
	builtin   []int  // which form each is, or -1
	multipart []bool // which are
	html      int    // index of the HTML format, or -1
	json      int    // index of the problem+json format, or -1
	xml       int

	types   *negotiate.MediaTypes
	index   []int // of the format, for each of types
	unasked bool  // multipart needs not be asked for by name: there is nothing else

	common   []common
	byLength [256]uint8 // which of common is as long, from 1; 0 for none
}

// common is a whole field that many clients send, and what it asks for.
type common struct {
	accept string
	choice choice
}

// commonAccepts are whole fields of browsers and of the clients that programs
// most often use, so that the answer to them is known before they ask. It is
// for speed only: choose answers any field alike.
var commonAccepts = [...]string{
	"*/*",
	"application/json",
	"application/json, text/plain, */*",
	"application/problem+json",
	"text/html",
	"multipart/alternative",
	"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
	"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
	"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
	"text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
}

func newOffers(formats []Format, bad func(field, value string, err error)) (*offers, error) {
	if len(formats) == 0 {
		return nil, errors.New("it is empty; name a format, or leave it nil for all of them")
	}
	o := &offers{formats: formats, html: -1, json: -1, xml: -1}
	seen := make(map[string]int)
	for i, f := range formats {
		field := fmt.Sprintf("Formats[%d]", i)
		if isNil(f) {
			bad(field, "nil", errors.New("want a Format"))
			return nil, nil
		}
		mt := f.MediaType()
		if _, err := negotiate.NewMediaTypes(mt); err != nil {
			bad(field, mt, err)
			return nil, nil
		}
		if first, ok := seen[strings.ToLower(mt)]; ok {
			bad(field, mt, fmt.Errorf("Formats[%d] has the same media type; remove one of them", first))
			return nil, nil
		}
		seen[strings.ToLower(mt)] = i
		o.builtin = append(o.builtin, builtin(f))
		o.multipart = append(o.multipart, strings.HasPrefix(strings.ToLower(mt), "multipart/"))
		switch base, _, _ := strings.Cut(strings.ToLower(mt), ";"); strings.TrimSpace(base) {
		case "text/html":
			o.html = i
		case "application/problem+json":
			o.json = i
		case "application/problem+xml":
			o.xml = i
		}
	}
	if err := o.compile(); err != nil {
		return nil, err
	}
	known := func(accept string) {
		if len(accept) < len(o.byLength) && o.byLength[len(accept)] == 0 { // of several as long, the first will do
			o.common = append(o.common, common{accept, o.decide([]string{accept})})
			o.byLength[len(accept)] = uint8(len(o.common))
		}
	}
	for _, accept := range commonAccepts {
		known(accept)
	}
	for _, f := range formats {
		known(f.MediaType())
	}
	return o, nil
}

const utf8Parameter = ";charset=utf-8"

// compile makes the list of media types that are offered, best first.
func (o *offers) compile() (err error) {
	var names []string
	offer := func(mediaType string, format int) {
		names, o.index = append(names, mediaType), append(o.index, format)
	}
	json := false
	o.unasked = true
	for i, f := range o.formats {
		mt := f.MediaType()
		offer(mt, i)
		if (strings.HasPrefix(mt, "text/") || i == o.json || mt == "application/json") && !strings.Contains(mt, ";") {
			// Text is sent with this parameter. JSON has none (RFC 8259 §11), but
			// clients name one all the same.
			offer(mt+utf8Parameter, i)
		}
		json = json || mt == "application/json"
		o.unasked = o.unasked && o.multipart[i]
	}
	// A client that asks for JSON can read problem+json (RFC 9457 §3 does the
	// same). As the last offer, it never takes precedence over an exact match
	// of the same weight.
	if o.json >= 0 && !json {
		offer("application/json", o.json)
		offer("application/json"+utf8Parameter, o.json)
	}
	o.types, err = negotiate.NewMediaTypes(names...)
	return err
}

// best returns the index of the format of the highest weight, and of several the
// one that is offered first; -1 where none has any. named is whether it may be
// multipart. html reports whether the weight of HTML is as high.
func (o *offers) best(weights []uint16, named bool) (format int, highest uint16, html bool) {
	format = -1
	var htmlWeight uint16
	for i, w := range weights {
		if w == 0 {
			continue
		}
		f := o.index[i]
		if f == o.html {
			htmlWeight = max(htmlWeight, w)
		}
		if w > highest && (named || !o.multipart[f]) {
			format, highest = f, w
		}
	}
	return format, highest, htmlWeight == highest
}

// A choice is what a field asks for: the index of a format, and of the one for
// a page load, where a browser shows what it gets.
type choice struct{ usual, page int }

// choose returns the index of the format for a request, and whether
// Sec-Fetch-Mode could have changed it. It always finds one: a denial is never
// a 406.
func (o *offers) choose(req *Request) (index int, fetchMode bool) {
	c := o.find(req.Header["Accept"])
	if c.usual == c.page {
		return c.usual, false
	}
	if req.pageLoad() {
		return c.page, true
	}
	return c.usual, true
}

func (o *offers) find(accept []string) choice {
	if len(accept) == 1 && len(accept[0]) < len(o.byLength) {
		if i := o.byLength[len(accept[0])]; i > 0 && o.common[i-1].accept == accept[0] {
			return o.common[i-1].choice
		}
	}
	return o.decide(accept)
}

func (o *offers) decide(accept []string) choice {
	var room [2*builtinFormats + 4]uint16 // as many as most offer
	weights := o.types.AppendWeights(room[:0], accept)
	usual, weight, html := o.best(weights, true)
	// Multipart has to be named, because browsers send wildcards and show nothing
	// for it.
	if usual >= 0 && o.multipart[usual] && !o.unasked && !names(accept, "multipart", "") {
		usual, weight, html = o.best(weights, false)
	}
	if usual < 0 || weight < httpfield.FullWeight && usual != o.json {
		// A client of a JSON type means that, whatever it takes in the last resort.
		json, xml := otherTypes(accept)
		switch {
		case json > weight && o.json >= 0:
			return choice{o.json, o.json}
		case usual < 0 && xml && o.xml >= 0:
			return choice{o.xml, o.xml}
		case usual < 0:
			// Nothing matches: all weights are equal.
			return choice{0, max(o.html, 0)}
		}
	}
	if usual == o.html || !html {
		return choice{usual, usual}
	}
	// As the first offer, HTML is the best. Of two forms with the same weight, a
	// text browser means the one that it names, and not the one that a wildcard
	// lets in.
	if names(accept, "text", "html") && !names(accept, "", "json") {
		usual = o.html
	}
	return choice{usual, o.html}
}

// names reports whether before and after stand in the field around a slash or
// a plus sign, as far as Best reads it. Empty, they match anything.
func names(accept []string, before, after string) bool {
	left := acceptBytes
	for _, line := range accept {
		line = line[:min(len(line), left)]
		left -= len(line)
		for i := len(before); i < len(line)-len(after); i++ {
			if c := line[i]; (c == '/' || c == '+') && strings.EqualFold(line[i-len(before):i], before) && strings.EqualFold(line[i+1:i+1+len(after)], after) {
				return true
			}
		}
	}
	return false
}

// acceptBytes bounds the second looks at an Accept: negotiate reads no more.
const acceptBytes = 1024

// otherTypes returns the highest weight of a JSON type that accept names, such as
// application/vnd.api+json, and whether it names an XML type. Whoever refuses the
// JSON that there is takes no other for it.
func otherTypes(accept []string) (json uint16, xml bool) {
	left, looks := acceptBytes, maxLooks
	for _, line := range accept {
		line = line[:min(len(line), left)]
		left -= len(line)
		for i := 0; i < len(line) && looks > 0; i++ {
			if line[i] != '/' && line[i] != '+' {
				continue
			}
			rest := line[i+1:]
			if len(rest) == 0 || rest[0]|0x20 != 'j' && rest[0]|0x20 != 'x' { // most fail here, without a call
				continue
			}
			if len(rest) < 3 || !strings.EqualFold(rest[:3], "xml") && (len(rest) < 4 || !strings.EqualFold(rest[:4], "json")) {
				continue
			}
			looks--
			end := strings.IndexByte(rest, ',')
			if end < 0 {
				end = len(rest)
			}
			mt, params, _ := strings.Cut(line[strings.LastIndexByte(line[:i], ',')+1:i+1+end], ";")
			mt = strings.ToLower(strings.TrimSpace(mt))
			weight, ok := weightIn(params)
			if !ok {
				continue
			}
			sub, ok := strings.CutPrefix(mt, "application/")
			switch {
			case ok && weight == 0 && (sub == "json" || sub == "problem+json"):
				return 0, xml
			case ok && (sub == "json" || strings.HasSuffix(sub, "+json")):
				json = max(json, weight)
			case ok && sub == "xml", ok && strings.HasSuffix(sub, "+xml"), mt == "text/xml":
				xml = xml || weight > 0
			}
		}
	}
	return json, xml
}

// maxLooks bounds the types that otherTypes reads: no client names more.
const maxLooks = 8

// weightIn returns the weight that the parameters of a range hold.
func weightIn(params string) (weight uint16, ok bool) {
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(p, "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			return httpfield.ParseWeight(strings.TrimSpace(value))
		}
	}
	return httpfield.FullWeight, true
}
