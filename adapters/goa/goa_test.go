package denygoa_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	goahttp "goa.design/goa/v3/http"
	goa "goa.design/goa/v3/pkg"

	denygoa "github.com/denial-go/denial/adapters/goa"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

const secret = "password of db-7"

func send(h http.Handler, method, target, body string, fields ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i+1 < len(fields); i += 2 {
		r.Header.Add(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// document is what the tests look at in problem+json.
type document struct {
	Status  int
	Title   string
	Code    string
	Name    string
	Message string
	ID      string
	Errors  []map[string]string
}

func documentOf(t *testing.T, w *httptest.ResponseRecorder) document {
	t.Helper()
	if strings.Contains(w.Body.String(), secret) {
		t.Errorf("the text of an error is in the answer: %s", w.Body)
	}
	var doc document
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatalf("%v in %d %s", err, w.Code, w.Body)
	}
	return doc
}

// get answers GET /x with err.
func get(t *testing.T, s *service, deny *render.Renderer, err error, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	s.mount([]string{"GET"}, "/x", false, func(context.Context, any) (any, error) { return nil, err })
	w := send(denygoa.Handler(s.mux, deny), "GET", "/x", "", fields...)
	if len(s.encoding) > 0 {
		t.Errorf("the errhandler was called: %v", s.encoding)
	}
	return w
}

func TestErrors(t *testing.T) {
	failure := errors.New(secret)
	rows := []struct {
		name   string
		err    error
		status int
		code   string
	}{
		{"a reason", problem.EmailUnverified, 403, "email-unverified"},
		{"of the design, with a reason in it", goa.NewServiceError(problem.SignInRequired.Because(failure), "conflict", false, false, false), 401, "sign-in-required"},
		{"of the design", goa.PermanentError("conflict", secret), 409, ""},
		{"of the design, wrapped", fmt.Errorf("loading: %w", goa.PermanentError("conflict", secret)), 409, ""},
		{"of the design: 401", goa.PermanentError("unauthorized", secret), 401, "sign-in-required"},
		{"of the design: 503", goa.PermanentError("busy", secret), 503, ""},
		{"not of the design", goa.PermanentError("other", secret), 400, ""},
		{"temporary", goa.TemporaryError("other", secret), 503, ""},
		{"timeout", goa.PermanentTimeoutError("other", secret), 408, ""},
		{"temporary timeout", goa.TemporaryTimeoutError("other", secret), 504, ""},
		{"fault", goa.Fault("%s", secret), 500, ""},
		{"joined", errors.Join(problem.EmailUnverified, problem.TermsNotAccepted), 403, "email-unverified"},
		{"of the design: 202, with a reason in it", goa.NewServiceError(problem.EmailUnverified.Because(failure), "accepted", false, false, false), 403, "email-unverified"},
		{"of the design: 304, with a reason in it", goa.NewServiceError(problem.SignInRequired.Because(failure), "not_modified", false, false, false), 401, "sign-in-required"},
		{"cloaked", goa.NewServiceError(problem.Cloak(problem.NotOwner), "conflict", false, false, false), 404, "not-found"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			deny := new(render.Renderer)
			s := newService(deny)
			s.design = map[string]int{"conflict": 409, "unauthorized": 401, "busy": 503, "accepted": 202, "not_modified": 304}
			w := get(t, s, deny, row.err)
			doc := documentOf(t, w)
			if w.Code != row.status || doc.Status != row.status || doc.Code != row.code || w.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("got %d %v %s", w.Code, w.Header(), w.Body)
			}
			if _, ok := w.Header()["Www-Authenticate"]; ok != (row.status == 401) {
				t.Errorf("challenges: %v", w.Header())
			}
		})
	}
	for name, err := range map[string]error{"foreign": failure, "methods that panic": (*url.Error)(nil), "nil": (*goa.ServiceError)(nil)} {
		t.Run(name, func(t *testing.T) {
			var faults []error
			deny := render.Must(render.New(render.Config{OnFault: func(err error) { faults = append(faults, err) }}))
			w := httptest.NewRecorder()
			h := denygoa.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(denygoa.Formatter(deny)(r.Context(), err).StatusCode())
			}), deny)
			h.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
			if w.Code != 500 || w.Body.String() != "Internal Server Error\n" || len(faults) != 1 {
				t.Errorf("got %d %s and faults %v", w.Code, w.Body, faults)
			}
		})
	}
}

