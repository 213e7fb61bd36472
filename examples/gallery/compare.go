package main

import (
	"net/http"
	"time"

	"golang.org/x/text/language/display"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// A pair is one reason in English and in another language, for reviewers.
type pair struct{ English, Other render.View }

// compare shows every text in one language beside English: the one that the
// address names, or else the reader's.
func (g *gallery) compare(w http.ResponseWriter, r *http.Request) {
	c, err := g.choice(r)
	if err != nil {
		g.deny.Write(w, r, err)
		return
	}
	if c.lang == "" {
		i, _ := g.languages.Best(r.Header["Accept-Language"])
		c.lang = g.tags[i].String()
		w.Header().Add("Vary", "Accept-Language")
	}
	page := struct {
		Lang, Dir, Name string
		Languages       []option
		Pairs           []pair
	}{Lang: c.lang}
	now := time.Now()
	for _, reason := range problem.Common() {
		p := sample(reason, now)
		show := func(lang string) render.View { return g.deny.View(render.Request{Language: lang}, p) }
		page.Pairs = append(page.Pairs, pair{show("en"), show(c.lang)})
	}
	other := page.Pairs[0].Other
	page.Lang, page.Dir = other.Language, other.Dir
	for _, t := range g.tags {
		page.Languages = append(page.Languages, option{t.String(), display.Self.Name(t), t.String(), t.String() == page.Lang})
		if t.String() == page.Lang {
			page.Name = display.English.Tags().Name(t)
		}
	}
	g.html(w, "'none'", "compare", page)
}
