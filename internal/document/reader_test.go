package document_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/internal/document"
)

func TestReadJSON(t *testing.T) {
	tests := []struct {
		text string
		want any
	}{
		{`null`, nil},
		{` true `, true},
		{`false`, false},
		{`""`, ""},
		{`"a\"\\\/\b\f\n\r\t\u00e9é\ud83d\ude00"`, "a\"\\/\b\f\n\r\téé😀"},
		{`"\u0000\uFFFF"`, "\x00\uffff"},
		{"\"\x7f\ufffd\"", "\x7f\ufffd"},
		{`-0.5e+10`, document.Number("-0.5e+10")},
		{`0`, document.Number("0")},
		{`[]`, []any{}},
		{`[1,[2, "3" ] ,null]`, []any{document.Number("1"), []any{document.Number("2"), "3"}, nil}},
		{`{}`, []document.Member{}},
		{"\t{ \"b\" :\r\n1 , \"a\":{\"b\":[]},\"b\":2}\n", []document.Member{
			{"b", document.Number("1")}, {"a", []document.Member{{"b", []any{}}}}, {"b", document.Number("2")},
		}},
	}
	for _, tt := range tests {
		got, err := document.ReadJSON([]byte(tt.text))
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
		} else if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.text, diff)
		}
	}
}

// Each mistake is told, at the byte that is in fault.
func TestSyntaxErrors(t *testing.T) {
	const value = "want a value; text stands in quotation marks"
	tests := []struct {
		text   string
		offset int
		wrong  string
	}{
		{``, 0, value},
		{" \n", 0, value},
		{`nul`, 0, value},
		{`True`, 0, value},
		{`'a'`, 0, value},
		{"\ufeff1", 0, value},
		{`+1`, 0, value},
		{`.5`, 0, value},
		{`-`, 0, "it is not a number"},
		{`[1.]`, 1, "it is not a number"},
		{`[1e]`, 1, "it is not a number"},
		{`01`, 1, "there is more after the value"},
		{`1 2`, 2, "there is more after the value"},
		{`{}}`, 2, "there is more after the value"},
		{"1\x00", 1, "there is more after the value"},
		{`"a`, 2, "a string is not closed"},
		{`"a\`, 3, "a string is not closed"},
		{`"a\n`, 4, "a string is not closed"},
		{"\"a\n\"", 2, `a string holds the control character U+000A; write \u000a`},
		{"\"\\t\x1f\"", 3, `a string holds the control character U+001F; write \u001f`},
		{"[\"a\xff\"]", 1, "a string holds bytes that are no UTF-8"},
		{"[\"\\n\xed\xa0\x80\"]", 1, "a string holds bytes that are no UTF-8"},
		{`"a\x"`, 2, `there is no such escape; want \" \\ \/ \b \f \n \r \t or \u with four digits`},
		{`"\u12g4"`, 5, `\u wants four hexadecimal digits`},
		{`"\u12`, 5, `\u wants four hexadecimal digits`},
		{`"\ud800"`, 1, "an escape is half of a surrogate pair"},
		{`"a\udc00\ud800"`, 2, "an escape is half of a surrogate pair"},
		{`"\ud800\u0041"`, 1, "an escape is half of a surrogate pair"},
		{`[`, 1, "the JSON array is not closed"},
		{"[1 \n", 2, "the JSON array is not closed"},
		{`[1}`, 2, "want a comma, or the end of the JSON array"},
		{`[1,]`, 3, "want one more after the comma; remove the comma behind the last"},
		{`[,1]`, 1, value},
		{`{`, 1, "the JSON object is not closed"},
		{`{"a":1`, 6, "the JSON object is not closed"},
		{`{"a":1,`, 7, "want a member's name, in quotation marks"},
		{`{"a":1 "b":2}`, 7, "want a comma, or the end of the JSON object"},
		{`{"a":1,}`, 7, "want one more after the comma; remove the comma behind the last"},
		{`{a:1}`, 1, "want a member's name, in quotation marks"},
		{`{"a" 1}`, 5, "expected colon after object key"},
		{`{"a"`, 4, "expected colon after object key"},
		{`{"a":}`, 5, value},
		{strings.Repeat("[", 2000), 1000, "arrays and objects are nested too deep"},
		{strings.Repeat(`{"":`, 2000), 4000, "arrays and objects are nested too deep"},
	}
	for _, tt := range tests {
		got, err := document.ReadJSON([]byte(tt.text))
		if syntax, ok := errors.AsType[*document.SyntaxError](err); !ok || syntax.Offset != tt.offset || err.Error() != tt.wrong {
			t.Errorf("%.20q: got %v, %#v, want %q at %d", tt.text, got, err, tt.wrong, tt.offset)
		}
	}
}

// Object says where its members stand, and which one has the mistake.
func TestObject(t *testing.T) {
	type member struct {
		At    int
		Name  string
		Value any
	}
	for _, tt := range []struct {
		text  string
		want  []member
		wrong string
	}{
		{`{"a": "1", "b": [2]}`, []member{{1, "a", "1"}, {11, "b", []any{document.Number("2")}}}, ""},
		{`{"a": "1", "b": [2}`, []member{{1, "a", "1"}, {11, "b", []any{document.Number("2")}}}, "want a comma, or the end of the JSON array"},
		{`{"a": "1", "b" "2"}`, []member{{1, "a", "1"}, {11, "b", nil}}, "expected colon after object key"},
		{`{"a": "1", "b"}`, []member{{1, "a", "1"}, {11, "b", nil}}, "expected colon after object key"},
		{`["a"]`, nil, "want the JSON object"},
		{``, nil, "want the JSON object"},
	} {
		r := document.NewReader([]byte(tt.text))
		var got []member
		r.Object(func(at int, name string) { got = append(got, member{at, name, r.Value()}) })
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.text, diff)
		}
		if err := r.Err(); (err == nil) != (tt.wrong == "") || err != nil && err.Wrong != tt.wrong {
			t.Errorf("%s: got %v, want %q", tt.text, err, tt.wrong)
		}
		if !r.Done() && tt.wrong == "" {
			t.Errorf("%s: not done at %d", tt.text, r.Offset())
		}
	}
}

