package render

import (
	"strings"
	"unicode/utf8"
)

// Marks that isolate a value from the direction of the text around it
// (Unicode UAX #9 §2.4.2).
const (
	firstStrongIsolate = "\u2068"
	popIsolate         = "\u2069"
	rightToLeftMark    = "\u200f"
)

// clean makes a value from elsewhere fit to stand in a sentence. Tabs and line
// ends become spaces; other control characters, the invisible ones that
// reorder text or hide some, and bytes that are no UTF-8 become U+FFFD, so
// that a reader sees that something was there.
func clean(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	for _, r := range s { // an invalid byte ranges as U+FFFD
		switch {
		case becomesSpace(r):
			b.WriteByte(' ')
		case hidden(r):
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isClean reports whether clean changes nothing.
func isClean(s string) bool {
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < 0x7f {
			i++
			continue
		}
		if c >= 0xc3 && c <= 0xd7 && i+1 < len(s) && s[i+1]&0xc0 == 0x80 {
			i += 2 // U+00C0 to U+05FF, where nothing is hidden
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || becomesSpace(r) || hidden(r) {
			return false
		}
		i += n
	}
	return true
}

func becomesSpace(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029'
}

// hidden reports whether r is a character that is not seen but changes what
// is: C0 and C1 controls, bidi controls, interlinear annotation, tags.
func hidden(r rune) bool {
	switch {
	case r < ' ', r >= 0x7f && r < 0xa0:
	case r == 0x061c, r == 0x200e, r == 0x200f:
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069:
	case r >= 0xfff9 && r <= 0xfffb:
	case r >= 0xe0000 && r <= 0xe007f:
	default:
		return false
	}
	return true
}

// plainText joins the parts of a sentence for a form without markup. A value
// is isolated where that can change how the line is drawn: in a text from
// right to left, or where the value is not ASCII. Elsewhere the marks would
// only be noise in logs and terminals.
func plainText(parts []Part, dir string) string {
	if len(parts) == 1 && parts[0].plain() {
		return parts[0].Text
	}
	var b strings.Builder
	for _, p := range parts {
		if p.Value && isMark(p.Text) {
			b.WriteString(withForm(p.Text, formIsolated))
			continue
		}
		if p.Value && (dir == "rtl" || !isASCII(p.Text)) {
			b.WriteString(firstStrongIsolate + p.Text + popIsolate)
			continue
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
