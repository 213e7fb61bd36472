package render_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

const secret = "S3CRET"

type failingPage struct{}

func (failingPage) Execute(w io.Writer, _ any) error {
	io.WriteString(w, "half a page "+secret)
	return errors.New(secret)
}

type panickingPage struct{}

func (panickingPage) Execute(io.Writer, any) error { panic(secret) }

// armedFormat names no media type once it is armed.
type armedFormat struct{ armed *bool }

func (f armedFormat) MediaType() string {
	if *f.armed {
		panic(secret)
	}
	return "application/x-own"
}

func (armedFormat) Append(dst []byte, _ *render.View) ([]byte, error) {
	return append(dst, "own"...), nil
}

// A Format is asked for its media type by New, and where its body is sent; a panic
// there is a fault like any other.
func TestMediaTypePanics(t *testing.T) {
	armed := false
	faults := 0
	deny := mustNew(t, render.Config{Formats: []render.Format{armedFormat{&armed}, render.JSON}, OnFault: func(error) { faults++ }})
	armed = true
	for accept, faulty := range map[string]int{"application/x-own": 1, "application/json": 0, "*/*": 1, "application/x-other": 1} {
		faults = 0
		w := answer(deny, get("/", "Accept: "+accept), problem.SignInRequired)
		if w.Code != 401 || w.Header().Get("Www-Authenticate") == "" || faults != faulty {
			t.Errorf("%s: status %d, %d faults; want 401 and %d", accept, w.Code, faults, faulty)
		}
	}
}

type badFormat struct{ panics bool }

func (badFormat) MediaType() string { return "application/vnd.example+json" }

func (f badFormat) Append(dst []byte, _ *render.View) ([]byte, error) {
	if f.panics {
		panic(secret)
	}
	return append(dst, secret...), errors.New(secret)
}

type panickingError struct{ error }

func (panickingError) Unwrap() error { panic(secret) }

type panickingExtension struct{}

func (panickingExtension) MarshalJSON() ([]byte, error) { panic(secret) }

// TestFaults is rule 11: whatever goes wrong, the request stays denied, in
// plain text, and says nothing private.
func TestFaults(t *testing.T) {
	var nilProblem *problem.Problem
	tests := []struct {
		name   string
		config render.Config
		err    error
		status int
		body   string
		why    string
	}{
		{"nil error", render.Config{}, nil, 403, "Forbidden\n", "somebody meant to deny"},
		{"nil Problem", render.Config{}, nilProblem, 403, "Forbidden\n", ""},
		{"wrapped nil Problem", render.Config{}, fmt.Errorf("%s: %w", secret, error(nilProblem)), 403, "Forbidden\n", ""},
		{"foreign error", render.Config{}, errors.New(secret), 500, "Internal Server Error\n", "nothing is known of it"},
		{"cancelled", render.Config{}, context.Canceled, 500, "Internal Server Error\n", ""},
		{"error that panics", render.Config{}, panickingError{errors.New(secret)}, 500, "Internal Server Error\n", "it holds nothing that could be read"},
		{"page fails", render.Config{Page: failingPage{}, Formats: []render.Format{render.HTML}}, problem.SignInRequired, 401, "Unauthorized\n", ""},
		{"page panics", render.Config{Page: panickingPage{}, Formats: []render.Format{render.HTML}}, problem.SignInRequired, 401, "Unauthorized\n", ""},
		{"page fails in multipart", render.Config{Page: failingPage{}, Formats: []render.Format{render.Multipart}}, problem.RateLimited, 429, "Too Many Requests\n", ""},
		{"format fails", render.Config{Formats: []render.Format{badFormat{}}}, problem.SignInRequired, 401, "Unauthorized\n", ""},
		{"format panics", render.Config{Formats: []render.Format{badFormat{true}}}, problem.SignInRequired, 401, "Unauthorized\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var faults []error
			var denied []*problem.Problem
			tt.config.OnFault = func(err error) { faults = append(faults, err) }
			tt.config.OnDenied = func(_ *http.Request, p *problem.Problem) { denied = append(denied, p) }
			deny := mustNew(t, tt.config)
			w := answer(deny, get("/", "Accept: text/html"), tt.err)
			if w.Code != tt.status || w.Body.String() != tt.body {
				t.Errorf("got %d %q, want %d %q (%s)", w.Code, w.Body, tt.status, tt.body, tt.why)
			}
			if got := w.Header().Get("Content-Type"); got != "text/plain; charset=utf-8" {
				t.Errorf("Content-Type %q", got)
			}
			if got := w.Header().Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control %q", got)
			}
			if tt.status == 401 && w.Header().Get("WWW-Authenticate") == "" {
				t.Error("a 401 without a challenge")
			}
			if dump := fmt.Sprint(w.Header(), w.Body); strings.Contains(dump, secret) {
				t.Errorf("the client was told the secret: %s", dump)
			}
			if len(faults) != 1 {
				t.Errorf("OnFault was called %d times, want once: %v", len(faults), faults)
			}
			if len(denied) != 1 || denied[0] == nil {
				t.Errorf("OnDenied saw %v, want one Problem", denied)
			}
			v := deny.View(render.Request{}, tt.err)
			if v.Status != tt.status || strings.Contains(fmt.Sprintf("%+v", v.Title+v.Detail), secret) {
				t.Errorf("View: status %d, title %q, detail %q", v.Status, v.Title, v.Detail)
			}
		})
	}
}

