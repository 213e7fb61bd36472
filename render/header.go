package render

import (
	"maps"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"github.com/denial-go/denial/internal/httpfield"
	"github.com/denial-go/denial/problem"
)

// header returns the header fields of an answer: the same for every form, but
// for what a browser needs of a page. ours says that the page is the built-in
// one.
func (d *decision) header(req *Request, v *View, contentType string, length int, ours bool) http.Header {
	h := make(http.Header, 8)
	h["Content-Type"] = []string{contentType}
	h["Content-Length"] = []string{strconv.Itoa(length)}
	h["Content-Language"] = []string{v.Language}
	h["Cache-Control"] = []string{"no-store"}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	if len(d.challenges) > 0 {
		lines := make([]string, len(d.challenges))
		for i, c := range d.challenges {
			lines[i] = c.String()
		}
		if d.status == http.StatusProxyAuthRequired {
			h["Proxy-Authenticate"] = lines
		} else {
			h["Www-Authenticate"] = lines
		}
	}
	if d.retryAfter != "" {
		h["Retry-After"] = []string{d.retryAfter}
	}
	for _, f := range d.fields {
		h.Add(f.Name, f.Value)
	}
	for i := range v.Next {
		// An address with the denied page in it stays out of a field that is
		// logged along the way (RFC 8288 §5).
		if s := &v.Next[i]; s.Rel != "" && s.Href != "" && !s.returns {
			h["Link"] = append(h["Link"], "<"+s.Href+`>; rel="`+s.Rel+`"`)
		}
	}
	vary := "Accept, Accept-Language"
	if d.fetchMode || d.insidePage {
		vary += ", Sec-Fetch-Mode"
	}
	if d.insidePage {
		vary += ", Sec-Fetch-Site, X-Requested-With"
	}
	if field(req.Header, "Origin") != "" {
		if expose := exposed(h); expose != "" {
			h["Access-Control-Expose-Headers"] = []string{expose}
			vary += ", Origin"
		}
	}
	h["Vary"] = []string{vary}
	if strings.HasPrefix(contentType, "text/html") {
		h["Content-Security-Policy"] = []string{v.contentSecurityPolicy()}
		if !ours {
			// The built-in page says both itself, which browsers and search engines
			// heed alike, and which holds in a part of a multipart body too. As
			// fields they would be the ninth and tenth of a 401: a header map has
			// room for eight before it grows, and that costs more than all else.
			// With no-referrer, the page's own forms would be sent with Origin: null,
			// which checks against forgery refuse (Fetch, "append a request Origin header").
			h["Referrer-Policy"] = []string{"same-origin"}
			h["X-Robots-Tag"] = []string{"noindex"}
		}
	}
	return h
}

// exposed names the fields that a script of another origin could not read
// otherwise (Fetch §3.3.6).
func exposed(h http.Header) string {
	var names []string
	for _, f := range []struct{ key, name string }{
		{"Www-Authenticate", "WWW-Authenticate"}, {"Link", "Link"}, {"Retry-After", "Retry-After"}, {"Dpop-Nonce", "DPoP-Nonce"},
		{"Payment-Required", "PAYMENT-REQUIRED"}, {"Accept-Signature", "Accept-Signature"}, {"Aauth-Requirement", "AAuth-Requirement"},
	} {
		if h[f.key] != nil {
			names = append(names, f.name)
		}
	}
	return strings.Join(names, ", ")
}

// contentSecurityPolicy lets the built-in page have its style sheet and send
// its forms, and nothing else (CSP 3).
func (v *View) contentSecurityPolicy() string {
	if v.page != nil {
		return "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'self' https:; frame-ancestors 'none'"
	}
	images := ""
	if v.dress().images {
		images = "; img-src data:" // the logo
	}
	return "default-src 'none'; style-src " + v.dress().hash + images + "; base-uri 'none'; form-action " + v.formAction() + "; frame-ancestors 'none'"
}

