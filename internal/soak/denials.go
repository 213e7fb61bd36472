package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/denial-go/denial/problem"
)

// A denial says which error a request is denied with. It goes in a header field
// of the request, so that the client knows what to expect.
type denial struct {
	reason int // of those of the run
	shape  int
	seed   uint64 // of the values
}

const denialField = "X-Denial"

func (d denial) String() string { return fmt.Sprintf("%d %d %d", d.reason, d.shape, d.seed) }

func parseDenial(s string) (d denial, err error) {
	_, err = fmt.Sscanf(s, "%d %d %d", &d.reason, &d.shape, &d.seed)
	return d, err
}

// Shapes of errors. Answers to those below shapes are prepared on first use,
// and the kinds of their values are always the same, so that all of them have
// been prepared after the warm-up.
const (
	bare    = iota // the Reason itself
	texts          // a text for each placeholder
	several        // lists where lists are usual, and a time to wait
	quoted         // a detail of the program's own, and an instance
	shapes         // how many those are
)

const (
	joined    = shapes + iota
	cloaked   // as not found
	extended  // further members, own steps
	hostile   // values that fit nowhere
	foreign   // says nothing about a denial
	allShapes // how many there are
)

var errForeign = errors.New("a foreign error")

// error returns what d stands for.
func (s *soak) error(d denial) error { return s.problem(d, rand.New(rand.NewPCG(d.seed, 1))) }

// problem returns what d stands for, with values from random.
func (s *soak) problem(d denial, random *rand.Rand) error {
	reason := s.reasons[d.reason]
	p := &problem.Problem{Reason: reason}
	switch d.shape {
	case bare:
		return reason
	case texts:
		p.Args = arguments(reason, random, false)
	case several:
		p.Args = arguments(reason, random, true)
		p.RetryAfter = time.Duration(1+random.IntN(1e5)) * time.Second
	case quoted:
		p.Args = arguments(reason, random, false)
		p.Detail = "In other words: " + words(random)
		p.Instance = "urn:x-denial:" + token(random)
	case joined:
		other := s.reasons[random.IntN(len(s.reasons))]
		return fmt.Errorf("checking: %w", errors.Join(problem.RetryIn(other, time.Minute), reason.Because(errForeign)))
	case cloaked:
		return problem.Cloak(reason)
	case extended:
		p.Args = arguments(reason, random, false)
		p.Extensions = map[string]any{"balance": random.IntN(1000), "tags": []string{token(random), words(random)}}
		p.Next = []problem.NextStep{
			{Kind: problem.OpenURL, Href: "/open/" + token(random) + "?back={return_to}", Title: words(random)},
			{Kind: problem.Pay, Href: "https://pay.example/" + token(random), Method: "POST"},
		}
		p.Also = []*problem.Problem{{Reason: s.reasons[random.IntN(len(s.reasons))]}}
	case hostile:
		p.Args = make(map[string]any)
		for _, name := range placeholders(reason) {
			p.Args[name] = evil[random.IntN(len(evil))]
		}
		p.Detail = evil[random.IntN(len(evil))]
		p.Challenges = []problem.Challenge{problem.Basic(evil[random.IntN(len(evil))])}
		p.Extensions = map[string]any{evil[random.IntN(len(evil))]: func() {}}
	case foreign:
		return fmt.Errorf("reading: %w", errors.Join(errForeign, context.DeadlineExceeded))
	}
	return p
}

// mayFault reports whether OnFault may be told of the denial.
func (d denial) mayFault() bool { return d.shape == hostile || d.shape == foreign }

