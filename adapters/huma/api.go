package denyhuma

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// New returns an API that is api but for its errors: deny answers them, in
// every form. Register operations with what New returns, and use it for
// huma.WriteErr, huma.NewGroup and UseMiddleware too.
//
// Errors are those of [Handler] and [Wrap], those that huma makes itself, such
// as for a body that fails validation, and huma.Error403Forbidden and the
// like: see the README for which reason each becomes. A type of the
// application's own that huma.NewError was made to return is left to huma,
// unless it holds a reason.
//
// In the OpenAPI document, error responses get the schema ProblemDocument in
// place of huma's ErrorModel, and the header fields WWW-Authenticate and
// Retry-After where the status has them.
func New(api huma.API, deny *render.Renderer) huma.API {
	a := &denyingAPI{API: api, deny: deny}
	if c := api.OpenAPI().Components; c != nil && c.Schemas != nil {
		c.Schemas.RegisterTypeAlias(reflect.TypeFor[huma.ErrorModel](), reflect.TypeFor[problemDocument]())
	}
	return a
}

// denyingAPI answers errors where huma transforms what it is about to send:
// the one place that every answer of huma comes through with its request.
type denyingAPI struct {
	huma.API
	deny *render.Renderer
}

// Config lets huma find the settings of the API, as its groups do.
func (a *denyingAPI) Config() huma.Config {
	if c, ok := a.API.(interface{ Config() huma.Config }); ok {
		return c.Config()
	}
	return huma.Config{}
}

// Adapter returns that of the API with our own context in front of every
// handler, also of those that are not registered as operations, such as huma's
// automatic PATCH: what a middleware sets and writes has to be seen.
func (a *denyingAPI) Adapter() huma.Adapter { return denyingAdapter{a.API.Adapter(), a.deny} }

type denyingAdapter struct {
	huma.Adapter
	deny *render.Renderer
}

func (a denyingAdapter) Handle(op *huma.Operation, handler func(huma.Context)) {
	a.Adapter.Handle(op, func(ctx huma.Context) {
		c := &denyingContext{humaContext: ctx, deny: a.deny}
		c.context = context.WithValue(ctx.Context(), contextKey{}, c)
		handler(c)
		c.flush()
	})
}

// notAcceptable is what Negotiate says where the client accepts nothing and
// Config.NoFormatFallback is set. Huma would send 406 in place of the answer,
// also of a denial, and panic.
const notAcceptable = "application/x-not-acceptable"

// Negotiate is that of the API, but never fails: see Transform. An Accept on
// which huma panics, such as ";, ,", counts as none.
func (a *denyingAPI) Negotiate(accept string) (contentType string, _ error) {
	defer func() {
		if recover() != nil {
			contentType, _ = a.API.Negotiate("")
		}
	}()
	contentType, err := a.API.Negotiate(accept)
	if err != nil {
		return notAcceptable, nil
	}
	return contentType, nil
}

// Transform answers v where it is an error, and hands it on where it is not.
func (a *denyingAPI) Transform(ctx huma.Context, status string, v any) (any, error) {
	if c, ok := ctx.Context().Value(contextKey{}).(*denyingContext); ok {
		if err, ok := denial(v, c.fields); ok {
			c.write(ctx.Context(), v, err)
			return answered{v.(huma.StatusError)}, nil
		}
		if c.notAcceptable {
			err := problem.ForStatus(http.StatusNotAcceptable).Because(huma.ErrUnknownAcceptContentType)
			c.write(ctx.Context(), v, err)
			return answered{Wrap(err)}, nil
		}
	}
	return a.API.Transform(ctx, status, v)
}

// Marshal writes nothing for what has been answered.
func (a *denyingAPI) Marshal(w io.Writer, contentType string, v any) error {
	if _, ok := v.(answered); ok || w == io.Discard {
		return nil
	}
	return a.API.Marshal(w, contentType, v)
}

// answered stands for an error that has been answered. The transformers of a
// group still see that it is one.
type answered struct{ huma.StatusError }

func (a answered) Unwrap() error { return a.StatusError }

// denial returns the denial that a body stands for, sent with these fields.
func denial(v any, fields []field) (error, bool) {
	switch e := v.(type) {
	case *Error:
		return e.given().Err, true
	case *huma.ErrorModel:
		if e == nil || e.Status < 400 {
			return nil, false // huma makes one for 304, too
		}
		return fromModel(e, fields), true
	case huma.StatusError:
		_, ok := problem.Find(e)
		return e, ok
	}
	return nil, false
}

