package denyecho5_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/labstack/echo/v5"
	"github.com/labstack/echo/v5/middleware"

	denyecho5 "github.com/denial-go/denial/adapters/echo5"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

const secret = "pq: password authentication failed"

// loop is an error that wraps itself.
type loop struct{}

func (*loop) Error() string   { return secret }
func (l *loop) Unwrap() error { return l }

// panicky is an error whose methods panic.
type panicky struct{}

func (panicky) Error() string { panic(secret) }
func (panicky) Unwrap() error { panic(secret) }
func (panicky) Is(error) bool { panic(secret) }
func (panicky) As(any) bool   { panic(secret) }

func status(code int) error { return problem.ForStatus(code) }

func basic(realm string) error {
	return &problem.Problem{Reason: problem.SignInRequired, Challenges: []problem.Challenge{
		{Scheme: "basic", Params: []problem.Param{{Name: "realm", Value: realm}}}}}
}

// fail calls the error handler before the handler returns.
func fail(c *echo.Context, err error) { c.Echo().HTTPErrorHandler(c, err) }

// returns is a handler that fails.
func returns(err error) echo.HandlerFunc { return func(*echo.Context) error { return err } }

// within is a handler inside of a middleware.
func within(m echo.MiddlewareFunc, err error) echo.HandlerFunc { return m(returns(err)) }

// empty is a store of a rate limiter that allows nothing.
type empty struct{}

func (empty) Allow(string) (bool, error) { return false, nil }

