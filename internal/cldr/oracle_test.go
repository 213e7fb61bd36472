package cldr_test

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/denial-go/denial/internal/cldr"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
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

// x/text has the plural rules of CLDR 32. This is all that is different for
// our languages; a new line here means that Plural may need a correction, a
// missing one that it may need one less.
func TestPluralRulesOfXText(t *testing.T) {
	want := []string{
		"fr millions: 20 wrong", // whole millions have Many since CLDR 38
		"es millions: 20 wrong",
		"pt-BR millions: 20 wrong",
		"pt-PT millions: 20 wrong",
		"it millions: 20 wrong",
		"he plural: 19 wrong",       // 20, 30 and so on had Many until CLDR 42
		"he tenths: 10 wrong",       // 0.1 has One since CLDR 42
		"he thousandths: 999 wrong", // likewise
		"he millions: 20 wrong",     // Many again
		"ca millions: 20 wrong",
	}
	var got []string
	for _, r := range oracle(t) {
		step := map[string]float64{"plural": 1, "tenths": 0.1, "thousandths": 0.001, "millions": 1e6}[r.kind]
		if step == 0 {
			continue
		}
		wrong := 0
		for i, letter := range r.answer {
			if letters[form(language.MustParse(r.tag), i, step)] != byte(letter) {
				wrong++
			}
		}
		if wrong > 0 {
			got = append(got, fmt.Sprintf("%s %s: %d wrong", r.tag, r.kind, wrong))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// form asks x/text about i steps.
func form(tag language.Tag, i int, step float64) plural.Form {
	whole, fraction, _ := strings.Cut(strconv.FormatFloat(float64(i)*step, 'f', 3, 64), ".")
	fraction = strings.TrimRight(fraction, "0")
	n, _ := strconv.Atoi(whole)
	f, _ := strconv.Atoi(fraction)
	return plural.Cardinal.MatchPlural(tag, n, len(fraction), len(fraction), f, f)
}
