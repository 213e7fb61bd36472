package render

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"

	"github.com/denial-go/denial/internal/cldr"
	"github.com/denial-go/denial/internal/message"
	"github.com/denial-go/denial/negotiate"
	"github.com/denial-go/denial/problem"
)

// english is the language of the built-in reasons' own texts, and the one in
// which every denial can be written.
const english = "en"

// locale is one language's texts.
type locale struct {
	tag     string
	dir     string
	texts   textTable         // that have one form; they are parsed again where one is needed, which is seldom
	plurals map[string]*text  // that have several
	words   map[string]string // the page's own, by the end of their key
	form    *cldr.Locale      // how it writes numbers, lists and waits
}

// has reports whether there is a text under key.
func (l *locale) has(key string) bool {
	return l.texts.get(key) != "" || l.plurals[key] != nil
}

// find returns the text under key.
func (l *locale) find(key string) (text, bool) {
	if t := l.plurals[key]; t != nil {
		return *t, true
	}
	s := l.texts.get(key)
	if s == "" {
		return text{}, false
	}
	m, _ := message.Parse(s) // it has been parsed before
	return text{Message: m}, true
}

// A textTable holds texts, none of them empty, by key. Those under the keys of
// en.json lie one behind the other in one string: as strings in a map, those of
// forty languages would be 12,000 things for a garbage collector to look at,
// again and again, and twice the memory.
type textTable struct {
	joined string
	ends   []uint32          // of each text in joined, by the order of keys in en.json
	others map[string]string // under other keys, nil for none
}

func newTextTable(texts map[string]string) textTable {
	keys := englishKeys()
	t := textTable{ends: make([]uint32, len(keys.list))}
	var b strings.Builder
	n := 0
	for i, key := range keys.list {
		n += len(texts[key])
		t.ends[i] = uint32(n)
	}
	b.Grow(n)
	for _, key := range keys.list {
		b.WriteString(texts[key])
	}
	t.joined = b.String()
	for key, s := range texts {
		if _, ok := keys.at[key]; !ok {
			if t.others == nil {
				t.others = make(map[string]string)
			}
			t.others[key] = s
		}
	}
	return t
}

// get returns the text under key, or "".
func (t *textTable) get(key string) string {
	if i, ok := englishKeys().at[key]; ok {
		return t.nth(i)
	}
	return t.others[key]
}

// nth returns the text under a key of en.json, or "".
func (t *textTable) nth(i int) string {
	if i >= len(t.ends) { // the table of a file that is none
		return ""
	}
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.joined[start:t.ends[i]]
}