// TestForms is about every kind of Accept that goa's encoder reads in a way of
// its own.
func TestForms(t *testing.T) {
	deny := new(render.Renderer)
	for _, accept := range []string{"", "application/json", "application/xml", "application/gob", "text/html", "text/plain", "text/html,application/xhtml+xml;q=0.9", "multipart/alternative"} {
		for _, design := range []int{0, 409} {
			s := newService(deny)
			s.design["conflict"] = design
			if design == 0 {
				delete(s.design, "conflict")
			}
			err := goa.NewServiceError(problem.SignInRequired, "conflict", false, false, false)
			got := get(t, s, deny, err, "Accept", accept)
			want := send(deny.Handler(problem.SignInRequired), "GET", "/x", "", "Accept", accept)
			name := got.Header()["Goa-Error"]
			got.Header().Del("Goa-Error")
			if diff := cmp.Diff(want.Header(), got.Header()); diff != "" || want.Code != got.Code {
				t.Errorf("%q: status %d; header (-net/http +goa)\n%s", accept, got.Code, diff)
			}
			if diff := cmp.Diff(want.Body.String(), got.Body.String()); diff != "" {
				t.Errorf("%q: (-net/http +goa)\n%s", accept, diff)
			}
			if (design == 409) != (len(name) == 1 && name[0] == "conflict") {
				t.Errorf("%q: goa-error is %q", accept, name)
			}
		}
	}
}

// TestClient reads the answer as a client does that goa generated.
func TestClient(t *testing.T) {
	deny := new(render.Renderer)
	s := newService(deny)
	s.design["conflict"] = 409
	err := goa.TemporaryError("conflict", secret)
	w := get(t, s, deny, err)
	var body struct {
		Name, ID, Message         *string
		Temporary, Timeout, Fault *bool
	}
	if err := goahttp.ResponseDecoder(w.Result()).Decode(&body); err != nil {
		t.Fatal(err)
	}
	if body.Name == nil || *body.Name != "conflict" || body.ID == nil || *body.ID != err.ID || body.Message == nil || *body.Message != "Conflict" ||
		body.Temporary == nil || !*body.Temporary || body.Timeout == nil || *body.Timeout || body.Fault == nil || *body.Fault {
		t.Errorf("got %s", w.Body)
	}
	if got := w.Header().Get("goa-error"); got != "conflict" {
		t.Errorf("goa-error is %q", got)
	}
}

// TestCloak compares what is hidden with what is not there.
func TestCloak(t *testing.T) {
	answer := func(err error) http.Header {
		deny := new(render.Renderer)
		s := newService(deny)
		s.design["forbidden"], s.design["not_found"] = 403, 404
		w := get(t, s, deny, err)
		h := w.Header().Clone()
		h.Set("Status and body", fmt.Sprint(w.Code, w.Body))
		return h
	}
	want := answer(problem.NotFound)
	for name, err := range map[string]error{
		"not found": goa.NewServiceError(problem.NotFound, "not_found", false, false, false),
		"hidden":    goa.NewServiceError(problem.Cloak(problem.NotOwner), "forbidden", false, false, false),
	} {
		if diff := cmp.Diff(want, answer(err)); diff != "" {
			t.Errorf("%s: (-problem.NotFound +got)\n%s", name, diff)
		}
	}
	if got := answer(goa.PermanentError("not_found", secret)).Get("goa-error"); got != "not_found" {
		t.Errorf("without a reason, goa-error is %q; generated clients read it", got)
	}
}

