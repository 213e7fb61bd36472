package render

import (
	"math/bits"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/denial-go/denial/internal/message"
	"github.com/denial-go/denial/problem"
)

// A job makes one answer of what has been prepared, and sees to it that what
// is missing is there the next time. It is small enough for the stack of
// whoever answers; most answers need no more.
type job struct {
	*filler // nil for an answer with nothing to fill in

	reason  problem.Reason
	problem *problem.Problem // nil where the error was a bare Reason

	state   *planState
	cell    *cell
	at      int // index of the cell
	form    int
	classes uint64
	present uint64
	has     hasFlags
	asked   headFlags

	fetchMode bool // Sec-Fetch-Mode had a say in the form

	body   *body
	head   *head
	length string
	cut    int // where the style sheet belongs in the content
}

// fillers are used again.
var fillers = sync.Pool{New: func() any { return new(filler) }}

// maxBuffer bounds the buffers that are kept for the next answer.
const maxBuffer = 64 << 10

// fillIn gets what values need.
func (j *job) fillIn() {
	if j.filler == nil {
		j.filler = fillers.Get().(*filler)
	}
	if c := j.cell; c != nil && j.loc != c.loc {
		j.loc, j.rtl = c.loc, c.rtl
	}
}

// done gives the filler back, without what it knows of this answer.
func (j *job) done() {
	x := j.filler
	if x == nil || cap(x.content) > maxBuffer || cap(x.line) > maxBuffer {
		return // for the next answers, a smaller one will do
	}
	for ; x.set != 0; x.set &= x.set - 1 {
		x.values[bits.TrailingZeros(x.set)].reset()
	}
	if x.lines > 0 {
		clear(x.texts[:x.lines])
	}
	if x.extensions != nil {
		x.extensions = nil
	}
	x.failed, x.lines = false, 0
	fillers.Put(x)
}

// keep makes *kept what was appended to it. The pointer is stored only where it
// is another one: see value.reset.
func keep(kept *[]byte, b []byte) {
	if cap(b) == cap(*kept) {
		*kept = (*kept)[:len(b)]
	} else {
		*kept = b
	}
}

// hold says what a value is.
func (j *job) hold(arg int) *value {
	if j.filler == nil {
		j.fillIn()
	}
	j.set |= 1 << arg
	return &j.values[arg]
}

// find looks for what is prepared for an answer to err, and reports whether
// all of it is there. The job is its result, and not the receiver: a pointer
// that is stored behind a pointer costs a write barrier.
func (s *site) find(req *Request, err error) (j job, ok bool) {
	switch e := err.(type) {
	case problem.Reason:
		j.reason = e
	case *problem.Problem:
		if e == nil {
			return j, false
		}
		j.problem = e
		if e.Cause != nil || len(e.Also) > 0 { // a Cloak may be in either
			if j.problem, ok = survey(err); !ok {
				return j, false
			}
		}
	default:
		if j.problem, ok = survey(err); !ok {
			return j, false
		}
	}
	var args map[string]any
	if p := j.problem; p != nil {
		if p.Next != nil || p.Challenges != nil || p.Decoded() || p.RetryAfter < 0 {
			return j, false
		}
		j.reason, args = p.Reason, p.Args
	}
	var st *planState
	if j.problem == nil || len(j.problem.Also) == 0 {
		st = s.planFor(j.reason)
	} else {
		st = s.planForAll(j.problem)
	}
	if st == nil {
		return j, false
	}
	j.state = st
	if !j.occurrence(s, st, req) {
		return j, false
	}

	// The language and the form, and with them the cell.
	if req.Format != nil {
		j.form = builtin(req.Format)
	} else {
		var chosen int
		chosen, j.fetchMode = s.offers.choose(req)
		j.form = s.offers.builtin[chosen]
	}
	if j.form < 0 || s.page != nil && (j.form == builtinHTML || j.form == builtinMultipart) {
		return j, false
	}
	if p := j.problem; p != nil && len(p.Extensions) > 0 {
		switch j.form {
		case builtinHTML, builtinText, builtinMarkdown: // which show none
		default:
			j.fillIn()
			j.extensions, j.inPart = p.Extensions, j.form == builtinMultipart
			j.has |= hasExtensions
		}
	}
	language := s.locales.choose(req)
	j.at = language*builtinFormats + j.form
	if !s.covers(&j, language) {
		language = s.locales.fit(req, language, func(i int) bool { return s.covers(&j, i) })
		j.at = language*builtinFormats + j.form
	}
	if j.cell = st.cells[j.at].Load(); j.cell == nil {
		j.cell = s.newCell(&j, language)
	}
	if (j.filler != nil || len(args) > 0 || j.asked&waits != 0) && !j.arguments(st, args) {
		j.cell = nil
		return j, false
	}
	j.body = j.cell.find(j.classes, j.has)
	j.head = st.head(j.present, j.asked)
	return j, j.body != nil && j.head != nil
}

