package render

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/denial-go/denial/internal/href"
)

// A Brand is what the built-in page shows of the site. The zero Brand shows
// nothing of it.
type Brand struct {
	// Name of the site, as its users know it.
	Name string

	// Home is the address of the site's start page, and Help of the place to
	// turn to: both by the rules of problem.NextStep.Href, without
	// placeholders. A mailto or tel address is shown in full, for people
	// without a program that opens it.
	Home string
	Help string

	// Logo is shown before the Name, 36 CSS pixels high: either SVG, as in
	// `<svg viewBox="0 0 32 32">…</svg>`, or an image in a data URI, of MaxLogo
	// bytes at most. SVG is drawn as part of the page and may use currentColor,
	// which suits the light and the dark page; it holds shapes and no scripts,
	// styles or links.
	//
	// SVG begins with <svg, without an XML prolog, a doctype or a comment before
	// it, and has a viewBox. Elements that drawing programs add, such as <text>,
	// <style>, <image> and <metadata>, are refused, and so are comments and the
	// attributes class and style. New says what it found; the same drawing as
	// data:image/svg+xml;base64,… may hold all of this.
	Logo string

	// LogoHasName says that the Logo shows the Name already, so that it is not
	// written again beside it.
	LogoHasName bool

	// Accent is the colour of the button, the links and the drawing on the
	// light page, and AccentDark on the dark one, written "#rrggbb" or "#rgb".
	// Each must have a contrast of 4.5:1 with its page, white or almost black
	// (WCAG 2.2 §1.4.3). Default: a blue. Without AccentDark, the dark page has
	// a tint of Accent, and for a black or grey one that of its text.
	Accent     string
	AccentDark string
}

// MaxLogo is how long Brand.Logo may be. It goes out with every page.
const MaxLogo = 4096

// HelpAddress returns what to show of a mailto or tel address in Help: the
// mail address or number. It is "" for other addresses.
func (b Brand) HelpAddress() string {
	for _, scheme := range [...]string{"mailto:", "tel:"} {
		if rest, ok := strings.CutPrefix(b.Help, scheme); ok {
			rest, _, _ = strings.Cut(rest, "?")
			return rest
		}
	}
	return ""
}

// check returns the Brand as pages show it, and the page in its dress. It
// tells bad of every mistake.
func (b Brand) check(bad func(field, value string, err error)) (Brand, *look) {
	if b == (Brand{}) {
		return b, plainLook()
	}
	ok := true
	mistake := func(field, value string, err error) {
		if err != nil {
			ok = false
			bad("Brand."+field, value, err)
		}
	}
	b.Name = strings.TrimSpace(clean(b.Name))
	b.Logo = strings.TrimSpace(b.Logo)
	if b.Home != "" {
		mistake("Home", b.Home, href.Check(b.Home))
	}
	if b.Help != "" {
		mistake("Help", b.Help, href.Check(b.Help))
	}
	if b.Logo != "" {
		mistake("Logo", shorten(b.Logo), checkLogo(b.Logo))
		if b.Name == "" {
			mistake("Name", b.Name, errors.New("there is a Logo without it; want the name, for people who do not see the logo"))
		}
	}
	if b.LogoHasName && b.Logo == "" {
		mistake("LogoHasName", "true", errors.New("there is no Logo; set it, or leave this out"))
	}
	if b.Accent != "" {
		mistake("Accent", b.Accent, checkAccent(b.Accent, paperLight))
	}
	if b.AccentDark != "" {
		mistake("AccentDark", b.AccentDark, checkAccent(b.AccentDark, paperDark))
	}
	if !ok {
		return b, plainLook()
	}
	return b, newLook(&b)
}

// shorten keeps an error readable.
func shorten(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}

// The colours in templates.Style that a Brand is measured against and takes
// the place of; TestStyleHasTheBrandColours holds the two together.
const (
	paperLight  = "#ffffff"
	paperDark   = "#13171c"
	accentLight = "#1b5fc4"
	accentDark  = "#8db9ff"
	inkDark     = "#e9edf1"
)

// minContrast is for text of ordinary size, level AA.
const minContrast = 4.5

