package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/denial-go/denial/render"
)

// Kinds of clients.
const (
	http1 = iota
	http2
	http1TLS
	http10
	pipelining
	slow
	leaving  // before the answer
	leaving2 // the same, over HTTP/2
	vanishing
	halfway // amid the request
	kinds
)

var kindNames = [kinds]string{
	"HTTP/1.1", "HTTP/2", "HTTP/1.1 over TLS", "HTTP/1.0", "pipelined, three at a time", "slow to read",
	"gone before the answer", "gone before the answer, HTTP/2", "gone amid the answer", "gone amid the request",
}

// weights say how many of each kind there are among 100.
var weights = [kinds]int{45, 20, 8, 4, 6, 3, 4, 4, 3, 3}

// patience bounds every wait for the other side.
const patience = time.Minute

// A server answers with the denials that its requests name.
type server struct {
	*httptest.Server
	clients []*http.Client
	open    atomic.Int64 // connections
}

// start starts one server without and one with TLS.
func (s *soak) start() {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d, err := parseDenial(r.Header.Get(denialField))
		if err != nil || d.reason >= len(s.reasons) {
			http.Error(w, "no denial is named", http.StatusBadRequest)
			s.fail(fmt.Errorf("%s %s: no denial is named", r.Method, r.URL))
			return
		}
		s.handled.Add(1)
		if d.shape == foreign {
			s.mustFault.Add(1)
		}
		if d.mayFault() {
			s.mayFault.Add(1)
		}
		s.deny.Write(w, r, s.error(d))
	})
	for _, secure := range []bool{false, true} {
		srv := &server{Server: httptest.NewUnstartedServer(handler)}
		srv.Config.ErrorLog = log.New(panics{s}, "", 0)
		srv.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				srv.open.Add(1)
			case http.StateClosed, http.StateHijacked:
				srv.open.Add(-1)
			}
		}
		if secure {
			srv.EnableHTTP2 = true
			srv.StartTLS()
		} else {
			srv.Start()
		}
		for _, h2 := range []bool{false, true} {
			if h2 && !secure {
				continue
			}
			t := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64, Protocols: new(http.Protocols)}
			t.Protocols.SetHTTP1(!h2)
			t.Protocols.SetHTTP2(h2)
			if secure {
				roots := x509.NewCertPool()
				roots.AddCert(srv.Certificate())
				t.TLSClientConfig = &tls.Config{RootCAs: roots}
			}
			srv.clients = append(srv.clients, &http.Client{Transport: t, Timeout: patience})
		}
		s.servers = append(s.servers, srv)
	}
}

// panics reads the log of a server, in which clients that go away amid TLS are
// no news.
type panics struct{ s *soak }

func (p panics) Write(line []byte) (int, error) {
	if bytes.Contains(line, []byte("panic")) {
		p.s.fail(fmt.Errorf("the server's log: %s", line))
	}
	return len(line), nil
}

// idle closes the connections of the clients, and waits until the servers have
// noticed.
func (s *soak) idle() {
	end := time.Now().Add(patience)
	for _, srv := range s.servers {
		for _, c := range srv.clients {
			c.CloseIdleConnections()
		}
		for srv.open.Load() > 0 && time.Now().Before(end) {
			time.Sleep(time.Millisecond)
		}
		if n := srv.open.Load(); n > 0 {
			s.fail(fmt.Errorf("%d connections stay open after their clients closed them", n))
		}
	}
	// A handler of HTTP/2 can outlive its connection.
	for s.handled.Load() != s.denied.Load() && time.Now().Before(end) {
		time.Sleep(time.Millisecond)
	}
	if handled, denied := s.handled.Load(), s.denied.Load(); handled != denied {
		s.fail(fmt.Errorf("%d requests were denied, but OnDenied was called %d times", handled, denied))
	}
	if must, may := s.mustFault.Load(), s.mayFault.Load(); s.faults.Load() > may || s.faults.Load() < must {
		s.fail(fmt.Errorf("OnFault was called %d times, want between %d and %d", s.faults.Load(), must, may))
	}
}

func (s *soak) stop() {
	for _, srv := range s.servers {
		srv.Close()
		for _, c := range srv.clients {
			c.CloseIdleConnections()
		}
	}
}

// send sends n requests from several clients, or fewer where ctx ends.
func (s *soak) send(ctx context.Context, workers, n int, seed uint64) {
	var left atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(seed, uint64(w)))
			for ctx.Err() == nil {
				kind := pickKind(random)
				count := int64(1)
				if kind == pipelining {
					count = 3
				}
				if left.Add(-count) < 0 {
					return
				}
				s.byKind[kind].Add(count)
				s.sent.Add(count)
				if err := s.one(kind, random); err != nil { //nolint:contextcheck // what is on its way when ctx ends is finished
					s.fail(fmt.Errorf("%s: %w", kindNames[kind], err))
				}
			}
		})
	}
	wg.Wait()
}

func pickKind(random *rand.Rand) int {
	n := random.IntN(100)
	for kind, weight := range weights {
		if n -= weight; n < 0 {
			return kind
		}
	}
	return http1
}

// one is what a client of the kind does.
func (s *soak) one(kind int, random *rand.Rand) error {
	plain, secure := s.servers[0], s.servers[1]
	switch kind {
	case http1:
		return s.fetch(plain, plain.clients[0], s.newRequest(random), random)
	case http1TLS:
		return s.fetch(secure, secure.clients[0], s.newRequest(random), random)
	case http2:
		return s.fetch(secure, secure.clients[1], s.newRequest(random), random)
	case leaving:
		return s.leave(plain, plain.clients[0], s.newRequest(random), random)
	case leaving2:
		return s.leave(secure, secure.clients[1], s.newRequest(random), random)
	}
	return s.raw(kind, plain, random)
}

