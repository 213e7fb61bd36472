package denygin_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	stdlog "log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/gin-gonic/gin/binding"
	"github.com/google/go-cmp/cmp"

	denygin "github.com/denial-go/denial/adapters/gin"
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
func status(code int) error   { return problem.ForStatus(code) }
func because(code int) error  { return problem.ForStatus(code).Because(errors.New(secret)) }

type person struct {
	Name string `json:"name" binding:"required"`
}

// TestMiddleware compares with what the renderer writes for the error that the
// adapter should have made of it.
func TestMiddleware(t *testing.T) {
	tests := []struct {
		name   string
		handle gin.HandlerFunc
		want   error // what render.Renderer.Write is given
		why    string
	}{
		{"reason", func(c *gin.Context) { c.Error(problem.EmailUnverified) }, problem.EmailUnverified, ""},
		{"cloaked", func(c *gin.Context) { c.AbortWithError(403, problem.Cloak(problem.NotOwner)) }, problem.NotFound, ""},
		{"reason with another status", func(c *gin.Context) { c.AbortWithError(500, fmt.Errorf("x: %w", problem.RoleMissing)) }, problem.RoleMissing,
			"the reason says more than the status"},
		{"reason with 200", func(c *gin.Context) { c.AbortWithError(200, problem.RoleMissing) }, problem.RoleMissing, "nobody is let in by it"},
		{"reason with 204", func(c *gin.Context) { c.AbortWithError(204, problem.RoleMissing) }, problem.RoleMissing, ""},
		{"reason with 302", func(c *gin.Context) { c.AbortWithError(302, problem.RoleMissing) }, problem.RoleMissing, ""},
		{"reason with no status", func(c *gin.Context) { c.AbortWithError(-1, problem.RoleMissing) }, problem.RoleMissing, "gin sends 200"},
		{"reason after a status", func(c *gin.Context) { c.AbortWithStatus(204); c.Error(problem.RoleMissing) }, problem.RoleMissing, ""},
		{"reason and others with 200", func(c *gin.Context) { c.Error(errors.New(secret)); c.AbortWithError(200, problem.RoleMissing) }, problem.RoleMissing, ""},
		{"Abort after 204", func(c *gin.Context) { c.AbortWithStatus(204); denygin.Abort(c, nil, problem.NotOwner) }, problem.NotOwner, ""},
		{"several", func(c *gin.Context) { c.Error(problem.EmailUnverified); c.Error(problem.TermsNotAccepted) },
			errors.Join(problem.EmailUnverified, problem.TermsNotAccepted), ""},
		{"reason after a note", func(c *gin.Context) { c.Error(errors.New(secret)); c.Error(problem.PlanTooLow) }, problem.PlanTooLow, ""},
		{"foreign", func(c *gin.Context) { c.Error(errors.New(secret)) }, errors.New(secret), "as Write answers it"},
		{"foreign with status", func(c *gin.Context) { c.AbortWithError(409, errors.New(secret)) }, because(409), ""},
		{"public", func(c *gin.Context) { c.AbortWithError(409, errors.New(secret)).SetType(gin.ErrorTypePublic) }, because(409), ""},
		{"status without a built-in reason", func(c *gin.Context) { c.AbortWithStatus(422) }, status(422), ""},
		{"400 alone", func(c *gin.Context) { c.Status(400) }, status(400), ""},
		{"status alone", func(c *gin.Context) { c.Status(410) }, status(410), ""},
		{"403", func(c *gin.Context) { c.AbortWithStatus(403) }, problem.PolicyDenied, ""},
		{"401", func(c *gin.Context) { c.AbortWithStatus(401) }, problem.SignInRequired, ""},
		{"unregistered", func(c *gin.Context) { c.AbortWithStatus(418) }, status(400), "RFC 9110 §15"},
		{"unregistered 5xx", func(c *gin.Context) { c.AbortWithStatus(599) }, status(500), "RFC 9110 §15"},
		{"gin.BasicAuth", func(c *gin.Context) { gin.BasicAuthForRealm(gin.Accounts{"a": "b"}, "back office")(c) },
			&problem.Problem{Reason: problem.SignInRequired, Challenges: []problem.Challenge{
				{Scheme: "Basic", Params: []problem.Param{{Name: "realm", Value: "back office"}}}}}, "its challenge is the one that works"},
		{"gin.BasicAuthForProxy", func(c *gin.Context) { gin.BasicAuthForProxy(gin.Accounts{"a": "b"}, "proxy")(c) },
			&problem.Problem{Reason: problem.ProxyAuthRequired, Challenges: []problem.Challenge{
				{Scheme: "Basic", Params: []problem.Param{{Name: "realm", Value: "proxy"}}}}}, ""},
		{"unreadable challenge", func(c *gin.Context) { c.Header("WWW-Authenticate", `"`); c.AbortWithStatus(401) }, problem.SignInRequired, ""},
		{"Retry-After", func(c *gin.Context) { c.Header("Retry-After", "90"); c.AbortWithStatus(429) },
			problem.RetryIn(problem.RateLimited, 90*time.Second), ""},
		{"panic", func(c *gin.Context) { panic(secret) }, status(500), ""},
		{"panic with an error", func(c *gin.Context) { panic(errors.New(secret)) }, status(500), ""},
		{"panic with a denial", func(c *gin.Context) { panic(fmt.Errorf("x: %w", problem.NotAMember)) }, problem.NotAMember, ""},
		{"panic with nil", func(c *gin.Context) { panic(nil) }, status(500), ""},
		{"error that panics", func(c *gin.Context) { c.Error(&gin.Error{Err: panicky{}}) }, errors.New(secret), ""},
		{"Bind", func(c *gin.Context) { c.BindJSON(&person{}) }, status(400), ""},
		{"ShouldBind, typed", func(c *gin.Context) { c.Error(c.ShouldBindJSON(new(int))).SetType(gin.ErrorTypeBind) }, status(400), ""},
		{"ShouldBind, validator", func(c *gin.Context) { c.Error(binding.Validator.ValidateStruct(person{})) }, status(400), ""},
		{"ShouldBind, validator, slice", func(c *gin.Context) { c.Error(binding.Validator.ValidateStruct([]person{{}, {}})) }, status(400), ""},
		{"BindUri", func(c *gin.Context) {
			c.BindUri(&struct {
				ID string `uri:"id" binding:"required"`
			}{})
		}, status(400), ""},
		{"too large, Bind", func(c *gin.Context) {
			c.Request.Body = http.MaxBytesReader(nil, io.NopCloser(strings.NewReader(`{"name":"Zoë"}`)), 3)
			c.BindJSON(&person{})
		}, status(413), ""},
		{"too large, recorded", func(c *gin.Context) { c.Error(fmt.Errorf("x: %w", &http.MaxBytesError{Limit: 3})) }, status(413), ""},
		{"too large, with status", func(c *gin.Context) { c.AbortWithError(400, &http.MaxBytesError{Limit: 3}) }, status(413), "400 is true, and says less"},
		{"deadline", func(c *gin.Context) { c.Error(fmt.Errorf("x: %w", context.DeadlineExceeded)) }, status(503), ""},
		{"cancelled by the client", func(c *gin.Context) {
			ctx, cancel := context.WithCancel(c.Request.Context())
			cancel()
			c.Request = c.Request.WithContext(ctx)
			c.Error(ctx.Err())
		}, status(503), ""},
		{"cancelled by ourselves", func(c *gin.Context) { c.Error(context.Canceled) }, errors.New(secret), "nobody knows why"},
		{"recorded nil", func(c *gin.Context) { c.Errors = append(c.Errors, nil, &gin.Error{}); c.Status(403) }, problem.PolicyDenied, ""},
		{"unread writer", func(c *gin.Context) { c.Writer = gzipLike{c.Writer}; c.AbortWithStatus(403) }, problem.PolicyDenied,
			"a writer that an inner middleware has left behind is closed"},
		{"Abort", func(c *gin.Context) { denygin.Abort(c, new(render.Renderer), problem.NotOwner) }, problem.NotOwner, ""},
		{"Abort after a status", func(c *gin.Context) { c.AbortWithStatus(403); denygin.Abort(c, nil, problem.NotOwner) }, problem.NotOwner, ""},
		{"Abort into a buffer, then a panic", func(c *gin.Context) {
			c.Writer = buffer{c.Writer}
			denygin.Abort(c, nil, problem.NotOwner)
			panic(secret)
		}, errors.Join(problem.NotOwner, because(500)), "the answer went down with the buffer"},
		{"Abort with an error that wraps itself", func(c *gin.Context) { denygin.Abort(c, nil, &loop{}) }, errors.New(secret), ""},
		{"Abort with such an error and a status", func(c *gin.Context) { c.Status(409); denygin.Abort(c, nil, &loop{}) }, because(409), ""},
		{"Abort with nil", func(c *gin.Context) { denygin.Abort(c, nil, nil) }, nil, ""},
		{"Abort, panicky", func(c *gin.Context) { denygin.Abort(c, nil, panicky{}) }, errors.New(secret), ""},
	}
	for _, tt := range tests {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			for _, accept := range []string{"", "text/html", "text/plain"} {
				var deny render.Renderer
				router := gin.New()
				router.Use(denygin.Middleware(&deny))
				router.Handle(method, "/x", tt.handle)
				req := httptest.NewRequest(method, "/x?a=b", strings.NewReader("{}"))
				req.Header.Set("Content-Type", "application/json")
				if accept != "" {
					req.Header.Set("Accept", accept)
				}
				got := httptest.NewRecorder()
				router.ServeHTTP(got, req)
				want := httptest.NewRecorder()
				deny.Write(want, req, tt.want)
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

type answer struct {
	Status int
	Header http.Header
	Body   string
}

func answerOf(w *httptest.ResponseRecorder) answer {
	r := w.Result()
	return answer{r.StatusCode, r.Header, w.Body.String()}
}

// gzipLike swallows what is written, as a closed writer does.
type gzipLike struct{ gin.ResponseWriter }

func (gzipLike) Write(p []byte) (int, error) { return len(p), nil }

// TestLeftAlone is about answers that a handler has given.
func TestLeftAlone(t *testing.T) {
	tests := []struct {
		name   string
		handle gin.HandlerFunc
		status int
		body   string
	}{
		{"body", func(c *gin.Context) { c.String(200, "mine"); c.Error(problem.NotOwner) }, 200, "mine"},
		{"own error body", func(c *gin.Context) { c.AbortWithStatusJSON(403, "mine") }, 403, `"mine"`},
		{"body after the status", func(c *gin.Context) { c.AbortWithStatus(403); c.String(403, "mine") }, 403, "mine"},
		{"body with another status", func(c *gin.Context) { c.AbortWithStatus(403); c.String(200, "mine") }, 403, "mine"},
		{"no content", func(c *gin.Context) { c.AbortWithStatus(204) }, 204, ""},
		{"no content, and an error for the log", func(c *gin.Context) { c.AbortWithError(204, errors.New(secret)) }, 204, ""},
		{"redirect without a body", func(c *gin.Context) { c.Header("Location", "/y"); c.AbortWithStatus(303) }, 303, ""},
		{"not modified", func(c *gin.Context) { c.JSON(304, nil) }, 304, ""},
		{"body after no content", func(c *gin.Context) { c.AbortWithStatus(202); c.String(202, "mine"); c.Error(problem.NotOwner) }, 202, "mine"},
		{"flushed, then a denial", func(c *gin.Context) { c.AbortWithStatus(200); c.Writer.Flush(); c.Error(problem.NotOwner) }, 200, ""},
		{"status below 400", func(c *gin.Context) { c.Status(304) }, 304, ""},
		{"flushed", func(c *gin.Context) { c.AbortWithStatus(503); c.Writer.Flush() }, 503, ""},
		{"flushed by a controller", func(c *gin.Context) {
			c.Status(404)
			if err := http.NewResponseController(c.Writer).Flush(); err != nil {
				panic(err)
			}
		}, 404, ""},
		{"Abort after the body", func(c *gin.Context) { c.String(200, "mine"); denygin.Abort(c, nil, problem.NotOwner) }, 200, "mine"},
		{"Abort, then more", func(c *gin.Context) {
			denygin.Abort(c, new(render.Renderer).As(render.Text), problem.LegalBlock)
			c.Error(problem.NotOwner)
			c.Status(500)
		}, 451, "451 Unavailable For Legal Reasons (legal-block)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			router := gin.New()
			router.Use(denygin.Middleware(nil))
			router.GET("/x", tt.handle)
			w := httptest.NewRecorder()
			router.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
			if w.Code != tt.status || !strings.HasSuffix(strings.TrimSpace(w.Body.String()), tt.body) || tt.body == "" && w.Body.Len() > 0 {
				t.Errorf("%d %q, want %d %q", w.Code, w.Body, tt.status, tt.body)
			}
		})
	}
}

// lines is a log that several goroutines write.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// take returns what has been written since it was called last.
func (l *lines) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.buf.Reset()
	return l.buf.String()
}

// TestCut is about answers that a panic breaks off: no client may take them for
// whole, whatever stands around the middleware.
func TestCut(t *testing.T) {
	var told, log lines // by gin's recovery, and by net/http
	defer func(w io.Writer) { gin.DefaultErrorWriter = w }(gin.DefaultErrorWriter)
	gin.DefaultErrorWriter = &told
	deny := render.Must(render.New(render.Config{}))
	around := map[string][]gin.HandlerFunc{
		"alone":             {denygin.Middleware(deny)},
		"in gin.Recovery":   {gin.RecoveryWithWriter(io.Discard), denygin.Middleware(deny)},
		"in another":        {denygin.Middleware(deny), denygin.Middleware(deny)},
		"in one that holds": {denygin.Middleware(deny), func(c *gin.Context) { c.Status(503); c.Writer.WriteHeaderNow() }, denygin.Middleware(deny)},
	}
	for _, tt := range []struct {
		name   string
		handle gin.HandlerFunc
		status int    // of an answer that is whole, or 0
		sent   string // what came of one that is not
		told   string
	}{
		{"written", func(c *gin.Context) { c.String(200, "rows"); panic(secret) }, 0, "", secret},
		{"written and flushed", func(c *gin.Context) { c.String(200, "rows"); c.Writer.Flush(); panic(secret) }, 0, "rows", secret},
		{"flushed", func(c *gin.Context) { c.Writer.Flush(); panic(secret) }, 0, "", secret},
		{"a denial", func(c *gin.Context) { c.String(200, "rows"); c.Writer.Flush(); panic(problem.NotOwner) }, 0, "rows", "not-owner"},
		{"http.ErrAbortHandler", func(c *gin.Context) { c.String(200, "rows"); c.Writer.Flush(); panic(http.ErrAbortHandler) }, 0, "rows", "abort Handler"},
		{"http.ErrAbortHandler at once", func(*gin.Context) { panic(http.ErrAbortHandler) }, 0, "", "abort Handler"},
		{"nothing written", func(*gin.Context) { panic(secret) }, 500, "", secret},
		{"a status alone", func(c *gin.Context) { c.AbortWithStatus(403); panic(secret) }, 500, "", secret},
		{"204 alone", func(c *gin.Context) { c.AbortWithStatus(204); panic(secret) }, 500, "", secret},
	} {
		for name, middleware := range around {
			for _, http2 := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/HTTP2=%v", tt.name, name, http2), func(t *testing.T) {
					told.take()
					log.take()
					router := gin.New()
					router.Use(middleware...)
					router.GET("/x", tt.handle)
					server := httptest.NewUnstartedServer(router)
					server.EnableHTTP2 = http2
					server.Config.ErrorLog = stdlog.New(&log, "", 0)
					server.StartTLS()
					resp, err := server.Client().Get(server.URL + "/x")
					var body []byte
					if err == nil {
						body, err = io.ReadAll(resp.Body)
						resp.Body.Close()
					}
					server.Close()
					switch {
					case tt.status == 0 && (err == nil || !strings.HasPrefix(tt.sent, string(body))):
						t.Errorf("%v, %q; want an answer that breaks off after %q at most", err, body, tt.sent)
					case tt.status != 0 && (err != nil || resp.StatusCode != tt.status):
						t.Errorf("%v, %v; want %d", err, resp, tt.status)
					}
					if text := told.take(); !strings.Contains(text, tt.told) {
						t.Errorf("gin's recovery logged %q", text)
					}
					if text := log.take(); text != "" {
						t.Errorf("net/http logged %s", text)
					}
				})
			}
		}
	}
}

