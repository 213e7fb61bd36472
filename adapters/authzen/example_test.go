package denyauthzen_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	denyauthzen "github.com/denial-go/denial/adapters/authzen"
	"github.com/denial-go/denial/render"
)

func Example() {
	// It stands for a policy decision point.
	pdp := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"decision": false, "context": {
			"reason": "approval_required",
			"reason_admin": {"en": "policy C076E82F failed"},
			"reason_user": {"en": "Contracts of this year need the consent of the owner."},
			"access_request": {
				"form_url": "https://requests.example.com/forms/7",
				"expires_at": "2999-04-30T20:25:00Z"
			}
		}}`)
	}))
	defer pdp.Close()

	var deny render.Renderer
	contracts := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question := strings.NewReader(`{"subject": {"type": "user", "id": "alice"}, "action": {"name": "can_read"}, "resource": {"type": "contract", "id": "7"}}`)
		if err := denyauthzen.Denial(http.Post(pdp.URL+"/access/v1/evaluation", "application/json", question)); err != nil {
			deny.Write(w, r, err)
			return
		}
		fmt.Fprintln(w, "the contract")
	})

	w := httptest.NewRecorder()
	r := httptest.NewRequest("GET", "/contracts/7", nil)
	r.Header.Set("Accept", "text/plain")
	contracts.ServeHTTP(w, r)
	fmt.Printf("%d %s\n", w.Code, w.Body)
	// Output:
	// 403 Approval needed
	// Contracts of this year need the consent of the owner.
	//
	// What you can do
	// - Ask for access: https://requests.example.com/forms/7
	//   expires_at: 2999-04-30T20:25:00Z
	//
	// 403 Forbidden (approval-required)
}
