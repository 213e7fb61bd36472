package denyhuma

import (
	"errors"

	"github.com/danielgtaylor/huma/v2"

	"github.com/denial-go/denial/problem"
)

// OverrideNewError lets handlers that are not wrapped by [Handler] return
// reasons as they are, in APIs made by [New]. Without it, huma makes a 500 of
// them and of any other error that is not its own.
//
// It sets the variable huma.NewErrorWithContext, which all APIs of the program
// share and which huma reads without a lock: call it once, before the first
// request, after the application has set the variable itself. Requests to
// APIs that New did not make get what they got before, and so do errors that
// hold no reason and have a status. Restore puts the former value back, for
// tests.
//
// Before huma asks the variable, it looks for its own errors, and for header
// fields, with errors.As: in a Cause and in a problem.Cloak too. A handler that
// hides or wraps errors of huma belongs in [Handler].
func OverrideNewError() (restore func()) {
	former := huma.NewErrorWithContext
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		if ctx == nil || ctx.Context().Value(contextKey{}) == nil {
			return former(ctx, status, msg, errs...)
		}
		joined := errors.Join(errs...)
		if _, ok := problem.Find(joined); ok {
			return Wrap(joined)
		}
		if status == 500 && joined != nil {
			return Wrap(joined) // so that Config.OnFault sees it
		}
		return former(ctx, status, msg, errs...)
	}
	return func() { huma.NewErrorWithContext = former }
}
