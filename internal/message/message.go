// Package message reads the sentences of a denial: plain text with holes.
//
//	{name}      the value called name; a list reads "A, B, and C"
//	{name|or}   the same, a list reads "A, B, or C"
//	[...]       shown only where every hole inside has a value
//	{{ and }}   one brace
//
// Brackets with no hole between them are ordinary text, and so are brackets
// inside a group.
package message

import (
	"cmp"
	"fmt"
	"strings"
)

// A Part is a piece of a message: text, or a hole where Name is not empty.
type Part struct {
	Text  string
	Name  string // of the hole
	Or    bool   // the hole's list is a choice
	Group int    // 0, or the number of the optional group it stands in
}

// A Message is a parsed sentence.
type Message struct {
	Parts  []Part
	Groups int
}

// maxGroups bounds the groups of a message, so that one word of bits can say
// which are shown.
const maxGroups = 32

// Parse reads s. The error says at which byte the mistake is.
func Parse(s string) (Message, error) {
	c := cutter{s: s}
	if s != "" {
		c.Parts = make([]Part, 0, 1+2*min(strings.Count(s, "{"), 4))
	}
	groupEnd := -1
	plain := 0 // before this byte, every [ is ordinary text
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case i == groupEnd:
			c.text(i, i+1)
			c.group, groupEnd = 0, -1
		case b == '[' && c.group == 0 && i >= plain:
			length, optional := bracketed(s[i:])
			if !optional {
				plain = i + length
				continue
			}
			c.text(i, i+1)
			if c.Groups++; c.Groups > maxGroups {
				return Message{}, fmt.Errorf("byte %d: more than %d optional groups", i, maxGroups)
			}
			c.group, groupEnd = c.Groups, i+length
		case b == '{' && strings.HasPrefix(s[i+1:], "{"), b == '}' && strings.HasPrefix(s[i+1:], "}"):
			i++
			c.joined = append(c.joined, s[c.start:i]...)
			c.start = i + 1
		case b == '{':
			end := strings.IndexByte(s[i:], '}')
			if end < 0 {
				return Message{}, fmt.Errorf("byte %d: %q is not closed; write {name}, or {{ for a brace", i, s[i:])
			}
			name, or := strings.CutSuffix(s[i+1:i+end], "|or")
			if !IsName(name) {
				return Message{}, fmt.Errorf("byte %d: %q is no placeholder; write {name} in lower case letters, digits and _, or {{ for a brace", i, s[i:i+end+1])
			}
			c.text(i, i+end+1)
			c.add(Part{Name: name, Or: or})
			i += end
		case b == '}':
			return Message{}, fmt.Errorf("byte %d: a } with no {; write }} for a brace", i)
		}
	}
	c.text(len(s), len(s))
	return c.Message, nil
}

// A cutter cuts the parts of a message out of its text, and puts text together
// only where a brace is left out.
type cutter struct {
	Message
	s      string
	start  int    // of the text that is being read
	group  int    // that it stands in
	joined []byte // what of it stands before start
}

// text ends the text before s[end]; the next begins at s[next].
func (c *cutter) text(end, next int) {
	text := c.s[c.start:end]
	if len(c.joined) > 0 {
		text = string(append(c.joined, text...))
		c.joined = nil
	}
	if c.start = next; text != "" {
		c.add(Part{Text: text})
	}
}

func (c *cutter) add(p Part) {
	p.Group = c.group
	c.Parts = append(c.Parts, p)
}

// bracketed returns how far it is from the [ at the start of s to the next ],
// or to the end, and whether there is both a ] and a hole before it.
func bracketed(s string) (length int, optional bool) {
	length = strings.IndexByte(s, ']')
	if length < 0 {
		return len(s), false
	}
	for i := 0; i < length; i++ {
		if s[i] == '{' {
			if s[i+1] != '{' {
				return length, true
			}
			i++
		}
	}
	return length, false
}

// IsName reports whether s can name a value: a lower case letter, then lower
// case letters, digits and underscores.
func IsName(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z':
		case i > 0 && ('0' <= c && c <= '9' || c == '_'):
		default:
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// Whole returns the name where s is nothing but one hole, as in "{scope}".
func Whole(s string) (name string, ok bool) {
	if len(s) < 3 || s[0] != '{' || s[len(s)-1] != '}' {
		return "", false
	}
	name = s[1 : len(s)-1]
	return name, IsName(name)
}

// Names yields the names of the holes, in order, repeats included.
func (m Message) Names(yield func(string) bool) {
	for _, p := range m.Parts {
		if p.Name != "" && !yield(p.Name) {
			return
		}
	}
}

// Expand calls emit for each part that is shown. A hole without a value
// outside of a group shows as an ellipsis; missing is the name of the first that
// did, or "".
func (m Message) Expand(has func(name string) bool, emit func(Part)) (missing string) {
	var hidden uint64
	for _, p := range m.Parts {
		if p.Group > 0 && p.Name != "" && !has(p.Name) {
			hidden |= 1 << p.Group
		}
	}
	for _, p := range m.Parts {
		switch {
		case hidden&(1<<p.Group) != 0:
		case p.Name != "" && !has(p.Name):
			missing = cmp.Or(missing, p.Name)
			emit(Part{Text: "…"})
		default:
			emit(p)
		}
	}
	return missing
}
