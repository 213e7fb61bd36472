package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

func readme(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

// TestReadmeAnswer holds README to what this server sends.
func TestReadmeAnswer(t *testing.T) {
	_, after, found := strings.Cut(readme(t), "$ curl -i http://127.0.0.1:8081/reports\n")
	shown, _, closed := strings.Cut(after, "```")
	head, body, both := strings.Cut(shown, "\n\n")
	if !found || !closed || !both {
		t.Fatal("README.md shows no answer of /reports")
	}
	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/reports", nil)
	r.Header.Set("Accept", "*/*")
	routes().ServeHTTP(w, r)

	lines := strings.Split(head, "\n")
	if want := fmt.Sprint("HTTP/1.1 ", w.Result().Status); lines[0] != want {
		t.Errorf("README.md: %q, want %q", lines[0], want)
	}
	if len(lines) != 1+len(w.Header()) {
		t.Errorf("README.md shows %d header fields, want those of %v", len(lines)-1, w.Header())
	}
	for _, line := range lines[1:] {
		name, value, _ := strings.Cut(line, ": ")
		start, cut := strings.CutSuffix(value, "...")
		if got := w.Header().Get(name); got != value && !(cut && strings.HasPrefix(got, start)) {
			t.Errorf("README.md: %q, want %q", line, got)
		}
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(body)); err != nil {
		t.Fatalf("README.md: %v in\n%s", err, body)
	}
	if got, want := compact.String(), strings.TrimSpace(w.Body.String()); got != want {
		t.Errorf("README.md:\n%s\nwant\n%s", got, want)
	}
}

// TestReadmeCounts holds README to the reasons, languages and adapters that
// there are.
func TestReadmeCounts(t *testing.T) {
	text := readme(t)
	if want := fmt.Sprintf("There are %d built-in reasons", len(problem.Common())); !strings.Contains(text, want) {
		t.Errorf("README.md does not say %q", want)
	}
	list := regexp.MustCompile(`forty languages: ([^.]*)\.`).FindStringSubmatch(text)
	if list == nil {
		t.Fatal("README.md lists no languages")
	}
	listed := make(map[string]bool)
	for tag := range strings.FieldsSeq(list[1]) {
		listed[tag] = true
	}
	var deny render.Renderer
	languages := deny.Languages()
	if len(languages) != 40 || len(listed) != 40 {
		t.Errorf("%d languages, and README.md lists %d and calls them forty", len(languages), len(listed))
	}
	for _, tag := range languages {
		if !listed[tag] {
			t.Errorf("README.md does not list %s", tag)
		}
	}
	adapters, err := filepath.Glob("../../adapters/*/README.md")
	if err != nil || len(adapters) == 0 {
		t.Fatalf("no adapters: %v", err)
	}
	for _, path := range adapters {
		name := filepath.Base(filepath.Dir(path))
		if link := "(adapters/" + name + ")"; !strings.Contains(text, link) {
			t.Errorf("README.md has no link %s", link)
		}
	}
}

// TestReadmeLinks follows the links of README that lead into the repository.
func TestReadmeLinks(t *testing.T) {
	links := regexp.MustCompile(`(?:\]\(|src=")([^)"]+)`).FindAllStringSubmatch(readme(t), -1)
	if len(links) < 20 {
		t.Fatalf("only %d links found", len(links))
	}
	for _, link := range links {
		if strings.Contains(link[1], "://") {
			continue
		}
		if _, err := os.Stat(filepath.Join("../..", filepath.FromSlash(link[1]))); err != nil {
			t.Errorf("README.md: %v", err)
		}
	}
}
