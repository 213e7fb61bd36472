package problem_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/denial-go/denial/problem"
)

const (
	problemJSON = "application/problem+json"
	alternative = `multipart/alternative; boundary="b"`
)

// sameReason compares reasons, which are pointers, by what they say.
var sameReason = cmp.Transformer("reason", func(r problem.Reason) []any {
	return []any{r.Code(), r.Status(), r.Title(), r.Type()}
})

var unexported = cmpopts.IgnoreUnexported(problem.Problem{})

// A read is what Decode makes of a document; Reason is its code, status, title
// and type.
type read struct {
	Reason     []any
	Detail     string
	Instance   string
	Next       []problem.NextStep
	Also       []read
	Extensions map[string]any
}

func reading(p *problem.Problem) read {
	r := read{
		Reason: []any{p.Reason.Code(), p.Reason.Status(), p.Reason.Title(), p.Reason.Type()},
		Detail: p.Detail, Instance: p.Instance, Next: p.Next, Extensions: p.Extensions,
	}
	for _, a := range p.Also {
		r.Also = append(r.Also, reading(a))
	}
	return r
}

var noReason = []any{"", 0, "", ""}

var decodeTests = []struct {
	name, in string
	want     read
	why      string
}{
	{"empty object", `{}`, read{Reason: noReason}, "every member is optional (RFC 9457 §3.1); the status is 0, not that of the zero Reason"},
	{"every member", `{"type":"https://example.com/x","title":"X","status":403,"detail":"D","instance":"/i","code":"x"}`,
		read{Reason: []any{"x", 403, "X", "https://example.com/x"}, Detail: "D", Instance: "/i"}, ""},
	{"blank type", `{"type":"about:blank","title":"Verboten","status":403}`, read{Reason: []any{"", 403, "Verboten", ""}}, ""},
	{"null members", `{"type":null,"title":null,"status":null,"detail":null,"instance":null,"code":null,"next":null,"also":null}`, read{Reason: noReason}, ""},
	{"wrong types", `{"type":1,"title":["x"],"status":"403","detail":{},"instance":true,"code":7,"next":{"kind":"x"},"also":"x","kept":1}`,
		read{Reason: noReason, Extensions: map[string]any{"kept": 1.0}}, "each is as if absent (RFC 9457 §3.1)"},
	{"one wrong type", `{"status":"403","title":"X"}`, read{Reason: []any{"", 0, "X", ""}}, ""},
	{"status with a fraction", `{"status":403.5}`, read{Reason: noReason}, ""},
	{"status spelled oddly", `{"status":4.03e2}`, read{Reason: []any{"", 403, "", ""}}, "the same number"},
	{"status of no error", `{"status":200}`, read{Reason: []any{"", 200, "", ""}}, "what the document says"},
	{"status out of range", `{"status":999}`, read{Reason: noReason}, "100 to 599 (RFC 9457 appendix A)"},
	{"status beyond numbers", `{"status":1e999}`, read{Reason: noReason}, ""},
	{"negative status", `{"status":-403}`, read{Reason: noReason}, ""},
	{"name twice", `{"title":"a","title":"b"}`, read{Reason: []any{"", 0, "b", ""}}, "RFC 8259 §4 leaves it open; the last counts almost everywhere"},
	{"other case", `{"Title":"X"}`, read{Reason: noReason, Extensions: map[string]any{"Title": "X"}}, "names are compared byte by byte (RFC 8259 §8.3)"},
	{"byte order mark", "\ufeff{\"title\":\"X\"}", read{Reason: []any{"", 0, "X", ""}}, "a reader may ignore one (RFC 8259 §8.1)"},
	{"white space", " \t\r\n{ } \n", read{Reason: noReason}, ""},
	{"lone surrogate", `{"title":"\ud800"}`, read{Reason: []any{"", 0, "\ufffd", ""}}, ""},
	{"not UTF-8", "{\"title\":\"\xff\"}", read{Reason: []any{"", 0, "\ufffd", ""}}, ""},
	{"hostile text", `{"title":"<script>","detail":"{role} \u202e","instance":"javascript:alert(1)"}`,
		read{Reason: []any{"", 0, "<script>", ""}, Detail: "{role} \u202e", Instance: "javascript:alert(1)"}, "data stays as it is; whoever shows it escapes it"},
	{"braces", `{"type":"/x","title":"{{x}}","status":403,"detail":"{{y}}"}`, read{Reason: []any{"", 403, "{{x}}", "/x"}, Detail: "{{y}}"}, "no template, so written again as they are"},
	{"unknown members", `{"a":"s","b":true,"c":null,"d":[1,"x",{"e":2}],"":"no name"}`,
		read{Reason: noReason, Extensions: map[string]any{"a": "s", "b": true, "c": nil, "d": []any{1.0, "x", map[string]any{"e": 2.0}}}}, "one without a name could not be written again"},
	{"numbers", `{"small":5,"half":0.5,"zero":-0.0,"exact":9007199254740992,"big":9007199254740993,"max":9223372036854775807,"huge":123456789012345678901234567890,"beyond":1e999,"tiny":1e-999,"pi":3.14159265358979323846,"list":[9007199254740993]}`,
		read{Reason: noReason, Extensions: map[string]any{
			"small": 5.0, "half": 0.5, "zero": 0.0, "exact": 9007199254740992.0,
			"big": json.Number("9007199254740993"), "max": json.Number("9223372036854775807"), "huge": json.Number("123456789012345678901234567890"),
			"beyond": json.Number("1e999"), "tiny": json.Number("1e-999"), "pi": json.Number("3.14159265358979323846"),
			"list": []any{json.Number("9007199254740993")},
		}}, "no digit of an account number is lost"},
	{"steps", `{"next":[{"kind":"sign-in","title":"Sign in","href":"/in","method":"POST","actor":"user","params":{"a":"1","b":2},"expires":"2026-11-21T13:00:00.9+01:00","x":1},{"kind":"wait"}]}`,
		read{Reason: noReason, Next: []problem.NextStep{
			{Kind: "sign-in", Actor: "user", Title: "Sign in", Href: "/in", Method: "POST", Params: map[string]string{"a": "1"}, Expires: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)},
			{Kind: "wait", Actor: "client"},
		}}, "expires to the second, in UTC"},
	{"steps that are none", `{"next":[null,1,"x",[],{},{"kind":1},{"title":"no kind"},{"kind":"wait","title":1,"href":[],"method":null,"params":[],"expires":5}]}`,
		read{Reason: noReason, Next: []problem.NextStep{{Kind: "wait", Actor: "client"}}}, ""},
	{"steps that expire, by a rarer spelling", `{"next":[{"kind":"a","expires":"2026-11-21t13:00:00z"},{"kind":"a","expires":"2016-12-31T23:59:60Z"},{"kind":"a","expires":"2016-12-31T23:59:61Z"},{"kind":"a","expires":"2016-12-31T23:60:00Z"}]}`,
		read{Reason: noReason, Next: []problem.NextStep{
			{Kind: "a", Actor: "user", Expires: time.Date(2026, 11, 21, 13, 0, 0, 0, time.UTC)},
			{Kind: "a", Actor: "user", Expires: time.Date(2016, 12, 31, 23, 59, 59, 0, time.UTC)},
			{Kind: "a", Actor: "user"}, {Kind: "a", Actor: "user"},
		}}, "RFC 3339 §5.6 allows lower case and leap seconds"},
	{"who takes steps", `{"next":[{"kind":"wait","actor":"operator"},{"kind":"own","actor":"client"},{"kind":"wait","actor":"robot"},{"kind":"own","actor":1},{"kind":"own","actor":"User"}]}`,
		read{Reason: noReason, Next: []problem.NextStep{{Kind: "wait", Actor: "operator"}, {Kind: "own", Actor: "client"}, {Kind: "wait", Actor: "client"}, {Kind: "own", Actor: "user"}, {Kind: "own", Actor: "user"}}}, ""},
	{"steps that expire at no time", `{"next":[{"kind":"a","expires":"soon"},{"kind":"b","expires":"0000-01-01T00:00:00+10:00"}]}`,
		read{Reason: noReason, Next: []problem.NextStep{{Kind: "a", Actor: "user"}, {Kind: "b", Actor: "user"}}}, "the second is in the year -1 in UTC"},
	{"also", `{"title":"X","also":[{"code":"y","status":401,"x":1},null,5,{"also":[{"code":"z"}]}]}`,
		read{Reason: []any{"", 0, "X", ""}, Also: []read{
			{Reason: []any{"y", 401, "", ""}, Extensions: map[string]any{"x": 1.0}},
			{Reason: noReason, Also: []read{{Reason: []any{"z", 0, "", ""}}}},
		}}, ""},
}

