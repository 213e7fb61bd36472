package denyhuma

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// An Error is a denial that huma understands: it is a huma.StatusError, a
// huma.HeadersError and a huma.ContentTypeFilter. Make one with [Wrap], or let
// [Handler] do it. Once it is in use it must not be changed; requests may share
// it.
//
// In an API made by [New] it is answered in full. In any other it is
// problem+json in English, with the same status, challenges and other header
// fields: all that huma lets an error say.
//
// Header fields for one answer belong inside:
//
//	denyhuma.Wrap(huma.ErrorWithHeaders(problem.PolicyDenied, fields))
//
// The other way around, huma.ErrorWithHeaders would add them to the Error
// itself, and so to the answers of all who share it. It adds to a copy, which
// nobody sends.
//
// A nil *Error denies as well, and gives no reason.
type Error struct {
	// Err is why: see problem.From.
	Err error

	// Renderer decides on challenges, links and types where the API was not
	// made by New. Nil is the zero Renderer.
	Renderer *render.Renderer

	once     sync.Once
	response render.Response
	own      http.Header // of huma.ErrorWithHeaders inside of Err
}

var (
	_ huma.StatusError       = (*Error)(nil)
	_ huma.HeadersError      = (*Error)(nil)
	_ huma.ContentTypeFilter = (*Error)(nil)
	_ huma.ErrorDetailer     = (*Error)(nil)
)

// Wrap returns err as an error that huma answers as a denial. A nil err is
// denied as well.
func Wrap(err error) *Error { return &Error{Err: err} }

// Handler wraps a handler of huma so that it can return reasons as they are:
//
//	huma.Get(api, "/reports", denyhuma.Handler(func(ctx context.Context, in *struct{}) (*Reports, error) {
//		return nil, problem.SignInRequired
//	}))
//
// Errors that hold a reason become an [*Error], joined and wrapped ones with
// all that they hold. Those of huma stay, and so do errors with a status of
// the application. Any other becomes a 500 that says nothing, and
// render.Config.OnFault sees it; huma would send its text.
func Handler[I, O any](h func(context.Context, *I) (*O, error)) func(context.Context, *I) (*O, error) {
	return func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			err = adopt(err)
		}
		return out, err
	}
}

// adopt makes an *Error of what huma would not answer by itself.
func adopt(err error) error {
	if e, ok := err.(*Error); ok {
		return e
	}
	if _, ok := problem.Find(err); ok {
		return Wrap(err)
	}
	if e, ok := as[huma.StatusError](err); ok && hasStatus(e) {
		return err
	}
	return Wrap(err)
}

// hasStatus reports whether an error can be asked, which a nil *huma.ErrorModel
// cannot.
func hasStatus(e huma.StatusError) (ok bool) {
	defer func() { _ = recover() }()
	_ = e.GetStatus()
	return true
}

// given returns e, and an Error without a reason for a nil one, as a handler may
// return by mistake: huma calls its methods.
func (e *Error) given() *Error {
	if e == nil {
		return new(Error)
	}
	return e
}

// Error returns the text of Err, for logs.
func (e *Error) Error() string { return fmt.Sprint(e.given().Err) }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.given().Err }

// render makes the answer for an API that was not made by New.
func (e *Error) render() {
	e.once.Do(func() {
		err := e.Err
		if _, ok := problem.Find(err); !ok {
			// What holds no reason would be plain text, which is no JSON.
			err = problem.ForStatus(problem.From(err).Reason.Status()).Because(err)
		}
		e.response = e.Renderer.Render(render.Request{Format: render.JSON}, err)
		e.own = fieldsIn(e.Err)
	})
}

// GetStatus returns the status of the answer.
func (e *Error) GetStatus() int {
	e = e.given()
	e.render()
	return e.response.Status
}

// GetHeaders returns the header fields of the answer but for those about its
// body, and those that huma.ErrorWithHeaders put inside of Err. It is a copy.
func (e *Error) GetHeaders() http.Header {
	e = e.given()
	e.render()
	h := e.response.Header.Clone()
	delete(h, "Content-Type") // huma's to say
	delete(h, "Content-Length")
	for name, lines := range e.own {
		for _, line := range lines {
			h.Add(name, line)
		}
	}
	return h
}

// ContentType returns application/problem+json, whatever was negotiated: it is
// the one form that huma can write.
func (e *Error) ContentType(string) string { return render.JSON.MediaType() }

// MarshalJSON returns the problem document (RFC 9457).
func (e *Error) MarshalJSON() ([]byte, error) {
	e = e.given()
	e.render()
	return []byte(strings.TrimSpace(string(e.response.Body))), nil
}

// ErrorDetail lets a resolver of huma return a denial among its errors. In an
// API made by [New] the denial is then answered alone, because who may not
// send a request need not know what is wrong with it.
func (e *Error) ErrorDetail() *huma.ErrorDetail {
	e = e.given()
	return &huma.ErrorDetail{Message: problem.From(e.Err).Reason.Title(), Value: e}
}
