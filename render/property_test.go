package render_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// awkward values, for every place that takes one.
var awkward = []string{
	"", "editor", "a b", `"quoted"`, `back\slash`, "<script>alert(1)</script>", "</style><img src=x onerror=alert(1)>", "a&amp;b", "'single'",
	"\r\nSet-Cookie: a=b", "--=_denial_part_=_7f1b\r\nContent-Type: text/html\r\n\r\n", "\x00\x01\x7f", "\u202eevil\u2069\u2066", "مدير", "日本語",
	"\u2028\u2029", "\xff\xfe", "javascript:alert(1)", "{role}", "[x {role}]", "`code` *bold* [link](x)", "1. list", "]]>", "<!--", "%41%00",
	strings.Repeat("long", 300), "\t", "\U000e0041", "+ADw-script+AD4-",
}

// fieldText reports whether a header field may have the value: visible ASCII,
// spaces, and tabs, which a quoted string can hold (RFC 9110 §5.6.4).
func fieldText(value string) bool {
	return !strings.ContainsFunc(value, func(r rune) bool { return r != '\t' && (r < ' ' || r > '~') })
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// randomProblem makes a Problem of odd parts.
func randomProblem(r *rand.Rand, depth int) *problem.Problem {
	p := &problem.Problem{Reason: pick(r, problem.Common())}
	maybe := func() bool { return r.IntN(3) == 0 }
	if maybe() {
		p.Detail = pick(r, awkward)
	}
	p.Args = map[string]any{}
	for _, name := range []string{"role", "scope", "plan", "url", "acr_values", "max_age", "resource", "version", "dpop_nonce", "blocked_by"} {
		switch r.IntN(7) {
		case 0:
			p.Args[name] = pick(r, awkward)
		case 1:
			p.Args[name] = []string{pick(r, awkward), pick(r, awkward)}
		case 2:
			p.Args[name] = time.Duration(r.Int64N(int64(100 * time.Hour)))
		case 3:
			p.Args[name] = r.Int64()
		case 4:
			p.Args[name] = time.Unix(r.Int64N(1<<33), 0)
		}
	}
	if maybe() {
		p.Instance = pick(r, awkward)
	}
	if maybe() {
		p.Challenges = []problem.Challenge{problem.Basic(pick(r, awkward)), problem.Bearer(pick(r, awkward)), {Scheme: pick(r, awkward)}}
	}
	if maybe() {
		p.RetryAfter = time.Duration(r.Int64N(int64(1000 * time.Hour)))
	}
	if maybe() {
		p.Extensions = map[string]any{"balance": r.IntN(100), pick(r, awkward): pick(r, awkward), "status": 999, "f": func() {}}
	}
	if maybe() {
		for range r.IntN(4) {
			p.Next = append(p.Next, problem.NextStep{
				Kind: pick(r, problem.Kinds()), Title: pick(r, awkward), Method: pick(r, []string{"", "GET", "POST", "TRACE"}),
				Href:   pick(r, []string{"", "/a", "/a?b={role}&c={return_to}", "https://x.example/{url}", "{url}", pick(r, awkward)}),
				Params: map[string]string{"scope": pick(r, awkward), "role": "{role}"},
			})
		}
	}
	if depth < 2 {
		for range r.IntN(3) {
			p.Also = append(p.Also, randomProblem(r, depth+1))
		}
	}
	return p
}

// TestEveryFormSaysTheSame is rule 1, over random Problems and requests:
// status, challenges, steps and caching fields do not depend on the form, and
// each form is well made.
func TestEveryFormSaysTheSame(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	deny, err := render.New(render.Config{Links: links, TypeBase: "/problems/", Brand: render.Brand{Name: awkward[5]}})
	if err != nil {
		t.Fatal(err)
	}
	rounds := 300
	if testing.Short() {
		rounds = 30
	}
	for range rounds {
		var cause error = randomProblem(r, 0)
		if r.IntN(3) == 0 {
			cause = errors.Join(cause, fmt.Errorf("wrapped: %w", randomProblem(r, 1)), pick(r, problem.Common()))
		}
		fields := []string{"Authorization: Bearer x"}
		for _, f := range []string{"Origin: https://a.example", "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: navigate", "X-Requested-With: XMLHttpRequest", "Cookie: a=b"} {
			if r.IntN(4) == 0 {
				fields = append(fields, f)
			}
		}
		method, target := pick(r, []string{"GET", "HEAD", "POST"}), pick(r, []string{"/", "/reports?a=b&c=%22", "/a%2f..", "/sign-in"})
		req := func() *http.Request { return request(method, target, fields...) }
		var first http.Header
		v := deny.View(render.Request{Method: method, Target: target, Header: req().Header}, cause)
		for _, f := range allFormats {
			w := answer(deny.As(f), req(), cause)
			if w.Code != v.Status {
				t.Fatalf("seed %d: %s: status %d, View says %d", seed, f.MediaType(), w.Code, v.Status)
			}
			if w.Code == 401 && w.Header()["Www-Authenticate"] == nil || w.Code == 407 && w.Header()["Proxy-Authenticate"] == nil {
				t.Fatalf("seed %d: %s: %d without a challenge", seed, f.MediaType(), w.Code)
			}
			for name, values := range w.Header() {
				for _, value := range values {
					if !fieldText(value) {
						t.Fatalf("seed %d: %s: %s: %q", seed, f.MediaType(), name, value)
					}
				}
			}
			common := w.Header().Clone()
			for _, name := range []string{"Content-Type", "Content-Length", "Content-Security-Policy", "Referrer-Policy", "X-Robots-Tag"} {
				delete(common, name)
			}
			if first == nil {
				first = common
			}
			if diff := cmp.Diff(first, common); diff != "" {
				t.Fatalf("seed %d: fields of %s and %s differ (-first +this):\n%s", seed, allFormats[0].MediaType(), f.MediaType(), diff)
			}
			if method == "HEAD" {
				if w.Body.Len() != 0 {
					t.Fatalf("seed %d: %s: HEAD has a body", seed, f.MediaType())
				}
				continue
			}
			if strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") && f != render.Text {
				t.Fatalf("seed %d: %s fell back to plain text", seed, f.MediaType())
			}
			if err := wellMade(f, w.Header().Get("Content-Type"), w.Body.Bytes(), &v); err != nil {
				t.Fatalf("seed %d: %s: %v in\n%s", seed, f.MediaType(), err, w.Body)
			}
		}
	}
}

