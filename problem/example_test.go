package problem_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"

	"github.com/denial-go/denial/problem"
)

// A reason of an application's own is defined once. The plan in its sentence
// comes from the request.
var reportsNeedPlan = problem.MustReason(problem.Definition{
	Code:   "reports-need-plan",
	Status: 403,
	Title:  "Reports are not in your plan",
	Detail: "Reports come with the plan {plan|or}.",
	Next:   []problem.NextStep{{Kind: problem.UpgradePlan, Href: "/plans?next={return_to}"}},
})

func ExampleMustReason() {
	err := &problem.Problem{
		Reason: reportsNeedPlan,
		Args:   map[string]any{"plan": []string{"Team", "Business"}},
	}
	fmt.Println(err)
	fmt.Println(errors.Is(err, reportsNeedPlan))
	// Output:
	// denied: 403 reports-need-plan: Reports are not in your plan: Reports come with the plan Team or Business.
	// true
}

// The likely mistake: a title is the same at each occurrence, so it has no
// values in it. NewReason names what is wrong, and where.
func ExampleNewReason_mistake() {
	_, err := problem.NewReason(problem.Definition{
		Code:   "reports-need-plan",
		Status: 403,
		Title:  "Reports need the plan {plan}",
	})
	if e, ok := errors.AsType[*problem.DefinitionError](err); ok {
		fmt.Printf("%s %q: %v\n", e.Field, e.Value, e.Err)
	}
	// Output:
	// Title "Reports need the plan {plan}": a title is the same each time; move the {placeholder} to Detail
}

// The cause is for the logs; no client ever sees it.
func ExampleReason_Because() {
	open := func() error { return &fs.PathError{Op: "open", Path: "/srv/reports/7", Err: fs.ErrPermission} }

	err := problem.NotOwner.Because(open())
	fmt.Println(errors.Is(err, problem.NotOwner), errors.Is(err, fs.ErrPermission))
	body, _ := json.Marshal(err)
	fmt.Println(strings.Contains(string(body), "/srv"))
	// Output:
	// true true
	// false
}

// All that is missing is said at once, instead of one thing after the other.
func ExampleFrom() {
	err := errors.Join(problem.EmailUnverified, problem.TermsNotAccepted, problem.SignInRequired)

	p := problem.From(err)
	fmt.Println(p.Reason.Code(), p.Reason.Status())
	for _, also := range p.Also {
		fmt.Println("also", also.Reason.Code())
	}
	// Output:
	// sign-in-required 401
	// also email-unverified
	// also terms-not-accepted
}

// Whoever may not know that something exists gets the answer for what does
// not. The logs see the truth.
func ExampleCloak() {
	err := problem.Cloak(problem.NotOwner)
	fmt.Println(problem.From(err).Reason)
	fmt.Println(errors.Is(err, problem.NotOwner))
	// Output:
	// denied: 404 not-found: Not found
	// true
}

// A client knows the reasons it can act on, and shows the detail of others.
func ExampleSet_Decode() {
	known, err := problem.NewSet(append(problem.Common(), reportsNeedPlan)...)
	if err != nil {
		panic(err)
	}
	// As resp.Header.Get("Content-Type") and resp.Body would give them.
	contentType, body := "application/problem+json", strings.NewReader(`{"type":"https://api.example.com/problems/email-unverified",
		"title":"Bestätigen Sie Ihre E-Mail-Adresse","status":403,"detail":"Ihre Adresse ist noch nicht bestätigt.","code":"email-unverified",
		"next":[{"kind":"verify-email","title":"Adresse bestätigen","href":"/verify","method":"GET","actor":"user"}]}`)

	p, err := known.Decode(contentType, body)
	switch {
	case err != nil:
		fmt.Println("the status is all we know:", err)
	case errors.Is(p, problem.EmailUnverified):
		fmt.Println(p.Detail, p.Next[0].Href)
	default:
		fmt.Println(p.Detail)
	}
	// Output:
	// Ihre Adresse ist noch nicht bestätigt. /verify
}

