package denyhertz_test

import (
	"testing"

	denyhertz "github.com/denial-go/denial/adapters/hertz"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

func TestStatusReason(t *testing.T) {
	for status := -1; status < 1000; status++ {
		want := status
		switch {
		case problem.StatusText(status) != "":
		case status >= 400 && status < 500:
			want = 400
		default:
			want = 500
		}
		r := denyhertz.StatusReason(status)
		if r.Status() != want {
			t.Errorf("%d gives a reason with status %d, want %d", status, r.Status(), want)
		}
		if denyhertz.StatusReason(status) != r {
			t.Errorf("%d gives another reason each time, which errors.Is cannot find", status)
		}
	}
	// It speaks the reader's language, and says no more than the status.
	deny := render.Must(render.New(render.Config{DefaultLanguage: "de", TypeBase: "/problems/"}))
	v := deny.View(render.Request{}, denyhertz.StatusReason(405))
	if v.Language != "de" || v.Title != v.Phrase || v.Phrase == "Method Not Allowed" || v.Type != "about:blank" || v.Code != "" {
		t.Errorf("405 is told as %q, %q, in %q, with type %q and code %q", v.Title, v.Phrase, v.Language, v.Type, v.Code)
	}
}
