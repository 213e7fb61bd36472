package denyjose_test

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

	denyjose "github.com/denial-go/denial/adapters/jose"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/go-cmp/cmp"
)

var key = []byte("a key of the tests that is long enough")

func sign(t *testing.T, claims any) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: key}, (&jose.SignerOptions{}).WithHeader("kid", "one"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// signRaw signs what package jwt would not.
func signRaw(t *testing.T, payload string) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: key}, nil)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign([]byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// verify does what the package comment shows.
func verify(raw string, keys any) error {
	token, err := jwt.ParseSigned(raw, []jose.SignatureAlgorithm{jose.HS256, jose.ES256})
	if err != nil {
		return err
	}
	var claims jwt.Claims
	if err := token.Claims(keys, &claims); err != nil {
		return err
	}
	return claims.Validate(jwt.Expected{Issuer: "https://as.example.com", Subject: "alice", AnyAudience: jwt.Audience{"api"}})
}

// Each row is an error that go-jose really makes.
func TestDenial(t *testing.T) {
	at := func(d time.Duration) *jwt.NumericDate { return jwt.NewNumericDate(time.Now().Add(d)) }
	good := jwt.Claims{Issuer: "https://as.example.com", Audience: jwt.Audience{"api"}, Expiry: at(time.Hour), Subject: "alice"}
	with := func(change func(*jwt.Claims)) string {
		c := good
		change(&c)
		return sign(t, c)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name  string
		token string
		keys  any
		want  error // nil: allowed
	}{
		{"good", with(func(*jwt.Claims) {}), key, nil},
		{"expired", with(func(c *jwt.Claims) { c.Expiry = at(-time.Hour) }), key, problem.TokenExpired},
		{"for another audience", with(func(c *jwt.Claims) { c.Audience = jwt.Audience{"billing"} }), key, problem.WrongAudience},
		{"expired, and for another audience: refreshing is in vain",
			with(func(c *jwt.Claims) { c.Audience, c.Expiry = jwt.Audience{"billing"}, at(-time.Hour) }), key, problem.WrongAudience},
		{"from another issuer", with(func(c *jwt.Claims) { c.Issuer = "https://evil.example" }), key, problem.TokenInvalid},
		{"another subject", with(func(c *jwt.Claims) { c.Subject = "bob" }), key, problem.TokenInvalid},
		{"not valid yet", with(func(c *jwt.Claims) { c.NotBefore = at(time.Hour) }), key, problem.TokenInvalid},
		{"issued in the future", with(func(c *jwt.Claims) { c.IssuedAt = at(time.Hour) }), key, problem.TokenInvalid},
		{"expired, but the signature is wrong: nothing in it can be believed",
			with(func(c *jwt.Claims) { c.Expiry = at(-time.Hour) }), []byte("another key that is long enough too"), problem.TokenInvalid},
		{"an algorithm that is not wanted", "eyJhbGciOiJub25lIn0.e30.", key, problem.TokenInvalid},
		{"no token at all", "", key, problem.TokenInvalid},
		{"two parts", "a.b", key, problem.TokenInvalid},
		{"not base64", "!.!.!", key, problem.TokenInvalid},
		{"a claim of the wrong type", sign(t, map[string]any{"exp": "tomorrow"}), key, problem.TokenInvalid},
		{"an audience of the wrong type", sign(t, map[string]any{"aud": 7}), key, problem.TokenInvalid},
		{"claims that are no object", signRaw(t, `"text"`), key, problem.TokenInvalid},
		{"the key is of another type", with(func(*jwt.Claims) {}), &ec.PublicKey, problem.TokenInvalid},
		{"an unknown key", with(func(*jwt.Claims) {}), jose.JSONWebKeySet{}, problem.TokenInvalid},
		{"a nil key", with(func(*jwt.Claims) {}), nil, problem.TokenInvalid},
	} {
		t.Run(row.name, func(t *testing.T) {
			err := verify(row.token, row.keys)
			if (err == nil) != (row.want == nil) {
				t.Fatalf("the row is wrong: go-jose says %v", err)
			}
			check(t, err, row.want)
			if err != nil {
				check(t, fmt.Errorf("request 7: %w", err), row.want)
			}
		})
	}
}

// check compares a denial with the reason it should have, keeps that the cause
// is there for logs, and that no client sees it.
func check(t *testing.T, err, want error) {
	t.Helper()
	got := denyjose.Denial(err)
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
	for _, text := range []string{"jose", "refused", "claim", "base64", "algorithm"} {
		if strings.Contains(w.Body.String(), text) {
			t.Errorf("the client reads %q in:\n%s", text, w.Body)
		}
	}
}

func TestOtherErrors(t *testing.T) {
	for _, row := range []struct {
		name string
		err  error
		want error
	}{
		{"the keys are out of reach", fmt.Errorf("jwks: %w", &net.OpError{Op: "dial", Err: errors.New("refused")}), problem.Overloaded},
		{"the keys are out of reach, over HTTP", &url.Error{Op: "Get", URL: "https://as.example.com", Err: errors.New("refused")}, problem.Overloaded},
		{"the issuer is no URL: an attacker's token does that", parsing("http://%zz"), problem.TokenInvalid},
		{"a file that the token names is not there", fmt.Errorf("keys: %w", &fs.PathError{Op: "open", Path: "/keys/none.pem", Err: syscall.ENOENT}), problem.TokenInvalid},
		{"a connection was refused", fmt.Errorf("keys: %w", syscall.ECONNREFUSED), problem.Overloaded},
		{"the issuer has no port", fmt.Errorf("iss: %w", &net.AddrError{Err: "missing port in address"}), problem.TokenInvalid},
		{"the issuer is no network", fmt.Errorf("iss: %w", &net.ParseError{Type: "CIDR address"}), problem.TokenInvalid},
		{"the keys took too long", fmt.Errorf("jwks: %w", context.DeadlineExceeded), problem.Overloaded},
		{"cancelled", context.Canceled, problem.Overloaded},
		{"a reason of its own", fmt.Errorf("session store: %w", problem.TokenRevoked), problem.TokenRevoked},
		{"several checks joined", errors.Join(jwt.ErrExpired, jwt.ErrInvalidAudience), problem.WrongAudience},
		{"one of them is worse", errors.Join(jwt.ErrExpired, jwt.ErrInvalidIssuer), problem.TokenInvalid},
		{"an error of nobody we know", errors.New("x"), problem.TokenInvalid},
		{"a decryption that fails", jose.ErrCryptoFailure, problem.TokenInvalid},
	} {
		t.Run(row.name, func(t *testing.T) { check(t, row.err, row.want) })
	}
	cycle := &loop{}
	cycle.err = cycle
	for name, err := range map[string]error{
		"a cycle": cycle, "a nil inside": &loop{}, "an error whose Is panics": panics{},
		"a nil pointer whose Unwrap panics": fmt.Errorf("keys: %w", (*loop)(nil)),
		"one beside an expired token":       errors.Join((*loop)(nil), jwt.ErrExpired),
	} {
		if p, ok := problem.Find(denyjose.Denial(err)); !ok || p.Reason != problem.TokenInvalid {
			t.Errorf("%s: %v", name, p.Reason)
		}
	}
	if err := denyjose.Denial(nil); err != nil {
		t.Errorf("nil is denied: %v", err)
	}
}

// parsing is the error of somebody who looks for keys by the issuer.
func parsing(address string) error {
	_, err := url.Parse(address)
	return fmt.Errorf("iss: %w", err)
}

type loop struct{ err error }

func (l *loop) Error() string { return "loop" }
func (l *loop) Unwrap() error { return l.err }

type panics struct{}

func (panics) Error() string { return "panics" }
func (panics) Is(error) bool { panic("no") }

func TestOptions(t *testing.T) {
	const metadata = "https://api.example.com/.well-known/oauth-protected-resource"
	for _, row := range []struct {
		name      string
		options   denyjose.Options
		err       error
		code      string
		challenge string
		says      string // in the body
	}{
		{"metadata", denyjose.Options{ResourceMetadata: metadata}, jwt.ErrExpired, "token-expired",
			`Bearer error="invalid_token", error_description="The access token expired", resource_metadata="` + metadata + `"`, metadata},
		{"resource", denyjose.Options{Resource: "https://api.example.com"}, jwt.ErrInvalidAudience, "wrong-audience",
			`Bearer error="invalid_token", error_description="The access token is for another audience"`, `"resource":"https://api.example.com"`},
		{"an expired session", denyjose.Options{Session: true}, jwt.ErrExpired, "session-expired", `Bearer realm="restricted"`, ""},
		{"a broken session", denyjose.Options{Session: true}, jose.ErrCryptoFailure, "sign-in-required", `Bearer realm="restricted"`, ""},
		{"a session, and the keys are out of reach", denyjose.Options{Session: true}, context.DeadlineExceeded, "overloaded", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			deny := render.Must(render.New(render.Config{OnFault: func(err error) { t.Error(err) }}))
			w := httptest.NewRecorder()
			r := httptest.NewRequest("GET", "/", nil)
			r.Header.Set("Authorization", "Bearer x")
			deny.Write(w, r, row.options.Denial(row.err))
			body := w.Body.String()
			p, err := problem.Decode(w.Header().Get("Content-Type"), strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{row.code, row.challenge}, []string{p.Reason.Code(), w.Header().Get("WWW-Authenticate")}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !strings.Contains(body, row.says) {
				t.Errorf("the body does not say %s:\n%s", row.says, body)
			}
		})
	}
}
