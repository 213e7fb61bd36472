package render

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/denial-go/denial/internal/cldr"
	"github.com/denial-go/denial/internal/document"
	"github.com/denial-go/denial/internal/href"
	"github.com/denial-go/denial/internal/httpfield"
	"github.com/denial-go/denial/internal/message"
)

// A prepared answer is what the formats themselves write of a View in which a
// mark stands wherever a value goes: no format is written twice. Cut at the
// marks, it is text with holes between, and each hole says which value goes
// there, in which of its forms, and how it is escaped.

// A form is how a value is written before it is escaped: one byte of a mark.
type form byte

const (
	formText      form = 'r' // as people read it
	formIsolated  form = 'i' // the same, isolated where plainText does so
	formMarkdown  form = 'm' // the same, isolated where Markdown does so
	formMachine   form = 'v' // as programs read it
	formSeconds   form = 'd' // a wait or a time for a datetime attribute
	formAddress   form = 'w' // a whole address
	formQuery     form = 'e' // percent-encoded, in the query of an address
	formPath      form = 'p' // percent-encoded, before the query
	formAddressee form = 'a' // the same, where a mailto or tel address says to whom
	formAnd       form = 's' // what stands before an item of a list
	formOr        form = 'o' // the same, of a choice
	formMembers   form = 'x' // extension members, with what is around each
)

// isURL reports whether the value is written into an address.
func (f form) isURL() bool {
	return f == formAddress || f == formQuery || f == formPath || f == formAddressee
}

// isSeparator reports whether a text of the language goes there, and no value.
func (f form) isSeparator() bool { return f == formAnd || f == formOr }

// The values that are no Args come first.
const (
	argTarget = iota // what {return_to} stands for
	argInstance
	argDetail
	argExtensions
	firstArg
)

// maxArgs is how many placeholders a reason may have for its answers to be
// prepared, and maxItems how many items a list; few have more than three.
const (
	maxArgs  = 8
	maxItems = 5
)

// mark begins every mark. Only letters and digits stand in it, which nothing
// escapes; nobody outside can know it, so no value or translation holds it.
var mark = "M" + rand.Text()

// A mark is followed by three bytes: the number of the value, that of the item
// of a list, and the form.
const markTail = 3

func markFor(arg, item int, f form) string {
	return mark + string([]byte{byte('A' + arg), byte('A' + item), byte(f)})
}

// isMark reports whether s is a mark and nothing else.
func isMark(s string) bool { return len(s) == len(mark)+markTail && strings.HasPrefix(s, mark) }

// withForm returns the mark s for another form of the same value.
func withForm(s string, f form) string { return s[:len(s)-1] + string([]byte{byte(f)}) }

// An escaping is what a place asks of the text in it.
type escaping byte

const (
	escapeNone escaping = iota
	escapeJSON
	escapeHTML
	escapeURL // an address in an attribute
	escapeXML
	escapeQuote // a quoted string of a header field
	escapeLine  // the whole of a header field
	escapeField // a header field, beside other text
	escapeMarkdown
	escapeCode        // a code span of Markdown
	escapeDestination // a link of Markdown
)

// isField reports whether the place is in a header field, where nothing is
// cleaned: what does not fit there makes the answer another one.
func (e escaping) isField() bool { return e == escapeQuote || e == escapeLine || e == escapeField }

// Marks are what a text has in it that some places ask a second look at. They
// are found in one pass over a value, so that each place it goes to needs none.
type marks uint16

const (
	markNotASCII marks = 1 << iota
	markUnclean        // what clean changes
	markJSON           // what the escaping of the place changes
	markHTML
	markXML
	markMarkdown
	markQuote
	markAddress
	markBMPEnd   // a letter of the block that ends in U+FFFF, which XML has no place for
	markEdge     // a first or last byte that is special in Markdown
	markBoundary // the first byte of boundaryTail
	markNever    // no text is known to lack it
)

