package render_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// Each mistake in a file names its line, and the key where one has been read.
func TestLocaleFileMistakes(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"nothing", "", `de.json:1: want a JSON object of "key": "text"`},
		{"text", "step.sign-in: Anmelden\n", `de.json:1: want a JSON object of "key": "text"`},
		{"byte order mark", "\ufeff{}", `de.json:1: want a JSON object of "key": "text"`},
		{"comma at the end", "{\n\"step.sign-in\": \"a\",\n}", `de.json:3: want one more after the comma; remove the comma behind the last`},
		{"no comma", "{\n\"step.sign-in\": \"a\"\n\"step.sign-up\": \"b\"}", `de.json:3: want a comma, or the end of the JSON object`},
		{"comment", "{\n// ours\n\"step.sign-in\": \"a\"}", `de.json:2: want a member's name, in quotation marks`},
		{"no quotation marks", "{\n\"step.sign-in\": Anmelden}", `de.json:2: key "step.sign-in": want a value; text stands in quotation marks`},
		{"line end in a text", "{\"step.sign-in\":\n\"An\nmelden\"}", `de.json:2: key "step.sign-in": a string holds the control character U+000A; write \u000a`},
		{"text not closed", "{\"step.sign-in\": \"a\",\n\"step.sign-up\": \"b", `de.json:2: key "step.sign-up": a string is not closed`},
		{"escape", "{\n\n\"step.sign-in\": \"\\x\"}", `de.json:3: key "step.sign-in": there is no such escape; want `},
		{"another encoding", "{\n\"step.sign-in\": \"\xdcber\"}", `de.json:2: key "step.sign-in": a string holds bytes that are no UTF-8`},
		{"another encoding in a pattern", "{\n\"cldr.and.2\": \"{0} \xfcnd {1}\"}", `de.json:2: key "cldr.and.2": a string holds bytes that are no UTF-8`},
		{"control character in a pattern", "{\n\"cldr.and.2\": \"{0}\\u202e{1}\"}", `de.json:2: key "cldr.and.2": it holds a control character, or bytes that are no UTF-8; remove them`},
		{"control character in a wait", "{\n\"cldr.minute\": {\"other\": \"{0}\\n\"}}", `de.json:2: key "cldr.minute.other": it holds a control character, or bytes that are no UTF-8; remove them`},
		{"another encoding in a key", "{\n\"\xff\": \"a\"}", `de.json:2: a string holds bytes that are no UTF-8`},
		{"object not closed", "{\n\"step.sign-in\": {\"other\": \"a\"\n", `de.json:2: key "step.sign-in": the JSON object is not closed`},
		{"category twice", "{\n\"reason.device-limit.detail\": {\n\"one\": \"a\", \"one\": \"b\"}}", `de.json:2: key "reason.device-limit.detail": the plural category "one" stands here twice; remove one`},
		{"category that is no text", "{\n\"step.sign-in\": {\n\"one\": {\"one\": \"a\"}}}", `de.json:2: key "step.sign-in": want a text for "one"`},
		{"category without text", "{\n\"reason.role-missing.detail\": {\"one\": \"\", \"other\": \"{role} fehlt\"}}", `de.json:2: key "reason.role-missing.detail": plural category one: want a text`},
		{"category with a control character", "{\n\"reason.role-missing.detail\": {\"one\": \"{role}\\u202e\", \"other\": \"{role} fehlt\"}}", `de.json:2: key "reason.role-missing.detail": plural category one: it holds a control character`},
		{"list", "{\n\"step.sign-in\": [\"a\"]}", `de.json:2: key "step.sign-in": want a text, or an object with a text for each plural category`},
		{"null", "{\n\"step.sign-in\": null}", `de.json:2: key "step.sign-in": want a text, or an object with a text for each plural category`},
		{"more", "{}\n\n,", `de.json:3: there is more after the JSON object; remove it`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := render.New(render.Config{Locales: fstest.MapFS{"de.json": {Data: []byte(tt.text)}}})
			if err == nil {
				t.Fatal("New took it")
			}
			if got := err.Error(); !strings.HasPrefix(got, "render: locale "+tt.want) || strings.Contains(got, "\n") {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

// A mistake that ends the reading hides none that stand before it.
func TestLocaleFileSyntaxAndMore(t *testing.T) {
	_, err := render.New(render.Config{Locales: fstest.MapFS{"de.json": {Data: []byte("{\n\"step.sing-in\": \"a\",\n\"step.sign-in\": \"b\" x")}}})
	want := []string{`render: locale de.json:2: key "step.sing-in": there is no such key; `, `render: locale de.json:3: want a comma, `}
	if err == nil {
		t.Fatal("New took it")
	}
	got := strings.Split(err.Error(), "\n")
	if len(got) != len(want) {
		t.Fatalf("got %d mistakes, want %d:\n%v", len(got), len(want), err)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("mistake %d:\n got %s\nwant %s", i, got[i], want[i])
		}
	}
}

// FuzzLocaleFile looks for panics, and for mistakes that are of no type or on no
// line.
func FuzzLocaleFile(f *testing.F) {
	// Parts of a locale file: a whole one makes each run take long.
	for _, s := range []string{
		"{\n  \"page.next\": \"Co można zrobić\",\n  \"step.wait\": \"Poczekaj[ {retry_after}]\",\n  \"reason.age-required.detail\": {\"one\": \"Wymagany jest wiek.\", \"other\": \"[: {age}]\"}\n}", `{}`, `{"_note": [1]}`, `{"cldr.minute": {"few": "{0}"}}`, `{"step.sign-in": {"other": "{n}"}}`, "{\"page.next\": \"\\u00e9\",\n}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, err := render.New(render.Config{Locales: fstest.MapFS{"pl.json": {Data: text}}})
		joined, ok := err.(interface{ Unwrap() []error })
		if !ok {
			if err != nil {
				t.Fatalf("%T is not joined", err)
			}
			return
		}
		for _, e := range joined.Unwrap() {
			l := new(render.LocaleError)
			if !errors.As(e, &l) {
				continue // of the other parts of a Config
			}
			if l.File != "pl.json" || l.Err == nil || l.Line < 0 || l.Line > 1+bytes.Count(text, []byte("\n")) {
				t.Errorf("%+v", l)
			}
		}
	})
}

