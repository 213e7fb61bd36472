// Package e2e shows the pages of package render to real browsers and to
// checkers of HTML. This file is the site they visit; the scripts beside it
// are the visitors, and e2e_test.go sends them.
//
// Nothing here is for applications.
package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// A Page is one address for the visitors.
type Page struct {
	Path  string `json:"path"`
	Name  string `json:"name"`
	Group string `json:"group"` // reason, bare, case, brand, hostile or docs

	// Primary is the address that the first step leads to; "" where there is
	// no first step to press.
	Primary string `json:"primary,omitempty"`
	Method  string `json:"method,omitempty"` // of Primary
}

// Handler returns the site. GET /pages.json lists its pages; each is also
// there in another language with ?lang=, of which Languages are the
// languages worth a look.
func Handler() http.Handler {
	s := &site{mux: http.NewServeMux()}
	linked := s.renderer(render.Config{Links: links()})
	bare := s.renderer(render.Config{Links: map[problem.StepKind]string{problem.GoHome: ""}})
	for _, r := range problem.Common() {
		s.page("reason", r.Code(), linked, sample(r))
		s.page("bare", r.Code(), bare, sample(r))
	}
	for _, c := range cases() {
		s.page("case", c.name, linked, c.err)
	}
	for name, brand := range brands() {
		s.page("brand", name, s.renderer(render.Config{Links: links(), Brand: brand}), sample(problem.SignInRequired))
	}
	for i, value := range hostile {
		s.page("hostile", fmt.Sprint(i), s.renderer(render.Config{Links: links(), Brand: render.Brand{Name: "N " + value}}), hostileProblem(value))
	}
	s.signIn(linked)
	s.mux.Handle("GET /docs/", s.renderer(render.Config{TypeBase: "/docs/", Links: links()}).Docs())
	s.pages = append(s.pages, Page{Path: "/docs/", Name: "index", Group: "docs"}, Page{Path: "/docs/insufficient-scope", Name: "insufficient-scope", Group: "docs"})
	s.mux.HandleFunc("/basic", func(w http.ResponseWriter, r *http.Request) {
		linked.Write(w, r, &problem.Problem{Reason: problem.SignInRequired, Challenges: []problem.Challenge{problem.Basic("reports")}})
	})
	s.mux.HandleFunc("/step/", func(w http.ResponseWriter, r *http.Request) {
		plain(w, `<h1>{{.Method}}</h1>`, r)
	})
	// A payment that is begun here and goes on elsewhere.
	s.mux.Handle("GET /elsewhere", linked.Handler(&problem.Problem{Reason: problem.PaymentRequired, Next: []problem.NextStep{{Kind: problem.Pay, Method: "POST", Href: "/elsewhere"}}}))
	s.mux.Handle("POST /elsewhere", http.RedirectHandler("https://pay.invalid/checkout", http.StatusSeeOther))
	s.mux.HandleFunc("GET /blank", func(w http.ResponseWriter, r *http.Request) { plain(w, "<h1>blank</h1>", nil) })
	s.mux.HandleFunc("GET /pages.json", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(s.pages)
	})
	slices.SortStableFunc(s.pages, func(a, b Page) int { return strings.Compare(a.Path, b.Path) })
	return s.mux
}

type site struct {
	mux   *http.ServeMux
	pages []Page
}

func (s *site) renderer(c render.Config) *render.Renderer {
	c.Locales, c.Reasons = locales(), own
	c.Language = func(r *http.Request) string { return r.URL.Query().Get("lang") }
	return render.Must(render.New(c))
}

// page serves a denial at /group/name.
func (s *site) page(group, name string, deny *render.Renderer, err error) {
	p := Page{Path: "/" + group + "/" + name, Name: name, Group: group}
	v := deny.View(render.Request{Method: "GET", Target: p.Path}, err)
	if step := v.Primary(); step != nil {
		p.Primary, p.Method = step.Href, step.Method
	}
	s.pages = append(s.pages, p)
	s.mux.Handle(p.Path, deny.Handler(err))
}

