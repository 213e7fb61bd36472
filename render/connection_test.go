package render_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// patience bounds every wait for what another goroutine does. Nothing waits so
// long unless something is broken.
const patience = 30 * time.Second

// A host is a server on this machine and what it saw.
type host struct {
	*httptest.Server
	deny, slow    *render.Renderer // slow prepares nothing
	conns, denied atomic.Int32
	faults, lines atomic.Int32 // of OnFault, and of the server's log
	aborted       atomic.Int32 // handlers that panicked
}

// newHost starts a server whose handler is made of its Renderer, which denies
// under c. It stops with the test. What configures the server may start it.
func newHost(t *testing.T, c render.Config, handler func(h *host) http.Handler, configure ...func(*httptest.Server)) *host {
	t.Helper()
	h := &host{}
	if c.Links == nil {
		c.Links = links
	}
	c.OnFault = func(error) {}
	h.slow = render.Slow(mustNew(t, c))
	c.OnFault = func(error) { h.faults.Add(1) }
	c.OnDenied = func(*http.Request, *problem.Problem) { h.denied.Add(1) }
	h.deny = mustNew(t, c)
	inner := handler(h)
	h.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		done := false
		defer func() {
			if !done {
				h.aborted.Add(1)
			}
		}()
		inner.ServeHTTP(w, r)
		done = true
	}))
	h.Config.ErrorLog = log.New(lineCounter{&h.lines}, "", 0)
	h.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			h.conns.Add(1)
		}
	}
	for _, f := range configure {
		f(h.Server)
	}
	if h.URL == "" {
		h.Start()
	}
	t.Cleanup(h.Close)
	return h
}

type lineCounter struct{ n *atomic.Int32 }

func (c lineCounter) Write(p []byte) (int, error) {
	c.n.Add(1)
	return len(p), nil
}

// denying is a handler that answers with err and nothing else.
func denying(err error) func(*host) http.Handler {
	return func(h *host) http.Handler { return h.deny.Handler(err) }
}

// overTLS and overHTTP2 choose the protocol of a host.
func overTLS(s *httptest.Server)   { s.StartTLS() }
func overHTTP2(s *httptest.Server) { s.EnableHTTP2 = true; s.StartTLS() }
func overH2C(s *httptest.Server) {
	s.Config.Protocols = new(http.Protocols)
	s.Config.Protocols.SetUnencryptedHTTP2(true)
	s.Start()
}

// client returns one that keeps one connection, shows what comes over it as it
// is, and stops with the test.
func (h *host) client(t *testing.T) *http.Client {
	tr := &http.Transport{DisableCompression: true, MaxConnsPerHost: 1, MaxResponseHeaderBytes: 8 << 20}
	if p := h.Config.Protocols; p != nil {
		tr.Protocols = p
	} else if h.TLS != nil {
		tr.TLSClientConfig = &tls.Config{RootCAs: h.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
		tr.ForceAttemptHTTP2 = h.EnableHTTP2
	}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 2 * patience}
}

