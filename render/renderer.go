package render

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/denial-go/denial/problem"
)

// A Renderer answers denied requests. It is safe for concurrent use and never
// changes. The zero Renderer works: it is what New gives for the zero Config.
type Renderer struct{ site *site }

// zero is what stands behind the zero Renderer, made on first use.
var zero = sync.OnceValue(func() *site {
	s, err := newSite(Config{})
	if err != nil {
		panic(err) // TestZeroRenderer: cannot happen
	}
	return s
})

func (r *Renderer) get() *site {
	if r == nil || r.site == nil {
		return zero()
	}
	return r.site
}

// A Response is an answer, ready to be sent in any way. The fields are fresh:
// whoever gets one may change it.
type Response struct {
	Status int         // from 400 to 599
	Header http.Header // by canonical names
	Body   []byte      // nil for HEAD; Content-Length is that of the GET
}

// Write answers the request with the denial that err stands for: see
// [problem.From]. It writes the whole response; a handler returns after it.
//
// Fields that the application has set before are kept where they belong to
// the application: Vary is added to, Content-Security-Policy and a
// Cache-Control with no-store stay. Those that describe the answer that was
// not given, such as ETag, are removed.
func (r *Renderer) Write(w http.ResponseWriter, req *http.Request, err error) {
	s := r.get()
	var in Request
	var fault error
	if in.read(req); s.language != nil || s.instance != nil || !in.inOriginForm() {
		fault = s.complete(&in, req)
	}
	j, ok := s.find(&in, err)
	if !ok || fault != nil || !j.write() {
		s.write(w, req, in, err, fault, j)
		return
	}
	j.send(w, &in)
	p := j.problem
	if p == nil && s.onDenied != nil {
		p = &problem.Problem{Reason: j.reason}
	}
	j.done()
	if s.onDenied != nil {
		a := answer{site: s}
		a.denied(req, &in, p)
		a.report()
	}
}

// write is Write for an answer that is not prepared.
func (s *site) write(w http.ResponseWriter, req *http.Request, in Request, err, fault error, j job) {
	a := answer{site: s, job: &j}
	if fault != nil {
		a.fault(fault)
	}
	resp := a.render(&in, err)
	j.done()
	send(w, resp)
	a.denied(req, &in, a.problem)
	a.report()
}

// Handler returns a handler that answers every request with err: a
// DenyHandler for http.CrossOriginProtection, a NotFoundHandler for a router.
func (r *Renderer) Handler(err error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { r.Write(w, req, err) })
}

// As returns a Renderer that is the same but for its formats, for routes that
// answer in these forms only: api := deny.As(render.JSON). It panics where New
// would refuse the formats.
func (r *Renderer) As(formats ...Format) *Renderer {
	s := *r.get()
	var errs []error
	offers, err := newOffers(slices.Clone(formats), func(field, value string, err error) {
		errs = append(errs, &ConfigError{field, value, err})
	})
	if err != nil {
		errs = append(errs, &ConfigError{"Formats", "", err})
	}
	if err := errors.Join(errs...); err != nil {
		panic(err)
	}
	s.offers = offers
	return &Renderer{&s}
}

// Render returns the answer to a request, for whoever sends it another way
// than net/http does. It does no I/O, calls of Config's functions only OnFault,
// and keeps nothing of the Request.
func (r *Renderer) Render(req Request, err error) Response {
	s := r.get()
	j, ok := s.find(&req, err)
	if !ok || !j.write() {
		return s.render(req, err, j)
	}
	var resp Response
	j.response(&resp, &req)
	j.done()
	return resp
}

// RenderTo is Render for whoever copies the answer to another place at once,
// and has dst from an earlier one: its map and the memory of its Body are used
// again, so that there is less to allocate. Nothing of what was in dst is left.
// The Body for HEAD is empty, and not nil.
//
// Deprecated: RenderFields does it without the map.
func (r *Renderer) RenderTo(dst *Response, req Request, err error) {
	s := r.get()
	j, ok := s.find(&req, err)
	if ok && j.write() {
		j.response(dst, &req)
		j.done()
		return
	}
	resp := s.render(req, err, j)
	dst.Status, dst.Header, dst.Body = resp.Status, resp.Header, append(dst.Body[:0], resp.Body...)
}

// RenderFields is Render for whoever copies the answer to a place that is no
// http.Header: it appends the header fields to fields, each line of one by
// itself and by its canonical name, in an order that is the same each time, and
// the body to body. Both may have been used before, so that there is nothing to
// allocate. For HEAD, no body is appended.
func (r *Renderer) RenderFields(fields []problem.Param, body []byte, req Request, err error) (status int, _ []problem.Param, _ []byte) {
	s := r.get()
	j, ok := s.find(&req, err)
	if ok && j.write() {
		status, fields, body = j.head.status, j.appendFields(fields, &req), j.appendBody(body, &req)
		j.done()
		return status, fields, body
	}
	resp := s.render(req, err, j)
	return resp.Status, appendHeader(fields, resp.Header), append(body, resp.Body...)
}