// A program that is denied does what the answer asks for, and sends the request
// again. It is told so whoever answered: the service, with a document, or a
// gateway on the way, with no more than header fields.
func ExampleSet_FromResponse() {
	known, err := problem.NewSet(problem.Common()...)
	if err != nil {
		panic(err)
	}
	body := func(s string) io.ReadCloser { return io.NopCloser(strings.NewReader(s)) }
	answers := []*http.Response{
		{StatusCode: 429, Header: http.Header{"Retry-After": {"30"}}, Body: http.NoBody},
		{StatusCode: 403, Header: http.Header{
			"Content-Type":     {"application/problem+json"},
			"Www-Authenticate": {`Bearer error="insufficient_scope", scope="reports:read reports:write"`},
		}, Body: body(`{"type":"about:blank","title":"Forbidden","status":403,"code":"insufficient-scope"}`)},
		{StatusCode: 200, Header: http.Header{}, Body: body("the report")},
	}
	for _, resp := range answers {
		if resp.StatusCode < 400 {
			fmt.Println("done")
			break
		}
		denied := known.FromResponse(resp.StatusCode, resp.Header, resp.Body)
		resp.Body.Close()
		switch {
		case errors.Is(denied, problem.InsufficientScope):
			fmt.Println("get a token for", denied.Arg("scope"))
		case denied.RetryAfter > 0:
			fmt.Println("wait", denied.RetryAfter)
		default:
			fmt.Println("give up:", denied)
			return
		}
	}
	// Output:
	// wait 30s
	// get a token for [reports:read reports:write]
	// done
}

// The likely mistake: to take every 4xx for a problem document. Proxies on the
// way answer too, in HTML; then the status of the response is all there is.
func ExampleDecode_mistake() {
	p, err := problem.Decode("text/html", strings.NewReader("<html><h1>403 Forbidden</h1>"))
	fmt.Println(p == nil, errors.Is(err, problem.ErrNotProblem))
	fmt.Println(err)
	// Output:
	// true true
	// problem: not a problem document: content type "text/html" is neither JSON nor multipart; a proxy on the way may have answered instead
}

// Data for programs goes into members of its own, never into the sentence (RFC
// 9457 §3.2).
func ExampleProblem_extensions() {
	p := problem.NeedPlan("Team")
	p.Extensions = map[string]any{"seats_used": 5}
	body, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	back, err := problem.Decode("application/problem+json", strings.NewReader(string(body)))
	if err != nil {
		panic(err)
	}
	fmt.Println(back.Reason.Code(), back.Extensions["seats_used"])
	// Output:
	// plan-too-low 5
}

// One denial of a kind: its values, where to go, what to quote to support, and
// the error behind it.
func ExampleProblem() {
	err := error(&problem.Problem{
		Reason:   reportsNeedPlan,
		Args:     map[string]any{"plan": "Team"},
		Next:     []problem.NextStep{{Kind: problem.UpgradePlan, Href: "/plans/team"}, {Kind: problem.ContactSales}},
		Instance: "urn:request:01JD8",
		Cause:    errors.New("account 7 is on the free plan"),
	})
	p := problem.From(fmt.Errorf("reports: %w", err))
	fmt.Println(p.Instance, p.Next[0].Href, p.Next[1].Kind.Label())
	// Output:
	// urn:request:01JD8 /plans/team Contact sales
}

// A guard that only handles denials leaves other errors alone.
func ExampleFind() {
	for _, err := range []error{fmt.Errorf("report 7: %w", problem.NotOwner), fs.ErrNotExist} {
		if p, ok := problem.Find(err); ok {
			fmt.Println("denied:", p.Reason.Code())
		} else {
			fmt.Println("not a denial:", err)
		}
	}
	// Output:
	// denied: not-owner
	// not a denial: file does not exist
}

// Where another package says no more than a status, the reason is the one that
// is true of whatever has it.
func ExampleForStatus() {
	for _, status := range []int{404, 429, 415} {
		r := problem.ForStatus(status)
		fmt.Printf("%d %q %s\n", r.Status(), r.Code(), r.Title())
	}
	// Output:
	// 404 "not-found" Not found
	// 429 "rate-limited" Too many requests
	// 415 "" Unsupported Media Type
}

// The likely mistake: two packages of a program give two reasons one code. The
// error names both places.
func ExampleNewSet_mistake() {
	define := func(title string) problem.Reason {
		return problem.MustReason(problem.Definition{Code: "quota", Status: 403, Title: title})
	}
	_, err := problem.NewSet(define("Too many reports"), define("Too many exports"))
	if e, ok := errors.AsType[*problem.ClashError](err); ok {
		fmt.Println(e.Field, e.Value, "-", e.First.Title(), "-", e.Second.Title())
	}
	// Output:
	// code quota - Too many reports - Too many exports
}