// all yields each key and its text.
func (t *textTable) all(yield func(key, s string) bool) {
	for i, key := range englishKeys().list {
		if s := t.nth(i); s != "" && !yield(key, s) {
			return
		}
	}
	for key, s := range t.others {
		if !yield(key, s) {
			return
		}
	}
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
	files []*locale // of Config.Locales, as they are
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
	var all []lazyLocale
	for _, tag := range builtinTags() {
		all = append(all, lazyLocale{tag, sync.OnceValue(func() *locale {
			// TestBuiltinLocales: there are no mistakes in what is shipped.
			l, _ := parseLocale(tag+".json", builtinFile(tag), nil)
			return l
		})})
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
		ls.lay(files)
		ls.files = files
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
	copy(ls.all[1:], ls.all[:first])
	ls.all[0] = def
	ls.langs = ls.compile()
	return ls, nil
}

// begun tells fault of each text that keeps a language from answering a denial for
// which its file has some.
func (ls *locales) begun(reasons *problem.Set, sent func(status int) int, fault func(error)) {
	for _, l := range ls.files {
		all := ls.all[ls.index(l.tag)].get()
		codes, told := l.codes(), make(map[string]bool)
		for r := range reasons.All() {
			if !codes[r.Code()] {
				continue
			}
			for _, key := range all.missing(&problem.Problem{Reason: r}, sent(r.Status())) {
				if !told[key] {
					told[key] = true
					fault(&LocaleError{File: l.tag + ".json", Key: key, Err: fmt.Errorf("it is not there; until it is, denials such as %s are in another language", r.Code())})
				}
			}
		}
	}
}

// codes are those of the reasons that l has texts of.
func (l *locale) codes() map[string]bool {
	codes := make(map[string]bool)
	add := func(key string) {
		if rest, ok := strings.CutPrefix(key, "reason."); ok {
			code, _, _ := strings.Cut(rest, ".")
			codes[code] = true
		}
	}
	for key := range l.texts.all {
		add(key)
	}
	for key := range l.plurals {
		add(key)
	}
	return codes
}

// english returns the English of the site, which an overlay may have changed.
func (ls *locales) english() *locale {
	return ls.all[ls.index(english)].get() // it is among the built-in ones
}

func (ls *locales) tags() []string {
	var tags []string
	for _, l := range ls.all {
		tags = append(tags, l.tag)
	}
	return tags
}

// lay puts files over the locales of the same tag. One of a region, such as
// de-AT.json, lies over what its readers had without it, and the others stand
// beside the rest.
func (ls *locales) lay(files []*locale) {
	var others []*locale
	for _, l := range files {
		if i := ls.index(l.tag); i >= 0 {
			ls.all[i] = over(ls.all[i], l)
			continue
		}
		// de-AT comes before de-AT-1996, which lies over it.
		i := slices.IndexFunc(others, func(o *locale) bool { return len(o.tag) > len(l.tag) })
		if i < 0 {
			i = len(others)
		}
		others = slices.Insert(others, i, l)
	}
	var langs *negotiate.Languages
	for i, l := range others {
		if i == 0 || len(others[i-1].tag) < len(l.tag) {
			langs = ls.compile() // no tag lies over one that is as long
		}
		under, asked := langs.Best([]string{l.tag})
		if base, _, _ := strings.Cut(l.tag, "-"); asked && strings.HasPrefix(ls.all[under].tag+"-", base+"-") && script(ls.all[under].tag) == script(l.tag) {
			ls.all = append(ls.all, over(ls.all[under], l))
		} else {
			ls.all = append(ls.all, lazyLocale{l.tag, func() *locale { return l }})
		}
	}
}

// script returns the script that a tag names or implies.
func script(tag string) string {
	s, _ := language.Raw.Make(tag).Script()
	return s.String()
}

// index returns where the locale of a tag is, or -1.
func (ls *locales) index(tag string) int {
	return slices.IndexFunc(ls.all, func(l lazyLocale) bool { return l.tag == tag })
}

// compile makes what negotiates among all.
func (ls *locales) compile() *negotiate.Languages {
	tags := make([]language.Tag, len(ls.all))
	for i, l := range ls.all {
		tags[i] = language.Raw.Make(l.tag)
	}
	return negotiate.NewLanguages(tags...)
}

// over returns the locale that has the texts of l, and those of under that l
// lacks.
func over(under lazyLocale, l *locale) lazyLocale {
	return lazyLocale{l.tag, sync.OnceValue(func() *locale {
		below := under.get()
		merged := &locale{
			tag: l.tag, dir: l.dir, form: l.form,
			plurals: maps.Clone(below.plurals), words: maps.Clone(below.words),
		}
		texts := maps.Collect(below.texts.all)
		for key := range l.plurals {
			delete(texts, key)
		}
		for key, s := range l.texts.all {
			texts[key] = s
			delete(merged.plurals, key)
		}
		merged.texts = newTextTable(texts)
		maps.Copy(merged.plurals, l.plurals)
		maps.Copy(merged.words, l.words)
		return merged
	})}
}

// choose returns the index of the language for a request.
func (ls *locales) choose(req *Request) int {
	if req.Language != "" {
		if i, asked := ls.langs.Best([]string{req.Language}); asked {
			return i
		}
	}
	i, _ := ls.langs.Best(req.Header["Accept-Language"])
	return i
}

// fit returns the index of the language for a request among those that cover
// what is denied, where the reader's best, chosen, does not: their next one, or
// the default, or else English, which always does.
func (ls *locales) fit(req *Request, chosen int, covers func(i int) bool) int {
	if covers(chosen) {
		return chosen
	}
	if req.Language != "" {
		if i, asked := ls.langs.BestOf([]string{req.Language}, covers); asked {
			return i
		}
	}
	if i, asked := ls.langs.BestOf(req.Header["Accept-Language"], covers); asked {
		return i
	}
	if covers(0) {
		return 0
	}
	return ls.index(english)
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
