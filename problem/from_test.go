package problem_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
)

// codes are the codes of a Problem and of its Also; the zero Reason is "403"
// and one that says nothing is "500".
func codes(p *problem.Problem) []string {
	name := func(r problem.Reason) string {
		if r.Code() == "" {
			return fmt.Sprint(r.Status())
		}
		return r.Code()
	}
	out := []string{name(p.Reason)}
	for _, a := range p.Also {
		if a != nil {
			out = append(out, name(a.Reason))
		}
	}
	return out
}

// stands is an error of another package that knows which denial it is.
type stands struct{ for_ error }

func (s stands) Error() string { return "stands" }
func (s stands) As(target any) bool {
	switch target := target.(type) {
	case **problem.Problem:
		p, ok := s.for_.(*problem.Problem)
		*target = p
		return ok
	case *problem.Reason:
		r, ok := s.for_.(problem.Reason)
		*target = r
		return ok
	}
	return false
}

// list cannot be compared: == panics.
type list []error

func (l list) Error() string   { return "list" }
func (l list) Unwrap() []error { return l }

func TestFrom(t *testing.T) {
	wrap := func(err error) error { return fmt.Errorf("wrapped: %w", err) }
	role := problem.NeedRole("Editor")
	scope := problem.NeedScope("a")
	nested := &problem.Problem{Reason: problem.TermsNotAccepted, Also: []*problem.Problem{nil, {Reason: problem.RateLimited, Also: []*problem.Problem{role}}}}
	var nilProblem *problem.Problem
	var nilReason *problem.Reason

	tests := []struct {
		name string
		in   error
		want []string
		ok   bool
		why  string
	}{
		{"nil", nil, []string{"403"}, false, "somebody meant to deny"},
		{"nil Problem", nilProblem, []string{"403"}, false, ""},
		{"wrapped nil Problem", wrap(nilProblem), []string{"403"}, false, ""},
		{"foreign", io.EOF, []string{"500"}, false, ""},
		{"zero Reason", problem.Reason{}, []string{"403"}, true, ""},
		{"reason", problem.NotOwner, []string{"not-owner"}, true, ""},
		{"pointer to a reason", &problem.SignInRequired, []string{"sign-in-required"}, true, "*Reason has the methods of Reason, so it compiles"},
		{"wrapped pointer to a reason", wrap(&problem.SignInRequired), []string{"sign-in-required"}, true, ""},
		{"a reason and a pointer to it", errors.Join(problem.NotOwner, &problem.NotOwner), []string{"not-owner"}, true, ""},
		{"pointer to a reason as a cause", problem.NotOwner.Because(&problem.RateLimited), []string{"not-owner"}, true, ""},
		{"nil pointer to a reason", nilReason, []string{"403"}, false, ""},
		{"wrapped nil pointer to a reason", wrap(nilReason), []string{"403"}, false, ""},
		{"nil pointer to a reason as a cause", problem.NotOwner.Because(nilReason), []string{"not-owner"}, true, ""},
		{"problem", role, []string{"role-missing"}, true, ""},
		{"wrapped twice", wrap(wrap(problem.NotOwner)), []string{"not-owner"}, true, ""},
		{"joined with others", errors.Join(io.EOF, problem.NotOwner, io.EOF), []string{"not-owner"}, true, ""},
		{"joined with a nil Problem", errors.Join(nilProblem, problem.NotOwner), []string{"not-owner"}, true, ""},
		{"order given", errors.Join(problem.EmailUnverified, problem.TermsNotAccepted), []string{"email-unverified", "terms-not-accepted"}, true, ""},
		{"order by status", errors.Join(problem.NotOwner, problem.ProxyAuthRequired, problem.SignInRequired, problem.Maintenance, problem.RateLimited),
			[]string{"rate-limited", "not-owner", "proxy-auth-required", "sign-in-required", "maintenance"}, true, "only the first is chosen; the others keep their order"},
		{"order of equals", errors.Join(problem.SignInRequired, problem.TokenExpired), []string{"sign-in-required", "token-expired"}, true, ""},
		{"joined in depth", errors.Join(wrap(errors.Join(problem.NotOwner, wrap(problem.SignInRequired))), problem.EmailUnverified),
			[]string{"sign-in-required", "not-owner", "email-unverified"}, true, ""},
		{"reason twice", errors.Join(problem.NotOwner, wrap(problem.NotOwner)), []string{"not-owner"}, true, ""},
		{"problem twice", errors.Join(role, wrap(role)), []string{"role-missing"}, true, ""},
		{"two problems of one reason", errors.Join(role, problem.NeedRole("Owner")), []string{"role-missing", "role-missing"}, true, "each says something else"},
		{"problem, then its reason", errors.Join(scope, problem.InsufficientScope), []string{"insufficient-scope"}, true, ""},
		{"reason, then a problem of it", errors.Join(problem.InsufficientScope, scope), []string{"insufficient-scope"}, true, ""},
		{"also is kept", nested, []string{"terms-not-accepted", "rate-limited"}, true, "nobody joined it"},
		{"also is flattened", errors.Join(problem.NotOwner, nested), []string{"rate-limited", "not-owner", "terms-not-accepted", "role-missing"}, true, ""},
		{"also and joined", errors.Join(nested, role), []string{"rate-limited", "terms-not-accepted", "role-missing"}, true, "role is in it once"},
		{"by As, a problem", wrap(stands{role}), []string{"role-missing"}, true, ""},
		{"by As, a reason", stands{problem.NotOwner}, []string{"not-owner"}, true, ""},
		{"by As, nothing", stands{io.EOF}, []string{"500"}, false, ""},
		{"not comparable", list{list{problem.NotOwner}, list{nil}}, []string{"not-owner"}, true, ""},
		{"cloak", problem.Cloak(problem.NotOwner), []string{"not-found"}, true, ""},
		{"cloak of nil", problem.Cloak(nil), []string{"not-found"}, true, ""},
		{"cloak of a nil Problem", problem.Cloak(nilProblem), []string{"not-found"}, true, ""},
		{"cloak, joined", errors.Join(problem.RateLimited, wrap(problem.Cloak(problem.NotOwner))), []string{"not-found"}, true, "a wait for something that is not there would tell that it is"},
		{"cloak as a cause", wrap(problem.NotOwner.Because(wrap(problem.Cloak(io.EOF)))), []string{"not-found"}, true, "the code below knew best"},
		{"cloak as a cause in also", &problem.Problem{Also: []*problem.Problem{problem.NotOwner.Because(problem.Cloak(io.EOF))}}, []string{"not-found"}, true, ""},
		{"denial as a cause", problem.NotOwner.Because(problem.RateLimited), []string{"not-owner"}, true, "causes are for logs"},
		{"panics", panics{}, []string{"500"}, false, ""},
		{"panics, joined", errors.Join(panics{}, problem.SignInRequired), []string{"sign-in-required"}, true, "the right status counts most"},
		{"nil pointer, joined", errors.Join((*broken)(nil), problem.SignInRequired), []string{"sign-in-required"}, true, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, ok := problem.Find(tt.in)
			if diff := cmp.Diff(tt.want, codes(p)); diff != "" || ok != tt.ok {
				t.Errorf("codes differ, ok %v, want %v (-want +got):\n%s%s", ok, tt.ok, diff, tt.why)
			}
			if again := problem.From(p); !cmp.Equal(codes(p), codes(again)) {
				t.Errorf("From(From(err)) is %v", codes(again))
			}
		})
	}
}

