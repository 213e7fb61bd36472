package denyauthzen_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	denyauthzen "github.com/denial-go/denial/adapters/authzen"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/google/go-cmp/cmp"
)

var houseRule = problem.MustReason(problem.Definition{Code: "house-rule", Status: 409, Title: "A rule of the house"})

// seen is what a client reads of a denial.
type seen struct {
	Status    int
	Code      string
	Detail    string            // where the decision point gave it
	Params    map[string]string // of the first step
	Href      string
	Challenge string
}

// answer renders a denial, and keeps that nothing internal is in it.
func answer(t *testing.T, err error) seen {
	t.Helper()
	deny := render.Must(render.New(render.Config{OnFault: func(err error) { t.Error(err) }}))
	for _, accept := range []string{"text/html", "text/plain", "application/json"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/reports/7", nil)
		r.Header.Set("Accept", accept)
		r.Header.Set("Authorization", "Bearer x")
		deny.Write(w, r, err)
		if body := w.Body.String(); strings.Contains(body, "internal") {
			t.Errorf("the client reads what is internal:\n%s", body)
		}
		if accept != "application/json" {
			continue
		}
		p, err := problem.Decode(w.Header().Get("Content-Type"), w.Body)
		if err != nil {
			t.Fatal(err)
		}
		s := seen{Status: w.Code, Code: p.Reason.Code(), Challenge: w.Header().Get("WWW-Authenticate")}
		if r, ok := known.ByCode(s.Code); !ok || strings.TrimRight(p.Detail, ".") != strings.TrimRight(plain(r), ".") {
			s.Detail = p.Detail
		}
		if len(p.Next) > 0 && len(p.Next[0].Params) > 0 {
			s.Params, s.Href = p.Next[0].Params, p.Next[0].Href
		}
		return s
	}
	panic("not reached")
}

var known = func() *problem.Set {
	s, err := problem.NewSet(problem.Common()...)
	if err != nil {
		panic(err)
	}
	return s
}()

// plain is the sentence of a reason without values.
func plain(r problem.Reason) string {
	var deny render.Renderer
	v := deny.View(render.Request{}, r)
	return v.Detail
}