// A part of a Problem that cannot be sent is left out; the rest is sent in the
// form that was asked for.
func TestReduced(t *testing.T) {
	tests := []struct {
		name string
		give problem.Problem
	}{
		{"script in an address", problem.Problem{Next: []problem.NextStep{{Kind: problem.RequestAccess, Href: "javascript:alert('" + secret + "')"}}}},
		{"another host in a path", problem.Problem{Next: []problem.NextStep{{Kind: problem.RequestAccess, Href: "//" + secret + ".example"}}}},
		{"whole address", problem.Problem{Next: []problem.NextStep{{Kind: problem.OpenURL, Href: "{url}"}}, Args: map[string]any{"url": "data:text/html," + secret}}},
		{"path without its value", problem.Problem{Next: []problem.NextStep{{Kind: problem.RequestAccess, Href: "/" + secret + "/{org}"}}}},
		{"method", problem.Problem{Next: []problem.NextStep{{Kind: problem.RequestAccess, Href: "/a", Method: secret}}}},
		{"challenge", problem.Problem{Challenges: []problem.Challenge{problem.Basic("a\r\nX: " + secret)}}},
		{"extension that cannot be encoded", problem.Problem{Extensions: map[string]any{"fn": func() {}}}},
		{"extension that panics", problem.Problem{Extensions: map[string]any{"fn": panickingExtension{}}}},
		{"extension named like a member", problem.Problem{Extensions: map[string]any{"status": secret}}},
		{"argument of another type", problem.Problem{Args: map[string]any{"role": struct{ S string }{secret}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, f := range []render.Format{render.JSON, render.XML, render.Multipart} {
				var faults []error
				deny := mustNew(t, render.Config{OnFault: func(err error) { faults = append(faults, err) }})
				p := tt.give
				p.Reason, p.Cause = problem.RoleMissing, errors.New(secret)
				w := answer(deny.As(f), get("/"), &p)
				if w.Code != 403 || !strings.Contains(w.Body.String(), "role-missing") {
					t.Errorf("%s: got %d %s", f.MediaType(), w.Code, w.Body)
				}
				if dump := fmt.Sprint(w.Header(), w.Body); strings.Contains(dump, secret) {
					t.Errorf("%s: the client was told the secret: %s", f.MediaType(), dump)
				}
				if len(faults) != 1 {
					t.Errorf("%s: OnFault was called %d times, want once: %v", f.MediaType(), len(faults), faults)
				}
			}
		})
	}
}

// A client that goes away while the answer is written is no fault.
func TestClientGone(t *testing.T) {
	deny := mustNew(t, render.Config{}) // OnFault fails the test
	deny.Write(goneWriter{httptest.NewRecorder()}, get("/"), problem.SignInRequired)
}

type goneWriter struct{ http.ResponseWriter }

func (goneWriter) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// A Problem that requires itself must end.
func TestRequirementCycle(t *testing.T) {
	p := &problem.Problem{Reason: problem.RoleMissing}
	p.Also = []*problem.Problem{p, nil, p}
	for _, f := range allFormats {
		if w := answer((&render.Renderer{}).As(f), get("/"), p); w.Code != 403 || w.Body.Len() == 0 {
			t.Errorf("%s: got %d", f.MediaType(), w.Code)
		}
	}
}

// A circle in a tree of errors must end too; its text never would.
func TestErrorCycle(t *testing.T) {
	c := &circle{}
	c.inner = []error{c, c}
	if w := answer(&render.Renderer{}, get("/"), c); w.Code != 500 {
		t.Errorf("got %d", w.Code)
	}
	c.inner = append(c.inner, problem.SignInRequired)
	if w := answer(&render.Renderer{}, get("/"), c); w.Code != 401 {
		t.Errorf("with a reason in it: got %d", w.Code)
	}
}

type circle struct{ inner []error }

func (c *circle) Error() string   { return c.inner[0].Error() }
func (c *circle) Unwrap() []error { return c.inner }

func TestFunctionsOfConfigThatPanic(t *testing.T) {
	var fault error
	deny := mustNew(t, render.Config{
		Language: func(*http.Request) string { panic(secret) },
		OnFault:  func(err error) { fault = err },
	})
	w := answer(deny, get("/"), problem.SignInRequired)
	if w.Code != 401 || strings.Contains(w.Body.String(), secret) || fault == nil {
		t.Errorf("got %d, fault %v", w.Code, fault)
	}
}

func TestNilRequest(t *testing.T) {
	w := httptest.NewRecorder()
	(&render.Renderer{}).Write(w, nil, problem.SignInRequired)
	if w.Code != 401 {
		t.Errorf("got %d", w.Code)
	}
}

// One Renderer, one Problem, many goroutines: run with -race.
func TestConcurrentUse(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links})
	p := problem.NeedRole("editor", "owner")
	p.Also = []*problem.Problem{{Reason: problem.TermsNotAccepted}}
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			for range 50 {
				f := allFormats[i%len(allFormats)]
				want := deny.Render(render.Request{Format: f, Target: "/a"}, p)
				if got := deny.Render(render.Request{Format: f, Target: "/a"}, p); string(got.Body) != string(want.Body) {
					t.Errorf("%s: two answers differ", f.MediaType())
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestLostPiece has the connection fail at one piece of a page and take the
// next: the client must have the beginning of the page, and nothing behind it.
func TestLostPiece(t *testing.T) {
	deny := render.Must(render.New(render.Config{}))
	for _, err := range []error{problem.SignInRequired, problem.NeedRole("editor")} {
		for _, accept := range []string{"text/html", "multipart/alternative"} {
			req := get("/x")
			req.Header.Set("Accept", accept)
			whole := httptest.NewRecorder()
			for range 2 { // the second is made of what is prepared
				whole = httptest.NewRecorder()
				deny.Write(whole, req, err)
			}
			pieces := 0
			for lost := 0; lost <= pieces; lost++ {
				w := &losingWriter{ResponseRecorder: httptest.NewRecorder(), lost: lost}
				deny.Write(w, req, err)
				pieces = max(pieces, w.pieces)
				if got := w.Body.String(); !strings.HasPrefix(whole.Body.String(), got) || lost < w.pieces && len(got) == whole.Body.Len() {
					t.Errorf("%v, %s: with piece %d lost, the client has\n%s", err, accept, lost, got)
				}
			}
			if pieces < 3 {
				t.Errorf("%v, %s: %d pieces; the style sheet is copied", err, accept, pieces)
			}
		}
	}
}

// losingWriter loses one piece of the body.
type losingWriter struct {
	*httptest.ResponseRecorder
	lost, pieces int
}

func (w *losingWriter) Write(b []byte) (int, error) {
	if w.pieces++; w.pieces == w.lost+1 {
		return 0, errors.New("no buffer space available")
	}
	return w.ResponseRecorder.Write(b)
}

// A value that is missing is told by its name, once for all texts that it is
// missing in.
func TestMissingValueIsToldOnce(t *testing.T) {
	reason := problem.MustReason(problem.Definition{
		Code: "export-window", Status: 403, Title: "No exports now", Detail: "Exports of {tenant} start {retry_after}.",
		Next: []problem.NextStep{{Kind: "book", Title: "Book a slot for {tenant}"}, {Kind: problem.RequestAccess, Href: "/t/{tenant}/{slot}"}, {Kind: "later", Title: "Come back {retry_after}"}},
	})
	var got string
	deny := mustNew(t, render.Config{Reasons: []problem.Reason{reason}, OnFault: func(err error) { got = err.Error() }})
	answer(deny, get("/", "Accept: text/html"), reason)
	want := `render: {tenant} of "export-window" has no value in Args; an ellipsis stands in its place
render: a step of "export-window" leads to "/t/{tenant}/{slot}", and Args lack {tenant}; the address was left out
render: {retry_after} of "export-window" has no value in Args, and RetryAfter is not set; an ellipsis stands in its place`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
