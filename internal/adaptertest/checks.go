package adaptertest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/denial-go/denial/problem"
)

// compare sends each request to both servers and reports what differs. Some
// are on their way at the same time, as in any server.
func (s *suite) compare(rep *report, requests []request) {
	queue := make(chan request)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for r := range queue {
				want, err := r.send(s.client, s.plain.base)
				if err != nil {
					rep.errorf("%v: the plain server: %v", r, err)
					continue
				}
				got, err := r.send(s.client, s.base)
				if err != nil {
					rep.errorf("%v: %v", r, err)
					continue
				}
				s.leak(rep, r, got)
				s.same(rep, r, want, got)
			}
		})
	}
	for _, r := range requests {
		queue <- r
	}
	close(queue)
	workers.Wait()
}

// leak reports an answer with a private text in it.
func (s *suite) leak(rep *report, r request, got Answer) {
	private := strings.Contains(got.Body, secret) || strings.Contains(got.Body, "db-7.internal")
	for _, values := range got.Header {
		private = private || strings.Contains(strings.Join(values, "\n"), "db-7.internal")
	}
	if private {
		rep.errorf("%v: the text of an error is in the answer:\n%d %v\n%.300s", r, got.Status, got.Header, got.Body)
	}
}

// query is what follows the path, for {return_to}: the framework has to hand
// on the address as it came.
const query = "?q=a%20b&from=%2Fx&name=Zo%C3%AB"

func (s *suite) deny(rep *report) {
	var requests []request
	names := slices.Sorted(maps.Keys(errorCases))
	for i, name := range names {
		for j, c := range clients {
			requests = append(requests, request{
				method: methods[(i+j)%len(methods)], target: "/deny/" + name + query, client: c,
				language: languages[(i+2*j)%len(languages)], body: `{"a":1}`,
			})
		}
	}
	// The commonest denials in all ways.
	for _, name := range []string{"sign-in", "scope", "joined"} {
		for _, c := range clients[:6] {
			for _, method := range methods {
				for _, language := range languages {
					requests = append(requests, request{method: method, target: "/deny/" + name, client: c, language: language})
				}
			}
		}
	}
	s.compare(rep, requests)
}

func (s *suite) builtin(rep *report) {
	var requests []request
	for i, reason := range problem.Common() {
		requests = append(requests, request{
			method: methods[i%len(methods)], target: "/deny/" + reason.Code() + query, client: clients[i%len(clients)],
			language: languages[i%len(languages)],
		})
	}
	s.compare(rep, requests)
}

func (s *suite) fields(rep *report) {
	var requests []request
	for _, name := range []string{"sign-in", "scope", "legal", "rate", "bare", "steps"} {
		for _, method := range methods {
			for _, c := range []string{"go", "chrome page", "multipart", "script of a page"} {
				requests = append(requests, request{method: method, target: "/fields/" + name, client: find(c)})
			}
		}
	}
	s.compare(rep, requests)
}

// wire reads the connection itself: net/http's client hides a body that
// follows the answer to HEAD, and joins nothing that the server has split.
func (s *suite) wire(rep *report) {
	for _, method := range methods {
		for _, name := range []string{"sign-in", "challenges", "email", "long", "bare"} {
			r := request{method: method, target: "/deny/" + name, client: find("chrome page")}
			want, err := r.raw(s.plain.base)
			if err != nil {
				rep.errorf("%v: the plain server: %v", r, err)
				continue
			}
			got, err := r.raw(s.base)
			if err != nil {
				rep.errorf("%v: %v", r, err)
				continue
			}
			for _, field := range []string{"Www-Authenticate", "Content-Length", "Content-Type"} {
				if len(got.Header[field]) != len(want.Header[field]) {
					rep.errorf("%v: %d lines of %s, want %d: %q", r, len(got.Header[field]), field, len(want.Header[field]), got.Header[field])
				}
			}
			if length := got.Header.Get("Content-Length"); length != want.Header.Get("Content-Length") {
				rep.errorf("%v: Content-Length %q, want %q", r, length, want.Header.Get("Content-Length"))
			}
			if len(got.Body) != len(want.Body) {
				rep.errorf("%v: %d bytes follow the header, want %d: %.80q", r, len(got.Body), len(want.Body), got.Body)
			}
		}
	}
}