func TestEvaluation(t *testing.T) {
	own, err := problem.NewSet(houseRule)
	if err != nil {
		t.Fatal(err)
	}
	const (
		form   = `"form_url":"https://requests.example.com/forms/1"`
		valid  = `"expires_at":"2999-04-30T20:25:00Z"`
		stepUp = `Bearer error="insufficient_user_authentication", error_description="A stronger authentication is required", acr_values=`
	)
	denied := seen{Status: 403, Code: "policy-denied"}
	failed := seen{Status: 503, Code: "overloaded"}
	approval := seen{Status: 403, Code: "approval-required", Href: "https://requests.example.com/forms/1",
		Params: map[string]string{"expires_at": "2999-04-30T20:25:00Z"}}
	for _, row := range []struct {
		name    string
		options denyauthzen.Options
		doc     string
		want    seen // zero: allowed
	}{
		{"allowed", denyauthzen.Options{}, `{"decision":true}`, seen{}},
		{"allowed, with a context", denyauthzen.Options{}, `{"decision":true,"context":{"reason_user":{"en":"x"},"reason":"role_missing","acr_values":"x"}}`, seen{}},
		{"allowed, context null", denyauthzen.Options{}, ` {"context":null,"decision":true} `, seen{}},
		{"denied", denyauthzen.Options{}, `{"decision":false}`, denied},
		{"denied, and the program says why", denyauthzen.Options{Denied: problem.ReadOnly}, `{"decision":false}`, seen{Status: 403, Code: "read-only"}},

		// The example of the specification.
		{"reasons", denyauthzen.Options{}, `{"decision":false,"context":{"reason_admin":{"403":"internal: failed policy C076E82F"},
			"reason_user":{"403":"Insufficient privileges. Contact your administrator"}}}`,
			seen{Status: 403, Code: "policy-denied", Detail: "Insufficient privileges. Contact your administrator"}},
		{"reason_admin alone", denyauthzen.Options{}, `{"decision":false,"context":{"reason_admin":{"en":"internal"},"id":"internal","environment":{"ip":"internal"}}}`, denied},
		{"a text by language", denyauthzen.Options{Language: "es-MX"}, `{"decision":false,"context":{"reason_user":{"en-403":"No","es-403":"Nada","fr":"Non"}}}`,
			seen{Status: 403, Code: "policy-denied", Detail: "Nada"}},
		{"a text in no language of the reader", denyauthzen.Options{Language: "ja"}, `{"decision":false,"context":{"reason_user":{"de":"Nein","en-403":"No"}}}`,
			seen{Status: 403, Code: "policy-denied", Detail: "No"}},
		{"any text", denyauthzen.Options{}, `{"decision":false,"context":{"reason_user":{"fr":"Non","de":"Nein"}}}`,
			seen{Status: 403, Code: "policy-denied", Detail: "Nein"}},
		{"a text that is a string", denyauthzen.Options{}, `{"decision":false,"context":{"reason_user":"Not today"}}`,
			seen{Status: 403, Code: "policy-denied", Detail: "Not today"}},
		{"a text that is no string", denyauthzen.Options{}, `{"decision":false,"context":{"reason_user":{"en":["internal"],"de":7}}}`, denied},
		{"a text without end", denyauthzen.Options{}, `{"decision":false,"context":{"reason_user":{"en":"` + strings.Repeat("a", 2001) + `"}}}`, denied},
		{"a text for what must not be seen", denyauthzen.Options{Denied: problem.Cloak(problem.NotOwner)}, `{"decision":false,"context":{"reason_user":"It is there"}}`,
			seen{Status: 404, Code: "not-found"}},

		{"a code", denyauthzen.Options{}, `{"decision":false,"context":{"reason":"email-unverified"}}`, seen{Status: 403, Code: "email-unverified"}},
		{"a code in snake case", denyauthzen.Options{}, `{"decision":false,"context":{"reason":"email_unverified"}}`, seen{Status: 403, Code: "email-unverified"}},
		{"an unknown code", denyauthzen.Options{}, `{"decision":false,"context":{"reason":"internal_rule"}}`, denied},
		{"a code of the program", denyauthzen.Options{Reasons: own}, `{"decision":false,"context":{"reason":"house_rule"}}`, seen{Status: 409, Code: "house-rule", Detail: ""}},
		{"a code that is no string", denyauthzen.Options{}, `{"decision":false,"context":{"reason":["email-unverified"]}}`, denied},

		{"acr_values", denyauthzen.Options{}, `{"decision":false,"context":{"acr_values":"phr phrh"}}`,
			seen{Status: 401, Code: "step-up-required", Challenge: stepUp + `"phr phrh"`, Params: map[string]string{"acr_values": "phr phrh"}}},
		{"acr_values as a list", denyauthzen.Options{}, `{"decision":false,"context":{"acr_values":["phr","phrh",""]}}`,
			seen{Status: 401, Code: "step-up-required", Challenge: stepUp + `"phr phrh"`, Params: map[string]string{"acr_values": "phr phrh"}}},
		{"acr_values of the wrong type", denyauthzen.Options{}, `{"decision":false,"context":{"acr_values":[1]}}`, denied},

		{"requestable", denyauthzen.Options{}, `{"decision":false,"context":{"reason":"approval_required","access_request":{` + form + `,` + valid + `}}}`, approval},
		{"requestable, and another reason", denyauthzen.Options{}, `{"decision":false,"context":{"reason":"role_missing","access_request":{` + form + `,` + valid + `}}}`, approval},
		{"requestable by programs", denyauthzen.Options{},
			`{"decision":false,"context":{"access_request":{"endpoint":"https://pdp.example.com/r","template":"t1","binding_token":"abc","display":{"title":"internal"},` + valid + `}}}`,
			seen{Status: 403, Code: "approval-required", Params: map[string]string{
				"endpoint": "https://pdp.example.com/r", "template": "t1", "binding_token": "abc", "expires_at": "2999-04-30T20:25:00Z"}}},
		{"requestable no longer", denyauthzen.Options{}, `{"decision":false,"context":{"access_request":{` + form + `,"expires_at":"2020-04-30T20:25:00Z"}}}`, denied},
		{"requestable until nobody knows when", denyauthzen.Options{}, `{"decision":false,"context":{"access_request":{` + form + `}}}`, denied},
		{"requestable nowhere", denyauthzen.Options{}, `{"decision":false,"context":{"access_request":{` + valid + `}}}`, denied},
		{"requestable by a script", denyauthzen.Options{}, `{"decision":false,"context":{"access_request":{"form_url":"javascript:alert(1)",` + valid + `}}}`, denied},
		{"requestable without TLS", denyauthzen.Options{}, `{"decision":false,"context":{"access_request":{"form_url":"http://requests.example.com/",` + valid + `}}}`, denied},
		{"requestable at a trusted host", denyauthzen.Options{Hosts: []string{"requests.example.com"}}, `{"decision":false,"context":{"access_request":{` + form + `,` + valid + `}}}`, approval},
		{"requestable at another host", denyauthzen.Options{Hosts: []string{"example.com"}}, `{"decision":false,"context":{"access_request":{` + form + `,` + valid + `}}}`, denied},
		{"requestable, and no object", denyauthzen.Options{}, `{"decision":false,"context":{"access_request":"https://x.example"}}`, denied},

		{"allowed with an obligation", denyauthzen.Options{}, `{"decision":true,"context":{"obligations":[{"type":"notification","id":"1","to":"internal"}]}}`, denied},
		{"allowed with no obligation", denyauthzen.Options{}, `{"decision":true,"context":{"obligations":[]}}`, seen{}},
		{"allowed with one that is handled", denyauthzen.Options{ObligationsHandled: true}, `{"decision":true,"context":{"obligations":[{"type":"notification"}]}}`, seen{}},
		{"allowed after a step up", denyauthzen.Options{}, `{"decision":true,"context":{"obligations":[{"type":"step-up","id":"1","acr_value":"urn:loa:3"}]}}`,
			seen{Status: 401, Code: "step-up-required", Challenge: stepUp + `"urn:loa:3"`, Params: map[string]string{"acr_values": "urn:loa:3"}}},
		{"a step up to nowhere", denyauthzen.Options{}, `{"decision":true,"context":{"obligations":[{"type":"step-up","id":"1"},7,null]}}`, denied},
		{"an allowed request is no other's business", denyauthzen.Options{},
			`{"decision":true,"context":{"reason":"email_unverified","acr_values":"x","obligations":[{"type":"log"}]}}`, denied},
		{"obligations that are no list", denyauthzen.Options{}, `{"decision":true,"context":{"obligations":{"type":"notification"}}}`, failed},

		{"two decisions", denyauthzen.Options{}, `{"decision":false,"decision":true}`, failed},
		{"two decisions, one of them escaped", denyauthzen.Options{}, `{"decision":false,"\u0064ecision":true}`, failed},
		{"two contexts", denyauthzen.Options{}, `{"decision":true,"context":{"obligations":[{}]},"context":{}}`, failed},
		{"two lists of obligations", denyauthzen.Options{}, `{"decision":true,"context":{"obligations":[{}],"obligations":[]}}`, failed},
		{"a decision in another case", denyauthzen.Options{}, `{"Decision":true}`, failed},
		{"a decision in another case besides", denyauthzen.Options{}, `{"decision":false,"DECISION":true}`, denied},
		{"a decision that is a string", denyauthzen.Options{}, `{"decision":"true"}`, failed},
		{"a decision that is a number", denyauthzen.Options{}, `{"decision":1}`, failed},
		{"a decision that is null", denyauthzen.Options{}, `{"decision":null}`, failed},
		{"no decision", denyauthzen.Options{}, `{}`, failed},
		{"a batch", denyauthzen.Options{}, `{"evaluations":[{"decision":true}]}`, failed},
		{"a context that is no object", denyauthzen.Options{}, `{"decision":true,"context":"x"}`, failed},
		{"a list", denyauthzen.Options{}, `[{"decision":true}]`, failed},
		{"a boolean", denyauthzen.Options{}, `true`, failed},
		{"nothing", denyauthzen.Options{}, ``, failed},
		{"a page", denyauthzen.Options{}, `<html>internal`, failed},
		{"cut off", denyauthzen.Options{}, `{"decision":true`, failed},
		{"two documents", denyauthzen.Options{}, `{"decision":true}{"decision":false}`, failed},
		{"too deep", denyauthzen.Options{}, `{"decision":true,"context":` + strings.Repeat("[", 20000) + `}`, failed},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := row.options.Evaluation([]byte(row.doc))
			if row.want.Status == 0 {
				if got != nil {
					t.Errorf("an allowed request is denied: %v", got)
				}
				return
			}
			if got == nil {
				t.Fatal("let through")
			}
			if diff := cmp.Diff(row.want, answer(t, got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			p := problem.From(got)
			if p.Cause == nil || row.want.Status != 503 && !strings.Contains(p.Cause.Error(), row.doc) {
				t.Errorf("the logs read %v", p.Cause)
			}
		})
	}
}