// signIn is a page behind a sign-in, and the sign-in.
func (s *site) signIn(deny *render.Renderer) {
	s.mux.HandleFunc("GET /account", func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie("session"); err != nil || c.Value != "yes" {
			deny.Write(w, r, problem.SignInRequired)
			return
		}
		plain(w, "<h1>Your account</h1>", nil)
	})
	s.mux.HandleFunc("GET /step/sign-in", func(w http.ResponseWriter, r *http.Request) {
		plain(w, `<form method="post"><input type="hidden" name="next" value="{{.}}"><button>Sign in</button></form>`, r.URL.Query().Get("next"))
	})
	s.mux.HandleFunc("POST /step/sign-in", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "yes", Path: "/account"})
		http.Redirect(w, r, r.PostFormValue("next"), http.StatusSeeOther)
	})
}

func plain(w http.ResponseWriter, body string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	template.Must(template.New("").Parse("<!DOCTYPE html><title>e2e</title>"+body)).Execute(w, data)
}

// links leads every step that is not a program's to a page of this site.
func links() map[problem.StepKind]string {
	out := make(map[problem.StepKind]string)
	for _, k := range problem.Kinds() {
		if k.Actor() != problem.Client {
			out[k] = "/step/" + string(k) + "?next={return_to}"
		}
	}
	return out
}

// sample is an occurrence of a reason with a value for each placeholder that
// the built-in reasons know.
func sample(r problem.Reason) *problem.Problem {
	return &problem.Problem{
		Reason: r, RetryAfter: 5 * time.Minute, Instance: "urn:uuid:6f1c2a9e-3b57-4b0c-9d0a-2f4f1c1f7a10",
		Args: map[string]any{
			"account": "jo@example.com", "age": 18, "amount": "2.50 EUR", "app": "Calendar Sync", "authority": "High Court of Justice",
			"code": "WDJB-MJHT", "email": "jo@example.com", "feature": "Exports", "fields": []string{"name", "address"},
			"form_url": "/step/form", "group": []string{"Finance", "Audit"}, "legal_basis": "Order 2026/114", "methods": []string{"one-time code", "security key"},
			"organization": "Example Ltd", "phone": "+44 20 7946 0000", "plan": []string{"Team", "Business"}, "quota": "10 GB", "region": "Norway",
			"role": []string{"editor", "owner"}, "scope": []string{"reports:read", "reports:write"}, "until": time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC),
			"url": "/step/url", "version": "4.2",
		},
	}
}

// Reasons of this site's own.
var (
	resendFirst = problem.MustReason(problem.Definition{
		Code: "resend-first", Status: 403, Title: "Your email is not verified", Detail: "Open the link in the message we sent you.",
		Next: []problem.NextStep{{Kind: problem.ResendVerification, Method: "POST"}, {Kind: problem.SignOut, Method: "POST"}, {Kind: problem.ContactSupport}},
	})
	told = problem.MustReason(problem.Definition{
		Code: "told", Status: 403, Title: "This is closed", Detail: "Nobody can open it from here.",
		Next: []problem.NextStep{
			{Kind: problem.EnableFeature, Href: "/step/feature", Params: map[string]string{"feature": "exports"}},
			{Kind: problem.GetToken, Href: "https://auth.example.com/token", Method: "POST", Params: map[string]string{"scope": "reports:read", "resource": "https://api.example.com/"}},
			{Kind: problem.RequestAccess, Href: "/step/access", Method: "PUT", Params: map[string]string{"role": "editor"}},
			{Kind: problem.ContactSupport, Href: "tel:+442079460000"},
		},
	})
	hostileReason = problem.MustReason(problem.Definition{
		Code: "hostile", Status: 403, Title: "A hostile value", Detail: "Before the value {v} after the value.",
		Next: []problem.NextStep{
			{Kind: problem.RequestAccess, Href: "/step/hostile?v={v}", Title: "Before {v} after"},
			{Kind: problem.ContactSupport, Href: "{v}", Title: "Contact"},
			{Kind: problem.SignOut, Href: "{v}", Method: "POST", Title: "Leave"},
			{Kind: problem.GetToken, Params: map[string]string{"scope": "{v}"}},
		},
	})
	own = []problem.Reason{resendFirst, told, hostileReason}
)

