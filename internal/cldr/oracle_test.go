package cldr_test

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/denial-go/denial/internal/cldr"
	"github.com/google/go-cmp/cmp"
)

// A row is a line of testdata/oracle.txt.
type row struct{ kind, tag, question, answer string }

func oracle(t *testing.T) []row {
	t.Helper()
	f, err := os.Open("testdata/oracle.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var rows []row
	scanner := bufio.NewScanner(f)
	for n := 1; scanner.Scan(); n++ {
		line := scanner.Text()
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 4 {
			t.Fatalf("testdata/oracle.txt:%d: %d fields, want kind, language, question, answer", n, len(fields))
		}
		rows = append(rows, row{fields[0], fields[1], fields[2], fields[3]})
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

func find(t testing.TB, tag string) *cldr.Locale {
	t.Helper()
	l, ok := cldr.Find(tag)
	if !ok {
		t.Fatalf("no locale %q", tag)
	}
	return l
}

var units = map[string]cldr.Unit{"second": cldr.Second, "minute": cldr.Minute, "hour": cldr.Hour, "day": cldr.Day}

// letters are how the oracle writes categories, in the order of ours.
const letters = "oz12fm"

func TestOracle(t *testing.T) {
	tags := map[string]bool{}
	for _, r := range oracle(t) {
		tags[r.tag] = true
		l := find(t, r.tag)
		got, ok := say(l, r.kind, r.question)
		if !ok {
			t.Fatalf("unknown row %+v", r)
		}
		if diff := cmp.Diff(r.answer, got); diff != "" {
			t.Errorf("%s %s %s (-want +got):\n%s", r.kind, r.tag, r.question, diff)
		}
	}
	for l := range cldr.All() {
		if !tags[l.Tag()] {
			t.Errorf("no row for %s; add it to testdata/oracle.mjs", l.Tag())
		}
		delete(tags, l.Tag())
	}
	if len(tags) > 0 {
		t.Errorf("no locale for %v", tags)
	}
}

func say(l *cldr.Locale, kind, question string) (string, bool) {
	var b []byte
	spell := func(n int, f func(int) cldr.Category) {
		for i := range n {
			b = append(b, letters[f(i)])
		}
	}
	switch kind {
	case "int":
		n, err := strconv.ParseInt(question, 10, 64)
		if err != nil {
			return "", false
		}
		b = l.AppendNumber(b, n)
	case "float":
		f, err := strconv.ParseFloat(question, 64)
		if err != nil {
			return "", false
		}
		b = l.AppendFloat(b, f)
	case "relative":
		number, name, _ := strings.Cut(question, " ")
		n, err := strconv.ParseInt(number, 10, 64)
		unit, ok := units[name]
		if err != nil || !ok {
			return "", false
		}
		b = l.AppendRelative(b, n, unit)
	case "and", "or":
		b = l.AppendList(b, strings.Split(question, "|"), kind == "or")
	case "plural":
		spell(201, func(i int) cldr.Category { return l.Plural(int64(i)) })
	case "tenths":
		spell(201, func(i int) cldr.Category { return l.PluralFloat(float64(i) / 10) })
	case "thousandths":
		spell(1001, func(i int) cldr.Category { return l.PluralFloat(float64(i) / 1000) })
	case "millions":
		spell(21, func(i int) cldr.Category { return l.Plural(int64(i) * 1_000_000) })
	case "categories":
		for _, c := range []cldr.Category{cldr.Zero, cldr.One, cldr.Two, cldr.Few, cldr.Many, cldr.Other} {
			if l.Has(c) {
				b = append(append(b, ' '), c.String()...)
			}
		}
		b = b[1:]
	default:
		return "", false
	}
	return string(b), true
}
