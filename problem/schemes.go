package problem

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/denial-go/denial/internal/href"
	"github.com/denial-go/denial/internal/httpfield"
)

// Basic asks for a name and a password (RFC 7617). The realm is shown to
// people. Charset is UTF-8, which is what strings in Go are (§2.1).
func Basic(realm string) Challenge {
	return Challenge{Scheme: "Basic", Params: []Param{{"realm", realm}, {"charset", "UTF-8"}}}
}

// Bearer asks for an OAuth 2.0 access token (RFC 6750). The realm may be ""
// where another parameter is added: one of them is needed (§3).
//
// With adds scope (tokens with one space between), error, error_description
// (ASCII without quotes and backslashes, for developers, never translated),
// error_uri, resource_metadata (RFC 9728: an https URL), acr_values (as scope)
// and max_age (RFC 9470: whole seconds). To a request that carried no token,
// send no error (§3.1).
func Bearer(realm string) Challenge { return build("Bearer", "realm", realm) }

// DPoP asks for an access token and a proof that the client holds its key
// (RFC 9449 §7.1). The realm may be "". Algs are the signature algorithms
// accepted, such as ES256. With adds what it adds to Bearer.
func DPoP(realm string, algs ...string) Challenge {
	return build("DPoP", "realm", realm, "algs", strings.Join(algs, " "))
}

// Digest asks for a name and proof of a password (RFC 7616). The nonce must be
// new for each response; qop is auth. Send a challenge for each algorithm that
// you keep passwords for, the strongest first (§3.7): SHA-256 and SHA-512-256,
// then perhaps MD5.
//
// With adds opaque, domain, stale, userhash and charset.
func Digest(realm, nonce, algorithm string) Challenge {
	return Challenge{Scheme: "Digest", Params: []Param{
		{"realm", realm}, {"qop", "auth"}, {"algorithm", algorithm}, {"nonce", nonce}}}
}

// GNAP asks for a GNAP access token (RFC 9635 §9.1). AsURI is where the
// authorization server grants them. With adds access and referrer.
func GNAP(asURI string) Challenge { return build("GNAP", "as_uri", asURI) }

// HOBA asks for a signature over the challenge (RFC 7486 §3), which is
// base64url and must be new for each response. MaxAge is how long it can be
// answered, in whole seconds; 0 is for one answer only. With adds realm.
func HOBA(challenge string, maxAge time.Duration) Challenge {
	return Challenge{Scheme: "HOBA", Params: []Param{
		{"challenge", challenge}, {"max-age", seconds(maxAge)}}}
}

// Mutual begins an exchange in which both sides prove that they know the
// password (RFC 8120 §4.1, 401-INIT). Algorithm is as in RFC 8121, such as
// iso-kam3-ec-p256-sha256; validation is host, tls-server-end-point or
// tls-unique. The reason is initial. With adds auth-scope and pwd-hash.
func Mutual(realm, algorithm, validation string) Challenge {
	return Challenge{Scheme: "Mutual", Params: []Param{
		{"version", "1"}, {"algorithm", algorithm}, {"validation", validation},
		{"realm", realm}, {"reason", "initial"}}}
}

// Negotiate asks for Kerberos or NTLM by SPNEGO (RFC 4559). It has no realm.
// To go on with an exchange, set Token68.
func Negotiate() Challenge { return Challenge{Scheme: "Negotiate"} }

// PrivateToken asks for a Privacy Pass token (RFC 9577 §2.1). Challenge and
// tokenKey are base64url with padding; tokenKey may be "". With adds max-age.
func PrivateToken(challenge, tokenKey string) Challenge {
	c := Challenge{Scheme: "PrivateToken", Params: []Param{{"challenge", challenge}}}
	if tokenKey != "" {
		c.Params = append(c.Params, Param{"token-key", tokenKey})
	}
	return c
}

