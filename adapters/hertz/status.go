package denyhertz

import (
	"fmt"
	"strings"
	"sync"

	"github.com/denial-go/denial/problem"
)

// StatusReason returns the reason for a status that a framework has chosen by
// itself: a built-in one where there is one that says no more than the status
// does, else one whose only text is the status phrase, in the reader's
// language, with the type about:blank (RFC 9457 §4.2.1). A code that is not
// registered, or not an error, gives that of its class (RFC 9110 §15): 400 for
// 418, and 500 for what is no error at all.
//
// It is for other adapters; applications have reasons that say more.
func StatusReason(status int) problem.Reason {
	switch status {
	case 401:
		return problem.SignInRequired
	case 402:
		return problem.PaymentRequired
	case 403:
		return problem.PolicyDenied
	case 404:
		return problem.NotFound
	case 407:
		return problem.ProxyAuthRequired
	case 425:
		return problem.TooEarly
	case 428:
		return problem.PreconditionRequired
	case 429:
		return problem.RateLimited
	case 451:
		return problem.LegalBlock
	}
	if r, ok := statusReasons()[status]; ok {
		return r
	}
	if status >= 400 && status < 500 {
		return statusReasons()[400]
	}
	return statusReasons()[500]
}

// statusReasons holds a reason for every registered error status. A document
// with nothing but a status is what such a reason is read from: NewReason wants
// a code, and a code would have to be translated.
var statusReasons = sync.OnceValue(func() map[int]problem.Reason {
	reasons := make(map[int]problem.Reason)
	for status := 400; status < 600; status++ {
		if problem.StatusText(status) == "" {
			continue
		}
		p, err := problem.Decode("application/problem+json", strings.NewReader(fmt.Sprintf(`{"status":%d}`, status)))
		if err != nil {
			panic(err) // TestStatusReason: cannot happen
		}
		reasons[status] = p.Reason
	}
	return reasons
})
