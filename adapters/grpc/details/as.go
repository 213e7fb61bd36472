package denydetails

// As is errors.AsType for errors of handlers, about which nothing is known: it
// ends on a tree with a cycle in it, and takes an error whose Unwrap panics for
// one that holds nothing. Methods As of errors are not asked.
func As[E any](err error) (found E, ok bool) {
	walk(err, func(e error) bool {
		found, ok = e.(E)
		return ok
	})
	return found, ok
}

// Is is errors.Is in the same way, for a target that is comparable. Methods Is
// of errors are not asked.
func Is(err, target error) (ok bool) {
	walk(err, func(e error) bool {
		ok = e == target
		return ok
	})
	return ok
}

// Ends reports whether err's tree has an end that package errors gets to soon
// enough. What comes of an error that has none must not wrap it, where somebody
// asks errors.Is later.
func Ends(err error) bool { return walk(err, func(error) bool { return false }) }

// Of a tree that never ends, this many errors are looked at, this deep.
const (
	maxNodes = 1 << 14
	maxDepth = 64
)

// walk calls stop for each error in the tree, in the order of package errors,
// until it returns true, and reports whether it came to an end.
func walk(err error, stop func(error) bool) (ends bool) {
	nodes := 0
	ends = true
	var step func(err error, depth int) bool
	step = func(err error, depth int) bool {
		if err == nil {
			return false
		}
		if nodes++; nodes > maxNodes || depth > maxDepth {
			ends = false
			return false
		}
		if stop(err) {
			return true
		}
		several, one := unwrap(err)
		if one != nil {
			return step(one, depth+1)
		}
		for _, e := range several {
			if step(e, depth+1) {
				return true
			}
		}
		return false
	}
	step(err, 0)
	return ends
}

func unwrap(err error) (several []error, one error) {
	defer func() { _ = recover() }() // a method that is not ours
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		one = e.Unwrap()
	case interface{ Unwrap() []error }:
		several = e.Unwrap()
	}
	return several, one
}
