package message_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/denial-go/denial/internal/message"
)

type (
	role   string
	roles  []role
	number float32
	wait   time.Duration
)

func TestValues(t *testing.T) {
	noon := time.Date(2026, 11, 21, 12, 0, 0, 5e8, time.FixedZone("", 3600))
	tests := []struct {
		name             string
		in               any
		machine, english string
		why              string
	}{
		{"string", "Editor", "Editor", "Editor", ""},
		{"type made of a string", role("Editor"), "Editor", "Editor", ""},
		{"int", -5, "-5", "-5", ""},
		{"int8", int8(-5), "-5", "-5", ""},
		{"uint64", uint64(math.MaxUint64), "18446744073709551615", "18446744073709551615", ""},
		{"float64", 0.1, "0.1", "0.1", ""},
		{"large float64", 1e21, "1000000000000000000000", "1000000000000000000000", "no exponent: people read it"},
		{"float32", float32(0.1), "0.1", "0.1", "not 0.10000000149011612"},
		{"type made of a float32", number(2.5), "2.5", "2.5", ""},
		{"duration", 5 * time.Minute, "300", "in 5 minutes", ""},
		{"part of a second", 1500 * time.Millisecond, "2", "in 2 seconds", "coming back too early is denied again"},
		{"one second", time.Second, "1", "in 1 second", ""},
		{"no duration", time.Duration(0), "0", "in 0 seconds", "max_age=0 means: sign in now"},
		{"negative duration", -time.Hour, "0", "in 0 seconds", ""},
		{"type made of a duration", wait(time.Second), "1000000000", "1000000000", "nothing tells it from an integer"},
		{"time", noon, "2026-11-21T11:00:00Z", "2026-11-21T11:00:00Z", ""},
		{"list of one", []string{"a"}, "a", "a", ""},
		{"list of two", []string{"a", "b"}, "a b", "a and b", ""},
		{"list of three", []string{"a", "b", "c"}, "a b c", "a, b, and c", ""},
		{"type made of a list", roles{"a", "b"}, "a b", "a and b", ""},

		{"list with an empty item", []string{"", "a", "", "b", ""}, "a b", "a and b", "two spaces are no list of scopes"},
		{"type made of a list, with an empty item", roles{"", "a"}, "a", "a", ""},

		{"nil", nil, "", "", ""},
		{"empty string", "", "", "", "no value hides an optional group"},
		{"empty list", []string{}, "", "", ""},
		{"list of an empty item", []string{""}, "", "", "as from splitting an empty setting"},
		{"list of empty items", []string{"", ""}, "", "", ""},
		{"type made of a list, of an empty item", roles{""}, "", "", ""},
		{"zero time", time.Time{}, "", "", ""},
		{"NaN", math.NaN(), "", "", ""},
		{"infinity", math.Inf(1), "", "", ""},
		{"bool", true, "", "", "a sentence has no place for one"},
		{"pointer", new(string), "", "", ""},
		{"list of numbers", []int{1}, "", "", ""},
		{"map", map[string]string{}, "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			machine, ok := message.Machine(tt.in)
			if machine != tt.machine || ok != (tt.machine != "") {
				t.Errorf("Machine: %q, %v; want %q (%s)", machine, ok, tt.machine, tt.why)
			}
			english, ok := message.English(tt.in, false)
			if english != tt.english || ok != (tt.english != "") {
				t.Errorf("English: %q, %v; want %q (%s)", english, ok, tt.english, tt.why)
			}
		})
	}
}

func TestEnglishChoice(t *testing.T) {
	for want, in := range map[string][]string{"a": {"a"}, "a or b": {"a", "b"}, "a, b, or c": {"a", "b", "c"}} {
		if got, _ := message.English(in, true); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestUnit(t *testing.T) {
	type unit struct {
		N    int64
		Unit string
	}
	for in, want := range map[time.Duration]unit{
		0:                              {0, "second"},
		time.Nanosecond:                {1, "second"},
		59 * time.Second:               {59, "second"},
		time.Minute:                    {1, "minute"},
		61 * time.Second:               {61, "second"},
		90 * time.Second:               {90, "second"},
		91 * time.Second:               {2, "minute"},
		time.Hour:                      {1, "hour"},
		90 * time.Minute:               {90, "minute"},
		90*time.Minute + time.Second:   {2, "hour"},
		24 * time.Hour:                 {1, "day"},
		36 * time.Hour:                 {36, "hour"},
		36*time.Hour + time.Nanosecond: {2, "day"},
		math.MaxInt64:                  {106752, "day"},
	} {
		n, name := message.Unit(in)
		if diff := cmp.Diff(want, unit{n, name}); diff != "" {
			t.Errorf("%v (-want +got):\n%s", in, diff)
		}
	}
}

// Lists are shared between requests, so Plain leaves them as they are; and one
// that it can return as it is costs nothing.
func TestPlainOfLists(t *testing.T) {
	list := []string{"", "a", "", "b"}
	for _, tt := range []struct {
		name string
		in   any
		want any
	}{
		{"some are empty", list, []string{"a", "b"}},
		{"all are empty", []string{"", ""}, []string{}},
		{"none is there", []string{}, []string{}},
		{"nil", []string(nil), []string(nil)},
		{"none is empty", []string{"a", " "}, []string{"a", " "}},
	} {
		if diff := cmp.Diff(tt.want, message.Plain(tt.in)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	if diff := cmp.Diff([]string{"", "a", "", "b"}, list); diff != "" {
		t.Errorf("the list itself (-want +got):\n%s", diff)
	}
	var v any = []string{"a", "b"}
	if n := testing.AllocsPerRun(100, func() { message.Plain(v) }); n != 0 {
		t.Errorf("%v allocations for a list without empty items, want 0", n)
	}
}
