package denydetails

import (
	"reflect"
	"strconv"
	"strings"
	"time"
)

// The denial module does both of these in a package that is internal to it,
// which a module with a version of its own must not count on. The tests hold
// the one to the other.

// holes returns the names of the placeholders of a text, {name} and {name|or},
// where a brace is written twice. A text that is none has no placeholders.
func holes(text string) (names []string) {
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c != '{' && c != '}' {
			continue
		}
		if i+1 < len(text) && text[i+1] == c {
			i++
			continue
		}
		end := strings.IndexByte(text[i:], '}')
		if end < 1 {
			return nil // not opened, or not closed
		}
		name, _ := strings.CutSuffix(text[i+1:i+end], "|or")
		if !isName(name) {
			return nil
		}
		names = append(names, name)
		i += end
	}
	return names
}

func isName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if (c < 'a' || c > 'z') && (i == 0 || (c < '0' || c > '9') && c != '_') {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// plain turns a value into the type it is made of: string, int64, uint64,
// float64, time.Duration, time.Time or []string. Any other becomes nil.
func plain(v any) any {
	switch v := v.(type) {
	case time.Duration, time.Time:
		return v
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return r.String()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return r.Uint()
	case reflect.Float64:
		return r.Float()
	case reflect.Float32:
		// The float64 that reads the same: 0.1, not 0.10000000149011612.
		f, _ := strconv.ParseFloat(strconv.FormatFloat(r.Float(), 'g', -1, 32), 64)
		return f
	case reflect.Slice:
		if r.Type().Elem().Kind() != reflect.String {
			return nil
		}
		out := make([]string, r.Len())
		for i := range out {
			out[i] = r.Index(i).String()
		}
		return out
	}
	return nil
}
