package adaptertest

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/denial-go/denial/problem"
)

// styles are the clients that a framework's own errors are tried with: one a
// form.
var styles = []string{"go", "chrome page", "multipart", "markdown agent", "problem+xml", "text", "nothing we have"}

// style asks for something that the framework refuses by itself. Where it is
// known which error the adapter makes of that, the answer is compared in full;
// else its form and header fields are those of a denial with the status.
func (s *suite) style(rep *report, r request, status int, adjust func(*Answer)) {
	_, exact := s.plain.errs[r.error]
	if !exact {
		r.error = strconv.Itoa(status)
	}
	want, err := s.ask(r, s.plain.base)
	if err != nil {
		rep.errorf("%v: the plain server: %v", r, err)
		return
	}
	got, err := s.ask(r, s.base)
	if err != nil {
		rep.errorf("%v: %v", r, err)
		return
	}
	s.leak(rep, r, got)
	if adjust != nil {
		adjust(&got)
	}
	if exact {
		s.same(rep, r, want, got)
		return
	}
	if got.Status != status {
		rep.errorf("%v: status %d, want %d: %.200q", r, got.Status, status, got.Body)
		return
	}
	if status >= 500 && bare(got) {
		return // an error without a reason says nothing
	}
	if a, b := mediaType(got), mediaType(want); a != b {
		rep.errorf("%v: Content-Type %q, want %q: %.200q", r, a, b, got.Body)
		return
	}
	for _, name := range []string{"Cache-Control", "X-Content-Type-Options", "X-Robots-Tag", "Referrer-Policy", "Www-Authenticate"} {
		if !slices.Equal(got.Header[name], want.Header[name]) {
			rep.errorf("%v: %s is %q, want %q", r, name, got.Header[name], want.Header[name])
		}
	}
	for _, name := range []string{"Content-Length", "Content-Language", "Content-Security-Policy", "Vary"} {
		if (got.Header.Get(name) == "") != (want.Header.Get(name) == "") {
			rep.errorf("%v: %s is %q, want something like %q", r, name, got.Header[name], want.Header[name])
		}
	}
	if r.method == http.MethodHead {
		return
	}
	switch body := got.Body; mediaType(got) {
	case "application/problem+json", "multipart/alternative":
		p, err := problem.Decode(got.Header.Get("Content-Type"), strings.NewReader(body))
		if err != nil || p.Reason.Status() != status || p.Reason.Title() == "" {
			rep.errorf("%v: the body is no problem document with status %d: %v\n%.400s", r, status, err, body)
		}
	case "text/html":
		if !strings.Contains(body, "<h1") || !strings.Contains(body, strconv.Itoa(status)) {
			rep.errorf("%v: the body is not the page of a denial:\n%.400s", r, body)
		}
	default:
		if strings.TrimSpace(body) == "" || !strings.Contains(body, strconv.Itoa(status)) {
			rep.errorf("%v: the body does not name the status:\n%.400s", r, body)
		}
	}
}

// ask sends r. A server that refuses a body may close the connection while the
// client is still sending, and cut off its own answer by that: then it is asked
// again.
func (s *suite) ask(r request, base string) (Answer, error) {
	a, err := r.send(s.client, base)
	for try := 0; err != nil && r.body != "" && try < 10; try++ {
		a, err = r.send(s.client, base)
	}
	return a, err
}

// bare reports whether the answer is that to an error without a reason.
func bare(a Answer) bool {
	return mediaType(a) == "text/plain" && (a.Body == "" || a.Body == problem.StatusText(a.Status)+"\n") &&
		a.Header.Get("Cache-Control") == "no-store" && a.Header.Get("X-Content-Type-Options") == "nosniff"
}

func mediaType(a Answer) string {
	mt, _, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil {
		return a.Header.Get("Content-Type")
	}
	return mt
}
