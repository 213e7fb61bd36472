package denyfasthttp_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	denyfasthttp "github.com/denial-go/denial/adapters/fasthttp"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

func TestStatusReason(t *testing.T) {
	for status := -1; status < 1000; status++ {
		want := status
		switch {
		case problem.StatusText(status) != "":
		case status >= 400 && status < 500:
			want = 400
		default:
			want = 500
		}
		r := denyfasthttp.StatusReason(status)
		if r.Status() != want {
			t.Errorf("%d gives a reason with status %d, want %d", status, r.Status(), want)
		}
		if denyfasthttp.StatusReason(status) != r {
			t.Errorf("%d gives another reason each time, which errors.Is cannot find", status)
		}
	}
	// It speaks the reader's language, and says no more than the status.
	deny := render.Must(render.New(render.Config{DefaultLanguage: "de", TypeBase: "/problems/"}))
	v := deny.View(render.Request{}, denyfasthttp.StatusReason(405))
	if v.Language != "de" || v.Title != v.Phrase || v.Phrase == "Method Not Allowed" || v.Type != "about:blank" || v.Code != "" {
		t.Errorf("405 is told as %q, %q, in %q, with type %q and code %q", v.Title, v.Phrase, v.Language, v.Type, v.Code)
	}
}

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
		{"both", 503, "Retry-After", []string{"1", "2"}, nil, 0},
		{"seconds of a 404", 404, "Retry-After", []string{"90"}, nil, 0},
	} {
		ctx := request(nil)
		for _, value := range test.values {
			ctx.Response.Header.Add(test.field, value)
		}
		p := denyfasthttp.StatusProblem(ctx, test.status, cause)
		if p.Reason != denyfasthttp.StatusReason(test.status) || p.Cause != cause || p.RetryAfter != test.after {
			t.Errorf("%s: %+v", test.name, p)
		}
		if diff := cmp.Diff(test.challenges, p.Challenges); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}