// covers reports whether a language has every text of the answer, which it has
// to be asked but once.
func (s *site) covers(j *job, language int) bool {
	at := 2 * language
	if j.has&hasDetail != 0 {
		at++
	}
	known := &j.state.covered[at]
	if k := known.Load(); k != 0 {
		return k == 2
	}
	p := j.problem
	if p == nil {
		p = &problem.Problem{Reason: j.reason}
	}
	if s.locales.all[language].get().covers(p, s.sent(j.reason.Status())) {
		known.Store(2)
		return true
	}
	known.Store(1)
	return false
}

// newCell returns an empty cell for the answer in a language.
func (s *site) newCell(j *job, language int) *cell {
	loc := s.locales.all[language].get()
	return &cell{loc: loc, rtl: loc.dir == "rtl", plural: j.state.pluralBy(loc, j.reason)}
}

// survey is problem.Find. A panic in somebody's error is not ours to hide: the
// other way of answering meets it again.
func survey(err error) (p *problem.Problem, ok bool) {
	defer func() {
		if recover() != nil {
			p, ok = nil, false
		}
	}()
	return problem.Find(err)
}

// occurrence reads what is not in Args.
func (j *job) occurrence(s *site, st *planState, req *Request) bool {
	if st.returns && mayReturn(req) {
		j.fillIn()
		escaped, target, path := s.appendTarget(j.escaped[:0], req.Target)
		if keep(&j.escaped, escaped); target != "" {
			if len(st.pages) > 0 && mayLeadTo(st.pages, pagePath(target, path)) {
				return false // going there would go round in a circle
			}
			v := j.hold(argTarget)
			v.kind, v.text = kindText, target
			j.has |= hasTarget
		}
	}
	instance := req.Instance
	if p := j.problem; p != nil {
		if p.Instance != "" {
			instance = p.Instance
		}
		if p.Detail != "" {
			j.hold(argDetail).setText(p.Detail)
			j.has |= hasDetail
		}
		if p.RetryAfter > 0 {
			j.asked |= waits
		}
	}
	if instance != "" {
		j.hold(argInstance).setText(reference(instance))
		j.has |= hasInstance
	}
	if st.asks && j.reason.Status() == http.StatusUnauthorized && req.anonymous() {
		j.asked |= anonymous
	}
	if st.boxes && req.insidePage() {
		j.asked |= insidePage
	}
	return true
}

// arguments reads Args. It reports false where one is of a type that no answer
// is prepared for; most likely OnFault has to hear of it.
func (j *job) arguments(st *planState, args map[string]any) bool {
	j.fillIn()
	found := 0
	for i, name := range st.names {
		v, ok := args[name]
		if ok {
			found++
		}
		if name == problem.RetryAfterArg {
			switch {
			case j.asked&waits != 0:
				v, ok = j.problem.RetryAfter, true
			case ok && waitOf(j.problem) > 0:
				j.asked |= waits
			}
		}
		if !ok {
			continue
		}
		x := j.hold(firstArg + i)
		if s, ok := v.(string); ok && s != "" && (st.waits|st.ends)>>i&1 == 0 {
			x.setText(s) // as most are
			j.classes |= uint64(kindText) << (4 * i)
			j.present |= 1 << i
			continue
		}
		x.set(v)
		class, ok := x.class(j.loc, j.cell.plural>>i&1 != 0)
		if !ok || !st.fitsWait(i, x.kind) {
			return false
		}
		j.classes |= class << (4 * i)
		if x.kind != kindNone {
			j.present |= 1 << i
		}
	}
	if found < len(args) {
		if waitOf(j.problem) > 0 {
			j.asked |= waits
		}
		for _, v := range args {
			if v != nil && message.Plain(v) == nil {
				return false
			}
		}
	}
	return true
}

// fitsWait reports whether a step to wait has the same pieces with every value
// of the kind in the place of the i-th placeholder: see Step.Datetime. A text
// may be a time or none, and what is none must not get into an attribute.
func (st *planState) fitsWait(i int, k kind) bool {
	return (st.waits>>i&1 == 0 || k == kindNone || k == kindWait || k == kindInteger || k == kindUnsigned) &&
		(st.ends>>i&1 == 0 || k == kindNone || k == kindMoment)
}

