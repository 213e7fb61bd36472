package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

const root = "../.."

func TestFilesAreCurrent(t *testing.T) {
	if err := run(root, false); err != nil {
		t.Error(err)
	}
}

func TestWriteMakesWhatIsCurrent(t *testing.T) {
	dir := t.TempDir()
	if err := run(dir, true); err == nil {
		t.Error("files were written outside of a repository")
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "docs"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, false); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("files that are not there are current: %v", err)
	}
	if err := run(dir, true); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, false); err != nil {
		t.Error(err)
	}
	file := filepath.Join(dir, filepath.FromSlash(files[0].path))
	if err := os.WriteFile(file, []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, false); err == nil {
		t.Error("a file with other content is current")
	}
}

// What a reader of docs/openapi.json needs of it here.
type openapiFile struct {
	Components struct {
		Responses map[string]struct {
			Description string
			Headers     map[string]struct {
				Ref string `json:"$ref"`
			}
			Content map[string]struct {
				Examples map[string]struct {
					Ref   string `json:"$ref"`
					Value json.RawMessage
				}
			}
		}
		Headers  map[string]struct{ Description string }
		Examples map[string]struct{ Value json.RawMessage }
	}
}

func readOpenAPI(t *testing.T) openapiFile {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	var f openapiFile
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// Each built-in reason has an example, and a response of its status that has it
// too, in every form, with every field that its answer has.
func TestResponses(t *testing.T) {
	doc := readOpenAPI(t)
	all, err := answers()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		name := fmt.Sprintf("Denied%d", a.reason.Status())
		r, ok := doc.Components.Responses[name]
		if !ok {
			t.Fatalf("no response %s for %s", name, a.reason.Code())
		}
		if !strings.Contains(r.Description, "`"+a.reason.Code()+"`") {
			t.Errorf("%s does not name %s", name, a.reason.Code())
		}
		for field := range a.Header {
			if field == "Content-Type" || field == "Content-Length" {
				continue
			}
			if !slices.ContainsFunc(fields, func(f fieldDoc) bool {
				_, ok := r.Headers[f.name]
				return ok && http.CanonicalHeaderKey(f.name) == field
			}) {
				t.Errorf("%s has no header %s, which %s has", name, field, a.reason.Code())
			}
		}
		if len(r.Content) != len(forms) {
			t.Errorf("%s has %d forms, want %d", name, len(r.Content), len(forms))
		}
		if _, ok := r.Content["application/problem+json"].Examples[a.reason.Code()]; !ok {
			t.Errorf("%s has no example of %s", name, a.reason.Code())
		}
		if doc.Components.Examples[a.reason.Code()].Value == nil {
			t.Errorf("there is no example %s", a.reason.Code())
		}
	}
	for _, want := range []struct{ response, header string }{
		{"Denied401", "WWW-Authenticate"}, {"Denied407", "Proxy-Authenticate"}, {"Denied429", "Retry-After"}, {"Denied503", "Retry-After"},
		{"Denied451", "Link"}, {"Denied404", "Vary"}, {"Denied402", "Content-Language"},
	} {
		if _, ok := doc.Components.Responses[want.response].Headers[want.header]; !ok {
			t.Errorf("%s has no header %s", want.response, want.header)
		}
	}
}

