package denyoapi

import (
	"context"
	"net"
	"net/url"
	"syscall"
)

// outage reports whether err says that somebody could not be reached. What only
// parses an address, which may stand in a token, returns a net.Error too.
func outage(err error) bool {
	switch e := err.(type) {
	case *url.Error:
		return e == nil || e.Op != "parse"
	case *net.ParseError, *net.AddrError:
		return false
	case syscall.Errno: // of a file, say, whose name stood in what was sent, and which is not there
		return e.Temporary() || e == syscall.ECONNREFUSED || e == syscall.ECONNRESET
	case net.Error: // context.DeadlineExceeded is one too
		return true
	}
	return same(err, context.Canceled) || same(err, context.DeadlineExceeded)
}
