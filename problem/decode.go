package problem

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"mime/multipart"
	"net/textproto"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/denial-go/denial/internal/document"
)

// blank is the type of a problem that says no more than its status (RFC 9457
// §4.2.1).
const blank = "about:blank"

// Bounds of a document. Denials are a few hundred bytes; these leave room for
// long extensions and keep a hostile server from filling the client's memory
// or stack. What is written keeps to the last three as well.
const (
	maxDocument  = 1 << 20 // bytes, of the whole body
	maxNesting   = 64      // arrays and objects inside one another
	maxParts     = 16      // parts of a multipart body, also of those inside it
	maxMultipart = 3       // multipart bodies inside one another
	maxSteps     = 64      // members of "next"
	maxAlso      = 32      // members of "also"
	maxAlsoDepth = 4       // "also" inside "also"
)

// ErrNotProblem is in the error of Decode when the body is something else
// than a problem document: a page from a proxy, an empty body, a cut one. The
// status of the response is then all there is to go by.
var ErrNotProblem = errors.New("not a problem document")

// Decode reads a problem document: application/problem+json, any other JSON
// type, or the first JSON part of a multipart body, problem+json before other
// JSON. contentType is the value of the response's Content-Type field; empty,
// the body is taken for JSON.
//
// As RFC 9457 §3.1 asks, a member whose value has the wrong type is ignored
// and the rest is read. Unknown members become Extensions: strings, booleans,
// []any, map[string]any and nil as in encoding/json, and numbers as float64,
// or as json.Number where a float64 would change their digits. The members
// code, next (at most 64) and also (at most 32, four deep) are read back as
// package render writes them, expires to the second in UTC.
//
// Whatever the document says is data: nothing is cleaned, no placeholder is
// filled and no address is checked. Escape texts, and look at the scheme of an
// Href before following it. What stands in header fields, such as Retry-After
// and the challenges, is not in the document; [Set.FromResponse] reads both.
//
// The Reason of the result carries the document's code, status (0 where it
// has none), title and type ("" for about:blank); it equals no Reason of the
// program. A [Set] gives the program's own. The status is what the document
// says, which may be stale: act on that of the response (RFC 9457 §5).
//
// The error wraps [ErrNotProblem] where the body is no problem document, and
// whatever error reading it gave. At most 1 MiB is read. A document that is
// complete is returned even where what follows it is cut off.
func Decode(contentType string, body io.Reader) (*Problem, error) {
	mediaType, params, err := parseContentType(contentType)
	multi := strings.HasPrefix(mediaType, "multipart/")
	switch {
	case contentType == "" || isJSON(mediaType):
	case multi && params["boundary"] == "":
		return nil, notProblem("content type %q has no boundary", contentType)
	case multi:
	case mediaType == "":
		return nil, notProblem("content type %q cannot be read: %v", contentType, err)
	case mediaType == "application/problem+xml":
		return nil, notProblem("content type %q is not read; send Accept: %s", mediaType, problemJSON)
	default:
		return nil, notProblem("content type %q is neither JSON nor multipart; a proxy on the way may have answered instead", mediaType)
	}
	var b []byte
	var cut error
	if body != nil {
		b, cut = io.ReadAll(io.LimitReader(body, maxDocument+1))
	}
	switch {
	case cut != nil && !errors.Is(cut, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("problem: reading the body: %w", cut)
	case len(b) > maxDocument:
		return nil, notProblem("the body is longer than %d bytes", maxDocument)
	}
	var p *Problem
	if multi {
		p, err = decodeMultipart(b, params["boundary"])
	} else {
		p, err = decodeJSON(mediaType, params["charset"], b)
	}
	if err != nil && cut != nil {
		err = fmt.Errorf("%w (%w)", err, cut)
	}
	return p, err
}

// notProblem returns an error that says what the body is instead.
func notProblem(format string, args ...any) error {
	return fmt.Errorf("problem: %w: "+format, append([]any{ErrNotProblem}, args...)...)
}

// parseContentType is mime.ParseMediaType in which bad parameters, and one
// given twice with two values, spoil only themselves. The media type is "" where
// it cannot be read.
func parseContentType(s string) (mediaType string, params map[string]string, err error) {
	if mediaType, params, err = mime.ParseMediaType(s); err == nil {
		return mediaType, params, nil
	}
	bare, rest, _ := strings.Cut(s, ";")
	if mediaType, _, _ = mime.ParseMediaType(bare); mediaType == "" {
		return "", nil, err
	}
	params = make(map[string]string)
	for rest != "" {
		var param string
		param, rest = cutParameter(rest)
		_, one, _ := mime.ParseMediaType("a/b;" + param)
		for name, value := range one {
			if other, twice := params[name]; twice && other != value {
				value = "" // nobody knows which
			}
			params[name] = value
		}
	}
	return mediaType, params, nil
}

// cutParameter cuts s at the first semicolon that is not in a quoted string.
func cutParameter(s string) (param, rest string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

func isJSON(mediaType string) bool {
	return mediaType == problemJSON || mediaType == "application/json" || mediaType == "text/json" ||
		strings.HasPrefix(mediaType, "application/") && strings.HasSuffix(mediaType, "+json")
}

const problemJSON = "application/problem+json"

// multipartReader looks for the best JSON part: problem+json, or else the
// first that reads like a problem.
type multipartReader struct {
	parts  int // looked at
	other  *Problem
	fault  error // the first
	nested bool  // deeper than is looked
}

func decodeMultipart(b []byte, boundary string) (*Problem, error) {
	var r multipartReader
	p := r.read(b, boundary, 0)
	if p == nil {
		p = r.other
	}
	switch {
	case p != nil:
		return p, nil
	case r.fault != nil:
		return nil, r.fault
	case len(b) == 0:
		return nil, notProblem("the body is empty")
	case !bytes.Contains(b, []byte("--"+boundary)):
		return nil, notProblem("the boundary %q of the content type is nowhere in the body", boundary)
	case !bytes.Contains(b, []byte("--"+boundary+"--")):
		return nil, notProblem("the multipart body is cut off after %d bytes", len(b))
	case r.parts > maxParts || r.nested:
		return nil, notProblem("none of the first %d parts of the multipart body is JSON, %d deep", maxParts, maxMultipart)
	}
	return nil, notProblem("no part of the multipart body is JSON")
}

// read returns the first problem+json part.
func (r *multipartReader) read(b []byte, boundary string, depth int) *Problem {
	parts := multipart.NewReader(bytes.NewReader(b), boundary)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		_, header := errors.AsType[textproto.ProtocolError](err) // a part like others, but for its header
		if err != nil && !header {
			continue // a line of such a part
		}
		if r.parts++; r.parts > maxParts {
			return nil
		}
		if header {
			continue
		}
		mediaType, params, _ := parseContentType(part.Header.Get("Content-Type"))
		multi := strings.HasPrefix(mediaType, "multipart/") && params["boundary"] != ""
		if !multi && !isJSON(mediaType) {
			continue
		}
		// An error means that the boundary after the part is missing: what
		// there is of it tells whether it matters.
		body, _ := io.ReadAll(part)
		if multi {
			if depth+1 >= maxMultipart {
				r.nested = true
			} else if p := r.read(body, params["boundary"], depth+1); p != nil {
				return p
			}
			continue
		}
		p, err := decodeJSON(mediaType, params["charset"], body)
		switch {
		case err != nil:
			if r.fault == nil {
				r.fault = err
			}
		case mediaType == problemJSON:
			return p
		case r.other == nil:
			r.other = p
		}
	}
}

// decodeJSON reads a body of a JSON type.
func decodeJSON(mediaType, charset string, b []byte) (*Problem, error) {
	if charset != "" && !strings.EqualFold(charset, "utf-8") && !utf8.Valid(b) {
		return nil, notProblem("the body is in the charset %q; JSON is sent as UTF-8 (RFC 8259 §8.1)", charset)
	}
	p, known, err := decodeDocument(b)
	if err != nil {
		return nil, err
	}
	// Any object is problem+json, but not all JSON is a problem.
	if mediaType != problemJSON && !known {
		return nil, notProblem("the JSON has none of the members type, title, status, detail and code, or none of the right type")
	}
	return p, nil
}

// decodeDocument reads one JSON object. It reports whether the object has a
// member that makes it a problem.
func decodeDocument(b []byte) (p *Problem, known bool, err error) {
	length := len(b)
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")) // RFC 8259 §8.1: a reader may ignore a byte order mark
	b = bytes.TrimLeft(b, " \t\r\n")
	switch {
	case len(b) == 0:
		return nil, false, notProblem("the body is empty")
	case bytes.HasPrefix(b, []byte("\x1f\x8b")):
		return nil, false, notProblem("the body looks compressed with gzip; undo its Content-Encoding first")
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")), len(b) > 1 && (b[0] == 0 || b[1] == 0):
		return nil, false, notProblem("the body looks like UTF-16 or UTF-32; JSON is sent as UTF-8 (RFC 8259 §8.1)")
	case b[0] == '<':
		return nil, false, notProblem("the body looks like HTML or XML; a proxy on the way may have answered instead")
	case b[0] != '{':
		return nil, false, notProblem("the body is no JSON object; it begins %q", b[:min(len(b), 32)])
	}
	if err := checkNesting(b); err != nil {
		return nil, false, err
	}
	var members map[string]json.RawMessage
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(&members); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, false, notProblem("the JSON is cut off after %d bytes", length)
		}
		return nil, false, notProblem("%v", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, false, notProblem("something follows the JSON object")
	}
	left := maxAlso
	p, known = fromMembers(members, 0, &left)
	return p, known, nil
}