// dial opens a connection on which the test writes its own bytes.
func (h *host) dial(t *testing.T) *rawConn {
	t.Helper()
	c, err := net.Dial("tcp", h.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetDeadline(time.Now().Add(2 * patience)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &rawConn{Conn: c, r: bufio.NewReader(c)}
}

type rawConn struct {
	net.Conn
	r *bufio.Reader
}

func (c *rawConn) send(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// read reads the next answer, to a request of the method.
func (c *rawConn) read(t *testing.T, method string) (*http.Response, []byte) {
	t.Helper()
	resp, err := http.ReadResponse(c.r, &http.Request{Method: method})
	if err != nil {
		t.Fatalf("reading the answer to %s: %v", method, err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("reading the body of the answer to %s: %v", method, err)
	}
	return resp, body
}

// ends asserts that the server closes the connection and sends no more.
func (c *rawConn) ends(t *testing.T) {
	t.Helper()
	if rest, err := io.ReadAll(c.r); err != nil || len(rest) > 0 {
		t.Errorf("after the last answer came %q, %v; want the end", rest, err)
	}
}

// reset closes the connection so that the other side's next write fails.
func (c *rawConn) reset(t *testing.T) {
	t.Helper()
	if err := c.Conn.(*net.TCPConn).SetLinger(0); err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// check holds an answer to the one that Render gives, made without anything
// prepared. The server adds a Date; fields in but may differ.
func (h *host) check(t *testing.T, resp *http.Response, body []byte, req render.Request, err error, but ...string) {
	t.Helper()
	want := h.slow.Render(req, err)
	got := resp.Header.Clone()
	got.Del("Date")
	for _, name := range but {
		got.Del(name)
		want.Header.Del(name)
	}
	if resp.StatusCode != want.Status {
		t.Errorf("status %d, want %d", resp.StatusCode, want.Status)
	}
	if diff := cmp.Diff(want.Header, got); diff != "" {
		t.Errorf("header fields (-want +got):\n%s", diff)
	}
	if !bytes.Equal(body, want.Body) {
		t.Errorf("the body differs (-want +got):\n%s", cmp.Diff(string(want.Body), string(body)))
	}
	if length := got.Get("Content-Length"); req.Method != http.MethodHead && length != "" && length != fmt.Sprint(len(body)) {
		t.Errorf("Content-Length %s, but %d bytes came", length, len(body))
	}
}

// saw asserts how many denials and faults the Renderer has told of.
func (h *host) saw(t *testing.T, denied, faults int32) {
	t.Helper()
	waitFor(t, "OnDenied", func() bool { return h.denied.Load() >= denied })
	if d, f := h.denied.Load(), h.faults.Load(); d != denied || f != faults {
		t.Errorf("OnDenied was called %d times and OnFault %d, want %d and %d", d, f, denied, faults)
	}
}

// waitFor waits until ok.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("gave up waiting for %s", what)
		}
	}
}

// alone runs a test, then waits until each goroutine has ended that it
// started: they inherit its label.
func alone(t *testing.T, name string, f func(t *testing.T)) {
	t.Helper()
	label := t.Name() + "/" + name
	left := func() string {
		var b bytes.Buffer
		if err := pprof.Lookup("goroutine").WriteTo(&b, 1); err != nil {
			t.Fatal(err)
		}
		var out []string
		for stack := range strings.SplitSeq(b.String(), "\n\n") {
			if strings.Contains(stack, fmt.Sprintf("%q", label)) {
				out = append(out, stack)
			}
		}
		return strings.Join(out, "\n\n")
	}
	pprof.Do(context.Background(), pprof.Labels("test", label), func(context.Context) {
		t.Run(name, func(t *testing.T) {
			f(t)
			if left() == "" {
				t.Error("the goroutine of this very test is not found by its label")
			}
		})
	})
	for end := time.Now().Add(patience); left() != ""; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s left goroutines:\n%s", name, left())
		}
	}
}

// denials of each kind of answer: whether it can be prepared, and has values.
var denials = []struct {
	name       string
	err        error
	status     int
	challenges []string
	faults     int32
}{
	{"bare", problem.SignInRequired, 401, []string{`Bearer realm="restricted"`}, 0},
	{"no challenge", problem.EmailUnverified, 403, nil, 0},
	{"values", &problem.Problem{Reason: problem.RoleMissing, Args: map[string]any{"role": `<b>"é"</b>`}, Instance: "urn:x:1"}, 403, nil, 0},
	{"values in a challenge", problem.NeedScope("reports:write", "a"), 403, []string{`Bearer error="insufficient_scope", scope="reports:write a"`}, 0},
	{"wait", problem.RetryIn(problem.RateLimited, 90*time.Second), 429, nil, 0},
	{"never prepared", errors.Join(problem.EmailUnverified, problem.SignInRequired), 401, nil, 0},
	{"says nothing", errors.New(secret), 500, nil, 1},
}