// What http.Client.Do returns, of a real server.
func TestDenial(t *testing.T) {
	for _, row := range []struct {
		name   string
		status int
		body   string
		want   error // nil: allowed
	}{
		{"allowed", 200, `{"decision":true}`, nil},
		{"denied", 200, `{"decision":false}`, problem.PolicyDenied},
		{"no content", 204, ``, problem.Overloaded},
		{"our own credentials are wrong", 401, `{"decision":true}`, problem.Overloaded},
		{"the request was wrong", 400, `internal`, problem.Overloaded},
		{"a redirect that is not followed", 304, ``, problem.Overloaded},
		{"it fails", 500, `{"decision":true}`, problem.Overloaded},
		{"a long answer", 200, `{"decision":true,"context":{"x":"` + strings.Repeat("a", 1<<20) + `"}}`, problem.Overloaded},
	} {
		t.Run(row.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(row.status)
				io.WriteString(w, row.body)
			}))
			defer server.Close()
			got := denyauthzen.Denial(http.Post(server.URL, "application/json", strings.NewReader("{}")))
			if row.want == nil {
				if got != nil {
					t.Errorf("an allowed request is denied: %v", got)
				}
			} else if got == nil || problem.From(got).Reason != row.want {
				t.Errorf("got %v, want %v", got, row.want)
			}
		})
	}
	t.Run("out of reach", func(t *testing.T) {
		server := httptest.NewServer(http.NotFoundHandler())
		server.Close()
		if got := denyauthzen.Denial(http.Get(server.URL)); !errors.Is(got, problem.Overloaded) {
			t.Errorf("got %v", got)
		} else {
			answer(t, got)
		}
	})
	t.Run("cut off on the way", func(t *testing.T) {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, `{"decision":true}`)
		}))
		defer server.Close()
		if got := denyauthzen.Denial(http.Get(server.URL)); !errors.Is(got, problem.Overloaded) {
			t.Errorf("got %v", got)
		}
	})
}