// checkNesting counts brackets outside of strings; whether the document is
// JSON at all is encoding/json's to say.
func checkNesting(b []byte) error {
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxNesting {
				return notProblem("arrays and objects are nested more than %d deep", maxNesting)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}

// fromMembers makes a Problem of the members of an object, which is inside
// depth others.
func fromMembers(members map[string]json.RawMessage, depth int, left *int) (p *Problem, known bool) {
	p = &Problem{decoded: true}
	def := &definition{decoded: true}
	p.Reason = Reason{def}
	text := func(name string, into *string) {
		if s, ok := decodeString(members[name]); ok {
			*into, known = s, true
		}
	}
	text("type", &def.typ)
	text("title", &def.title)
	text("code", &def.code)
	text("detail", &p.Detail)
	if status, ok := decodeStatus(members["status"]); ok {
		def.status, known = status, true
	}
	p.Instance, _ = decodeString(members["instance"])
	if def.typ == blank {
		def.typ = ""
	}
	for _, raw := range decodeArray(members["next"], maxSteps) {
		if s, ok := decodeStep(raw); ok {
			p.Next = append(p.Next, s)
		}
	}
	if depth < maxAlsoDepth {
		for _, raw := range decodeArray(members["also"], maxAlso) {
			var sub map[string]json.RawMessage
			if *left > 0 && json.Unmarshal(raw, &sub) == nil && sub != nil {
				*left--
				a, _ := fromMembers(sub, depth+1, left)
				p.Also = append(p.Also, a)
			}
		}
	}
	for name, raw := range members {
		if document.CheckExtension(name) != nil {
			continue // a member, or no name
		}
		if p.Extensions == nil {
			p.Extensions = make(map[string]any)
		}
		p.Extensions[name] = decodeAny(raw)
	}
	return p, known
}

// decodeString reads a JSON string and nothing else: encoding/json takes null
// for one.
func decodeString(raw json.RawMessage) (s string, ok bool) {
	if len(raw) == 0 || raw[0] != '"' || json.Unmarshal(raw, &s) != nil {
		return "", false
	}
	return s, true
}

// decodeStatus reads a whole number from 100 to 599 (RFC 9457 appendix A),
// however it is spelled: 403.0 is 403.
func decodeStatus(raw json.RawMessage) (int, bool) {
	var f float64
	if len(raw) == 0 || raw[0] == 'n' || json.Unmarshal(raw, &f) != nil || f != math.Trunc(f) || f < 100 || f > 599 {
		return 0, false
	}
	return int(f), true
}

func decodeArray(raw json.RawMessage, most int) []json.RawMessage {
	var items []json.RawMessage
	if len(raw) == 0 || raw[0] != '[' || json.Unmarshal(raw, &items) != nil {
		return nil
	}
	return items[:min(len(items), most)]
}

func decodeStep(raw json.RawMessage) (NextStep, bool) {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return NextStep{}, false
	}
	kind, ok := decodeString(members["kind"])
	if !ok {
		return NextStep{}, false
	}
	s := NextStep{Kind: StepKind(kind)}
	actor, _ := decodeString(members["actor"])
	s.Actor = Actor(actor)
	s.Actor = s.TakenBy()
	s.Title, _ = decodeString(members["title"])
	s.Href, _ = decodeString(members["href"])
	s.Method, _ = decodeString(members["method"])
	if text, ok := decodeString(members["expires"]); ok {
		s.Expires = decodeTime(text)
	}
	var params map[string]json.RawMessage
	if json.Unmarshal(members["params"], &params) == nil {
		for name, raw := range params {
			if value, ok := decodeString(raw); ok {
				if s.Params == nil {
					s.Params = make(map[string]string)
				}
				s.Params[name] = value
			}
		}
	}
	return s, true
}

