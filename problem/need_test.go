package problem_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
)

func ExampleNeedScope() {
	fmt.Println(problem.NeedScope("reports.read", "reports.write"))
	// Output:
	// denied: 403 insufficient-scope: Permission needed: The app you are using needs a permission it does not have: reports.read and reports.write. Give the app permission to continue.
}

// A setting that is empty, split at its commas, is a list of "".
func TestNeedOfNothing(t *testing.T) {
	for want, got := range map[string]*problem.Problem{
		problem.NeedRole().Error():                 problem.NeedRole(""),
		problem.NeedGroup().Error():                problem.NeedGroup("", ""),
		problem.NeedScope("a", "b").Error():        problem.NeedScope("a", "", "b", ""),
		problem.NeedStepUp(nil, time.Hour).Error(): problem.NeedStepUp(problem.ACR(""), time.Hour),
	} {
		if got.Error() != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for _, got := range []*problem.Problem{problem.NeedScope(""), problem.NeedScope("", "")} {
		if diff := cmp.Diff(marshal(t, problem.NeedScope()), marshal(t, got)); diff != "" {
			t.Errorf("JSON differs (-want +got):\n%s", diff)
		}
	}
}

func marshal(t *testing.T, p *problem.Problem) string {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A sign-in with a security key, at most five minutes ago.
func ExampleNeedStepUp() {
	err := problem.NeedStepUp(problem.ACR("phr"), 5*time.Minute)
	fmt.Println(errors.Is(err, problem.StepUpRequired))
	fmt.Println(err.Arg("acr_values"), err.Arg("max_age"))
	// Output:
	// true
	// [phr] 5m0s
}

func ExampleNeedReauthentication() {
	err := problem.NeedReauthentication(15 * time.Minute)
	fmt.Println(err.Reason.Status(), err.Arg("max_age"))
	// Output:
	// 401 15m0s
}

func ExampleNeedRole() {
	fmt.Println(problem.NeedRole("Editor", "Owner"))
	// Output:
	// denied: 403 role-missing: You need another role: You need a role that your account does not have: Editor or Owner. Ask for access, or use another account.
}

func ExampleNeedGroup() {
	fmt.Println(problem.NeedGroup("Finance"))
	// Output:
	// denied: 403 group-missing: You need to join a group: You need to be in a group that your account is not in: Finance. Ask to join, or contact the owner.
}

func ExampleNeedPlan() {
	fmt.Println(problem.NeedPlan("Team", "Business"))
	// Output:
	// denied: 403 plan-too-low: Not part of your plan: Your plan does not include this. Change your plan to continue. Plan needed: Team or Business.
}

// A program pays as the challenge says, a person at url.
func ExampleNeedPayment() {
	err := problem.NeedPayment(problem.Challenge{Scheme: "Payment", Params: []problem.Param{
		{Name: "id", Value: "x7Tg2pLq"},
		{Name: "realm", Value: "api.example"},
		{Name: "method", Value: "stripe"},
		{Name: "intent", Value: "charge"},
		{Name: "request", Value: "eyJhbW91bnQiOiIyNTAifQ"},
	}})
	err.Args["amount"] = "2.50 EUR"
	err.Args["url"] = "https://pay.example/x7Tg2pLq"
	fmt.Println(err)
	// Output:
	// denied: 402 payment-required: Payment needed: A payment is needed for this: 2.50 EUR. Pay to continue.
}

func ExampleNeedDPoPNonce() {
	err := problem.NeedDPoPNonce("eyJ7S_zG.eyJH0-Z.HX4w-7v")
	for _, f := range err.Reason.Fields() {
		fmt.Println(f.Name, f.Value, err.Arg("dpop_nonce"))
	}
	// Output:
	// DPoP-Nonce {dpop_nonce} eyJ7S_zG.eyJH0-Z.HX4w-7v
}

func ExampleNeedTicket() {
	err := problem.NeedTicket("photos", "https://as.example", "016f84e8-f9b9-11e0-bd6f-0021cc6004de")
	fmt.Println(err.Challenges[0])
	// Output:
	// UMA realm="photos", as_uri="https://as.example", ticket="016f84e8-f9b9-11e0-bd6f-0021cc6004de"
}

func ExampleNeedClaims() {
	err := problem.NeedClaims("eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZX19fQ==")
	fmt.Println(err.Challenges[0])
	// Output:
	// Bearer error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZX19fQ=="
}

func ExampleNeedAuthorization() {
	err := problem.NeedAuthorization("eyJhdXRob3JpemF0aW9uX2RldGFpbHMiOltdfQ")
	fmt.Println(err.Challenges[0])
	// Output:
	// Bearer error="insufficient_authorization", authorization_remediation="eyJhdXRob3JpemF0aW9uX2RldGFpbHMiOltdfQ"
}

func ExampleNeedInteraction() {
	fmt.Println(problem.NeedInteraction("https://example.com/device", "WDJB-MJHT"))
	// Output:
	// denied: 403 interaction-required: Continue in a browser: The app cannot finish this by itself. Open the link in a browser to continue. Your code: WDJB-MJHT
}

func ExampleRetryIn() {
	fmt.Println(problem.RetryIn(problem.RateLimited, 30*time.Second))
	// Output:
	// denied: 429 rate-limited: Too many requests: There were too many requests in a short time. Please wait a little. Try again in 30 seconds.
}

// A mistake that is easily made: naming only the scope that is missing. The
// client asks for exactly the scopes of the challenge and loses the others.
func ExampleNeedScope_mistake() {
	needed := []string{"reports.read", "reports.write"}
	missing := []string{"reports.write"}

	fmt.Println(problem.NeedScope(missing...).Arg("scope")) // the next token cannot read
	fmt.Println(problem.NeedScope(needed...).Arg("scope"))  // right
	// Output:
	// [reports.write]
	// [reports.read reports.write]
}

// The challenge, the steps and the sentence say the same, because they come
// from one value.
func TestHelpersFillEverything(t *testing.T) {
	tests := []struct {
		name      string
		p         *problem.Problem
		reason    problem.Reason
		challenge string
		params    map[string]string // of the steps, all together
		detail    string            // is part of it
	}{{
		name: "scopes", p: problem.NeedScope("a", "b"), reason: problem.InsufficientScope,
		challenge: `Bearer error="insufficient_scope", scope="a b"`,
		params:    map[string]string{"scope": "a b"},
		detail:    ": a and b.",
	}, {
		name: "no scopes", p: problem.NeedScope(), reason: problem.InsufficientScope,
		challenge: `Bearer error="insufficient_scope"`,
		detail:    "does not have. Give",
	}, {
		name: "step up", p: problem.NeedStepUp(problem.ACR("phr", "phrh"), 5*time.Minute), reason: problem.StepUpRequired,
		challenge: `Bearer error="insufficient_user_authentication", error_description="A stronger authentication is required", acr_values="phr phrh", max_age="300"`,
		params:    map[string]string{"acr_values": "phr phrh", "max_age": "300"},
	}, {
		name: "step up, age does not matter", p: problem.NeedStepUp(problem.ACR("phr"), 0), reason: problem.StepUpRequired,
		challenge: `Bearer error="insufficient_user_authentication", error_description="A stronger authentication is required", acr_values="phr"`,
		params:    map[string]string{"acr_values": "phr"},
	}, {
		name: "step up, anything stronger", p: problem.NeedStepUp(nil, -time.Second), reason: problem.StepUpRequired,
		challenge: `Bearer error="insufficient_user_authentication", error_description="A stronger authentication is required"`,
	}, {
		name: "recent sign-in", p: problem.NeedReauthentication(300 * time.Second), reason: problem.ReauthenticationRequired,
		challenge: `Bearer error="insufficient_user_authentication", error_description="More recent authentication is required", max_age="300"`,
		params:    map[string]string{"max_age": "300"},
	}, {
		name: "new sign-in", p: problem.NeedReauthentication(0), reason: problem.ReauthenticationRequired,
		challenge: `Bearer error="insufficient_user_authentication", error_description="More recent authentication is required", max_age="0"`,
		params:    map[string]string{"max_age": "0"},
	}, {
		name: "negative age", p: problem.NeedReauthentication(-time.Hour), reason: problem.ReauthenticationRequired,
		challenge: `Bearer error="insufficient_user_authentication", error_description="More recent authentication is required", max_age="0"`,
		params:    map[string]string{"max_age": "0"},
	}, {
		name: "roles", p: problem.NeedRole("editor", "owner"), reason: problem.RoleMissing,
		params: map[string]string{"role": "editor owner"},
		detail: ": editor or owner.",
	}, {
		name: "group", p: problem.NeedGroup("finance"), reason: problem.GroupMissing,
		params: map[string]string{"group": "finance"},
		detail: ": finance.",
	}, {
		name: "plan", p: problem.NeedPlan("Team"), reason: problem.PlanTooLow,
		params: map[string]string{"plan": "Team"},
		detail: "Plan needed: Team.",
	}, {
		name: "no plan", p: problem.NeedPlan(), reason: problem.PlanTooLow,
		detail: "to continue.",
	}, {
		name: "payment, for people only", p: problem.NeedPayment(), reason: problem.PaymentRequired,
	}, {
		name: "DPoP nonce", p: problem.NeedDPoPNonce("n1"), reason: problem.DPoPNonceRequired,
		challenge: `DPoP error="use_dpop_nonce", error_description="The DPoP proof needs the nonce of this response"`,
		params:    map[string]string{"field": "DPoP", "nonce": "n1"},
	}, {
		name: "UMA ticket", p: problem.NeedTicket("", "https://as.example", "t1"), reason: problem.UMAPermissionNeeded,
		challenge: `UMA as_uri="https://as.example", ticket="t1"`,
		params:    map[string]string{"as_uri": "https://as.example", "ticket": "t1"},
	}, {
		name: "claims", p: problem.NeedClaims("e30="), reason: problem.TokenRevoked,
		challenge: `Bearer error="insufficient_claims", claims="e30="`,
		params:    map[string]string{"claims": "e30="},
	}, {
		name: "authorization", p: problem.NeedAuthorization("e30"), reason: problem.InsufficientAuthorization,
		challenge: `Bearer error="insufficient_authorization", authorization_remediation="e30"`,
		params:    map[string]string{"authorization_remediation": "e30"},
	}, {
		name: "interaction", p: problem.NeedInteraction("https://example.com/d", "1234"), reason: problem.InteractionRequired,
		params: map[string]string{"code": "1234"},
		detail: "Your code: 1234",
	}, {
		name: "interaction without a code", p: problem.NeedInteraction("https://example.com/d", ""), reason: problem.InteractionRequired,
		detail: "to continue.",
	}, {
		name: "waiting", p: problem.RetryIn(problem.Overloaded, 90*time.Minute), reason: problem.Overloaded,
		params: map[string]string{"retry_after": "5400"},
		detail: "Try again in 90 minutes.",
	}, {
		name: "waiting, time not known", p: problem.RetryIn(problem.Overloaded, 0), reason: problem.Overloaded,
		detail: "Please wait a little.",
	}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if !errors.Is(test.p, test.reason) {
				t.Errorf("is no %v", test.reason)
			}
			var challenge []string
			for _, c := range filled(test.p) {
				if err := c.Validate(); err != nil {
					t.Error(err)
				}
				challenge = append(challenge, c.String())
			}
			if diff := cmp.Diff(test.challenge, strings.Join(challenge, "\n")); diff != "" {
				t.Errorf("challenge (-want +got):\n%s", diff)
			}
			var sent struct {
				Detail string
				Next   []struct{ Params map[string]string }
			}
			b, err := json.Marshal(test.p)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(b, &sent); err != nil {
				t.Fatal(err)
			}
			var params map[string]string
			for _, s := range sent.Next {
				for name, value := range s.Params {
					if params == nil {
						params = make(map[string]string)
					}
					params[name] = value
				}
			}
			if diff := cmp.Diff(test.params, params); diff != "" {
				t.Errorf("params (-want +got):\n%s", diff)
			}
			if !strings.Contains(sent.Detail, test.detail) {
				t.Errorf("detail %q does not say %q", sent.Detail, test.detail)
			}
			if test.p.Args == nil {
				t.Error("Args cannot be added to")
			}
		})
	}
}
