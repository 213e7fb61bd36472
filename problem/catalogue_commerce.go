package problem

// Something has to be paid for, or bought.

// PaymentRequired: this costs something each time. Status 402. Args: amount,
// as people read it, such as "2.50 EUR"; url, where a person pays; x402, the
// PAYMENT-REQUIRED field of x402. A challenge of the Payment scheme is made by
// whoever takes the payment: see [NeedPayment].
var PaymentRequired = Reason{&definition{
	code: "payment-required", status: 402,
	title:  "Payment needed",
	detail: "A payment is needed for this[: {amount}]. Pay to continue.",
	fields: []Param{{"Payment-Required", "{x402}"}},
	next:   []step{{kind: Pay, href: "{url}"}, {kind: PayAndRetry}},
}}

// SubscriptionRequired: only subscribers may use this. Status 403: without a
// payment to make, 402 would say too much.
var SubscriptionRequired = Reason{&definition{
	code: "subscription-required", status: 403,
	title:  "Subscription needed",
	detail: "This is only open to subscribers. Choose a plan to continue.",
	next:   []step{{kind: UpgradePlan}, {kind: ComparePlans}, {kind: ContactSales}},
}}

// PlanTooLow: there is a plan, and this is not part of it. Status 403. Args:
// plan, one or several that include it. See [NeedPlan].
var PlanTooLow = Reason{&definition{
	code: "plan-too-low", status: 403,
	title:  "Not part of your plan",
	detail: "Your plan does not include this. Change your plan to continue.[ Plan needed: {plan|or}.]",
	next: []step{
		{kind: UpgradePlan, params: []Param{{"plan", "{plan}"}}},
		{kind: ComparePlans},
		{kind: ContactSales},
	},
}}

// BillingProblem: a payment for the account failed or is late. Status 402.
var BillingProblem = Reason{&definition{
	code: "billing-problem", status: 402,
	title:  "There is a billing problem",
	detail: "A payment for this account did not go through. Update the payment details to continue.",
	next:   []step{{kind: UpdateBilling}, {kind: ContactSupport}},
}}

// TrialEnded: the time to try it for free is over. Status 403.
var TrialEnded = Reason{&definition{
	code: "trial-ended", status: 403,
	title:  "Your trial has ended",
	detail: "The free trial is over. Choose a plan to continue.",
	next:   []step{{kind: UpgradePlan}, {kind: ComparePlans}},
}}

// SeatLimitReached: the organization's plan allows no more users. Status 403.
var SeatLimitReached = Reason{&definition{
	code: "seat-limit-reached", status: 403,
	title:  "No room for more users",
	detail: "Your organization has as many users as its plan allows. Ask your administrator to add more.",
	next:   []step{{kind: BuySeats}, {kind: ContactAdmin}},
}}

// FeatureDisabled: the feature exists and is turned off for this organization
// or project. Status 403. Args: feature, its name.
var FeatureDisabled = Reason{&definition{
	code: "feature-disabled", status: 403,
	title:  "This feature is turned off",
	detail: "This feature is turned off for your organization or project[: {feature}]. An administrator can turn it on.",
	next: []step{
		{kind: EnableFeature, params: []Param{{"feature", "{feature}"}}},
		{kind: ContactAdmin},
	},
}}
