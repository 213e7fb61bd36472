package denyoapi_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/go-cmp/cmp"
	oapimiddleware "github.com/oapi-codegen/nethttp-middleware"

	denyoapi "github.com/denial-go/denial/adapters/oapi"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

const secret = "password of db-7"

const document = `
openapi: 3.0.3
info: {title: Reports, version: "1"}
paths:
  /bearer: {get: {security: [{bearer: []}], responses: &ok {"200": {description: ok}}}}
  /basic: {get: {security: [{basic: []}], responses: *ok}}
  /key: {get: {security: [{key: []}], responses: *ok}}
  /query-key: {get: {security: [{queryKey: []}], responses: *ok}}
  /cookie: {get: {security: [{cookie: []}], responses: *ok}}
  /oauth: {get: {security: [{oauth: [read, write]}], responses: *ok}}
  /oidc: {get: {security: [{oidc: [openid]}], responses: *ok}}
  /mtls: {get: {security: [{mtls: []}], responses: *ok}}
  /either: {get: {security: [{oauth: [read]}, {basic: []}, {key: []}, {oauth: [read]}], responses: *ok}}
  /roles: {get: {security: [{bearer: [admin]}, {key: [admin]}], responses: *ok}}
  /both: {get: {security: [{basic: [], key: []}], responses: *ok}}
  /digest: {get: {security: [{digest: []}], responses: *ok}}
  /negotiate: {get: {security: [{negotiate: []}], responses: *ok}}
  /dpop: {get: {security: [{dpop: []}], responses: *ok}}
  /open: {get: {responses: *ok}, put: {responses: *ok}}
  /items/{id}:
    get:
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
        - {name: limit, in: query, schema: {type: integer, maximum: 100}}
        - {name: X-Mode, in: header, required: true, schema: {type: string, enum: [a, b]}}
      responses: *ok
    post:
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name]
              properties:
                name: {type: string, pattern: "^[a-z]+$"}
                tags: {type: array, items: {type: string, minLength: 2}}
                mail: {type: string, format: email}
              additionalProperties: false
      responses: *ok
components:
  securitySchemes:
    bearer: {type: http, scheme: bearer}
    basic: {type: http, scheme: Basic}
    digest: {type: http, scheme: digest}
    negotiate: {type: http, scheme: Negotiate}
    dpop: {type: http, scheme: DPoP}
    key: {type: apiKey, in: header, name: X-API-Key}
    queryKey: {type: apiKey, in: query, name: key}
    cookie: {type: apiKey, in: cookie, name: sid}
    oauth:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: "https://id.example.com/token", scopes: {read: "", write: ""}}}
    oidc: {type: openIdConnect, openIdConnectUrl: "https://id.example.com/.well-known/openid-configuration"}
    mtls: {type: mutualTLS}
`

func load(t *testing.T, text string) *openapi3.T {
	t.Helper()
	spec, err := openapi3.NewLoader().LoadFromData([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

type app struct {
	authenticate openapi3filter.AuthenticationFunc
	multi        bool
	prefix       string
	spec         string
	config       render.Config

	denied []*problem.Problem
	faults []error
}

func (a *app) handler(t *testing.T) http.Handler {
	t.Helper()
	a.config.OnDenied = func(_ *http.Request, p *problem.Problem) { a.denied = append(a.denied, p) }
	a.config.OnFault = func(err error) { a.faults = append(a.faults, err) }
	deny, err := render.New(a.config)
	if err != nil {
		t.Fatal(err)
	}
	text := a.spec
	if text == "" {
		text = document
	}
	spec := load(t, text)
	return oapimiddleware.OapiRequestValidatorWithOptions(spec, &oapimiddleware.Options{
		Options:              openapi3filter.Options{AuthenticationFunc: a.authenticate, MultiError: a.multi},
		ErrorHandlerWithOpts: denyoapi.ErrorHandler(deny, spec),
		Prefix:               a.prefix,
	})(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("ok")) }))
}

