package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestRoutes(t *testing.T) {
	for _, row := range []struct {
		path, accept string
		status       int
		has          string
	}{
		{"/reports", "text/html", http.StatusUnauthorized, `<a href="/sign-in?next=%2Freports">Sign in</a>`},
		{"/reports", "text/html", http.StatusUnauthorized, `<body class="sign-in">`},
		{"/reports", "application/problem+json", http.StatusUnauthorized, `"kind":"sign-in"`},
		{"/editor", "text/html", http.StatusForbidden, `<bdi>editor</bdi>`},
		{"/export", "text/html", http.StatusTooManyRequests, `<body class="wait">`},
	} {
		r := httptest.NewRequest("GET", row.path, nil)
		r.Header.Set("Accept", row.accept)
		w := httptest.NewRecorder()
		routes().ServeHTTP(w, r)
		if w.Code != row.status || !strings.Contains(w.Body.String(), row.has) {
			t.Errorf("%s for %s: status %d; want %d and %s\n%s", row.path, row.accept, w.Code, row.status, row.has, w.Body)
		}
	}
}
