package render_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// get is a GET for target with header fields written "Name: value".
func get(target string, fields ...string) *http.Request {
	return request(http.MethodGet, target, fields...)
}

func request(method, target string, fields ...string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ":")
		r.Header.Add(name, strings.TrimSpace(value))
	}
	return r
}

// answer is what a client of deny gets.
func answer(deny *render.Renderer, r *http.Request, err error) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	deny.Write(w, r, err)
	return w
}

// mustNew returns a Renderer that fails the test where something goes wrong
// while it renders.
func mustNew(t testing.TB, c render.Config) *render.Renderer {
	t.Helper()
	if c.OnFault == nil {
		c.OnFault = func(err error) { t.Errorf("OnFault: %v", err) }
	}
	deny, err := render.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return deny
}

var allFormats = []render.Format{render.JSON, render.HTML, render.Text, render.Markdown, render.XML, render.Multipart}

// links of an imaginary application.
var links = map[problem.StepKind]string{
	problem.SignIn:         "/sign-in?next={return_to}",
	problem.VerifyEmail:    "/settings/email?next={return_to}",
	problem.RequestAccess:  "/access?role={role}&next={return_to}",
	problem.UpgradePlan:    "https://billing.example.com/plans",
	problem.ContactSupport: "mailto:help@example.com",
	problem.ReadDocs:       "/docs",
}

const (
	chromePage = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"
)