// bmpEnd begins the UTF-8 of U+F000 to U+FFFF.
const bmpEnd = 0xef

// byteMarks are the marks that each byte makes.
var byteMarks = func() (all [256]marks) {
	for i := range all {
		c := byte(i)
		for _, x := range [...]struct {
			mark marks
			is   bool
		}{
			{markNotASCII, c >= utf8.RuneSelf},
			{markUnclean, c < ' ' || c >= 0x7f},
			{markJSON, strings.IndexByte(`"\<>&`, c) >= 0},
			{markHTML, strings.IndexByte(`"&'+<>`, c) >= 0},
			{markXML, strings.IndexByte("<>&", c) >= 0},
			{markMarkdown, strings.IndexByte(markdownSpecial+":/.", c) >= 0},
			{markQuote, c == '"' || c == '\\'},
			{markAddress, !href.IsUnreserved(c)},
			{markBMPEnd, c == bmpEnd},
			{markBoundary, c == boundaryTail[0]},
		} {
			if x.is {
				all[i] |= x.mark
			}
		}
	}
	return all
}()

func marksOf(s string) (m marks) {
	for i := 0; i < len(s); i++ {
		m |= byteMarks[s[i]]
	}
	if edged(s) {
		m |= markEdge
	}
	return m
}

// edged reports whether a first or last byte of s can be special in Markdown:
// at its start, a number or a sign can begin a list, and w or a colon at its end
// a link.
func edged(s string) bool {
	if s == "" {
		return true
	}
	first, last := s[0]|0x20, s[len(s)-1]
	return first < 'a' || first > 'z' || last == 'w' || last == ':'
}

// A hole is where a value goes.
type hole struct {
	at        int32 // in the text of the template; no template is that long
	arg, item uint8
	form      form
	escaping  escaping
	stops     marks // a text that lacks them stands here as it is
}

func newHole(arg, item byte, f form, e escaping) hole {
	h := hole{arg: arg, item: item, form: f, escaping: e, stops: markNever}
	switch f {
	case formQuery:
		h.stops = markAddress
	case formText, formMachine:
		h.stops = stopsOf[e]
	case formIsolated, formMarkdown:
		h.stops = stopsOf[e] | markNotASCII
	}
	return h
}

// stopsOf are the marks that a place looks at, by its escaping.
var stopsOf = [...]marks{
	escapeNone:     markUnclean,
	escapeJSON:     markUnclean | markJSON,
	escapeHTML:     markUnclean | markHTML,
	escapeURL:      markNever,
	escapeXML:      markUnclean | markXML | markBMPEnd,
	escapeQuote:    markUnclean | markQuote | markNotASCII,
	escapeLine:     markNever,
	escapeField:    markNever,
	escapeMarkdown: markUnclean | markMarkdown | markEdge,
	escapeCode:     markUnclean | markMarkdown,

	escapeDestination: markNever,
}

// A template is text with holes in it. There are many, so that it lies in one piece
// and holds no more pointers than it must.
type template struct {
	text  []byte
	holes []hole // in their order
}

// A sheet is the style sheet that all pages share, and where it belongs in a
// template.
type sheet struct {
	css    []byte // nil for none
	at     int    // in the text
	before int    // how many holes are before it
}

// newTemplate makes one template of segments. The style sheet stays outside: one
// copy is enough.
func newTemplate(segments []segment, style []byte) (t template, s sheet) {
	for _, part := range segments {
		if isSheet(part, style) {
			s = sheet{style, len(t.text), len(t.holes)}
			continue
		}
		t.text = append(t.text, part.text...)
		if !part.fixed {
			part.hole.at = int32(len(t.text))
			t.holes = append(t.holes, part.hole)
		}
	}
	t.text, t.holes = slices.Clone(t.text), slices.Clone(t.holes) // no longer than they are
	return t, s
}

