package problem

import (
	"slices"
	"strings"
)

// Kinds of step: signing in and proving who one is.
const (
	SignIn          StepKind = "sign-in"           // sign in, in the way the site or the challenges offer
	SignUp          StepKind = "sign-up"           // make an account
	SSOSignIn       StepKind = "sso-sign-in"       // sign in through the organization's identity provider
	SwitchAccount   StepKind = "switch-account"    // sign in with another of one's accounts
	SignOut         StepKind = "sign-out"          // sign out; the site does nothing until then
	Reauthenticate  StepKind = "reauthenticate"    // sign in once more, with the same account; params max_age
	StepUp          StepKind = "step-up"           // sign in more strongly; params acr_values, max_age
	EnterOTP        StepKind = "enter-otp"         // enter a one-time code
	UseRecoveryCode StepKind = "use-recovery-code" // enter a recovery code instead of a one-time code
	ResetPassword   StepKind = "reset-password"    // choose a new password without knowing the old one
	ChangePassword  StepKind = "change-password"   // choose a new password, knowing the old one
	EnrollFactor    StepKind = "enroll-factor"     // set up a second step for signing in
	EnrollDevice    StepKind = "enroll-device"     // register the device with the organization
	FixDevice       StepKind = "fix-device"        // bring the device in line with the security rules

	// InstallCertificate: install a client certificate, for TLS.
	InstallCertificate StepKind = "install-certificate"
	// ConfigureProxy: give the proxy's credentials in the settings of the
	// browser, program or system.
	ConfigureProxy StepKind = "configure-proxy"
	// NetworkSignIn: sign in to the network, not to the site (status 511).
	NetworkSignIn StepKind = "network-sign-in"
	// SolveChallenge: show that a person is there, by a CAPTCHA for example.
	SolveChallenge StepKind = "solve-challenge"
)

// Kinds of step: the state of the account.
const (
	VerifyEmail        StepKind = "verify-email"        // open the link, or enter the code, that was mailed
	ResendVerification StepKind = "resend-verification" // have that message sent again; wants Method POST
	ChangeEmail        StepKind = "change-email"        // give another email address
	VerifyPhone        StepKind = "verify-phone"        // confirm the phone number by a code
	VerifyIdentity     StepKind = "verify-identity"     // show who one is, with a document for example
	VerifyAge          StepKind = "verify-age"          // show how old one is
	AcceptTerms        StepKind = "accept-terms"        // read and accept the terms of service; params version
	GiveConsent        StepKind = "give-consent"        // agree to a use of personal data
	CompleteProfile    StepKind = "complete-profile"    // fill in what is missing; params fields
	Reactivate         StepKind = "reactivate"          // switch the account on again
	EnterInvite        StepKind = "enter-invite"        // give the code of an invitation
	JoinWaitlist       StepKind = "join-waitlist"       // ask to be invited
	CheckStatus        StepKind = "check-status"        // see how far an application or request is
	Appeal             StepKind = "appeal"              // have the decision looked at again
)

// Kinds of step: more access, given by the owner, an administrator or oneself.
const (
	RequestAccess      StepKind = "request-access"       // ask for access; params role, resource, endpoint and others
	RequestMembership  StepKind = "request-membership"   // ask to join; params group, organization
	RequestAppApproval StepKind = "request-app-approval" // ask the organization to approve the app
	AuthorizeApp       StepKind = "authorize-app"        // let the app, or its token, do more; params scope
	ApproveTransaction StepKind = "approve-transaction"  // approve this one action
	ViewOnly           StepKind = "view-only"            // look without making changes
	EditAPIKey         StepKind = "edit-api-key"         // change what the API key may be used for
	EnableFeature      StepKind = "enable-feature"       // turn the feature on; params feature
)

// Kinds of step that a program takes by itself, or whoever writes it.
const (
	GetToken       StepKind = "get-token"       // get a new access token; params resource_metadata, resource, claims
	RefreshToken   StepKind = "refresh-token"   // use the refresh token, then try again
	GrantScope     StepKind = "grant-scope"     // get an access token with more scopes; params scope
	GrantDetails   StepKind = "grant-details"   // get a token with these authorization details (RFC 9396)
	ExchangeTicket StepKind = "exchange-ticket" // exchange the UMA ticket for a token; params as_uri, ticket
	SignRequest    StepKind = "sign-request"    // sign the request (RFC 9421)
	CreateAPIKey   StepKind = "create-api-key"  // make a key and send it along
	UseOtherKey    StepKind = "use-other-key"   // send another API key
	FixRequest     StepKind = "fix-request"     // send the credentials in the right form
	RetryWith      StepKind = "retry-with"      // send the same with one more field; params field, value
	Retry          StepKind = "retry"           // send the same request again, now
	SlowDown       StepKind = "slow-down"       // send fewer requests from now on
	PayAndRetry    StepKind = "pay-and-retry"   // pay as the challenge says, then try again
	Stop           StepKind = "stop"            // give up: nothing that the client can do helps
)

