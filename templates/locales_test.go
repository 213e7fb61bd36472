package templates_test

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"encoding/json"
	"flag"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"github.com/denial-go/denial/internal/message"
	"github.com/denial-go/denial/templates"
)

// What can be checked of a translation without speaking the language. A wrong
// meaning passes; CONTRIBUTING.md says how that is looked for.

// sameAsEnglish are texts that a language may share with English, by key: names
// of protocols, and words that the language has taken over.
var sameAsEnglish = map[string]string{
	"page.docs_code":   "Code, in many languages",
	"page.docs_status": "Status, in many languages",
	"page.docs_type":   "Type",
	"status.502":       "Bad Gateway is a name in some languages",
	"status.504":       "so is Gateway Timeout",
	"page.help":        "Help, in Dutch",
	"page.reference":   "Reference is a near word in several",
}

// noFullStop are languages that do not end sentences with a mark.
var noFullStop = []string{"th"}

// ends of a sentence, in every script that the files use.
const sentenceEnds = ".!?。।۔؟！？…:："

func TestLocales(t *testing.T) {
	english := readLocale(t, "en.json")
	entries, err := os.ReadDir("locales")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == "en.json" {
			continue
		}
		t.Run(strings.TrimSuffix(e.Name(), ".json"), func(t *testing.T) { checkLocale(t, e.Name(), english) })
	}
}

var update = flag.Bool("update", false, "write locales.bin anew")

// What is embedded is made of the files; package render reads it and compares
// what it finds.
func TestPackedLocales(t *testing.T) {
	entries, err := os.ReadDir("locales")
	if err != nil {
		t.Fatal(err)
	}
	want := pack(t, entries)
	if *update {
		if err := os.WriteFile("locales.bin", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return // the next run sees the new file
	}
	// Another version of Go may compress otherwise: what counts is the texts.
	if diff := cmp.Diff(unpack(t, string(want)), unpack(t, templates.PackedLocales)); diff != "" {
		t.Errorf("locales.bin does not hold the files as they are; run go test ./templates -update (-want +got):\n%s", diff)
	}
}

func unpack(t *testing.T, s string) map[string]string {
	_, dictionary := values(t, []byte(templates.English), nil)
	files := make(map[string]string)
	files["dictionary"], s = s[:4], s[4:]
	for s != "" {
		tag := s[1 : 1+int(s[0])]
		s = s[1+len(tag):]
		size := int(s[0])<<16 | int(s[1])<<8 | int(s[2])
		b, err := io.ReadAll(flate.NewReaderDict(strings.NewReader(s[3:3+size]), dictionary))
		if err != nil {
			t.Fatal(err)
		}
		files[tag], s = string(b), s[3+size:]
	}
	return files
}

// pack writes the form of templates.PackedLocales.
func pack(t *testing.T, entries []os.DirEntry) []byte {
	out := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(templates.English)))
	keys, dictionary := values(t, []byte(templates.English), nil)
	for _, e := range entries {
		tag := strings.TrimSuffix(e.Name(), ".json")
		if tag == "en" {
			continue
		}
		b, err := os.ReadFile("locales/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		var data bytes.Buffer
		w, err := flate.NewWriterDict(&data, flate.BestCompression, dictionary)
		if err != nil {
			t.Fatal(err)
		}
		_, lines := values(t, b, keys)
		w.Write(lines)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		out = append(out, byte(len(tag)))
		out = append(out, tag...)
		out = append(out, byte(data.Len()>>16), byte(data.Len()>>8), byte(data.Len()))
		out = append(out, data.Bytes()...)
	}
	return out
}

