package render_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// fetch is one request of a client.
func fetch(client *http.Client, method, url string, fields ...string) (*http.Response, []byte, error) {
	req, err := http.NewRequest(method, url, nil)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		req.Header.Add(name, value)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp, body, err
}

// protocols that the rows below are tried over.
var protocols = []struct {
	name  string
	start func(*httptest.Server)
}{{"HTTP 1", (*httptest.Server).Start}, {"HTTP 2", overHTTP2}}

// TestPanicAfterWrite has handlers that panic once the answer is written. What
// comes of the answer is net/http's to say; the Renderer is as good as before.
func TestPanicAfterWrite(t *testing.T) {
	flush := func(w http.ResponseWriter) {
		if err := http.NewResponseController(w).Flush(); err != nil {
			panic(err)
		}
	}
	tests := []struct {
		name  string
		after func(http.ResponseWriter)
		whole bool  // the answer is with the client before the panic
		lines int32 // of the server's log, for each panic
	}{
		{"panic", func(http.ResponseWriter) { panic("after") }, false, 1},
		{"abort", func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, false, 0},
		{"panic when it is flushed", func(w http.ResponseWriter) { flush(w); panic("after") }, true, 1},
		{"abort when it is flushed", func(w http.ResponseWriter) { flush(w); panic(http.ErrAbortHandler) }, true, 0},
	}
	for _, p := range protocols {
		for _, tt := range tests {
			alone(t, tt.name+", "+p.name, func(t *testing.T) {
				h := newHost(t, render.Config{}, func(h *host) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						h.deny.Write(w, r, problem.SignInRequired)
						if r.URL.Path == "/panic" {
							tt.after(w)
						}
					})
				}, p.start)
				client := h.client(t)
				for range 2 {
					resp, body, err := fetch(client, "POST", h.URL+"/panic") // which is not sent again
					switch {
					case tt.whole && p.name == "HTTP 1":
						// Content-Length is the end of it; the panic comes later.
						if err != nil {
							t.Fatal(err)
						}
						h.check(t, resp, body, render.Request{Method: "POST", Target: "/panic"}, problem.SignInRequired)
					case tt.whole:
						// The stream is reset, and the client may see that first.
						if resp == nil || resp.StatusCode != 401 {
							t.Errorf("got %v, %v; want status 401", resp, err)
						}
					case err == nil:
						t.Errorf("got status %d and %q of an answer that was thrown away", resp.StatusCode, body)
					}
					// Whoever comes next is answered.
					resp, body, err = fetch(client, "GET", h.URL+"/a")
					if err != nil {
						t.Fatal(err)
					}
					h.check(t, resp, body, asked, problem.SignInRequired)
				}
				h.saw(t, 4, 0)
				waitFor(t, "the panics", func() bool { return h.aborted.Load() == 2 })
				waitFor(t, "the log", func() bool { return h.lines.Load() >= 2*tt.lines })
				if n := h.lines.Load(); n != 2*tt.lines {
					t.Errorf("%d lines in the log, want %d", n, 2*tt.lines)
				}
			})
		}
		// A middleware that catches panics finds the answer complete.
		alone(t, "recovered, "+p.name, func(t *testing.T) {
			h := newHost(t, render.Config{}, func(h *host) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					defer func() { _ = recover() }()
					h.deny.Write(w, r, problem.SignInRequired)
					panic("after")
				})
			}, p.start)
			client := h.client(t)
			for range 3 {
				resp, body, err := fetch(client, "GET", h.URL+"/a")
				if err != nil {
					t.Fatal(err)
				}
				h.check(t, resp, body, asked, problem.SignInRequired)
			}
			h.saw(t, 3, 0)
			if n := h.conns.Load(); n != 1 {
				t.Errorf("%d connections", n)
			}
		})
	}
}

// compressed returns what came, read as Content-Encoding says.
func compressed(t *testing.T, resp *http.Response, body []byte) []byte {
	t.Helper()
	switch resp.Header.Get("Content-Encoding") {
	case "":
		return body
	case "gzip":
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		plain, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		return plain
	}
	t.Fatalf("Content-Encoding %q", resp.Header.Get("Content-Encoding"))
	return nil
}

