package adaptertest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// framework is a small framework over net/http: its handlers return errors.
// Its fields break it.
type framework struct {
	app *App

	// answer writes the error; nil is Renderer.Write.
	answer func(w http.ResponseWriter, r *http.Request, err error)

	// before sees each request first.
	before func(w http.ResponseWriter, r *http.Request)

	// after sees each request when it has been answered.
	after func(w http.ResponseWriter, r *http.Request)

	// The framework's habits that a case takes away.
	noRecover, recoverAll, noCommitted, noCut, noAllow, plain404, all404 bool
}

// statusError is the framework's own error type.
type statusError struct {
	status int
	text   string
}

func (e statusError) Error() string { return e.text }

// committed knows whether the handler has answered.
type committed struct {
	http.ResponseWriter
	done bool
}

func (c *committed) WriteHeader(status int) {
	c.done = true
	c.ResponseWriter.WriteHeader(status)
}

func (c *committed) Write(p []byte) (int, error) {
	c.done = true
	return c.ResponseWriter.Write(p)
}

func (c *committed) Flush() {
	c.done = true
	http.NewResponseController(c.ResponseWriter).Flush()
}

func (c *committed) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (f *framework) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f.before != nil {
		f.before(w, r)
	}
	if f.after != nil {
		defer f.after(w, r)
	}
	c := &committed{ResponseWriter: w}
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if f.noRecover || v == http.ErrAbortHandler && !f.recoverAll {
			panic(v)
		}
		if c.done && !f.noCut {
			panic(http.ErrAbortHandler)
		}
		f.fail(c, r, fmt.Errorf("panic: %v", v))
	}()
	if err := f.handle(c, r); err != nil {
		f.fail(c, r, err)
	}
}

func (f *framework) fail(c *committed, r *http.Request, err error) {
	if c.done && !f.noCommitted {
		return
	}
	if own, ok := errors.AsType[statusError](err); ok {
		if own.status == 404 {
			if f.plain404 {
				http.NotFound(c, r)
				return
			}
		}
		err = problem.ForStatus(own.status).Because(own)
	}
	if f.answer != nil {
		f.answer(c, r, err)
		return
	}
	f.app.Deny.Write(c, r, err)
}

func (f *framework) handle(w http.ResponseWriter, r *http.Request) error {
	var methods []string // empty: GET, HEAD and POST
	path, name := r.URL.Path, ""
	for _, prefix := range []string{"/deny/", "/fields/", "/written/", "/own/"} {
		if rest, ok := strings.CutPrefix(path, prefix); ok {
			path, name = prefix, rest
		}
	}
	var do func() error
	ok := func() error {
		_, err := io.WriteString(w, "ok")
		return err
	}
	switch path {
	case "/deny/":
		do = func() error { return f.app.Error(name) }
	case "/fields/":
		do = func() error {
			f.app.AddFields(w.Header().Add)
			return f.app.Error(name)
		}
	case "/written/":
		do = func() error {
			w.Header().Set("Content-Type", "text/plain")
			io.WriteString(w, f.app.Written())
			return f.app.Error(name)
		}
	case "/own/":
		do = func() error {
			status, err := strconv.Atoi(name)
			if err != nil {
				return err
			}
			return statusError{status, f.app.Secret}
		}
	case "/panic":
		do = func() error { f.app.Panic(); return nil }
	case "/cut":
		do = func() error {
			io.WriteString(w, f.app.Written())
			http.NewResponseController(w).Flush()
			f.app.Panic()
			return nil
		}
	case "/abort":
		do = func() error { f.app.Abort(); return nil }
	case "/slow":
		do = func() error { return f.app.Wait(r.Context()) }
	case "/only-get":
		methods, do = []string{"GET"}, ok
	case "/limited":
		methods = []string{"POST"}
		do = func() error {
			_, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, int64(f.app.BodyLimit)))
			if _, large := errors.AsType[*http.MaxBytesError](err); large {
				return statusError{413, "too large"}
			}
			if err != nil {
				return err
			}
			return ok()
		}
	case "/valid":
		methods = []string{"POST"}
		do = func() error {
			var in struct{ Age int }
			if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
				return statusError{400, err.Error()}
			}
			return ok()
		}
	default:
		return statusError{404, "no route"}
	}
	if methods == nil {
		methods = []string{"GET", "HEAD", "POST"}
	}
	if !slices.Contains(methods, r.Method) {
		if !f.noAllow {
			w.Header().Set("Allow", strings.Join(methods, ", "))
		}
		if f.all404 {
			return statusError{404, "no route"}
		}
		return statusError{405, "wrong method"}
	}
	return do()
}

