// Package work is what the benchmarks compare: requests that are to be denied,
// what a correct answer to each must hold, and the contenders that need no more
// than the standard library and this module.
package work

import (
	"net/http"
	"net/http/httptest"
	"testing/fstest"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// Field values of requests.
const (
	// Chrome is the Accept of Chrome 139 and later for a page.
	Chrome = "text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"

	// Firefox is the Accept of Firefox for a page.
	Firefox = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

	// ChromeLanguage is the Accept-Language of Chrome set to German.
	ChromeLanguage = "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7"

	// FourRanges is an Accept-Language that no browser sends as it stands, so
	// that it cannot be known beforehand.
	FourRanges = "de-CH, de;q=0.9, en;q=0.8, *;q=0.5"
)

// Target is the path and query of each request.
const Target = "/reports/42?view=full"

// returning is Target as it stands in an address after {return_to} is filled.
const returning = "%2Freports%2F42%3Fview%3Dfull"

// A Work is a request, and what the answer to it must be.
type Work struct {
	Name      string
	Accept    string
	MediaType string // of the answer, without parameters
	Values    bool   // three placeholders and {return_to} are to be filled
}

// JSON, HTML and Multipart need nothing to be filled in.
var (
	JSON      = Work{"json", "application/json", "application/problem+json", false}
	HTML      = Work{"html", Chrome, "text/html", false}
	Multipart = Work{"multipart", "multipart/alternative", "multipart/alternative", false}
)

// Values are the works with something to fill in, in every form.
var Values = []Work{
	{"json-values", "application/json", "application/problem+json", true},
	{"html-values", Chrome, "text/html", true},
	{"multipart-values", "multipart/alternative", "multipart/alternative", true},
	{"text-values", "text/plain", "text/plain", true},
	{"markdown-values", "text/markdown", "text/markdown", true},
	{"xml-values", "application/problem+xml", "application/problem+xml", true},
}

// All are all works.
var All = append([]Work{JSON, HTML, Multipart}, Values...)

// Request returns a new request for the work.
func (w Work) Request() *http.Request {
	r := httptest.NewRequest("GET", Target, nil)
	r.Header.Set("Accept", w.Accept)
	r.Header.Set("Accept-Language", FourRanges)
	return r
}

// Err is the denial that answers the work. It is made once: what an
// application spends on its own error is not the renderer's.
func (w Work) Err() error {
	if w.Values {
		return filled
	}
	return problem.SignInRequired
}

// Status is that of the answer.
func (w Work) Status() int {
	if w.Values {
		return http.StatusForbidden
	}
	return http.StatusUnauthorized
}

// RoleNeeded is a reason with three placeholders.
var RoleNeeded = problem.MustReason(problem.Definition{
	Code:   "role-needed",
	Status: http.StatusForbidden,
	Title:  "Another role is needed",
	Detail: "{person} needs the role {role} in {project}.",
	Next:   []problem.NextStep{{Kind: problem.RequestAccess, Href: "/access?from={return_to}"}, {Kind: problem.GoHome}},
})

// Values with characters that must be escaped in one form or another.
const (
	person  = "Ana Müller"
	role    = "editor"
	project = `Q&A <"beta">`
)

var filled error = &problem.Problem{Reason: RoleNeeded, Args: map[string]any{"person": person, "role": role, "project": project}}

// Texts that answers to FourRanges must hold.
const (
	germanRoleTitle  = "Eine andere Rolle ist nötig"
	germanRoleDetail = "{person} braucht die Rolle {role} in {project}."
)

// Config is that of the Renderer.
func Config() render.Config {
	return render.Config{
		Reasons: []problem.Reason{RoleNeeded},
		Links: map[problem.StepKind]string{
			problem.SignIn: "/sign-in",
			problem.SignUp: "/sign-up",

			problem.RequestAccess: "/access?from={return_to}",
		},
		Locales: fstest.MapFS{"de.json": {Data: []byte(`{
			"reason.role-needed.title": "` + germanRoleTitle + `",
			"reason.role-needed.detail": "` + germanRoleDetail + `"
		}`)}},
	}
}