// Three ways in which middleware compresses answers.
var compressors = []struct {
	name string
	wrap func(http.Handler) http.Handler
}{
	// It says so before the handler runs, and writes through.
	{"says so before", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Vary", "Accept-Encoding")
			if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Encoding", "gzip")
			if r.Method == http.MethodHead {
				next.ServeHTTP(w, r)
				return
			}
			z := gzip.NewWriter(w)
			defer z.Close()
			next.ServeHTTP(writerTo{w, z}, r)
		})
	}},
	// It decides when the header is written, and takes the length out.
	{"at the header", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			z := &lateGzip{ResponseWriter: w, on: strings.Contains(r.Header.Get("Accept-Encoding"), "gzip"), head: r.Method == http.MethodHead}
			defer z.close()
			next.ServeHTTP(z, r)
		})
	}},
	// It keeps what is written until it knows how much that is.
	{"at the end", func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Vary", "Accept-Encoding")
			b := &wholeGzip{ResponseWriter: w, status: 200}
			next.ServeHTTP(b, r)
			if b.body.Len() > 1000 && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
				var out bytes.Buffer
				z := gzip.NewWriter(&out)
				z.Write(b.body.Bytes())
				z.Close()
				b.body = out
				w.Header().Set("Content-Encoding", "gzip")
				w.Header().Set("Content-Length", fmt.Sprint(out.Len()))
			}
			w.WriteHeader(b.status)
			w.Write(b.body.Bytes())
		})
	}},
}

type writerTo struct {
	http.ResponseWriter
	to io.Writer
}

func (w writerTo) Write(p []byte) (int, error) { return w.to.Write(p) }

type lateGzip struct {
	http.ResponseWriter
	on, head bool
	z        *gzip.Writer
}

func (g *lateGzip) WriteHeader(status int) {
	g.Header().Add("Vary", "Accept-Encoding")
	if g.on {
		g.Header().Set("Content-Encoding", "gzip")
		g.Header().Del("Content-Length")
		if !g.head {
			g.z = gzip.NewWriter(g.ResponseWriter)
		}
	}
	g.ResponseWriter.WriteHeader(status)
}

func (g *lateGzip) Write(p []byte) (int, error) {
	if g.z != nil {
		return g.z.Write(p)
	}
	return g.ResponseWriter.Write(p)
}

func (g *lateGzip) close() {
	if g.z != nil {
		g.z.Close()
	}
}

type wholeGzip struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (b *wholeGzip) WriteHeader(status int)      { b.status = status }
func (b *wholeGzip) Write(p []byte) (int, error) { return b.body.Write(p) }

// TestCompression has middleware of each kind around the denial.
func TestCompression(t *testing.T) {
	for _, z := range compressors {
		for _, p := range protocols {
			alone(t, z.name+", "+p.name, func(t *testing.T) {
				h := newHost(t, render.Config{}, func(h *host) http.Handler {
					return z.wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						var i int
						fmt.Sscanf(r.URL.Path, "/reports/%d", &i)
						h.deny.Write(w, r, denials[i].err)
					}))
				}, p.start)
				client := h.client(t)
				var sent, faults, shrunk int32
				for i, d := range denials {
					for _, accept := range []string{"application/json", "text/html"} {
						for _, encoding := range []string{"gzip", "identity"} {
							for _, method := range []string{"GET", "GET", "HEAD"} {
								resp, body, err := fetch(client, method, h.URL+targetOf(i), "Accept: "+accept, "Accept-Encoding: "+encoding)
								if err != nil {
									t.Fatal(err)
								}
								sent, faults = sent+1, faults+d.faults
								if resp.Header.Get("Content-Encoding") != "" {
									shrunk++
									if length := resp.Header.Get("Content-Length"); method == "GET" && length != "" && length != fmt.Sprint(len(body)) {
										t.Errorf("Content-Length %s for %d bytes", length, len(body))
									}
								}
								if vary := strings.Join(resp.Header["Vary"], ", "); !strings.Contains(vary, "Accept-Encoding") || !strings.Contains(vary, "Accept-Language") {
									t.Errorf("Vary: %s", vary)
								}
								if method == "HEAD" && len(body) > 0 {
									t.Errorf("HEAD has a body of %d bytes", len(body))
								} else if method == "GET" {
									body = compressed(t, resp, body)
								}
								target := render.Request{Method: method, Target: targetOf(i), Header: http.Header{"Accept": {accept}}}
								h.check(t, resp, body, target, d.err, "Content-Encoding", "Content-Length", "Vary")
								if t.Failed() {
									t.Fatalf("at %s %s, %s, %s", method, d.name, accept, encoding)
								}
							}
						}
					}
				}
				h.saw(t, sent, faults)
				if shrunk == 0 {
					t.Error("nothing was compressed")
				}
				if n := h.conns.Load(); n != 1 || h.lines.Load() > 0 {
					t.Errorf("%d connections, %d lines in the log", n, h.lines.Load())
				}
			})
		}
	}
}