type namedError struct {
	name string
	err  error
}

// cases are what the reasons alone do not show.
func cases() []namedError {
	long := strings.Repeat("Donaudampfschifffahrtsgesellschaftskapitän", 8)
	return []namedError{
		{"also", errors.Join(sample(problem.EmailUnverified), sample(problem.TermsNotAccepted), sample(problem.RoleMissing), sample(problem.FeatureDisabled))},
		{"post", resendFirst},
		{"bare-403", problem.Reason{}},
		{"long-words", &problem.Problem{Reason: problem.EmailUnverified, Args: map[string]any{"email": long}, Instance: "urn:x:" + strings.Repeat("0123456789abcdef", 20)}},
		{"told", told},
	}
}

// Logos of the brand variants, drawn for these tests.
const (
	svgLogo = `<svg viewBox="0 0 40 40"><rect width="40" height="40" rx="9" fill="#8a2be2"/><path d="M11 29V11l18 18V11" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/></svg>`
	svgWord = `<svg viewBox="0 0 120 36"><path d="M4 30V6l16 24V6M32 30V6h12M32 18h10M32 30h12M52 30V6M52 6l20 24M72 6L52 30M84 6h20M94 6v24" fill="none" stroke="currentColor" stroke-width="4"/></svg>`
	pngLogo = `data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFElEQVR42mM4YeyBFTEMLgkc3AMAl3FgIVUBSyoAAAAASUVORK5CYII=`
)

func brands() map[string]render.Brand {
	return map[string]render.Brand{
		"name":   {Name: "Northwind"},
		"full":   {Name: "Northwind", Home: "/step/home", Help: "mailto:help@northwind.example?subject=Access", Logo: svgLogo, Accent: "#8a2be2"},
		"word":   {Name: "Next", Home: "/", Logo: svgWord, LogoHasName: true},
		"image":  {Name: "Northwind", Home: "/step/home", Help: "/step/help", Logo: pngLogo, Accent: "#074", AccentDark: "#5fd3a0"},
		"colour": {Name: "نورث\u200cويند", Help: "tel:+442079460000", Accent: "#767676"},
	}
}

// hostile are values that must stay values.
var hostile = []string{
	`<script>window.hit=1</script>`,
	`"><img src=/step/x onerror="window.hit=1">`,
	`' onfocus='window.hit=1' autofocus='`,
	`</title></style></main><script>window.hit=1</script>`,
	`javascript:window.hit=1`,
	`<!--`, `]]>`, `{{.Reason}}`, `&lt;script&gt;window.hit=1&lt;/script&gt;`, `+ADw-script+AD4-window.hit=1+ADw-/script+AD4-`,
	"a \u2069 \u202e b", "\u202eexe.jpg", "\u2067abc", "\u200fabc \u200e", "\u061c1", "مدير: 3", "C++", "/invoices/42", "שלום (1)",
	"line\u2028two\u2029three", "nul\x00nul", "bad \xff\xfe", "tag\U000E0041\U000E0042", "\x1b[31mred",
	strings.Repeat("W", 10000),
	strings.Repeat("नमस्ते", 500),
	strings.Repeat("e\u0301\u0302\u0303\u0304\u0305", 40),
}

// hostileProblem has value wherever an application may put one.
func hostileProblem(value string) error {
	href := "/step/hostile?v=" + url.QueryEscape(value)
	p := &problem.Problem{Reason: hostileReason, Instance: value, Args: map[string]any{"v": value}, RetryAfter: time.Second}
	other := &problem.Problem{Reason: hostileReason, Detail: value, Args: map[string]any{"v": []string{value, href}}}
	return errors.Join(p, other)
}

// Languages are those that this site adds, which stand for all.
func Languages() []string { return slices.Sorted(maps.Keys(overlay())) }
