package render

import (
	"bytes"
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/denial-go/denial/internal/message"
	"github.com/denial-go/denial/problem"
)

// A plan holds what has been prepared of the answers for one reason, or for
// several that have to be met together: their bodies by language and form, and
// their header fields. It is filled by the first answers of each kind. How much it
// can hold follows from the Config: a client chooses among languages and forms, and
// cannot add to them.
type plan struct{ state atomic.Pointer[planState] }

// planState is what a plan knows of its reasons once it has been asked.
type planState struct {
	off   bool           // nothing can be prepared
	names []string       // of the placeholders; the number of the first is firstArg
	marks map[string]int // the numbers of the names
	waits uint           // the placeholders that say how long a step is to wait
	ends  uint           // the same, until when

	returns bool    // {return_to} stands in an address
	pages   []pages // where those addresses lead that it stands in a part of
	asks    bool    // a challenge depends on whether credentials came
	boxes   bool    // a challenge can open a password box

	covered []atomic.Uint32 // by language, and whether the occurrence has a Detail: 1 for no, 2 for yes

	cells []atomic.Pointer[cell] // by language, and in it by builtin form
	heads atomic.Pointer[[]*head]

	// tries counts, for each cell, what has failed since something succeeded, and
	// then the same of answers with Extensions: those may encode otherwise each
	// time, which is no fault of the others.
	tries []atomic.Int32
}

// The forms that are prepared: those whose way of writing we know.
const (
	builtinJSON = iota
	builtinHTML
	builtinText
	builtinMarkdown
	builtinXML
	builtinMultipart
	builtinFormats
)

// builtinList are the formats of the forms, and builtinTypes their Content-Type.
var (
	builtinList = [...]Format{
		builtinJSON: JSON, builtinHTML: HTML, builtinText: Text, builtinMarkdown: Markdown, builtinXML: XML, builtinMultipart: Multipart,
	}
	builtinTypes = func() (types [builtinFormats]string) {
		for i, f := range builtinList {
			types[i] = contentType(f.MediaType(), []byte("--"+boundary+"\r\n"))
		}
		return types
	}()
)

// builtin returns which form f is, or -1.
func builtin(f Format) int {
	switch f.(type) {
	case jsonFormat:
		return builtinJSON
	case htmlFormat:
		return builtinHTML
	case textFormat:
		return builtinText
	case markdownFormat:
		return builtinMarkdown
	case xmlFormat:
		return builtinXML
	case multipartFormat:
		return builtinMultipart
	}
	return -1
}

// A cell holds the bodies of a plan in one language and form. It never
// changes.
type cell struct {
	loc    *locale
	rtl    bool  // it reads from right to left
	plural uint  // the values by whose number a sentence chooses its words
	bodies *body // the last one first
}

// Bounds on what is kept of one plan, in one language and form: which values
// an occurrence has, and what they are made of, decides on the pieces of its
// answer. Few reasons have more than three such kinds of occurrences. What is
// beyond is answered all the same, without preparation.
const (
	maxBodies = 16
	maxHeads  = 32
	// How often, in one language and form, an answer may turn out not to be
	// prepared, one after another, before only one in so many is tried. One that
	// no value was to blame for counts for more.
	maxTries = 1024
	hopeless = 16
)

// A body is one in which only the values are missing.
type body struct {
	next        *body  // of the cell
	classes     uint64 // of the values
	has         hasFlags
	template    // without holes where length is known
	sheet       sheet
	length      string // "" where it depends on values
	contentType string
	language    string
	policy      string // Content-Security-Policy; "" for what is no page
}

// hasFlags say what an occurrence has beside its Args.
type hasFlags uint8

const (
	hasTarget hasFlags = 1 << iota
	hasInstance
	hasDetail
	hasExtensions // in a form that has a place for them
)

// A head is the header fields that all forms of an answer have in common.
type head struct {
	present uint64 // the Args that have a value
	asked   headFlags
	status  int
	fields  []headField
	values  int                 // how many the fields have together
	holes   bool                // some of them have
	checks  []problem.Challenge // that values go into, also where they are not sent: a Value is text or a mark
	expose  string
	inside  bool // whether a page made the request had a say
}

