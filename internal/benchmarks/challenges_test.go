package benchmarks_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/docker/distribution/registry/client/auth/challenge"
	"github.com/modelcontextprotocol/go-sdk/oauthex"

	"github.com/denial-go/denial/problem"
)

var fieldLines = []struct {
	name       string
	lines      []string
	challenges int
}{
	{"one", []string{`Bearer realm="api", error="invalid_token", error_description="The access token expired", resource_metadata="https://api.example/.well-known/oauth-protected-resource"`}, 1},
	{"two-in-a-line", []string{`Bearer realm="api", error="invalid_token", Basic realm="api"`}, 2},
	{"two-lines", []string{`Bearer realm="api", error="invalid_token"`, `Basic realm="api"`}, 2},
}

// parsers return the first scheme with its realm, and how many challenges there
// are.
func parsers(lines []string) []struct {
	name  string
	parse func() (scheme, realm string, n int)
} {
	resp := &http.Response{StatusCode: http.StatusUnauthorized, Header: http.Header{"Www-Authenticate": lines}}
	return []struct {
		name  string
		parse func() (string, string, int)
	}{
		{"denial", func() (string, string, int) {
			cs, err := problem.ParseChallenges(lines)
			if err != nil {
				return "", "", 0
			}
			realm, _ := cs[0].Get("realm")
			return cs[0].Scheme, realm, len(cs)
		}},
		{"mcp", func() (string, string, int) {
			cs, err := oauthex.ParseWWWAuthenticate(lines)
			if err != nil || len(cs) == 0 {
				return "", "", 0
			}
			return "Bearer", cs[0].Params["realm"], len(cs)
		}},
		// It reads one challenge a line.
		{"docker", func() (string, string, int) {
			cs := challenge.ResponseChallenges(resp)
			if len(cs) == 0 {
				return "", "", 0
			}
			return "Bearer", cs[0].Parameters["realm"], len(cs)
		}},
	}
}

func checkParser(name string, want int, parse func() (string, string, int)) error {
	if scheme, realm, n := parse(); scheme != "Bearer" || realm != "api" || n != want {
		return fmt.Errorf("%s reads %d challenges, the first %s with realm %q; want %d, Bearer and api", name, n, scheme, realm, want)
	}
	return nil
}

func TestParsers(t *testing.T) {
	for _, f := range fieldLines {
		for _, p := range parsers(f.lines) {
			err := checkParser(p.name, f.challenges, p.parse)
			if (err != nil) != (p.name == "docker" && f.name == "two-in-a-line") {
				t.Errorf("%s: %v", f.name, err)
			}
		}
	}
}

// BenchmarkChallenges reads WWW-Authenticate.
func BenchmarkChallenges(b *testing.B) {
	for _, f := range fieldLines {
		b.Run(f.name, func(b *testing.B) {
			for _, p := range parsers(f.lines) {
				if checkParser(p.name, f.challenges, p.parse) != nil {
					continue // it cannot read these
				}
				b.Run(p.name, func(b *testing.B) { call(b, func() { p.parse() }) })
			}
		})
	}
}
