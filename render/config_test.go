package render_test

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

func TestZeroRenderer(t *testing.T) {
	var deny render.Renderer
	if w := answer(&deny, get("/"), problem.SignInRequired); w.Code != 401 {
		t.Errorf("the zero Renderer answered %d", w.Code)
	}
	var none *render.Renderer
	if w := answer(none, get("/"), problem.SignInRequired); w.Code != 401 {
		t.Errorf("the nil *Renderer answered %d", w.Code)
	}
}

type pointer struct{ typed }

type typed struct{ mediaType string }

func (f typed) MediaType() string                               { return f.mediaType }
func (typed) Append(dst []byte, _ *render.View) ([]byte, error) { return dst, nil }

// TestConfigMistakes is a test of the help that New gives: the texts are what
// is tested.
func TestConfigMistakes(t *testing.T) {
	ownSignIn := problem.MustReason(problem.Definition{Code: "sign-in-required", Status: 401, Title: "Sign in"})
	planSmall := problem.MustReason(problem.Definition{Code: "plan-too-small", Status: 403, Title: "Plan too small", Detail: "This needs the plan {plan}."})
	locale := func(text string) fstest.MapFS { return fstest.MapFS{"de.json": {Data: []byte(text)}} }
	tests := []struct {
		name   string
		config render.Config
		want   []string // one a mistake
	}{
		{"reason without a code", render.Config{Reasons: []problem.Reason{{}}},
			[]string{`render: Config.Reasons[0] "denied: 403 Forbidden": it has no code; define it with problem.NewReason`}},
		{"reason with a code of ours", render.Config{Reasons: []problem.Reason{ownSignIn}},
			[]string{`problem: code "sign-in-required": defined by the built-in reason and again by ` + ownSignIn.Where() + `; change one of them`}},
		{"challenge", render.Config{Challenges: []problem.Challenge{{Scheme: "Bearer", Params: []problem.Param{{Name: "realm", Value: "a\nb"}}}}},
			[]string{`render: Config.Challenges[0] "Bearer realm=\"a?b\"": problem: challenge "Bearer": parameter "realm"`}},
		{"challenge of another status", render.Config{Challenges: []problem.Challenge{problem.Bearer("a").With("error", "insufficient_scope")}},
			[]string{`render: Config.Challenges[0] "Bearer realm=\"a\", error=\"insufficient_scope\"": problem: challenge "Bearer": parameter "error"`}},
		{"weaker Digest first", render.Config{Challenges: []problem.Challenge{problem.Digest("a", "n", "MD5"), problem.Digest("a", "n", "SHA-256")}},
			[]string{`render: Config.Challenges[1] "Digest realm=\"a\"`}},
		{"no challenge", render.Config{Challenges: []problem.Challenge{}},
			[]string{`render: Config.Challenges "": it is empty; name a challenge, or set NoHTTPAuth for a site without HTTP authentication`}},
		{"challenges and none", render.Config{NoHTTPAuth: true, Challenges: []problem.Challenge{problem.Basic("a")}},
			[]string{`render: Config.NoHTTPAuth "true": Challenges are set too; choose one of them`}},
		{"no format", render.Config{Formats: []render.Format{}},
			[]string{`render: Config.Formats "": it is empty; name a format, or leave it nil for all of them`}},
		{"nil format", render.Config{Formats: []render.Format{nil}},
			[]string{`render: Config.Formats[0] "nil": want a Format`}},
		{"format without a media type", render.Config{Formats: []render.Format{typed{"text"}}},
			[]string{`render: Config.Formats[0] "text": negotiate: offer "text"`}},
		{"format twice", render.Config{Formats: []render.Format{render.JSON, typed{"Application/Problem+JSON"}}},
			[]string{`render: Config.Formats[1] "Application/Problem+JSON": Formats[0] has the same media type; remove one of them`}},
		{"links", render.Config{Links: map[problem.StepKind]string{problem.SignIn: "javascript:alert(1)", problem.ReadDocs: "//evil.example", problem.SignUp: "/a/{Bad}"}},
			[]string{`render: Config.Links["read-docs"] "//evil.example": a path that begins with // names another host; want `, `render: Config.Links["sign-in"] "javascript:alert(1)": its scheme is not allowed; want `, `render: Config.Links["sign-up"] "/a/{Bad}": byte 3: "{Bad}" is no placeholder; `}},
		{"prefix that ends in a slash", render.Config{Prefix: "/shop/"}, []string{`render: Config.Prefix "/shop/": want a path such as "/shop", in plain ASCII and without a slash at its end`}},
		{"prefix that is an address", render.Config{Prefix: "https://example.com/shop"}, []string{`render: Config.Prefix "https://example.com/shop": want a path such as "/shop"`}},
		{"prefix with a query", render.Config{Prefix: "/shop?a"}, []string{`render: Config.Prefix "/shop?a": want a path`}},
		{"prefix that names a host", render.Config{Prefix: "//shop"}, []string{`render: Config.Prefix "//shop": want a path`}},
		{"type base", render.Config{TypeBase: "problems/"},
			[]string{`render: Config.TypeBase "problems/": want an absolute URI such as "https://api.example.com/problems/", or a path from the root`}},
		{"home", render.Config{Brand: render.Brand{Home: "example.com"}},
			[]string{`render: Config.Brand.Home "example.com": it is relative to the denied page; want `}},
		{"default language", render.Config{DefaultLanguage: "xx"},
			[]string{`render: Config.DefaultLanguage "xx": there is no such locale; want one of `}},
		{"no locale files", render.Config{Locales: fstest.MapFS{"locales/de.json": {}}},
			[]string{`render: Config.Locales "": it holds no <tag>.json file at its top; use fs.Sub to name the folder that does`}},
		{"locale name", render.Config{Locales: fstest.MapFS{"german!.json": {}}},
			[]string{`render: locale german!.json: its name is no language tag; want one such as de.json`}},
		{"locale name spelled otherwise", render.Config{Locales: fstest.MapFS{"de_at.json": {}}},
			[]string{`render: locale de_at.json: its name is no language tag; want one such as de.json or de-AT.json`}},
		{"locale syntax", render.Config{Locales: locale("{\n\"step.sign-in\": \"Anmelden\",\n\"step.sign-up\" \"x\"}")},
			[]string{`render: locale de.json:3: key "step.sign-up": expected colon after object key`}},
		{"locale cut", render.Config{Locales: locale("{\n\"step.sign-in\": \"Anmelden\"\n")},
			[]string{`render: locale de.json:2: the JSON object is not closed`}},
		{"locale with two objects", render.Config{Locales: locale("{}\n{}")},
			[]string{`render: locale de.json:2: there is more after the JSON object; remove it`}},
		{"locale that is a list", render.Config{Locales: locale("[]")},
			[]string{`render: locale de.json:1: want a JSON object of "key": "text"`}},
		{"locale keys", render.Config{Reasons: []problem.Reason{planSmall}, Locales: locale("{\n\"step.sing-in\": \"x\",\n\"step.sign-in\": 1,\n\"step.sign-up\": \"a\",\n\"step.sign-up\": \"b\",\n\"reason.plan-too-small.detail\": \"Der Tarif {tarif}\",\n\"step.search\": \"\\u202e\"}")},
			[]string{
				`render: locale de.json:2: key "step.sing-in": there is no such key; see en.json for the built-in ones, and list your own reasons in Config.Reasons`,
				`render: locale de.json:3: key "step.sign-in": want a text`,
				`render: locale de.json:5: key "step.sign-up": the key stands here twice; remove one`,
				`render: locale de.json:6: key "reason.plan-too-small.detail": the English text has no placeholder {tarif}; want {plan}`,
				`render: locale de.json:7: key "step.search": it holds a control character, or bytes that are no UTF-8; remove them`,
			}},
		{"locale plurals", render.Config{Reasons: []problem.Reason{planSmall}, Locales: fstest.MapFS{"pl.json": {Data: []byte("{\n\"reason.plan-too-small.detail\": {\"one\": \"{plan}\", \"other\": \"{plan}\"},\n\"step.sign-in\": {\"other\": \"x\"},\n\"step.sign-up\": {\"one\": \"x\"},\n\"page.next\": {\"other\": \"{n}\"},\n\"cldr.minute\": {\"dual\": \"x\"}}")}}},
			[]string{
				`render: locale pl.json: key "cldr.minute.dual": cldr: key "cldr.minute.dual" of language "pl": cannot use "x"; want `,
				`render: locale pl.json:2: key "reason.plan-too-small.detail": the plural category few is missing`,
				`render: locale pl.json:3: key "step.sign-in": plural category other: it has no placeholder for the number that decides`,
				`render: locale pl.json:4: key "step.sign-up": plural category other: want a text`,
				`render: locale pl.json:5: key "page.next": the page's own words have no plural forms; want a text`,
			}},
		{"locale without a placeholder", render.Config{Reasons: []problem.Reason{planSmall}, Locales: locale(`{"reason.plan-too-small.detail": "Der Tarif"}`)},
			[]string{`render: locale de.json:1: key "reason.plan-too-small.detail": the placeholder {plan} of the English text is missing`}},
		{"format that is a nil pointer", render.Config{Formats: []render.Format{(*pointer)(nil)}},
			[]string{`render: Config.Formats[0] "nil": want a Format`}},
		{"challenge with a placeholder", render.Config{Challenges: []problem.Challenge{problem.Bearer("api").With("scope", "{scope}")}},
			[]string{`render: Config.Challenges[0] "Bearer realm=\"api\", scope=\"{scope}\"": {scope} is sent as it is; placeholders are for a Definition`}},
		{"{return_to} behind a host", render.Config{Links: map[problem.StepKind]string{problem.SignIn: "https://www.example.com{return_to}"}},
			[]string{`render: Config.Links["sign-in"] "https://www.example.com{return_to}": `}},
		{"type base without a scheme", render.Config{TypeBase: "localhost:8080/problems/"}, []string{`render: Config.TypeBase "localhost:8080/problems/": it names no host; want `}},
		{"type base without a host", render.Config{TypeBase: "https:"}, []string{`render: Config.TypeBase "https:": it names no host; want `}},
		{"type base with an empty host", render.Config{TypeBase: "https:///problems/"}, []string{`render: Config.TypeBase "https:///problems/": it names no host; want `}},
		{"type that the type base makes too", render.Config{TypeBase: "/p/", Reasons: []problem.Reason{problem.MustReason(problem.Definition{Code: "own", Status: 403, Title: "Own", Type: "/p/not-found"})}},
			[]string{`render: Config.TypeBase "/p/": it makes the type of "own" for "not-found" too; give one of them another`}},
		{"type base that is a host", render.Config{TypeBase: "https://api.example.com"},
			[]string{`render: Config.TypeBase "https://api.example.com": a code would become part of the host; put a slash behind it`}},
		{"type base without a slash", render.Config{TypeBase: "/problems"},
			[]string{`render: Config.TypeBase "/problems": a code would become part of its last word; put a slash behind it`}},
		{"type base that could be another host", render.Config{TypeBase: "https://example.com."}, []string{`render: Config.TypeBase "https://example.com.": a code would become part of the host`}},
		{"type base with a port to come", render.Config{TypeBase: "https://example.com:"}, []string{`render: Config.TypeBase "https://example.com:": a code would become part of the host`}},
		{"type base in capitals", render.Config{TypeBase: "/P"}, []string{`render: Config.TypeBase "/P": a code would become part of its last word`}},
		{"page that is a nil pointer", render.Config{Page: (*template.Template)(nil)}, []string{`render: Config.Page "nil": it is a *template.Template; want a page, or nothing for the built-in one`}},
		{"all at once", render.Config{TypeBase: "x", DefaultLanguage: "xx", Formats: []render.Format{nil}},
			[]string{`render: Config.Formats[0]`, `render: Config.TypeBase "x"`, `render: Config.DefaultLanguage "xx"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := render.New(tt.config)
			if err == nil {
				t.Fatal("New took it")
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(tt.want) {
				t.Fatalf("got %d mistakes, want %d:\n%v", len(lines), len(tt.want), err)
			}
			for i, want := range tt.want {
				if !strings.HasPrefix(lines[i], want) {
					t.Errorf("mistake %d:\n got %s\nwant %s", i, lines[i], want)
				}
			}
			config, locale, clash := new(render.ConfigError), new(render.LocaleError), new(problem.ClashError)
			if !errors.As(err, &config) && !errors.As(err, &locale) && !errors.As(err, &clash) {
				t.Errorf("%T holds no typed error", err)
			}
		})
	}
}

// Two clashing reasons of the application are named by file and line.
func TestClashNamesBothPlaces(t *testing.T) {
	a := problem.MustReason(problem.Definition{Code: "same", Status: 403, Title: "A"})
	b := problem.MustReason(problem.Definition{Code: "same", Status: 403, Title: "B"})
	_, err := render.New(render.Config{Reasons: []problem.Reason{a, b}})
	for _, want := range []string{a.Where(), b.Where(), "config_test.go:"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}

// After New, nothing that the caller does to its Config matters.
func TestConfigIsCopied(t *testing.T) {
	c := render.Config{
		Challenges: []problem.Challenge{problem.Basic("before")},
		Formats:    []render.Format{render.JSON},
		Links:      map[problem.StepKind]string{problem.SignIn: "/before"},
	}
	deny := mustNew(t, c)
	want := fmt.Sprint(deny.Render(render.Request{}, problem.SignInRequired))
	c.Challenges[0].Params[0].Value = "after"
	c.Challenges[0] = problem.Basic("after")
	c.Formats[0] = render.Text
	c.Links[problem.SignIn] = "/after"
	if diff := cmp.Diff(want, fmt.Sprint(deny.Render(render.Request{}, problem.SignInRequired))); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

func TestLinks(t *testing.T) {
	deny := mustNew(t, render.Config{Links: map[problem.StepKind]string{problem.SignIn: "/in", problem.StepUp: "/up", problem.GoHome: "", problem.ReadDocs: "{docs}", problem.ContactOwner: "mailto:{owner}?cc={owner}"}})
	tests := []struct {
		err  error
		kind problem.StepKind
		want string
		why  string
	}{
		{problem.SignInRequired, problem.SignIn, "/in", ""},
		{problem.StepUpRequired, problem.StepUp, "/up", ""},
		{problem.ReauthenticationRequired, problem.Reauthenticate, "/in", "falls back to SignIn's"},
		{&problem.Problem{Reason: problem.NotFound, Args: map[string]any{"docs": "https://docs.example/a"}, Next: []problem.NextStep{{Kind: problem.ReadDocs}}}, problem.ReadDocs, "https://docs.example/a", "the value is a whole address"},
		{&problem.Problem{Args: map[string]any{"owner": "ana+x@example.com"}, Next: []problem.NextStep{{Kind: problem.ContactOwner}}}, problem.ContactOwner, "mailto:ana+x@example.com?cc=ana%2Bx%40example.com", "an address of mail has an @"},
		{problem.PasswordChangeRequired, problem.ChangePassword, "/.well-known/change-password", "a registered address"},
		{&problem.Problem{Next: []problem.NextStep{{Kind: problem.SignIn, Href: "/own"}}}, problem.SignIn, "/own", "the step's own comes first"},
	}
	for _, tt := range tests {
		got := "(no such step)"
		for _, s := range deny.View(render.Request{}, tt.err).Next {
			if s.Kind == tt.kind {
				got = s.Href
			}
		}
		if got != tt.want {
			t.Errorf("%s of %v: got %q, want %q (%s)", tt.kind, tt.err, got, tt.want, tt.why)
		}
	}
	for _, s := range deny.View(render.Request{}, problem.NotFound).Next {
		if s.Kind == problem.GoHome {
			t.Errorf("the link that was taken away leads to %q", s.Href)
		}
	}
}

// A link is for every reason with steps of its kind, and not each of them knows
// every value: in a query, one that is not known is empty.
func TestLinkWithoutAValue(t *testing.T) {
	deny := mustNew(t, render.Config{Links: map[problem.StepKind]string{problem.RequestAccess: "/access?role={role}&next={return_to}"}})
	for want, err := range map[string]error{
		"/access?role=editor%20%26%20co&next=%2Fa": problem.NeedRole("editor & co"),
		"/access?role=&next=%2Fa":                  problem.RoleMissing,
	} {
		if got := deny.View(render.Request{Target: "/a"}, err).Next[0].Href; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestDetailAndArgs(t *testing.T) {
	v := (&render.Renderer{}).View(render.Request{}, &problem.Problem{
		Reason: problem.RoleMissing,
		Args:   map[string]any{"role": []string{"owner\u202eevil", "café", "c"}, "n": 3},
	})
	if want := "\u2068owner\ufffdevil\u2069, \u2068café\u2069, or c"; !strings.Contains(v.Detail, want) {
		t.Errorf("Detail %q does not hold %q", v.Detail, want)
	}
	if diff := cmp.Diff(map[string]string{"role": "owner\u202eevil café c", "n": "3"}, v.Args); diff != "" {
		t.Errorf("Args (-want +got):\n%s", diff)
	}
}

// The reference that a client is given is the one that is logged, and can be
// read as a URI reference.
func TestInstance(t *testing.T) {
	var logged []string
	deny := mustNew(t, render.Config{
		Instance: func(r *http.Request) string { return r.Header.Get("X-Request-Id") },
		OnDenied: func(_ *http.Request, p *problem.Problem) { logged = append(logged, p.Instance) },
	})
	err := &problem.Problem{Reason: problem.NotOwner}
	for _, row := range []struct{ given, sent string }{
		{"urn:x:1", "urn:x:1"},
		{"/r/%41?q#f", "/r/%41?q#f"},
		{`urn:a b<"%zz\`, "urn:a%20b%3C%22%25zz%5C"},
		{"urn:é", "urn:%C3%A9"},
		{"", ""},
	} {
		for range 3 {
			logged = nil
			w := answer(deny, get("/", "Accept: application/json", "X-Request-Id: "+row.given), err)
			p, fault := problem.Decode(w.Header().Get("Content-Type"), w.Body)
			if fault != nil || p.Instance != row.sent {
				t.Errorf("%q is sent as %q, want %q (%v)", row.given, p.Instance, row.sent, fault)
			}
			if len(logged) != 1 || logged[0] != row.given {
				t.Errorf("%q is logged as %q", row.given, logged)
			}
		}
	}
	if err.Instance != "" {
		t.Error("the application's Problem was changed")
	}
}