// broken has methods that need more than a nil pointer.
type broken struct{ err error }

func (b *broken) Error() string { return b.err.Error() }
func (b *broken) Unwrap() error { return b.err }

func TestFromKeepsTheProblem(t *testing.T) {
	p := problem.NeedRole("Editor")
	if got := problem.From(p); got != p {
		t.Error("a Problem alone is copied")
	}
	p.Cause = io.EOF
	if got := problem.From(p); got != p {
		t.Error("a Problem with a cause is copied")
	}
	err := fmt.Errorf("saving: %w", p)
	got := problem.From(err)
	if got.Cause != err || p.Cause != io.EOF {
		t.Errorf("the whole error is the cause of a copy: got %v; the Problem itself has %v", got.Cause, p.Cause)
	}
	if got.Arg("role") == nil {
		t.Error("the values are lost")
	}
	if got := problem.From(problem.NotOwner); got.Cause != nil {
		t.Errorf("a bare Reason has the cause %v", got.Cause)
	}
	if got := problem.From(io.EOF); got.Cause != io.EOF {
		t.Errorf("a foreign error is the cause: got %v", got.Cause)
	}
}

// From changes nothing: errors are shared between requests.
func TestFromChangesNothing(t *testing.T) {
	inner := &problem.Problem{Reason: problem.RateLimited, RetryAfter: time.Minute}
	outer := &problem.Problem{Reason: problem.NotOwner, Also: []*problem.Problem{inner}}
	problem.From(errors.Join(problem.SignInRequired, outer))
	if outer.Cause != nil || inner.Cause != nil || len(outer.Also) != 1 || outer.Also[0] != inner {
		t.Errorf("got %+v, %+v", outer, inner)
	}
}

