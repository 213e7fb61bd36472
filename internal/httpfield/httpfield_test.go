package httpfield_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/internal/httpfield"
)

// TestTokenByte spells out the alphabet of a token (RFC 9110 §5.6.2), byte by byte.
func TestTokenByte(t *testing.T) {
	const signs = "!#$%&'*+-.^_`|~"
	for i := range 256 {
		c := byte(i)
		want := c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c < 0x80 && strings.IndexByte(signs, c) >= 0
		if got := httpfield.IsTokenByte(c); got != want {
			t.Errorf("IsTokenByte(%q) = %t, want %t", c, got, want)
		}
		if got := httpfield.IsToken(string([]byte{c})); got != want {
			t.Errorf("IsToken(%q) = %t, want %t", c, got, want)
		}
	}
}

func TestTokens(t *testing.T) {
	for _, test := range []struct {
		s              string
		token, token68 bool
		why            string
	}{
		{"", false, false, "one byte at least"},
		{"Bearer", true, true, "letters are both"},
		{"a b", false, false, "a space is neither"},
		{"a\x00", false, false, "nor is a control character"},
		{"größe", false, false, "nor a letter beyond ASCII"},
		{"a=", false, true, "RFC 9110 §11.2: = at the end"},
		{"a==", false, true, "more of them"},
		{"a=b", false, false, "but not in the middle"},
		{"a=b=", false, false, "not even when there is one at the end"},
		{"=", false, false, "nor alone"},
		{"==a", false, false, "nor first"},
		{"-._~+/", false, true, "the signs of token68, of which / is no sign of a token"},
		{"-._~+", true, true, "the others are"},
		{"!#$%&'*^`|", true, false, "the signs of a token that token68 lacks"},
	} {
		if got := httpfield.IsToken(test.s); got != test.token {
			t.Errorf("IsToken(%q) = %t: %s", test.s, got, test.why)
		}
		if got := httpfield.IsToken68(test.s); got != test.token68 {
			t.Errorf("IsToken68(%q) = %t: %s", test.s, got, test.why)
		}
	}
}

func TestEnds(t *testing.T) {
	for _, test := range []struct {
		s                     string
		i                     int
		token, token68, space int
		why                   string
	}{
		{"ab cd", 0, 2, 2, 0, "up to the space"},
		{"ab cd", 2, 2, 2, 3, "none begins at it"},
		{"ab cd", 3, 5, 5, 3, "up to the end"},
		{"ab cd", 5, 5, 5, 5, "at the end"},
		{"a== b", 0, 1, 3, 0, "padding belongs to token68"},
		{"a==b", 0, 1, 3, 0, "and ends it"},
		{"==", 0, 0, 0, 0, "padding alone is nothing"},
		{" \t \tx", 0, 0, 0, 4, "spaces and tabs"},
		{"\r\n", 0, 0, 0, 0, "line ends are no space"},
		{"a,b", 1, 1, 1, 1, "a comma is neither"},
	} {
		got := []int{httpfield.TokenEnd(test.s, test.i), httpfield.Token68End(test.s, test.i), httpfield.SkipSpace(test.s, test.i)}
		if diff := cmp.Diff([]int{test.token, test.token68, test.space}, got); diff != "" {
			t.Errorf("%q from %d: %s (-want +got):\n%s", test.s, test.i, test.why, diff)
		}
	}
}

func TestQuoted(t *testing.T) {
	for _, test := range []struct {
		quoted string // at the beginning of the input
		rest   string
		means  string
		why    string
	}{
		{`""`, ``, ``, "empty"},
		{`"a b"`, `, c`, `a b`, "what follows is not looked at"},
		{`"a\"b"`, `"`, `a"b`, "an escaped quote does not close it"},
		{`"\\"`, `x"`, `\`, "an escaped backslash does not escape"},
		{`"\a\b"`, ``, `ab`, "letters may be escaped"},
		{"\"a\tb\"", ``, "a\tb", "a tab may stand there"},
		{"\"\\\t\"", ``, "\t", "escaped too"},
		{"\"\xe4\xff\"", ``, "\xe4\xff", "obs-text is kept"},
		{`"a\\\"b\\"`, ``, `a\"b\`, "several escapes"},
	} {
		in := test.quoted + test.rest
		if got := httpfield.QuotedEnd(in, 0); got != len(test.quoted) {
			t.Errorf("QuotedEnd(%q) = %d, want %d: %s", in, got, len(test.quoted), test.why)
		}
		if got := httpfield.QuotedEnd("=="+in, 2); got != len(test.quoted)+2 {
			t.Errorf("QuotedEnd of %q after something = %d, want %d: %s", in, got, len(test.quoted)+2, test.why)
		}
		if got := httpfield.Unquote(test.quoted); got != test.means {
			t.Errorf("Unquote(%q) = %q, want %q: %s", test.quoted, got, test.means, test.why)
		}
	}
	for in, why := range map[string]string{
		``:           "nothing",
		`a"b"`:       "it begins later",
		`"`:          "not closed",
		`"abc`:       "not closed",
		`"abc\"`:     "its end is escaped",
		`"abc\`:      "cut after a backslash",
		"\"a\nb\"":   "a line feed",
		"\"a\\\nb\"": "an escaped line feed is still one",
		"\"a\rb\"":   "a carriage return",
		"\"a\x00\"":  "NUL",
		"\"a\x7f\"":  "DEL",
	} {
		if got := httpfield.QuotedEnd(in, 0); got != -1 {
			t.Errorf("QuotedEnd(%q) = %d, want -1: %s", in, got, why)
		}
	}
}

func TestIsVisibleASCII(t *testing.T) {
	for s, want := range map[string]bool{
		"":      true,
		" a~":   true,
		"a\tb":  false,
		"a\x7f": false,
		"a\n":   false,
		"ä":     false,
		"\xff":  false,
	} {
		if got := httpfield.IsVisibleASCII(s); got != want {
			t.Errorf("IsVisibleASCII(%q) = %t, want %t", s, got, want)
		}
	}
}

// FuzzQuoted writes a string quoted and reads it back.
func FuzzQuoted(f *testing.F) {
	for _, s := range []string{"", "a", `"`, `\`, `\"`, "a\tb", "ä", "a\nb", `""""\\\\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		quoted := string(httpfield.AppendQuoted([]byte("x="), s))[2:]
		end := httpfield.QuotedEnd(quoted+`, y="z"`, 0)
		if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			if end != -1 {
				t.Errorf("%q holds a control character and ends at %d", s, end)
			}
			return
		}
		if end != len(quoted) {
			t.Fatalf("%q ends at %d, want %d", quoted, end, len(quoted))
		}
		if diff := cmp.Diff(s, httpfield.Unquote(quoted)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestAllocs(t *testing.T) {
	dst := make([]byte, 0, 64)
	quoted := `"plain"`
	if n := testing.AllocsPerRun(100, func() {
		dst = httpfield.AppendQuoted(dst[:0], `a "b" \`)
		if httpfield.QuotedEnd(quoted, 0) < 0 || httpfield.Unquote(quoted) == "" {
			t.Error(quoted)
		}
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
