package render

import (
	"strings"
	"time"

	"github.com/denial-go/denial/problem"
)

// A View is one denial, decided and in one language: all that a [Format] or a
// [Page] needs, and all that an adapter needs for a protocol with no body of
// ours. It holds nothing private: no Cause, no Go type names.
//
// Texts have been cleaned of control characters, but not escaped: whoever puts
// one into HTML, XML or a header field escapes it for that place. A View is
// read-only.
type View struct {
	Status   int    // of the response
	Phrase   string // the status's reason phrase, in the reader's language
	Type     string // problem type: a URI reference, or "about:blank"
	Code     string // of the reason; "" for the zero Reason
	Title    string // of the reason, in the reader's language
	Detail   string // what happened, its values isolated where it matters
	Instance string // reference to quote; a URI reference

	// Sentence is Detail in pieces, for a form that marks the values in it
	// itself, as HTML does with <bdi>.
	Sentence []Part

	Next       []Step              // best first; any one may help
	Also       []*View             // further requirements, all to be met
	RetryAfter time.Duration       // 0: not known
	Challenges []problem.Challenge // as sent, in order
	Extensions map[string]any      // further members of the document

	// Args are all those of the Problem, in machine form: lists joined with spaces,
	// durations in whole seconds, times as RFC 3339.
	Args map[string]string

	Language string // BCP 47 tag of every text here, for lang and Content-Language
	Dir      string // "ltr" or "rtl"

	// Words are the page's own words in the reader's language, by the part of
	// their key that follows "page." in the locale files.
	Words map[string]string

	Brand Brand // of the site

	Reason problem.Reason // for comparing; its texts are the English ones

	page  Page  // what the HTML format executes
	look  *look // in which the built-in page is dressed; nil for the plain one
	fault func(error)
}

// A Part is a piece of a sentence: fixed text, or a value that was put into
// it. A value may read in another direction than the text around it.
type Part struct {
	Text  string
	Value bool // came from elsewhere; escape it, and isolate it

	// Datetime is what a time or a wait is for programs: an RFC 3339 time, or
	// an ISO 8601 duration such as "PT300S", as HTML's time element wants it.
	// It is "" for everything else.
	Datetime string
}

// A Step is a [problem.NextStep] ready to be shown.
type Step struct {
	Kind    problem.StepKind  // what it is, for programs
	Actor   problem.Actor     // who takes it
	For     string            // who takes it, where that is not the person reading, in the reader's language
	Title   string            // in the reader's language
	Href    string            // checked and complete; "" where there is nowhere to go
	Method  string            // of Href, "GET" or another; "" without Href
	Params  map[string]string // data for programs
	Expires time.Time         // zero: never
	Rel     string            // registered link relation, or ""

	returns bool // Href has the denied page in it
	decoded bool // it comes from another server
}

// dress returns the look of the built-in page.
func (v *View) dress() *look {
	if v.look == nil {
		return plainLook()
	}
	return v.look
}

// Primary returns the first step that the person reading can take by
// following a link or pressing a button, and nil where there is none.
func (v *View) Primary() *Step {
	for i := range v.Next {
		if s := &v.Next[i]; s.Actionable() && s.personal() {
			return s
		}
	}
	return nil
}

// Others returns the steps that are not the primary one.
func (v *View) Others() []Step {
	primary := v.Primary()
	var out []Step
	for i := range v.Next {
		if &v.Next[i] != primary {
			out = append(out, v.Next[i])
		}
	}
	return out
}

// Further returns the further requirements and those that they have in turn,
// each before its own.
func (v *View) Further() []*View {
	var out []*View
	for _, a := range v.Also {
		out = append(append(out, a), a.Further()...)
	}
	return out
}

// personal reports whether the step is for the person reading. Waiting, trying
// again and changing to https are a program's business, and in a browser the
// person's who sits before it.
func (s *Step) personal() bool {
	switch s.Kind {
	case problem.Wait, problem.Retry, problem.UseHTTPS:
		return true
	}
	return s.Actor == problem.User || s.Actor == ""
}

// Actionable reports whether a page can offer the step as a link or a button:
// it leads somewhere, by GET or POST, and it is not for a program.
func (s *Step) Actionable() bool {
	return s.Href != "" && (s.Method == "GET" || s.Method == "POST") && (s.personal() || s.Actor != problem.Client)
}

// Post reports whether the step is taken by submitting a form.
func (s *Step) Post() bool { return s.Method == "POST" }

// Datetime returns how long to wait, or until when, as the datetime attribute
// of HTML's time element wants it; "" where the step is not to wait or the
// time is not known.
func (s *Step) Datetime() string {
	if s.Kind != problem.Wait {
		return ""
	}
	seconds, until := s.Params[problem.RetryAfterArg], s.Params[untilArg]
	switch {
	case isMark(seconds):
		return "PT" + withForm(seconds, formSeconds) + "S"
	case seconds != "" && strings.Trim(seconds, "0123456789") == "":
		return "PT" + seconds + "S"
	case isMark(until):
		return withForm(until, formSeconds)
	}
	if t, err := time.Parse(time.RFC3339, until); err == nil {
		return t.Format(time.RFC3339)
	}
	return ""
}

// untilArg is the name under which built-in reasons have the end of a wait.
const untilArg = "until"

// Address returns the method and address of a step that a page cannot offer as
// a link or button, to be told: "PUT /settings", and "/token" for GET.
func (s *Step) Address() string {
	if s.Href == "" || s.Actionable() {
		return ""
	}
	return stepAddress(s)
}

// Send returns the Params, by name, of a step that has to be told because a
// page cannot offer it: what to say or send to whoever takes it.
func (s *Step) Send() []problem.Param {
	if s.Actionable() || s.Kind == problem.Wait {
		return nil // they are in the address, or in the title
	}
	return s.params()
}

// Fields returns the Params, by name, of a step that a page offers as a form:
// what the form sends. Another server's document does not decide on what is sent.
func (s *Step) Fields() []problem.Param {
	if !s.Actionable() || !s.Post() || s.decoded {
		return nil
	}
	return s.params()
}

func (s *Step) params() []problem.Param {
	var out []problem.Param
	for _, name := range sortedNames(s.Params) {
		out = append(out, problem.Param{Name: name, Value: clean(s.Params[name])})
	}
	return out
}
