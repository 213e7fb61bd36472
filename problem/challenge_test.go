package problem_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/denial-go/denial/problem"
)

// A challengeRow is one row of a file in testdata; each file says how its rows
// are written. Lines holds what follows a sign, by sign.
type challengeRow struct {
	Title string
	Where string // file and line
	Lines map[byte][]string
}

func challengeRows(t testing.TB, name, signs string) []challengeRow {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	var rows []challengeRow
	seen := map[string]bool{}
	text := strings.ReplaceAll(string(data), "\r\n", "\n") // as Git may write them on Windows
	for n, line := range strings.Split(text, "\n") {
		where := fmt.Sprintf("%s:%d", name, n+1)
		body, indented := strings.CutPrefix(line, "\t")
		switch {
		case line == "" || line[0] == '#':
		case !indented:
			section, why, ok := strings.Cut(line, ": ")
			if !ok || why == "" || section == "" {
				t.Fatalf("%s: a title is a section, a colon and a reason", where)
			}
			rows = append(rows, challengeRow{line, where, map[byte][]string{}})
		case len(rows) == 0 || len(body) < 1 || !strings.Contains(signs, body[:1]):
			t.Fatalf("%s: %q is not of this format", where, line)
		default:
			row := rows[len(rows)-1]
			row.Lines[body[0]] = append(row.Lines[body[0]], unescapeRow(strings.TrimPrefix(body[1:], " ")))
		}
	}
	for _, row := range rows {
		input := fmt.Sprintf("%q%q", row.Lines['<'], row.Lines['+'])
		if seen[input] {
			t.Errorf("%s: the same as a row before", row.Where)
		}
		seen[input] = true
	}
	return rows
}

var rowEscape = regexp.MustCompile(`\\x[0-9a-f]{2}`)

func unescapeRow(s string) string {
	return rowEscape.ReplaceAllStringFunc(s, func(e string) string {
		b, _ := strconv.ParseUint(e[2:], 16, 8)
		return string([]byte{byte(b)})
	})
}

// rowChallenge reads a challenge as the files write them.
func rowChallenge(s string) problem.Challenge {
	parts := strings.Split(" "+s, " |")
	head, token68, _ := strings.Cut(strings.TrimPrefix(parts[0], " "), " : ")
	c := problem.Challenge{Scheme: head, Token68: token68}
	for _, part := range parts[1:] {
		name, value, _ := strings.Cut(strings.TrimPrefix(part, " "), "=")
		c.Params = append(c.Params, problem.Param{Name: name, Value: value})
	}
	return c
}

func TestParseChallenges(t *testing.T) {
	for _, row := range challengeRows(t, "challenges_parse.txt", "<>!") {
		t.Run(row.Title, func(t *testing.T) {
			var want []problem.Challenge
			for _, line := range row.Lines['>'] {
				want = append(want, rowChallenge(line))
			}
			got, err := problem.ParseChallenges(row.Lines['<'])
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: challenges (-want +got):\n%s", row.Where, diff)
			}
			var place []string
			if e, ok := errors.AsType[*problem.ChallengeSyntaxError](err); ok {
				place = []string{fmt.Sprintf("%d:%d", e.Line+1, e.Pos+1)}
			} else if err != nil {
				t.Errorf("%s: %v is not a ChallengeSyntaxError", row.Where, err)
			}
			if diff := cmp.Diff(row.Lines['!'], place); diff != "" {
				t.Errorf("%s: place of the mistake (-want +got):\n%s\n%v", row.Where, diff, err)
			}
		})
	}
}

// mistakes lists what an error of Validate is about, as the files write it.
func mistakes(t *testing.T, err error) []string {
	t.Helper()
	var list []string
	joined, ok := err.(interface{ Unwrap() []error })
	if err != nil && !ok {
		t.Fatalf("%v is not joined", err)
	}
	if err == nil {
		return nil
	}
	for _, err := range joined.Unwrap() {
		e, ok := errors.AsType[*problem.ChallengeError](err)
		if !ok {
			t.Fatalf("%v is not a ChallengeError", err)
		}
		if e.Wrong == "" || e.Fix == "" || e.Section == "" {
			t.Errorf("%#v does not say all it should", e)
		}
		param := e.Param
		if param == "" {
			param = "-"
		}
		list = append(list, param+" "+e.Section)
	}
	return list
}