// SCRAM begins a salted challenge and response with SHA-256 (RFC 7804 §5). The
// later rounds carry sid and data in place of realm: write them as a literal.
func SCRAM(realm string) Challenge {
	return Challenge{Scheme: "SCRAM-SHA-256", Params: []Param{{"realm", realm}}}
}

// UMA asks for a token from the resource owner's authorization server, in
// exchange for the permission ticket (UMA 2.0 Grant §3.2.1). AsURI is that
// server's issuer. The realm may be "".
func UMA(realm, asURI, ticket string) Challenge {
	return build("UMA", "realm", realm, "as_uri", asURI, "ticket", ticket)
}

// AWS4 asks for an AWS Signature Version 4. The scheme is not registered, has
// no realm and is known to S3 clients only.
func AWS4() Challenge { return Challenge{Scheme: "AWS4-HMAC-SHA256"} }

// Payment asks for a payment, with status 402 (draft-ryan-httpauth-payment
// §5.1). The id must be new and random for each response. Method and intent
// name how and what for, such as "stripe" and "charge"; request is a JSON
// object in base64url without padding. With adds expires (RFC 3339),
// description, digest and opaque.
func Payment(realm, id, method, intent, request string) Challenge {
	return Challenge{Scheme: "Payment", Params: []Param{
		{"id", id}, {"realm", realm}, {"method", method}, {"intent", intent}, {"request", request}}}
}

// Session is for sites where people sign in with a form and a cookie. HTTP
// knows no scheme for that, and a 401 without a challenge is not legal
// (RFC 9110 §15.5.2), so this one is private: browsers ignore it and show the
// page. Location is where the form is, a path or an https URL, or "". Unlike
// the Href of a step, it holds no {return_to}: the step is for people, and a
// program knows where it was.
func Session(realm, location string) Challenge {
	c := Challenge{Scheme: "Session", Params: []Param{{"realm", realm}}}
	if location != "" {
		c.Params = append(c.Params, Param{"location", location})
	}
	return c
}

// build makes a challenge of the parameters that have a value.
func build(scheme string, namesAndValues ...string) Challenge {
	c := Challenge{Scheme: scheme}
	for i := 0; i < len(namesAndValues); i += 2 {
		if namesAndValues[i+1] != "" {
			c.Params = append(c.Params, Param{namesAndValues[i], namesAndValues[i+1]})
		}
	}
	return c
}

func seconds(d time.Duration) string {
	if d < 0 {
		return "-1" // not 0, which is what -1 ms would give, and legal
	}
	return strconv.FormatInt(int64(d/time.Second), 10)
}

// schemeRules is what a scheme demands of those who send its challenges.
type schemeRules struct {
	name     string // in the spelling registered with IANA
	section  string // where it is specified
	refuse   string // why it is never sent; "" where it is
	instead  string // what to do then
	notBare  bool   // at least one parameter
	noParams bool
	token68  bool // may have one
	params   []paramRule
	rounds   bool // of the exchange: see scramRound
	statuses func(Challenge) (param string, want []int, section string)
}

// paramRule is what a scheme demands of one of its parameters.
type paramRule struct {
	name    string
	must    bool   // has to be there
	token   bool   // written without quotes
	section string // "" is that of the scheme
	check   func(value string) (wrong, fix string)
}

// wantsToken reports whether the parameter is to be written without quotes.
func (r *schemeRules) wantsToken(param string) bool {
	if r == nil {
		return false
	}
	for i := range r.params {
		if r.params[i].token && sameName(r.params[i].name, param) {
			return true
		}
	}
	return false
}

// sameName compares the names of schemes and parameters without case (RFC 9110
// §11.1, §11.2). They are ASCII, so that names of other lengths differ.
func sameName(a, b string) bool { return len(a) == len(b) && strings.EqualFold(a, b) }

// rulesFor returns the rules of a scheme, or nil where it is not known.
func rulesFor(scheme string) *schemeRules {
	for i := range knownSchemes {
		if r := &knownSchemes[i]; sameName(r.name, scheme) {
			return r
		}
	}
	return nil
}

