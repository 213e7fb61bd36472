package denyfasthttp

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/denial-go/denial/problem"
)

// StatusReason returns the reason for a status that a framework has chosen by
// itself: a built-in one where there is one that says no more than the status
// does, else one whose only text is the status phrase, in the reader's
// language, with the type about:blank (RFC 9457 §4.2.1). A code that is not
// registered, or not an error, gives that of its class (RFC 9110 §15): 400 for
// 418, and 500 for what is no error at all.
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

// StatusProblem returns the denial for a status that a framework has chosen by
// itself: one with StatusReason and the cause, which is never sent. What the
// framework's middleware has put into the response goes along: its challenges,
// and when to try again.
func StatusProblem(ctx *fasthttp.RequestCtx, status int, cause error) *problem.Problem {
	p := StatusReason(status).Because(cause)
	switch h := &ctx.Response.Header; p.Reason.Status() {
	case 401, 403:
		p.Challenges = challenges(values(h, "Www-Authenticate"))
	case 407:
		p.Challenges = challenges(values(h, "Proxy-Authenticate"))
	case 413, 429, 503:
		if after := values(h, "Retry-After"); len(after) == 1 {
			p.RetryAfter = wait(after[0], time.Now())
		}
	}
	return p
}

// values returns the lines of a field. The server may keep names as they come.
func values(h *fasthttp.ResponseHeader, name string) (lines []string) {
	for key, value := range h.All() {
		if strings.EqualFold(string(key), name) {
			lines = append(lines, string(value))
		}
	}
	return lines
}

// challenges returns what can be read of the lines: nil where nothing can, so
// that those of the renderer stand in.
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

// statusReasons holds a reason for every registered error status, read from a
// document that says nothing else: NewReason wants a code, and a code would
// have to be translated.
var statusReasons = sync.OnceValue(func() map[int]problem.Reason {
	reasons := make(map[int]problem.Reason)
	for status := 400; status < 600; status++ {
		text := problem.StatusText(status)
		if text == "" {
			continue
		}
		p, err := problem.Decode("application/problem+json", strings.NewReader(fmt.Sprintf(`{"title":%q,"status":%d}`, text, status)))
		if err != nil {
			panic(err) // TestStatusReason: cannot happen
		}
		reasons[status] = p.Reason
	}
	return reasons
})
