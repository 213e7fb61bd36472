package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/denial-go/denial/problem"
)

// base is where the files of the repository are read from, and so where what
// they describe is identified.
const base = "https://raw.githubusercontent.com/denial-go/denial/main/docs/"

const (
	draft = "https://json-schema.org/draft/2020-12/schema"
	about = "A denied request, as a problem document (RFC 9457). This is what is sent; whoever reads it ignores a member of the wrong type and members that it does not know (§3.1, §3.2)."
)

// A dialect is where a schema stands: the places of other schemas differ, and
// OpenAPI has keywords of its own.
type dialect struct {
	refs    string // what a reference begins with
	openAPI bool
}

var (
	plainSchema = dialect{refs: "#/$defs/"}
	openAPI     = dialect{refs: "#/components/schemas/", openAPI: true}
)

// problemSchema is the JSON Schema of a whole problem document.
func problemSchema() (object, error) {
	limits, err := findLimits()
	if err != nil {
		return nil, err
	}
	s := object{
		{"$schema", draft},
		{"$id", base + "problem.schema.json"},
	}
	s = append(s, plainSchema.problem(limits)...)
	return append(s, member{"$defs", object{
		{"Requirement", plainSchema.requirement(limits)},
		{"NextStep", plainSchema.nextStep()},
	}}), nil
}

func (d dialect) problem(l limits) object {
	s := object{
		{"title", "Problem"},
		{"description", about},
		{"type", "object"},
		{"required", []string{"type", "title", "status"}},
		{"properties", slices.Concat(
			d.first(),
			object{
				{"status", object{
					{"description", "The HTTP status of the response."},
					{"type", "integer"},
					{"minimum", 400},
					{"maximum", 599},
					{"examples", statuses()},
				}},
				{"instance", object{
					{"description", "A reference to this one denial, to quote to whoever runs the site: a URI reference."},
					{"type", "string"},
					{"format", "uri-reference"},
					{"minLength", 1},
				}},
			},
			d.last(l),
		)},
		// RFC 9457 §3.2: a problem type may have members of its own.
		{"additionalProperties", true},
	}
	if d.openAPI {
		s = append(s, member{"xml", object{{"name", "problem"}, {"namespace", "urn:ietf:rfc:7807"}}})
	}
	return s
}

// requirement is one of several problems: status and instance are those of the
// whole response.
func (d dialect) requirement(l limits) object {
	return object{
		{"title", "Requirement"},
		{"description", "A further requirement: a problem document whose status and instance are those of the whole response."},
		{"type", "object"},
		{"required", []string{"type", "title"}},
		{"properties", slices.Concat(d.first(), d.last(l))},
		{"additionalProperties", true},
	}
}

// first and last are the members that every problem has, as they come before
// and after status.
func (d dialect) first() object {
	return object{
		{"type", object{
			{"description", "The problem type: a URI reference that says the same each time, or about:blank where it says no more than the status."},
			{"type", "string"},
			{"format", "uri-reference"},
			{"minLength", 1},
			{"examples", []string{"about:blank", typeBase + problem.EmailUnverified.Code()}},
		}},
		{"title", object{
			{"description", "What kind of problem this is, in the language of Content-Language; the status phrase where type is about:blank."},
			{"type", "string"},
			{"minLength", 1},
		}},
		{"detail", object{
			{"description", "What happened and what helps, for a person, in the language of Content-Language. Not for programs to read."},
			{"type", "string"},
			{"minLength", 1},
		}},
	}
}

func (d dialect) last(l limits) object {
	next := object{
		{"description", "Steps that may lead past the denial, best first; any one of them may help."},
		{"type", "array"},
		{"minItems", 1},
		{"maxItems", l.next},
		{"items", d.item("NextStep")},
	}
	also := object{
		{"description", fmt.Sprintf("Further requirements, all to be met. They are not nested more than %d deep.", l.depth)},
		{"type", "array"},
		{"minItems", 1},
		{"maxItems", l.also},
		{"items", d.item("Requirement")},
	}
	if d.openAPI {
		next = append(next, member{"xml", object{{"wrapped", true}}})
		also = append(also, member{"xml", object{{"wrapped", true}}})
	}
	return object{
		{"code", d.open(codes(), object{
			{"description", d.described("The reason of the denial, for programs. The built-in ones are listed; an application has others.", reasonTable)},
			{"type", "string"},
			{"pattern", "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"},
			{"maxLength", 64},
		})},
		{"next", next},
		{"also", also},
	}
}

