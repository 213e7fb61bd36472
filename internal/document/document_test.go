package document_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/internal/document"
)

func appendJSON(t *testing.T, d document.Document) (text string, faults []error) {
	t.Helper()
	text = string(d.AppendJSON(nil, func(err error) { faults = append(faults, err) }))
	if !json.Valid([]byte(text)) {
		t.Errorf("not JSON: %s", text)
	}
	return text, faults
}

func TestAppendJSON(t *testing.T) {
	expires := time.Date(2026, 11, 21, 13, 0, 0, 9e8, time.FixedZone("", 3600))
	tests := []struct {
		name string
		in   document.Document
		want string
	}{
		{"empty members are left out", document.Document{Type: "about:blank"}, `{"type":"about:blank"}`},
		{"every member, in order", document.Document{
			Type: "/p/x", Title: "X", Status: 403, Detail: "D", Instance: "urn:1", Code: "x",
			Next: []document.Step{{
				Kind: "sign-in", Title: "Sign in", Href: "/in", Method: "GET", Actor: "user",
				Params: map[string]string{"b": "2", "a": "1"}, Expires: expires,
			}, {Kind: "wait"}},
			Also:       []document.Document{{Type: "/p/y", Code: "y"}, {Type: "/p/z"}},
			Extensions: map[string]any{"trace": "t", "limit": 5},
		}, `{"type":"/p/x","title":"X","status":403,"detail":"D","instance":"urn:1","code":"x",` +
			`"next":[{"kind":"sign-in","title":"Sign in","href":"/in","method":"GET","actor":"user","params":{"a":"1","b":"2"},"expires":"2026-11-21T12:00:00Z"},{"kind":"wait"}],` +
			`"also":[{"type":"/p/y","code":"y"},{"type":"/p/z"}],"limit":5,"trace":"t"}`},
		{"a year with five digits is left out", document.Document{
			Type: "t", Next: []document.Step{{Kind: "k", Expires: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}},
		}, `{"type":"t","next":[{"kind":"k"}]}`},
		{"names are escaped as values are", document.Document{
			Type: "t", Next: []document.Step{{Kind: "k", Params: map[string]string{`"`: "<"}}}, Extensions: map[string]any{"</script>": nil},
		}, `{"type":"t","next":[{"kind":"k","params":{"\"":"\u003c"}}],"\u003c/script\u003e":null}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, faults := appendJSON(t, tt.in)
			if faults != nil {
				t.Errorf("faults: %v", faults)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("JSON differs (-want +got):\n%s", diff)
			}
		})
	}
}

// What encoding/json makes of these is what AppendJSON makes of a Document,
// except for the extensions.
type (
	slowDocument struct {
		Type     string         `json:"type"`
		Title    string         `json:"title,omitempty"`
		Status   int            `json:"status,omitempty"`
		Detail   string         `json:"detail,omitempty"`
		Instance string         `json:"instance,omitempty"`
		Code     string         `json:"code,omitempty"`
		Next     []slowStep     `json:"next,omitempty"`
		Also     []slowDocument `json:"also,omitempty"`
	}
	slowStep struct {
		Kind    string            `json:"kind"`
		Title   string            `json:"title,omitempty"`
		Href    string            `json:"href,omitempty"`
		Method  string            `json:"method,omitempty"`
		Actor   string            `json:"actor,omitempty"`
		Params  map[string]string `json:"params,omitempty"`
		Expires time.Time         `json:"expires,omitzero"`
	}
)

func slow(d document.Document) slowDocument {
	out := slowDocument{Type: d.Type, Title: d.Title, Status: d.Status, Detail: d.Detail, Instance: d.Instance, Code: d.Code}
	for _, s := range d.Next {
		out.Next = append(out.Next, slowStep(s))
	}
	for _, a := range d.Also {
		out.Also = append(out.Also, slow(a))
	}
	return out
}

func FuzzAppendJSON(f *testing.F) {
	f.Add("", "", "", 0, int64(0))
	f.Add("about:blank", "Forbidden", "<a>&\u2028", 403, int64(1_800_000_000))
	f.Add("\xc3", "\xa9", "", 403, int64(0)) // together they are valid
	f.Fuzz(func(t *testing.T, a, b, c string, n int, when int64) {
		d := document.Document{Type: a, Title: b, Status: n, Detail: c, Instance: a, Code: b}
		step := document.Step{Kind: a, Title: b, Href: c, Method: a, Actor: b, Params: map[string]string{a: b, b: c, c: a}}
		if when > 0 && when < 253402300800 { // the years that RFC 3339 holds
			step.Expires = time.Unix(when, 0).UTC()
		}
		d.Next = []document.Step{step, {Kind: c}}
		d.Also = []document.Document{d, {Type: c}}
		want, err := json.Marshal(slow(d))
		if err != nil {
			t.Fatal(err)
		}
		got := d.AppendJSON(nil, func(err error) { t.Error(err) })
		if !utf8.ValidString(a) || !utf8.ValidString(b) || !utf8.ValidString(c) {
			return // names that become the same: encoding/json sorts them as they were
		}
		if string(got) != string(want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

type loud struct{}

func (loud) MarshalJSON() ([]byte, error) { panic("no") }

func TestExtensionsThatCannotBeSent(t *testing.T) {
	cycle := map[string]any{}
	cycle["self"] = cycle
	for name, value := range map[string]any{
		"type": 1, "title": 1, "status": 1, "detail": 1, "instance": 1, "code": 1, "next": 1, "also": 1,
		"": 1, "\xff": 1,
		"function": func() {}, "channel": make(chan int), "panics": loud{}, "raw": json.RawMessage("{"), "cycle": cycle,
	} {
		got, faults := appendJSON(t, document.Document{Type: "t", Extensions: map[string]any{name: value, "good": true}})
		if got != `{"type":"t","good":true}` {
			t.Errorf("%q: got %s", name, got)
		}
		if len(faults) != 1 {
			t.Errorf("%q: faults %v, want one", name, faults)
		}
	}
	if _, err := document.AppendExtension(nil, "x", make(chan int)); !isUnsupported(err) {
		t.Errorf("got %v, want the error of encoding/json in it", err)
	}
}

// encoding/json is the slow twin of what is written without it.
func TestAppendExtension(t *testing.T) {
	type named string
	values := []any{nil, true, false, 0, -1, math.MaxInt, math.MinInt, int8(3), 2.5, named("<a>"), []string{"<", "é"}, map[string]int{"b": 1, "a": 2}, json.RawMessage(` [1, 2] `)}
	for _, s := range texts {
		values = append(values, s)
	}
	for _, v := range values {
		want, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		got, err := document.AppendExtension([]byte("x"), "name", v)
		if s, ok := v.(string); ok && !utf8.ValidString(s) {
			got, want = oneSpelling(got), oneSpelling(want)
		}
		if err != nil || string(got) != "x"+string(want) {
			t.Errorf("%#v: %s, %v, want x%s", v, got, err, want)
		}
	}
}

func isUnsupported(err error) bool {
	_, ok := errors.AsType[*json.UnsupportedTypeError](err)
	return ok
}

// Nobody has to listen to faults.
func TestAppendJSONWithoutFault(t *testing.T) {
	d := document.Document{Type: "t", Extensions: map[string]any{"type": 1}}
	if got := string(d.AppendJSON([]byte("x"), nil)); got != `x{"type":"t"}` {
		t.Errorf("got %s", got)
	}
}

var texts = []string{
	"", "plain", `"\`, "<script>alert('1')&amp;</script>", "\x00\x01\b\t\n\v\f\r\x1f\x7f", "äöü 😀", "\u2028\u2029", "\xff", "a\xc3", "\xed\xa0\x80", "\ufffd",
}

// encoding/json is the slow twin of AppendString.
func TestAppendString(t *testing.T) {
	for i := range 0x300 {
		texts = append(texts, string(rune(i)))
	}
	for _, s := range texts {
		sameAsStandard(t, s)
	}
}

func FuzzAppendString(f *testing.F) {
	for _, s := range texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { sameAsStandard(t, s) })
}

func sameAsStandard(t *testing.T, s string) {
	t.Helper()
	want, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	got := document.AppendString(nil, s)
	if !utf8.ValidString(s) {
		got, want = oneSpelling(got), oneSpelling(want)
	}
	if string(got) != string(want) {
		t.Errorf("%q: got %s, encoding/json has %s", s, got, want)
	}
}

// oneSpelling rewrites what stands for bytes that are not UTF-8: encoding/json
// has \ufffd up to Go 1.26, and the character itself from 1.27 on.
func oneSpelling(b []byte) []byte {
	return bytes.ReplaceAll(b, []byte(`\ufffd`), []byte("\ufffd"))
}

func TestAppendStringAllocates(t *testing.T) {
	buf := make([]byte, 0, 1024)
	s := strings.Repeat("<ü\x00\xff", 20)
	if n := testing.AllocsPerRun(100, func() { document.AppendString(buf, s) }); n > 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
