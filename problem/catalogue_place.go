package problem

// The law, the place or the time stands in the way.

// GeoBlocked: not offered in this country or region, for business reasons.
// Status 403. Args: region, where the person seems to be.
var GeoBlocked = Reason{&definition{
	code: "geo-blocked", status: 403,
	title:  "Not available in your region",
	detail: "This is not available in your region[: {region}]. There may be another site for your region.",
	next:   []step{{kind: UseRegionSite}, {kind: ReadPolicy}},
}}

// LegalBlock: a legal demand. Status 451 (RFC 7725). Args: authority, who
// demands it, and legal_basis, by which law, both of which a reader should be
// told (§3); blocked_by, a URI that identifies who carries it out, sent in the
// Link field (§4).
var LegalBlock = Reason{&definition{
	code: "legal-block", status: 451,
	title:  "Not available for legal reasons",
	detail: "Because of a legal demand, we cannot provide this.[ Demand made by: {authority}.][ Legal basis: {legal_basis}.]",
	fields: []Param{{"Link", `<{blocked_by}>; rel="blocked-by"`}},
	next:   []step{{kind: ReadLegalNotice}, {kind: Appeal}},
}}

// AgeRestricted: only for people of some age. Status 403. Args: age, in years.
var AgeRestricted = Reason{&definition{
	code: "age-restricted", status: 403,
	title:  "Age check needed",
	detail: "There is a minimum age for this[: {age}]. Verify your age to continue.",
	next:   []step{{kind: VerifyAge, params: []Param{{"age", "{age}"}}}},
}}

// Sanctions: the law forbids to serve this person, organization or country.
// Status 403; where a demand names what to block, use [LegalBlock].
var Sanctions = Reason{&definition{
	code: "sanctions", status: 403,
	title:  "We cannot offer you this",
	detail: "For legal reasons, we cannot provide this service to you. If you think this is a mistake, contact support.",
	next:   []step{{kind: ContactSupport}},
}}

// OutsideHours: not open yet, or not at this time of day. Status 403. Args:
// until, when it opens; retry_after, how long that is, which is
// Problem.RetryAfter: set that.
var OutsideHours = Reason{&definition{
	code: "outside-hours", status: 403,
	title:  "Not open at the moment",
	detail: "This is only open at certain times.[ Opens: {until}.][ Try again {retry_after}.]",
	next: []step{
		{kind: Wait, params: []Param{{"retry_after", "{retry_after}"}, {"until", "{until}"}}},
		{kind: NotifyMe},
	},
}}

// Maintenance: the service is being worked on. Status 503 (RFC 9110 §15.6.4).
// Args: until, when it should be back; retry_after, how long that is, which is
// Problem.RetryAfter: set that.
var Maintenance = Reason{&definition{
	code: "maintenance", status: 503,
	title:  "Maintenance in progress",
	detail: "We are working on the service. It will be back soon.[ Try again {retry_after}.]",
	next: []step{
		{kind: Wait, params: []Param{{"retry_after", "{retry_after}"}, {"until", "{until}"}}},
		{kind: StatusPage},
	},
}}