// values returns the values of a file for the keys, in lines as they are packed.
// Without keys it takes those of the file, in their order.
func values(t *testing.T, file []byte, keys []string) (_ []string, lines []byte) {
	t.Helper()
	var of map[string]json.RawMessage
	if err := json.Unmarshal(file, &of); err != nil {
		t.Fatal(err)
	}
	if keys == nil {
		d := json.NewDecoder(bytes.NewReader(file))
		for depth := 0; ; {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			switch token {
			case json.Delim('{'):
				depth++
			case json.Delim('}'):
				depth--
			default:
				if key, ok := token.(string); ok && depth == 1 {
					keys = append(keys, key)
					if err := d.Decode(new(any)); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	for _, key := range keys {
		value := of[key]
		if bytes.Contains(value, []byte("\n")) { // an object of plural forms
			var one bytes.Buffer
			if err := json.Compact(&one, value); err != nil {
				t.Fatal(err)
			}
			value = one.Bytes()
		}
		lines = append(append(lines, value...), '\n')
	}
	return keys, lines
}

func checkLocale(t *testing.T, file string, english map[string]string) {
	tag := language.Make(strings.TrimSuffix(file, path.Ext(file)))
	base, _ := tag.Base()
	texts := readLocale(t, file)
	if texts["_note"] == "" {
		t.Error(`there is no "_note" that says how the file was made and reviewed`)
	}
	for key := range texts {
		if _, ok := english[key]; !ok && key != "_note" {
			t.Errorf("%s: en.json has no such key", key)
		}
	}
	shared := 0
	for key, en := range english {
		text, ok := texts[key]
		if !ok {
			t.Errorf("%s is missing", key)
			continue
		}
		problem := func(format string, args ...any) {
			t.Helper()
			t.Errorf("%s: "+format+": %q", append(append([]any{key}, args...), text)...)
		}
		if text != strings.TrimSpace(text) || strings.Contains(text, "  ") {
			problem("a stray space")
		}
		if !norm.NFC.IsNormalString(text) {
			problem("not in normalization form C")
		}
		if strings.ContainsAny(text, "<>&\t\n\r\\") {
			problem("markup, or a control character")
		}
		if i := strings.IndexFunc(text, invisible); i >= 0 {
			r, _ := utf8.DecodeRuneInString(text[i:])
			problem("the invisible character %U", r)
		}
		m, err := message.Parse(text)
		if err != nil {
			problem("%v", err)
			continue
		}
		want, err := message.Parse(en)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := holes(m), holes(want); !slices.Equal(got, want) {
			problem("placeholders and brackets %q, English has %q", got, want)
		}
		if text == en {
			shared++
			if _, ok := sameAsEnglish[key]; !ok && !strings.HasPrefix(key, "status.") {
				problem("the same as English")
			}
		}
		if endsSentence(en) && !endsSentence(text) && !slices.Contains(noFullStop, base.String()) {
			problem("no mark at the end of the sentence")
		}
		if most := 2*utf8.RuneCountInString(en) + 12; utf8.RuneCountInString(text) > most {
			problem("longer than %d characters, which is twice the English text and twelve", most)
		}
		if share := foreignLetters(text, tag); share > 1.0/3 {
			problem("%.0f%% of the letters are not of the language's script", 100*share)
		}
	}
	if shared > 20 {
		t.Errorf("%d texts are the same as English", shared)
	}
}

// readLocale reads a file and refuses a key that stands there twice.
func readLocale(t *testing.T, file string) map[string]string {
	t.Helper()
	b, err := os.ReadFile("locales/" + file)
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]string)
	d := json.NewDecoder(strings.NewReader(string(b)))
	if _, err := d.Token(); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	last := ""
	for d.More() {
		key, err := d.Token()
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		var text string
		if err := d.Decode(&text); err != nil {
			t.Fatalf("%s: %v: %v", file, key, err)
		}
		k := key.(string)
		if k <= last {
			t.Errorf("%s: %s stands after %s; keys are in order, each once", file, k, last)
		}
		last = k
		texts[k] = text
	}
	return texts
}

// holes lists the placeholders with the optional groups they stand in.
func holes(m message.Message) []string {
	var out []string
	for _, p := range m.Parts {
		if p.Name != "" {
			name := p.Name
			if p.Or {
				name += "|or"
			}
			if p.Group > 0 {
				name = "[" + name + "]"
			}
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func endsSentence(s string) bool {
	s = strings.TrimRight(s, "]})\"»”’」 ")
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(sentenceEnds, r)
}

// invisible reports characters that must not stand in a text. ZWNJ and ZWJ are
// letters' own in Persian and in Indic scripts; a no-break space is right in
// French.
func invisible(r rune) bool {
	switch r {
	case '\u200c', '\u200d', '\u00a0', '\u202f':
		return false
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r)
}

// foreignLetters is the share of letters that are not of the language's
// script, placeholders aside.
func foreignLetters(text string, tag language.Tag) float64 {
	script, _ := tag.Script()
	tables := map[string][]*unicode.RangeTable{
		"Latn": {unicode.Latin}, "Cyrl": {unicode.Cyrillic}, "Grek": {unicode.Greek}, "Arab": {unicode.Arabic}, "Hebr": {unicode.Hebrew},
		"Deva": {unicode.Devanagari}, "Beng": {unicode.Bengali}, "Thai": {unicode.Thai}, "Hans": {unicode.Han}, "Hant": {unicode.Han},
		"Jpan": {unicode.Han, unicode.Hiragana, unicode.Katakana}, "Kore": {unicode.Hangul, unicode.Han},
	}[script.String()]
	m, err := message.Parse(text)
	if err != nil || tables == nil {
		return 0
	}
	all, foreign := 0, 0
	for _, p := range m.Parts {
		for _, r := range p.Text {
			if !unicode.IsLetter(r) {
				continue
			}
			all++
			if !unicode.In(r, tables...) && !unicode.Is(unicode.Common, r) {
				foreign++
			}
		}
	}
	// Names such as API, DPoP and https stay as they are.
	if all < 12 {
		return 0
	}
	return float64(foreign) / float64(all)
}

// Of characters that have a simplified and a traditional form, each Chinese
// file has its own. opencc (Debian: opencc) knows them.
func TestChineseCharacters(t *testing.T) {
	if _, err := exec.LookPath("opencc"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("install opencc")
		}
		t.Skip("install opencc to check the Chinese files")
	}
	for file, config := range map[string]string{"zh-Hans.json": "t2s", "zh-Hant.json": "s2tw"} {
		want, err := os.ReadFile("locales/" + file)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("opencc", "-c", config+".json")
		cmd.Stdin = bytes.NewReader(want)
		got, err := cmd.Output()
		if err != nil {
			t.Fatalf("opencc -c %s: %v", config, err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
			t.Errorf("%s has characters of the other script (-file +opencc -c %s):\n%s", file, config, diff)
		}
	}
}
