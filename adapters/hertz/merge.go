package denyhertz

import (
	"net/http"
	"slices"
	"strings"
	"unsafe"

	"github.com/cloudwego/hertz/pkg/protocol"

	"github.com/denial-go/denial/problem"
)

// merge puts the fields of a denial beside those that the application has set,
// by the rules of Renderer.Write.
func merge(h *protocol.ResponseHeader, fields []problem.Param) {
	var (
		drop    []string // names as they stand in h
		caching []string // names of Cache-Control in h
		vary    []string
		control []string
		policy  bool
		lines   []problem.Param // of Link and Access-Control-Expose-Headers
	)
	h.VisitAll(func(key, value []byte) {
		switch string(key) {
		case "Content-Type", "Content-Length", "Server", "Set-Cookie", "Connection":
			return // hertz keeps one of each, or all
		}
		switch name := http.CanonicalHeaderKey(string(key)); {
		case stale(name):
			drop = append(drop, string(key))
		case name == "Vary":
			vary = append(vary, string(value))
		case name == "Cache-Control":
			caching = append(caching, string(key))
			control = append(control, string(value))
		case name == "Content-Security-Policy":
			policy = true
		case name == "Link", name == "Access-Control-Expose-Headers":
			lines = append(lines, problem.Param{Name: name, Value: string(value)}) // added to
		case slices.ContainsFunc(fields, func(f problem.Param) bool { return f.Name == name }):
			drop = append(drop, string(key))
		}
	})
	keepControl := noStore(control)
	if !keepControl {
		drop = append(drop, caching...)
	}
	for _, name := range drop {
		h.Del(name)
	}
	for i, f := range fields {
		first := i == 0 || fields[i-1].Name != f.Name // there is nothing of that name
		switch f.Name {
		case "Content-Length":
			continue // follows from the body
		case "Link", "Access-Control-Expose-Headers":
			if slices.Contains(lines, f) {
				continue
			}
			first = first && len(lines) == 0
		case "Vary":
			if first = len(vary) == 0; !first && listed(vary, f.Value) {
				continue
			}
		case "Cache-Control":
			if keepControl {
				continue
			}
		case "Content-Security-Policy":
			if policy {
				continue
			}
		}
		if first {
			// This does not spell the name anew, which takes as long as all the rest.
			h.SetCanonical(bytesOf(f.Name), bytesOf(f.Value))
		} else {
			h.Add(f.Name, f.Value)
		}
	}
}

// stale reports whether a field is about the answer that was not given. One of
// them left standing would have the denial saved to disk, decoded as what it
// is not, taken for a fresh copy, or replaced by a file.
func stale(name string) bool {
	switch name {
	case "Content-Disposition", "Content-Location", "Content-Range", "Accept-Ranges",
		"Content-Digest", "Repr-Digest", "Digest", "Content-Md5",
		"Etag", "Last-Modified", "Expires", "Pragma", "Location", "Refresh", "Surrogate-Control",
		"Www-Authenticate", "Proxy-Authenticate", "Retry-After",
		// A server in front of this one would send the file named there.
		"X-Accel-Redirect", "X-Sendfile", "X-Sendfile2", "X-Sendfile-Temporary", "X-Lighttpd-Send-File", "X-Litespeed-Location", "X-Accel-Expires",
		"Edge-Control", // which caches of Akamai heed before Cache-Control
		// Of a body that is not sent: what compresses ours does so afterwards.
		"Content-Encoding", "Trailer":
		return true
	}
	// What is meant for one cache overrules Cache-Control (RFC 9213 §2.2).
	return strings.HasSuffix(name, "-Cache-Control")
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
		if !holds(lines, member) {
			return false
		}
	}
	return true
}

func holds(lines []string, member string) bool {
	for _, line := range lines {
		for have := range strings.SplitSeq(line, ",") {
			have = strings.TrimSpace(have)
			if have == "*" || strings.EqualFold(have, member) {
				return true
			}
		}
	}
	return false
}

// bytesOf returns the bytes of s, only to be read: hertz copies them.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