type body struct {
	io.Reader
	closed bool
}

func (b *body) Close() error { b.closed = true; return nil }

func TestFailsClosed(t *testing.T) {
	var typed *problem.Problem
	for _, row := range []struct {
		name string
		got  error
		want error
	}{
		{"nil and nil", denyauthzen.Denial(nil, nil), problem.Overloaded},
		{"the zero answer", denyauthzen.Denial(&http.Response{}, nil), problem.Overloaded},
		{"no body", denyauthzen.Denial(&http.Response{StatusCode: 200}, nil), problem.Overloaded},
		{"a typed nil", denyauthzen.Denial(&http.Response{StatusCode: 200, Body: http.NoBody}, typed), problem.Overloaded},
		{"cancelled", denyauthzen.Denial(nil, context.Canceled), problem.Overloaded},
		{"a reason", denyauthzen.Denial(nil, problem.Maintenance), problem.Maintenance},
		{"no document", denyauthzen.Evaluation(nil), problem.Overloaded},
		{"Denied is a typed nil", denyauthzen.Options{Denied: typed}.Evaluation([]byte(`{"decision":false}`)), problem.PolicyDenied},
		{"Denied holds no reason", denyauthzen.Options{Denied: errors.New("internal")}.Evaluation([]byte(`{"decision":false}`)), problem.PolicyDenied},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.got == nil || problem.From(row.got).Reason != row.want {
				t.Fatalf("got %v, want %v", row.got, row.want)
			}
			answer(t, row.got)
		})
	}

	// The body is closed, also beside an error and a status that does not count.
	for name, err := range map[string]error{"200": nil, "an error": errors.New("x")} {
		b := &body{Reader: strings.NewReader(`{"decision":true}`)}
		if got := denyauthzen.Denial(&http.Response{StatusCode: 200, Body: b}, err); (got == nil) != (err == nil) || !b.closed {
			t.Errorf("%s: %v, closed %t", name, got, b.closed)
		}
	}

	shared := problem.NeedRole("editor")
	denyauthzen.Options{Denied: shared}.Evaluation([]byte(`{"decision":false,"context":{"reason_user":"x"}}`))
	if shared.Cause != nil || shared.Detail != "" {
		t.Errorf("the application's problem was changed: %+v", shared)
	}
}