// TestSwitchingProtocols has a handler send 101 before it takes the connection,
// as github.com/coder/websocket does.
func TestSwitchingProtocols(t *testing.T) {
	router := gin.New()
	router.Use(denygin.Middleware(nil), denygin.Middleware(nil))
	router.GET("/x", func(c *gin.Context) {
		c.Header("Connection", "Upgrade")
		c.Header("Upgrade", "x")
		c.Status(http.StatusSwitchingProtocols)
		c.Writer.WriteHeaderNow()
		conn, _, err := c.Writer.Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(conn, "mine")
		conn.Close()
	})
	server := httptest.NewServer(router)
	defer server.Close()
	req, err := http.NewRequest("GET", server.URL+"/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "x")
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols || string(body) != "mine" {
		t.Errorf("%v, %s %q", err, resp.Status, body)
	}
}

// TestEarlyHints sends 103 before the answer: it is none itself.
func TestEarlyHints(t *testing.T) {
	hint := func(c *gin.Context) {
		c.Header("Link", "</a.css>; rel=preload")
		c.Status(http.StatusEarlyHints)
		c.Writer.WriteHeaderNow()
	}
	for _, around := range []struct {
		name       string
		middleware []gin.HandlerFunc
		hints      int
	}{
		{"alone", []gin.HandlerFunc{denygin.Middleware(nil)}, 2},
		{"in another", []gin.HandlerFunc{denygin.Middleware(nil), denygin.Middleware(nil)}, 2},
		{"in a writer that hides gin's", []gin.HandlerFunc{func(c *gin.Context) { c.Writer = struct{ gin.ResponseWriter }{c.Writer} }, denygin.Middleware(nil)}, 0},
	} {
		for _, tt := range []struct {
			name   string
			handle gin.HandlerFunc
			status int
		}{
			{"a denial", func(c *gin.Context) { c.Error(problem.NotOwner) }, 403},
			{"Abort", func(c *gin.Context) { denygin.Abort(c, nil, problem.NotOwner) }, 403},
			{"a status", func(c *gin.Context) { c.AbortWithStatus(404) }, 404},
			{"a panic", func(*gin.Context) { panic(secret) }, 500},
			{"a body", func(c *gin.Context) { c.Writer.WriteString("mine") }, 200},
			{"a body with a status", func(c *gin.Context) { c.String(202, "mine") }, 202},
			{"nothing", func(c *gin.Context) {}, 200},
		} {
			t.Run(around.name+"/"+tt.name, func(t *testing.T) {
				router := gin.New()
				router.Use(around.middleware...)
				router.GET("/x", hint, hint, tt.handle)
				server := httptest.NewServer(router)
				defer server.Close()
				hints := 0
				trace := &httptrace.ClientTrace{Got1xxResponse: func(int, textproto.MIMEHeader) error { hints++; return nil }}
				req, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), "GET", server.URL+"/x", nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := server.Client().Do(req)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if resp.StatusCode != tt.status || hints != around.hints {
					t.Errorf("%d after %d hints, want %d after %d", resp.StatusCode, hints, tt.status, around.hints)
				}
			})
		}
	}
}

