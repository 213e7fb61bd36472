//go:build race

package denyfiber_test

func init() { raceDetector = true }
