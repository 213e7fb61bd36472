package render

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/denial-go/denial/internal/message"
	"github.com/denial-go/denial/negotiate"
	"github.com/denial-go/denial/problem"
)

// Docs returns a handler that says what each problem type means, as the
// address of a type should (RFC 9457 §3.1.1): a page, or JSON for a client
// that asks for it. Mount it where TypeBase leads:
//
//	deny := render.Must(render.New(render.Config{TypeBase: "https://api.example.com/problems/"}))
//	mux.Handle("/problems/", deny.Docs())
//
// The last part of the path is the reason's code; the path of TypeBase itself
// is an index of the built-in reasons and those in Config.Reasons. Where a
// TypeBase has a query (…/problems?code=), the code is read there, and where it
// has a fragment (…/problems#), the index is all there is. The texts are in the
// reader's language, as those of denials are.
func (r *Renderer) Docs() http.Handler { return docs{r} }

type docs struct{ *Renderer }

// methodNotAllowed answers what is no GET; Allow is required (RFC 9110
// §15.5.6).
var methodNotAllowed = sync.OnceValue(func() problem.Reason {
	return problem.MustReason(problem.Definition{
		Code: "method-not-allowed", Status: http.StatusMethodNotAllowed,
		Title:  "This cannot be done here",
		Detail: "These pages can only be read.",
		Fields: []problem.Param{{Name: "Allow", Value: "GET, HEAD"}},
	})
})

// docsTypes is what the documentation is offered as: first what people read.
var docsTypes = sync.OnceValue(func() *negotiate.MediaTypes {
	types, err := negotiate.NewMediaTypes("text/html", "application/json", "application/problem+json")
	if err != nil {
		panic(err)
	}
	return types
})

func (d docs) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Method != http.MethodGet && req.Method != http.MethodHead {
		d.Write(w, req, methodNotAllowed())
		return
	}
	s := d.get()
	code := s.docsCode(req.URL)
	reason, ok := s.reasons.ByCode(code)
	if code != "" && !ok {
		d.Write(w, req, problem.NotFound)
		return
	}
	a := answer{site: s}
	in, fault := s.request(req)
	if fault != nil {
		a.fault(fault)
	}
	a.report()
	loc := s.locales.all[s.locales.choose(&in)].get()
	if loc.words["docs_title"] == "" || code != "" && !loc.covers(&problem.Problem{Reason: reason}, reason.Status()) {
		loc = s.locales.english()
	}
	page := docsPage{site: s, loc: loc, base: s.docsBase(req.URL.Path)}
	h := w.Header()
	var body []byte
	if docsTypes().Best(req.Header["Accept"]) > 0 {
		h.Set("Content-Type", "application/json")
		body = page.json(reason, code != "")
	} else {
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", (&View{look: s.look}).contentSecurityPolicy())
		body = page.html(reason, code != "")
	}
	h.Set("Content-Language", loc.tag)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Add("Vary", "Accept, Accept-Language")
	if s.language != nil {
		h.Set("Cache-Control", "private") // what it went by, no cache knows
	}
	if req.Method == http.MethodGet {
		w.Write(body)
	}
}

// docsCode returns the code that an address asks for, and "" for the index.
func (s *site) docsCode(asked *url.URL) string {
	p := asked.Path
	if u, err := url.Parse(s.typeBase); err == nil && u.Path != "" {
		if code, ok := strings.CutPrefix(p, u.Path); ok {
			if code == "" && u.RawQuery != "" {
				code, _ = strings.CutPrefix(asked.RawQuery, u.RawQuery)
			}
			return code
		}
	}
	if p == "" || strings.HasSuffix(p, "/") {
		return ""
	}
	return path.Base(p)
}

// docsBase returns what stands before the codes in links between the pages, as
// it stands in TypeBase. With a fragment there, the index is all there is.
func (s *site) docsBase(p string) string {
	if u, err := url.Parse(s.typeBase); err == nil && u.Path != "" && strings.HasPrefix(p, u.Path) {
		switch base := u.EscapedPath(); {
		case strings.Contains(s.typeBase, "#"):
			return "#" + u.Fragment
		case u.RawQuery != "":
			return base + "?" + u.RawQuery
		default:
			return base
		}
	}
	return "./"
}

// docsPage writes the documentation in one language.
type docsPage struct {
	site *site
	loc  *locale
	base string
}

// description is what the JSON says of a problem type.
type description struct {
	Type       string          `json:"type"`
	Code       string          `json:"code"`
	Status     int             `json:"status"`
	Title      string          `json:"title"`
	Detail     string          `json:"detail,omitempty"`
	Args       []string        `json:"args,omitempty"`
	Challenges []string        `json:"challenges,omitempty"`
	Next       []docsStep      `json:"next,omitempty"`
	Example    json.RawMessage `json:"example,omitempty"`
}

type docsStep struct {
	Kind  problem.StepKind `json:"kind"`
	Actor problem.Actor    `json:"actor"`
	Title string           `json:"title"`
	Href  string           `json:"href,omitempty"`
}