func targetOf(i int) string { return fmt.Sprintf("/reports/%d?q=a%%20b", i) }

// TestProtocols sends answers of every kind in every form over every protocol
// that net/http speaks: the first, which prepares, and the second. No answer
// ends its connection.
func TestProtocols(t *testing.T) {
	for _, p := range []struct {
		name  string
		start func(*httptest.Server)
		major int
	}{
		{"HTTP 1", (*httptest.Server).Start, 1},
		{"HTTP 1 over TLS", overTLS, 1},
		{"HTTP 2", overHTTP2, 2},
		{"HTTP 2 without TLS", overH2C, 2},
	} {
		alone(t, p.name, func(t *testing.T) {
			h := newHost(t, render.Config{}, func(h *host) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					var i int
					fmt.Sscanf(r.URL.Path, "/reports/%d", &i)
					h.deny.Write(w, r, denials[i].err)
				})
			}, p.start)
			client := h.client(t)
			var sent, faults int32
			for i, d := range denials {
				for _, f := range allFormats {
					for _, method := range []string{"GET", "GET", "HEAD", "POST"} {
						var upload io.Reader
						if method == "POST" {
							upload = strings.NewReader("nobody reads this")
						}
						req, err := http.NewRequest(method, h.URL+targetOf(i), upload)
						if err != nil {
							t.Fatal(err)
						}
						req.Header.Set("Accept", f.MediaType())
						req.Header.Set("Accept-Language", "de, en;q=0.5")
						resp, err := client.Do(req)
						if err != nil {
							t.Fatal(err)
						}
						body, err := io.ReadAll(resp.Body)
						resp.Body.Close()
						if err != nil {
							t.Fatal(err)
						}
						sent, faults = sent+1, faults+d.faults
						if resp.ProtoMajor != p.major {
							t.Fatalf("the answer came over %s", resp.Proto)
						}
						if resp.StatusCode != d.status || d.challenges != nil && cmp.Diff(d.challenges, resp.Header["Www-Authenticate"]) != "" {
							t.Errorf("%s: status %d, WWW-Authenticate %q; want %d and %q", d.name, resp.StatusCode, resp.Header["Www-Authenticate"], d.status, d.challenges)
						}
						if method == "HEAD" && len(body) > 0 {
							t.Errorf("%s: HEAD got %q", d.name, body)
						}
						if !strings.HasPrefix(resp.Header.Get("Content-Type"), f.MediaType()) && d.faults == 0 {
							t.Errorf("%s: got %s for %s", d.name, resp.Header.Get("Content-Type"), f.MediaType())
						}
						h.check(t, resp, body, render.Request{Method: method, Target: targetOf(i), Header: req.Header}, d.err)
						if t.Failed() {
							t.Fatalf("at %s %s, %s", method, d.name, f.MediaType())
						}
					}
				}
			}
			h.saw(t, sent, faults)
			// On a busy machine, the client gives up a connection when it has not
			// written its request 50 ms after the answer came.
			if n := h.conns.Load(); n > 1+sent/20 {
				t.Errorf("%d connections were used for %d requests, want one, or few more", n, sent)
			}
			if n := h.lines.Load(); n != 0 {
				t.Errorf("the server logged %d lines", n)
			}
		})
	}
}

// TestHTTP10 is about clients that end an answer at the end of the connection,
// or at Content-Length where they ask to keep it.
func TestHTTP10(t *testing.T) {
	for _, d := range denials {
		alone(t, d.name, func(t *testing.T) {
			h := newHost(t, render.Config{}, denying(d.err))
			want := render.Request{Method: "GET", Target: "/a", Header: http.Header{"Accept": {"text/html"}}}
			for range 2 {
				c := h.dial(t)
				c.send(t, "GET /a HTTP/1.0\r\nAccept: text/html\r\n\r\n")
				resp, body := c.read(t, "GET")
				if resp.TransferEncoding != nil || resp.StatusCode != d.status {
					t.Errorf("status %d, transfer coding %q", resp.StatusCode, resp.TransferEncoding)
				}
				h.check(t, resp, body, want, d.err, "Connection")
				c.ends(t)
			}
			c := h.dial(t)
			for _, method := range []string{"GET", "HEAD", "GET"} {
				c.send(t, method+" /a HTTP/1.0\r\nAccept: text/html\r\nConnection: keep-alive\r\n\r\n")
				resp, body := c.read(t, method)
				if got := resp.Header.Get("Connection"); got != "keep-alive" {
					t.Errorf("Connection: %q", got)
				}
				want.Method = method
				h.check(t, resp, body, want, d.err, "Connection")
			}
			c.Close()
			h.saw(t, 5, 5*d.faults)
		})
	}
}