// of returns the description of a framework, broken by change.
func of(change func(*framework)) Adapter {
	return Adapter{
		Start: func(app *App) (string, func(), error) {
			f := &framework{app: app}
			if change != nil {
				change(f)
			}
			return app.Serve(f)
		},
		Own: map[Check]error{Panic: errors.New("any")},
	}
}

// inFormOnly has no answer to the framework's own errors compared in full.
func inFormOnly(a Adapter) Adapter {
	a.Own = map[Check]error{MethodNotAllowed: nil, TooLarge: nil, Invalid: nil, Panic: nil}
	a.OwnStatus = func(int) error { return nil }
	return a
}

func TestNetHTTP(t *testing.T) { Run(t, of(nil)) }

// wordy has the framework tell its own errors in words of its own.
func wordy(f *framework) {
	f.answer = func(w http.ResponseWriter, r *http.Request, err error) {
		if own, ok := errors.AsType[statusError](err); ok && own.status != 404 {
			err = &problem.Problem{Reason: problem.ForStatus(own.status), Detail: "The framework said no."}
		}
		f.app.Deny.Write(w, r, err)
	}
}

// TestInForm: other words are no mistake where answers are not compared in
// full, and everywhere else they are.
func TestInForm(t *testing.T) {
	Run(t, inFormOnly(of(wordy)))

	said := make(map[string][]string)
	run(recorder{"", said}, of(wordy))
	for _, check := range []Check{OwnErrors, MethodNotAllowed, TooLarge, Invalid} {
		if text := strings.Join(said[string(check)], "\n"); !strings.Contains(text, "The framework said no.") {
			t.Errorf("check %q says\n%s", check, text)
		}
		delete(said, string(check))
	}
	if len(said) > 0 {
		t.Errorf("these complain as well: %q", said)
	}
}

// recorder remembers which checks complained, and of what.
type recorder struct {
	check string
	said  map[string][]string
}

func (r recorder) Errorf(format string, args ...any) {
	r.said[r.check] = append(r.said[r.check], fmt.Sprintf(format, args...))
}

func (r recorder) Run(name string, f func(reporter)) { f(recorder{name, r.said}) }