// render is Render for an answer that is not prepared.
func (s *site) render(req Request, err error, j job) Response {
	a := answer{site: s, job: &j}
	resp := a.render(&req, err)
	j.done()
	a.report()
	return resp
}

// View returns the denial as data, for protocols that have no place for a
// body of ours. It is decided and translated as Render would.
func (r *Renderer) View(req Request, err error) View {
	a := answer{site: r.get()}
	a.decide(&req, err)
	v := a.safeView(&req)
	a.report()
	return *v
}

// Languages returns the tags of the languages that there are files for, the default
// first: for a page where readers choose theirs. One that Config.Locales has only
// begun is among them.
func (r *Renderer) Languages() []string { return r.get().locales.tags() }

// answer is the making of one answer.
type answer struct {
	site *site
	job  *job // what was found prepared, or nil

	// passwordBox says that the challenges to be sent could open one, though
	// the Problem does not show it.
	passwordBox bool

	problem *problem.Problem
	decided decision
	faults  []error
}

func (a *answer) fault(err error) { a.faults = append(a.faults, err) }

// report tells OnFault, once, what went wrong.
func (a *answer) report() {
	if a.site.onFault == nil || len(a.faults) == 0 {
		return
	}
	// A panic in here would have net/http throw the answer away.
	defer func() { _ = recover() }()
	a.site.onFault(errors.Join(a.faults...))
}

// denied tells OnDenied, with the reference that the client was given.
func (a *answer) denied(req *http.Request, in *Request, p *problem.Problem) {
	if a.site.onDenied != nil {
		if p.Instance == "" && in.Instance != "" {
			quoted := *p
			quoted.Instance = in.Instance
			p = &quoted
		}
		a.guard("OnDenied", func() { a.site.onDenied(req, p) })
	}
}

// guard calls f and turns a panic into a fault. What f does in part must not
// matter: whoever calls guard has set a safe value before.
func (a *answer) guard(doing string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			a.fault(fmt.Errorf("render: %s panicked: %v", doing, r))
		}
	}()
	f()
}

// decide sets problem and decided to something that denies, whatever happens.
func (a *answer) decide(req *Request, err error) {
	a.problem = &problem.Problem{}
	a.decided = decision{problem: a.problem, status: http.StatusForbidden, plain: true}
	a.guard("reading the error", func() {
		p, ok := problem.Find(err)
		switch {
		case ok:
			a.decided.plain = false
		case err == nil:
			a.fault(errors.New("render: the error is nil; the request was denied all the same"))
		default:
			a.fault(foreignError{err})
		}
		a.decided.status = p.Reason.Status()
		a.problem, a.decided.problem = p, p
	})
	plain := a.decided.plain
	a.guard("deciding on status and challenges", func() {
		a.decided = a.site.decide(req, prune(a.problem), a.fault)
		a.decided.plain = plain
		if a.passwordBox {
			a.decided.insidePage = true
		}
	})
}

// foreignError is an error that says nothing about a denial. Its own text is
// asked for only when somebody reads it: a tree with a circle in it never ends.
type foreignError struct{ err error }

func (e foreignError) Error() string {
	// fmt survives an Error method that panics, as that of a nil pointer may.
	return fmt.Sprint("render: the error holds no Reason and no Problem: ", e.err)
}
func (e foreignError) Unwrap() error { return e.err }

// safeView makes the View, or one of the status alone.
func (a *answer) safeView(req *Request) *View {
	d := &a.decided
	v := &View{
		Status: d.status, Type: blankType, Phrase: problem.StatusText(d.status), Title: problem.StatusText(d.status),
		Challenges: d.challenges, Language: english, Dir: "ltr", fault: a.fault,
	}
	a.guard("preparing the texts", func() { v = a.site.view(req, d, a.fault) })
	return v
}

// render makes the answer. The body is complete before anything is sent.
func (a *answer) render(req *Request, err error) Response {
	a.decide(req, err)
	d := &a.decided
	v := a.safeView(req)
	var body []byte
	mediaType := ""
	ours := false
	if !d.plain {
		a.guard("writing the body", func() {
			f := req.Format
			if f == nil {
				chosen, fetchMode := a.site.offers.choose(req)
				f = a.site.offers.formats[chosen]
				d.fetchMode = d.fetchMode || fetchMode
			}
			b, err := f.Append(nil, v)
			if err != nil {
				a.fault(fmt.Errorf("render: writing %s: %w", f.MediaType(), err))
				return
			}
			mediaType = contentType(f.MediaType(), b)
			body = b
			ours = builtin(f) == builtinHTML && v.page == nil
		})
	}
	if mediaType == "" {
		// Nothing of the error goes in here: only its status is known to be fit
		// for the client.
		v = &View{Language: english}
		mediaType = "text/plain; charset=utf-8"
		body = append([]byte(problem.StatusText(d.status)), '\n')
	}
	resp := Response{Status: d.status, Header: d.header(req, v, mediaType, len(body), ours), Body: body}
	if a.job != nil {
		a.guard("preparing the next answer", func() { a.job.learn(a, req, &resp) })
	}
	if req.Method == http.MethodHead {
		resp.Body = nil
	}
	return resp
}