// headFlags say what the header fields of an answer depend on beside Args.
type headFlags uint8

const (
	anonymous headFlags = 1 << iota
	insidePage
	waits
)

// A headField is a field with its lines, some of which have values in them.
type headField struct {
	key   string
	lines []headLine
}

// A headLine is fixed text, or a template, or the seconds of Retry-After.
type headLine struct {
	text     string
	template template
	seconds  bool
}

// planFor returns what is prepared for a reason, or nil. A reason that the Config
// does not list has none: there is no end to those.
func (s *site) planFor(r problem.Reason) *planState { return s.stateOf(s.plans[r], r) }

// stateOf returns what there is to know of a plan, which is nil where there is
// none, or where nothing can be prepared.
func (s *site) stateOf(p *plan, reasons ...problem.Reason) *planState {
	if p == nil {
		return nil
	}
	st := p.state.Load()
	if st == nil {
		p.state.CompareAndSwap(nil, s.newPlanState(reasons))
		st = p.state.Load()
	}
	if st.off {
		return nil
	}
	return st
}

// several holds what is prepared for requirements that have to be met together.
type several struct {
	plans atomic.Pointer[map[combination]*plan]
}

// A combination is a reason and those of the further requirements. What is left
// of it is zero.
type combination [4]problem.Reason

// maxCombinations is how many are prepared: the first that come. An application
// has few in which it denies, but could have as many as there are pairs.
const maxCombinations = 32

// planForAll is planFor for a Problem with further requirements. There is none
// where one of them says more than its reason does.
func (s *site) planForAll(p *problem.Problem) *planState {
	if len(p.Args) > 0 || p.RetryAfter != 0 {
		return nil
	}
	all := combination{p.Reason}
	n := 1
	for _, a := range p.Also {
		if n == len(all) || !saysNoMore(a) {
			return nil
		}
		all[n] = a.Reason
		n++
	}
	for _, r := range all[:n] {
		if s.plans[r] == nil {
			return nil
		}
	}
	return s.stateOf(s.several.plan(all), all[:n]...)
}

// saysNoMore reports whether a further requirement is its reason and nothing
// else, which is not the zero Reason.
func saysNoMore(p *problem.Problem) bool {
	return p != nil && p.Reason != problem.Reason{} && p.Detail == "" && p.Instance == "" && p.RetryAfter == 0 && len(p.Args) == 0 &&
		p.Challenges == nil && p.Next == nil && len(p.Extensions) == 0 && len(p.Also) == 0 && !p.Decoded()
}

// plan returns the plan of a combination, or nil where there are too many.
func (c *several) plan(all combination) *plan {
	for {
		old := c.plans.Load()
		var known map[combination]*plan
		if old != nil {
			known = *old
		}
		if p := known[all]; p != nil || len(known) >= maxCombinations {
			return p
		}
		next := make(map[combination]*plan, len(known)+1)
		maps.Copy(next, known)
		next[all] = new(plan)
		c.plans.CompareAndSwap(old, &next)
	}
}

// newPlans makes a plan for each reason that the site knows.
func newPlans(reasons *problem.Set) map[problem.Reason]*plan {
	plans := make(map[problem.Reason]*plan)
	plans[problem.Reason{}] = &plan{}
	for status := 400; status <= 599; status++ {
		plans[problem.ForStatus(status)] = &plan{}
	}
	for r := range reasons.All() {
		plans[r] = &plan{}
	}
	return plans
}

