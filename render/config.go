package render

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/denial-go/denial/internal/href"
	"github.com/denial-go/denial/internal/message"
	"github.com/denial-go/denial/problem"
)

// A Config says how an application denies requests. The zero Config is valid.
// Its fields are named when it is written; [New] reads it once, and changing
// it afterwards changes nothing.
type Config struct {
	_ [0]func()

	// Reasons are the application's own, so that New can check that their
	// codes and types differ from one another and from the built-in ones, that
	// translations fit them, and so that Docs lists them. A reason that is not
	// listed is rendered all the same.
	Reasons []problem.Reason

	// Challenges go with a 401 or 407 whose problem names none (RFC 9110
	// §11.6.1), each on a line of its own and in this order, but Basic, Bearer,
	// Digest, DPoP, Negotiate and NTLM before all others, because some clients
	// stop at a scheme that they do not know. Default: Bearer
	// realm="restricted".
	//
	// What one of them says, such as realm and resource_metadata, a reason's
	// own challenge of the same scheme says too where it names no realm: a
	// client with an expired token needs the address for a new one as well.
	//
	// The challenges of a problem or reason with status 401 say
	// error="invalid_token" or "invalid_request" only to a request that came
	// with credentials (RFC 6750 §3.1): one with an Authorization or Cookie
	// field, or with access_token= in its address. A token in a field of the
	// application's own is not seen.
	Challenges []problem.Challenge

	// ChallengeScripts lets a request from inside a page, by script or for an
	// image, have Basic, Digest, Negotiate and NTLM challenges too. Set it where
	// the pages themselves are behind one of those: browsers send the password
	// to another directory only when they are asked for it (RFC 7617 §2.2).
	// Elsewhere a box would open out of nowhere, and the script wait for it.
	ChallengeScripts bool

	// NoHTTPAuth says that the site has no HTTP authentication: people sign in
	// with a form and a cookie, say. A 401 is then sent as 403 without a
	// challenge, because a 401 without one is not legal HTTP (RFC 9110
	// §15.5.2). The alternative that keeps 401 is a [problem.Session]
	// challenge.
	NoHTTPAuth bool

	// Formats are offered in this order, best first. Default: JSON, HTML,
	// Text, Markdown, XML, Multipart.
	Formats []Format

	// Links say where each kind of step leads on this site, for steps that
	// name no Href of their own, as those of the built-in reasons do. The rules
	// for values are those of problem.NextStep.Href:
	//
	//	render.Config{Links: map[problem.StepKind]string{
	//		problem.SignIn:      "/sign-in?next={return_to}",
	//		problem.VerifyEmail: "/settings/email?next={return_to}",
	//	}}
	//
	// Kinds and placeholders are the application's to name, so a misspelt one
	// is not found out here.
	//
	// Default: Prefix and "/" for GoHome and OpenDirectly, {return_to} for Wait,
	// Retry and ReloadForm, the well-known address for ChangePassword, and the link
	// of SignIn for Reauthenticate, StepUp and SwitchAccount. An empty value takes a
	// default away.
	Links map[problem.StepKind]string

	// Prefix is what a proxy in front of the application takes off the path, such
	// as "/shop": it is put before {return_to}, and before "/" where GoHome and
	// OpenDirectly lead by default. All other addresses are sent as they are written.
	// http.StripPrefix needs none, nor does a proxy that leaves the path as it is.
	Prefix string

	// Locales holds <tag>.json files that lie over the built-in ones key by
	// key: a new tag is a new language, one key changes one sentence. A
	// language answers a denial once it has every text that the denial needs:
	// title and detail of the reason, labels of its steps, the status phrase
	// and the words under "page."; until then the reader's next language does,
	// the default, or English, and New tells OnFault what such a file lacks. The
	// file of a region, such as de-AT, lies over its language.
	//
	// How a language that is not built in writes waits, lists and numbers
	// stands in its file under "cldr.second", "cldr.minute", "cldr.hour" and
	// "cldr.day" (a text with {0} for each plural category), "cldr.and.2",
	// ".start", ".middle" and ".end" ("{0}, {1}"), the same for "cldr.or", and
	// "cldr.number.long" (1234567.891 as the language writes it). Without them,
	// sentences have no waits, lists are "A, B, C" and numbers 12345.6. See the
	// example NewLanguage.
	Locales fs.FS

	// DefaultLanguage is the language for a reader whose languages are not
	// there: the tag of a locale file, built in or in Locales. Default: "en".
	DefaultLanguage string

	// TypeBase is put before a reason's code to make its problem type, as in
	// "https://api.example.com/problems/"; a path from the root will do too
	// (RFC 9457 §3.1.1). Empty, such reasons are of type about:blank. Mount
	// Docs there.
	TypeBase string

	// Page is executed for the HTML format with a *View; html/template's
	// *Template is a Page, and examples/page shows one. Nil is the built-in
	// page. A page of your own brings its own style: set its
	// Content-Security-Policy before Write, or live with one that allows inline
	// styles and the site's own images. html/template writes "#ZgotmplZ" for a
	// tel address unless it is given as a template.URL.
	Page Page

	// Brand dresses the built-in page. The pages of Docs have its colours, and
	// nothing else of it.
	Brand Brand

	// Language returns the reader's own setting, a language tag such as
	// "pt-BR", which is tried before Accept-Language; "" where there is none.
	//
	// This, Instance and OnDenied are called where there is an *http.Request: by
	// Write, Handler and ModifyResponse. The adapters for fasthttp, fiber and
	// hertz have Hooks of their own.
	Language func(*http.Request) string

	// Instance returns a reference to quote for a Problem that has none, such
	// as the request's ID: a URI reference, "" for none. An ID that a client may
	// have sent is checked here first: see the example Language.
	Instance func(*http.Request) string

	// OnDenied is called after each answer, for audit logs and metrics. The
	// Problem is what was denied, not what was shown: cloaked reasons and
	// causes are there to be seen, and its Instance is the one that Instance
	// gave, where it has none itself. It is read-only. A panic in here is told to
	// OnFault.
	OnDenied func(*http.Request, *problem.Problem)

	// OnFault is called once for each answer that could not be rendered as it
	// should have been, with everything that was wrong. The client got the
	// right status and challenges. A panic in here goes no further, because
	// net/http would throw the answer away.
	//
	// New calls it too, once with all there is to tell: a [*LocaleError] for each
	// text without which a language cannot answer a denial that its file has
	// other texts for.
	OnFault func(error)
}

