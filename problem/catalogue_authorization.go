package problem

// Who is asking is known, and may not do this.

// InsufficientScope: the access token lacks a scope. Status 403 (RFC 6750
// §3.1). Args: scope, every scope the request needs; resource_metadata, the
// URL of RFC 9728 §5.1. See [NeedScope].
var InsufficientScope = Reason{&definition{
	code: "insufficient-scope", status: 403,
	title:  "Permission needed",
	detail: "The app you are using needs a permission it does not have[: {scope}]. Give the app permission to continue.",
	challenges: []Challenge{{Scheme: "Bearer", Params: []Param{
		{"error", "insufficient_scope"},
		{"scope", "{scope}"},
		{"resource_metadata", "{resource_metadata}"},
	}}},
	next: []step{
		{kind: GrantScope, params: []Param{
			{"scope", "{scope}"},
			{"resource_metadata", "{resource_metadata}"},
		}},
		{kind: AuthorizeApp, params: []Param{{"scope", "{scope}"}}},
	},
}}

// InsufficientAuthorization: the access token does not cover this one action,
// such as this payment (RFC 9396). Status 403. Args:
// authorization_remediation, what to ask for; it belongs in a challenge too:
// see [NeedAuthorization].
var InsufficientAuthorization = Reason{&definition{
	code: "insufficient-authorization", status: 403,
	title:  "Approve this action",
	detail: "The app you are using needs your approval for this action. Approve the action to continue.",
	next: []step{
		{kind: GrantDetails, params: []Param{{"authorization_remediation", "{authorization_remediation}"}}},
		{kind: ApproveTransaction},
	},
}}

// RoleMissing: the account lacks a role. Status 403. Args: role, one or
// several, any of which is enough. See [NeedRole].
var RoleMissing = Reason{&definition{
	code: "role-missing", status: 403,
	title:  "You need another role",
	detail: "You need a role that your account does not have[: {role|or}]. Ask for access, or use another account.",
	next: []step{
		{kind: RequestAccess, params: []Param{{"role", "{role}"}}},
		{kind: SwitchAccount},
		{kind: ContactAdmin},
	},
}}

// GroupMissing: the account is not in a group. Status 403. Args: group, one or
// several, any of which is enough. See [NeedGroup].
var GroupMissing = Reason{&definition{
	code: "group-missing", status: 403,
	title:  "You need to join a group",
	detail: "You need to be in a group that your account is not in[: {group|or}]. Ask to join, or contact the owner.",
	next: []step{
		{kind: RequestMembership, params: []Param{{"group", "{group}"}}},
		{kind: ContactOwner},
	},
}}

// NotAMember: the account does not belong to the organization, workspace or
// domain. Status 403. Args: organization.
var NotAMember = Reason{&definition{
	code: "not-a-member", status: 403,
	title:  "You are not a member",
	detail: "This is only open to members[: {organization}]. Ask to join, or use another account.",
	next: []step{
		{kind: RequestMembership, params: []Param{{"organization", "{organization}"}}},
		{kind: SwitchAccount},
		{kind: ContactOwner},
	},
}}

// NotOwner: only the owner, and people the owner has shared it with, may do
// this. Status 403. Where it should not be known that it exists, use [Cloak].
// Args: resource, what access is asked for.
var NotOwner = Reason{&definition{
	code: "not-owner", status: 403,
	title:  "This belongs to somebody else",
	detail: "Only the owner, and people invited by the owner, have access. Ask the owner for access.",
	next: []step{
		{kind: RequestAccess, params: []Param{{"resource", "{resource}"}}},
		{kind: ContactOwner},
	},
}}

// ApprovalRequired: access can be asked for, and somebody decides. Status 403.
// Args: form_url, where a person asks; endpoint and request_schema_url, where a
// program asks, and how; template; binding_token, which ties the request to
// this denial; expires_at, until when that works. They are the members of
// access_request in the AuthZEN Access Request and Approval Profile.
var ApprovalRequired = Reason{&definition{
	code: "approval-required", status: 403,
	title:  "Approval needed",
	detail: "Somebody needs to approve this first. Ask for access, then try again once it is approved.",
	next: []step{{kind: RequestAccess, href: "{form_url}", params: []Param{
		{"endpoint", "{endpoint}"},
		{"request_schema_url", "{request_schema_url}"},
		{"template", "{template}"},
		{"binding_token", "{binding_token}"},
		{"expires_at", "{expires_at}"},
	}}},
}}

// UMAPermissionNeeded: the client needs a token from the resource owner's
// authorization server. Status 401. Args: as_uri, that server; ticket, the
// permission ticket. The challenge holds both: see [NeedTicket].
var UMAPermissionNeeded = Reason{&definition{
	code: "uma-permission-needed", status: 401,
	title:  "Permission of the owner needed",
	detail: "The owner has not given the app you are using permission for this. The app can ask the owner for it.",
	next: []step{
		{kind: ExchangeTicket, params: []Param{{"as_uri", "{as_uri}"}, {"ticket", "{ticket}"}}},
		{kind: ContactOwner},
	},
}}

// InteractionRequired: a program cannot go on alone; a person has to open an
// address in a browser. Status 403. Args: url, the address; code, what the
// person has to enter there. See [NeedInteraction].
var InteractionRequired = Reason{&definition{
	code: "interaction-required", status: 403,
	title:  "Continue in a browser",
	detail: "The app cannot finish this by itself. Open the link in a browser to continue.[ Your code: {code}]",
	next:   []step{{kind: OpenURL, href: "{url}", params: []Param{{"code", "{code}"}}}},
}}

// ReadOnly: the account may look, but not change anything. Status 403.
var ReadOnly = Reason{&definition{
	code: "read-only", status: 403,
	title:  "You can only view this",
	detail: "Your account is not allowed to make changes here. Ask for access if you need to make changes.",
	next:   []step{{kind: RequestAccess}, {kind: ViewOnly}},
}}

// PolicyDenied: a rule says no, and it is not said which. Status 403. Give the
// reference to quote in Problem.Instance.
var PolicyDenied = Reason{&definition{
	code: "policy-denied", status: 403,
	title:  "This is not allowed",
	detail: "A security rule does not allow this. If you think this is a mistake, contact your administrator.",
	next:   []step{{kind: ContactAdmin}},
}}

// AppNotApproved: the organization has not approved the app that is asking.
// Status 403. Args: app, its name.
var AppNotApproved = Reason{&definition{
	code: "app-not-approved", status: 403,
	title:  "This app is not approved",
	detail: "Your organization has not approved the app you are using[: {app}]. Ask for approval to continue.",
	next: []step{
		{kind: RequestAppApproval, params: []Param{{"app", "{app}"}}},
		{kind: ContactAdmin},
	},
}}

// CSRFFailed: the token of the form is missing, old or another session's.
// Status 403.
var CSRFFailed = Reason{&definition{
	code: "csrf-failed", status: 403,
	title:  "This form is out of date",
	detail: "The form could not be checked, so nothing was changed. Load it again, then send it once more.",
	next:   []step{{kind: ReloadForm}, {kind: SignIn}},
}}

// CrossOrigin: a browser sent the request from another site. Status 403. It is
// made for the deny handler of [net/http.CrossOriginProtection].
var CrossOrigin = Reason{&definition{
	code: "cross-origin", status: 403,
	title:  "Request came from another site",
	detail: "To protect your account, requests from other sites are not accepted. Open this site directly, then try again.",
	next:   []step{{kind: OpenDirectly}},
}}
