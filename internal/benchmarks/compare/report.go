package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/denial-go/denial/internal/benchmarks/result"
)

// report writes RESULTS.md.
func (f *Figures) report(out io.Writer, command string) error {
	w := &writer{out: out}
	w.printf("# Results\n\nWritten by `%s`; do not edit.\n\n", command)
	w.printf("| | |\n|---|---|\n| date | %s |\n| commit | %s |\n| machine | %d cores, %s, %s |\n| load average | %s before, %s after |\n| rounds | %d of %s a benchmark, each round a process of its own, with one processor |\n\n",
		f.Date, cmp.Or(f.Commit, "unknown"), f.Cores, f.System, f.Go, cmp.Or(f.LoadStart, "unknown"), cmp.Or(f.LoadEnd, "unknown"), len(f.Rounds), f.Benchtime)
	w.printf("%s\n\n", intro)

	w.printf("## Goals\n\n| work | goal | found | met |\n|---|---|---|---|\n")
	met := 0
	goals := f.goals()
	for _, g := range goals {
		word := "**no**"
		if g.met {
			word = "yes"
			met++
		}
		w.printf("| %s | %s | %s | %s |\n", g.work, g.want, g.found, word)
	}
	w.printf("\n%d of %d are met. What prebuilt takes in brackets is the same answer, header fields and all, from bytes that are known: the least that it can cost.\n\n", met, len(goals))

	w.printf("## One answer\n\n%s\n\n", answers)
	works := []string{"json", "html", "multipart", "json-values", "html-values", "multipart-values", "text-values", "markdown-values", "xml-values"}
	for _, work := range works {
		f.table(w, "Answer/"+work+"/http.Error", "`http.Error`", f.byTime("Answer/"+work+"/"))
	}
	w.printf("The same with one header map for all responses, emptied before each: what the answer costs without its map, and what it allocates itself.\n\n")
	for _, work := range works {
		f.table(w, "Reused/"+work+"/http.Error", "`http.Error`", f.byTime("Reused/"+work+"/"))
	}
	w.printf("### Beside fields of the application\n\n%s\n\n", standing)
	for _, n := range []string{"0-fields", "1-fields", "3-fields", "8-fields", "answer-before"} {
		f.table(w, "Standing/"+n+"/http.Error", "`http.Error`", f.byTime("Standing/"+n+"/"))
	}
	w.printf("### The limit\n\n%s\n\n", limit)
	for _, m := range []string{"new-map", "emptied-map", "kept-map"} {
		f.table(w, "Limit/"+m+"/http.Error", "`http.Error`", f.byTime("Limit/"+m+"/"))
	}
	w.printf("## Negotiation\n\n%s\n\n", negotiation)
	for _, group := range []string{"MediaTypes/chrome", "MediaTypes/chrome-spaced", "MediaTypes/firefox", "MediaTypes/json", "MediaTypes/8KiB", "Languages/chrome", "Languages/four", "Languages/8KiB"} {
		f.table(w, group+"/denial", "denial", f.byTime(group+"/"))
	}
	w.printf("## Reading challenges\n\n%s\n\n", challenges)
	for _, group := range []string{"Challenges/one", "Challenges/two-in-a-line", "Challenges/two-lines"} {
		f.table(w, group+"/denial", "denial", f.byTime(group+"/"))
	}
	if names := f.names("Adapter/"); len(names) > 0 {
		w.printf("## Adapters\n\n%s\n\n", adapters)
		w.printf("| | ns | CPU ns | × render, by CPU | × bare | B | allocs |\n|---|---:|---:|---:|---:|---:|---:|\n")
		for _, name := range names {
			base := name[:strings.LastIndexByte(name, '/')]
			w.printf("| %s | %s | %s | %.2f | %.2f | %.0f | %.0f |\n", strings.TrimPrefix(name, "Adapter/"), digits(f.median(name, ns)), digits(f.median(name, cpu)),
				f.ratio(name, base+"/render", cpu), f.ratio(name, base+"/bare", cpu), f.median(name, size), f.median(name, allocs))
		}
		w.printf("\n")
	}
	if f.has("Hostile/8KiB") {
		w.printf("## Hostile header fields\n\n")
		f.table(w, "Hostile/ordinary", "ordinary", []string{"Hostile/ordinary", "Hostile/8KiB"})
	}
	f.growth(w)
	f.memory(w)
	f.server(w)
	f.losses(w, goals)
	w.printf("## What was left out\n\n%s\n", leftOut)
	return w.err
}

