package render_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/denial-go/denial/templates"
)

// pseudo returns a locale file with every text of English put through f.
func pseudo(t testing.TB, f func(string) string) []byte {
	t.Helper()
	var texts map[string]string
	if err := json.Unmarshal([]byte(templates.English), &texts); err != nil {
		t.Fatal(err)
	}
	for key, text := range texts {
		texts[key] = f(text)
	}
	b, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func prefixed(p string) func(string) string { return func(s string) string { return p + s } }

// TestLanguage is rule 4: one response, one language, and which.
func TestLanguage(t *testing.T) {
	deny := mustNew(t, render.Config{Locales: fstest.MapFS{
		"cy.json": {Data: pseudo(t, prefixed("CY "))},
		"ar.json": {Data: pseudo(t, prefixed("AR "))},
		"eo.json": {Data: []byte(`{"step.sign-in": "Ensaluti"}`)}, // of little use alone
	}})
	own := problem.MustReason(problem.Definition{Code: "own", Status: 403, Title: "Own"})
	tests := []struct {
		name     string
		reader   string
		accept   string
		err      error
		language string
		dir      string
		title    string
		why      string
	}{
		{"absent", "", "", problem.EmailUnverified, "en", "ltr", problem.EmailUnverified.Title(), ""},
		{"asked", "", "cy", problem.EmailUnverified, "cy", "ltr", "CY " + problem.EmailUnverified.Title(), ""},
		{"from right to left", "", "ar-EG, en;q=0.5", problem.EmailUnverified, "ar", "rtl", "AR " + problem.EmailUnverified.Title(), ""},
		{"the reader's own setting", "cy-GB", "ar", problem.EmailUnverified, "cy", "ltr", "CY " + problem.EmailUnverified.Title(), "before Accept-Language"},
		{"a setting that is not there", "tlh", "ar", problem.EmailUnverified, "ar", "rtl", "AR " + problem.EmailUnverified.Title(), ""},
		{"nonsense", "%%", ";;;,x_y", problem.EmailUnverified, "en", "ltr", problem.EmailUnverified.Title(), ""},
		{"a reason without a translation", "", "cy", own, "en", "ltr", "Own", "the whole response is in one language"},
		{"one of several without", "", "cy", &problem.Problem{Reason: problem.EmailUnverified, Also: []*problem.Problem{{Reason: own}}}, "en", "ltr", problem.EmailUnverified.Title(), ""},
		{"a language with one text", "", "eo", problem.SignInRequired, "en", "ltr", problem.SignInRequired.Title(), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			req := render.Request{Language: tt.reader, Header: map[string][]string{}}
			if tt.accept != "" {
				req.Header.Set("Accept-Language", tt.accept)
			}
			v := deny.View(req, tt.err)
			if v.Language != tt.language || v.Dir != tt.dir || v.Title != tt.title {
				t.Errorf("got %s %s %q, want %s %s %q (%s)", v.Language, v.Dir, v.Title, tt.language, tt.dir, tt.title, tt.why)
			}
			for _, f := range allFormats {
				req.Format = f
				resp := deny.Render(req, tt.err)
				if got := resp.Header.Get("Content-Language"); got != tt.language {
					t.Errorf("%s: Content-Language %s, want %s", f.MediaType(), got, tt.language)
				}
			}
		})
	}
}

// What is compiled in is what stands in the files: the languages, and one
// sentence of each.
func TestPackedLocales(t *testing.T) {
	files, err := filepath.Glob("../templates/locales/*.json")
	if err != nil {
		t.Fatal(err)
	}
	deny := mustNew(t, render.Config{})
	var want []string
	for _, f := range files {
		tag := strings.TrimSuffix(filepath.Base(f), ".json")
		want = append(want, tag)
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(b, &texts); err != nil {
			t.Fatal(err)
		}
		v := deny.View(render.Request{Language: tag}, problem.EmailUnverified)
		if title := texts["reason.email-unverified.title"]; v.Language != tag || v.Title != title {
			t.Errorf("%s: got %s %q, want %q; run go test ./templates -update", tag, v.Language, v.Title, title)
		}
	}
	got := deny.Languages()
	if got[0] != "en" {
		t.Errorf("the default is %s, want en", got[0])
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("languages; run go test ./templates -update (-want +got):\n%s", diff)
	}
}