func TestDecode(t *testing.T) {
	for _, tt := range decodeTests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := problem.Decode(problemJSON, strings.NewReader(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, reading(p)); diff != "" {
				t.Errorf("%s (-want +got):\n%s%s", tt.in, diff, tt.why)
			}
			if p.Reason == (problem.Reason{}) || errors.Is(p, problem.Reason{}) {
				t.Error("it is the zero Reason, which denies with 403")
			}
			roundTrip(t, p)
		})
	}
}

// roundTrip checks that p, which was decoded, is written and read again as it
// is.
func roundTrip(t *testing.T, p *problem.Problem) {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatalf("%+v: %v", p, err)
	}
	again, err := problem.Decode(problemJSON, strings.NewReader(string(b)))
	if err != nil {
		t.Fatalf("%s: %v", b, err)
	}
	if diff := cmp.Diff(reading(p), reading(again)); diff != "" {
		t.Errorf("written as %s, and read as something else (-before +after):\n%s", b, diff)
	}
}

func TestDecodeContentTypes(t *testing.T) {
	const doc = `{"title":"X"}`
	for contentType, ok := range map[string]bool{
		"": true, "application/problem+json": true, "Application/Problem+JSON; charset=UTF-8": true, "application/json": true, "text/json": true,
		"application/vnd.example.error+json": true, "application/json; charset=iso-8859-1": true, // mislabelled, and UTF-8 all the same
		"application/json; q": true, "application/json; a=1; a=2": true, // bad parameters
		"text/html": false, "text/plain": false, "application/xml": false, "application/problem+xml": false, "image/svg+json": false, "json": false, ";": false, "application/": false, "multipart/alternative": false,
	} {
		p, err := problem.Decode(contentType, strings.NewReader(doc))
		if (err == nil) != ok {
			t.Errorf("%q: %v, want ok %v", contentType, err, ok)
		}
		if err == nil && p.Reason.Title() != "X" || err != nil && (p != nil || !errors.Is(err, problem.ErrNotProblem)) {
			t.Errorf("%q: %v, %v", contentType, p, err)
		}
	}
}