// TestBroken: each way to break an adapter is noticed, by the check that is
// there for it.
func TestBroken(t *testing.T) {
	// rendered has the answer changed on its way.
	rendered := func(change func(resp *render.Response, r *http.Request)) func(*framework) {
		return func(f *framework) {
			f.answer = func(w http.ResponseWriter, r *http.Request, err error) {
				resp := f.app.Deny.Render(render.Request{Method: r.Method, Target: r.RequestURI, Header: r.Header}, err)
				change(&resp, r)
				maps.Copy(w.Header(), resp.Header)
				w.WriteHeader(resp.Status)
				w.Write(resp.Body)
			}
		}
	}
	rows := []struct {
		name   string
		change func(*framework)
		want   Check
		says   string
	}{
		{"drops the second challenge", rendered(func(resp *render.Response, _ *http.Request) {
			if lines := resp.Header["Www-Authenticate"]; len(lines) > 1 {
				resp.Header["Www-Authenticate"] = lines[:1]
			}
		}), Wire, "lines of Www-Authenticate"},
		{"joins the challenges", rendered(func(resp *render.Response, _ *http.Request) {
			if lines := resp.Header["Www-Authenticate"]; len(lines) > 1 {
				resp.Header["Www-Authenticate"] = []string{strings.Join(lines, ", ")}
			}
		}), Deny, "Www-Authenticate"},
		{"another status", rendered(func(resp *render.Response, _ *http.Request) {
			if resp.Status == 402 {
				resp.Status = 403
			}
		}), Deny, "Status"},
		{"replaces Vary", rendered(func(*render.Response, *http.Request) {}), Fields, "Vary"},
		{"one language", func(f *framework) {
			f.answer = func(w http.ResponseWriter, r *http.Request, err error) {
				r.Header.Del("Accept-Language")
				f.app.Deny.Write(w, r, err)
			}
		}, Deny, "Content-Language"},
		{"one line of Accept", func(f *framework) {
			f.answer = func(w http.ResponseWriter, r *http.Request, err error) {
				if accept := r.Header["Accept"]; len(accept) > 1 {
					r.Header["Accept"] = accept[:1]
				}
				f.app.Deny.Write(w, r, err)
			}
		}, Deny, `"two lines"`},
		{"does not hand on Origin", func(f *framework) {
			f.answer = func(w http.ResponseWriter, r *http.Request, err error) {
				r.Header.Del("Origin")
				f.app.Deny.Write(w, r, err)
			}
		}, Deny, "Access-Control-Expose-Headers"},
		{"loses the query", func(f *framework) {
			f.answer = func(w http.ResponseWriter, r *http.Request, err error) {
				r.RequestURI = r.URL.Path
				f.app.Deny.Write(w, r, err)
			}
		}, Deny, "sign-in?next="},
		{"loses what is joined", func(f *framework) {
			f.answer = func(w http.ResponseWriter, r *http.Request, err error) {
				if several, ok := err.(interface{ Unwrap() []error }); ok {
					if _, one := err.(*problem.Problem); !one {
						err = several.Unwrap()[0]
					}
				}
				f.app.Deny.Write(w, r, err)
			}
		}, Deny, `/deny/joined`},
		{"compares with ==", func(f *framework) {
			f.answer = func(w http.ResponseWriter, r *http.Request, err error) {
				switch err.(type) {
				case problem.Reason, *problem.Problem:
				default:
					err = errors.New("unknown")
				}
				f.app.Deny.Write(w, r, err)
			}
		}, Deny, `/deny/wrapped`},
		{"no length", rendered(func(resp *render.Response, _ *http.Request) { resp.Header.Del("Content-Length") }), Wire, "Content-Length"},
		{"a line after the body", func(f *framework) {
			f.answer = func(w http.ResponseWriter, r *http.Request, err error) {
				resp := f.app.Deny.Render(render.Request{Method: r.Method, Target: r.RequestURI, Header: r.Header}, err)
				resp.Header.Del("Content-Length")
				maps.Copy(w.Header(), resp.Header)
				w.WriteHeader(resp.Status)
				w.Write(append(resp.Body, '\n'))
			}
		}, Deny, "the same"},
		{"writes the body twice", func(f *framework) {
			f.answer = func(w http.ResponseWriter, r *http.Request, err error) {
				w.Header().Set("Content-Encoding", "identity") // no Content-Length then
				f.app.Deny.Write(w, r, err)
				f.app.Deny.Write(w, r, err)
			}
		}, Deny, "Body"},
		{"body on HEAD", func(f *framework) {
			f.before = func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodHead || !strings.HasPrefix(r.URL.Path, "/deny/") {
					return
				}
				resp := f.app.Deny.Render(render.Request{Method: "GET", Target: r.RequestURI, Header: r.Header}, f.app.Error(r.URL.Path[len("/deny/"):]))
				conn, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					panic(err)
				}
				defer conn.Close()
				var b bytes.Buffer
				fmt.Fprintf(&b, "HTTP/1.1 %d Denied\r\nConnection: close\r\n", resp.Status)
				resp.Header.Write(&b)
				b.WriteString("\r\n")
				b.Write(resp.Body)
				conn.Write(b.Bytes())
				panic(http.ErrAbortHandler)
			}
		}, Wire, "bytes follow the header"},
		{"answers after the handler did", func(f *framework) { f.noCommitted = true }, Written, "the handler had answered"},
		{"a page of the framework", func(f *framework) { f.plain404 = true }, NotFound, "404 page not found"},
		{"does not recover", func(f *framework) { f.noRecover = true }, Panic, "/panic"},
		{"ends what a panic has broken off", func(f *framework) { f.noCut = true }, Cut, "in the middle"},
		{"adds a denial to what a panic has broken off", func(f *framework) {
			f.noCut, f.noCommitted = true, true
			f.after = func(_ http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/cut" {
					panic(http.ErrAbortHandler)
				}
			}
			f.answer = func(w http.ResponseWriter, r *http.Request, err error) {
				f.app.Deny.Write(w, r, err)
				http.NewResponseController(w).Flush()
			}
		}, Cut, "before the connection was closed"},
		{"recovers everything", func(f *framework) { f.recoverAll = true }, Abort, "closed connection"},
		{"knows some statuses", rendered(func(resp *render.Response, _ *http.Request) {
			if resp.Status == 511 {
				resp.Status = 500
			}
		}), Builtin, "/deny/captive-network"},
		{"no 405", func(f *framework) { f.all404 = true }, MethodNotAllowed, "want 405"},
		{"no Allow", func(f *framework) { f.noAllow = true }, Allow, "RFC 9110"},
		{"tells what went wrong", func(f *framework) {
			f.answer = func(w http.ResponseWriter, r *http.Request, err error) {
				if own, ok := errors.AsType[statusError](err); ok {
					err = &problem.Problem{Reason: problem.ForStatus(own.status), Detail: own.text}
				}
				f.app.Deny.Write(w, r, err)
			}
		}, OwnErrors, "the text of an error is in the answer"},
		{"everything is 403", func(f *framework) {
			f.answer = func(w http.ResponseWriter, r *http.Request, err error) {
				if own, ok := errors.AsType[statusError](err); ok && own.status == 413 {
					err = problem.PolicyDenied
				}
				f.app.Deny.Write(w, r, err)
			}
		}, TooLarge, "want 413"},
		{"own errors in JSON only", func(f *framework) {
			f.answer = func(w http.ResponseWriter, r *http.Request, err error) {
				if own, ok := errors.AsType[statusError](err); ok && own.status == 400 {
					f.app.Deny.As(render.JSON).Write(w, r, err)
					return
				}
				f.app.Deny.Write(w, r, err)
			}
		}, Invalid, "Content-Type"},
		{"forgets a goroutine", func(*framework) { go func() { <-never }() }, Leak, "left over"},
		{"hangs up after a cancelled request", func(f *framework) {
			var slow bool
			f.before = func(_ http.ResponseWriter, r *http.Request) {
				if slow {
					panic(http.ErrAbortHandler)
				}
				slow = r.URL.Path == "/slow"
			}
		}, Cancel, "after a cancelled request"},
	}
	noticed := map[Check]bool{Log: true} // TestAnsweredTwice
	for _, row := range rows {
		noticed[row.want] = true
		t.Run(row.name, func(t *testing.T) {
			said := make(map[string][]string)
			a := inFormOnly(of(row.change))
			a.patience, a.shown = 100*time.Millisecond, 1000
			a.Skip = make(map[Check]string)
			for _, check := range checks {
				if check != row.want && !(check == Panic && row.want == Cut) { // without Panic there is no Cut
					a.Skip[check] = "another row is about it"
				}
			}
			run(recorder{"", said}, a)
			if text := strings.Join(said[string(row.want)], "\n"); !strings.Contains(text, row.says) {
				t.Errorf("check %q says\n%s\nwant %q in it; all that was said: %q", row.want, text, row.says, said)
			}
		})
	}
	for _, check := range checks {
		if !noticed[check] {
			t.Errorf("no row breaks an adapter so that check %q notices", check)
		}
	}
}

