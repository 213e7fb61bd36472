// Package httpfield holds the parts of HTTP field syntax that several
// packages need: tokens, token68 and quoted strings (RFC 9110 §5.6, §11.2).
package httpfield

// IsTokenByte reports whether c may stand in a token (RFC 9110 §5.6.2).
func IsTokenByte(c byte) bool { return tokenByte[c] }

// IsToken reports whether s is a token: one or more token bytes.
func IsToken(s string) bool { return s != "" && TokenEnd(s, 0) == len(s) }

// TokenEnd returns the index just after the token that starts at s[i]; it is i
// where none starts there.
func TokenEnd(s string, i int) int {
	for i < len(s) && tokenByte[s[i]] {
		i++
	}
	return i
}

// Token68End is TokenEnd for a token68 (RFC 9110 §11.2).
func Token68End(s string, i int) int {
	start := i
	for i < len(s) && token68Byte[s[i]] {
		i++
	}
	if i == start {
		return start
	}
	for i < len(s) && s[i] == '=' {
		i++
	}
	return i
}

// SkipSpace returns the index of the first byte at or after s[i] that is
// neither space nor tab: optional or bad whitespace (RFC 9110 §5.6.3).
func SkipSpace(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i
}

// IsToken68 reports whether s is a token68 (RFC 9110 §11.2): letters, digits
// and -._~+/ followed by any number of equals signs.
func IsToken68(s string) bool { return s != "" && Token68End(s, 0) == len(s) }

// AppendQuoted appends s as a quoted-string (RFC 9110 §5.6.4). Only the quote
// and the backslash are escaped; the caller has refused control characters.
func AppendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' || s[i] == '\\' {
			dst = append(dst, '\\')
		}
		dst = append(dst, s[i])
	}
	return append(dst, '"')
}

// QuotedEnd returns the index just after the quoted-string that starts at
// s[i], or -1 where none starts there, it is not closed, or it holds a control
// character that a quoted-string must not.
func QuotedEnd(s string, i int) int {
	if i >= len(s) || s[i] != '"' {
		return -1
	}
	for i++; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return i + 1
		case c == '\\':
			if i++; i >= len(s) || isControl(s[i]) {
				return -1
			}
		case isControl(c):
			return -1
		}
	}
	return -1
}

// Unquote returns what the quoted-string q, including its quotes, stands for.
// It copies only where there is something to unescape.
func Unquote(q string) string {
	in := q[1 : len(q)-1]
	for i := 0; i < len(in); i++ {
		if in[i] == '\\' {
			out := append(make([]byte, 0, len(in)), in[:i]...)
			for ; i < len(in); i++ {
				if in[i] == '\\' {
					i++
				}
				out = append(out, in[i])
			}
			return string(out)
		}
	}
	return in
}

// IsVisibleASCII reports whether s holds nothing but printable ASCII and
// spaces: what a field value should be made of (RFC 9110 §5.5).
func IsVisibleASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// isControl reports whether c is a control character other than HTAB.
func isControl(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }

var tokenByte, token68Byte = byteSets()

func byteSets() (token, token68 [256]bool) {
	for _, c := range "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" {
		token[c], token68[c] = true, true
	}
	for _, c := range "!#$%&'*+-.^_`|~" {
		token[c] = true
	}
	for _, c := range "-._~+/" {
		token68[c] = true
	}
	return token, token68
}