// TestTimeoutHandler has http.TimeoutHandler around the denial, which comes in
// time or after the client was sent away.
func TestTimeoutHandler(t *testing.T) {
	for _, p := range protocols {
		alone(t, p.name, func(t *testing.T) {
			h := newHost(t, render.Config{}, func(h *host) http.Handler {
				late := http.TimeoutHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					<-r.Context().Done()
					// TimeoutHandler has to have the last word before we begin.
					for {
						if _, err := w.Write(nil); errors.Is(err, http.ErrHandlerTimeout) {
							break
						}
						time.Sleep(time.Millisecond)
					}
					h.deny.Write(w, r, problem.SignInRequired)
				}), 20*time.Millisecond, "too late")
				early := http.TimeoutHandler(h.deny.Handler(problem.SignInRequired), 10*patience, "too late")
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/late" {
						late.ServeHTTP(w, r)
						return
					}
					early.ServeHTTP(w, r)
				})
			}, p.start)
			client := h.client(t)
			for range 2 {
				for _, method := range []string{"GET", "HEAD"} {
					resp, body, err := fetch(client, method, h.URL+"/a", "Accept: text/html")
					if err != nil {
						t.Fatal(err)
					}
					h.check(t, resp, body, render.Request{Method: method, Target: "/a", Header: http.Header{"Accept": {"text/html"}}}, problem.SignInRequired)
				}
				resp, body, err := fetch(client, "GET", h.URL+"/late")
				if err != nil {
					t.Fatal(err)
				}
				if resp.StatusCode != http.StatusServiceUnavailable || string(body) != "too late" || resp.Header["Www-Authenticate"] != nil {
					t.Errorf("late: status %d, %q, WWW-Authenticate %q", resp.StatusCode, body, resp.Header["Www-Authenticate"])
				}
			}
			h.saw(t, 6, 0)
			if n := h.conns.Load(); n != 1 {
				t.Errorf("%d connections", n)
			}
		})
	}
}

// TestMaxBytesHandler has http.MaxBytesHandler around a handler that denies
// without reading the body, and one that denies because it was too long.
func TestMaxBytesHandler(t *testing.T) {
	tooLarge := problem.ForStatus(http.StatusRequestEntityTooLarge)
	alone(t, "bytes", func(t *testing.T) {
		h := newHost(t, render.Config{}, func(h *host) http.Handler {
			return http.MaxBytesHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/read" {
					_, err := io.Copy(io.Discard, r.Body)
					if e := new(http.MaxBytesError); errors.As(err, &e) {
						h.deny.Write(w, r, tooLarge.Because(err))
						return
					}
				}
				h.deny.Write(w, r, problem.SignInRequired)
			}), 100)
		})
		post := func(target string, length int) string {
			return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: a.example\r\nContent-Length: %d\r\n\r\n%s", target, length, strings.Repeat("x", length))
		}
		for range 2 {
			c := h.dial(t)
			// A body within the limit, then one beyond it that nobody reads.
			for _, length := range []int{100, 1000} {
				c.send(t, post("/a", length))
				resp, body := c.read(t, "POST")
				h.check(t, resp, body, render.Request{Method: "POST", Target: "/a"}, problem.SignInRequired)
			}
			c.Close()
			c = h.dial(t)
			c.send(t, post("/read", 101))
			resp, body := c.read(t, "POST")
			// The server's own Connection: close is kept beside our fields.
			h.check(t, resp, body, render.Request{Method: "POST", Target: "/read"}, tooLarge, "Connection")
			if resp.StatusCode != 413 || !resp.Close {
				t.Errorf("too large: status %d, Connection %q", resp.StatusCode, resp.Header["Connection"])
			}
			c.ends(t)
		}
		h.saw(t, 6, 0)
	})
}