// decodeTime reads an RFC 3339 time as far as it is written: to the second, in
// UTC. It returns the zero time where there is none. T and Z may be lower case,
// and a leap second is the second before it, which package time has (§5.6).
func decodeTime(s string) time.Time {
	s = strings.ToUpper(s)
	const minute = len("2006-01-02T15:04")
	if len(s) > minute {
		if zone, leap := strings.CutPrefix(s[minute:], ":60"); leap {
			s = s[:minute] + ":59" + zone
		}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	t = t.UTC().Truncate(time.Second)
	if y := t.Year(); y < 0 || y > 9999 {
		return time.Time{}
	}
	return t
}

// decodeAny decodes with numbers as float64 where they keep their digits.
func decodeAny(raw json.RawMessage) any {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return nil
	}
	return exactNumbers(v)
}

func exactNumbers(v any) any {
	switch v := v.(type) {
	case json.Number:
		f, err := v.Float64()
		if err != nil || decimal(v.String()) != decimal(strconv.FormatFloat(f, 'e', -1, 64)) {
			return v
		}
		return f
	case []any:
		for i := range v {
			v[i] = exactNumbers(v[i])
		}
	case map[string]any:
		for k := range v {
			v[k] = exactNumbers(v[k])
		}
	}
	return v
}

// A number is a JSON number as 0.digits times ten to the exponent, with
// neither a first nor a last digit 0.
type number struct {
	minus    bool
	digits   string
	exponent int
}

// decimal reads a JSON number whose exponent fits an int.
func decimal(s string) number {
	var n number
	s, n.minus = strings.CutPrefix(s, "-")
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		n.exponent, _ = strconv.Atoi(s[i+1:])
		s = s[:i]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	n.exponent += len(whole)
	digits := strings.TrimLeft(whole+fraction, "0")
	n.exponent -= len(whole) + len(fraction) - len(digits)
	n.digits = strings.TrimRight(digits, "0")
	if n.digits == "" {
		n.exponent = 0
	}
	return n
}
