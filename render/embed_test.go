package render_test

import (
	"errors"
	"testing"
	"time"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// embedding is an error of an application that is a Problem and something more.
type embedding struct {
	*problem.Problem
	Tenant string
}

// TestEmbeddedProblem is that an error that embeds a Problem is answered as the
// Problem is, with nothing of its Cause.
func TestEmbeddedProblem(t *testing.T) {
	deny := mustNew(t, render.Config{OnFault: func(error) {}}) // which hears of nil
	p := problem.RetryIn(problem.RateLimited, time.Minute)
	p.Cause = errors.Join(problem.NotOwner, errors.New("secret"))
	for _, tt := range []struct {
		name     string
		err, say error
	}{
		{"a Problem", embedding{p, "a"}, p},
		{"by pointer", &embedding{p, "a"}, p},
		{"nil", embedding{Tenant: "a"}, (*problem.Problem)(nil)},
		{"a nil pointer", (*embedding)(nil), (*problem.Problem)(nil)},
	} {
		for range 2 {
			got := same(t, deny, render.Slow(deny), renderRequest("/"), tt.err)
			want := same(t, deny, render.Slow(deny), renderRequest("/"), tt.say)
			if got.Status != want.Status || string(got.Body) != string(want.Body) || got.Header.Get("Retry-After") != want.Header.Get("Retry-After") {
				t.Errorf("%s: %d %v\n%s\nwant %d %v\n%s", tt.name, got.Status, got.Header, got.Body, want.Status, want.Header, want.Body)
			}
		}
	}
}
