package denytwirp

import (
	"github.com/twitchtv/twirp"
)

// Code returns the code for the HTTP status of a denial: the one that Twirp
// sends with this status, or else the one whose description fits. Behind it is
// the status that Twirp sends, where that is another:
//
//	400, 406, 411, 414, 415, 422   invalid_argument (400)
//	401, 407, 511                  unauthenticated (401)
//	403, 451                       permission_denied (403)
//	404, 410                       not_found (404)
//	408, 504                       deadline_exceeded (408)
//	409                            aborted
//	413, 429, 431, 507             resource_exhausted (429)
//	416                            out_of_range (400)
//	405, 501, 505                  unimplemented (501)
//	425, 502, 503                  unavailable (503)
//	all other 4xx, 402 and 428 too failed_precondition (412)
//	all others                     internal (500)
//
// It is never that of no error.
func Code(status int) twirp.ErrorCode {
	switch status {
	case 400, 406, 411, 414, 415, 422:
		return twirp.InvalidArgument
	case 401, 407, 511:
		return twirp.Unauthenticated
	case 403, 451:
		return twirp.PermissionDenied
	case 404, 410:
		return twirp.NotFound
	case 408, 504:
		return twirp.DeadlineExceeded
	case 409:
		return twirp.Aborted
	case 413, 429, 431, 507:
		return twirp.ResourceExhausted
	case 416:
		return twirp.OutOfRange
	case 405, 501, 505:
		return twirp.Unimplemented
	case 425, 502, 503:
		return twirp.Unavailable
	}
	if status >= 400 && status < 500 {
		return twirp.FailedPrecondition
	}
	return twirp.Internal
}