// knownSchemes has the common ones first.
var knownSchemes = [...]schemeRules{{
	name: "Bearer", section: "RFC 6750 §3", notBare: true,
	params: oauthParams, statuses: oauthStatuses,
}, {
	name: "Basic", section: "RFC 7617 §2",
	params: []paramRule{
		{name: "realm", must: true},
		{name: "charset", check: isUTF8, section: "RFC 7617 §2.1"},
	},
}, {
	name: "Digest", section: "RFC 7616 §3.3",
	params: []paramRule{
		{name: "realm", must: true},
		{name: "nonce", must: true, check: isSomething},
		{name: "qop", must: true, check: isQop},
		{name: "algorithm", token: true, check: isDigestAlgorithm},
		{name: "domain", check: isURIList},
		{name: "stale", token: true, check: isBool},
		{name: "charset", token: true, check: isUTF8},
		{name: "userhash", token: true, check: isBool},
	},
}, {
	name: "DPoP", section: "RFC 9449 §7.1",
	params: append([]paramRule{{name: "algs", check: isAlgs}}, oauthParams...), statuses: oauthStatuses,
}, {
	name: "Session", section: "package problem",
	params: []paramRule{
		{name: "realm", must: true},
		{name: "location", check: isLocation},
	},
}, {
	name: "Negotiate", section: "RFC 4559 §4", token68: true, noParams: true,
}, {
	name: "NTLM", section: "MS-NTHT §2.2", token68: true, noParams: true,
}, {
	name: "PrivateToken", section: "RFC 9577 §2.1",
	params: []paramRule{
		{name: "challenge", must: true, check: isBase64URL},
		{name: "token-key", check: isBase64URL},
		{name: "max-age", check: isDigits},
	},
}, {
	name: "GNAP", section: "RFC 9635 §9.1",
	params: []paramRule{
		{name: "as_uri", check: isSecureURL},
		{name: "access", check: isSomething},
		{name: "referrer", check: isAbsoluteURI},
	},
}, {
	name: "HOBA", section: "RFC 7486 §3",
	params: []paramRule{
		{name: "challenge", must: true, check: isBase64URL},
		{name: "max-age", must: true, check: isDigits},
	},
}, {
	name: "Mutual", section: "RFC 8120 §4.1",
	params: []paramRule{
		{name: "version", must: true, token: true, check: isOne},
		{name: "algorithm", must: true, token: true, check: isToken},
		{name: "validation", must: true, token: true, check: isToken},
		{name: "realm", must: true},
		{name: "reason", must: true, token: true, check: isMutualReason},
		{name: "pwd-hash", token: true, check: isToken},
	},
}, {
	name: "SCRAM-SHA-256", section: "RFC 7804 §5", params: scramParams, rounds: true,
}, {
	name: "SCRAM-SHA-1", section: "RFC 7804 §5", params: scramParams, rounds: true,
}, {
	name: "UMA", section: "UMA 2.0 Grant §3.2.1",
	params: []paramRule{
		{name: "as_uri", must: true, check: isSecureURL},
		{name: "ticket", must: true, check: isSomething},
	},
}, {
	name: "AWS4-HMAC-SHA256", section: "AWS Signature Version 4",
}, {
	name: "Payment", section: "draft-ryan-httpauth-payment §5.1",
	params: []paramRule{
		{name: "id", must: true, check: isSomething},
		{name: "realm", must: true},
		{name: "method", must: true, check: isPaymentMethod},
		{name: "intent", must: true, check: isPaymentIntent},
		{name: "request", must: true, check: isUnpaddedBase64URL},
		{name: "expires", check: isTimestamp},
	},
	statuses: func(Challenge) (string, []int, string) {
		return "", statusPayment, "draft-ryan-httpauth-payment §4.2"
	},
}, {
	name: "vapid", section: "RFC 8292 §3",
}, {
	name: "OAuth", section: "RFC 5849 §3.5.1",
}, {
	name: "Concealed", section: "RFC 9729 §6",
	refuse:  "this scheme never sends a challenge",
	instead: "answer as for a resource that does not exist, with Cloak",
}}

