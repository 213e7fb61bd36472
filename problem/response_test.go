package problem_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
		{429, http.Header{"Retry-After": {"2147483648"}}, problem.RateLimited, 0, 1 << 31 * time.Second},
		{429, http.Header{"Retry-After": {strings.Repeat("9", 40)}}, problem.RateLimited, 0, 1 << 31 * time.Second},
		{429, http.Header{"Retry-After": {"+5"}}, problem.RateLimited, 0, 0},
		{429, http.Header{"Retry-After": {"5.5"}}, problem.RateLimited, 0, 0},
		{503, http.Header{"Retry-After": {soon.Format(http.TimeFormat)}}, problem.ForStatus(503), 0, 59 * time.Minute},
		{503, http.Header{"Retry-After": {soon.Format(time.ANSIC)}}, problem.ForStatus(503), 0, 59 * time.Minute},
		{503, http.Header{"Retry-After": {soon.Format("Monday, 02-Jan-06 15:04:05 GMT")}}, problem.ForStatus(503), 0, 59 * time.Minute},
		{503, http.Header{"Retry-After": {"Sunday, 06-Nov-94 08:49:37 GMT"}}, problem.ForStatus(503), 0, 0},
		{503, http.Header{"Retry-After": {"Mon, 02 Jan 2006 15:04:05 GMT"}}, problem.ForStatus(503), 0, 0},
		{200, nil, problem.ForStatus(500), 0, 0},
	} {
		p := problem.FromResponse(test.status, test.header, cause)
		if p.Reason != test.reason || len(p.Challenges) != test.challenges || p.RetryAfter < test.atLeast || test.atLeast == 0 && p.RetryAfter != 0 || !errors.Is(p, cause) {
			t.Errorf("%d %v: %v with %d challenges, wait %v", test.status, test.header, p, len(p.Challenges), p.RetryAfter)
		}
	}
}

// The error of a challenge says what the status does not, and the challenge has
// the values that go with it.
func TestFromResponseReason(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int
		lines  []string
		reason problem.Reason
		args   map[string]any
	}{
		{"scope", 403, []string{`Bearer error="insufficient_scope", scope="reports:read  reports:write", resource_metadata="https://a.example/m"`},
			problem.InsufficientScope, map[string]any{"scope": []string{"reports:read", "reports:write"}, "resource_metadata": "https://a.example/m"}},
		{"scope, behind others", 403, []string{`Basic realm="a", Bearer realm="b", scope="b"`, `dpop error="insufficient_scope", scope="c"`},
			problem.InsufficientScope, map[string]any{"scope": []string{"c"}}},
		{"scope, without any", 403, []string{`Bearer error="insufficient_scope", scope=""`}, problem.InsufficientScope, nil},
		{"token", 401, []string{`Bearer error="invalid_token", error_description="expired"`}, problem.TokenInvalid, nil},
		{"stronger", 401, []string{`Bearer error="insufficient_user_authentication", acr_values="phr phrh", max_age="60"`},
			problem.StepUpRequired, problem.NeedStepUp(problem.ACR("phr", "phrh"), time.Minute).Args},
		{"stronger, in no known way", 401, []string{`Bearer error="insufficient_user_authentication"`}, problem.StepUpRequired, nil},
		{"newer", 401, []string{`Bearer error="insufficient_user_authentication", max_age=0`},
			problem.ReauthenticationRequired, problem.NeedReauthentication(0).Args},
		{"newer than what", 401, []string{`Bearer error="insufficient_user_authentication", max_age="new"`}, problem.ReauthenticationRequired, nil},
		{"nonce", 401, []string{`DPoP error="use_dpop_nonce", algs="ES256 PS256"`},
			problem.DPoPNonceRequired, map[string]any{"dpop_nonce": "n1", "algs": []string{"ES256", "PS256"}}},
		{"proof", 401, []string{`DPoP error="invalid_dpop_proof"`}, problem.DPoPProofInvalid, map[string]any{"dpop_nonce": "n1"}},
		{"the first that fits", 401, []string{`Bearer error="insufficient_scope", scope="a"`, `Bearer error="invalid_token"`, `DPoP error="use_dpop_nonce"`}, problem.TokenInvalid, nil},
		{"another status", 401, []string{`Bearer error="insufficient_scope", scope="a"`}, problem.SignInRequired, nil},
		{"a proxy's status", 407, []string{`Bearer error="invalid_token"`}, problem.ProxyAuthRequired, nil},
		{"another scheme", 403, []string{`Other error="insufficient_scope", scope="a"`}, problem.PolicyDenied, nil},
		{"another error", 403, []string{`Bearer error="Insufficient_Scope", scope="a"`}, problem.PolicyDenied, nil},
		{"a byte that is no text", 403, []string{"Bearer error=\"insufficient_scope\", scope=\"a\xff\""}, problem.InsufficientScope, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := problem.FromResponse(test.status, http.Header{"Www-Authenticate": test.lines, "Proxy-Authenticate": test.lines, "Dpop-Nonce": {" n1 "}}, nil)
			if p.Reason != test.reason {
				t.Errorf("got %v, want %v", p.Reason, test.reason)
			}
			if diff := cmp.Diff(test.args, p.Args); diff != "" {
				t.Errorf("Args (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFromResponseReadsPastAMistake(t *testing.T) {
	many := []string{"Basic realm=a b"}
	for range 100 {
		many = append(many, "Negotiate")
	}
	for _, test := range []struct {
		name  string
		lines []string
		want  []string
	}{
		{"the first", []string{"Basic realm=My Site", `Bearer realm="api"`}, []string{`Bearer realm="api"`}},
		{"the last", []string{`Bearer realm="api"`, `"junk`}, []string{`Bearer realm="api"`}},
		{"between", []string{`Bearer realm="api"`, "Basic realm=My Site", "Negotiate"}, []string{`Bearer realm="api"`, "Negotiate"}},
		{"after a good one in the line", []string{`Bearer realm="api", Basic realm=My Site`, "Negotiate"}, []string{`Bearer realm="api"`, "Negotiate"}},
		{"two, with parameters", []string{`Digest realm="a", nonce="b" x`, `Digest realm="c", nonce="d"`, `Basic realm="e" x`, `Basic realm="f"`},
			[]string{`Digest realm="c", nonce="d"`, `Basic realm="f"`}},
		{"in what goes on with another line", []string{`Bearer realm="api"`, `error="invalid_token", scope=a b`, "Negotiate"}, []string{`Bearer realm="api"`, "Negotiate"}},
		{"before what went on with it", []string{`Bearer realm="api"`, "Basic realm=My Site", `charset="UTF-8"`, "Negotiate"}, []string{`Bearer realm="api"`, "Negotiate"}},
		{"no mistake", []string{`Bearer realm="api"`, `error="invalid_token"`}, []string{`Bearer realm="api", error="invalid_token"`}},
		{"nothing but mistakes", []string{`"junk`, "="}, nil},
		{"as many as are read", many, slices.Repeat([]string{"Negotiate"}, 64)},
		{"too long", []string{"Negotiate", "Basic realm=a b", strings.Repeat(",", 128<<10), `Bearer realm="api"`}, []string{"Negotiate"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, c := range problem.FromResponse(401, http.Header{"Www-Authenticate": test.lines}, nil).Challenges {
				got = append(got, c.String())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("challenges (-want +got):\n%s", diff)
			}
		})
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
