package main

import (
	"os"
	"testing"
)

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
