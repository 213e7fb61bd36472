package denyjwt_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	denyjwt "github.com/denial-go/denial/adapters/jwt"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/golang-jwt/jwt/v5"
	"github.com/golang-jwt/jwt/v5/request"
	"github.com/google/go-cmp/cmp"
)

var key = []byte("a key of the tests that is long enough")

// claims are the registered ones with a check of their own.
type claims struct {
	jwt.RegisteredClaims
	check error
}

func (c claims) Validate() error { return c.check }

func sign(t *testing.T, c jwt.Claims) string {
	t.Helper()
	raw, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func at(d time.Duration) *jwt.NumericDate { return jwt.NewNumericDate(time.Now().Add(d)) }

// Each row is an error that the parser really makes.
func TestDenial(t *testing.T) {
	good := jwt.RegisteredClaims{Issuer: "https://as.example.com", Audience: jwt.ClaimStrings{"api"}, ExpiresAt: at(time.Hour), Subject: "alice"}
	with := func(change func(*jwt.RegisteredClaims)) string {
		c := good
		change(&c)
		return sign(t, c)
	}
	hs := func(*jwt.Token) (any, error) { return key, nil }
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name  string
		token string
		keys  jwt.Keyfunc
		own   error // of the claims' Validate
		want  error // nil: allowed
	}{
		{"good", with(func(*jwt.RegisteredClaims) {}), hs, nil, nil},
		{"expired", with(func(c *jwt.RegisteredClaims) { c.ExpiresAt = at(-time.Hour) }), hs, nil, problem.TokenExpired},
		{"for another audience", with(func(c *jwt.RegisteredClaims) { c.Audience = jwt.ClaimStrings{"billing"} }), hs, nil, problem.WrongAudience},
		{"expired, and for another audience: refreshing is in vain",
			with(func(c *jwt.RegisteredClaims) { c.Audience, c.ExpiresAt = jwt.ClaimStrings{"billing"}, at(-time.Hour) }), hs, nil, problem.WrongAudience},
		{"without an audience", with(func(c *jwt.RegisteredClaims) { c.Audience = nil }), hs, nil, problem.TokenInvalid},
		{"from another issuer", with(func(c *jwt.RegisteredClaims) { c.Issuer = "https://evil.example" }), hs, nil, problem.TokenInvalid},
		{"expired, from another issuer", with(func(c *jwt.RegisteredClaims) { c.Issuer, c.ExpiresAt = "x", at(-time.Hour) }), hs, nil, problem.TokenInvalid},
		{"without an expiration", with(func(c *jwt.RegisteredClaims) { c.ExpiresAt = nil }), hs, nil, problem.TokenInvalid},
		{"not valid yet", with(func(c *jwt.RegisteredClaims) { c.NotBefore = at(time.Hour) }), hs, nil, problem.TokenInvalid},
		{"expired before it was valid", with(func(c *jwt.RegisteredClaims) { c.NotBefore, c.ExpiresAt = at(time.Hour), at(-time.Hour) }), hs, nil, problem.TokenInvalid},
		{"issued in the future", with(func(c *jwt.RegisteredClaims) { c.IssuedAt = at(time.Hour) }), hs, nil, problem.TokenInvalid},
		{"another subject", with(func(c *jwt.RegisteredClaims) { c.Subject = "bob" }), hs, nil, problem.TokenInvalid},
		{"expired, but the signature is wrong: nothing in it can be believed",
			with(func(c *jwt.RegisteredClaims) { c.ExpiresAt = at(-time.Hour) }) + "x", hs, nil, problem.TokenInvalid},
		{"no token at all", "", hs, nil, problem.TokenInvalid},
		{"two parts", "a.b", hs, nil, problem.TokenInvalid},
		{"not base64", "!.!.!", hs, nil, problem.TokenInvalid},
		{"a claim of the wrong type", sign(t, jwt.MapClaims{"exp": "tomorrow"}), hs, nil, problem.TokenInvalid},
		{"alg none", "eyJhbGciOiJub25lIn0.e30.", hs, nil, problem.TokenInvalid},
		{"unknown alg", "eyJhbGciOiJYWDI1NiJ9.e30.AA", hs, nil, problem.TokenInvalid},
		{"the key is of another type: an attacker's alg does that", with(func(*jwt.RegisteredClaims) {}),
			func(*jwt.Token) (any, error) { return &ec.PublicKey, nil }, nil, problem.TokenInvalid},
		{"no keyfunc", with(func(*jwt.RegisteredClaims) {}), nil, nil, problem.TokenInvalid},
		{"an unknown key", with(func(*jwt.RegisteredClaims) {}),
			func(*jwt.Token) (any, error) { return nil, errors.New("kid not found") }, nil, problem.TokenInvalid},
		{"the keys are out of reach", with(func(*jwt.RegisteredClaims) {}),
			func(*jwt.Token) (any, error) { return nil, &net.OpError{Op: "dial", Err: errors.New("refused")} }, nil, problem.Overloaded},
		{"the keys took too long", with(func(*jwt.RegisteredClaims) {}),
			func(*jwt.Token) (any, error) { return nil, fmt.Errorf("jwks: %w", context.DeadlineExceeded) }, nil, problem.Overloaded},
		{"the issuer is no URL: an attacker's token does that", sign(t, jwt.MapClaims{"iss": "http://%zz"}), byIssuer, nil, problem.TokenInvalid},
		{"the issuer is no network either", sign(t, jwt.MapClaims{"iss": "10.0.0.0/64"}), byNetwork, nil, problem.TokenInvalid},
		{"a file that the token names is not there", sign(t, jwt.MapClaims{}),
			func(*jwt.Token) (any, error) {
				return nil, &fs.PathError{Op: "open", Path: "/keys/none.pem", Err: syscall.ENOENT}
			}, nil, problem.TokenInvalid},
		{"the issuer has no port", sign(t, jwt.MapClaims{"iss": "10.0.0.0"}), byHost, nil, problem.TokenInvalid},
		{"the issuer's keys are out of reach", sign(t, jwt.MapClaims{"iss": "http://as.example.com"}), byIssuer, nil, problem.Overloaded},
		{"a keyfunc with a reason of its own", with(func(*jwt.RegisteredClaims) {}),
			func(*jwt.Token) (any, error) { return nil, problem.TokenRevoked }, nil, problem.TokenRevoked},
		{"claims with a reason of their own", with(func(*jwt.RegisteredClaims) {}), hs, problem.AccountSuspended, problem.AccountSuspended},
		{"claims with an error of their own", with(func(*jwt.RegisteredClaims) {}), hs, errors.New("tenant closed"), problem.TokenInvalid},
		{"expired, and the claims have an error of their own",
			with(func(c *jwt.RegisteredClaims) { c.ExpiresAt = at(-time.Hour) }), hs, errors.New("tenant closed"), problem.TokenInvalid},
	} {
		t.Run(row.name, func(t *testing.T) {
			parser := jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithIssuer("https://as.example.com"), jwt.WithAudience("api"),
				jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithSubject("alice"))
			_, err := parser.ParseWithClaims(row.token, &claims{check: row.own}, row.keys)
			if (err == nil) != (row.want == nil) {
				t.Fatalf("the row is wrong: the parser says %v", err)
			}
			check(t, err, denyjwt.Denial(err), row.want)
			wrapped := fmt.Errorf("request 7: %w", err)
			if err != nil {
				check(t, wrapped, denyjwt.Denial(wrapped), row.want)
			}
		})
	}
}

