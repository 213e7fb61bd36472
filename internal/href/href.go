// Package href says where a step may lead: to http and https addresses, to
// mailto and tel, and to paths of the same site. Nothing that runs (javascript,
// data), and nothing that looks like a path but names another host.
package href

import (
	"errors"
	"net/url"
	"strings"
)

const want = "want a path such as /sign-in, or an http, https, mailto or tel address"

// Check reports what is wrong with s. Whoever fills {placeholders} does so
// first: a brace is a mistake here.
func Check(s string) error {
	if s == "" {
		return errors.New("it is empty; " + want)
	}
	for i := 0; i < len(s); i++ {
		// The bytes that RFC 3986 leaves out of a URI. Browsers turn \ into
		// / and drop tabs and newlines, which makes paths into hosts.
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0 {
			return errors.New("it holds a character that must be percent-encoded; " + want)
		}
	}
	if s[0] == '/' {
		if strings.HasPrefix(s, "//") {
			return errors.New("a path that begins with // names another host; " + want)
		}
		if _, err := url.Parse(s); err != nil {
			return errors.New("it is no valid path; " + want)
		}
		return nil
	}
	u, err := url.Parse(s)
	if err != nil {
		return errors.New("it is no valid address; " + want)
	}
	switch u.Scheme {
	case "http", "https":
		if u.Host == "" || u.Opaque != "" {
			return errors.New("it names no host; " + want)
		}
		if u.User != nil {
			return errors.New("it holds a user name or password; leave them out")
		}
	case "mailto", "tel":
		if u.Opaque == "" {
			return errors.New("it names nobody; " + want)
		}
	case "":
		return errors.New("it is relative to the denied page; " + want)
	default:
		return errors.New("its scheme is not allowed; " + want)
	}
	return nil
}

// Escape percent-encodes value for any place inside a URI: all but the
// unreserved characters (RFC 3986 §2.3) are encoded.
func Escape(value string) string {
	const hex = "0123456789ABCDEF"
	plain := true
	for i := 0; i < len(value); i++ {
		plain = plain && unreserved(value[i])
	}
	if plain {
		return value
	}
	out := make([]byte, 0, len(value)*3)
	for i := 0; i < len(value); i++ {
		if c := value[i]; unreserved(c) {
			out = append(out, c)
		} else {
			out = append(out, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(out)
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}