// TestHTTPErrorHandler compares with what the renderer writes for the error
// that the adapter should have made of it.
func TestHTTPErrorHandler(t *testing.T) {
	tests := []struct {
		name   string
		handle echo.HandlerFunc
		want   error // what render.Renderer.Write is given
		why    string
	}{
		{"reason", returns(problem.EmailUnverified), problem.EmailUnverified, ""},
		{"cloaked", returns(problem.Cloak(problem.NotOwner)), problem.NotFound, ""},
		{"no route", returns(echo.ErrNotFound), problem.NotFound, "as a cloaked resource"},
		{"Internal", returns(echo.NewHTTPError(500, secret).Wrap(fmt.Errorf("x: %w", problem.RoleMissing))), problem.RoleMissing,
			"the reason says more than the status"},
		{"cloaked Internal", returns(echo.NewHTTPError(403, secret).Wrap(problem.Cloak(problem.NotOwner))), problem.NotFound, ""},
		{"joined", returns(errors.Join(echo.ErrForbidden, problem.TermsNotAccepted)), problem.TermsNotAccepted, ""},
		{"403", returns(echo.NewHTTPError(403, secret)), problem.PolicyDenied, ""},
		{"wrapped", returns(fmt.Errorf("x: %w", echo.NewHTTPError(410, secret))), status(410), ""},
		{"HTTPError in HTTPError", returns(echo.NewHTTPError(400, secret).Wrap(echo.NewHTTPError(409, secret))), status(400), "as echo does"},
		{"unregistered", returns(echo.NewHTTPError(418, "")), status(400), "RFC 9110 §15"},
		{"client closed request", returns(echo.NewHTTPError(499, "")), status(400), "RFC 9110 §15"},
		{"no error status", returns(echo.NewHTTPError(302, "")), status(500), ""},
		{"zero HTTPError", returns(&echo.HTTPError{}), status(500), ""},
		{"nil HTTPError", returns((*echo.HTTPError)(nil)), errors.New(secret), ""},
		{"foreign", returns(errors.New(secret)), errors.New(secret), "as Write answers it"},
		{"nil Problem", returns((*problem.Problem)(nil)), (*problem.Problem)(nil), ""},
		{"error that panics", returns(panicky{}), errors.New(secret), ""},
		{"error that wraps itself", returns(&loop{}), errors.New(secret), ""},
		{"too large", returns(fmt.Errorf("x: %w", &http.MaxBytesError{Limit: 3})), status(413), ""},
		{"too large, bound", func(c *echo.Context) error {
			c.Request().Body = http.MaxBytesReader(nil, io.NopCloser(strings.NewReader(`{"name":"Zoë"}`)), 3)
			return c.Bind(&struct{ Name string }{})
		}, status(413), "the binder makes a 400 of it"},
		{"BodyLimit, bound", func(c *echo.Context) error {
			c.Request().ContentLength = -1
			return middleware.BodyLimit(3)(func(c *echo.Context) error { return c.Bind(&struct{ Name string }{}) })(c)
		}, status(413), "the binder makes a 400 of it"},
		{"bind", func(c *echo.Context) error { return c.Bind(new(int)) }, status(400), ""},
		{"bind values", func(c *echo.Context) error { var n int; return echo.QueryParamsBinder(c).Int("a", &n).BindError() }, status(400),
			"a BindingError is no HTTPError for errors.As"},
		{"unsupported media type", func(c *echo.Context) error {
			c.Request().Header.Set("Content-Type", "application/cbor")
			return c.Bind(&struct{ Name string }{})
		}, status(415), ""},
		{"deadline", returns(fmt.Errorf("x: %w", context.DeadlineExceeded)), status(503), ""},
		{"ContextTimeout", func(c *echo.Context) error {
			return middleware.ContextTimeout(time.Nanosecond)(func(c *echo.Context) error {
				<-c.Request().Context().Done()
				return c.Request().Context().Err()
			})(c)
		}, status(503), ""},
		{"cancelled by the client", func(c *echo.Context) error {
			ctx, cancel := context.WithCancel(c.Request().Context())
			cancel()
			c.SetRequest(c.Request().WithContext(ctx))
			return ctx.Err()
		}, status(503), ""},
		{"cancelled by ourselves", returns(context.Canceled), errors.New(secret), "nobody knows why"},
		{"BasicAuth", within(middleware.BasicAuth(func(*echo.Context, string, string) (bool, error) { return false, nil }), nil),
			basic("Restricted"), "its challenge is the one that works"},
		{"unreadable challenge", func(c *echo.Context) error {
			c.Response().Header().Set("WWW-Authenticate", `"`)
			return echo.ErrUnauthorized
		}, problem.SignInRequired, ""},
		{"proxy", func(c *echo.Context) error {
			c.Response().Header().Set("Proxy-Authenticate", `Basic realm="proxy"`)
			return echo.NewHTTPError(407, "")
		}, &problem.Problem{Reason: problem.ProxyAuthRequired, Challenges: []problem.Challenge{
			{Scheme: "Basic", Params: []problem.Param{{Name: "realm", Value: "proxy"}}}}}, ""},
		{"KeyAuth", func(c *echo.Context) error {
			c.Request().Header.Set("Authorization", "Bearer abc")
			return within(middleware.KeyAuth(func(*echo.Context, string, middleware.ExtractorSource) (bool, error) { return false, nil }), nil)(c)
		}, problem.SignInRequired, ""},
		{"rate limit", func(c *echo.Context) error {
			c.Response().Header().Set("Retry-After", "90")
			return within(middleware.RateLimiter(empty{}), nil)(c)
		}, problem.RetryIn(problem.RateLimited, 90*time.Second), ""},
		{"CSRF", returns(middleware.ErrCSRFInvalid), problem.CSRFFailed, ""},
		{"panic", func(*echo.Context) error { panic(secret) }, status(500), ""},
		{"panic with an error", func(*echo.Context) error { panic(errors.New(secret)) }, status(500), ""},
		{"panic with a denial", func(*echo.Context) error { panic(fmt.Errorf("x: %w", problem.NotAMember)) }, problem.NotAMember, ""},
		{"panic with an HTTPError", func(*echo.Context) error { panic(echo.ErrForbidden) }, problem.PolicyDenied, "as echo does"},
		{"panic with it", func(*echo.Context) error { panic(panicky{}) }, errors.New(secret), ""},
		{"panic without its stack", middleware.RecoverWithConfig(middleware.RecoverConfig{DisablePrintStack: true})(func(*echo.Context) error { panic(secret) }),
			errors.New(secret), "nothing tells it from an error"},
		{"body that cannot be encoded", func(c *echo.Context) error { return c.JSON(200, func() {}) }, errors.New(secret), ""},
	}
	for _, tt := range tests {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			for _, accept := range []string{"", "text/html", "text/plain"} {
				var deny render.Renderer
				e := quiet()
				e.HTTPErrorHandler = denyecho5.HTTPErrorHandler(&deny)
				e.Use(middleware.Recover())
				e.Add(method, "/x", tt.handle)
				newRequest := func() *http.Request {
					req := httptest.NewRequest(method, "/x?a=b", strings.NewReader(`{"name":"Zoë"}`))
					req.Header.Set("Content-Type", "application/json")
					if accept != "" {
						req.Header.Set("Accept", accept)
					}
					return req
				}
				got := httptest.NewRecorder()
				e.ServeHTTP(got, newRequest())
				want := httptest.NewRecorder()
				deny.Write(want, newRequest(), tt.want)
				if diff := cmp.Diff(answerOf(want), answerOf(got)); diff != "" {
					t.Errorf("%s, %s, Accept %q: (-want +got) %s\n%s", tt.name, method, accept, tt.why, diff)
				}
				if strings.Contains(got.Body.String(), secret) {
					t.Errorf("%s: the text of the error is in the answer", tt.name)
				}
			}
		}
	}
}