// formAction lists where the page's forms may lead. Chromium asks it about
// redirects too, and the answer to a form is one more often than not: signing
// in and paying go on at other sites. With 'self' alone, such a button would do
// nothing.
func (v *View) formAction() string {
	sources := ""
	add := func(source string) {
		if !strings.Contains(sources, source+" ") {
			sources += source + " "
		}
	}
	var walk func(v *View)
	walk = func(v *View) {
		for i := range v.Next {
			if s := &v.Next[i]; s.Actionable() && s.Post() {
				add(source(s.Href))
			}
		}
		for _, a := range v.Also {
			walk(a)
		}
	}
	walk(v)
	if sources == "" {
		return "'none'"
	}
	add("https:")
	return strings.TrimSuffix(sources, " ")
}

// source returns the CSP source for an address that has been checked.
func source(address string) string {
	scheme, rest, ok := strings.Cut(address, "://")
	switch {
	case !ok || !strings.EqualFold(scheme, "https") && !strings.EqualFold(scheme, "http"):
		return "'self'"
	case strings.EqualFold(scheme, "https"):
		return "https:"
	}
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	if strings.ContainsAny(rest, ";, '") {
		return "'self'" // no source; the browser will refuse the form
	}
	return scheme + "://" + rest
}

// firstFields are those that stand first where fields have an order. The others
// follow by their names.
var firstFields = [...]string{
	"Content-Type", "Content-Length", "Content-Language", "Cache-Control", "X-Content-Type-Options", "Vary",
	"Access-Control-Expose-Headers", "Content-Security-Policy",
}