func (r *request) build(ctx context.Context, srv *server, random *rand.Rand) (*http.Request, error) {
	var body io.Reader
	if r.method == http.MethodPost {
		body = bytes.NewReader(make([]byte, random.IntN(10_000))) // which nobody reads
	}
	req, err := http.NewRequestWithContext(ctx, r.method, srv.URL+r.target, body)
	if err == nil {
		req.Header = r.header
	}
	return req, err
}

// fetch sends a request and checks its answer.
func (s *soak) fetch(srv *server, c *http.Client, r request, random *rand.Rand) error {
	req, err := r.build(context.Background(), srv, random)
	if err != nil {
		return err
	}
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	return s.check(resp, body, r, random)
}

// leave sends a request and does not wait for what comes of it.
func (s *soak) leave(srv *server, c *http.Client, r request, random *rand.Rand) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(random.IntN(2000))*time.Microsecond)
	defer cancel()
	req, err := r.build(ctx, srv, random)
	if err != nil {
		return err
	}
	resp, err := c.Do(req)
	if err != nil {
		if !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		return nil
	}
	resp.Body.Close()
	return nil
}

// raw is a client that writes its own bytes.
func (s *soak) raw(kind int, srv *server, random *rand.Rand) error {
	c, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	n := 1
	if kind == pipelining {
		n = 3
	}
	var text strings.Builder
	requests := make([]request, n)
	for i := range requests {
		r := s.newRequest(random)
		requests[i] = r
		version := "HTTP/1.1"
		if kind == http10 {
			version = "HTTP/1.0"
		}
		fmt.Fprintf(&text, "%s %s %s\r\nHost: a.example\r\n", r.method, r.target, version)
		r.header.Write(&text)
		if r.method == http.MethodPost {
			text.WriteString("Content-Length: 5\r\n\r\nfive!")
		} else {
			text.WriteString("\r\n")
		}
	}
	all := text.String()
	reset := func() { c.(*net.TCPConn).SetLinger(0) } // the server's next write fails
	if kind == halfway {
		if random.IntN(2) == 0 {
			reset()
		}
		_, err := io.WriteString(c, all[:random.IntN(len(all))])
		return err
	}
	if _, err := io.WriteString(c, all); err != nil {
		return err
	}
	if kind == vanishing {
		if _, err := io.ReadFull(c, make([]byte, 1+random.IntN(200))); err != nil {
			return err
		}
		reset()
		return nil
	}
	var from io.Reader = c
	if kind == slow {
		from = &bites{c, random}
	}
	reader := bufio.NewReader(from)
	for _, r := range requests {
		resp, err := http.ReadResponse(reader, &http.Request{Method: r.method})
		if err != nil {
			return err
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			return err
		}
		if err := s.check(resp, body, r, random); err != nil {
			return err
		}
	}
	if kind == http10 {
		if rest, err := io.ReadAll(reader); err != nil || len(rest) > 0 {
			return fmt.Errorf("after the answer came %q, %v", rest, err)
		}
	}
	return nil
}

// bites reads little at a time, and sleeps in between.
type bites struct {
	r      io.Reader
	random *rand.Rand
}

func (b *bites) Read(p []byte) (int, error) {
	if b.random.IntN(8) == 0 {
		time.Sleep(time.Millisecond)
	}
	return b.r.Read(p[:min(len(p), 1+b.random.IntN(200))])
}

// check looks whether an answer is what was decided; some it compares with that
// of another Renderer, which has not answered anybody else.
func (s *soak) check(resp *http.Response, body []byte, r request, random *rand.Rand) error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%s %s, denial %v: %s", r.method, r.target, r.denial, fmt.Sprintf(format, args...))
	}
	if resp.StatusCode < 400 {
		return bad("status %d", resp.StatusCode)
	}
	if resp.StatusCode == 401 && len(resp.Header["Www-Authenticate"]) == 0 {
		return bad("a 401 without a challenge")
	}
	if resp.Header.Get("Cache-Control") != "no-store" {
		return bad("Cache-Control %q", resp.Header["Cache-Control"])
	}
	length, err := strconv.Atoi(resp.Header.Get("Content-Length"))
	switch {
	case err != nil:
		return bad("Content-Length %q", resp.Header["Content-Length"])
	case r.method == http.MethodHead && len(body) > 0:
		return bad("HEAD has a body")
	case r.method != http.MethodHead && len(body) != length:
		return bad("Content-Length %d, and %d bytes", length, len(body))
	}
	if random.IntN(8) > 0 {
		return nil
	}
	s.checked.Add(1)
	want := s.twin.Render(render.Request{Method: r.method, Target: r.target, Header: r.header}, s.error(r.denial))
	if resp.StatusCode != want.Status {
		return bad("status %d, want %d", resp.StatusCode, want.Status)
	}
	for name, lines := range want.Header {
		if !slices.Equal(resp.Header[name], lines) {
			return bad("%s: %q, want %q", name, resp.Header[name], lines)
		}
	}
	if !bytes.Equal(body, want.Body) {
		return bad("the body is\n%s\nwant\n%s", body, want.Body)
	}
	return nil
}
