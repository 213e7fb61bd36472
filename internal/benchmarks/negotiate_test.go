package benchmarks_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	humanegotiation "github.com/danielgtaylor/huma/v2/negotiation"
	"github.com/elnormous/contenttype"
	"github.com/gin-gonic/gin"
	openapi "github.com/go-openapi/runtime/server-middleware/negotiate"
	fiber2 "github.com/gofiber/fiber/v2"
	fiber3 "github.com/gofiber/fiber/v3"
	"github.com/golang/gddo/httputil"
	"github.com/valyala/fasthttp"
	"golang.org/x/text/language"

	"github.com/denial-go/denial/internal/benchmarks/sink"
	"github.com/denial-go/denial/internal/benchmarks/work"
	"github.com/denial-go/denial/negotiate"
)

var mediaTypes = []string{"application/problem+json", "text/html", "text/plain", "text/markdown", "application/problem+xml"}

// chromeSpaced is Chrome's Accept in a spelling that nobody can have prepared
// for: no browser sends it.
var chromeSpaced = strings.ReplaceAll(work.Chrome, ",", ", ")

// hostileAccept is 8 KiB of 1000 ranges, none of which is offered but the
// last. hostileLanguage is 8 KiB of languages that nobody offers.
var (
	hostileAccept   = ranges(1000, "a/bc%03d,", "application/json;q=0.1")
	hostileLanguage = ranges(1000, "q%s-q%03d,", "de;q=0.1")
)

// ranges returns n members of a list, each unlike the others, and a last one.
func ranges(n int, format, last string) string {
	var b strings.Builder
	for i := range n - 1 {
		if strings.Contains(format, "%s") {
			fmt.Fprintf(&b, format, string(rune('a'+i%20)), i)
		} else {
			fmt.Fprintf(&b, format, i)
		}
	}
	return b.String() + last
}

// negotiators return the media type that they choose of mediaTypes.
func negotiators(tb testing.TB, accept string) []struct {
	name string
	best func() string
} {
	m, err := negotiate.NewMediaTypes(mediaTypes...)
	if err != nil {
		tb.Fatal(err)
	}
	r := work.Work{Accept: accept}.Request()
	lines := []string{accept}

	var elnormous []contenttype.MediaType
	for _, mt := range mediaTypes {
		elnormous = append(elnormous, contenttype.NewMediaType(mt))
	}

	gin.SetMode(gin.ReleaseMode)
	ginContext := gin.CreateTestContextOnly(nil, gin.New())
	ginContext.Request = r
	ginContext.SetAccepted() // it keeps what it has parsed; as for a new request

	fast := new(fasthttp.RequestCtx)
	fast.Request.Header.Set("Accept", accept)
	ctx2 := fiber2.New().AcquireCtx(fast)
	ctx3 := fiber3.New().AcquireCtx(fast)

	return []struct {
		name string
		best func() string
	}{
		{"denial", func() string {
			i := m.Best(lines)
			if i < 0 {
				return ""
			}
			return mediaTypes[i]
		}},
		{"fiber2", func() string { return ctx2.Accepts(mediaTypes...) }},
		{"fiber3", func() string { return ctx3.Accepts(mediaTypes...) }},
		{"gddo", func() string { return httputil.NegotiateContentType(r, mediaTypes, "") }},
		{"huma", func() string { return humanegotiation.SelectQValueFast(accept, mediaTypes) }},
		{"elnormous", func() string {
			mt, _, err := contenttype.GetAcceptableMediaType(r, elnormous)
			if err != nil {
				return ""
			}
			return mt.Type + "/" + mt.Subtype
		}},
		{"go-openapi", func() string { return openapi.ContentType(r, mediaTypes, "", openapi.WithMatchSuffix(true)) }},
		{"gin", func() string {
			ginContext.Accepted = nil
			return ginContext.NegotiateFormat(mediaTypes...)
		}},
	}
}

