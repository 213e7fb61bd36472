package denymcp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/modelcontextprotocol/go-sdk/auth"
)

// RequireBearerToken returns middleware that lets requests on as
// [auth.RequireBearerToken] does, with the same verifier and options, and
// answers the others with deny. A nil deny is the zero Renderer; opts may be
// nil.
//
// What is denied, and with which reason:
//
//   - no Authorization field, or one that is no bearer token:
//     [problem.SignInRequired];
//   - the verifier's error holds a reason, such as [problem.TokenRevoked]: that
//     reason;
//   - it is [auth.ErrInvalidToken]: [problem.TokenInvalid];
//   - it is [auth.ErrOAuth]: [problem.MalformedCredentials], status 400;
//   - it is another, or there is no TokenInfo: [problem.Overloaded], status 503,
//     because nothing is known about the token, so the client must not throw it
//     away;
//   - the token has expired, beyond ClockSkew: [problem.TokenExpired]. One that
//     never expires is [problem.TokenInvalid], unless AllowMissingExpiration;
//   - it lacks one of Scopes: [problem.InsufficientScope], which names all.
//
// The Bearer challenge of a 401 and of [problem.InsufficientScope] has the
// scopes and the ResourceMetadataURL in it, unless the verifier's error brings
// challenges of its own.
//
// RequireBearerToken panics where no client could read what the options say:
// the URL is not https (or http to the own machine), or a scope has a
// character that a scope cannot have (RFC 6749 §3.3). It panics for a nil
// verifier too.
func RequireBearerToken(deny *render.Renderer, verifier auth.TokenVerifier, opts *auth.RequireBearerTokenOptions) func(http.Handler) http.Handler {
	if verifier == nil {
		panic("denymcp: RequireBearerToken: the verifier is nil; without one no token can be checked")
	}
	o := copyOptions("RequireBearerToken", opts)
	guard := auth.RequireBearerToken(func(ctx context.Context, token string, r *http.Request) (*auth.TokenInfo, error) {
		info, err := verifier(ctx, token, r)
		if a, ok := ctx.Value(attemptKey{}).(*attempt); ok {
			a.verified, a.info, a.err = true, info, err
		}
		if err != nil {
			return nil, errVerifier // the SDK asks errors.Is of it, which err may not survive
		}
		return info, nil
	}, &o)
	return func(next http.Handler) http.Handler {
		// The key of the TokenInfo is the SDK's secret, so the SDK's middleware
		// must be the one to let requests on.
		guarded := guard(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			a := r.Context().Value(attemptKey{}).(*attempt)
			a.allowed = true
			next.ServeHTTP(a.w, r)
		}))
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a := &attempt{w: w}
			var refused refusal
			guarded.ServeHTTP(&refused, r.WithContext(context.WithValue(r.Context(), attemptKey{}, a)))
			if !a.allowed {
				deny.Write(w, r, dress(a.denial(refused.status, &o), &o))
			}
		})
	}
}

// RequireScopes returns middleware that asks a request for the scopes that
// need names for it, all of them, on top of opts.Scopes. It belongs behind
// [RequireBearerToken], with the same options. A request that has too few is
// denied with [problem.InsufficientScope] and told every scope it needs, so
// that the client can step up (RFC 6750 §3.1). A request with no TokenInfo in
// its context is denied with [problem.SignInRequired].
//
// Need gets the request as it came, its body unread. The path can be trusted to
// say what is asked for; a header field such as Mcp-Name cannot, because the SDK
// compares it with the body only where the client claims a protocol version
// that wants it.
//
// RequireScopes panics where RequireBearerToken does, and for a nil need.
func RequireScopes(deny *render.Renderer, opts *auth.RequireBearerTokenOptions, need func(*http.Request) []string) func(http.Handler) http.Handler {
	if need == nil {
		panic("denymcp: RequireScopes: need is nil; it names the scopes of a request")
	}
	o := copyOptions("RequireScopes", opts)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			scopes := slices.Clone(o.Scopes)
			for _, s := range need(r) {
				if !slices.Contains(scopes, s) {
					scopes = append(scopes, s)
				}
			}
			mine := o
			mine.Scopes = scopes
			info := auth.TokenInfoFromContext(r.Context())
			if info == nil {
				deny.Write(w, r, dress(problem.SignInRequired.Because(
					errors.New("denymcp: no TokenInfo in the context: RequireScopes belongs behind RequireBearerToken")), &mine))
				return
			}
			for _, s := range scopes {
				if !slices.Contains(info.Scopes, s) {
					deny.Write(w, r, dress(problem.NeedScope(scopes...), &mine))
					return
				}
			}
			next.ServeHTTP(w, r)
		})
	}
}

// copyOptions returns a copy of opts, and panics where a challenge could not
// say what they say.
func copyOptions(function string, opts *auth.RequireBearerTokenOptions) auth.RequireBearerTokenOptions {
	var o auth.RequireBearerTokenOptions
	if opts != nil {
		o = *opts
		o.Scopes = slices.Clone(opts.Scopes)
	}
	c := fill(problem.Bearer("check"), &o)
	err := c.Validate()
	for _, s := range o.Scopes {
		if s == "" || strings.ContainsAny(s, " \t") {
			err = errors.Join(err, fmt.Errorf("scope %q is not one word", s))
		}
	}
	if err != nil {
		panic(fmt.Sprintf("denymcp: %s: %v", function, err))
	}
	return o
}

// attempt is what became of one request in the SDK's middleware.
type attempt struct {
	w        http.ResponseWriter // that of the request
	allowed  bool
	verified bool // the verifier was asked
	info     *auth.TokenInfo
	err      error
}

type attemptKey struct{}

