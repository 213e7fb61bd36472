package problem

import (
	"reflect"
	"slices"
)

// unexplained is what an error without a Reason becomes: a 500 that says
// nothing, because nothing in the error is known to be fit for a client.
var unexplained = Reason{&definition{status: 500, title: "Internal Server Error"}}

// From returns the Problem in err's tree (see errors.Is for what the tree is):
//
//   - a *Problem as it is, and a Reason, or a pointer to one, as a Problem with
//     that Reason. An error whose type embeds one counts as that one;
//   - for several, joined with errors.Join or any Unwrap() []error, a Problem
//     with the others in Also. Their own Also count as well. The first is
//     chosen by status: 429, 503, 401, 407, then in the order given. Each
//     *Problem counts once, and a bare Reason only where no Problem has it;
//   - for an error made by [Cloak], [NotFound], whatever else is in the tree,
//     be it in the Cause of a Problem; likewise for a tree of more than 16384
//     errors, where one could be that was not looked at;
//   - for an error that holds none of these, a 500 that says nothing;
//   - for nil, a nil *Problem and a nil *Reason, the zero Reason: somebody meant
//     to deny the request and did not say why.
//
// Where err is more than the Problem itself, it becomes the Cause. From never
// returns nil and never changes err. It ends on a tree with a cycle in it, and
// takes an error whose methods panic for one that holds nothing.
func From(err error) *Problem {
	p, _ := Find(err)
	return p
}

// Find is From that also reports whether err's tree holds a Problem or a
// Reason. Where it does not, the Problem is the one that From returns.
func Find(err error) (p *Problem, ok bool) {
	switch e := err.(type) {
	case nil:
		return &Problem{}, false
	case Reason:
		return &Problem{Reason: e}, true
	case *Reason:
		if e == nil {
			return &Problem{}, false
		}
		return &Problem{Reason: *e}, true
	case *Problem:
		if e == nil {
			return &Problem{}, false
		}
		if e.Cause == nil && e.Also == nil {
			return e, true
		}
	}
	var c collector
	c.walk(err, true, nil)
	switch {
	case c.cloaked:
		return &Problem{Reason: NotFound, Cause: err}, true
	case len(c.found) == 0 && c.sawNil:
		return &Problem{Cause: err}, false
	case len(c.found) == 0:
		return &Problem{Reason: unexplained, Cause: err}, false
	case len(c.found) > 1:
		return join(c.found, err), true
	}
	p = c.found[0].problem
	switch {
	case err == error(p):
		return p, true
	case !c.found[0].bare:
		own := *p
		p = &own
	}
	p.Cause = err
	return p, true
}

// Limits on what is made of an error. People's trees stay far below; one with
// a cycle in it, or that makes new errors as it is unwrapped, must not hang
// the request.
const (
	maxNodes    = 1 << 14 // errors looked at
	maxCycle    = 64      // errors in a cycle that is seen as one
	maxProblems = maxAlso + 1
)

// problems are those of an error tree, each once, in order.
type problems []found

type found struct {
	problem *Problem
	bare    bool // made here, of a Reason that stood alone
}

// add appends f unless it says nothing new, and reports whether it did.
func (ps *problems) add(f found) bool {
	for i, old := range *ps {
		same := old.problem.Reason == f.problem.Reason
		switch {
		case old.problem == f.problem, f.bare && same:
			return false
		case old.bare && same:
			(*ps)[i] = f // it says more
			return true
		}
	}
	if len(*ps) < maxProblems {
		*ps = append(*ps, f)
		return true
	}
	if last := &(*ps)[maxProblems-1]; urgency(f.problem) < urgency(last.problem) {
		*last = f // so that the most urgent of all is sent first
		return true
	}
	return false
}

// addAll adds the problem, and each that it has in Also.
func (ps *problems) addAll(f found) {
	if f.problem == nil || !ps.add(f) {
		return
	}
	for _, a := range f.problem.Also {
		ps.addAll(found{problem: a})
	}
}

// join makes one Problem of several.
func join(tops problems, err error) *Problem {
	var all problems
	for _, f := range tops {
		all.addAll(f)
	}
	first := 0
	for i, f := range all {
		if urgency(f.problem) < urgency(all[first].problem) {
			first = i
		}
	}
	joined := *all[first].problem
	joined.Cause = err
	joined.Also = make([]*Problem, 0, len(all)-1)
	for i, f := range all {
		p := f.problem
		if i == first {
			continue
		}
		if len(p.Also) > 0 { // these are in all as well
			own := *p
			own.Also, p = nil, &own
		}
		joined.Also = append(joined.Also, p)
	}
	return &joined
}

// urgency orders the problems of a joined error: what ends by waiting comes
// first, because nothing else can be tried before, then who is asking.
func urgency(p *Problem) int {
	switch p.Reason.Status() {
	case 429:
		return 0
	case 503:
		return 1
	case 401:
		return 2
	case 407:
		return 3
	}
	return 4
}

// collector walks an error tree.
type collector struct {
	found   problems
	cloaked bool
	sawNil  bool // a nil *Problem or *Reason
	nodes   int  // looked at

	// What an error said by As, while what it unwraps to is walked: it may have
	// made its Problem of one there.
	spoken []*Problem
}

// branch is the way down to an error. It is a list, and not a slice, so that
// it stays on the stack.
type branch struct {
	err   error
	above *branch
}

