//go:build race

package denygin_test

func init() { raceDetector = true }
