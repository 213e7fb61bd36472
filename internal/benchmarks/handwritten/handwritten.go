// Package handwritten answers a denial with what an application would put
// together from well-known parts: contenttype for Accept, x/text for
// Accept-Language, encoding/json and html/template for the bodies.
package handwritten

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"

	"github.com/elnormous/contenttype"
	"golang.org/x/text/language"

	"github.com/denial-go/denial/internal/benchmarks/work"
	"github.com/denial-go/denial/render"
	"github.com/denial-go/denial/templates"
)

// A Document is the problem+json of package render, as a struct for
// encoding/json.
type Document struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Code   string `json:"code"`
	Next   []Step `json:"next"`
}

// A Step is one of Document.Next.
type Step struct {
	Kind   string `json:"kind"`
	Title  string `json:"title"`
	Href   string `json:"href,omitempty"`
	Method string `json:"method,omitempty"`
	Actor  string `json:"actor,omitempty"`
}

// NewDocument returns the document of a View.
func NewDocument(v *render.View) Document {
	d := Document{Type: v.Type, Title: v.Phrase, Status: v.Status, Detail: v.Detail, Code: v.Code}
	for _, s := range v.Next {
		d.Next = append(d.Next, Step{string(s.Kind), s.Title, s.Href, s.Method, string(s.Actor)})
	}
	return d
}

// Page returns the built-in page as an html/template. page is one that deny
// has answered with: its style sheet is taken from there, so that both pages
// are the same.
func Page(page []byte) (*template.Template, error) {
	_, rest, ok := strings.Cut(string(page), "<style>")
	style, _, closed := strings.Cut(rest, "</style>")
	if !ok || !closed {
		return nil, fmt.Errorf("handwritten: the page has no style sheet")
	}
	return template.New("page").Parse(strings.Replace(templates.Page, "{{.Style}}", style, 1))
}

// texts are what one language has to say: a View, and the template of its
// detail and of the address of the first step.
type texts struct {
	view   render.View
	detail string
	href   string
}

type handler struct {
	offers    []contenttype.MediaType
	matcher   language.Matcher
	tags      []string
	texts     []texts
	page      *template.Template
	challenge string
}

var placeholders = []string{"person", "role", "project"}

// New returns a handler that does the work as deny does it, in every language
// that deny knows. It has JSON, pages, and both in one with plain text.
func New(deny *render.Renderer, w work.Work) (http.Handler, error) {
	h := new(handler)
	for _, mt := range []string{"application/problem+json", "application/json", "text/html", "multipart/alternative"} {
		h.offers = append(h.offers, contenttype.NewMediaType(mt))
	}
	err := w.Err()
	var tags []language.Tag
	for _, tag := range deny.Languages() {
		t := texts{view: deny.View(render.Request{Language: tag, Target: work.Target}, err)}
		t.detail = t.view.Detail
		if w.Values {
			for _, name := range placeholders {
				t.detail = strings.Replace(t.detail, t.view.Args[name], "{"+name+"}", 1)
			}
			t.href = "/access?from="
		}
		h.texts = append(h.texts, t)
		h.tags = append(h.tags, tag)
		tags = append(tags, language.Make(tag))
		for _, c := range t.view.Challenges {
			h.challenge = c.String()
		}
	}
	h.matcher = language.NewMatcher(tags)
	sample := deny.Render(render.Request{Format: render.HTML}, err)
	var e error
	h.page, e = Page(sample.Body)
	return h, e
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	offer, _, err := contenttype.GetAcceptableMediaType(r, h.offers)
	if err != nil {
		offer = h.offers[0]
	}
	_, i := language.MatchStrings(h.matcher, r.Header.Get("Accept-Language"))
	t := &h.texts[i]
	view := t.view
	if t.href != "" {
		view.Detail = t.detail
		view.Sentence = nil
		rest := t.detail
		for _, name := range placeholders {
			view.Detail = strings.Replace(view.Detail, "{"+name+"}", view.Args[name], 1)
			before, after, _ := strings.Cut(rest, "{"+name+"}")
			view.Sentence = append(view.Sentence, render.Part{Text: before}, render.Part{Text: view.Args[name], Value: true})
			rest = after
		}
		view.Sentence = append(view.Sentence, render.Part{Text: rest})
		view.Next = append([]render.Step(nil), view.Next...)
		view.Next[0].Href = t.href + url.QueryEscape(r.URL.RequestURI())
	}
	var body bytes.Buffer
	contentType := "application/problem+json"
	switch {
	case offer.Subtype == "html":
		contentType = "text/html; charset=utf-8"
		err = h.page.Execute(&body, &view)
	case offer.Type == "multipart":
		contentType, err = h.multipart(&body, &view)
	default:
		err = json.NewEncoder(&body).Encode(NewDocument(&view))
	}
	if err != nil {
		http.Error(w, http.StatusText(view.Status), view.Status)
		return
	}
	header := w.Header()
	header.Set("Content-Type", contentType)
	header.Set("Content-Language", h.tags[i])
	header.Set("Content-Length", strconv.Itoa(body.Len()))
	header.Set("Cache-Control", "no-store")
	header.Add("Vary", "Accept, Accept-Language")
	header.Set("X-Content-Type-Options", "nosniff")
	if h.challenge != "" {
		header.Set("WWW-Authenticate", h.challenge)
	}
	if offer.Subtype == "html" {
		header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("X-Robots-Tag", "noindex")
	}
	w.WriteHeader(view.Status)
	w.Write(body.Bytes())
}

func (h *handler) multipart(body *bytes.Buffer, v *render.View) (contentType string, err error) {
	m := multipart.NewWriter(body)
	part := func(contentType string, write func(*bytes.Buffer) error) {
		if err != nil {
			return
		}
		if _, err = m.CreatePart(textproto.MIMEHeader{"Content-Type": {contentType}, "Content-Language": {v.Language}}); err == nil {
			err = write(body)
		}
	}
	part("text/plain; charset=utf-8", func(b *bytes.Buffer) error {
		fmt.Fprintf(b, "%s\n\n%s\n\n", v.Title, v.Detail)
		for _, s := range v.Next {
			fmt.Fprintf(b, "- %s: %s\n", s.Title, s.Href)
		}
		return nil
	})
	part("text/html; charset=utf-8", func(b *bytes.Buffer) error { return h.page.Execute(b, v) })
	part("application/problem+json", func(b *bytes.Buffer) error { return json.NewEncoder(b).Encode(NewDocument(v)) })
	if err == nil {
		err = m.Close()
	}
	return `multipart/alternative; boundary="` + m.Boundary() + `"`, err
}

// Template returns a handler that executes html/template on the page data of
// the work, in one language that is known beforehand, and sends it with the
// header fields of deny's own answer. It is our page without negotiation.
func Template(deny *render.Renderer, w work.Work) (http.Handler, error) {
	r := w.Request()
	answer, err := work.Record(work.Denial(deny, w), r)
	if err != nil {
		return nil, err
	}
	page, err := Page(answer.Body)
	if err != nil {
		return nil, err
	}
	view := deny.View(render.Request{Method: r.Method, Target: r.RequestURI, Header: r.Header}, w.Err())
	return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		var body bytes.Buffer
		if err := page.Execute(&body, &view); err != nil {
			http.Error(rw, http.StatusText(view.Status), view.Status)
			return
		}
		full := *answer
		full.Body = body.Bytes()
		full.ServeHTTP(rw, nil)
	}), nil
}