// TestEndpoint is about what generated code leaves behind of an error.
func TestEndpoint(t *testing.T) {
	failure := errors.New(secret)
	designed := func(err error) error { return goa.NewServiceError(err, "forbidden", false, false, false) }
	for _, row := range []struct {
		name   string
		err    error
		empty  bool
		status int
		code   string
	}{
		{"hidden", problem.Cloak(designed(failure)), false, 404, "not-found"},
		{"joined with a reason", errors.Join(designed(failure), problem.SignInRequired), false, 401, "sign-in-required"},
		{"cause of a reason", problem.EmailUnverified.Because(designed(failure)), false, 403, "email-unverified"},
		{"empty, with a reason in it", designed(problem.SignInRequired), true, 401, "sign-in-required"},
		{"empty, hidden", designed(problem.Cloak(problem.NotOwner)), true, 404, "not-found"},
		{"without a reason", designed(failure), false, 403, "policy-denied"},
		{"empty, without a reason", designed(failure), true, 403, "policy-denied"},
		{"a reason", problem.TokenExpired, false, 401, "token-expired"},
		{"methods that panic", errors.Join((*url.Error)(nil), designed(problem.TokenExpired)), true, 401, "token-expired"},
	} {
		t.Run(row.name, func(t *testing.T) {
			deny := new(render.Renderer)
			s := newService(deny)
			s.design["forbidden"], s.empty["forbidden"] = 403, row.empty
			var seen error
			s.mount([]string{"GET"}, "/x", false, func(ctx context.Context, in any) (any, error) {
				_, seen = denygoa.Endpoint(func(context.Context, any) (any, error) { return nil, row.err })(ctx, in)
				return nil, seen
			})
			w := send(denygoa.Handler(s.mux, deny), "GET", "/x", "")
			if doc := documentOf(t, w); w.Code != row.status || doc.Code != row.code {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, row.status, row.code)
			}
			if got := w.Header().Get("goa-error"); w.Code == 404 && got != "" {
				t.Errorf("goa-error is %q", got)
			}
			if !errors.Is(seen, row.err) {
				t.Errorf("middleware does not see the error of the method in %v", seen)
			}
		})
	}
	fine := denygoa.Endpoint(func(context.Context, any) (any, error) { return "fine", nil })
	if got, err := fine(t.Context(), nil); got != "fine" || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
	other := designed(problem.SignInRequired)
	if _, err := denygoa.Endpoint(func(context.Context, any) (any, error) { return nil, other })(t.Context(), nil); err != other {
		t.Errorf("outside of Handler, got %v", err)
	}
}

func TestPayload(t *testing.T) {
	deny := new(render.Renderer)
	s := newService(deny)
	s.mount([]string{"POST"}, "/person", true, func(context.Context, any) (any, error) { return "ok", nil })
	h := http.MaxBytesHandler(denygoa.Handler(s.mux, deny), 100)
	rows := []struct {
		name, body, contentType string
		status                  int
		want                    []map[string]string
	}{
		{"good", `{"age":20}`, "", 200, nil},
		{"missing", `{}`, "", 400, []map[string]string{{"location": "age", "keyword": "missing_field"}}},
		{"two", `{"age":7,"name":"` + secret + `"}`, "", 400, []map[string]string{
			{"location": "body.age", "keyword": "invalid_range"}, {"location": "body.name", "keyword": "invalid_pattern"}}},
		{"none", "", "", 400, nil},
		{"no JSON", secret, "", 400, nil},
		{"type", "a", "text/csv", 415, nil},
		{"cut off", `{"name":"` + strings.Repeat("a", 200) + `"}`, "", 413, nil},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			contentType := row.contentType
			if contentType == "" {
				contentType = "application/json"
			}
			w := send(h, "POST", "/person", row.body, "Content-Type", contentType)
			if w.Code != row.status {
				t.Fatalf("got %d %s", w.Code, w.Body)
			}
			if row.status == 200 {
				return
			}
			if diff := cmp.Diff(row.want, documentOf(t, w).Errors); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestEmptyBody is about errors that a design answers with header fields only.
func TestEmptyBody(t *testing.T) {
	deny := render.Must(render.New(render.Config{}))
	s := newService(deny)
	s.design["unauthorized"], s.empty["unauthorized"] = 401, true
	s.mount([]string{"GET"}, "/x", false, func(context.Context, any) (any, error) {
		return nil, goa.PermanentError("unauthorized", secret)
	}, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("WWW-Authenticate", `DPoP algs="ES256"`)
			w.Header().Set("Retry-After", "17")
			next.ServeHTTP(w, r)
		})
	})
	w := send(denygoa.Handler(s.mux, deny), "GET", "/x", "", "Accept", "application/json")
	if doc := documentOf(t, w); w.Code != 401 || doc.Code != "sign-in-required" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if diff := cmp.Diff([]string{`DPoP algs="ES256"`}, w.Header()["Www-Authenticate"]); diff != "" || w.Header().Get("Retry-After") != "17" {
		t.Errorf("(-want +got)\n%s%v", diff, w.Header())
	}
}