// newPlanState reads what there is to know of the reasons of one answer.
func (s *site) newPlanState(reasons []problem.Reason) *planState {
	st := &planState{
		marks:   make(map[string]int),
		cells:   make([]atomic.Pointer[cell], len(s.locales.all)*builtinFormats),
		covered: make([]atomic.Uint32, 2*len(s.locales.all)),
		tries:   make([]atomic.Int32, 2*len(s.locales.all)*builtinFormats),
	}
	name := func(n string) {
		if _, ok := st.marks[n]; !ok && n != returnTo {
			st.marks[n] = firstArg + len(st.names)
			st.names = append(st.names, n)
		}
	}
	names := func(text string) {
		m, err := message.Parse(text)
		st.off = st.off || err != nil
		m.Names(func(n string) bool { name(n); return true })
	}
	whole := func(text string) {
		if n, ok := message.Whole(text); ok {
			name(n)
		}
	}
	for _, r := range reasons {
		names(r.Detail())
		for _, step := range r.Next() {
			names(step.Title)
			if label, ok := s.locales.english().find(kindKey(step.Kind)); ok && step.Title == "" {
				for n := range label.Names { // those of every language
					name(n)
				}
			}
			for param, v := range step.Params {
				whole(v)
				n, _ := message.Whole(v)
				if arg, ok := st.marks[n]; ok && step.Kind == problem.Wait { // see Step.Datetime
					switch param {
					case problem.RetryAfterArg:
						st.waits |= 1 << (arg - firstArg)
					case untilArg:
						st.ends |= 1 << (arg - firstArg)
					}
				}
			}
			for _, address := range [...]string{step.Href, s.links[step.Kind]} {
				names(address)
				m, _ := message.Parse(address)
				for n := range m.Names {
					if n == returnTo {
						st.returns = true
						if len(m.Parts) > 1 {
							st.pages = append(st.pages, pagesOf(address))
						}
					}
				}
			}
		}
		for _, c := range append(r.Challenges(), s.challenges...) {
			for _, p := range c.Params {
				whole(p.Value)
			}
			st.boxes = st.boxes || s.withheld(c)
			st.asks = st.asks || blamesCredentials(c)
			if code, _ := c.Get("error"); code != "" {
				// What is sent, and to whom, follows from the value.
				_, hole := message.Whole(code)
				st.off = st.off || hole
			}
		}
		for _, f := range r.Fields() {
			names(f.Value)
		}
	}
	if len(reasons) > 1 {
		st.off = false // no value comes that could make a difference
	} else if len(st.names) > maxArgs {
		st.off = true
	}
	return st
}

// pluralBy returns, as bits, the values by whose number a text of the reason
// chooses its words in a language.
func (st *planState) pluralBy(loc *locale, r problem.Reason) uint {
	var bits uint
	look := func(key string) {
		if t := loc.plurals[key]; t != nil {
			if n, ok := st.marks[t.plural.by]; ok {
				bits |= 1 << (n - firstArg)
			}
		}
	}
	look(titleKey(r.Code()))
	look(detailKey(r.Code()))
	for _, s := range r.Next() {
		look(kindKey(s.Kind))
		look(stepKey(r.Code(), s.Kind))
	}
	return bits
}

func (c *cell) find(classes uint64, has hasFlags) *body {
	b := c.bodies
	for b != nil && (b.classes != classes || b.has != has) {
		b = b.next
	}
	return b
}

func (c *cell) full() bool {
	n := 0
	for b := c.bodies; b != nil; b = b.next {
		n++
	}
	return n >= maxBodies
}

func (st *planState) head(present uint64, asked headFlags) *head {
	list := st.heads.Load()
	if list == nil {
		return nil
	}
	for _, h := range *list {
		if h.present == present && h.asked == asked {
			return h
		}
	}
	return nil
}

