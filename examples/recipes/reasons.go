package recipes

import "github.com/denial-go/denial/problem"

// Reasons for what a router or a body reader refuses. An application defines
// them once, and lists them in render.Config.Reasons to have them translated
// and documented.
var (
	// MethodNotAllowed: the path is there, and not for this method. Status 405,
	// whose answer has an Allow field (RFC 9110 §15.5.6).
	MethodNotAllowed = problem.MustReason(problem.Definition{
		Code:   "method-not-allowed",
		Status: 405,
		Title:  "Method not allowed",
		Detail: "This address cannot be used in this way.",
	})

	// BodyTooLarge: the body is larger than the server takes. Status 413.
	BodyTooLarge = problem.MustReason(problem.Definition{
		Code:   "body-too-large",
		Status: 413,
		Title:  "Too much was sent",
		Detail: "What was sent is too large.[ At most {limit} bytes are accepted.]",
	})

	// BodyUnreadable: the body is not what the handler reads. Status 400.
	BodyUnreadable = problem.MustReason(problem.Definition{
		Code:   "body-unreadable",
		Status: 400,
		Title:  "The request cannot be read",
		Detail: "What was sent could not be read.",
	})

	// UpstreamFailed: a proxy could not get an answer. Status 502.
	UpstreamFailed = problem.MustReason(problem.Definition{
		Code:   "upstream-failed",
		Status: 502,
		Title:  "The service cannot be reached",
		Detail: "The service behind this address did not answer. Please try again.",
		Next:   []problem.NextStep{{Kind: problem.Retry}},
	})
)
