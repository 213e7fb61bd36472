package denyfasthttp

// Target is target, for tests.
func Target(uri string) string { return string(target([]byte(uri))) }
