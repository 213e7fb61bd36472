//go:build race

package denyfasthttp_test

func init() { raceDetector = true }