// fromModel makes a denial of huma's own error: of what reasons it holds, or
// else of its status, with the challenges and the time that
// huma.ErrorWithHeaders gave it.
func fromModel(m *huma.ErrorModel, fields []field) error {
	var reasons []error
	var details []detail
	for _, d := range m.Errors {
		if d == nil {
			continue
		}
		if e, ok := d.Value.(*Error); ok {
			reasons = append(reasons, e.given().Err)
			continue
		}
		if d.Location != "" {
			details = append(details, detail{message(d), d.Location})
		}
	}
	if len(reasons) > 0 {
		return errors.Join(reasons...)
	}
	h := http.Header{}
	setAll(h, fields)
	p := problem.FromResponse(m.Status, h, m)
	if len(details) > 0 && m.Status < 500 {
		p.Extensions = map[string]any{"errors": details}
	}
	return p
}

// detail is a huma.ErrorDetail without its value: the client knows what it
// sent, and a password has no place in an answer. One without a location is
// not sent at all, because huma makes such of the text of any error.
type detail struct {
	Message  string `json:"message"`
	Location string `json:"location"`
}

// Unmarshal is that of the API, with a mark on the texts of errors that come
// from elsewhere, by which message knows them. The syntax of JSON is for
// everybody to know.
func (a *denyingAPI) Unmarshal(contentType string, data []byte, v any) error {
	err := a.API.Unmarshal(contentType, data, v)
	if _, ok := err.(*json.SyntaxError); ok || err == nil {
		return err
	}
	return fmt.Errorf("%s: %w", undecodable, err)
}

const undecodable = "cannot be decoded"

// message returns what huma says is wrong, without the text of another error
// behind it, which may hold anything: the value, a path on this server, the
// names of Go types.
func message(d *huma.ErrorDetail) string {
	for _, format := range [...]string{
		undecodable, "cannot read multipart form", "Invalid mime type",
		validation.MsgExpectedDuration, validation.MsgExpectedRFC5322Email, validation.MsgExpectedRFC3986URI,
		validation.MsgExpectedRFC4122UUID, validation.MsgExpectedRegexp,
	} {
		own, _, _ := strings.Cut(format, ": %v")
		if strings.HasPrefix(d.Message, own+": ") {
			return own
		}
	}
	// Of an UnmarshalText. In the body, it would be the application that says so.
	if own := "invalid value"; strings.HasPrefix(d.Message, own+": ") && !strings.HasPrefix(d.Location, "body") {
		return own
	}
	return d.Message
}

type contextKey struct{}

type humaContext = huma.Context

// denyingContext keeps header fields back until something is sent, because a
// denial replaces some of them, and takes no more once a denial was sent.
type denyingContext struct {
	humaContext
	context context.Context
	deny    *render.Renderer

	fields        []field
	notAcceptable bool
	sent          bool // by whoever was first
	denied        int  // status of the denial that was sent; 0 for none
}

// field is a call of SetHeader or AppendHeader.
type field struct {
	name, value string
	add         bool
}

func setAll(h http.Header, fields []field) {
	for _, f := range fields {
		if f.add {
			h.Add(f.name, f.value)
		} else {
			h.Set(f.name, f.value)
		}
	}
}

func (c *denyingContext) Context() context.Context { return c.context }

// Unwrap lets the Unwrap functions of huma's adapters find their own context.
func (c *denyingContext) Unwrap() huma.Context { return c.humaContext }

func (c *denyingContext) SetHeader(name, value string) { c.header(field{name, value, false}) }

func (c *denyingContext) AppendHeader(name, value string) { c.header(field{name, value, true}) }

func (c *denyingContext) header(f field) {
	switch {
	case c.denied != 0:
	case f.value == notAcceptable:
		c.notAcceptable = true
	default:
		c.fields = append(c.fields, f)
	}
}

// flush sends the header fields that were kept back on their way.
func (c *denyingContext) flush() {
	for _, f := range c.fields {
		if f.add {
			c.humaContext.AppendHeader(f.name, f.value)
		} else {
			c.humaContext.SetHeader(f.name, f.value)
		}
	}
	c.fields = nil
}

func (c *denyingContext) SetStatus(status int) {
	if status < 200 && status != http.StatusSwitchingProtocols && c.denied == 0 {
		// On the way to an answer. The fields go along where a denial can replace them.
		w, _ := c.native()
		if _, other := w.(*contextWriter); !other {
			c.flush()
		}
		c.humaContext.SetStatus(status)
		return
	}
	if c.begin() {
		c.humaContext.SetStatus(status)
	}
}

func (c *denyingContext) Status() int {
	if c.denied != 0 {
		return c.denied
	}
	return c.humaContext.Status()
}

// BodyWriter returns a writer that sends the fields before the first byte. To
// ask for it sends nothing: middlewares do so before they know what comes.
func (c *denyingContext) BodyWriter() io.Writer {
	if c.denied != 0 {
		return io.Discard
	}
	w := c.humaContext.BodyWriter()
	if c.sent {
		return w
	}
	if rw, ok := w.(http.ResponseWriter); ok {
		return &responseWriter{rw, c}
	}
	return &bodyWriter{w, c}
}

