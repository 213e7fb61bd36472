package main

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestRoutes(t *testing.T) {
	for _, row := range []struct {
		path   string
		status int
		says   string // with Accept: text/plain
	}{
		{"/reports", 401, "/sign-in?next=%2Freports"},
		{"/invoices", 403, "/settings/email?next=%2Finvoices"},
		{"/admin", 403, "/access?role=editor"},
		{"/elsewhere", 404, "not-found"},
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", row.path, nil)
		r.Header.Set("Accept", "text/plain")
		routes().ServeHTTP(w, r)
		if w.Code != row.status || !strings.Contains(w.Body.String(), row.says) {
			t.Errorf("%s: status %d, want %d and %q in\n%s", row.path, w.Code, row.status, row.says, w.Body)
		}
	}
}
