//go:build race

package denyhertz_test

func init() { raceDetector = true }
