package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// options say how much is sent.
type options struct {
	requests int
	workers  int
	every    int // of the built-in reasons, each n-th
	seed     uint64
}

// maxGrowth is how many bytes of the heap may be in use at the end beyond those
// after the warm-up: room for what the runtime keeps of goroutines that have
// ended, and for a rare answer that is prepared late. Three bytes of each of the
// 90,000 requests would be more.
const maxGrowth = 256 << 10

// maxFaults bounds the faults that are told one by one.
const maxFaults = 10

// usage is what a program holds on to.
type usage struct {
	goroutines int
	files      int // -1 where it cannot be counted
	heap       uint64
}

func (u usage) String() string {
	files := "unknown"
	if u.files >= 0 {
		files = fmt.Sprint(u.files)
	}
	return fmt.Sprintf("%d goroutines, %s files, %.1f KiB of heap", u.goroutines, files, float64(u.heap)/1024)
}

// A report is what a run has found.
type report struct {
	options
	reasons, languages int
	prepared           int // answers of the warm-up
	sent, checked      int64
	byKind             [kinds]int64
	denied, faults     int64 // calls of OnDenied and OnFault
	warm, busy         time.Duration
	peak               usage // the most that was seen on the way
	start, before, end usage // before anything; after the warm-up; at the end
	stopped            usage // with the servers gone too
}

func (r *report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d reasons, %d languages; %d answers to warm up in %.0f s\n", r.reasons, r.languages, r.prepared, r.warm.Seconds())
	fmt.Fprintf(&b, "%d requests by %d clients in %.0f s, %.0f a second; %d answers compared byte by byte\n", r.sent, r.workers, r.busy.Seconds(), float64(r.sent)/r.busy.Seconds(), r.checked)
	for k, n := range r.byKind {
		fmt.Fprintf(&b, "  %8d %s\n", n, kindNames[k])
	}
	fmt.Fprintf(&b, "OnDenied %d times, OnFault %d times\n", r.denied, r.faults)
	for _, u := range []struct {
		name string
		usage
	}{{"before anything", r.start}, {"after the warm-up", r.before}, {"at most", r.peak}, {"after the last", r.end}, {"servers stopped", r.stopped}} {
		fmt.Fprintf(&b, "%-18s %v\n", u.name, u.usage)
	}
	fmt.Fprintf(&b, "the heap grew by %d bytes; %d are allowed\n", int64(r.end.heap)-int64(r.before.heap), maxGrowth)
	return b.String()
}

// run sends the requests, until ctx ends. The error says what was wrong.
func run(ctx context.Context, o options) (*report, error) {
	if o.requests < 1 || o.workers < 1 || o.every < 1 {
		return nil, fmt.Errorf("want at least one request, one client and one reason, not %d, %d and each %d-th", o.requests, o.workers, o.every)
	}
	r := &report{options: o, start: measure()}
	s, err := newSoak(o)
	if err != nil {
		return nil, err
	}
	r.reasons, r.languages = len(s.reasons), len(languages)

	began := time.Now()
	r.prepared = s.prepare()
	// The servers, the clients and the pools take what they need once.
	s.send(ctx, o.workers, 20*o.workers, o.seed+1)
	s.idle()
	r.warm = time.Since(began)
	n := len(s.servers) // each has a listener, and a goroutine that accepts
	r.before = settle(usage{r.start.goroutines + n, r.start.files + n, math.MaxInt64})
	s.reset()

	began = time.Now()
	done := make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() { r.peak = watch(done) })
	s.send(ctx, o.workers, o.requests, o.seed)
	r.busy = time.Since(began)
	close(done)
	watching.Wait()
	s.idle()
	r.end = settle(r.before)
	r.sent, r.checked, r.denied, r.faults = s.sent.Load(), s.checked.Load(), s.denied.Load(), s.faults.Load()
	for k := range r.byKind {
		r.byKind[k] = s.byKind[k].Load()
	}
	s.stop()
	r.stopped = settle(usage{r.start.goroutines, r.start.files, math.MaxInt64})
	runtime.KeepAlive(s)
	return r, errors.Join(s.wrong(), r.leaks())
}

// leaks says what is left over.
func (r *report) leaks() error {
	var errs []error
	over := func(what string, before, after int) {
		if after > before {
			errs = append(errs, fmt.Errorf("%s: %d before, %d after", what, before, after))
		}
	}
	over("goroutines", r.before.goroutines, r.end.goroutines)
	over("files", r.before.files, r.end.files)
	over("goroutines with the servers stopped", r.start.goroutines, r.stopped.goroutines)
	over("files with the servers stopped", r.start.files, r.stopped.files)
	over("bytes of the heap", int(r.before.heap)+maxGrowth, int(r.end.heap))
	return errors.Join(errs...)
}

