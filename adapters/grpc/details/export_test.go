package denydetails

// Holes is holes, for tests.
func Holes(text string) []string { return holes(text) }

// Plain is plain, for tests.
func Plain(v any) any { return plain(v) }