// has reports whether err is on the branch. Only pointers are compared: a
// cycle needs one, and comparing other types may panic.
func (b *branch) has(err error) bool {
	if b == nil || reflect.TypeOf(err).Kind() != reflect.Pointer {
		return false
	}
	for n := 0; b != nil && n < maxCycle; b, n = b.above, n+1 {
		if b.err == err {
			return true
		}
	}
	return false
}

// walk looks for what denies. In the Cause of a Problem, open is false: the
// Problem says what to answer, and only a Cloak can overrule it.
func (c *collector) walk(err error, open bool, above *branch) {
	if err == nil {
		return // before it counts: most errors unwrap to nothing, in three ways
	}
	if c.nodes++; c.nodes > maxNodes {
		// A Cloak may be in what is not looked at any more.
		c.cloaked = true
	}
	if c.cloaked || above.has(err) {
		return
	}
	here := &branch{err, above}
	switch e := err.(type) {
	case *cloaked:
		c.cloaked = true
	case Reason:
		if open {
			c.found.add(found{&Problem{Reason: e}, true})
		}
	case *Reason: // an error because Reason is one
		if e == nil {
			c.sawNil = c.sawNil || open
			return
		}
		c.walk(*e, open, here)
	case *Problem:
		if e == nil {
			c.sawNil = c.sawNil || open
			return
		}
		if open && !c.said(e) {
			c.found.add(found{problem: e})
		}
		c.walk(e.Cause, false, here)
		for _, a := range e.Also {
			c.walk(a, false, here)
		}
	default:
		stand, cloaks := standIn(err)
		if cloaks {
			c.cloaked = true
			return
		}
		// An error that embeds a Problem unwraps as the Problem does, to its Cause
		// and Also, which are not to be answered themselves.
		inside, embeds := embedded(err)
		switch {
		case stand == nil:
			stand = inside
		case embeds && stand != inside: // a Cloak may be in it all the same
			c.walk(inside, false, here)
		}
		// An error that speaks for others by its method As speaks for the first
		// of them only; the others are found below.
		c.walk(stand, open, here)
		open = open && !embeds
		before := c.spoken
		if p, ok := stand.(*Problem); ok && p != nil && len(before) < maxCycle {
			c.spoken = append(c.spoken, p)
		}
		several, one := unwrap(err)
		if p, ok := inside.(*Problem); ok && p != nil {
			// Walked with the Problem; twice at each depth would not end.
			if sameErrors(several, p.Unwrap()) {
				several = nil
			}
			if sameErrors([]error{one}, []error{p.Cause}) {
				one = nil
			}
		}
		c.walk(one, open, here)
		for _, child := range several {
			c.walk(child, open, here)
		}
		c.spoken = before
	}
}

// said reports whether a Problem that was spoken says all that p does.
func (c *collector) said(p *Problem) bool {
	return slices.ContainsFunc(c.spoken, func(s *Problem) bool {
		return s == p || s.Reason == p.Reason && (p.Detail == "" || p.Detail == s.Detail) && (len(p.Args) == 0 || reflect.DeepEqual(s.Args, p.Args))
	})
}

// standIn returns the Problem or Reason that an error of another package says
// it stands for, or that it holds a Cloak.
func standIn(err error) (stand error, cloaks bool) {
	e, ok := err.(interface{ As(any) bool })
	if !ok {
		return nil, false
	}
	defer survive()
	var c *cloaked
	if e.As(&c) && c != nil { // some say yes to whatever they are asked
		return nil, true
	}
	var p *Problem
	if e.As(&p) && p != nil {
		return p, false
	}
	r := unexplained
	if e.As(&r) && r != unexplained {
		return r, false
	}
	return nil, false
}

// embedded returns the Problem or Reason that is embedded in an error's type,
// found by a method that only embedding can give it. A nil pointer on the way
// there is a nil *Problem.
func embedded(err error) (inside error, ok bool) {
	defer func() {
		if recover() != nil {
			inside, ok = (*Problem)(nil), true
		}
	}()
	switch e := err.(type) {
	case interface{ self() *Problem }:
		return e.self(), true
	case interface{ byValue() Problem }: // with an Error of its own
		p := e.byValue()
		return &p, true
	case interface{ itself() Reason }:
		return e.itself(), true
	}
	return nil, false
}

// sameErrors reports whether a and b hold the same, as far as it can be compared.
func sameErrors(a, b []error) bool {
	return slices.EqualFunc(a, b, func(a, b error) bool { return reflect.ValueOf(a).Comparable() && a == b })
}

func (p *Problem) self() *Problem  { return p }
func (p Problem) byValue() Problem { return p }
func (r Reason) itself() Reason    { return r }

func unwrap(err error) (several []error, one error) {
	defer survive()
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		one = e.Unwrap()
	case interface{ Unwrap() []error }:
		several = e.Unwrap()
	}
	return several, one
}

// survive is deferred around methods that are not ours: a panic there, for
// example by a nil pointer, must not hide what else the tree holds.
func survive() { _ = recover() }

// Cloak returns an error that is answered exactly as [NotFound] is, so that a
// client cannot tell a hidden resource from one that does not exist (RFC 9110
// §15.5.4). errors.Is and errors.As still find err in it, for logs. Answer
// requests for resources that really do not exist with NotFound too, from the
// same renderer, or the two differ.
func Cloak(err error) error {
	if err == nil {
		err = Reason{}
	}
	return &cloaked{err}
}

type cloaked struct{ err error }

func (c *cloaked) Error() string { return "cloaked as not found: " + errorText(c.err) }
func (c *cloaked) Unwrap() error { return c.err }
