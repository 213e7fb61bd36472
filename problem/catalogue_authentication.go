package problem

// Who is asking is not known.

// SignInRequired: nobody is signed in, or the request carries no credentials.
// Status 401 with the renderer's challenges (RFC 9110 §15.5.2).
var SignInRequired = Reason{&definition{
	code: "sign-in-required", status: 401,
	title:  "Sign in to continue",
	detail: "You need to sign in to see or do this.",
	next:   []step{{kind: SignIn}, {kind: SignUp}, {kind: ReadDocs}},
}}

// SessionExpired: a session ended, by its age or after a time without use.
// Status 401 with the renderer's challenges.
var SessionExpired = Reason{&definition{
	code: "session-expired", status: 401,
	title:  "Your session has ended",
	detail: "For your safety, you were signed out after some time. Sign in again to continue.",
	next:   []step{{kind: SignIn}, {kind: RefreshToken}},
}}

// TokenInvalid: the access token is malformed, forged or bound to another
// client's key or certificate (RFC 8705 §3). Status 401 (RFC 6750 §3.1). Args:
// resource_metadata, the URL of RFC 9728 §5.1. The challenge has
// error="invalid_token" where the request has an Authorization or Cookie field
// or access_token= in its address, and no error where it has none of them.
var TokenInvalid = Reason{&definition{
	code: "token-invalid", status: 401,
	title:  "Access token not accepted",
	detail: "The access token sent with the request is not accepted. Get a new one, or sign in again.",
	challenges: []Challenge{{Scheme: "Bearer", Params: []Param{
		{"error", "invalid_token"},
		{"error_description", "The access token is not valid"},
		{"resource_metadata", "{resource_metadata}"},
	}}},
	next: []step{
		{kind: GetToken, params: []Param{{"resource_metadata", "{resource_metadata}"}}},
		{kind: SignIn},
	},
}}

// TokenExpired: the access token was valid once. Status 401 (RFC 6750 §3.1).
// Args: resource_metadata, the URL of RFC 9728 §5.1. The challenge has
// error="invalid_token" to the same requests as that of [TokenInvalid].
var TokenExpired = Reason{&definition{
	code: "token-expired", status: 401,
	title:  "Access token has expired",
	detail: "The access token sent with the request has expired. Get a new one, or sign in again.",
	challenges: []Challenge{{Scheme: "Bearer", Params: []Param{
		{"error", "invalid_token"},
		{"error_description", "The access token expired"},
		{"resource_metadata", "{resource_metadata}"},
	}}},
	next: []step{
		{kind: RefreshToken},
		{kind: GetToken, params: []Param{{"resource_metadata", "{resource_metadata}"}}},
		{kind: SignIn},
	},
}}

// TokenRevoked: the access token was withdrawn before its time, after a change
// of password for example. Status 401 (RFC 6750 §3.1). Args: resource_metadata,
// the URL of RFC 9728 §5.1; claims, what the next token must hold, which also
// needs another challenge: see [NeedClaims].
var TokenRevoked = Reason{&definition{
	code: "token-revoked", status: 401,
	title:  "Access token was withdrawn",
	detail: "The access token sent with the request was withdrawn. Get a new one, or sign in again.",
	challenges: []Challenge{{Scheme: "Bearer", Params: []Param{
		{"error", "invalid_token"},
		{"error_description", "The access token was revoked"},
		{"resource_metadata", "{resource_metadata}"},
	}}},
	next: []step{
		{kind: GetToken, params: []Param{
			{"claims", "{claims}"},
			{"resource_metadata", "{resource_metadata}"},
		}},
		{kind: SignIn},
	},
}}

// WrongAudience: the access token is for another service or tenant. Status 401
// (RFC 6750 §3.1). Args: resource, the resource indicator to ask for (RFC
// 8707); resource_metadata, the URL of RFC 9728 §5.1.
var WrongAudience = Reason{&definition{
	code: "wrong-audience", status: 401,
	title:  "Access token for another service",
	detail: "The access token sent with the request is meant for another service. Get one for this service.",
	challenges: []Challenge{{Scheme: "Bearer", Params: []Param{
		{"error", "invalid_token"},
		{"error_description", "The access token is for another audience"},
		{"resource_metadata", "{resource_metadata}"},
	}}},
	next: []step{
		{kind: GetToken, params: []Param{
			{"resource", "{resource}"},
			{"resource_metadata", "{resource_metadata}"},
		}},
		{kind: ReadDocs},
	},
}}