// learn prepares what the answer that a has made lacked to be made the quick
// way.
func (j *job) learn(a *answer, req *Request, resp *Response) {
	if j.state == nil || j.cell == nil || len(a.faults) > 0 || a.decided.plain {
		return
	}
	if a.decided.problem.Reason != j.reason {
		return // another answer, as that to something cloaked is, must not be kept here
	}
	at := j.at
	if j.has&hasExtensions != 0 {
		at += len(j.state.cells)
	}
	tries := &j.state.tries[at]
	if tries.Load() >= maxTries {
		// Values that do not fit, as a client may send them on purpose, make trying
		// seldom, but do not end it.
		if tries.Add(1) < 2*maxTries {
			return
		}
		tries.Store(maxTries)
	}
	if j.body == nil && j.cell.full() {
		return
	}
	j.fillIn()
	if j.form == builtinMultipart && j.holdsBoundary() || j.form == builtinMarkdown && strings.Contains(j.values[argTarget].text, ";") {
		return // what a client writes into its address must not stand in the way of others
	}
	switch {
	case j.prepare(a.site, &a.decided, req, resp):
		tries.Store(0)
		j.state.keepBody(j.at, j.cell, j.body)
		j.state.keepHead(j.head)
	case j.failed:
		tries.Add(1)
	default:
		tries.Add(hopeless)
	}
}

// prepare reports whether what it prepares makes the same answer of the same
// values.
func (j *job) prepare(s *site, d *decision, req *Request, resp *Response) bool {
	if j.body == nil {
		j.body = j.learnBody(s, d, req, j.form)
	}
	if j.head == nil {
		j.head = j.learnHead(s, d, req)
	}
	if j.body == nil || j.head == nil {
		return false
	}
	get := *req
	get.Method = http.MethodGet
	var made Response
	if !j.write() {
		return false
	}
	j.response(&made, &get)
	return sameResponse(made, resp)
}

func sameResponse(a Response, b *Response) bool {
	if a.Status != b.Status || !bytes.Equal(a.Body, b.Body) || len(a.Header) != len(b.Header) {
		return false
	}
	for name, values := range a.Header {
		if !slices.Equal(values, b.Header[name]) {
			return false
		}
	}
	return true
}

// keepBody adds b to what is kept of its cell.
func (st *planState) keepBody(at int, c *cell, b *body) {
	for {
		old := st.cells[at].Load()
		next := &cell{loc: c.loc, rtl: c.rtl, plural: c.plural}
		if old != nil {
			next.bodies = old.bodies
		}
		if next.full() || next.find(b.classes, b.has) != nil {
			return
		}
		b.next, next.bodies = next.bodies, b
		if st.cells[at].CompareAndSwap(old, next) {
			return
		}
	}
}

func (st *planState) keepHead(h *head) {
	for {
		old := st.heads.Load()
		var next []*head
		if old != nil {
			next = *old
		}
		if len(next) >= maxHeads || st.head(h.present, h.asked) != nil {
			return
		}
		next = append(slices.Clip(next), h)
		if st.heads.CompareAndSwap(old, &next) {
			return
		}
	}
}

// learnBody writes the body of a form with marks in it, and cuts it at them.
func (j *job) learnBody(s *site, d *decision, req *Request, form int) *body {
	failed := false
	b := builder{
		site: s, loc: j.cell.loc, req: req, target: j.values[argTarget].text, marks: j.state.marks,
		fault: func(error) { failed = true },
	}
	dc := *d
	v := b.view(&dc)
	if failed {
		return nil
	}
	out := &body{classes: j.classes, has: j.has, contentType: builtinTypes[form], language: v.Language}
	var segments []segment
	if form == builtinMultipart {
		segments = multipartSegments(v)
	} else {
		segments = segmentsOf(builtinList[form], form, v)
	}
	if form == builtinHTML {
		out.policy = v.contentSecurityPolicy()
		if strings.Contains(out.policy, mark) {
			return nil
		}
	}
	if failed || segments == nil || form == builtinMultipart && splitsBoundary(segments) {
		return nil
	}
	out.template, out.sheet = newTemplate(segments, v.dress().shared)
	if j.rtl {
		for i := range out.holes {
			if h := &out.holes[i]; h.form == formIsolated {
				h.stops = markNever // every value is isolated
			}
		}
	}
	if len(out.holes) == 0 {
		out.length = decimal(len(out.text) + len(out.sheet.css))
	}
	return out
}

