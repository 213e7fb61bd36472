package e2e

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing/fstest"

	"github.com/denial-go/denial/templates"
)

// locales are made when they are needed: en-XA is English with accents and
// two fifths longer, ar-XB is English in Arabic letters, from right to left.
// Both show what a layout does with languages nobody here reads.
func locales() fs.FS {
	dir := make(fstest.MapFS)
	for tag, texts := range overlay() {
		b, err := json.Marshal(texts)
		if err != nil {
			panic(err)
		}
		dir[tag+".json"] = &fstest.MapFile{Data: b}
	}
	return dir
}

func overlay() map[string]map[string]string {
	english := make(map[string]string)
	if err := json.Unmarshal([]byte(templates.English), &english); err != nil {
		panic(err)
	}
	for _, r := range own {
		english["reason."+r.Code()+".title"] = r.Title()
		english["reason."+r.Code()+".detail"] = r.Detail()
		for _, step := range r.Next() {
			if step.Title != "" {
				english["reason."+r.Code()+".step."+string(step.Kind)] = step.Title
			}
		}
	}
	out := map[string]map[string]string{"en-XA": {}, "ar-XB": {}}
	for key, text := range english {
		if strings.HasPrefix(key, "_") {
			continue
		}
		out["en-XA"][key] = "⟦" + pseudo(text, accents) + strings.Repeat(" one", (len(text)*2/5+3)/4) + "⟧"
		out["ar-XB"][key] = pseudo(text, arabicLetters)
	}
	return out
}

var (
	accents       = strings.NewReplacer("a", "á", "e", "é", "i", "í", "o", "ö", "u", "ů", "c", "ç", "n", "ñ", "A", "Å", "S", "Š", "Y", "Ý", "T", "Ť")
	arabicLetters = letters("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنه")
)

func letters(from, to string) *strings.Replacer {
	arabic := []rune(to)
	var pairs []string
	for i, r := range from {
		pairs = append(pairs, string(r), string(arabic[i]), strings.ToUpper(string(r)), string(arabic[i]))
	}
	return strings.NewReplacer(pairs...)
}

// pseudo replaces letters outside of placeholders.
func pseudo(text string, r *strings.Replacer) string {
	var b strings.Builder
	for text != "" {
		before, rest, hole := strings.Cut(text, "{")
		b.WriteString(r.Replace(before))
		if !hole {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		b.WriteString("{" + name + "}")
		text = after
	}
	return b.String()
}