// wellMade checks a body by the rules of its form, and that it has v's steps.
func wellMade(f render.Format, contentType string, body []byte, v *render.View) error {
	if !utf8.Valid(body) {
		return errors.New("no UTF-8")
	}
	switch f {
	case render.JSON:
		return checkJSON(contentType, body, v)
	case render.XML:
		return checkXML(body, v)
	case render.HTML:
		return checkHTML(body, v)
	case render.Multipart:
		return checkMultipart(contentType, body, v)
	}
	// Text and Markdown name every address; Markdown may do so in brackets.
	for _, s := range v.Next {
		if !bytes.Contains(body, []byte(s.Href)) {
			return fmt.Errorf("no step to %q", s.Href)
		}
	}
	return nil
}

func checkJSON(contentType string, body []byte, v *render.View) error {
	if !json.Valid(body) {
		return errors.New("not valid JSON")
	}
	p, err := problem.Decode(contentType, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if p.Reason.Status() != v.Status || p.Reason.Code() != v.Code || p.Detail != v.Detail || p.Instance != v.Instance || len(p.Also) != len(v.Also) {
		return fmt.Errorf("decoded as %d %q %q %q with %d further requirements", p.Reason.Status(), p.Reason.Code(), p.Detail, p.Instance, len(p.Also))
	}
	return sameSteps(p.Next, v.Next)
}

func sameSteps(got []problem.NextStep, want []render.Step) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d steps, want %d", len(got), len(want))
	}
	for i, g := range got {
		w := want[i]
		if g.Kind != w.Kind || g.Href != w.Href || g.Method != w.Method || g.Title != w.Title || len(g.Params) != len(w.Params) {
			return fmt.Errorf("step %d is %+v, want %+v", i, g, w)
		}
	}
	return nil
}

