package render

import (
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

	// Args are the values of the placeholders in machine form: lists joined
	// with spaces, durations in whole seconds, times as RFC 3339.
	Args map[string]string

	Language string // BCP 47 tag of every text here, for lang and Content-Language
	Dir      string // "ltr" or "rtl"

	// Words are the page's own words in the reader's language, by the part of
	// their key that follows "page." in the locale files.
	Words map[string]string

	Brand Brand

	Reason problem.Reason // for comparing; its texts are the English ones

	page  Page // what the HTML format executes
	fault func(error)
}

// A Part is a piece of a sentence: fixed text, or a value that was put into
// it. A value may read in another direction than the text around it.
type Part struct {
	Text  string
	Value bool
}

// A Step is a [problem.NextStep] ready to be shown.
type Step struct {
	Kind    problem.StepKind
	Actor   problem.Actor
	Title   string            // in the reader's language
	Href    string            // checked and complete; "" where there is nowhere to go
	Method  string            // of Href, "GET" or another; "" without Href
	Params  map[string]string // data for programs
	Expires time.Time         // zero: never
	Rel     string            // registered link relation, or ""

	returns bool // Href has the denied page in it
}

// Primary returns the first step that the person reading can take by
// following a link or pressing a button, and nil where there is none.
func (v *View) Primary() *Step {
	for i := range v.Next {
		if v.Next[i].Actionable() {
			return &v.Next[i]
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

// Actionable reports whether a page can offer the step as a link or a button:
// it leads somewhere, by GET or POST, and is for the person reading.
func (s *Step) Actionable() bool {
	return s.Href != "" && (s.Method == "GET" || s.Method == "POST") && s.Actor == problem.User
}

// Post reports whether the step is taken by submitting a form.
func (s *Step) Post() bool { return s.Method == "POST" }