// BadCredentials: a name, password or code is wrong, and it is not said which.
// Status 401 with the renderer's challenges.
var BadCredentials = Reason{&definition{
	code: "bad-credentials", status: 401,
	title:  "Sign-in details do not match",
	detail: "We could not sign you in with these details. Check them and try again, or reset your password.",
	next:   []step{{kind: SignIn}, {kind: ResetPassword}},
}}

// MalformedCredentials: the credentials cannot be read at all. Status 400 (RFC
// 6750 §3.1); the same request never works.
var MalformedCredentials = Reason{&definition{
	code: "malformed-credentials", status: 400,
	title:  "Sign-in details cannot be read",
	detail: "The app you are using sent sign-in details in a form that cannot be read. The app needs to be corrected.",
	challenges: []Challenge{{Scheme: "Bearer", Params: []Param{
		{"error", "invalid_request"},
		{"error_description", "The credentials cannot be read"},
	}}},
	next: []step{{kind: FixRequest}, {kind: ReadDocs}},
}}

// APIKeyMissing: the request carries no API key. Status 401; the scheme ApiKey
// is not registered. Args: realm.
var APIKeyMissing = Reason{&definition{
	code: "api-key-missing", status: 401,
	title:      "API key needed",
	detail:     "Requests to this service need an API key. Create a key, then send it with the request.",
	challenges: []Challenge{{Scheme: "ApiKey", Params: []Param{{"realm", "{realm}"}}}},
	next:       []step{{kind: CreateAPIKey}, {kind: ReadDocs}},
}}

// APIKeyInvalid: the API key is not known, or no longer. Status 401; the
// scheme ApiKey is not registered. Args: realm.
var APIKeyInvalid = Reason{&definition{
	code: "api-key-invalid", status: 401,
	title:      "API key not accepted",
	detail:     "The API key sent with the request is unknown or no longer works. Create a new key, or use another one.",
	challenges: []Challenge{{Scheme: "ApiKey", Params: []Param{{"realm", "{realm}"}}}},
	next:       []step{{kind: CreateAPIKey}, {kind: UseOtherKey}, {kind: ReadDocs}},
}}

// APIKeyRestricted: the API key is good, but not for this API, website, app or
// network. Status 403.
var APIKeyRestricted = Reason{&definition{
	code: "api-key-restricted", status: 403,
	title:  "API key not allowed here",
	detail: "The API key works, but its settings do not allow this use. Change the settings of the key, or use another key.",
	next:   []step{{kind: EditAPIKey}, {kind: UseOtherKey}},
}}

// DPoPRequired: the request carries no access token with a DPoP proof. Status
// 401 (RFC 9449 §7.1). Args: algs, the signature algorithms accepted; realm;
// resource_metadata, the URL of RFC 9728 §5.1.
var DPoPRequired = Reason{&definition{
	code: "dpop-required", status: 401,
	title:  "Signed proof needed",
	detail: "The app you are using needs to send a signed proof (DPoP) together with its access token.",
	challenges: []Challenge{{Scheme: "DPoP", Params: []Param{
		{"realm", "{realm}"},
		{"algs", "{algs}"},
		{"resource_metadata", "{resource_metadata}"},
	}}},
	next: []step{
		{kind: GetToken, params: []Param{{"resource_metadata", "{resource_metadata}"}}},
		{kind: ReadDocs},
	},
}}

