package render

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"

	"github.com/denial-go/denial/templates"
)

// A look is the built-in page in the dress of one Brand. It executes
// templates.Page without html/template, which would add megabytes to every
// program: it knows the actions that the page uses and the slots of slots.go,
// and nothing else. TestPageMatchesHTMLTemplate holds it to html/template's
// bytes.
type look struct {
	nodes  []pageNode
	style  string // the style sheet as it stands in the page
	shared []byte // the same, for all pages that are prepared
	hash   string // its CSP source
	images bool   // the page shows an image from a data URI
}

// plainLook is that of the zero Brand.
var plainLook = sync.OnceValue(func() *look { return newLook(&Brand{}) })

// newLook dresses the page for a Brand that has been checked.
func newLook(b *Brand) *look {
	l := &look{style: shrinkCSS(b.style(templates.Style)), images: strings.HasPrefix(b.Logo, "data:")}
	l.shared = []byte(l.style)
	sum := sha256.Sum256(l.shared) // CSP 3 §2.3.1
	l.hash = "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	var err error
	if l.nodes, err = compilePage(pageSource(b, l.style), "view"); err != nil {
		panic("render: the built-in page: " + err.Error()) // TestPageMatchesHTMLTemplate: cannot happen
	}
	return l
}

// pageSource is the page with the slots filled that are the same in every
// answer of a site. What stands in them has been checked; it is not escaped.
func pageSource(b *Brand, style string) string {
	return strings.NewReplacer("{{.Style}}", style, "{{.Brand.Logo}}", b.logo()).Replace(templates.Page)
}

func (l *look) append(dst []byte, v *View) []byte { return appendNodes(dst, l.nodes, dot{view: v}) }

// A pageNode is text, a slot, or a block that depends on one.
type pageNode struct {
	text   string
	slot   *slot // nil for text
	url    bool  // the slot stands in an address
	block  bool  // if, with or range
	only   bool  // if: the dot stays what it is
	body   []pageNode
	orElse []pageNode
}

// compilePage parses the subset of html/template's syntax that the page uses:
// {{.Slot}}, if, with, range, else, end, define, {{template "name" .}},
// comments and trim marks. kind is what the dot is: see slots.
func compilePage(src, kind string) ([]pageNode, error) {
	all, err := pageTokens(src)
	if err != nil {
		return nil, err
	}
	c := pageCompiler{defined: make(map[string][]pageToken)}
	for i := 0; i < len(all); i++ {
		name, ok := strings.CutPrefix(all[i].action, "define ")
		if !ok {
			c.tokens = append(c.tokens, all[i])
			continue
		}
		depth, start := 1, i+1
		for depth > 0 {
			if i++; i == len(all) {
				return nil, fmt.Errorf("{{define %s}} is not ended", name)
			}
			switch verb, _, _ := strings.Cut(all[i].action, " "); verb {
			case "if", "with", "range":
				depth++
			case "end":
				depth--
			}
		}
		c.defined[name] = all[start:i]
	}
	nodes, end, err := c.block("", kind)
	if err == nil && end != "" {
		err = fmt.Errorf("{{%s}} with nothing to end", end)
	}
	return nodes, err
}

// A pageToken is text or, where that is "", an action.
type pageToken struct{ text, action string }

func pageTokens(src string) ([]pageToken, error) {
	var tokens []pageToken
	const space = " \t\r\n"
	trim := false // the last action ended in -}}
	for {
		text, rest, found := strings.Cut(src, "{{")
		if trim {
			text = strings.TrimLeft(text, space)
		}
		if strings.HasPrefix(rest, "- ") {
			text = strings.TrimRight(text, space)
			rest = rest[1:]
		}
		if text != "" {
			tokens = append(tokens, pageToken{text: text})
		}
		if !found {
			return tokens, nil
		}
		action, after, found := strings.Cut(rest, "}}")
		if !found {
			return nil, fmt.Errorf("an action is not closed: %.40q", rest)
		}
		src = after
		action, trim = strings.CutSuffix(action, " -")
		if action = strings.TrimSpace(action); !strings.HasPrefix(action, "/*") {
			tokens = append(tokens, pageToken{action: action})
		}
	}
}

type pageCompiler struct {
	tokens  []pageToken            // still to be read
	defined map[string][]pageToken // by name, in quotes
	last    string                 // text, to see what a slot stands in
	depth   int                    // of templates in templates
}

// maxTemplates bounds templates in templates, which would otherwise call
// themselves for ever.
const maxTemplates = 8

