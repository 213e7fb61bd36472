package denytwirp

// Reason is for tests.
var Reason = reason