// Kinds of step: plans, payments and limits.
const (
	Pay           StepKind = "pay"            // pay for this
	UpgradePlan   StepKind = "upgrade-plan"   // choose a plan that includes this; params plan
	ComparePlans  StepKind = "compare-plans"  // see what the plans include
	UpdateBilling StepKind = "update-billing" // correct the payment details
	BuySeats      StepKind = "buy-seats"      // pay for more users
	RaiseLimit    StepKind = "raise-limit"    // ask for, or buy, a higher limit
	FreeSpace     StepKind = "free-space"     // delete what is not needed any more
)

// Kinds of step: another time, another way or another place.
const (
	Wait          StepKind = "wait"            // try again later; params retry_after (seconds), until
	NotifyMe      StepKind = "notify-me"       // be told when it is time
	OpenURL       StepKind = "open-url"        // open an address in a browser; params code
	OpenDirectly  StepKind = "open-directly"   // begin at this site, not at another one
	ReloadForm    StepKind = "reload-form"     // load the page again, and send its form again
	UseHTTPS      StepKind = "use-https"       // use the https address
	UpdateApp     StepKind = "update-app"      // install a newer version; params version
	ChangeNetwork StepKind = "change-network"  // use another network or the VPN
	UseRegionSite StepKind = "use-region-site" // use the site for one's own region
	GoHome        StepKind = "go-home"         // the site's first page
	Search        StepKind = "search"          // search the site
)

// Kinds of step: reading more, and asking somebody.
const (
	ReadDocs          StepKind = "read-docs"           // documentation
	ReadPolicy        StepKind = "read-policy"         // the rule behind the denial
	ReadPrivacyPolicy StepKind = "read-privacy-policy" // what personal data is used for
	ReadLegalNotice   StepKind = "read-legal-notice"   // who demanded the block and why (RFC 7725 §3)
	StatusPage        StepKind = "status-page"         // how the service is doing
	ContactSupport    StepKind = "contact-support"     // ask whoever runs the site
	ContactAdmin      StepKind = "contact-admin"       // ask whoever administers the account or organization
	ContactOwner      StepKind = "contact-owner"       // ask whoever owns this
	ContactSales      StepKind = "contact-sales"       // ask about plans and prices
)

// kindRow is what is known of a kind.
type kindRow struct {
	kind StepKind
	info kind
}