// write writes the body and the lines of header fields, and reports whether
// every value fits in its place.
func (j *job) write() bool {
	if j.length = j.body.length; j.filler == nil && j.length != "" && !j.head.holes {
		return true
	}
	j.fillIn()
	for i := range j.head.checks {
		if !j.fits(&j.head.checks[i]) {
			j.failed = true
			return false
		}
	}
	if j.form == builtinMultipart && j.holdsBoundary() {
		j.failed = true // another one has to be found
		return false
	}
	if j.length == "" {
		b, content := j.body, j.content[:0]
		// The style sheet is sent from where it lies: nothing else is as long. So is
		// what is before it, where no value goes there.
		fixed := b.sheet.at + len(b.sheet.css)
		if b.sheet.before > 0 {
			fixed -= b.sheet.at
			content = j.fill(content, b.text[:b.sheet.at], 0, b.holes[:b.sheet.before])
		}
		j.cut = len(content)
		keep(&j.content, j.fill(content, b.text, b.sheet.at, b.holes[b.sheet.before:]))
		j.length = decimal(fixed + len(j.content))
	}
	j.lines = 0
	for i := range j.head.fields {
		for k := range j.head.fields[i].lines {
			line := &j.head.fields[i].lines[k]
			if line.text != "" {
				continue
			}
			if j.lines == len(j.texts) {
				return false
			}
			j.texts[j.lines] = j.lineText(line)
			j.lines++
		}
	}
	return !j.failed
}

// decimal returns n in decimal digits. Those that most bodies need are cut from
// one text.
func decimal(n int) string {
	if n >= 10000 {
		return strconv.Itoa(n)
	}
	skip := 0
	switch {
	case n < 10:
		skip = 3
	case n < 100:
		skip = 2
	case n < 1000:
		skip = 1
	}
	makeDecimals.Do(func() {
		digits := make([]byte, 0, 4*10000)
		for n := range 10000 {
			digits = append(digits, byte('0'+n/1000), byte('0'+n/100%10), byte('0'+n/10%10), byte('0'+n%10))
		}
		decimals = string(digits)
	})
	return decimals[4*n+skip : 4*n+4]
}

// decimals are the numbers up to 9999, of four digits each. They are made on
// first use, and not by sync.OnceValue, whose call takes longer than the rest.
var (
	decimals     string
	makeDecimals sync.Once
)

// holdsBoundary reports whether a value could end a part of a multipart body,
// by itself or together with the text beside it: see splitsBoundary.
func (j *job) holdsBoundary() bool {
	for set := j.set; set != 0; set &= set - 1 {
		v := &j.values[bits.TrailingZeros(set)]
		if v.kind == kindText && v.lacks&markBoundary == 0 && strings.Contains(v.text, boundaryTail) {
			return true
		}
		for _, s := range v.list {
			if strings.Contains(s, boundaryTail) {
				return true
			}
		}
	}
	return false
}

// Values of the Vary field, by what had a say: whether the request loads a page,
// whether a page made it, and Origin. The second includes the first.
var varies = func() (v [8]string) {
	for i := range v {
		v[i] = "Accept, Accept-Language"
		for bit, name := range [...]string{"Sec-Fetch-Mode", "Sec-Fetch-Site, X-Requested-With", "Origin"} {
			if i>>bit&1 != 0 {
				v[i] += ", " + name
			}
		}
	}
	return v
}()

// varied returns which of varies is right.
func (j *job) varied(req *Request) int {
	vary := 0
	if j.fetchMode {
		vary |= 1
	}
	if j.head.inside {
		vary |= 3
	}
	if j.head.expose != "" && field(req.Header, "Origin") != "" {
		vary |= 4
	}
	return vary
}

// header writes the header fields into h: all their values come out of one
// allocation, each cut off from the next.
func (j *job) header(h http.Header, req *Request) {
	b, hd := j.body, j.head
	vary := j.varied(req)
	n := 6 + hd.values
	if vary&4 != 0 {
		n++
	}
	if b.policy != "" {
		n++
	}
	values := make([]string, n)
	values[0], values[1], values[2] = b.contentType, j.length, b.language
	values[3], values[4], values[5] = "no-store", "nosniff", varies[vary]
	var old standing
	if len(h) > 0 {
		old = clearStale(h, values[5], b.policy)
	}
	h["Content-Type"] = values[0:1:1]
	put(h, old&standsEncoding, "Content-Length", values[1:2:2])
	h["Content-Language"] = values[2:3:3]
	put(h, old&standsCacheControl, "Cache-Control", values[3:4:4])
	h["X-Content-Type-Options"] = values[4:5:5]
	put(h, old&standsVary, "Vary", values[5:6:6])
	i, texts := 6, 0
	for k := range hd.fields {
		field := &hd.fields[k]
		start := i
		for l := range field.lines {
			text := field.lines[l].text
			if text == "" {
				text = j.texts[texts]
				texts++
			}
			values[i] = text
			i++
		}
		put(h, old&standsLines, field.key, values[start:i:i])
	}
	if vary&4 != 0 {
		values[i] = hd.expose
		put(h, old&standsLines, "Access-Control-Expose-Headers", values[i:i+1:i+1])
		i++
	}
	if b.policy != "" {
		values[i] = b.policy
		put(h, old&standsPolicy, "Content-Security-Policy", values[i:i+1:i+1])
	}
}

