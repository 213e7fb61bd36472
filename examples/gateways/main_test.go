package main

import (
	"errors"
	"net/http/httptest"
	"testing"

	"github.com/denial-go/denial/problem"
)

func TestRule(t *testing.T) {
	for _, row := range []struct {
		path, cookie string
		want         error
	}{
		{"/public/sign-in", "", nil},
		{"/reports", "", problem.SignInRequired},
		{"/reports", "session=1", nil},
		{"/admin/users", "", problem.SignInRequired},
		{"/admin/users", "session=1", problem.RoleMissing},
		{"/ADMIN/users", "session=1", problem.RoleMissing},
		{"/internal/metrics", "session=1", problem.PolicyDenied},
	} {
		r := httptest.NewRequest("GET", row.path, nil)
		if row.cookie != "" {
			r.Header.Set("Cookie", row.cookie)
		}
		if got := rule(r); !errors.Is(got, row.want) {
			t.Errorf("%s with cookie %q: %v, want %v", row.path, row.cookie, got, row.want)
		}
		w := httptest.NewRecorder()
		service(w, r)
		want := 200
		if row.want != nil {
			want = problem.From(row.want).Reason.Status()
		}
		if w.Code != want {
			t.Errorf("%s with cookie %q: the service that denies by itself answers %d, want %d", row.path, row.cookie, w.Code, want)
		}
	}
}
