//go:build race

package denyfiber3_test

func init() { raceDetector = true }
