package problem

import "time"

// The helpers return a new Problem of a built-in reason with its values filled
// in, so that the sentence, the challenge and the steps say the same. Set
// further fields of what they return before you return it yourself.

// NeedScope returns [InsufficientScope] for an access token that lacks some of
// scopes. Name every scope the request needs, not only those that are missing:
// clients ask for exactly these (RFC 6750 §3.1).
func NeedScope(scopes ...string) *Problem {
	return &Problem{Reason: InsufficientScope, Args: map[string]any{"scope": scopes}}
}

// ACRValues are authentication contexts, the preferred one first (RFC 9470
// §3). Make them with [ACR].
type ACRValues []string

// ACR returns values, such as "phr" and "phrh" for phishing-resistant sign-in.
func ACR(values ...string) ACRValues { return values }

// NeedStepUp returns [StepUpRequired] for a sign-in that was not strong
// enough: it wants one of acr, at most maxAge ago. A maxAge of 0 or less does
// not matter; where only the age matters, use [NeedReauthentication].
func NeedStepUp(acr ACRValues, maxAge time.Duration) *Problem {
	args := map[string]any{}
	if len(acr) > 0 {
		args["acr_values"] = acr
	}
	if maxAge > 0 {
		args["max_age"] = maxAge
	}
	return &Problem{Reason: StepUpRequired, Args: args}
}

// NeedReauthentication returns [ReauthenticationRequired] for a sign-in that
// is more than maxAge ago; 0 wants a new one each time (RFC 9470 §3).
func NeedReauthentication(maxAge time.Duration) *Problem {
	return &Problem{Reason: ReauthenticationRequired, Args: map[string]any{"max_age": max(maxAge, 0)}}
}

// NeedRole returns [RoleMissing] for an account that has none of roles, any of
// which is enough. Name them as people know them.
func NeedRole(roles ...string) *Problem {
	return &Problem{Reason: RoleMissing, Args: map[string]any{"role": roles}}
}

// NeedGroup returns [GroupMissing] for an account that is in none of groups,
// any of which is enough. Name them as people know them.
func NeedGroup(groups ...string) *Problem {
	return &Problem{Reason: GroupMissing, Args: map[string]any{"group": groups}}
}

// NeedPlan returns [PlanTooLow]: this is part of plans, and not of the plan
// that the account has. Name them as people know them.
func NeedPlan(plans ...string) *Problem {
	return &Problem{Reason: PlanTooLow, Args: map[string]any{"plan": plans}}
}

// NeedPayment returns [PaymentRequired] with the challenges of whoever takes
// the payment, such as [Payment]. For a person, set url in Args to where they
// pay.
func NeedPayment(challenges ...Challenge) *Problem {
	return &Problem{Reason: PaymentRequired, Args: map[string]any{}, Challenges: challenges}
}

// NeedDPoPNonce returns [DPoPNonceRequired] with the nonce that the client has
// to put into its proof (RFC 9449 §9).
func NeedDPoPNonce(nonce string) *Problem {
	return &Problem{Reason: DPoPNonceRequired, Args: map[string]any{"dpop_nonce": nonce}}
}

// NeedTicket returns [UMAPermissionNeeded]: the client exchanges the
// permission ticket for a token at the authorization server asURI (UMA 2.0
// Grant §3.2.1). The realm may be "".
func NeedTicket(realm, asURI, ticket string) *Problem {
	return &Problem{
		Reason:     UMAPermissionNeeded,
		Args:       map[string]any{"as_uri": asURI, "ticket": ticket},
		Challenges: []Challenge{UMA(realm, asURI, ticket)},
	}
}

// NeedClaims returns [TokenRevoked] for an access token that was good once,
// with the claims challenge that Microsoft's clients understand. Claims is
// base64 of the JSON that the next token must satisfy.
func NeedClaims(claims string) *Problem {
	return &Problem{
		Reason: TokenRevoked,
		Args:   map[string]any{"claims": claims},
		Challenges: []Challenge{{Scheme: "Bearer", Params: []Param{
			{"error", "insufficient_claims"},
			{"claims", claims},
		}}},
	}
}

// NeedAuthorization returns [InsufficientAuthorization] for an access token
// that does not cover this one action. Remediation is base64url of the JSON
// that says what to ask for (draft-ietf-oauth-rar-metadata-remediation).
func NeedAuthorization(remediation string) *Problem {
	return &Problem{
		Reason: InsufficientAuthorization,
		Args:   map[string]any{"authorization_remediation": remediation},
		Challenges: []Challenge{{Scheme: "Bearer", Params: []Param{
			{"error", "insufficient_authorization"},
			{"authorization_remediation", remediation},
		}}},
	}
}

// NeedInteraction returns [InteractionRequired]: a person has to open url in a
// browser, and enter code there. The code may be "".
func NeedInteraction(url, code string) *Problem {
	return &Problem{Reason: InteractionRequired, Args: map[string]any{"url": url, "code": code}}
}

// RetryIn returns a Problem of the reason that time will end: the answer says
// so in Retry-After, in its sentence and in its steps.
//
//	return problem.RetryIn(problem.RateLimited, 30*time.Second)
func RetryIn(reason Reason, d time.Duration) *Problem {
	return &Problem{Reason: reason, Args: map[string]any{}, RetryAfter: d}
}
