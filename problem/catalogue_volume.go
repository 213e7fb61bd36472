package problem

// Too much was asked for, or by somebody who is not trusted. Those that time
// ends take it from Problem.RetryAfter, which is sent and also fills
// {retry_after}: see [RetryIn].

// RateLimited: too many requests in a short time. Status 429 (RFC 6585 §4).
// Args: retry_after, which is Problem.RetryAfter: set that.
var RateLimited = Reason{&definition{
	code: "rate-limited", status: 429,
	title:  "Too many requests",
	detail: "There were too many requests in a short time. Please wait a little.[ Try again {retry_after}.]",
	next: []step{
		{kind: Wait, params: []Param{{"retry_after", "{retry_after}"}}},
		{kind: RaiseLimit},
	},
}}

// QuotaExhausted: what the plan or project may use, in a month or at all, is
// used up. Status 403. Args: quota, its name; retry_after, where it is renewed,
// which is Problem.RetryAfter: set that.
var QuotaExhausted = Reason{&definition{
	code: "quota-exhausted", status: 403,
	title:  "Usage limit reached",
	detail: "Your usage limit is reached[: {quota}]. Ask for a higher limit, or free some space.[ Try again {retry_after}.]",
	next: []step{
		{kind: RaiseLimit, params: []Param{{"quota", "{quota}"}}},
		{kind: FreeSpace},
		{kind: Wait, params: []Param{{"retry_after", "{retry_after}"}}},
	},
}}

// AbnormalUsage: the requests look like those of an attack or a runaway
// program. Status 429. Args: retry_after, which is Problem.RetryAfter: set that.
var AbnormalUsage = Reason{&definition{
	code: "abnormal-usage", status: 429,
	title:  "Unusual activity",
	detail: "There was unusual activity, so requests are limited for now. If you think this is a mistake, contact support.[ Try again {retry_after}.]",
	next: []step{
		{kind: SlowDown, params: []Param{{"retry_after", "{retry_after}"}}},
		{kind: ContactSupport},
	},
}}

// Overloaded: the service has more to do than it can. Status 503 (RFC 9110
// §15.6.4). Args: retry_after, which is Problem.RetryAfter: set that.
var Overloaded = Reason{&definition{
	code: "overloaded", status: 503,
	title:  "The service is very busy",
	detail: "The service is very busy at the moment. Please wait a little.[ Try again {retry_after}.]",
	next: []step{
		{kind: Wait, params: []Param{{"retry_after", "{retry_after}"}}},
		{kind: StatusPage},
	},
}}

// HumanCheckRequired: it is to be shown that a person is there. Status 403. A
// Privacy Pass challenge can go along in Problem.Challenges: see
// [PrivateToken] (RFC 9577).
var HumanCheckRequired = Reason{&definition{
	code: "human-check-required", status: 403,
	title:  "Show that you are a person",
	detail: "Before you continue, we need to check that you are a person. This takes a moment.",
	next:   []step{{kind: SolveChallenge}},
}}

// IPBlocked: the network is blocked, or not one of those allowed. Status 403.
var IPBlocked = Reason{&definition{
	code: "ip-blocked", status: 403,
	title:  "This network is not allowed",
	detail: "Access from your network is not allowed here. Use another network, or contact your administrator.",
	next:   []step{{kind: ChangeNetwork}, {kind: ContactAdmin}},
}}

// ClientBanned: this browser or program is not served. Status 403. Give the
// reference to quote in Problem.Instance.
var ClientBanned = Reason{&definition{
	code: "client-banned", status: 403,
	title:  "This app or browser is blocked",
	detail: "The app or browser you are using is blocked here. If you think this is a mistake, contact support.",
	next:   []step{{kind: ContactSupport}},
}}