// Any object is problem+json; of other JSON, something must look like one.
func TestDecodeOtherJSON(t *testing.T) {
	for in, ok := range map[string]bool{
		`{"code":"x"}`: true, `{"status":403}`: true, `{"detail":""}`: true,
		`{}`: false, `{"error":"x"}`: false, `{"status":"error"}`: false, `{"instance":"/x"}`: false, `{"next":[{"kind":"wait"}]}`: false,
	} {
		if _, err := problem.Decode("application/json", strings.NewReader(in)); (err == nil) != ok {
			t.Errorf("%s: %v, want ok %v", in, err, ok)
		}
		if _, err := problem.Decode(problemJSON, strings.NewReader(in)); err != nil {
			t.Errorf("%s as problem+json: %v", in, err)
		}
	}
}

// What Decode says where there is no document is for somebody who looks into a
// broken client: it is the help itself.
func TestDecodeRefuses(t *testing.T) {
	tests := []struct{ name, contentType, in, want string }{
		{"XML", "application/problem+xml; charset=utf-8", "<problem/>", `content type "application/problem+xml" is not read; send Accept: application/problem+json`},
		{"page", "text/html; charset=utf-8", "<html>", `content type "text/html" is neither JSON nor multipart; a proxy on the way may have answered instead`},
		{"page labelled JSON", problemJSON, "\n <!doctype html>", "the body looks like HTML or XML; a proxy on the way may have answered instead"},
		{"empty", problemJSON, "", "the body is empty"},
		{"only a byte order mark", problemJSON, "\ufeff", "the body is empty"},
		{"cut", problemJSON, `{"title":"X`, "the JSON is cut off after 11 bytes"},
		{"cut after a member", problemJSON, `{"title":"X",`, "the JSON is cut off after 13 bytes"},
		{"list", problemJSON, `[{"title":"X"}]`, `the body is no JSON object; it begins "[{\"title\":\"X\"}]"`},
		{"null", problemJSON, `null`, `the body is no JSON object; it begins "null"`},
		{"text", "", "upstream connect error or disconnect/reset before headers", `the body is no JSON object; it begins "upstream connect error or discon"`},
		{"not JSON", problemJSON, `{'title':'X'}`, `invalid character '\'' looking for beginning of object key string`},
		{"two documents", problemJSON, `{"title":"X"}{}`, "something follows the JSON object"},
		{"a brace too many", problemJSON, `{"title":"X"}}`, "something follows the JSON object"},
		{"deep", problemJSON, `{"a":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + "}", "arrays and objects are nested more than 64 deep"},
		{"long", problemJSON, `{"a":"` + strings.Repeat("x", 1<<20) + `"}`, "the body is longer than 1048576 bytes"},
		{"gzip", problemJSON, "\x1f\x8b\x08\x00", "the body looks compressed with gzip; undo its Content-Encoding first"},
		{"UTF-16", problemJSON, "{\x00}\x00", "the body looks like UTF-16 or UTF-32; JSON is sent as UTF-8 (RFC 8259 §8.1)"},
		{"UTF-16 with a byte order mark", problemJSON, "\xfe\xff\x00{\x00}", "the body looks like UTF-16 or UTF-32; JSON is sent as UTF-8 (RFC 8259 §8.1)"},
		{"Latin-1", problemJSON + "; charset=iso-8859-1", "{\"title\":\"Gr\xfc\xdfe\"}", `the body is in the charset "iso-8859-1"; JSON is sent as UTF-8 (RFC 8259 §8.1)`},
		{"other JSON", "application/json", `{"error":"x"}`, "the JSON has none of the members type, title, status, detail and code, or none of the right type"},
		{"content type", "application", "{}", `content type "application" is neither JSON nor multipart; a proxy on the way may have answered instead`},
		{"no content type", "/;", "{}", `content type "/;" cannot be read: mime: no media type`},

		{"no boundary", "multipart/alternative", "", `content type "multipart/alternative" has no boundary`},
		{"empty multipart", alternative, "", "the body is empty"},
		{"other boundary", alternative, "--c\r\n\r\n{}\r\n--c--", `the boundary "b" of the content type is nowhere in the body`},
		{"no JSON part", alternative, "--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b--", "no part of the multipart body is JSON"},
		{"no part", alternative, "--b--", "no part of the multipart body is JSON"},
		{"cut between parts", alternative, "--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b\r\nContent-Ty", "the multipart body is cut off after 52 bytes"},
		{"cut in the JSON", alternative, "--b\r\nContent-Type: application/problem+json\r\n\r\n{\"title\":", "the JSON is cut off after 9 bytes"},
		{"bad JSON part", alternative, "--b\r\nContent-Type: application/problem+json\r\n\r\n<html>\r\n--b--", "the body looks like HTML or XML; a proxy on the way may have answered instead"},
		{"many parts", alternative, strings.Repeat("--b\r\nContent-Type: text/plain\r\n\r\n\r\n", 20) + "--b\r\nContent-Type: application/problem+json\r\n\r\n{}\r\n--b--", "none of the first 16 parts of the multipart body is JSON, 3 deep"},
		{"deep parts", alternative, nest("{}", 3), "none of the first 16 parts of the multipart body is JSON, 3 deep"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := problem.Decode(tt.contentType, strings.NewReader(tt.in))
			if p != nil || !errors.Is(err, problem.ErrNotProblem) {
				t.Fatalf("got %v, %v", p, err)
			}
			if want := "problem: not a problem document: " + tt.want; err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// nest puts a problem+json part into a multipart body with the boundary b, and
// depth more between them.
func nest(doc string, depth int) string {
	contentType := problemJSON
	for ; depth >= 0; depth-- {
		b := "b" + strings.Repeat("x", depth)
		doc = fmt.Sprintf("--%s\r\nContent-Type: %s\r\n\r\n%s\r\n--%s--\r\n", b, contentType, doc, b)
		contentType = "multipart/mixed; boundary=" + b
	}
	return doc
}

func TestDecodeMultipart(t *testing.T) {
	part := func(contentType, body string) string {
		return "--b\r\nContent-Type: " + contentType + "\r\nContent-Language: en\r\n\r\n" + body + "\r\n"
	}
	page := part("text/html; charset=utf-8", "<p>No.</p>")
	doc := part(problemJSON, `{"title":"X"}`)
	tests := []struct{ name, in, why string }{
		{"JSON first", doc + page + "--b--\r\n", ""},
		{"JSON last", page + doc + "--b--", ""},
		{"between preamble and epilogue", "preamble\r\n" + page + doc + "--b--\r\nepilogue", ""},
		{"any JSON", page + part("application/json", `{"title":"X"}`) + "--b--", ""},
		{"problem+json before JSON", part("application/json", `{"title":"other"}`) + doc + "--b--", ""},
		{"JSON where problem+json is broken", part(problemJSON, "{") + part("application/json", `{"title":"X"}`) + "--b--", ""},
		{"first of two", doc + part(problemJSON, `{"title":"second"}`) + "--b--", ""},
		{"cut after the JSON", doc + page[:30], "the document is complete"},
		{"cut right after the JSON", strings.TrimSuffix(doc, "\r\n"), "the document is complete, the delimiter is not"},
		{"a header line that is none", strings.Replace(page, "\r\n", "\r\nno colon\r\n", 1) + doc + "--b--", "it spoils its own part"},
		{"a header line that is none, in a longer part", "--b\r\nno colon\r\n\r\n" + strings.Repeat("<p>\r\n\r\n", 1000) + doc + "--b--", ""},
		{"nested", nest(`{"title":"X"}`, 1), ""},
		{"nested twice", nest(`{"title":"X"}`, 2), ""},
		{"line feeds alone", strings.ReplaceAll(page+doc+"--b--", "\r\n", "\n"), "not what RFC 2046 says, and seen"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := problem.Decode(alternative, strings.NewReader(tt.in))
			if err != nil || p.Reason.Title() != "X" {
				t.Errorf("got %v, %v (%s)", p, err, tt.why)
			}
		})
	}
}

// Bad parameters of a multipart body, or of a part of it, spoil only
// themselves.
func TestDecodeMultipartBadParameters(t *testing.T) {
	body := func(contentType string) string {
		return "--b\r\nContent-Type: " + contentType + "\r\n\r\n{\"title\":\"X\"}\r\n--b--"
	}
	for _, tt := range []struct {
		name, contentType, in string
		ok                    bool
	}{
		{"another twice", "multipart/alternative; boundary=b; charset=a; charset=c", body(problemJSON), true},
		{"another twice, before it", "multipart/alternative; charset=a; charset=c; Boundary=b", body(problemJSON), true},
		{"a broken one before it", "multipart/alternative; =x; boundary=b", body(problemJSON), true},
		{"a broken one after it", `multipart/alternative; boundary="b"; x=a b`, body(problemJSON), true},
		{"one without a value", "multipart/alternative; x; boundary=b", body(problemJSON), true},
		{"a quoted semicolon", `multipart/alternative; x; y="a\"; boundary=c"; boundary=b`, body(problemJSON), true},
		{"itself twice, the same", "multipart/alternative; boundary=b; x; boundary=b", body(problemJSON), true},
		{"itself twice, another", "multipart/alternative; boundary=b; boundary=c", body(problemJSON), false},
		{"itself three times", "multipart/alternative; boundary=c; boundary=b; boundary=b", body(problemJSON), false},
		{"itself broken", `multipart/alternative; boundary="b`, body(problemJSON), false},
		{"of a part", alternative, body(problemJSON + "; charset=a; charset=c"), true},
		{"of a part in a part", alternative, "--b\r\nContent-Type: multipart/mixed; x; boundary=c\r\n\r\n" + strings.ReplaceAll(body(problemJSON), "--b", "--c") + "\r\n--b--", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := problem.Decode(tt.contentType, strings.NewReader(tt.in))
			if ok := err == nil && p.Reason.Title() == "X"; ok != tt.ok {
				t.Errorf("got %v, %v; want ok %v", p, err, tt.ok)
			}
		})
	}
}