// A ConfigError is one mistake in a Config.
type ConfigError struct {
	Field string // such as "Formats[2]"
	Value string // that was found there
	Err   error  // what is wrong with it, and what is wanted
}

// Error names the field, the value and what was wanted.
func (e *ConfigError) Error() string {
	return fmt.Sprintf("render: Config.%s %q: %v", e.Field, e.Value, e.Err)
}

// Unwrap returns what is wrong with the value.
func (e *ConfigError) Unwrap() error { return e.Err }

// New returns a Renderer for the Config. The error joins every mistake in it:
// a [*ConfigError] for a field, a [*LocaleError] for a text in a locale file,
// and a [*problem.ClashError] for two reasons with one code or type.
func New(c Config) (*Renderer, error) {
	s, err := newSite(c)
	if err != nil {
		return nil, err
	}
	if s.onFault != nil {
		a := answer{site: s}
		s.locales.begun(s.reasons, s.sent, a.fault)
		a.report()
	}
	return &Renderer{s}, nil
}

// Must returns r, and panics where err is not nil.
func Must(r *Renderer, err error) *Renderer {
	if err != nil {
		panic(err)
	}
	return r
}

// site is a Config, checked and in the form that answers need. It never
// changes.
type site struct {
	reasons    *problem.Set
	challenges []problem.Challenge
	own        []problem.Challenge // those of Config.Challenges
	noHTTPAuth bool
	forScripts bool // ChallengeScripts
	offers     *offers
	links      map[problem.StepKind]string
	prefix     string
	locales    *locales
	typeBase   string
	page       Page
	brand      Brand
	look       *look
	language   func(*http.Request) string
	instance   func(*http.Request) string
	onDenied   func(*http.Request, *problem.Problem)
	onFault    func(error)
	plans      map[problem.Reason]*plan
	several    *several
}

