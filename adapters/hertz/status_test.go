package denyhertz_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	denyhertz "github.com/denial-go/denial/adapters/hertz"
	"github.com/denial-go/denial/problem"
)

func TestStatusProblem(t *testing.T) {
	cause := errors.New("cause")
	for _, test := range []struct {
		name       string
		status     int
		field      string
		values     []string
		challenges []problem.Challenge
		after      time.Duration
	}{
		{"nothing set", 401, "", nil, nil, 0},
		{"a challenge", 401, "Www-Authenticate", []string{`Basic realm="staff", charset="UTF-8"`}, []problem.Challenge{problem.Basic("staff")}, 0},
		{"two lines", 403, "Www-Authenticate", []string{`Bearer realm="a"`, `Bearer realm="b"`}, []problem.Challenge{problem.Bearer("a"), problem.Bearer("b")}, 0},
		{"a broken one", 401, "Www-Authenticate", []string{`Basic realm="staff`}, nil, 0},
		{"of a proxy", 407, "Proxy-Authenticate", []string{`Bearer realm="a"`}, []problem.Challenge{problem.Bearer("a")}, 0},
		{"of a proxy, not asked for", 401, "Proxy-Authenticate", []string{`Bearer realm="a"`}, nil, 0},
		{"seconds", 429, "Retry-After", []string{" 90"}, nil, 90 * time.Second},
		{"a date that has passed", 503, "Retry-After", []string{"Sun, 06 Nov 1994 08:49:37 GMT"}, nil, 0},
		{"neither", 503, "Retry-After", []string{"-1"}, nil, 0},
		{"both", 503, "Retry-After", []string{"1", "2"}, nil, time.Second},
		{"seconds of a 404", 404, "Retry-After", []string{"90"}, nil, 90 * time.Second},
		{"a name as it came", 429, "retry-after", []string{"90"}, nil, 90 * time.Second},
	} {
		ctx := request(nil)
		ctx.Response.Header.DisableNormalizing()
		for _, value := range test.values {
			ctx.Response.Header.Add(test.field, value)
		}
		p := denyhertz.StatusProblem(ctx, test.status, cause)
		if p.Reason != problem.ForStatus(test.status) || p.Cause != cause || p.RetryAfter != test.after {
			t.Errorf("%s: %+v", test.name, p)
		}
		if diff := cmp.Diff(test.challenges, p.Challenges); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}
