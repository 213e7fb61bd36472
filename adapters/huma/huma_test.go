package denyhuma_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/netip"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/danielgtaylor/huma/v2/adapters/humahttprouter"
	"github.com/danielgtaylor/huma/v2/autopatch"
	"github.com/danielgtaylor/huma/v2/sse"
	"github.com/gofiber/fiber/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/julienschmidt/httprouter"

	denyhuma "github.com/denial-go/denial/adapters/huma"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

const secret = "password of db-7"

func newRenderer(t *testing.T, change ...func(*render.Config)) *render.Renderer {
	t.Helper()
	config := render.Config{
		Challenges: []problem.Challenge{problem.Bearer("api"), problem.Basic("api")},
		Links:      map[problem.StepKind]string{problem.SignIn: "/sign-in?next={return_to}"},
		OnFault:    func(error) {},
	}
	for _, f := range change {
		f(&config)
	}
	deny, err := render.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return deny
}

// newAPI returns an API of ours on a mux of net/http.
func newAPI(deny *render.Renderer, change ...func(*huma.Config)) (huma.API, *http.ServeMux) {
	mux := http.NewServeMux()
	config := huma.DefaultConfig("Test", "1")
	for _, f := range change {
		f(&config)
	}
	return denyhuma.New(humago.New(mux, config), deny), mux
}

type output struct{ Body struct{ OK bool } }

// fail returns a handler that fails with err.
func fail(err error) func(context.Context, *struct{}) (*output, error) {
	return func(context.Context, *struct{}) (*output, error) { return nil, err }
}

func send(h http.Handler, method, target, body string, fields ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i+1 < len(fields); i += 2 {
		r.Header.Add(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

type answer struct {
	Status int
	Header http.Header
	Body   string
}

func answerOf(w *httptest.ResponseRecorder) answer {
	return answer{w.Code, w.Result().Header, w.Body.String()}
}

// TestSameAsNetHTTP goes through routers with and without net/http's types in
// their context.
func TestSameAsNetHTTP(t *testing.T) {
	deny := newRenderer(t)
	denials := map[string]error{
		"sign-in": problem.SignInRequired,
		"wrapped": fmt.Errorf("loading: %w", problem.NeedScope("a", "b")),
		"joined":  errors.Join(problem.EmailUnverified, problem.RetryIn(problem.RateLimited, time.Minute)),
		"cloaked": problem.Cloak(problem.NotOwner),
		"foreign": errors.New(secret),
		"panics":  (*url.Error)(nil),
		"huma's":  fmt.Errorf("huma: %w", denyhuma.Wrap(problem.NotAMember)),
	}
	accepts := []string{"", "text/html", "text/plain", "multipart/alternative", "application/problem+xml", "application/cbor", "image/png"}
	routers := map[string]func(error) http.Handler{
		"humago": func(err error) http.Handler {
			api, mux := newAPI(deny)
			huma.Get(api, "/x", denyhuma.Handler(fail(err)))
			return mux
		},
		"humago group": func(err error) http.Handler {
			api, mux := newAPI(deny)
			group := huma.NewGroup(api, "/x")
			huma.Get(group, "", denyhuma.Handler(fail(err)))
			return mux
		},
		"humahttprouter": func(err error) http.Handler {
			router := httprouter.New()
			api := denyhuma.New(humahttprouter.New(router, huma.DefaultConfig("Test", "1")), deny)
			huma.Get(api, "/x", denyhuma.Handler(fail(err)))
			return router
		},
	}
	for routerName, router := range routers {
		for name, err := range denials {
			h := router(err)
			for _, accept := range accepts {
				t.Run(routerName+"/"+name+"/"+accept, func(t *testing.T) {
					fields := []string{"Accept", accept, "Accept-Language", "de"}
					if accept == "" {
						fields = fields[2:]
					}
					want := send(deny.Handler(err), "GET", "/x?a=b", "", fields...)
					got := send(h, "GET", "/x?a=b", "", fields...)
					if diff := cmp.Diff(answerOf(want), answerOf(got)); diff != "" {
						t.Errorf("(-net/http +huma)\n%s", diff)
					}
				})
			}
		}
	}
}

// TestFiber is about a router whose responses are not net/http's.
func TestFiber(t *testing.T) {
	type key struct{}
	deny := newRenderer(t, func(c *render.Config) {
		c.Instance = func(r *http.Request) string { id, _ := r.Context().Value(key{}).(string); return id }
	})
	app := fiber.New()
	app.Use(func(c *fiber.Ctx) error {
		c.Append("Vary", "Cookie")
		return c.Next()
	})
	api := denyhuma.New(humafiber.New(app, huma.DefaultConfig("Test", "1")), deny)
	api.UseMiddleware(func(ctx huma.Context, next func(huma.Context)) {
		ctx = huma.WithValue(ctx, key{}, "urn:x:7")
		ctx.AppendHeader("Set-Cookie", "a=1")
		next(ctx)
	})
	for _, method := range []string{"GET", "HEAD", "POST"} {
		huma.Register(api, huma.Operation{OperationID: method, Method: method, Path: "/x"}, denyhuma.Handler(fail(problem.SignInRequired)))
	}
	plain := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Cookie")
		w.Header().Add("Set-Cookie", "a=1")
		deny.Write(w, r.WithContext(context.WithValue(r.Context(), key{}, "urn:x:7")), problem.SignInRequired)
	})
	for _, method := range []string{"GET", "HEAD", "POST"} {
		for _, accept := range []string{"*/*", "text/html", "multipart/alternative"} {
			r := httptest.NewRequest(method, "/x?a=%20b", nil)
			r.Header.Set("Accept", accept)
			resp, err := app.Test(r, -1)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			want := answerOf(send(plain, method, "/x?a=%20b", "", "Accept", accept))
			got := answer{resp.StatusCode, resp.Header, string(body)}
			got.Header.Del("Date")
			for _, name := range []string{"Vary", "Www-Authenticate"} { // fiber's Append joins lines (RFC 9110 §5.3)
				want.Header[name] = []string{strings.Join(want.Header[name], ", ")}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s by %s: (-net/http +fiber)\n%s", method, accept, diff)
			}
		}
	}
}

// TestFiberKept is about requests that OnDenied keeps: fiber's own strings
// change with the next request of a connection.
func TestFiberKept(t *testing.T) {
	kept := make(chan *http.Request, 3)
	deny := newRenderer(t, func(c *render.Config) {
		c.OnDenied = func(r *http.Request, _ *problem.Problem) { kept <- r }
	})
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	api := denyhuma.New(humafiber.New(app, huma.DefaultConfig("Test", "1")), deny)
	for _, method := range []string{"GET", "POST"} {
		huma.Register(api, huma.Operation{OperationID: method, Method: method, Path: "/{tenant}"}, denyhuma.Handler(fail(problem.SignInRequired)))
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go app.Listener(l)
	defer app.Shutdown()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(conn)
	type part struct{ Method, Host, URL, RequestURI, RemoteAddr, Proto, Field string }
	var want []part
	for i, name := range []string{"a", "b", "c"} {
		method := []string{"GET", "POST"}[i%2]
		fmt.Fprintf(conn, "%[1]s /%[2]s?x=%[2]s HTTP/1.1\r\nHost: tenant-%[2]s.example\r\nX-Forwarded-Proto: %[2]s\r\nX-Field: %[2]s\r\nContent-Length: 0\r\n\r\n", method, name)
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
		uri := fmt.Sprintf("/%[1]s?x=%[1]s", name)
		want = append(want, part{method, "tenant-" + name + ".example", uri, uri, conn.LocalAddr().String(), name, name})
	}
	conn.Close()
	var got []part
	for range want {
		r := <-kept
		got = append(got, part{r.Method, r.Host, r.URL.String(), r.RequestURI, r.RemoteAddr, r.Proto, r.Header.Get("X-Field")})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestFieldsOfTheApplication(t *testing.T) {
	deny := newRenderer(t)
	set := func(set, add func(name, value string)) {
		add("Vary", "Cookie")
		add("Set-Cookie", "a=1")
		add("Set-Cookie", "b=2")
		set("Etag", `"1"`)
		set("Content-Security-Policy", "default-src 'self'")
		set("Cache-Control", "max-age=600")
		add("Link", `</style.css>; rel="preload"`)
		set("Content-Type", "text/csv")
	}
	middleware := func(ctx huma.Context, next func(huma.Context)) {
		set(ctx.SetHeader, ctx.AppendHeader)
		next(ctx)
	}
	want := send(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		set(w.Header().Set, w.Header().Add)
		deny.Write(w, r, problem.SignInRequired)
	}), "GET", "/x", "", "Accept", "text/html")

	t.Run("humago", func(t *testing.T) {
		api, mux := newAPI(deny)
		api.UseMiddleware(middleware)
		huma.Get(api, "/x", denyhuma.Handler(fail(problem.SignInRequired)))
		if diff := cmp.Diff(answerOf(want), answerOf(send(mux, "GET", "/x", "", "Accept", "text/html"))); diff != "" {
			t.Errorf("(-net/http +huma)\n%s", diff)
		}
	})
	t.Run("humahttprouter", func(t *testing.T) {
		router := httprouter.New()
		api := denyhuma.New(humahttprouter.New(router, huma.DefaultConfig("Test", "1")), deny)
		api.UseMiddleware(middleware)
		huma.Get(api, "/x", denyhuma.Handler(fail(problem.SignInRequired)))
		if diff := cmp.Diff(answerOf(want), answerOf(send(router, "GET", "/x", "", "Accept", "text/html"))); diff != "" {
			t.Errorf("(-net/http +huma)\n%s", diff)
		}
	})
	t.Run("of the error", func(t *testing.T) {
		api, mux := newAPI(deny)
		huma.Get(api, "/x", denyhuma.Handler(fail(huma.ErrorWithHeaders(problem.SignInRequired, http.Header{"X-Request-Id": {"7"}}))))
		huma.Get(api, "/y", fail(denyhuma.Wrap(huma.ErrorWithHeaders(problem.SignInRequired, http.Header{"X-Request-Id": {"7"}}))))
		want := send(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Request-Id", "7")
			deny.Write(w, r, problem.SignInRequired)
		}), "GET", "/x", "")
		for _, path := range []string{"/x", "/y"} {
			got := answerOf(send(mux, "GET", path, ""))
			got.Body = strings.ReplaceAll(got.Body, "%2Fy", "%2Fx")
			if diff := cmp.Diff(answerOf(want), got); diff != "" {
				t.Errorf("%s: (-net/http +huma)\n%s", path, diff)
			}
		}
	})
}

