package render_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
)

var update = flag.Bool("update", false, "rewrite golden files and templates/locales/en.json")

// en.json is where translators start. Its texts of reasons, steps and statuses
// are those of package problem, which works without it; the page's own words
// are its own.
func TestEnglishLocaleHasEveryText(t *testing.T) {
	const file = "../templates/locales/en.json"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var have map[string]string
	if err := json.Unmarshal(b, &have); err != nil {
		t.Fatal(err)
	}
	want := make(map[string]string)
	for key, text := range have {
		if strings.HasPrefix(key, "page.") {
			want[key] = text
		}
	}
	for _, r := range problem.Common() {
		want["reason."+r.Code()+".title"] = r.Title()
		if r.Detail() != "" {
			want["reason."+r.Code()+".detail"] = r.Detail()
		}
		for _, s := range r.Next() {
			if s.Title != "" {
				want["reason."+r.Code()+".step."+string(s.Kind)] = s.Title
			}
		}
	}
	for _, k := range problem.Kinds() {
		want["step."+string(k)] = k.Label()
	}
	for status := 400; status < 600; status++ {
		if text := problem.StatusText(status); text != "" {
			want[fmt.Sprintf("status.%d", status)] = text
		}
	}
	if *update {
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(want); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("en.json differs from package problem; run go test ./render -run EnglishLocale -update (-want +got):\n%s", diff)
	}
}
