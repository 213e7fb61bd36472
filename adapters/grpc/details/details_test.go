package denydetails_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	rpcstatus "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	denydetails "github.com/denial-go/denial/adapters/grpc/details"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

var planTooSmall = problem.MustReason(problem.Definition{
	Code: "plan-too-small", Status: 402, Title: "A larger plan is needed",
	Detail: "Exports are part of the {plan} plan[, {count} at a time][, {share} of all][ until {end}][; ask {people|or}].[ Back {wait}.]",
	Next: []problem.NextStep{
		{Kind: problem.UpgradePlan, Href: "/plans/{plan}?from={return_to}", Params: map[string]string{"plan": "{plan}"}},
		{Kind: "call-sales", Href: "tel:+15550100", Title: "Call {people|or}"},
	},
})

var renderer = render.Must(render.New(render.Config{
	Reasons:    []problem.Reason{planTooSmall},
	TypeBase:   "https://errors.example.com/problems/",
	Challenges: []problem.Challenge{problem.Bearer("api"), problem.Basic("api")},
	Links:      map[problem.StepKind]string{problem.SignIn: "/sign-in?next={return_to}", problem.VerifyEmail: "https://id.example.com/verify"},
}))

func known(t *testing.T) *problem.Set {
	t.Helper()
	s, err := problem.NewSet(append(problem.Common(), planTooSmall)...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// denials are errors of every shape that an application makes.
func denials() map[string]error {
	out := map[string]error{
		"zero reason":   problem.Reason{},
		"scope":         problem.NeedScope("reports.read", "reports.write"),
		"step-up":       problem.NeedStepUp(problem.ACR("phr", "phrh"), 5*time.Minute),
		"rate":          problem.RetryIn(problem.RateLimited, 1500*time.Millisecond),
		"nonce":         problem.NeedDPoPNonce("n-1"),
		"wrapped":       fmt.Errorf("secret table users: %w", problem.NeedRole("Editor", "Owner of {all}")),
		"because":       problem.TokenExpired.Because(errors.New("secret key k7")),
		"cloaked":       problem.Cloak(problem.NeedRole("secret role")),
		"joined":        errors.Join(problem.EmailUnverified, &problem.Problem{Reason: planTooSmall, Args: map[string]any{"plan": "Team"}}, problem.RetryIn(problem.RateLimited, time.Minute)),
		"also deep":     &problem.Problem{Reason: problem.EmailUnverified, Also: []*problem.Problem{nil, {Reason: problem.PhoneUnverified, Also: []*problem.Problem{{Reason: problem.NotOwner}}}}},
		"own detail":    &problem.Problem{Reason: problem.LegalBlock, Detail: "Order {4711} of a court.", Instance: "urn:uuid:11111111-1111-1111-1111-111111111111"},
		"no steps":      &problem.Problem{Reason: problem.RoleMissing, Next: []problem.NextStep{}},
		"own steps":     &problem.Problem{Reason: problem.RoleMissing, Args: map[string]any{"who": "A&B"}, Next: []problem.NextStep{{Kind: problem.ContactAdmin, Actor: problem.Owner, Href: "/ask?who={who}&back={return_to}", Method: "POST", Title: "Ask {who}", Expires: time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC)}}},
		"own challenge": &problem.Problem{Reason: problem.SignInRequired, Challenges: []problem.Challenge{problem.GNAP("https://as.example.com")}},
		"extensions":    &problem.Problem{Reason: problem.QuotaExhausted, Extensions: map[string]any{"limit": 9007199254740993, "used": map[string]any{"a": []any{1.5, "x", nil, true}}}},
		"types of args": &problem.Problem{Reason: planTooSmall, Args: map[string]any{
			"plan": "Team/Ä", "count": uint64(math.MaxUint64), "share": 0.25, "end": time.Date(2027, 1, 2, 3, 4, 5, 6, time.FixedZone("", 3600)),
			"people": []string{"Ann", "Bo"}, "wait": 90 * time.Minute, "unused": "secret", "odd": struct{}{},
		}},
	}
	for _, r := range problem.Common() {
		out[r.Code()] = r
	}
	return out
}

func pack(t *testing.T, a denydetails.Answer) []*anypb.Any {
	t.Helper()
	details, err := a.Any()
	if err != nil {
		t.Fatal(err)
	}
	return details
}

func TestCode(t *testing.T) {
	// The HTTP status that google/rpc/code.proto gives each code; of those with
	// one in common, the code that a denial of this status is.
	table := map[int]code.Code{
		400: code.Code_INVALID_ARGUMENT, 401: code.Code_UNAUTHENTICATED, 403: code.Code_PERMISSION_DENIED,
		404: code.Code_NOT_FOUND, 409: code.Code_ABORTED, 429: code.Code_RESOURCE_EXHAUSTED, 500: code.Code_INTERNAL,
		501: code.Code_UNIMPLEMENTED, 503: code.Code_UNAVAILABLE, 504: code.Code_DEADLINE_EXCEEDED,
		402: code.Code_FAILED_PRECONDITION, 405: code.Code_UNIMPLEMENTED, 407: code.Code_UNAUTHENTICATED,
		410: code.Code_NOT_FOUND, 413: code.Code_RESOURCE_EXHAUSTED, 416: code.Code_OUT_OF_RANGE,
		425: code.Code_UNAVAILABLE, 428: code.Code_FAILED_PRECONDITION, 451: code.Code_PERMISSION_DENIED,
		502: code.Code_UNAVAILABLE, 508: code.Code_INTERNAL, 511: code.Code_UNAUTHENTICATED,
		0: code.Code_UNKNOWN, 200: code.Code_UNKNOWN, 302: code.Code_UNKNOWN, 600: code.Code_UNKNOWN,
	}
	for status, want := range table {
		if got := denydetails.Code(status); got != want {
			t.Errorf("%d: got %v, want %v", status, got, want)
		}
	}
	for status := -1; status < 1000; status++ {
		if denydetails.Code(status) == code.Code_OK {
			t.Errorf("%d is OK", status)
		}
	}
}

func TestReason(t *testing.T) {
	for c := code.Code(-1); c < 20; c++ {
		r := denydetails.Reason(c)
		if problem.StatusText(r.Status()) == "" {
			t.Errorf("%v: got %v", c, r)
		}
		switch c {
		case code.Code_OK, code.Code_CANCELLED, code.Code_UNKNOWN, code.Code_ALREADY_EXISTS, code.Code_DATA_LOSS, code.Code_FAILED_PRECONDITION, code.Code_OUT_OF_RANGE:
		default: // the codes that a status becomes come back to it
			if c > 0 && c < 17 && denydetails.Code(r.Status()) != c {
				t.Errorf("%v becomes %d, and that %v", c, r.Status(), denydetails.Code(r.Status()))
			}
		}
	}
}

// What google/rpc/error_details.proto and AIP-193 demand.
func TestErrorInfo(t *testing.T) {
	reasonPattern := regexp.MustCompile(`^[A-Z][A-Z0-9_]+[A-Z0-9]$`)
	keyPattern := regexp.MustCompile(`^[a-z][a-zA-Z0-9-_]+$`)
	check := func(t *testing.T, info *errdetails.ErrorInfo) {
		t.Helper()
		if !reasonPattern.MatchString(info.Reason) || len(info.Reason) > 63 {
			t.Errorf("reason %q", info.Reason)
		}
		for key := range info.Metadata {
			if !keyPattern.MatchString(key) || len(key) > 64 {
				t.Errorf("key %q", key)
			}
		}
	}
	reasons := map[string]string{}
	for name, err := range denials() {
		t.Run(name, func(t *testing.T) {
			a := denydetails.Writer{Renderer: renderer, Domain: "d.example"}.Write(render.Request{}, "", err)
			info := a.Details[0].(*errdetails.ErrorInfo)
			check(t, info)
			if info.Domain != "d.example" {
				t.Errorf("domain %q", info.Domain)
			}
			if p := problem.From(err); info.Metadata["code"] != p.Reason.Code() {
				t.Errorf("code %q, want %q", info.Metadata["code"], p.Reason.Code())
			}
			c := info.Metadata["code"]
			if other, ok := reasons[info.Reason]; ok && other != c {
				t.Errorf("%q stands for %q and %q", info.Reason, other, c)
			}
			reasons[info.Reason] = c
		})
	}
	for _, c := range []string{
		"a", "ab", "a-b", strings.Repeat("a", 64), strings.Repeat("a-", 31) + "bb", "9-lives", "ÄÖ", "__", "UPPER case", "-x-", "\xff", strings.Repeat("9", 200), " ",
	} {
		p, err := problem.Decode("", strings.NewReader(fmt.Sprintf(`{"status":403,"code":%q}`, strings.ToValidUTF8(c, "?"))))
		if err != nil {
			t.Fatal(err)
		}
		check(t, denydetails.Writer{}.Write(render.Request{}, "", p).Details[0].(*errdetails.ErrorInfo))
	}
}

func TestDomain(t *testing.T) {
	tests := []struct {
		name, domain, service string
		renderer              *render.Renderer
		want                  string
	}{
		{"named", "d.example", "pkg.S", renderer, "d.example"},
		{"host of the type", "", "pkg.S", renderer, "errors.example.com"},
		{"service", "", "pkg.S", nil, "pkg.S"},
		{"nothing is known", "", "", nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := denydetails.Writer{Renderer: tt.renderer, Domain: tt.domain}.Write(render.Request{}, tt.service, problem.RoleMissing)
			if got := a.Details[0].(*errdetails.ErrorInfo).Domain; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDetails(t *testing.T) {
	req := render.Request{Method: "POST", Target: "/pkg.S/M", Header: http.Header{"Accept-Language": {"de"}}}
	err := &problem.Problem{
		Reason: problem.RateLimited, RetryAfter: 1500 * time.Millisecond, Instance: "urn:x:1",
		Next: []problem.NextStep{{Kind: problem.ReadDocs, Href: "https://docs.example.com/limits"}, {Kind: problem.SlowDown}},
	}
	a := denydetails.Writer{Renderer: renderer}.Write(req, "pkg.S", err)
	page := renderer.Render(render.Request{Method: "POST", Target: "/pkg.S/M", Header: req.Header, Format: render.JSON}, err)
	if a.Code != code.Code_RESOURCE_EXHAUSTED || a.Status != 429 {
		t.Errorf("got %v, %d", a.Code, a.Status)
	}
	if !strings.HasPrefix(a.Message, "There were too many requests") {
		t.Errorf("the message is %q, want English", a.Message)
	}
	var got []string
	for _, d := range a.Details {
		switch d := d.(type) {
		case *errdetails.ErrorInfo:
			got = append(got, d.Reason, fmt.Sprint(d.Metadata))
		case *errdetails.LocalizedMessage:
			got = append(got, d.Locale)
			if !strings.Contains(d.Message, "Sekunden") {
				t.Errorf("the localized message is %q", d.Message)
			}
		case *errdetails.Help:
			got = append(got, fmt.Sprint(len(d.Links)), d.Links[0].Url)
		case *errdetails.RetryInfo:
			got = append(got, d.RetryDelay.AsDuration().String())
		case *httpbody.HttpBody:
			got = append(got, d.ContentType)
			if !bytes.Equal(d.Data, page.Body) {
				t.Errorf("the document is %s, want %s", d.Data, page.Body)
			}
		default:
			got = append(got, string(d.ProtoReflect().Descriptor().FullName()))
		}
	}
	want := []string{
		"RATE_LIMITED", "map[code:rate-limited instance:urn:x:1 retry_after:2 status:429 type:https://errors.example.com/problems/rate-limited]",
		"de", "1", "https://docs.example.com/limits", "2s", "application/problem+json", "google.protobuf.Struct",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("details differ (-want +got):\n%s", diff)
	}
}

var languages = []string{"", "de", "ar", "my, bn"}

// What the client reads is what the renderer would have sent over HTTP.
func TestThereAndBack(t *testing.T) {
	set := known(t)
	for name, err := range denials() {
		for _, language := range languages {
			t.Run(name+"/"+language, func(t *testing.T) {
				req := render.Request{Method: "POST", Header: http.Header{"Accept-Language": {language}, "Authorization": {"x"}}}
				a := denydetails.Writer{Renderer: renderer}.Write(req, "", err)
				if a.Code == code.Code_OK || a.Message == "" {
					t.Errorf("code %v, message %q", a.Code, a.Message)
				}
				details := pack(t, a)
				size := 0
				for _, d := range details {
					size += proto.Size(d)
					if bytes.Contains(d.Value, []byte("secret")) {
						t.Errorf("a secret is in %v", d)
					}
				}
				if size > denydetails.MaxBytes {
					t.Errorf("%d bytes", size)
				}
				d, ok := denydetails.Read(set, details)
				if !ok {
					t.Fatal("no denial was read")
				}
				p := d.Problem
				plain := problem.From(err)
				if p.Reason.Code() != "" && !errors.Is(p, plain.Reason) {
					t.Errorf("got %v, want %v", p, plain.Reason)
				}
				req.Format = render.JSON
				resp := renderer.Render(req, err)
				want, derr := set.Decode(resp.Header.Get("Content-Type"), bytes.NewReader(resp.Body))
				if derr != nil {
					t.Fatal(derr)
				}
				if p.Detail != want.Detail || p.Instance != want.Instance || len(p.Also) != len(want.Also) {
					t.Errorf("got %q, %q, %d; want %q, %q, %d", p.Detail, p.Instance, len(p.Also), want.Detail, want.Instance, len(want.Also))
				}
				if diff := cmp.Diff(want.Next, p.Next); diff != "" {
					t.Errorf("steps differ (-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(want.Extensions, p.Extensions); diff != "" {
					t.Errorf("extensions differ (-want +got):\n%s", diff)
				}
				var lines []string
				for _, c := range p.Challenges {
					lines = append(lines, c.String())
				}
				sent := append(resp.Header["Www-Authenticate"], resp.Header["Proxy-Authenticate"]...)
				if diff := cmp.Diff(sent, lines); diff != "" {
					t.Errorf("challenges differ (-want +got):\n%s", diff)
				}
				if got := resp.Header.Get("Retry-After"); got != "" && got != fmt.Sprint(int(p.RetryAfter.Seconds())) {
					t.Errorf("wait %v, want %s s", p.RetryAfter, got)
				}
			})
		}
	}
}

// A gateway that renders the denial anew sends what the service would have
// sent over HTTP, in every form.
func TestRenderedAnew(t *testing.T) {
	set := known(t)
	for name, err := range denials() {
		t.Run(name, func(t *testing.T) {
			rpc := render.Request{Method: "POST", Target: "/pkg.S/M", Header: http.Header{"Authorization": {"x"}}}
			d, ok := denydetails.Read(set, pack(t, denydetails.Writer{Renderer: renderer}.Write(rpc, "", err)))
			if !ok {
				t.Fatal("no denial was read")
			}
			for _, f := range []render.Format{render.JSON, render.HTML, render.Text, render.XML} {
				req := render.Request{Method: "GET", Target: "/reports?a=1&b=2", Header: http.Header{"Accept-Language": {"fr"}, "Authorization": {"x"}}, Format: f}
				want, got := renderer.Render(req, err), renderer.Render(req, d.Forward())
				if diff := cmp.Diff(string(want.Body), string(got.Body)); diff != "" {
					t.Errorf("%s differs (-want +got):\n%s", f.MediaType(), diff)
				}
				if diff := cmp.Diff(want.Header, got.Header); diff != "" {
					t.Errorf("header of %s differs (-want +got):\n%s", f.MediaType(), diff)
				}
			}
		})
	}
}

func TestUnknownReason(t *testing.T) {
	details := pack(t, denydetails.Writer{Renderer: renderer}.Write(render.Request{}, "", &problem.Problem{Reason: planTooSmall, Args: map[string]any{"plan": "Team"}}))
	for _, set := range []*problem.Set{nil, {}} {
		d, ok := denydetails.Read(set, details)
		if !ok || d.Own != nil || d.Forward() != d.Problem {
			t.Fatalf("got %v, %v", d, ok)
		}
		if r := d.Problem.Reason; r.Code() != "plan-too-small" || r.Status() != 402 || r.Title() != "A larger plan is needed" || r == planTooSmall {
			t.Errorf("got %v", r)
		}
		if want := "Exports are part of the Team plan."; d.Problem.Detail != want {
			t.Errorf("got %q, want %q", d.Problem.Detail, want)
		}
	}
}

// An error that is no denial says nothing, and OnFault has it.
func TestNoDenial(t *testing.T) {
	var faults []error
	r := render.Must(render.New(render.Config{OnFault: func(err error) { faults = append(faults, err) }}))
	bare := errors.New("pq: password of user root is secret")
	a := denydetails.Writer{Renderer: r}.Write(render.Request{}, "", bare)
	if a.Code != code.Code_UNKNOWN || a.Message != "Internal Server Error" || a.Details != nil || len(a.Header) > 0 {
		t.Errorf("got %+v", a)
	}
	if len(faults) != 1 || !errors.Is(faults[0], bare) {
		t.Errorf("faults: %v", faults)
	}
	for name, err := range map[string]error{"nil": nil, "nil Problem": (*problem.Problem)(nil)} {
		if a := (denydetails.Writer{}).Write(render.Request{}, "", err); a.Code != code.Code_PERMISSION_DENIED || a.Message != "Forbidden" {
			t.Errorf("%s: got %+v", name, a)
		}
	}
}

// A detail that is broken spoils itself, and no more.
func TestBrokenDetails(t *testing.T) {
	set := known(t)
	err := problem.NeedScope("reports.read")
	whole := func() []*anypb.Any {
		return pack(t, denydetails.Writer{Renderer: renderer}.Write(render.Request{}, "", err))
	}
	find := func(ds []*anypb.Any, name string) *anypb.Any {
		for _, d := range ds {
			if strings.HasSuffix(d.TypeUrl, name) {
				return d
			}
		}
		t.Fatalf("no %s", name)
		return nil
	}
	replace := func(ds []*anypb.Any, name string, m proto.Message) {
		b, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		find(ds, name).Value = b
	}
	tests := []struct {
		name string
		do   func(ds []*anypb.Any) []*anypb.Any
		ok   bool // the denial is found all the same
		own  bool // and can be rendered anew
	}{
		{"nothing", func([]*anypb.Any) []*anypb.Any { return nil }, false, false},
		{"a nil detail", func(ds []*anypb.Any) []*anypb.Any { return append([]*anypb.Any{nil, {}}, ds...) }, true, true},
		{"all cut", func(ds []*anypb.Any) []*anypb.Any {
			for _, d := range ds {
				d.Value = d.Value[:len(d.Value)-1]
			}
			return ds
		}, false, false},
		{"document cut", func(ds []*anypb.Any) []*anypb.Any { find(ds, "HttpBody").Value = []byte{0xff}; return ds }, true, false},
		{"document is no JSON", func(ds []*anypb.Any) []*anypb.Any {
			replace(ds, "HttpBody", &httpbody.HttpBody{ContentType: "application/problem+json", Data: []byte("<html>")})
			return ds
		}, true, false},
		{"document of another type", func(ds []*anypb.Any) []*anypb.Any {
			replace(ds, "HttpBody", &httpbody.HttpBody{ContentType: "text/html", Data: []byte(`{"code":"rate-limited"}`)})
			return ds
		}, true, false},
		{"document says something else", func(ds []*anypb.Any) []*anypb.Any {
			replace(ds, "HttpBody", &httpbody.HttpBody{ContentType: "application/problem+json", Data: []byte(`{"code":"rate-limited","status":429}`)})
			return ds
		}, true, false},
		{"no ErrorInfo", func(ds []*anypb.Any) []*anypb.Any { return ds[1:] }, true, true},
		{"ErrorInfo of somebody else", func(ds []*anypb.Any) []*anypb.Any {
			replace(ds, "ErrorInfo", &errdetails.ErrorInfo{Reason: "SERVICE_DISABLED", Domain: "googleapis.com", Metadata: map[string]string{"code": "not-found"}})
			return ds
		}, true, true},
		{"only an ErrorInfo of somebody else", func(ds []*anypb.Any) []*anypb.Any {
			replace(ds, "ErrorInfo", &errdetails.ErrorInfo{Reason: "SERVICE_DISABLED", Domain: "googleapis.com"})
			return ds[:1]
		}, false, false},
		{"struct cut", func(ds []*anypb.Any) []*anypb.Any { find(ds, "Struct").Value = []byte{0xff}; return ds }, true, false},
		{"a second document", func(ds []*anypb.Any) []*anypb.Any {
			more, err := anypb.New(&httpbody.HttpBody{ContentType: "application/problem+json", Data: []byte(`{"code":"rate-limited"}`)})
			if err != nil {
				t.Fatal(err)
			}
			return append(ds, more)
		}, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, ok := denydetails.Read(set, tt.do(whole()))
			if ok != tt.ok || (d.Own != nil) != tt.own {
				t.Fatalf("got %v, own %v; want %v, own %v", ok, d.Own != nil, tt.ok, tt.own)
			}
			if ok && !errors.Is(d.Problem, problem.InsufficientScope) {
				t.Errorf("got %v", d.Problem)
			}
			if ok && !strings.Contains(d.Problem.Detail, "reports.read") {
				t.Errorf("the detail is %q", d.Problem.Detail)
			}
		})
	}
}

// What does not fit into a header field is left out, never the denial.
func TestTooLong(t *testing.T) {
	long := strings.Repeat("ä", 1<<16)
	many := map[string]any{}
	for i := range 100 {
		many[fmt.Sprintf("a%d", i)] = long
	}
	steps := []problem.NextStep{}
	for i := range 64 {
		steps = append(steps, problem.NextStep{Kind: problem.ReadDocs, Href: fmt.Sprintf("https://docs.example.com/%d/{a%d}", i, i)})
	}
	tests := map[string]error{
		"detail":     &problem.Problem{Reason: problem.RoleMissing, Detail: long},
		"value":      problem.NeedRole(long),
		"steps":      &problem.Problem{Reason: problem.RoleMissing, Args: many, Next: steps},
		"extensions": &problem.Problem{Reason: problem.RoleMissing, Extensions: map[string]any{"big": long}},
		"instance":   &problem.Problem{Reason: problem.RoleMissing, Instance: "urn:" + long},
		"challenges": &problem.Problem{Reason: problem.RoleMissing, Challenges: []problem.Challenge{problem.Bearer(strings.Repeat("r", 9000))}},
	}
	for name, err := range tests {
		t.Run(name, func(t *testing.T) {
			a := denydetails.Writer{}.Write(render.Request{}, "pkg.S", err)
			details := pack(t, a)
			size := 0
			for _, d := range details {
				size += proto.Size(d)
			}
			if size > denydetails.MaxBytes || len(a.Message) > 500 {
				t.Errorf("%d bytes of details, message of %d", size, len(a.Message))
			}
			d, ok := denydetails.Read(known(t), details)
			if !ok || !errors.Is(d.Problem, problem.RoleMissing) {
				t.Errorf("got %v, %v", d.Problem, ok)
			}
		})
	}
}

// What Fit leaves is less than 8 KiB as HTTP/2 counts, and it changes nothing
// of the answer that it was called on.
func TestFit(t *testing.T) {
	tests := denials()
	for n := 500; n <= 9000; n += 500 {
		tests[fmt.Sprint("challenge ", n)] = &problem.Problem{Reason: problem.SignInRequired, Challenges: []problem.Challenge{
			problem.Basic("api"), problem.Bearer(strings.Repeat("r", n)), problem.Negotiate()}}
		tests[fmt.Sprint("nonce ", n)] = problem.NeedDPoPNonce(strings.Repeat("n", n))
		tests[fmt.Sprint("detail ", n)] = &problem.Problem{Reason: problem.RoleMissing, Detail: strings.Repeat("ä", n), Instance: "urn:" + strings.Repeat("i", n)}
	}
	for name, err := range tests {
		t.Run(name, func(t *testing.T) {
			whole := denydetails.Writer{Renderer: renderer}.Write(render.Request{}, "pkg.S", err)
			before := fmt.Sprint(whole)
			a := whole.Fit()
			if fmt.Sprint(whole) != before {
				t.Error("the answer was changed")
			}
			packed, merr := proto.Marshal(&rpcstatus.Status{Code: int32(a.Code), Message: a.Message, Details: pack(t, a)})
			if merr != nil {
				t.Fatal(merr)
			}
			size := 300 + base64.RawStdEncoding.EncodedLen(len(packed)) + len(a.Message) + 2*strings.Count(url.PathEscape(a.Message), "%")
			for name, lines := range a.Header {
				for _, line := range lines {
					size += len(name) + len(line) + 32
				}
			}
			if size > 8<<10 {
				t.Errorf("%d bytes", size)
			}
			d, ok := denydetails.Read(known(t), pack(t, a))
			if !ok || d.Problem.Reason.Code() != problem.From(err).Reason.Code() {
				t.Errorf("got %v, %v", d.Problem, ok)
			}
			if strings.HasPrefix(name, "challenge") && len(a.Header["Www-Authenticate"]) < 2 {
				t.Errorf("the short challenges are left out too: %q", a.Header)
			}
		})
	}
	own := denydetails.Answer{Message: strings.Repeat("m", 9000), Header: http.Header{"X": nil, "Y": {strings.Repeat("y", 9000)}}}.Fit()
	if len(own.Message) > 500 || own.Header["Y"] != nil {
		t.Errorf("got %d bytes and %v", len(own.Message), own.Header)
	}
}

// received stands for the error of a client.
type received struct{ denial denydetails.Denial }

func (r received) Error() string              { return "from a service" }
func (r received) Unwrap() []error            { return []error{r.denial.Problem} }
func (r received) Denial() denydetails.Denial { return r.denial }

type loop struct{}

func (l *loop) Error() string { return "loop" }
func (l *loop) Unwrap() error { return l }

func TestResolve(t *testing.T) {
	d, ok := denydetails.Read(known(t), pack(t, denydetails.Writer{}.Write(render.Request{Language: "de"}, "", problem.NeedRole("Editor"))))
	if !ok || d.Own == nil {
		t.Fatal("no denial was read")
	}
	err := received{d}
	tests := []struct {
		name    string
		err     error
		ok      bool
		decoded bool
		reason  problem.Reason
	}{
		{"nil", nil, false, false, problem.Reason{}},
		{"foreign", errors.New("x"), false, false, problem.Reason{}},
		{"loop", &loop{}, false, false, problem.Reason{}},
		{"reason", problem.RoleMissing, true, false, problem.RoleMissing},
		{"received", err, true, false, problem.RoleMissing},
		{"wrapped", fmt.Errorf("calling B: %w", err), true, false, problem.RoleMissing},
		{"cloaked", problem.Cloak(err), true, false, problem.NotFound},
		{"answered otherwise", problem.Overloaded.Because(err), true, false, problem.Overloaded},
		{"joined with another", errors.Join(err, problem.SignInRequired), true, false, problem.SignInRequired},
		{"the Problem alone", d.Problem, true, true, problem.RoleMissing},
		{"of no known reason", received{denydetails.Denial{Problem: d.Problem}}, true, true, problem.RoleMissing},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, ok := denydetails.Resolve(tt.err)
			if ok != tt.ok {
				t.Fatalf("got %v", ok)
			}
			if !ok {
				return
			}
			if p.Reason != tt.reason || p.Decoded() != tt.decoded {
				t.Errorf("got %v, decoded %v", p.Reason, p.Decoded())
			}
		})
	}
	p, _ := denydetails.Resolve(fmt.Errorf("calling B: %w", err))
	if got := fmt.Sprint(p.Args["roles"]) + fmt.Sprint(p.Args["role"]); !strings.Contains(got, "Editor") {
		t.Errorf("args %v", p.Args)
	}
	if d.Own.Cause != nil || !errors.As(p.Cause, new(received)) {
		t.Errorf("the cause is %v; the one that was read has %v", p.Cause, d.Own.Cause)
	}
}

type panics struct{}

func (*panics) Error() string { panic("no") }
func (*panics) Unwrap() error { panic("no") }

func TestAs(t *testing.T) {
	d := received{}
	tests := []struct {
		name string
		err  error
		want bool
	}{
		{"nil", nil, false},
		{"itself", d, true},
		{"wrapped", fmt.Errorf("x: %w", d), true},
		{"joined", errors.Join(errors.New("x"), fmt.Errorf("x: %w", d)), true},
		{"loop", &loop{}, false},
		{"beside a loop", errors.Join(&loop{}, d), true},
		{"panics", (*panics)(nil), false},
		{"beside a panic", errors.Join(&panics{}, d), true},
		{"in a Problem", problem.NotOwner.Because(d), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, ok := denydetails.As[received](tt.err); ok != tt.want {
				t.Errorf("got %v", ok)
			}
			if tt.err != nil && tt.want && !denydetails.Is(fmt.Errorf("%w", errors.Join(tt.err, context.Canceled)), context.Canceled) {
				t.Error("context.Canceled was not found")
			}
		})
	}
	for _, err := range []error{nil, d, errors.Join(d, d), (*panics)(nil), problem.NotOwner.Because(d)} {
		if !denydetails.Ends(err) {
			t.Errorf("%T is said not to end", err)
		}
	}
	if denydetails.Ends(problem.NotOwner.Because(&loop{})) {
		t.Error("a loop is said to end")
	}
	if denydetails.Is(errors.Join(&loop{}, &panics{}), context.Canceled) {
		t.Error("context.Canceled was found")
	}
}

func FuzzRead(f *testing.F) {
	for _, err := range []error{problem.NeedScope("a"), errors.Join(problem.EmailUnverified, problem.TermsNotAccepted)} {
		a := denydetails.Writer{}.Write(render.Request{}, "pkg.S", err)
		for _, d := range a.Details {
			b, err := proto.Marshal(d)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(d.ProtoReflect().Descriptor().FullName()), b)
		}
	}
	set, err := problem.NewSet(problem.Common()...)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		details := pack(t, denydetails.Writer{}.Write(render.Request{}, "", problem.NeedScope("a")))
		for i, d := range details {
			if string(d.MessageName()) == name {
				details[i] = &anypb.Any{TypeUrl: d.TypeUrl, Value: b}
			}
		}
		d, ok := denydetails.Read(set, details)
		if !ok {
			t.Fatal("one detail took the others with it")
		}
		// Whatever it says, it can be handed on as a denial.
		if a := (denydetails.Writer{}).Write(render.Request{}, "", d.Forward()); a.Code == code.Code_OK || a.Details == nil {
			t.Errorf("got %+v", a)
		}
	})
}