// Reasons are variables of a package, and so may an Error be: what one answer
// has in its header is not in the next.
func TestSharedError(t *testing.T) {
	shared := denyhuma.Wrap(problem.PolicyDenied)
	api, mux := newAPI(newRenderer(t))
	theirs := http.NewServeMux()
	other := humago.New(theirs, huma.DefaultConfig("Other", "1"))
	mux.Handle("/other/", theirs)
	type input struct {
		User string `path:"user"`
	}
	cookie := func(in *input) http.Header { return http.Header{"Set-Cookie": {"user=" + in.User}} }
	around := func(_ context.Context, in *input) (*output, error) {
		return nil, huma.ErrorWithHeaders(shared, cookie(in))
	}
	inside := func(_ context.Context, in *input) (*output, error) {
		return nil, denyhuma.Wrap(huma.ErrorWithHeaders(problem.PolicyDenied, cookie(in)))
	}
	huma.Get(api, "/around/{user}", denyhuma.Handler(around))
	huma.Get(api, "/plain/{user}", around)
	huma.Get(other, "/other/around/{user}", around)
	huma.Get(api, "/inside/{user}", denyhuma.Handler(inside))
	huma.Get(other, "/other/inside/{user}", inside)
	var users sync.WaitGroup
	for i := range 8 {
		users.Go(func() {
			for j := range 20 {
				user := strconv.Itoa(100*i + j)
				for _, path := range []string{"/around/", "/plain/", "/other/around/", "/inside/", "/other/inside/"} {
					w := send(mux, "GET", path+user, "")
					if cookies := w.Header()["Set-Cookie"]; w.Code != 403 || len(cookies) > 0 && (len(cookies) > 1 || cookies[0] != "user="+user) {
						t.Errorf("%s for %s: got %d %q", path, user, w.Code, cookies)
					}
					if strings.HasSuffix(path, "/inside/") && len(w.Header()["Set-Cookie"]) != 1 {
						t.Errorf("%s for %s: the fields inside of an Error are lost", path, user)
					}
				}
			}
		})
	}
	users.Wait()
}

type standsForCloak struct{ error }

func (s standsForCloak) As(target any) bool { return errors.As(problem.Cloak(s.error), target) }
func (s standsForCloak) Unwrap() error      { return s.error }

type endless struct{}

func (e *endless) Error() string { return secret }
func (e *endless) Unwrap() error { return e }