// TestWriter is about what a handler sees of a status that is kept back.
func TestWriter(t *testing.T) {
	for _, status := range []int{200, 403} {
		router := gin.New()
		router.Use(denygin.Middleware(nil))
		router.GET("/x", func(c *gin.Context) {
			if c.Writer.Written() || c.Writer.Size() != -1 {
				t.Errorf("before: Written %v, Size %d", c.Writer.Written(), c.Writer.Size())
			}
			c.AbortWithStatus(status)
			if !c.Writer.Written() || c.Writer.Size() != 0 || c.Writer.Status() != status {
				t.Errorf("after AbortWithStatus: Written %v, Size %d, Status %d", c.Writer.Written(), c.Writer.Size(), c.Writer.Status())
			}
			c.Writer.WriteString("abc")
			if c.Writer.Size() != 3 {
				t.Errorf("after WriteString: Size %d", c.Writer.Size())
			}
		})
		router.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/x", nil))
	}
}

// TestStatic is about the 404 that gin's file server leaves to NoRoute.
func TestStatic(t *testing.T) {
	router := gin.New()
	router.Use(denygin.Middleware(nil))
	router.Static("/files", t.TempDir())
	w := httptest.NewRecorder()
	router.ServeHTTP(w, httptest.NewRequest("GET", "/files/missing.txt", nil))
	if got := w.Header().Get("Content-Type"); w.Code != 404 || got != "application/problem+json" {
		t.Errorf("%d %q %s", w.Code, got, w.Body)
	}
}

