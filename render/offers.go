package render

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/denial-go/denial/negotiate"
)

// offers are the formats of a site, ready to be negotiated.
type offers struct {
	formats []Format
	builtin []int // which form each is, or -1
	html    int   // index of the HTML format, or -1
	json    int   // index of the problem+json format, or -1
	xml     int

	usual, page           *negotiation // without multipart, which has to be asked for by name
	usualMulti, pageMulti *negotiation

	common []common
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

// maxNamed is for how many formats the field that names it alone is known too.
// The list is gone through for each request.
const maxNamed = 8

// negotiation is one order in which formats are offered.
type negotiation struct {
	types   *negotiate.MediaTypes
	offered []string
	index   []int // of the format, for each offer
}

func newOffers(formats []Format, bad func(field, value string, err error)) (*offers, error) {
	if len(formats) == 0 {
		return nil, errors.New("it is empty; name a format, or leave it nil for all of them")
	}
	o := &offers{formats: formats, html: -1, json: -1, xml: -1}
	seen := make(map[string]int)
	for i, f := range formats {
		field := fmt.Sprintf("Formats[%d]", i)
		if f == nil {
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
		switch base, _, _ := strings.Cut(strings.ToLower(mt), ";"); strings.TrimSpace(base) {
		case "text/html":
			o.html = i
		case "application/problem+json":
			o.json = i
		case "application/problem+xml":
			o.xml = i
		}
	}
	var err error
	for _, n := range []struct {
		into             **negotiation
		htmlFirst, multi bool
	}{{&o.usual, false, false}, {&o.page, true, false}, {&o.usualMulti, false, true}, {&o.pageMulti, true, true}} {
		if *n.into, err = o.negotiation(n.htmlFirst, n.multi); err != nil {
			return nil, err
		}
	}
	for _, accept := range commonAccepts {
		o.common = append(o.common, common{accept, o.decide([]string{accept})})
	}
	for _, f := range formats[:min(len(formats), maxNamed)] {
		if name := f.MediaType(); !slices.ContainsFunc(o.common, func(c common) bool { return c.accept == name }) {
			o.common = append(o.common, common{name, o.decide([]string{name})})
		}
	}
	return o, nil
}

func (o *offers) negotiation(htmlFirst, multi bool) (*negotiation, error) {
	n := new(negotiation)
	if htmlFirst && o.html >= 0 {
		n.offer(o.formats[o.html].MediaType(), o.html)
	}
	json := false
	for i, f := range o.formats {
		if i == o.html && htmlFirst || isMultipart(f) && !multi {
			continue
		}
		n.offer(f.MediaType(), i)
		json = json || f.MediaType() == "application/json"
	}
	// A client that asks for JSON can read problem+json (RFC 9457 §3 does the
	// same). As the last offer, it never takes precedence over an exact match
	// of the same weight.
	if o.json >= 0 && !json {
		n.offer("application/json", o.json)
	}
	if len(n.index) == 0 { // nothing but multipart
		return o.negotiation(htmlFirst, true)
	}
	var err error
	n.types, err = negotiate.NewMediaTypes(n.offered...)
	return n, err
}

func (n *negotiation) offer(mediaType string, index int) {
	n.offered, n.index = append(n.offered, mediaType), append(n.index, index)
	if strings.HasPrefix(mediaType, "text/") && !strings.Contains(mediaType, ";") {
		// It is sent with this parameter, and may be asked for so.
		n.offer(mediaType+";charset=utf-8", index)
	}
}

// best returns the index of the format the field asks for, or -1.
func (n *negotiation) best(accept []string) int {
	if i := n.types.Best(accept); i >= 0 {
		return n.index[i]
	}
	return -1
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
	if len(accept) == 1 {
		for i := range o.common {
			if c := &o.common[i]; c.accept == accept[0] {
				return c.choice
			}
		}
	}
	return o.decide(accept)
}

func (o *offers) decide(accept []string) choice {
	usual, page := o.usual, o.page
	u := o.usualMulti.best(accept)
	if u >= 0 && isMultipart(o.formats[u]) {
		// It has to be named, because browsers send wildcards and show nothing
		// for multipart.
		if names(accept, "multipart", "") {
			usual, page = o.usualMulti, o.pageMulti
		}
		u = usual.best(accept)
	} else if u >= 0 {
		page = o.pageMulti // what is not the best of more is not the best of fewer
	}
	if u < 0 {
		// Nothing matches: all weights are equal.
		if u = o.lenient(accept); u < 0 {
			return choice{0, max(o.html, 0)}
		}
		return choice{u, u}
	}
	if u == o.html || o.html < 0 {
		return choice{u, u} // the best of all is no worse as the first
	}
	p := page.best(accept)
	if p == o.html && names(accept, "text", "html") && !names(accept, "", "json") {
		// Of two forms with the same weight, a text browser means the one that
		// it names, and not the one that a wildcard lets in.
		u = p
	}
	return choice{u, p}
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

// lenient returns the format for a client that named another JSON or XML type,
// such as application/vnd.api+json, or -1.
func (o *offers) lenient(accept []string) int {
	left, looks, xml := acceptBytes, maxLooks, false
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
			if refused(params) {
				continue
			}
			sub, ok := strings.CutPrefix(mt, "application/")
			switch {
			case ok && o.json >= 0 && (sub == "json" || strings.HasSuffix(sub, "+json")):
				return o.json
			case ok && sub == "xml", ok && strings.HasSuffix(sub, "+xml"), mt == "text/xml":
				xml = true
			}
		}
	}
	if xml {
		return o.xml
	}
	return -1
}

// maxLooks bounds the types that lenient reads: no client names more.
const maxLooks = 8

// refused reports whether the parameters of a range hold a weight of zero.
func refused(params string) bool {
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(p, "=")
		if strings.EqualFold(strings.TrimSpace(name), "q") {
			return strings.Trim(strings.TrimSpace(value), "0.") == ""
		}
	}
	return false
}