// TestNoError is about statuses that deny nothing.
func TestNoError(t *testing.T) {
	deny := new(render.Renderer)
	s := newService(deny)
	s.design["not_modified"], s.empty["not_modified"] = 304, true
	s.design["accepted"] = 202
	if w := get(t, s, deny, goa.PermanentError("not_modified", "same")); w.Code != 304 || w.Body.Len() > 0 {
		t.Errorf("304: got %d %s", w.Code, w.Body)
	}
	s = newService(deny)
	s.design["accepted"] = 202
	w := get(t, s, deny, goa.PermanentError("accepted", "later"))
	if doc := documentOf(t, w); w.Code != 202 || doc.Message != "later" || doc.Status != 0 {
		t.Errorf("202: got %d %s", w.Code, w.Body)
	}
}

// TestWithoutHandler is about a server that goa writes errors of alone.
func TestWithoutHandler(t *testing.T) {
	rows := []struct {
		accept, contentType string
		check               func([]byte) error
	}{
		{"application/json", "application/json", func(b []byte) error {
			p, err := problem.Decode("application/json", strings.NewReader(string(b)))
			if err == nil && p.Reason.Code() != "email-unverified" {
				err = fmt.Errorf("code %q", p.Reason.Code())
			}
			return err
		}},
		{"application/xml", "application/xml", func(b []byte) error {
			var doc struct {
				XMLName xml.Name `xml:"urn:ietf:rfc:7807 problem"`
				Status  int      `xml:"status"`
				Code    string   `xml:"code"`
			}
			err := xml.Unmarshal(b, &doc)
			if err == nil && (doc.Status != 403 || doc.Code != "email-unverified") {
				err = fmt.Errorf("got %+v", doc)
			}
			return err
		}},
		{"text/plain", "text/plain", func(b []byte) error {
			if !strings.HasPrefix(string(b), "Your email is not verified\n") {
				return errors.New("no text")
			}
			return nil
		}},
	}
	for _, row := range rows {
		t.Run(row.accept, func(t *testing.T) {
			s := newService(new(render.Renderer))
			s.mount([]string{"GET"}, "/x", false, func(context.Context, any) (any, error) {
				return nil, errors.Join(problem.EmailUnverified, errors.New(secret), problem.TermsNotAccepted)
			})
			w := send(s.mux, "GET", "/x", "", "Accept", row.accept)
			if w.Code != 403 || w.Header().Get("Content-Type") != row.contentType || len(s.encoding) > 0 {
				t.Errorf("got %d %v; %v", w.Code, w.Header(), s.encoding)
			}
			if err := row.check(w.Body.Bytes()); err != nil {
				t.Errorf("%v in %s", err, w.Body)
			}
		})
	}
	t.Run("foreign", func(t *testing.T) {
		s := newService(new(render.Renderer))
		s.mount([]string{"GET"}, "/x", false, func(context.Context, any) (any, error) { return nil, errors.New(secret) })
		if w := send(s.mux, "GET", "/x", ""); w.Code != 500 || documentOf(t, w).Status != 500 {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
	t.Run("nil", func(t *testing.T) {
		formatter := denygoa.Formatter(new(render.Renderer))
		if got := formatter(t.Context(), nil).StatusCode(); got != 403 {
			t.Errorf("status %d", got)
		}
		if got := formatter(t.Context(), (*goa.ServiceError)(nil)).StatusCode(); got != 500 {
			t.Errorf("status %d for a nil ServiceError", got)
		}
	})
}

func TestHandler(t *testing.T) {
	type key struct{}
	var told []*problem.Problem
	deny := render.Must(render.New(render.Config{
		OnDenied: func(_ *http.Request, p *problem.Problem) { told = append(told, p) },
		Instance: func(r *http.Request) string { id, _ := r.Context().Value(key{}).(string); return id },
	}))
	format := denygoa.Formatter(deny)
	serve := func(t *testing.T, f http.HandlerFunc) *httptest.ResponseRecorder {
		t.Helper()
		told = nil
		return send(denygoa.Handler(f, deny), "GET", "/x", "")
	}
	t.Run("nobody writes what the formatter returned", func(t *testing.T) {
		w := serve(t, func(_ http.ResponseWriter, r *http.Request) { format(r.Context(), problem.SignInRequired) })
		if w.Code != 401 || len(told) != 1 {
			t.Errorf("got %d; OnDenied was told %v", w.Code, told)
		}
	})
	t.Run("after the answer has begun", func(t *testing.T) {
		w := serve(t, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "done")
			s := format(r.Context(), problem.SignInRequired)
			w.WriteHeader(s.StatusCode())
			io.WriteString(w, "more")
		})
		if w.Code != 200 || w.Body.String() != "done" || len(told) != 1 || told[0].Reason != problem.SignInRequired {
			t.Errorf("got %d %s; OnDenied was told %v", w.Code, w.Body, told)
		}
	})
	t.Run("what the context of the formatter holds", func(t *testing.T) {
		w := serve(t, func(_ http.ResponseWriter, r *http.Request) {
			format(context.WithValue(r.Context(), key{}, "urn:x:7"), problem.SignInRequired)
		})
		if !strings.Contains(w.Body.String(), `"instance":"urn:x:7"`) {
			t.Errorf("got %s", w.Body)
		}
	})
	t.Run("no error", func(t *testing.T) {
		w := serve(t, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "mine", http.StatusForbidden) })
		if w.Code != 403 || w.Body.String() != "mine\n" || told != nil {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	})
}

