package problem_test

import (
	"net/http"
	"testing"

	"github.com/denial-go/denial/problem"
)

// Where net/http keeps the words of an older RFC, or knows a code that must
// not be sent.
var otherWords = map[int]string{
	413: "Content Too Large",     // RFC 9110 §15.5.14
	414: "URI Too Long",          // RFC 9110 §15.5.15
	416: "Range Not Satisfiable", // RFC 9110 §15.5.17
	418: "",                      // RFC 9110 §15.5.19: unused
	422: "Unprocessable Content", // RFC 9110 §15.5.21
	510: "",                      // registered as obsolete
}

func TestStatusText(t *testing.T) {
	for status := -1; status < 1000; status++ {
		want, ok := otherWords[status]
		if !ok && status >= 400 {
			want = http.StatusText(status)
		}
		if got := problem.StatusText(status); got != want {
			t.Errorf("StatusText(%d) = %q, want %q", status, got, want)
		}
	}
}
