package main

import (
	"encoding/base64"
	"time"

	"github.com/denial-go/denial/problem"
)

// A group is a part of the catalogue: the reasons from first up to the next
// group's.
type group struct {
	id, title, about string
	first            problem.Reason
}

var groups = []group{
	{"who", "Who is asking", "Nobody is signed in, or the credentials are not accepted.", problem.SignInRequired},
	{"strength", "How sure that is", "Who is asking is known, but not surely enough.", problem.StepUpRequired},
	{"account", "The account", "Something is still to be done for the account, or it cannot be used.", problem.EmailUnverified},
	{"rights", "What they may do", "Who is asking is known, and may not do this.", problem.InsufficientScope},
	{"plans", "Plans and payments", "Something has to be paid for, or bought.", problem.PaymentRequired},
	{"volume", "Too much", "Too much was asked for, or by somebody who is not trusted.", problem.RateLimited},
	{"place", "Law, place and time", "The law, the place or the time stands in the way.", problem.GeoBlocked},
	{"request", "The request", "The request would be all right if it came in another way.", problem.HTTPSRequired},
}

// args is short for what the table below is full of.
type args = map[string]any

const metadata = "https://api.example.com/.well-known/oauth-protected-resource"

// sample returns the denial that the gallery shows for a reason: with values
// where the reason has places for them, as an application would fill them.
func sample(r problem.Reason, now time.Time) *problem.Problem {
	with := func(values args) *problem.Problem { return &problem.Problem{Reason: r, Args: values} }
	switch r {
	case problem.TokenInvalid, problem.TokenExpired:
		return with(args{"resource_metadata": metadata})
	case problem.TokenRevoked:
		p := problem.NeedClaims(encoded(`{"access_token":{"nbf":{"essential":true,"value":"1767225600"}}}`))
		p.Args["resource_metadata"] = metadata
		return p
	case problem.WrongAudience:
		return with(args{"resource": "https://api.example.com/", "resource_metadata": metadata})
	case problem.APIKeyMissing, problem.APIKeyInvalid:
		return with(args{"realm": "api.example.com"})
	case problem.DPoPRequired:
		return with(args{"algs": []string{"ES256", "EdDSA"}, "realm": "api.example.com", "resource_metadata": metadata})
	case problem.DPoPNonceRequired, problem.DPoPProofInvalid:
		return with(args{"algs": []string{"ES256", "EdDSA"}, "dpop_nonce": "eyJ7S_zG.eyJH0-Z.HX4w-7v"})
	case problem.MessageSignatureRequired:
		return with(args{
			"accept_signature":  `sig1=("@method" "@target-uri" "content-digest");created;keyid="client"`,
			"aauth_requirement": "requirement=agent-token",
		})
	case problem.ProxyAuthRequired:
		p := with(nil)
		p.Challenges = []problem.Challenge{problem.Basic("Office proxy")}
		return p

	case problem.StepUpRequired:
		p := problem.NeedStepUp(problem.ACR("phr", "phrh"), 10*time.Minute)
		p.Args["scope"] = "payments:write"
		p.Args["resource_metadata"] = metadata
		return p
	case problem.ReauthenticationRequired:
		p := problem.NeedReauthentication(5 * time.Minute)
		p.Args["scope"] = "account:delete"
		p.Args["resource_metadata"] = metadata
		return p
	case problem.SecondFactorRequired:
		return with(args{"field": "X-OTP"})
	case problem.AlternativeFactors:
		return with(args{
			"methods":    []string{"a security key", "a code from your app", "a recovery code"},
			"acr_values": problem.ACR("phr", "mfa"),
			"max_age":    10 * time.Minute,
		})
	case problem.WrongAuthMethod:
		return with(args{"url": "/demo/sso-sign-in"})

	case problem.EmailUnverified:
		return with(args{"email": "ada@example.com"})
	case problem.PhoneUnverified:
		return with(args{"phone": "+44 20 7946 0958"})
	case problem.TermsNotAccepted:
		return with(args{"version": "2027-01"})
	case problem.ProfileIncomplete:
		return with(args{"fields": []string{"Postal address", "Date of birth"}})
	case problem.AccountLocked:
		return problem.RetryIn(r, 15*time.Minute)
	case problem.WrongAccount:
		return with(args{"account": "ada@example.com"})

	case problem.InsufficientScope:
		p := problem.NeedScope("reports:read", "reports:write")
		p.Args["resource_metadata"] = metadata
		return p
	case problem.InsufficientAuthorization:
		return problem.NeedAuthorization(encoded(`{"authorization_details":[{"type":"payment","amount":"250.00"}]}`))
	case problem.RoleMissing:
		return problem.NeedRole("Editor", "Publisher")
	case problem.GroupMissing:
		return problem.NeedGroup("Finance", "Board")
	case problem.NotAMember:
		return with(args{"organization": "Lovelace Ltd"})
	case problem.NotOwner:
		return with(args{"resource": "report:2026-q4"})
	case problem.ApprovalRequired:
		return with(args{
			"form_url":           "/demo/request-access",
			"endpoint":           "https://access.example.com/v1/requests",
			"request_schema_url": "https://access.example.com/v1/schema.json",
			"template":           "read-report",
			"binding_token":      "b7Yl0s3tq9",
			"expires_at":         now.Add(time.Hour).Truncate(time.Minute),
		})
	case problem.UMAPermissionNeeded:
		return problem.NeedTicket("Photos", "https://as.example.com", "016f84e8-f9b9-11e0-bd6f-0021cc6004de")
	case problem.InteractionRequired:
		return problem.NeedInteraction("/demo/open-url", "WDJB-MJHT")
	case problem.AppNotApproved:
		return with(args{"app": "Report Reader"})

	case problem.PaymentRequired:
		p := problem.NeedPayment(problem.Payment("api.example.com", "c4FzR0tQ", "stripe", "charge", encoded(`{"amount":"250","currency":"eur"}`)))
		p.Args = args{
			"amount": "2.50 EUR",
			"url":    "/demo/pay",
			"x402":   encoded(`{"x402Version":2,"accepts":[{"scheme":"exact","network":"eip155:8453","amount":"2500000"}]}`),
		}
		return p
	case problem.PlanTooLow:
		return problem.NeedPlan("Team", "Enterprise")
	case problem.FeatureDisabled:
		return with(args{"feature": "Scheduled reports"})

	case problem.RateLimited:
		return problem.RetryIn(r, 30*time.Second)
	case problem.AbnormalUsage:
		return problem.RetryIn(r, 10*time.Minute)
	case problem.Overloaded:
		return problem.RetryIn(r, 20*time.Second)
	case problem.QuotaExhausted:
		p := problem.RetryIn(r, 36*time.Hour)
		p.Args["quota"] = "10 GB of storage"
		return p
	case problem.HumanCheckRequired:
		p := with(nil)
		p.Challenges = []problem.Challenge{problem.PrivateToken("AAIAEWlzc3Vlci5leGFtcGxlLmNvbQAAEmdhbGxlcnkuZXhhbXBsZS5jb20=", "")}
		return p

	case problem.GeoBlocked:
		return with(args{"region": "Canada"})
	case problem.LegalBlock:
		return with(args{
			"authority":   "Example District Court",
			"legal_basis": "Example Act 2026, section 12",
			"blocked_by":  "https://provider.example.com/",
		})
	case problem.AgeRestricted:
		return with(args{"age": 18})
	case problem.OutsideHours, problem.Maintenance:
		until := now.Add(3 * time.Hour).Truncate(time.Hour)
		return &problem.Problem{Reason: r, Args: args{"until": until}, RetryAfter: until.Sub(now)}

	case problem.HTTPSRequired:
		return with(args{"url": "https://www.example.com/reports"})
	case problem.PreconditionRequired:
		return with(args{"field": "If-Match"})
	case problem.ClientTooOld:
		return with(args{"version": "4.2"})
	case problem.CaptiveNetwork:
		return with(args{"url": "/demo/network-sign-in"})
	}
	return with(nil)
}

// encoded returns JSON in the base64url that several challenges carry.
func encoded(json string) string { return base64.RawURLEncoding.EncodeToString([]byte(json)) }
