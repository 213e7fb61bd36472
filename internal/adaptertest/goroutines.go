package adaptertest

import (
	"runtime"
	"strings"
	"time"
)

// goroutines returns the stack of every goroutine, by its number.
func goroutines() map[string]string {
	buf := make([]byte, 1<<16)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	all := make(map[string]string)
	for stack := range strings.SplitSeq(string(buf), "\n\n") {
		rest, ok := strings.CutPrefix(stack, "goroutine ")
		if number, _, found := strings.Cut(rest, " "); ok && found {
			all[number] = stack
		}
	}
	return all
}

// left returns the goroutines that were not there before and do not end by
// themselves within about twice the patience.
func left(before, stay map[string]string, patience time.Duration) (stacks []string) {
	for wait := time.Millisecond; ; wait *= 2 {
		stacks = nil
		for number, stack := range goroutines() {
			if _, old := before[number]; !old && !expected(stack, stay) {
				stacks = append(stacks, stack)
			}
		}
		if len(stacks) == 0 || wait > patience {
			return stacks
		}
		time.Sleep(wait)
	}
}

func expected(stack string, stay map[string]string) bool {
	// A test of its own waits for what it started: it is one of ours.
	if strings.Contains(stack, "internal/adaptertest.goroutines(") || strings.Contains(stack, "testing.tRunner") {
		return true
	}
	for part := range stay {
		if strings.Contains(stack, part) {
			return true
		}
	}
	return false
}