func TestBuildChallenge(t *testing.T) {
	for _, row := range challengeRows(t, "challenges_build.txt", "+=!?{#") {
		t.Run(row.Title, func(t *testing.T) {
			if len(row.Lines['+']) != 1 {
				t.Fatalf("%s: a row has one challenge", row.Where)
			}
			c := rowChallenge(row.Lines['+'][0])

			if diff := cmp.Diff(row.Lines['!'], mistakes(t, c.Validate())); diff != "" {
				t.Errorf("%s: Validate (-want +got):\n%s", row.Where, diff)
			}
			template := row.Lines['!']
			if lines := row.Lines['{']; len(lines) > 0 {
				template = nil
				for _, line := range lines {
					if rest, ok := strings.CutPrefix(line, "! "); ok {
						template = append(template, rest)
					} else if line != "ok" {
						t.Errorf("%s: %q is not of this format", row.Where, line)
					}
				}
			}
			if diff := cmp.Diff(template, mistakes(t, problem.ValidateTemplate(c))); diff != "" {
				t.Errorf("%s: validateTemplate (-want +got):\n%s", row.Where, diff)
			}

			line := c.String()
			for _, want := range append(row.Lines['='], row.Lines['?']...) {
				if diff := cmp.Diff(want, line); diff != "" {
					t.Errorf("%s: String (-want +got):\n%s", row.Where, diff)
				}
			}
			if len(row.Lines['=']) != 1 && len(row.Lines['!']) == 0 {
				t.Errorf("%s: neither sent nor refused", row.Where)
			}
			if len(row.Lines['=']) == 1 {
				wantReadBack(t, c)
			}

			if row.Lines['#'] == nil {
				return
			}
			var some []string
			for _, status := range []int{400, 401, 402, 403, 407, 429} {
				if err := c.Fits(status); err == nil {
					some = append(some, strconv.Itoa(status))
				} else if _, ok := errors.AsType[*problem.ChallengeError](err); !ok {
					t.Errorf("%s: %v is not a ChallengeError", row.Where, err)
				}
			}
			if diff := cmp.Diff(row.Lines['#'], []string{strings.Join(some, " ")}); diff != "" {
				t.Errorf("%s: fits (-want +got):\n%s", row.Where, diff)
			}
		})
	}
}

// wantReadBack checks that c, which may be sent, is read as it was written.
func wantReadBack(t *testing.T, c problem.Challenge) {
	t.Helper()
	line := c.String()
	got, err := problem.ParseChallenges([]string{line})
	if err != nil {
		t.Errorf("%q is not read back: %v", line, err)
		return
	}
	c.Scheme = registered(c.Scheme)
	if diff := cmp.Diff([]problem.Challenge{c}, got); diff != "" {
		t.Errorf("%q read back (-want +got):\n%s", line, diff)
	}
}

// registered is how a scheme is spelled when it comes back.
func registered(scheme string) string {
	for _, name := range problem.KnownSchemes() {
		if strings.EqualFold(name, scheme) {
			return name
		}
	}
	return scheme
}

