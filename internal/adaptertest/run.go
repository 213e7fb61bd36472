package adaptertest

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/denial-go/denial/problem"
)

// A reporter is told what is wrong. *testing.T is behind it, except in the
// tests of the suite itself.
type reporter interface {
	Errorf(format string, args ...any)
	Run(name string, f func(reporter))
}

type testReporter struct{ *testing.T }

func (t testReporter) Run(name string, f func(reporter)) {
	t.T.Run(name, func(t *testing.T) { f(testReporter{t}) })
}

// Run checks the adapter, each check in a test of its own.
func Run(t *testing.T, a Adapter) {
	t.Helper()
	run(testReporter{t}, a)
}

type suite struct {
	adapter Adapter
	app     *App // behind the framework
	base    string
	plain   *plain
	client  *http.Client
	seen    []atomic.Bool // which of the adapter's differences showed
}

func run(r reporter, a Adapter) {
	if errs := a.mistakes(); len(errs) > 0 {
		for _, err := range errs {
			r.Errorf("%s", err)
		}
		return
	}
	a = a.withDefaults()
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 8, ExpectContinueTimeout: time.Second}
	s := &suite{
		adapter: a,
		app:     newApp(),
		client: &http.Client{
			Transport:     transport,
			Timeout:       30 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		seen: make([]atomic.Bool, len(a.Differences)),
	}
	before := goroutines()
	var err error
	if s.plain, err = startPlain(newApp(), a); err != nil {
		r.Errorf("starting the plain server: %v", err)
		return
	}
	base, stop, err := a.Start(s.app)
	if err != nil {
		s.plain.stop()
		r.Errorf("Start: %v", err)
		return
	}
	s.base = strings.TrimSuffix(base, "/")
	if !strings.HasPrefix(s.base, "http://127.0.0.1:") {
		r.Errorf("Start returned the address %q; it has to be http://127.0.0.1 and a port", base)
	} else {
		for _, c := range []struct {
			check Check
			f     func(*suite, *report)
		}{
			{Deny, (*suite).deny},
			{Builtin, (*suite).builtin},
			{Wire, (*suite).wire},
			{Fields, (*suite).fields},
			{Written, (*suite).written},
			{OwnErrors, (*suite).ownErrors},
			{NotFound, (*suite).notFound},
			{MethodNotAllowed, (*suite).methodNotAllowed},
			{Allow, (*suite).allow},
			{TooLarge, (*suite).tooLarge},
			{Invalid, (*suite).invalid},
			{Panic, (*suite).panics},
			{Cut, (*suite).cut},
			{Abort, (*suite).abort},
			{Cancel, (*suite).cancel},
		} {
			s.check(r, c.check, c.f)
		}
	}
	close(s.app.release)
	s.client.CloseIdleConnections()
	stop()
	s.plain.stop()
	s.check(r, Leak, func(s *suite, rep *report) {
		for _, stack := range left(before, s.adapter.Goroutines, cmp.Or(a.patience, 4*time.Second)) {
			rep.errorf("this goroutine is left over:\n%s", stack)
		}
	})
	s.check(r, Log, func(s *suite, rep *report) {
		for _, line := range s.app.log.get() {
			if strings.Contains(line, "superfluous") || strings.Contains(line, "panic") || strings.Contains(line, "WriteHeader") {
				rep.errorf("net/http complains: %s", line)
			}
		}
	})
	for i, d := range a.Differences {
		if !s.seen[i].Load() {
			r.Errorf("Differences[%d] (field %q, %s) never showed: take it out", i, d.Field, d.Why)
		}
	}
}

func (a Adapter) withDefaults() Adapter {
	if a.InvalidStatus == 0 {
		a.InvalidStatus = http.StatusBadRequest
	}
	own := map[Check]error{
		NotFound:         problem.ForStatus(http.StatusNotFound),
		MethodNotAllowed: problem.ForStatus(http.StatusMethodNotAllowed),
		TooLarge:         problem.ForStatus(http.StatusRequestEntityTooLarge),
		Invalid:          problem.ForStatus(a.InvalidStatus),
		Panic:            problem.ForStatus(http.StatusInternalServerError),
	}
	maps.Copy(own, a.Own)
	a.Own = own
	if a.OwnStatus == nil {
		a.OwnStatus = func(status int) error { return problem.ForStatus(status) }
	}
	return a
}

// mistakes returns what is wrong with the description itself.
func (a *Adapter) mistakes() (errs []string) {
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Sprintf(format, args...)) }
	if a.Start == nil {
		wrong("Start is nil")
	}
	for check, why := range a.Skip {
		if !slices.Contains(checks, check) {
			wrong("Skip[%q]: there is no such check", check)
		}
		if strings.TrimSpace(why) == "" {
			wrong("Skip[%q]: say why", check)
		}
	}
	for check, err := range a.Own {
		if !slices.Contains([]Check{NotFound, MethodNotAllowed, TooLarge, Invalid, Panic}, check) {
			wrong("Own[%q]: this check has no error of its own", check)
		}
		if check == NotFound && err == nil {
			wrong("Own[%q] is nil: this answer is always compared in full", check)
		}
	}
	for i, d := range a.Differences {
		if strings.TrimSpace(d.Why) == "" {
			wrong("Differences[%d]: say why", i)
		}
		if (d.Field == "") == (d.Expect == nil) {
			wrong("Differences[%d]: set either Field or Expect", i)
		}
	}
	for part, why := range a.Goroutines {
		if strings.TrimSpace(part) == "" || strings.TrimSpace(why) == "" {
			wrong("Goroutines[%q]: name a part of its stack, and say why it stays", part)
		}
	}
	return errs
}

// check runs one check, unless the adapter leaves it out.
func (s *suite) check(r reporter, check Check, f func(*suite, *report)) {
	_, skip := s.adapter.Skip[check]
	if _, noRecover := s.adapter.Skip[Panic]; skip || check == Cut && noRecover {
		return
	}
	r.Run(string(check), func(r reporter) {
		rep := &report{r: r, shown: cmp.Or(s.adapter.shown, shown)}
		f(s, rep)
		rep.close()
	})
}

// report keeps a check that fails everywhere from filling the screen: it shows
// one failure for each path, and not many. It is safe for concurrent use.
type report struct {
	r     reporter
	mu    sync.Mutex
	paths map[string]bool
	shown int // paths at most
	n     int // failures in all
}

const shown = 10

func (r *report) errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.n++
	if len(args) > 0 {
		if req, ok := args[0].(request); ok {
			path, _, _ := strings.Cut(req.target, "?")
			if r.paths[path] || len(r.paths) == r.shown {
				return
			}
			if r.paths == nil {
				r.paths = make(map[string]bool)
			}
			r.paths[path] = true
		}
	}
	r.r.Errorf(format, args...)
}

func (r *report) close() {
	if r.n > len(r.paths) && len(r.paths) > 0 {
		r.r.Errorf("%d failures of this check in all; one for each path is shown, of %d paths at most", r.n, r.shown)
	}
}