// Header fields of what is hidden, or is a cause, are not in the answer.
func TestHiddenFields(t *testing.T) {
	fields := http.Header{"X-Role": {"auditor"}}
	missing := huma.ErrorWithHeaders(problem.RoleMissing, fields)
	tests := []struct {
		name string
		err  error
		want error
	}{
		{"cloaked", problem.Cloak(missing), problem.NotFound},
		{"cloaked, wrapped", fmt.Errorf("wrapped: %w", problem.Cloak(missing)), problem.NotFound},
		{"cloaked Error", problem.Cloak(denyhuma.Wrap(missing)), problem.NotFound},
		{"cloaked inside of an Error", denyhuma.Wrap(denyhuma.Wrap(problem.Cloak(missing))), problem.NotFound},
		{"cloaked by another package", standsForCloak{missing}, problem.NotFound},
		{"cause", problem.PolicyDenied.Because(missing), problem.PolicyDenied},
		{"cause, wrapped", fmt.Errorf("wrapped: %w", problem.PolicyDenied.Because(missing)), problem.PolicyDenied},
		{"outside of a Cloak", huma.ErrorWithHeaders(problem.Cloak(problem.RoleMissing), fields), huma.ErrorWithHeaders(problem.NotFound, fields)},
		{"wrapped", fmt.Errorf("wrapped: %w", missing), missing},
		{"wrapped Error", fmt.Errorf("wrapped: %w", denyhuma.Wrap(missing)), missing},
		{"joined", errors.Join(problem.RoleMissing, missing), missing},
		{"beside an error without an end", errors.Join(problem.RoleMissing, &endless{}), problem.RoleMissing},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answers := func(err error) (out [2]answer) {
				api, mux := newAPI(newRenderer(t))
				huma.Get(api, "/x", denyhuma.Handler(fail(err)))
				out[0] = answerOf(send(mux, "GET", "/x", ""))
				mux = http.NewServeMux()
				huma.Get(humago.New(mux, huma.DefaultConfig("Other", "1")), "/x", denyhuma.Handler(fail(err)))
				out[1] = answerOf(send(mux, "GET", "/x", ""))
				return out
			}
			if diff := cmp.Diff(answers(tt.want), answers(tt.err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

type person struct {
	Body struct {
		Age      int    `json:"age"`
		Password string `json:"password,omitempty" minLength:"30"`
	}
}

func document(t *testing.T, w *httptest.ResponseRecorder) map[string]any {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return doc
}

func TestErrorsOfHuma(t *testing.T) {
	api, mux := newAPI(newRenderer(t), func(c *huma.Config) { c.RejectUnknownQueryParameters = true })
	huma.Register(api, huma.Operation{OperationID: "p", Method: "POST", Path: "/person", MaxBodyBytes: 100},
		func(context.Context, *person) (*output, error) { return &output{}, nil })
	for status := 400; status < 600; status++ {
		huma.Get(api, fmt.Sprintf("/own/%d", status), fail(huma.NewError(status, secret, errors.New(secret))))
	}

	t.Run("validation", func(t *testing.T) {
		w := send(mux, "POST", "/person", `{"age":"x","password":"`+secret+`"}`)
		if strings.Contains(w.Body.String(), secret) {
			t.Errorf("what was sent is in the answer: %s", w.Body)
		}
		doc := document(t, w)
		want := []any{
			map[string]any{"location": "body.age", "message": "expected integer"},
			map[string]any{"location": "body.password", "message": "expected length >= 30"},
		}
		if diff := cmp.Diff(want, doc["errors"], cmp.Transformer("sort", func(in []any) map[string]any {
			out := map[string]any{}
			for _, v := range in {
				out[fmt.Sprint(v)] = v
			}
			return out
		})); diff != "" || w.Code != 422 || doc["title"] != "Unprocessable Content" {
			t.Errorf("%d %s\n(-want +got)\n%s", w.Code, w.Body, diff)
		}
	})
	t.Run("validation in another form", func(t *testing.T) {
		w := send(mux, "POST", "/person", `{"age":"x"}`, "Accept", "text/html", "Accept-Language", "de")
		if got := w.Header().Get("Content-Language"); w.Code != 422 || got != "de" || !strings.HasPrefix(w.Body.String(), "<!DOCTYPE html>") {
			t.Errorf("%d in %q: %s", w.Code, got, w.Body)
		}
	})
	rows := []struct {
		name, method, target, body, contentType string
		status                                  int
	}{
		{"too large", "POST", "/person", `{"age":7` + strings.Repeat(" ", 200) + `}`, "application/json", 413},
		{"unknown query parameter", "POST", "/person?x=" + strings.ReplaceAll(secret, " ", "+"), `{"age":7}`, "", 422},
		{"no JSON", "POST", "/person", secret, "application/json", 400},
		{"another type", "POST", "/person", "<a/>", "application/xml", 415},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			w := send(mux, row.method, row.target, row.body, "Content-Type", row.contentType)
			doc := document(t, w)
			if w.Code != row.status || doc["status"] != float64(row.status) || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if strings.Contains(w.Body.String(), secret) {
				t.Errorf("what was sent is in the answer: %s", w.Body)
			}
		})
	}
	codes := map[int]string{401: "sign-in-required", 402: "payment-required", 403: "policy-denied", 404: "not-found",
		407: "proxy-auth-required", 425: "too-early", 428: "precondition-required", 429: "rate-limited", 451: "legal-block"}
	for status := 400; status < 600; status++ {
		w := send(mux, "GET", fmt.Sprintf("/own/%d", status), "")
		want := status
		if problem.StatusText(status) == "" {
			want = 400
			if status >= 500 {
				want = 500
			}
		}
		doc := document(t, w)
		code, _ := doc["code"].(string)
		if w.Code != want || code != codes[status] || strings.Contains(w.Body.String(), secret) {
			t.Errorf("%d: got %d %s", status, w.Code, w.Body)
		}
		if challenges := len(w.Header()["Www-Authenticate"]); status == 401 && challenges != 2 {
			t.Errorf("%d challenges with a 401", challenges)
		}
	}
}

func TestChallengesOfHuma(t *testing.T) {
	api, mux := newAPI(newRenderer(t))
	huma.Get(api, "/401", fail(huma.ErrorWithHeaders(huma.Error401Unauthorized(secret), http.Header{"WWW-Authenticate": {`DPoP algs="ES256"`, `Bearer realm="other"`}})))
	huma.Get(api, "/503", denyhuma.Handler(fail(huma.ErrorWithHeaders(huma.Error503ServiceUnavailable(secret), http.Header{"Retry-After": {"17"}}))))
	if diff := cmp.Diff([]string{`DPoP algs="ES256"`, `Bearer realm="other"`}, send(mux, "GET", "/401", "").Header()["Www-Authenticate"]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := send(mux, "GET", "/503", "").Header()["Retry-After"]; len(got) != 1 || got[0] != "17" {
		t.Errorf("Retry-After: %q", got)
	}
}

func TestLeftAlone(t *testing.T) {
	api, mux := newAPI(newRenderer(t))
	huma.Get(api, "/304", fail(huma.Status304NotModified()))
	huma.Get(api, "/own", denyhuma.Handler(fail(ownError{})))
	huma.Get(api, "/ok", func(context.Context, *struct{}) (*output, error) {
		out := &output{}
		out.Body.OK = true
		return out, nil
	})
	if w := send(mux, "GET", "/304", ""); w.Code != 304 || w.Body.Len() > 0 {
		t.Errorf("304: got %d %s", w.Code, w.Body)
	}
	if w := send(mux, "GET", "/own", ""); w.Code != 418 || w.Body.String() != "{\"Mine\":true}\n" {
		t.Errorf("own type: got %d %s", w.Code, w.Body)
	}
	if w := send(mux, "GET", "/ok", ""); w.Code != 200 || !strings.Contains(w.Body.String(), `"OK":true`) || w.Header().Get("Link") == "" {
		t.Errorf("no error: got %d %v %s", w.Code, w.Header(), w.Body)
	}
}

type ownError struct{}

func (ownError) Error() string                { return secret }
func (ownError) GetStatus() int               { return 418 }
func (ownError) MarshalJSON() ([]byte, error) { return []byte(`{"Mine":true}`), nil }

type guarded struct {
	Token string `header:"X-Token"`
	Age   int    `query:"age" minimum:"18"`
}

func (g *guarded) Resolve(huma.Context) []error {
	if g.Token == "" {
		return []error{denyhuma.Wrap(problem.APIKeyMissing)}
	}
	return nil
}

// sealed is a value that a service opens, which may fail with any text.
type sealed struct{ V string }

func (*sealed) UnmarshalText([]byte) error       { return errors.New(secret) }
func (*sealed) UnmarshalJSON([]byte) error       { return errors.New(secret) }
func (sealed) Schema(huma.Registry) *huma.Schema { return &huma.Schema{Type: "string"} }

type ledgerRow struct {
	Amount int `json:"amount"`
}

// details is what the rows of TestDetails send.
type details struct {
	Sealed sealed     `query:"sealed"`
	Addr   netip.Addr `query:"addr"`
	Count  int        `query:"count"`
	Body   *struct {
		Sealed *sealed    `json:"sealed,omitempty"`
		Row    *ledgerRow `json:"row,omitempty"`
		Email  string     `json:"email,omitempty" format:"email"`
		URI    string     `json:"uri,omitempty" format:"uri"`
		ID     string     `json:"id,omitempty" format:"uuid"`
		Regex  string     `json:"regex,omitempty" format:"regex"`
		Wait   string     `json:"wait,omitempty" format:"duration"`
	}
}

func (d *details) Resolve(huma.Context) []error {
	if d.Count == 7 {
		return []error{&huma.ErrorDetail{Location: "body.count", Message: "invalid value: seven is taken", Value: 7}}
	}
	return nil
}

// TestDetails is about the texts of other errors in what huma says of a
// request, which may hold what was sent, and more.
func TestDetails(t *testing.T) {
	t.Setenv("TMPDIR", "/nowhere/hunter2")
	api, mux := newAPI(newRenderer(t))
	for path, lax := range map[string]bool{"/x": false, "/lax": true} {
		huma.Register(api, huma.Operation{OperationID: path, Method: "POST", Path: path, SkipValidateBody: lax},
			func(context.Context, *details) (*output, error) { return &output{}, nil })
	}
	huma.Post(api, "/form", func(context.Context, *struct{ RawBody multipart.Form }) (*output, error) { return &output{}, nil })
	huma.Post(api, "/image", func(context.Context, *struct {
		RawBody huma.MultipartFormFiles[struct {
			Image huma.FormFile `form:"image" contentType:"image/png"`
		}]
	}) (*output, error) {
		return &output{}, nil
	})
	form := func(size int) (body, contentType string) {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="image"; filename="a"`}, "Content-Type": {"text/hunter2"}})
		if err != nil {
			t.Fatal(err)
		}
		part.Write(bytes.Repeat([]byte("x"), size))
		w.Close()
		return b.String(), w.FormDataContentType()
	}
	large, largeType := form(20 << 20)
	small, smallType := form(1)
	for _, row := range []struct{ name, target, contentType, body, location, message string }{
		{"parameter", "/x?sealed=x", "", "", "query.sealed", "invalid value"},
		{"parameter with its value", "/x?addr=hunter2", "", "", "query.addr", "invalid value"},
		{"body", "/x", "", `{"sealed":"x"}`, "body", "cannot be decoded"},
		{"names of Go types", "/lax", "", `{"row":{"amount":"hunter2"}}`, "body", "cannot be decoded"},
		{"form", "/form", largeType, large, "body", "cannot read multipart form"},
		{"type of a file", "/image", smallType, small, "image", "Invalid mime type"},
		{"type", "/x", "text/hunter2", `{}`, "body", "cannot be decoded"},
		{"email", "/x", "", `{"email":"hunter2 <"}`, "body.email", "expected string to be RFC 5322 email"},
		{"uri", "/x", "", `{"uri":"http://hunter2:%zz"}`, "body.uri", "expected string to be RFC 3986 uri"},
		{"uuid", "/x", "", `{"id":"hunter2"}`, "body.id", "expected string to be RFC 4122 uuid"},
		{"regex", "/x", "", `{"regex":"hunter2["}`, "body.regex", "expected string to be regex"},
		{"duration", "/x", "", `{"wait":"hunter2"}`, "body.wait", "expected duration"},

		{"what huma says itself", "/x?count=x", "", "", "query.count", "invalid integer"},
		{"of the whole body", "/x", "", `"hunter2"`, "body", "expected object"},
		{"the syntax of JSON", "/x", "", `{"id":`, "body", "unexpected end of JSON input"},
		{"what the application says", "/x?count=7", "", "", "body.count", "invalid value: seven is taken"},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := send(mux, "POST", row.target, row.body, "Content-Type", row.contentType)
			want := []any{map[string]any{"location": row.location, "message": row.message}}
			if diff := cmp.Diff(want, document(t, w)["errors"]); diff != "" {
				t.Errorf("%d %s\n(-want +got)\n%s", w.Code, w.Body, diff)
			}
			if got := w.Body.String(); strings.Contains(got, "hunter2") || strings.Contains(got, secret) || strings.Contains(got, "Go ") {
				t.Errorf("more is in the answer: %s", got)
			}
		})
	}
}

// TestNil returns pointers that are nil in errors that are not.
func TestNil(t *testing.T) {
	api, mux := newAPI(newRenderer(t))
	huma.Get(api, "/error", fail((*denyhuma.Error)(nil)))
	huma.Get(api, "/error/handler", denyhuma.Handler(fail((*denyhuma.Error)(nil))))
	huma.Get(api, "/error/joined", denyhuma.Handler(fail(errors.Join(errors.New(secret), (*denyhuma.Error)(nil)))))
	huma.Get(api, "/model", denyhuma.Handler(fail((*huma.ErrorModel)(nil))))
	huma.Get(api, "/detail", denyhuma.Handler(fail(huma.Error422UnprocessableEntity("", (*denyhuma.Error)(nil)))))
	want := send(newRenderer(t).Handler(nil), "GET", "/error", "")
	for target, status := range map[string]int{"/error": want.Code, "/error/handler": want.Code, "/error/joined": want.Code, "/model": 500, "/detail": want.Code} {
		w := send(mux, "GET", target, "")
		if w.Code != status || strings.Contains(w.Body.String(), secret) || want.Code == status && w.Body.String() != want.Body.String() {
			t.Errorf("%s: got %d %s", target, w.Code, w.Body)
		}
	}
	mux = http.NewServeMux()
	huma.Get(humago.New(mux, huma.DefaultConfig("Test", "1")), "/error", fail((*denyhuma.Error)(nil)))
	if w := send(mux, "GET", "/error", ""); w.Code != want.Code {
		t.Errorf("in another API: got %d %s", w.Code, w.Body)
	}
}

func TestResolver(t *testing.T) {
	deny := newRenderer(t)
	handler := func(context.Context, *guarded) (*output, error) { return &output{}, nil }
	api, mux := newAPI(deny)
	huma.Get(api, "/x", handler)
	want := answerOf(send(deny.Handler(problem.APIKeyMissing), "GET", "/x?age=7", "", "Accept", "text/plain"))
	if diff := cmp.Diff(want, answerOf(send(mux, "GET", "/x?age=7", "", "Accept", "text/plain"))); diff != "" {
		t.Errorf("(-net/http +huma)\n%s", diff)
	}
	if w := send(mux, "GET", "/x?age=7", "", "X-Token", "x"); w.Code != 422 {
		t.Errorf("with a token: got %d %s", w.Code, w.Body)
	}
	if w := send(mux, "GET", "/x?age=70", "", "X-Token", "x"); w.Code != 200 {
		t.Errorf("with a token and an age: got %d %s", w.Code, w.Body)
	}

	// In an API that is not ours, huma's own model holds the document.
	plain := http.NewServeMux()
	huma.Get(humago.New(plain, huma.DefaultConfig("Test", "1")), "/x", handler)
	w := send(plain, "GET", "/x?age=70", "")
	doc := document(t, w)
	errs, _ := doc["errors"].([]any)
	if w.Code != 401 || len(errs) != 1 || errs[0].(map[string]any)["value"].(map[string]any)["code"] != "api-key-missing" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestMiddleware is about denials by huma.WriteErr, and what a middleware sees
// of a denial.
func TestMiddleware(t *testing.T) {
	api, mux := newAPI(newRenderer(t))
	var seen []int
	api.UseMiddleware(
		func(ctx huma.Context, next func(huma.Context)) {
			if r, _ := humago.Unwrap(ctx); r.URL.Path != "/x" {
				t.Errorf("Unwrap found a request for %s", r.URL.Path)
			}
			next(ctx)
			seen = append(seen, ctx.Status())
		},
		func(ctx huma.Context, next func(huma.Context)) {
			if ctx.Query("stop") != "" {
				huma.WriteErr(api, ctx, 403, secret, denyhuma.Wrap(problem.NotAMember))
				return
			}
			next(huma.WithValue(ctx, "a", "b"))
		})
	huma.Get(api, "/x", denyhuma.Handler(fail(problem.SignInRequired)))
	if doc := document(t, send(mux, "GET", "/x?stop=1", "")); doc["code"] != "not-a-member" {
		t.Errorf("WriteErr: got %v", doc)
	}
	if doc := document(t, send(mux, "GET", "/x", "")); doc["code"] != "sign-in-required" {
		t.Errorf("handler: got %v", doc)
	}
	if diff := cmp.Diff([]int{403, 401}, seen); diff != "" {
		t.Errorf("Status (-want +got)\n%s", diff)
	}
}

// TestAutoPatch is about handlers that huma registers beside the operations.
// TestEarlyHints sends a 103 before the denial, which is not the answer.
func TestEarlyHints(t *testing.T) {
	register := func(api huma.API) {
		api.UseMiddleware(func(ctx huma.Context, next func(huma.Context)) {
			ctx.SetHeader("Link", "</a.css>; rel=preload")
			ctx.SetHeader("Etag", `"1"`)
			ctx.SetStatus(http.StatusEarlyHints)
			next(ctx)
		})
		huma.Get(api, "/denied", denyhuma.Handler(fail(problem.EmailUnverified)))
		huma.Get(api, "/fine", denyhuma.Handler(func(context.Context, *struct{}) (*output, error) { return &output{}, nil }))
	}
	check := func(t *testing.T, name string, status int, h http.Header) {
		t.Helper()
		want, etag := 403, ""
		if name == "/fine" {
			want, etag = 200, `"1"`
		}
		if status != want || h.Get("Etag") != etag || !strings.HasPrefix(h.Get("Link"), "</a.css>; rel=preload") {
			t.Errorf("%s: got %d %v", name, status, h)
		}
	}
	api, mux := newAPI(newRenderer(t))
	register(api)
	router := httprouter.New()
	register(denyhuma.New(humahttprouter.New(router, huma.DefaultConfig("Test", "1")), newRenderer(t)))
	for kind, h := range map[string]http.Handler{"humago": mux, "humahttprouter": router} {
		s := httptest.NewServer(h)
		defer s.Close()
		for _, path := range []string{"/denied", "/fine"} {
			hints := ""
			r, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
				Got1xxResponse: func(status int, h textproto.MIMEHeader) error {
					hints = fmt.Sprint(status, h.Get("Link"))
					return nil
				},
			}), "GET", s.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := s.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			check(t, path, resp.StatusCode, resp.Header)
			if hints != "103</a.css>; rel=preload" && kind == "humago" {
				t.Errorf("%s: the hints are %q", path, hints)
			}
		}
	}
	app := fiber.New()
	register(denyhuma.New(humafiber.New(app, huma.DefaultConfig("Test", "1")), newRenderer(t)))
	for _, path := range []string{"/denied", "/fine"} {
		resp, err := app.Test(httptest.NewRequest("GET", path, nil), -1)
		if err != nil {
			t.Fatal(err)
		}
		check(t, path, resp.StatusCode, resp.Header)
	}
}

func TestAutoPatch(t *testing.T) {
	api, mux := newAPI(newRenderer(t))
	huma.Get(api, "/x", func(context.Context, *struct{}) (*output, error) { return &output{}, nil })
	huma.Put(api, "/x", func(context.Context, *struct{ Body struct{ OK bool } }) (*output, error) {
		return nil, denyhuma.Wrap(problem.ReadOnly)
	})
	autopatch.AutoPatch(api)
	w := send(mux, "PATCH", "/x", "a,b", "Content-Type", "text/csv", "Accept", "text/plain")
	if w.Code != 415 || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("got %d %v %s", w.Code, w.Header(), w.Body)
	}
	w = send(mux, "PATCH", "/x", `{"OK":true}`, "Content-Type", "application/merge-patch+json")
	if doc := document(t, w); w.Code != 403 || doc["code"] != "read-only" {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestAlreadyWritten(t *testing.T) {
	var told []*problem.Problem
	deny := newRenderer(t, func(c *render.Config) {
		c.OnDenied = func(_ *http.Request, p *problem.Problem) { told = append(told, p) }
	})
	api, mux := newAPI(deny)
	huma.Register(api, huma.Operation{OperationID: "x", Method: "GET", Path: "/x", Middlewares: huma.Middlewares{
		func(ctx huma.Context, next func(huma.Context)) {
			ctx.SetHeader("Content-Type", "text/plain")
			io.WriteString(ctx.BodyWriter(), "done")
			next(ctx)
		}}}, denyhuma.Handler(fail(problem.SignInRequired)))
	w := send(mux, "GET", "/x", "")
	want := answer{200, http.Header{"Content-Type": {"text/plain"}}, "done"}
	if diff := cmp.Diff(want, answerOf(w)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	// Some routers send header fields later than net/http does.
	if diff := cmp.Diff(want.Header, w.Header()); diff != "" {
		t.Errorf("fields set afterwards (-want +got)\n%s", diff)
	}
	if len(told) != 1 || told[0].Reason != problem.SignInRequired {
		t.Errorf("OnDenied was told %v", told)
	}
}

type humaContext = huma.Context

// writing is a context of a middleware with a writer of its own.
type writing struct {
	humaContext
	body io.Writer
}

func (c *writing) BodyWriter() io.Writer { return c.body }

// zipping is a context that compresses what is written to it.
type zipping struct {
	humaContext
	body *gzip.Writer
}

func (c *zipping) BodyWriter() io.Writer {
	if c.body == nil {
		c.body = gzip.NewWriter(c.humaContext.BodyWriter())
	}
	return c.body
}

// TestWritersOfMiddleware is about middlewares that ask for the writer before
// anything is written.
func TestWritersOfMiddleware(t *testing.T) {
	middlewares := map[string]func(huma.Context, func(huma.Context)){
		"asks": func(ctx huma.Context, next func(huma.Context)) {
			ctx.BodyWriter()
			next(ctx)
		},
		"tee": func(ctx huma.Context, next func(huma.Context)) {
			var seen bytes.Buffer
			if next(&writing{ctx, io.MultiWriter(ctx.BodyWriter(), &seen)}); ctx.Status() >= 400 && seen.Len() > 0 {
				t.Errorf("huma has written %s", &seen)
			}
		},
		"gzip": func(ctx huma.Context, next func(huma.Context)) {
			zip := gzip.NewWriter(ctx.BodyWriter())
			defer zip.Close()
			ctx.SetHeader("Content-Encoding", "gzip")
			next(&writing{ctx, zip})
		},
		"gzip, once there is a body": func(ctx huma.Context, next func(huma.Context)) {
			ctx.SetHeader("content-encoding", "gzip")
			zip := &zipping{humaContext: ctx}
			if next(zip); zip.body != nil {
				zip.body.Close()
			}
		},
		"buffer": func(ctx huma.Context, next func(huma.Context)) {
			w := bufio.NewWriter(ctx.BodyWriter())
			defer w.Flush()
			next(&writing{ctx, w})
		},
	}
	type input struct {
		Age int `query:"age" minimum:"18"`
	}
	register := func(api huma.API, middleware func(huma.Context, func(huma.Context))) {
		api.UseMiddleware(middleware)
		group := huma.NewGroup(api, "/group")
		group.UseTransformer(func(ctx huma.Context, _ string, v any) (any, error) {
			e, ok := v.(huma.StatusError)
			_, found := problem.Find(e)
			if u := ctx.URL(); !ok || e.GetStatus() < 400 || found != strings.HasSuffix(u.Path, "/denied") {
				t.Errorf("%s: a transformer saw %T", u.Path, v)
			}
			return v, nil
		})
		for _, a := range []huma.API{api, group} {
			huma.Get(a, "/denied", denyhuma.Handler(fail(problem.SignInRequired)))
			huma.Get(a, "/own", fail(huma.Error403Forbidden(secret)))
			huma.Get(a, "/valid", func(context.Context, *input) (*text, error) { return ok() })
		}
	}
	routers := map[string]func(*testing.T, func(huma.Context, func(huma.Context))) http.Handler{
		"humago": func(t *testing.T, middleware func(huma.Context, func(huma.Context))) http.Handler {
			api, mux := newAPI(newRenderer(t))
			register(api, middleware)
			return mux
		},
		"humahttprouter": func(t *testing.T, middleware func(huma.Context, func(huma.Context))) http.Handler {
			router := httprouter.New()
			register(denyhuma.New(humahttprouter.New(router, huma.DefaultConfig("Test", "1")), newRenderer(t)), middleware)
			return router
		},
		"humafiber": func(t *testing.T, middleware func(huma.Context, func(huma.Context))) http.Handler {
			app := fiber.New()
			api := denyhuma.New(humafiber.New(app, huma.DefaultConfig("Test", "1")), newRenderer(t))
			register(api, middleware)
			return http.HandlerFunc(api.Adapter().ServeHTTP)
		},
	}
	for routerName, router := range routers {
		for name, middleware := range middlewares {
			t.Run(routerName+"/"+name, func(t *testing.T) {
				h := router(t, middleware)
				for target, want := range map[string]int{"/denied": 401, "/own": 403, "/valid?age=x": 422} {
					for _, target := range []string{target, "/group" + target} {
						w := send(h, "GET", target, "", "Accept", "application/json")
						if strings.Contains(w.Body.String(), secret) {
							t.Errorf("%s: the text of an error is in the answer: %s", target, w.Body)
						}
						if doc := document(t, w); w.Code != want || doc["status"] != float64(want) || w.Header().Get("Content-Encoding") != "" || len(w.Header()["Www-Authenticate"]) == 0 == (want == 401) {
							t.Errorf("%s: got %d %v %s", target, w.Code, w.Header(), w.Body)
						}
					}
				}
				w := send(h, "GET", "/valid?age=20", "")
				body := io.Reader(w.Body)
				if w.Header().Get("Content-Encoding") == "gzip" {
					var err error
					if body, err = gzip.NewReader(body); err != nil {
						t.Fatal(err)
					}
				}
				if b, err := io.ReadAll(body); w.Code != 200 || string(b) != "ok" || err != nil || w.Header().Get("Content-Type") != "text/plain" {
					t.Errorf("no error: got %d %v %s %v", w.Code, w.Header(), b, err)
				}
			})
		}
	}
}

// TestWriter is about what handlers do with the writer besides writing to it.
func TestWriter(t *testing.T) {
	api, mux := newAPI(newRenderer(t))
	early := func(ctx huma.Context) http.ResponseWriter { return ctx.BodyWriter().(http.ResponseWriter) }
	must := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	rows := map[string]struct {
		before func(huma.Context)
		status int
	}{
		"/asked":      {func(ctx huma.Context) { early(ctx) }, 401},
		"/written":    {func(ctx huma.Context) { io.WriteString(early(ctx), "mine") }, 200},
		"/none":       {func(ctx huma.Context) { io.Copy(early(ctx), iotest.ErrReader(io.ErrUnexpectedEOF)) }, 401},
		"/copied":     {func(ctx huma.Context) { io.Copy(early(ctx), io.LimitReader(strings.NewReader("mine, too"), 4)) }, 200},
		"/error":      {func(ctx huma.Context) { http.Error(early(ctx), "mine", http.StatusTeapot) }, 418},
		"/status":     {func(ctx huma.Context) { early(ctx).WriteHeader(http.StatusAccepted) }, 202},
		"/early":      {func(ctx huma.Context) { early(ctx).WriteHeader(http.StatusEarlyHints) }, 401},
		"/flush":      {func(ctx huma.Context) { early(ctx).(http.Flusher).Flush() }, 200},
		"/controller": {func(ctx huma.Context) { must(http.NewResponseController(early(ctx)).Flush()) }, 200},
		"/unwrapped": {func(ctx huma.Context) {
			io.WriteString(early(ctx).(interface{ Unwrap() http.ResponseWriter }).Unwrap(), "mine")
		}, 200},
		"/deadline": {func(ctx huma.Context) {
			c := http.NewResponseController(early(ctx))
			must(errors.Join(c.SetWriteDeadline(time.Now().Add(time.Minute)), c.SetReadDeadline(time.Now().Add(time.Minute)), c.EnableFullDuplex()))
		}, 401},
		"/hijack": {func(ctx huma.Context) {
			conn, _, err := http.NewResponseController(early(ctx)).Hijack()
			if must(err); err == nil {
				io.WriteString(conn, "HTTP/1.1 299 Mine\r\nX-Before: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
				conn.Close()
			}
		}, 299},
	}
	for path, row := range rows {
		huma.Register(api, huma.Operation{OperationID: path, Method: "GET", Path: path, Middlewares: huma.Middlewares{
			func(ctx huma.Context, next func(huma.Context)) {
				ctx.SetHeader("X-Before", "1")
				ctx.SetHeader("Content-Type", "text/csv")
				row.before(ctx)
				kept := ctx.BodyWriter()
				next(ctx)
				if w, ok := kept.(http.ResponseWriter); ok && row.status == 401 {
					w.WriteHeader(http.StatusOK)
					io.WriteString(w, "after")
					io.Copy(w, strings.NewReader("after"))
				}
			}}}, denyhuma.Handler(fail(problem.SignInRequired)))
	}
	sse.Register(api, huma.Operation{OperationID: "events", Method: "GET", Path: "/events"}, map[string]any{"message": output{}.Body},
		func(_ context.Context, _ *struct{}, send sse.Sender) { must(send.Data(output{}.Body)) })
	var complaints bytes.Buffer
	server := httptest.NewUnstartedServer(mux)
	server.Config.ErrorLog = log.New(&complaints, "", 0)
	server.Start()
	defer server.Close()
	get := func(path string) (*http.Response, string) {
		resp, err := server.Client().Get(server.URL + path)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		return resp, string(body)
	}
	for path, row := range rows {
		resp, body := get(path)
		if resp.StatusCode != row.status || resp.Header.Get("X-Before") != "1" || strings.Contains(body, "after") || (row.status == 401) != strings.Contains(body, "sign-in") {
			t.Errorf("%s: got %d %v %s", path, resp.StatusCode, resp.Header, body)
		}
		if got := resp.Header.Get("Content-Type"); path == "/error" && got != "text/plain; charset=utf-8" {
			t.Errorf("http.Error set another Content-Type than %q", got)
		}
	}
	if resp, body := get("/events"); resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" || body != "data: {\"OK\":false}\n\n" {
		t.Errorf("events: got %d %v %q", resp.StatusCode, resp.Header, body)
	}
	server.Close()
	if complaints.Len() > 0 {
		t.Errorf("net/http complains: %s", &complaints)
	}
}

// TestNoFormatFallback is about a client that accepts nothing that huma writes.
func TestNoFormatFallback(t *testing.T) {
	deny := newRenderer(t)
	api, mux := newAPI(deny, func(c *huma.Config) { c.NoFormatFallback = true })
	huma.Get(api, "/x", denyhuma.Handler(fail(problem.SignInRequired)))
	huma.Get(api, "/ok", func(context.Context, *struct{}) (*output, error) { return &output{}, nil })
	want := answerOf(send(deny.Handler(problem.SignInRequired), "GET", "/x", "", "Accept", "text/html"))
	if diff := cmp.Diff(want, answerOf(send(mux, "GET", "/x", "", "Accept", "text/html"))); diff != "" {
		t.Errorf("(-net/http +huma)\n%s", diff)
	}
	w := send(mux, "GET", "/ok", "", "Accept", "text/html")
	if w.Code != 406 || !strings.HasPrefix(w.Body.String(), "<!DOCTYPE html>") {
		t.Errorf("no error: got %d %s", w.Code, w.Body)
	}
}

// TestBadAccept is about an Accept on which huma panics.
func TestBadAccept(t *testing.T) {
	deny := newRenderer(t)
	api, mux := newAPI(deny)
	huma.Get(api, "/x", denyhuma.Handler(fail(problem.SignInRequired)))
	huma.Get(api, "/ok", func(context.Context, *struct{}) (*output, error) { return &output{}, nil })
	for _, accept := range []string{"text/html;q=1, ;, ,", ";", ",", ";,", "a;q", "a;,b;"} {
		want := answerOf(send(deny.Handler(problem.SignInRequired), "GET", "/x", "", "Accept", accept))
		if diff := cmp.Diff(want, answerOf(send(mux, "GET", "/x", "", "Accept", accept))); diff != "" {
			t.Errorf("%q: (-net/http +huma)\n%s", accept, diff)
		}
		if w := send(mux, "GET", "/ok", "", "Accept", accept); w.Code != 200 || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%q, no error: got %d %v", accept, w.Code, w.Header())
		}
	}
}

// TestOtherAPI is about an Error in an API that New did not make.
func TestOtherAPI(t *testing.T) {
	mux := http.NewServeMux()
	config := huma.DefaultConfig("Test", "1")
	config.Formats = map[string]huma.Format{
		"application/json": huma.DefaultJSONFormat,
		"json":             huma.DefaultJSONFormat,
		"application/cbor": {Marshal: func(io.Writer, any) error { return errors.New("nobody can read this") }},
	}
	api := humago.New(mux, config)
	deny := newRenderer(t)
	huma.Get(api, "/x", denyhuma.Handler(fail(errors.Join(problem.SignInRequired, problem.EmailUnverified))))
	huma.Get(api, "/y", fail(&denyhuma.Error{Err: problem.SignInRequired, Renderer: deny}))
	huma.Get(api, "/z", denyhuma.Handler(fail(errors.New(secret))))

	for _, accept := range []string{"application/json", "application/cbor", "text/html"} {
		w := send(mux, "GET", "/x", "", "Accept", accept)
		p, err := problem.Decode(w.Header().Get("Content-Type"), w.Body)
		if err != nil {
			t.Fatalf("%s: %v", accept, err)
		}
		if w.Code != 401 || p.Reason.Code() != "sign-in-required" || len(p.Also) != 1 || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: got %d %v %+v", accept, w.Code, w.Header(), p)
		}
		if diff := cmp.Diff([]string{`Bearer realm="restricted"`}, w.Header()["Www-Authenticate"]); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", accept, diff)
		}
	}
	w := send(mux, "GET", "/y", "")
	if diff := cmp.Diff([]string{`Bearer realm="api"`, `Basic realm="api", charset="UTF-8"`}, w.Header()["Www-Authenticate"]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if w := send(mux, "GET", "/z", ""); w.Code != 500 || strings.Contains(w.Body.String(), secret) || document(t, w)["status"] != 500.0 {
		t.Errorf("foreign: got %d %s", w.Code, w.Body)
	}
	if got := denyhuma.Wrap(nil).GetStatus(); got != 403 {
		t.Errorf("nil: status %d", got)
	}
}

func TestOverrideNewError(t *testing.T) {
	var faults []error
	deny := newRenderer(t, func(c *render.Config) { c.OnFault = func(err error) { faults = append(faults, err) } })
	api, ours := newAPI(deny)
	theirs := http.NewServeMux()
	foreign := errors.New(secret)
	for _, a := range []huma.API{api, humago.New(theirs, huma.DefaultConfig("Other", "1"))} {
		huma.Get(a, "/x", fail(problem.SignInRequired))
		huma.Get(a, "/foreign", fail(foreign))
	}
	before := send(theirs, "GET", "/x", "").Body.String()
	if w := send(ours, "GET", "/x", ""); w.Code != 500 || strings.Contains(w.Body.String(), "sign") {
		t.Errorf("before: got %d %s; without Handler, huma has made a 500 of it", w.Code, w.Body)
	}

	restore := denyhuma.OverrideNewError()
	want := answerOf(send(deny.Handler(problem.SignInRequired), "GET", "/x", "", "Accept", "text/html"))
	if diff := cmp.Diff(want, answerOf(send(ours, "GET", "/x", "", "Accept", "text/html"))); diff != "" {
		t.Errorf("(-net/http +huma)\n%s", diff)
	}
	if w := send(ours, "GET", "/foreign", ""); w.Code != 500 || len(faults) != 1 || !errors.Is(faults[0], foreign) {
		t.Errorf("foreign: got %d and faults %v", w.Code, faults)
	}
	if got := send(theirs, "GET", "/x", "").Body.String(); got != before {
		t.Errorf("another API now gets %s, and got %s", got, before)
	}
	restore()
	if w := send(ours, "GET", "/x", ""); w.Code != 500 {
		t.Errorf("after restoring: got %d", w.Code)
	}
}

func TestOpenAPI(t *testing.T) {
	api, mux := newAPI(newRenderer(t))
	huma.Register(api, huma.Operation{OperationID: "x", Method: "GET", Path: "/x", Errors: []int{401, 404, 429}},
		denyhuma.Handler(fail(errors.Join(
			&problem.Problem{Reason: problem.RateLimited, RetryAfter: time.Minute, Extensions: map[string]any{"limit": 7}},
			problem.NeedScope("a")))))
	huma.Get(huma.NewGroup(api, "/v2"), "/y", denyhuma.Handler(fail(problem.SignInRequired)))
	huma.Register(api, huma.Operation{OperationID: "hidden", Method: "GET", Path: "/hidden", Hidden: true}, fail(nil))

	w := send(mux, "GET", "/openapi.json", "")
	var doc struct {
		Paths map[string]map[string]struct {
			Responses map[string]struct {
				Headers map[string]any
				Content map[string]struct {
					Schema struct {
						Ref string `json:"$ref"`
					}
				}
			}
		}
		Components struct {
			Schemas map[string]struct {
				Properties           map[string]any
				AdditionalProperties any
			}
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	fields := map[string][]string{"401": {"WWW-Authenticate"}, "404": nil, "429": {"Retry-After"}}
	for status, want := range fields {
		r := doc.Paths["/x"]["get"].Responses[status]
		if ref := r.Content["application/problem+json"].Schema.Ref; ref != "#/components/schemas/ProblemDocument" {
			t.Errorf("%s: schema %q", status, ref)
		}
		var got []string
		for name := range r.Headers {
			got = append(got, name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: header fields (-want +got)\n%s", status, diff)
		}
	}
	if r := doc.Paths["/v2/y"]["get"].Responses["default"]; len(r.Headers) != 2 || r.Content["application/problem+json"].Schema.Ref == "" {
		t.Errorf("of a group: %+v", r)
	}
	if _, ok := doc.Paths["/hidden"]; ok {
		t.Error("a hidden operation is shown")
	}
	schema := doc.Components.Schemas["ProblemDocument"]
	if _, ok := schema.Properties["$schema"]; ok || schema.AdditionalProperties != true || schema.Properties["next"] == nil {
		t.Errorf("schema: %+v", schema)
	}
	if _, ok := doc.Components.Schemas["ErrorModel"]; ok {
		t.Error("huma's ErrorModel is still documented")
	}

	// What is sent fits the schema.
	registry := api.OpenAPI().Components.Schemas
	full := registry.Map()["ProblemDocument"]
	for _, path := range []string{"/x", "/v2/y"} {
		var body any
		if err := json.Unmarshal(send(mux, "GET", path, "").Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
		var result huma.ValidateResult
		huma.Validate(registry, full, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, body, &result)
		if len(result.Errors) > 0 {
			t.Errorf("%s: %v in %v", path, result.Errors, body)
		}
	}
	// And the schema can say no.
	var result huma.ValidateResult
	huma.Validate(registry, full, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, map[string]any{"type": "about:blank", "status": "x", "next": 1.0}, &result)
	if len(result.Errors) < 3 {
		t.Errorf("a bad document has %v", result.Errors)
	}
}

func TestMux(t *testing.T) {
	deny := newRenderer(t)
	api, mux := newAPI(deny)
	huma.Get(api, "/x", func(context.Context, *struct{}) (*output, error) { return &output{}, nil })
	mux.Handle("/folder/", http.NotFoundHandler())
	h := denyhuma.Mux(mux, deny)
	if w := send(h, "GET", "/x", ""); w.Code != 200 {
		t.Errorf("a path that is there: got %d", w.Code)
	}
	if diff := cmp.Diff(answerOf(send(deny.Handler(problem.NotFound), "GET", "/y", "", "Accept", "text/html")), answerOf(send(h, "GET", "/y", "", "Accept", "text/html"))); diff != "" {
		t.Errorf("(-net/http +mux)\n%s", diff)
	}
	w := send(h, "DELETE", "/x", "")
	if doc := document(t, w); w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD" || doc["title"] != "Method Not Allowed" {
		t.Errorf("405: got %d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := send(h, "GET", "/folder", ""); w.Code/100 != 3 {
		t.Errorf("a redirect of the mux: got %d", w.Code)
	}
	if w := send(h, "GET", "/folder/x", ""); w.Code != 404 || !bytes.Contains(w.Body.Bytes(), []byte("404 page not found")) {
		t.Errorf("a handler's own 404: got %d %s", w.Code, w.Body)
	}
}
