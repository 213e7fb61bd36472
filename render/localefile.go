package render

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/denial-go/denial/internal/cldr"
	"github.com/denial-go/denial/internal/document"
	"github.com/denial-go/denial/internal/message"
	"github.com/denial-go/denial/problem"
	"golang.org/x/text/language"
)

// A LocaleError is one mistake in a locale file.
type LocaleError struct {
	File string // its name in Config.Locales
	Line int    // in the file, from 1; 0 where no line is to blame
	Key  string // "" where the file itself is at fault
	Err  error  // what is wrong, and what is wanted
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

// keyTable says which keys a locale file may have, and which placeholders
// their texts.
type keyTable map[string][]string

func newKeyTable(en *locale, reasons *problem.Set) keyTable {
	t := make(keyTable)
	for key, s := range en.texts.all {
		t.addText(key, s)
	}
	for key, m := range en.plurals {
		t.add(key, m.Message)
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
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		return nil, fmt.Errorf("render: Config.Locales: %w", err)
	}
	var all []*locale
	var errs []error
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".json") {
			continue
		}
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
	f := fileReader{name: name, src: b, keys: keys, texts: make(map[string]string)}
	tagText := strings.TrimSuffix(name, ".json")
	tag, err := language.Raw.Parse(tagText)
	if err != nil || tag.String() != tagText {
		f.fail(-1, "", fmt.Errorf("its name is no language tag; want one such as de.json or %s.json", tag))
		return &locale{}, f.errs
	}
	f.locale = &locale{tag: tagText, dir: direction(tag), plurals: make(map[string]*text), words: make(map[string]string)}
	f.object()
	f.forms()
	f.locale.texts = newTextTable(f.texts)
	return f.locale, f.errs
}

// fileReader reads one locale file.
type fileReader struct {
	name     string
	src      []byte
	keys     keyTable
	locale   *locale
	texts    map[string]string // of the locale
	patterns map[string]string // for package cldr
	plurals  []pluralText      // to be checked when the plural rules are known
	errs     []error
}

// pluralText is a text with a form for each plural category.
type pluralText struct {
	at    int
	key   string
	forms map[string]string
}

// fail adds a mistake at a byte of the file, or in the file as a whole where
// the offset is negative.
func (f *fileReader) fail(offset int, key string, err error) {
	line := 0
	if offset >= 0 {
		line = 1 + bytes.Count(f.src[:min(offset, len(f.src))], []byte("\n"))
	}
	f.errs = append(f.errs, &LocaleError{f.name, line, key, err})
}

// object reads the file's one object.
func (f *fileReader) object() {
	r := document.NewReader(f.src)
	if r.Next() != '{' {
		f.fail(r.Offset(), "", errors.New(`want a JSON object of "key": "text"`))
		return
	}
	seen := make(map[string]bool)
	var within string // the key whose value is being read
	r.Object(func(at int, key string) {
		within = key
		value := r.Value()
		if r.Err() != nil {
			return
		}
		within = ""
		if seen[key] {
			f.fail(at, key, errors.New("the key stands here twice; remove one"))
			return
		}
		seen[key] = true
		if key != note {
			f.entry(at, key, value)
		}
	})
	if err := r.Err(); err != nil {
		f.fail(err.Offset, within, err)
	} else if !r.Done() {
		f.fail(r.Offset(), "", errors.New("there is more after the JSON object; remove it"))
	}
}

// entry takes one key and its value: a text, or a text for each plural
// category.
func (f *fileReader) entry(at int, key string, value any) {
	isPattern := strings.HasPrefix(key, cldr.Prefix)
	switch value := value.(type) {
	case string:
		if isPattern {
			f.pattern(at, key, value)
			return
		}
		m, err := f.text(key, value)
		if err != nil {
			f.fail(at, key, err)
			return
		}
		if word, ok := strings.CutPrefix(key, wordPrefix); ok {
			text := ""
			for _, part := range m.Parts { // without the braces that are written twice
				text += part.Text
			}
			f.locale.words[word] = text
		} else {
			f.texts[key] = value
		}
	case []document.Member:
		forms := make(map[string]string, len(value))
		for _, m := range value {
			form, ok := m.Value.(string)
			if !ok {
				f.fail(at, key, fmt.Errorf("want a text for %q", m.Name))
				return
			}
			if _, again := forms[m.Name]; again {
				f.fail(at, key, fmt.Errorf("the plural category %q stands here twice; remove one", m.Name))
				return
			}
			if isPattern {
				f.pattern(at, key+"."+m.Name, form)
			}
			forms[m.Name] = form
		}
		if !isPattern {
			f.plurals = append(f.plurals, pluralText{at, key, forms})
		}
	default:
		f.fail(at, key, errors.New("want a text, or an object with a text for each plural category"))
	}
}

