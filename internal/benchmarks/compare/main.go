// Command compare runs everything that this module measures and writes
// RESULTS.md: benchmarks in rounds, the memory of a Renderer in full use, and
// servers under load.
//
//	go run ./compare -out RESULTS.md
//
// In each round a new process runs every benchmark once, so that contenders
// take turns. A ratio is the median of those within the rounds: what slows the
// machine down for a while slows down both sides of it.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"log"
	"os"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("compare: ")
	rounds := flag.Int("rounds", 20, "rounds of benchmarks")
	benchtime := flag.String("benchtime", "50ms", "time for each benchmark in a round")
	pattern := flag.String("bench", ".", "benchmarks to run, as for go test")
	floodArgs := flag.String("flood", "", "arguments for the flood program, separated by spaces")
	out := flag.String("out", "", "file to write; default: standard output")
	save := flag.String("save", "", "file to keep the figures in, as JSON")
	from := flag.String("from", "", "file with figures to report, instead of measuring")
	flag.Parse()
	if *rounds < 1 || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	f, err := figures(*from, func() (*Figures, error) {
		return measure(*rounds, *benchtime, *pattern, strings.Fields(*floodArgs))
	})
	if err != nil {
		log.Fatal(err)
	}
	if *save != "" {
		b, err := json.Marshal(f)
		if err == nil {
			err = os.WriteFile(*save, b, 0o644)
		}
		if err != nil {
			log.Fatal(err)
		}
	}
	var text bytes.Buffer
	if err := f.report(&text, "go run ./compare -out RESULTS.md"); err != nil {
		log.Fatal(err)
	}
	if *out == "" {
		_, err = io.Copy(os.Stdout, &text)
	} else {
		err = os.WriteFile(*out, text.Bytes(), 0o644)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// figures are those in a file, or else those that are measured.
func figures(from string, measure func() (*Figures, error)) (*Figures, error) {
	if from == "" {
		return measure()
	}
	b, err := os.ReadFile(from)
	if err != nil {
		return nil, err
	}
	f := new(Figures)
	return f, json.Unmarshal(b, f)
}
