package render

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/denial-go/denial/internal/httpfield"
	"github.com/denial-go/denial/internal/message"
	"github.com/denial-go/denial/problem"
)

// decision is what is the same in every form of an answer: it is made before
// the form is chosen, so that no form can differ.
type decision struct {
	problem    *problem.Problem
	status     int
	challenges []problem.Challenge
	retryAfter string          // of the field; "" where it is not known
	fields     []problem.Param // further ones of the reason
	plain      bool            // there is nothing to say but the status

	// What of the request had a say, beside Accept and its like.
	fetchMode  bool // whether it loads a page
	insidePage bool // whether a page made it
}

// decide applies the rules on status and challenges. It reports to fault what
// it had to leave out.
func (s *site) decide(req *Request, p *problem.Problem, fault func(error)) decision {
	d := decision{problem: p, status: p.Reason.Status()}
	if problem.StatusText(d.status) == "" {
		// Only a decoded reason has such a status. Whoever sends it on denies.
		d.status = 403
	}
	if sent := s.sent(d.status); sent != d.status {
		d.status = sent
	} else {
		d.challenges = s.challengesFor(&d, req, fault)
	}
	if wait := longestWait(p); wait > 0 {
		d.retryAfter = strconv.FormatInt(wait, 10)
	}
	for _, p := range together(p) {
		others := len(d.fields)
		for _, f := range p.Reason.Fields() {
			value, ok, err := fillField(f.Value, p)
			field := problem.Param{Name: f.Name, Value: value}
			if err != nil {
				fault(fmt.Errorf("render: header field %s of %q was left out: %w", f.Name, p.Reason.Code(), err))
			} else if ok && !slices.Contains(d.fields[:others], field) {
				d.fields = append(d.fields, field)
			}
		}
	}
	return d
}

// sent returns the status that a denial is sent with.
func (s *site) sent(status int) int {
	if status == 401 && s.noHTTPAuth {
		return 403
	}
	return status
}

// together returns p and those of the further requirements whose challenges and
// fields are sent too: the ones that would be answered with the same status.
func together(p *problem.Problem) []*problem.Problem {
	all := []*problem.Problem{p}
	var add func(list []*problem.Problem)
	add = func(list []*problem.Problem) {
		for _, a := range list {
			if a.Reason.Status() == p.Reason.Status() {
				all = append(all, a)
			}
			add(a.Also)
		}
	}
	add(p.Also)
	return all
}

// Bounds on further requirements: how far those inside others are followed,
// and how many there are in all. A Problem could, by mistake, require itself.
const (
	maxAlsoDepth = 4
	maxAlso      = 32
)

// prune returns p with no more requirements than the bounds allow. It copies
// what it changes.
func prune(p *problem.Problem) *problem.Problem {
	left := maxAlso
	var cut func(p *problem.Problem, depth int) *problem.Problem
	cut = func(p *problem.Problem, depth int) *problem.Problem {
		if len(p.Also) == 0 {
			return p
		}
		out := *p
		out.Also = nil
		for _, a := range p.Also {
			if a != nil && depth < maxAlsoDepth && left > 0 {
				left--
				out.Also = append(out.Also, cut(a, depth+1))
			}
		}
		return &out
	}
	return cut(p, 0)
}

// longestWait is in seconds: all requirements have to be met, so the longest
// of several waits counts.
func longestWait(p *problem.Problem) int64 {
	wait := waitOf(p)
	for _, a := range p.Also {
		wait = max(wait, longestWait(a))
	}
	return wait
}

// waitOf is how long p alone says to wait, in seconds: by its RetryAfter, or else
// by the value that its sentence has in its place.
func waitOf(p *problem.Problem) int64 {
	if p.RetryAfter != 0 || p.Args[problem.RetryAfterArg] == nil {
		return message.Seconds(p.RetryAfter)
	}
	switch v := message.Plain(p.Args[problem.RetryAfterArg]).(type) {
	case time.Duration:
		return message.Seconds(v)
	case int64:
		return v
	case uint64:
		return int64(min(v, math.MaxInt64))
	}
	return 0
}