// TestAnsweredTwice: net/http's server notices, in whatever check it happens.
func TestAnsweredTwice(t *testing.T) {
	said := make(map[string][]string)
	run(recorder{"", said}, of(func(f *framework) {
		f.after = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }
	}))
	if text := strings.Join(said[string(Log)], "\n"); !strings.Contains(text, "superfluous") || len(said) != 1 {
		t.Errorf("said %q", said)
	}
}

var never = make(chan struct{})

// TestMistakes: a description that hides something is refused.
func TestMistakes(t *testing.T) {
	for _, row := range []struct {
		name   string
		change func(*Adapter)
		says   string
	}{
		{"no start", func(a *Adapter) { a.Start = nil }, "Start is nil"},
		{"start fails", func(a *Adapter) {
			a.Start = func(*App) (string, func(), error) { return "", nil, errors.New("port taken") }
		}, "port taken"},
		{"elsewhere", func(a *Adapter) {
			start := a.Start
			a.Start = func(app *App) (string, func(), error) {
				_, stop, err := start(app)
				return "http://example.com", stop, err
			}
		}, "127.0.0.1"},
		{"skip without a reason", func(a *Adapter) { a.Skip = map[Check]string{Panic: " "} }, "say why"},
		{"skip of nothing", func(a *Adapter) { a.Skip = map[Check]string{"everything": "it is hard"} }, "no such check"},
		{"error of its own for a denial", func(a *Adapter) { a.Own = map[Check]error{Deny: problem.NotFound} }, "no error of its own"},
		{"nothing to compare with", func(a *Adapter) { a.Own = map[Check]error{NotFound: nil} }, "always compared in full"},
		{"difference without a reason", func(a *Adapter) { a.Differences = []Difference{{Field: "Server"}} }, "say why"},
		{"difference in nothing", func(a *Adapter) { a.Differences = []Difference{{Why: "so it is"}} }, "either"},
		{"difference that is none", func(a *Adapter) {
			a.Differences = []Difference{{Field: "Server", Why: "once upon a time"}}
		}, "never showed"},
		{"goroutine without a reason", func(a *Adapter) { a.Goroutines = map[string]string{"run": ""} }, "say why it stays"},
	} {
		t.Run(row.name, func(t *testing.T) {
			a := of(nil)
			row.change(&a)
			said := make(map[string][]string)
			run(recorder{"", said}, a)
			if text := strings.Join(said[""], "\n"); !strings.Contains(text, row.says) {
				t.Errorf("said %q; want %q", said, row.says)
			}
		})
	}
}

// TestAllowances: what is listed is let through, and nothing else.
func TestAllowances(t *testing.T) {
	said := make(map[string][]string)
	a := of(func(f *framework) {
		f.noAllow = true
		f.answer = func(w http.ResponseWriter, r *http.Request, err error) {
			w.Header().Set("Server", "some")
			w.Header().Set("X-Powered-By", "some")
			f.app.Deny.Write(w, r, err)
		}
		f.before = func(_ http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/deny/scope" {
				go forever()
			}
		}
	})
	a.Skip = map[Check]string{Allow: "the router does not know"}
	a.Differences = []Difference{
		{Field: "Server", Why: "it names itself"},
		{Expect: func(a *Answer) { a.Header.Set("X-Powered-By", "some") }, Why: "it is proud"},
	}
	a.Goroutines = map[string]string{"adaptertest.forever": "it is a test"}
	run(recorder{"", said}, a)
	if len(said) != 0 {
		t.Errorf("said %q", said)
	}
}

func forever() { <-never }