// appendHeader appends the lines of h.
func appendHeader(dst []problem.Param, h http.Header) []problem.Param {
	add := func(name string) {
		for _, value := range h[name] {
			dst = append(dst, problem.Param{Name: name, Value: value})
		}
	}
	for _, name := range firstFields {
		add(name)
	}
	var rest []string
	for name := range h {
		if !slices.Contains(firstFields[:], name) {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	for _, name := range rest {
		add(name)
	}
	return dst
}

// send writes an answer to w, beside what the application put there before.
func send(w http.ResponseWriter, resp Response) {
	merge(w.Header(), resp)
	w.WriteHeader(resp.Status)
	if len(resp.Body) > 0 {
		w.Write(resp.Body) // a client that has gone away is no fault
	}
}

// merge puts the fields of an answer into h.
func merge(h http.Header, resp Response) {
	old := clearStale(h, resp.Header.Get("Vary"), resp.Header.Get("Content-Security-Policy"))
	for name, values := range resp.Header {
		if old != 0 {
			mergeField(h, name, values)
		} else {
			h[name] = values
		}
	}
}

// standing says which fields of the application's an answer has to look at.
type standing uint8

const (
	standsVary standing = 1 << iota
	standsCacheControl
	standsEncoding
	standsPolicy
	standsLines // Link or Access-Control-Expose-Headers
)

// clearStale removes what the application has set about the answer that was not
// given: one of those fields left standing would have the denial saved to disk,
// or taken for a fresh copy. It returns what is left for mergeField to look at.
// A field with the very text that the answer has is none of it; vary and policy
// are two of those texts.
//
//go:noinline
func clearStale(h http.Header, vary, policy string) (old standing) {
	odd := false
	for name, values := range h {
		switch name {
		case "Vary":
			if len(values) != 1 || values[0] != vary {
				old |= standsVary
			}
		case "Cache-Control":
			if len(values) != 1 || values[0] != "no-store" {
				old |= standsCacheControl
			}
		case "Content-Security-Policy":
			if len(values) != 1 || values[0] != policy {
				old |= standsPolicy
			}
		case "Content-Encoding":
			old |= standsEncoding
		case "Access-Control-Expose-Headers", "Link":
			old |= standsLines
		case "Content-Disposition", "Content-Location", "Content-Range", "Accept-Ranges",
			"Content-Digest", "Repr-Digest", "Digest", "Content-Md5",
			"Etag", "Last-Modified", "Expires", "Pragma", "Location", "Refresh", "Surrogate-Control",
			"Www-Authenticate", "Proxy-Authenticate", "Retry-After",
			// A server in front of this one would send the file named there.
			"X-Accel-Redirect", "X-Sendfile", "X-Sendfile2", "X-Sendfile-Temporary", "X-Lighttpd-Send-File", "X-Litespeed-Location", "X-Accel-Expires",
			"Edge-Control":
			delete(h, name)
		default:
			// What is meant for one cache overrules Cache-Control (RFC 9213 §2.2).
			if strings.HasSuffix(name, "-Cache-Control") {
				delete(h, name)
			}
			odd = odd || !isCanonical(name)
		}
	}
	if odd && canonicalize(h) {
		return clearStale(h, vary, policy)
	}
	return old
}

// isCanonical reports whether name has capitals where a key of http.Header has
// them. What has them elsewhere is sent as it is, beside the field that it is.
func isCanonical(name string) bool {
	upper := true
	for i := 0; i < len(name); i++ {
		c := name[i]
		if upper && 'a' <= c && c <= 'z' || !upper && 'A' <= c && c <= 'Z' {
			return false
		}
		upper = c == '-'
	}
	return true
}

// canonicalize puts the fields that an answer has, or looks at, under the keys
// where it looks, and reports whether it found any under others.
func canonicalize(h http.Header) (found bool) {
	for name, values := range maps.Clone(h) {
		key := textproto.CanonicalMIMEHeaderKey(name)
		if key == name {
			continue
		}
		alone := http.Header{key: values}
		if !slices.Contains(firstFields[:], key) && clearStale(alone, "", "") == 0 && len(alone) > 0 {
			continue // it is none that an answer has, removes or merges
		}
		found = true
		delete(h, name)
		h[key] = append(slices.Clip(h[key]), values...)
	}
	return found
}

// mergeField puts one field of an answer into h, beside what stands there. The
// names it looks at are those of clearStale.
func mergeField(h http.Header, name string, values []string) {
	switch name {
	case "Vary":
		// What is appended goes into no array of the application's, which other
		// responses may share.
		if before := h[name]; !listed(before, values[0]) {
			h[name] = append(slices.Clip(before), values...)
		}
	case "Access-Control-Expose-Headers", "Link":
		before := slices.Clip(h[name])
		lines := before
		for _, line := range values {
			if !slices.Contains(before, line) {
				lines = append(lines, line)
			}
		}
		h[name] = lines
	case "Cache-Control":
		if !noStore(h[name]) {
			h[name] = values
		}
	case "Content-Security-Policy":
		if len(h[name]) == 0 {
			h[name] = values
		}
	case "Content-Length":
		// A compressing writer outside of us changes the length.
		if len(h["Content-Encoding"]) == 0 {
			h[name] = values
		} else {
			delete(h, name)
		}
	default:
		h[name] = values
	}
}

// noStore reports whether a Cache-Control has no-store in it. One with a
// quoted string is not looked into.
func noStore(lines []string) bool {
	found := false
	for _, line := range lines {
		if strings.Contains(line, `"`) {
			return false
		}
		for directive := range strings.SplitSeq(line, ",") {
			switch directive = strings.TrimSpace(directive); {
			case strings.EqualFold(directive, "no-store"):
				found = true
			case strings.EqualFold(directive, "must-understand"):
				return false // with it, caches do not heed no-store (RFC 9111 §5.2.2.3)
			}
		}
	}
	return found
}

// listed reports whether every member of the list want stands in lines, or a
// star does. Members compare without case.
func listed(lines []string, want string) bool {
	if len(lines) == 0 {
		return false
	}
	for member := range strings.SplitSeq(want, ",") {
		member = strings.TrimSpace(member)
		if !httpfield.IsToken(member) {
			return false
		}
		found := false
		for _, line := range lines {
			for have := range strings.SplitSeq(line, ",") {
				have = strings.TrimSpace(have)
				found = found || have == "*" || strings.EqualFold(have, member)
			}
		}
		if !found {
			return false
		}
	}
	return true
}
