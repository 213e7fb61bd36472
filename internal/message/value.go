package message

import (
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Machine returns the form of v that programs read: lists joined with spaces,
// durations in whole seconds rounded up, times as RFC 3339 in UTC. It reports
// false for a value of a type that a denial cannot carry, and for nothing:
// an empty string, the zero time, or a list without an item (see Plain).
func Machine(v any) (string, bool) {
	switch v := Plain(v).(type) {
	case string:
		return v, v != ""
	case int64:
		return strconv.FormatInt(v, 10), true
	case uint64:
		return strconv.FormatUint(v, 10), true
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return "", false
		}
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case time.Duration:
		return strconv.FormatInt(Seconds(v), 10), true
	case time.Time:
		if v.IsZero() {
			return "", false
		}
		return v.UTC().Format(time.RFC3339), true
	case []string:
		return strings.Join(v, " "), len(v) > 0
	}
	return "", false
}

// Fill returns what s stands for as data for programs: where s is one hole and
// nothing else, the machine form of its value, and false without one; any other
// s as it is.
func Fill(s string, arg func(name string) any) (string, bool) {
	if name, ok := Whole(s); ok {
		return Machine(arg(name))
	}
	return s, true
}

// English returns v as an English sentence shows it, and false where Machine
// would. A duration is how far ahead something is: "in 5 minutes".
func English(v any, or bool) (string, bool) {
	switch v := Plain(v).(type) {
	case time.Duration:
		return relative(v), true
	case []string:
		return list(v, or), len(v) > 0
	default:
		return Machine(v)
	}
}

// Plain turns a value into the type it is made of: string, int64, uint64,
// float64, time.Duration, time.Time or []string. A type of somebody's own that
// is made of time.Duration is an integer to it. Any other value becomes nil.
//
// An empty string in a list is no item of it: a sentence has nothing to show
// for one, and two spaces in a row are no list of scopes. A list without empty
// items is returned as it is, without an allocation; else it is a new one, of
// length 0 where there was nothing else in it.
func Plain(v any) any {
	switch t := v.(type) {
	case string, float64, time.Duration, time.Time, int64, uint64:
		return v
	case []string:
		if slices.Contains(t, "") {
			return slices.DeleteFunc(slices.Clone(t), func(item string) bool { return item == "" })
		}
		return v
	case int:
		return int64(t)
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
		out := make([]string, 0, r.Len())
		for i := range r.Len() {
			if item := r.Index(i).String(); item != "" {
				out = append(out, item)
			}
		}
		return out
	}
	return nil
}

// Seconds rounds d up to whole seconds, so that nobody comes back too early
// (RFC 9110 §10.2.3). A negative duration is 0.
func Seconds(d time.Duration) int64 {
	if d <= 0 {
		return 0
	}
	s := int64(d / time.Second)
	if d%time.Second > 0 {
		s++
	}
	return s
}

func list(items []string, or bool) string {
	word := " and "
	if or {
		word = " or "
	}
	switch n := len(items); n {
	case 0:
		return ""
	case 1:
		return items[0]
	case 2:
		return items[0] + word + items[1]
	default:
		return strings.Join(items[:n-1], ", ") + "," + word + items[n-1]
	}
}

// Unit returns a wait in the largest unit that keeps it exact enough to act on:
// up to 90 seconds, 90 minutes and 36 hours, then days. A whole number of a
// larger unit is told in that: 60 seconds are 1 minute. It rounds up. What
// people read is told so too, by the package cldr, which this one
// must not import: x/text comes with it.
func Unit(d time.Duration) (n int64, unit string) {
	n = Seconds(d)
	if n == 0 || n <= 90 && n%60 != 0 {
		return n, "second"
	}
	if n = (n + 59) / 60; n <= 90 && n%60 != 0 {
		return n, "minute"
	}
	if n = (n + 59) / 60; n <= 36 && n%24 != 0 {
		return n, "hour"
	}
	return (n + 23) / 24, "day"
}

func relative(d time.Duration) string {
	n, unit := Unit(d)
	if n != 1 {
		unit += "s"
	}
	return "in " + strconv.FormatInt(n, 10) + " " + unit
}
