package denytwirp

import (
	"context"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/twitchtv/twirp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// A Server turns the errors of methods and hooks into those of Twirp, and
// answers HTTP requests. The zero Server works. It is safe for concurrent use
// and must not be changed once it is in use.
type Server struct {
	// Renderer decides and translates; nil is the zero Renderer. Its formats
	// are for requests that are no calls.
	Renderer *render.Renderer

	// Paths are the beginnings of the paths of Twirp services. Default:
	// "/twirp/".
	Paths []string

	// Request may fill in what is known of the caller of a method: Language,
	// the caller's own setting, and Instance, a reference to quote. Method,
	// Target and Header are set already, if Middleware is around the server.
	Request func(ctx context.Context, req *render.Request)
}

// Interceptor is for twirp.WithServerInterceptors. Interceptors outside of it
// find the method's own error in what it returns, by errors.Is and errors.As.
func (s Server) Interceptor(next twirp.Method) twirp.Method {
	return func(ctx context.Context, req any) (any, error) {
		resp, err := next(ctx, req)
		if err == nil {
			return resp, nil
		}
		return nil, s.fail(ctx, err)
	}
}

// Hooks returns hooks that do what h does, and turn the errors of
// RequestReceived and RequestRouted into Twirp's. h may be nil.
func (s Server) Hooks(h *twirp.ServerHooks) *twirp.ServerHooks {
	if h == nil {
		return nil
	}
	out := *h
	wrap := func(hook func(context.Context) (context.Context, error)) func(context.Context) (context.Context, error) {
		if hook == nil {
			return nil
		}
		return func(ctx context.Context) (context.Context, error) {
			after, err := hook(ctx)
			if err != nil {
				err = s.fail(ctx, err)
			}
			return after, err
		}
	}
	out.RequestReceived, out.RequestRouted = wrap(h.RequestReceived), wrap(h.RequestRouted)
	return &out
}

// Error returns what a call that is denied with err is answered with, and the
// header fields that go with it. It is for places that neither interceptor nor
// hooks reach. The request may be nil. The error is never nil, and its code is
// never that of no error.
func (s Server) Error(r *http.Request, err error) (twirp.Error, http.Header) {
	ctx := context.Background()
	if r != nil {
		ctx = r.Context()
	}
	return s.answer(ctx, r, err)
}

// fail returns the error for Twirp, and sets the header fields of the response.
// One of Twirp's own stays what it is.
func (s Server) fail(ctx context.Context, err error) error {
	r, _ := ctx.Value(requestKey{}).(*http.Request)
	e, header := s.answer(ctx, r, err)
	for name, lines := range header {
		for i, line := range lines {
			// Both refuse Content-Type only, and do nothing without a server.
			if i == 0 {
				_ = twirp.SetHTTPResponseHeader(ctx, name, line)
			} else {
				_ = twirp.AddHTTPResponseHeader(ctx, name, line)
			}
		}
	}
	return e
}

func (s Server) answer(ctx context.Context, r *http.Request, err error) (twirp.Error, http.Header) {
	if _, denied := problem.Find(err); !denied {
		switch e := own(err); {
		case e != nil:
			return e, nil
		case err == nil:
			// Somebody meant to deny the call and did not say why.
		case is(err, context.DeadlineExceeded):
			return wrap(twirp.DeadlineExceeded.Error(context.DeadlineExceeded.Error()), err), nil
		case is(err, context.Canceled):
			return wrap(twirp.Canceled.Error(context.Canceled.Error()), err), nil
		}
	}
	return s.deny(ctx, r, err)
}

// wrap lets interceptors and hooks outside find err, unless looking would never
// end.
func wrap(e twirp.Error, err error) twirp.Error {
	if err == nil || !ends(err) {
		return e
	}
	return twirp.WrapError(e, err)
}

// own returns the error that a method made for Twirp. A code that is not
// Twirp's, such as that of no error, would be a success.
func own(err error) twirp.Error {
	e, code := first(err)
	if code == twirp.NoError || !twirp.IsValidErrorCode(code) {
		return nil
	}
	return e
}

// first returns the first error of Twirp in err, and its code. One whose
// methods panic, as those of a nil *Error do, says nothing.
func first(err error) (e twirp.Error, code twirp.ErrorCode) {
	defer func() {
		if recover() != nil {
			e, code = nil, twirp.NoError
		}
	}()
	walk(err, func(err error) bool {
		var ok bool
		e, ok = err.(twirp.Error)
		return ok
	})
	if e == nil {
		return nil, twirp.NoError
	}
	return e, e.Code()
}

// catcher is a format that writes problem+json and keeps what it was made of.
type catcher struct {
	view     *render.View
	document string
}

const mediaType = "application/problem+json"

func (*catcher) MediaType() string { return mediaType }

func (c *catcher) Append(dst []byte, v *render.View) ([]byte, error) {
	body, err := render.JSON.Append(nil, v)
	if err != nil {
		return nil, err
	}
	own := *v
	c.view, c.document = &own, strings.TrimSuffix(string(body), "\n")
	return append(dst, body...), nil
}

// ask calls Request. After a panic in it, the call is denied with what is known
// without it.
func (s Server) ask(ctx context.Context, req render.Request) (filled render.Request) {
	defer func() {
		if v := recover(); v != nil {
			logf(ctx, "denytwirp: %s: Server.Request panicked: %v\n%s", req.Target, v, debug.Stack())
			filled = req
		}
	}()
	filled = req
	s.Request(ctx, &filled)
	return filled
}

func (s Server) deny(ctx context.Context, r *http.Request, err error) (twirp.Error, http.Header) {
	req := render.Request{Method: http.MethodPost}
	if r != nil {
		req.Target, req.Header = r.URL.Path, r.Header
	}
	if s.Request != nil {
		req = s.ask(ctx, req)
	}
	// One call of Render decides the header fields and the View from one look
	// at the error, and tells OnFault once.
	seen := catcher{}
	req.Format = &seen
	resp := s.Renderer.Render(req, err)
	p, denied := problem.Find(err)
	e := Code(resp.Status).Error(problem.StatusText(resp.Status))
	if !denied {
		return wrap(e, err), nil
	}
	if seen.view == nil { // the format failed; what is decided stays
		v := s.Renderer.View(req, err)
		seen.view = &v
	}
	header := fields(p, resp.Header)
	return wrap(withMeta(e.Code(), &seen, resp, header), err), header
}

func withMeta(code twirp.ErrorCode, seen *catcher, resp render.Response, header http.Header) twirp.Error {
	v := seen.view
	text := v.Detail
	if text == "" {
		text = v.Title
	}
	e := code.Error(text)
	put := func(name, value string) {
		if value != "" {
			e = e.WithMeta(name, value)
		}
	}
	put("code", v.Code)
	put("status", strconv.Itoa(v.Status))
	put("type", v.Type)
	put("instance", v.Instance)
	put("language", v.Language)
	for i := range v.Next {
		if v.Next[i].Href != "" {
			put("help", v.Next[i].Href)
			break
		}
	}
	put("retry_after", resp.Header.Get("Retry-After"))
	put("www_authenticate", strings.Join(header["Www-Authenticate"], ", "))
	put("proxy_authenticate", strings.Join(header["Proxy-Authenticate"], ", "))
	put("problem", seen.document)
	return e
}

// fields are those of the answer that are not about a body.
func fields(p *problem.Problem, h http.Header) http.Header {
	out := http.Header{}
	names := []string{"Www-Authenticate", "Proxy-Authenticate", "Retry-After", "Content-Language"}
	for _, f := range p.Reason.Fields() {
		names = append(names, http.CanonicalHeaderKey(f.Name))
	}
	for _, name := range names {
		if lines := h[name]; len(lines) > 0 {
			out[name] = lines
		}
	}
	return out
}
