package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// An exchange is a response, to be read.
type exchange struct {
	Sender string // whose request was answered
	Status int
	Phrase string
	Fields []problem.Param
	Body   string
	Lang   string
}

// preview shows an answer as a page and as it travels. The cards load it in a
// frame, when they are opened.
func (g *gallery) preview(w http.ResponseWriter, r *http.Request) {
	c, err := g.choice(r)
	if err != nil {
		g.deny.Write(w, r, err)
		return
	}
	p := problem.From(g.denial(r.PathValue("code")))
	view := struct {
		Title    string
		Page     string // address of the page, to be framed
		Lang     string
		Exchange exchange
	}{Title: p.Reason.Title(), Exchange: g.exchange(p, c)}
	if c.form == "" || c.form == "html" {
		view.Page = "/page/" + p.Reason.Code() + "?lang=" + c.lang
	}
	g.html(w, "'self'", "preview", view)
}

// exchange makes the answer that a command line gets.
func (g *gallery) exchange(p *problem.Problem, c choice) exchange {
	req := asked(p, c)
	resp := g.deny.Render(req, p)
	out := exchange{
		Sender: "What curl gets",
		Status: resp.Status,
		Phrase: problem.StatusText(resp.Status),
		Body:   string(resp.Body),
		Lang:   resp.Header.Get("Content-Language"),
	}
	if c.form != "" {
		out.Sender = "What is sent for Accept: " + req.Header.Get("Accept")
	}
	for _, name := range slices.Sorted(maps.Keys(resp.Header)) {
		for _, value := range resp.Header[name] {
			if name == "Www-Authenticate" {
				name = "WWW-Authenticate" // as the specifications write it
			}
			out.Fields = append(out.Fields, problem.Param{Name: name, Value: value})
		}
	}
	var indented bytes.Buffer
	if json.Indent(&indented, resp.Body, "", "  ") == nil {
		out.Body = indented.String()
	}
	return out
}

// page is the HTML of a denial, as something to look at in a frame: the real
// answer lets nobody frame it, and browsers keep a 407 to themselves.
func (g *gallery) page(w http.ResponseWriter, r *http.Request) {
	c, err := g.choice(r)
	if err != nil {
		g.deny.Write(w, r, err)
		return
	}
	p := problem.From(g.denial(r.PathValue("code")))
	req := asked(p, c)
	req.Header.Set("Sec-Fetch-Mode", "navigate")
	req.Format = render.HTML
	resp := g.deny.Render(req, p)
	maps.Copy(w.Header(), resp.Header)
	policy := resp.Header.Get("Content-Security-Policy")
	w.Header().Set("Content-Security-Policy", strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors 'self'", 1))
	for _, name := range []string{"Www-Authenticate", "Proxy-Authenticate", "Retry-After"} {
		w.Header().Del(name)
	}
	w.WriteHeader(http.StatusOK)
	w.Write(resp.Body)
}