func newSite(c Config) (*site, error) {
	var errs []error
	bad := func(field, value string, err error) {
		if err != nil {
			errs = append(errs, &ConfigError{field, value, err})
		}
	}
	s := &site{
		noHTTPAuth: c.NoHTTPAuth,
		forScripts: c.ChallengeScripts,
		typeBase:   c.TypeBase,
		prefix:     c.Prefix,
		page:       c.Page,
		language:   c.Language,
		instance:   c.Instance,
		onDenied:   c.OnDenied,
		onFault:    c.OnFault,
	}
	var err error
	if s.reasons, err = problem.NewSet(append(problem.Common(), c.Reasons...)...); err != nil {
		errs = append(errs, err)
		s.reasons, _ = problem.NewSet(problem.Common()...)
	}
	for i, r := range c.Reasons {
		if r.Code() == "" {
			bad(fmt.Sprintf("Reasons[%d]", i), r.Error(), errors.New("it has no code; define it with problem.NewReason"))
		}
	}
	s.challenges = []problem.Challenge{{Scheme: "Bearer", Params: []problem.Param{{Name: "realm", Value: "restricted"}}}}
	if c.Challenges != nil {
		if len(c.Challenges) == 0 {
			bad("Challenges", "", errors.New("it is empty; name a challenge, or set NoHTTPAuth for a site without HTTP authentication"))
		}
		if c.NoHTTPAuth {
			bad("NoHTTPAuth", "true", errors.New("Challenges are set too; choose one of them"))
		}
		s.challenges = nil
		for i, ch := range c.Challenges {
			bad(fmt.Sprintf("Challenges[%d]", i), ch.String(), ch.Validate())
			for _, p := range ch.Params {
				if _, hole := message.Whole(p.Value); hole {
					bad(fmt.Sprintf("Challenges[%d]", i), ch.String(), fmt.Errorf("%s is sent as it is; placeholders are for a Definition", p.Value))
				}
			}
			ch.Params = slices.Clone(ch.Params)
			s.challenges = append(s.challenges, ch)
		}
		// What one challenge cannot know: whether it goes with a 401, and with
		// those before it.
		_, err := problem.NewReason(problem.Definition{Code: "challenges", Status: 401, Title: "Challenges", Challenges: c.Challenges})
		for _, err := range unjoin(err) {
			if e := new(problem.DefinitionError); len(errs) == 0 && errors.As(err, &e) {
				bad(e.Field, e.Value, e.Err)
			}
		}
		s.challenges = orderChallenges(s.challenges)
		s.own = s.challenges
	}
	formats := defaultFormats()
	if c.Formats != nil {
		formats = slices.Clone(c.Formats)
	}
	if s.offers, err = newOffers(formats, bad); err != nil {
		bad("Formats", "", err)
	}
	bad("Prefix", c.Prefix, checkPrefix(c.Prefix))
	s.links = map[problem.StepKind]string{
		problem.GoHome:         c.Prefix + "/",
		problem.OpenDirectly:   c.Prefix + "/",
		problem.Wait:           "{" + returnTo + "}",
		problem.Retry:          "{" + returnTo + "}",
		problem.ReloadForm:     "{" + returnTo + "}",
		problem.ChangePassword: "/.well-known/change-password", // W3C, A Well-Known URL for Changing Passwords
		problem.Reauthenticate: c.Links[problem.SignIn],
		problem.StepUp:         c.Links[problem.SignIn],
		problem.SwitchAccount:  c.Links[problem.SignIn],
	}
	maps.Copy(s.links, c.Links)
	for _, kind := range slices.Sorted(maps.Keys(c.Links)) {
		if link := c.Links[kind]; link != "" {
			// A Definition knows the rules for templates.
			_, err := problem.NewReason(problem.Definition{Code: "link", Status: 403, Title: "Link", Next: []problem.NextStep{{Kind: kind, Href: link}}})
			if e := new(problem.DefinitionError); errors.As(err, &e) {
				bad(fmt.Sprintf("Links[%q]", kind), link, e.Err)
			}
		}
	}
	if c.Page != nil && isNil(c.Page) {
		bad("Page", "nil", fmt.Errorf("it is a %T; want a page, or nothing for the built-in one", c.Page))
	}
	bad("TypeBase", c.TypeBase, checkTypeBase(c.TypeBase))
	for r := range s.reasons.All() {
		code, made := strings.CutPrefix(r.Type(), c.TypeBase)
		if other, known := s.reasons.ByCode(code); made && known && other != r && other.Type() == "" {
			bad("TypeBase", c.TypeBase, fmt.Errorf("it makes the type of %q for %q too; give one of them another", r.Code(), code))
		}
	}
	s.brand, s.look = c.Brand.check(bad)
	var localeErr error
	if s.locales, localeErr = newLocales(c.Locales, c.DefaultLanguage, s.reasons, bad); localeErr != nil {
		errs = append(errs, localeErr)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	s.plans, s.several = newPlans(s.reasons), new(several)
	return s, nil
}

// isNil reports whether v is nil, or a pointer that is.
func isNil(v any) bool {
	r := reflect.ValueOf(v)
	return v == nil || r.Kind() == reflect.Pointer && r.IsNil()
}

func checkPrefix(prefix string) error {
	if _, _, plain := appendPlainTarget(nil, prefix); prefix != "" && (!plain || strings.ContainsAny(prefix, "?") || strings.HasSuffix(prefix, "/")) {
		return errors.New(`want a path such as "/shop", in plain ASCII and without a slash at its end`)
	}
	return nil
}

func checkTypeBase(base string) error {
	if base == "" {
		return nil
	}
	u, err := url.Parse(base)
	path := strings.HasPrefix(base, "/") && !strings.HasPrefix(base, "//") && href.Check(base) == nil
	if !path && (err != nil || !u.IsAbs() || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(base, " <>\"{}\\^`|") || !isASCII(base)) {
		return errors.New(`want an absolute URI such as "https://api.example.com/problems/", or a path from the root`)
	}
	// What looks like a scheme before a colon may be a host before a port.
	if !path && u.Host == "" && (u.Opaque == "" || u.Scheme == "http" || u.Scheme == "https" || u.Scheme != "urn" && u.Opaque[0]-'0' <= 9) {
		return errors.New(`it names no host; want an absolute URI such as "https://api.example.com/problems/"`)
	}
	if !path && u.Host != "" && u.Path == "" && u.RawQuery == "" && !u.ForceQuery && !strings.HasSuffix(base, "#") {
		return errors.New("a code would become part of the host; put a slash behind it")
	}
	if c := base[len(base)-1] | 0x20; 'a' <= c && c <= 'z' || '0' <= c && c <= '9' {
		return errors.New("a code would become part of its last word; put a slash behind it")
	}
	return nil
}