// What readers get whose language is not offered by its own name.
func TestBuiltinLanguages(t *testing.T) {
	deny := mustNew(t, render.Config{})
	tests := []struct{ accept, want, dir, why string }{
		{"zh-HK,zh;q=0.9", "zh-Hant", "ltr", "Hong Kong writes traditional characters"},
		{"zh-CN", "zh-Hans", "ltr", ""},
		{"pt-AO", "pt-PT", "ltr", "Angola follows Portugal"},
		{"pt", "pt-BR", "ltr", "most speakers"},
		{"de-CH, en;q=0.5", "de", "ltr", "before a later language"},
		{"iw", "he", "rtl", "the old code"},
		{"ar-EG", "ar", "rtl", ""},
		{"ur-PK", "ur", "rtl", ""},
		{"fr-*, en;q=0.1", "fr", "ltr", "an extended range"},
		{"no", "nb", "ltr", ""},
		{"sr-Latn-RS", "sr-Latn", "ltr", ""},
		{"sr-ME", "sr-Latn", "ltr", "Montenegro writes Latin"},
		{"tlh, x-klingon;q=0.9", "en", "ltr", "nothing near"},
		{"%%%,;q=,,", "en", "ltr", "garbage"},
	}
	for _, tt := range tests {
		for _, err := range []error{problem.EmailUnverified, problem.RetryIn(problem.RateLimited, time.Minute)} {
			req := render.Request{Header: map[string][]string{"Accept-Language": {tt.accept}}}
			if v := deny.View(req, err); v.Language != tt.want || v.Dir != tt.dir {
				t.Errorf("%s: got %s %s, want %s %s (%s)", tt.accept, v.Language, v.Dir, tt.want, tt.dir, tt.why)
			}
		}
	}
}

// Every language has every text: no denial falls back to English.
func TestEveryReasonInEveryLanguage(t *testing.T) {
	deny := mustNew(t, render.Config{})
	for _, tag := range deny.Languages() {
		for _, r := range problem.Common() {
			v := deny.View(render.Request{Language: tag}, problem.RetryIn(r, 5*time.Minute))
			if v.Language != tag {
				t.Errorf("%s in %s: got %s", r.Code(), tag, v.Language)
			}
			if strings.ContainsAny(v.Title+v.Detail, "{}[]…") {
				t.Errorf("%s in %s: %q %q", r.Code(), tag, v.Title, v.Detail)
			}
		}
	}
}

// The files that are shipped pass the checks that an application's files must.
func TestBuiltinLocales(t *testing.T) {
	if _, err := render.New(render.Config{Locales: os.DirFS("../templates/locales")}); err != nil {
		t.Error(err)
	}
}

// One key changes one sentence, and DefaultLanguage the language of those who
// ask for none.
func TestLocaleOverlay(t *testing.T) {
	deny := mustNew(t, render.Config{
		Locales:         fstest.MapFS{"en.json": {Data: []byte(`{"step.sign-in": "Log in"}`)}, "cy.json": {Data: pseudo(t, prefixed("CY "))}},
		DefaultLanguage: "cy",
	})
	en := render.Request{Language: "en"}
	if got := deny.View(en, problem.SignInRequired); got.Next[0].Title != "Log in" || got.Title != problem.SignInRequired.Title() {
		t.Errorf("got %q and %q", got.Next[0].Title, got.Title)
	}
	if got := deny.View(render.Request{}, problem.SignInRequired).Language; got != "cy" {
		t.Errorf("the default is %s, want cy", got)
	}
	// Both Renderers stand on the same built-in texts.
	if got := (&render.Renderer{}).View(en, problem.SignInRequired).Next[0].Title; got != "Sign in" {
		t.Errorf("another Renderer's text changed to %q", got)
	}
}