// isSheet reports whether s is the style sheet itself, and no copy of it.
func isSheet(s segment, style []byte) bool {
	return len(style) > 0 && len(s.text) == len(style) && &s.text[0] == &style[0]
}

// A segment is text, and the hole after it, while a template is made.
type segment struct {
	text  []byte
	hole  hole
	fixed bool // there is no hole after it
}

// cut makes segments of text at its marks. escape says how the value is to be
// escaped that follows the text before it.
func cut(text string, escape func(before string, f form) escaping) []segment {
	var out []segment
	start := 0
	for {
		i := strings.Index(text[start:], mark)
		if i < 0 {
			return append(out, segment{text: []byte(text[start:]), fixed: true})
		}
		i += start
		tail := text[i+len(mark):]
		f := form(tail[2])
		out = append(out, segment{[]byte(text[start:i]), newHole(tail[0]-'A', tail[1]-'A', f, escape(text[:i], f)), false})
		start = i + len(mark) + markTail
	}
}

// A kind is what a value is made of.
type kind uint8

const (
	kindNone kind = iota
	kindText
	kindInteger
	kindUnsigned
	kindFloat
	kindWait
	kindMoment
	kindList
	kindOther // of a type that is not prepared for
)

// A value is one of an occurrence, without the interface around it.
type value struct {
	kind  kind
	lacks marks  // of the text; none of what is no text
	nano  int32  // of a moment
	n     int64  // the number, the bits of a float, the seconds of a moment
	text  string // as it was given
	clean string // as people read it, where that is not the same
	list  []string
}

func (x *value) setText(s string) {
	x.kind, x.text = kindText, s
	m := marksOf(s)
	if m&markUnclean != 0 {
		if isClean(s) {
			m &^= markUnclean
		} else {
			x.clean = clean(s)
		}
	}
	x.lacks = ^(m | markNever)
}

// shown returns the text as people read it.
func (x *value) shown() string {
	if x.clean != "" {
		return x.clean
	}
	return x.text
}

// reset makes x the value that is not there. Each pointer that is stored may
// cost a write barrier, so that those that are not there are left alone.
func (x *value) reset() {
	x.kind, x.lacks, x.text = kindNone, 0, ""
	if x.clean != "" {
		x.clean = ""
	}
	if x.list != nil {
		x.list = nil
	}
}

func (x *value) unsigned() uint64  { return uint64(x.n) }
func (x *value) float() float64    { return math.Float64frombits(uint64(x.n)) }
func (x *value) moment() time.Time { return time.Unix(x.n, int64(x.nano)).UTC() }

// set reads v as message.Plain does, but copies nothing.
func (x *value) set(v any) {
	switch v := v.(type) {
	case nil:
		x.kind = kindNone
	case string:
		x.setText(v)
	case int:
		x.kind, x.n = kindInteger, int64(v)
	case int64:
		x.kind, x.n = kindInteger, v
	case uint64:
		x.kind, x.n = kindUnsigned, int64(v)
	case float64:
		x.kind, x.n = kindFloat, int64(math.Float64bits(v))
		if v != v || v-v != 0 { // no number, or infinite
			x.kind = kindNone
		}
	case time.Duration:
		x.kind, x.n = kindWait, int64(v)
	case time.Time:
		x.kind, x.n, x.nano = kindMoment, v.Unix(), int32(v.Nanosecond())
		if v.IsZero() {
			x.kind = kindNone
		}
	case []string:
		switch {
		case len(v) == 0:
			x.kind = kindNone
		case slices.Contains(v, ""):
			x.kind = kindOther // it has fewer items than it seems
		case len(v) == 1:
			x.setText(v[0]) // which it reads like everywhere
		default:
			x.kind, x.list = kindList, v
		}
	default:
		if plain := message.Plain(v); plain != nil {
			x.set(plain)
			return
		}
		x.kind = kindOther
	}
	if x.kind == kindText && x.text == "" {
		*x = value{}
	}
}