func (p *docsPage) describe(r problem.Reason) description {
	req := Request{Method: "POST"} // no page to return to
	d := p.site.decide(&req, &problem.Problem{Reason: r}, func(error) {})
	b := builder{site: p.site, loc: p.loc, req: &req, fault: func(error) {}}
	v := b.problem(d.problem)
	v.Status, v.Phrase = d.status, p.loc.phrase(d.status)
	out := description{
		Type: v.Type, Code: v.Code, Status: v.Status, Title: v.Title, Detail: v.Detail,
		Args: argNames(r),
	}
	if d.status == r.Status() { // NoHTTPAuth sends none
		for _, c := range r.Challenges() {
			out.Challenges = append(out.Challenges, c.String())
		}
	}
	for _, s := range v.Next {
		out.Next = append(out.Next, docsStep{s.Kind, s.Actor, s.Title, s.Href})
	}
	out.Example, _ = JSON.Append(nil, v)
	return out
}

// argNames lists the placeholders that a reason knows.
func argNames(r problem.Reason) []string {
	var names []string
	seen := map[string]bool{returnTo: true}
	add := func(text string) {
		m, err := message.Parse(text)
		if err != nil {
			return
		}
		for name := range m.Names {
			if !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	add(r.Detail())
	for _, c := range r.Challenges() {
		for _, param := range c.Params {
			if name, ok := message.Whole(param.Value); ok {
				add("{" + name + "}")
			}
		}
	}
	for _, s := range r.Next() {
		add(s.Href)
		add(s.Title)
		for _, name := range sortedNames(s.Params) {
			if name, ok := message.Whole(s.Params[name]); ok {
				add("{" + name + "}")
			}
		}
	}
	for _, f := range r.Fields() {
		add(f.Value)
	}
	return names
}

func (p *docsPage) json(r problem.Reason, one bool) []byte {
	var v any
	if one {
		v = p.describe(r)
	} else {
		var index struct {
			Problems []description `json:"problems"`
		}
		for r := range p.site.reasons.All() {
			d := p.describe(r)
			index.Problems = append(index.Problems, description{Type: d.Type, Code: d.Code, Status: d.Status, Title: d.Title})
		}
		v = index
	}
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return []byte("{}\n")
	}
	return append(b, '\n')
}

func (p *docsPage) html(r problem.Reason, one bool) []byte {
	w := htmlWriter{}
	word := func(name string) string { return p.loc.words[name] }
	title := word("docs_title")
	var d description
	if one {
		d = p.describe(r)
		title = d.Title
	}
	w.raw(`<!DOCTYPE html>` + "\n" + `<html lang="`).text(p.loc.tag).raw(`" dir="`).text(p.loc.dir)
	w.raw(`">` + "\n" + `<head>` + "\n" + `<meta charset="utf-8">` + "\n" + `<meta name="viewport" content="width=device-width, initial-scale=1">` + "\n<title>")
	w.text(title).raw("</title>\n<style>").raw((&View{look: p.site.look}).dress().style).raw("</style>\n</head>\n<body>\n<main>\n<h1>").text(title).raw("</h1>\n")
	if !one {
		w.raw("<ul>\n")
		for r := range p.site.reasons.All() {
			d := p.describe(r)
			id, fragment := strings.CutPrefix(p.base, "#")
			if fragment {
				w.raw(`<li id="`).text(id + d.Code).raw(`">`)
			} else {
				w.raw("<li>")
			}
			w.raw(`<a href="`).text(p.base + d.Code).raw(`">`).text(d.Title).raw(`</a> <bdi dir="ltr">`).text(strconv.Itoa(d.Status) + " · " + d.Code).raw("</bdi>")
			if fragment && d.Detail != "" {
				w.raw("<p>").text(d.Detail).raw("</p>")
			}
			w.raw("</li>\n")
		}
		w.raw("</ul>\n</main>\n</body>\n</html>\n")
		return w.b
	}
	if d.Detail != "" {
		w.raw("<p>").text(d.Detail).raw("</p>\n")
	}
	if len(d.Next) > 0 {
		w.raw("<h2>").text(word("next")).raw("</h2>\n<ul>\n")
		for _, s := range d.Next {
			w.raw("<li>").text(s.Title).raw(` <bdi dir="ltr"><code>`).text(string(s.Kind)).raw("</code></bdi></li>\n")
		}
		w.raw("</ul>\n")
	}
	rows := func(name string, values ...string) {
		if len(values) == 0 {
			return
		}
		w.raw("<h2>").text(word(name)).raw("</h2>\n<ul>\n")
		for _, v := range values {
			w.raw(`<li><bdi dir="ltr"><code>`).text(v).raw("</code></bdi></li>\n")
		}
		w.raw("</ul>\n")
	}
	rows("docs_status", strconv.Itoa(d.Status)+" "+problem.StatusText(d.Status))
	rows("docs_code", d.Code)
	rows("docs_type", d.Type)
	rows("docs_challenges", d.Challenges...)
	rows("docs_args", d.Args...)
	w.raw("<h2>").text(word("docs_example")).raw("</h2>\n").raw(`<pre dir="ltr" tabindex="0"><code>`).text(indentJSON(d.Example)).raw("</code></pre>\n")
	w.raw(`<p><a href="`).text(p.base).raw(`">`).text(word("docs_title")).raw("</a></p>\n</main>\n</body>\n</html>\n")
	return w.b
}

// indentJSON spreads a document over lines, members in their order.
func indentJSON(b []byte) string {
	var out bytes.Buffer
	if json.Indent(&out, bytes.TrimSpace(b), "", "  ") != nil {
		return string(b)
	}
	return out.String()
}

// htmlWriter writes markup and escaped text in turn.
type htmlWriter struct{ b []byte }

func (w *htmlWriter) raw(s string) *htmlWriter  { w.b = append(w.b, s...); return w }
func (w *htmlWriter) text(s string) *htmlWriter { w.b = appendHTML(w.b, s); return w }
