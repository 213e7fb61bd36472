package e2e

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A need is what a visitor cannot do without, and how to get it on Debian.
type need struct {
	found func() bool
	what  string
}

func program(names ...string) func() bool {
	return func() bool {
		for _, name := range names {
			if _, err := exec.LookPath(name); err == nil {
				return true
			}
		}
		return false
	}
}

var (
	node    = need{program("node"), "Node (apt-get install nodejs npm)"}
	modules = need{func() bool {
		_, err := os.Stat(filepath.Join("node_modules", "axe-core"))
		return err == nil
	}, "what package-lock.json lists (npm ci --ignore-scripts, in internal/e2e)"}
	chromium = need{browser("CHROMIUM", "chromium", "chromium-browser", "google-chrome"), "Chromium (apt-get install chromium)"}
	firefox  = need{browser("FIREFOX", "firefox-esr", "firefox"), "Firefox (apt-get install firefox-esr)"}
	java     = need{program("java"), "Java (apt-get install default-jre-headless)"}
)

// browser is as in browsers.mjs.
func browser(variable string, names ...string) func() bool {
	if named := os.Getenv(variable); named != "" {
		return program(named)
	}
	return program(names...)
}

// visit serves the site and sends a script there.
func visit(t *testing.T, script string, needs ...need) {
	t.Helper()
	for _, n := range append([]need{node, modules}, needs...) {
		if !n.found() {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is missing; internal/e2e/setup.sh installs it", n.what)
			}
			t.Skipf("install %s to run this; internal/e2e/setup.sh does", n.what)
		}
	}
	if testing.Short() {
		t.Skip("a minute or more")
	}
	server := httptest.NewServer(Handler())
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", script)
	cmd.Env = append(os.Environ(), "BASE="+server.URL)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Run(); err != nil {
		t.Errorf("%s: %v\n%s", script, err, out.Bytes())
		return
	}
	t.Logf("%s", out.Bytes())
}

func TestChromium(t *testing.T) { visit(t, "chromium.mjs", chromium) }
func TestFirefox(t *testing.T)  { visit(t, "firefox.mjs", firefox) }
func TestCheckers(t *testing.T) { visit(t, "checkers.mjs", java) }

// The site itself, without a browser: it speaks the languages it says.
func TestSite(t *testing.T) {
	h := Handler()
	for _, lang := range append(Languages(), "en") {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/reason/sign-in-required?lang="+lang, nil)
		r.Header.Set("Accept", "text/html")
		h.ServeHTTP(w, r)
		if got := w.Header().Get("Content-Language"); got != lang || w.Code != 401 {
			t.Errorf("lang=%s: status %d, Content-Language %q; want 401, %q", lang, w.Code, got, lang)
		}
	}
}
