package message_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/internal/message"
)

type parts = []message.Part

func TestParse(t *testing.T) {
	tests := []struct {
		name, in string
		want     parts
		why      string
	}{
		{"empty", "", nil, ""},
		{"text", "No.", parts{{Text: "No."}}, ""},
		{"hole", "a {b} c", parts{{Text: "a "}, {Name: "b"}, {Text: " c"}}, ""},
		{"only a hole", "{b}", parts{{Name: "b"}}, ""},
		{"choice", "{b_2|or}", parts{{Name: "b_2", Or: true}}, ""},
		{"braces", "{{a}}", parts{{Text: "{a}"}}, ""},
		{"brace and hole", "{{{a}}}", parts{{Text: "{"}, {Name: "a"}, {Text: "}"}}, ""},
		{"group", "a[ b {c}] d", parts{{Text: "a"}, {Text: " b ", Group: 1}, {Name: "c", Group: 1}, {Text: " d"}}, ""},
		{"two groups", "[{a}][{b}]", parts{{Name: "a", Group: 1}, {Name: "b", Group: 2}}, ""},
		{"brackets without a hole", "a [b] c", parts{{Text: "a [b] c"}}, "nothing could ever hide them"},
		{"brackets around a brace", "[{{]", parts{{Text: "[{]"}}, "a brace is no hole"},
		{"brackets around braces and a hole", "[{{{a}]", parts{{Text: "{", Group: 1}, {Name: "a", Group: 1}}, ""},
		{"not closed", "[{a}", parts{{Text: "["}, {Name: "a"}}, "there is no group without an end"},
		{"closed only", "a]", parts{{Text: "a]"}}, ""},
		{"inside a group", "[a [{b}] c]", parts{{Text: "a [", Group: 1}, {Name: "b", Group: 1}, {Text: " c]"}}, "groups do not nest: the first ] ends it"},
		{"empty brackets first", "[] [{a}]", parts{{Text: "[] "}, {Name: "a", Group: 1}}, ""},
		{"not ASCII", "ä {b} ö", parts{{Text: "ä "}, {Name: "b"}, {Text: " ö"}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := message.Parse(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, m.Parts); diff != "" {
				t.Errorf("%q: parts differ (-want +got):\n%s%s", tt.in, diff, tt.why)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for _, in := range []string{
		"{", "a {b", "}", "a } b", "{}", "{ a}", "{A}", "{1}", "{_a}", "{a-b}", "{a|and}", "{a|or|or}", "{ä}", "{a{b}}",
		"[{na]me}", "{" + strings.Repeat("a", 65) + "}", strings.Repeat("[{a}]", 33),
	} {
		if m, err := message.Parse(in); err == nil {
			t.Errorf("Parse(%q) = %+v, want an error", in, m)
		}
	}
}

// The help is worth a test: it says where, what, and what to write instead.
func TestParseErrorText(t *testing.T) {
	_, err := message.Parse("Ask {Owner} for it")
	const want = `byte 4: "{Owner}" is no placeholder; write {name} in lower case letters, digits and _, or {{ for a brace`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Texts of other servers come this way too, so no text may take long.
func TestParseTakesLinearTime(t *testing.T) {
	for name, in := range map[string]string{
		"opened":            strings.Repeat("[", 1<<20),
		"opened, then shut": strings.Repeat("[", 1<<20) + "]",
		"shut":              strings.Repeat("[]", 1<<19),
		"braces":            strings.Repeat("[{{", 1<<18) + "]",
		"holes":             strings.Repeat("{a}", 1<<18),
	} {
		start := time.Now()
		if _, err := message.Parse(in); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("%s: %d bytes took %v", name, len(in), d)
		}
	}
}

func TestWhole(t *testing.T) {
	for in, want := range map[string]string{
		"{a}": "a", "{a_1}": "a_1",
		"": "", "{}": "", "{a": "", "a}": "", " {a}": "", "{a}{b}": "", "{a|or}": "", "{{a}}": "", "{A}": "",
	} {
		if got, ok := message.Whole(in); ok != (want != "") || ok && got != want {
			t.Errorf("Whole(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
}

func TestNames(t *testing.T) {
	m, err := message.Parse("{a} [{b} {a}]")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "b", "a"}, slices.Collect(m.Names)); diff != "" {
		t.Errorf("names differ (-want +got):\n%s", diff)
	}
	for range m.Names {
		break // must not go on
	}
}

func TestExpand(t *testing.T) {
	tests := []struct {
		name, in, want, missing string
	}{
		{"text", "No.", "No.", ""},
		{"value", "{a}!", "A!", ""},
		{"no value", "{none}!", "…!", "none"},
		{"group", "x[ {a}].", "x A.", ""},
		{"group without a value", "x[ {none}].", "x.", ""},
		{"group with one of two", "x[ {a} {none}].", "x.", ""},
		{"the last group", strings.Repeat("[{none}]", 31) + "[{a}]", "A", ""},
		{"groups are on their own", "[{none}][{a}]", "A", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, missing := expand(t, tt.in)
			if got != tt.want || missing != tt.missing {
				t.Errorf("%q: got %q, missing %q; want %q, %q", tt.in, got, missing, tt.want, tt.missing)
			}
		})
	}
}

// expand shows the message where every name but "none" has its capitals for a
// value.
func expand(t *testing.T, s string) (text, missing string) {
	t.Helper()
	m, err := message.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	missing = m.Expand(func(name string) bool { return name != "none" }, func(p message.Part) {
		b.WriteString(p.Text + strings.ToUpper(p.Name))
	})
	return b.String(), missing
}

// write spells a message out again.
func write(m message.Message) string {
	var b strings.Builder
	group := 0
	for _, p := range m.Parts {
		if p.Group != group {
			if group != 0 {
				b.WriteByte(']')
			}
			if p.Group != 0 {
				b.WriteByte('[')
			}
			group = p.Group
		}
		switch {
		case p.Or:
			b.WriteString("{" + p.Name + "|or}")
		case p.Name != "":
			b.WriteString("{" + p.Name + "}")
		default:
			b.WriteString(strings.NewReplacer("{", "{{", "}", "}}").Replace(p.Text))
		}
	}
	if group != 0 {
		b.WriteByte(']')
	}
	return b.String()
}

// A message that was read, written and read again is the same, and nothing of
// the text is lost.
func FuzzMessageParse(f *testing.F) {
	for _, s := range []string{
		"", "You need {role}.", "Try again[ {retry_after}].", "{a|or}", "{{x}}", "[a]", "[{a}", "[[{a}]", "{na]me}", "a[b[c{d}]e", "}{", "[{{{a}}}]", "\xff{a}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := message.Parse(s)
		if err != nil {
			return
		}
		if got := write(m); got != s {
			t.Fatalf("%q is written as %q", s, got)
		}
		groups := 0
		for i, p := range m.Parts {
			if (p.Text == "") == (p.Name == "") {
				t.Fatalf("%q: part %d is %+v", s, i, p)
			}
			groups = max(groups, p.Group)
		}
		if groups != m.Groups {
			t.Fatalf("%q: %d groups, and the last is %d", s, m.Groups, groups)
		}
	})
}