// What a value reads like in a sentence of its language: formats come from
// CLDR for languages that have tables, and from the file for others.
func TestValuesInSentences(t *testing.T) {
	own := problem.MustReason(problem.Definition{
		Code: "own", Status: 403, Title: "Own",
		Detail: "{n} seats, {f} percent, {list}, {choice|or}, {retry_after}, {until}.",
	})
	file := func(extra string) []byte {
		words := ""
		for _, word := range []string{"also", "for_admin", "for_client", "for_operator", "for_owner", "happened", "help", "home", "next", "others", "reference"} {
			words += fmt.Sprintf(`"page.%s": "W", `, word)
		}
		return fmt.Appendf(nil, `{%s"reason.own.title": "T", "status.403": "S"%s}`, words, extra)
	}
	deny := mustNew(t, render.Config{Reasons: []problem.Reason{own}, Locales: fstest.MapFS{
		"pl.json": {Data: file(`, "reason.own.detail": {"one": "{n} miejsce {f} {list} {choice|or} {retry_after} {until}.", "few": "{n} miejsca {f} {list} {choice|or} {retry_after} {until}.", "many": "{n} miejsc {f} {list} {choice|or} {retry_after} {until}.", "other": "{n} miejsca {f} {list} {choice|or} {retry_after} {until}."}`)},
		"fa.json": {Data: file(`, "reason.own.detail": "{n} {f} {list} {choice|or} {retry_after} {until}"`)},
		"cy.json": {Data: file(`, "reason.own.detail": "{n} {f} {list} {choice|or}[ {retry_after}] {until}"`)},
		"eu.json": {Data: file(`, "reason.own.detail": "{n} {f} {list} {choice|or} {retry_after} {until}", "cldr.second.other": "{0} segundo barru", "cldr.minute.other": "{0} minutu barru", "cldr.minute.one": "minutu {0} barru", "cldr.hour.other": "{0} ordu barru", "cldr.day.other": "{0} egun barru", "cldr.second.one": "segundo {0} barru", "cldr.hour.one": "ordu {0} barru", "cldr.day.one": "egun {0} barru"`)},
	}})
	tests := []struct {
		language string
		n        any
		want     string
		why      string
	}{
		{"en", 12345, "12,345 seats, 2.5 percent, a and b, a or b, in 5 minutes, 2026-11-22 09:30 UTC.", ""},
		{"pl", 1, "1 miejsce 2,5 a i b a lub b za 5 minut 2026-11-22 09:30 UTC.", "one"},
		{"pl", 2, "2 miejsca 2,5 a i b a lub b za 5 minut 2026-11-22 09:30 UTC.", "few"},
		{"pl", int8(5), "5 miejsc 2,5 a i b a lub b za 5 minut 2026-11-22 09:30 UTC.", "many"},
		{"pl", 1.5, "1,5 miejsca 2,5 a i b a lub b za 5 minut 2026-11-22 09:30 UTC.", "other: a fraction"},
		{"fa", 5, "۵ ۲٫۵ \u2068a\u2069 و \u2068b\u2069 \u2068a\u2069 یا \u2068b\u2069 ۵ دقیقه بعد \u20682026-11-22 09:30 UTC\u2069", "values are isolated, each item by itself"},
		{"cy", 5, "5 2.5 a, b a, b 2026-11-22 09:30 UTC", "no words for a wait: what depends on it is left out"},
		{"eu", 5, "5 2.5 a, b a, b 5 minutu barru 2026-11-22 09:30 UTC", "the file brings its own words for waits, and none for lists"},
	}
	for _, tt := range tests {
		t.Run(tt.language, func(t *testing.T) {
			v := deny.View(render.Request{Language: tt.language}, &problem.Problem{Reason: own, RetryAfter: 5 * time.Minute, Next: []problem.NextStep{}, Args: map[string]any{
				"n": tt.n, "f": 2.5, "list": []string{"a", "b"}, "choice": []string{"a", "b"}, "until": time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC),
			}})
			if v.Language != tt.language || v.Detail != tt.want {
				t.Errorf("%s:\n got %s %q\nwant %s %q", tt.why, v.Language, v.Detail, tt.language, tt.want)
			}
		})
	}
}

