package denyecho5

import (
	"net/http"
	"testing"
	"time"

	"github.com/denial-go/denial/problem"
)

// TestStatuses looks at every status that an error could have.
func TestStatuses(t *testing.T) {
	for status := -1; status < 1000; status++ {
		want := status
		if problem.StatusText(status) == "" {
			want = 500
			if status >= 400 && status < 500 {
				want = 400
			}
		}
		r := reason(status)
		if r.Status() != want {
			t.Errorf("reason(%d) has status %d, want %d", status, r.Status(), want)
		}
		if r.Title() == "" {
			t.Errorf("reason(%d) has no title", status)
		}
		if r != reason(status) {
			t.Errorf("reason(%d) is another one each time, and what a renderer keeps for it would grow", status)
		}
	}
}

func TestWait(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		field string
		want  time.Duration
	}{
		{"", 0},
		{"30", 30 * time.Second},
		{" 30 ", 30 * time.Second},
		{"-30", 0},
		{"1.5", 0},
		{"99999999999", 0},
		{"soon", 0},
		{now.Add(time.Hour).Format(http.TimeFormat), time.Hour},
		{now.Add(-time.Hour).Format(http.TimeFormat), 0},
	}
	for _, tt := range tests {
		if got := wait(tt.field, now); got != tt.want {
			t.Errorf("wait(%q) = %v, want %v", tt.field, got, tt.want)
		}
	}
}
