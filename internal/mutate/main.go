// The command mutate breaks the rules of an answer, one after another, in a
// copy of this repository, and runs the tests on each: a rule that can be
// broken while all tests pass is one that nobody guards.
//
//	go run ./internal/mutate            all of them, some minutes
//	go run ./internal/mutate -rule 7    those of one rule
//
// It prints a line for each, and fails where a mutation survives. The rules are
// those in the documentation of package render.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

// A mutation changes one place of one file.
type mutation struct {
	rule     int
	name     string // what is broken
	file     string
	old, new string // old stands in the file once
}

func main() {
	rule := flag.Int("rule", 0, "only the mutations of this rule")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *rule); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, rule int) error {
	root, err := output(ctx, ".", "git", "rev-parse", "--show-toplevel")
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := copyTree(ctx, root, dir); err != nil {
		return err
	}
	if out, err := test(ctx, dir); err != nil {
		return fmt.Errorf("the tests fail before anything is broken:\n%s", out)
	}
	var survived []string
	for _, m := range mutations {
		if rule != 0 && m.rule != rule {
			continue
		}
		began := time.Now()
		caught, err := try(ctx, dir, m)
		if err != nil {
			return err
		}
		result := "caught by " + caught
		if caught == "" {
			result = "SURVIVED"
			survived = append(survived, m.name)
		}
		fmt.Printf("rule %2d  %-60s %s (%.0fs)\n", m.rule, m.name, result, time.Since(began).Seconds())
	}
	if survived != nil {
		return fmt.Errorf("no test noticed: %s", strings.Join(survived, "; "))
	}
	return nil
}

// copyTree copies what git tracks, as it stands in the work tree.
func copyTree(ctx context.Context, from, to string) error {
	files, err := output(ctx, from, "git", "ls-files")
	if err != nil {
		return err
	}
	for name := range strings.Lines(files) {
		name = strings.TrimSpace(name)
		b, err := os.ReadFile(filepath.Join(from, name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, name), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// try applies m, runs the tests and takes m back. It returns the name of a test
// that failed; a mutation that does not compile is a mistake in the mutation.
func try(ctx context.Context, dir string, m mutation) (caught string, err error) {
	name := filepath.Join(dir, m.file)
	source, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	mutated, err := m.apply(string(source))
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(name, []byte(mutated), 0o644); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, os.WriteFile(name, source, 0o644)) }()
	if out, err := output(ctx, dir, "go", "vet", "./"+filepath.Dir(m.file)); err != nil {
		return "", fmt.Errorf("%s: it does not compile:\n%s%w", m.name, out, err)
	}
	out, err := test(ctx, dir)
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err == nil {
		return "", nil
	}
	for line := range strings.Lines(out) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "--- FAIL: "); ok {
			failed, _, _ := strings.Cut(rest, " ")
			return failed, nil
		}
	}
	return "", fmt.Errorf("%s: the tests ended without naming one that failed:\n%s", m.name, out)
}

func (m mutation) apply(source string) (string, error) {
	if n := strings.Count(source, m.old); n != 1 {
		return "", fmt.Errorf("%s: %s holds the text to be changed %d times, want once; bring the mutation up to date:\n%s", m.name, m.file, n, m.old)
	}
	return strings.Replace(source, m.old, m.new, 1), nil
}

// test runs the tests of the packages that an answer comes from.
func test(ctx context.Context, dir string) (string, error) {
	return output(ctx, dir, "go", "test", "-short", "-count=1", "-failfast", ".", "./render", "./problem", "./negotiate")
}

func output(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}
