package denyecho5

// Reason is for comparing with what the adapter makes of a status.
var Reason = reason
