package render

import (
	"net/http"

	"github.com/denial-go/denial/problem"
)

// Class says in one word what kind of denial this is, for a picture or a
// colour: "sign-in", "verify", "permission", "payment", "wait", "place" or
// "gone". It follows from the status and, where that says little, from the
// first step that is known, so that an application's own reasons have one too.
// The reason's steps come before those shown: what a site has no link for does
// not change what kind of denial it is.
func (v *View) Class() string {
	switch v.Status {
	case http.StatusNotFound, http.StatusGone:
		return "gone"
	case http.StatusPaymentRequired:
		return "payment"
	case http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusTooEarly:
		return "wait"
	case http.StatusUnavailableForLegalReasons:
		return "place"
	}
	for _, s := range v.Reason.Next() {
		if class := classOf(s.Kind); class != "" {
			return class
		}
	}
	for i := range v.Next {
		if class := classOf(v.Next[i].Kind); class != "" {
			return class
		}
	}
	switch v.Status {
	case http.StatusUnauthorized, http.StatusProxyAuthRequired, http.StatusNetworkAuthenticationRequired:
		return "sign-in"
	}
	return "permission"
}

// classOf returns the class that a step speaks for, or "".
//
//go:noinline
func classOf(kind problem.StepKind) string {
	switch kind {
	case problem.SignIn, problem.SignUp, problem.SSOSignIn, problem.SwitchAccount, problem.Reauthenticate,
		problem.ResetPassword, problem.ChangePassword, problem.NetworkSignIn, problem.ConfigureProxy,
		problem.GetToken, problem.RefreshToken, problem.CreateAPIKey, problem.UseOtherKey:
		return "sign-in"
	case problem.StepUp, problem.EnterOTP, problem.EnrollFactor, problem.EnrollDevice, problem.FixDevice,
		problem.InstallCertificate, problem.SolveChallenge, problem.VerifyEmail, problem.VerifyPhone,
		problem.VerifyIdentity, problem.VerifyAge, problem.AcceptTerms, problem.GiveConsent,
		problem.CompleteProfile, problem.EnterInvite:
		return "verify"
	case problem.Pay, problem.UpgradePlan, problem.ComparePlans, problem.UpdateBilling, problem.BuySeats, problem.PayAndRetry:
		return "payment"
	case problem.Wait, problem.SlowDown, problem.RaiseLimit, problem.FreeSpace, problem.Retry, problem.ReloadForm:
		return "wait"
	case problem.ChangeNetwork, problem.UseRegionSite, problem.OpenDirectly, problem.UseHTTPS:
		return "place"
	case problem.RequestAccess, problem.RequestMembership, problem.AuthorizeApp, problem.ApproveTransaction,
		problem.GrantScope, problem.GrantDetails, problem.EditAPIKey, problem.EnableFeature:
		return "permission"
	}
	return ""
}

// Drawing returns the lines of a small picture for the Class, as the d
// attribute of an SVG path in a square of 48 units, to be stroked and not
// filled.
func (v *View) Drawing() string {
	switch v.Class() {
	case "sign-in": // a key
		return "M15 23a10 10 0 0 1 0 20 10 10 0 0 1 0-20zM22 26L42 6M30 18l6 6M37 11l5 5"
	case "verify": // a card with a face on it, and a tick
		return "M24 38H9a4 4 0 0 1-4-4V12a4 4 0 0 1 4-4h30a4 4 0 0 1 4 4v11M17 16a4 4 0 0 1 0 8 4 4 0 0 1 0-8zM11 31c1-5 11-5 12 0M30 17h6M29 35l5 5 10-11"
	case "payment": // a card and a coin
		return "M24 36H8a4 4 0 0 1-4-4V13a4 4 0 0 1 4-4h30a4 4 0 0 1 4 4v8M4 18h38M11 28h8M36 27a8 8 0 0 1 0 16 8 8 0 0 1 0-16zM36 32v6"
	case "wait": // an hourglass
		return "M12 5h24M12 43h24M16 5v8c0 6 8 7 8 11s-8 5-8 11v8M32 5v8c0 6-8 7-8 11s8 5 8 11v8M21 38h6M22 14h4"
	case "place": // a pin in the ground
		return "M24 35S12 25 12 16a12 12 0 0 1 24 0c0 9-12 19-12 19zM24 12a4 4 0 0 1 0 8 4 4 0 0 1 0-8zM13 35c-11 4-5 8 11 8s22-4 11-8"
	case "gone": // the outline of a sheet that was here
		return "M11 15V9a4 4 0 0 1 4-4h5M27 5l11 11v5M27 5v11h11M38 28v6M38 41a3 3 0 0 1-3 2h-4M24 43h-6M12 42a3 3 0 0 1-1-2v-5M11 28v-6"
	}
	// permission: a padlock
	return "M13 21h22a4 4 0 0 1 4 4v14a4 4 0 0 1-4 4H13a4 4 0 0 1-4-4V25a4 4 0 0 1 4-4zM15 21v-7a9 9 0 0 1 18 0v7M24 29v6"
}
