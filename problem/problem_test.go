package problem_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
)

var planTooSmall = problem.MustReason(problem.Definition{
	Code: "plan-too-small", Status: 403, Title: "Plan too small", Detail: "Reports need {plan|or}[, try again {retry_after}].",
})

func TestProblemError(t *testing.T) {
	var typedNil *fs.PathError
	tests := []struct {
		name string
		in   *problem.Problem
		want string
		why  string
	}{
		{"nil", nil, "denied: 403 Forbidden", ""},
		{"zero", &problem.Problem{}, "denied: 403 Forbidden", ""},
		{"with values", &problem.Problem{Reason: planTooSmall, Args: map[string]any{"plan": []string{"Team", "Pro"}}},
			"denied: 403 plan-too-small: Plan too small: Reports need Team or Pro.", ""},
		{"without a value", &problem.Problem{Reason: planTooSmall}, "denied: 403 plan-too-small: Plan too small: Reports need ….", ""},
		{"retry", &problem.Problem{Reason: planTooSmall, Args: map[string]any{"plan": "Pro"}, RetryAfter: time.Minute},
			"denied: 403 plan-too-small: Plan too small: Reports need Pro, try again in 1 minute.", "RetryAfter is the placeholder {retry_after}"},
		{"detail of its own", &problem.Problem{Reason: planTooSmall, Detail: "No {plan}."}, "denied: 403 plan-too-small: Plan too small: No {plan}.", "it is sent as it is"},
		{"value with a line end", &problem.Problem{Reason: planTooSmall, Args: map[string]any{"plan": "Pro\r\ndenied: 200 ok\u0085"}},
			"denied: 403 plan-too-small: Plan too small: Reports need Pro  denied: 200 ok .", "nobody writes a log line of their own"},
		{"cause", planTooSmall.Because(fs.ErrPermission), "denied: 403 plan-too-small: Plan too small: Reports need ….: permission denied", ""},
		{"nil pointer as cause", (problem.Reason{}).Because(typedNil), "denied: 403 Forbidden: <nil>", "its Error would panic"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.in.Error(); got != tt.want {
				t.Errorf("got %q, want %q (%s)", got, tt.want, tt.why)
			}
		})
	}
}

func TestArg(t *testing.T) {
	p := &problem.Problem{Args: map[string]any{"plan": "Pro"}, RetryAfter: time.Second}
	if p.Arg("plan") != "Pro" || p.Arg("none") != nil || p.Arg(problem.RetryAfterArg) != time.Second {
		t.Errorf("got %v, %v, %v", p.Arg("plan"), p.Arg("none"), p.Arg(problem.RetryAfterArg))
	}
}

// errors.Is and errors.As find all that a Problem is made of.
func TestProblemTree(t *testing.T) {
	cause := &fs.PathError{Op: "open", Path: "/etc/plans", Err: fs.ErrPermission}
	also := problem.NeedRole("Editor")
	p := planTooSmall.Because(cause)
	p.Also = []*problem.Problem{nil, also}
	for name, err := range map[string]error{
		"problem": p, "wrapped": fmt.Errorf("loading: %w", p), "joined": errors.Join(errors.New("x"), p),
		"cloaked": problem.Cloak(p), "from": problem.From(fmt.Errorf("loading: %w", p)),
	} {
		for _, target := range []error{planTooSmall, problem.RoleMissing, fs.ErrPermission, cause, also} {
			if !errors.Is(err, target) {
				t.Errorf("%s: %v is not found", name, target)
			}
		}
		if errors.Is(err, problem.SignInRequired) {
			t.Errorf("%s: a reason is found that is not in it", name)
		}
		if got, ok := errors.AsType[*fs.PathError](err); !ok || got != cause {
			t.Errorf("%s: AsType finds %v", name, got)
		}
		if got, ok := errors.AsType[problem.Reason](err); !ok || got != planTooSmall {
			t.Errorf("%s: AsType finds the reason %v", name, got)
		}
		if _, ok := errors.AsType[*problem.Problem](err); !ok {
			t.Errorf("%s: AsType finds no Problem", name)
		}
	}
	if p := (*problem.Problem)(nil); p.Unwrap() != nil || p.Arg("plan") != nil || p.Arg(problem.RetryAfterArg) != nil || p.Decoded() {
		t.Error("a nil Problem holds something")
	}
}

