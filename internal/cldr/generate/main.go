// Command generate writes tables.go of package cldr, and the numbers that its
// plural rules are tested with, from the JSON that the Unicode Consortium
// publishes on npm:
//
//	npm install --prefix /tmp/cldr cldr-core@48 cldr-dates-full@48 cldr-misc-full@48 cldr-numbers-full@48
//	CLDR=/tmp/cldr/node_modules go generate ./internal/cldr
//
// To add a language, add a line to languages. The program stops at data that
// package cldr could not show, rather than write half a language.
//
// The data is under the Unicode License v3 (SPDX Unicode-3.0), which asks that
// its notice go with every copy: LICENSE-unicode beside the tables.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A lang is a language to write: its tag, and its folder in CLDR where that is
// not the tag.
type lang struct{ tag, folder string }

var languages = []lang{
	{"en", ""},
	{"de", ""},
	{"fr", ""},
	{"es", ""},
	{"pt-BR", "pt"},
	{"pt-PT", ""},
	{"it", ""},
	{"nl", ""},
	{"pl", ""},
	{"ru", ""},
	{"uk", ""},
	{"tr", ""},
	{"ar", ""},
	{"he", ""},
	{"fa", ""},
	{"hi", ""},
	{"id", ""},
	{"ja", ""},
	{"ko", ""},
	{"vi", ""},
	{"th", ""},
	{"cs", ""},
	{"sv", ""},
	{"nb", "no"},
	{"da", ""},
	{"fi", ""},
	{"el", ""},
	{"hu", ""},
	{"ro", ""},
	{"bg", ""},
	{"sr", ""},
	{"sr-Latn", ""},
	{"hr", ""},
	{"zh-Hans", "zh"},
	{"zh-Hant", ""},
	{"sk", ""},
	{"ca", ""},
	{"ms", ""},
	{"bn", ""},
	{"ur", ""},
}

// joins are the rules for the word before a list's last item that CLDR leaves
// to code.
var joins = map[string]string{"es": "joinSpanish", "he": "joinHebrew"}

// own are the words of waits in which the tables differ from CLDR, each before
// what stands in its place. CLDR's "in 3 days" is for any sentence; in the one
// that we have, "Try again in 3 days", these mislead or look like a mistake.
// TestOwnWords has a row for each, and testdata/oracle.mjs has them too.
var own = map[string][]string{
	// خلال is "within" too, or "for the space of". What was a genitive behind it
	// is one behind بعد, "after".
	"ar": {"خلال", "بعد"},
	// "Try again within 3 days", and "in the space of 5 minutes".
	"bn": {"সেকেন্ডে", "সেকেন্ড পরে", "মিনিটে", "মিনিট পরে", "ঘণ্টায়", "ঘণ্টা পরে", "দিনের মধ্যে", "দিন পরে"},
	// "In a minute (1)": the word is enough, and the bracket looks like a mistake.
	"he": {" ({0})", ""},
	// As in bn: "में" and "میں" with an imperative are "within".
	"hi": {"में", "बाद"},
	"ur": {"دنوں میں", "دن بعد", "میں", "بعد"},
}

// The order of these is that of package cldr's Units and Categories.
var (
	units      = []string{"second", "minute", "hour", "day"}
	categories = []string{"other", "zero", "one", "two", "few", "many"}
	lists      = []string{"standard", "or"}
	positions  = []string{"2", "start", "middle", "end"}
)