// raw sends the request on a connection of its own and reads it to its end.
func (r request) raw(base string) (Answer, error) {
	conn, err := dial(base)
	if err != nil {
		return Answer{}, err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n", r.method, r.target, base[len("http://"):])
	if r.method == http.MethodPost {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.body))
	}
	if err := r.header().Write(&b); err != nil {
		return Answer{}, err
	}
	b.WriteString("\r\n" + r.body)
	if _, err := conn.Write(b.Bytes()); err != nil {
		return Answer{}, err
	}
	in := bufio.NewReader(conn)
	line, err := in.ReadString('\n')
	if err != nil {
		return Answer{}, fmt.Errorf("reading the status line: %w", err)
	}
	fields := strings.Fields(line)
	if len(fields) < 2 {
		return Answer{}, fmt.Errorf("the status line is %q", line)
	}
	status, err := strconv.Atoi(fields[1])
	if err != nil {
		return Answer{}, fmt.Errorf("the status line is %q", line)
	}
	header, err := textproto.NewReader(in).ReadMIMEHeader()
	if err != nil {
		return Answer{}, fmt.Errorf("reading the header: %w", err)
	}
	body, err := io.ReadAll(in)
	if err != nil {
		return Answer{}, fmt.Errorf("reading what follows the header: %w", err)
	}
	return Answer{status, http.Header(header), string(body)}, nil
}

func (s *suite) written(rep *report) {
	for _, method := range methods {
		for _, name := range []string{"sign-in", "bare"} {
			r := request{method: method, target: "/written/" + name, client: find("chrome page")}
			got, err := r.raw(s.base)
			if err != nil {
				rep.errorf("%v: %v", r, err)
				continue
			}
			want := s.app.Written()
			if method == http.MethodHead {
				want = ""
			}
			body := got.Body
			if slices.Contains(got.Header["Transfer-Encoding"], "chunked") {
				body = strings.ReplaceAll(body, fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(want), want), want)
			}
			if got.Status != http.StatusOK || body != want {
				rep.errorf("%v: the handler had answered 200 and %q, and the client got %d and %q", r, want, got.Status, body)
			}
			if got.Header.Get("Www-Authenticate") != "" {
				rep.errorf("%v: the handler had answered, and a challenge was sent with it: %v", r, got.Header)
			}
		}
	}
}

// ownStatuses are those that the framework's own error is tried with.
var ownStatuses = []int{400, 401, 403, 404, 409, 415, 422, 429, 500, 503}

func (s *suite) ownErrors(rep *report) {
	for _, status := range ownStatuses {
		for _, method := range methods {
			for _, c := range styles {
				s.style(rep, request{method: method, target: "/own/" + strconv.Itoa(status), client: find(c), language: languages[0], error: ownError(status)}, status, nil)
			}
		}
	}
}

func (s *suite) notFound(rep *report) {
	var requests []request
	for _, target := range []string{"/nowhere" + query, "/nowhere/at/all", "/denyy"} {
		for _, method := range append([]string{http.MethodDelete}, methods...) {
			for _, c := range styles {
				requests = append(requests, request{method: method, target: target, client: find(c), language: languages[1], error: string(NotFound)})
			}
		}
	}
	s.compare(rep, requests)
}

func (s *suite) methodNotAllowed(rep *report) {
	for _, method := range []string{http.MethodPost, http.MethodDelete, http.MethodPut} {
		for _, c := range styles {
			s.style(rep, request{method: method, target: "/only-get", client: find(c), error: string(MethodNotAllowed)}, http.StatusMethodNotAllowed, dropAllow)
		}
	}
	r := request{method: http.MethodGet, target: "/only-get"}
	if got, err := r.send(s.client, s.base); err != nil || got.Status != http.StatusOK || got.Body != "ok" {
		rep.errorf("%v: %d %q %v; want 200 and \"ok\"", r, got.Status, got.Body, err)
	}
}

// dropAllow takes out of a 405 what the check Allow is about.
func dropAllow(a *Answer) { a.Header.Del("Allow") }

func (s *suite) allow(rep *report) {
	r := request{method: http.MethodPost, target: "/only-get"}
	got, err := r.send(s.client, s.base)
	if err != nil {
		rep.errorf("%v: %v", r, err)
		return
	}
	if allow := strings.Join(got.Header["Allow"], ","); !strings.Contains(allow, http.MethodGet) || strings.Contains(allow, http.MethodPost) {
		rep.errorf("%v: Allow is %q; a 405 has to say what is allowed (RFC 9110 §15.5.6)", r, allow)
	}
}

