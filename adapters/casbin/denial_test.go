package denycasbin_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"github.com/casbin/casbin/v3"
	"github.com/casbin/casbin/v3/model"
	denycasbin "github.com/denial-go/denial/adapters/casbin"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// policy allows by role, and denies by rules that name a reason.
const policy = `
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, act, eft, code
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act`

func newModel(t *testing.T, text string) model.Model {
	t.Helper()
	m, err := model.NewModelFromString(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func newEnforcer(t *testing.T, m model.Model) *casbin.Enforcer {
	t.Helper()
	e, err := casbin.NewEnforcer(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range [][]string{
		{"editor", "internal-reports", "write", "allow", ""},
		{"editor", "internal-exports", "read", "allow", ""},
		{"trial", "internal-exports", "read", "deny", "plan-too-low"},
	} {
		if _, err := e.AddPolicy(rule); err != nil {
			t.Fatal(err)
		}
	}
	for _, rule := range [][]string{{"alice", "editor"}, {"eve", "editor"}, {"eve", "trial"}} {
		if _, err := e.AddGroupingPolicy(rule); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// byCode reads the reason from the rule's last field.
func byCode(rule []string) error {
	if len(rule) == 5 && rule[4] == "plan-too-low" {
		return problem.NeedPlan("Team")
	}
	return nil
}

func TestDenial(t *testing.T) {
	good := newEnforcer(t, newModel(t, policy))
	broken := newEnforcer(t, newModel(t, strings.Replace(policy, "r.act == p.act", "r.act.Missing == p.act", 1)))
	mapped := denycasbin.Options{Denied: byCode}
	for _, row := range []struct {
		name    string
		options denycasbin.Options
		e       interface {
			EnforceEx(...any) (bool, []string, error)
		}
		request []any
		want    error  // nil: allowed
		logs    string // a part of the cause
	}{
		{"allowed", denycasbin.Options{}, good, []any{"alice", "internal-reports", "write"}, nil, ""},
		{"allowed, with options", mapped, good, []any{"alice", "internal-reports", "write"}, nil, ""},
		{"no rule allows it", denycasbin.Options{}, good, []any{"bob", "internal-reports", "write"}, problem.RoleMissing, "no rule"},
		{"no rule allows it, with options", mapped, good, []any{"bob", "internal-reports", "write"}, problem.RoleMissing, "no rule"},
		{"a rule denies it", denycasbin.Options{}, good, []any{"eve", "internal-exports", "read"}, problem.RoleMissing, `"trial"`},
		{"a rule denies it, and says why", mapped, good, []any{"eve", "internal-exports", "read"}, problem.PlanTooLow, `"trial"`},
		{"a request with too few values", mapped, good, []any{"alice"}, problem.PolicyDenied, "invalid request size"},
		{"a nil request", mapped, good, nil, problem.PolicyDenied, "invalid request size"},
		{"a value of an odd type", mapped, good, []any{nil, struct{}{}, 7}, problem.PolicyDenied, ""},
		{"a matcher that fails", mapped, broken, []any{"alice", "internal-reports", "write"}, problem.PolicyDenied, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			check(t, row.options.Denial(row.e.EnforceEx(row.request...)), row.want, row.logs)
		})
	}
}

func TestSynced(t *testing.T) {
	e, err := casbin.NewSyncedEnforcer(newModel(t, policy))
	if err != nil {
		t.Fatal(err)
	}
	check(t, denycasbin.Denial(e.EnforceEx("alice", "internal-reports", "write")), problem.RoleMissing, "no rule")
	ok, err := e.Enforce("alice", "internal-reports", "write")
	check(t, denycasbin.Denial(ok, nil, err), problem.RoleMissing, "no rule")
}

func TestFailsClosed(t *testing.T) {
	var typed *problem.Problem
	var typedErr *ownError
	cycle := &loop{}
	cycle.err = cycle
	always := func(err error) denycasbin.Options {
		return denycasbin.Options{Denied: func([]string) error { return err }}
	}
	rule := []string{"internal-secret"}
	for _, row := range []struct {
		name string
		got  error
		want error
		logs string
	}{
		{"the zero values", denycasbin.Denial(false, nil, nil), problem.RoleMissing, "no rule"},
		{"an error beside a yes", denycasbin.Denial(true, rule, errors.New("internal-x")), problem.PolicyDenied, "internal-x"},
		{"an error that is a typed nil", denycasbin.Denial(true, rule, typedErr), problem.PolicyDenied, ""},
		{"a problem that is a typed nil", denycasbin.Denial(true, rule, typed), problem.PolicyDenied, ""},
		{"an error with a reason", denycasbin.Denial(true, rule, problem.Maintenance), problem.Maintenance, ""},
		{"a policy store out of reach", denycasbin.Denial(true, rule, fmt.Errorf("load: %w", &net.OpError{Op: "dial", Err: errors.New("internal-x")})), problem.Overloaded, "internal-x"},
		{"a deadline", denycasbin.Denial(false, nil, context.DeadlineExceeded), problem.Overloaded, "deadline"},
		{"a policy store out of reach, over HTTP", denycasbin.Denial(true, rule, &url.Error{Op: "Get", URL: "https://internal-x", Err: errors.New("refused")}), problem.Overloaded, "internal-x"},
		{"a URL in the request that is none", denycasbin.Denial(true, rule, parsing("http://%zz")), problem.PolicyDenied, "%zz"},
		{"an address in the request that is none", denycasbin.Denial(true, rule, fmt.Errorf("ipMatch: %w", &net.ParseError{Type: "CIDR address", Text: "internal-x"})), problem.PolicyDenied, "internal-x"},
		{"a file that is not there", denycasbin.Denial(true, rule, fmt.Errorf("match: %w", &fs.PathError{Op: "open", Path: "/keys/none.pem", Err: syscall.ENOENT})), problem.PolicyDenied, "none.pem"},
		{"an address without a port", denycasbin.Denial(true, rule, &net.AddrError{Err: "missing port in address"}), problem.PolicyDenied, "port"},
		{"a URL that is none, beside an outage", denycasbin.Denial(true, rule, errors.Join(parsing("http://%zz"), &net.OpError{Op: "dial", Err: errors.New("refused")})), problem.Overloaded, "refused"},
		{"a cancelled context", denycasbin.Denial(false, nil, fmt.Errorf("load: %w", context.Canceled)), problem.Overloaded, "canceled"},
		{"an error that says it is a deadline", denycasbin.Denial(false, nil, late{}), problem.Overloaded, "late"},
		{"a nil pointer whose Unwrap panics", denycasbin.Denial(true, rule, fmt.Errorf("load: %w", (*loop)(nil))), problem.PolicyDenied, "load"},
		{"one beside an outage", denycasbin.Denial(true, rule, errors.Join((*loop)(nil), context.DeadlineExceeded)), problem.Overloaded, ""},
		{"an error whose Is panics", denycasbin.Denial(true, rule, panics{}), problem.PolicyDenied, ""},
		{"a cycle", denycasbin.Denial(true, rule, cycle), problem.PolicyDenied, ""},
		{"Denied returns nil", always(nil).Denial(false, rule, nil), problem.RoleMissing, "internal-secret"},
		{"Denied returns a typed nil", always(typed).Denial(false, rule, nil), problem.RoleMissing, "internal-secret"},
		{"Denied returns an error without a reason", always(errors.New("internal-x")).Denial(false, rule, nil), problem.RoleMissing, "internal-x"},
		{"Denied returns a reason", always(problem.ReadOnly).Denial(false, rule, nil), problem.ReadOnly, "internal-secret"},
		{"Denied hides what is there", always(problem.Cloak(problem.NotOwner)).Denial(false, rule, nil), problem.NotFound, "internal-secret"},
		{"Denied joins two", always(errors.Join(problem.EmailUnverified, problem.TermsNotAccepted)).Denial(false, rule, nil), problem.EmailUnverified, "internal-secret"},
	} {
		t.Run(row.name, func(t *testing.T) { check(t, row.got, row.want, row.logs) })
	}
	both := always(errors.Join(problem.EmailUnverified, problem.TermsNotAccepted)).Denial(false, rule, nil)
	if !errors.Is(both, problem.TermsNotAccepted) || len(problem.From(both).Also) != 1 {
		t.Errorf("joined reasons are lost: %v", both)
	}
	shared := problem.NeedRole("editor")
	always(shared).Denial(false, rule, nil)
	if shared.Cause != nil {
		t.Error("the application's problem was changed")
	}
}

type ownError struct{}

func (*ownError) Error() string { return "internal-own" }

// parsing is the error of a matcher that parses what is asked for.
func parsing(address string) error {
	_, err := url.Parse(address)
	return fmt.Errorf("match: %w", err)
}

type loop struct{ err error }

func (l *loop) Error() string { return "internal-loop" }
func (l *loop) Unwrap() error { return l.err }

type late struct{}

func (late) Error() string        { return "internal-late" }
func (late) Is(target error) bool { return target == context.DeadlineExceeded }

type panics struct{}

func (panics) Error() string { return "internal-panics" }
func (panics) Is(error) bool { panic("no") }

func check(t *testing.T, got, want error, logs string) {
	t.Helper()
	if want == nil {
		if got != nil {
			t.Errorf("an allowed request is denied: %v", got)
		}
		return
	}
	if got == nil {
		t.Fatal("let through")
	}
	p := problem.From(got)
	if p.Reason != want {
		t.Fatalf("got %v, want %v", got, want)
	}
	if logs != "" && (p.Cause == nil || !strings.Contains(p.Cause.Error(), logs)) {
		t.Errorf("the logs read %v, which lacks %q", p.Cause, logs)
	}
	var deny render.Renderer
	for _, accept := range []string{"application/json", "text/html"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept", accept)
		deny.Write(w, r, got)
		if w.Code < 400 || w.Code == 500 || strings.Contains(w.Body.String(), "internal") {
			t.Errorf("status %d:\n%s", w.Code, w.Body)
		}
	}
}