func main() {
	from := flag.String("cldr", "", "`folder` with the npm packages cldr-core, cldr-dates-full, cldr-misc-full and cldr-numbers-full")
	to := flag.String("o", "tables.go", "`file` to write")
	samplesTo := flag.String("samples", "testdata/plurals.txt", "`file` to write the plural rules' samples to")
	flag.Parse()
	source, samples, err := generate(*from)
	if err == nil {
		err = errors.Join(os.WriteFile(*to, source, 0o666), os.WriteFile(*samplesTo, samples, 0o666))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate(folder string) (source, samples []byte, err error) {
	if folder == "" {
		return nil, nil, errors.New("-cldr is missing; set CLDR to the folder of the npm packages and run go generate")
	}
	data, err := open(folder)
	if err != nil {
		return nil, nil, err
	}
	strs := table{"": 0}
	order := []string{""}
	ref := func(s string) int {
		i, ok := strs[s]
		if !ok {
			i = len(order)
			strs[s] = i
			order = append(order, s)
		}
		return i
	}

	var b bytes.Buffer
	for _, l := range languages {
		loc, err := data.locale(l)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", l.tag, err)
		}
		fmt.Fprintf(&b, "\t{\n\t\ttag: %q,\n", l.tag)
		b.WriteString("\t\ttext: text,\n\t\trelative: [4][6]uint16{\n")
		for _, patterns := range loc.relative {
			b.WriteString("\t\t\t{")
			for _, p := range patterns {
				fmt.Fprintf(&b, "%d,", ref(p))
			}
			b.WriteString("},\n")
		}
		b.WriteString("\t\t},\n\t\tlist: [2][4]uint16{")
		for _, seps := range loc.list {
			b.WriteString("{")
			for _, s := range seps {
				fmt.Fprintf(&b, "%d,", ref(s))
			}
			b.WriteString("},")
		}
		fmt.Fprintf(&b, "},\n\t\tdecimal: %d,\n\t\tgroup: %d,\n\t\tminus: %d,\n", ref(loc.decimal), ref(loc.group), ref(loc.minus))
		fmt.Fprintf(&b, "\t\tzero: %q,\n\t\tprimary: %d,\n\t\tsecondary: %d,\n\t\tminGroup: %d,\n", loc.zero, loc.primary, loc.secondary, loc.minGroup)
		fmt.Fprintf(&b, "\t\tplurals: %d,\n", loc.plurals)
		if j := joins[l.tag]; j != "" {
			fmt.Fprintf(&b, "\t\tjoin: %s,\n", j)
		}
		b.WriteString("\t},\n")
	}

	var out bytes.Buffer
	fmt.Fprintf(&out, `// Code generated by internal/cldr/generate from CLDR %s; DO NOT EDIT.
//
// Copyright © %s Unicode, Inc. Licensed under the Unicode License v3, see LICENSE-unicode.
// SPDX-License-Identifier: Unicode-3.0

package cldr

// text holds every string once. The first is the empty one: a pattern that is
// not there. It is a slice and not an array because to slice an array for each
// locale would be work at start.
var text = []string{
`, data.version, data.years)
	for _, s := range order {
		fmt.Fprintf(&out, "\t%s,\n", strconv.Quote(s))
	}
	out.WriteString("}\n\nvar locales = [...]Locale{\n")
	out.Write(b.Bytes())
	out.WriteString("}\n\nvar pluralSets = [...]pluralSet{\n\t{}, // all others\n")
	for _, set := range data.plurals.sets[1:] {
		fmt.Fprintf(&out, "\t{%q, pluralRules{\n", " "+strings.Join(set.languages, " ")+" ")
		for c, rule := range set.rules {
			if rule != "" {
				fmt.Fprintf(&out, "\t\t%s: %q,\n", strings.ToUpper(categories[c][:1])+categories[c][1:], rule)
			}
		}
		out.WriteString("\t}},\n")
	}
	out.WriteString("}\n")
	source, err = format.Source(out.Bytes())
	return source, data.plurals.samples(data.version, data.years), err
}

type table map[string]int

type locale struct {
	relative           [4][6]string
	list               [2][4]string
	decimal, group     string
	minus              string
	zero               rune
	primary, secondary int
	minGroup, plurals  int
}

type cldr struct {
	folder, version, years string
	plurals                plurals
	systems                map[string]struct {
		Digits string `json:"_digits"`
	}
}

func open(folder string) (*cldr, error) {
	d := &cldr{folder: folder}
	var pkg struct{ Version string }
	var rules struct {
		Supplemental struct {
			Cardinal map[string]map[string]string `json:"plurals-type-cardinal"`
		}
	}
	var systems struct {
		Supplemental struct {
			NumberingSystems map[string]struct {
				Digits string `json:"_digits"`
			}
		}
	}
	if err := errors.Join(
		d.read(&pkg, "cldr-core", "package.json"),
		d.read(&rules, "cldr-core", "supplemental", "plurals.json"),
		d.read(&systems, "cldr-core", "supplemental", "numberingSystems.json"),
	); err != nil {
		return nil, err
	}
	licence, err := os.ReadFile(filepath.Join(folder, "cldr-core", "LICENSE"))
	if err != nil {
		return nil, err
	}
	_, after, _ := strings.Cut(string(licence), "Copyright © ")
	d.years, _, _ = strings.Cut(after, " ")
	d.version, d.systems = pkg.Version, systems.Supplemental.NumberingSystems
	d.plurals, err = newPlurals(rules.Supplemental.Cardinal)
	return d, err
}

func (d *cldr) read(v any, path ...string) error {
	b, err := os.ReadFile(filepath.Join(append([]string{d.folder}, path...)...))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(path...), err)
	}
	return nil
}