// segmentsOf cuts what f writes of v, in which marks stand for values. Long
// texts that all pages share are not kept again.
func segmentsOf(f Format, form int, v *View) []segment {
	text, err := f.Append(nil, v)
	if err != nil {
		return nil
	}
	segments := cut(string(cutMembers(text)), escapingOf[form])
	if form == builtinMarkdown && meetsMarkdown(segments) {
		return nil
	}
	if form != builtinHTML {
		return segments
	}
	style := v.dress().shared
	before, after, found := bytes.Cut(segments[0].text, style)
	if !found {
		return segments
	}
	rest := segments[0]
	rest.text = after
	return append([]segment{{text: before, fixed: true}, {text: style, fixed: true}, rest}, segments[1:]...)
}

// meetsMarkdown reports whether a value could be markup together with what
// stands before it, though neither is any: part of what some readers make a
// link of, or another value.
func meetsMarkdown(segments []segment) bool {
	for i, s := range segments {
		if s.fixed || s.hole.form.isURL() || s.hole.form.isSeparator() {
			continue
		}
		n := len(s.text)
		if n == 0 && i > 0 && !segments[i-1].hole.form.isSeparator() || n > 0 && strings.IndexByte("w:/", s.text[n-1]) >= 0 {
			return true
		}
		if bytes.HasPrefix(segments[i+1].text, []byte("w")) {
			return true
		}
	}
	return false
}

// multipartSegments puts the parts together as the format does.
func multipartSegments(v *View) []segment {
	var out []segment
	glue := ""
	for _, form := range [...]int{builtinText, builtinHTML, builtinJSON} {
		glue += "--" + boundary + "\r\nContent-Type: " + builtinTypes[form] + "\r\nContent-Language: " + v.Language + "\r\n\r\n"
		out = append(out, segment{text: []byte(glue), fixed: true})
		out = append(out, segmentsOf(builtinList[form], form, v)...)
		glue = "\r\n"
	}
	return append(out, segment{text: []byte(glue + "--" + boundary + "--\r\n"), fixed: true})
}

// splitsBoundary reports whether a value could make a boundary together with what
// stands beside it, though the end of one is not in the value: holdsBoundary
// looks no further than that.
func splitsBoundary(segments []segment) bool {
	for i, s := range segments {
		text := string(s.text)
		if strings.Count(text, boundaryTail) != strings.Count(text, boundary) {
			return true // more than the ends of our own, each of which is in one piece
		}
		if i == 0 || segments[i-1].fixed {
			continue
		}
		before := segments[i-1]
		for n := 1; n < len(boundaryTail); n++ {
			if strings.HasSuffix(string(before.text), boundaryTail[:n]) || strings.HasPrefix(text, boundaryTail[n:]) {
				return true
			}
		}
		if text == "" && !s.fixed && !before.hole.form.isSeparator() && !s.hole.form.isSeparator() {
			return true
		}
	}
	return false
}

// escapingOf says how a value is escaped that follows the text before it, by
// form.
var escapingOf = [...]func(before string, f form) escaping{
	builtinJSON: func(string, form) escaping { return escapeJSON },
	builtinText: func(string, form) escaping { return escapeNone },
	builtinXML:  func(string, form) escaping { return escapeXML },
	builtinHTML: func(before string, _ form) escaping {
		// In the text around elements and attributes, no quote stands as it is.
		before = before[:strings.LastIndexByte(before, '"')+1]
		if strings.HasSuffix(before, `href="`) || strings.HasSuffix(before, `action="`) {
			return escapeURL
		}
		return escapeHTML
	},
	builtinMarkdown: func(before string, f form) escaping {
		switch {
		case f.isURL():
			return escapeDestination
		case strings.HasSuffix(before, "`") && !strings.HasSuffix(before, "\\`"):
			return escapeCode // an escaped one begins no code span
		}
		return escapeMarkdown
	},
}