// class tells apart the values for which an answer is built of other pieces,
// in four bits. It reports false for a value that no answer is prepared for.
func (x *value) class(loc *locale, plural bool) (uint64, bool) {
	category := cldr.Other
	switch x.kind {
	case kindNone, kindText:
		return uint64(x.kind), true
	case kindInteger:
		if x.n < 0 {
			return 0, false
		}
		if plural {
			category = loc.form.Plural(x.n)
		}
		return 2 + uint64(category), true
	case kindUnsigned:
		if plural {
			category = loc.form.PluralUint(x.unsigned())
		}
		return 2 + uint64(category), true
	case kindFloat:
		if x.float() < 0 {
			return 0, false
		}
		if plural {
			category = loc.form.PluralFloat(x.float())
		}
		return 2 + uint64(category), true
	case kindWait:
		return 8, true
	case kindMoment:
		y := x.moment().Year()
		return 9, y >= 0 && y <= 9999
	case kindList:
		return 9 + uint64(len(x.list)), len(x.list) <= maxItems
	}
	return 0, false
}

// filler puts values into holes. It is used again for other answers.
type filler struct {
	loc    *locale
	rtl    bool
	values [firstArg + maxArgs]value
	set    uint // which of them are set
	small  [64]byte
	failed bool // a value does not fit where it should go

	content []byte
	escaped []byte // the target, percent-encoded

	texts [16]string // of the lines of header fields that have values in them
	lines int        // how many they are
	line  []byte

	extensions map[string]any
	inPart     bool // of a multipart body
}

// fill appends the text from start on with the values in the holes that are in it.
func (x *filler) fill(dst, text []byte, start int, holes []hole) []byte {
	for i := range holes {
		h := &holes[i]
		dst = append(dst, text[start:h.at]...)
		start = int(h.at)
		v := &x.values[h.arg]
		if h.stops&^v.lacks == 0 {
			dst = append(dst, v.text...)
		} else {
			dst = x.hole(dst, *h, v)
		}
	}
	return append(dst, text[start:]...)
}

func (x *filler) hole(dst []byte, h hole, v *value) []byte {
	switch h.form {
	case formQuery:
		switch {
		case h.arg == argTarget:
			return append(dst, x.escaped...)
		case v.kind == kindText:
			return href.AppendEscaped(dst, v.text)
		case v.kind == kindList:
			for i, item := range v.list {
				if i > 0 {
					dst = append(dst, "%20"...)
				}
				dst = href.AppendEscaped(dst, item)
			}
			return dst
		}
		return href.AppendEscaped(dst, string(x.machine(v)))
	case formPath:
		s := v.text
		if v.kind != kindText {
			s = string(x.machine(v))
		}
		if !plainSegment(s) {
			x.failed = true
		}
		return append(dst, s...)
	case formAddressee:
		return x.escape(dst, h.escaping, href.EscapeAddressee(x.machineString(v)))
	case formAddress:
		if h.arg != argTarget && !href.IsPlain(v.text) {
			x.failed = true
		}
		return x.escape(dst, h.escaping, v.text)
	case formSeconds:
		switch v.kind {
		case kindInteger, kindUnsigned, kindWait, kindMoment:
		default:
			x.failed = true // no text is escaped here
		}
		return append(dst, x.machine(v)...)
	case formMembers:
		return x.members(dst, h.escaping)
	case formMachine:
		switch v.kind {
		case kindText:
			if h.escaping.isField() {
				return x.escape(dst, h.escaping, v.text)
			}
			return x.escape(dst, h.escaping, v.shown())
		case kindList:
			for i, item := range v.list {
				if i > 0 {
					dst = append(dst, ' ')
				}
				if !h.escaping.isField() {
					item = clean(item)
				}
				dst = x.escape(dst, h.escaping, item)
			}
			return dst
		}
		return x.escapeBytes(dst, h.escaping, x.machine(v))
	case formAnd, formOr:
		separator := x.loc.form.Separator(v.list, int(h.item), h.form == formOr)
		if h.escaping == escapeMarkdown { // it never begins a text, and has no marks in it
			return append(dst, separator...)
		}
		return x.escape(dst, h.escaping, separator)
	}
	switch v.kind {
	case kindText:
		switch {
		case h.stops&^v.lacks == markNotASCII:
			// It may read in another direction, and has nothing to escape.
			dst = append(dst, firstStrongIsolate...)
			dst = append(dst, v.text...)
			return append(dst, popIsolate...)
		case v.lacks&markUnclean == 0:
			text := v.shown()
			return x.isolated(dst, h, text, isASCII(text))
		}
		return x.isolated(dst, h, v.text, v.lacks&markNotASCII != 0)
	case kindList:
		item := clean(v.list[h.item])
		return x.isolated(dst, h, item, isASCII(item))
	case kindInteger:
		return x.escapeBytes(dst, h.escaping, x.loc.form.AppendNumber(x.small[:0], v.n))
	case kindUnsigned:
		return x.escapeBytes(dst, h.escaping, x.loc.form.AppendUint(x.small[:0], v.unsigned()))
	case kindFloat:
		return x.escapeBytes(dst, h.escaping, x.loc.form.AppendFloat(x.small[:0], v.float()))
	case kindWait:
		n, unit := cldr.Wait(time.Duration(v.n))
		return x.escapeBytes(dst, h.escaping, x.loc.form.AppendRelative(x.small[:0], n, unit))
	case kindMoment:
		if h.form == formIsolated && x.rtl {
			dst = append(dst, firstStrongIsolate...)
			dst = v.moment().AppendFormat(dst, momentLayout)
			return append(dst, popIsolate...)
		}
		return v.moment().AppendFormat(dst, momentLayout)
	}
	x.failed = true
	return dst
}

