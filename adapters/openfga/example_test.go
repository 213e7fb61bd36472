package denyopenfga_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	denyopenfga "github.com/denial-go/denial/adapters/openfga"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	"github.com/openfga/go-sdk/client"
)

func Example() {
	// It stands for OpenFGA, and lets Anne in.
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, r.ContentLength)
		r.Body.Read(body)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"allowed":%t}`, strings.Contains(string(body), "user:anne"))
	}))
	defer server.Close()
	fga, err := client.NewSdkClient(&client.ClientConfiguration{ApiUrl: server.URL, StoreId: "01ARZ3NDEKTSV4RRFFQ69G5FAV"})
	if err != nil {
		panic(err)
	}

	var deny render.Renderer
	viewer := denyopenfga.Options{Denied: problem.NotOwner}
	documents := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, _, _ := r.BasicAuth()
		check := fga.Check(r.Context()).Body(client.ClientCheckRequest{User: "user:" + user, Relation: "viewer", Object: "document:7"})
		if err := viewer.Denial(check.Execute()); err != nil {
			deny.Write(w, r, err)
			return
		}
		fmt.Fprintln(w, "the document")
	})

	for _, user := range []string{"anne", "bob"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/documents/7", nil)
		r.Header.Set("Accept", "text/plain")
		r.SetBasicAuth(user, "")
		documents.ServeHTTP(w, r)
		fmt.Printf("%d %s\n", w.Code, w.Body)
	}
	// Output:
	// 200 the document
	//
	// 403 This belongs to somebody else
	// Only the owner, and people invited by the owner, have access. Ask the owner for access.
	//
	// What you can do
	// - Ask for access
	// - Contact the owner
	//
	// 403 Forbidden (not-owner)
}
