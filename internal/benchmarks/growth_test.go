package benchmarks_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/text/language"

	"github.com/denial-go/denial/internal/benchmarks/sink"
	"github.com/denial-go/denial/internal/benchmarks/work"
	"github.com/denial-go/denial/negotiate"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/denial-go/denial/templates"
)

// A growing is a denial of some size: how many of what there are.
type growing struct {
	of   string
	n    int
	deny *render.Renderer
	err  func(i int) error // for the i-th response
	r    *http.Request
	ok   func(render.Response) error
}

func (g growing) check() error {
	resp := g.deny.Render(requestOf(g.r), g.err(0))
	if g.ok == nil {
		g.ok = func(resp render.Response) error {
			if resp.Status != http.StatusUnauthorized || resp.Header.Get("Content-Type") != work.JSON.MediaType || resp.Header.Get("Content-Language") != "de" {
				return fmt.Errorf("%s=%d: the answer is %d %v", g.of, g.n, resp.Status, resp.Header)
			}
			return nil
		}
	}
	return g.ok(resp)
}

func always(err error) func(int) error { return func(int) error { return err } }

func mustNew(tb testing.TB, c render.Config) *render.Renderer {
	tb.Helper()
	r, err := render.New(c)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// growths are all cases. Each grows in one respect only.
func growths(tb testing.TB) []growing {
	return slices.Concat(acceptGrowth(), languageFieldGrowth(), formatGrowth(tb), stepGrowth(tb), languageGrowth(tb), reasonGrowth(tb), togetherGrowth(), extensionGrowth())
}

// acceptGrowth has ranges that are not offered before the one that is. Beyond
// the bounds of package negotiate, that one is not seen any more.
func acceptGrowth() (out []growing) {
	for _, n := range []int{1, 2, 5, 10, 20, 40, 100, 1000} {
		r := work.JSON.Request()
		r.Header.Set("Accept", ranges(n, "a/bc%03d,", "application/json"))
		out = append(out, growing{of: "accept-ranges", n: n, deny: deny, err: always(problem.SignInRequired), r: r})
	}
	return out
}

func languageFieldGrowth() (out []growing) {
	for _, n := range []int{1, 2, 5, 10, 20, 30, 100, 1000} {
		r := work.JSON.Request()
		r.Header.Set("Accept-Language", ranges(n, "q%s-q%03d,", "de;q=0.1"))
		g := growing{of: "accept-language-ranges", n: n, deny: deny, err: always(problem.SignInRequired), r: r}
		if n > 32 { // the bound of package negotiate: the last is not read
			g.ok = func(resp render.Response) error {
				if got := resp.Header.Get("Content-Language"); got != "en" {
					return fmt.Errorf("%d ranges: the language is %q, want en", n, got)
				}
				return nil
			}
		}
		out = append(out, g)
	}
	return out
}

// numbered is a Format of an application's own.
type numbered int

func (n numbered) MediaType() string { return fmt.Sprintf("application/vnd.example.%d+json", n) }
func (n numbered) Append(dst []byte, v *render.View) ([]byte, error) {
	return append(dst, v.Code...), nil
}

func formatGrowth(tb testing.TB) (out []growing) {
	for _, n := range []int{1, 2, 6, 16, 64} {
		c := work.Config()
		for i := range n - 1 {
			c.Formats = append(c.Formats, numbered(i))
		}
		c.Formats = append(c.Formats, render.JSON)
		r := work.JSON.Request()
		r.Header.Set("Accept", "text/csv, application/problem+json;q=0.9, */*;q=0.1")
		out = append(out, growing{of: "formats", n: n, deny: mustNew(tb, c), err: always(problem.SignInRequired), r: r})
	}
	return out
}

// stepGrowth has reasons with many steps, which New and MustReason know
// beforehand.
func stepGrowth(tb testing.TB) (out []growing) {
	kinds := problem.Kinds()
	for _, n := range []int{1, 2, 4, 8, 16, 32} {
		d := problem.Definition{Code: fmt.Sprintf("steps-%d", n), Status: 401, Title: "T", Detail: "D."}
		for i := range n {
			d.Next = append(d.Next, problem.NextStep{Kind: kinds[i], Href: fmt.Sprintf("/step/%d", i)})
		}
		reason := problem.MustReason(d)
		c := work.Config()
		c.Locales = fstest.MapFS{"de.json": {Data: fmt.Appendf(nil, `{"reason.%[1]s.title": "Titel", "reason.%[1]s.detail": "Satz."}`, d.Code)}}
		c.Reasons = []problem.Reason{reason}
		for _, w := range []work.Work{work.JSON, work.HTML} {
			g := growing{of: "steps-" + w.Name, n: n, deny: mustNew(tb, c), err: always(reason), r: w.Request()}
			g.ok = func(resp render.Response) error {
				for i := range n {
					address := fmt.Sprintf("/step/%d", i)
					if !strings.Contains(string(resp.Body), address+`"`) && !strings.Contains(string(resp.Body), address+"</code>") {
						return fmt.Errorf("%d steps: step %d is missing in %s", n, i, resp.Body)
					}
				}
				return nil
			}
			out = append(out, g)
		}
	}
	return out
}

// languageGrowth has more languages than are built in: English of further
// regions.
func languageGrowth(tb testing.TB) (out []growing) {
	for _, more := range []int{0, 40, 160} {
		c := work.Config()
		files := make(fstest.MapFS)
		for i := range more {
			files[fmt.Sprintf("en-%s.json", regions[i])] = &fstest.MapFile{Data: []byte(templates.English)}
		}
		c.Reasons, c.Locales = nil, nil
		if more > 0 {
			c.Locales = files
		}
		d := mustNew(tb, c)
		out = append(out, growing{of: "languages", n: len(d.Languages()), deny: d, err: always(problem.SignInRequired), r: work.JSON.Request()})
	}
	return out
}

// regions are codes that language.Parse knows.
var regions = func() []string {
	var out []string
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string(a) + string(b)
			if r, err := language.ParseRegion(code); err == nil && r.IsCountry() && r.String() == code && r.Canonicalize() == r {
				out = append(out, code)
			}
		}
	}
	return out
}()

