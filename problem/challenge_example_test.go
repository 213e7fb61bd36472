package problem_test

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/denial-go/denial/problem"
)

// A client without a token is told where to get one (RFC 9728 §5.1).
func ExampleBearer() {
	c := problem.Bearer("api").
		With("resource_metadata", "https://api.example/.well-known/oauth-protected-resource").
		With("scope", "reports.read")
	fmt.Println("WWW-Authenticate:", c)
	// Output:
	// WWW-Authenticate: Bearer realm="api", resource_metadata="https://api.example/.well-known/oauth-protected-resource", scope="reports.read"
}

// Clients stop at schemes that they do not know, so Bearer comes first, and of
// two Digest challenges the stronger (RFC 7616 §3.7). Each has its own line.
func ExampleChallenge_order() {
	nonce := "7ypf/xlj9XXwfDPEoM4URrv" // new for each response
	for _, c := range []problem.Challenge{
		problem.Bearer("api"),
		problem.DPoP("api", "ES256", "EdDSA"),
		problem.Digest("staff", nonce, "SHA-256"),
		problem.Digest("staff", nonce, "MD5"),
	} {
		fmt.Println("WWW-Authenticate:", c)
	}
	// Output:
	// WWW-Authenticate: Bearer realm="api"
	// WWW-Authenticate: DPoP realm="api", algs="ES256 EdDSA"
	// WWW-Authenticate: Digest realm="staff", qop="auth", algorithm=SHA-256, nonce="7ypf/xlj9XXwfDPEoM4URrv"
	// WWW-Authenticate: Digest realm="staff", qop="auth", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv"
}

// A site with a form and a cookie has something to say with its 401 as well.
func ExampleSession() {
	fmt.Println("WWW-Authenticate:", problem.Session("shop", "/sign-in"))
	// Output:
	// WWW-Authenticate: Session realm="shop", location="/sign-in"
}

// A client reads what a server wants.
func ExampleParseChallenges() {
	lines := []string{ // resp.Header.Values("WWW-Authenticate")
		`Negotiate, bearer error="insufficient_scope", scope="reports.read reports.write"`,
	}
	challenges, err := problem.ParseChallenges(lines)
	if err != nil {
		fmt.Println(err) // what came before the mistake can still be used
	}
	for _, c := range challenges {
		if scope, ok := c.Get("scope"); ok && c.Scheme == "Bearer" {
			fmt.Println("get a token for", scope)
		}
	}
	// Output:
	// get a token for reports.read reports.write
}

// Text for people belongs in the body: no client shows error_description, and
// a header field cannot carry it. To find out before a client does, Validate.
func ExampleChallenge_Validate_localized() {
	err := problem.Bearer("api").
		With("error", "invalid_token").
		With("error_description", "Das Token ist ungültig").
		Validate()
	if e, ok := errors.AsType[*problem.ChallengeError](err); ok {
		fmt.Println(e.Param, "is", e.Wrong)
		fmt.Println(e.Fix)
	}
	// Output:
	// error_description is not ASCII
	// write it in English; text for people belongs in the body
}

// The likely mistake: Header.Get sees the first line of the field only, and a
// server may send one for each scheme.
func ExampleParseChallenges_mistake() {
	header := http.Header{"Www-Authenticate": {"Negotiate", `Bearer realm="api"`}}

	first, _ := problem.ParseChallenges([]string{header.Get("WWW-Authenticate")})
	all, _ := problem.ParseChallenges(header.Values("WWW-Authenticate"))
	fmt.Println(len(first), len(all), all[1].Scheme)
	// Output:
	// 1 2 Bearer
}

// What the server may have got wrong is told with its place, and what came
// before it can be used.
func ExampleChallengeSyntaxError() {
	challenges, err := problem.ParseChallenges([]string{`Bearer realm="api", Digest realm="staff`})
	fmt.Println(len(challenges), challenges[0])
	if _, ok := errors.AsType[*problem.ChallengeSyntaxError](err); ok {
		fmt.Println(err)
	}
	// Output:
	// 1 Bearer realm="api"
	// problem: challenges: line 1, byte 34: the quoted string is not closed, or holds a control character; end it with "
}
