package negotiate_test

import (
	"testing"
)

func TestAcceptRows(t *testing.T) {
	rows := readRows(t, "testdata/accept.txt")
	if len(rows) < 300 {
		t.Errorf("only %d rows", len(rows))
	}
	for _, r := range rows {
		m := mustMediaTypes(t, r.offers...)
		got := "none"
		if i := m.Best(r.lines); i >= 0 {
			got = r.offers[i]
		}
		if got != r.want {
			t.Errorf("testdata/accept.txt:%d: got %s, want %s (%s)", r.line, got, r.want, r.why)
		}
		checkAccept(t, m, r.offers, r.lines)
	}
}
