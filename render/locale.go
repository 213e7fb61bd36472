package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"

	"github.com/denial-go/denial/internal/message"
	"github.com/denial-go/denial/negotiate"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/templates"
)

// english is the language of the built-in reasons' own texts, and the one in
// which every denial can be written.
const english = "en"

// A LocaleError is one mistake in a locale file.
type LocaleError struct {
	File string // its name in Config.Locales
	Line int    // in the file, from 1; 0 where no line is to blame
	Key  string // "" where the file itself is at fault
	Err  error
}

// Error names the file, the line, the key and what is wrong.
func (e *LocaleError) Error() string {
	text := "render: locale " + e.File
	if e.Line > 0 {
		text += fmt.Sprintf(":%d", e.Line)
	}
	if e.Key != "" {
		text += fmt.Sprintf(": key %q", e.Key)
	}
	return text + ": " + e.Err.Error()
}

// Unwrap returns what is wrong.
func (e *LocaleError) Unwrap() error { return e.Err }

// locale is one language's texts.
type locale struct {
	tag   string
	dir   string
	text  map[string]message.Message
	words map[string]string // the page's own, by the end of their key
}

// A lazyLocale is a locale that is read when the first reader asks for it.
type lazyLocale struct {
	tag string
	get func() *locale
}

// locales are the languages of a site, the default first.
type locales struct {
	all   []lazyLocale
	langs *negotiate.Languages
}

// The keys of a locale file.
func titleKey(code string) string  { return "reason." + code + ".title" }
func detailKey(code string) string { return "reason." + code + ".detail" }
func stepKey(code string, kind problem.StepKind) string {
	return "reason." + code + ".step." + string(kind)
}
func kindKey(kind problem.StepKind) string { return "step." + string(kind) }
func statusKey(status int) string          { return fmt.Sprintf("status.%d", status) }
func wordKey(word string) string           { return wordPrefix + word }

const wordPrefix = "page."

// builtinLocales are the files of package templates, English first. Each is
// read once, on first use, whatever number of Renderers there is.
var builtinLocales = sync.OnceValue(func() []lazyLocale {
	const dir = "locales"
	entries, err := templates.Locales.ReadDir(dir)
	if err != nil {
		panic(err) // the folder is part of the program
	}
	var all []lazyLocale
	for _, e := range entries {
		name := e.Name()
		l := lazyLocale{strings.TrimSuffix(name, ".json"), sync.OnceValue(func() *locale {
			b, _ := templates.Locales.ReadFile(path.Join(dir, name))
			// TestBuiltinLocales: there are no mistakes in what is shipped.
			l, _ := parseLocale(name, b, nil)
			return l
		})}
		if l.tag == english {
			all = slices.Insert(all, 0, l)
		} else {
			all = append(all, l)
		}
	}
	return all
})

// englishLocale is where a denial is written that no other language has.
func englishLocale() *locale { return builtinLocales()[0].get() }

func newLocales(overlay fs.FS, defaultTag string, reasons *problem.Set, bad func(field, value string, err error)) (*locales, error) {
	ls := &locales{all: slices.Clone(builtinLocales())}
	if overlay != nil {
		files, err := readLocales(overlay, newKeyTable(englishLocale(), reasons))
		if err != nil {
			return nil, err
		}
		if len(files) == 0 {
			bad("Locales", "", errors.New("it holds no <tag>.json file at its top; use fs.Sub to name the folder that does"))
		}
		for _, l := range files {
			ls.lay(l)
		}
	}
	if defaultTag == "" {
		defaultTag = english
	}
	first := slices.IndexFunc(ls.all, func(l lazyLocale) bool { return strings.EqualFold(l.tag, defaultTag) })
	if first < 0 {
		bad("DefaultLanguage", defaultTag, fmt.Errorf("there is no such locale; want one of %s", strings.Join(ls.tags(), ", ")))
		first = 0
	}
	def := ls.all[first]
	ls.all = slices.Insert(slices.Delete(ls.all, first, first+1), 0, def)
	tags := make([]language.Tag, len(ls.all))
	for i, l := range ls.all {
		tags[i] = language.Raw.Make(l.tag)
	}
	ls.langs = negotiate.NewLanguages(tags...)
	return ls, nil
}

// english returns the English of the site, which an overlay may have changed.
func (ls *locales) english() *locale {
	for _, l := range ls.all {
		if l.tag == english {
			return l.get()
		}
	}
	return englishLocale()
}

func (ls *locales) tags() []string {
	var tags []string
	for _, l := range ls.all {
		tags = append(tags, l.tag)
	}
	return tags
}

// lay puts l over the locale of the same tag, or beside the others.
func (ls *locales) lay(l *locale) {
	for i, under := range ls.all {
		if under.tag != l.tag {
			continue
		}
		ls.all[i].get = sync.OnceValue(func() *locale {
			merged := &locale{tag: l.tag, dir: l.dir, text: maps.Clone(under.get().text), words: maps.Clone(under.get().words)}
			maps.Copy(merged.text, l.text)
			maps.Copy(merged.words, l.words)
			return merged
		})
		return
	}
	ls.all = append(ls.all, lazyLocale{l.tag, func() *locale { return l }})
}

// choose returns the language for a request.
func (ls *locales) choose(req *Request) *locale {
	if req.Language != "" {
		if i, asked := ls.langs.Best([]string{req.Language}); asked {
			return ls.all[i].get()
		}
	}
	i, _ := ls.langs.Best(req.Header["Accept-Language"])
	return ls.all[i].get()
}

// keyTable says which keys a locale file may have, and which placeholders
// their texts.
type keyTable map[string][]string