// measure says what is in use once the garbage is gone. The second collection
// empties what pools hold back from the first.
func measure() usage {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return usage{runtime.NumGoroutine(), openFiles(), m.HeapAlloc}
}

// settle measures until nothing is above want but for the bound on the heap:
// what was closed goes away a little later. It waits no longer than it must to
// be sure that something stays.
func settle(want usage) usage {
	var u usage
	for range 100 {
		u = measure()
		if u.goroutines <= want.goroutines && u.files <= want.files && u.heap <= want.heap+maxGrowth/4 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	return u
}

// watch looks at what is in use now and then.
func watch(done <-chan struct{}) usage {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	var peak usage
	for {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak.goroutines = max(peak.goroutines, runtime.NumGoroutine())
		peak.files = max(peak.files, openFiles())
		peak.heap = max(peak.heap, m.HeapAlloc)
		select {
		case <-done:
			return peak
		case <-tick.C:
		}
	}
}

// openFiles counts the file descriptors of this process, sockets among them,
// where the system has a directory of them.
func openFiles() int {
	d, err := os.Open("/dev/fd")
	if err != nil {
		return -1
	}
	defer d.Close()
	names, err := d.Readdirnames(-1)
	if err != nil {
		return -1
	}
	return len(names) - 1 // without the directory itself
}

// soak is a run: what is denied, who denies it, and what was seen.
type soak struct {
	deny, twin *render.Renderer // twin answers what is compared, and nobody else
	reasons    []problem.Reason
	servers    []*server

	sent, checked, handled atomic.Int64
	denied, faults         atomic.Int64 // calls of OnDenied and OnFault
	mayFault, mustFault    atomic.Int64 // answers that may, and those that must
	byKind                 [kinds]atomic.Int64

	mu     sync.Mutex
	errs   []error
	errors int
}

func newSoak(o options) (*soak, error) {
	s := &soak{}
	for i, reason := range problem.Common() {
		if i%o.every == 0 {
			s.reasons = append(s.reasons, reason)
		}
	}
	config := render.Config{
		Links: map[problem.StepKind]string{
			problem.SignIn:        "/sign-in?next={return_to}",
			problem.RequestAccess: "/access?role={role}&next={return_to}",
			problem.UpgradePlan:   "https://billing.example.com/plans",
			problem.ReadDocs:      "/docs",
		},
	}
	var err error
	if s.twin, err = render.New(config); err != nil {
		return nil, err
	}
	config.OnDenied = func(*http.Request, *problem.Problem) { s.denied.Add(1) }
	config.OnFault = func(err error) { s.faults.Add(1) }
	if s.deny, err = render.New(config); err != nil {
		return nil, err
	}
	s.start()
	return s, nil
}

// prepare asks both Renderers for every answer that the requests below can
// have prepared, and returns how many those are.
func (s *soak) prepare() int {
	n := 0
	random := rand.New(rand.NewPCG(1, 1))
	ask := func(d denial, language, accept string, circumstance func(http.Header)) {
		for _, method := range []string{"GET", "POST"} { // with a page to return to, and without
			req := render.Request{Method: method, Target: "/a", Header: http.Header{"Accept": {accept}, "Accept-Language": {language}}}
			circumstance(req.Header)
			err := s.problem(d, random)
			s.twin.Render(req, err)
			s.deny.Render(req, err)
			n++
		}
	}
	for i := range s.reasons {
		for shape := range shapes {
			d := denial{reason: i, shape: shape}
			for _, language := range languages {
				for _, accept := range accepts {
					ask(d, language, accept, circumstances[0])
				}
			}
			// The rest has a say in header fields only, which all forms share.
			for _, c := range circumstances {
				ask(d, languages[0], accepts[0], c)
			}
		}
	}
	return n
}

// fail notes what was wrong with an answer.
func (s *soak) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.errors++; s.errors <= maxFaults {
		s.errs = append(s.errs, err)
	}
}

func (s *soak) wrong() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if more := s.errors - len(s.errs); more > 0 {
		return errors.Join(append(s.errs, fmt.Errorf("and %d more", more))...)
	}
	return errors.Join(s.errs...)
}

// reset starts the counts anew.
func (s *soak) reset() {
	for _, n := range []*atomic.Int64{&s.sent, &s.checked, &s.handled, &s.denied, &s.faults, &s.mayFault, &s.mustFault} {
		n.Store(0)
	}
	for k := range s.byKind {
		s.byKind[k].Store(0)
	}
}
