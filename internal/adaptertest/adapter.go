package adaptertest

import "time"

// An Adapter says how an adapter is tested.
type Adapter struct {
	// Start starts the framework's real server on a free port of 127.0.0.1
	// with the routes in the package comment, and returns its address, such as
	// "http://127.0.0.1:40123", and what stops it. Stop returns once no
	// goroutine of the server is left. It is called once.
	Start func(app *App) (base string, stop func(), err error)

	// Own are the errors that the adapter makes of the framework's own, by
	// check: NotFound, MethodNotAllowed, TooLarge, Invalid and Panic. Default:
	// problem.ForStatus. Where there is a nil one, the answer is not compared in
	// full, and only its status, form and header fields are looked at.
	Own map[Check]error

	// OwnStatus is the same for the framework's error type with a status.
	OwnStatus func(status int) error

	// InvalidStatus is the status for a body that fits no struct: 400 or 422.
	// Default: 400.
	InvalidStatus int

	// Skip says which checks are left out, and why. Cut is left out with
	// Panic: who does not recover leaves it to net/http to close the connection.
	Skip map[Check]string

	// Differences are what the framework changes in an answer.
	Differences []Difference

	// Goroutines says which goroutines stay after the server has stopped, by
	// a part of their stack such as "fasthttp.updateServerDate", and why.
	Goroutines map[string]string

	patience time.Duration // with goroutines that end by themselves; 0 is the usual
	shown    int           // paths for which a check shows a failure; 0 is the usual
}

// A Difference is something that a framework is documented to change in an
// answer of net/http. Date and Connection need none.
type Difference struct {
	// Field is the name of a header field that is not compared, or "" where
	// Expect says what changes.
	Field string

	// Expect changes the answer of net/http into what the framework makes of
	// it. It is not called where Field is set.
	Expect func(*Answer)

	// Why says where this is documented, or what in the framework does it.
	Why string
}

// A Check is one part of the suite.
type Check string

// The checks.
const (
	// Deny compares every kind of denial with net/http: reasons, clients,
	// languages, methods.
	Deny Check = "deny"
	// Builtin is Deny for every built-in reason.
	Builtin Check = "builtin"
	// Wire looks at the bytes on the connection: separate challenge lines, one
	// Content-Length, no body for HEAD.
	Wire Check = "wire"
	// Fields is about header fields that were set before.
	Fields Check = "fields"
	// Written is about a handler that has answered and then fails.
	Written Check = "written"
	// OwnErrors is about the framework's own error type with a status.
	OwnErrors Check = "own"
	// NotFound is about an unknown path.
	NotFound Check = "not-found"
	// MethodNotAllowed is about a known path with another method.
	MethodNotAllowed Check = "method-not-allowed"
	// Allow is about the Allow field of a 405 (RFC 9110 §15.5.6).
	Allow Check = "allow"
	// TooLarge is about a body above the framework's limit.
	TooLarge Check = "too-large"
	// Invalid is about a body that the framework cannot read into a struct.
	Invalid Check = "invalid"
	// Panic is about a handler that panics.
	Panic Check = "panic"
	// Cut is about a handler that panics in the middle of its answer.
	Cut Check = "cut"
	// Abort is about http.ErrAbortHandler, which closes the connection.
	Abort Check = "abort"
	// Cancel is about a client that goes away.
	Cancel Check = "cancel"
	// Leak is about goroutines left over.
	Leak Check = "leak"
	// Log is about what net/http's server complains of, for adapters that use
	// App.Serve or App.ErrorLog: an answer written twice, a panic.
	Log Check = "log"
)

var checks = []Check{Deny, Builtin, Wire, Fields, Written, OwnErrors, NotFound, MethodNotAllowed, Allow, TooLarge, Invalid, Panic, Cut, Abort, Cancel, Leak, Log}
