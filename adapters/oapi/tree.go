package denyoapi

import (
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// maxNodes is far more than the middleware makes. A tree with a cycle in it
// ends there, and in errors.Is it would not.
const maxNodes = 1000

// some reports whether is holds for an error in err's tree, in the order of
// package errors. An error whose Unwrap panics, as that of a nil pointer does,
// holds nothing: the request stays denied.
func some(err error, is func(error) bool) bool {
	nodes := 0
	var walk func(error) bool
	walk = func(err error) bool {
		if nodes++; err == nil || nodes > maxNodes {
			return false
		}
		return is(err) || slices.ContainsFunc(children(err), walk)
	}
	return walk(err)
}

func children(err error) []error {
	defer func() { _ = recover() }() // a method that is not ours
	switch e := err.(type) {
	case openapi3.MultiError: // has Is and As, and no Unwrap
		return e
	case interface{ Unwrap() error }:
		return []error{e.Unwrap()}
	case interface{ Unwrap() []error }:
		return e.Unwrap()
	}
	return nil
}

// as is errors.AsType for such trees.
func as[E error](err error) (found E, ok bool) {
	some(err, func(err error) bool {
		found, ok = err.(E)
		return ok
	})
	return found, ok
}

// is is errors.Is for such trees.
func is(err, target error) bool {
	return some(err, func(err error) bool { return err == target })
}

// same reports whether err says that it is target.
func same(err, target error) bool {
	defer func() { _ = recover() }()
	if err == target {
		return true
	}
	e, ok := err.(interface{ Is(error) bool })
	return ok && e.Is(target)
}