// fillField fills the placeholders of a header field, and reports false where
// one has no value. A value that is not the whole field must not hold what
// ends a quoted string or an address.
func fillField(text string, p *problem.Problem) (string, bool, error) {
	m, err := message.Parse(text)
	if err != nil {
		return "", false, err
	}
	var b strings.Builder
	var bad error
	missing := m.Expand(
		func(name string) bool { _, ok := message.Machine(p.Arg(name)); return ok },
		func(part message.Part) {
			if part.Name == "" {
				b.WriteString(part.Text)
				return
			}
			value, _ := message.Machine(p.Arg(part.Name))
			if !httpfield.IsVisibleASCII(value) || len(m.Parts) > 1 && strings.ContainsAny(value, ` "<>\\`) {
				bad = fmt.Errorf("Args[%q] holds a character that cannot stand there", part.Name)
			}
			b.WriteString(value)
		})
	field := b.String()
	if missing != "" {
		return "", false, nil // it is left out for that
	}
	if bad == nil && strings.TrimSpace(field) != field {
		bad = errors.New("it begins or ends with a space, which HTTP/2 has no place for (RFC 9113 §8.2.1)")
	}
	return field, true, bad
}

func (s *site) challengesFor(d *decision, req *Request, fault func(error)) []problem.Challenge {
	p := d.problem
	source := s.gather(p, s.stripper(d, req), func(p *problem.Problem, name string) (string, bool) { return message.Machine(p.Arg(name)) })
	return s.arrange(d, req, source, func(c problem.Challenge) bool {
		err := c.Validate()
		if err == nil && d.status == p.Reason.Status() {
			err = c.Fits(d.status) // RFC 6750 §3.1: the status says the same as the error
		}
		if err != nil {
			fault(fmt.Errorf("render: a challenge of %q was left out: %w", p.Reason.Code(), err))
		}
		return err == nil
	})
}

// arrange returns the challenges of source that are valid as this request
// gets them, and others in their place where none is left.
func (s *site) arrange(d *decision, req *Request, source []problem.Challenge, valid func(problem.Challenge) bool) []problem.Challenge {
	status := d.status
	var out []problem.Challenge
	for _, c := range source {
		if valid(c) {
			out = append(out, c)
		}
	}
	if len(out) == 0 && (status == 401 || status == 407) {
		out = slices.Clone(s.challenges)
	}
	out = orderChallenges(out)
	if status == 407 || !slices.ContainsFunc(out, s.withheld) {
		return out
	}
	d.insidePage = true
	if !req.insidePage() {
		return out
	}
	realm := realmOf(out)
	out = slices.DeleteFunc(out, s.withheld)
	if len(out) == 0 && status == 401 {
		out = append(out, problem.Session(realm, ""))
	}
	return out
}

// stripper returns what a challenge is to this request.
func (s *site) stripper(d *decision, req *Request) func(problem.Challenge) problem.Challenge {
	if d.status == 401 && req.anonymous() {
		return s.withoutError
	}
	return func(c problem.Challenge) problem.Challenge { return c }
}