// isolated appends a text that is clean, and may read in another direction.
func (x *filler) isolated(dst []byte, h hole, s string, ascii bool) []byte {
	if h.form == formText || ascii && !(h.form == formIsolated && x.rtl) {
		return x.escape(dst, h.escaping, s)
	}
	dst = append(dst, firstStrongIsolate...)
	if h.form == formMarkdown {
		dst = appendMarkdownInside(dst, s)
	} else {
		dst = x.escape(dst, h.escaping, s)
	}
	return append(dst, popIsolate...)
}

// members appends the extension members.
func (x *filler) members(dst []byte, e escaping) []byte {
	fault := func(error) { x.failed = true }
	if e == escapeXML {
		w := xmlWriter{dst, fault}
		w.extensions(x.extensions)
		return w.dst
	}
	start := len(dst)
	dst = document.AppendExtensions(dst, x.extensions, fault)
	if x.inPart && bytes.Contains(dst[start:], []byte(boundary)) {
		x.failed = true // another one has to be found
	}
	return dst
}

// membersMark is the extension member that stands for all of an occurrence, and
// cutMembers puts a mark in its place: what is around a member belongs to it.
var membersMark = markFor(argExtensions, 0, formMembers)

func cutMembers(text []byte) []byte {
	text = bytes.Replace(text, []byte(`,"`+membersMark+`":0`), []byte(membersMark), 1)
	return bytes.Replace(text, []byte("<"+membersMark+">0</"+membersMark+">"), []byte(membersMark), 1)
}

// machine returns the machine form of what is neither text nor a list.
func (x *filler) machine(v *value) []byte {
	switch v.kind {
	case kindInteger:
		return strconv.AppendInt(x.small[:0], v.n, 10)
	case kindUnsigned:
		return strconv.AppendUint(x.small[:0], v.unsigned(), 10)
	case kindFloat:
		return strconv.AppendFloat(x.small[:0], v.float(), 'f', -1, 64)
	case kindWait:
		return strconv.AppendInt(x.small[:0], message.Seconds(time.Duration(v.n)), 10)
	case kindMoment:
		return v.moment().AppendFormat(x.small[:0], time.RFC3339)
	case kindList:
		return []byte(strings.Join(v.list, " "))
	}
	return append(x.small[:0], v.text...)
}

