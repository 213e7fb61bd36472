package denyecho5

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/denial-go/denial/problem"
)

// denial returns the Problem for a status that was chosen without a reason.
// What header fields say about it already, as those of a middleware for Basic
// authentication do, goes along. The cause is for the application only.
func denial(status int, h http.Header, cause error) *problem.Problem {
	p := reason(status).Because(cause)
	switch p.Reason.Status() {
	case http.StatusUnauthorized, http.StatusForbidden:
		p.Challenges = challenges(h["Www-Authenticate"])
	case http.StatusProxyAuthRequired:
		p.Challenges = challenges(h["Proxy-Authenticate"])
	case http.StatusRequestEntityTooLarge, http.StatusTooManyRequests, http.StatusServiceUnavailable:
		p.RetryAfter = wait(h.Get("Retry-After"), time.Now())
	}
	return p
}

// challenges returns what can be read of the lines: nil where nothing can, so
// that the renderer's own challenges stand in.
func challenges(lines []string) []problem.Challenge {
	cs, _ := problem.ParseChallenges(lines)
	if len(cs) == 0 {
		return nil
	}
	return cs
}

// wait reads a Retry-After field, seconds or a date (RFC 9110 §10.2.3); 0 is
// neither.
func wait(field string, now time.Time) time.Duration {
	field = strings.TrimSpace(field)
	if n, err := strconv.ParseUint(field, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(field); err == nil {
		return max(t.Sub(now), 0)
	}
	return 0
}

// reason returns the built-in reason that is true of whatever ends with the
// status, or one that says no more than the status: a 503 need not be
// problem.Overloaded.
func reason(status int) problem.Reason {
	switch status {
	case http.StatusUnauthorized:
		return problem.SignInRequired
	case http.StatusPaymentRequired:
		return problem.PaymentRequired
	case http.StatusForbidden:
		return problem.PolicyDenied
	case http.StatusNotFound:
		return problem.NotFound
	case http.StatusProxyAuthRequired:
		return problem.ProxyAuthRequired
	case http.StatusTooEarly:
		return problem.TooEarly
	case http.StatusPreconditionRequired:
		return problem.PreconditionRequired
	case http.StatusTooManyRequests:
		return problem.RateLimited
	case http.StatusUnavailableForLegalReasons:
		return problem.LegalBlock
	}
	if problem.StatusText(status) == "" {
		// A status that is not registered is as good as the first of its class
		// (RFC 9110 §15), and one that is no error is a mistake of the server.
		if status >= 400 && status <= 499 {
			status = http.StatusBadRequest
		} else {
			status = http.StatusInternalServerError
		}
	}
	return bareReasons()[status]
}

// bareReasons are reasons without a code, by status. A Definition needs a code,
// and one made up here would be taken for a code of the application. A document
// needs none, and the renderer has the status phrase in every language.
var bareReasons = sync.OnceValue(func() map[int]problem.Reason {
	reasons := make(map[int]problem.Reason)
	for status := 400; status <= 599; status++ {
		text := problem.StatusText(status)
		if text == "" {
			continue
		}
		p, err := problem.Decode("application/problem+json", strings.NewReader(fmt.Sprintf(`{"title":%q,"status":%d}`, text, status)))
		if err != nil {
			panic(err) // TestStatuses: cannot happen
		}
		reasons[status] = p.Reason
	}
	return reasons
})
