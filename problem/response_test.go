package problem_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/denial-go/denial/problem"
)

func TestForStatus(t *testing.T) {
	for status := -1; status <= 1000; status++ {
		r := problem.ForStatus(status)
		want := status
		if problem.StatusText(status) == "" {
			want = 500
			if status >= 400 && status <= 499 {
				want = 400
			}
		}
		if r.Status() != want {
			t.Errorf("%d: status %d, want %d", status, r.Status(), want)
		}
		if r != problem.ForStatus(status) {
			t.Errorf("%d: two calls give two reasons", status)
		}
		if r.Code() == "" && r.Title() != problem.StatusText(want) {
			t.Errorf("%d: title %q", status, r.Title())
		}
	}
	if problem.ForStatus(404) != problem.NotFound || problem.ForStatus(429) != problem.RateLimited {
		t.Error("404 and 429 have reasons of their own")
	}
}

func TestFromResponse(t *testing.T) {
	cause := errors.New("upstream")
	soon := time.Now().Add(time.Hour).UTC()
	for _, test := range []struct {
		status     int
		header     http.Header
		reason     problem.Reason
		challenges int
		atLeast    time.Duration
	}{
		{401, http.Header{"Www-Authenticate": {`Basic realm="a", Bearer`, `Digest realm="b", nonce="c"`}}, problem.SignInRequired, 3, 0},
		{407, http.Header{"Proxy-Authenticate": {"Negotiate"}, "Www-Authenticate": {"Basic"}}, problem.ProxyAuthRequired, 1, 0},
		{403, nil, problem.PolicyDenied, 0, 0},
		{429, http.Header{"Retry-After": {" 120 "}}, problem.RateLimited, 0, 2 * time.Minute},
		{429, http.Header{"Retry-After": {"-1"}}, problem.RateLimited, 0, 0},
		{503, http.Header{"Retry-After": {soon.Format(http.TimeFormat)}}, problem.ForStatus(503), 0, 59 * time.Minute},
		{503, http.Header{"Retry-After": {soon.Format(time.ANSIC)}}, problem.ForStatus(503), 0, 59 * time.Minute},
		{503, http.Header{"Retry-After": {"Mon, 02 Jan 2006 15:04:05 GMT"}}, problem.ForStatus(503), 0, 0},
		{200, nil, problem.ForStatus(500), 0, 0},
	} {
		p := problem.FromResponse(test.status, test.header, cause)
		if p.Reason != test.reason || len(p.Challenges) != test.challenges || p.RetryAfter < test.atLeast || test.atLeast == 0 && p.RetryAfter != 0 || !errors.Is(p, cause) {
			t.Errorf("%d %v: %v with %d challenges, wait %v", test.status, test.header, p, len(p.Challenges), p.RetryAfter)
		}
	}
}

func ExampleFromResponse() {
	resp := &http.Response{StatusCode: 429, Header: http.Header{"Retry-After": {"30"}}}
	denied := problem.FromResponse(resp.StatusCode, resp.Header, nil)
	if errors.Is(denied, problem.RateLimited) {
		fmt.Println("again in", denied.RetryAfter)
	}
	// Output: again in 30s
}