type writer struct {
	out io.Writer
	err error
}

func (w *writer) printf(format string, args ...any) {
	if w.err == nil {
		_, w.err = fmt.Fprintf(w.out, format, args...)
	}
}

// table shows medians, and the median ratio to the base.
func (f *Figures) table(w *writer, base, called string, names []string) {
	if len(names) == 0 {
		return
	}
	w.printf("| | ns | CPU ns | × %s | by CPU | B | allocs |\n|---|---:|---:|---:|---:|---:|---:|\n", called)
	for _, name := range names {
		_, short, _ := strings.Cut(name, "/")
		w.printf("| %s | %s | %s | %s | %s | %.0f | %.0f |\n", short, digits(f.median(name, ns)), digits(f.median(name, cpu)),
			share(f.ratio(name, base, ns)), share(f.ratio(name, base, cpu)), f.median(name, size), f.median(name, allocs))
	}
	w.printf("\n")
}

// byTime are the benchmarks that begin with prefix, fastest first.
func (f *Figures) byTime(prefix string) []string {
	names := f.names(prefix)
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(f.median(a, cpu), f.median(b, cpu)) })
	return names
}

// digits has three that count.
func digits(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.2f ms", v/1e6)
	case v >= 1e4:
		return fmt.Sprintf("%.1f µs", v/1e3)
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.1f", v)
}