// machineString is machine for what is kept.
func (x *filler) machineString(v *value) string {
	if v.kind == kindText {
		return v.text
	}
	if v.kind == kindList && len(v.list) == 1 {
		return v.list[0]
	}
	return string(x.machine(v))
}

func (x *filler) escapeBytes(dst []byte, e escaping, b []byte) []byte {
	if e == escapeNone {
		return append(dst, b...)
	}
	return x.escape(dst, e, string(b))
}

func (x *filler) escape(dst []byte, e escaping, s string) []byte {
	switch e {
	case escapeJSON:
		return inJSON.append(dst, s)
	case escapeHTML:
		return inHTML.append(dst, s)
	case escapeURL:
		return appendHTML(dst, normalizeURL(s))
	case escapeXML:
		if strings.IndexByte(s, bmpEnd) >= 0 {
			return appendXML(dst, s)
		}
		return inXML.append(dst, s)
	case escapeMarkdown:
		// What could become a mark of Markdown with what stands beside it needs a
		// look at that. Most begin and end with a letter.
		if edged(s) && (startsBlock(s) || strings.Trim(s, "0123456789") == "" || strings.IndexByte(" /.:)", s[0]) >= 0 || strings.HasSuffix(s, ":") || strings.HasSuffix(s, "www")) {
			x.failed = true
		}
		return appendMarkdownInside(dst, s)
	case escapeDestination:
		if strings.Contains(s, ";") {
			x.failed = true // with an ampersand before it, it may be an entity
		}
	case escapeCode:
		if strings.Contains(s, "`") {
			x.failed = true
		}
	case escapeField:
		if !httpfield.IsVisibleASCII(s) || strings.ContainsAny(s, ` "<>\`) {
			x.failed = true
		}
	case escapeQuote:
		for i := 0; i < len(s); i++ {
			if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
				x.failed = true
			}
		}
	case escapeLine:
		if !httpfield.IsVisibleASCII(s) || s == "" || s[0] == ' ' || s[len(s)-1] == ' ' {
			x.failed = true
		}
	}
	return append(dst, s...)
}

// byteEscapes are what stands for each byte in a place, in 8 bytes of which
// size count: a text is escaped with a store for each byte, and no branch.
type byteEscapes struct {
	text [256]uint64
	size [256]uint8
}

// Here a text is clean, so that what encoding/json escapes for the sake of
// more than one byte is not in it.
var (
	inJSON = escapesOf(document.AppendEscaped)
	inHTML = escapesOf(appendHTML)
	inXML  = escapesOf(appendXML)
)

func escapesOf(escape func([]byte, string) []byte) *byteEscapes {
	e := new(byteEscapes)
	for i := range e.text {
		text := []byte{byte(i)} // of a letter of more than one byte
		if i < utf8.RuneSelf {
			text = escape(nil, string(text))
		}
		var room [8]byte
		e.size[i] = uint8(copy(room[:], text))
		e.text[i] = binary.LittleEndian.Uint64(room[:])
	}
	return e
}

func (e *byteEscapes) append(dst []byte, s string) []byte {
	const most = 6 // bytes for one: \u003c
	for len(s) > 0 {
		part := s[:min(len(s), 128)]
		s = s[len(part):]
		n := len(dst)
		dst = slices.Grow(dst, most*len(part)+8)
		dst = dst[:cap(dst)]
		for i := 0; i < len(part); i++ {
			c := part[i]
			binary.LittleEndian.PutUint64(dst[n:], e.text[c])
			n += int(e.size[c])
		}
		dst = dst[:n]
	}
	return dst
}

// plainSegment reports whether s can be put into the path of any address and
// change nothing but its text: no dot, which two of would lead elsewhere.
func plainSegment(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return s != ""
}