func send(h http.Handler, method, target, body string, fields ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i+1 < len(fields); i += 2 {
		r.Header.Add(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// summary is what matters of a denial.
type summary struct {
	Status     int
	Code       string
	Challenges []string
}

func summaryOf(t *testing.T, w *httptest.ResponseRecorder) summary {
	t.Helper()
	if strings.Contains(w.Body.String(), secret) {
		t.Errorf("the text of an error is in the answer: %s", w.Body)
	}
	var doc struct{ Code string }
	if strings.Contains(w.Header().Get("Content-Type"), "json") {
		if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
			t.Fatalf("%v in %s", err, w.Body)
		}
	}
	return summary{w.Code, doc.Code, w.Header()["Www-Authenticate"]}
}

func refuse(context.Context, *openapi3filter.AuthenticationInput) error { return errors.New(secret) }

func TestWithoutReason(t *testing.T) {
	const bearer, basicChallenge, key = `Bearer realm="Reports"`, `Basic realm="Reports", charset="UTF-8"`, `ApiKey realm="Reports"`
	rows := []struct {
		path   string
		fields []string
		want   summary
	}{
		{"/bearer", nil, summary{401, "sign-in-required", []string{bearer}}},
		{"/bearer", []string{"Authorization", "bearer x"}, summary{401, "token-invalid", []string{`Bearer error="invalid_token", error_description="The access token is not valid"`}}},
		{"/bearer", []string{"Authorization", "Basic eDp5"}, summary{401, "sign-in-required", []string{bearer}}},
		{"/bearer", []string{"Authorization", ""}, summary{401, "sign-in-required", []string{bearer}}},
		{"/basic", nil, summary{401, "sign-in-required", []string{basicChallenge}}},
		{"/basic", []string{"Authorization", "Basic eDp5"}, summary{401, "bad-credentials", []string{basicChallenge}}},
		{"/key", nil, summary{401, "api-key-missing", []string{key}}},
		{"/key", []string{"X-API-Key", "x"}, summary{401, "api-key-invalid", []string{key}}},
		{"/query-key", nil, summary{401, "api-key-missing", []string{key}}},
		{"/query-key?key=x", nil, summary{401, "api-key-invalid", []string{key}}},
		{"/cookie", nil, summary{401, "sign-in-required", []string{`Session realm="Reports"`}}},
		{"/cookie", []string{"Cookie", "sid=x"}, summary{401, "session-expired", []string{`Session realm="Reports"`}}},
		{"/oauth", nil, summary{401, "sign-in-required", []string{bearer + `, scope="read write"`}}},
		{"/oauth", []string{"Authorization", "Bearer x"}, summary{401, "token-invalid", []string{`Bearer error="invalid_token", error_description="The access token is not valid"`}}},
		{"/oidc", nil, summary{401, "sign-in-required", []string{bearer + `, scope="openid"`}}},
		{"/mtls", nil, summary{403, "client-certificate-required", nil}},
		{"/either", nil, summary{401, "sign-in-required", []string{bearer + `, scope="read"`, basicChallenge, key}}},
		{"/either", []string{"X-API-Key", "x"}, summary{401, "api-key-invalid", []string{key}}},
		{"/either", []string{"Authorization", "Basic eDp5"}, summary{401, "bad-credentials", []string{bearer + `, scope="read"`, basicChallenge, key}}},
		{"/roles", nil, summary{401, "sign-in-required", []string{bearer, key}}}, // roles are no scopes (OpenAPI 3.1)
		{"/both", nil, summary{401, "sign-in-required", []string{basicChallenge, key}}},
		{"/both", []string{"Authorization", "Basic eDp5"}, summary{401, "api-key-missing", []string{key}}},
		{"/digest", nil, summary{401, "sign-in-required", []string{`Bearer realm="restricted"`}}},
		{"/negotiate", nil, summary{401, "sign-in-required", []string{"Negotiate"}}},
		{"/dpop", nil, summary{401, "sign-in-required", []string{`DPoP realm="Reports"`}}},
	}
	for _, row := range rows {
		t.Run(row.path+" "+strings.Join(row.fields, " "), func(t *testing.T) {
			a := &app{authenticate: refuse}
			w := send(a.handler(t), "GET", row.path, "", row.fields...)
			if diff := cmp.Diff(row.want, summaryOf(t, w)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if len(a.faults) > 0 {
				t.Errorf("faults: %v", a.faults)
			}
			if len(a.denied) != 1 || a.denied[0].Cause == nil || !strings.Contains(a.denied[0].Cause.Error(), secret) {
				t.Errorf("the error is lost: %v", a.denied)
			}
		})
	}
	t.Run("certificate", func(t *testing.T) {
		r := httptest.NewRequest("GET", "/mtls", nil)
		r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{{}}}
		w := httptest.NewRecorder()
		(&app{authenticate: refuse}).handler(t).ServeHTTP(w, r)
		if diff := cmp.Diff(summary{403, "client-certificate-invalid", nil}, summaryOf(t, w)); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
	t.Run("accepted", func(t *testing.T) {
		a := &app{authenticate: openapi3filter.NoopAuthenticationFunc}
		if w := send(a.handler(t), "GET", "/either", ""); w.Code != 200 {
			t.Errorf("got %d", w.Code)
		}
	})
	t.Run("a title that no field can hold", func(t *testing.T) {
		a := &app{authenticate: refuse, spec: strings.Replace(document, "title: Reports", `title: "Berichte für alle"`, 1)}
		want := summary{401, "sign-in-required", []string{`Bearer realm="restricted"`}}
		if diff := cmp.Diff(want, summaryOf(t, send(a.handler(t), "GET", "/bearer", ""))); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestOwnReasons(t *testing.T) {
	by := func(reasons map[string]error) openapi3filter.AuthenticationFunc {
		return func(_ context.Context, in *openapi3filter.AuthenticationInput) error {
			if err, ok := reasons[in.SecuritySchemeName]; ok {
				return in.NewError(err) // as oapi-codegen's examples do
			}
			return in.NewError(nil)
		}
	}
	rows := []struct {
		name, path   string
		authenticate openapi3filter.AuthenticationFunc
		fields       []string
		want         summary
	}{
		{"the reason wins", "/bearer", by(map[string]error{"bearer": problem.TokenExpired}), []string{"Authorization", "Bearer x"},
			summary{401, "token-expired", []string{`Bearer error="invalid_token", error_description="The access token expired"`}}},
		{"its challenges too", "/basic", by(map[string]error{"basic": problem.SignInRequired}), nil,
			summary{401, "sign-in-required", []string{`Bearer realm="restricted"`}}},
		{"scopes of the document", "/oauth", by(map[string]error{"oauth": problem.InsufficientScope}), []string{"Authorization", "Bearer x"},
			summary{403, "insufficient-scope", []string{`Bearer error="insufficient_scope", scope="read write"`}}},
		{"scopes of the function", "/oauth", by(map[string]error{"oauth": problem.NeedScope("admin")}), []string{"Authorization", "Bearer x"},
			summary{403, "insufficient-scope", []string{`Bearer error="insufficient_scope", scope="admin"`}}},
		{"roles of the document", "/roles", by(map[string]error{"key": problem.InsufficientScope}), []string{"X-API-Key", "x"},
			summary{403, "insufficient-scope", []string{`Bearer error="insufficient_scope"`}}},
		{"the way that was tried", "/either", by(map[string]error{"oauth": problem.SignInRequired, "basic": problem.SignInRequired, "key": problem.APIKeyRestricted}),
			[]string{"X-API-Key", "x"}, summary{403, "api-key-restricted", nil}},
		{"the first way, where none was tried", "/either", by(map[string]error{"basic": problem.EmailUnverified, "key": problem.APIKeyMissing}), nil,
			summary{403, "email-unverified", nil}},
		{"a cloaked one hides all", "/either", by(map[string]error{"oauth": problem.SignInRequired, "key": problem.Cloak(problem.NotOwner)}),
			[]string{"Authorization", "Bearer x"}, summary{404, "not-found", nil}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			a := &app{authenticate: row.authenticate}
			if diff := cmp.Diff(row.want, summaryOf(t, send(a.handler(t), "GET", row.path, "", row.fields...))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	t.Run("joined", func(t *testing.T) {
		a := &app{authenticate: by(map[string]error{"bearer": errors.Join(problem.EmailUnverified, problem.TermsNotAccepted)})}
		send(a.handler(t), "GET", "/bearer", "")
		if len(a.denied) != 1 || a.denied[0].Reason != problem.EmailUnverified || len(a.denied[0].Also) != 1 {
			t.Errorf("denied: %v", a.denied)
		}
	})
}

// An identity provider out of reach says nothing about the credentials.
func TestOutage(t *testing.T) {
	down := &net.OpError{Op: "dial", Net: "tcp", Err: errors.New(secret)}
	_, parsing := url.Parse(fmt.Sprint("http://%zz", secret))
	overloaded := summary{Status: 503, Code: "overloaded"}
	invalid := summary{401, "token-invalid", []string{`Bearer error="invalid_token", error_description="The access token is not valid"`}}
	for _, row := range []struct {
		name, path string
		errs       map[string]error // by scheme; the others refuse
		fields     []string
		want       summary
	}{
		{"a bearer token", "/bearer", map[string]error{"bearer": down}, []string{"Authorization", "Bearer good"}, overloaded},
		{"a password", "/basic", map[string]error{"basic": fmt.Errorf("%s: %w", secret, context.DeadlineExceeded)}, []string{"Authorization", "Basic eDp5"}, overloaded},
		{"a key", "/key", map[string]error{"key": context.Canceled}, []string{"X-API-Key", "x"}, overloaded},
		{"a cookie", "/cookie", map[string]error{"cookie": &url.Error{Op: "Get", URL: secret, Err: errors.New("EOF")}}, []string{"Cookie", "sid=x"}, overloaded},
		{"one of two that are needed", "/both", map[string]error{"basic": down, "key": down}, []string{"Authorization", "Basic eDp5"}, overloaded},
		{"no credentials", "/bearer", map[string]error{"bearer": down}, nil, summary{401, "sign-in-required", []string{`Bearer realm="Reports"`}}},
		{"a way that was not tried", "/either", map[string]error{"oauth": down}, []string{"X-API-Key", "x"}, summary{401, "api-key-invalid", []string{`ApiKey realm="Reports"`}}},
		{"a reason for what was not sent", "/either", map[string]error{"oauth": down, "basic": problem.SignInRequired, "key": problem.APIKeyMissing},
			[]string{"Authorization", "Bearer good"}, overloaded},
		{"a reason for what was sent too", "/either", map[string]error{"oauth": down, "key": problem.APIKeyRestricted},
			[]string{"Authorization", "Bearer good", "X-API-Key", "x"}, summary{403, "api-key-restricted", nil}},
		{"a cloaked one hides this too", "/either", map[string]error{"oauth": down, "key": problem.Cloak(problem.NotOwner)},
			[]string{"Authorization", "Bearer good"}, summary{404, "not-found", nil}},
		{"an issuer that is no URL: an attacker's token does that", "/bearer", map[string]error{"bearer": parsing}, []string{"Authorization", "Bearer forged"}, invalid},
		{"one that is no network", "/bearer", map[string]error{"bearer": &net.ParseError{Type: "CIDR address", Text: secret}}, []string{"Authorization", "Bearer forged"}, invalid},
		{"a file that the token names is not there", "/bearer", map[string]error{"bearer": &fs.PathError{Op: "open", Path: secret, Err: syscall.ENOENT}}, []string{"Authorization", "Bearer forged"}, invalid},
		{"one without a port", "/bearer", map[string]error{"bearer": &net.AddrError{Err: secret}}, []string{"Authorization", "Bearer forged"}, invalid},
		{"methods that panic", "/bearer", map[string]error{"bearer": fmt.Errorf("%s: %w", secret, (*loop)(nil))}, []string{"Authorization", "Bearer x"}, invalid},
	} {
		t.Run(row.name, func(t *testing.T) {
			a := &app{authenticate: func(_ context.Context, in *openapi3filter.AuthenticationInput) error {
				if err, ok := row.errs[in.SecuritySchemeName]; ok {
					return in.NewError(err)
				}
				return errors.New(secret)
			}}
			if diff := cmp.Diff(row.want, summaryOf(t, send(a.handler(t), "GET", row.path, "", row.fields...))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if len(a.denied) != 1 || a.denied[0].Cause == nil {
				t.Errorf("the error is lost: %v", a.denied)
			}
		})
	}
	err := &openapi3filter.SecurityRequirementsError{
		SecurityRequirements: openapi3.SecurityRequirements{{"key": nil}, {"bearer": nil}},
		Errors:               []error{down, problem.Cloak(problem.NotOwner)},
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("X-API-Key", "x")
	route := &routers.Route{Spec: load(t, document)}
	if p := problem.From(denyoapi.Unauthenticated(err, r, route)); p.Reason != problem.NotFound {
		t.Errorf("a cloaked one is seen: %v", p)
	}
}

func TestMistakesOfTheApplication(t *testing.T) {
	rows := map[string]*app{
		"no AuthenticationFunc": {},
		"scheme not declared":   {authenticate: refuse, spec: strings.Replace(document, "[{bearer: []}]", "[{missing: []}]", 1)},
	}
	for name, a := range rows {
		t.Run(name, func(t *testing.T) {
			w := send(a.handler(t), "GET", "/bearer", "")
			if w.Code != 500 || w.Body.String() != "Internal Server Error\n" || len(a.faults) != 1 {
				t.Errorf("got %d %s and faults %v", w.Code, w.Body, a.faults)
			}
		})
	}
}

func TestRequests(t *testing.T) {
	type list []map[string]any
	item := func(location, keyword, message string) map[string]any {
		m := map[string]any{"location": location}
		if keyword != "" {
			m["keyword"] = keyword
		}
		if message != "" {
			m["message"] = message
		}
		return m
	}
	mode := []string{"X-Mode", "a"}
	asJSON := []string{"Content-Type", "application/json"}
	rows := []struct {
		name, method, target, body string
		fields                     []string
		status                     int
		want                       list
	}{
		{"path", "GET", "/items/" + strings.ReplaceAll(secret, " ", "%20"), "", mode, 400, list{item("path.id", "", "an invalid integer")}},
		{"query", "GET", "/items/1?limit=101", "", mode, 400, list{item("query.limit", "maximum", "number must be at most 100")}},
		{"header missing", "GET", "/items/1", "", nil, 400, list{item("header.X-Mode", "required", "value is required but missing")}},
		{"header", "GET", "/items/1", "", []string{"X-Mode", secret}, 400, list{item("header.X-Mode", "enum", `value is not one of the allowed values ["a","b"]`)}},
		{"no body", "POST", "/items/1", "", asJSON, 400, list{item("body", "required", "value is required but missing")}},
		{"no JSON", "POST", "/items/1", `{"name":` + secret, asJSON, 400, list{item("body", "", "")}},
		{"another type", "POST", "/items/1", "<a/>", []string{"Content-Type", "application/xml"}, 415, nil},
		{"type", "POST", "/items/1", `{"name":7}`, asJSON, 400, list{item("body.name", "type", "value must be a string")}},
		{"pattern", "POST", "/items/1", `{"name":"` + secret + `"}`, asJSON, 400, list{item("body.name", "pattern", `string doesn't match the regular expression "^[a-z]+$"`)}},
		{"inside", "POST", "/items/1", `{"name":"a","tags":["ab","x"]}`, asJSON, 400, list{item("body.tags.1", "minLength", "minimum string length is 2")}},
		{"property", "POST", "/items/1", `{}`, asJSON, 400, list{item("body.name", "required", `property "name" is missing`)}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			a := &app{}
			w := send(a.handler(t), row.method, row.target, row.body, row.fields...)
			var doc struct {
				Status int
				Title  string
				Errors list
			}
			if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
				t.Fatal(err)
			}
			if w.Code != row.status || doc.Status != row.status || doc.Title != problem.StatusText(row.status) {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
			if diff := cmp.Diff(row.want, doc.Errors); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if strings.Contains(w.Body.String(), secret) {
				t.Errorf("what was sent is in the answer: %s", w.Body)
			}
		})
	}
	t.Run("several", func(t *testing.T) {
		a := &app{multi: true}
		w := send(a.handler(t), "POST", "/items/x", `{"name":7,"tags":["x"],"more":1}`, asJSON...)
		var doc struct{ Errors list }
		if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Code != 400 {
			t.Fatalf("%d %s: %v", w.Code, w.Body, err)
		}
		var got []any
		for _, e := range doc.Errors {
			got = append(got, e["location"])
		}
		if len(got) != 4 {
			t.Errorf("got %v", got)
		}
	})
	t.Run("no longer than the request", func(t *testing.T) {
		a := &app{multi: true}
		w := send(a.handler(t), "POST", "/items/1", `{"name":"a","tags":["x"`+strings.Repeat(`,"x"`, 5000)+`]}`, asJSON...)
		var doc struct{ Errors list }
		if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil || w.Code != 400 || len(doc.Errors) != 64 {
			t.Errorf("%d with %d errors: %v", w.Code, len(doc.Errors), err)
		}
	})
	t.Run("security before the rest", func(t *testing.T) {
		a := &app{multi: true, authenticate: refuse, spec: strings.Replace(document, "/items/{id}:\n    get:", "/items/{id}:\n    get:\n      security: [{bearer: []}]", 1)}
		want := summary{401, "sign-in-required", []string{`Bearer realm="Reports"`}}
		if diff := cmp.Diff(want, summaryOf(t, send(a.handler(t), "GET", "/items/x", ""))); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
	t.Run("cut off", func(t *testing.T) {
		w := send(http.MaxBytesHandler((&app{}).handler(t), 10), "POST", "/items/1", `{"name":"abcdefgh"}`, asJSON...)
		if w.Code != 413 {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
	t.Run("cut off while signing in", func(t *testing.T) {
		a := &app{authenticate: refuse, spec: strings.Replace(document, "    post:", "    post:\n      security: [{bearer: []}]", 1)}
		w := send(http.MaxBytesHandler(a.handler(t), 10), "POST", "/items/1", `{"name":"abcdefgh"}`, asJSON...)
		if w.Code != 413 {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
}

func TestRoutes(t *testing.T) {
	a := &app{}
	if diff := cmp.Diff(summary{404, "not-found", nil}, summaryOf(t, send(a.handler(t), "GET", "/nowhere", ""))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	rows := []struct{ prefix, path, method, allow string }{
		{"", "/open", "POST", "GET, PUT"},
		{"", "/open", "HEAD", "GET, PUT"},
		{"", "/items/7", "DELETE", "GET, POST"},
		{"", "/items/a%2Fb", "DELETE", "GET, POST"},
		{"/api/v1", "/api/v1/open", "POST", "GET, PUT"},
	}
	for _, row := range rows {
		a := &app{prefix: row.prefix}
		w := send(a.handler(t), row.method, row.path, "")
		if w.Code != 405 || w.Header().Get("Allow") != row.allow {
			t.Errorf("%s %s: got %d and Allow %q", row.method, row.path, w.Code, w.Header().Get("Allow"))
		}
	}
	t.Run("without the document", func(t *testing.T) {
		h := oapimiddleware.OapiRequestValidatorWithOptions(load(t, document), &oapimiddleware.Options{ErrorHandlerWithOpts: denyoapi.ErrorHandler(new(render.Renderer), nil)})
		w := send(h(http.NotFoundHandler()), "POST", "/open", "")
		if w.Code != 405 || w.Header().Get("Allow") != "" {
			t.Errorf("got %d %v", w.Code, w.Header())
		}
	})
}

func TestBadRequest(t *testing.T) {
	h := denyoapi.BadRequest(new(render.Renderer))
	rows := []struct {
		err  error
		want summary
	}{
		{errors.New(secret), summary{400, "", nil}},
		{&http.MaxBytesError{Limit: 7}, summary{413, "", nil}},
		{problem.EmailUnverified.Because(errors.New(secret)), summary{403, "email-unverified", nil}},
		{nil, summary{400, "", nil}},
		{(*url.Error)(nil), summary{400, "", nil}}, // whose methods panic
		{(*openapi3filter.RequestError)(nil), summary{400, "", nil}},
		{(*openapi3filter.ParseError)(nil), summary{400, "", nil}},
	}
	for _, row := range rows {
		w := httptest.NewRecorder()
		h(w, httptest.NewRequest("GET", "/", nil), row.err)
		if diff := cmp.Diff(row.want, summaryOf(t, w)); diff != "" {
			t.Errorf("%v: (-want +got)\n%s", row.err, diff)
		}
	}
}

type loop struct{ err error }

func (l *loop) Error() string { return secret }
func (l *loop) Unwrap() error { return l.err }

// TestOtherCallers is about errors that the middleware would not make.
func TestOtherCallers(t *testing.T) {
	handle := denyoapi.ErrorHandler(new(render.Renderer), nil)
	req := &openapi3filter.SecurityRequirementsError{
		SecurityRequirements: openapi3.SecurityRequirements{{"bearer": nil}},
		Errors:               []error{errors.New(secret), problem.EmailUnverified},
	}
	cycle := &loop{}
	cycle.err = cycle
	rows := []struct {
		name   string
		err    error
		status int
		want   summary
	}{
		{"more errors than requirements", req, 401, summary{403, "email-unverified", nil}},
		{"no requirements", &openapi3filter.SecurityRequirementsError{}, 401, summary{401, "sign-in-required", []string{`Bearer realm="restricted"`}}},
		{"unknown, with a status", errors.New(secret), 409, summary{409, "", nil}},
		{"unknown", errors.New(secret), 500, summary{500, "", nil}},
		{"a cycle", cycle, 409, summary{409, "", nil}},
		{"a list", openapi3.MultiError{errors.New(secret), routers.ErrMethodNotAllowed}, 404, summary{405, "", nil}},
		{"methods that panic beside others", errors.Join((*url.Error)(nil), &http.MaxBytesError{}, &openapi3filter.RequestError{}), 400, summary{413, "", nil}},
		{"methods that panic", (*url.Error)(nil), 400, summary{400, "", nil}},
		{"nil", nil, 0, summary{403, "", nil}},
		{"a nil RequestError", (*openapi3filter.RequestError)(nil), 400, summary{400, "", nil}},
		{"nil requirements", (*openapi3filter.SecurityRequirementsError)(nil), 401, summary{401, "sign-in-required", []string{`Bearer realm="restricted"`}}},
		{"a reason", problem.Maintenance, 500, summary{503, "maintenance", nil}},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			handle(t.Context(), row.err, w, httptest.NewRequest("GET", "/", nil), oapimiddleware.ErrorHandlerOpts{StatusCode: row.status})
			if diff := cmp.Diff(row.want, summaryOf(t, w)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	if err := denyoapi.Unauthenticated(req, nil, nil); problem.From(err).Reason != problem.EmailUnverified {
		t.Errorf("without a request: %v", err)
	}
}

// A denial that somebody hands to the handler is answered as it is: what it
// hides, or gives as its cause, stays out of the answer.
func TestDenialOfTheApplication(t *testing.T) {
	for name, row := range map[string]struct {
		err    error
		status int
	}{
		"hidden": {problem.Cloak(errors.Join(problem.PolicyDenied, routers.ErrMethodNotAllowed)), 404},
		"cause":  {problem.PolicyDenied.Because(&openapi3filter.SecurityRequirementsError{}), 403},
		"method": {routers.ErrMethodNotAllowed, 405},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			r := httptest.NewRequest("GET", "/bearer", nil)
			denyoapi.ErrorHandler(&render.Renderer{}, nil)(r.Context(), row.err, w, r, oapimiddleware.ErrorHandlerOpts{StatusCode: 401})
			if w.Code != row.status || w.Header().Get("Allow") != "" {
				t.Errorf("got %d and Allow %q, want %d", w.Code, w.Header().Get("Allow"), row.status)
			}
		})
	}
}
