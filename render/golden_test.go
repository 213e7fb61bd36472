package render_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// goldenCases are the answers kept as files: one for each class of reason, in
// each variant. The file's name is class-variant.form.http.
var goldenCases = []struct {
	name   string
	method string
	err    error
}{
	{"sign-in-plain", "GET", problem.SignInRequired},
	{"sign-in-values", "GET", problem.NeedStepUp(problem.ACR("phr", "phrh"), 5*time.Minute)},
	{"sign-in-several", "GET", errors.Join(problem.EmailUnverified, problem.SignInRequired)},
	{"sign-in-head", "HEAD", problem.SignInRequired},
	{"verify-plain", "GET", problem.EmailUnverified},
	{"verify-values", "GET", &problem.Problem{Reason: problem.TermsNotAccepted, Args: map[string]any{"version": "2026-11"}, Instance: "urn:uuid:0b6d1bd4-8a3f-4f0e-9a55-0f6f6b7b1d10"}},
	{"verify-several", "GET", errors.Join(problem.EmailUnverified, problem.TermsNotAccepted)},
	{"verify-head", "HEAD", problem.EmailUnverified},
	{"permission-plain", "GET", problem.RoleMissing},
	{"permission-values", "GET", problem.NeedRole("editor", `<"owner" & 'co'>`, "مدير")},
	{"permission-several", "GET", errors.Join(problem.NeedScope("reports.read", "reports.write"), problem.NeedRole("editor"))},
	{"permission-head", "HEAD", problem.NeedScope("reports.read")},
	{"payment-plain", "GET", problem.PaymentRequired},
	{"payment-values", "GET", problem.NeedPlan("Team", "Business")},
	{"payment-several", "GET", errors.Join(problem.TrialEnded, problem.TermsNotAccepted)},
	{"payment-head", "HEAD", problem.PaymentRequired},
	{"wait-plain", "GET", problem.RateLimited},
	{"wait-values", "GET", problem.RetryIn(problem.RateLimited, 90*time.Second)},
	{"wait-several", "GET", errors.Join(problem.SignInRequired, problem.RetryIn(problem.RateLimited, time.Hour))},
	{"wait-head", "HEAD", problem.RetryIn(problem.Maintenance, 36*time.Hour)},
	{"place-plain", "GET", problem.GeoBlocked},
	{"place-values", "GET", &problem.Problem{Reason: problem.LegalBlock, Args: map[string]any{"blocked_by": "https://isp.example/"}, Extensions: map[string]any{"authority": "a court", "since": []int{2025, 2026}}}},
	{"place-several", "GET", errors.Join(problem.GeoBlocked, problem.AgeRestricted)},
	{"place-head", "HEAD", problem.GeoBlocked},
	{"gone-plain", "GET", problem.NotFound},
	{"gone-values", "GET", problem.Cloak(problem.NeedRole("secret"))},
	{"gone-several", "GET", errors.Join(problem.AccountDeleted, problem.TermsNotAccepted)},
	{"gone-head", "HEAD", problem.NotFound},
}

var goldenForms = []struct {
	name   string
	accept string
}{
	{"json", "application/json"},
	{"html", "text/html"},
	{"text", "text/plain"},
	{"markdown", "text/markdown"},
	{"xml", "application/problem+xml"},
	{"multipart", "multipart/alternative"},
}

// TestGolden compares whole answers, as they go over the wire, with
// testdata/*.http. Run with -update to rewrite the files, and read the diff.
func TestGolden(t *testing.T) {
	deny := mustNew(t, render.Config{Links: links, TypeBase: "https://api.example.com/problems/"})
	known := make(map[string]bool)
	for _, c := range goldenCases {
		for _, form := range goldenForms {
			name := c.name + "." + form.name + ".http"
			known[name] = true
			t.Run(name, func(t *testing.T) {
				w := answer(deny, request(c.method, "/reports/7?all", "Accept: "+form.accept, "Authorization: Bearer abc"), c.err)
				compareGolden(t, filepath.Join("testdata", name), wire(w.Code, w.Header(), w.Body.Bytes()))
			})
		}
	}
	files, err := filepath.Glob("testdata/*.http")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if known[filepath.Base(f)] {
			continue
		}
		if !*update {
			t.Errorf("%s belongs to no case; run with -update to remove it", f)
		} else if err := os.Remove(f); err != nil {
			t.Error(err)
		}
	}
}

// wire writes an answer as it goes over the wire, header fields in the order
// that net/http writes them.
func wire(status int, h http.Header, body []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %d %s\r\n", status, http.StatusText(status))
	if err := h.Write(&b); err != nil {
		panic(err)
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

func compareGolden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; run with -update to make it", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s; run with -update and read the diff (-want +got):\n%s", file, diff)
	}
}

// Every field that a golden file has is one that is registered with IANA: a
// misspelled one would do nothing, and nobody would see it.
func TestFieldNamesAreRegistered(t *testing.T) {
	registered := []string{
		"Access-Control-Expose-Headers", "Allow", "Cache-Control", "Content-Language", "Content-Length", "Content-Security-Policy",
		"Content-Type", "Dpop-Nonce", "Link", "Proxy-Authenticate", "Retry-After", "Vary", "Www-Authenticate",
		"X-Content-Type-Options",
	}
	deny := mustNew(t, render.Config{Links: links})
	for _, r := range problem.Common() {
		for _, f := range allFormats {
			for name := range answer(deny.As(f), get("/", "Origin: https://a.example"), r).Header() {
				if !slices.Contains(registered, name) {
					t.Errorf("%s sends %s", r.Code(), name)
				}
			}
		}
	}
}

func TestGoldenFilesAreComplete(t *testing.T) {
	files, err := filepath.Glob("testdata/*.http")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		head, body, ok := strings.Cut(string(b), "\r\n\r\n")
		if !ok || !strings.HasPrefix(head, "HTTP/1.1 ") {
			t.Errorf("%s is no response", f)
		}
		if strings.Contains(f, "-head.") != (body == "") {
			t.Errorf("%s: a body of %d bytes", f, len(body))
		}
	}
}
