package denydetails_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	denydetails "github.com/denial-go/denial/adapters/grpc/details"
	"github.com/denial-go/denial/internal/message"
	"github.com/denial-go/denial/problem"
)

// What has a placeholder is what the denial module says has one.
func FuzzHoles(f *testing.F) {
	for _, s := range []string{
		"", "You need {role}.", "Try again[ {retry_after}].", "{a|or}", "{{x}}", "{{{x}}}", "[a]", "[{a}", "{na]me}", "}{", "{", "}", "a } b", "{a} }", "{}", "{A}", "{1}", "{a_1}",
		"{a|and}", "{a|or|or}", "{ä}", "\xff{a}", "{" + strings.Repeat("a", 64) + "}", "{" + strings.Repeat("a", 65) + "}", "{a{b}}", "{{a}", "{a}}}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Count(s, "[") > 32 {
			return // a sentence has 32 groups at most, which is no matter here
		}
		var want []string
		if m, err := message.Parse(s); err == nil {
			want = slices.Collect(m.Names)
		}
		if diff := cmp.Diff(want, denydetails.Holes(s)); diff != "" {
			t.Errorf("%q (-message.Parse +holes):\n%s", s, diff)
		}
	})
}

func TestPlain(t *testing.T) {
	type (
		text  string
		wait  time.Duration
		texts []text
	)
	for _, v := range []any{
		nil, "a", text("a"), 7, int8(-7), int64(math.MinInt64), uint8(7), uint64(math.MaxUint64), 0.5, float32(0.1), math.Inf(1), time.Minute, wait(time.Minute),
		time.Unix(1, 0), []string{"a", "b"}, texts{"a"}, []text{}, []int{1}, true, struct{}{}, new("a"), problem.StepKind("x"), (*int)(nil), map[string]int{}, [1]string{"a"},
	} {
		if diff := cmp.Diff(message.Plain(v), denydetails.Plain(v)); diff != "" {
			t.Errorf("%T %v (-message.Plain +plain):\n%s", v, v, diff)
		}
	}
}
