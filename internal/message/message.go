// Package message reads the sentences of a denial: plain text with holes.
//
//	{name}      the value called name; a list reads "A, B and C"
//	{name|or}   the same, a list reads "A, B or C"
//	[...]       shown only where every hole inside has a value
//	{{ and }}   one brace
//
// Brackets with no hole between them are ordinary text.
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
	var text strings.Builder
	group, groupEnd := 0, -1
	flush := func() {
		if text.Len() > 0 {
			m.Parts = append(m.Parts, Part{Text: text.String(), Group: group})
			text.Reset()
		}
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case i == groupEnd:
			flush()
			group, groupEnd = 0, -1
		case c == '[' && group == 0 && optional(s[i:]) > 0:
			flush()
			if m.Groups++; m.Groups > maxGroups {
				return Message{}, fmt.Errorf("byte %d: more than %d optional groups", i, maxGroups)
			}
			group, groupEnd = m.Groups, i+optional(s[i:])
		case c == '{' && strings.HasPrefix(s[i+1:], "{"), c == '}' && strings.HasPrefix(s[i+1:], "}"):
			text.WriteByte(c)
			i++
		case c == '{':
			end := strings.IndexByte(s[i:], '}')
			if end < 0 {
				return Message{}, fmt.Errorf("byte %d: %q is not closed; write {name}, or {{ for a brace", i, s[i:])
			}
			name, or := strings.CutSuffix(s[i+1:i+end], "|or")
			if !IsName(name) {
				return Message{}, fmt.Errorf("byte %d: %q is no placeholder; write {name} in lower case letters, digits and _, or {{ for a brace", i, s[i:i+end+1])
			}
			flush()
			m.Parts = append(m.Parts, Part{Name: name, Or: or, Group: group})
			i += end
		case c == '}':
			return Message{}, fmt.Errorf("byte %d: a } with no {; write }} for a brace", i)
		default:
			text.WriteByte(c)
		}
	}
	flush()
	return m, nil
}

// optional returns the index of the ] that closes the group at the start of
// s, or 0 where the brackets hold no hole.
func optional(s string) int {
	end := strings.IndexByte(s, ']')
	if end < 0 {
		return 0
	}
	in := strings.ReplaceAll(s[:end], "{{", "")
	if !strings.Contains(in, "{") {
		return 0
	}
	return end
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
