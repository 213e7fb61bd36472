package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"testing"
	"time"
)

// The test binary is its own server process, as the program is.
func TestMain(m *testing.M) {
	flag.Parse()
	if *name != "" {
		h, err := find(*name)
		if err == nil {
			err = serve(h)
		}
		if err != nil {
			log.Fatal(err)
		}
		return
	}
	os.Exit(m.Run())
}

// A few requests to each server: that they answer as they should, and that the
// figures are all there.
func TestRun(t *testing.T) {
	*conns, *rounds, *requests, *count, *parts = 4, 2, 100, 400, 2
	r, err := run(time.Now().Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Steady) != 10 || len(r.Quiet) != 4 || len(r.Flood) != 4 {
		t.Errorf("there are %d, %d and %d contenders; want 10, 4 and 4", len(r.Steady), len(r.Quiet), len(r.Flood))
	}
	for name, samples := range r.Flood {
		if len(samples) != *parts || len(r.Quiet[name]) != *parts {
			t.Errorf("%s: %d parts of the flood and %d between; want %d", name, len(samples), len(r.Quiet[name]), *parts)
		}
		for _, s := range samples {
			if s.Requests != 200 || s.Wall <= 0 || s.P50 <= 0 || s.P99 < s.P50 || s.Mallocs < 200 || s.Heap == 0 {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
	for name, samples := range r.Steady {
		if len(samples) != *rounds {
			t.Errorf("%s: %d rounds, want %d", name, len(samples), *rounds)
		}
	}
}

// An answer with another status must not be counted.
func TestWrongStatus(t *testing.T) {
	*conns = 2
	p, err := start("steady/empty", time.Now().Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	defer stop([]*process{p})
	list, err := steady()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.sample(ordinary(list[0].work), 0, 10, 200); err == nil {
		t.Error("a 401 counts as 200")
	}
}

func TestUnknownServer(t *testing.T) {
	for _, name := range []string{"", "steady/nobody", "flood/empty"} {
		if _, err := find(name); err == nil {
			t.Errorf("%q is found", name)
		}
	}
}

func TestUniqueRequests(t *testing.T) {
	req := unique([]string{"text/html", "application/json"}, []string{"de", "fr", "ja"})
	seen := make(map[string]int)
	mixed := make(map[string]bool)
	for i := range 1000 {
		text := req(nil, i)
		for line := range bytes.Lines(text) {
			if bytes.HasPrefix(line, []byte("Host:")) || len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			if first, ok := seen[string(line)]; ok {
				t.Fatalf("requests %d and %d have the line %q", first, i, line)
			}
			seen[string(line)] = i
		}
		for _, form := range []string{"text/html", "application/json"} {
			for _, tag := range []string{"de;", "fr;", "ja;"} {
				if bytes.Contains(text, []byte(form)) && bytes.Contains(text, []byte(", "+tag)) {
					mixed[fmt.Sprint(form, tag)] = true
				}
			}
		}
	}
	if len(mixed) != 6 {
		t.Errorf("%d of 6 pairs of form and language are asked for", len(mixed))
	}
}