// begin reports whether something may be sent, and takes it for sent.
func (c *denyingContext) begin() bool {
	if c.denied != 0 {
		return false
	}
	c.flush()
	c.sent = true
	return true
}

// write answers the request with a denial, unless it has been answered. Ctx has
// what middleware put there, for the functions of render.Config.
func (c *denyingContext) write(ctx context.Context, v any, err error) {
	late := c.sent
	c.fields = slices.DeleteFunc(withoutError(c.fields, v), func(f field) bool {
		return strings.EqualFold(f.name, "Content-Encoding") // of a BodyWriter that the denial goes past
	})
	w, r := c.native()
	r = r.WithContext(ctx)
	if late {
		// Config.OnDenied is told all the same, or the error would be lost.
		w = &contextWriter{header: http.Header{}}
	} else if own, ok := w.(*contextWriter); ok {
		setAll(own.header, c.fields)
	} else {
		c.flush()
		w.Header().Del("Content-Type") // what huma negotiated
	}
	c.fields = nil
	sw := &statusWriter{ResponseWriter: w}
	c.deny.Write(sw, r, err)
	c.sent, c.denied = true, sw.status
	if late {
		c.denied = c.humaContext.Status()
	}
	if c.denied == 0 {
		c.denied = http.StatusOK // sent by a BodyWriter without a status
	}
}

// withoutError takes the fields out that huma took of an *Error just before:
// the answer has its own.
func withoutError(fields []field, v any) []field {
	e, ok := v.(*Error)
	if !ok {
		return fields
	}
	e = e.given()
	e.render()
	left := map[field]int{}
	for name, lines := range e.response.Header {
		for _, line := range lines {
			left[field{name, line, true}]++
		}
	}
	kept := make([]field, 0, len(fields))
	for i := len(fields) - 1; i >= 0; i-- {
		f := fields[i]
		if left[f] > 0 {
			left[f]--
			continue
		}
		kept = append(kept, f)
	}
	for i, j := 0, len(kept)-1; i < j; i, j = i+1, j-1 {
		kept[i], kept[j] = kept[j], kept[i]
	}
	return kept
}

// native returns what net/http has of the request, where huma's adapter is for
// a router of net/http, and something that does the same elsewhere.
func (c *denyingContext) native() (http.ResponseWriter, *http.Request) {
	inner := c.humaContext
	for {
		u, ok := inner.(interface{ Unwrap() huma.Context })
		if !ok {
			break
		}
		inner = u.Unwrap()
	}
	if u, ok := inner.(interface {
		Unwrap() (*http.Request, http.ResponseWriter)
	}); ok {
		r, w := u.Unwrap()
		return w, r
	}
	return &contextWriter{context: c.humaContext, header: http.Header{}}, requestOf(c)
}

// requestOf makes the request that functions of render.Config want to see. They
// may keep it, and fiber's strings change with the next request.
func requestOf(c huma.Context) *http.Request {
	u := c.URL()
	version := c.Version()
	r := &http.Request{
		Method:     strings.Clone(c.Method()),
		URL:        &u,
		Host:       strings.Clone(c.Host()),
		RemoteAddr: c.RemoteAddr(),
		TLS:        connection(c),
		Proto:      strings.Clone(version.Proto),
		ProtoMajor: version.ProtoMajor,
		ProtoMinor: version.ProtoMinor,
		Header:     http.Header{},
		RequestURI: (&url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery, ForceQuery: u.ForceQuery}).RequestURI(),
	}
	c.EachHeader(func(name, value string) { r.Header.Add(name, value) })
	return r
}

// connection survives an adapter that has no connection to speak of.
func connection(c huma.Context) (state *tls.ConnectionState) {
	defer func() { _ = recover() }()
	return c.TLS()
}

// contextWriter is a ResponseWriter on top of a huma.Context.
type contextWriter struct {
	context huma.Context // nil for an answer that nobody gets
	header  http.Header
}

func (w *contextWriter) Header() http.Header { return w.header }

func (w *contextWriter) WriteHeader(status int) {
	if w.context == nil {
		return
	}
	for name, lines := range w.header {
		for i, line := range lines {
			// What stands there already is another middleware's to say.
			if i == 0 && !added[name] {
				w.context.SetHeader(name, line)
			} else {
				w.context.AppendHeader(name, line)
			}
		}
	}
	w.context.SetStatus(status)
}

// added are the fields to which a denial adds.
var added = map[string]bool{"Vary": true, "Link": true, "Set-Cookie": true, "Access-Control-Expose-Headers": true}

func (w *contextWriter) Write(b []byte) (int, error) {
	if w.context == nil {
		return len(b), nil
	}
	return w.context.BodyWriter().Write(b)
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}