// TestPipelined sends requests without waiting for answers. Each answer has to
// end where the next begins.
func TestPipelined(t *testing.T) {
	requests := []struct{ method, target, fields, body string }{
		{"GET", "/1", "Accept: text/html\r\n", ""},
		{"HEAD", "/2", "Accept: text/html\r\n", ""},
		{"GET", "/3", "Accept: application/json\r\n", ""},
		{"POST", "/4", "Content-Length: 29\r\nAccept: text/plain\r\n", "GET /smuggled HTTP/1.1\r\nA: b\r\n"[:29]},
		{"PUT", "/5", "Transfer-Encoding: chunked\r\nAccept: multipart/alternative\r\n", "3\r\nabc\r\n0\r\n\r\n"},
		{"HEAD", "/6", "Accept: multipart/alternative\r\n", ""},
		{"DELETE", "/7", "Accept: application/problem+xml\r\nSec-Fetch-Mode: cors\r\n", ""},
		{"PROPFIND", "/8", "Accept: text/markdown\r\nAccept-Language: ar\r\n", ""},
	}
	for _, d := range denials {
		alone(t, d.name, func(t *testing.T) {
			h := newHost(t, render.Config{}, denying(d.err))
			c := h.dial(t)
			var all strings.Builder
			for range 2 {
				for _, r := range requests {
					fmt.Fprintf(&all, "%s %s HTTP/1.1\r\nHost: a.example\r\n%s\r\n%s", r.method, r.target, r.fields, r.body)
				}
			}
			fmt.Fprint(&all, "GET /last HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n")
			c.send(t, all.String())
			for range 2 {
				for _, r := range requests {
					resp, body := c.read(t, r.method)
					h.check(t, resp, body, render.Request{Method: r.method, Target: r.target, Header: parseFields(t, r.fields)}, d.err)
					if t.Failed() {
						t.Fatalf("at %s %s", r.method, r.target)
					}
				}
			}
			resp, body := c.read(t, "GET")
			h.check(t, resp, body, render.Request{Method: "GET", Target: "/last"}, d.err, "Connection")
			c.ends(t)
			sent := int32(2*len(requests) + 1)
			h.saw(t, sent, sent*d.faults)
			if n := h.conns.Load(); n != 1 {
				t.Errorf("%d connections", n)
			}
		})
	}
}

func parseFields(t *testing.T, fields string) http.Header {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET / HTTP/1.1\r\nHost: a.example\r\n" + fields + "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	return r.Header
}

