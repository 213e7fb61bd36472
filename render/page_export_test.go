package render

// For the tests of the page from outside.

// PageSource is the page for a Brand, as html/template source.
func PageSource(b Brand) string {
	_, l := b.check(func(string, string, error) {})
	return pageSource(&b, l.style)
}

// CompilePage reports what is wrong with the source of a page.
func CompilePage(src string) error {
	_, err := compilePage(src, "view")
	return err
}

// Dressed returns v as a Renderer with the Brand would make it.
func Dressed(b Brand, v View) *View {
	v.Brand, v.look = b.check(func(string, string, error) {})
	return &v
}

// Contrast is that of two colours as CSS writes them.
func Contrast(a, b string) float64 {
	x, _ := parseColour(a)
	y, _ := parseColour(b)
	return contrast(x, y)
}

// StyleColours are those in the style sheet that a Brand stands in for or is
// measured against.
var StyleColours = []string{"--paper: " + paperLight, "--paper: " + paperDark, "--accent: " + accentLight, "--accent: " + accentDark, "--ink: " + inkDark}

var ShrinkCSS = shrinkCSS
