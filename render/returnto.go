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
func (s *site) returnTarget(req *Request) string {
	if !mayReturn(req) {
		return ""
	}
	_, target, _ := s.appendTarget(nil, req.Target)
	return target
}

// mayReturn reports whether a person could go back to what the request is for.
func mayReturn(req *Request) bool {
	if req.Method != "GET" && req.Method != "HEAD" && req.Method != "" {
		return false
	}
	// A page that loads others by script or through a service worker asks for
	// them as the browser does, and nobody else asks for XHTML.
	return !req.insidePage() || names(req.Header["Accept"], "application", "xhtml")
}

// appendTarget returns what {return_to} stands for where t was asked for, and
// appends it as it stands in a query. plain is where its path ends, if nothing in
// it could be read in two ways.
func (s *site) appendTarget(dst []byte, t string) (escaped []byte, target string, plain int) {
	escaped, plain, ok := appendPlainTarget(dst, t)
	if !ok {
		t = safeTarget(t)
		escaped = href.AppendEscaped(dst, t)
	}
	if hasToken(t[plain:]) {
		return dst, "", 0 // it is not to get into an address of somebody else
	}
	if s.prefix != "" && t != "" {
		t = s.prefix + t
		if escaped = href.AppendEscaped(dst, t); plain > 0 {
			plain += len(s.prefix)
		}
	}
	return escaped, t, plain
}

func safeTarget(t string) string {
	if len(t) > maxReturnTo || len(t) == 0 || t[0] != '/' || strings.Contains(t, "#") {
		return ""
	}
	// In a path, browsers escape what may not stand in a URI; who does not has no
	// page to go back to. In a query they leave some of it (URL §1.3).
	p, _, _ := strings.Cut(t, "?")
	if !href.IsURI(p) {
		return ""
	}
	if t = p + href.URI(t[len(p):]); len(t) > maxReturnTo {
		return ""
	}
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

// appendPlainTarget appends t percent-encoded where it is a path and query with
// nothing in them that could be read in two ways, as most are, and tells where the
// path ends. It reads each byte once.
func appendPlainTarget(dst []byte, t string) (out []byte, end int, ok bool) {
	if len(t) > maxReturnTo || len(t) == 0 || t[0] != '/' {
		return dst, 0, false
	}
	out, end = dst, len(t)
	for i := 0; i < len(t); i++ {
		c := t[i]
		if href.IsUnreserved(c) {
			out = append(out, c)
			continue
		}
		switch {
		case c == '?':
			end = min(end, i)
		case c == '/' && i < end && (i+1 < len(t) && t[i+1] == '/' || href.MayLeadUp(t[i+1:])), !href.IsPlainByte(c):
			return dst, 0, false
		}
		out = href.AppendEscape(out, c)
	}
	return out, end, true
}

// samePage reports whether address leads to the page that target is, so that
// returning there would go round in a circle.
//
// An address on another host counts too: it may be this one's own name.
func samePage(address, target string) bool {
	page := returnPage(address)
	return page != "" && page == pagePath(target, 0)
}

// returnPage returns the path of an address, and "" where it has none that a
// target could be.
func returnPage(address string) string {
	if scheme, rest, ok := strings.Cut(address, "://"); ok && !strings.ContainsAny(scheme, "/?#") {
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			return ""
		}
		address = rest[i:]
	}
	if address == "" || address[0] != '/' {
		return ""
	}
	return pagePath(address, 0)
}

// pagePath returns the path of a path and query, without what does not change
// the page. plain is where it ends if that is known: see returnTarget.
func pagePath(s string, plain int) string {
	if plain > 1 && s[plain-1] == '/' {
		plain--
	}
	if plain > 0 {
		return s[:plain]
	}
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i]
	}
	if plain, err := url.PathUnescape(s); err == nil {
		s = plain
	}
	return path.Clean(s)
}

// pages are those that an address can lead to, by the path of the address: all
// that begin and end alike where there is a placeholder in it.
type pages struct {
	begin, end string
	many       bool
}

func pagesOf(template string) pages {
	page := returnPage(template)
	begin, rest, many := strings.Cut(page, "{")
	if !many {
		return pages{begin: page}
	}
	end := rest[strings.LastIndexByte(rest, '}')+1:]
	return pages{strings.TrimSuffix(begin, "/"), strings.TrimSuffix(end, "/"), true}
}

// mayLeadTo reports whether one of the addresses can lead to page.
func mayLeadTo(all []pages, page string) bool {
	for _, p := range all {
		if page == p.begin || p.many && strings.HasPrefix(page, p.begin) && strings.HasSuffix(page, p.end) {
			return true
		}
	}
	return false
}
