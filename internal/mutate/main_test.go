package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCopyTree is that nothing is left out: tests look at many files that are no
// Go, and fail without them before anything is broken.
func TestCopyTree(t *testing.T) {
	files, err := output(t.Context(), "../..", "git", "ls-files")
	if err != nil {
		t.Skip("this is no work tree: ", err)
	}
	dir := t.TempDir()
	if err := copyTree(t.Context(), "../..", dir); err != nil {
		t.Fatal(err)
	}
	for name := range strings.Lines(files) {
		name = strings.TrimSpace(name)
		if _, err := os.Stat(filepath.Join("../..", name)); err != nil {
			continue // deleted, and not yet committed
		}
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
}

// TestMutationsApply keeps the mutations up to date with the code they change.
func TestMutationsApply(t *testing.T) {
	rules := make(map[int]bool)
	for _, m := range mutations {
		rules[m.rule] = true
		source, err := os.ReadFile("../../" + m.file)
		if err != nil {
			t.Fatal(err)
		}
		mutated, err := m.apply(string(source))
		if err != nil {
			t.Error(err)
		}
		if mutated == string(source) {
			t.Errorf("%s: it changes nothing", m.name)
		}
	}
	for rule := 1; rule <= 11; rule++ {
		if !rules[rule] {
			t.Errorf("nothing breaks rule %d", rule)
		}
	}
}
