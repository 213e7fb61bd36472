package denyoapi

import (
	"context"
	"net"
	"net/url"
)

// outage reports whether err says that somebody could not be reached. What only
// parses an address, which may stand in a token, returns a net.Error too.
func outage(err error) bool {
	switch e := err.(type) {
	case *url.Error:
		return e == nil || e.Op != "parse"
	case *net.ParseError, *net.AddrError:
		return false
	case net.Error: // context.DeadlineExceeded is one too
		return true
	}
	return same(err, context.Canceled) || same(err, context.DeadlineExceeded)
}