func TestConstructors(t *testing.T) {
	for _, test := range []struct {
		why  string
		c    problem.Challenge
		want string
	}{
		{"Go strings are UTF-8, and clients may ask", problem.Basic("staff"), `Basic realm="staff", charset="UTF-8"`},
		{"the shortest that is legal", problem.Bearer("api"), `Bearer realm="api"`},
		{"a realm is not needed beside another parameter",
			problem.Bearer("").With("resource_metadata", "https://api.example/meta"), `Bearer resource_metadata="https://api.example/meta"`},
		{"RFC 6750 §3.1", problem.Bearer("api").With("error", "insufficient_scope").With("scope", "a b"),
			`Bearer realm="api", error="insufficient_scope", scope="a b"`},
		{"RFC 9449 §7.1", problem.DPoP("api", "ES256", "EdDSA"), `DPoP realm="api", algs="ES256 EdDSA"`},
		{"neither realm nor algorithms", problem.DPoP(""), `DPoP`},
		{"RFC 7616 §3.3: algorithm without quotes", problem.Digest("r", "n", "SHA-256"),
			`Digest realm="r", qop="auth", algorithm=SHA-256, nonce="n"`},
		{"RFC 9635 §9.1", problem.GNAP("https://as.example/tx"), `GNAP as_uri="https://as.example/tx"`},
		{"whole seconds", problem.HOBA("pUE7", 90*time.Second+time.Millisecond), `HOBA challenge="pUE7", max-age="90"`},
		{"zero is for one answer", problem.HOBA("pUE7", 0), `HOBA challenge="pUE7", max-age="0"`},
		{"RFC 8120 §4.1", problem.Mutual("r", "iso-kam3-ec-p256-sha256", "host"),
			`Mutual version=1, algorithm=iso-kam3-ec-p256-sha256, validation=host, realm="r", reason=initial`},
		{"RFC 4559 §4", problem.Negotiate(), `Negotiate`},
		{"RFC 9577 §2.1", problem.PrivateToken("AAIA", "MIIB"), `PrivateToken challenge="AAIA", token-key="MIIB"`},
		{"the key may be left out", problem.PrivateToken("AAIA", ""), `PrivateToken challenge="AAIA"`},
		{"RFC 7804 §5", problem.SCRAM("r"), `SCRAM-SHA-256 realm="r"`},
		{"UMA 2.0 Grant §3.2.1", problem.UMA("", "https://as.example", "016f"), `UMA as_uri="https://as.example", ticket="016f"`},
		{"no parameters", problem.AWS4(), `AWS4-HMAC-SHA256`},
		{"draft-ryan-httpauth-payment §5.1", problem.Payment("r", "x7", "stripe", "charge", "e30"),
			`Payment id="x7", realm="r", method="stripe", intent="charge", request="e30"`},
		{"a form", problem.Session("shop", "/sign-in"), `Session realm="shop", location="/sign-in"`},
		{"a form that is not to be named", problem.Session("shop", ""), `Session realm="shop"`},
	} {
		t.Run(test.want, func(t *testing.T) {
			if err := test.c.Validate(); err != nil {
				t.Errorf("%s: %v", test.why, err)
			}
			if diff := cmp.Diff(test.want, test.c.String()); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.why, diff)
			}
			wantReadBack(t, test.c)
		})
	}
}

