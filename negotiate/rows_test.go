package negotiate_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// A row is one line of a case file; testdata/accept.txt tells the format.
type row struct {
	line   int
	offers []string
	lines  []string // nil where the field is absent
	want   string
	why    string
}

func readRows(t testing.TB, file string) []row {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	seen := map[string]int{}
	offers := ""
	for i, line := range strings.Split(strings.ReplaceAll(string(data), "\r", ""), "\n") {
		text, why, _ := strings.Cut(line, "  #")
		if text = strings.TrimSpace(text); text == "" || text[0] == '#' {
			continue
		}
		if list, ok := strings.CutPrefix(text, "offers: "); ok {
			offers = list
			continue
		}
		columns := strings.Split(text, " ; ")
		if len(columns) == 2 {
			columns = append([]string{offers}, columns...)
		}
		if len(columns) != 3 || columns[0] == "" || strings.TrimSpace(why) == "" {
			t.Fatalf("%s:%d: want `offers ; field lines ; want  # why`", file, i+1)
		}
		r := row{line: i + 1, offers: strings.Fields(columns[0]), want: strings.TrimSpace(columns[2]), why: strings.TrimSpace(why)}
		if field := strings.TrimSpace(columns[1]); field != "(absent)" {
			for l := range strings.SplitSeq(field, " || ") {
				r.lines = append(r.lines, expand(t, strings.TrimSpace(l)))
			}
		}
		id := strings.Join(columns[:2], " ; ")
		if earlier, again := seen[id]; again {
			t.Fatalf("%s:%d: the same as line %d", file, i+1, earlier)
		}
		seen[id] = i + 1
		rows = append(rows, r)
	}
	return rows
}

// expand replaces {3 abc} by abcabcabc and <09> by the byte with that hex number.
func expand(t testing.TB, s string) string {
	if s == "(empty)" {
		return ""
	}
	var b strings.Builder
	for s != "" {
		if n, rest, ok := strings.Cut(s, "}"); ok && s[0] == '{' {
			count, text, _ := strings.Cut(n[1:], " ")
			times, err := strconv.Atoi(count)
			if err != nil {
				t.Fatal(err)
			}
			b.WriteString(strings.Repeat(expand(t, text), times))
			s = rest
			continue
		}
		if s[0] == '<' && len(s) > 3 && s[3] == '>' {
			c, err := strconv.ParseUint(s[1:3], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			b.WriteByte(byte(c))
			s = s[4:]
			continue
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	return b.String()
}