func (f *fileReader) pattern(at int, key, value string) {
	if value != clean(value) {
		f.fail(at, key, errUnclean)
		return
	}
	if f.patterns == nil {
		f.patterns = make(map[string]string)
	}
	f.patterns[key] = value
}

var errUnclean = errors.New("it holds a control character, or bytes that are no UTF-8; remove them")

// text parses and checks one text.
func (f *fileReader) text(key, s string) (message.Message, error) {
	if s == "" {
		return message.Message{}, errors.New("want a text")
	}
	if s != clean(s) {
		return message.Message{}, errUnclean
	}
	m, err := message.Parse(s)
	if err != nil {
		return message.Message{}, err
	}
	return m, f.keys.check(key, m)
}

// forms finds the language's formats, and with them checks the texts that have
// plural forms.
func (f *fileReader) forms() {
	form, ok := cldr.Find(f.locale.tag)
	if !ok || f.patterns != nil {
		made, err := cldr.New(f.locale.tag, f.patterns)
		for _, err := range unjoin(err) {
			key := ""
			if e := new(cldr.PatternError); errors.As(err, &e) {
				key = e.Key
			}
			f.fail(-1, key, err)
		}
		if err == nil {
			form = made
		}
	}
	f.locale.form = form
	for _, p := range f.plurals {
		t, err := f.plural(p)
		if err != nil {
			f.fail(p.at, p.key, err)
			continue
		}
		f.locale.plurals[p.key] = &t
	}
}

// plural checks a text with plural forms. The number that decides is the first
// placeholder of the form "other", which has to be there.
func (f *fileReader) plural(p pluralText) (text, error) {
	if strings.HasPrefix(p.key, wordPrefix) {
		return text{}, errors.New("the page's own words have no plural forms; want a text")
	}
	m, err := f.text(p.key, p.forms[cldr.Other.String()])
	if err != nil {
		return text{}, fmt.Errorf("plural category other: %w", err)
	}
	t := text{m, &plural{}}
	for name := range m.Names {
		t.plural.by = name
		break
	}
	if t.plural.by == "" {
		return text{}, errors.New("plural category other: it has no placeholder for the number that decides")
	}
	for c := cldr.Zero; c <= cldr.Many; c++ {
		s, given := p.forms[c.String()]
		has := f.locale.form != nil && f.locale.form.Has(c)
		switch {
		case given && !has:
			return text{}, fmt.Errorf("the language has no plural category %s; remove it", c)
		case !given && has:
			return text{}, fmt.Errorf("the plural category %s is missing", c)
		case given:
			form, err := f.text(p.key, s)
			if err != nil {
				return text{}, fmt.Errorf("plural category %s: %w", c, err)
			}
			for name := range form.Names {
				if !slices.Contains(slices.Collect(m.Names), name) {
					return text{}, fmt.Errorf("plural category %s: the form other has no placeholder {%s}", c, name)
				}
			}
			t.plural.forms[c] = &form
		}
	}
	for name := range p.forms {
		if !slices.Contains(categoryNames(), name) {
			return text{}, fmt.Errorf("%q is no plural category; want other, zero, one, two, few or many", name)
		}
	}
	return t, nil
}

func categoryNames() []string {
	var names []string
	for c := cldr.Other; c <= cldr.Many; c++ {
		names = append(names, c.String())
	}
	return names
}

// unjoin returns the errors that were joined into err.
func unjoin(err error) []error {
	if err == nil {
		return nil
	}
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		return j.Unwrap()
	}
	return []error{err}
}