func share(v float64) string {
	if v >= 10 {
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func (f *Figures) growth(w *writer) {
	names := append(f.names("Growth/"), f.names("LanguageOffers/")...)
	names = append(names, f.names("New/")...)
	if len(names) == 0 {
		return
	}
	w.printf("## Growth\n\n%s\n\n", growth)
	var order []string
	rows := make(map[string][]string)
	for _, name := range names {
		what, _, _ := strings.Cut(name, "=")
		if rows[what] == nil {
			order = append(order, what)
		}
		rows[what] = append(rows[what], name)
	}
	w.printf("| of what | how many: CPU ns (allocations) |\n|---|---|\n")
	for _, what := range order {
		slices.SortFunc(rows[what], func(a, b string) int { return cmp.Compare(count(a), count(b)) })
		var cells []string
		for _, name := range rows[what] {
			cells = append(cells, fmt.Sprintf("%d: %s (%.0f)", count(name), digits(f.median(name, cpu)), f.median(name, allocs)))
		}
		w.printf("| %s | %s |\n", strings.TrimPrefix(what, "Growth/"), strings.Join(cells, " · "))
	}
	w.printf("\n")
}

// count is what stands behind the equals sign.
func count(name string) int {
	_, n, _ := strings.Cut(name, "=")
	i, _ := strconv.Atoi(n)
	return i
}

func (f *Figures) memory(w *writer) {
	m := f.Memory
	if m.Answers == 0 {
		return
	}
	w.printf("## Memory\n\n`go run ./memory`: %d reasons in %d languages and %d forms, %d answers of %s together.\n\n", m.Reasons, m.Languages, m.Formats, m.Answers, kib(float64(m.BodyBytes)))
	w.printf("| | kept |\n|---|---:|\n| after New | %s |\n| after each answer once | %s (%.0f bytes an answer) |\n| after each with values | %s |\n| all of it once more | %s |\n\n",
		kib(float64(m.AfterNew)), kib(float64(m.AfterWalk)), float64(m.AfterWalk-m.AfterNew)/float64(m.Answers), kib(float64(m.AfterValues)), kib(float64(m.AfterAgain)))
	w.printf("An answer took %v the first time and %v later, in the mean of all.\n\n", m.FirstAnswer.Round(10*time.Nanosecond), m.LaterAnswer.Round(10*time.Nanosecond))
}

func kib(bytes float64) string { return fmt.Sprintf("%.0f KiB", bytes/1024) }

func (f *Figures) server(w *writer) {
	s := f.Server
	if len(s.Steady) == 0 {
		return
	}
	w.printf("## Over a real server\n\n%s\n\n", overServer)
	w.printf("%d requests in each of %d rounds.\n\n", s.Requests, len(s.Steady["http.Error"]))
	w.samples(s.Steady)
	parts := len(s.Flood["http.Error"])
	w.printf("### Flood\n\n%s\n\n", flood)
	w.printf("The same requests again and again, before each part of the flood; the heap has not seen all languages at first:\n\n")
	w.samples(s.Quiet)
	w.printf("A flood of %d requests to each, in %d parts:\n\n", s.FloodCount, parts)
	w.samples(s.Flood)
}

func (w *writer) samples(of map[string][]result.Sample) {
	w.printf("| | CPU µs | of `http.Error` | of prebuilt | requests/s | of `http.Error` | allocs | p50 | p99 | heap | growth |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	base := of["http.Error"]
	names := make([]string, 0, len(of))
	for name := range of {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Compare(result.Of(of[a], result.Sample.CPUEach), result.Of(of[b], result.Sample.CPUEach))
	})
	wait := func(s []result.Sample, f func(result.Sample) time.Duration) time.Duration {
		return time.Duration(result.Of(s, func(s result.Sample) float64 { return float64(f(s)) })).Round(10 * time.Microsecond)
	}
	for _, name := range names {
		s := of[name]
		prebuilt := ""
		if work, ok := strings.CutPrefix(name, "denial-"); ok && len(of["prebuilt-"+work]) > 0 {
			prebuilt = fmt.Sprintf("%.3f", result.Ratio(s, of["prebuilt-"+work], result.Sample.CPUEach))
		}
		w.printf("| %s | %.2f | %.3f | %s | %.0f | %.3f | %.1f | %v | %v | %s | %.3f |\n", name,
			result.Of(s, result.Sample.CPUEach)/1000, result.Ratio(s, base, result.Sample.CPUEach), prebuilt,
			result.Of(s, result.Sample.Rate), result.Ratio(s, base, result.Sample.Rate), result.Of(s, result.Sample.MallocsEach),
			wait(s, func(s result.Sample) time.Duration { return s.P50 }), wait(s, func(s result.Sample) time.Duration { return s.P99 }),
			kib(result.Of(s, func(s result.Sample) float64 { return float64(s.Heap) })), result.Spread(s))
	}
	w.printf("\n")
}

// losses are the goals that are not met, and the peers that are faster.
func (f *Figures) losses(w *writer, goals []goal) {
	w.printf("## Losses\n\n")
	any := false
	for _, g := range goals {
		if !g.met {
			any = true
			w.printf("- Goal not met: %s: %s, where %s was wanted.\n", g.work, g.found, g.want)
		}
	}
	for _, prefix := range []string{"Answer/json/", "Answer/html/", "Answer/multipart/", "MediaTypes/", "Languages/", "Challenges/"} {
		for _, name := range f.names(prefix) {
			group, peer := name[:strings.LastIndexByte(name, '/')], name[strings.LastIndexByte(name, '/')+1:]
			if slices.Contains([]string{"denial", "new-error", "prebuilt", "http.Error"}, peer) {
				continue
			}
			if got := f.ratio(name, group+"/denial", cpu); got > 0 && got < 1 {
				any = true
				w.printf("- %s is faster: %s takes %.2f of our time.\n", peer, group, got)
			}
		}
	}
	if !any {
		w.printf("None: all goals are met, and no peer is faster at anything above.\n")
	}
	w.printf("\n")
}
