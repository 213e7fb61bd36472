// Package message reads the sentences of a denial: plain text with holes.
//
//	{name}      the value called name; a list reads "A, B and C"
//	{name|or}   the same, a list reads "A, B or C"
//	[...]       shown only where every hole inside has a value
//	{{ and }}   one brace
//
// Brackets with no hole between them are ordinary text, and so are brackets
// inside a group.
package message

import (
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
	var m Message
	// Text is cut out of s, and put together only where a brace is left out.
	if s != "" {
		m.Parts = make([]Part, 0, 1+2*min(strings.Count(s, "{"), 4))
	}
	var joined strings.Builder
	start := 0
	group, groupEnd := 0, -1
	plain := 0 // before this byte, every [ is ordinary text
	flush := func(end, next int) {
		text := s[start:end]
		if joined.Len() > 0 {
			joined.WriteString(text)
			text = joined.String()
			joined.Reset()
		}
		if start = next; text != "" {
			m.Parts = append(m.Parts, Part{Text: text, Group: group})
		}
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case i == groupEnd:
			flush(i, i+1)
			group, groupEnd = 0, -1
		case c == '[' && group == 0 && i >= plain:
			length, optional := bracketed(s[i:])
			if !optional {
				plain = i + length
				continue
			}
			flush(i, i+1)
			if m.Groups++; m.Groups > maxGroups {
				return Message{}, fmt.Errorf("byte %d: more than %d optional groups", i, maxGroups)
			}
			group, groupEnd = m.Groups, i+length
		case c == '{' && strings.HasPrefix(s[i+1:], "{"), c == '}' && strings.HasPrefix(s[i+1:], "}"):
			i++
			joined.WriteString(s[start:i])
			start = i + 1
		case c == '{':
			end := strings.IndexByte(s[i:], '}')
			if end < 0 {
				return Message{}, fmt.Errorf("byte %d: %q is not closed; write {name}, or {{ for a brace", i, s[i:])
			}
			name, or := strings.CutSuffix(s[i+1:i+end], "|or")
			if !IsName(name) {
				return Message{}, fmt.Errorf("byte %d: %q is no placeholder; write {name} in lower case letters, digits and _, or {{ for a brace", i, s[i:i+end+1])
			}
			flush(i, i+end+1)
			m.Parts = append(m.Parts, Part{Name: name, Or: or, Group: group})
			i += end
		case c == '}':
			return Message{}, fmt.Errorf("byte %d: a } with no {; write }} for a brace", i)
		}
	}
	flush(len(s), len(s))
	return m, nil
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
// outside of a group shows as an ellipsis; missing reports whether one did.
func (m Message) Expand(has func(name string) bool, emit func(Part)) (missing bool) {
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
			missing = true
			emit(Part{Text: "…"})
		default:
			emit(p)
		}
	}
	return missing
}
