package render_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// Denials larger than what lies between two programs in buffers, so that
// writing them has to wait for the reader. The first can be prepared.
var large = []struct {
	name string
	err  error
}{
	{"prepared", &problem.Problem{Reason: problem.RoleMissing, Detail: strings.Repeat("long & <long> ", 1<<16)}},
	{"not prepared", &problem.Problem{Reason: problem.RoleMissing, Next: []problem.NextStep{}, Detail: strings.Repeat("long & <long> ", 1<<16)}},
}

// smallBuffers makes a server's connections hold little that was written.
func smallBuffers(s *httptest.Server) {
	s.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		if t, ok := c.(*tls.Conn); ok {
			c = t.NetConn()
		}
		c.(*net.TCPConn).SetWriteBuffer(32 << 10)
		return ctx
	}
}

// dialSlowly is dial for a client that takes little at a time.
func (h *host) dialSlowly(t *testing.T) *rawConn {
	t.Helper()
	c := h.dial(t)
	if err := c.Conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	return c
}

const ask = "GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n"

var asked = render.Request{Method: "GET", Target: "/a"}

// TestClientGoesAway has clients vanish before and amid the answer. It is no
// fault, the denial is told of, and the next client is answered.
func TestClientGoesAway(t *testing.T) {
	for _, l := range large {
		alone(t, l.name+", before the answer", func(t *testing.T) {
			h := newHost(t, render.Config{}, func(h *host) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/wait" {
						<-r.Context().Done() // the server has noticed
					}
					h.deny.Write(w, r, l.err)
				})
			}, smallBuffers)
			for i := range int32(2) {
				c := h.dial(t)
				c.send(t, "GET /wait HTTP/1.1\r\nHost: a.example\r\n\r\n")
				c.reset(t)
				h.saw(t, i+1, 0)
			}
			h.answers(t, l.err)
			h.saw(t, 3, 0)
		})
		alone(t, l.name+", amid the answer", func(t *testing.T) {
			h := newHost(t, render.Config{}, denying(l.err), smallBuffers)
			for i := range int32(2) {
				c := h.dialSlowly(t)
				c.send(t, ask)
				if status, err := c.r.ReadString('\n'); err != nil || status != "HTTP/1.1 403 Forbidden\r\n" {
					t.Fatalf("got %q, %v", status, err)
				}
				if n := h.denied.Load(); n != i {
					t.Fatalf("Write has returned before its client went away; this test tests nothing")
				}
				c.reset(t)
				h.saw(t, i+1, 0)
			}
			h.answers(t, l.err)
			h.saw(t, 3, 0)
		})
		alone(t, l.name+", amid the answer over HTTP 2", func(t *testing.T) {
			h := newHost(t, render.Config{}, denying(l.err), overHTTP2)
			client := h.client(t)
			client.Transport.(*http.Transport).HTTP2 = &http.HTTP2Config{MaxReceiveBufferPerStream: 64 << 10}
			for i := range int32(2) {
				ctx, cancel := context.WithCancel(context.Background())
				req, err := http.NewRequestWithContext(ctx, "GET", h.URL+"/a", nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := client.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				if resp.StatusCode != 403 || resp.ProtoMajor != 2 {
					t.Errorf("status %d over %s", resp.StatusCode, resp.Proto)
				}
				if n := h.denied.Load(); n != i {
					t.Fatalf("Write has returned before its client went away; this test tests nothing")
				}
				cancel() // ends the stream and leaves the connection
				resp.Body.Close()
				h.saw(t, i+1, 0)
			}
			resp, err := client.Get(h.URL + "/a")
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(resp.Body)
			resp.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			h.check(t, resp, body, asked, l.err)
			h.saw(t, 3, 0)
			if n := h.conns.Load(); n != 1 {
				t.Errorf("%d connections; the first should have stayed", n)
			}
		})
	}
}

// answers asserts that a new client is answered in full.
func (h *host) answers(t *testing.T, err error) {
	t.Helper()
	before := h.denied.Load()
	c := h.dial(t)
	c.send(t, ask)
	resp, body := c.read(t, "GET")
	h.check(t, resp, body, asked, err)
	c.Close()
	waitFor(t, "OnDenied", func() bool { return h.denied.Load() == before+1 })
}

// TestSlowReader has clients take an answer in small bites, and not at all.
func TestSlowReader(t *testing.T) {
	for _, l := range large {
		alone(t, l.name, func(t *testing.T) {
			h := newHost(t, render.Config{}, denying(l.err), smallBuffers)
			c := h.dial(t)
			for range 2 {
				c.send(t, ask)
				resp, err := http.ReadResponse(c.r, nil)
				if err != nil {
					t.Fatal(err)
				}
				var body bytes.Buffer
				for bite := make([]byte, 700); ; {
					n, err := resp.Body.Read(bite)
					body.Write(bite[:n])
					if err == io.EOF {
						break
					} else if err != nil {
						t.Fatal(err)
					}
				}
				h.check(t, resp, body.Bytes(), asked, l.err)
			}
			c.Close()
			h.saw(t, 2, 0)
			if n := h.conns.Load(); n != 1 {
				t.Errorf("%d connections", n)
			}
		})
		alone(t, l.name+", never", func(t *testing.T) {
			conns := make(chan net.Conn, 1)
			h := newHost(t, render.Config{}, denying(l.err), smallBuffers, func(s *httptest.Server) {
				inner := s.Config.ConnContext
				s.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
					conns <- c
					return inner(ctx, c)
				}
			})
			whole := h.slow.Render(asked, l.err)
			for i := range int32(2) {
				c := h.dialSlowly(t)
				c.send(t, ask)
				resp, err := http.ReadResponse(c.r, nil)
				if err != nil {
					t.Fatal(err)
				}
				if n := h.denied.Load(); n != i {
					t.Fatalf("Write has returned before its client read; this test tests nothing")
				}
				// As WriteTimeout does, but no sooner than now.
				if err := (<-conns).SetWriteDeadline(time.Now()); err != nil {
					t.Fatal(err)
				}
				h.saw(t, i+1, 0)
				body, err := io.ReadAll(resp.Body)
				if resp.Header.Get("Content-Length") != fmt.Sprint(len(whole.Body)) || err == nil || !bytes.HasPrefix(whole.Body, body) {
					t.Errorf("Content-Length %s, %d bytes, error %v; want part of %d bytes, and an error", resp.Header.Get("Content-Length"), len(body), err, len(whole.Body))
				}
				c.Close()
			}
			h.saw(t, 2, 0)
		})
	}
}
