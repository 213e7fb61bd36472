package denygoa

import (
	"net/http"
	"strings"

	goa "goa.design/goa/v3/pkg"

	"github.com/denial-go/denial/problem"
)

// denial returns what to answer, with the status that goa was about to send
// and the fields that stand in the response; it holds err for the logs.
func denial(err error, status int, h http.Header) error {
	if _, ok := problem.Find(err); ok || err == nil {
		return err
	}
	e, ok := serviceError(err)
	if !ok && status == problem.From(err).Reason.Status() {
		return err
	}
	p := problem.FromResponse(status, h, err) // the design may have challenges as a header
	if ok {
		p.Extensions = members(e, problem.StatusText(p.Reason.Status()))
	}
	return p
}

// serviceError returns goa's own error in err. A nil one is none.
func serviceError(err error) (*goa.ServiceError, bool) {
	e, ok := as[*goa.ServiceError](err)
	return e, ok && e != nil
}

// members are those of a goahttp.ErrorResponse, so that goa's clients can read
// the document, and what fails validation.
func members(e *goa.ServiceError, phrase string) map[string]any {
	m := map[string]any{
		"name": e.Name, "id": e.ID, "message": phrase,
		"temporary": e.Temporary, "timeout": e.Timeout, "fault": e.Fault,
	}
	var details []detail
	for _, h := range e.History() {
		if h.Field != nil && len(details) < maxDetails {
			details = append(details, detail{*h.Field, h.Name})
		}
	}
	if len(details) > 0 {
		m["errors"] = details
	}
	return m
}

// detail says what fails validation. goa's message has the value in it: the
// client knows that, and a password has no place in an answer.
type detail struct {
	Location string `json:"location"` // such as "body.age"
	Keyword  string `json:"keyword"`  // such as "invalid_range"
}

// maxDetails bounds the list: a long array of mistakes would be answered by a
// longer one.
const maxDetails = 64

// cutOff reports whether http.MaxBytesHandler ended the payload. goa keeps the
// text of that error, and not the error.
func cutOff(e *goa.ServiceError) bool {
	return e.Name == goa.DecodePayload && strings.HasSuffix(e.Message, (&http.MaxBytesError{}).Error())
}