// DPoPNonceRequired: the DPoP proof needs the nonce of this answer. Status 401
// (RFC 9449 §9). Args: dpop_nonce, sent in the DPoP-Nonce field, which the
// client cannot go on without (see [NeedDPoPNonce]); algs, the signature
// algorithms accepted.
var DPoPNonceRequired = Reason{&definition{
	code: "dpop-nonce-required", status: 401,
	title:  "New signed proof needed",
	detail: "The app you are using needs to send the request once more, with a value from this answer. Apps usually do this by themselves.",
	challenges: []Challenge{{Scheme: "DPoP", Params: []Param{
		{"error", "use_dpop_nonce"},
		{"error_description", "The DPoP proof needs the nonce of this response"},
		{"algs", "{algs}"},
	}}},
	fields: []Param{{"DPoP-Nonce", "{dpop_nonce}"}},
	next: []step{{kind: RetryWith, params: []Param{
		{"field", "DPoP"},
		{"nonce", "{dpop_nonce}"},
	}}},
}}

// DPoPProofInvalid: the DPoP proof is wrong, or for another request. Status
// 401 (RFC 9449 §7.1). Args: algs, the signature algorithms accepted;
// dpop_nonce, sent in the DPoP-Nonce field.
var DPoPProofInvalid = Reason{&definition{
	code: "dpop-proof-invalid", status: 401,
	title:  "Signed proof not accepted",
	detail: "The signed proof sent with the request is not accepted. The app needs to make a new one for each request.",
	challenges: []Challenge{{Scheme: "DPoP", Params: []Param{
		{"error", "invalid_dpop_proof"},
		{"error_description", "The DPoP proof is not valid for this request"},
		{"algs", "{algs}"},
	}}},
	fields: []Param{{"DPoP-Nonce", "{dpop_nonce}"}},
	next: []step{
		{kind: RetryWith, params: []Param{{"field", "DPoP"}, {"nonce", "{dpop_nonce}"}}},
		{kind: ReadDocs},
	},
}}

// ClientCertificateRequired: the TLS connection has no client certificate.
// Status 403: no HTTP challenge asks for one.
var ClientCertificateRequired = Reason{&definition{
	code: "client-certificate-required", status: 403,
	title:  "Certificate needed",
	detail: "This is only open to devices with a certificate. Install your certificate, or ask your administrator for one.",
	next:   []step{{kind: InstallCertificate}, {kind: ContactAdmin}},
}}

// ClientCertificateInvalid: the client certificate of the TLS connection has
// expired or is not trusted. Status 403. A certificate that is good, but not
// the one an access token is bound to, is [TokenInvalid] (RFC 8705 §3).
var ClientCertificateInvalid = Reason{&definition{
	code: "client-certificate-invalid", status: 403,
	title:  "Certificate not accepted",
	detail: "The certificate of this device has expired or is not accepted here. Install a new one, or ask your administrator.",
	next:   []step{{kind: InstallCertificate}, {kind: ContactAdmin}},
}}

// MessageSignatureRequired: the request carries no signature, or none that can
// be checked (RFC 9421). Status 401 with the renderer's challenges. Args:
// accept_signature, the Accept-Signature field, which says what to sign (RFC
// 9421 §5.1); aauth_requirement, the AAuth-Requirement field of sites that
// speak AAuth, such as "requirement=agent-token".
var MessageSignatureRequired = Reason{&definition{
	code: "message-signature-required", status: 401,
	title:  "Signed request needed",
	detail: "The app you are using needs to sign its requests to this service.",
	fields: []Param{
		{"Accept-Signature", "{accept_signature}"},
		{"AAuth-Requirement", "{aauth_requirement}"},
	},
	next: []step{{kind: SignRequest}, {kind: ReadDocs}},
}}

// ProxyAuthRequired: the proxy needs to know who is asking. Status 407 with a
// Proxy-Authenticate challenge (RFC 9110 §15.5.8), for proxies only: give the
// challenge in Problem.Challenges.
var ProxyAuthRequired = Reason{&definition{
	code: "proxy-auth-required", status: 407,
	title:  "Sign in to the proxy",
	detail: "Your connection goes through a proxy, and the proxy needs you to sign in. Check the proxy settings.",
	next:   []step{{kind: ConfigureProxy}, {kind: ContactAdmin}},
}}