// Where the reader's best language lacks a text, their next one is tried before
// the default; the answer is in one language as a whole.
func TestNextLanguage(t *testing.T) {
	own := problem.MustReason(problem.Definition{Code: "own", Status: 403, Title: "Own", Detail: "Own[ {v}]."})
	file := func(tag string) []byte {
		return []byte(`{"reason.own.title": "` + tag + `", "reason.own.detail": "` + tag + `[ {v}]."}`)
	}
	for _, byDefault := range []string{"en", "ja", "it"} {
		deny := mustNew(t, render.Config{
			Reasons: []problem.Reason{own}, DefaultLanguage: byDefault,
			Locales: fstest.MapFS{"de.json": {Data: file("de")}, "pt-BR.json": {Data: file("pt-BR")}, "ja.json": {Data: file("ja")}},
		})
		last := "en"
		if byDefault == "ja" {
			last = "ja" // which has the texts, and Italian has none
		}
		for _, row := range []struct {
			reader, accept string
			err            error
			want           string
		}{
			{"", "fr-CH, de;q=0.9, en;q=0.1", own, "de"},
			{"", "fr, pt;q=0.9, de;q=0.8", own, "pt-BR"},
			{"", "fr, de;q=0.8, pt;q=0.9", own, "pt-BR"},
			{"", "fr, de;q=0, pt;q=0.1", own, "pt-BR"},
			{"fr", "de", own, "de"},
			{"pt", "de", own, "pt-BR"},
			{"", "fr, it;q=0.9", own, last},
			{"", "fr, de;q=0", own, last},
			{"", "fr, en;q=0.5, de;q=0.1", own, "en"},
			{"", "fr, de;q=0.9", problem.NotOwner, "fr"},
			{"", "fr, de;q=0.9", errors.Join(problem.NotOwner, own), "de"},
			{"", "fr, de;q=0.9", &problem.Problem{Reason: own, Detail: "As it is."}, "de"},
			{"", "fr, de;q=0.9", &problem.Problem{Reason: own, Args: map[string]any{"v": "x"}}, "de"},
			{"", "fr, de;q=0.9", &problem.Problem{Reason: problem.NotOwner, Next: []problem.NextStep{{Kind: problem.ContactOwner, Title: "Write to Ada"}}}, "en"},
		} {
			in := renderRequest("/x", "Accept-Language: "+row.accept)
			in.Language = row.reader
			for range 3 {
				same(t, deny, render.Slow(deny), in, row.err)
				if got := deny.Render(in, row.err).Header.Get("Content-Language"); got != row.want {
					t.Errorf("%s: %v for %q, %q is in %s, want %s", byDefault, row.err, row.reader, row.accept, got, row.want)
				}
			}
		}
		if in := renderRequest("/x", "Accept-Language: fr-CH, de;q=0.9"); !render.Prepared(deny, in, own) {
			t.Error("an answer in the reader's next language is not prepared")
		}
	}
}

// A file for a region changes what it names; the rest is that of its language.
func TestRegionalLocale(t *testing.T) {
	deny := mustNew(t, render.Config{Locales: fstest.MapFS{
		"de-AT.json":      {Data: []byte(`{"step.sign-in": "Einloggen"}`)},
		"de-AT-1996.json": {Data: []byte(`{"step.sign-up": "Beitreten"}`)},
		"de.json":         {Data: []byte(`{"step.go-home": "Heim"}`)},
		"en-GB.json":      {Data: []byte(`{"step.sign-in": "Log on"}`)},
		"zh-HK.json":      {Data: []byte(`{"step.sign-in": "HK"}`)},
		"nn.json":         {Data: []byte(`{"step.sign-in": "NN"}`)},
		"ur-Latn.json":    {Data: []byte(`{"step.sign-in": "UR"}`)},
		"es-MX.json":      {Data: []byte(`{"step.sign-in": "MX"}`)},
		"es-AR.json":      {Data: []byte(`{"step.sign-up": "AR"}`)},
		"es-UY.json":      {Data: []byte(`{"step.sign-up": "UY"}`)},
	}, Links: map[problem.StepKind]string{problem.SignIn: "/in", problem.SignUp: "/up"}})
	title := func(accept string) string {
		return deny.View(renderRequest("/x", "Accept-Language: "+accept), problem.SignInRequired).Title
	}
	for _, row := range []struct{ accept, language, step, like string }{
		{"de-AT,de;q=0.9,en;q=0.5", "de-AT", "Einloggen", "de"},
		{"de-CH", "de", "Anmelden", "de"},
		{"de-AT-1996", "de-AT-1996", "Einloggen", "de"},
		{"en-GB", "en-GB", "Log on", "en"},
		{"en-US", "en", "Sign in", "en"},
		{"zh-HK", "zh-HK", "HK", "zh-Hant"},
		{"es-MX", "es-MX", "MX", "es"},
		{"es-AR", "es-AR", "Iniciar sesión", "es"}, // not what Mexico's file says
		{"es-UY", "es-UY", "Iniciar sesión", "es"},
		{"ur-Latn", "ur", "سائن ان کریں", "ur"}, // other letters than those of ur
		{"nn, nb;q=0.9", "nb", "Logg på", "nb"}, // another language than nb: its file would have to be whole
	} {
		for range 2 {
			v := deny.View(renderRequest("/x", "Accept-Language: "+row.accept), problem.SignInRequired)
			if v.Language != row.language || v.Next[0].Title != row.step || v.Title != title(row.like) {
				t.Errorf("%q is answered in %s with %q and %q", row.accept, v.Language, v.Title, v.Next[0].Title)
			}
		}
	}
	v := deny.View(renderRequest("/x", "Accept-Language: de-AT"), problem.RetryIn(problem.RateLimited, 90*time.Second))
	if !strings.Contains(v.Detail, "in 90 Sekunden") {
		t.Errorf("a wait in de-AT reads %q", v.Detail)
	}
}
