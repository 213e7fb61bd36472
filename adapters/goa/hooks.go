package denygoa

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"

	goahttp "goa.design/goa/v3/http"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// Formatter returns the formatter of errors for the servers that goa
// generates. Behind [Handler], the error is answered in full:
//
//   - a reason in it wins, whatever status the design gives the error, one below
//     400 too;
//   - a *goa.ServiceError without one is answered with the status of the
//     design, or else the one that goa finds for it, and 413 where
//     http.MaxBytesHandler cut the payload off. The members name, id, message,
//     temporary, timeout and fault are those that goa's clients read; message
//     says no more than the status, because goa makes messages of other errors'
//     texts. The member errors says which fields fail validation, without their
//     values;
//   - any other error is a bare 500, which render.Config.OnFault sees.
//
// Without Handler, goa writes the body, in English, as problem+json in all but
// name, as XML or as text, and no other header field: a 401 has no challenge
// then, and is no legal answer (RFC 9110 §15.5.2).
func Formatter(deny *render.Renderer) func(context.Context, error) goahttp.Statuser {
	return func(ctx context.Context, err error) goahttp.Statuser {
		b := &body{deny: deny, err: err, status: statusOf(err)}
		if w, ok := ctx.Value(writerKey{}).(*writer); ok {
			w.expect(ctx, b)
		}
		return b
	}
}

// Encoder wraps an encoder of goa, such as goahttp.ResponseEncoder. It writes
// nothing where [Handler] has sent the denial, and knows text/html and
// text/plain, on which goa's own fails.
func Encoder(encoder func(context.Context, http.ResponseWriter) goahttp.Encoder) func(context.Context, http.ResponseWriter) goahttp.Encoder {
	return func(ctx context.Context, w http.ResponseWriter) goahttp.Encoder {
		inner := encoder(ctx, w)
		return goahttp.EncodingFunc(func(v any) error {
			b, ok := v.(*body)
			if !ok {
				return inner.Encode(v)
			}
			if own, ok := ctx.Value(writerKey{}).(*writer); ok {
				if _, denied := own.state(); denied {
					return nil
				}
				// The design gives this error a status that denies nothing.
				return inner.Encode(goahttp.NewErrorResponse(ctx, b.err))
			}
			if inner.Encode(b) == nil {
				return nil
			}
			return inner.Encode(string(b.render(render.Text)))
		})
	}
}

// body is what the formatter returns, for goa to write where we do not.
type body struct {
	deny   *render.Renderer
	err    error
	status int
}

// StatusCode returns the status that goa sends where the design has none.
func (b *body) StatusCode() int { return b.status }

// denies reports whether the error holds a reason. That wins over a status of
// the design that is no error.
func (b *body) denies() bool {
	_, ok := problem.Find(b.err)
	return ok
}

// MarshalJSON returns the problem document (RFC 9457).
func (b *body) MarshalJSON() ([]byte, error) { return bytes.TrimSpace(b.render(render.JSON)), nil }

// MarshalXML writes the problem document (RFC 9457 appendix B).
func (b *body) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	d := xml.NewDecoder(bytes.NewReader(b.render(render.XML)))
	for {
		// Raw, because an Encoder would declare the name space once more.
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.ProcInst:
			continue // an Encoder wants it at the start of all
		case xml.CharData:
			if len(bytes.TrimSpace(token)) == 0 {
				continue
			}
		}
		if err := e.EncodeToken(token); err != nil {
			return err
		}
	}
}

func (b *body) render(f render.Format) []byte {
	err := denial(b.err, b.status, nil)
	if _, ok := problem.Find(err); !ok {
		err = problem.ForStatus(b.status).Because(err) // what holds no reason is plain text
	}
	return b.deny.Render(render.Request{Format: f}, err).Body
}

// statusOf returns the status for an error that the design says nothing of.
func statusOf(err error) int {
	if p, ok := problem.Find(err); ok {
		return p.Reason.Status()
	}
	e, ok := serviceError(err)
	if !ok {
		return problem.From(err).Reason.Status()
	}
	if cutOff(e) {
		return http.StatusRequestEntityTooLarge
	}
	return goahttp.NewErrorResponse(context.Background(), e).StatusCode()
}
