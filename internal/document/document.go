// Package document holds the members of a problem document and writes them as
// JSON in the one order that denial uses (RFC 9457 §3).
package document

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// A Document is a problem document, its texts already in one language.
type Document struct {
	Type, Title            string
	Status                 int // 0 leaves it out
	Detail, Instance, Code string
	Next                   []Step
	Also                   []Document
	Extensions             map[string]any
}

// A Step is one member of "next".
type Step struct {
	Kind, Title, Href, Method, Actor string
	Params                           map[string]string
	Expires                          time.Time // to the second; zero, or outside the years 0 to 9999, is left out
}

// members are the names that a document uses itself; an extension must not
// take them.
var members = [...]string{"type", "title", "status", "detail", "instance", "code", "next", "also"}

// IsMember reports whether name is a member of every problem document.
func IsMember(name string) bool { return slices.Contains(members[:], name) }

// CheckExtension reports why name cannot be an extension member.
func CheckExtension(name string) error {
	if IsMember(name) {
		return fmt.Errorf("problem: extension %q: a problem document has a member of that name; choose another", name)
	}
	if name == "" || !utf8.ValidString(name) {
		return fmt.Errorf("problem: extension %q: no name; use three or more letters, digits and _", name) // RFC 9457 §4
	}
	return nil
}

// AppendJSON appends the document. An extension that cannot be encoded, or
// that is named like a member, is left out and told to fault.
func (d *Document) AppendJSON(dst []byte, fault func(error)) []byte {
	dst = append(dst, `{"type":`...)
	dst = AppendString(dst, d.Type)
	dst = member(dst, "title", d.Title)
	if d.Status != 0 {
		dst = append(dst, `,"status":`...)
		dst = strconv.AppendInt(dst, int64(d.Status), 10)
	}
	dst = member(dst, "detail", d.Detail)
	dst = member(dst, "instance", d.Instance)
	dst = member(dst, "code", d.Code)
	if len(d.Next) > 0 {
		dst = append(dst, `,"next":[`...)
		for i := range d.Next {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = d.Next[i].appendJSON(dst)
		}
		dst = append(dst, ']')
	}
	if len(d.Also) > 0 {
		dst = append(dst, `,"also":[`...)
		for i := range d.Also {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = d.Also[i].AppendJSON(dst, fault)
		}
		dst = append(dst, ']')
	}
	return append(AppendExtensions(dst, d.Extensions, fault), '}')
}

// AppendExtensions appends extension members as they follow the others, each
// after a comma, in the order of their names.
func AppendExtensions(dst []byte, extensions map[string]any, fault func(error)) []byte {
	for _, name := range Names(make([]string, 0, 8), extensions) {
		start := len(dst)
		dst = append(dst, ',')
		dst = AppendString(dst, name)
		dst = append(dst, ':')
		value, err := AppendExtension(dst, name, extensions[name])
		if err != nil {
			if fault != nil {
				fault(err)
			}
			dst = dst[:start]
			continue
		}
		dst = value
	}
	return dst
}

// Names appends the names of extension members in order.
func Names(dst []string, extensions map[string]any) []string {
	for name := range extensions {
		dst = append(dst, name)
	}
	slices.Sort(dst)
	return dst
}

// AppendExtension appends the JSON of an extension member's value. A value whose
// own MarshalJSON panics is an error like any other.
func AppendExtension(dst []byte, name string, v any) (out []byte, err error) {
	if err := CheckExtension(name); err != nil {
		return nil, err
	}
	switch v := v.(type) { // what encoding/json would write
	case string:
		return AppendString(dst, v), nil
	case int:
		return strconv.AppendInt(dst, int64(v), 10), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	}
	value, err := encode(name, v)
	return append(dst, value...), err
}

func encode(name string, v any) (value []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			value, err = nil, fmt.Errorf("problem: extension %q: encoding it panicked: %v", name, r)
		}
	}()
	if value, err = json.Marshal(v); err != nil {
		return nil, fmt.Errorf("problem: extension %q: %w; leave it out or change its type", name, err)
	}
	return value, nil
}

func (s *Step) appendJSON(dst []byte) []byte {
	dst = append(dst, `{"kind":`...)
	dst = AppendString(dst, s.Kind)
	dst = member(dst, "title", s.Title)
	dst = member(dst, "href", s.Href)
	dst = member(dst, "method", s.Method)
	dst = member(dst, "actor", s.Actor)
	if len(s.Params) > 0 {
		dst = append(dst, `,"params":{`...)
		for i, name := range slices.Sorted(maps.Keys(s.Params)) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendString(dst, name)
			dst = append(dst, ':')
			dst = AppendString(dst, s.Params[name])
		}
		dst = append(dst, '}')
	}
	if t := s.Expires.UTC(); !t.IsZero() && t.Year() >= 0 && t.Year() <= 9999 { // RFC 3339 §1: four digits
		dst = member(dst, "expires", t.Format(time.RFC3339))
	}
	return append(dst, '}')
}

// member appends ,"name":"value" unless value is empty.
func member(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	dst = append(dst, ',', '"')
	dst = append(dst, name...)
	dst = append(dst, '"', ':')
	return AppendString(dst, value)
}

// AppendString appends s as a JSON string: see [AppendEscaped].
func AppendString(dst []byte, s string) []byte {
	return append(AppendEscaped(append(dst, '"'), s), '"')
}

// asItIs are the bytes that stand in a string as they are.
var asItIs = func() (set [utf8.RuneSelf]bool) {
	for c := range set {
		set[c] = c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
	}
	return set
}()

// escapes are what stands in a string for the others.
var escapes = func() (all [utf8.RuneSelf]string) {
	for c := range all {
		all[c] = fmt.Sprintf(`\u%04x`, c)
	}
	all['"'], all['\\'] = `\"`, `\\`
	all['\b'], all['\f'], all['\n'], all['\r'], all['\t'] = `\b`, `\f`, `\n`, `\r`, `\t`
	return all
}()

// AppendEscaped appends what stands between the quotes of a JSON string that
// is also safe inside an HTML script element (RFC 9457 appendix C): <, >, &,
// U+2028 and U+2029 are escaped, as encoding/json does. Bytes that are no UTF-8
// become U+FFFD.
func AppendEscaped(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if asItIs[c] {
				i++
				continue
			}
			dst = append(append(dst, s[start:i]...), escapes[c]...)
			i++
			start = i
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			dst = append(dst, s[start:i]...)
			dst = append(dst, `\ufffd`...)
			start = i + n
		case r == '\u2028' || r == '\u2029':
			dst = append(dst, s[start:i]...)
			dst = append(dst, `\u202`...)
			dst = append(dst, hex[r&15])
			start = i + n
		}
		i += n
	}
	return append(dst, s[start:]...)
}
