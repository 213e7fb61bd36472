package render_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/render"
	"github.com/denial-go/denial/templates"
)

const (
	svgLogo = `<svg viewBox="0 0 40 40" xmlns="http://www.w3.org/2000/svg"><defs><linearGradient id="a"><stop stop-color="#f00"/></linearGradient></defs><g fill="url(#a)"><path d="M0 0h40"/><use href="#a"/></g></svg>`
	gifLogo = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACADs="
)

// brands are all that New accepts.
var brands = map[string]render.Brand{
	"none":           {},
	"name":           {Name: `A & B "C" <D>`},
	"home":           {Name: "Northwind", Home: "/?a=1&b='2'"},
	"help page":      {Help: "https://help.example.com/(x)"},
	"help mail":      {Name: "Northwind", Help: "mailto:help+me@example.com?subject=x"},
	"svg":            {Name: "Northwind", Logo: svgLogo, Home: "/"},
	"svg with name":  {Name: `North "wind"`, Logo: svgLogo, LogoHasName: true},
	"image":          {Name: "Northwind", Logo: gifLogo},
	"image and name": {Name: `North "wind"`, Logo: gifLogo, LogoHasName: true},
	"encoded svg":    {Name: "Northwind", Logo: "data:image/svg+xml,%3Csvg%20xmlns=%22http://www.w3.org/2000/svg%22/%3E"},
	"accent":         {Accent: "#8a2be2"},
	"short accent":   {Accent: "#A00"},
	"both accents":   {Accent: "#767676", AccentDark: "#7fffd4"},
	"dark accent":    {AccentDark: "#7fffd4"},
}