// TestExpectContinue denies uploads before a byte of them is asked for.
func TestExpectContinue(t *testing.T) {
	alone(t, "bytes", func(t *testing.T) {
		h := newHost(t, render.Config{}, denying(problem.SignInRequired))
		for range 2 {
			c := h.dial(t)
			c.send(t, "PUT /a HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n")
			// ReadResponse returns what comes first: a 100 would be seen.
			resp, body := c.read(t, "PUT")
			h.check(t, resp, body, render.Request{Method: "PUT", Target: "/a"}, problem.SignInRequired, "Connection")
			// The server cannot know whether the upload follows.
			if !resp.Close {
				t.Error("the connection stays open")
			}
			c.ends(t)
		}
		h.saw(t, 2, 0)
	})
	for _, p := range []struct {
		name  string
		start func(*httptest.Server)
		conns int32 // that two uploads and a GET need
	}{{"HTTP 1", (*httptest.Server).Start, 3}, {"HTTP 2", overHTTP2, 1}} {
		alone(t, p.name, func(t *testing.T) {
			h := newHost(t, render.Config{}, denying(problem.SignInRequired), p.start)
			client := h.client(t)
			client.Transport.(*http.Transport).ExpectContinueTimeout = 4 * patience
			for i, method := range []string{"PUT", "PUT", "GET"} {
				upload := &unread{}
				req, err := http.NewRequest(method, h.URL+"/a", nil)
				if err != nil {
					t.Fatal(err)
				}
				if method == "PUT" {
					req.Body, req.ContentLength = upload, 1<<30
					req.Header.Set("Expect", "100-continue")
				}
				resp, err := client.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if err != nil {
					t.Fatal(err)
				}
				h.check(t, resp, body, render.Request{Method: method, Target: "/a"}, problem.SignInRequired, "Connection")
				if n := upload.reads.Load(); n != 0 {
					t.Errorf("request %d: the client was asked for the body, and read it %d times", i, n)
				}
			}
			if n := h.conns.Load(); n != p.conns {
				t.Errorf("%d connections, want %d", n, p.conns)
			}
			h.saw(t, 3, 0)
		})
	}
}

// unread is a body that notes whether it is read.
type unread struct{ reads atomic.Int32 }

func (u *unread) Read(p []byte) (int, error) { u.reads.Add(1); return len(p), nil }
func (u *unread) Close() error               { return nil }

// TestUploadNotRead denies a large upload that nobody waits for: the server
// closes the connection rather than read it to its end.
func TestUploadNotRead(t *testing.T) {
	alone(t, "large", func(t *testing.T) {
		h := newHost(t, render.Config{}, denying(problem.SignInRequired))
		for range 2 {
			c := h.dial(t)
			c.send(t, "POST /a HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1000000000\r\n\r\n")
			resp, body := c.read(t, "POST")
			h.check(t, resp, body, render.Request{Method: "POST", Target: "/a"}, problem.SignInRequired, "Connection")
			if !resp.Close {
				t.Error("the connection stays open")
			}
			c.Close()
		}
		h.saw(t, 2, 0)
	})
}

