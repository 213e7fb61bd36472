// Package result is what the programs of this module tell one another, as
// JSON.
package result

import (
	"slices"
	"time"
)

// Memory is what a Renderer keeps once all that it has is in use, in bytes
// where nothing else is said.
type Memory struct {
	Reasons, Languages, Formats int
	Answers                     int   // that were made in one walk
	BodyBytes                   int64 // of their bodies together
	AfterNew                    int64 // kept by New
	AfterWalk                   int64 // kept after each answer was made once, New included
	AfterValues                 int64 // the same with values to fill in
	AfterAgain                  int64 // the same once more
	FirstAnswer, LaterAnswer    time.Duration
}

// Server is what a server did under load.
type Server struct {
	Connections int
	Requests    int                 // in each sample of Steady
	Steady      map[string][]Sample // by contender, a sample a round
	FloodCount  int                 // requests of each flood
	Quiet       map[string][]Sample // by contender of the flood, before each part of it
	Flood       map[string][]Sample // by contender, in the same order
}

// A Sample is one stretch of requests to one server.
type Sample struct {
	Requests int
	Wall     time.Duration
	CPU      time.Duration // that the server used
	Mallocs  uint64        // that the server made
	P50, P99 time.Duration // that a client waited
	Heap     uint64        // bytes that the server had in use afterwards, after a collection
}

// CPUEach is the processor time of one request in nanoseconds.
func (s Sample) CPUEach() float64 { return float64(s.CPU) / float64(s.Requests) }

// MallocsEach is how many allocations a request took.
func (s Sample) MallocsEach() float64 { return float64(s.Mallocs) / float64(s.Requests) }

// Rate is requests per second.
func (s Sample) Rate() float64 { return float64(s.Requests) / s.Wall.Seconds() }

// Median returns the middle of values, which it leaves as they are, and 0
// where there are none.
func Median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	v := slices.Sorted(slices.Values(values))
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}

// Of returns the median of what f makes of each sample.
func Of(samples []Sample, f func(Sample) float64) float64 {
	var values []float64
	for _, s := range samples {
		values = append(values, f(s))
	}
	return Median(values)
}

// Ratio returns the median of the ratios of samples that were taken one after
// the other, so that what slowed down both does not count.
func Ratio(a, b []Sample, f func(Sample) float64) float64 {
	var values []float64
	for i := range min(len(a), len(b)) {
		if d := f(b[i]); d != 0 {
			values = append(values, f(a[i])/d)
		}
	}
	return Median(values)
}

// Spread returns how much larger the heap was at its largest than at its
// smallest, as a ratio.
func Spread(samples []Sample) float64 {
	if len(samples) == 0 {
		return 0
	}
	low, high := samples[0].Heap, samples[0].Heap
	for _, s := range samples {
		low, high = min(low, s.Heap), max(high, s.Heap)
	}
	return float64(high) / float64(low)
}