// cycle is in its own tree.
type cycle struct{ errs []error }

func (c *cycle) Error() string   { return "cycle" }
func (c *cycle) Unwrap() []error { return c.errs }

// endless is another error each time it is unwrapped.
type endless int

func (e endless) Error() string { return "endless" }
func (e endless) Unwrap() error { return e + 1 }

// forest doubles at each level.
type forest int

func (f forest) Error() string   { return "forest" }
func (f forest) Unwrap() []error { return []error{f + 1, f + 1} }

// speaks gives a Problem of its own by As, and has another error in it.
type speaks struct {
	n    int
	next error
}

func (speaks) Error() string   { return "speaks" }
func (e speaks) Unwrap() error { return e.next }
func (e speaks) As(target any) bool {
	p, ok := target.(**problem.Problem)
	if ok {
		*p = &problem.Problem{Reason: problem.NotOwner, Args: map[string]any{"n": e.n}}
	}
	return ok
}

func TestFromEnds(t *testing.T) {
	var talk error
	for n := range 7000 { // each is looked at once, and not beside all above it
		talk = speaks{n, talk}
	}
	self := &cycle{}
	self.errs = []error{problem.NotOwner, self, problem.Cloak(io.EOF)}
	plain := &cycle{}
	plain.errs = []error{&cycle{[]error{plain}}, problem.NotOwner, plain}
	requires := &problem.Problem{Reason: problem.NotOwner}
	requires.Also = []*problem.Problem{requires, requires}
	caused := &problem.Problem{Reason: problem.NotOwner}
	caused.Cause = errors.Join(caused)
	deep := error(problem.NotOwner)
	for range 5000 {
		deep = fmt.Errorf("%w", deep)
	}
	// Of 16384 errors, and of one more; the joined error is one itself, and so is
	// the Reason.
	most := errors.Join(append(slices.Repeat([]error{io.EOF}, 16382), problem.SignInRequired)...)
	more := errors.Join(append(slices.Repeat([]error{io.EOF}, 16383), problem.SignInRequired)...)
	nils := make(list, 20000)
	nils[len(nils)-1] = problem.SignInRequired
	var many []error
	for range 100 {
		many = append(many, &problem.Problem{Reason: problem.NotOwner})
	}

	tests := []struct {
		name  string
		in    error
		want  string
		count int // with Also
	}{
		{"cycle before a cloak", self, "not-found", 1},
		{"cycle", plain, "not-owner", 1},
		{"a Problem that requires itself", errors.Join(requires, problem.EmailUnverified), "not-owner", 2},
		{"a Problem that caused itself", errors.Join(caused), "not-owner", 1},
		{"endless", errors.Join(endless(0), problem.NotOwner), "not-found", 1}, // there could be a Cloak
		{"forest", errors.Join(problem.NotOwner, forest(0)), "not-found", 1},   // in what is not looked at
		{"as many as are looked at", most, "sign-in-required", 1},
		{"one more", more, "not-found", 1},
		{"nothing does not count", nils, "sign-in-required", 1},
		{"deep", deep, "not-owner", 1},
		{"a chain of Problems", talk, "not-owner", 33},
		{"many", errors.Join(many...), "not-owner", 33},
		{"many, and the urgent ones last", errors.Join(append(many, problem.SignInRequired, problem.RateLimited, problem.SessionExpired)...), "rate-limited", 33},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := problem.From(tt.in)
			if p.Reason.Code() != tt.want || 1+len(p.Also) != tt.count {
				t.Errorf("got %v", codes(p))
			}
		})
	}
}

