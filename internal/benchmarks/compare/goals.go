package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/denial-go/denial/internal/benchmarks/result"
)

// A goal is what a denial may cost, and what it was found to.
type goal struct {
	work, want, found string
	met               bool
}

// goals are judged by processor time: what is timed on the clock of a busy
// machine is, for a good part, its other programs.
func (f *Figures) goals() (goals []goal) {
	add := func(met bool, work, want, format string, args ...any) {
		goals = append(goals, goal{work, want, fmt.Sprintf(format, args...), met})
	}

	for _, g := range []struct {
		fields int
		most   float64 // nanoseconds, where http.Error takes 290
	}{{6, 160}, {8, 210}, {11, 270}} {
		ratio := func(kind string) float64 {
			return f.ratio(fmt.Sprintf("Limit/%s/%d-fields", kind, g.fields), "Limit/"+kind+"/http.Error", cpu)
		}
		got, most := ratio("kept-map"), g.most/290
		add(got <= most, fmt.Sprintf("limit, %d fields, map kept", g.fields), fmt.Sprintf("%.2f × `http.Error` (%.0f ns of 290)", most, g.most),
			"%.2f × (%.0f ns of %.0f; %.2f × with the map emptied, %.2f × with a new one)", got, f.median(fmt.Sprintf("Limit/kept-map/%d-fields", g.fields), cpu),
			f.median("Limit/kept-map/http.Error", cpu), ratio("emptied-map"), ratio("new-map"))
	}

	answer := func(work string, most, mostAllocs float64) {
		got, n := f.ratio("Answer/"+work+"/denial", "Answer/"+work+"/http.Error", cpu), f.median("Reused/"+work+"/denial", allocs)
		add(got <= most && n <= mostAllocs, "Write, "+work, fmt.Sprintf("%.1f × `http.Error`, %.0f allocations", most, mostAllocs),
			"%.2f × (%.2f × with the map emptied; prebuilt: %.2f ×), %.0f allocations", got,
			f.ratio("Reused/"+work+"/denial", "Reused/"+work+"/http.Error", cpu), f.ratio("Answer/"+work+"/prebuilt", "Answer/"+work+"/http.Error", cpu), n)
	}
	answer("json", 1.2, 2)
	answer("multipart", 1.2, 2)
	answer("html", 1.6, 2)
	for _, form := range []string{"json", "html", "multipart", "text", "markdown", "xml"} {
		answer(form+"-values", 2, 4)
	}

	ours, prebuilt, plain := f.Server.Steady["denial-json"], f.Server.Steady["prebuilt-json"], f.Server.Steady["http.Error"]
	if len(ours) > 0 {
		got := result.Ratio(ours, prebuilt, result.Sample.CPUEach)
		add(got <= 1.05, "real server, JSON: CPU", "1.05 × the same answer prebuilt", "%.3f ×", got)
		got = result.Ratio(ours, plain, result.Sample.CPUEach)
		add(got <= 1.10, "real server, JSON: CPU", "1.10 × `http.Error`", "%.3f ×", got)
		more := result.Of(ours, result.Sample.MallocsEach) - result.Of(prebuilt, result.Sample.MallocsEach)
		add(more <= 2.05, "real server, JSON: allocations", "2 more than prebuilt", "%.1f more", more) // other work of the server makes a few
	}

	best, by := 0.0, ""
	for _, peer := range []string{"moogar0880", "huma", "schneider.vip", "gin"} {
		if got := f.ratio("Reused/json/"+peer, "Reused/json/denial", cpu); best == 0 || got < best {
			best, by = got, peer
		}
	}
	add(best >= 4, "JSON against peers, map emptied", "4 × faster than the best", "%.1f × (%s; %.1f × with a new map for each response)", best, by,
		f.ratio("Answer/json/"+by, "Answer/json/denial", cpu))

	got := f.ratio("Answer/html/html-template", "Answer/html/denial", cpu)
	add(got >= 40, "the page against html/template", "40 × faster", "%.1f ×", got)

	for _, field := range []struct{ group, name string }{
		{"chrome", "Chrome's Accept"},
		{"chrome-spaced", "the same with a space behind each comma"},
	} {
		best, by = 0, ""
		for _, name := range f.names("MediaTypes/" + field.group + "/") {
			if peer := name[strings.LastIndexByte(name, '/')+1:]; peer != "denial" {
				if got := f.ratio(name, "MediaTypes/"+field.group+"/denial", cpu); best == 0 || got < best {
					best, by = got, peer
				}
			}
		}
		add(best > 1, "MediaTypes.Best on "+field.name, "faster than all", "%.1f × faster than the next, %s", best, by)
	}

	got = f.ratio("Languages/chrome/x-text", "Languages/chrome/denial", cpu)
	add(got >= 40, "Languages.Best on Chrome's Accept-Language", "40 × faster than x/text", "%.1f ×", got)

	got = f.ratio("Hostile/8KiB", "Hostile/ordinary", cpu)
	add(got <= 5, "8 KiB of Accept and 8 KiB of Accept-Language, whole Write", "5 × an ordinary request", "%.2f ×", got)

	for _, c := range []string{"denial-json", "denial-every-form"} {
		flood, quiet, plain := f.Server.Flood[c], f.Server.Quiet[c], f.Server.Flood["http.Error"]
		if len(flood) == 0 {
			continue
		}
		got := result.Spread(flood)
		add(got <= 1.1, "flood, "+c+": memory", "flat within 10 %", "largest %.3f × smallest", got)
		p99 := func(s result.Sample) float64 { return float64(s.P99) }
		got = result.Ratio(flood, quiet, p99)
		add(got <= 2, "flood, "+c+": p99", "2 × the same server without the flood", "%.2f × (%.2f × `http.Error` flooded)", got, result.Ratio(flood, plain, p99))
		// A server with one processor that is used up answers as many as its
		// processor time allows; the clock also counts what other programs took.
		rate := func(s result.Sample) float64 { return 1 / s.CPUEach() }
		got = result.Ratio(flood, plain, rate)
		add(got >= 0.95, "flood, "+c+": requests a second of processor time", "0.95 × `http.Error`", "%.3f × (by the clock: %.3f ×; prebuilt JSON: %.3f ×)", got,
			result.Ratio(flood, plain, result.Sample.Rate), result.Ratio(f.Server.Flood["prebuilt-json"], plain, rate))
	}

	// An adapter has to keep to its bounds with every answer.
	var adapters []string
	for _, name := range f.names("Adapter/") {
		if adapter := strings.Split(name, "/")[1]; !slices.Contains(adapters, adapter) {
			adapters = append(adapters, adapter)
		}
	}
	for _, adapter := range adapters {
		for _, beside := range []struct{ name, called string }{
			{"render", "Write or Render alone"}, {"bare", "an error handler of a few lines"},
		} {
			time, more := 0.0, math.Inf(-1)
			for _, name := range f.names("Adapter/" + adapter + "/") {
				if base, ok := strings.CutSuffix(name, "/adapter"); ok {
					time = max(time, f.ratio(name, base+"/"+beside.name, cpu))
					more = max(more, f.median(name, allocs)-f.median(base+"/"+beside.name, allocs))
				}
			}
			add(time <= 1.3 && more <= 3, "adapter "+adapter+", at most", "30 % and 3 allocations more than "+beside.called, "%+.0f %%, %+.0f allocations", 100*(time-1), more)
		}
	}
	return goals
}

// names are the benchmarks that begin with prefix, in the order of the
// alphabet.
func (f *Figures) names(prefix string) (names []string) {
	for _, r := range f.Rounds {
		for name := range r {
			if strings.HasPrefix(name, prefix) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}
