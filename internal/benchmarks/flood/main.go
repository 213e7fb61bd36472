// Command flood runs servers that deny and a client that asks for it, on the
// loopback interface: first under ordinary load, then under a flood of
// requests none of which is like another.
//
//	go run ./flood
//
// Each contender is a process of its own, with one processor; the client has
// another. Contenders take turns of a tenth of a second, so that what else the
// machine does hits all alike: with longer ones, two runs of the same server
// could differ by a third, and with 60 rounds by 3 %. The processor time of the
// server process is the steadiest figure: requests a second and waits are as
// good as the machine is quiet.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"time"

	"github.com/denial-go/denial/internal/benchmarks/result"
	"github.com/denial-go/denial/internal/benchmarks/work"
	"github.com/denial-go/denial/render"
)

var (
	asJSON   = flag.Bool("json", false, "print the result as JSON")
	conns    = flag.Int("conns", 32, "connections that are kept open to each server")
	rounds   = flag.Int("rounds", 240, "rounds of ordinary load")
	requests = flag.Int("requests", 2500, "requests to each server in each round")
	count    = flag.Int("flood", 10*60*2000, "requests of a flood: by default ten minutes of 2000 a second")
	parts    = flag.Int("parts", 60, "parts in which a flood is sent, taking turns")
	limit    = flag.Duration("limit", 15*time.Minute, "when to give up")
	name     = flag.String("serve", "", "be the server process of this contender")
)

func main() {
	flag.Parse()
	log.SetFlags(0)
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
	if *conns < 1 || *rounds < 1 || *parts < 1 || *requests < *conns || *count < *parts**conns {
		log.Fatal("flood: too few rounds, parts, connections or requests for them")
	}
	runtime.GOMAXPROCS(1)
	r, err := run(time.Now().Add(*limit))
	if err != nil {
		log.Fatal("flood: ", err)
	}
	if *asJSON {
		if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
			log.Fatal(err)
		}
		return
	}
	print(r)
}

func run(deadline time.Time) (*result.Server, error) {
	r := &result.Server{
		Connections: *conns, Requests: *requests, FloodCount: *count,
		Steady: make(map[string][]result.Sample), Quiet: make(map[string][]result.Sample), Flood: make(map[string][]result.Sample),
	}
	if err := runSteady(r, deadline); err != nil {
		return nil, err
	}
	return r, runFlood(r, deadline)
}

