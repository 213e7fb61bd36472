package problem

import (
	"fmt"

	"github.com/denial-go/denial/internal/httpfield"
)

// What ParseChallenges reads at most. Without a limit on their number, members
// of two bytes would grow thirtyfold in memory.
const (
	maxChallengeBytes  = 128 << 10 // a Kerberos ticket of 64 KiB is 88 KiB of base64
	maxChallenges      = 64        // there are some twenty schemes
	maxChallengeParams = 512       // of all challenges together; Digest has nine
)

// A ChallengeSyntaxError says where and how field lines break RFC 9110 §11.3.
type ChallengeSyntaxError struct {
	Line  int    // index of the field line, from 0
	Pos   int    // index of the byte in that line, from 0
	Wrong string // what is wrong
	Fix   string // what was expected
}

// Error gives the place counted from 1.
func (e *ChallengeSyntaxError) Error() string {
	return fmt.Sprintf("problem: challenges: line %d, byte %d: %s; %s", e.Line+1, e.Pos+1, e.Wrong, e.Fix)
}

// ParseChallenges reads the lines of one WWW-Authenticate or
// Proxy-Authenticate field, such as resp.Header.Values("WWW-Authenticate"), by
// the grammar of RFC 9110 §11.3 for recipients. Several lines mean what one
// line joined with commas means. The challenges come in the order sent; a
// known scheme comes in its registered spelling, names and values as sent,
// without quotes. A name may come twice, which only Validate refuses, and a
// value may hold bytes above 0x7f, in no known encoding.
//
// On a mistake it returns the challenges before the one that the mistake
// spoils, and a [*ChallengeSyntaxError]. What is no parameter spoils a challenge
// of its own line only. It reads at most 128 KiB, 64 challenges and 512
// parameters, in time that grows with the length alone.
func ParseChallenges(fieldLines []string) ([]Challenge, error) {
	p := challengeParser{}
	for n, line := range fieldLines {
		if p.read += len(line); p.read > maxChallengeBytes {
			p.close()
			return p.done, &ChallengeSyntaxError{n, 0, "the field is too long", fmt.Sprintf("at most %d bytes are read", maxChallengeBytes)}
		}
		if pos, wrong, fix := p.line(line); wrong != "" {
			return p.done, &ChallengeSyntaxError{n, pos, wrong, fix}
		}
	}
	p.close()
	return p.done, nil
}

// readableChallenges is ParseChallenges that goes on at the next line after a
// mistake, within the same bounds: most servers send one challenge a line, and
// one that is broken must not take the way in from whoever knows another. A
// challenge of the lines before stays as it was at the end of them where one of
// its parameters is broken.
func readableChallenges(fieldLines []string) []Challenge {
	p := challengeParser{}
	for _, line := range fieldLines {
		if p.read += len(line); p.read > maxChallengeBytes {
			break
		}
		wasOpen, done, params := p.isOpen, len(p.done), len(p.params)
		_, wrong, _ := p.line(line)
		switch {
		case wrong == "":
		case wasOpen && len(p.done) == done: // the line went on with it
			p.params = p.params[:params]
			p.close()
		case p.isOpen: // it began in the line, and the mistake spoils it
			p.isOpen, p.params = false, p.params[:p.from]
		}
	}
	p.close()
	return p.done
}

// challengeParser holds the challenge being read, since the next member of the
// list, even on the next line, may be a parameter of it.
type challengeParser struct {
	done   []Challenge
	params []Param // of all challenges; each takes a part of it
	from   int     // where those of the open challenge begin
	open   Challenge
	isOpen bool
	more   bool // the open challenge can take parameters
	here   bool // the open challenge began in this line
	read   int
}

// close ends the open challenge, if any.
func (p *challengeParser) close() {
	if !p.isOpen {
		return
	}
	if p.done == nil {
		p.done = make([]Challenge, 0, 2)
	}
	if p.from < len(p.params) {
		p.open.Params = p.params[p.from:len(p.params):len(p.params)]
	}
	p.done = append(p.done, p.open)
	p.isOpen, p.from = false, len(p.params)
}