// TestWriter is about what handlers do with a response besides writing it.
func TestWriter(t *testing.T) {
	deny := new(render.Renderer)
	format := denygoa.Formatter(deny)
	mux := http.NewServeMux()
	late := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(format(r.Context(), problem.SignInRequired).StatusCode())
		io.Copy(w, io.LimitReader(strings.NewReader("sign in, please"), 4))
	}
	mux.HandleFunc("/flush", func(w http.ResponseWriter, r *http.Request) { w.(http.Flusher).Flush(); late(w, r) })
	mux.HandleFunc("/copy", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(w, io.LimitReader(strings.NewReader("copied, and more"), 6))
		late(w, r)
	})
	mux.HandleFunc("/copy-nothing", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(w, iotest.ErrReader(io.ErrUnexpectedEOF))
		late(w, r)
	})
	mux.HandleFunc("/copy-and-fail", func(w http.ResponseWriter, r *http.Request) {
		io.Copy(w, io.MultiReader(strings.NewReader("copied"), iotest.ErrReader(io.ErrUnexpectedEOF)))
		late(w, r)
	})
	mux.HandleFunc("/copy-and-panic", func(w http.ResponseWriter, r *http.Request) {
		defer late(w, r)
		defer func() { recover() }()
		io.Copy(w, io.MultiReader(strings.NewReader("copied"), panicking{}))
	})
	mux.HandleFunc("/early", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusEarlyHints); late(w, r) })
	mux.HandleFunc("/status", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotModified); late(w, r) })
	mux.HandleFunc("/no-content", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent); late(w, r) })
	mux.HandleFunc("/status-and-flush", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		http.NewResponseController(w).Flush()
		late(w, r)
	})
	mux.HandleFunc("/status-and-hijack", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(299)
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		conn.Close()
		late(w, r)
	})
	mux.HandleFunc("/status-and-deadline", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		c := http.NewResponseController(w)
		if err := errors.Join(c.SetWriteDeadline(time.Now().Add(time.Minute)), c.SetReadDeadline(time.Now().Add(time.Minute)), c.EnableFullDuplex()); err != nil {
			t.Error(err)
		}
		late(w, r)
	})
	mux.HandleFunc("/status-and-unwrap", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w.(interface{ Unwrap() http.ResponseWriter }).Unwrap(), "mine")
		late(w, r)
	})
	mux.HandleFunc("/hijack", func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(conn, "HTTP/1.1 299 Mine\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		conn.Close()
		late(w, r)
	})
	mux.HandleFunc("/deadline", func(w http.ResponseWriter, r *http.Request) {
		if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Error(err)
		}
		late(w, r)
	})
	var running sync.WaitGroup
	h := denygoa.Handler(mux, deny)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		running.Add(1)
		defer running.Done()
		h.ServeHTTP(w, r)
	}))
	var complaints bytes.Buffer
	server.Config.ErrorLog = log.New(&complaints, "", 0)
	server.Start()
	defer server.Close()
	for path, want := range map[string]int{
		"/flush": 200, "/status": 304, "/early": 401, "/hijack": 299, "/deadline": 401,
		"/no-content": 401, "/status-and-flush": 200, "/status-and-hijack": 299, "/status-and-deadline": 401, "/status-and-unwrap": 201,
		"/copy": 200, "/copy-nothing": 401, "/copy-and-fail": 200, "/copy-and-panic": 200,
	} {
		resp, err := server.Client().Get(server.URL + path)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != want || want == 200 && strings.Contains(string(body), "sign") {
			t.Errorf("%s: got %d %s %v", path, resp.StatusCode, body, err)
		}
		if path == "/flush" && resp.ContentLength != -1 {
			t.Errorf("the length is known, so nothing was flushed")
		}
	}
	running.Wait()
	if complaints.Len() > 0 {
		t.Errorf("net/http complains: %s", &complaints)
	}
}