// The XML examples say what the example in JSON says.
func TestXMLExamples(t *testing.T) {
	doc := readOpenAPI(t)
	found := 0
	for name, r := range doc.Components.Responses {
		for code, e := range r.Content["application/problem+xml"].Examples {
			found++
			var body string
			if err := json.Unmarshal(e.Value, &body); err != nil {
				t.Fatalf("%s, %s: %v", name, code, err)
			}
			type members struct {
				XMLName struct{} `xml:"urn:ietf:rfc:7807 problem" json:"-"`
				Type    string   `xml:"type"`
				Title   string   `xml:"title"`
				Status  int      `xml:"status"`
				Detail  string   `xml:"detail"`
				Code    string   `xml:"code"`
				Next    []struct {
					Kind string `xml:"kind"`
					Href string `xml:"href"`
				} `xml:"next>i"`
			}
			var got, want members
			if err := xml.Unmarshal([]byte(body), &got); err != nil {
				t.Fatalf("%s, %s: %v", name, code, err)
			}
			if err := json.Unmarshal(doc.Components.Examples[code].Value, &want); err != nil {
				t.Fatalf("%s, %s: %v", name, code, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: the XML of %s differs from its JSON (-json +xml):\n%s", name, code, diff)
			}
		}
	}
	if found != len(doc.Components.Responses) {
		t.Errorf("%d XML examples in %d responses", found, len(doc.Components.Responses))
	}
}

// A checked document is what check.mjs reads a line of. It is good where Fails
// is empty, and has to be refused there otherwise.
type checked struct {
	Name     string          `json:"name"`
	Document json.RawMessage `json:"document"`
	Fails    string          `json:"fails,omitempty"` // a JSON Pointer and a keyword
}

// goldenDocuments are the problem documents in render/testdata: whole bodies,
// and parts of multipart ones.
func goldenDocuments(t *testing.T) []checked {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(root, "render", "testdata", "*.http"))
	if err != nil {
		t.Fatal(err)
	}
	var out []checked
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		request := &http.Request{Method: http.MethodGet}
		if strings.Contains(filepath.Base(name), "-head.") {
			request.Method = http.MethodHead
		}
		resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(text)), request)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if request.Method == http.MethodHead {
			continue
		}
		for _, document := range documents(t, resp.Header.Get("Content-Type"), body) {
			out = append(out, checked{Name: filepath.Base(name), Document: document})
		}
	}
	return out
}

// documents returns the problem documents in a body.
func documents(t *testing.T, contentType string, body []byte) []json.RawMessage {
	t.Helper()
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	switch media {
	case "application/problem+json":
		return []json.RawMessage{body}
	case "multipart/alternative":
		var out []json.RawMessage
		for r := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
			part, err := r.NextPart()
			if errors.Is(err, io.EOF) {
				return out
			}
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(part)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, documents(t, part.Header.Get("Content-Type"), content)...)
		}
	}
	return nil
}

// goodDocuments are golden answers, the examples, every reason with and without
// a type, in another language, and what the encoder of package problem writes.
func goodDocuments(t *testing.T) []checked {
	t.Helper()
	out := goldenDocuments(t)
	if len(out) < 2*20 {
		t.Fatalf("only %d problem documents among the golden files", len(out))
	}
	for code, e := range readOpenAPI(t).Components.Examples {
		out = append(out, checked{Name: "example " + code, Document: e.Value})
	}
	typed := render.Must(render.New(render.Config{TypeBase: "/problems/", Links: links()}))
	for _, r := range problem.Common() {
		p, err := sample(r)
		if err != nil {
			t.Fatal(err)
		}
		p.Instance = "urn:uuid:0b6d1bd4-8a3f-4f0e-9a55-0f6f6b7b1d10"
		p.Extensions = map[string]any{"balance": 30, "accounts": []string{"/account/12345"}}
		own := &problem.Problem{Reason: r, Next: []problem.NextStep{
			{Kind: "call-us", Title: "Call us", Href: "tel:+442079460958", Expires: time.Date(2027, 1, 4, 10, 0, 0, 0, time.UTC)},
			{Kind: "own-post", Title: "Send it", Href: "https://www.example.com/send", Method: "POST", Params: map[string]string{"a": "b"}},
		}}
		var zero render.Renderer
		for name, body := range map[string][]byte{
			"bare":     zero.Render(render.Request{Format: render.JSON}, r).Body,
			"typed":    typed.Render(render.Request{Format: render.JSON, Target: "/a?b"}, p).Body,
			"Japanese": typed.Render(render.Request{Format: render.JSON, Language: "ja"}, p).Body,
			"own":      typed.Render(render.Request{Format: render.JSON}, own).Body,
			"several":  typed.Render(render.Request{Format: render.JSON}, errors.Join(p, problem.TermsNotAccepted, own)).Body,
			"encoded":  encodedProblem(t, p),
		} {
			out = append(out, checked{Name: r.Code() + ", " + name, Document: body})
		}
	}
	for status := 400; status < 600; status++ {
		var zero render.Renderer
		out = append(out, checked{
			Name:     fmt.Sprintf("status %d", status),
			Document: zero.Render(render.Request{Format: render.JSON}, problem.ForStatus(status)).Body,
		})
	}
	return out
}