// Only a document that every JSON parser reads as the decision true allows.
func FuzzEvaluation(f *testing.F) {
	for _, doc := range []string{
		`{"decision":true}`, `{"decision":false}`, `{"decision":false,"decision":true}`, `{"decision":true,"context":{"obligations":[{"type":"step-up","acr_value":"x"}]}}`,
		`{"decision":false,"context":{"reason":"role_missing","reason_user":{"en-403":"No"},"acr_values":"a b","access_request":{"form_url":"https://a.example/","expires_at":"2999-01-01T00:00:00Z"}}}`,
		`{"Decision":true}`, `null`, ``,
	} {
		f.Add([]byte(doc))
	}
	deny := render.Must(render.New(render.Config{}))
	f.Fuzz(func(t *testing.T, doc []byte) {
		got := denyauthzen.Evaluation(doc)
		if got == nil {
			var plain map[string]any
			if err := json.Unmarshal(doc, &plain); err != nil || plain["decision"] != true {
				t.Fatalf("let through by %q", doc)
			}
			if context, ok := plain["context"].(map[string]any); ok {
				if list, ok := context["obligations"].([]any); ok && len(list) > 0 {
					t.Fatalf("let through by %q", doc)
				}
			}
			return
		}
		w := httptest.NewRecorder()
		deny.Write(w, httptest.NewRequest("GET", "/", nil), got)
		if w.Code < 400 || w.Code == 500 {
			t.Errorf("status %d for %q", w.Code, doc)
		}
		for name, values := range w.Header() {
			if strings.ContainsAny(strings.Join(values, ""), "\r\n") {
				t.Errorf("%s: %q", name, values)
			}
		}
		if bytes.Contains(doc, []byte("reason_admin")) && strings.Contains(w.Body.String(), "reason_admin") && !bytes.Contains(doc, []byte("reason_user")) {
			t.Errorf("%q shows:\n%s", doc, w.Body)
		}
	})
}
