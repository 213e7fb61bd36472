package render

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/denial-go/denial/templates"
)

// builtinPage executes templates.Page without html/template, which would add
// megabytes to every program. It knows the actions that the page uses and the
// slots below, and nothing else; TestPageMatchesHTMLTemplate holds it to
// html/template's bytes.
type builtinPage struct{ nodes []pageNode }

var pageOnce = sync.OnceValue(func() *builtinPage {
	nodes, err := compilePage(strings.Replace(templates.Page, "{{.Style}}", pageStyle(), 1))
	if err != nil {
		panic("render: the built-in page: " + err.Error()) // TestBuiltinPageCompiles
	}
	return &builtinPage{nodes}
})

// pageStyle is the style sheet as it stands in the page.
func pageStyle() string { return shrinkCSS(templates.Style) }

// styleHash is the CSP source of the style sheet (CSP 3 §2.3.1).
var styleHash = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(pageStyle()))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
})

// Execute writes the page for data, which is a *View.
func (p *builtinPage) Execute(w io.Writer, data any) error {
	v, ok := data.(*View)
	if !ok {
		return fmt.Errorf("render: the built-in page takes a *View, not %T", data)
	}
	_, err := w.Write(p.append(nil, v))
	return err
}

func (p *builtinPage) append(dst []byte, v *View) []byte {
	return appendNodes(dst, p.nodes, scope{view: v})
}

// scope is what a dot stands for: one of these.
type scope struct {
	view *View
	step *Step
	part *Part
}

type pageNode struct {
	text    string
	slot    *slot // nil for text
	url     bool  // the slot stands in an address
	body    []pageNode
	orElse  []pageNode
	isBlock bool // range, with or if
	only    bool // if: the dot stays what it is
}

// A slot is a name that the page may use after a dot. One of text and each is
// set; each calls yield for the value, or for each of a list's.
type slot struct {
	text func(scope) string
	each func(s scope, yield func(scope))
	test func(scope) bool
}

func textSlot(f func(scope) string) slot {
	return slot{text: f, test: func(s scope) bool { return f(s) != "" }}
}

func testSlot(f func(scope) bool) slot { return slot{test: f} }

func stepsSlot(f func(scope) []Step) slot {
	return slot{
		each: func(s scope, yield func(scope)) {
			for i := range f(s) {
				yield(scope{step: &f(s)[i]})
			}
		},
		test: func(s scope) bool { return len(f(s)) > 0 },
	}
}

// of returns the field of a view or of a step, whichever the dot is.
func of(view func(*View) string, step func(*Step) string) slot {
	return textSlot(func(s scope) string {
		switch {
		case s.view != nil && view != nil:
			return view(s.view)
		case s.step != nil && step != nil:
			return step(s.step)
		}
		return ""
	})
}

var pageSlots = map[string]slot{
	"Language":   of(func(v *View) string { return v.Language }, nil),
	"Dir":        of(func(v *View) string { return v.Dir }, nil),
	"Title":      of(func(v *View) string { return v.Title }, func(s *Step) string { return s.Title }),
	"Instance":   of(func(v *View) string { return v.Instance }, nil),
	"Phrase":     of(func(v *View) string { return v.Phrase }, nil),
	"Code":       of(func(v *View) string { return v.Code }, nil),
	"Status":     of(func(v *View) string { return strconv.Itoa(v.Status) }, nil),
	"Brand.Name": of(func(v *View) string { return v.Brand.Name }, nil),
	"Brand.Home": of(func(v *View) string { return v.Brand.Home }, nil),
	"Href":       of(nil, func(s *Step) string { return s.Href }),
	"Method":     of(nil, func(s *Step) string { return s.Method }),
	"Post":       testSlot(func(s scope) bool { return s.step.Post() }),
	"Actionable": testSlot(func(s scope) bool { return s.step.Actionable() }),
	"Value":      testSlot(func(s scope) bool { return s.part.Value }),
	"Text":       textSlot(func(s scope) string { return s.part.Text }),
	"Next":       stepsSlot(func(s scope) []Step { return s.view.Next }),
	"Others":     stepsSlot(func(s scope) []Step { return s.view.Others() }),
	"Primary": {
		each: func(s scope, yield func(scope)) { yield(scope{step: s.view.Primary()}) },
		test: func(s scope) bool { return s.view.Primary() != nil },
	},
	"Sentence": {
		each: func(s scope, yield func(scope)) {
			for i := range s.view.Sentence {
				yield(scope{part: &s.view.Sentence[i]})
			}
		},
		test: func(s scope) bool { return len(s.view.Sentence) > 0 },
	},
	"Also": {
		each: func(s scope, yield func(scope)) {
			for _, a := range s.view.Also {
				yield(scope{view: a})
			}
		},
		test: func(s scope) bool { return len(s.view.Also) > 0 },
	},
}

