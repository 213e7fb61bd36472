package render_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// oddWriter is a ResponseWriter whose Write does as it likes.
type oddWriter struct {
	http.ResponseWriter
	calls int
	write func(call int, w io.Writer, p []byte) (int, error)
}

func (w *oddWriter) Write(p []byte) (int, error) {
	w.calls++
	return w.write(w.calls, w.ResponseWriter, p)
}

// TestWriterFails has writers that fail, in between the server and us. That is
// no fault of the answer, and costs nobody else theirs.
func TestWriterFails(t *testing.T) {
	errFull := errors.New("full")
	tests := []struct {
		name   string
		write  func(call int, w io.Writer, p []byte) (int, error)
		panics bool
	}{
		{"fails", func(int, io.Writer, []byte) (int, error) { return 0, errFull }, false},
		{"is short", func(_ int, w io.Writer, p []byte) (int, error) {
			n, _ := w.Write(p[:len(p)/2])
			return n, io.ErrShortWrite
		}, false},
		{"is short and does not say so", func(_ int, w io.Writer, p []byte) (int, error) { return w.Write(p[:len(p)/2]) }, false},
		{"fails at the second", func(call int, w io.Writer, p []byte) (int, error) {
			if call == 2 {
				return 0, errFull
			}
			return w.Write(p)
		}, false},
		{"fails at large ones", func(_ int, w io.Writer, p []byte) (int, error) {
			if len(p) > 2000 {
				return 0, errFull
			}
			return w.Write(p)
		}, false},
		{"fails at small ones", func(_ int, w io.Writer, p []byte) (int, error) {
			if len(p) < 2000 {
				return 0, errFull
			}
			return w.Write(p)
		}, false},
		{"panics", func(int, io.Writer, []byte) (int, error) { panic("writer") }, true},
		{"panics amid", func(_ int, w io.Writer, p []byte) (int, error) { w.Write(p[:1]); panic("writer") }, true},
		{"aborts", func(int, io.Writer, []byte) (int, error) { panic(http.ErrAbortHandler) }, true},
	}
	for _, p := range protocols {
		for _, tt := range tests {
			alone(t, tt.name+", "+p.name, func(t *testing.T) {
				h := newHost(t, render.Config{}, func(h *host) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						if r.URL.Path == "/odd" {
							w = &oddWriter{ResponseWriter: w, write: tt.write}
						}
						var i int
						fmt.Sscan(r.URL.RawQuery, &i)
						h.deny.Write(w, r, denials[i].err)
					})
				}, p.start)
				client := h.client(t)
				var odd, all, faults int32
				for i, d := range denials {
					query := fmt.Sprint("?", i)
					for _, accept := range []string{"application/json", "text/html", "multipart/alternative"} {
						for range 3 {
							req := render.Request{Method: "POST", Target: "/odd" + query, Header: http.Header{"Accept": {accept}}}
							whole := h.slow.Render(req, d.err)
							resp, body, err := fetch(client, "POST", h.URL+req.Target, "Accept: "+accept)
							odd++
							faults += d.faults
							if resp != nil && (resp.StatusCode != d.status || resp.Header.Get("Content-Length") != fmt.Sprint(len(whole.Body))) {
								t.Errorf("status %d, Content-Length %q", resp.StatusCode, resp.Header["Content-Length"])
							}
							if resp != nil && err == nil && !bytes.Equal(body, whole.Body) {
								t.Errorf("%d bytes of %d, and no error for the client", len(body), len(whole.Body))
							}
							// What has come before must not be lost under what comes later.
							if !bytes.HasPrefix(whole.Body, body) {
								t.Errorf("%s, %s: there is a hole in what came:\n%.300q", d.name, accept, body)
							}

							req.Method, req.Target = "GET", "/a"+query
							resp, body, err = fetch(client, "GET", h.URL+req.Target, "Accept: "+accept)
							if err != nil {
								t.Fatal(err)
							}
							all++
							faults += d.faults
							h.check(t, resp, body, req, d.err)
						}
					}
				}
				// A panic of the writer is not ours to catch; as with the server's
				// own, nobody is told of an answer that was not given.
				if tt.panics {
					waitFor(t, "the panics", func() bool { return h.aborted.Load() == odd })
					h.saw(t, all, h.faults.Load())
					return
				}
				h.saw(t, odd+all, faults)
			})
		}
	}
}

// TestNoHeaderYet is that nothing has gone to the client when something in the
// making of an answer panics, so that whoever catches that can still answer.
func TestNoHeaderYet(t *testing.T) {
	alone(t, "page", func(t *testing.T) {
		h := newHost(t, render.Config{Page: panickingPage{}}, denying(problem.SignInRequired))
		client := h.client(t)
		for i := range int32(2) {
			resp, body, err := fetch(client, "GET", h.URL+"/a", "Accept: text/html")
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != 401 || resp.Header.Get("WWW-Authenticate") == "" || string(body) != "Unauthorized\n" || resp.ContentLength != int64(len(body)) {
				t.Errorf("status %d, %v, %q", resp.StatusCode, resp.Header, body)
			}
			h.saw(t, i+1, i+1)
		}
		if n := h.conns.Load(); n != 1 {
			t.Errorf("%d connections", n)
		}
	})
}
