package denyoapi

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/denial-go/denial/problem"
)

// Unauthenticated returns the denial for security requirements that were not
// met, for whoever calls openapi3filter without the middleware. The request
// and route are those that were validated; with a nil one, less can be said.
//
// A reason that the AuthenticationFunc returned is the answer. One equal to
// problem.InsufficientScope, without values, gets the scopes that the document
// asks for.
//
// Where the request carries credentials and the function could not ask about
// them, its error holding a net.Error, other than of parsing an address, or the
// end of a context, the answer is problem.Overloaded, status 503: they may be
// good, so the client must not throw them away. A reason for credentials that
// the request carries too comes first.
//
// Without a reason, other credentials that the request carries were not accepted:
// problem.BadCredentials for Basic, problem.APIKeyInvalid for a key,
// problem.SessionExpired for a key in a cookie, problem.ClientCertificateInvalid
// for mutual TLS, else problem.TokenInvalid.
//
// Where there are none, the answer is problem.SignInRequired,
// problem.APIKeyMissing where keys are the only way, and
// problem.ClientCertificateRequired where certificates are, with a challenge for
// each scheme that would do: Bearer, with the scopes, for bearer tokens, OAuth
// 2.0 and OpenID Connect; Basic; ApiKey; Session for a cookie; and Negotiate,
// DPoP and SCRAM-SHA-256 by their names. Other schemes need values that the
// document does not have. The realm is the title of the document, where a
// header field can hold it.
func Unauthenticated(err *openapi3filter.SecurityRequirementsError, r *http.Request, route *routers.Route) error {
	if err == nil {
		err = &openapi3filter.SecurityRequirementsError{} // which asks for nothing, and denies
	}
	if is(err, openapi3filter.ErrAuthenticationServiceMissing) {
		return err
	}
	if _, ok := as[*http.MaxBytesError](err); ok {
		return problem.ForStatus(http.StatusRequestEntityTooLarge).Because(err)
	}
	ways := make([]way, len(err.SecurityRequirements))
	for i, requirement := range err.SecurityRequirements {
		ways[i] = newWay(requirement, r, route)
		if i < len(err.Errors) {
			ways[i].err = err.Errors[i]
			_, ways[i].hasReason = problem.Find(err.Errors[i])
		}
		if ways[i].undeclared {
			return err // a mistake in the document
		}
	}
	if i := slices.IndexFunc(ways, func(w way) bool { return w.hasReason && w.tried }); i >= 0 {
		return ways[i].own()
	}
	// Nothing is known about the credentials, so another way's reason is no help.
	if slices.ContainsFunc(ways, func(w way) bool { return w.tried && some(w.err, outage) }) && problem.From(err).Reason != problem.NotFound {
		return problem.Overloaded.Because(err)
	}
	if i := slices.IndexFunc(ways, func(w way) bool { return w.hasReason }); i >= 0 {
		return ways[i].own()
	}
	// The errors may outnumber the requirements of whoever made err.
	if _, ok := problem.Find(err); ok {
		return err
	}
	realm := realmOf(route)
	if i := slices.IndexFunc(ways, func(w way) bool { return w.tried }); i >= 0 {
		return ways[i].refused(realm, challenges(ways, realm), err)
	}
	return missing(ways, realm, err)
}

// A way to authenticate is one of the alternatives in the document: all of its
// schemes are needed.
type way struct {
	schemes    []scheme
	undeclared bool // it names a scheme that the document does not have
	tried      bool // the request has credentials for one of the schemes
	err        error
	hasReason  bool
}

type scheme struct {
	*openapi3.SecurityScheme
	kind    kind
	scopes  []string
	present bool // the request has credentials for it
}

// kind is what matters of a security scheme.
type kind int

const (
	other kind = iota
	token
	basic
	apiKey
	cookie
	certificate
)

func newWay(requirement openapi3.SecurityRequirement, r *http.Request, route *routers.Route) way {
	var w way
	var declared openapi3.SecuritySchemes
	if route != nil && route.Spec != nil && route.Spec.Components != nil {
		declared = route.Spec.Components.SecuritySchemes
	}
	for _, name := range slices.Sorted(maps.Keys(requirement)) {
		ref := declared[name]
		if ref == nil || ref.Value == nil {
			w.undeclared = route != nil
			continue
		}
		s := scheme{SecurityScheme: ref.Value, scopes: requirement[name], kind: kindOf(ref.Value)}
		s.present = s.in(r)
		w.tried = w.tried || s.present
		w.schemes = append(w.schemes, s)
	}
	return w
}

func kindOf(s *openapi3.SecurityScheme) kind {
	switch s.Type {
	case "oauth2", "openIdConnect":
		return token
	case "mutualTLS":
		return certificate
	case "apiKey":
		if s.In == "cookie" {
			return cookie
		}
		return apiKey
	case "http":
		switch strings.ToLower(s.Scheme) {
		case "bearer":
			return token
		case "basic":
			return basic
		}
	}
	return other
}

