package denytwirp

// Of an error tree that never ends, this many errors are looked at, this deep.
const (
	maxNodes = 1 << 14
	maxDepth = 64
)

// walk calls stop for each error in the tree, in the order of package errors,
// until it returns true, and reports whether it came to an end. Unlike package
// errors it survives errors of which nothing is known: cycles, and methods that
// panic.
func walk(err error, stop func(error) bool) (end bool) {
	nodes := 0
	end = true
	var step func(err error, depth int) bool
	step = func(err error, depth int) bool {
		if err == nil {
			return false
		}
		if nodes++; nodes > maxNodes || depth > maxDepth {
			end = false
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
	return end
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

// is reports whether target is in the tree.
func is(err, target error) (found bool) {
	walk(err, func(e error) bool {
		found = e == target
		return found
	})
	return found
}

// ends reports whether the tree has an end.
func ends(err error) bool { return walk(err, func(error) bool { return false }) }