var oauthParams = []paramRule{
	{name: "scope", check: isScope, section: "RFC 6750 §3"},
	{name: "error", check: isErrorText, section: "RFC 6750 §3"},
	{name: "error_description", check: isErrorText, section: "RFC 6750 §3"},
	{name: "error_uri", check: isErrorURI, section: "RFC 6750 §3"},
	{name: "resource_metadata", check: isSecureURL, section: "RFC 9728 §5.1"},
	{name: "acr_values", check: isScope, section: "RFC 9470 §3"},
	{name: "max_age", check: isDigits, section: "RFC 9470 §3"},
}

// Where an error fits: kept, because each answer asks.
var (
	status400     = []int{400}
	status401     = []int{401}
	status403     = []int{403}
	statusPayment = []int{402, 401}
)

func oauthStatuses(c Challenge) (param string, want []int, section string) {
	code, _ := c.Get("error")
	switch code {
	case "invalid_request":
		return "error", status400, "RFC 6750 §3.1"
	case "invalid_token":
		return "error", status401, "RFC 6750 §3.1"
	case "insufficient_scope":
		return "error", status403, "RFC 6750 §3.1"
	case "insufficient_user_authentication":
		return "error", status401, "RFC 9470 §3"
	case "use_dpop_nonce":
		return "error", status401, "RFC 9449 §9"
	case "invalid_dpop_proof":
		return "error", status401, "RFC 9449 §7.1"
	}
	return "", nil, ""
}

var scramParams = []paramRule{
	{name: "sid", token: true, check: isToken},
	{name: "data", check: isBase64},
	{name: "ttl", token: true, check: isDigits},
	{name: "stale", token: true, check: isBool},
	{name: "charset", check: isUTF8},
}

// scramRound checks that c belongs to some round of the exchange: the first
// has a realm, the others sid and data.
func (v *validator) scramRound() {
	_, realm := v.c.Get("realm")
	_, sid := v.c.Get("sid")
	_, data := v.c.Get("data")
	switch {
	case sid && !data:
		v.report("data", "", "missing", "sid and data go together", "RFC 7804 §5")
	case data && !sid:
		v.report("sid", "", "missing", "sid and data go together", "RFC 7804 §5")
	case !realm && !sid:
		v.report("realm", "", "missing", "the first round needs it", "RFC 7804 §5")
	}
}

// digestOrder checks c, a Digest challenge, against those before it for the
// same realm: each another algorithm, the preferred first (RFC 7616 §3.7).
func digestOrder(before []Challenge, c Challenge) error {
	realm, _ := c.Get("realm")
	algorithm := digestAlgorithm(c)
	for _, b := range before {
		if !strings.EqualFold(b.Scheme, "Digest") {
			continue
		}
		if r, _ := b.Get("realm"); r != realm {
			continue
		}
		earlier := digestAlgorithm(b)
		if strings.EqualFold(earlier, algorithm) {
			return &ChallengeError{c.Scheme, "algorithm", algorithm,
				"in two challenges for one realm", "give each its own", "RFC 7616 §3.7"}
		}
		if isMD5(earlier) && !isMD5(algorithm) {
			return &ChallengeError{c.Scheme, "algorithm", algorithm,
				"comes after MD5", "list the strongest first", "RFC 7616 §3.7"}
		}
	}
	return nil
}

func digestAlgorithm(c Challenge) string {
	if a, ok := c.Get("algorithm"); ok {
		return a
	}
	return "MD5" // the default (RFC 7616 §3.3)
}

func isMD5(algorithm string) bool {
	return len(algorithm) >= 3 && strings.EqualFold(algorithm[:3], "MD5")
}

// The checks of values. Each has seen nothing but printable ASCII and tabs,
// and says what is wrong, or "".

