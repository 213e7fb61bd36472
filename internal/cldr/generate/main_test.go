package main

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The tables are what this program writes. It needs the data, so it runs only
// where CLDR names the folder of the npm packages.
func TestTablesAreCurrent(t *testing.T) {
	folder := os.Getenv("CLDR")
	if folder == "" {
		t.Skip("CLDR is not set")
	}
	source, samples, err := generate(folder)
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string][]byte{"../tables.go": source, "../testdata/plurals.txt": samples} {
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("run go generate (-want +got):\n%s", diff)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, tt := range []struct{ rule, want string }{
		{"", ""},
		{"n = 1", "n=1"},
		{"v = 0 and i % 10 = 2..4 and i % 100 != 12..14 or f % 10 = 1,3..4", "v=0&i%10=2..4&i%100!=12..14|f%10=1,3..4"},
		{"e = 0 and i != 0 and i % 1000000 = 0 and v = 0 or e != 0..5", "i!=0&i%1000000=0&v=0"},
		{"t != 0 or w = 0", "f!=0|v=0"},
	} {
		got, err := shorten(tt.rule)
		if err != nil || got != tt.want {
			t.Errorf("shorten(%q) = %q, %v, want %q", tt.rule, got, err, tt.want)
		}
	}
	for _, rule := range []string{"n is 1", "x = 1", "n = 1 and", "n % 0 = 1", "n = 1..", "n=1", "e = 1", "e % 10 = 0"} {
		if got, err := shorten(rule); err == nil {
			t.Errorf("shorten(%q) = %q, want an error", rule, got)
		}
	}
}

func TestReword(t *testing.T) {
	got := [4][6]string{{"in {0} seconds", "", "in 1 second ({0})"}, {"in {0} minutes"}}
	if err := reword(&got, []string{"in ", "after ", " ({0})", ""}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([4][6]string{{"after {0} seconds", "", "after 1 second"}, {"after {0} minutes"}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := reword(&got, []string{"after", "in", "within", "in"}); err == nil {
		t.Error("no error for words that no pattern has")
	}
}

func TestNoData(t *testing.T) {
	for _, folder := range []string{"", t.TempDir()} {
		if _, _, err := generate(folder); err == nil {
			t.Errorf("generate(%q) has no error", folder)
		}
	}
}