// quiet returns an Echo that logs nothing.
func quiet() *echo.Echo {
	e := echo.New()
	e.Logger = slog.New(slog.DiscardHandler)
	return e
}

type answer struct {
	Status int
	Header http.Header
	Body   string
}

func answerOf(w *httptest.ResponseRecorder) answer {
	r := w.Result()
	return answer{r.StatusCode, r.Header, w.Body.String()}
}

// TestLeftAlone is about answers that a handler has given.
func TestLeftAlone(t *testing.T) {
	tests := []struct {
		name   string
		handle echo.HandlerFunc
		status int
		body   string
		logged bool
	}{
		{"body", func(c *echo.Context) error { c.String(200, "mine"); return errors.New(secret) }, 200, "mine", true},
		{"denial after the body", func(c *echo.Context) error {
			c.String(200, "mine")
			return problem.NotOwner.Because(errors.New(secret))
		}, 200, "mine", true},
		{"no body", func(c *echo.Context) error { c.NoContent(403); return nil }, 403, "", false},
		{"own error body", func(c *echo.Context) error { return c.String(403, "mine") }, 403, "mine", false},
		{"c.Error, then the same", func(c *echo.Context) error {
			err := problem.LegalBlock.Because(errors.New(secret))
			fail(c, err)
			return fmt.Errorf("x: %w", err)
		}, 451, "451 Unavailable For Legal Reasons (legal-block)\n", false},
		{"c.Error, then another", func(c *echo.Context) error { fail(c, problem.LegalBlock); return errors.New(secret) }, 451,
			"451 Unavailable For Legal Reasons (legal-block)\n", true},
		{"c.Error, then another denial", func(c *echo.Context) error {
			fail(c, problem.LegalBlock)
			return problem.NotOwner.Because(errors.New(secret))
		}, 451, "451 Unavailable For Legal Reasons (legal-block)\n", true},
		{"c.Error, then a denial made anew", func(c *echo.Context) error {
			fail(c, problem.LegalBlock)
			return problem.LegalBlock.Because(errors.New(secret))
		}, 451, "451 Unavailable For Legal Reasons (legal-block)\n", true},
		{"c.Error with a fault, then an error that wraps itself", func(c *echo.Context) error {
			fail(c, errors.New("another"))
			return &loop{}
		}, 500, "Internal Server Error\n", true},
		{"c.Error with a fault, then another fault", func(c *echo.Context) error {
			fail(c, errors.New("another"))
			return errors.New(secret)
		}, 500, "Internal Server Error\n", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			e := quiet()
			e.Logger = slog.New(slog.NewTextHandler(&log, nil))
			e.HTTPErrorHandler = denyecho5.HTTPErrorHandler(new(render.Renderer).As(render.Text))
			e.Use(middleware.Recover())
			e.GET("/x", tt.handle)
			w := httptest.NewRecorder()
			e.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
			if w.Code != tt.status || !strings.HasSuffix(w.Body.String(), tt.body) || tt.body == "" && w.Body.Len() > 0 {
				t.Errorf("%d %q, want %d %q", w.Code, w.Body, tt.status, tt.body)
			}
			if got := strings.Contains(log.String(), secret); got != tt.logged {
				t.Errorf("logged %v, want %v: %s", got, tt.logged, &log)
			}
		})
	}
}

