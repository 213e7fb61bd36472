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
	want, err := generate(folder)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../tables.go")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("run go generate (-want +got):\n%s", diff)
	}
}

func TestNoData(t *testing.T) {
	for _, folder := range []string{"", t.TempDir()} {
		if _, err := generate(folder); err == nil {
			t.Errorf("generate(%q) has no error", folder)
		}
	}
}
