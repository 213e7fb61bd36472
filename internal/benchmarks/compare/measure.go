package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/denial-go/denial/internal/benchmarks/result"
)

// Figures are what was measured, all in one run.
type Figures struct {
	Date      string
	Go        string
	System    string
	Cores     int
	LoadStart string // of the machine, in processes that want to run; "" where it is not known
	LoadEnd   string
	Commit    string // that was measured; "" where it is not known
	Benchtime string
	Rounds    []Round
	Memory    result.Memory
	Server    result.Server
}

// A Round holds every benchmark once, by name without Benchmark.
type Round map[string]Figure

// A Figure is one line of go test -bench.
type Figure struct{ NS, CPU, Bytes, Allocs float64 }

// measure builds the programs and runs each.
func measure(rounds int, benchtime, pattern string, floodArgs []string) (*Figures, error) {
	dir, err := os.MkdirTemp("", "denial-benchmarks")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	f := &Figures{
		Date: time.Now().UTC().Format(time.DateOnly), Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU(),
		LoadStart: loadAverage(), Benchtime: benchtime,
	}
	if out, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output(); err == nil {
		f.Commit = strings.TrimSpace(string(out))
	}
	var benches []string // programs; what is in the memory of one slows down none of another
	for _, pkg := range []string{".", "./sink"} {
		bench := filepath.Join(dir, fmt.Sprintf("bench%d.test", len(benches)))
		if _, err := command("go", "test", "-c", "-o", bench, pkg); err != nil {
			return nil, err
		}
		benches = append(benches, bench)
	}
	if _, err := command("go", "build", "-o", dir+"/", "./memory", "./flood"); err != nil {
		return nil, err
	}
	for i := range rounds {
		fmt.Fprintf(os.Stderr, "round %d of %d\n", i+1, rounds)
		round := make(Round)
		for _, bench := range benches {
			// With one processor, the collector of garbage takes turns with what is
			// timed. With more, it needs the longer the busier the machine is, and
			// whoever writes pointers meanwhile pays for it.
			out, err := command(bench, "-test.run", "^$", "-test.bench", pattern, "-test.benchtime", benchtime, "-test.cpu", "1")
			if err != nil {
				return nil, err
			}
			if err := round.read(bytes.NewReader(out)); err != nil {
				return nil, err
			}
		}
		f.Rounds = append(f.Rounds, round)
	}
	fmt.Fprintln(os.Stderr, "memory")
	if err := program(&f.Memory, filepath.Join(dir, "memory"), "-json"); err != nil {
		return nil, err
	}
	fmt.Fprintln(os.Stderr, "servers")
	if err := program(&f.Server, filepath.Join(dir, "flood"), append([]string{"-json"}, floodArgs...)...); err != nil {
		return nil, err
	}
	f.LoadEnd = loadAverage()
	return f, nil
}

// command runs a program and returns its output, with what it said of its
// failure.
func command(name string, args ...string) ([]byte, error) {
	cmd := exec.Command(name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s%s", cmd, err, out, stderr.Bytes())
	}
	return out, nil
}

func program(into any, name string, args ...string) error {
	out, err := command(name, args...)
	if err != nil {
		return err
	}
	return json.Unmarshal(out, into)
}

// read adds the output of go test -bench with one processor, which adds no
// number to names.
func (round Round) read(r io.Reader) error {
	in := bufio.NewScanner(r)
	for in.Scan() {
		name, rest, ok := strings.Cut(in.Text(), "\t")
		if !ok || !strings.HasPrefix(name, "Benchmark") {
			continue
		}
		name = strings.TrimPrefix(strings.TrimSpace(name), "Benchmark")
		var f Figure
		fields := strings.Fields(rest)
		for i := 1; i+1 < len(fields); i += 2 {
			value, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				return fmt.Errorf("%q: %w", in.Text(), err)
			}
			switch fields[i+1] {
			case "ns/op":
				f.NS = value
			case "cpu-ns/op":
				f.CPU = value
			case "B/op":
				f.Bytes = value
			case "allocs/op":
				f.Allocs = value
			}
		}
		round[name] = f
	}
	return in.Err()
}

// loadAverage is that of the last minute.
func loadAverage() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	load, _, _ := strings.Cut(string(b), " ")
	return load
}

func ns(f Figure) float64     { return f.NS }
func cpu(f Figure) float64    { return f.CPU }
func size(f Figure) float64   { return f.Bytes }
func allocs(f Figure) float64 { return f.Allocs }

// has reports whether the benchmark was run.
func (f *Figures) has(name string) bool {
	for _, r := range f.Rounds {
		if _, ok := r[name]; ok {
			return true
		}
	}
	return false
}

// median is that over the rounds.
func (f *Figures) median(name string, of func(Figure) float64) float64 {
	var values []float64
	for _, r := range f.Rounds {
		if figure, ok := r[name]; ok {
			values = append(values, of(figure))
		}
	}
	return result.Median(values)
}

// ratio is the median of the ratios within each round.
func (f *Figures) ratio(name, base string, of func(Figure) float64) float64 {
	var values []float64
	for _, r := range f.Rounds {
		a, ok := r[name]
		b, also := r[base]
		if ok && also && of(b) != 0 {
			values = append(values, of(a)/of(b))
		}
	}
	return result.Median(values)
}