func (d dialect) nextStep() object {
	return object{
		{"title", "NextStep"},
		{"description", "A step that may lead past the denial."},
		{"type", "object"},
		{"required", []string{"kind", "actor"}},
		{"properties", object{
			{"kind", d.open(kinds(), object{
				{"description", d.described("What the step is, for programs. The built-in kinds are listed; an application may have others.", kindTable)},
				{"type", "string"},
				{"pattern", "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"},
				{"maxLength", 64},
			})},
			{"title", object{
				{"description", "The step's label, in the language of Content-Language."},
				{"type", "string"},
				{"minLength", 1},
			}},
			{"href", object{
				{"description", "Where the step is taken: a path of the same site, or an http, https, mailto or tel address. Without it, the step is only told."},
				{"type", "string"},
				{"format", "uri-reference"},
				{"pattern", `^(/([^/]|$)|[Hh][Tt][Tt][Pp][Ss]?://|[Mm][Aa][Ii][Ll][Tt][Oo]:|[Tt][Ee][Ll]:)`},
			}},
			{"method", object{
				{"description", "The HTTP method for href."},
				{"type", "string"},
				{"enum", []string{"GET", "POST", "PUT", "PATCH", "DELETE"}},
			}},
			{"actor", object{
				{"description", "Who takes the step: the person reading (user), the program that sent the request (client), or somebody they ask."},
				{"type", "string"},
				{"enum", actors()},
			}},
			{"params", object{
				{"description", "Data for programs, such as scope, acr_values, max_age or retry_after; where method is POST, what to send."},
				{"type", "object"},
				{"minProperties", 1},
				{"additionalProperties", object{{"type", "string"}}},
			}},
			{"expires", object{
				{"description", "When the step stops working, in UTC (RFC 3339)."},
				{"type", "string"},
				{"format", "date-time"},
				{"pattern", "Z$"},
			}},
		}},
		{"dependentRequired", object{{"href", []string{"method"}}, {"method", []string{"href"}}}},
		{"additionalProperties", true},
	}
}

// item refers to the schema of an array's items, which XML calls i (RFC 9457
// appendix B).
func (d dialect) item(name string) object {
	ref := reference(d.refs + name)
	if d.openAPI {
		ref = append(ref, member{"xml", object{{"name", "i"}}})
	}
	return ref
}

// open adds the values that are known to a schema that allows others too: an
// enum would make a reader refuse an application's own.
func (d dialect) open(values []string, s object) object {
	s = append(s, member{"examples", values})
	if d.openAPI {
		s = append(s, member{"x-extensible-enum", values})
	}
	return s
}

// described adds a table, in Markdown, where descriptions are Markdown.
func (d dialect) described(text string, table func() string) string {
	if d.openAPI {
		return text + "\n\n" + table()
	}
	return text
}

func reasonTable() string {
	var b strings.Builder
	b.WriteString("| code | status | title |\n|---|---|---|\n")
	for _, r := range problem.Common() {
		fmt.Fprintf(&b, "| `%s` | %d | %s |\n", r.Code(), r.Status(), r.Title())
	}
	return b.String()
}

func kindTable() string {
	var b strings.Builder
	b.WriteString("| kind | actor | label in English |\n|---|---|---|\n")
	for _, k := range problem.Kinds() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k, k.Actor(), k.Label())
	}
	return b.String()
}

func codes() []string {
	var out []string
	for _, r := range problem.Common() {
		out = append(out, r.Code())
	}
	return out
}

func kinds() []string {
	var out []string
	for _, k := range problem.Kinds() {
		out = append(out, string(k))
	}
	return out
}

// statuses are those of the built-in reasons.
func statuses() []int {
	var out []int
	for _, r := range problem.Common() {
		out = append(out, r.Status())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func actors() []problem.Actor {
	return []problem.Actor{problem.User, problem.Client, problem.Admin, problem.Owner, problem.Operator}
}

// limits are how many steps and further requirements a document has at most,
// and how deep those stand in one another.
type limits struct{ next, also, depth int }

// findLimits asks the encoder: it writes no more than the decoder reads.
func findLimits() (limits, error) {
	const many = 1000
	wide := &problem.Problem{Next: make([]problem.NextStep, many), Also: make([]*problem.Problem, many)}
	for i := range many {
		wide.Next[i] = problem.NextStep{Kind: problem.Retry}
		wide.Also[i] = &problem.Problem{}
	}
	deep := &problem.Problem{}
	for range many {
		deep = &problem.Problem{Also: []*problem.Problem{deep}}
	}
	var w, d document
	for p, into := range map[*problem.Problem]*document{wide: &w, deep: &d} {
		text, err := json.Marshal(p)
		if err != nil {
			return limits{}, err
		}
		if err := json.Unmarshal(text, into); err != nil {
			return limits{}, err
		}
	}
	l := limits{next: len(w.Next), also: len(w.Also)}
	for level := d.Also; len(level) > 0; level = level[0].Also {
		l.depth++
	}
	if l.next == many || l.also == many || l.depth == many {
		return l, fmt.Errorf("the encoder has no limits any more (%+v): drop them from the schema, or look at it", l)
	}
	return l, nil
}

type document struct {
	Next []json.RawMessage
	Also []document
}