func isSomething(v string) (wrong, fix string) {
	if v == "" {
		return "empty", "give it a value or leave it out"
	}
	return "", ""
}

func isOne(v string) (wrong, fix string) {
	if v != "1" {
		return "not a version there is", "write 1"
	}
	return "", ""
}

func isUTF8(v string) (wrong, fix string) {
	if !strings.EqualFold(v, "UTF-8") {
		return "not the one charset allowed", "write UTF-8 or leave it out"
	}
	return "", ""
}

func isBool(v string) (wrong, fix string) {
	if !strings.EqualFold(v, "true") && !strings.EqualFold(v, "false") {
		return "neither true nor false", "write one of them"
	}
	return "", ""
}

func isToken(v string) (wrong, fix string) {
	if !httpfield.IsToken(v) {
		return "not a token", "use letters, digits and -._"
	}
	return "", ""
}

func isDigits(v string) (wrong, fix string) {
	if v == "" || strings.Trim(v, "0123456789") != "" {
		return "not a whole number of seconds", "write digits only, such as 300"
	}
	return "", ""
}

func isScope(v string) (wrong, fix string) {
	if v == "" || v[0] == ' ' || v[len(v)-1] == ' ' || strings.Contains(v, "  ") {
		return "not words with one space between", "write them as in \"read write\", or leave it out"
	}
	return isErrorText(v)
}

