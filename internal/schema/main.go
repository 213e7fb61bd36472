// Command schema describes the answers of package render for other tools: a
// JSON Schema of the problem document, and an OpenAPI document with a response
// for each status, both made of the code and its own answers.
//
//	go run ./internal/schema           says which files are stale
//	go run ./internal/schema -write    writes them
//
// Run it from the root of the repository. The tests here fail while a file is
// stale; with Node, they also hold the files against every golden answer.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// files are what the program makes, by where they are in the repository.
var files = []struct {
	path string
	make func() (object, error)
}{
	{"docs/problem.schema.json", problemSchema},
	{"docs/openapi.json", openAPIDocument},
}

func main() {
	write := flag.Bool("write", false, "write the files")
	flag.Parse()
	if err := run(".", *write); err != nil {
		fmt.Fprintln(os.Stderr, "schema:", err)
		os.Exit(1)
	}
}

func run(root string, write bool) error {
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		return fmt.Errorf("run this from the root of the repository: %w", err)
	}
	for _, f := range files {
		doc, err := f.make()
		if err != nil {
			return fmt.Errorf("%s: %w", f.path, err)
		}
		want, err := indented(doc)
		if err != nil {
			return fmt.Errorf("%s: %w", f.path, err)
		}
		path := filepath.Join(root, filepath.FromSlash(f.path))
		if write {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				return err
			}
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if !bytes.Equal(got, want) {
			return fmt.Errorf("%s is stale; go run ./internal/schema -write makes it anew", f.path)
		}
	}
	return nil
}
