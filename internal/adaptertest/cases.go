package adaptertest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/denial-go/denial/problem"
)

// Reasons of the application itself.
var (
	planTooSmall = problem.MustReason(problem.Definition{
		Code:   "plan-too-small",
		Status: 403,
		Title:  "A larger plan is needed",
		Detail: "Exports are part of the {plan} plan.",
		Next:   []problem.NextStep{{Kind: problem.UpgradePlan, Href: "/plans?from={return_to}"}},
	})
	conflict = problem.MustReason(problem.Definition{
		Code:   "edit-conflict",
		Status: 409,
		Title:  "Somebody else is editing this",
		Detail: "{editor} has been editing this since {since}.",
		Type:   "/problems/edit-conflict",
		Fields: []problem.Param{{Name: "X-Lock-Token", Value: "{lock}"}},
	})
)

// errorCases are the kinds of error that an application can fail with.
var errorCases = map[string]func() error{
	// 401, with the challenges of the site, of the reason, of the occurrence.
	"sign-in": func() error { return problem.SignInRequired },
	"expired": func() error { return problem.TokenExpired.Because(errors.New(secret)) },
	"challenges": func() error {
		return &problem.Problem{Reason: problem.SignInRequired, Challenges: []problem.Challenge{
			problem.Bearer("api").With("scope", "a b"),
			problem.Digest("api", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "SHA-256"),
			problem.Digest("api", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "MD5"),
			problem.DPoP("api", "ES256", "PS256"),
			problem.Basic("api, \"internal\""),
		}}
	},
	"step-up":    func() error { return problem.NeedStepUp(problem.ACR("phr", "phrh"), 5*time.Minute) },
	"dpop-nonce": func() error { return problem.NeedDPoPNonce("eyJ7S_zG.eyJH0-Z.HX4w-7v") },
	"api-key":    func() error { return problem.APIKeyMissing },

	// 403, with and without a challenge and steps.
	"scope": func() error { return problem.NeedScope("reports.read", "reports.write") },
	"email": func() error {
		return &problem.Problem{Reason: problem.EmailUnverified, Args: map[string]any{"email": "amal@example.com"}}
	},
	"roles":  func() error { return problem.NeedRole("محرر", "مدير <b>النظام</b>") },
	"policy": func() error { return problem.PolicyDenied },
	"own":    func() error { return &problem.Problem{Reason: planTooSmall, Args: map[string]any{"plan": "Team & Co"}} },
	"instance": func() error {
		return &problem.Problem{Reason: problem.PolicyDenied, Instance: "urn:uuid:0190a7b2-6c5e-7d3c-9f0a-2b1c3d4e5f60"}
	},
	"extensions": func() error {
		return &problem.Problem{Reason: problem.QuotaExhausted, Args: map[string]any{"quota": "مساحة"}, RetryAfter: 26 * time.Hour,
			Extensions: map[string]any{"limit": 5000, "used": []int{4999, 1}, "unit": "requests"}}
	},
	"steps": func() error {
		return &problem.Problem{Reason: problem.RoleMissing, Args: map[string]any{"role": []string{"editor"}}, Next: []problem.NextStep{
			{Kind: problem.RequestAccess, Href: "/access?role={role}&from={return_to}", Method: "POST"},
			{Kind: "ask-a-colleague", Title: "Ask somebody in the team", Href: "https://chat.example.com/?q=a%20b"},
			{Kind: problem.ReadDocs, Href: "https://docs.example.com/roles"},
		}}
	},

	// Other statuses.
	"payment": func() error {
		return problem.NeedPayment(problem.Payment("api", "x7Tg2pLqR9", "stripe", "charge", "eyJhbW91bnQiOiIxMDAwIn0"))
	},
	"cloaked": func() error { return problem.Cloak(problem.NotOwner.Because(errors.New(secret))) },
	"proxy": func() error {
		return &problem.Problem{Reason: problem.ProxyAuthRequired, Challenges: []problem.Challenge{problem.Basic("proxy"), problem.Bearer("proxy")}}
	},
	"conflict": func() error {
		return &problem.Problem{Reason: conflict, Args: map[string]any{
			"editor": "Zoë", "since": time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC), "lock": "urn:uuid:1"}}
	},
	"rate": func() error { return problem.RetryIn(problem.RateLimited, 90*time.Second) },
	"legal": func() error {
		return &problem.Problem{Reason: problem.LegalBlock, Args: map[string]any{
			"authority": "the court of Example", "legal_basis": "§ 7", "blocked_by": "https://isp.example.net/"}}
	},
	"maintenance": func() error { return problem.RetryIn(problem.Maintenance, 2*time.Hour) },

	// Errors that hold a reason somewhere.
	"wrapped": func() error { return fmt.Errorf("loading report 7: %w", problem.EmailUnverified) },
	"joined":  func() error { return errors.Join(problem.EmailUnverified, problem.TermsNotAccepted) },
	"joined-urgent": func() error {
		return errors.Join(problem.NeedScope("a"), problem.SignInRequired, problem.RetryIn(problem.RateLimited, time.Minute))
	},
	"joined-wrapped": func() error {
		return fmt.Errorf("checks: %w", errors.Join(errors.New(secret), fmt.Errorf("second: %w", problem.NeedRole("editor"))))
	},

	// Errors that hold none.
	"bare":      func() error { return errors.New(secret) },
	"typed-nil": func() error { return (*problem.Problem)(nil) },

	// Longer than the buffers of servers.
	"long": func() error {
		return &problem.Problem{Reason: problem.PolicyDenied, Detail: strings.Repeat("A very long explanation – ", 1000)}
	},
}
