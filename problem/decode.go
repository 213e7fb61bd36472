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
	"strconv"
	"strings"
	"time"

	"github.com/denial-go/denial/internal/document"
)

// blank is the type of a problem that says no more than its status (RFC 9457
// §4.2.1).
const blank = "about:blank"

// Bounds of a document that is read. Denials are a few hundred bytes; these
// leave room for long extensions and keep a hostile server from filling the
// client's memory or stack.
const (
	maxDocument  = 1 << 20 // bytes, of the whole body
	maxNesting   = 64      // arrays and objects inside one another
	maxSteps     = 64      // members of "next"
	maxAlsoDepth = 4       // "also" inside "also"
	maxPart      = 16      // parts of a multipart body that are looked at
)

// ErrNotProblem is in the error of Decode when the body is something else
// than a problem document: a page from a proxy, an empty body, a cut one. The
// status of the response is then all there is to go by.
var ErrNotProblem = errors.New("not a problem document")

// Decode reads a problem document: application/problem+json, any other JSON
// type, or the first JSON part of a multipart body. contentType is the value
// of the response's Content-Type field; empty, the body is taken for JSON.
//
// As RFC 9457 §3.1 asks, a member whose value has the wrong type is ignored
// and the rest is read. Unknown members become Extensions: strings, booleans,
// []any, map[string]any and nil as in encoding/json, and numbers as float64,
// or as json.Number where a float64 would lose digits. The members code, next
// and also are read back as package render writes them.
//
// The Reason of the result carries the document's code, status (0 where it
// has none), title and type; it equals no Reason of the program. A [Set] gives
// the program's own. The status is what the document says, which may be stale:
// act on that of the response (RFC 9457 §5).
//
// The error wraps [ErrNotProblem] where the body is no problem document, and
// whatever error reading it gave. At most 1 MiB is read.
func Decode(contentType string, body io.Reader) (*Problem, error) {
	return decode(contentType, body)
}

func decode(contentType string, body io.Reader) (*Problem, error) {
	mediaType, params, err := mime.ParseMediaType(contentType)
	if err != nil && contentType != "" && mediaType == "" {
		return nil, notProblem("content type %q cannot be read", contentType)
	}
	body = &io.LimitedReader{R: body, N: maxDocument + 1}
	switch {
	case contentType == "" || isJSON(mediaType):
		return decodeBody(mediaType, body)
	case strings.HasPrefix(mediaType, "multipart/"):
		if params["boundary"] == "" {
			return nil, notProblem("content type %q has no boundary", contentType)
		}
		return decodeParts(multipart.NewReader(body, params["boundary"]))
	}
	return nil, notProblem("content type %q is neither JSON nor multipart; a proxy on the way may have answered instead", mediaType)
}

// notProblem returns an error that says what the body is instead.
func notProblem(format string, args ...any) error {
	return fmt.Errorf("problem: %w: "+format, append([]any{ErrNotProblem}, args...)...)
}

func isJSON(mediaType string) bool {
	return mediaType == "application/json" || mediaType == "text/json" ||
		strings.HasPrefix(mediaType, "application/") && strings.HasSuffix(mediaType, "+json")
}

// decodeParts reads the best JSON part: problem+json where there is one.
func decodeParts(r *multipart.Reader) (*Problem, error) {
	var fallback *Problem
	var last error
	for range maxPart {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			last = notProblem("multipart body: %v", err)
			break
		}
		mediaType, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil || !isJSON(mediaType) {
			continue
		}
		p, err := decodeBody(mediaType, part)
		switch {
		case err != nil:
			last = err
		case mediaType == "application/problem+json":
			return p, nil
		case fallback == nil:
			fallback = p
		}
	}
	if fallback != nil {
		return fallback, nil
	}
	if last != nil {
		return nil, last
	}
	return nil, notProblem("no part of the multipart body is JSON")
}

func decodeBody(mediaType string, body io.Reader) (*Problem, error) {
	b, err := io.ReadAll(body)
	if err != nil {
		return nil, fmt.Errorf("problem: reading the body: %w", err)
	}
	if len(b) > maxDocument {
		return nil, notProblem("the body is longer than %d bytes", maxDocument)
	}
	p, err := decodeDocument(b)
	if err != nil {
		return nil, err
	}
	// Any object is problem+json, but not all JSON is a problem.
	if mediaType != "application/problem+json" && p.Reason == (Reason{}) {
		return nil, notProblem("the JSON has none of the members type, title, status, detail and code")
	}
	return p, nil
}

// decodeDocument reads one JSON object. The result's Reason is the zero
// Reason where the document has none of the members that describe one.
func decodeDocument(b []byte) (*Problem, error) {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")) // RFC 8259 §8.1: a reader may ignore a byte order mark
	trimmed := bytes.TrimLeft(b, " \t\r\n")
	switch {
	case len(trimmed) == 0:
		return nil, notProblem("the body is empty")
	case trimmed[0] == '<':
		return nil, notProblem("the body looks like HTML or XML; a proxy on the way may have answered instead")
	case trimmed[0] != '{':
		return nil, notProblem("the body is not a JSON object")
	}
	if err := checkNesting(b); err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(b, &members); err != nil {
		if err := new(json.SyntaxError); errors.As(err, &err) && err.Offset >= int64(len(b)) {
			return nil, notProblem("the body is cut off after %d bytes", len(b))
		}
		return nil, notProblem("%v", err)
	}
	return fromMembers(members, 0), nil
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

func fromMembers(members map[string]json.RawMessage, depth int) *Problem {
	p := &Problem{}
	def := &definition{decoded: true}
	known := false
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
	if s, ok := decodeString(members["instance"]); ok {
		p.Instance = s
	}
	if def.typ == blank {
		def.typ = ""
	}
	if known {
		p.Reason = Reason{def}
	}
	for _, raw := range decodeArray(members["next"], maxSteps) {
		if s, ok := decodeStep(raw); ok {
			p.Next = append(p.Next, s)
		}
	}
	if depth < maxAlsoDepth {
		for _, raw := range decodeArray(members["also"], maxAlso) {
			var sub map[string]json.RawMessage
			if json.Unmarshal(raw, &sub) == nil && sub != nil {
				p.Also = append(p.Also, fromMembers(sub, depth+1))
			}
		}
	}
	for name, raw := range members {
		if document.IsMember(name) || name == "" {
			continue
		}
		if p.Extensions == nil {
			p.Extensions = make(map[string]any)
		}
		p.Extensions[name] = decodeAny(raw)
	}
	return p
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
	s.Title, _ = decodeString(members["title"])
	s.Href, _ = decodeString(members["href"])
	s.Method, _ = decodeString(members["method"])
	if text, ok := decodeString(members["expires"]); ok {
		s.Expires, _ = time.Parse(time.RFC3339, text)
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

// decodeAny decodes with numbers as float64 unless digits would be lost.
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
		if err != nil {
			return v // out of range
		}
		if i, err := strconv.ParseInt(v.String(), 10, 64); err == nil && int64(f) != i {
			return v
		}
		if digits(v.String()) > 15 && strconv.FormatFloat(f, 'f', -1, 64) != v.String() {
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

func digits(s string) (n int) {
	for i := 0; i < len(s); i++ {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}