// in reports whether the request has credentials for the scheme.
func (s scheme) in(r *http.Request) bool {
	if r == nil {
		return false
	}
	switch s.Type {
	case "mutualTLS":
		return r.TLS != nil && len(r.TLS.PeerCertificates) > 0
	case "apiKey":
		switch s.In {
		case "header":
			return r.Header.Get(s.Name) != ""
		case "query":
			return r.URL != nil && r.URL.Query().Get(s.Name) != ""
		case "cookie":
			c, err := r.Cookie(s.Name)
			return err == nil && c.Value != ""
		}
		return false
	}
	name := "Bearer"
	if s.Type == "http" {
		name = s.Scheme
	}
	sent, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return sent != "" && strings.EqualFold(sent, name)
}

// own returns the error of the application.
func (w way) own() error {
	p := problem.From(w.err)
	if p.Reason != problem.InsufficientScope || p.Args["scope"] != nil || p.Challenges != nil {
		return w.err
	}
	for _, s := range w.schemes {
		if s.kind == token && len(s.scopes) > 0 {
			filled := *p
			filled.Args = maps.Clone(p.Args)
			if filled.Args == nil {
				filled.Args = make(map[string]any, 1)
			}
			filled.Args["scope"] = slices.Clone(s.scopes)
			filled.Cause = w.err
			return &filled
		}
	}
	return w.err
}

// refused is for credentials that the application did not accept, and did not
// say why. What is missing of a way that was tried in part comes first.
func (w way) refused(realm string, all []problem.Challenge, cause error) error {
	for _, s := range w.schemes {
		if !s.present {
			return missing([]way{{schemes: []scheme{s}}}, realm, cause)
		}
	}
	p := &problem.Problem{Cause: cause}
	// The function has refused the last scheme that it was asked for, and we
	// are not told which that was.
	switch w.schemes[len(w.schemes)-1].kind {
	case basic:
		p.Reason, p.Challenges = problem.BadCredentials, all
	case apiKey:
		p.Reason, p.Args = problem.APIKeyInvalid, map[string]any{"realm": realm}
	case cookie:
		p.Reason, p.Challenges = problem.SessionExpired, all
	case certificate:
		p.Reason = problem.ClientCertificateInvalid
	case token:
		p.Reason = problem.TokenInvalid
	default:
		p.Reason, p.Challenges = problem.BadCredentials, all
	}
	return p
}

// missing is for a request without credentials.
func missing(ways []way, realm string, cause error) error {
	only := func(k kind) bool {
		n := 0
		for _, w := range ways {
			for _, s := range w.schemes {
				if s.kind != k {
					return false
				}
				n++
			}
		}
		return n > 0
	}
	switch {
	case only(apiKey):
		return &problem.Problem{Reason: problem.APIKeyMissing, Args: map[string]any{"realm": realm}, Cause: cause}
	case only(certificate):
		return problem.ClientCertificateRequired.Because(cause)
	}
	return &problem.Problem{Reason: problem.SignInRequired, Challenges: challenges(ways, realm), Cause: cause}
}

// challenges returns those of all schemes, each once; nil, which takes the
// renderer's own, where no scheme has one.
func challenges(ways []way, realm string) []problem.Challenge {
	var all []problem.Challenge
	for _, w := range ways {
		for _, s := range w.schemes {
			c, ok := s.challenge(realm)
			if ok && !slices.ContainsFunc(all, func(old problem.Challenge) bool { return old.String() == c.String() }) {
				all = append(all, c)
			}
		}
	}
	return all
}

func (s scheme) challenge(realm string) (c problem.Challenge, ok bool) {
	switch s.kind {
	case token:
		c = problem.Bearer(realm)
		if len(s.scopes) > 0 && s.Type != "http" {
			scoped := c.With("scope", strings.Join(s.scopes, " "))
			if scoped.Validate() == nil { // a scope may be any text in the document
				c = scoped
			}
		}
	case basic:
		c = problem.Basic(realm)
	case apiKey:
		c = problem.Challenge{Scheme: "ApiKey", Params: []problem.Param{{Name: "realm", Value: realm}}}
	case cookie:
		c = problem.Session(realm, "")
	case other:
		switch strings.ToLower(s.Scheme) {
		case "negotiate":
			c = problem.Negotiate()
		case "dpop":
			c = problem.DPoP(realm)
		case "scram-sha-256":
			c = problem.SCRAM(realm)
		}
	}
	return c, c.Scheme != "" && c.Validate() == nil
}

// realmOf returns the name of what is protected.
func realmOf(route *routers.Route) string {
	if route != nil && route.Spec != nil && route.Spec.Info != nil {
		if title := route.Spec.Info.Title; title != "" && problem.Bearer(title).Validate() == nil {
			return title
		}
	}
	return "restricted"
}
