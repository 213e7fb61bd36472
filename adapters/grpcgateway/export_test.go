package denygrpcgateway

// StatusReason is for tests.
var StatusReason = statusReason
