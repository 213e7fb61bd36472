package denydetails

import (
	"strings"

	"google.golang.org/genproto/googleapis/rpc/code"

	"github.com/denial-go/denial/problem"
)

// Code returns the google.rpc.Code for the HTTP status of a denial. It turns
// around the table in google/rpc/code.proto, which gives each code one HTTP
// status:
//
//	400 INVALID_ARGUMENT   403 PERMISSION_DENIED   409 ABORTED              501 UNIMPLEMENTED
//	401 UNAUTHENTICATED    404 NOT_FOUND           429 RESOURCE_EXHAUSTED   503 UNAVAILABLE
//	500 INTERNAL           504 DEADLINE_EXCEEDED
//
// What the table lacks goes by what code.proto says of the codes:
// UNAUTHENTICATED for 407 and 511, PERMISSION_DENIED for 451, UNAVAILABLE
// ("retry just the failing call") for 425 and 502, RESOURCE_EXHAUSTED for 413,
// 431 and 507, NOT_FOUND for 410, OUT_OF_RANGE for 416, UNIMPLEMENTED for 405
// and 505, DEADLINE_EXCEEDED for 408, INVALID_ARGUMENT for 406, 411, 414, 415
// and 422, and FAILED_PRECONDITION ("should not retry until the system state
// has been explicitly fixed") for all other 4xx, such as 402 and 428. Any other
// number is UNKNOWN. It is never OK.
func Code(status int) code.Code {
	switch status {
	case 400, 406, 411, 414, 415, 422:
		return code.Code_INVALID_ARGUMENT
	case 401, 407, 511:
		return code.Code_UNAUTHENTICATED
	case 403, 451:
		return code.Code_PERMISSION_DENIED
	case 404, 410:
		return code.Code_NOT_FOUND
	case 405, 501, 505:
		return code.Code_UNIMPLEMENTED
	case 408, 504:
		return code.Code_DEADLINE_EXCEEDED
	case 409:
		return code.Code_ABORTED
	case 413, 429, 431, 507:
		return code.Code_RESOURCE_EXHAUSTED
	case 416:
		return code.Code_OUT_OF_RANGE
	case 425, 502, 503:
		return code.Code_UNAVAILABLE
	}
	switch {
	case status >= 400 && status < 500:
		return code.Code_FAILED_PRECONDITION
	case status >= 500 && status < 600:
		return code.Code_INTERNAL
	}
	return code.Code_UNKNOWN
}

// maxReason is the length of ErrorInfo.reason.
const maxReason = 63

// errorReason returns the ErrorInfo.reason of a code, or else of a status. It
// always matches [A-Z][A-Z0-9_]+[A-Z0-9], as google/rpc/error_details.proto
// wants. A code of 64 bytes loses its last, and one that was read from a
// document may hold anything; the metadata has it as it is.
func errorReason(code string, status int) string {
	if code == "" {
		code = problem.StatusText(status)
	}
	var b strings.Builder
	for i := 0; i < len(code) && b.Len() < maxReason; i++ {
		switch c := code[i]; {
		case 'a' <= c && c <= 'z':
			b.WriteByte(c - 'a' + 'A')
		case 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
			b.WriteByte(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	s := strings.TrimRight(b.String(), "_")
	if len(s) < 3 || s[0] <= '9' {
		s = strings.TrimRight("DENIED_"+s, "_")
		s = strings.TrimRight(s[:min(len(s), maxReason)], "_")
	}
	return s
}
