package render

import (
	"net/url"
	"path"
	"strings"

	"github.com/denial-go/denial/internal/href"
)

// maxReturnTo bounds what {return_to} may bring into an address: browsers and
// proxies cut or refuse addresses much longer than this, and it comes back in
// every step.
const maxReturnTo = 2000

// returnTarget returns the path and query that {return_to} may stand for, or
// "" where the request is none that a person could go back to. Whatever it
// returns starts with one slash and names no host, in any reading that
// browsers are known for: they drop tabs and line ends, and take \ for /.
func returnTarget(req *Request) string {
	if req.Method != "GET" && req.Method != "HEAD" && req.Method != "" {
		return ""
	}
	if mode := field(req.Header, "Sec-Fetch-Mode"); mode != "" && mode != "navigate" {
		return ""
	}
	if field(req.Header, "X-Requested-With") != "" {
		return ""
	}
	return safeTarget(req.Target)
}

func safeTarget(t string) string {
	if _, ok := plainTarget(t); ok {
		return t
	}
	if len(t) > maxReturnTo || len(t) == 0 || t[0] != '/' {
		return ""
	}
	// Browsers escape what may not stand in a URI; who does not has no page to
	// go back to.
	if !href.IsURI(t) || strings.Contains(t, "#") {
		return ""
	}
	p, _, _ := strings.Cut(t, "?")
	plain, err := url.PathUnescape(p)
	if err != nil {
		return ""
	}
	// An application may unescape once more than it should, or take out dot
	// segments, which can leave // at the start.
	if strings.HasPrefix(plain, "//") || strings.ContainsAny(plain, "\\\x00\t\r\n") || href.HasDotSegment(p) || href.HasDotSegment(plain) {
		return ""
	}
	return t
}

// plainTarget reports whether t is a path and query with nothing in them that
// could be read in two ways, as most are, and where the path ends.
func plainTarget(t string) (end int, ok bool) {
	if len(t) > maxReturnTo || len(t) == 0 || t[0] != '/' {
		return 0, false
	}
	for end < len(t) && t[end] != '?' {
		c := t[end]
		if !href.IsPlainByte(c) || c == '/' && (end+1 < len(t) && t[end+1] == '/' || href.MayLeadUp(t[end+1:])) {
			return 0, false
		}
		end++
	}
	for i := end; i < len(t); i++ {
		if !href.IsPlainByte(t[i]) {
			return 0, false
		}
	}
	return end, true
}

// samePage reports whether address leads to the page that target is, so that
// returning there would go round in a circle.
//
// An address on another host counts too: it may be this one's own name.
func samePage(address, target string) bool {
	page := returnPage(address)
	return page != "" && page == pagePath(target)
}

// returnPage returns the path of an address, and "" where it has none that a
// target could be.
func returnPage(address string) string {
	if _, rest, ok := strings.Cut(address, "://"); ok {
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			return ""
		}
		address = rest[i:]
	}
	if address == "" || address[0] != '/' {
		return ""
	}
	return pagePath(address)
}

func pagePath(s string) string {
	if end, ok := plainTarget(s); ok {
		if end > 1 && s[end-1] == '/' {
			end--
		}
		return s[:end]
	}
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i]
	}
	if plain, err := url.PathUnescape(s); err == nil {
		s = plain
	}
	return path.Clean(s)
}
