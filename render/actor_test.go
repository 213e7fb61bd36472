package render_test

import (
	"strings"
	"testing"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// TestActor is that a step says who takes it where its kind does not.
func TestActor(t *testing.T) {
	reason := problem.MustReason(problem.Definition{Code: "own", Status: 403, Title: "Own", Next: []problem.NextStep{
		{Kind: "rotate-key", Actor: problem.Client, Href: "/key"},
		{Kind: problem.ContactSupport, Actor: problem.Admin, Href: "/support"},
		{Kind: "ask", Href: "/ask"},
	}})
	deny := mustNew(t, render.Config{Reasons: []problem.Reason{reason}})
	for accept, want := range map[string][]string{
		"application/problem+json": {`"kind":"rotate-key","title":"rotate key","href":"/key","method":"GET","actor":"client"`, `"method":"GET","actor":"admin"`, `"method":"GET","actor":"user"`},
		"application/problem+xml":  {"<actor>client</actor>", "<actor>admin</actor>", "<actor>user</actor>"},
		"text/markdown":            {"(client)", "(admin)", "(user)"},
		"text/html":                {"For the app you are using", "For an administrator"},
	} {
		for range 2 {
			body := string(same(t, deny, render.Slow(deny), renderRequest("/", "Accept: "+accept), reason).Body)
			for _, want := range want {
				if !strings.Contains(body, want) {
					t.Errorf("%s: want %s:\n%s", accept, want, body)
				}
			}
		}
	}
	v := deny.View(render.Request{}, &problem.Problem{Reason: reason, Next: []problem.NextStep{{Kind: problem.Wait, Actor: "robot"}, {Kind: problem.SignIn, Actor: "robot"}}})
	if v.Next[0].Actor != problem.Client || v.Next[1].Actor != problem.User {
		t.Errorf("who is not known: %+v", v.Next)
	}
	v = deny.View(render.Request{}, reason)
	if got := v.Primary(); got == nil || got.Kind != "ask" {
		t.Errorf("the first step for the person reading is %+v", got)
	}
}
