package problem

// Something is still to be done for the account. All but AccountLocked have
// status 403 and no challenge: signing in again changes nothing.

// EmailUnverified: the email address has not been confirmed. Status 403. Args:
// email, the address, to be shown to its owner only.
var EmailUnverified = Reason{&definition{
	code: "email-unverified", status: 403,
	title:  "Your email is not verified",
	detail: "Your email address is not verified yet[: {email}]. Open the link in the message we sent you, or ask for a new message.",
	next: []step{
		{kind: VerifyEmail},
		{kind: ResendVerification, method: "POST"},
		{kind: ChangeEmail},
	},
}}

// PhoneUnverified: the phone number has not been confirmed. Status 403. Args:
// phone, the number, to be shown to its owner only.
var PhoneUnverified = Reason{&definition{
	code: "phone-unverified", status: 403,
	title:  "Your phone is not verified",
	detail: "Your phone number is not verified yet[: {phone}]. Verify it to continue.",
	next:   []step{{kind: VerifyPhone}, {kind: ContactSupport}},
}}

// IdentityUnverified: it has not been shown who the person is, as banks must
// ask. Status 403. See AgeRestricted where only the age matters.
var IdentityUnverified = Reason{&definition{
	code: "identity-unverified", status: 403,
	title:  "Your identity is not verified",
	detail: "To do this, we need to know who you are. Verify your identity to continue.",
	next:   []step{{kind: VerifyIdentity}, {kind: ContactSupport}},
}}

// TermsNotAccepted: the terms of service, or their new version, have not been
// accepted. Status 403. Args: version, that of the terms.
var TermsNotAccepted = Reason{&definition{
	code: "terms-not-accepted", status: 403,
	title:  "Accept the terms to continue",
	detail: "There are terms of service that you have not accepted yet. Read and accept them to continue.",
	next: []step{
		{kind: AcceptTerms, params: []Param{{"version", "{version}"}}},
		{kind: SignOut, method: "POST"},
	},
}}

// ConsentRequired: the person has not agreed to a use of their data. Status
// 403. Where the consent is a scope of OAuth, use [InsufficientScope].
var ConsentRequired = Reason{&definition{
	code: "consent-required", status: 403,
	title:  "Your consent is needed",
	detail: "This uses personal data, and you have not agreed to that yet. Read what it is used for, and agree to continue.",
	next:   []step{{kind: GiveConsent}, {kind: ReadPrivacyPolicy}},
}}

// ProfileIncomplete: details are missing from the profile. Status 403. Args:
// fields, what they are called on the page.
var ProfileIncomplete = Reason{&definition{
	code: "profile-incomplete", status: 403,
	title:  "Your profile is not complete",
	detail: "Some details are missing from your profile[: {fields}]. Add them to continue.",
	next:   []step{{kind: CompleteProfile, params: []Param{{"fields", "{fields}"}}}},
}}

// PasswordChangeRequired: the password is too old, was set by somebody else or
// has leaked. Status 403.
var PasswordChangeRequired = Reason{&definition{
	code: "password-change-required", status: 403,
	title:  "Choose a new password",
	detail: "To keep your account safe, choose a new password. Then you can continue.",
	next:   []step{{kind: ChangePassword}},
}}

// AccountSuspended: whoever runs the site has suspended the account. Status
// 403.
var AccountSuspended = Reason{&definition{
	code: "account-suspended", status: 403,
	title:  "Your account is suspended",
	detail: "Your account is suspended and cannot be used. If you think this is a mistake, ask for a review or contact support.",
	next:   []step{{kind: Appeal}, {kind: ContactSupport}},
}}

// AccountLocked: too many attempts to sign in. Status 429: time, not other
// credentials, ends it. Args: retry_after, which is Problem.RetryAfter: set
// that.
var AccountLocked = Reason{&definition{
	code: "account-locked", status: 429,
	title:  "Your account is locked for now",
	detail: "There were too many attempts to sign in, so your account is locked for some time.[ Try again {retry_after}.]",
	next: []step{
		{kind: Wait, params: []Param{{"retry_after", "{retry_after}"}}},
		{kind: ResetPassword},
		{kind: ContactSupport},
	},
}}

// AccountPendingApproval: somebody has yet to approve the account. Status 403.
var AccountPendingApproval = Reason{&definition{
	code: "account-pending-approval", status: 403,
	title:  "Your account is not approved yet",
	detail: "Somebody needs to approve your account before you can use it. You do not need to do anything; try again later.",
	next:   []step{{kind: Wait}, {kind: CheckStatus}, {kind: ContactAdmin}},
}}

// AccountDeactivated: the account is switched off and can be switched on
// again. Status 403.
var AccountDeactivated = Reason{&definition{
	code: "account-deactivated", status: 403,
	title:  "Your account is not active",
	detail: "Your account was deactivated. Reactivate it to continue, or contact support.",
	next:   []step{{kind: Reactivate}, {kind: ContactSupport}},
}}

// AccountDeleted: the account is gone, though something that was issued to it
// is still in use. Status 403.
var AccountDeleted = Reason{&definition{
	code: "account-deleted", status: 403,
	title:  "Your account was deleted",
	detail: "This account was deleted and cannot be used. Create a new account, or contact support if you did not expect this.",
	next:   []step{{kind: SignUp}, {kind: ContactSupport}},
}}

// WrongAccount: another account of the same person may have access. Status
// 403. Args: account, the one in use.
var WrongAccount = Reason{&definition{
	code: "wrong-account", status: 403,
	title:  "Use another account",
	detail: "The account you are using does not have access[: {account}]. Use another account, or ask for access.",
	next:   []step{{kind: SwitchAccount}, {kind: RequestAccess}},
}}

// InvitationRequired: only people who were invited may use this yet. Status
// 403.
var InvitationRequired = Reason{&definition{
	code: "invitation-required", status: 403,
	title:  "Invitation needed",
	detail: "This is only open to people with an invitation. Enter your invitation, or join the waiting list.",
	next:   []step{{kind: EnterInvite}, {kind: JoinWaitlist}},
}}