func TestBrands(t *testing.T) {
	for name, brand := range brands {
		t.Run(name, func(t *testing.T) {
			if _, err := render.New(render.Config{Brand: brand}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestBrandMistakes(t *testing.T) {
	logo := func(s string) render.Brand { return render.Brand{Name: "Northwind", Logo: s} }
	svg := func(inside string) render.Brand { return logo(`<svg viewBox="0 0 1 1">` + inside + `</svg>`) }
	for _, row := range []struct {
		name  string
		brand render.Brand
		want  []string // fields
		why   string
	}{
		{"home that runs", render.Brand{Home: "javascript:alert(1)"}, []string{"Brand.Home"}, ""},
		{"home of another host", render.Brand{Home: "//evil.example"}, []string{"Brand.Home"}, ""},
		{"help that is only an address", render.Brand{Help: "help@example.com"}, []string{"Brand.Help"}, "it would be a relative link"},
		{"every mistake at once", render.Brand{Home: "x", Help: "y", Logo: "z", LogoHasName: true, Accent: "red", AccentDark: "#000"},
			[]string{"Brand.Home", "Brand.Help", "Brand.Logo", "Brand.Name", "Brand.Accent", "Brand.AccentDark"}, ""},

		{"accent too light", render.Brand{Accent: "#ccc"}, []string{"Brand.Accent"}, ""},
		{"accent a shade too light", render.Brand{Accent: "#777777"}, []string{"Brand.Accent"}, "4.48:1; #767676 has 4.54:1"},
		{"dark accent too dark", render.Brand{AccentDark: "#1b5fc4"}, []string{"Brand.AccentDark"}, "the one for light pages"},
		{"colour by name", render.Brand{Accent: "navy"}, []string{"Brand.Accent"}, ""},
		{"colour without #", render.Brand{Accent: "000000"}, []string{"Brand.Accent"}, ""},
		{"colour with alpha", render.Brand{Accent: "#000000ff"}, []string{"Brand.Accent"}, "its contrast depends on what is below"},
		{"colour that is more", render.Brand{Accent: "#000}b"}, []string{"Brand.Accent"}, "it goes into the style sheet"},

		{"logo without a name", render.Brand{Logo: gifLogo}, []string{"Brand.Name"}, "nobody would hear whose it is"},
		{"name in no logo", render.Brand{Name: "x", LogoHasName: true}, []string{"Brand.LogoHasName"}, ""},
		{"logo by address", logo("https://example.com/logo.png"), []string{"Brand.Logo"}, "the page loads nothing"},
		{"logo too long", svg(strings.Repeat(" ", render.MaxLogo)), []string{"Brand.Logo"}, ""},
		{"logo with an action", svg(`<path d="{{.Cause}}"/>`), []string{"Brand.Logo"}, "the page is a template"},

		{"data of no image", logo("data:text/html;base64,PGI+"), []string{"Brand.Logo"}, ""},
		{"data without a comma", logo("data:image/png;base64"), []string{"Brand.Logo"}, ""},
		{"data that is no base64", logo("data:image/png;base64,%%%"), []string{"Brand.Logo"}, ""},
		{"data that is empty", logo("data:image/png;base64,"), []string{"Brand.Logo"}, ""},
		{"data with a parameter", logo("data:image/svg+xml;charset=utf-8,x"), []string{"Brand.Logo"}, ""},
		{"data with a quote", logo(`data:image/svg+xml,<svg onload="x">`), []string{"Brand.Logo"}, "it would end the attribute"},

		{"svg without a viewBox", logo(`<svg width="9"></svg>`), []string{"Brand.Logo"}, "it could not be scaled"},
		{"svg that is not ended", logo(`<svg viewBox="0 0 1 1"><g></svg>`), []string{"Brand.Logo"}, ""},
		{"svg left open", logo(`<svg viewBox="0 0 1 1"><g></g>`), []string{"Brand.Logo"}, ""},
		{"two svgs", logo(`<svg viewBox="0 0 1 1"/><svg viewBox="0 0 1 1"/>`), []string{"Brand.Logo"}, ""},
		{"text after svg", logo(`<svg viewBox="0 0 1 1"/>x`), []string{"Brand.Logo"}, ""},
		{"svg that begins like one", logo(`<svgx viewBox="0 0 1 1"/>`), []string{"Brand.Logo"}, ""},
		{"script", svg(`<script>x</script>`), []string{"Brand.Logo"}, ""},
		{"style element", svg(`<style>*{}</style>`), []string{"Brand.Logo"}, "against the policy, and it would style the page"},
		{"style attribute", svg(`<path style="fill:red"/>`), []string{"Brand.Logo"}, "the policy blocks it, so the logo would look wrong"},
		{"class", svg(`<path class="go"/>`), []string{"Brand.Logo"}, "the page's own style would apply"},
		{"event handler", svg(`<path OnLoad="x"/>`), []string{"Brand.Logo"}, ""},
		{"text element", svg(`<text>x</text>`), []string{"Brand.Logo"}, ""},
		{"html inside", svg(`<foreignObject/>`), []string{"Brand.Logo"}, ""},
		{"link out", svg(`<use href="https://example.com/#a"/>`), []string{"Brand.Logo"}, ""},
		{"old link out", svg(`<use xlink:href="/a.svg#a"/>`), []string{"Brand.Logo"}, ""},
		{"paint from elsewhere", svg(`<path fill="URL(https://example.com/#a)"/>`), []string{"Brand.Logo"}, ""},
		{"comment", svg(`<!-- x -->`), []string{"Brand.Logo"}, ""},
		{"declaration", logo(`<?xml version="1.0"?><svg viewBox="0 0 1 1"/>`), []string{"Brand.Logo"}, ""},
		{"attribute without quotes", svg(`<path d=M0/>`), []string{"Brand.Logo"}, ""},
		{"attribute without a value", svg(`<path hidden/>`), []string{"Brand.Logo"}, ""},
		{"value that is not ended", svg(`<path d="M0/>`), []string{"Brand.Logo"}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := render.New(render.Config{Brand: row.brand})
			var got []string
			if joined, ok := err.(interface{ Unwrap() []error }); ok {
				for _, err := range joined.Unwrap() {
					if e := new(render.ConfigError); errors.As(err, &e) {
						got = append(got, e.Field)
					}
				}
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s\n%v", row.why, diff, err)
			}
		})
	}
}

// The help in the message is part of the contract: it names a colour that
// will do.
func TestAccentMistakeNamesAColourThatWillDo(t *testing.T) {
	_, err := render.New(render.Config{Brand: render.Brand{Accent: "#ccc"}})
	want := `render: Config.Brand.Accent "#ccc": its contrast with the page, #ffffff, is 1.6:1; want 4.5:1 at least, as #767676 has`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestContrast(t *testing.T) {
	for _, row := range []struct {
		a, b     string
		min, max float64
	}{
		{"#000000", "#ffffff", 21, 21},
		{"#ffffff", "#ffffff", 1, 1},
		{"#767676", "#ffffff", 4.54, 4.55},
		{"#777777", "#ffffff", 4.47, 4.48},
	} {
		if got := render.Contrast(row.a, row.b); got < row.min-0.001 || got > row.max+0.001 {
			t.Errorf("Contrast(%s, %s) = %.3f; want %.2f to %.2f", row.a, row.b, got, row.min, row.max)
		}
	}
}

func TestStyleHasTheBrandColours(t *testing.T) {
	for _, c := range render.StyleColours {
		if n := strings.Count(templates.Style, c+";"); n != 1 {
			t.Errorf("page.css has %q %d times; want once, or change the constant in brand.go", c, n)
		}
	}
	// A tint that is made for the dark page must be seen on it.
	for _, accent := range []string{"#000", "#00f", "#800", "#767676"} {
		page := render.PageSource(render.Brand{Accent: accent})
		_, dark, _ := strings.Cut(page, "dark){")
		_, dark, _ = strings.Cut(dark, "--accent:")
		if c := render.Contrast(dark[:7], "#13171c"); c < 4.5 {
			t.Errorf("Accent %s has the tint %s on the dark page, of contrast %.2f; want 4.5", accent, dark[:7], c)
		}
	}
	// A mid-grey button looks as if it could not be pressed.
	for _, accent := range []string{"#000", "#767676", "#111827"} {
		if page := render.PageSource(render.Brand{Accent: accent}); strings.Count(page, "--accent:#e9edf1") != 1 {
			t.Errorf("the dark page with Accent %s has no button in the colour of its text", accent)
		}
	}
}

func TestHelpAddress(t *testing.T) {
	for help, want := range map[string]string{
		"mailto:help@example.com?subject=Access": "help@example.com",
		"tel:+442079460000":                      "+442079460000",
		"https://help.example.com":               "",
		"/help":                                  "",
		"":                                       "",
	} {
		if got := (render.Brand{Help: help}).HelpAddress(); got != want {
			t.Errorf("HelpAddress of %q = %q; want %q", help, got, want)
		}
	}
}