func TestDecodeReadErrors(t *testing.T) {
	broken := errors.New("connection reset")
	_, err := problem.Decode(problemJSON, io.MultiReader(strings.NewReader(`{"title":"X"`), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || errors.Is(err, problem.ErrNotProblem) {
		t.Errorf("got %v; nobody knows what the body would have been", err)
	}
	// net/http says this where less came than Content-Length promised.
	_, err = problem.Decode(problemJSON, io.MultiReader(strings.NewReader(`{"title":"X"`), iotest.ErrReader(io.ErrUnexpectedEOF)))
	if !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(err, problem.ErrNotProblem) {
		t.Errorf("got %v", err)
	}
	p, err := problem.Decode(problemJSON, io.MultiReader(strings.NewReader(`{"title":"X"}`), iotest.ErrReader(io.ErrUnexpectedEOF)))
	if err != nil || p.Reason.Title() != "X" {
		t.Errorf("the document is complete: got %v, %v", p, err)
	}
	if _, err := problem.Decode(problemJSON, nil); !errors.Is(err, problem.ErrNotProblem) {
		t.Errorf("no body: got %v", err)
	}
	if _, err := problem.Decode(problemJSON, iotest.OneByteReader(strings.NewReader(`{"title":"X"}`))); err != nil {
		t.Errorf("byte by byte: %v", err)
	}
}

// endlessBody counts what is read of it.
type endlessBody struct{ read int }

func (e *endlessBody) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	e.read += len(b)
	return len(b), nil
}

func TestDecodeLimits(t *testing.T) {
	body := &endlessBody{}
	if _, err := problem.Decode(problemJSON, body); !errors.Is(err, problem.ErrNotProblem) {
		t.Errorf("an endless body: %v", err)
	}
	if body.read > 2<<20 {
		t.Errorf("read %d bytes of an endless body", body.read)
	}
	steps := `{"next":[` + strings.Repeat(`{"kind":"wait"},`, 99) + `{"kind":"wait"}],"also":[` + strings.Repeat(`{},`, 99) + `{}]}`
	p, err := problem.Decode(problemJSON, strings.NewReader(steps))
	if err != nil || len(p.Next) != 64 || len(p.Also) != 32 {
		t.Errorf("got %d steps and %d further requirements, %v; want 64 and 32", len(p.Next), len(p.Also), err)
	}
	tree := `{"also":[` + strings.Repeat(`{"also":[{},{},{}]},`, 20) + `{}]}`
	p, err = problem.Decode(problemJSON, strings.NewReader(tree))
	if all := 0; err != nil {
		t.Error(err)
	} else {
		for _, a := range p.Also {
			all += 1 + len(a.Also)
		}
		if all != 32 {
			t.Errorf("got %d further requirements on two levels; want 32 in all", all)
		}
	}
	p, err = problem.Decode(problemJSON, strings.NewReader(strings.Repeat(`{"also":[`, 20)+`{}`+strings.Repeat(`]}`, 20)))
	depth := 0
	for ; err == nil && len(p.Also) > 0; p = p.Also[0] {
		depth++
	}
	if err != nil || depth != 4 {
		t.Errorf("also goes %d deep, %v; want 4", depth, err)
	}
}

func TestUnmarshalJSON(t *testing.T) {
	var message struct {
		Denial  problem.Problem
		Pointer *problem.Problem
		None    *problem.Problem
		Null    problem.Problem
	}
	message.Null.Detail = "kept"
	err := json.Unmarshal([]byte(`{"Denial":{"code":"x","status":403},"Pointer":{"code":"y"},"None":null,"Null":null}`), &message)
	if err != nil {
		t.Fatal(err)
	}
	if message.Denial.Reason.Code() != "x" || message.Pointer.Reason.Code() != "y" || message.None != nil {
		t.Errorf("got %+v", message)
	}
	if message.Null.Detail != "kept" {
		t.Error("null is no document: json.Unmarshaler leaves the value alone")
	}
	if err := json.Unmarshal([]byte(`[]`), &message.Denial); !errors.Is(err, problem.ErrNotProblem) {
		t.Errorf("got %v", err)
	}
}

var fuzzDocuments = append(slices.Collect(func(yield func(string) bool) {
	for _, tt := range decodeTests {
		if !yield(tt.in) {
			return
		}
	}
}), `{"next":[{"kind":"","href":"{url}","params":{"":"{x}"}}],"detail":"{","code":"{x}"}`, `{"type":"","a":{"b":[[[]]]},"also":[{"status":500,"instance":"i"}]}`)

// Decode never panics, and what it reads it writes and reads again the same.
func FuzzDecode(f *testing.F) {
	for _, in := range fuzzDocuments {
		f.Add("", in)
	}
	f.Add("application/json; charset=latin1", "{\"a\":\"\xff\"}")
	f.Add(`multipart/alternative; x="\";"; =; boundary=b; a=b; a=c`, nest("{}", 0))
	f.Fuzz(func(t *testing.T, contentType, in string) {
		p, err := problem.Decode(contentType, strings.NewReader(in))
		checkDecoded(t, p, err)
	})
}

func FuzzDecodeMultipart(f *testing.F) {
	for _, in := range []string{
		nest(`{"title":"X"}`, 0), nest(`{"title":"X"}`, 1), nest(`{}`, 3), "--b--", "--b\r\n\r\n\r\n--b--", "--b\nContent-Type: application/json\n\n{\"code\":\"x\"}\n--b--",
		"x\r\n--b\r\nContent-Type: application/problem+json\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{=7D\r\n--b--", "--b \r\nContent-Type: text/html\r\n\r\n--b",
	} {
		f.Add("b", in)
	}
	f.Fuzz(func(t *testing.T, boundary, in string) {
		p, err := problem.Decode("multipart/alternative; boundary="+boundary, strings.NewReader(in))
		checkDecoded(t, p, err)
	})
}

func checkDecoded(t *testing.T, p *problem.Problem, err error) {
	t.Helper()
	if (p == nil) != (err != nil) {
		t.Fatalf("got %v and %v", p, err)
	}
	if err != nil {
		if !errors.Is(err, problem.ErrNotProblem) {
			t.Fatalf("no reading failed, and the error is %v", err)
		}
		return
	}
	_ = p.Error()
	_ = p.LogValue()
	roundTrip(t, p)
}

func BenchmarkDecode(b *testing.B) {
	role := problem.NeedRole("Editor", "Owner")
	role.Also = []*problem.Problem{problem.NeedScope("a", "b")}
	role.Extensions = map[string]any{"trace": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "balance": 30}
	large, err := json.Marshal(role)
	if err != nil {
		b.Fatal(err)
	}
	set, err := problem.NewSet(problem.Common()...)
	if err != nil {
		b.Fatal(err)
	}
	documents := map[string]string{
		"blank":   `{"type":"about:blank","title":"Forbidden","status":403}`,
		"large":   string(large),
		"hostile": `{"a":` + strings.Repeat("[", 1<<19),
	}
	for _, name := range slices.Sorted(maps.Keys(documents)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(documents[name])))
			for b.Loop() {
				_, _ = set.Decode(problemJSON, strings.NewReader(documents[name]))
			}
		})
	}
}
