package adaptertest

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// An Answer is what a client got.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// A request is what the suite asks for.
type request struct {
	method   string
	target   string
	client   client
	language []string
	body     string // of a POST
	error    string // what the plain server is to answer with, where the path does not say
}

func (r request) String() string {
	s := fmt.Sprintf("%s %s by %q", r.method, r.target, r.client.name)
	if r.language != nil {
		s += fmt.Sprintf(" in %q", strings.Join(r.language, " / "))
	}
	return s
}

// header returns the fields to be sent.
func (r request) header() http.Header {
	h := r.client.header.Clone()
	if h == nil {
		h = make(http.Header)
	}
	if r.language != nil {
		h["Accept-Language"] = r.language
	}
	if r.error != "" {
		h.Set(errorField, r.error)
	}
	if r.method == http.MethodPost {
		h.Set("Content-Type", "application/json")
	}
	return h
}

// send asks a server. Where the body breaks off, there is an error, and an
// answer with what had come of it.
func (r request) send(c *http.Client, base string) (Answer, error) {
	var body io.Reader
	if r.method == http.MethodPost {
		body = strings.NewReader(r.body)
	}
	req, err := http.NewRequest(r.method, base+r.target, body)
	if err != nil {
		return Answer{}, err
	}
	req.Header = r.header()
	resp, err := c.Do(req)
	if err != nil {
		return Answer{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		err = fmt.Errorf("reading the body: %w", err)
	}
	a := Answer{Status: resp.StatusCode, Header: resp.Header, Body: string(b)}
	for _, name := range []string{"Date", "Connection", "Keep-Alive"} { // of the connection, not of the denial
		delete(a.Header, name)
	}
	return a, err
}

// same reports where an answer differs from that of the plain server, both
// of them without the fields that may differ. It remembers which of these did.
func (s *suite) same(rep *report, r request, want, got Answer) {
	want.Header, got.Header = want.Header.Clone(), got.Header.Clone()
	for i, d := range s.adapter.Differences {
		if d.Field == "" {
			before := Answer{want.Status, want.Header.Clone(), want.Body}
			d.Expect(&want)
			if !cmp.Equal(before, want) {
				s.seen[i].Store(true)
			}
			continue
		}
		if !slices.Equal(want.Header.Values(d.Field), got.Header.Values(d.Field)) {
			s.seen[i].Store(true)
		}
		want.Header.Del(d.Field)
		got.Header.Del(d.Field)
	}
	if want.Status == got.Status && want.Body == got.Body && maps.EqualFunc(want.Header, got.Header, slices.Equal[[]string]) {
		return
	}
	rep.errorf("%v: not as net/http answers (-net/http +framework):\n%s", r, diff{want, got})
}

// diff is written out only where it is shown: it takes its time.
type diff struct{ want, got Answer }

func (d diff) String() string {
	want, got := d.want, d.got
	want.Body, got.Body = short(want.Body, got.Body), short(got.Body, want.Body)
	return cmp.Diff(want, got)
}

// short leaves out what is the same at the beginning of a long body.
func short(body, other string) string {
	if body == other {
		return fmt.Sprintf("(%d bytes, the same)", len(body))
	}
	same := 0
	for same < len(body) && same < len(other) && body[same] == other[same] {
		same++
	}
	same = max(same-40, 0)
	rest := body[same:]
	if len(rest) > 400 {
		rest = rest[:400] + "…"
	}
	return fmt.Sprintf("(%d bytes, from %d on) %s", len(body), same, rest)
}
