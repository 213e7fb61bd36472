package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/denial-go/denial/internal/benchmarks/cputime"
	"github.com/denial-go/denial/internal/benchmarks/work"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// steady are the contenders under ordinary load: each answers one work.
func steady() ([]server, error) {
	deny, err := render.New(work.Config())
	if err != nil {
		return nil, err
	}
	list := []server{
		{"empty", work.JSON, work.Empty(http.StatusUnauthorized)},
		{"http.Error", work.JSON, work.Error(http.StatusUnauthorized)},
	}
	for _, w := range []work.Work{work.JSON, work.HTML, work.Multipart, work.Values[0]} {
		h := work.Denial(deny, w)
		answer, err := work.Record(h, w.Request())
		if err != nil {
			return nil, err
		}
		list = append(list, server{"prebuilt-" + w.Name, w, answer}, server{"denial-" + w.Name, w, h})
	}
	return list, nil
}

// flooded are the contenders of the flood. All read a value from the query. It
// goes into the sentence of the denial, whose reason is one that every language
// has texts for; prebuilt sends one of those answers to everybody, which is
// what is left at best of a denial that size.
func flooded() ([]server, error) {
	deny, err := render.New(work.Config())
	if err != nil {
		return nil, err
	}
	role := func(r *http.Request) string {
		_, role, _ := strings.Cut(r.URL.RawQuery, "role=")
		return role
	}
	denial := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		deny.Write(w, r, problem.NeedRole(role(r)))
	})
	usual := work.Values[0].Request()
	usual.URL.RawQuery = "role=editor"
	prebuilt, err := work.Record(denial, usual)
	if err != nil {
		return nil, err
	}
	return []server{
		{"http.Error", work.Values[0], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if role(r) == "" {
				http.Error(w, "Bad Request", http.StatusBadRequest)
				return
			}
			http.Error(w, "Forbidden", http.StatusForbidden)
		})},
		{"prebuilt", work.Values[0], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if role(r) == "" {
				http.Error(w, "Bad Request", http.StatusBadRequest)
				return
			}
			prebuilt.ServeHTTP(w, r)
		})},
		{"denial", work.Values[0], denial},
	}, nil
}

// A server is a contender.
type server struct {
	name    string
	work    work.Work
	handler http.Handler
}

// status is what a server process says of itself, and address where it
// listens.
type status struct {
	Address string        `json:",omitempty"`
	CPU     time.Duration // used so far
	Mallocs uint64        // made so far
	Heap    uint64        // bytes in use
}

// serve answers on a free port until standard input ends. Each line there asks
// for the status, on standard output; "collect" collects garbage first.
func serve(h http.Handler) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &http.Server{Handler: h, MaxHeaderBytes: 32 << 10}
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(status{Address: l.Addr().String()}); err != nil {
		return err
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		if in.Text() == "collect" {
			runtime.GC()
			runtime.GC() // what a sync.Pool holds survives the first
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if err := out.Encode(status{CPU: cputime.Process(), Mallocs: m.Mallocs, Heap: m.HeapAlloc}); err != nil {
			return err
		}
	}
	s.Close()
	if err := <-failed; err != http.ErrServerClosed {
		return err
	}
	return in.Err()
}

// find returns the contender of that name, such as "steady/http.Error".
func find(name string) (http.Handler, error) {
	kind, name, _ := strings.Cut(name, "/")
	list := steady
	if kind == "flood" {
		list = flooded
	}
	servers, err := list()
	if err != nil {
		return nil, err
	}
	for _, s := range servers {
		if s.name == name {
			return s.handler, nil
		}
	}
	return nil, fmt.Errorf("there is no contender %q", name)
}
