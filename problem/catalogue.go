package problem

// The built-in reasons are package variables, in files by what they are about.
// They are written as static data: importing the package runs nothing.
//
// Each works as it is, with Problem.Args, and through its helper in need.go. A
// placeholder such as {scope} stands for the same value in the sentence, in
// the challenge and in the steps. None has a value it needs: what stands in
// [brackets], a parameter or a field is left out without one.
//
// A reason carries a challenge only where it alone says enough for a client to
// act on (RFC 9110 §11.6.1). Other answers with status 401 take the challenges
// of the renderer. Only those for requests that did carry credentials have an
// error parameter (RFC 6750 §3.1).

// Common returns every built-in reason, in the order of the catalogue.
func Common() []Reason {
	return []Reason{
		SignInRequired,
		SessionExpired,
		TokenInvalid,
		TokenExpired,
		TokenRevoked,
		WrongAudience,
		BadCredentials,
		MalformedCredentials,
		APIKeyMissing,
		APIKeyInvalid,
		APIKeyRestricted,
		DPoPRequired,
		DPoPNonceRequired,
		DPoPProofInvalid,
		ClientCertificateRequired,
		ClientCertificateInvalid,
		MessageSignatureRequired,
		ProxyAuthRequired,

		StepUpRequired,
		ReauthenticationRequired,
		SecondFactorRequired,
		MFAEnrollmentRequired,
		AlternativeFactors,
		WrongAuthMethod,
		DeviceNotEnrolled,
		DeviceNotCompliant,

		EmailUnverified,
		PhoneUnverified,
		IdentityUnverified,
		TermsNotAccepted,
		ConsentRequired,
		ProfileIncomplete,
		PasswordChangeRequired,
		AccountSuspended,
		AccountLocked,
		AccountPendingApproval,
		AccountDeactivated,
		AccountDeleted,
		WrongAccount,
		InvitationRequired,

		InsufficientScope,
		InsufficientAuthorization,
		RoleMissing,
		GroupMissing,
		NotAMember,
		NotOwner,
		ApprovalRequired,
		UMAPermissionNeeded,
		InteractionRequired,
		ReadOnly,
		PolicyDenied,
		AppNotApproved,
		CSRFFailed,
		CrossOrigin,

		PaymentRequired,
		SubscriptionRequired,
		PlanTooLow,
		BillingProblem,
		TrialEnded,
		SeatLimitReached,
		FeatureDisabled,

		RateLimited,
		QuotaExhausted,
		AbnormalUsage,
		Overloaded,
		HumanCheckRequired,
		IPBlocked,
		ClientBanned,

		GeoBlocked,
		LegalBlock,
		AgeRestricted,
		Sanctions,
		OutsideHours,
		Maintenance,

		HTTPSRequired,
		PreconditionRequired,
		TooEarly,
		ClientTooOld,
		CaptiveNetwork,
		APIDisabledForBrowsers,
		NotFound,
	}
}