func isErrorText(v string) (wrong, fix string) {
	if v == "" {
		return "empty", "give it a value or leave it out"
	}
	if strings.ContainsAny(v, "\"\\\t") {
		return `holds a tab, a " or a \`, "write it without: clients need not understand it escaped"
	}
	return "", ""
}

func isErrorURI(v string) (wrong, fix string) {
	if href.IsPlain(v) {
		return "", ""
	}
	if u := parseURI(v); u == nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" {
		return badAddress(v, "not the absolute URL of a page", "write it as https://…")
	}
	return "", ""
}

// parseURI returns nil where v is no URI reference, or has a port that there is
// not. net/url alone lets through what must be percent-encoded.
func parseURI(v string) *url.URL {
	if !href.IsURI(v) {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil {
		return nil
	}
	if port := u.Port(); port != "" {
		if _, err := strconv.ParseUint(port, 10, 16); err != nil {
			return nil
		}
	}
	return u
}

// badAddress returns what is wrong with v. Who writes {return_to} into it, as
// into the Href of a step, would see it sent as it stands.
func badAddress(v, wrong, fix string) (string, string) {
	if strings.ContainsAny(v, "{}") {
		return "holds a brace", "percent-encode it; in a challenge of a Reason, one placeholder can be the whole value, and no part of it"
	}
	return wrong, fix
}

func isAbsoluteURI(v string) (wrong, fix string) {
	if href.IsPlain(v) {
		return "", ""
	}
	if u := parseURI(v); u == nil || !u.IsAbs() {
		return badAddress(v, "not an absolute URI", "write it as https://…")
	}
	return "", ""
}

// isSecureURL wants https. Without TLS a stranger on the network could name
// another authorization server; on this machine there is none, and developers
// use http there.
func isSecureURL(v string) (wrong, fix string) {
	if href.IsPlain(v) {
		return "", ""
	}
	u := parseURI(v)
	if u == nil || u.Hostname() == "" || u.Fragment != "" || u.User != nil {
		return badAddress(v, "not an absolute URL", "write it as https://…, without user and fragment")
	}
	if u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()) {
		return "", ""
	}
	return "not an https URL", "use https; http is for localhost only"
}

func isLoopback(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.IsLoopback()
	}
	host = strings.ToLower(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") // RFC 6761 §6.3
}

// isLocation wants a path of this site or an https URL, by the rules for the
// Href of a step. Browsers read // and /\ as the beginning of another site.
func isLocation(v string) (wrong, fix string) {
	if !strings.HasPrefix(v, "/") {
		if wrong, fix = isSecureURL(v); wrong != "" {
			return wrong, fix
		}
	}
	if href.Check(v) != nil {
		return badAddress(v, "not a path of this site or an https URL that leads where it says", "write it as /sign-in, percent-encoded and without . and .. as segments")
	}
	return "", ""
}

func isAlgs(v string) (wrong, fix string) {
	if wrong, fix = isScope(v); wrong != "" {
		return wrong, fix
	}
	for alg := range strings.SplitSeq(v, " ") {
		if alg == "none" || strings.HasPrefix(alg, "HS") {
			return fmt.Sprintf("%s is not a signature with a private key", alg), "leave it out (RFC 9449 §4.3)"
		}
	}
	return "", ""
}

func isQop(v string) (wrong, fix string) {
	some := false
	for q := range strings.SplitSeq(v, ",") {
		if q = strings.Trim(q, " \t"); q == "" {
			continue
		}
		if some = true; !httpfield.IsToken(q) {
			return "not a list of tokens", `write "auth" or "auth, auth-int"`
		}
	}
	if !some {
		return "empty", `write "auth" or "auth, auth-int"`
	}
	return "", ""
}

func isDigestAlgorithm(v string) (wrong, fix string) {
	base := strings.ToUpper(v)
	base = strings.TrimSuffix(base, "-SESS")
	if base != "SHA-256" && base != "SHA-512-256" && base != "MD5" {
		return "not a registered algorithm", "use SHA-256, SHA-512-256 or MD5, or one of them with -sess"
	}
	return "", ""
}

func isURIList(v string) (wrong, fix string) {
	for f := range strings.FieldsSeq(v) {
		if parseURI(f) == nil {
			return badAddress(v, "not a list of URIs", "write them with a space between")
		}
	}
	return isSomething(strings.TrimSpace(v))
}

func isMutualReason(v string) (wrong, fix string) {
	switch v {
	case "initial", "stale-session", "auth-failed", "reauth-needed", "invalid-parameters",
		"internal-error", "user-unknown", "invalid-credential", "authz-failed":
		return "", ""
	}
	return "not a reason this scheme has", "begin with initial"
}

// isBase64URL takes padding or none, and dots, which examples use for what they
// leave out. What it is for are + and /, the signs of the other alphabet.
func isBase64URL(v string) (wrong, fix string) {
	if !httpfield.IsToken68(v) || strings.ContainsAny(v, "+/~") {
		return "not base64url", "encode it with base64.URLEncoding"
	}
	return "", ""
}

func isUnpaddedBase64URL(v string) (wrong, fix string) {
	if wrong, _ = isBase64URL(v); wrong != "" || strings.HasSuffix(v, "=") {
		return "not base64url without padding", "encode it with base64.RawURLEncoding"
	}
	return "", ""
}

func isBase64(v string) (wrong, fix string) {
	if !httpfield.IsToken68(v) || strings.ContainsAny(v, "-._~") {
		return "not base64", "encode it with base64.StdEncoding"
	}
	return "", ""
}

func isPaymentMethod(v string) (wrong, fix string) {
	if v == "" || strings.Trim(v, "abcdefghijklmnopqrstuvwxyz0123456789-:") != "" {
		return "not a payment method", "write it in lower case, such as \"stripe\""
	}
	return "", ""
}

func isPaymentIntent(v string) (wrong, fix string) {
	for i := 0; i < len(v); i++ {
		if c := v[i] | 0x20; (c < 'a' || c > 'z') && (v[i] < '0' || v[i] > '9') && v[i] != '-' {
			return "not a payment intent", "write a registered one, such as \"charge\""
		}
	}
	return isSomething(v)
}

func isTimestamp(v string) (wrong, fix string) {
	if _, err := time.Parse(time.RFC3339, v); err != nil {
		return "not a date and time of RFC 3339", "write it as 2006-01-02T15:04:05Z"
	}
	return "", ""
}
