package render

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// A Request is what a denial needs to know of the request that was denied.
// The zero Request is a GET for nothing in particular.
type Request struct {
	Method   string      // such as "GET"; "" is GET
	Target   string      // path and query as received, for {return_to}
	Header   http.Header // only the fields in RequestFields are read
	Language string      // the reader's own setting, tried before Accept-Language
	Format   Format      // set to overrule negotiation for one route
	Instance string      // reference to quote where the Problem has none
}

// RequestFields are the header fields of a request that are read, by their
// canonical names. Of Authorization and Cookie no more is read than whether
// they are there. It is for adapters, which copy these into Request.Header.
var RequestFields = []string{
	"Accept", "Accept-Language", "Authorization", "Cookie", "Origin",
	"Sec-Fetch-Mode", "Sec-Fetch-Site", "X-Requested-With",
}

// field returns the first line of the field, whose name is canonical.
func field(h http.Header, name string) string {
	if v := h[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// pageLoad reports whether a browser says that this request loads a page.
func (r *Request) pageLoad() bool { return field(r.Header, "Sec-Fetch-Mode") == "navigate" }

// insidePage reports whether the request was made by a page, by script or for
// something in it, so that a password box would come out of nowhere.
//
// Browsers send Sec-Fetch-Mode and Sec-Fetch-Site together, over TLS, and none as
// the latter where it is no page that asks, but an extension, say. Node's fetch
// sends the former alone. X-Requested-With has other values in programs, and in
// Android's web views, which send the app's name.
func (r *Request) insidePage() bool {
	mode := field(r.Header, "Sec-Fetch-Mode")
	if mode == "navigate" {
		return false
	}
	if mode != "" {
		if site := field(r.Header, "Sec-Fetch-Site"); site != "" {
			return site != "none"
		}
	}
	by := field(r.Header, "X-Requested-With")
	return by != "" && (strings.EqualFold(by, "XMLHttpRequest") || strings.EqualFold(by, "fetch"))
}

// anonymous reports whether the request carried none of the credentials that
// a header or the target can show.
func (r *Request) anonymous() bool {
	return len(r.Header["Authorization"]) == 0 && len(r.Header["Cookie"]) == 0 && !hasToken(r.Target)
}

// hasToken reports whether there is an access token in the query of a target (RFC
// 6750 §2.3).
func hasToken(target string) bool {
	const least = len("?access_token=")
	if len(target) <= least {
		return false
	}
	_, query, _ := strings.Cut(target, "?")
	for len(query) >= least {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		name, _, _ := strings.Cut(pair, "=")
		if strings.Contains(name, "%") {
			name, _ = url.QueryUnescape(name)
		}
		if name == "access_token" {
			return true
		}
	}
	return false
}

// request reads an incoming request of a server.
func (s *site) request(r *http.Request) (in Request, fault error) {
	if in.read(r); s.language != nil || s.instance != nil || !in.inOriginForm() {
		fault = s.complete(&in, r)
	}
	return in, fault
}

// read takes over what in says itself, which is all of it for most.
func (r *Request) read(in *http.Request) {
	if in != nil {
		r.Method, r.Header, r.Target = in.Method, in.Header, in.RequestURI
	}
}

// inOriginForm reports whether the target is a path and query (RFC 9112 §3.2.1).
func (r *Request) inOriginForm() bool { return r.Target != "" && r.Target[0] == '/' }

// complete adds what r does not say itself. What the functions of Config have
// to say is left out where they panic, which is the fault.
func (s *site) complete(in *Request, r *http.Request) (fault error) {
	if r == nil {
		return nil
	}
	if !in.inOriginForm() && r.URL != nil {
		// A proxy's absolute form, or a request that no server has read.
		in.Target = r.URL.RequestURI()
	}
	if s.language != nil {
		in.Language, fault = ask("Language", s.language, r)
	}
	if s.instance != nil {
		var err error
		in.Instance, err = ask("Instance", s.instance, r)
		fault = errors.Join(fault, err)
	}
	return fault
}

// ask calls a function of Config.
func ask(name string, f func(*http.Request) string, r *http.Request) (answer string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("render: Config.%s panicked: %v", name, p)
		}
	}()
	return f(r), nil
}