// closeEarlier ends a challenge of the lines before, at a mistake that is in no
// parameter of it.
func (p *challengeParser) closeEarlier() {
	if !p.here {
		p.close()
	}
}

// line reads one field line. Where wrong is not "", pos is where.
func (p *challengeParser) line(s string) (pos int, wrong, fix string) {
	p.here = false
	for i := 0; ; {
		for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == ',') {
			i++ // empty members are legal (RFC 9110 §5.6.1.2)
		}
		if i == len(s) {
			return 0, "", ""
		}
		if i, wrong, fix = p.member(s, i); wrong != "" {
			return i, wrong, fix
		}
		if i = httpfield.SkipSpace(s, i); i < len(s) && s[i] != ',' {
			return i, fmt.Sprintf("%q is out of place", s[i:i+1]), "put a comma between parameters and between challenges"
		}
	}
}

// member reads one member of the list, a parameter of the open challenge or
// the beginning of another, and returns the index after it.
func (p *challengeParser) member(s string, i int) (next int, wrong, fix string) {
	end := httpfield.TokenEnd(s, i)
	if end == i {
		p.closeEarlier()
		return i, fmt.Sprintf("%q begins neither a scheme nor a parameter", s[i:i+1]), "a token was expected"
	}
	after := httpfield.SkipSpace(s, end)
	if after < len(s) && s[after] == '=' {
		if !p.isOpen || !p.more {
			p.closeEarlier()
			return i, "a parameter without a challenge", "a scheme and a space come before it"
		}
		return p.param(s, i, end, after)
	}

	p.close()
	if len(p.done) == maxChallenges {
		return i, "too many challenges", fmt.Sprintf("at most %d are read", maxChallenges)
	}
	scheme := s[i:end]
	if rules := rulesFor(scheme); rules != nil {
		scheme = rules.name
	}
	p.open, p.isOpen, p.more, p.here = Challenge{Scheme: scheme}, true, end < len(s) && s[end] == ' ', true
	if after == len(s) || s[after] == ',' {
		return after, "", ""
	}
	return p.rest(s, end)
}

// rest reads what follows the scheme that ends at s[i]: a token68, or the
// first parameter.
func (p *challengeParser) rest(s string, i int) (next int, wrong, fix string) {
	space := i
	for i < len(s) && s[i] == ' ' {
		i++
	}
	if i == space || s[i] == '\t' {
		return i, fmt.Sprintf("%q after the scheme", s[i:i+1]), "a space was expected"
	}
	if end := httpfield.Token68End(s, i); end > i {
		// Both "a" and "a=" are token68; "a=b" and "a =" are not.
		if after := httpfield.SkipSpace(s, end); after == len(s) || s[after] == ',' {
			p.open.Token68, p.more = s[i:end], false
			return end, "", ""
		}
	}
	end := httpfield.TokenEnd(s, i)
	after := httpfield.SkipSpace(s, end)
	if end == i || after == len(s) || s[after] != '=' {
		return after, "neither a token68 nor a parameter", `name="value" was expected`
	}
	return p.param(s, i, end, after)
}

// param reads the parameter whose name is s[i:end] and whose "=" is s[eq].
func (p *challengeParser) param(s string, i, end, eq int) (next int, wrong, fix string) {
	if len(p.params) == maxChallengeParams {
		return i, "too many parameters", fmt.Sprintf("at most %d are read", maxChallengeParams)
	}
	if p.params == nil {
		p.params = make([]Param, 0, 4) // more than most responses have
	}
	name, from := s[i:end], httpfield.SkipSpace(s, eq+1)
	if from < len(s) && s[from] == '"' {
		next := httpfield.QuotedEnd(s, from)
		if next < 0 {
			return from, "the quoted string is not closed, or holds a control character", `end it with "`
		}
		p.params = append(p.params, Param{name, httpfield.Unquote(s[from:next])})
		return next, "", ""
	}
	next = httpfield.TokenEnd(s, from)
	if next == from {
		return from, "the parameter has no value", "write a token or a quoted string after ="
	}
	p.params = append(p.params, Param{name, s[from:next]})
	return next, "", ""
}
