package denyhuma

import (
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// problemDocument is what the OpenAPI document says of an error's body. It is
// never sent: package render writes the body.
type problemDocument struct {
	_ struct{} `json:"-" additionalProperties:"true"`

	Type     string             `json:"type" format:"uri-reference" example:"about:blank" doc:"What kind of problem this is; the address of a page about it, or about:blank."`
	Title    string             `json:"title" example:"Unauthorized" doc:"The kind of problem in words, in the language of the answer."`
	Status   int                `json:"status" minimum:"400" maximum:"599" example:"401" doc:"HTTP status code."`
	Detail   string             `json:"detail,omitempty" example:"You need to sign in to see or do this." doc:"What happened and what helps, in the language of the answer."`
	Instance string             `json:"instance,omitempty" format:"uri-reference" doc:"A reference to this answer, to quote to support."`
	Code     string             `json:"code,omitempty" example:"sign-in-required" doc:"The reason, for programs. It is stable."`
	Next     []problemStep      `json:"next,omitempty" nullable:"false" doc:"Steps that may help, best first; any one of them may."`
	Also     []problemAlso      `json:"also,omitempty" nullable:"false" doc:"Further requirements, all to be met."`
	Errors   []problemErrorItem `json:"errors,omitempty" nullable:"false" doc:"What is wrong with the request, place by place."`
}

// problemStep is a step in the member next.
type problemStep struct {
	Kind    string            `json:"kind" example:"sign-in" doc:"What the step is, for programs. It is stable."`
	Title   string            `json:"title,omitempty" example:"Sign in" doc:"The step in words, in the language of the answer."`
	Href    string            `json:"href,omitempty" format:"uri-reference" example:"/sign-in" doc:"Where the step is taken."`
	Method  string            `json:"method,omitempty" example:"GET" doc:"HTTP method for href."`
	Actor   string            `json:"actor,omitempty" enum:"user,client,admin,owner,operator" doc:"Who takes the step."`
	Params  map[string]string `json:"params,omitempty" doc:"Values for programs, such as scope, acr_values and max_age."`
	Expires *time.Time        `json:"expires,omitempty" doc:"Until when the step can be taken."`
}

// problemAlso is a further requirement, which has all members but the status.
type problemAlso struct {
	_ struct{} `json:"-" additionalProperties:"true"`

	Type   string        `json:"type" format:"uri-reference" doc:"What kind of problem this is."`
	Title  string        `json:"title" doc:"The kind of problem in words."`
	Detail string        `json:"detail,omitempty" doc:"What happened and what helps."`
	Code   string        `json:"code,omitempty" doc:"The reason, for programs."`
	Next   []problemStep `json:"next,omitempty" nullable:"false" doc:"Steps that may help, best first."`
	Also   []problemAlso `json:"also,omitempty" nullable:"false" doc:"Further requirements, all to be met."`
}

// problemErrorItem is a huma.ErrorDetail as it is sent.
type problemErrorItem struct {
	Message  string `json:"message" example:"expected integer" doc:"What is wrong."`
	Location string `json:"location" example:"body.age" doc:"Where it is wrong."`
}

const schemaName = "ProblemDocument"

// responseFields are the header fields that the status of an answer brings.
var responseFields = map[string][]string{
	"401":     {"WWW-Authenticate"},
	"407":     {"Proxy-Authenticate"},
	"429":     {"Retry-After"},
	"503":     {"Retry-After"},
	"default": {"WWW-Authenticate", "Retry-After"},
}

var fieldTexts = map[string]string{
	"WWW-Authenticate":   "How to authenticate, one challenge a line (RFC 9110 §11.6.1).",
	"Proxy-Authenticate": "How to authenticate to the proxy (RFC 9110 §11.7.1).",
	"Retry-After":        "Seconds to wait, where they are known (RFC 9110 §10.2.3).",
}

// DocumentOperation documents what error responses of ours hold.
func (a *denyingAPI) DocumentOperation(op *huma.Operation) {
	ours := func(r *huma.Response) bool {
		for _, m := range r.Content {
			if m != nil && m.Schema != nil && strings.HasSuffix(m.Schema.Ref, "/"+schemaName) {
				return true
			}
		}
		return false
	}
	for status, r := range op.Responses {
		if r == nil || !ours(r) {
			continue
		}
		for _, name := range responseFields[status] {
			if r.Headers == nil {
				r.Headers = map[string]*huma.Header{}
			}
			if r.Headers[name] == nil {
				r.Headers[name] = &huma.Header{Description: fieldTexts[name], Schema: &huma.Schema{Type: huma.TypeString}}
			}
		}
	}
	if d, ok := a.API.(huma.OperationDocumenter); ok {
		d.DocumentOperation(op)
	} else if !op.Hidden {
		a.OpenAPI().AddOperation(op)
	}
	// Huma's link to the schema is in the answers that huma writes, not in ours.
	if s := a.OpenAPI().Components.Schemas.Map()[schemaName]; s != nil {
		delete(s.Properties, "$schema")
	}
}