// TestCommitted denies when the handler has begun an answer of its own: that
// stays what it is, nothing breaks, and OnDenied tells, as does the server's log
// over HTTP 1.
func TestCommitted(t *testing.T) {
	tests := []struct {
		name   string
		before func(http.ResponseWriter)
		status int
		body   string // that the answer begins with
		whole  bool   // and that is all of it
	}{
		{"status", func(w http.ResponseWriter) { w.WriteHeader(200) }, 200, "", false},
		{"body", func(w http.ResponseWriter) { io.WriteString(w, "begun;") }, 200, "begun;", false},
		{"flushed", func(w http.ResponseWriter) {
			io.WriteString(w, "begun;")
			http.NewResponseController(w).Flush()
		}, 200, "begun;", false},
		{"length", func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "6")
			io.WriteString(w, "begun;")
		}, 200, "begun;", true},
		{"no content", func(w http.ResponseWriter) { w.WriteHeader(204) }, 204, "", true},
	}
	for _, p := range protocols {
		for _, tt := range tests {
			if tt.name == "length" && p.name == "HTTP 2" {
				continue // net/http sends what is too much, and its client complains
			}
			alone(t, tt.name+", "+p.name, func(t *testing.T) {
				h := newHost(t, render.Config{}, func(h *host) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						if r.URL.Path == "/begun" {
							tt.before(w)
						}
						h.deny.Write(w, r, problem.SignInRequired)
					})
				}, p.start)
				client := h.client(t)
				denial := h.slow.Render(render.Request{Method: "GET", Target: "/begun"}, problem.SignInRequired)
				for range 2 {
					resp, body, err := fetch(client, "GET", h.URL+"/begun")
					if err != nil {
						t.Fatal(err)
					}
					want := tt.body
					if !tt.whole {
						want += string(denial.Body)
					}
					if resp.StatusCode != tt.status || string(body) != want || resp.Header["Www-Authenticate"] != nil {
						t.Errorf("status %d, WWW-Authenticate %q, body %q; want status %d and %q", resp.StatusCode, resp.Header["Www-Authenticate"], body, tt.status, want)
					}
					resp, body, err = fetch(client, "GET", h.URL+"/a")
					if err != nil {
						t.Fatal(err)
					}
					h.check(t, resp, body, asked, problem.SignInRequired)
				}
				h.saw(t, 4, 0)
				// The server ends a connection on which more was written than fits.
				if n := h.conns.Load(); n != 1 && tt.name != "length" {
					t.Errorf("%d connections", n)
				}
				if n := h.lines.Load(); n != 2 && p.name == "HTTP 1" {
					t.Errorf("%d lines in the log, want one for each answer begun before", n)
				}
			})
		}
		// An informational response is not yet the answer.
		alone(t, "early hints, "+p.name, func(t *testing.T) {
			h := newHost(t, render.Config{}, func(h *host) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Link", "</style.css>; rel=preload")
					w.WriteHeader(http.StatusEarlyHints)
					h.deny.Write(w, r, problem.SignInRequired)
				})
			}, p.start)
			client := h.client(t)
			for range 2 {
				resp, body, err := fetch(client, "GET", h.URL+"/a")
				if err != nil {
					t.Fatal(err)
				}
				h.check(t, resp, body, asked, problem.SignInRequired, "Link")
				if got := resp.Header["Link"]; len(got) == 0 || got[0] != "</style.css>; rel=preload" {
					t.Errorf("Link: %q", got)
				}
			}
			h.saw(t, 2, 0)
			if n := h.conns.Load(); n != 1 || h.lines.Load() > 0 {
				t.Errorf("%d connections, %d lines in the log", n, h.lines.Load())
			}
		})
	}
}

// wrapped is the ResponseWriter of a middleware that counts, as those that log
// do.
type wrapped struct {
	http.ResponseWriter
	headers, status, bytes *atomic.Int32
}

func (w wrapped) Unwrap() http.ResponseWriter { return w.ResponseWriter }
func (w wrapped) WriteHeader(status int) {
	w.headers.Add(1)
	w.status.Store(int32(status))
	w.ResponseWriter.WriteHeader(status)
}
func (w wrapped) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.bytes.Add(int32(n))
	return n, err
}