func TestConstructorsLeaveMistakesToValidate(t *testing.T) {
	for _, test := range []struct {
		why  string
		c    problem.Challenge
		want []string
	}{
		{"nothing to say", problem.Bearer(""), []string{"- RFC 6750 §3"}},
		{"no nonce and no algorithm", problem.Digest("r", "", ""), []string{"nonce RFC 7616 §3.3", "algorithm RFC 7616 §3.3"}},
		{"below zero is not rounded to a legal 0", problem.HOBA("pUE7", -time.Millisecond), []string{"max-age RFC 7486 §3"}},
		{"one argument of two", problem.UMA("photos", "", "016f"), []string{"as_uri UMA 2.0 Grant §3.2.1"}},
		{"an open redirect", problem.Session("shop", "//evil.example"), []string{"location package problem"}},
		{"arguments in the wrong order", problem.Payment("r", "x7", "e30=", "stripe", "charge once"),
			[]string{"method draft-ryan-httpauth-payment §5.1", "request draft-ryan-httpauth-payment §5.1"}},
		{"a localized realm", problem.Basic("Büro"), []string{"realm RFC 9110 §5.5"}},
	} {
		t.Run(test.why, func(t *testing.T) {
			if diff := cmp.Diff(test.want, mistakes(t, test.c.Validate())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWithCopies(t *testing.T) {
	base := problem.Bearer("api").With("scope", "a")
	first, second := base.With("scope", "b"), base.With("error", "invalid_token")
	base.With("max_age", "1")
	got := []string{base.String(), first.String(), second.String()}
	want := []string{
		`Bearer realm="api", scope="a"`,
		`Bearer realm="api", scope="b"`,
		`Bearer realm="api", scope="a", error="invalid_token"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(`Bearer REALM="x"`, problem.Challenge{Scheme: "Bearer", Params: []problem.Param{{Name: "REALM", Value: "api"}}}.With("realm", "x").String()); diff != "" {
		t.Errorf("names have no case (-want +got):\n%s", diff)
	}
}

func TestGet(t *testing.T) {
	c := problem.Challenge{Scheme: "Basic", Params: []problem.Param{{Name: "Realm", Value: "a"}, {Name: "realm", Value: "b"}, {Name: "empty"}}}
	for _, test := range []struct {
		name, want string
		ok         bool
		why        string
	}{
		{"realm", "a", true, "the first of several, whatever its case"},
		{"EMPTY", "", true, "empty is not missing"},
		{"scope", "", false, "missing"},
	} {
		if got, ok := c.Get(test.name); got != test.want || ok != test.ok {
			t.Errorf("Get(%q) = %q, %t; want %q, %t: %s", test.name, got, ok, test.want, test.ok, test.why)
		}
	}
}

// TestFitsKnowsErrorsOnlyOfOAuth: other schemes have no error, or another one.
func TestFitsKnowsErrorsOnlyOfOAuth(t *testing.T) {
	for _, c := range []problem.Challenge{
		problem.Basic("x").With("error", "invalid_token"),
		{Scheme: "Other", Params: []problem.Param{{Name: "error", Value: "invalid_token"}}},
	} {
		if err := c.Fits(403); err != nil {
			t.Error(err)
		}
	}
}

func TestDigestOrder(t *testing.T) {
	digest := func(realm string, algorithms ...string) (cs []problem.Challenge) {
		for _, a := range algorithms {
			cs = append(cs, problem.Digest(realm, "n", a))
		}
		return cs
	}
	bare := digest("r", "MD5")[0]
	bare.Params = append(bare.Params[:2:2], bare.Params[3:]...)
	for _, test := range []struct {
		why string
		cs  []problem.Challenge
		ok  bool
	}{
		{"the strongest first", digest("r", "SHA-256", "SHA-512-256", "MD5"), true},
		{"the server prefers either SHA", digest("r", "SHA-512-256", "SHA-256"), true},
		{"MD5 before the others would be taken", digest("r", "MD5", "SHA-256"), false},
		{"so would its session variant", digest("r", "md5-sess", "SHA-256-sess"), false},
		{"twice the same", digest("r", "SHA-256", "sha-256"), false},
		{"another realm is another offer", append(digest("r", "MD5"), digest("s", "SHA-256")...), true},
		{"without a name it is MD5", append([]problem.Challenge{bare}, digest("r", "SHA-256")...), false},
		{"other schemes do not count", append([]problem.Challenge{problem.Bearer("r")}, digest("r", "SHA-256")...), true},
		{"each is checked too", []problem.Challenge{problem.Bearer("")}, false},
		{"none", nil, true},
	} {
		_, err := problem.NewReason(problem.Definition{Code: "test", Status: 401, Title: "Test", Challenges: test.cs})
		if (err == nil) != test.ok {
			t.Errorf("%s: %v", test.why, err)
		}
	}
}

// TestChallengeErrorText is about the help in the text, which people read.
func TestChallengeErrorText(t *testing.T) {
	for _, test := range []struct {
		c    problem.Challenge
		want string
	}{
		{problem.Bearer("api").With("scope", "a  b"),
			`problem: challenge "Bearer": parameter "scope", value "a  b": not words with one space between; write them as in "read write", or leave it out (RFC 6750 §3)`},
		{problem.Challenge{Scheme: "Basic"},
			`problem: challenge "Basic": parameter "realm": missing; this scheme needs it (RFC 7617 §2)`},
		{problem.Challenge{Scheme: "Bearer"},
			`problem: challenge "Bearer": it has no parameters; give at least a realm (RFC 6750 §3)`},
		{problem.Challenge{Scheme: "Other", Token68: "a b"},
			`problem: challenge "Other": "a b": not a token68; use letters, digits and -._~+/ with = only at the end (RFC 9110 §11.2)`},
		{problem.Basic("a\nb"),
			`problem: challenge "Basic": parameter "realm", value "a\nb": holds a line break; take it out (RFC 9110 §5.5)`},
		{problem.Session("shop", "/in?next={return_to}"),
			`problem: challenge "Session": parameter "location", value "/in?next={return_to}": holds a brace; percent-encode it; in a challenge of a Reason, one placeholder can be the whole value, and no part of it (package problem)`},
		{problem.Basic("a\x00b"),
			`problem: challenge "Basic": parameter "realm", value "a\x00b": holds the control character 0x00; take it out (RFC 9110 §5.5)`},
	} {
		if diff := cmp.Diff(test.want, test.c.Validate().Error()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}

	_, err := problem.ParseChallenges([]string{`Negotiate`, `Basic realm="x`})
	want := `problem: challenges: line 2, byte 13: the quoted string is not closed, or holds a control character; end it with "`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want = `problem: challenge "Bearer": parameter "error", value "invalid_token": does not go with status 403; answer 401 (RFC 6750 §3.1)`
	if diff := cmp.Diff(want, fmt.Sprint(problem.Bearer("").With("error", "invalid_token").Fits(403))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestStringIsOneLine gives every field all bytes: whatever is in a challenge,
// its line cannot end the field.
func TestStringIsOneLine(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	s := string(all)
	for _, c := range []problem.Challenge{
		{},
		{Scheme: s},
		{Scheme: "Other", Token68: s},
		{Scheme: "Other", Params: []problem.Param{{}}},
		{Scheme: "Other", Params: []problem.Param{{Name: s, Value: s}, {Name: s, Value: s}}},
		{Scheme: "Digest", Params: []problem.Param{{Name: "stale", Value: s}, {Name: "realm", Value: s}}},
	} {
		line := c.String()
		for i := 0; i < len(line); i++ {
			if line[i] != '\t' && (line[i] < ' ' || line[i] > '~') {
				t.Errorf("%q holds %#x", line, line[i])
			}
		}
		if c.Validate() == nil {
			t.Errorf("%q is let through", line)
		}
	}
}

func TestAppendKeepsWhatStands(t *testing.T) {
	before := []byte("caf\xe9\r\nWWW-Authenticate: ")
	got := problem.Basic("x").Append(bytes.Clone(before))
	want := string(before) + `Basic realm="x", charset="UTF-8"`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseChallengesBounds(t *testing.T) {
	list := func(n int, s string) []string { return []string{strings.Repeat(s+",", n)} }
	for _, test := range []struct {
		why  string
		in   []string
		n    int
		fail bool
	}{
		{"as many challenges as are read", list(64, "a"), 64, false},
		{"one more", list(65, "a"), 64, true},
		{"as many parameters as are read", []string{"a " + list(512, "b=c")[0]}, 1, false},
		{"one more, so that its challenge is not whole", []string{"a " + list(513, "b=c")[0]}, 0, true},
		{"as many in several challenges", list(64, "a b=c,b=c,b=c,b=c,b=c,b=c,b=c,b=c"), 64, false},
		{"as long as is read", []string{"a " + strings.Repeat("b", 128<<10-2)}, 1, false},
		{"one byte more", []string{"a " + strings.Repeat("b", 128<<10-1)}, 0, true},
		{"in two lines", []string{"a", "b " + strings.Repeat("b", 128<<10)}, 1, true},
		{"nothing but commas", []string{strings.Repeat(",", 128<<10)}, 0, false},
	} {
		got, err := problem.ParseChallenges(test.in)
		if _, ok := errors.AsType[*problem.ChallengeSyntaxError](err); ok != test.fail {
			t.Errorf("%s: %v", test.why, err)
		}
		if len(got) != test.n {
			t.Errorf("%s: %d challenges, want %d", test.why, len(got), test.n)
		}
	}
}

// TestParamsDoNotShare checks that appending to one challenge's parameters
// does not reach the next challenge's.
func TestParamsDoNotShare(t *testing.T) {
	cs, err := problem.ParseChallenges([]string{`A a=1, B b=2`})
	if err != nil {
		t.Fatal(err)
	}
	_ = append(cs[0].Params, problem.Param{Name: "x"})
	if diff := cmp.Diff(`B b="2"`, cs[1].String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// grammar is the field as RFC 9110 writes it for recipients, one rule a line:
// the slow twin of the parser, as to what is legal.
var grammar = func() *regexp.Regexp {
	const (
		ows     = `[ \t]*`                                                          // §5.6.3
		token   = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"                                     // §5.6.2
		quoted  = `"(?:[^\x00-\x08\x0a-\x1f\x7f"\\]|\\[^\x00-\x08\x0a-\x1f\x7f])*"` // §5.6.4
		token68 = `[A-Za-z0-9._~+/-]+=*`                                            // §11.2
		param   = token + ows + `=` + ows + `(?:` + token + `|` + quoted + `)`
	)
	list := func(element string) string { // §5.6.1.2
		return `(?:` + element + `)?(?:` + ows + `,` + ows + `(?:` + element + `)?)*`
	}
	challenge := token + `(?: +(?:` + token68 + `|` + list(param) + `))?` // §11.3
	return regexp.MustCompile(`^` + ows + list(challenge) + ows + `$`)
}()

func TestParseChallengesAgainstGrammar(t *testing.T) {
	for _, row := range challengeRows(t, "challenges_parse.txt", "<>!") {
		for _, line := range row.Lines['<'] {
			_, err := problem.ParseChallenges([]string{line})
			if legal := grammar.MatchString(line); legal != (err == nil) {
				t.Errorf("%s: %q: legal is %t by the grammar, but %v", row.Where, line, legal, err)
			}
		}
	}
}

// FuzzParseChallenges checks that nothing makes the parser panic, that it reads
// what the grammar allows and nothing else, that lines mean what they mean when
// joined, and that what may be sent on reads the same.
func FuzzParseChallenges(f *testing.F) {
	for _, row := range challengeRows(f, "challenges_parse.txt", "<>!") {
		f.Add(strings.Join(row.Lines['<'], "\n"))
	}
	for _, row := range challengeRows(f, "challenges_build.txt", "+=!?{#") {
		f.Add(strings.Join(append(row.Lines['='], row.Lines['?']...), "\n"))
	}
	f.Fuzz(func(t *testing.T, field string) {
		if len(field) > 4<<10 {
			return // the bounds have a test of their own
		}
		if _, err := problem.ParseChallenges([]string{field}); grammar.MatchString(field) != (err == nil) && !strings.Contains(fmt.Sprint(err), "too many") {
			t.Errorf("%q: the grammar disagrees: %v", field, err)
		}
		lines := strings.Split(field, "\n")
		got, err := problem.ParseChallenges(lines)
		for _, c := range got {
			if c.Validate() == nil {
				wantReadBack(t, c)
			}
			if line := c.String(); strings.ContainsAny(line, "\r\n\x00") {
				t.Errorf("%q ends the field", line)
			}
		}
		all := problem.FromResponse(401, map[string][]string{"Www-Authenticate": lines}, nil).Challenges
		if len(all) < len(got) || err == nil && len(all) > len(got) || !cmp.Equal(got, all[:len(got)], cmpopts.EquateEmpty()) {
			t.Errorf("%q: FromResponse reads %v, and ParseChallenges %v", lines, all, got)
		}
		if err != nil {
			if e, ok := errors.AsType[*problem.ChallengeSyntaxError](err); !ok || e.Line >= len(lines) || e.Pos > len(lines[e.Line]) {
				t.Errorf("%#v points nowhere", err)
			}
			return
		}
		// Lines join with a comma (RFC 9110 §5.3).
		joined, err := problem.ParseChallenges([]string{strings.Join(lines, ", ")})
		if err != nil {
			t.Fatalf("%q: the joined line: %v", lines, err)
		}
		if diff := cmp.Diff(got, joined); diff != "" {
			t.Errorf("lines and their join (-lines +joined):\n%s", diff)
		}
	})
}

// FuzzChallengeRoundTrip makes challenges that may be sent, several at once,
// and wants them back as they were, in one line each and all in one line.
func FuzzChallengeRoundTrip(f *testing.F) {
	for _, row := range challengeRows(f, "challenges_build.txt", "+=!?{#") {
		c := rowChallenge(row.Lines['+'][0])
		value := ""
		if len(c.Params) > 0 {
			value = c.Params[0].Value
		}
		f.Add(uint64(len(row.Title)), value, c.Token68)
	}
	f.Fuzz(func(t *testing.T, seed uint64, value, token string) {
		r := rand.New(rand.NewPCG(seed, 1))
		var cs []problem.Challenge
		for range 1 + r.IntN(4) {
			cs = append(cs, genChallenge(r, value, token))
		}
		var lines []string
		for _, c := range cs {
			if err := c.Validate(); err != nil {
				t.Fatalf("%#v: %v", c, err)
			}
			lines = append(lines, c.String())
		}
		for _, in := range [][]string{lines, {strings.Join(lines, ", ")}, {strings.Join(lines, ",")}} {
			got, err := problem.ParseChallenges(in)
			if err != nil {
				t.Fatalf("%q: %v", in, err)
			}
			if diff := cmp.Diff(cs, got); diff != "" {
				t.Errorf("%q (-want +got):\n%s", in, diff)
			}
		}
	})
}

// genChallenge makes a challenge that may be sent, of an unknown scheme or of
// one that has rules, with parameters that it knows and others.
func genChallenge(r *rand.Rand, value, token string) problem.Challenge {
	sendable := strings.Map(func(c rune) rune {
		if c == '\t' || c >= ' ' && c <= '~' {
			return c
		}
		return -1
	}, value)
	word := strings.Map(func(c rune) rune {
		if strings.ContainsRune("!#$%&'*+-.^_`|~", c) || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return c
		}
		return -1
	}, token)
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	schemes := problem.KnownSchemes()

	c := problem.Challenge{Scheme: schemes[r.IntN(len(schemes))]}
	if r.IntN(3) == 0 || c.Scheme == "Concealed" {
		c.Scheme = "x" + word
	}
	switch c.Scheme {
	case "Negotiate", "NTLM":
		c.Token68 = pick("", "YII=", "a", "-._~+/==")
		return c
	case "Basic":
		c = problem.Basic(sendable)
	case "Bearer":
		c = problem.Bearer(sendable).With("scope", pick("a", "a b", "!#[]~")).With("max_age", pick("0", "300"))
	case "DPoP":
		c = problem.DPoP(sendable, pick("ES256", "EdDSA"), "RS256").With("error", pick("use_dpop_nonce", "invalid_token"))
	case "Digest":
		c = problem.Digest(sendable, "n"+sendable, pick("MD5", "SHA-256", "sha-512-256-SESS")).With("stale", pick("true", "FALSE"))
	case "GNAP":
		c = problem.GNAP("https://as.example/tx").With("access", "x"+sendable)
	case "HOBA":
		c = problem.HOBA(pick("pUE7", "a-_="), time.Duration(r.IntN(1000))*time.Second)
	case "Mutual":
		c = problem.Mutual(sendable, "x"+word, pick("host", "tls-unique"))
	case "PrivateToken":
		c = problem.PrivateToken(pick("AAIA", "AAI="), pick("", "MII="))
	case "SCRAM-SHA-256", "SCRAM-SHA-1":
		c.Params = pick2(r, []problem.Param{{Name: "realm", Value: sendable}},
			[]problem.Param{{Name: "sid", Value: "x" + word}, {Name: "data", Value: "cj0="}})
	case "UMA":
		c = problem.UMA(sendable, "https://as.example", "x"+sendable)
	case "Payment":
		c = problem.Payment(sendable, "x"+sendable, "stripe", "charge", "e30")
	case "Session":
		c = problem.Session(sendable, pick("", "/sign-in", "https://id.example/"))
	default:
		if r.IntN(4) == 0 && !strings.EqualFold(c.Scheme, registered(c.Scheme)) {
			c.Token68 = "a=="
			return c
		}
	}
	for i := range r.IntN(3) {
		c = c.With(fmt.Sprintf("z%d%s", i, word), sendable)
	}
	return c
}

func pick2[T any](r *rand.Rand, a, b T) T {
	if r.IntN(2) == 0 {
		return a
	}
	return b
}

func TestAppendAllocs(t *testing.T) {
	dst := make([]byte, 0, 1024)
	for _, test := range []struct {
		why string
		c   problem.Challenge
	}{
		{"sent with each 401", problem.Bearer("api").With("error", "invalid_token").With("resource_metadata", "https://api.example/meta")},
		{"tokens and quoted strings", problem.Digest("r", "n", "SHA-256").With("stale", "true")},
		{"token68", problem.Challenge{Scheme: "Negotiate", Token68: "YIIabc=="}},
		{"escapes", problem.Basic(`the "A" team`)},
		{"refused, and written all the same", problem.Challenge{Scheme: "B\nasic", Params: []problem.Param{{Name: "r\n", Value: "ä\n"}}}},
	} {
		if n := testing.AllocsPerRun(100, func() { dst = test.c.Append(dst[:0]) }); n != 0 {
			t.Errorf("%s: %v allocations, want 0", test.why, n)
		}
	}
}

func TestParseChallengesAllocs(t *testing.T) {
	for _, test := range []struct {
		why  string
		in   []string
		want float64
	}{
		{"the list and its parameters", []string{`Bearer realm="api", error="invalid_token", scope="a b"`}, 2},
		{"an escape needs a copy of the value", []string{`Basic realm="\"x\""`}, 3},
		{"a bare scheme has no parameters", []string{`Negotiate`}, 1},
		{"nothing", []string{strings.Repeat(",", 64<<10)}, 0},
	} {
		if n := testing.AllocsPerRun(100, func() { _, _ = problem.ParseChallenges(test.in) }); n > test.want {
			t.Errorf("%s: %v allocations, want %v", test.why, n, test.want)
		}
	}
}

func BenchmarkChallengeAppend(b *testing.B) {
	dst := make([]byte, 0, 1024)
	for _, bench := range []struct {
		name string
		c    problem.Challenge
	}{
		{"bearer", problem.Bearer("api").With("error", "insufficient_scope").With("scope", "reports.read").With("resource_metadata", "https://api.example/.well-known/oauth-protected-resource")},
		{"digest", problem.Digest("api@example.org", "7ypf/xlj9XXwfDPEoM4URrv", "SHA-256").With("opaque", "FQhe/qaU925kfnzjCev0")},
		{"session", problem.Session("shop", "/sign-in?next=%2Fcart")},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				dst = bench.c.Append(dst[:0])
			}
		})
	}
}

func BenchmarkChallengeValidate(b *testing.B) {
	c := problem.Bearer("api").With("error", "insufficient_scope").With("scope", "reports.read").With("resource_metadata", "https://api.example/meta")
	b.ReportAllocs()
	for b.Loop() {
		if c.Validate() != nil {
			b.Fatal("refused")
		}
	}
}

func BenchmarkParseChallenges(b *testing.B) {
	const size = 64 << 10
	fill := func(s string) []string { return []string{strings.Repeat(s, size/len(s))} }
	for _, bench := range []struct {
		name string
		in   []string
	}{
		{"ordinary", []string{`Bearer realm="api", error="invalid_token", resource_metadata="https://api.example/meta"`}},
		{"three", []string{`Bearer realm="api", scope="a b"`, `Digest realm="r", qop="auth", algorithm=SHA-256, nonce="7ypf/xlj9XXw"`, `Negotiate`}},
		{"hostile commas", fill(",")},
		{"hostile spaces", fill(" ")},
		{"hostile schemes", fill("a,")},
		{"hostile parameters", append([]string{"a "}, fill("b=c,")...)},
		{"hostile token68", []string{"a " + fill("b")[0]}},
		{"hostile equals", []string{"a b" + fill("=")[0] + " c"}},
		{"hostile escapes", []string{`a b="` + fill(`\"`)[0]}},
		{"hostile escapes, closed", []string{`a b="` + fill(`\"`)[0] + `"`}},
		{"hostile tokens", []string{"a " + strings.Repeat("b", size) + "@"}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			n := 0
			for _, line := range bench.in {
				n += len(line)
			}
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				_, _ = problem.ParseChallenges(bench.in)
			}
		})
	}
}