func (d *cldr) locale(l lang) (loc locale, err error) {
	folder := l.folder
	if folder == "" {
		folder = l.tag
	}
	var dates struct {
		Main map[string]struct {
			Dates struct {
				Fields map[string]json.RawMessage
			}
		}
	}
	var misc struct {
		Main map[string]struct {
			ListPatterns map[string]map[string]string
		}
	}
	var numbers struct {
		Main map[string]struct {
			Numbers map[string]json.RawMessage
		}
	}
	if err := errors.Join(
		d.read(&dates, "cldr-dates-full", "main", folder, "dateFields.json"),
		d.read(&misc, "cldr-misc-full", "main", folder, "listPatterns.json"),
		d.read(&numbers, "cldr-numbers-full", "main", folder, "numbers.json"),
	); err != nil {
		return loc, err
	}

	if loc.plurals, err = d.plurals.of(folder); err != nil {
		return loc, err
	}

	for u, unit := range units {
		var field struct {
			Future map[string]string `json:"relativeTime-type-future"`
		}
		if err := json.Unmarshal(dates.Main[folder].Dates.Fields[unit], &field); err != nil {
			return loc, fmt.Errorf("%s: %w", unit, err)
		}
		for c, category := range categories {
			p, ok := field.Future["relativeTimePattern-count-"+category]
			if !ok && category == "other" {
				return loc, fmt.Errorf("%s: no pattern for other", unit)
			}
			loc.relative[u][c] = p
		}
	}
	if err := reword(&loc.relative, own[l.tag]); err != nil {
		return loc, err
	}
	for u, unit := range units {
		for c, category := range categories {
			p := loc.relative[u][c]
			n := strings.Count(p, "{0}")
			if n > 1 || strings.Count(p, "{") != n || (n == 0 && category == "other") {
				return loc, fmt.Errorf("%s, %s: pattern %q: want {0} once", unit, category, p)
			}
			if c > 0 && p == loc.relative[u][0] {
				loc.relative[u][c] = "" // the reader of the table falls back to other
			}
		}
	}

	for i, kind := range lists {
		for j, position := range positions {
			p := misc.Main[folder].ListPatterns["listPattern-type-"+kind][position]
			sep, before := strings.CutPrefix(p, "{0}")
			sep, after := strings.CutSuffix(sep, "{1}")
			if !before || !after || sep == "" {
				return loc, fmt.Errorf("list %s, %s: pattern %q: want {0}, a separator, {1}", kind, position, p)
			}
			loc.list[i][j] = sep
		}
	}

	n := numbers.Main[folder].Numbers
	var system, least string
	var symbols struct{ Decimal, Group, MinusSign string }
	var formats struct{ Standard string }
	get := func(v any, key string) {
		if e := json.Unmarshal(n[key], v); e != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", key, e))
		}
	}
	get(&system, "defaultNumberingSystem")
	get(&least, "minimumGroupingDigits")
	get(&symbols, "symbols-numberSystem-"+system)
	get(&formats, "decimalFormats-numberSystem-"+system)
	if err != nil {
		return loc, err
	}
	loc.decimal, loc.group, loc.minus = symbols.Decimal, symbols.Group, symbols.MinusSign
	if loc.minGroup, err = strconv.Atoi(least); err != nil {
		return loc, err
	}
	switch formats.Standard {
	case "#,##0.###":
		loc.primary, loc.secondary = 3, 3
	case "#,##,##0.###":
		loc.primary, loc.secondary = 3, 2
	default:
		return loc, fmt.Errorf("number format %q: want #,##0.### or #,##,##0.###", formats.Standard)
	}
	digits := []rune(d.systems[system].Digits)
	for i, r := range digits {
		if r != digits[0]+rune(i) || utf8.RuneLen(r) < 1 {
			return loc, fmt.Errorf("numbering system %s: the digits do not follow each other", system)
		}
	}
	if len(digits) != 10 {
		return loc, fmt.Errorf("numbering system %s: has %d digits", system, len(digits))
	}
	loc.zero = digits[0]
	return loc, nil
}

// reword puts words of ours into a language's patterns. It fails where CLDR no
// longer has what they stand for, so that they do not outlive their reason.
func reword(patterns *[4][6]string, words []string) error {
	replacer := strings.NewReplacer(words...)
	var theirs []string
	for u := range patterns {
		for c, p := range patterns[u] {
			theirs = append(theirs, p)
			patterns[u][c] = replacer.Replace(p)
		}
	}
	for i := 0; i < len(words); i += 2 {
		if !slices.ContainsFunc(theirs, func(p string) bool { return strings.Contains(p, words[i]) }) {
			return fmt.Errorf("no wait has %q any longer; is %q in own still needed?", words[i], words[i+1])
		}
	}
	return nil
}
