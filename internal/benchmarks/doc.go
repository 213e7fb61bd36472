// Package benchmarks is the yardstick for what a denial costs: benchmarks that
// set package render beside http.Error, beside prebuilt answers, and beside
// other libraries that do the same work, at pinned versions.
//
// All that is timed here has been checked before: status, media type,
// challenges, language and texts of each contender's answer.
//
//	go test ./...              # checks the contenders, times nothing
//	go test -bench . ./...     # the figures of one run
//	go run ./memory            # what is kept with everything in use
//	go run ./flood             # a server under load, and under a flood
//	go run ./compare           # all of it in rounds, into RESULTS.md
//
// It uses the public API only. Figures move with the machine and with what
// else runs on it; so goals are ratios to http.Error in the same run, and
// RESULTS.md holds medians of ratios.
package benchmarks