// togetherGrowth denies for several reasons at once. Beyond four, nothing is
// prepared.
func togetherGrowth() (out []growing) {
	all := []error{problem.SignInRequired, problem.EmailUnverified, problem.TermsNotAccepted, problem.ConsentRequired, problem.PolicyDenied}
	for n := 1; n <= len(all); n++ {
		out = append(out, growing{of: "reasons-together", n: n, deny: deny, err: always(errors.Join(all[:n]...)), r: work.JSON.Request(), ok: func(resp render.Response) error {
			if got := strings.Count(string(resp.Body), `"code":`); got != n || resp.Status != http.StatusUnauthorized {
				return fmt.Errorf("%d reasons: %d %s", n, resp.Status, resp.Body)
			}
			return nil
		}})
	}
	return out
}

// extensionGrowth has members of the application's own in the document.
func extensionGrowth() (out []growing) {
	for _, n := range []int{1, 2, 4, 8, 16} {
		p := &problem.Problem{Reason: problem.SignInRequired, Extensions: make(map[string]any)}
		for i := range n {
			p.Extensions[fmt.Sprintf("member_%d", i)] = "8c5e0f7a"
		}
		out = append(out, growing{of: "extensions", n: n, deny: deny, err: always(p), r: work.JSON.Request(), ok: func(resp render.Response) error {
			if got := strings.Count(string(resp.Body), `":"8c5e0f7a"`); got != n {
				return fmt.Errorf("%d extensions: %s", n, resp.Body)
			}
			return nil
		}})
	}
	return out
}

// reasonGrowth denies for another reason each time, in turn.
func reasonGrowth(tb testing.TB) (out []growing) {
	for _, n := range []int{1, 81, 1000} {
		var reasons []problem.Reason
		var texts strings.Builder
		texts.WriteString("{")
		for i := range n {
			code := fmt.Sprintf("reason-%d", i)
			reasons = append(reasons, problem.MustReason(problem.Definition{
				Code: code, Status: 401, Title: fmt.Sprint("Title ", i), Detail: fmt.Sprint("Sentence ", i, "."),
				Next: []problem.NextStep{{Kind: problem.SignIn}, {Kind: problem.SignUp}},
			}))
			if i > 0 {
				texts.WriteString(",")
			}
			fmt.Fprintf(&texts, `"reason.%[1]s.title": "Titel", "reason.%[1]s.detail": "Satz %[2]d."`, code, i)
		}
		texts.WriteString("}")
		c := work.Config()
		c.Reasons = reasons
		c.Locales = fstest.MapFS{"de.json": {Data: []byte(texts.String())}}
		errs := make([]error, n)
		for i := range errs {
			errs[i] = reasons[i]
		}
		out = append(out, growing{of: "reasons-in-turn", n: n, deny: mustNew(tb, c), err: func(i int) error { return errs[i%n] }, r: work.JSON.Request()})
	}
	return out
}

func TestGrowth(t *testing.T) {
	for _, g := range growths(t) {
		if err := g.check(); err != nil {
			t.Error(err)
		}
	}
	if n := len(regions); n < 160 {
		t.Errorf("there are %d regions; the cases need 160", n)
	}
}

// BenchmarkGrowth shows how the cost of a denial grows with its parts.
func BenchmarkGrowth(b *testing.B) {
	for _, g := range growths(b) {
		b.Run(fmt.Sprintf("%s=%d", g.of, g.n), func(b *testing.B) {
			if err := g.check(); err != nil {
				b.Fatal(err)
			}
			w := sink.New(sink.NewMap)
			i := 0
			answer := func() {
				w.Next()
				g.deny.Write(w, g.r, g.err(i))
				i++
			}
			for range 2 * g.n { // what is made on first use is not what grows here
				answer()
			}
			call(b, answer)
		})
	}
}

// BenchmarkLanguageOffers is package negotiate alone, which can have fewer
// languages than a Renderer.
func BenchmarkLanguageOffers(b *testing.B) {
	tags := deny.Languages()
	for _, n := range []int{2, 10, 40, 160} {
		offers := []language.Tag{language.English, language.German}
		for i := 0; len(offers) < n; i++ {
			switch {
			case i >= len(tags):
				offers = append(offers, language.Make("en-"+regions[i]))
			case tags[i] != "en" && tags[i] != "de":
				offers = append(offers, language.Make(tags[i]))
			}
		}
		l := negotiate.NewLanguages(offers...)
		lines := []string{work.ChromeLanguage}
		b.Run(fmt.Sprint("offers=", n), func(b *testing.B) {
			if i, asked := l.Best(lines); !asked || offers[i].String() != "de" {
				b.Fatalf("chooses %v", offers[i])
			}
			call(b, func() { l.Best(lines) })
		})
	}
}

// BenchmarkNew is what a program pays at its start.
func BenchmarkNew(b *testing.B) {
	for _, n := range []int{0, 100, 1000} {
		c := work.Config()
		for i := range n {
			c.Reasons = append(c.Reasons, problem.MustReason(problem.Definition{Code: fmt.Sprint("own-", i), Status: 403, Title: "T", Detail: "D."}))
		}
		b.Run(fmt.Sprint("reasons=", n), func(b *testing.B) {
			call(b, func() {
				if _, err := render.New(c); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}
