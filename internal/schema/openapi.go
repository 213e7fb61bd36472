package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// formatVersion is that of what the documents describe, the members and fields
// on the wire, and not the module's: it goes up when those change.
const formatVersion = "0.1.0"

// forms are the media types of an answer, in the order of the renderer.
var forms = []struct {
	format  render.Format
	name    string
	content string // what it is, for those that are no problem document
}{
	{render.JSON, "json", ""},
	{render.HTML, "page", "A page for people: what happened, and the steps as links and buttons."},
	{render.Text, "text", "Plain text for people without a browser."},
	{render.Markdown, "markdown", "Markdown (RFC 7763), for agents and chat tools."},
	{render.XML, "xml", ""},
	{render.Multipart, "multipart", "The text, the page and the problem document in one (RFC 2046 §5.1.4), for a client that asks for multipart/alternative by name."},
}

// A fieldDoc describes a header field of answers.
type fieldDoc struct {
	name        string // as its specification spells it
	description string
	schema      object
}

var text = object{{"type", "string"}, {"minLength", 1}}

// fields are all the header fields that an answer may have, but for
// Content-Type and Content-Length, which OpenAPI says in other ways.
var fields = []fieldDoc{
	{"WWW-Authenticate", "How to authenticate: one challenge a line (RFC 9110 §11.6.1). Every 401 has at least one; other statuses may.", text},
	{"Proxy-Authenticate", "How to authenticate to the proxy (RFC 9110 §11.7.1).", text},
	{"Retry-After", "The seconds to wait before a new attempt, where the time is known (RFC 9110 §10.2.3).", object{{"type", "integer"}, {"minimum", 0}}},
	{"Link", "Addresses of steps that have a registered link relation (RFC 8288), and who blocks in a 451 (RFC 7725 §4).", text},
	{"Vary", "The request fields that were looked at to choose the form and the language (RFC 9110 §12.5.5).", text},
	{"Content-Language", "The one language of all texts of the answer (RFC 9110 §8.5).", object{{"type", "string"}, {"minLength", 2}}},
	{"Cache-Control", "A denial is for one request and is not stored (RFC 9111 §5.2.2.5).", object{{"type", "string"}, {"const", "no-store"}}},
	{"X-Content-Type-Options", "The body is what Content-Type says (Fetch §3.6).", object{{"type", "string"}, {"const", "nosniff"}}},
	{"DPoP-Nonce", "The nonce for the next DPoP proof (RFC 9449 §8).", text},
	{"Accept-Signature", "What a signature of the request has to cover (RFC 9421 §5.1).", text},
	{"AAuth-Requirement", "What an agent has to show beside its signature.", text},
	{"Payment-Required", "How to pay, in base64url, for a client that speaks x402.", text},
	{"Content-Security-Policy", "The page only: it runs nothing and loads nothing (CSP 3).", text},
}

// An answer is what the renderer says in one form.
type answer struct {
	reason problem.Reason
	form   int // in forms
	render.Response
}

// answers renders every built-in reason in every form: as it is, and with
// values, which come second. What all have in common is promised, and what one
// has may be there.
func answers() ([]answer, error) {
	var faults []error
	deny, err := render.New(render.Config{
		TypeBase:   typeBase,
		Links:      links(),
		Challenges: []problem.Challenge{problem.Bearer("api.example.com")},
		OnFault:    func(err error) { faults = append(faults, err) },
	})
	if err != nil {
		return nil, err
	}
	req := render.Request{Method: http.MethodGet, Target: "/reports/7"}
	var out []answer
	for _, r := range problem.Common() {
		p, err := sample(r)
		if err != nil {
			return nil, err
		}
		for i, f := range forms {
			req.Format = f.format
			for _, err := range []error{r, p} {
				out = append(out, answer{r, i, deny.Render(req, err)})
			}
		}
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("the samples cannot be rendered: %w", faults[0])
	}
	return out, nil
}

