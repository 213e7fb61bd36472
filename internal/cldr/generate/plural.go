package main

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// plurals are the plural rules of all languages of CLDR.
type plurals struct {
	sets  []pluralSet // the first is that of languages which tell nothing apart
	index map[string]int
}

// A pluralSet is what some languages have in common.
type pluralSet struct {
	languages []string
	rules     [6]string // by category, as package cldr reads them
	samples   [6]string // by category, as CLDR gives them
}

func newPlurals(cardinal map[string]map[string]string) (plurals, error) {
	p := plurals{sets: make([]pluralSet, 1), index: map[string]int{}}
	known := map[[6]string]int{{}: 0}
	for _, language := range slices.Sorted(maps.Keys(cardinal)) {
		var set pluralSet
		for c, category := range categories {
			text, ok := cardinal[language]["pluralRule-count-"+category]
			if !ok && category == "other" {
				return p, fmt.Errorf("%s: no plural rules", language)
			}
			rule, samples, _ := strings.Cut(text, " @")
			if set.samples[c] = "@" + samples; samples == "" {
				set.samples[c] = ""
			}
			var err error
			if set.rules[c], err = shorten(strings.TrimSpace(rule)); err != nil {
				return p, fmt.Errorf("%s, %s: %w", language, category, err)
			}
			// Only an empty rule may say nothing: package cldr takes it for a
			// category that is not there.
			if (set.rules[c] == "") != (!ok || category == "other") {
				return p, fmt.Errorf("%s, %s: plural rule %q says nothing", language, category, text)
			}
		}
		i, ok := known[set.rules]
		if !ok {
			i = len(p.sets)
			known[set.rules] = i
			p.sets = append(p.sets, set)
		}
		p.sets[i].languages = append(p.sets[i].languages, language)
		p.sets[i].samples = set.samples
		p.index[language] = i
	}
	if len(p.sets) > 255 {
		return p, fmt.Errorf("%d sets of plural rules do not fit in a byte", len(p.sets))
	}
	return p, nil
}

// samples are the numbers that CLDR gives for each rule, so that the tests of
// package cldr need no other reader of rules.
func (p plurals) samples(version, years string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `# Written by internal/cldr/generate from CLDR %s. A line is languages, category
# and samples (UTS 35 part 3, §5.1.4), with tabs between.
#
# Copyright © %s Unicode, Inc. Licensed under the Unicode License v3, see LICENSE-unicode.
# SPDX-License-Identifier: Unicode-3.0
`, version, years)
	for _, set := range p.sets {
		for c, samples := range set.samples {
			if samples != "" {
				fmt.Fprintf(&b, "%s\t%s\t%s\n", strings.Join(set.languages, " "), categories[c], samples)
			}
		}
	}
	return b.Bytes()
}

// of returns the index of a language's set.
func (p plurals) of(tag string) (int, error) {
	if i, ok := p.index[tag]; ok {
		return i, nil
	}
	base, _, _ := strings.Cut(tag, "-")
	if i, ok := p.index[base]; ok {
		return i, nil
	}
	return 0, fmt.Errorf("no plural rules")
}

// condition is all that a condition of a rule may be (UTS 35 part 3, §5.1).
var condition = regexp.MustCompile(`^([nivwfte])( % [1-9][0-9]*)? (=|!=) ([0-9]+(?:\.\.[0-9]+)?(?:,[0-9]+(?:\.\.[0-9]+)?)*)$`)

// shorten writes a rule as package cldr reads it.
func shorten(rule string) (string, error) {
	if rule == "" {
		return "", nil
	}
	var or []string
	for alternative := range strings.SplitSeq(rule, " or ") {
		var and []string
		never := false
		for text := range strings.SplitSeq(alternative, " and ") {
			m := condition.FindStringSubmatch(text)
			if m == nil {
				return "", fmt.Errorf("plural rule %q: cannot read %q", rule, text)
			}
			operand, by, is, ranges := m[1], strings.ReplaceAll(m[2], " ", ""), m[3], m[4]
			switch operand {
			case "e": // no number is written "1 M": the exponent is 0
				if by != "" || ranges != "0" && !strings.HasPrefix(ranges, "0..") {
					return "", fmt.Errorf("plural rule %q: cannot tell whether %q for 0", rule, text)
				}
				never = never || is == "!="
				continue
			case "w": // no fraction ends with a zero
				operand = "v"
			case "t":
				operand = "f"
			}
			and = append(and, operand+by+is+ranges)
		}
		if !never {
			or = append(or, strings.Join(and, "&"))
		}
	}
	return strings.Join(or, "|"), nil
}