func TestNegotiators(t *testing.T) {
	for _, accept := range []string{work.Chrome, chromeSpaced, work.Firefox} {
		for _, n := range negotiators(t, accept) {
			if got := n.best(); got != "text/html" {
				t.Errorf("%s chooses %q for %q, want text/html", n.name, got, accept)
			}
		}
	}
	if n := strings.Count(hostileAccept, ",") + 1; n != 1000 || len(hostileAccept) < 7900 || len(hostileAccept) > 8<<10 {
		t.Errorf("the hostile Accept has %d ranges and %d bytes; want 1000 and about 8 KiB", n, len(hostileAccept))
	}
	if len(hostileLanguage) < 7900 || len(hostileLanguage) > 8<<10 {
		t.Errorf("the hostile Accept-Language has %d bytes; want about 8 KiB", len(hostileLanguage))
	}
}

// BenchmarkMediaTypes chooses among five media types.
func BenchmarkMediaTypes(b *testing.B) {
	for _, accept := range []struct{ name, value string }{
		{"chrome", work.Chrome},
		{"chrome-spaced", chromeSpaced},
		{"firefox", work.Firefox},
		{"json", "application/problem+json"},
		{"8KiB", hostileAccept},
	} {
		b.Run(accept.name, func(b *testing.B) {
			for _, n := range negotiators(b, accept.value) {
				b.Run(n.name, func(b *testing.B) {
					call(b, func() { n.best() })
				})
			}
		})
	}
}

// matchers return the language that they choose of the Renderer's.
func matchers(acceptLanguage string) map[string]func() string {
	tags := deny.Languages()
	var offers []language.Tag
	for _, tag := range tags {
		offers = append(offers, language.Make(tag))
	}
	l := negotiate.NewLanguages(offers...)
	m := language.NewMatcher(offers)
	lines := []string{acceptLanguage}
	return map[string]func() string{
		"denial": func() string {
			i, _ := l.Best(lines)
			return tags[i]
		},
		"x-text": func() string {
			_, i := language.MatchStrings(m, acceptLanguage)
			return tags[i]
		},
	}
}

func TestMatchers(t *testing.T) {
	for _, field := range []string{work.ChromeLanguage, work.FourRanges} {
		for name, best := range matchers(field) {
			if got := best(); got != "de" {
				t.Errorf("%s chooses %q for %q, want de", name, got, field)
			}
		}
	}
}

// BenchmarkLanguages chooses among all languages of the Renderer.
func BenchmarkLanguages(b *testing.B) {
	for _, field := range []struct{ name, value string }{
		{"chrome", work.ChromeLanguage},
		{"four", work.FourRanges},
		{"8KiB", hostileLanguage},
	} {
		all := matchers(field.value)
		for _, name := range []string{"denial", "x-text"} {
			b.Run(field.name+"/"+name, func(b *testing.B) {
				best := all[name]
				call(b, func() { best() })
			})
		}
	}
}

// hostile is the request of a JSON denial with both fields at their worst.
func hostile() *http.Request {
	r := work.JSON.Request()
	r.Header.Set("Accept", hostileAccept)
	r.Header.Set("Accept-Language", hostileLanguage)
	return r
}

func TestHostile(t *testing.T) {
	if err := checkHostile(); err != nil {
		t.Error(err)
	}
}

// BenchmarkHostile is a whole denial of 16 KiB of header fields beside one of
// an ordinary request.
func BenchmarkHostile(b *testing.B) {
	if err := checkHostile(); err != nil {
		b.Fatal(err)
	}
	h := work.Denial(deny, work.JSON)
	b.Run("ordinary", func(b *testing.B) { sink.Time(b, h, work.JSON.Request(), sink.NewMap) })
	b.Run("8KiB", func(b *testing.B) { sink.Time(b, h, hostile(), sink.NewMap) })
}

// checkHostile looks at the status and the media type: in which language so
// many ranges are answered is not the question here.
func checkHostile() error {
	resp := deny.Render(requestOf(hostile()), work.JSON.Err())
	if resp.Status != http.StatusUnauthorized || resp.Header.Get("Content-Type") != "application/problem+json" {
		return fmt.Errorf("the answer to a hostile request is %d %q", resp.Status, resp.Header.Get("Content-Type"))
	}
	return nil
}