// A folder that cannot be read is told as such, and so is a file.
func TestLocalesUnreadable(t *testing.T) {
	_, err := render.New(render.Config{Locales: os.DirFS("testdata/no such folder")})
	if err == nil || !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "render: Config.Locales: ") {
		t.Errorf("no folder: got %v", err)
	}
	_, err = render.New(render.Config{Locales: fstest.MapFS{"de.json/x": {}, "fr.json": {Data: []byte("{}")}}})
	l := new(render.LocaleError)
	if !errors.As(err, &l) || l.File != "de.json" || l.Line != 0 {
		t.Errorf("a folder for a file: got %v", err)
	}
}

// What keeps a language from answering a denial that its file has texts for is
// told when the Renderer is made.
func TestLocaleLacksTexts(t *testing.T) {
	slot := problem.MustReason(problem.Definition{Code: "export-window", Status: 403, Title: "No exports now", Detail: "Book a slot.",
		Next: []problem.NextStep{{Kind: "book-slot", Title: "Book"}, {Kind: problem.ContactSupport, Title: "Ask"}, {Kind: problem.SignOut}}})
	for name, row := range map[string]struct {
		files map[string]string
		want  []string // keys
	}{
		"all":                      {map[string]string{"de": `{"reason.export-window.title": "a", "reason.export-window.detail": "b", "reason.export-window.step.book-slot": "c", "reason.export-window.step.contact-support": "d"}`}, nil},
		"none":                     {map[string]string{"de": `{"page.next": "Los"}`}, nil},
		"a step":                   {map[string]string{"de": `{"reason.export-window.title": "a", "reason.export-window.detail": "b", "reason.export-window.step.contact-support": "d"}`}, []string{"de.json reason.export-window.step.book-slot"}},
		"detail and steps":         {map[string]string{"fr": `{"reason.export-window.title": "a"}`}, []string{"fr.json reason.export-window.detail", "fr.json reason.export-window.step.book-slot", "fr.json reason.export-window.step.contact-support"}},
		"a sentence of a built-in": {map[string]string{"de": `{"reason.not-found.title": "Weg"}`}, nil},
		"the rest is below":        {map[string]string{"de": `{"reason.export-window.title": "a", "reason.export-window.detail": "b", "reason.export-window.step.book-slot": "c", "reason.export-window.step.contact-support": "d"}`, "de-AT": `{"reason.export-window.title": "e"}`}, nil},
		"English":                  {map[string]string{"en": `{"reason.export-window.title": "Later"}`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{}
			for tag, text := range row.files {
				files[tag+".json"] = &fstest.MapFile{Data: []byte(text)}
			}
			var got []string
			_, err := render.New(render.Config{Reasons: []problem.Reason{slot}, Locales: files, OnFault: func(err error) {
				for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
					l := e.(*render.LocaleError)
					got = append(got, l.File+" "+l.Key)
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
