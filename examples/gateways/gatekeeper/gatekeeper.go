// Package gatekeeper is a small service that a gateway asks whether a request
// may go on, and that answers for it where it may not: nginx, HAProxy, Caddy
// and Apache can refuse a request, but not in the form that a client reads.
//
// It has three addresses. Each is for a gateway of its own kind, and reads what
// the gateway says of the original request in fields that the gateway has to
// set, so that a client cannot:
//
//   - /check answers 204, or a bare 403: for nginx's auth_request, which hands
//     on little more than the status. Fields X-Original-Method and
//     X-Original-URI.
//   - /deny answers with the denial of a request that the gateway has refused:
//     for error pages. The same fields.
//   - /forward-auth answers 204, or with the denial: for Caddy's forward_auth,
//     which hands on all of it. Fields X-Forwarded-Method and X-Forwarded-Uri.
//
// Only the gateway may reach it.
package gatekeeper

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// A Gatekeeper decides by a rule, and answers with denials.
type Gatekeeper struct {
	Deny *render.Renderer

	// Rule returns why the request may not go on, or nil. It sees the method,
	// address and header fields of the original request. It has to read the
	// path as the application does: where that ignores case, so must the rule.
	Rule func(*http.Request) error
}

func (g *Gatekeeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/check":
		o, err := original(r, "X-Original-Method", "X-Original-Uri")
		if err == nil {
			err = g.Rule(o)
		}
		w.Header().Set("Cache-Control", "no-store")
		if err != nil {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	case "/deny":
		o, err := original(r, "X-Original-Method", "X-Original-Uri")
		if err == nil {
			err = g.Rule(o)
		}
		if err == nil {
			err = problem.PolicyDenied // by a rule of the gateway's own
		}
		g.Deny.Write(w, o, err)
	case "/forward-auth":
		o, err := original(r, "X-Forwarded-Method", "X-Forwarded-Uri")
		if err == nil {
			err = g.Rule(o)
		}
		if err != nil {
			g.Deny.Write(w, o, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		g.Deny.Write(w, r, problem.NotFound)
	}
}

// unclear matches a path that the rule and the application could take for
// different ones. Some servers resolve dot segments, merge slashes, take a
// backslash for a slash, drop what follows a semicolon in a segment, or stop at
// a control character; others do not.
var unclear = regexp.MustCompile(`/(\.{0,2}[/;]|\.\.?$)|\\|[[:cntrl:]]`)

// original returns the request that the client sent to the gateway. Where it
// returns an error, the request is denied: the gateway's configuration has a
// mistake, or the address could mean two things.
func original(r *http.Request, methodField, uriField string) (*http.Request, error) {
	methods, uris := r.Header[methodField], r.Header[uriField]
	if len(methods) != 1 || len(uris) != 1 || uris[0] == "" {
		return r, fmt.Errorf("gatekeeper: the gateway has to set %s and %s, once each; it sent %q and %q", methodField, uriField, methods, uris)
	}
	u, err := url.ParseRequestURI(uris[0])
	if err != nil {
		// The client's mistake: some gateways hand on what cannot be decoded.
		return r, problem.ForStatus(http.StatusBadRequest).Because(fmt.Errorf("gatekeeper: %s: %w", uriField, err))
	}
	if unclear.MatchString(u.Path) || strings.Contains(uris[0], "#") {
		return r, problem.NotFound.Because(fmt.Errorf("gatekeeper: the address %q could mean two things", uris[0]))
	}
	o := r.Clone(r.Context())
	o.URL, o.RequestURI = u, uris[0]
	switch {
	case r.Method == http.MethodHead: // of the answer to this, no body may be sent
	case methods[0] == http.MethodHead:
		o.Method = http.MethodGet // of the answer to this, the gateway drops the body
	default:
		o.Method = methods[0]
	}
	return o, nil
}