// FuzzReadJSON holds the Reader against encoding/json. That one takes halves of
// surrogate pairs, bytes that are no UTF-8, and deeper nesting.
func FuzzReadJSON(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,2.5e-3,{"b":null}],"c":"\u00e9\ud83d\ude00\n"}`, `"\ud800"`, `[true,false]`, "\"\xff\"", `{"a" 1}`, `[1,]`, `-01`, `1e`, ``, `"\`, "{}\n{}", `{"":{"":{}}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := document.ReadJSON(text)
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		var want any
		wantErr := d.Decode(&want)
		if wantErr == nil && !json.Valid(text) {
			wantErr = errors.New("more after the value")
		}
		if syntax := (*document.SyntaxError)(nil); errors.As(err, &syntax) {
			if syntax.Offset < 0 || syntax.Offset > len(text) || syntax.Wrong == "" {
				t.Fatalf("%q: %+v", text, syntax)
			}
			if wantErr == nil && utf8.Valid(text) && !strings.Contains(syntax.Wrong, "surrogate") && !strings.Contains(syntax.Wrong, "too deep") {
				t.Fatalf("%q: %v at %d, but encoding/json takes it", text, err, syntax.Offset)
			}
			return
		}
		if wantErr != nil {
			t.Fatalf("%q: taken, but encoding/json says %v", text, wantErr)
		}
		if diff := cmp.Diff(want, plain(got)); diff != "" {
			t.Fatalf("%q (-encoding/json +got):\n%s", text, diff)
		}
	})
}

// plain is a value as encoding/json has it: of members with one name the last.
func plain(v any) any {
	switch v := v.(type) {
	case document.Number:
		return json.Number(v)
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
		return v
	case []document.Member:
		m := map[string]any{}
		for _, member := range v {
			m[member.Name] = plain(member.Value)
		}
		return m
	}
	return v
}