// style puts the Brand's colours into a style sheet.
func (b *Brand) style(css string) string {
	light, _ := parseColour(b.Accent)
	dark, _ := parseColour(b.AccentDark)
	switch {
	case b.Accent == "" && b.AccentDark == "":
		return css
	case b.Accent == "":
		light, _ = parseColour(accentLight)
	case b.AccentDark == "" && light.grey():
		dark, _ = parseColour(inkDark)
	case b.AccentDark == "":
		paper, _ := parseColour(paperDark)
		dark = light.until(5.5, paper, colour{255, 255, 255})
	}
	return strings.NewReplacer("--accent: "+accentLight, "--accent: "+light.String(), "--accent: "+accentDark, "--accent: "+dark.String()).Replace(css)
}

type colour [3]uint8

func parseColour(s string) (colour, bool) {
	digits, ok := strings.CutPrefix(s, "#")
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	n, err := strconv.ParseUint(digits, 16, 24)
	if !ok || len(digits) != 6 || err != nil {
		return colour{}, false
	}
	return colour{uint8(n >> 16), uint8(n >> 8), uint8(n)}, true
}

// String returns the colour as CSS writes it.
func (c colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

// grey reports whether c has next to no hue. Lighter, it would be a grey that
// looks as if it could not be pressed.
func (c colour) grey() bool {
	return max(c[0], c[1], c[2])-min(c[0], c[1], c[2]) < 32
}

// luminance is the relative luminance of WCAG 2.2.
func (c colour) luminance() float64 {
	linear := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}

// contrast is the contrast ratio of WCAG 2.2, from 1 to 21.
func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// until mixes c with end, as little as gives it the contrast with paper.
func (c colour) until(want float64, paper, end colour) colour {
	out := c
	for percent := 1; percent <= 100 && contrast(out, paper) < want; percent++ {
		for i := range out {
			out[i] = uint8((int(c[i])*(100-percent) + int(end[i])*percent + 50) / 100)
		}
	}
	return out
}

func checkAccent(s, page string) error {
	c, ok := parseColour(s)
	if !ok {
		return errors.New(`it is no colour; want one such as "` + accentLight + `"`)
	}
	paper, _ := parseColour(page)
	if have := contrast(c, paper); have < minContrast {
		end := colour{} // black
		if page == paperDark {
			end = colour{255, 255, 255}
		}
		// Rounded down, or 4.49 would read as enough.
		return fmt.Errorf("its contrast with the page, %s, is %.1f:1; want %.1f:1 at least, as %s has", page, math.Floor(have*10)/10, minContrast, c.until(minContrast, paper, end))
	}
	return nil
}

// logo is the Logo as it stands in the page. Beside the name it is only to be
// looked at; in its place, it is read as the name.
func (b *Brand) logo() string {
	if b.Logo == "" {
		return ""
	}
	alt, role := "", `aria-hidden="true"`
	if b.LogoHasName {
		// The page is a template when this goes into it.
		alt = strings.ReplaceAll(string(appendHTML(nil, b.Name)), "{", "&#123;")
		role = `role="img" aria-label="` + alt + `"`
	}
	if strings.HasPrefix(b.Logo, "data:") {
		return `<img src="` + string(appendHTML(nil, b.Logo)) + `" alt="` + alt + `">`
	}
	return "<span " + role + ">" + b.Logo + "</span>"
}

func checkLogo(s string) error {
	switch {
	case len(s) > MaxLogo:
		return fmt.Errorf("it has %d bytes and goes out with every page; want %d at most", len(s), MaxLogo)
	case strings.Contains(s, "{{"):
		return errors.New("it holds a template action; want the finished markup")
	case strings.HasPrefix(s, "data:"):
		return checkDataURI(s)
	case strings.HasPrefix(s, "<svg"):
		return checkSVG(s)
	}
	return errors.New(`want SVG that begins with <svg, or an image in a data URI such as "data:image/png;base64,…"`)
}

// imageTypes are what every browser shows in an image, where none can run
// anything (SVG Integration, secure static mode).
var imageTypes = []string{"image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"}

func checkDataURI(s string) error {
	head, data, ok := strings.Cut(strings.TrimPrefix(s, "data:"), ",")
	mediaType, encoding, _ := strings.Cut(head, ";")
	if !ok || !slices.Contains(imageTypes, mediaType) {
		return fmt.Errorf("it is no image; want a data URI of %s", strings.Join(imageTypes, ", "))
	}
	if encoding == "base64" {
		if b, err := base64.StdEncoding.DecodeString(data); err != nil || len(b) == 0 {
			return errors.New("what follows the comma is no base64; encode the file with padding and without line ends")
		}
		return nil
	}
	for i := 0; i < len(data); i++ {
		if c := data[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"'<>\\^`{|}#", c) >= 0 {
			return errors.New("it holds a character that must be percent-encoded; do so, or use ;base64")
		}
	}
	if encoding != "" || data == "" {
		return errors.New("want ;base64 or nothing between the media type and the comma, and the image after it")
	}
	return nil
}

// What an SVG logo may hold: shapes, paint and groups. Not text, for which
// there is no font to count on, and nothing that fetches, runs or is styled
// from elsewhere; a style attribute would also be against the page's policy.
var svgElements = []string{
	"svg", "g", "defs", "title", "desc", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon",
	"clipPath", "mask", "linearGradient", "radialGradient", "stop",
}

// checkSVG reads well-formed markup. It is stricter than XML: it has to mean
// the same to an HTML parser.
func checkSVG(s string) error {
	var open []string
	for first := true; ; first = false {
		text, rest, found := strings.Cut(s, "<")
		if len(open) == 0 && strings.TrimSpace(text) != "" {
			return errors.New("there is text outside of <svg>; remove it")
		}
		if !found {
			break
		}
		if len(open) == 0 && !first {
			return errors.New("there is something after </svg>; want one <svg> element")
		}
		if name, ok := strings.CutPrefix(rest, "/"); ok {
			name, after, _ := strings.Cut(name, ">")
			if name = strings.TrimSpace(name); len(open) == 0 || open[len(open)-1] != name {
				return fmt.Errorf("</%s> ends nothing; want well-formed markup", shorten(name))
			}
			open, s = open[:len(open)-1], after
			continue
		}
		end := strings.IndexAny(rest, " \t\r\n/>")
		if end < 0 || !slices.Contains(svgElements, rest[:end]) {
			return fmt.Errorf("it holds <%s; want only %s", shorten(strings.TrimSpace(rest[:max(end, 0)])), strings.Join(svgElements, ", "))
		}
		name := rest[:end]
		attrs, after, empty, err := svgAttributes(rest[end:])
		if err != nil {
			return fmt.Errorf("<%s>: %w", name, err)
		}
		if first && (name != "svg" || !slices.Contains(attrs, "viewBox")) {
			return errors.New("it has no viewBox, so it cannot be fitted to the page; want <svg viewBox=…")
		}
		if !empty {
			open = append(open, name)
		}
		s = after
	}
	if len(open) > 0 {
		return fmt.Errorf("<%s> is not ended; want well-formed markup", open[len(open)-1])
	}
	return nil
}

// svgAttributes reads up to the end of a tag.
func svgAttributes(s string) (names []string, after string, empty bool, err error) {
	for {
		s = strings.TrimLeft(s, " \t\r\n")
		if after, ok := strings.CutPrefix(s, "/>"); ok {
			return names, after, true, nil
		}
		if after, ok := strings.CutPrefix(s, ">"); ok {
			return names, after, false, nil
		}
		name, rest, ok := strings.Cut(s, "=")
		name = strings.TrimSpace(name)
		if !ok || name == "" || strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789:-") != "" {
			return nil, "", false, fmt.Errorf("%q is no attribute; want name=\"value\"", shorten(s))
		}
		rest = strings.TrimLeft(rest, " \t\r\n")
		if rest == "" || rest[0] != '"' && rest[0] != '\'' {
			return nil, "", false, fmt.Errorf("the value of %s is not in quotes", name)
		}
		value, rest, ok := strings.Cut(rest[1:], rest[:1])
		if !ok || strings.ContainsAny(value, "<>") {
			return nil, "", false, fmt.Errorf("the value of %s is not ended", name)
		}
		lower := strings.ToLower(name)
		switch {
		case strings.HasPrefix(lower, "on"):
			return nil, "", false, fmt.Errorf("%s runs a script; remove it", name)
		case lower == "style" || lower == "class":
			return nil, "", false, fmt.Errorf("%s is against the page's policy; write presentation attributes, such as fill=\"…\"", name)
		case (lower == "href" || strings.HasSuffix(lower, ":href")) && !strings.HasPrefix(value, "#"),
			strings.Count(strings.ToLower(value), "url(") != strings.Count(value, "url(#"):
			return nil, "", false, fmt.Errorf("%s leads out of the logo; want a reference such as #a", name)
		}
		names, s = append(names, name), rest
	}
}