// TestHijack is about a connection that a handler has taken over.
func TestHijack(t *testing.T) {
	var log bytes.Buffer
	router := gin.New()
	router.Use(denygin.Middleware(nil))
	router.GET("/x", func(c *gin.Context) {
		conn, _, err := c.Writer.Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(conn, "HTTP/1.1 299 Mine\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		conn.Close()
		c.Error(problem.NotOwner)
	})
	router.GET("/handed-on", func(c *gin.Context) {
		conn, _, err := c.Writer.Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		time.AfterFunc(50*time.Millisecond, func() {
			defer conn.Close()
			io.WriteString(conn, "HTTP/1.1 299 Mine\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		})
		panic("on the way out")
	})
	router.GET("/status-first", func(c *gin.Context) { // as in the answer to a CONNECT
		c.Header("Content-Length", "0")
		c.Header("Connection", "close")
		c.Status(299)
		c.Writer.WriteHeaderNow()
		conn, _, err := c.Writer.Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		conn.Close()
	})
	server := httptest.NewUnstartedServer(router)
	server.Config.ErrorLog = stdlog.New(&log, "", 0)
	server.Start()
	defer server.Close()
	for _, path := range []string{"/x", "/handed-on", "/status-first"} {
		resp, err := server.Client().Get(server.URL + path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		resp.Body.Close()
		if resp.StatusCode != 299 || log.Len() > 0 {
			t.Errorf("%s: %s, and net/http logged %q", path, resp.Status, &log)
		}
	}
}

// TestUnwrap is about http.ResponseController, which has to find the writer of
// net/http.
func TestUnwrap(t *testing.T) {
	router := gin.New()
	router.Use(denygin.Middleware(nil))
	router.GET("/x", func(c *gin.Context) {
		if err := http.NewResponseController(c.Writer).SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Error(err)
		}
	})
	server := httptest.NewServer(router)
	defer server.Close()
	resp, err := server.Client().Get(server.URL + "/x")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

// buffer keeps back all that is written.
type buffer struct{ gin.ResponseWriter }

func (buffer) Header() http.Header         { return make(http.Header) }
func (buffer) WriteHeader(int)             {}
func (buffer) WriteHeaderNow()             {}
func (buffer) Write(p []byte) (int, error) { return len(p), nil }

// TestGroup has a renderer for a group of routes within another one.
func TestGroup(t *testing.T) {
	denied := 0
	deny := render.Must(render.New(render.Config{OnDenied: func(*http.Request, *problem.Problem) { denied++ }}))
	router := gin.New()
	router.Use(denygin.Middleware(deny))
	api := router.Group("/api", denygin.Middleware(deny.As(render.JSON)))
	fail := func(c *gin.Context) { c.AbortWithError(401, problem.SessionExpired) }
	api.GET("/x", fail)
	api.HEAD("/x", fail)
	api.GET("/none", func(c *gin.Context) { c.AbortWithError(204, problem.SessionExpired) })
	api.GET("/buffer", func(c *gin.Context) {
		c.Writer = buffer{c.Writer}
		denygin.Abort(c, deny.As(render.JSON), problem.SessionExpired)
	})
	router.GET("/x", fail)
	for _, tt := range []struct{ method, path, want string }{
		{"GET", "/api/x", "application/problem+json"},
		{"HEAD", "/api/x", "application/problem+json"},
		{"GET", "/api/none", "application/problem+json"},
		{"GET", "/api/buffer", ""}, // nothing has come through yet
		{"GET", "/x", "text/html; charset=utf-8"},
		{"GET", "/api/y", "text/html; charset=utf-8"},
	} {
		denied = 0
		req := httptest.NewRequest(tt.method, tt.path, nil)
		req.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		router.ServeHTTP(w, req)
		if got := w.Header().Get("Content-Type"); got != tt.want {
			t.Errorf("%s %s: Content-Type %q, want %q", tt.method, tt.path, got, tt.want)
		}
		if denied != 1 {
			t.Errorf("%s %s: denied %d times", tt.method, tt.path, denied)
		}
	}
}

// TestErrorsAreLogged is about where the errors go that no client sees.
func TestErrorsAreLogged(t *testing.T) {
	tests := []struct {
		name   string
		handle gin.HandlerFunc
		cause  bool // of the Problem that OnDenied sees
		fault  bool // OnFault is told
	}{
		{"answered", func(c *gin.Context) { c.AbortWithError(409, errors.New(secret)) }, true, false},
		{"foreign", func(c *gin.Context) { c.Error(errors.New(secret)) }, true, true},
		{"panic", func(c *gin.Context) { panic(secret) }, true, false},
		{"after an answer", func(c *gin.Context) { c.String(200, "mine"); c.Error(errors.New(secret)) }, false, false},
		{"Abort after an answer", func(c *gin.Context) { c.String(200, "mine"); denygin.Abort(c, nil, errors.New(secret)) }, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var cause, fault error
			deny := render.Must(render.New(render.Config{
				OnDenied: func(_ *http.Request, p *problem.Problem) { cause = p.Cause },
				OnFault:  func(err error) { fault = err },
			}))
			var log bytes.Buffer
			router := gin.New()
			router.Use(gin.LoggerWithWriter(&log), denygin.Middleware(deny))
			router.GET("/x", tt.handle)
			router.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/x", nil))
			if !strings.Contains(log.String(), secret) {
				t.Errorf("gin.Logger does not know of the error: %s", &log)
			}
			if got := cause != nil && strings.Contains(cause.Error(), secret); got != tt.cause {
				t.Errorf("cause %v", cause)
			}
			if got := fault != nil; got != tt.fault {
				t.Errorf("fault %v", fault)
			}
		})
	}
}

// TestRequest is about the request that the functions of render.Config see: it
// is the one that handlers have put values into.
func TestRequest(t *testing.T) {
	type key struct{}
	deny := render.Must(render.New(render.Config{
		Language: func(r *http.Request) string { s, _ := r.Context().Value(key{}).(string); return s },
	}))
	router := gin.New()
	router.Use(denygin.Middleware(deny), func(c *gin.Context) {
		c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), key{}, "de"))
	})
	w := httptest.NewRecorder()
	router.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	if got := w.Header().Get("Content-Language"); w.Code != 404 || got != "de" {
		t.Errorf("%d in %q", w.Code, got)
	}
}

// TestAbortHandler is about http.ErrAbortHandler behind gin.Default, whose
// recovery makes nothing of it.
func TestAbortHandler(t *testing.T) {
	router := gin.New()
	router.Use(gin.RecoveryWithWriter(nil), denygin.Middleware(nil))
	router.GET("/x", func(*gin.Context) { panic(http.ErrAbortHandler) })
	w := httptest.NewRecorder()
	router.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
	if w.Code != 500 {
		t.Errorf("the handler gave up, and the client got %d", w.Code)
	}
}

// TestNoRoute compares the handlers for those who have no Middleware around
// all with what it does.
func TestNoRoute(t *testing.T) {
	var deny render.Renderer
	with, without, both := gin.New(), gin.New(), gin.New()
	with.Use(denygin.Middleware(&deny))
	both.Use(denygin.Middleware(&deny))
	for _, router := range []*gin.Engine{without, both} {
		after := func(*gin.Context) { t.Error("a handler that follows has run") }
		router.NoRoute(denygin.NoRoute(&deny), after)
		router.NoMethod(denygin.NoMethod(&deny), after)
	}
	for _, router := range []*gin.Engine{with, without, both} {
		router.HandleMethodNotAllowed = true
		router.GET("/x", func(*gin.Context) {})
	}
	for _, tt := range []struct {
		method, path string
		status       int
	}{{"GET", "/y", 404}, {"HEAD", "/y", 404}, {"POST", "/x", 405}, {"HEAD", "/x", 405}} {
		a, b, c := httptest.NewRecorder(), httptest.NewRecorder(), httptest.NewRecorder()
		with.ServeHTTP(a, httptest.NewRequest(tt.method, tt.path, nil))
		without.ServeHTTP(b, httptest.NewRequest(tt.method, tt.path, nil))
		both.ServeHTTP(c, httptest.NewRequest(tt.method, tt.path, nil))
		if a.Code != tt.status || tt.status == 405 && a.Header().Get("Allow") != "GET" {
			t.Errorf("%s %s: %d %v", tt.method, tt.path, a.Code, a.Header())
		}
		if diff := cmp.Diff(answerOf(a), answerOf(b)); diff != "" {
			t.Errorf("%s %s: (-Middleware +NoRoute, NoMethod)\n%s", tt.method, tt.path, diff)
		}
		if diff := cmp.Diff(answerOf(a), answerOf(c)); diff != "" {
			t.Errorf("%s %s: (-Middleware +both)\n%s", tt.method, tt.path, diff)
		}
	}
}

// A handler may set values from another goroutine: gin locks them.
func TestSetWhileAborting(t *testing.T) {
	engine := gin.New()
	engine.Use(denygin.Middleware(new(render.Renderer)))
	engine.GET("/", func(c *gin.Context) {
		done := make(chan struct{})
		go func() {
			c.Set("user", 1)
			close(done)
		}()
		c.AbortWithStatus(http.StatusNotFound)
		<-done
	})
	w := httptest.NewRecorder()
	engine.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusNotFound || w.Body.Len() == 0 {
		t.Errorf("%d %q", w.Code, w.Body)
	}
}

// hooked is a writer that cannot be compared with another.
type hooked struct {
	gin.ResponseWriter
	before func()
}

func (w hooked) Write(p []byte) (int, error) {
	w.before()
	return w.ResponseWriter.Write(p)
}

// TestUncomparableWriter has a writer of ours come to such a one again.
func TestUncomparableWriter(t *testing.T) {
	router := gin.New()
	router.Use(func(c *gin.Context) { c.Writer = hooked{c.Writer, func() {}} }, denygin.Middleware(new(render.Renderer)))
	router.GET("/x", func(c *gin.Context) { c.Error(problem.NotOwner) })
	for range 20 { // the pool of the race detector drops some
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil))
		if w.Code != http.StatusForbidden {
			t.Fatalf("status %d", w.Code)
		}
	}
}

