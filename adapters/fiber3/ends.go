package denyfiber3

// ends reports whether err's tree has an end. Package errors does not ask, and
// would go round in one that has a cycle in it.
func ends(err error) (ok bool) {
	defer func() {
		if recover() != nil { // a method that is not ours: package errors stops there as well
			ok = true
		}
	}()
	left := 1 << 14 // far more than anybody joins
	return endsWithin(err, &left)
}

func endsWithin(err error, left *int) bool {
	if *left--; *left < 0 {
		return false
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return endsWithin(e.Unwrap(), left)
	case interface{ Unwrap() []error }:
		for _, err := range e.Unwrap() {
			if !endsWithin(err, left) {
				return false
			}
		}
	}
	return true
}