// TestEarlyHints sends 103 before the answer: it is none itself.
func TestEarlyHints(t *testing.T) {
	for _, tt := range []struct {
		name   string
		handle echo.HandlerFunc
		status int
	}{
		{"a denial", func(*echo.Context) error { return problem.NotOwner }, 403},
		{"a fault", func(*echo.Context) error { return errors.New(secret) }, 500},
		{"a panic", func(*echo.Context) error { panic(secret) }, 500},
		{"a denial after the body", func(c *echo.Context) error { c.String(200, "mine"); return problem.NotOwner }, 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := quiet()
			e.HTTPErrorHandler = denyecho5.HTTPErrorHandler(nil)
			e.Use(middleware.Recover())
			e.GET("/x", func(c *echo.Context) error {
				c.Response().Header().Set("Link", "</a.css>; rel=preload")
				c.Response().WriteHeader(http.StatusEarlyHints)
				return tt.handle(c)
			})
			server := httptest.NewServer(e)
			defer server.Close()
			resp, err := server.Client().Get(server.URL + "/x")
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if err != nil || resp.StatusCode != tt.status || tt.status == 200 && string(body) != "mine" {
				t.Errorf("%v, %d %q, want %d", err, resp.StatusCode, body, tt.status)
			}
		})
	}
}

// TestTwice is about middleware that has an error answered, and then returns it
// for the handler to be called again.
func TestTwice(t *testing.T) {
	for name, config := range map[string]render.Config{"401": {}, "NoHTTPAuth": {NoHTTPAuth: true}} {
		for _, err := range []error{
			problem.SignInRequired, problem.NotOwner.Because(errors.New("cause")), echo.ErrUnauthorized, echo.ErrNotFound, errors.New("fault"),
			problem.NeedRole("editor"), errors.Join(problem.EmailUnverified, problem.SignInRequired), fmt.Errorf("x: %w", problem.SignInRequired),
		} {
			t.Run(name+" "+err.Error(), func(t *testing.T) {
				var log bytes.Buffer
				e := quiet()
				e.Logger = slog.New(slog.NewTextHandler(&log, nil))
				e.HTTPErrorHandler = denyecho5.HTTPErrorHandler(render.Must(render.New(config)))
				e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
					return func(c *echo.Context) error {
						err := next(c)
						fail(c, err)
						return err
					}
				})
				e.GET("/x", func(*echo.Context) error { return err })
				e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/x", nil))
				if log.Len() > 0 {
					t.Errorf("it was logged: %s", &log)
				}
			})
		}
	}
}

// TestCut is about answers that a panic breaks off: no client may take them for
// whole.
func TestCut(t *testing.T) {
	logger := middleware.RequestLoggerWithConfig(middleware.RequestLoggerConfig{
		HandleError: true, LogValuesFunc: func(*echo.Context, middleware.RequestLoggerValues) error { return nil },
	})
	for _, tt := range []struct {
		name   string
		handle echo.HandlerFunc
		use    []echo.MiddlewareFunc
		body   string
		cut    bool
		logged bool
	}{
		{"written", func(c *echo.Context) error { c.String(200, "rows"); panic(secret) }, []echo.MiddlewareFunc{middleware.Recover()}, "rows", true, true},
		{"a denial", func(c *echo.Context) error {
			c.String(200, "rows")
			panic(problem.NotOwner.Because(errors.New(secret)))
		},
			[]echo.MiddlewareFunc{middleware.Recover()}, "rows", true, true},
		{"a denial with the status of the half", func(c *echo.Context) error {
			c.String(403, "rows")
			panic(problem.NotOwner)
		},
			[]echo.MiddlewareFunc{middleware.Recover()}, "rows", true, false}, // the log has no more than its code
		{"within a logger", func(c *echo.Context) error { c.String(200, "rows"); panic(secret) },
			[]echo.MiddlewareFunc{logger, middleware.Recover()}, "rows", true, true},
		{"around a logger", func(c *echo.Context) error { c.String(200, "rows"); panic(secret) },
			[]echo.MiddlewareFunc{middleware.Recover(), logger, middleware.Recover()}, "rows", true, true},
		{"nothing written, within a logger", func(*echo.Context) error { panic(problem.LegalBlock) },
			[]echo.MiddlewareFunc{logger, middleware.Recover()}, "451 Unavailable For Legal Reasons (legal-block)\n", false, false}, // which calls the handler twice
		{"without a stack", func(c *echo.Context) error { c.String(200, "rows"); panic(secret) },
			[]echo.MiddlewareFunc{middleware.RecoverWithConfig(middleware.RecoverConfig{DisablePrintStack: true})}, "rows", false, true},
		{"http.ErrAbortHandler", func(c *echo.Context) error { c.String(200, "rows"); panic(http.ErrAbortHandler) },
			[]echo.MiddlewareFunc{middleware.Recover()}, "rows", true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			e := quiet()
			e.Logger = slog.New(slog.NewTextHandler(&log, nil))
			e.HTTPErrorHandler = denyecho5.HTTPErrorHandler(new(render.Renderer).As(render.Text))
			e.Use(tt.use...)
			e.GET("/x", tt.handle)
			w := httptest.NewRecorder()
			func() {
				defer func() {
					if v := recover(); (v == http.ErrAbortHandler) != tt.cut || v != nil && !tt.cut {
						t.Errorf("net/http sees the panic %v; want http.ErrAbortHandler: %v", v, tt.cut)
					}
				}()
				e.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
			}()
			if !strings.HasSuffix(w.Body.String(), tt.body) || tt.cut && w.Body.String() != tt.body {
				t.Errorf("%d %q; want %q", w.Code, w.Body, tt.body)
			}
			if got := strings.Contains(log.String(), secret); got != tt.logged {
				t.Errorf("logged %v, want %v: %s", got, tt.logged, &log)
			}
		})
	}
}