// bridge is a writer that leads to the one under it by way of net/http.
type bridge struct {
	gin.ResponseWriter
	under http.ResponseWriter
}

func (b *bridge) Header() http.Header         { return b.under.Header() }
func (b *bridge) Write(p []byte) (int, error) { return b.under.Write(p) }
func (b *bridge) WriteHeader(code int)        { b.under.WriteHeader(code) }
func (b *bridge) Unwrap() http.ResponseWriter { return b.under }

// TestHeadBehindOtherWriters is about answers without a body that reach the
// writer of a Middleware by a way that cannot be followed, or later.
func TestHeadBehindOtherWriters(t *testing.T) {
	for name, put := range map[string]gin.HandlerFunc{
		"bridge": func(c *gin.Context) { c.Writer = &bridge{c.Writer, struct{ http.ResponseWriter }{c.Writer}} },
		"played back": func(c *gin.Context) {
			under, rec := c.Writer, httptest.NewRecorder()
			other, _ := gin.CreateTestContext(rec)
			c.Writer = other.Writer
			c.Next()
			c.Writer.WriteHeaderNow()
			c.Writer = under
			maps.Copy(under.Header(), rec.Header())
			under.WriteHeader(rec.Code)
			if rec.Body.Len() > 0 {
				under.Write(rec.Body.Bytes())
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			denied := 0
			deny := render.Must(render.New(render.Config{OnDenied: func(*http.Request, *problem.Problem) { denied++ }}))
			router := gin.New()
			router.Use(denygin.Middleware(deny), put)
			handle := func(c *gin.Context) { denygin.Abort(c, deny.As(render.Text), problem.NotOwner) }
			router.GET("/x", handle)
			router.HEAD("/x", handle)
			fields := make(map[string]string)
			for _, method := range []string{"GET", "HEAD"} {
				denied = 0
				w := httptest.NewRecorder()
				router.ServeHTTP(w, httptest.NewRequest(method, "/x", nil))
				h := w.Result().Header
				fields[method] = h.Get("Content-Type") + " " + h.Get("Content-Length")
				if denied != 1 {
					t.Errorf("%s: denied %d times", method, denied)
				}
			}
			if fields["GET"] != fields["HEAD"] {
				t.Errorf("GET has %q, HEAD %q", fields["GET"], fields["HEAD"])
			}
		})
	}
}