func encodedProblem(t *testing.T, p *problem.Problem) []byte {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// command runs a program of Node, whose packages setup.sh installs.
func command(t *testing.T, in io.Reader, args ...string) []byte {
	t.Helper()
	_, noNode := exec.LookPath("node")
	_, noModules := os.Stat(filepath.Join("node_modules", "ajv"))
	if err := errors.Join(noNode, noModules); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%v; internal/schema/setup.sh installs what is missing", err)
		}
		t.Skipf("%v; internal/schema/setup.sh installs what is missing", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", args...)
	cmd.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true", "NO_COLOR=1")
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = in, &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node %s: %v\n%s%s", strings.Join(args, " "), err, out, stderr.Bytes())
	}
	return out
}

// TestAgainstSchema holds documents against both schemas with Ajv in strict
// mode: those that are sent fit, those in testdata/refused.json do not.
func TestAgainstSchema(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "refused.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []checked
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		if c.Fails == "" {
			t.Fatalf("refused.json: %q does not say where it fails", c.Name)
		}
	}
	cases = append(cases, goodDocuments(t)...)
	var in bytes.Buffer
	lines := json.NewEncoder(&in)
	for _, c := range cases {
		if err := lines.Encode(c); err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
	}
	out := command(t, &in, "check.mjs")
	results := json.NewDecoder(bytes.NewReader(out))
	for _, c := range cases {
		for _, schema := range []string{"problem.schema.json", "openapi.json"} {
			var got struct {
				Name, Schema string
				Valid        bool
				Errors       []string
			}
			if err := results.Decode(&got); err != nil {
				t.Fatalf("%s: %v", c.Name, err)
			}
			switch {
			case got.Name != c.Name || got.Schema != schema:
				t.Fatalf("the answer is for %s of %s, want %s of %s", got.Name, got.Schema, c.Name, schema)
			case c.Fails == "" && !got.Valid:
				t.Errorf("%s: %s refuses it: %q\n%s", c.Name, schema, got.Errors, c.Document)
			case c.Fails != "" && !slices.Contains(got.Errors, c.Fails):
				t.Errorf("%s: %s finds %q, want %q", c.Name, schema, got.Errors, c.Fails)
			}
		}
	}
	if results.More() {
		t.Error("there are more answers than documents")
	}
	t.Logf("%d documents", len(cases))
}

// TestRedocly holds the OpenAPI document, and one that refers to it as others
// would, against the strictest rules of Redocly.
func TestRedocly(t *testing.T) {
	cli := filepath.Join("node_modules", "@redocly", "cli", "bin", "cli.js")
	openapi := filepath.Join(root, "docs", "openapi.json")
	api := filepath.Join("testdata", "api.yaml")
	command(t, nil, cli, "lint", "--config", "redocly.yaml", openapi, api)

	// Bundled, the other document has what it refers to, and nothing is lost.
	bundle := filepath.Join(t.TempDir(), "bundle.json")
	command(t, nil, cli, "bundle", "--config", "redocly.yaml", "--output", bundle, api)
	text, err := os.ReadFile(bundle)
	if err != nil {
		t.Fatal(err)
	}
	var got openapiFile
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Denied401", "Denied429", "Denied"} {
		if got.Components.Responses[name].Description == "" {
			t.Errorf("the bundle has no response %s", name)
		}
	}
	if bytes.Contains(text, []byte("openapi.json#")) {
		t.Error("the bundle still refers to another file")
	}
}