// writerTo is a body of a download.
type writerTo func(io.Writer) (int64, error)

func (f writerTo) WriteTo(w io.Writer) (int64, error) { return f(w) }

// download answers as the code does that goa generates for a design with
// SkipResponseBodyEncodeDecode, where the body is an io.WriterTo.
func (s *service) download(status int, body io.WriterTo) http.HandlerFunc {
	encodeError := s.errorEncoder()
	return func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), goahttp.AcceptTypeKey, r.Header.Get("Accept"))
		w.Header().Set("Content-Type", "text/csv")
		w.Header().Set("Etag", `"1"`)
		w.WriteHeader(status)
		if n, err := body.WriteTo(w); err != nil {
			if n > 0 {
				http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			}
			if err := encodeError(ctx, w, err); err != nil {
				s.encoding = append(s.encoding, err)
			}
		}
	}
}

// TestDownload is about errors that come after goa has sent the status of an
// answer, and before anything of its body.
func TestDownload(t *testing.T) {
	fails := func(err error) writerTo { return func(io.Writer) (int64, error) { return 0, err } }
	copies := func(r io.Reader) writerTo { return func(w io.Writer) (int64, error) { return io.Copy(w, r) } }
	large := strings.Repeat("0123456789", 1000)
	rows := []struct {
		name   string
		body   io.WriterTo
		status int
		text   string // of an answer that is no denial
		code   string
	}{
		{"a reason", fails(problem.PolicyDenied), 403, "", "policy-denied"},
		{"of the design", fails(goa.PermanentError("conflict", secret)), 409, "", ""},
		{"of the design, with an empty body", fails(goa.PermanentError("unauthorized", secret)), 401, "", "sign-in-required"},
		{"not of the design", fails(goa.Fault("%s", secret)), 500, "", ""},
		{"a reader that fails", copies(iotest.ErrReader(problem.SignInRequired)), 401, "", "sign-in-required"},
		{"a reader that fails later", copies(io.MultiReader(strings.NewReader("copied"), iotest.ErrReader(problem.SignInRequired))), 0, "", ""},
		{"no error", copies(io.LimitReader(strings.NewReader(large), 9999)), 201, large[:9999], ""},
		{"no error, by pieces", copies(iotest.DataErrReader(iotest.HalfReader(strings.NewReader(large)))), 201, large, ""},
		{"nothing", copies(io.LimitReader(nil, 0)), 201, "", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			var told []*problem.Problem
			deny := render.Must(render.New(render.Config{OnDenied: func(_ *http.Request, p *problem.Problem) { told = append(told, p) }}))
			s := newService(deny)
			s.design["conflict"], s.design["unauthorized"] = 409, 401
			s.empty["unauthorized"] = true
			server := httptest.NewServer(denygoa.Handler(s.download(201, row.body), deny))
			defer server.Close()
			resp, err := server.Client().Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			server.Close() // and wait for the handler
			switch {
			case row.status == 0:
				if err == nil || resp.StatusCode != 201 {
					t.Errorf("got %d %s, and no error", resp.StatusCode, body)
				}
				return
			case err != nil:
				t.Fatal(err)
			case row.status == 201:
				if resp.StatusCode != 201 || string(body) != row.text || resp.Header.Get("Etag") == "" || resp.Header.Get("Content-Type") != "text/csv" || told != nil {
					t.Errorf("got %d %v %s; OnDenied was told %v", resp.StatusCode, resp.Header, body, told)
				}
				return
			}
			w := &httptest.ResponseRecorder{Body: bytes.NewBuffer(body)}
			if doc := documentOf(t, w); resp.StatusCode != row.status || doc.Status != row.status || doc.Code != row.code || resp.Header.Get("Etag") != "" || len(told) != 1 || len(s.encoding) > 0 {
				t.Errorf("got %d %v %s; OnDenied was told %v; %v", resp.StatusCode, resp.Header, body, told, s.encoding)
			}
		})
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic(secret) }

