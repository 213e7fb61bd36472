package main

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"time"

	"github.com/denial-go/denial/problem"
)

// typeBase is that of the example site.
const typeBase = "https://api.example.com/problems/"

// links give every kind of step an address on the example site. Those that go
// into the Link field do not lead back: see the renderer.
func links() map[problem.StepKind]string {
	out := make(map[problem.StepKind]string)
	for _, k := range problem.Kinds() {
		out[k] = "/" + string(k)
		if k.Relation() == "" && k.Actor() == problem.User {
			out[k] += "?next={return_to}"
		}
	}
	for _, k := range []problem.StepKind{problem.Wait, problem.Retry, problem.RetryWith, problem.SlowDown, problem.ReloadForm} {
		out[k] = "{return_to}"
	}
	out[problem.GoHome] = "/"
	return out
}

// values are what the placeholders of the built-in reasons are filled with, by
// their names.
var values = map[string]any{
	"aauth_requirement":         "requirement=agent-token",
	"accept_signature":          `sig1=("@method" "@target-uri" "content-digest");created;keyid="client"`,
	"account":                   "ada@example.com",
	"acr_values":                problem.ACR("phr", "phrh"),
	"age":                       18,
	"algs":                      []string{"ES256", "EdDSA"},
	"amount":                    "2.50 EUR",
	"app":                       "Report Reader",
	"as_uri":                    "https://as.example.com",
	"authority":                 "Example District Court",
	"authorization_remediation": encoded(`{"authorization_details":[{"type":"payment","amount":"250.00"}]}`),
	"binding_token":             "b7Yl0s3tq9",
	"blocked_by":                "https://provider.example.com/",
	"claims":                    encoded(`{"access_token":{"nbf":{"essential":true,"value":"1767225600"}}}`),
	"code":                      "WDJB-MJHT",
	"dpop_nonce":                "eyJ7S_zG.eyJH0-Z.HX4w-7v",
	"email":                     "ada@example.com",
	"endpoint":                  "https://access.example.com/v1/requests",
	"expires_at":                time.Date(2027, 1, 4, 10, 0, 0, 0, time.UTC),
	"feature":                   "Scheduled reports",
	"field":                     "If-Match",
	"fields":                    []string{"Postal address", "Date of birth"},
	"form_url":                  "/request-access",
	"group":                     []string{"Finance", "Board"},
	"legal_basis":               "Example Act 2026, section 12",
	"max_age":                   10 * time.Minute,
	"methods":                   []string{"a security key", "a code from your app", "a recovery code"},
	"organization":              "Lovelace Ltd",
	"phone":                     "+44 20 7946 0958",
	"plan":                      []string{"Team", "Enterprise"},
	"quota":                     "10 GB of storage",
	"realm":                     "api.example.com",
	"region":                    "Canada",
	"request_schema_url":        "https://access.example.com/v1/schema.json",
	"resource":                  "https://api.example.com/reports",
	"resource_metadata":         "https://api.example.com/.well-known/oauth-protected-resource",
	"role":                      []string{"Editor", "Publisher"},
	"scope":                     []string{"reports.read", "reports.write"},
	"template":                  "read-report",
	"ticket":                    "016f84e8-f9b9-11e0-bd6f-0021cc6004de",
	"until":                     time.Date(2027, 1, 4, 9, 0, 0, 0, time.UTC),
	"url":                       "https://www.example.com/continue",
	"version":                   "4.2",
	"x402":                      encoded(`{"x402Version":2,"accepts":[{"scheme":"exact","network":"eip155:8453","amount":"2500000"}]}`),
}

var placeholder = regexp.MustCompile(`\{([a-z0-9_]+)(?:\|[a-z]+)?\}`)

// sample is a denial of the reason with a value in every place that it has for
// one. It fails for a placeholder that nobody has a value for.
func sample(r problem.Reason) (*problem.Problem, error) {
	texts := []string{r.Detail()}
	for _, c := range r.Challenges() {
		for _, p := range c.Params {
			texts = append(texts, p.Value)
		}
	}
	for _, f := range r.Fields() {
		texts = append(texts, f.Value)
	}
	for _, s := range r.Next() {
		texts = append(texts, s.Href)
		for _, value := range s.Params {
			texts = append(texts, value)
		}
	}
	p := &problem.Problem{Reason: r}
	for _, text := range texts {
		for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
			name := m[1]
			if name == problem.RetryAfterArg {
				p.RetryAfter = 30 * time.Second
				continue
			}
			value, ok := values[name]
			if !ok {
				return nil, fmt.Errorf("reason %s: no sample value for {%s}; add one to internal/schema/samples.go", r.Code(), name)
			}
			if p.Args == nil {
				p.Args = make(map[string]any)
			}
			p.Args[name] = value
		}
	}
	switch r {
	case problem.ProxyAuthRequired:
		p.Challenges = []problem.Challenge{problem.Basic("Office proxy")}
	case problem.PaymentRequired:
		p.Challenges = []problem.Challenge{problem.Payment("api.example.com", "c4FzR0tQ", "stripe", "charge", encoded(`{"amount":"250","currency":"eur"}`))}
	case problem.SecondFactorRequired:
		p.Args["field"] = "X-OTP"
	}
	return p, nil
}

// encoded returns JSON in the base64url that several challenges carry.
func encoded(json string) string { return base64.RawURLEncoding.EncodeToString([]byte(json)) }
