package problem

import (
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/denial-go/denial/internal/message"
)

// ForStatus returns the reason for a denial of which nothing is known but its
// status: what a framework's own errors or a handler that only set a status
// stand for. Where there are header fields, [FromResponse] may know more. It is
// a built-in reason where that is true of whatever has the status, as [NotFound]
// is of 404; else it has no code, and says no more than the status phrase. The
// same status gives the same Reason each time.
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
// tells of: a Reason, the challenges that can be read of WWW-Authenticate, or
// Proxy-Authenticate for a 407, and how long Retry-After says to wait. Unlike
// [ParseChallenges], it reads the lines after one that holds a mistake. header
// is an [net/http.Header]. The cause is for logs; it may be nil. Where there may
// be a document, see [Set.FromResponse].
//
// The Reason is that of the error in a Bearer or DPoP challenge, as
// [InsufficientScope] is of insufficient_scope, where that has the status of
// the answer (RFC 6750 §3.1, RFC 9449 §7.1, RFC 9470 §3); else it is that of
// [ForStatus]. Args hold what the challenge and the DPoP-Nonce field say, as
// [NeedScope], [NeedStepUp] and [NeedDPoPNonce] would.
func FromResponse(status int, header map[string][]string, cause error) *Problem {
	p := &Problem{Cause: cause, Challenges: challengesOf(status, header), RetryAfter: retryAfter(header)}
	var telling []Challenge
	p.Reason, telling = reasonOf(status, p.Challenges)
	p.takeArgs(telling, header)
	return p
}

func retryAfter(header map[string][]string) time.Duration {
	return parseRetryAfter(textproto.MIMEHeader(header).Get("Retry-After"), time.Now())
}

func challengesOf(status int, header map[string][]string) []Challenge {
	if status == 407 {
		return readableChallenges(header["Proxy-Authenticate"])
	}
	return readableChallenges(header["Www-Authenticate"])
}

// reasonOf returns the reason of a status and challenges, and the challenges
// that tell its values.
func reasonOf(status int, challenges []Challenge) (Reason, []Challenge) {
	for i, c := range challenges {
		if r, ok := oauthReason(c); ok && r.Status() == status {
			return r, challenges[i : i+1]
		}
	}
	return ForStatus(status), challenges
}

// oauthReason returns the reason for the error of a challenge.
func oauthReason(c Challenge) (r Reason, ok bool) {
	if !isOAuth(c.Scheme) {
		return Reason{}, false
	}
	code, _ := c.Get("error")
	switch code {
	case "invalid_token":
		return TokenInvalid, true
	case "insufficient_scope":
		return InsufficientScope, true
	case "insufficient_user_authentication":
		_, acr := c.Get("acr_values")
		if _, age := c.Get("max_age"); age && !acr {
			return ReauthenticationRequired, true
		}
		return StepUpRequired, true
	case "use_dpop_nonce":
		return DPoPNonceRequired, true
	case "invalid_dpop_proof":
		return DPoPProofInvalid, true
	}
	return Reason{}, false
}

// isOAuth reports whether challenges of the scheme have the parameters of RFC
// 6750 §3.
func isOAuth(scheme string) bool { return sameName(scheme, "Bearer") || sameName(scheme, "DPoP") }

// takeWaits sets RetryAfter to what the steps of a document say, here and in
// Also.
func (p *Problem) takeWaits() {
	for _, step := range p.Next {
		if wait, ok := parseSeconds(step.Params[RetryAfterArg]); ok {
			p.RetryAfter = wait
			break
		}
	}
	for _, a := range p.Also {
		a.takeWaits()
	}
}

// takeArgs sets the Args from which the reason's own challenges and fields
// would be filled to what stands in those of a response.
func (p *Problem) takeArgs(challenges []Challenge, header map[string][]string) {
	d := p.Reason.definition()
	for _, own := range d.challenges {
		for _, c := range challenges {
			if sameName(own.Scheme, c.Scheme) || isOAuth(own.Scheme) && isOAuth(c.Scheme) {
				for _, param := range own.Params {
					value, _ := c.Get(param.Name)
					p.takeArg(param.Value, value)
				}
			}
		}
	}
	for _, f := range d.fields {
		p.takeArg(f.Value, strings.TrimSpace(textproto.MIMEHeader(header).Get(f.Name)))
	}
}

// takeArg sets the placeholder that template is to value, unless it has one.
func (p *Problem) takeArg(template, value string) {
	name, ok := message.Whole(template)
	if _, has := p.Args[name]; !ok || has || value == "" || unsendable(value) != "" {
		return
	}
	arg := any(value)
	switch list := strings.Fields(value); name {
	case "scope", "algs":
		arg = list
	case "acr_values":
		arg = ACRValues(list)
	case "max_age":
		if arg, ok = parseSeconds(value); !ok {
			return
		}
	}
	if p.Args == nil {
		p.Args = make(map[string]any)
	}
	p.Args[name] = arg
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
