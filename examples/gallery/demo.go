package main

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/denial-go/denial/problem"
)

// comesBack are the steps after which a person wants to go on with what was
// denied. The others lead somewhere else for good.
var comesBack = []problem.StepKind{
	problem.SignIn, problem.SignUp, problem.SSOSignIn, problem.SwitchAccount, problem.Reauthenticate,
	problem.StepUp, problem.EnterOTP, problem.UseRecoveryCode, problem.EnrollFactor, problem.ChangePassword,
	problem.VerifyEmail, problem.VerifyPhone, problem.VerifyIdentity, problem.VerifyAge,
	problem.AcceptTerms, problem.GiveConsent, problem.CompleteProfile, problem.SolveChallenge,
}

// links gives every step that a person takes a page of the gallery. A program's
// steps have none: their data are in the params.
func links() map[problem.StepKind]string {
	out := make(map[problem.StepKind]string)
	for _, kind := range problem.Kinds() {
		if kind.Actor() != problem.Client {
			out[kind] = "/demo/" + string(kind)
		}
	}
	for _, kind := range comesBack {
		out[kind] += "?next={return_to}"
	}
	out[problem.GoHome] = "/"
	return out
}

// demo stands in for the application's own page of a step.
func (g *gallery) demo(w http.ResponseWriter, r *http.Request) {
	kind := problem.StepKind(r.PathValue("kind"))
	if kind.Label() == "" {
		g.deny.Write(w, r, problem.NotFound)
		return
	}
	// The page may be seen inside a preview, so its own site may frame it.
	g.html(w, "'self'", "demo", struct {
		Kind   problem.StepKind
		Label  string
		Posted bool
		Return string
	}{kind, label(kind), r.Method == http.MethodPost, returnPath(r.URL.Query().Get("next"))})
}

// label is the kind's label without the parts that need a value.
func label(kind problem.StepKind) string {
	plain, _, _ := strings.Cut(kind.Label(), "[")
	return plain
}

// returnPath returns next where it is a path of this site, and "" otherwise:
// a sign-in page that sends people anywhere is an open redirect. The library
// sends only such paths, but anyone can write the address of a sign-in page.
func returnPath(next string) string {
	// Browsers drop tabs and line ends, and read \ as /.
	for _, c := range next {
		if c <= ' ' || c == '\\' || c == 0x7f {
			return ""
		}
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, "/") ||
		strings.HasPrefix(u.Path, "//") || strings.Contains(u.Path, "\\") {
		return ""
	}
	return next
}