// Whoever looks for an error in a Problem gets its reason from a list that is
// there, and every one its own.
func TestProblemTreeIsShared(t *testing.T) {
	mine := problem.MustReason(problem.Definition{Code: "not-looked-at-yet", Status: 403, Title: "T", Detail: "D."})
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for _, r := range []problem.Reason{mine, problem.RoleMissing, {}} {
				p := &problem.Problem{Reason: r}
				if list := p.Unwrap(); len(list) != 1 || list[0] != error(r) || cap(list) != 1 {
					t.Errorf("%v: %v", r, list)
				}
			}
		})
	}
	wait.Wait()
	var err error = problem.NeedRole("editor")
	clear(problem.NeedRole("admin").Unwrap()) // which is not the caller's to do
	if !errors.Is(err, problem.RoleMissing) {
		t.Error("a list that was changed is shared")
	}
	if n := testing.AllocsPerRun(100, func() { errors.Is(err, problem.SignInRequired) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkIs(b *testing.B) {
	var err error = problem.NeedRole("editor")
	b.ReportAllocs()
	for b.Loop() {
		errors.Is(err, problem.RoleMissing)
	}
}

func TestLogValue(t *testing.T) {
	full := problem.NeedPlan("Pro")
	full.Instance = "urn:uuid:1"
	full.Cause = errors.New("plan is \"free\"\nand old")
	full.Also = []*problem.Problem{nil, problem.NeedRole("Editor"), {}}
	tests := []struct {
		name string
		in   *problem.Problem
		want string
	}{
		{"nil", nil, `denial.status=403`},
		{"zero", &problem.Problem{}, `denial.status=403`},
		{"full", full, `denial.status=403 denial.code=plan-too-low denial.detail="` + strings.TrimPrefix(problem.NeedPlan("Pro").Error(), "denied: 403 plan-too-low: Not part of your plan: ") +
			`" denial.instance=urn:uuid:1 denial.cause="plan is \"free\"\nand old" denial.also="[role-missing ]"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			log := slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
				if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey || a.Key == slog.MessageKey) {
					return slog.Attr{}
				}
				return a
			}}))
			log.Info("", "denial", tt.in)
			if diff := cmp.Diff(tt.want+"\n", b.String()); diff != "" {
				t.Errorf("log line differs (-want +got):\n%s", diff)
			}
		})
	}
}

// A cause can be anything, and a log line must not bring the answer down.
func TestLogOfAPanickingCause(t *testing.T) {
	p := planTooSmall.Because(panics{})
	_ = p.Error()
	_ = p.LogValue()
	_ = problem.Cloak(panics{}).Error()
}

// panics is an error whose every method panics.
type panics struct{}

func (panics) Error() string   { panic("Error") }
func (panics) Unwrap() []error { panic("Unwrap") }
func (panics) As(any) bool     { panic("As") }
func (panics) Is(error) bool   { panic("Is") }

// What Retry-After says, the sentence and the steps say too.
func TestRetryAfterBeforeArgs(t *testing.T) {
	p := &problem.Problem{Reason: problem.RateLimited, RetryAfter: time.Minute, Args: map[string]any{problem.RetryAfterArg: 5 * time.Second}}
	if got := p.Arg(problem.RetryAfterArg); got != time.Minute {
		t.Errorf("got %v", got)
	}
	b, err := p.MarshalJSON()
	if err != nil || !strings.Contains(string(b), "in 1 minute.") || !strings.Contains(string(b), `"retry_after":"60"`) {
		t.Errorf("got %s, %v", b, err)
	}
	p.RetryAfter = 0
	if got := p.Arg(problem.RetryAfterArg); got != 5*time.Second {
		t.Errorf("without RetryAfter, got %v", got)
	}
}