func newKeyTable(en *locale, reasons *problem.Set) keyTable {
	t := make(keyTable)
	for key, m := range en.text {
		t.add(key, m)
	}
	for word := range en.words {
		t[wordKey(word)] = nil
	}
	for r := range reasons.All() {
		t.addText(titleKey(r.Code()), r.Title())
		if r.Detail() != "" {
			t.addText(detailKey(r.Code()), r.Detail())
		}
		for _, s := range r.Next() {
			if s.Title != "" {
				t.addText(stepKey(r.Code(), s.Kind), s.Title)
			}
			if s.Kind.Label() == "" {
				t[kindKey(s.Kind)] = nil
			}
		}
	}
	return t
}

func (t keyTable) addText(key, text string) {
	if m, err := message.Parse(text); err == nil {
		t.add(key, m)
	}
}

func (t keyTable) add(key string, m message.Message) {
	names := slices.Collect(m.Names)
	slices.Sort(names)
	t[key] = slices.Compact(names)
}

// check reports what is wrong with a text under a key.
func (t keyTable) check(key string, m message.Message) error {
	if t == nil {
		return nil
	}
	want, ok := t[key]
	if !ok {
		return errors.New("there is no such key; see en.json for the built-in ones, and list your own reasons in Config.Reasons")
	}
	for name := range m.Names {
		if !slices.Contains(want, name) {
			return fmt.Errorf("the English text has no placeholder {%s}; want %s", name, placeholders(want))
		}
	}
	for _, name := range want {
		if !slices.Contains(slices.Collect(m.Names), name) {
			return fmt.Errorf("the placeholder {%s} of the English text is missing", name)
		}
	}
	return nil
}

func placeholders(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return "{" + strings.Join(names, "}, {") + "}"
}

// readLocales reads every <tag>.json of dir and reports every mistake.
func readLocales(dir fs.FS, keys keyTable) ([]*locale, error) {
	names, err := fs.Glob(dir, "*.json")
	if err != nil {
		return nil, fmt.Errorf("render: Config.Locales: %w", err)
	}
	if _, err := fs.ReadDir(dir, "."); err != nil {
		return nil, fmt.Errorf("render: Config.Locales: %w", err)
	}
	var all []*locale
	var errs []error
	for _, name := range names {
		b, err := fs.ReadFile(dir, name)
		if err != nil {
			errs = append(errs, &LocaleError{File: name, Err: err})
			continue
		}
		l, mistakes := parseLocale(name, b, keys)
		errs = append(errs, mistakes...)
		all = append(all, l)
	}
	return all, errors.Join(errs...)
}

// note is a key under which a file says how it was made; it is no text.
const note = "_note"

func parseLocale(name string, b []byte, keys keyTable) (*locale, []error) {
	var errs []error
	tagText := strings.TrimSuffix(path.Base(name), ".json")
	tag, err := language.Raw.Parse(tagText)
	if err != nil || tag.String() != tagText {
		err = fmt.Errorf("its name is no language tag; want one such as de.json or %s.json", tag)
		return &locale{}, []error{&LocaleError{File: name, Err: err}}
	}
	l := &locale{tag: tagText, dir: direction(tag), text: make(map[string]message.Message), words: make(map[string]string)}
	line := func(offset int64) int {
		return 1 + bytes.Count(b[:min(int(offset), len(b))], []byte("\n"))
	}
	d := json.NewDecoder(bytes.NewReader(b))
	fail := func(offset int64, key string, err error) {
		errs = append(errs, &LocaleError{name, line(offset), key, err})
	}
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		fail(d.InputOffset(), "", errors.New(`want a JSON object of "key": "text"`))
		return l, errs
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			fail(offsetOf(err, d), "", err)
			return l, errs
		}
		key, _ := t.(string)
		at := d.InputOffset()
		var value any
		if err := d.Decode(&value); err != nil {
			fail(offsetOf(err, d), key, err)
			return l, errs
		}
		if key == note {
			continue
		}
		text, ok := value.(string)
		if !ok || text == "" {
			fail(at, key, errors.New("want a text"))
			continue
		}
		if text != clean(text) {
			fail(at, key, errors.New("it holds a control character, or bytes that are no UTF-8; remove them"))
			continue
		}
		m, err := message.Parse(text)
		if err != nil {
			fail(at, key, err)
			continue
		}
		word, isWord := strings.CutPrefix(key, wordPrefix)
		_, twice := l.text[key]
		if _, ok := l.words[word]; ok && isWord || twice {
			fail(at, key, errors.New("the key stands here twice; remove one"))
			continue
		}
		if err := keys.check(key, m); err != nil {
			fail(at, key, err)
			continue
		}
		if isWord {
			l.words[word] = text
		} else {
			l.text[key] = m
		}
	}
	if _, err := d.Token(); err != nil {
		fail(offsetOf(err, d), "", errors.New("the JSON object is not closed"))
	} else if _, err := d.Token(); err != io.EOF {
		fail(d.InputOffset(), "", errors.New("there is more after the JSON object; remove it"))
	}
	return l, errs
}

func offsetOf(err error, d *json.Decoder) int64 {
	if e := new(json.SyntaxError); errors.As(err, &e) {
		return e.Offset
	}
	return d.InputOffset()
}

// rightToLeft are the scripts written from right to left that have readers.
var rightToLeft = []string{"Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg"}

func direction(tag language.Tag) string {
	script, _ := tag.Script()
	if slices.Contains(rightToLeft, script.String()) {
		return "rtl"
	}
	return "ltr"
}
