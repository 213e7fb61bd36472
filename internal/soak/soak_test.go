package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"testing"
)

// TestSoak is a short run of what the program does at length.
func TestSoak(t *testing.T) {
	o := options{requests: 1000, workers: 8, every: 16, seed: 1}
	r, err := run(context.Background(), o)
	if r != nil {
		t.Logf("\n%v", r)
	}
	if err != nil {
		t.Fatal(err)
	}
	if r.checked == 0 || r.sent < int64(o.requests)-3*int64(o.workers) || r.denied < r.sent/2 || r.faults == 0 {
		t.Errorf("%d sent, %d denied, %d faults, %d compared", r.sent, r.denied, r.faults, r.checked)
	}
	for kind, n := range r.byKind {
		if n == 0 {
			t.Errorf("no client was %s", kindNames[kind])
		}
	}
}

// TestEnds is that a run stops when it is told to, with a report.
func TestEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r, err := run(ctx, options{requests: 1e9, workers: 2, every: 40, seed: 1})
	if err != nil || r.sent != 0 {
		t.Errorf("%v, %v", r, err)
	}
	if _, err := run(ctx, options{}); err == nil {
		t.Error("no requests by nobody: no error")
	}
}

// TestLeaks is that what is left over is found.
func TestLeaks(t *testing.T) {
	whole := report{start: usage{3, 9, 0}, before: usage{5, 11, 1 << 20}, end: usage{5, 11, 1 << 20}, stopped: usage{3, 9, 0}}
	if err := whole.leaks(); err != nil {
		t.Errorf("nothing is left over: %v", err)
	}
	for name, spoil := range map[string]func(*report){
		"a goroutine":                 func(r *report) { r.end.goroutines++ },
		"a file":                      func(r *report) { r.end.files++ },
		"memory":                      func(r *report) { r.end.heap += maxGrowth + 1 },
		"a goroutine of the servers":  func(r *report) { r.stopped.goroutines++ },
		"a file of the servers":       func(r *report) { r.stopped.files++ },
		"more than one thing at once": func(r *report) { r.end = usage{9, 99, 1 << 30} },
	} {
		r := whole
		spoil(&r)
		if r.leaks() == nil {
			t.Errorf("%s: not found", name)
		}
	}
}

// TestMeasure is that what a program holds on to is counted.
func TestMeasure(t *testing.T) {
	before := measure()
	stop := make(chan struct{})
	go func() { <-stop }()
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	held := make([]byte, 1<<20)
	after := measure()
	close(stop)
	f.Close()
	if after.goroutines != before.goroutines+1 || after.heap < before.heap+1<<19 {
		t.Errorf("before %v, after %v", before, after)
	}
	if before.files >= 0 && after.files != before.files+1 {
		t.Errorf("files: before %d, after %d", before.files, after.files)
	}
	held[0] = 1
}

// TestCheck is that a wrong answer is found.
func TestCheck(t *testing.T) {
	s, err := newSoak(options{every: 20})
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	random := rand.New(rand.NewPCG(1, 1))
	srv := s.servers[0]
	defer srv.clients[0].CloseIdleConnections()
	r := request{denial: denial{shape: texts, seed: 7}, method: "GET", target: "/a", header: make(http.Header)}
	r.header.Set(denialField, r.String())
	answer := func() (*http.Response, []byte) {
		req, err := r.build(context.Background(), srv, random)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := srv.clients[0].Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp, body
	}
	// Answers are compared at random.
	found := func(resp *http.Response, body []byte) bool {
		for range 200 {
			if s.check(resp, body, r, random) != nil {
				return true
			}
		}
		return false
	}
	if resp, body := answer(); resp.StatusCode != 401 || found(resp, body) {
		t.Fatalf("status %d; a right answer is found wrong: %v", resp.StatusCode, s.check(resp, body, r, random))
	}
	for name, spoil := range map[string]func(*http.Response, []byte) []byte{
		"status 200":           func(resp *http.Response, b []byte) []byte { resp.StatusCode = 200; return b },
		"another status":       func(resp *http.Response, b []byte) []byte { resp.StatusCode = 403; return b },
		"no challenge":         func(resp *http.Response, b []byte) []byte { resp.Header.Del("WWW-Authenticate"); return b },
		"a cache may store it": func(resp *http.Response, b []byte) []byte { resp.Header.Set("Cache-Control", "public"); return b },
		"no length":            func(resp *http.Response, b []byte) []byte { resp.Header.Del("Content-Length"); return b },
		"a byte less":          func(_ *http.Response, b []byte) []byte { return b[1:] },
		"another byte":         func(_ *http.Response, b []byte) []byte { return bytes.Replace(b, []byte("e"), []byte("x"), 1) },
		"another language":     func(resp *http.Response, b []byte) []byte { resp.Header.Set("Content-Language", "de"); return b },
	} {
		resp, body := answer()
		if body = spoil(resp, body); !found(resp, body) {
			t.Errorf("%s: not found", name)
		}
	}
	if s.faults.Load() > 0 || len(s.errs) > 0 {
		t.Errorf("faults %d, errors %v", s.faults.Load(), s.errs)
	}
}

// TestErrors is that many faults are told without a flood.
func TestErrors(t *testing.T) {
	s := &soak{}
	if err := s.wrong(); err != nil {
		t.Errorf("nothing was wrong: %v", err)
	}
	for i := range 3 * maxFaults {
		s.fail(fmt.Errorf("fault %d", i))
	}
	text := s.wrong().Error()
	if strings.Count(text, "fault ") != maxFaults || !strings.Contains(text, fmt.Sprintf("%d more", 2*maxFaults)) {
		t.Errorf("got %s", text)
	}
}
