package render_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// discard is a ResponseWriter that keeps nothing but its header map.
type discard struct{ h http.Header }

func (d discard) Header() http.Header       { return d.h }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}

// BenchmarkWrite is one denial of each form beside http.Error.
func BenchmarkWrite(b *testing.B) {
	deny := mustNew(b, render.Config{Links: links})
	run := func(name string, f func(http.ResponseWriter, *http.Request), fields ...string) {
		r := get("/reports", fields...)
		b.Run(name, func(b *testing.B) {
			w := discard{make(http.Header)}
			b.ReportAllocs()
			for b.Loop() {
				clear(w.h)
				f(w, r)
			}
		})
	}
	run("http.Error", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "Forbidden", http.StatusForbidden)
	})
	write := func(err error) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) { deny.Write(w, r, err) }
	}
	const language = "Accept-Language: de-CH, de;q=0.9, en;q=0.8, *;q=0.5"
	run("JSON", write(problem.EmailUnverified), "Accept: application/json", language)
	run("HTML", write(problem.EmailUnverified), "Accept: "+chromePage, language)
	run("multipart", write(problem.EmailUnverified), "Accept: multipart/alternative", language)
	run("JSON with values", write(problem.NeedRole("editor")), "Accept: application/json", language)
	run("401", write(problem.SignInRequired), "Accept: application/json", language)
}

// BenchmarkPrepared is what answers have of being prepared: beside each stands the
// same from a Renderer that prepares nothing.
func BenchmarkPrepared(b *testing.B) {
	deny := mustNew(b, render.Config{Links: links})
	for name, err := range map[string]error{
		"members": &problem.Problem{Reason: problem.RoleMissing, Args: map[string]any{"role": "editor"}, Extensions: map[string]any{"trace_id": "8c5e0f", "limit": 5}},
		"joined":  errors.Join(problem.EmailUnverified, problem.TermsNotAccepted),
	} {
		for _, format := range []render.Format{render.JSON, render.HTML, render.Multipart} {
			r := get("/reports?a=b", "Accept: "+format.MediaType(), "Accept-Language: de-CH, de;q=0.9, en;q=0.8, *;q=0.5")
			for twin, renderer := range map[string]*render.Renderer{"prepared": deny, "slow": render.Slow(deny)} {
				b.Run(name+"/"+format.MediaType()+"/"+twin, func(b *testing.B) {
					w := discard{make(http.Header)}
					b.ReportAllocs()
					for b.Loop() {
						clear(w.h)
						renderer.Write(w, r, err)
					}
				})
			}
		}
	}
}

// BenchmarkNew is what a program pays at start.
func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := render.New(render.Config{Links: links}); err != nil {
			b.Fatal(err)
		}
	}
}
