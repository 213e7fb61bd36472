package problem

// Who is asking is known, but not surely enough.

// StepUpRequired: the sign-in was too weak for this. Status 401 (RFC 9470 §3).
// Args: acr_values, the authentication contexts wanted, best first; max_age,
// how long ago the sign-in may be; scope; resource_metadata, the URL of RFC
// 9728 §5.1. See [NeedStepUp].
var StepUpRequired = Reason{&definition{
	code: "step-up-required", status: 401,
	title:  "Confirm it is you",
	detail: "This needs a stronger sign-in than the one you used. Confirm it is you, with a code or a security key for example.",
	challenges: []Challenge{{Scheme: "Bearer", Params: []Param{
		{"error", "insufficient_user_authentication"},
		{"error_description", "A stronger authentication is required"},
		{"acr_values", "{acr_values}"},
		{"max_age", "{max_age}"},
		{"scope", "{scope}"},
		{"resource_metadata", "{resource_metadata}"},
	}}},
	next: []step{
		{kind: StepUp, params: []Param{{"acr_values", "{acr_values}"}, {"max_age", "{max_age}"}}},
		{kind: EnrollFactor},
	},
}}

// ReauthenticationRequired: the sign-in was too long ago for this. Status 401
// (RFC 9470 §3). Args: max_age, how long ago it may be; scope;
// resource_metadata, the URL of RFC 9728 §5.1. See [NeedReauthentication].
var ReauthenticationRequired = Reason{&definition{
	code: "reauthentication-required", status: 401,
	title:  "Sign in again to continue",
	detail: "You signed in some time ago. To protect your account, sign in again to continue.",
	challenges: []Challenge{{Scheme: "Bearer", Params: []Param{
		{"error", "insufficient_user_authentication"},
		{"error_description", "More recent authentication is required"},
		{"max_age", "{max_age}"},
		{"scope", "{scope}"},
		{"resource_metadata", "{resource_metadata}"},
	}}},
	next: []step{{kind: Reauthenticate, params: []Param{{"max_age", "{max_age}"}}}},
}}

// SecondFactorRequired: a one-time code is needed with this request. Status
// 401. The bare challenge OTP is not registered; npm's client reads it. Args:
// field, the header field in which a program sends the code.
var SecondFactorRequired = Reason{&definition{
	code: "second-factor-required", status: 401,
	title:      "One-time code needed",
	detail:     "This needs a one-time code in addition to your password. Enter the code to continue.",
	challenges: []Challenge{{Scheme: "OTP"}},
	next: []step{
		{kind: EnterOTP},
		{kind: UseRecoveryCode},
		{kind: RetryWith, params: []Param{{"field", "{field}"}}},
	},
}}

// MFAEnrollmentRequired: the account has no second factor, and needs one.
// Status 403.
var MFAEnrollmentRequired = Reason{&definition{
	code: "mfa-enrollment-required", status: 403,
	title:  "Set up two-step sign-in",
	detail: "This is only open to accounts with two-step sign-in. Set it up for your account, then try again.",
	next:   []step{{kind: EnrollFactor}, {kind: ContactAdmin}},
}}

// AlternativeFactors: one of several ways to prove who one is would do. Status
// 401 (RFC 9470 §3). Args: methods, what a person may choose from, in their
// words; acr_values, the same for programs, best first; max_age. Give one step
// for each way in Problem.Next.
var AlternativeFactors = Reason{&definition{
	code: "alternative-factors", status: 401,
	title:  "Choose how to continue",
	detail: "We need to be sure that it is you. Choose one way to confirm it[: {methods|or}].",
	challenges: []Challenge{{Scheme: "Bearer", Params: []Param{
		{"error", "insufficient_user_authentication"},
		{"error_description", "Another authentication is required"},
		{"acr_values", "{acr_values}"},
		{"max_age", "{max_age}"},
	}}},
	next: []step{
		{kind: StepUp, params: []Param{{"acr_values", "{acr_values}"}, {"max_age", "{max_age}"}}},
		{kind: EnterOTP},
		{kind: UseRecoveryCode},
	},
}}

// WrongAuthMethod: signed in with a password where the organization wants
// single sign-on. Status 403. Args: url, where single sign-on begins.
var WrongAuthMethod = Reason{&definition{
	code: "wrong-auth-method", status: 403,
	title:  "Single sign-on needed",
	detail: "Your organization asks you to sign in through its own sign-in page. Use single sign-on to continue.",
	next:   []step{{kind: SSOSignIn, href: "{url}"}, {kind: AuthorizeApp}, {kind: ContactAdmin}},
}}

// DeviceNotEnrolled: the device is not registered with the organization.
// Status 403.
var DeviceNotEnrolled = Reason{&definition{
	code: "device-not-enrolled", status: 403,
	title:  "This device is not registered",
	detail: "This is only open to registered devices. Register this device, or use one that is registered.",
	next:   []step{{kind: EnrollDevice}, {kind: ContactAdmin}},
}}

// DeviceNotCompliant: the device is registered, but does not meet the security
// rules. Status 403.
var DeviceNotCompliant = Reason{&definition{
	code: "device-not-compliant", status: 403,
	title:  "This device needs attention",
	detail: "This device does not meet the security rules. Check for updates and for missing settings, then try again.",
	next:   []step{{kind: FixDevice}, {kind: ContactAdmin}},
}}
