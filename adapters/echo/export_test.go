package denyecho

// Reason is for comparing with what the adapter makes of a status.
var Reason = reason