// Keyfuncs that look at the issuer, of which there may be several.
func byIssuer(token *jwt.Token) (any, error) {
	iss, _ := token.Claims.GetIssuer()
	u, err := url.Parse(iss)
	if err != nil {
		return nil, err
	}
	return nil, &url.Error{Op: "Get", URL: u.String(), Err: &net.OpError{Op: "dial", Err: errors.New("refused")}}
}

func byNetwork(token *jwt.Token) (any, error) {
	iss, _ := token.Claims.GetIssuer()
	_, _, err := net.ParseCIDR(iss)
	return nil, err
}

func byHost(token *jwt.Token) (any, error) {
	iss, _ := token.Claims.GetIssuer()
	_, _, err := net.SplitHostPort(iss)
	return nil, err
}

// check compares a denial with the reason it should have, keeps that the cause
// is there for logs, and that no client sees it.
func check(t *testing.T, err, got, want error) {
	t.Helper()
	if want == nil {
		if got != nil {
			t.Errorf("an allowed token is denied: %v", got)
		}
		return
	}
	p, ok := problem.Find(got)
	if !ok || p.Reason != want {
		t.Fatalf("%v: got %v, want %v", err, got, want)
	}
	if !errors.Is(got, err) {
		t.Errorf("the logs do not learn of %v", err)
	}
	var deny render.Renderer
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Authorization", "Bearer x")
	deny.Write(w, r, got)
	for _, text := range []string{"jwt", "kid not", "tenant", "refused", "claim", "segment"} {
		if strings.Contains(w.Body.String(), text) {
			t.Errorf("the client reads %q in:\n%s", text, w.Body)
		}
	}
}

