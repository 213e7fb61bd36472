//go:build race

package denyecho_test

func init() { raceDetector = true }
