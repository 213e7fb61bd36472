package recipes

import (
	"errors"
	"net/http"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/justinas/nosurf"
)

// Nosurf refuses forms without the token that the site put into them.
func Nosurf(deny *render.Renderer, next http.Handler) *nosurf.CSRFHandler {
	protection := nosurf.New(next)
	protection.SetFailureHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		why := nosurf.Reason(r)
		reason := problem.CSRFFailed // which a new form mends
		if errors.Is(why, nosurf.ErrBadOrigin) || errors.Is(why, nosurf.ErrBadReferer) {
			reason = problem.CrossOrigin
		}
		deny.Write(w, r, reason.Because(why))
	}))
	return protection
}

// ResendVerification denies for want of a verified address. The page's button
// sends the token that Nosurf asks for. Steps of other reasons are made the same
// way.
func ResendVerification(r *http.Request) error {
	steps := problem.EmailUnverified.Next()
	for i := range steps {
		if steps[i].Kind == problem.ResendVerification {
			steps[i].Params = map[string]string{nosurf.FormFieldName: nosurf.Token(r)}
		}
	}
	return &problem.Problem{Reason: problem.EmailUnverified, Next: steps}
}