// learnHead prepares the header fields that do not depend on the form.
func (j *job) learnHead(s *site, d *decision, req *Request) *head {
	failed := false
	b := builder{
		site: s, loc: j.cell.loc, req: req, target: j.values[argTarget].text, marks: j.state.marks,
		fault: func(error) { failed = true },
	}
	p := d.problem
	dc := decision{problem: p, status: d.status}
	var checks []problem.Challenge
	if d.status != p.Reason.Status() && !s.noHTTPAuth {
		return nil
	}
	if d.status == p.Reason.Status() {
		source := s.gather(p, s.stripper(&dc, req), func(p *problem.Problem, name string) (string, bool) { return b.machine(p, name, formMachine) })
		dc.challenges = s.arrange(&dc, req, source, func(c problem.Challenge) bool {
			if slices.ContainsFunc(c.Params, func(p problem.Param) bool { return isMark(p.Value) }) {
				checks = append(checks, c)
			}
			return true
		})
	}
	v := b.view(&dc)
	if failed {
		return nil
	}
	h := &head{present: j.present, asked: j.asked, status: d.status, inside: dc.insidePage, checks: checks}
	for _, c := range dc.challenges {
		line := headLine{text: c.String()}
		if strings.Contains(line.text, mark) {
			line = newHeadLine(line.text, func(before string, _ form) escaping {
				j.failed = j.failed || !strings.HasSuffix(before, `"`)
				return escapeQuote
			})
		}
		key := "Www-Authenticate"
		if d.status == 407 {
			key = "Proxy-Authenticate"
		}
		h.add(key, line)
	}
	if j.asked&waits != 0 {
		h.add("Retry-After", headLine{seconds: true})
	}
	var fields []problem.Param
	for _, p := range together(p) {
		others := len(fields)
		for _, f := range p.Reason.Fields() {
			if line, ok := j.learnField(f.Value); ok && !slices.Contains(fields[:others], f) {
				fields = append(fields, f)
				h.add(textproto.CanonicalMIMEHeaderKey(f.Name), line)
			}
		}
	}
	for i := range v.Next {
		if s := &v.Next[i]; s.Rel != "" && s.Href != "" && !s.returns {
			line := headLine{text: "<" + s.Href + `>; rel="` + s.Rel + `"`}
			if strings.Contains(line.text, mark) {
				line = newHeadLine(line.text, func(string, form) escaping { return escapeNone })
			}
			h.add("Link", line)
		}
	}
	present := make(map[string][]string)
	for _, f := range h.fields {
		present[f.key] = []string{}
	}
	h.expose = exposed(present)
	return h
}

// newHeadLine returns the line for a text with marks in it.
func newHeadLine(text string, escape func(before string, f form) escaping) headLine {
	t, _ := newTemplate(cut(text, escape), nil)
	return headLine{template: t}
}

// add adds a line to the field of that name. Fields are kept in the order of
// appendHeader, with no function to sort, of which each type has its own.
//
//go:noinline
func (h *head) add(key string, line headLine) {
	h.values++
	h.holes = h.holes || line.text == ""
	if i := slices.IndexFunc(h.fields, func(f headField) bool { return f.key == key }); i >= 0 {
		h.fields[i].lines = append(h.fields[i].lines, line)
		return
	}
	h.fields = append(h.fields, headField{key, []headLine{line}})
	for i := len(h.fields) - 1; i > 0 && h.fields[i].key < h.fields[i-1].key; i-- {
		h.fields[i], h.fields[i-1] = h.fields[i-1], h.fields[i]
	}
}

// learnField prepares a further header field; ok is false where it is left
// out, because a value is missing.
func (j *job) learnField(text string) (line headLine, ok bool) {
	m, err := message.Parse(text)
	if err != nil || m.Groups > 0 {
		j.failed = true
		return headLine{}, false
	}
	var b strings.Builder
	for _, part := range m.Parts {
		b.WriteString(part.Text)
		if part.Name != "" {
			n := j.state.marks[part.Name]
			if j.values[n].kind == kindNone {
				return headLine{}, false
			}
			b.WriteString(markFor(n, 0, formMachine))
		}
	}
	if text = b.String(); strings.Contains(text, mark) {
		return newHeadLine(text, func(string, form) escaping {
			if len(m.Parts) > 1 {
				return escapeField
			}
			return escapeLine
		}), true
	}
	return headLine{text: text}, true
}
