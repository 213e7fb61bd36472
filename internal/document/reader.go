package document

import (
	"fmt"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// A Reader reads a JSON text (RFC 8259) as strictly as it is defined, and says
// where in it something stands. encoding/json does not say that of members, and
// its decoder is larger than all else that a program needs to write denials.
//
//	r := NewReader(text)
//	r.Object(func(at int, name string) {
//		value := r.Value()
//		...
//	})
//	if err := r.Err(); err != nil {
//
// After a mistake there is nothing more to be read.
type Reader struct {
	src   []byte
	at    int
	depth int
	err   *SyntaxError
}

// NewReader returns a Reader of src, which must not change while it is used.
func NewReader(src []byte) *Reader { return &Reader{src: src} }

// A SyntaxError is the first mistake in a JSON text.
type SyntaxError struct {
	Offset int // of the byte at fault; where something is missing, behind what is there
	Wrong  string
}

// Error says what is wrong, but not where.
func (e *SyntaxError) Error() string { return e.Wrong }

// A Member is one of an object's, in the order of the text. Two may have the
// same name.
type Member struct {
	Name  string
	Value any
}

// A Number is a JSON number as it is written.
type Number string

// ReadJSON reads a whole JSON text. Its value is nil, a bool, a Number, a
// string, a []any or a []Member.
func ReadJSON(src []byte) (any, error) {
	r := NewReader(src)
	v := r.Value()
	if r.err == nil && !r.Done() {
		r.fail(r.at, "there is more after the value")
	}
	if r.err != nil {
		return nil, r.err
	}
	return v, nil
}

// Err returns the mistake that was found, if any.
func (r *Reader) Err() *SyntaxError { return r.err }

// Offset returns where the Reader is.
func (r *Reader) Offset() int { return r.at }

// Next returns the first byte of what is next, and 0 at the end.
func (r *Reader) Next() byte {
	for ; r.at < len(r.src); r.at++ {
		switch c := r.src[r.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// Done reports whether nothing but white space is left.
func (r *Reader) Done() bool { return r.Next() == 0 && r.at >= len(r.src) }

// fail keeps the first mistake. What is missing at the end of a text is missing
// behind the last thing that is there.
func (r *Reader) fail(offset int, wrong string) {
	if r.err != nil {
		return
	}
	if offset >= len(r.src) {
		for offset = len(r.src); offset > 0 && r.src[offset-1] <= ' '; offset-- {
		}
	}
	r.err = &SyntaxError{offset, wrong}
}

// maxDepth is how deep arrays and objects may stand in one another.
const maxDepth = 1000

// list reads what stands in brackets, an item at a time.
func (r *Reader) list(open, end byte, kind string, item func()) {
	if r.err != nil {
		return
	}
	if r.Next() != open {
		r.fail(r.at, "want "+kind)
		return
	}
	if r.depth++; r.depth > maxDepth {
		r.fail(r.at, "arrays and objects are nested too deep")
		return
	}
	r.at++
	for first := true; r.err == nil; first = false {
		switch c := r.Next(); {
		case c == end:
			r.at++
			r.depth--
			return
		case r.Done():
			r.fail(r.at, kind+" is not closed")
		case !first && c != ',':
			r.fail(r.at, "want a comma, or the end of "+kind)
		case !first:
			r.at++
			if r.Next() == end {
				r.fail(r.at, "want one more after the comma; remove the comma behind the last")
				return
			}
			item()
		default:
			item()
		}
	}
}

// Object reads an object. It calls member with the offset and the name of each
// member, whose value is then to be read with Value. Where the colon is missing
// it calls member too, and Value finds nothing.
func (r *Reader) Object(member func(at int, name string)) {
	r.list('{', '}', "the JSON object", func() {
		if r.Next() != '"' {
			r.fail(r.at, "want a member's name, in quotation marks")
			return
		}
		at := r.at
		name := r.text()
		if r.err != nil {
			return
		}
		if r.Next() == ':' {
			r.at++
		} else {
			r.fail(r.at, "expected colon after object key")
		}
		member(at, name)
	})
}

// Value reads a value of any kind: see ReadJSON.
func (r *Reader) Value() any {
	if r.err != nil {
		return nil
	}
	switch c := r.Next(); c {
	case '{':
		members := []Member{}
		r.Object(func(_ int, name string) { members = append(members, Member{name, r.Value()}) })
		return members
	case '[':
		items := []any{}
		r.list('[', ']', "the JSON array", func() { items = append(items, r.Value()) })
		return items
	case '"':
		return r.text()
	case 't':
		r.word("true")
		return true
	case 'f':
		r.word("false")
		return false
	case 'n':
		r.word("null")
		return nil
	default:
		return r.number()
	}
}

func (r *Reader) word(want string) {
	if rest := r.src[r.at:]; len(rest) < len(want) || string(rest[:len(want)]) != want {
		r.fail(r.at, "want a value; text stands in quotation marks")
	}
	r.at += len(want)
}

// number reads a number (RFC 8259 §6).
func (r *Reader) number() Number {
	start := r.at
	digits := func() bool {
		from := r.at
		for r.at < len(r.src) && r.src[r.at]-'0' <= 9 {
			r.at++
		}
		return r.at > from
	}
	take := func(oneOf string) bool {
		for i := range len(oneOf) {
			if r.at < len(r.src) && r.src[r.at] == oneOf[i] {
				r.at++
				return true
			}
		}
		return false
	}
	negative := take("-")
	ok := take("0") || digits()
	if !ok && !negative {
		r.fail(start, "want a value; text stands in quotation marks")
		return ""
	}
	if ok && take(".") {
		ok = digits()
	}
	if ok && take("eE") {
		take("+-")
		ok = digits()
	}
	if !ok {
		r.fail(start, "it is not a number")
		return ""
	}
	return Number(r.src[start:r.at])
}

// text reads a string, from its opening quotation mark.
func (r *Reader) text() string {
	start := r.at
	r.at++
	for r.at < len(r.src) && r.src[r.at] != '"' && r.src[r.at] != '\\' && r.src[r.at] >= ' ' {
		r.at++
	}
	text := r.src[start+1 : r.at]
	if r.at < len(r.src) && r.src[r.at] == '"' {
		r.at++
	} else {
		text = r.escaped(slices.Clone(text))
	}
	if !utf8.Valid(text) { // RFC 8259 §8.1
		r.fail(start, "a string holds bytes that are no UTF-8")
	}
	return string(text)
}

// escaped appends the rest of a string, which has an escape or a mistake.
func (r *Reader) escaped(dst []byte) []byte {
	for r.at < len(r.src) {
		c := r.src[r.at]
		switch {
		case c == '"':
			r.at++
			return dst
		case c < ' ':
			r.fail(r.at, fmt.Sprintf(`a string holds the control character U+%04X; write \u%04[1]x`, c))
			return nil
		case c != '\\':
			dst = append(dst, c)
			r.at++
			continue
		}
		at := r.at
		r.at++
		if r.at == len(r.src) {
			break
		}
		c = r.src[r.at]
		r.at++
		switch c {
		case '"', '\\', '/':
			dst = append(dst, c)
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			char := r.hex()
			if utf16.IsSurrogate(char) {
				low := rune(-1)
				if rest := r.src[r.at:]; len(rest) >= 2 && rest[0] == '\\' && rest[1] == 'u' {
					r.at += 2
					low = r.hex()
				}
				if char = utf16.DecodeRune(char, low); char == utf8.RuneError {
					r.fail(at, "an escape is half of a surrogate pair")
				}
			}
			dst = utf8.AppendRune(dst, char)
		default:
			r.fail(at, `there is no such escape; want \" \\ \/ \b \f \n \r \t or \u with four digits`)
		}
		if r.err != nil {
			return nil
		}
	}
	r.fail(r.at, "a string is not closed")
	return nil
}

// hex reads the four digits of an escape.
func (r *Reader) hex() (char rune) {
	for range 4 {
		c := byte(0)
		if r.at < len(r.src) {
			c = r.src[r.at]
		}
		switch {
		case c-'0' <= 9:
			c -= '0'
		case (c|0x20)-'a' <= 5:
			c = (c | 0x20) - 'a' + 10
		default:
			r.fail(r.at, `\u wants four hexadecimal digits`)
			return 0
		}
		char = char<<4 | rune(c)
		r.at++
	}
	return char
}
