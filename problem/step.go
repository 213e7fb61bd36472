package problem

import (
	"slices"
	"time"
)

// A NextStep is something that may lead past the denial, for whoever acts on
// it: a person, the program that was denied, or somebody they must ask.
type NextStep struct {
	// Kind says what the step is, such as SignIn. An application may use its
	// own: lower case words joined by hyphens. Locale files have the label of
	// one under "step.<kind>"; what is said of such keys at Title holds for it.
	Kind StepKind

	// Actor is who takes the step; "" is who takes steps of its kind, which is
	// User for an application's own kinds. A step read from a document has one.
	Actor Actor

	// Href is where the step is taken: a path from the root, or an http,
	// https, mailto or tel address. It may hold {return_to}, the path of the
	// denied page, and placeholders filled from Problem.Args, each
	// percent-encoded (but for @ and + in mailto:{owner} and tel:{number}); an
	// Href that is one placeholder and nothing else takes the value as a whole
	// address, by the same rules, and {return_to} alone is the denied page itself.
	// A placeholder without a value is nothing in a query; before one, there is no
	// address then, and OnFault is told, but for an Href that is one placeholder,
	// which is then as if it were empty. A list is joined with spaces: items that
	// have some cannot be told apart. Empty, the renderer's Links may name one for
	// the kind; with none, the step is only told.
	//
	// What looks like a path but leads to another host (//host, /\host), what
	// runs (javascript:, data:), a user name, and . or .. as a segment are
	// refused: by NewReason, and again once the placeholders are filled.
	Href string

	// Method is the HTTP method for Href; "" is GET.
	Method string

	// Title is the step's English label. Empty, the step takes the label of
	// its kind, which is translated. It may hold placeholders.
	//
	// Locale files have a Title under "reason.<code>.step.<kind>". Where a
	// language lacks the text of one step, the whole answer is in the reader's
	// next one that has all, the default, or else English. The key is there for
	// steps in the Definition of a reason that the renderer knows; a step that
	// only Problem.Next has is best of a built-in kind and without a Title.
	Title string

	// Params are data for programs: scope, acr_values, max_age and the like. For
	// a step with Method POST they are what is sent: the page's form has them as
	// its fields, such as a token against forgery. A value that is one placeholder
	// is filled from Problem.Args, a list joined with spaces and a duration in
	// whole seconds; without a value it is left out. What is shown of them has no
	// control characters. In a Definition, names are of a-z, 0-9 and _.
	Params map[string]string

	// Expires is when the step stops working, sent to the second in UTC (RFC
	// 3339); the zero time is never.
	Expires time.Time
}

// A StepKind says what a step is. The values are stable: programs compare
// them.
type StepKind string

// An Actor is who takes a step.
type Actor string

const (
	User     Actor = "user"     // the person in front of the page
	Client   Actor = "client"   // the program that sent the request, by itself
	Admin    Actor = "admin"    // whoever administers the account or organization
	Owner    Actor = "owner"    // whoever owns or approves access to the resource
	Operator Actor = "operator" // whoever runs the site
)

// actors are all there are.
var actors = [...]Actor{User, Client, Admin, Owner, Operator}

// TakenBy returns who takes the step: its Actor, or that of its kind where it
// has none or one that is not known.
func (s NextStep) TakenBy() Actor {
	if slices.Contains(actors[:], s.Actor) {
		return s.Actor
	}
	return s.Kind.Actor()
}

// Actor returns who takes steps of this kind; it is User for kinds that this
// package does not know.
func (k StepKind) Actor() Actor {
	if i, ok := lookupKind(k); ok {
		return i.actor
	}
	return User
}

// Label returns the English label of the kind, and "" for kinds that this
// package does not know.
func (k StepKind) Label() string {
	i, _ := lookupKind(k)
	return i.label
}

// Relation returns the registered link relation (RFC 8288 §4.2) under which a
// step of this kind also goes into the Link header field, or "".
func (k StepKind) Relation() string {
	i, _ := lookupKind(k)
	return i.rel
}

// A kind is what this package knows of a StepKind.
type kind struct {
	actor Actor
	label string
	rel   string
}