// TestPanickyErrors must not end in a panic of ours, whatever they panic with.
func TestPanickyErrors(t *testing.T) {
	e := quiet()
	e.HTTPErrorHandler = denyecho5.HTTPErrorHandler(nil)
	e.GET("/x", func(c *echo.Context) error { c.String(200, "mine"); fail(c, panicky{}); fail(c, nil); return panicky{} })
	e.GET("/y", func(c *echo.Context) error { fail(c, panicky{}); return panicky{} })
	e.GET("/z", func(c *echo.Context) error { fail(c, nil); return nil })
	e.GET("/w", func(c *echo.Context) error { fail(c, errors.New(secret)); return panicky{} })
	for path, want := range map[string]int{"/w": 500, "/x": 200, "/y": 500, "/z": 403} {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
}

// TestCauses is about where the errors go that no client sees.
func TestCauses(t *testing.T) {
	tests := []struct {
		name   string
		handle echo.HandlerFunc
		fault  bool // OnFault is told
		logged bool
	}{
		{"reason", returns(problem.NotOwner.Because(errors.New(secret))), false, false},
		{"HTTPError", returns(echo.NewHTTPError(409, secret)), false, false},
		{"Internal", returns(echo.ErrBadRequest.Wrap(errors.New(secret))), false, false},
		{"foreign", returns(errors.New(secret)), true, false},
		{"panic", func(*echo.Context) error { panic(secret) }, false, false},
		{"panic with an error", func(*echo.Context) error { panic(errors.New(secret)) }, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var log bytes.Buffer
			var cause, fault error
			denied := 0
			deny := render.Must(render.New(render.Config{
				OnDenied: func(_ *http.Request, p *problem.Problem) { denied++; cause = p.Cause },
				OnFault:  func(err error) { fault = err },
			}))
			e := quiet()
			e.Logger = slog.New(slog.NewTextHandler(&log, nil))
			e.HTTPErrorHandler = denyecho5.HTTPErrorHandler(deny)
			// It answers by c.Error, and hands the error on.
			e.Use(middleware.RequestLoggerWithConfig(middleware.RequestLoggerConfig{
				HandleError: true, LogValuesFunc: func(*echo.Context, middleware.RequestLoggerValues) error { return nil },
			}), middleware.Recover())
			e.GET("/x", tt.handle)
			e.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/x", nil))
			if denied != 1 || cause == nil || !strings.Contains(cause.Error(), secret) {
				t.Errorf("denied %d times, cause %v", denied, cause)
			}
			if got := fault != nil; got != tt.fault {
				t.Errorf("fault %v", fault)
			}
			if got := strings.Contains(log.String(), secret); got != tt.logged {
				t.Errorf("logged %v: %s", got, &log)
			}
		})
	}
}

