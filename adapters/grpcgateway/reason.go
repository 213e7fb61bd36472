package denygrpcgateway

import (
	"fmt"
	"net/http"
	"strings"
	"sync"

	"google.golang.org/grpc/codes"

	"github.com/denial-go/denial/problem"
)

// Reason returns what a status without a denial is answered with: the reason
// that is true of whatever ends with its code, or else one that says no more
// than the HTTP status that google/rpc/code.proto gives the code:
//
//	UNAUTHENTICATED     problem.SignInRequired   ALREADY_EXISTS, ABORTED                            409
//	PERMISSION_DENIED   problem.PolicyDenied     INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE 400
//	NOT_FOUND           problem.NotFound         UNIMPLEMENTED                                      501
//	RESOURCE_EXHAUSTED  problem.RateLimited      UNAVAILABLE, CANCELED                              503
//	                                             DEADLINE_EXCEEDED                                  504
//	                                             all others                                         500
//
// CANCELED is 499 in code.proto, which is not a registered status.
func Reason(c codes.Code) problem.Reason {
	switch c {
	case codes.Unauthenticated:
		return problem.SignInRequired
	case codes.PermissionDenied:
		return problem.PolicyDenied
	case codes.NotFound:
		return problem.NotFound
	case codes.ResourceExhausted:
		return problem.RateLimited
	case codes.AlreadyExists, codes.Aborted:
		return statusReason(http.StatusConflict)
	case codes.InvalidArgument, codes.FailedPrecondition, codes.OutOfRange:
		return statusReason(http.StatusBadRequest)
	case codes.Unimplemented:
		return statusReason(http.StatusNotImplemented)
	case codes.Unavailable, codes.Canceled:
		return statusReason(http.StatusServiceUnavailable)
	case codes.DeadlineExceeded:
		return statusReason(http.StatusGatewayTimeout)
	}
	return statusReason(http.StatusInternalServerError)
}

// statusReason returns the reason for a status that the gateway has chosen.
func statusReason(status int) problem.Reason {
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
