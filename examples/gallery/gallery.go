package main

import (
	"crypto/rand"
	"embed"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"time"

	"golang.org/x/text/language"

	"github.com/denial-go/denial/negotiate"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/denial-go/denial/templates"
)

//go:embed gallery.html gallery.css gallery.js icon.svg
var files embed.FS

// The gallery's own reasons: what it answers where the choice in the address
// makes no sense. A denial is the answer to more than a lack of rights.
var (
	unknownFormat = problem.MustReason(problem.Definition{
		Code:   "unknown-format",
		Status: http.StatusBadRequest,
		Title:  "There is no such form",
		Detail: "The gallery knows no form of answer with this name: {format}. Choose {formats|or}.",
		Next:   []problem.NextStep{{Kind: "let-negotiate", Href: "/deny/{code}", Title: "Let the request choose the form"}},
	})
	unknownLanguage = problem.MustReason(problem.Definition{
		Code:   "unknown-language",
		Status: http.StatusBadRequest,
		Title:  "There are no texts in this language",
		Detail: "The gallery has no texts in this language: {lang}. Choose {languages|or}.",
		Next:   []problem.NextStep{{Kind: "let-negotiate", Href: "/deny/{code}", Title: "Let the request choose the language"}},
	})
)

// A form is a format that the address can ask for.
type form struct {
	Name, Label string
	format      render.Format
}

var forms = []form{
	{"html", "HTML page", render.HTML},
	{"json", "Problem JSON", render.JSON},
	{"text", "Plain text", render.Text},
	{"markdown", "Markdown", render.Markdown},
	{"xml", "Problem XML", render.XML},
	{"multipart", "Multipart", render.Multipart},
}

// gallery is the whole site.
type gallery struct {
	deny      *render.Renderer
	as        map[string]*render.Renderer // by form; "" negotiates
	reasons   *problem.Set
	tags      []language.Tag // of the languages there are
	languages *negotiate.Languages
	pages     *template.Template
	css       string
}

func newGallery() http.Handler {
	g := &gallery{as: make(map[string]*render.Renderer)}
	g.deny = render.Must(render.New(render.Config{
		Reasons:    []problem.Reason{unknownFormat, unknownLanguage},
		Challenges: []problem.Challenge{problem.Bearer("gallery"), problem.Session("gallery", "/demo/sign-in")},
		Links:      links(),
		TypeBase:   "/problems/",
		Brand:      render.Brand{Name: "Denial gallery", Home: "/", Help: "/demo/contact-support"},
		Language:   func(r *http.Request) string { return r.URL.Query().Get("lang") },
		Instance:   func(*http.Request) string { return reference() },
	}))
	g.as[""] = g.deny
	for _, f := range forms {
		g.as[f.Name] = g.deny.As(f.format)
	}
	var err error
	if g.reasons, err = problem.NewSet(problem.Common()...); err != nil {
		panic(err)
	}
	for _, tag := range g.deny.Languages() {
		g.tags = append(g.tags, language.MustParse(tag))
	}
	g.languages = negotiate.NewLanguages(g.tags...)
	g.pages = template.Must(template.ParseFS(files, "gallery.html"))
	own, err := files.ReadFile("gallery.css")
	if err != nil {
		panic(err)
	}
	// The library's page brings colours and fonts; the gallery adds its own.
	g.css = templates.Style + "\n" + string(own)

	mux := http.NewServeMux()
	mux.HandleFunc("/deny/{code}", g.answer)
	mux.Handle("/problems/", g.deny.Docs())
	mux.HandleFunc("GET /{$}", g.start)
	mux.HandleFunc("GET /compare", g.compare)
	mux.HandleFunc("GET /preview/{code}", g.preview)
	mux.HandleFunc("GET /page/{code}", g.page)
	mux.HandleFunc("/demo/{kind}", g.demo)
	mux.HandleFunc("GET /gallery.css", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		io.WriteString(w, g.css)
	})
	for _, name := range []string{"gallery.js", "icon.svg"} {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, name) })
	}
	mux.Handle("/", g.deny.Handler(problem.NotFound))
	return mux
}

// answer denies the request for the reason that its path names.
func (g *gallery) answer(w http.ResponseWriter, r *http.Request) {
	c, err := g.choice(r)
	if err == nil {
		err = g.denial(r.PathValue("code"))
	}
	g.as[c.form].Write(w, r, err)
}

// denial returns the denial to show for a code: there is always one.
func (g *gallery) denial(code string) error {
	if r, ok := g.reasons.ByCode(code); ok {
		return sample(r, time.Now())
	}
	return problem.NotFound
}

// A choice is what the address says of form and language; "" is nothing.
type choice struct{ form, lang string }

// choice reads the choice of a request. The error is a denial, and the choice
// is then empty: the answer to a bad choice is negotiated.
func (g *gallery) choice(r *http.Request) (choice, error) {
	query := r.URL.Query()
	c := choice{query.Get("format"), query.Get("lang")}
	if _, ok := g.as[c.form]; !ok {
		var names []string
		for _, f := range forms {
			names = append(names, f.Name)
		}
		return choice{}, &problem.Problem{
			Reason: unknownFormat,
			Args:   args{"format": c.form, "formats": names, "code": r.PathValue("code")},
		}
	}
	if c.lang != "" && !g.speaks(c.lang) {
		var tags []string
		for _, t := range g.tags {
			tags = append(tags, t.String())
		}
		return choice{}, &problem.Problem{
			Reason: unknownLanguage,
			Args:   args{"lang": c.lang, "languages": tags, "code": r.PathValue("code")},
		}
	}
	return c, nil
}

// speaks reports whether there are texts for a reader of the language tag:
// de-AT is served by de.
func (g *gallery) speaks(tag string) bool {
	// RFC 5646 §4.4.1 asks for room for 35 characters, and the time that
	// language.Parse takes grows with the square of the length.
	if len(tag) > 35 {
		return false
	}
	if _, err := language.Parse(tag); err != nil {
		return false
	}
	_, ok := g.languages.Best([]string{tag})
	return ok
}

// reference returns a new name for one denial, for people to quote: a random
// UUID (RFC 9562 §5.4).
func reference() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