// TestMiddleware is about echo's own middleware around a denial.
func TestMiddleware(t *testing.T) {
	deny := render.Must(render.New(render.Config{}))
	tests := []struct {
		name  string
		use   []echo.MiddlewareFunc
		check func(*testing.T, *httptest.ResponseRecorder)
	}{
		{"CORS", []echo.MiddlewareFunc{middleware.CORS("https://app.example.org")}, func(t *testing.T, w *httptest.ResponseRecorder) {
			if got := strings.Join(w.Header()["Vary"], ", "); !strings.Contains(got, "Origin") || !strings.Contains(got, "Accept-Language") {
				t.Errorf("Vary %q", got)
			}
			if w.Header().Get("Access-Control-Allow-Origin") != "https://app.example.org" {
				t.Errorf("header %v", w.Header())
			}
		}},
		{"Secure", []echo.MiddlewareFunc{middleware.SecureWithConfig(middleware.SecureConfig{ContentSecurityPolicy: "default-src 'self'"})},
			func(t *testing.T, w *httptest.ResponseRecorder) {
				if got := w.Header()["Content-Security-Policy"]; !cmp.Equal(got, []string{"default-src 'self'"}) {
					t.Errorf("Content-Security-Policy %q", got)
				}
			}},
		{"Gzip", []echo.MiddlewareFunc{middleware.Gzip()}, func(t *testing.T, w *httptest.ResponseRecorder) {
			if w.Header().Get("Content-Encoding") != "" || w.Header().Get("Content-Length") != fmt.Sprint(w.Body.Len()) {
				t.Errorf("the error handler comes after it: %v, %d bytes", w.Header(), w.Body.Len())
			}
			if got := strings.Join(w.Header()["Vary"], ", "); !strings.Contains(got, "Accept-Encoding") {
				t.Errorf("Vary %q", got)
			}
		}},
		{"Gzip around a logger", []echo.MiddlewareFunc{middleware.Gzip(), middleware.RequestLoggerWithConfig(middleware.RequestLoggerConfig{
			HandleError: true, LogValuesFunc: func(*echo.Context, middleware.RequestLoggerValues) error { return nil },
		})}, func(t *testing.T, w *httptest.ResponseRecorder) {
			if w.Header().Get("Content-Encoding") != "gzip" || w.Header().Get("Content-Length") != "" {
				t.Fatalf("header %v", w.Header())
			}
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			if b, err := io.ReadAll(z); err != nil || !strings.Contains(string(b), "</html>") {
				t.Errorf("%q, %v", b, err)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := quiet()
			e.HTTPErrorHandler = denyecho5.HTTPErrorHandler(deny)
			e.Use(tt.use...)
			e.GET("/x", returns(problem.EmailUnverified))
			req := httptest.NewRequest("GET", "/x", nil)
			req.Header.Set("Accept", "text/html")
			req.Header.Set("Origin", "https://app.example.org")
			req.Header.Set("Accept-Encoding", "gzip")
			w := httptest.NewRecorder()
			e.ServeHTTP(w, req)
			if w.Code != 403 {
				t.Errorf("status %d", w.Code)
			}
			tt.check(t, w)
		})
	}
}

// TestAutoHead is about HEAD requests that echo answers with the handler for
// GET, inside of and around the writer that it has for them.
func TestAutoHead(t *testing.T) {
	deny := render.Must(render.New(render.Config{}))
	answer := denyecho5.HTTPErrorHandler(deny)
	e := echo.NewWithConfig(echo.Config{
		HTTPErrorHandler: answer,
		Logger:           slog.New(slog.DiscardHandler),
		Router:           echo.NewRouter(echo.RouterConfig{AutoHandleHEAD: true}),
	})
	e.GET("/out", returns(problem.EmailUnverified))
	e.GET("/in", returns(problem.EmailUnverified), func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			err := next(c)
			answer(c, err)
			return err
		}
	})
	for _, path := range []string{"/out", "/in"} {
		got, want := httptest.NewRecorder(), httptest.NewRecorder()
		e.ServeHTTP(got, httptest.NewRequest("HEAD", path, nil))
		deny.Write(want, httptest.NewRequest("HEAD", path, nil), problem.EmailUnverified)
		if diff := cmp.Diff(answerOf(want), answerOf(got)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", path, diff)
		}
	}
}

// TestRequest is about the request that the functions of render.Config see: it
// is the one that handlers have put values into.
func TestRequest(t *testing.T) {
	type key struct{}
	e := quiet()
	e.HTTPErrorHandler = denyecho5.HTTPErrorHandler(render.Must(render.New(render.Config{
		Language: func(r *http.Request) string { s, _ := r.Context().Value(key{}).(string); return s },
	})))
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c *echo.Context) error {
			c.SetRequest(c.Request().WithContext(context.WithValue(c.Request().Context(), key{}, "de")))
			return next(c)
		}
	})
	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	if got := w.Header().Get("Content-Language"); w.Code != 404 || got != "de" {
		t.Errorf("%d in %q", w.Code, got)
	}
}
