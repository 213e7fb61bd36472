//go:build race

package denyecho5_test

func init() { raceDetector = true }