// TestHugeFields sends header fields as long as the server lets through, and
// longer ones, which net/http refuses by itself.
func TestHugeFields(t *testing.T) {
	long := func(unit string, n int) string { return strings.Repeat(unit, n/len(unit)) }
	for _, limit := range []int{16 << 10, http.DefaultMaxHeaderBytes} {
		n := limit - 2000 // for the rest of the request
		rounds := 2
		if limit > 1<<17 {
			rounds = 1 // reading so much takes the race detector long
		}
		rows := []struct{ name, target, fields string }{
			{"Accept", "/", "Accept: " + long("a/b;q=0.123,", n)},
			{"Accept of one range", "/", "Accept: a/" + long("b", n)},
			{"Accept of quotes", "/", `Accept: a/b;c="` + long(`\"`, n) + `"`},
			{"Accept of commas", "/", "Accept: " + long(",", n) + "text/html"},
			{"many lines", "/", long("Accept: a/b;q=0.5\r\n", n) + "Accept: text/html"},
			{"Accept-Language", "/", "Accept-Language: " + long("de-DE-1996-x-a;q=0.5,", n)},
			{"Accept-Language of one tag", "/", "Accept-Language: " + long("x-", n) + "x"},
			{"Authorization", "/", "Authorization: Bearer " + long("a", n)},
			{"Cookie", "/", "Cookie: a=" + long("b", n)},
			{"Origin", "/", "Origin: " + long("https://", n)},
			{"Sec-Fetch-Mode", "/", "Sec-Fetch-Mode: " + long("navigate", n)},
			{"X-Requested-With", "/", "X-Requested-With: " + long("é", n)},
			{"path", "/" + long("a/", n), "Accept: text/html\r\nSec-Fetch-Mode: navigate"},
			{"query", "/?" + long("%22", n), "Accept: text/html"},
			{"others", "/", long("X-A: b\r\n", n) + "Accept: text/html"},
		}
		alone(t, fmt.Sprint("limit ", limit), func(t *testing.T) {
			h := newHost(t, render.Config{}, denying(problem.SignInRequired), func(s *httptest.Server) {
				s.Config.MaxHeaderBytes = limit
				// From Go 1.27 on, net/http refuses more than 500 field lines itself.
				if lines := reflect.ValueOf(s.Config).Elem().FieldByName("MaxHeaderValueCount"); lines.IsValid() {
					lines.SetInt(1 << 20)
				}
			})
			var sent int32
			for _, row := range rows {
				c := h.dial(t)
				for range rounds {
					c.send(t, "GET "+row.target+" HTTP/1.1\r\nHost: a.example\r\n"+row.fields+"\r\n\r\n")
					resp, body := c.read(t, "GET")
					sent++
					h.check(t, resp, body, render.Request{Method: "GET", Target: row.target, Header: parseFields(t, row.fields+"\r\n")}, problem.SignInRequired)
					for name, lines := range resp.Header {
						if len(strings.Join(lines, "")) > 4<<10 {
							t.Errorf("%s of the answer is %d bytes long", name, len(strings.Join(lines, "")))
						}
					}
					if t.Failed() {
						t.Fatalf("at %s", row.name)
					}
				}
				c.Close()
			}
			h.saw(t, sent, 0)

			// Beyond the limit it is not for us to answer.
			c := h.dial(t)
			go io.WriteString(c, "GET / HTTP/1.1\r\nHost: a.example\r\nAccept: "+long("a/b,", limit+8<<10)+"\r\n\r\n")
			resp, err := http.ReadResponse(c.r, nil)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge || !resp.Close {
				t.Errorf("beyond the limit: status %d, close %v", resp.StatusCode, resp.Close)
			}
			resp.Body.Close()
			c.Close()
			h.saw(t, sent, 0)
		})
		alone(t, fmt.Sprint("HTTP 2, limit ", limit), func(t *testing.T) {
			h := newHost(t, render.Config{}, denying(problem.SignInRequired), func(s *httptest.Server) { s.Config.MaxHeaderBytes = limit }, overHTTP2)
			client := h.client(t)
			do := func(target, fields string) (*http.Response, []byte, *http.Request, error) {
				req, err := http.NewRequest("GET", h.URL+target, nil)
				if err != nil {
					t.Fatal(err)
				}
				req.Header = parseFields(t, fields+"\r\n")
				resp, err := client.Do(req)
				if err != nil {
					return nil, nil, req, err
				}
				defer resp.Body.Close()
				body, err := io.ReadAll(resp.Body)
				if err != nil {
					t.Fatal(err)
				}
				return resp, body, req, nil
			}
			var sent int32
			for _, row := range rows {
				if row.name == "many lines" || row.name == "others" {
					continue // each line counts 32 bytes more (RFC 9113 §6.5.2)
				}
				for range rounds {
					resp, body, req, err := do(row.target, row.fields)
					if err != nil {
						t.Fatalf("%s: %v", row.name, err)
					}
					sent++
					h.check(t, resp, body, render.Request{Method: "GET", Target: row.target, Header: req.Header}, problem.SignInRequired)
				}
			}
			if resp, _, _, err := do("/", "Accept: "+long("a/b,", limit+8<<10)); err == nil && resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
				t.Errorf("beyond the limit: status %d", resp.StatusCode)
			}
			if resp, body, _, err := do("/", ""); err != nil {
				t.Errorf("afterwards: %v", err)
			} else {
				h.check(t, resp, body, render.Request{Method: "GET", Target: "/"}, problem.SignInRequired)
			}
			h.saw(t, sent+1, 0)
		})
	}
}