func checkXML(body []byte, v *render.View) error {
	var doc struct {
		XMLName xml.Name `xml:"urn:ietf:rfc:7807 problem"`
		Type    string   `xml:"type"`
		Status  int      `xml:"status"`
		Code    string   `xml:"code"`
		Next    []struct {
			Kind string `xml:"kind"`
			Href string `xml:"href"`
		} `xml:"next>i"`
		Also []struct {
			Code string `xml:"code"`
		} `xml:"also>i"`
	}
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Strict = true
	if err := d.Decode(&doc); err != nil {
		return err
	}
	if doc.Status != v.Status || doc.Code != v.Code || doc.Type != v.Type || len(doc.Next) != len(v.Next) || len(doc.Also) != len(v.Also) {
		return fmt.Errorf("decoded as %+v", doc)
	}
	for i, s := range doc.Next {
		if s.Kind != string(v.Next[i].Kind) || s.Href != v.Next[i].Href {
			return fmt.Errorf("step %d is %+v, want %+v", i, s, v.Next[i])
		}
	}
	return nil
}

// void elements have no end tag.
var void = []string{"meta", "br", "img", "link", "hr", "input", "!doctype"}

// checkHTML walks the tags: each is closed in order, and nothing that a value
// brought has become markup.
func checkHTML(body []byte, v *render.View) error {
	page := regexp.MustCompile(`(?s)<style>.*?</style>`).ReplaceAllString(string(body), "<style></style>")
	var open []string
	for rest := page; ; {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			break
		}
		end := strings.IndexByte(rest[i:], '>')
		if end < 0 {
			return fmt.Errorf("a tag without an end: %.40q", rest[i:])
		}
		tag := rest[i+1 : i+end]
		rest = rest[i+end+1:]
		name, _, _ := strings.Cut(strings.TrimPrefix(tag, "/"), " ")
		name = strings.ToLower(name)
		switch {
		case name == "script" || name == "img" && strings.Contains(tag, "onerror") || name == "iframe":
			return fmt.Errorf("a <%s>", tag)
		case slices.Contains(void, name) || strings.HasSuffix(tag, "/"):
		case tag[0] == '/':
			if len(open) == 0 || open[len(open)-1] != name {
				return fmt.Errorf("</%s> closes %v", name, open)
			}
			open = open[:len(open)-1]
		default:
			open = append(open, name)
		}
	}
	if len(open) > 0 {
		return fmt.Errorf("%v is not closed", open)
	}
	for _, s := range v.Next {
		if s.Href != "" && s.Actionable() && !strings.Contains(html.UnescapeString(page), strings.NewReplacer("'", "%27", "(", "%28", ")", "%29").Replace(s.Href)) {
			return fmt.Errorf("no step to %q", s.Href)
		}
	}
	return nil
}

func checkMultipart(contentType string, body []byte, v *render.View) error {
	mt, params, err := mime.ParseMediaType(contentType)
	if err != nil || mt != "multipart/alternative" {
		return fmt.Errorf("%s: %v", contentType, err)
	}
	r := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	var types []string
	for {
		part, err := r.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		b, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		if part.Header.Get("Content-Language") != v.Language {
			return fmt.Errorf("Content-Language %q of a part", part.Header.Get("Content-Language"))
		}
		ct := part.Header.Get("Content-Type")
		types = append(types, ct)
		f := map[string]render.Format{"text/plain; charset=utf-8": render.Text, "text/html; charset=utf-8": render.HTML, "application/problem+json": render.JSON}[ct]
		if err := wellMade(f, ct, b, v); err != nil {
			return fmt.Errorf("part %s: %w", ct, err)
		}
	}
	if want := []string{"text/plain; charset=utf-8", "text/html; charset=utf-8", "application/problem+json"}; !slices.Equal(types, want) {
		return fmt.Errorf("parts %q, want %q", types, want)
	}
	return nil
}
