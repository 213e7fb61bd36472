package main

import (
	"strings"
	"testing"
	"time"

	"github.com/denial-go/denial/internal/benchmarks/result"
)

const output = `goos: linux
goarch: amd64
BenchmarkAnswer/json/http.Error       	   10000	       250.0 ns/op	       200.0 cpu-ns/op	     448 B/op	       5 allocs/op
BenchmarkAnswer/json/denial           	   10000	       300.0 ns/op	       220.0 cpu-ns/op	     512 B/op	       4 allocs/op
BenchmarkGrowth/steps-json=32         	     229	    101325 ns/op	    101830 cpu-ns/op	   64368 B/op	     245 allocs/op
PASS
`

func TestRead(t *testing.T) {
	round := Round{"Limit/kept-map/6-fields": {}} // of another program
	if err := round.read(strings.NewReader(output)); err != nil {
		t.Fatal(err)
	}
	if len(round) != 4 {
		t.Errorf("%d benchmarks, want 4: %v", len(round), round)
	}
	if got, want := round["Answer/json/denial"], (Figure{300, 220, 512, 4}); got != want {
		t.Errorf("a figure is %v, want %v", got, want)
	}
	if err := round.read(strings.NewReader("BenchmarkX\t1\tmany ns/op\n")); err == nil {
		t.Error("a figure that is no number is read")
	}
}

// A ratio is that of figures of one round: the second of these was measured on
// a machine at half its speed, and the third round lacks one side.
func TestRatio(t *testing.T) {
	f := &Figures{Rounds: []Round{
		{"a": {CPU: 150}, "b": {CPU: 100}},
		{"a": {CPU: 300}, "b": {CPU: 200}},
		{"a": {CPU: 9000}},
	}}
	if got := f.ratio("a", "b", cpu); got != 1.5 {
		t.Errorf("the ratio is %v, want 1.5", got)
	}
	if got := f.median("a", cpu); got != 300 {
		t.Errorf("the median is %v, want 300", got)
	}
}

func TestMedian(t *testing.T) {
	for _, row := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1}, 5}, {[]float64{5, 1, 9}, 5}} {
		if got := result.Median(row.values); got != row.want {
			t.Errorf("the median of %v is %v, want %v", row.values, got, row.want)
		}
	}
}

func sample(cpu time.Duration, heap uint64) []result.Sample {
	return []result.Sample{{Requests: 1000, Wall: time.Second, CPU: cpu, Mallocs: 20000, P50: 1, P99: 2, Heap: heap}}
}

// Goals are met by figures that are just good enough, and not by any others.
func TestGoals(t *testing.T) {
	for _, row := range []struct {
		name        string
		cpu, allocs float64
		met         bool
	}{
		{"good", 120, 2, true},
		{"slow", 121, 2, false},
		{"allocates", 120, 3, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := &Figures{Rounds: []Round{{
				"Answer/json/http.Error": {CPU: 100}, "Answer/json/denial": {CPU: row.cpu}, "Reused/json/denial": {Allocs: row.allocs},
			}}}
			found := false
			for _, g := range f.goals() {
				if g.work == "Write, json" {
					found = true
					if g.met != row.met {
						t.Errorf("met is %v, want %v: %+v", g.met, row.met, g)
					}
				}
			}
			if !found {
				t.Error("the goal is not listed")
			}
		})
	}
}

func TestFloodGoals(t *testing.T) {
	f := &Figures{Server: result.Server{
		Flood: map[string][]result.Sample{
			"http.Error":  sample(time.Millisecond, 1000),
			"denial-json": append(sample(time.Millisecond, 1000), sample(time.Millisecond, 1200)...),
		},
		Quiet: map[string][]result.Sample{"denial-json": sample(time.Millisecond, 1000)},
	}}
	met := make(map[string]bool)
	for _, g := range f.goals() {
		met[g.work] = g.met
	}
	if got, ok := met["flood, denial-json: memory"]; !ok || got {
		t.Error("a heap that grows by a fifth is called flat")
	}
	if !met["flood, denial-json: p99"] || !met["flood, denial-json: requests a second of processor time"] {
		t.Errorf("goals that are met are called missed: %v", met)
	}
}

// What is not met, and who is faster, has to be seen.
func TestReport(t *testing.T) {
	f := &Figures{Date: "2026-01-02", Go: "go1.26", Cores: 2, Benchtime: "1ms", Rounds: []Round{{
		"Answer/json/http.Error": {NS: 100, CPU: 100}, "Answer/json/denial": {NS: 500, CPU: 500}, "Reused/json/denial": {Allocs: 70},
		"Challenges/one/denial": {NS: 30, CPU: 30}, "Challenges/one/docker": {NS: 20, CPU: 20},
		"Growth/steps=2": {NS: 99, CPU: 11}, "Growth/steps=16": {NS: 12, CPU: 12},
	}}}
	var b strings.Builder
	if err := f.report(&b, "x"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| Write, json | 1.2 × `http.Error`, 2 allocations | 5.00 × ",
		"- Goal not met: Write, json",
		"- docker is faster: Challenges/one takes 0.67 of our time.",
		"| steps | 2: 11.0 (0) · 16: 12.0 (0) |",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, b.String())
		}
	}
}