// chain is a list of errors that speaks for its first by As, as lists of
// errors in other packages do.
type chain []error

func (c chain) Error() string { return "chain" }
func (c chain) As(t any) bool { return errors.As(c[0], t) }
func (c chain) Unwrap() error {
	if len(c) == 1 {
		return nil
	}
	return c[1:]
}

func TestFromLooksBehindAs(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   error
		want []string
	}{
		{"a cloak", chain{problem.Cloak(problem.EmailUnverified)}, []string{"not-found"}},
		{"a cloak behind", chain{problem.EmailUnverified, problem.Cloak(problem.NotOwner)}, []string{"not-found"}},
		{"a cloak in a cause", problem.EmailUnverified.Because(chain{problem.Cloak(io.EOF)}), []string{"not-found"}},
		{"the more urgent behind", chain{problem.EmailUnverified, problem.RateLimited}, []string{"rate-limited", "email-unverified"}},
		{"one", chain{io.EOF, problem.EmailUnverified}, []string{"email-unverified"}},
	} {
		if diff := cmp.Diff(tt.want, codes(problem.From(tt.in))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// richer gives a copy of the Problem below it that says more, by As.
type richer struct{ err error }

func (r richer) Error() string { return "richer" }
func (r richer) Unwrap() error { return r.err }
func (r richer) As(target any) bool {
	t, ok := target.(**problem.Problem)
	if ok {
		p := *problem.From(r.err)
		p.Instance += "x"
		*t = &p
	}
	return ok
}

// sloppy says yes to all, and gives nothing.
type sloppy struct{ err error }

func (s sloppy) Error() string { return "sloppy" }
func (s sloppy) Unwrap() error { return s.err }
func (s sloppy) As(any) bool   { return true }

func TestFromAs(t *testing.T) {
	role := problem.NeedRole("Editor")
	for _, tt := range []struct {
		name     string
		in       error
		want     []string
		instance string
	}{
		{"richer", richer{role}, []string{"role-missing"}, "x"},
		{"richer than a Reason", richer{fmt.Errorf("wrapped: %w", problem.NotOwner)}, []string{"not-owner"}, "x"},
		{"richer twice", richer{richer{role}}, []string{"role-missing"}, "xx"},
		{"richer, with another", richer{errors.Join(role, problem.EmailUnverified)}, []string{"role-missing", "email-unverified"}, "x"},
		{"richer, and another of the reason beside it", errors.Join(richer{role}, problem.NeedRole("Owner")), []string{"role-missing", "role-missing"}, "x"},
		{"richer, over a cloak", richer{role.Reason.Because(problem.Cloak(io.EOF))}, []string{"not-found"}, ""},
		{"sloppy", sloppy{}, []string{"500"}, ""},
		{"sloppy, over a denial", sloppy{role}, []string{"role-missing"}, ""},
		{"the zero Reason", stands{problem.Reason{}}, []string{"403"}, ""},
	} {
		p := problem.From(tt.in)
		if diff := cmp.Diff(tt.want, codes(p)); diff != "" || p.Instance != tt.instance {
			t.Errorf("%s: instance %q (-want +got):\n%s", tt.name, p.Instance, diff)
		}
	}
}

func TestFindAllocates(t *testing.T) {
	p := problem.NeedRole("Editor")
	for _, tt := range []struct {
		name string
		err  error
		most float64
	}{
		{"problem", p, 0},
		{"reason", problem.NotOwner, 1},
		{"foreign", io.EOF, 1},
		{"wrapped", fmt.Errorf("x: %w", p), 2},
	} {
		if n := testing.AllocsPerRun(100, func() { problem.Find(tt.err) }); n > tt.most {
			t.Errorf("%s: %v allocations, want at most %v", tt.name, n, tt.most)
		}
	}
}

func TestCloak(t *testing.T) {
	secret := problem.NotOwner.Because(io.ErrUnexpectedEOF)
	secret.Detail, secret.Instance, secret.RetryAfter = "secret", "secret", time.Hour
	err := problem.Cloak(secret)
	p := problem.From(err)
	if p.Reason != problem.NotFound {
		t.Fatalf("got %v", p.Reason)
	}
	p.Cause = nil
	if diff := cmp.Diff(problem.From(problem.NotFound), p, sameReason, unexported); diff != "" {
		t.Errorf("not as NotFound is (-want +got):\n%s", diff)
	}
	if !errors.Is(err, problem.NotOwner) || !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, problem.NotFound) {
		t.Error("logs do not see the truth")
	}
}

func BenchmarkFrom(b *testing.B) {
	for _, bench := range []struct {
		name string
		err  error
	}{
		{"reason", problem.NotOwner},
		{"problem", problem.NeedRole("Editor")},
		{"wrapped", fmt.Errorf("loading: %w", problem.NotOwner)},
		{"joined", errors.Join(problem.EmailUnverified, problem.TermsNotAccepted)},
		{"foreign", io.EOF},
		{"endless", endless(0)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				problem.From(bench.err)
			}
		})
	}
}

