//go:build race

package render_test

// The race detector has pools forget at random, so allocations are not counted.
const raceEnabled = true