func findSlot(name string) (*slot, error) {
	if word, ok := strings.CutPrefix(name, ".Words."); ok {
		s := textSlot(func(s scope) string { return s.view.Words[word] })
		return &s, nil
	}
	if s, ok := pageSlots[strings.TrimPrefix(name, ".")]; ok && name[0] == '.' {
		return &s, nil
	}
	return nil, fmt.Errorf("the page has no slot %q", name)
}

// compilePage parses the subset of html/template's syntax that the page uses:
// {{.Slot}}, if, with, range, else, end, comments and trim marks.
func compilePage(src string) ([]pageNode, error) {
	c := pageCompiler{src: src}
	nodes, end, err := c.block("")
	if err == nil && end != "" {
		err = fmt.Errorf("{{%s}} with nothing to end", end)
	}
	return nodes, err
}

type pageCompiler struct {
	src  string
	trim bool   // the last action ended in -}}
	text string // all text so far, to see what a slot stands in
}

// block parses up to the else or end that closes it.
func (c *pageCompiler) block(open string) (nodes []pageNode, end string, err error) {
	for {
		before, rest, found := strings.Cut(c.src, "{{")
		text := before
		if c.trim {
			text = strings.TrimLeft(text, " \t\r\n")
		}
		if strings.HasPrefix(rest, "- ") || strings.HasPrefix(rest, "-/*") {
			text = strings.TrimRight(text, " \t\r\n")
			rest = rest[1:]
		}
		if text != "" {
			c.text += text
			nodes = append(nodes, pageNode{text: text})
		}
		if !found {
			if open != "" {
				return nil, "", fmt.Errorf("{{%s}} is not ended", open)
			}
			return nodes, "", nil
		}
		action, after, found := strings.Cut(rest, "}}")
		if !found {
			return nil, "", fmt.Errorf("an action is not closed: %.40q", rest)
		}
		c.src = after
		action, c.trim = strings.CutSuffix(action, "-")
		action = strings.TrimSpace(action)
		verb, arg, _ := strings.Cut(action, " ")
		switch {
		case strings.HasPrefix(action, "/*"):
		case action == "else" || action == "end":
			return nodes, action, nil
		case verb == "if" || verb == "with" || verb == "range":
			n := pageNode{isBlock: true, only: verb == "if"}
			if n.slot, err = findSlot(strings.TrimSpace(arg)); err != nil {
				return nil, "", err
			}
			if !n.only && n.slot.each == nil {
				return nil, "", fmt.Errorf("{{%s}}: %s is one value", action, arg)
			}
			if n.body, end, err = c.block(action); err == nil && end == "else" {
				n.orElse, end, err = c.block(action)
			}
			if err != nil {
				return nil, "", err
			}
			if end != "end" {
				return nil, "", fmt.Errorf("{{%s}} ends in {{%s}}", action, end)
			}
			nodes = append(nodes, n)
		default:
			n := pageNode{url: strings.HasSuffix(c.text, `href="`) || strings.HasSuffix(c.text, `action="`)}
			if n.slot, err = findSlot(action); err != nil {
				return nil, "", err
			}
			if n.slot.text == nil {
				return nil, "", fmt.Errorf("{{%s}} is no text", action)
			}
			nodes = append(nodes, n)
		}
	}
}

func appendNodes(dst []byte, nodes []pageNode, s scope) []byte {
	for i := range nodes {
		n := &nodes[i]
		switch {
		case n.slot == nil:
			dst = append(dst, n.text...)
		case !n.isBlock && n.url:
			dst = appendHTML(dst, normalizeURL(n.slot.text(s)))
		case !n.isBlock:
			dst = appendHTML(dst, n.slot.text(s))
		case !n.slot.test(s):
			dst = appendNodes(dst, n.orElse, s)
		case n.only:
			dst = appendNodes(dst, n.body, s)
		default:
			n.slot.each(s, func(inner scope) { dst = appendNodes(dst, n.body, inner) })
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

// normalizeURL percent-encodes what may stand in a URI but is best not put
// into an attribute. An Href has been checked before, and has a safe scheme.
func normalizeURL(s string) string {
	if !strings.ContainsAny(s, "'()") {
		return s
	}
	return strings.NewReplacer("'", "%27", "(", "%28", ")", "%29").Replace(s)
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
	return strings.NewReplacer(" { ", "{", "{ ", "{", " {", "{", "; }", "}", ";} ", "}", "} ", "}", "; ", ";", ": ", ":", ", ", ",").Replace(out)
}
