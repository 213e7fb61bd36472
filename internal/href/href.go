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
	switch {
	case s == "":
		return errors.New("it is empty; " + want)
	case !IsURI(s):
		return errors.New("it holds a character that must be percent-encoded; " + want)
	case strings.HasPrefix(s, "//"):
		return errors.New("a path that begins with // names another host; " + want)
	}
	u, err := url.Parse(s)
	if err != nil {
		return errors.New("it is no valid address; " + want)
	}
	switch u.Scheme {
	case "":
		if s[0] != '/' {
			return errors.New("it is relative to the denied page; " + want)
		}
	case "http", "https":
		if u.Hostname() == "" {
			return errors.New("it names no host; " + want)
		}
		if !IsURI(u.Host) || strings.Contains(u.Host, "%") { // net/url has undone the escapes
			return errors.New("its host is percent-encoded; write it in ASCII, as xn--… for other letters")
		}
		if u.User != nil {
			return errors.New("it holds a user name or password; leave them out")
		}
	case "mailto", "tel":
		if u.Opaque == "" {
			return errors.New("it names nobody; " + want)
		}
		return nil
	default:
		return errors.New("its scheme is not allowed; " + want)
	}
	if HasDotSegment(u.EscapedPath()) {
		// Most likely a value filled in: /teams/{team}/leave with ".." in it
		// would be /leave.
		return errors.New("a path with . or .. in it leads elsewhere than it says; write out where it leads")
	}
	return nil
}

// IsURI reports whether s holds only what may stand in a URI reference (RFC
// 3986 §2), and % only before two hex digits. What is left out matters:
// browsers read \ as / and drop tabs and line ends, which makes hosts of
// paths.
func IsURI(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !uriByte[c] || c == '%' && (i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2])) {
			return false
		}
	}
	return true
}

// URI returns s with what may not stand in a URI reference percent-encoded.
func URI(s string) string {
	if IsURI(s) {
		return s
	}
	var out []byte
	for i := 0; i < len(s); i++ {
		if c := s[i]; uriByte[c] && (c != '%' || IsURI(s[i:min(i+3, len(s))])) {
			out = append(out, c)
		} else {
			out = AppendEscape(out, c)
		}
	}
	return string(out)
}

// IsPlain reports whether s is an https address that Check lets pass and that
// nobody reads in two ways: a host in lower case without a port, then a path and
// a query of bytes that mean themselves, without dot segments. It is a quick
// look that finds most addresses, and not a check: others are good too.
func IsPlain(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		return false
	}
	host := 0
	for host < len(rest) && ('a' <= rest[host] && rest[host] <= 'z' || '0' <= rest[host] && rest[host] <= '9' || rest[host] == '-' || rest[host] == '.') {
		host++
	}
	if host == 0 || host < len(rest) && rest[host] != '/' {
		return false
	}
	for i := host; i < len(rest); i++ {
		if c := rest[i]; !plainByte[c] || c == '/' && MayLeadUp(rest[i+1:]) {
			return false
		}
	}
	return true
}

// MayLeadUp reports whether what follows a slash may be a dot segment. A name
// that only begins with a dot, such as .well-known, is none.
func MayLeadUp(rest string) bool {
	return rest != "" && rest[0] == '.' && (len(rest) == 1 || rest[1] == '.' || rest[1] == '/' || rest[1] == '?')
}

// IsPlainByte reports whether c may stand in a path and a query, and means
// itself (RFC 3986 §3.3, §3.4).
func IsPlainByte(c byte) bool { return plainByte[c] }

// IsUnreserved reports whether c means nothing but itself anywhere in a URI
// (RFC 3986 §2.3).
func IsUnreserved(c byte) bool { return unreservedByte[c] }

// Which bytes may stand in a URI reference, which of them mean nothing but
// themselves anywhere (RFC 3986 §2.3), and which do so in a path and a query.
var uriByte, unreservedByte, plainByte = byteSets()

func byteSets() (uri, unreserved, plain [256]bool) {
	for c := '!'; c <= '~'; c++ {
		uri[c] = !strings.ContainsRune("\"<>\\^`{|}", c)
		unreserved[c] = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune("-._~", c)
	}
	for c := range plain {
		plain[c] = unreserved[c] || strings.ContainsRune("!$&'()*+,;=:@/?", rune(c))
	}
	return uri, unreserved, plain
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// HasDotSegment reports whether a path has a segment that is taken out before
// the path is used (RFC 3986 §5.2.4). Browsers take %2e for a dot.
func HasDotSegment(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		if len(segment) > len("%2e%2e") {
			continue
		}
		switch strings.ReplaceAll(strings.ToLower(segment), "%2e", ".") {
		case ".", "..":
			return true
		}
	}
	return false
}

// Escape percent-encodes value for any place inside a URI: all but the
// unreserved characters (RFC 3986 §2.3) are encoded.
func Escape(value string) string {
	for i := 0; i < len(value); i++ {
		if !unreservedByte[value[i]] {
			return string(AppendEscaped(make([]byte, 0, 3*len(value)), value))
		}
	}
	return value
}

// Addressee returns the name of the placeholder that is all a mailto or tel
// address with placeholders says of whom it leads to, as {owner} in
// "mailto:{owner}?subject=Access"; "" where there is none.
func Addressee(template string) string {
	scheme, rest, _ := strings.Cut(template, ":")
	if !strings.EqualFold(scheme, "mailto") && !strings.EqualFold(scheme, "tel") {
		return ""
	}
	name, rest, _ := strings.Cut(rest, "}")
	if !strings.HasPrefix(name, "{") || rest != "" && rest[0] != '?' {
		return ""
	}
	return name[1:]
}

// EscapeAddressee is Escape but for @ and +, which have to stand as they are in an
// address of mail and a telephone number (RFC 6068 §2, RFC 3966 §3).
func EscapeAddressee(value string) string {
	return strings.ReplaceAll(strings.ReplaceAll(Escape(value), "%40", "@"), "%2B", "+")
}

// AppendEscaped appends what Escape returns.
func AppendEscaped(dst []byte, value string) []byte {
	for i := 0; i < len(value); i++ {
		if c := value[i]; unreservedByte[c] {
			dst = append(dst, c)
		} else {
			dst = AppendEscape(dst, c)
		}
	}
	return dst
}

// AppendEscape appends the percent-encoding of c.
func AppendEscape(dst []byte, c byte) []byte {
	const hex = "0123456789ABCDEF"
	return append(dst, '%', hex[c>>4], hex[c&15])
}