// kindRows is in the order of the kinds' bytes, so that lookups need neither a
// map, which would be built when the program starts, nor an allocation.
var kindRows = [...]kindRow{
	{AcceptTerms, kind{User, "Accept the terms", "terms-of-service"}},
	{Appeal, kind{User, "Ask for a review", ""}},
	{ApproveTransaction, kind{User, "Approve this action", ""}},
	{AuthorizeApp, kind{User, "Give the app permission", ""}},
	{BuySeats, kind{Admin, "Add more users", ""}},
	{ChangeEmail, kind{User, "Change your email", ""}},
	{ChangeNetwork, kind{User, "Use another network", ""}},
	{ChangePassword, kind{User, "Change your password", ""}},
	{CheckStatus, kind{User, "Check the status", ""}},
	{ComparePlans, kind{User, "Compare plans", ""}},
	{CompleteProfile, kind{User, "Complete your profile", ""}},
	{ConfigureProxy, kind{User, "Check the proxy settings", ""}},
	{ContactAdmin, kind{User, "Contact your administrator", ""}},
	{ContactOwner, kind{User, "Contact the owner", ""}},
	{ContactSales, kind{User, "Contact sales", ""}},
	{ContactSupport, kind{User, "Contact support", ""}},
	{CreateAPIKey, kind{User, "Create an API key", ""}},
	{EditAPIKey, kind{Admin, "Edit the API key", ""}},
	{EnableFeature, kind{Admin, "Turn on the feature", ""}},
	{EnrollDevice, kind{User, "Register this device", ""}},
	{EnrollFactor, kind{User, "Set up two-step sign-in", ""}},
	{EnterInvite, kind{User, "Enter your invitation", ""}},
	{EnterOTP, kind{User, "Enter your code", ""}},
	{ExchangeTicket, kind{Client, "Get permission", ""}},
	{FixDevice, kind{User, "Check this device", ""}},
	{FixRequest, kind{Client, "Correct the request", ""}},
	{FreeSpace, kind{User, "Free some space", ""}},
	{GetToken, kind{Client, "Get a new token", ""}},
	{GiveConsent, kind{User, "Read and agree", ""}},
	{GoHome, kind{User, "Go to the homepage", ""}},
	{GrantDetails, kind{Client, "Ask for authorization", ""}},
	{GrantScope, kind{Client, "Ask for the permission", ""}},
	{InstallCertificate, kind{User, "Install a certificate", ""}},
	{JoinWaitlist, kind{User, "Join the waiting list", ""}},
	{NetworkSignIn, kind{User, "Connect to the network", ""}},
	{NotifyMe, kind{User, "Notify me", ""}},
	{OpenDirectly, kind{User, "Open this site directly", ""}},
	{OpenURL, kind{User, "Continue in the browser", ""}},
	{Pay, kind{User, "Pay", "payment"}},
	{PayAndRetry, kind{Client, "Pay and try again", ""}},
	{RaiseLimit, kind{User, "Raise the limit", ""}},
	{Reactivate, kind{User, "Reactivate your account", ""}},
	{ReadDocs, kind{User, "Read the documentation", "help"}},
	{ReadLegalNotice, kind{User, "Read the legal notice", ""}},
	{ReadPolicy, kind{User, "Read the rules", ""}},
	{ReadPrivacyPolicy, kind{User, "Read the privacy policy", "privacy-policy"}},
	{Reauthenticate, kind{User, "Sign in again", ""}},
	{RefreshToken, kind{Client, "Refresh the token", ""}},
	{ReloadForm, kind{User, "Load the form again", ""}},
	{RequestAccess, kind{User, "Ask for access", ""}},
	{RequestAppApproval, kind{User, "Ask for approval", ""}},
	{RequestMembership, kind{User, "Ask to join", ""}},
	{ResendVerification, kind{User, "Send it again", ""}},
	{ResetPassword, kind{User, "Reset your password", ""}},
	{Retry, kind{Client, "Try again", ""}},
	{RetryWith, kind{Client, "Try again", ""}},
	{Search, kind{User, "Search", ""}},
	{SignIn, kind{User, "Sign in", ""}},
	{SignOut, kind{User, "Sign out", ""}},
	{SignRequest, kind{Client, "Sign the request", ""}},
	{SignUp, kind{User, "Create an account", ""}},
	{SlowDown, kind{Client, "Send fewer requests", ""}},
	{SolveChallenge, kind{User, "Continue to the check", ""}},
	{SSOSignIn, kind{User, "Use single sign-on", ""}},
	{StatusPage, kind{User, "See the service status", "status"}},
	{StepUp, kind{User, "Confirm it is you", ""}},
	{Stop, kind{Client, "Do not try again", ""}},
	{SwitchAccount, kind{User, "Use another account", ""}},
	{UpdateApp, kind{User, "Update the app", ""}},
	{UpdateBilling, kind{User, "Update the payment details", ""}},
	{UpgradePlan, kind{User, "Choose a plan", ""}},
	{UseHTTPS, kind{Client, "Use the secure address", ""}},
	{UseOtherKey, kind{Client, "Use another key", ""}},
	{UseRecoveryCode, kind{User, "Use a recovery code", ""}},
	{UseRegionSite, kind{User, "Use your regional site", ""}},
	{VerifyAge, kind{User, "Verify your age", ""}},
	{VerifyEmail, kind{User, "Verify your email", ""}},
	{VerifyIdentity, kind{User, "Verify your identity", ""}},
	{VerifyPhone, kind{User, "Verify your phone", ""}},
	{ViewOnly, kind{User, "View without changing", ""}},
	{Wait, kind{Client, "Try again[ {retry_after}]", ""}},
}

// lookupKind returns what is known of k.
func lookupKind(k StepKind) (kind, bool) {
	i, ok := slices.BinarySearchFunc(kindRows[:], k, func(r kindRow, k StepKind) int {
		return strings.Compare(string(r.kind), string(k))
	})
	if !ok {
		return kind{}, false
	}
	return kindRows[i].info, true
}

// NeedsHref reports whether a step of this kind is nothing without an address:
// to read the documentation helps only where one is told which. A step of
// another kind, such as RequestAccess, is advice by itself.
func (k StepKind) NeedsHref() bool {
	switch k {
	case CheckStatus, ComparePlans, ContactSales, GoHome, JoinWaitlist, NotifyMe, OpenURL, ReadDocs, ReadLegalNotice,
		ReadPolicy, ReadPrivacyPolicy, Search, SignUp, StatusPage, UseRegionSite, ViewOnly:
		return true
	}
	return false
}

// Kinds returns every kind of step that this package knows, in alphabetical
// order. An application may use others.
func Kinds() []StepKind {
	out := make([]StepKind, len(kindRows))
	for i, r := range kindRows {
		out[i] = r.kind
	}
	return out
}
