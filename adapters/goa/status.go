package denygoa

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/denial-go/denial/problem"
)

// forStatus returns the problem for an error of which no more is known than
// its status. The reason is a built-in one where that says what the status
// does, and one of the status alone elsewhere.
func forStatus(status int, cause error) *problem.Problem {
	var r problem.Reason
	switch status {
	case http.StatusUnauthorized:
		r = problem.SignInRequired
	case http.StatusPaymentRequired:
		r = problem.PaymentRequired
	case http.StatusForbidden:
		r = problem.PolicyDenied
	case http.StatusNotFound:
		r = problem.NotFound
	case http.StatusProxyAuthRequired:
		r = problem.ProxyAuthRequired
	case http.StatusTooEarly:
		r = problem.TooEarly
	case http.StatusPreconditionRequired:
		r = problem.PreconditionRequired
	case http.StatusTooManyRequests:
		r = problem.RateLimited
	case http.StatusUnavailableForLegalReasons:
		r = problem.LegalBlock
	default:
		r = bare(status)
	}
	return r.Because(cause)
}

// bare returns a reason that says no more than its status. A status that is
// not registered is taken for the general one of its class (RFC 9110 §15).
func bare(status int) problem.Reason {
	if problem.StatusText(status) == "" {
		if status >= 400 && status < 500 {
			status = http.StatusBadRequest
		} else {
			status = http.StatusInternalServerError
		}
	}
	// A document may do without a code, and a Definition may not.
	p, err := problem.Decode("", strings.NewReader(fmt.Sprintf(`{"status":%d}`, status)))
	if err != nil {
		return problem.Reason{} // a bare 403: it cannot happen, and denies if it does
	}
	return p.Reason
}

// challengeField returns the field in which a status has its challenges.
func challengeField(status int) string {
	if status == http.StatusProxyAuthRequired {
		return "Proxy-Authenticate"
	}
	return "Www-Authenticate"
}

// retryAfter reads seconds or a date (RFC 9110 §10.2.3); 0 is neither.
func retryAfter(s string, now time.Time) time.Duration {
	s = strings.TrimSpace(s)
	if n, err := strconv.ParseUint(s, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(t.Sub(now), 0)
	}
	return 0
}
