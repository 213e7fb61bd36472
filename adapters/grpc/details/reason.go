package denydetails

import (
	"fmt"
	"net/http"
	"strings"
	"sync"

	"google.golang.org/genproto/googleapis/rpc/code"

	"github.com/denial-go/denial/problem"
)

// Reason returns what a status without a denial is answered with over HTTP: the
// reason that is true of whatever ends with its code, or else one that says no
// more than the HTTP status that google/rpc/code.proto gives the code:
//
//	UNAUTHENTICATED     problem.SignInRequired   ALREADY_EXISTS, ABORTED                             409
//	PERMISSION_DENIED   problem.PolicyDenied     INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE 400
//	NOT_FOUND           problem.NotFound         UNIMPLEMENTED                                       501
//	RESOURCE_EXHAUSTED  problem.RateLimited      UNAVAILABLE, CANCELLED                              503
//	                                             DEADLINE_EXCEEDED                                   504
//	                                             all others                                          500
//
// CANCELLED is 499 in code.proto, which is not a registered status.
func Reason(c code.Code) problem.Reason {
	switch c {
	case code.Code_UNAUTHENTICATED:
		return problem.SignInRequired
	case code.Code_PERMISSION_DENIED:
		return problem.PolicyDenied
	case code.Code_NOT_FOUND:
		return problem.NotFound
	case code.Code_RESOURCE_EXHAUSTED:
		return problem.RateLimited
	case code.Code_ALREADY_EXISTS, code.Code_ABORTED:
		return StatusReason(http.StatusConflict)
	case code.Code_INVALID_ARGUMENT, code.Code_FAILED_PRECONDITION, code.Code_OUT_OF_RANGE:
		return StatusReason(http.StatusBadRequest)
	case code.Code_UNIMPLEMENTED:
		return StatusReason(http.StatusNotImplemented)
	case code.Code_UNAVAILABLE, code.Code_CANCELLED:
		return StatusReason(http.StatusServiceUnavailable)
	case code.Code_DEADLINE_EXCEEDED:
		return StatusReason(http.StatusGatewayTimeout)
	}
	return StatusReason(http.StatusInternalServerError)
}

// StatusReason returns the reason for an HTTP status that was chosen without
// one: a built-in reason that is true of whatever ends with the status, or else
// one that says no more than the status, of type about:blank (RFC 9457 §4.2.1).
// A status that is not registered is answered as 400 or 500.
func StatusReason(status int) problem.Reason {
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
	if r, ok := statusReasons()[status]; ok {
		return r
	}
	// A status that is not registered is as good as the first of its class (RFC
	// 9110 §15), and one that is no error is a mistake of the server.
	if status >= 400 && status < 500 {
		return statusReasons()[http.StatusBadRequest]
	}
	return statusReasons()[http.StatusInternalServerError]
}

// statusReasons has a reason for each registered error status. It is read from
// a document that holds nothing else, because a reason that is defined needs a
// code, and texts in every language.
var statusReasons = sync.OnceValue(func() map[int]problem.Reason {
	reasons := make(map[int]problem.Reason)
	for status := 400; status < 600; status++ {
		if problem.StatusText(status) == "" {
			continue
		}
		if p, err := problem.Decode("", strings.NewReader(fmt.Sprintf(`{"status":%d}`, status))); err == nil {
			reasons[status] = p.Reason
		}
	}
	return reasons
})
