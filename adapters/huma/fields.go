package denyhuma

import (
	"errors"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/denial-go/denial/problem"
)

// fieldsIn returns a copy of the header fields that huma.ErrorWithHeaders gave
// to err, those of the first error that has any. A Cause is for logs, with all
// that it holds, and what a Cloak hides must not be seen in a field either: so
// errors.As, as huma uses it, would find too much.
func fieldsIn(err error) (fields http.Header) {
	defer func() { _ = recover() }() // methods that are not ours
	nodes := 0
	var look func(err error, depth int) bool
	look = func(err error, depth int) bool {
		if nodes++; err == nil || nodes > maxNodes || depth > maxDepth {
			return false
		}
		switch e := err.(type) {
		case *problem.Problem:
			return false
		case *Error:
			return look(e.Err, depth+1) // its own are of another answer
		case huma.HeadersError:
			fields = e.GetHeaders().Clone()
			return true
		}
		if hides(err) {
			return false
		}
		switch e := err.(type) {
		case interface{ Unwrap() error }:
			return look(e.Unwrap(), depth+1)
		case interface{ Unwrap() []error }:
			for _, inner := range e.Unwrap() {
				if look(inner, depth+1) {
					return true
				}
			}
		}
		return false
	}
	look(err, 0)
	return fields
}

// Of an error that never ends, this many errors are looked at, this deep.
const (
	maxNodes = 1 << 14
	maxDepth = 64
)

// cloak is the type of what problem.Cloak returns.
var cloak = reflect.TypeOf(problem.Cloak(nil))

// hides reports whether err is a Cloak, or stands for one by its method As.
func hides(err error) bool {
	if reflect.TypeOf(err) == cloak {
		return true
	}
	if _, ok := err.(interface{ As(any) bool }); !ok {
		return false
	}
	// Joined with what is answered before it, only a Cloak is a NotFound.
	return problem.From(errors.Join(problem.SignInRequired, err)).Reason == problem.NotFound
}