func TestRoutes(t *testing.T) {
	deny := new(render.Renderer)
	s := newService(deny)
	ok := func(context.Context, any) (any, error) { return "ok", nil }
	s.mount([]string{"GET", "PUT"}, "/users/{id}", false, ok)
	s.mount([]string{"DELETE"}, "/files/{*path}", false, ok)
	h := denygoa.Handler(s.mux, deny)
	s.mount([]string{"GET"}, "/later", false, ok)
	rows := []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/users/7", 200, ""},
		{"POST", "/users/7", 405, "GET, PUT"},
		{"POST", "/users/a%2Fb", 405, "GET, PUT"},
		{"GET", "/files/a/b", 405, "DELETE"},
		{"GET", "/later", 200, ""},
		{"GET", "/nowhere", 404, ""},
	}
	for _, row := range rows {
		w := send(h, row.method, row.path, "")
		if w.Code != row.status || w.Header().Get("Allow") != row.allow {
			t.Errorf("%s %s: got %d and Allow %q", row.method, row.path, w.Code, w.Header().Get("Allow"))
		}
		if row.status >= 400 && documentOf(t, w).Status != row.status {
			t.Errorf("%s %s: got %s", row.method, row.path, w.Body)
		}
	}
}

// A status that is held is sent with the fields that stood there when it was
// given, soon, and whatever comes after it.
// TestTimeout has an error come when http.TimeoutHandler answers.
func TestTimeout(t *testing.T) {
	for range 20 {
		deny := new(render.Renderer)
		s := newService(deny)
		done := make(chan bool)
		s.mount([]string{"GET"}, "/x", false, func(ctx context.Context, _ any) (any, error) {
			<-ctx.Done()
			return nil, problem.EmailUnverified
		}, func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer close(done)
				next.ServeHTTP(w, r)
			})
		})
		w := send(denygoa.Handler(http.TimeoutHandler(s.mux, time.Millisecond, "too slow"), deny), "GET", "/x", "")
		<-done
		if (w.Code != 503 || w.Body.String() != "too slow") && (w.Code != 403 || documentOf(t, w).Code != "email-unverified") {
			t.Errorf("got %d %s", w.Code, w.Body)
		}
	}
}

func TestHeldStatus(t *testing.T) {
	get := func(t *testing.T, h http.HandlerFunc) *http.Response {
		t.Helper()
		inner := denygoa.Handler(h, new(render.Renderer))
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() { _ = recover() }() // as a middleware that only logs
			inner.ServeHTTP(w, r)
		}))
		t.Cleanup(s.Close)
		resp, err := http.Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return resp
	}
	resp := get(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Etag", `"v1"`)
		w.Header().Set("Trailer", "X-Sum")
		w.WriteHeader(http.StatusOK)
		w.Header().Del("Etag")
		w.Header().Set("X-Sum", "1")
		io.WriteString(w, "rows")
	})
	io.Copy(io.Discard, resp.Body)
	if resp.Header.Get("Etag") != `"v1"` || resp.Header.Get("X-Sum") != "" || resp.Trailer.Get("X-Sum") != "1" {
		t.Errorf("fields %v, trailers %v", resp.Header, resp.Trailer)
	}
	resp = get(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		panic("afterwards")
	})
	if resp.StatusCode != http.StatusAccepted {
		t.Errorf("the status of a handler that panicked is %d", resp.StatusCode)
	}
	rest := make(chan struct{})
	resp = get(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		slow, in := io.Pipe()
		go func() {
			io.WriteString(in, strings.Repeat("x", 900))
			<-rest // without an answer, the test would not end
			in.Close()
		}()
		io.Copy(w, slow)
	})
	close(rest)
	if n, err := io.Copy(io.Discard, resp.Body); n != 900 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}