// errVerifier stands for the verifier's error, of which attempt has more.
var errVerifier = errors.New("denymcp: the verifier refused the token")

// refusal takes the answer that the SDK would have given. Only the status
// counts.
type refusal struct {
	status int
	header http.Header
}

func (r *refusal) Header() http.Header {
	if r.header == nil {
		r.header = make(http.Header)
	}
	return r.header
}

func (r *refusal) Write(p []byte) (int, error) { return len(p), nil }

func (r *refusal) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

// denial says why the SDK refused. Status is the one it would have sent.
func (a *attempt) denial(status int, o *auth.RequireBearerTokenOptions) error {
	switch {
	case !a.verified:
		return problem.SignInRequired
	case a.err != nil:
		if _, ok := problem.Find(a.err); ok {
			return a.err
		}
		says := func(target error) bool {
			return some(a.err, func(err error) bool { return same(err, target) })
		}
		switch {
		case says(auth.ErrInvalidToken):
			return problem.TokenInvalid.Because(a.err)
		case says(auth.ErrOAuth):
			return problem.MalformedCredentials.Because(a.err)
		}
		return problem.Overloaded.Because(a.err)
	case a.info == nil:
		return problem.Overloaded.Because(errors.New("denymcp: the verifier returned neither a TokenInfo nor an error"))
	case status == http.StatusForbidden:
		return problem.NeedScope(o.Scopes...)
	case status == http.StatusUnauthorized && a.info.Expiration.IsZero():
		return problem.TokenInvalid.Because(errors.New("denymcp: the token has no expiration, and AllowMissingExpiration is not set"))
	case status == http.StatusUnauthorized:
		return problem.TokenExpired.Because(fmt.Errorf("denymcp: the token expired at %s", a.info.Expiration))
	}
	// A later SDK may have further checks.
	return problem.TokenInvalid.Because(fmt.Errorf("denymcp: the SDK refused the token with status %d", status))
}

// dress adds to a denial where and for what a token can be had.
func dress(err error, o *auth.RequireBearerTokenOptions) error {
	p := *problem.From(err)
	if o.ResourceMetadataURL != "" {
		args := map[string]any{"resource_metadata": o.ResourceMetadataURL}
		maps.Copy(args, p.Args)
		p.Args = args
	}
	if p.Reason == problem.SignInRequired && p.Next == nil && o.ResourceMetadataURL != "" {
		p.Next = append([]problem.NextStep{{Kind: problem.GetToken, Params: map[string]string{
			"resource_metadata": o.ResourceMetadataURL,
			"scope":             strings.Join(o.Scopes, " "),
		}}}, p.Reason.Next()...)
		if len(o.Scopes) == 0 {
			delete(p.Next[0].Params, "scope")
		}
	}
	if p.Challenges == nil {
		p.Challenges = challenges(&p, o)
	}
	return &p
}

// challenges returns the challenges of the reason, those of OAuth with the
// scopes and the metadata in them; nil where the renderer knows best.
func challenges(p *problem.Problem, o *auth.RequireBearerTokenOptions) []problem.Challenge {
	if s := p.Reason.Status(); s != http.StatusUnauthorized && s != http.StatusForbidden {
		return nil // RFC 6750 §3: the parameters ask for another token
	}
	out := p.Reason.Challenges()
	same := true
	for i, c := range out {
		filled := problem.Challenge{Scheme: c.Scheme, Token68: c.Token68}
		for _, param := range c.Params {
			value, ok := param.Value, true
			if name, hole := placeholder(value); hole {
				value, ok = machine(p, name)
			}
			if ok {
				filled = filled.With(param.Name, value)
			}
		}
		if strings.EqualFold(c.Scheme, "Bearer") || strings.EqualFold(c.Scheme, "DPoP") {
			more := fill(filled, o)
			same = same && len(more.Params) == len(filled.Params)
			filled = more
		}
		out[i] = filled
	}
	if len(out) == 0 && p.Reason.Status() == http.StatusUnauthorized && (o.ResourceMetadataURL != "" || len(o.Scopes) > 0) {
		return []problem.Challenge{fill(problem.Bearer(""), o)}
	}
	if same {
		return nil
	}
	return out
}

// machine returns a value as programs read it. How a list or a time is written
// is for a renderer to know, and the zero one tells no OnFault a second time.
func machine(p *problem.Problem, name string) (string, bool) {
	switch v := p.Arg(name).(type) {
	case nil:
		return "", false
	case string: // spares most answers the View
		return v, v != ""
	}
	value, ok := zero.View(render.Request{}, p).Args[name]
	return value, ok
}

var zero render.Renderer

// placeholder returns the name in "{name}", which is the one form in which a
// Definition may have a placeholder in a challenge.
func placeholder(value string) (name string, ok bool) {
	name, ok = strings.CutPrefix(value, "{")
	if !ok {
		return "", false
	}
	name, ok = strings.CutSuffix(name, "}")
	for i := 0; i < len(name) && ok; i++ {
		c := name[i]
		ok = 'a' <= c && c <= 'z' || i > 0 && ('0' <= c && c <= '9' || c == '_')
	}
	return name, ok && name != ""
}

// fill adds the scopes and the metadata to a challenge that does not say
// otherwise.
func fill(c problem.Challenge, o *auth.RequireBearerTokenOptions) problem.Challenge {
	if _, ok := c.Get("scope"); !ok && len(o.Scopes) > 0 {
		c = c.With("scope", strings.Join(o.Scopes, " "))
	}
	if _, ok := c.Get("resource_metadata"); !ok && o.ResourceMetadataURL != "" {
		c = c.With("resource_metadata", o.ResourceMetadataURL)
	}
	return c
}