func runSteady(r *result.Server, deadline time.Time) error {
	list, err := steady()
	if err != nil {
		return err
	}
	var all []*process
	defer func() { stop(all) }()
	for _, s := range list {
		p, err := start("steady/"+s.name, deadline)
		if err != nil {
			return err
		}
		all = append(all, p)
		if s.name != "empty" && s.name != "http.Error" {
			if err := p.check(s.work); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
		// Once for what is made on first use.
		if _, err := p.sample(ordinary(s.work), 0, *requests/10+*conns, s.work.Status()); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	for range *rounds {
		for i, s := range list {
			sample, err := all[i].sample(ordinary(s.work), 0, *requests, s.work.Status())
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			r.Steady[s.name] = append(r.Steady[s.name], sample)
		}
	}
	return nil
}

func runFlood(r *result.Server, deadline time.Time) error {
	deny, err := render.New(work.Config())
	if err != nil {
		return err
	}
	languages := deny.Languages()
	var forms []string
	for _, w := range work.Values {
		forms = append(forms, w.Accept)
	}
	json := work.Values[0]
	contenders := []struct {
		name, server string
		accepts      []string
	}{
		{"http.Error", "flood/http.Error", []string{json.Accept}},
		{"prebuilt-json", "flood/prebuilt", []string{json.Accept}},
		{"denial-json", "flood/denial", []string{json.Accept}},
		{"denial-every-form", "flood/denial", forms},
	}
	var all []*process
	defer func() { stop(all) }()
	for _, c := range contenders {
		p, err := start(c.server, deadline)
		if err != nil {
			return err
		}
		all = append(all, p)
		if err := p.checkFlood(c.server == "flood/denial"); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	for part := range *parts {
		for i, c := range contenders {
			sample, err := all[i].sample(quiet(c.accepts), 0, max(*count / *parts / 4, *conns), json.Status())
			if err != nil {
				return fmt.Errorf("%s, quiet: %w", c.name, err)
			}
			r.Quiet[c.name] = append(r.Quiet[c.name], sample)
			n := *count / *parts
			sample, err = all[i].sample(unique(c.accepts, languages), part*n, n, json.Status())
			if err != nil {
				return fmt.Errorf("%s, flood: %w", c.name, err)
			}
			r.Flood[c.name] = append(r.Flood[c.name], sample)
		}
	}
	return nil
}

// A process is a server, and the connections to it.
type process struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
	address string
	conns   []net.Conn
}

// start starts the server process of a contender. It ends when its standard
// input does, so it does not outlive this one.
func start(name string, deadline time.Time) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{cmd: exec.Command(self, "-serve", name)}
	p.cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	p.cmd.Stderr = os.Stderr
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	s, err := p.read()
	for range *conns {
		if err != nil {
			break
		}
		var c net.Conn
		if c, err = net.Dial("tcp", s.Address); err == nil {
			p.conns = append(p.conns, c)
			err = c.SetDeadline(deadline)
		}
	}
	if err != nil {
		stop([]*process{p})
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	p.address = s.Address
	return p, nil
}

func stop(all []*process) {
	for _, p := range all {
		for _, c := range p.conns {
			c.Close()
		}
		p.in.Close()
		p.cmd.Wait() // what it had to say, it said on standard error
	}
}

func (p *process) read() (s status, err error) {
	if !p.out.Scan() {
		if err := p.out.Err(); err != nil {
			return s, err
		}
		return s, io.ErrUnexpectedEOF
	}
	err = json.Unmarshal(p.out.Bytes(), &s)
	return s, err
}

func (p *process) ask(line string) (status, error) {
	if _, err := io.WriteString(p.in, line+"\n"); err != nil {
		return status{}, err
	}
	return p.read()
}

// get has the server answer a request with these header fields.
func (p *process) get(target string, header http.Header) (*http.Response, error) {
	r, err := http.NewRequest("GET", "http://"+p.address+target, nil)
	if err != nil {
		return nil, err
	}
	r.Header = header
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	return client.Do(r)
}

// check has the server answer the work, and looks at the answer.
func (p *process) check(w work.Work) error {
	resp, err := p.get(work.Target, w.Request().Header)
	if err != nil {
		return err
	}
	return work.Check(w, resp)
}

// checkFlood does so with a request of the flood: its language, its value and
// its path must be in the answer of one that denies.
func (p *process) checkFlood(denies bool) error {
	resp, err := p.get("/reports/1?role=editor-1", http.Header{"Accept": {"application/x-1;q=0.9, application/json"}, "Accept-Language": {"qq-x-1;q=0.9, fr;q=0.8"}})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var wanted []string
	if denies {
		wanted = []string{"editor-1", "/access?from=%2Freports%2F1%3Frole%3Deditor-1"}
		if got := resp.Header.Get("Content-Language"); got != "fr" {
			return fmt.Errorf("the answer is in %q, want fr", got)
		}
	}
	for _, s := range wanted {
		if !bytes.Contains(body, []byte(s)) {
			return fmt.Errorf("%q is missing in %s", s, body)
		}
	}
	if resp.StatusCode != http.StatusForbidden {
		return fmt.Errorf("the status is %d, want 403", resp.StatusCode)
	}
	return nil
}

// sample sends n requests from the first on, and says what they took.
func (p *process) sample(req request, first, n, wanted int) (result.Sample, error) {
	before, err := p.ask("status")
	if err != nil {
		return result.Sample{}, err
	}
	l, err := send(p.conns, req, first, n, wanted)
	if err != nil {
		return result.Sample{}, err
	}
	after, err := p.ask("status")
	if err != nil {
		return result.Sample{}, err
	}
	kept, err := p.ask("collect")
	return result.Sample{
		Requests: n, Wall: l.wall, CPU: after.CPU - before.CPU, Mallocs: after.Mallocs - before.Mallocs,
		P50: l.p50, P99: l.p99, Heap: kept.Heap,
	}, err
}

// print shows medians.
func print(r *result.Server) {
	table := func(title string, of map[string][]result.Sample) {
		fmt.Printf("%s\n%-22s %10s %8s %10s %8s %9s %9s %10s %8s\n", title, "", "CPU µs", "ratio", "requests/s", "allocs", "p50", "p99", "heap KiB", "growth")
		base := of["http.Error"]
		names := slices.SortedFunc(maps.Keys(of), func(a, b string) int {
			if result.Of(of[a], result.Sample.CPUEach) < result.Of(of[b], result.Sample.CPUEach) {
				return -1
			}
			return 1
		})
		for _, name := range names {
			s := of[name]
			fmt.Printf("%-22s %10.2f %8.3f %10.0f %8.1f %9v %9v %10.0f %8.3f\n", name,
				result.Of(s, result.Sample.CPUEach)/1000, result.Ratio(s, base, result.Sample.CPUEach),
				result.Of(s, result.Sample.Rate), result.Of(s, result.Sample.MallocsEach),
				time.Duration(result.Of(s, func(s result.Sample) float64 { return float64(s.P50) })).Round(time.Microsecond),
				time.Duration(result.Of(s, func(s result.Sample) float64 { return float64(s.P99) })).Round(time.Microsecond),
				result.Of(s, func(s result.Sample) float64 { return float64(s.Heap) / 1024 }), result.Spread(s))
		}
	}
	table(fmt.Sprintf("%d requests on %d connections, medians of %d rounds", r.Requests, r.Connections, len(r.Steady["http.Error"])), r.Steady)
	table("\nbefore the flood, and between its parts", r.Quiet)
	table(fmt.Sprintf("\na flood of %d requests, in %d parts", r.FloodCount, len(r.Flood["http.Error"])), r.Flood)
}