func TestOtherErrors(t *testing.T) {
	cycle := &loop{}
	cycle.err = cycle
	for _, row := range []struct {
		name string
		err  error
		want error
	}{
		{"no token in the request", request.ErrNoTokenInRequest, problem.SignInRequired},
		{"an error of nobody we know", errors.New("x"), problem.TokenInvalid},
		{"joined with one of the application's", errors.Join(errors.New("unauthorized"), jwt.ErrTokenExpired), problem.TokenInvalid},
		{"a nil inside", &loop{}, problem.TokenInvalid},
		{"nothing inside", several(nil), problem.TokenInvalid},
		{"a nil among several", several{nil, jwt.ErrTokenExpired}, problem.TokenInvalid},
		{"claims invalid, and it is not said how", jwt.ErrTokenInvalidClaims, problem.TokenInvalid},
		{"a cycle", cycle, problem.TokenInvalid},
		{"a nil pointer whose Unwrap panics", fmt.Errorf("keys: %w", (*loop)(nil)), problem.TokenInvalid},
		{"one beside an expired token", errors.Join((*loop)(nil), jwt.ErrTokenExpired), problem.TokenInvalid},
		{"one beside an outage", errors.Join((*loop)(nil), context.Canceled), problem.Overloaded},
		{"an error whose Is panics", panics{}, problem.TokenInvalid},
		{"cancelled", context.Canceled, problem.Overloaded},
		{"a URL that could not be parsed, beside an outage", errors.Join(&url.Error{Op: "parse", Err: errors.New("x")}, context.Canceled), problem.Overloaded},
		{"a nil *url.Error", (*url.Error)(nil), problem.Overloaded},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := denyjwt.Denial(row.err)
			if p, ok := problem.Find(got); !ok || p.Reason != row.want {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
	if err := denyjwt.Denial(nil); err != nil {
		t.Errorf("nil is denied: %v", err)
	}
}

type loop struct{ err error }

func (l *loop) Error() string { return "loop" }
func (l *loop) Unwrap() error { return l.err }

type panics struct{}

func (panics) Error() string { return "panics" }
func (panics) Is(error) bool { panic("no") }

type several []error

func (s several) Error() string   { return "several" }
func (s several) Unwrap() []error { return s }

func TestOptions(t *testing.T) {
	const metadata = "https://api.example.com/.well-known/oauth-protected-resource"
	for _, row := range []struct {
		name      string
		options   denyjwt.Options
		err       error
		code      string
		challenge string
		says      string // in the body
	}{
		{"metadata", denyjwt.Options{ResourceMetadata: metadata}, jwt.ErrTokenExpired, "token-expired",
			`Bearer error="invalid_token", error_description="The access token expired", resource_metadata="` + metadata + `"`, metadata},
		{"resource", denyjwt.Options{Resource: "https://api.example.com"}, jwt.ErrTokenInvalidAudience, "wrong-audience",
			`Bearer error="invalid_token", error_description="The access token is for another audience"`, `"resource":"https://api.example.com"`},
		{"an expired session", denyjwt.Options{Session: true}, jwt.ErrTokenExpired, "session-expired", `Bearer realm="restricted"`, ""},
		{"a broken session", denyjwt.Options{Session: true}, jwt.ErrTokenMalformed, "sign-in-required", `Bearer realm="restricted"`, ""},
		{"a session elsewhere", denyjwt.Options{Session: true}, jwt.ErrTokenInvalidAudience, "sign-in-required", `Bearer realm="restricted"`, ""},
		{"a session, and the keys are out of reach", denyjwt.Options{Session: true}, context.DeadlineExceeded, "overloaded", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			deny := render.Must(render.New(render.Config{OnFault: func(err error) { t.Error(err) }}))
			w := httptest.NewRecorder()
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Authorization", "Bearer x")
			deny.Write(w, r, row.options.Denial(row.err))
			p, err := problem.Decode(w.Header().Get("Content-Type"), w.Body)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{row.code, row.challenge}, []string{p.Reason.Code(), w.Header().Get("WWW-Authenticate")}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			w = httptest.NewRecorder()
			deny.Write(w, r, row.options.Denial(row.err))
			if !strings.Contains(w.Body.String(), row.says) {
				t.Errorf("the body does not say %s:\n%s", row.says, w.Body)
			}
		})
	}
}