// block compiles up to the else or end that closes it.
func (c *pageCompiler) block(open, kind string) (nodes []pageNode, end string, err error) {
	for len(c.tokens) > 0 {
		t := c.tokens[0]
		c.tokens = c.tokens[1:]
		verb, arg, _ := strings.Cut(t.action, " ")
		switch {
		case t.action == "":
			c.last = t.text
			nodes = append(nodes, pageNode{text: t.text})
		case t.action == "else" || t.action == "end":
			return nodes, t.action, nil
		case verb == "if" || verb == "with" || verb == "range":
			n := pageNode{block: true, only: verb == "if"}
			if n.slot, err = findSlot(kind, arg); err != nil {
				return nil, "", err
			}
			inner := kind
			if !n.only {
				if inner = n.slot.kind; inner == "" {
					return nil, "", fmt.Errorf("{{%s}}: %s is one value", t.action, arg)
				}
			}
			if n.body, end, err = c.block(t.action, inner); err == nil && end == "else" {
				n.orElse, end, err = c.block(t.action, kind)
			}
			if err != nil {
				return nil, "", err
			}
			if end != "end" {
				return nil, "", fmt.Errorf("{{%s}} ends in {{%s}}", t.action, end)
			}
			nodes = append(nodes, n)
		case verb == "template":
			name, isDot := strings.CutSuffix(arg, " .")
			tokens, ok := c.defined[name]
			if !ok || !isDot || c.depth == maxTemplates {
				return nil, "", fmt.Errorf("{{%s}}: no such template, or not with the dot, or it calls itself", t.action)
			}
			sub := pageCompiler{tokens: tokens, defined: c.defined, last: c.last, depth: c.depth + 1}
			body, end, err := sub.block("", kind)
			if err != nil || end != "" {
				return nil, "", fmt.Errorf("{{define %s}}: {{%s}}: %w", name, end, err)
			}
			nodes = append(nodes, body...)
			c.last = sub.last
		default:
			n := pageNode{url: strings.HasSuffix(c.last, `href="`) || strings.HasSuffix(c.last, `action="`)}
			if n.slot, err = findSlot(kind, t.action); err != nil {
				return nil, "", err
			}
			if n.slot.text == nil {
				return nil, "", fmt.Errorf("{{%s}} is no text", t.action)
			}
			nodes = append(nodes, n)
		}
	}
	if open != "" {
		return nil, "", fmt.Errorf("{{%s}} is not ended", open)
	}
	return nodes, "", nil
}

func appendNodes(dst []byte, nodes []pageNode, d dot) []byte {
	for i := range nodes {
		n := &nodes[i]
		switch {
		case n.slot == nil:
			dst = append(dst, n.text...)
		case !n.block && n.url:
			dst = appendHTML(dst, normalizeURL(n.slot.text(d)))
		case !n.block:
			dst = appendHTML(dst, n.slot.text(d))
		case !n.slot.test(d):
			dst = appendNodes(dst, n.orElse, d)
		case n.only:
			dst = appendNodes(dst, n.body, d)
		default:
			n.slot.each(d, func(inner dot) { dst = appendNodes(dst, n.body, inner) })
		}
	}
	return dst
}

// appendHTML escapes s for text and for a quoted attribute. The plus sign is
// escaped as html/template does, for the sake of UTF-7 and of equal bytes.
func appendHTML(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); i++ {
		var escaped string
		switch s[i] {
		case '"':
			escaped = "&#34;"
		case '&':
			escaped = "&amp;"
		case '\'':
			escaped = "&#39;"
		case '+':
			escaped = "&#43;"
		case '<':
			escaped = "&lt;"
		case '>':
			escaped = "&gt;"
		case 0:
			escaped = "\ufffd"
		default:
			continue
		}
		dst = append(dst, s[start:i]...)
		dst = append(dst, escaped...)
		start = i + 1
	}
	return append(dst, s[start:]...)
}

// unsafeURL stands for an address that must not be followed. A View that a
// Renderer made has none; one that was put together by hand may. The mark is
// html/template's.
const unsafeURL = "#ZgotmplZ"

// normalizeURL percent-encodes what is best not put into an attribute, as
// html/template does: all but the unreserved and reserved characters, and of
// those the quote and the parentheses.
func normalizeURL(s string) string {
	if !safeScheme(s) {
		return unsafeURL
	}
	const hex = "0123456789abcdef"
	var out []byte
	start := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~!#$&*+,/:;=?@[]", c) >= 0:
			continue
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			continue
		}
		out = append(append(out, s[start:i]...), '%', hex[c>>4], hex[c&15])
		start = i + 1
	}
	if out == nil {
		return s
	}
	return string(append(out, s[start:]...))
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// safeScheme reports whether s has no scheme, or one that a step may have.
func safeScheme(s string) bool {
	scheme, _, ok := strings.Cut(s, ":")
	if !ok || strings.Contains(scheme, "/") {
		return true
	}
	for _, safe := range [...]string{"https", "http", "mailto", "tel"} {
		if strings.EqualFold(scheme, safe) {
			return true
		}
	}
	return false
}

// shrinkCSS takes out of a style sheet what a browser does not need. It is no
// general minifier: strings and url() with spaces in them would suffer.
func shrinkCSS(css string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(css, "/*")
		b.WriteString(before)
		if !found {
			break
		}
		_, css, _ = strings.Cut(after, "*/")
	}
	out := strings.Join(strings.Fields(b.String()), " ")
	for _, around := range [...]string{"{", "}", ";", ","} {
		out = strings.ReplaceAll(strings.ReplaceAll(out, " "+around, around), around+" ", around)
	}
	return strings.NewReplacer(": ", ":", ";}", "}").Replace(out)
}
