package denygoa

import "errors"

// as is errors.AsType for errors that may have methods that panic, as those of
// a nil pointer do: the request stays denied.
func as[E error](err error) (e E, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return errors.AsType[E](err)
}