// openAPIDocument is components for other documents to refer to: schemas,
// header fields, examples, and a response for each status that a built-in
// reason has.
func openAPIDocument() (object, error) {
	limits, err := findLimits()
	if err != nil {
		return nil, err
	}
	all, err := answers()
	if err != nil {
		return nil, err
	}
	headers, err := headerComponents(all)
	if err != nil {
		return nil, err
	}
	var examples, responses object
	for i, a := range all {
		if forms[a.form].format == render.JSON && i%2 == 1 {
			examples = append(examples, member{a.reason.Code(), object{
				{"summary", a.reason.Title()},
				{"value", json.RawMessage(a.Body)},
			}})
		}
	}
	for _, status := range statuses() {
		var of []answer
		for _, a := range all {
			if a.reason.Status() == status {
				of = append(of, a)
			}
		}
		for _, a := range of {
			if a.Status != status {
				return nil, fmt.Errorf("%s is sent as %d", a.reason.Code(), a.Status)
			}
		}
		responses = append(responses, member{fmt.Sprintf("Denied%d", status), response(statusDescription(status, of), of)})
	}
	responses = append(responses, member{"Denied", response(
		"A denied request, whatever its status: for `default`. Other statuses than those of the built-in reasons come from an application's own.", all)})

	return object{
		{"openapi", "3.1.1"},
		{"info", object{
			{"title", "Denials"},
			{"summary", "Answers to denied requests, for other documents to refer to."},
			{"description", "What github.com/denial-go/denial answers when a request is denied: one status, one set of challenges and one list of steps, in the form " +
				"and the language that the client reads. In your own document:\n\n" +
				"    responses:\n      '401':\n        $ref: '" + base + "openapi.json#/components/responses/Denied401'\n\n" +
				"This file is generated from the code: go run ./internal/schema -write"},
			{"version", formatVersion},
			{"license", object{{"name", "MIT"}, {"identifier", "MIT"}}},
		}},
		{"components", object{
			{"responses", responses},
			{"schemas", object{
				{"Problem", openAPI.problem(limits)},
				{"Requirement", openAPI.requirement(limits)},
				{"NextStep", openAPI.nextStep()},
			}},
			{"headers", headers},
			{"examples", examples},
		}},
	}, nil
}

// headerComponents describes every field of the answers, with the first value
// that one of them has. It fails for a field that nobody has described, and for
// one that is described and not sent.
func headerComponents(all []answer) (object, error) {
	values := make(map[string]string)
	for _, a := range all {
		for name, lines := range a.Header {
			if _, ok := values[name]; !ok {
				values[name] = lines[0]
			}
		}
	}
	delete(values, "Content-Type")
	delete(values, "Content-Length")
	var out object
	for _, f := range fields {
		value, ok := values[http.CanonicalHeaderKey(f.name)]
		if !ok {
			return nil, fmt.Errorf("no answer has the field %s any more; take it out of the table of fields", f.name)
		}
		delete(values, http.CanonicalHeaderKey(f.name))
		var example any = value
		if f.schema[0].value == "integer" {
			example = json.RawMessage(value)
		}
		header := object{{"description", f.description}}
		if !slices.ContainsFunc(all, func(a answer) bool { return a.Header[http.CanonicalHeaderKey(f.name)] == nil }) {
			header = append(header, member{"required", true})
		}
		out = append(out, member{f.name, append(header, object{{"schema", f.schema}, {"example", example}}...)})
	}
	for name := range values {
		return nil, fmt.Errorf("answers have the field %s; describe it in the table of fields", name)
	}
	return out, nil
}

func statusDescription(status int, of []answer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s. Built-in reasons:\n\n", problem.StatusText(status))
	for i, a := range of {
		if i == 0 || a.reason != of[i-1].reason {
			fmt.Fprintf(&b, "- `%s`: %s\n", a.reason.Code(), a.reason.Title())
		}
	}
	return b.String()
}

// response describes the answers of one status.
func response(description string, of []answer) object {
	return object{
		{"description", description},
		{"headers", responseHeaders(of)},
		{"content", responseContent(of)},
	}
}

// responseHeaders refers to the fields that one of the answers has.
func responseHeaders(of []answer) object {
	var out object
	for _, f := range fields {
		key := http.CanonicalHeaderKey(f.name)
		if slices.ContainsFunc(of, func(a answer) bool { return a.Header[key] != nil }) {
			out = append(out, member{f.name, reference("#/components/headers/" + f.name)})
		}
	}
	return out
}

// responseContent has a problem document of every reason among the answers, and
// the other forms of the first.
func responseContent(of []answer) object {
	var out object
	for i, f := range forms {
		var media object
		switch f.format {
		case render.JSON:
			var examples object
			for j, a := range of {
				if a.form == i && (j == 0 || of[j-1].form != i) {
					examples = append(examples, member{a.reason.Code(), reference("#/components/examples/" + a.reason.Code())})
				}
			}
			media = object{{"schema", reference(openAPI.refs + "Problem")}, {"examples", examples}}
		case render.XML:
			// The example is a string, because it is a whole document and not
			// what a tool would make of the schema.
			media = object{{"schema", reference(openAPI.refs + "Problem")}, {"examples", example(of, i)}}
		default:
			media = object{{"schema", object{{"type", "string"}, {"description", f.content}}}, {"examples", example(of, i)}}
		}
		out = append(out, member{f.format.MediaType(), media})
	}
	return out
}

// example is the first answer in a form, with values.
func example(of []answer, form int) object {
	bare := slices.IndexFunc(of, func(a answer) bool { return a.form == form })
	a := of[bare+1]
	return object{{a.reason.Code(), object{
		{"summary", a.reason.Title()},
		{"value", string(a.Body)},
	}}}
}
