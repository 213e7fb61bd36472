//go:build unix

// Package cputime tells how much processor time a process has used, which is
// steadier on a busy machine than time on the clock.
package cputime

import (
	"syscall"
	"time"
)

// Process returns the processor time of this process, in user code and in the
// kernel.
func Process() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0 // the one argument is right
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