// put sets a field of an answer. It is small enough to be inlined, which is
// worth a fortieth of the whole answer. old are the fields of the application's
// to look at for it.
func put(h http.Header, old standing, key string, values []string) {
	if old != 0 {
		mergeField(h, key, values)
		return
	}
	h[key] = values
}

// appendFields is header for whoever wants no map, in the order of appendHeader.
func (j *job) appendFields(dst []problem.Param, req *Request) []problem.Param {
	b, hd := j.body, j.head
	vary := j.varied(req)
	dst = append(dst,
		problem.Param{Name: "Content-Type", Value: b.contentType},
		problem.Param{Name: "Content-Length", Value: j.length},
		problem.Param{Name: "Content-Language", Value: b.language},
		problem.Param{Name: "Cache-Control", Value: "no-store"},
		problem.Param{Name: "X-Content-Type-Options", Value: "nosniff"},
		problem.Param{Name: "Vary", Value: varies[vary]})
	if vary&4 != 0 {
		dst = append(dst, problem.Param{Name: "Access-Control-Expose-Headers", Value: hd.expose})
	}
	if b.policy != "" {
		dst = append(dst, problem.Param{Name: "Content-Security-Policy", Value: b.policy})
	}
	texts := 0
	for i := range hd.fields {
		for _, line := range hd.fields[i].lines {
			if line.text == "" {
				line.text = j.texts[texts]
				texts++
			}
			dst = append(dst, problem.Param{Name: hd.fields[i].key, Value: line.text})
		}
	}
	return dst
}

// lineText fills a line that has values in it.
func (j *job) lineText(line *headLine) string {
	if line.seconds {
		return strconv.FormatInt(waitOf(j.problem), 10)
	}
	j.line = j.fill(j.line[:0], line.template.text, 0, line.template.holes)
	return string(j.line)
}

// fits reports whether the values of a challenge are what its scheme wants.
func (j *job) fits(c *problem.Challenge) bool {
	for i := range c.Params {
		if p := &c.Params[i]; isMark(p.Value) && c.ValidateParam(p.Name, j.machineString(&j.values[p.Value[len(mark)]-'A'])) != nil {
			return false
		}
	}
	return true
}

// response makes the whole answer of what was found and written, in the memory
// that resp has.
func (j *job) response(resp *Response, req *Request) {
	if resp.Header != nil {
		clear(resp.Header)
	} else {
		// Of up to eight keys, a map is small and costs half as much.
		n := 6 + len(j.head.fields)
		if j.head.expose != "" {
			n++
		}
		if j.body.policy != "" {
			n++
		}
		resp.Header = make(http.Header, n)
	}
	j.header(resp.Header, req)
	resp.Status, resp.Body = j.head.status, j.appendBody(resp.Body[:0], req)
}

// appendBody appends the body, if the request is for one.
func (j *job) appendBody(dst []byte, req *Request) []byte {
	if req.Method == http.MethodHead {
		return dst
	}
	before, after := j.pieces()
	css := j.body.sheet.css
	dst = slices.Grow(dst, len(before)+len(css)+len(after))
	return append(append(append(dst, before...), css...), after...)
}

// pieces returns what is before the style sheet, if there is one, and the rest.
func (j *job) pieces() (before, after []byte) {
	switch b := j.body; {
	case b.length != "":
		return b.text[:b.sheet.at], b.text[b.sheet.at:]
	case b.sheet.before == 0:
		return b.text[:b.sheet.at], j.content
	}
	return j.content[:j.cut], j.content[j.cut:]
}

// send writes the answer to w.
func (j *job) send(w http.ResponseWriter, req *Request) {
	j.header(w.Header(), req)
	w.WriteHeader(j.head.status)
	if req.Method == http.MethodHead {
		return
	}
	before, after := j.pieces()
	if css := j.body.sheet.css; css != nil && !(whole(w, before) && whole(w, css)) {
		return
	}
	whole(w, after)
}

// whole writes a piece and reports whether all of it was: what comes after one
// that was lost would be another text. A client that has gone away is no fault.
func whole(w http.ResponseWriter, piece []byte) bool {
	n, err := w.Write(piece)
	return err == nil && n == len(piece)
}
