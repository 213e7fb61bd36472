package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language/display"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// A card shows one reason on the start page.
type card struct {
	render.View
	Field      string   // that carries the challenges
	Challenges []string // as sent
	Curl       string   // a command line that gets this answer
	Open       string   // address of the page
	Preview    string   // address of a page that shows the answer
}

// A section holds the cards of a group.
type section struct {
	ID, Title, About string
	Cards            []card
}

// An option of a picker.
type option struct {
	Value, Label, Lang string
	Chosen             bool
}

// start shows every reason that there is, in the form and language chosen.
func (g *gallery) start(w http.ResponseWriter, r *http.Request) {
	c, err := g.choice(r)
	if err != nil {
		g.deny.Write(w, r, err)
		return
	}
	search := strings.TrimSpace(r.URL.Query().Get("q"))
	page := struct {
		Sections         []section
		Shown, Reasons   int
		Search           string
		Forms, Languages []option
		Curl             string
		Hero             exchange
		Lang             string
	}{Search: search, Reasons: len(problem.Common()), Curl: "curl -i " + origin(r) + "/deny/email-unverified", Lang: c.lang}
	now := time.Now()
	page.Hero = g.exchange(sample(problem.EmailUnverified, now), choice{lang: c.lang})
	for _, reason := range problem.Common() {
		if i := slices.IndexFunc(groups, func(g group) bool { return g.first == reason }); i >= 0 {
			page.Sections = append(page.Sections, section{ID: groups[i].id, Title: groups[i].title, About: groups[i].about})
		}
		shown := g.card(sample(reason, now), c, origin(r))
		if !found(search, &shown.View) {
			continue
		}
		last := &page.Sections[len(page.Sections)-1]
		last.Cards = append(last.Cards, shown)
		page.Shown++
	}
	page.Sections = slices.DeleteFunc(page.Sections, func(s section) bool { return len(s.Cards) == 0 })
	page.Forms = []option{{"", "Negotiated", "", c.form == ""}}
	for _, f := range forms {
		page.Forms = append(page.Forms, option{f.Name, f.Label, "", f.Name == c.form})
	}
	page.Languages = []option{{"", "Negotiated", "", c.lang == ""}}
	for _, t := range g.tags {
		page.Languages = append(page.Languages, option{t.String(), display.Self.Name(t), t.String(), t.String() == c.lang})
	}
	g.html(w, "'none'", "start", page)
}

// found reports whether a search finds the reason.
func found(search string, v *render.View) bool {
	text := fmt.Sprint(v.Code, " ", v.Title, " ", v.Status)
	return strings.Contains(strings.ToLower(text), strings.ToLower(search))
}

// card prepares one reason for the start page.
func (g *gallery) card(p *problem.Problem, c choice, origin string) card {
	req := asked(p, c)
	out := card{View: g.deny.View(req, p), Field: "WWW-Authenticate", Curl: "curl -i"}
	if out.Status == http.StatusProxyAuthRequired {
		out.Field = "Proxy-Authenticate"
	}
	for _, challenge := range out.View.Challenges {
		out.Challenges = append(out.Challenges, challenge.String())
	}
	for _, name := range []string{"Accept", "Accept-Language", "Authorization"} {
		if value := req.Header.Get(name); value != "" {
			out.Curl += fmt.Sprintf(" -H '%s: %s'", name, value)
		}
	}
	out.Curl += " " + origin + "/deny/" + out.Code
	lang := url.QueryEscape(c.lang)
	out.Open = "/deny/" + out.Code + "?format=html&lang=" + lang
	out.Preview = "/preview/" + out.Code + "?format=" + c.form + "&lang=" + lang
	return out
}

// asked is the request that a command line makes for the chosen answer. It
// brings a token where the denial is about one: what a challenge says of a
// token is not said to a client that sent none (RFC 6750 §3.1).
func asked(p *problem.Problem, c choice) render.Request {
	h := make(http.Header)
	for _, f := range forms {
		if f.Name == c.form {
			h.Set("Accept", f.format.MediaType())
		}
	}
	if c.lang != "" {
		h.Set("Accept-Language", c.lang)
	}
	for _, challenge := range p.Reason.Challenges() {
		if _, ok := challenge.Get("error"); ok {
			h.Set("Authorization", challenge.Scheme+" example")
		}
	}
	return render.Request{Method: http.MethodGet, Target: "/deny/" + p.Reason.Code(), Header: h, Instance: reference()}
}

var plainHost = regexp.MustCompile(`^[A-Za-z0-9.:-]+$`)

// origin returns where this server is, as the reader's browser knows it. It
// becomes part of a command line, so only plain names will do.
func origin(r *http.Request) string {
	if plainHost.MatchString(r.Host) {
		return "http://" + r.Host
	}
	return "http://127.0.0.1:8080"
}

// html sends a page of the gallery, framed by nobody but framer.
func (g *gallery) html(w http.ResponseWriter, framer, name string, data any) {
	var page bytes.Buffer
	if err := g.pages.ExecuteTemplate(&page, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "+
		"img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "+framer)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	page.WriteTo(w)
}