// TestResponseController has handlers use what http.ResponseController offers
// around the denial, through a wrapper with Unwrap.
func TestResponseController(t *testing.T) {
	for _, p := range protocols {
		alone(t, p.name, func(t *testing.T) {
			var headers, status, count atomic.Int32
			h := newHost(t, render.Config{}, func(h *host) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w = wrapped{w, &headers, &status, &count}
					c := http.NewResponseController(w)
					for doing, err := range map[string]error{
						"SetReadDeadline":  c.SetReadDeadline(time.Now().Add(2 * patience)),
						"SetWriteDeadline": c.SetWriteDeadline(time.Now().Add(2 * patience)),
						"EnableFullDuplex": c.EnableFullDuplex(),
					} {
						if err != nil && !errors.Is(err, http.ErrNotSupported) {
							t.Errorf("%s: %v", doing, err)
						}
					}
					h.deny.Write(w, r, problem.SignInRequired)
					// The answer to a HEAD has no more to flush, and over HTTP/2 one with
					// all of its Content-Length may have ended its stream.
					if err := c.Flush(); err != nil && r.Method != http.MethodHead && r.ProtoMajor < 2 {
						t.Errorf("Flush: %v", err)
					}
				})
			}, p.start)
			client := h.client(t)
			for i, method := range []string{"GET", "GET", "HEAD", "GET"} {
				before := count.Load()
				resp, body, err := fetch(client, method, h.URL+"/a", "Accept: text/html")
				if err != nil {
					t.Fatal(err)
				}
				h.check(t, resp, body, render.Request{Method: method, Target: "/a", Header: http.Header{"Accept": {"text/html"}}}, problem.SignInRequired)
				// The server would drop the body of a HEAD; middleware must not see one.
				if int(headers.Load()) != i+1 || status.Load() != 401 || int(count.Load()-before) != len(body) {
					t.Errorf("the wrapper saw %d WriteHeader, status %d, %d bytes", headers.Load(), status.Load(), count.Load()-before)
				}
			}
			h.saw(t, 4, 0)
			if n := h.conns.Load(); n != 1 {
				t.Errorf("%d connections", n)
			}
		})
	}
	// A deadline that has passed is as a client that has gone away.
	alone(t, "past deadline", func(t *testing.T) {
		h := newHost(t, render.Config{}, func(h *host) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/past" {
					if err := http.NewResponseController(wrapped{ResponseWriter: w}).SetWriteDeadline(time.Unix(1, 0)); err != nil {
						t.Error(err)
					}
				}
				h.deny.Write(w, r, problem.SignInRequired)
			})
		})
		client := h.client(t)
		for range 2 {
			if resp, _, err := fetch(client, "POST", h.URL+"/past"); err == nil {
				t.Errorf("got status %d after the deadline", resp.StatusCode)
			}
			resp, body, err := fetch(client, "GET", h.URL+"/a")
			if err != nil {
				t.Fatal(err)
			}
			h.check(t, resp, body, asked, problem.SignInRequired)
		}
		h.saw(t, 4, 0)
	})
	// A connection that was taken over is not written to.
	alone(t, "hijacked", func(t *testing.T) {
		h := newHost(t, render.Config{}, func(h *host) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var conn net.Conn
				var rw *bufio.ReadWriter
				if r.URL.Path == "/hijack" {
					var err error
					if conn, rw, err = http.NewResponseController(wrapped{ResponseWriter: w}).Hijack(); err != nil {
						t.Error(err)
						return
					}
					defer conn.Close()
					w = wrapped{w, new(atomic.Int32), new(atomic.Int32), new(atomic.Int32)}
				}
				h.deny.Write(w, r, problem.SignInRequired)
				if conn != nil {
					rw.WriteString("another protocol\n")
					rw.Flush()
				}
			})
		})
		for range 2 {
			c := h.dial(t)
			c.send(t, "GET /hijack HTTP/1.1\r\nHost: a.example\r\n\r\n")
			if got, err := io.ReadAll(c.r); err != nil || string(got) != "another protocol\n" {
				t.Errorf("got %q, %v", got, err)
			}
			h.answers(t, problem.SignInRequired)
		}
		h.saw(t, 4, 0)
	})
}
