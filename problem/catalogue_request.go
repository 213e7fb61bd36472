package problem

// The request would be all right if it came in another way.

// HTTPSRequired: the request came without TLS. Status 403. Args: url, the
// secure address.
var HTTPSRequired = Reason{&definition{
	code: "https-required", status: 403,
	title:  "Secure connection needed",
	detail: "This is only available over a secure connection. Use the address that begins with https.",
	next:   []step{{kind: UseHTTPS, href: "{url}"}},
}}

// PreconditionRequired: a change without If-Match could overwrite somebody
// else's. Status 428 (RFC 6585 §3). Args: field, the header field needed,
// such as If-Match.
var PreconditionRequired = Reason{&definition{
	code: "precondition-required", status: 428,
	title:  "Load the latest version first",
	detail: "Somebody else may have made changes. Load the latest version, then make your change again.",
	next: []step{
		{kind: RetryWith, params: []Param{{"field", "{field}"}}},
		{kind: ReloadForm},
	},
}}

// TooEarly: the request came in TLS early data and could be a repeated one.
// Status 425 (RFC 8470 §5.2), only for requests that did come so.
var TooEarly = Reason{&definition{
	code: "too-early", status: 425,
	title:  "Request came too early",
	detail: "The secure connection was not ready yet. Please try again.",
	next:   []step{{kind: Retry}},
}}

// ClientTooOld: this version of the app is no longer served. Status 403: 426
// is for another version of the protocol. Args: version, the oldest served.
var ClientTooOld = Reason{&definition{
	code: "client-too-old", status: 403,
	title:  "This app is out of date",
	detail: "This version of the app no longer works. Update the app to continue.[ Version needed: {version}]",
	next:   []step{{kind: UpdateApp, params: []Param{{"version", "{version}"}}}},
}}

// CaptiveNetwork: the network, not the site, wants people to sign in. Status
// 511 (RFC 6585 §6), for networks only. Args: url, where to sign in.
var CaptiveNetwork = Reason{&definition{
	code: "captive-network", status: 511,
	title:  "Sign in to the network",
	detail: "The network you are on needs you to sign in before you can use the internet.",
	next:   []step{{kind: NetworkSignIn, href: "{url}"}},
}}

// APIDisabledForBrowsers: a person opened the address of an API. Status 403.
var APIDisabledForBrowsers = Reason{&definition{
	code: "api-disabled-for-browsers", status: 403,
	title:  "This address is for programs",
	detail: "Programs use this address. In a browser, it has nothing to show. The documentation says how to use it.",
	next:   []step{{kind: ReadDocs}, {kind: GoHome}},
}}

// NotFound: nothing is here, or the client must not learn that something is:
// see [Cloak]. Status 404 (RFC 9110 §15.5.5).
var NotFound = Reason{&definition{
	code: "not-found", status: 404,
	title:  "Not found",
	detail: "There is nothing at this address, or you are not allowed to see it.",
	next:   []step{{kind: GoHome}, {kind: Search}},
}}
