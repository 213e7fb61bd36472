package recipes_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/denial-go/denial/examples/recipes"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/google/go-cmp/cmp"
)

// TestAllow: a 405 says what is allowed, however the path is written.
func TestAllow(t *testing.T) {
	chi, gorilla, httpRouter, mux := recipes.Chi(deny), recipes.Gorilla(deny), recipes.HTTPRouter(deny), http.NewServeMux()
	chi.Get("/x/{name}", reports)
	gorilla.HandleFunc("/x/{name:.*}", reports).Methods("GET")
	httpRouter.HandlerFunc("GET", "/x/*name", reports)
	mux.HandleFunc("GET /x/{name}", reports)
	for name, h := range map[string]http.Handler{
		"chi": chi, "gorilla": gorilla, "httprouter": httpRouter, "ServeMux": recipes.ServeMux(deny, mux),
	} {
		for _, target := range []string{"/x/a", "/x/a%20b", "/x/a%2Fb"} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("POST", target, nil))
			if allow := w.Header().Get("Allow"); w.Code != 405 || !strings.HasPrefix(allow, "GET") {
				t.Errorf("%s: POST %s: %d, Allow %q; want 405 and GET", name, target, w.Code, allow)
			}
		}
	}
}

// TestTimeoutInTime: an answer that is complete in time is not taken for
// TimeoutHandler's own, though it looks like it.
func TestTimeoutInTime(t *testing.T) {
	h := recipes.Timeout(deny, time.Hour, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, "draining")
	}))
	w := httptest.NewRecorder()
	w.Header().Set("X-Outer", "1")
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 503 || w.Body.String() != "draining" {
		t.Errorf("%d %q, want 503 and what the handler wrote", w.Code, w.Body)
	}
	if diff := cmp.Diff(http.Header{"Retry-After": {"7"}, "X-Outer": {"1"}}, w.Header()); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
}

// TestTimeoutTooLate: nor is TimeoutHandler's own answer taken for one of
// next's, because of a type that stood there before.
func TestTimeoutTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := recipes.Timeout(deny, time.Second, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Inner", "1")
			io.WriteString(w, "half an ans")
			time.Sleep(2 * time.Second)
		}))
		w := httptest.NewRecorder()
		w.Header().Set("Content-Type", "application/json")
		h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		p, err := problem.Decode(w.Header().Get("Content-Type"), w.Body)
		if err != nil || w.Code != 503 || p.Reason.Code() != "overloaded" || w.Header().Get("X-Inner") != "" {
			t.Errorf("%d %v (%v), want 503 overloaded", w.Code, w.Header(), err)
		}
		time.Sleep(2 * time.Second) // until the handler has ended
	})
}

// TestStreams: handlers that look for a Flusher or a Hijacker find one behind
// Recover and Answer.
func TestStreams(t *testing.T) {
	stream := func(w http.ResponseWriter, _ *http.Request) error {
		flusher, ok := w.(http.Flusher)
		if !ok {
			return errors.New("streaming unsupported")
		}
		io.WriteString(w, "data: x\n\n")
		flusher.Flush()
		return nil
	}
	socket := func(w http.ResponseWriter, _ *http.Request) error {
		hijacker, ok := w.(http.Hijacker)
		if !ok {
			return errors.New("no way to upgrade")
		}
		conn, _, err := hijacker.Hijack()
		if err != nil {
			return err
		}
		defer conn.Close()
		fmt.Fprint(conn, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ndata: x\n\n")
		return nil
	}
	for name, handle := range map[string]recipes.Handler{"stream": stream, "socket": socket} {
		s := httptest.NewServer(recipes.Recover(deny, recipes.Answer(deny, handle)))
		resp, err := http.Get(s.URL)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != 200 || string(body) != "data: x\n\n" {
			t.Errorf("%s: %d %q (%v), want 200", name, resp.StatusCode, body, err)
		}
		s.Close()
	}
}

// TestAfterHijack: once the connection is the handler's, nothing is denied on
// it, and nobody is told of a denial.
func TestAfterHijack(t *testing.T) {
	denied := 0
	deny := render.Must(render.New(render.Config{
		OnDenied: func(*http.Request, *problem.Problem) { denied++ },
		OnFault:  func(err error) { t.Errorf("fault: %v", err) },
	}))
	hijack := func(w http.ResponseWriter) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		fmt.Fprint(conn, "mine\n")
		conn.Close()
	}
	for name, h := range map[string]http.Handler{
		"Answer": recipes.Answer(deny, func(w http.ResponseWriter, _ *http.Request) error {
			hijack(w)
			return problem.SignInRequired
		}),
		"Recover": recipes.Recover(deny, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			hijack(w)
			panic("after the hijack")
		})),
	} {
		ended := make(chan struct{})
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer close(ended)
			h.ServeHTTP(w, r)
		}))
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		got, err := io.ReadAll(bufio.NewReader(conn))
		conn.Close()
		<-ended
		s.Close()
		if string(got) != "mine\n" || denied != 0 {
			t.Errorf("%s: %q (%v) and %d denials, want what the handler wrote and none", name, got, err, denied)
		}
	}
}

// TestNoFlush: to ask for a flush where there is none begins no answer.
func TestNoFlush(t *testing.T) {
	h := recipes.Answer(deny, func(w http.ResponseWriter, _ *http.Request) error {
		if err := http.NewResponseController(w).Flush(); !errors.Is(err, http.ErrNotSupported) {
			t.Errorf("flushed: %v", err)
		}
		return problem.SignInRequired
	})
	w := httptest.NewRecorder()
	http.TimeoutHandler(h, time.Hour, "").ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusUnauthorized {
		t.Errorf("status %d, want 401", w.Code)
	}
}
