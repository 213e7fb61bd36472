package problem

import (
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ForStatus returns the reason for a denial of which nothing is known but its
// status: what a framework's own errors, a handler that only set a status, or
// another server's bare answer stand for. It is a built-in reason where that is
// true of whatever has the status, as [NotFound] is of 404; else it has no
// code, and says no more than the status phrase. The same status gives the same
// Reason each time.
//
// A status that is not registered is taken for the first of its class (RFC 9110
// §15), and one that is no error for a 500.
func ForStatus(status int) Reason {
	switch status {
	case 401:
		return SignInRequired
	case 402:
		return PaymentRequired
	case 403:
		return PolicyDenied
	case 404:
		return NotFound
	case 407:
		return ProxyAuthRequired
	case 425:
		return TooEarly
	case 428:
		return PreconditionRequired
	case 429:
		return RateLimited
	case 451:
		return LegalBlock
	}
	if StatusText(status) == "" {
		if status >= 400 && status <= 499 {
			status = 400
		} else {
			status = 500
		}
	}
	return Reason{&bareDefinitions()[status-400]}
}

// bareDefinitions are by status, from 400 on. A Definition that a program makes
// needs a code, and one made up here could be taken for the program's own.
var bareDefinitions = sync.OnceValue(func() *[200]definition {
	var all [200]definition
	for i := range all {
		all[i].status = 400 + i
		all[i].title = StatusText(400 + i)
	}
	return &all
})

// FromResponse returns the Problem that an answer without a problem document
// tells of: a Reason by [ForStatus], the challenges that can be read of
// WWW-Authenticate, or Proxy-Authenticate for a 407, and how long Retry-After
// says to wait. Unlike [ParseChallenges], it reads the lines after one that
// holds a mistake. header is an [net/http.Header]. The cause is for logs; it
// may be nil.
func FromResponse(status int, header map[string][]string, cause error) *Problem {
	p := ForStatus(status).Because(cause)
	field := "Www-Authenticate"
	if p.Reason.Status() == 407 {
		field = "Proxy-Authenticate"
	}
	if challenges := readableChallenges(header[field]); len(challenges) > 0 {
		p.Challenges = challenges
	}
	p.RetryAfter = parseRetryAfter(textproto.MIMEHeader(header).Get("Retry-After"), time.Now())
	return p
}

// parseRetryAfter reads seconds or a date (RFC 9110 §10.2.3); 0 is neither, and
// a date that has passed.
func parseRetryAfter(s string, now time.Time) time.Duration {
	s = strings.TrimSpace(s)
	if wait, ok := parseSeconds(s); ok {
		return wait
	}
	for _, layout := range [...]string{"Mon, 02 Jan 2006 15:04:05 GMT", time.RFC850, time.ANSIC} { // RFC 9110 §5.6.7
		if t, err := time.Parse(layout, s); err == nil {
			return max(t.Sub(now), 0)
		}
	}
	return 0
}

// parseSeconds reads delta-seconds. What is more than 2^31 is 2^31, as RFC 9111
// §1.2.2 has it: a wait without end is a wait all the same.
func parseSeconds(s string) (wait time.Duration, ok bool) {
	if wrong, _ := isDigits(s); wrong != "" {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		n = 1 << 31
	}
	return time.Duration(min(n, 1<<31)) * time.Second, true
}
