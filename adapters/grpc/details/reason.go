package denydetails

import (
	"net/http"

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
		return problem.ForStatus(http.StatusConflict)
	case code.Code_INVALID_ARGUMENT, code.Code_FAILED_PRECONDITION, code.Code_OUT_OF_RANGE:
		return problem.ForStatus(http.StatusBadRequest)
	case code.Code_UNIMPLEMENTED:
		return problem.ForStatus(http.StatusNotImplemented)
	case code.Code_UNAVAILABLE, code.Code_CANCELLED:
		return problem.ForStatus(http.StatusServiceUnavailable)
	case code.Code_DEADLINE_EXCEEDED:
		return problem.ForStatus(http.StatusGatewayTimeout)
	}
	return problem.ForStatus(http.StatusInternalServerError)
}
