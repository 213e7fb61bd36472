package work

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// Denial returns our answer to the work.
func Denial(deny *render.Renderer, w Work) http.Handler {
	err := w.Err()
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { deny.Write(rw, r, err) })
}

// Anew returns our answer to the works with values, with an error that is made
// for each response, as most applications do.
func Anew(deny *render.Renderer) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		deny.Write(rw, r, &problem.Problem{Reason: RoleNeeded, Args: map[string]any{"person": person, "role": role, "project": project}})
	})
}

// Empty answers with the status and nothing else.
func Empty(status int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

// Error answers with http.Error, which a denial takes the place of.
func Error(status int) http.Handler {
	text := http.StatusText(status)
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, text, status) })
}

// Prebuilt is an answer whose bytes are known before the request comes: what is
// left where there is nothing to find out. Its header values are fresh, so that
// whoever changes one does not change the next response.
type Prebuilt struct {
	Status int
	Names  []string
	Values []string
	Body   []byte
}

// Record returns what h answers to the work as a Prebuilt. It fails where a
// field has more than one line, which a Prebuilt could not repeat.
func Record(h http.Handler, r *http.Request) (*Prebuilt, error) {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	resp := rec.Result()
	p := &Prebuilt{Status: resp.StatusCode, Body: slices.Clone(rec.Body.Bytes())}
	for name, lines := range resp.Header {
		if len(lines) != 1 {
			return nil, fmt.Errorf("work: %s has %d lines; want one", name, len(lines))
		}
		p.Names = append(p.Names, name)
	}
	slices.Sort(p.Names)
	for _, name := range p.Names {
		p.Values = append(p.Values, strings.Clone(resp.Header[name][0]))
	}
	return p, nil
}

// ServeHTTP sends the answer.
func (p *Prebuilt) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	values := slices.Clone(p.Values)
	for i, name := range p.Names {
		h[name] = values[i : i+1 : i+1]
	}
	w.WriteHeader(p.Status)
	w.Write(p.Body)
}