// gather returns the challenges of all that is required together.
func (s *site) gather(p *problem.Problem, strip func(problem.Challenge) problem.Challenge, value func(p *problem.Problem, name string) (string, bool)) []problem.Challenge {
	var out []problem.Challenge
	for _, p := range together(p) {
		source := p.Challenges
		if source == nil {
			source = fillChallenges(p.Reason, func(name string) (string, bool) { return value(p, name) })
			for i, c := range source {
				source[i] = s.complement(c)
			}
		}
		others := len(out) // those of one requirement are alternatives, and stay
		for _, c := range source {
			if c = strip(c); !mergeChallenge(out[:others], c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// mergeChallenge reports whether one of the challenges of other requirements says
// what c does. Of two that differ in the scope alone it makes one with both:
// clients ask for exactly the scope that they are told (RFC 6750 §3), and would be
// denied for the other.
func mergeChallenge(to []problem.Challenge, c problem.Challenge) bool {
	isScope := func(p problem.Param) bool { return strings.EqualFold(p.Name, "scope") }
	rest := func(c problem.Challenge) []problem.Param { return slices.DeleteFunc(slices.Clone(c.Params), isScope) }
	for i, have := range to {
		if !strings.EqualFold(have.Scheme, c.Scheme) || have.Token68 != c.Token68 || !slices.Equal(rest(have), rest(c)) {
			continue
		}
		old, _ := have.Get("scope")
		more, _ := c.Get("scope")
		scopes := strings.Fields(old)
		for s := range strings.FieldsSeq(more) {
			if !slices.Contains(scopes, s) {
				scopes = append(scopes, s)
			}
		}
		if joined := strings.Join(scopes, " "); joined != old {
			to[i].Params = append(rest(have), problem.Param{Name: "scope", Value: joined})
		}
		return true
	}
	return false
}

// complement adds to a challenge of a reason what Config.Challenges say of its
// scheme and it does not: a client whose token has expired needs the address for
// a new one as much as a client that never had any (RFC 9728 §5.1).
func (s *site) complement(c problem.Challenge) problem.Challenge {
	i := slices.IndexFunc(s.own, func(own problem.Challenge) bool { return strings.EqualFold(own.Scheme, c.Scheme) })
	if _, named := c.Get("realm"); i < 0 || named || c.Token68 != "" {
		return c
	}
	code, _ := c.Get("error")
	var params []problem.Param
	for _, p := range s.own[i].Params {
		if _, ok := c.Get(p.Name); ok || strings.HasPrefix(strings.ToLower(p.Name), "error") {
			continue
		}
		if code == "insufficient_scope" && strings.EqualFold(p.Name, "scope") {
			continue // the client would ask for what it has
		}
		params = append(params, p)
	}
	c.Params = append(params, c.Params...)
	return c
}

// fillChallenges returns the reason's challenges with the values of an
// occurrence. A parameter without a value is left out.
func fillChallenges(r problem.Reason, value func(name string) (string, bool)) []problem.Challenge {
	out := r.Challenges()
	for i := range out {
		params := out[i].Params[:0]
		for _, param := range out[i].Params {
			ok := true
			if name, whole := message.Whole(param.Value); whole {
				param.Value, ok = value(name)
			}
			if ok {
				params = append(params, param)
			}
		}
		out[i].Params = params
	}
	return out
}

// withoutError takes out of a challenge what it says about credentials that
// did not come with the request (RFC 6750 §3.1). What a stronger sign-in needs
// is said all the same: nobody is told so who is not signed in.
func (s *site) withoutError(c problem.Challenge) problem.Challenge {
	if !blamesCredentials(c) {
		return c
	}
	var params []problem.Param
	for _, p := range c.Params {
		if !strings.EqualFold(p.Name, "error") && !strings.EqualFold(p.Name, "error_description") && !strings.EqualFold(p.Name, "error_uri") {
			params = append(params, p)
		}
	}
	if len(params) == 0 {
		params = []problem.Param{{Name: "realm", Value: realmOf(s.challenges)}} // RFC 6750 §3: one parameter at least
	}
	c.Params = params
	return c
}

// blamesCredentials reports whether a challenge says that something is wrong
// with the credentials that came.
func blamesCredentials(c problem.Challenge) bool {
	code, _ := c.Get("error")
	return code == "invalid_token" || code == "invalid_request"
}

// orderChallenges puts the schemes that every client knows first: some stop
// at one that they do not know (RFC 9110 §11.3). Otherwise the order stays.
func orderChallenges(cs []problem.Challenge) []problem.Challenge {
	if len(cs) < 2 {
		return cs
	}
	out := make([]problem.Challenge, 0, len(cs))
	for _, known := range [...]bool{true, false} {
		for _, c := range cs {
			if isKnown(c) == known {
				out = append(out, c)
			}
		}
	}
	return out
}

func isKnown(c problem.Challenge) bool {
	return strings.EqualFold(c.Scheme, "Bearer") || strings.EqualFold(c.Scheme, "DPoP") || opensPasswordBox(c)
}

// withheld reports whether a request from inside a page does not get the
// challenge: browsers meet it with a password box of their own, and Chromium
// holds a script's fetch until that is filled in.
func (s *site) withheld(c problem.Challenge) bool { return !s.forScripts && opensPasswordBox(c) }

func opensPasswordBox(c problem.Challenge) bool {
	switch strings.ToLower(c.Scheme) {
	case "basic", "digest", "negotiate", "ntlm":
		return true
	}
	return false
}

func realmOf(cs []problem.Challenge) string {
	for _, c := range cs {
		if realm, ok := c.Get("realm"); ok {
			return realm
		}
	}
	return "restricted"
}