// evil are values that would do harm in one place or another.
var evil = []string{
	"\r\nSet-Cookie: a=b", "</style><script>alert(1)</script>", "\x00", "\xff", "javascript:alert(1)", "//evil.example", `"\`, "\u202eevil", "{role}",
	"--=_denial_part_=_7f1b--\r\n", "]]>", "[a](javascript:b)", strings.Repeat("long ", 1000),
}

var placeholder = regexp.MustCompile(`\{([a-z][a-z0-9_]*)`)

// placeholders are the names of a reason's values.
func placeholders(r problem.Reason) []string {
	var names []string
	seen := map[string]bool{"return_to": true}
	for _, m := range placeholder.FindAllStringSubmatch(fmt.Sprint(r.Detail(), r.Next(), r.Challenges(), r.Fields()), -1) {
		if !seen[m[1]] {
			seen[m[1]] = true
			names = append(names, m[1])
		}
	}
	return names
}

// arguments are values that fit where the reason has places for them: of the
// same kinds each time.
func arguments(r problem.Reason, random *rand.Rand, lists bool) map[string]any {
	args := make(map[string]any)
	for _, name := range placeholders(r) {
		switch name {
		case problem.RetryAfterArg:
			// From Problem.RetryAfter.
		case "until", "expires_at":
			args[name] = time.Unix(1.8e9+random.Int64N(1e8), 0)
		case "max_age":
			args[name] = time.Duration(1+random.IntN(1e4)) * time.Second
		case "age":
			args[name] = 13 + random.IntN(6) // one plural category in each language here
		case "url", "form_url":
			args[name] = "/open/" + token(random)
		case "endpoint", "request_schema_url", "resource_metadata", "as_uri", "blocked_by", "resource":
			args[name] = "https://" + token(random) + ".example/" + token(random)
		case "claims", "remediation", "x402":
			args[name] = base64.RawURLEncoding.EncodeToString([]byte(`{"a":"` + token(random) + `"}`))
		case "accept_signature":
			args[name] = `sig1=("@method");keyid="` + token(random) + `"`
		case "aauth_requirement":
			args[name] = "requirement=" + token(random)
		case "scope", "acr_values", "algs":
			args[name] = token(random)
			if lists {
				args[name] = []string{token(random), token(random)}
			}
		case "role", "group", "plan", "fields", "methods":
			args[name] = words(random)
			if lists {
				args[name] = []string{words(random), words(random), words(random)}
			}
		default:
			args[name] = token(random)
		}
	}
	return args
}

// token is a value for programs.
func token(random *rand.Rand) string { return fmt.Sprintf("t%08x", random.Uint32()) }

// words is a value for people, of a length and script that differ.
func words(random *rand.Rand) string {
	list := []string{"editor", "<b>", "مدير", "日本語", `"quoted"`, "a&b", "naïve", "100%", "_x_", "O'Neill"}
	n := 1 + random.IntN(4)
	out := make([]string, n)
	for i := range out {
		out[i] = list[random.IntN(len(list))]
	}
	return strings.Join(out, " ") + " " + token(random)
}

// What requests ask for. The warm-up goes through all of it.
var (
	languages = []string{"en", "ar", "ja", "pl"}
	accepts   = []string{
		"application/problem+json", "text/html", "text/plain", "text/markdown", "application/problem+xml", "multipart/alternative",
	}
	circumstances = []func(http.Header){
		func(http.Header) {},
		func(h http.Header) { h.Set("Sec-Fetch-Mode", "navigate") },
		func(h http.Header) { h.Set("Authorization", "Bearer x") },
		func(h http.Header) {
			h.Set("Sec-Fetch-Mode", "cors")
			h.Set("Sec-Fetch-Site", "cross-site")
			h.Set("Origin", "https://app.example")
		},
		func(h http.Header) { h.Set("X-Requested-With", "XMLHttpRequest"); h.Set("Cookie", "session=x") },
	}
)

// A request is what a client sends.
type request struct {
	denial
	method, target string
	header         http.Header
}

// newRequest makes one up.
func (s *soak) newRequest(random *rand.Rand) request {
	d := denial{reason: random.IntN(len(s.reasons)), shape: random.IntN(shapes), seed: random.Uint64()}
	if random.IntN(4) == 0 {
		d.shape = random.IntN(allShapes)
	}
	r := request{denial: d, method: []string{"GET", "GET", "GET", "HEAD", "POST", "DELETE", "PROPFIND"}[random.IntN(7)], target: "/reports/" + token(random), header: make(http.Header)}
	if random.IntN(3) == 0 {
		r.target += "?q=" + token(random) + "&r=%C3%A9"
	}
	r.header.Set(denialField, d.String())
	accept := accepts[random.IntN(len(accepts))]
	language := languages[random.IntN(len(languages))]
	switch random.IntN(8) {
	case 0:
		accept = "image/avif;q=0.2, x/" + token(random) + ", ,;q," + accept
	case 1:
		accept = "*/*"
	case 2:
		language = "xx-" + token(random) + ", " + language + "-x-a;q=0.9, de;q=0"
	case 3:
		language = strings.Repeat("q-"+token(random)+";q=0.1,", 200)
	}
	r.header.Set("Accept", accept)
	r.header.Set("Accept-Language", language)
	circumstances[random.IntN(len(circumstances))](r.header)
	return r
}