// speaksForFirst is a list of errors that speaks for the first by As, as those of some
// packages do.
type speaksForFirst []error

func (c speaksForFirst) Error() string     { return "several" }
func (c speaksForFirst) As(t any) bool     { return errors.As(c[0], t) }
func (c speaksForFirst) Is(err error) bool { return errors.Is(c[0], err) }
func (c speaksForFirst) Unwrap() error {
	if len(c) == 1 {
		return nil
	}
	return c[1:]
}

// Two that say something else are told both, though their reason is the same.
func TestFromTellsAll(t *testing.T) {
	for _, err := range []error{
		speaksForFirst{problem.NeedScope("a"), problem.NeedScope("b")},
		fmt.Errorf("wrapped: %w", speaksForFirst{problem.NeedScope("a"), problem.NeedScope("b"), problem.NeedScope("b")}),
		errors.Join(problem.NeedScope("a"), problem.NeedScope("b")),
	} {
		p := problem.From(err)
		if len(p.Also) == 0 || !slices.Equal(p.Args["scope"].([]string), []string{"a"}) || !slices.Equal(p.Also[0].Args["scope"].([]string), []string{"b"}) {
			t.Errorf("%T: %v %v", err, p.Args, p.Also)
		}
	}
}

// ownUnwrap embeds a Problem and unwraps to its Cause alone.
type ownUnwrap struct{ *problem.Problem }

func (e ownUnwrap) Unwrap() error { return e.Cause }

func TestFromDeepEmbedded(t *testing.T) {
	var err error = problem.EmailUnverified
	for range 30 {
		err = ownUnwrap{&problem.Problem{Reason: problem.NotOwner, Cause: err}}
	}
	if p := problem.From(err); p.Reason != problem.NotOwner {
		t.Errorf("an error embedded thirty deep is a %d", p.Reason.Status())
	}
}