func (s *suite) tooLarge(rep *report) {
	for _, c := range styles {
		s.style(rep, request{
			method: http.MethodPost, target: "/limited", client: expectContinue(find(c)),
			body: strings.Repeat(" ", 4*s.app.BodyLimit), error: string(TooLarge),
		}, http.StatusRequestEntityTooLarge, nil)
	}
	r := request{method: http.MethodPost, target: "/limited", body: "{}"}
	if got, err := r.send(s.client, s.base); err != nil || got.Status != http.StatusOK || got.Body != "ok" {
		rep.errorf("%v, small body: %d %q %v; want 200 and \"ok\"", r, got.Status, got.Body, err)
	}
}

// expectContinue has the client wait for the server before it sends a body. A
// server that refuses a body and closes the connection may otherwise cut off
// its own answer.
func expectContinue(c client) client {
	c.header = c.header.Clone()
	if c.header == nil {
		c.header = make(http.Header)
	}
	c.header.Set("Expect", "100-continue")
	return c
}

func (s *suite) invalid(rep *report) {
	for _, c := range styles {
		s.style(rep, request{
			method: http.MethodPost, target: "/valid", client: find(c),
			body: `{"age":` + strconv.Quote(secret) + `}`, error: string(Invalid),
		}, s.adapter.InvalidStatus, nil)
	}
	r := request{method: http.MethodPost, target: "/valid", body: `{"age":7}`}
	if got, err := r.send(s.client, s.base); err != nil || got.Status != http.StatusOK || got.Body != "ok" {
		rep.errorf("%v, good body: %d %q %v; want 200 and \"ok\"", r, got.Status, got.Body, err)
	}
}

func (s *suite) panics(rep *report) {
	for _, method := range methods {
		for _, c := range styles {
			s.style(rep, request{method: method, target: "/panic", client: find(c), error: string(Panic)}, http.StatusInternalServerError, nil)
		}
	}
	s.alive(rep, "a panic")
}

// cut accepts a denial in the place of an answer that has not left yet, as it
// is with frameworks that send nothing before the handler has returned.
func (s *suite) cut(rep *report) {
	for _, method := range []string{http.MethodGet, http.MethodPost} { // an answer to HEAD has no middle
		r := request{method: method, target: "/cut", client: find("chrome page"), error: string(Panic)}
		got, err := r.send(s.client, s.base)
		var network net.Error
		switch {
		case errors.As(err, &network) && network.Timeout():
			rep.errorf("%v: the client waits for the rest: %v", r, err)
		case err == nil && got.Status == http.StatusInternalServerError:
			s.style(rep, r, got.Status, nil)
		case err == nil:
			rep.errorf("%v: the handler panicked in the middle, and the client got all of %d %q; want a closed connection", r, got.Status, got.Body)
		case !strings.HasPrefix(s.app.Written(), got.Body) || got.Status != http.StatusOK && got.Status != 0:
			rep.errorf("%v: before the connection was closed, the client got %d %q; want 200 and no more than %q", r, got.Status, got.Body, s.app.Written())
		}
	}
	s.alive(rep, "an answer that was cut off")
}

func (s *suite) abort(rep *report) {
	r := request{method: http.MethodGet, target: "/abort"}
	if got, err := r.raw(s.base); err == nil {
		rep.errorf("%v: the handler panicked with http.ErrAbortHandler, and the client got %d %q; want a closed connection", r, got.Status, got.Body)
	}
	s.alive(rep, "an aborted answer")
}

func (s *suite) cancel(rep *report) {
	for _, c := range []string{"go", "chrome page"} {
		ctx, cancel := context.WithCancel(context.Background())
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/slow", nil)
		if err != nil {
			cancel()
			rep.errorf("%v", err)
			return
		}
		req.Header = request{client: find(c)}.header()
		done := make(chan error, 1)
		go func() {
			resp, err := s.client.Do(req)
			if err == nil {
				resp.Body.Close()
				err = fmt.Errorf("answered with %d before it was cancelled", resp.StatusCode)
			}
			done <- err
		}()
		select {
		case <-s.app.entered:
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				rep.errorf("GET /slow by %q: %v", c, err)
			}
		case err := <-done:
			rep.errorf("GET /slow by %q: the handler did not get to App.Wait: %v", c, err)
		}
		cancel()
	}
	s.alive(rep, "a cancelled request")
}

// alive asks for a denial once more.
func (s *suite) alive(rep *report, after string) {
	sub := &report{r: quiet{}}
	s.compare(sub, []request{{method: http.MethodGet, target: "/deny/scope", client: find("multipart")}})
	if sub.n > 0 {
		rep.errorf("after %s, the next denial is wrong, or there is none", after)
	}
}

type quiet struct{}

func (quiet) Errorf(string, ...any)      {}
func (quiet) Run(string, func(reporter)) {}
