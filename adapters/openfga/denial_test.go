package denyopenfga_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	denyopenfga "github.com/denial-go/denial/adapters/openfga"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
	openfga "github.com/openfga/go-sdk"
	"github.com/openfga/go-sdk/client"
)

const store, modelID = "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAW"

// newClient returns a client of a server that answers every check so.
func newClient(t *testing.T, status int, body string) *client.OpenFgaClient {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/stores/"+store+"/check" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return clientFor(t, server.URL)
}

func clientFor(t *testing.T, url string) *client.OpenFgaClient {
	t.Helper()
	c, err := client.NewSdkClient(&client.ClientConfiguration{
		ApiUrl: url, StoreId: store, AuthorizationModelId: modelID,
		RetryParams: &openfga.RetryParams{MaxRetry: 1, MinWaitInMs: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var question = client.ClientCheckRequest{User: "user:anne", Relation: "viewer", Object: "document:7"}

// Each row is what the SDK makes of an answer over HTTP.
func TestDenial(t *testing.T) {
	owner := denyopenfga.Options{Denied: problem.NotOwner}
	for _, row := range []struct {
		name    string
		options denyopenfga.Options
		status  int
		body    string
		want    error // nil: allowed
	}{
		{"yes", denyopenfga.Options{}, 200, `{"allowed":true}`, nil},
		{"yes, with options", owner, 200, `{"allowed":true,"resolution":""}`, nil},
		{"no", denyopenfga.Options{}, 200, `{"allowed":false,"resolution":"internal"}`, problem.PolicyDenied},
		{"no, and what that means", owner, 200, `{"allowed":false}`, problem.NotOwner},
		{"no, hidden", denyopenfga.Options{Denied: problem.Cloak(problem.NotOwner)}, 200, `{"allowed":false}`, problem.NotFound},
		{"neither yes nor no", owner, 200, `{}`, problem.NotOwner},
		{"null", owner, 200, `{"allowed":null}`, problem.NotOwner},
		{"a word", owner, 200, `{"allowed":"true"}`, problem.Overloaded},
		{"no JSON", owner, 200, `internal`, problem.Overloaded},
		{"an empty body is what the SDK takes for an empty answer", owner, 200, ``, problem.NotOwner},
		{"yes, but as an error", owner, 500, `{"allowed":true}`, problem.Overloaded},
		{"the check is wrong", owner, 400, `{"code":"validation_error","message":"internal: relation not found"}`, problem.PolicyDenied},
		{"our own credentials are wrong", owner, 401, `{"code":"unauthenticated","message":"internal"}`, problem.Overloaded},
		{"not for us", owner, 403, `{"code":"forbidden","message":"internal"}`, problem.Overloaded},
		{"no such store", owner, 404, `{"code":"store_id_not_found","message":"internal"}`, problem.Overloaded},
		{"too many checks", owner, 429, `{"code":"rate_limit_exceeded","message":"internal"}`, problem.Overloaded},
		{"OpenFGA fails", owner, 503, `internal`, problem.Overloaded},
	} {
		t.Run(row.name, func(t *testing.T) {
			fga := newClient(t, row.status, row.body)
			check(t, row.options.Denial(fga.Check(t.Context()).Body(question).Execute()), row.want)
		})
	}

	t.Run("out of reach", func(t *testing.T) {
		server := httptest.NewServer(http.NotFoundHandler())
		server.Close()
		fga := clientFor(t, server.URL)
		check(t, owner.Denial(fga.Check(t.Context()).Body(question).Execute()), problem.Overloaded)
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		fga := newClient(t, 200, `{"allowed":true}`)
		check(t, owner.Denial(fga.Check(ctx).Body(question).Execute()), problem.Overloaded)
	})
	t.Run("a store that cannot be", func(t *testing.T) {
		fga := newClient(t, 200, `{"allowed":true}`)
		bad := "no ULID"
		check(t, owner.Denial(fga.Check(t.Context()).Body(question).Options(client.ClientCheckOptions{StoreId: &bad}).Execute()), problem.PolicyDenied)
	})
	t.Run("a batch", func(t *testing.T) {
		fga := newClient(t, 400, `{"code":"validation_error","message":"internal"}`)
		answers, err := fga.BatchCheck(t.Context()).Body(client.ClientBatchCheckBody{question, question}).Execute()
		if err != nil || len(*answers) != 2 {
			t.Fatal(answers, err)
		}
		for _, a := range *answers {
			check(t, owner.Denial(&a.ClientCheckResponse, a.Error), problem.PolicyDenied)
		}
	})
}

func TestFailsClosed(t *testing.T) {
	var typed *problem.Problem
	yes := &client.ClientCheckResponse{}
	yes.SetAllowed(true)
	no := &client.ClientCheckResponse{}
	cycle := &loop{}
	cycle.err = cycle
	for _, row := range []struct {
		name string
		got  error
		want error
	}{
		{"nil and nil", denyopenfga.Denial(nil, nil), problem.Overloaded},
		{"nil and an error", denyopenfga.Denial(nil, errors.New("internal")), problem.Overloaded},
		{"yes and an error", denyopenfga.Denial(yes, errors.New("internal")), problem.Overloaded},
		{"yes and a problem that is a typed nil", denyopenfga.Denial(yes, typed), problem.Overloaded},
		{"yes and a reason", denyopenfga.Denial(yes, problem.Maintenance), problem.Maintenance},
		{"a check that is wrong, wrapped", denyopenfga.Denial(yes, fmt.Errorf("check: %w", client.FgaInvalidError{})), problem.PolicyDenied},
		{"a nil pointer whose Unwrap panics", denyopenfga.Denial(yes, fmt.Errorf("check: %w", (*loop)(nil))), problem.Overloaded},
		{"one beside a check that is wrong", denyopenfga.Denial(yes, errors.Join((*loop)(nil), client.FgaRequiredParamError{})), problem.PolicyDenied},
		{"a cycle", denyopenfga.Denial(yes, cycle), problem.Overloaded},
		{"the zero answer", denyopenfga.Denial(no, nil), problem.PolicyDenied},
		{"Denied is a typed nil", denyopenfga.Options{Denied: typed}.Denial(no, nil), problem.PolicyDenied},
		{"Denied holds no reason", denyopenfga.Options{Denied: errors.New("internal")}.Denial(no, nil), problem.PolicyDenied},
	} {
		t.Run(row.name, func(t *testing.T) { check(t, row.got, row.want) })
	}
	check(t, denyopenfga.Denial(yes, nil), nil)
	if got := denyopenfga.Denial(nil, context.Canceled); !errors.Is(got, context.Canceled) {
		t.Errorf("the cause is lost: %v", got)
	}
}

type loop struct{ err error }

func (l *loop) Error() string { return "internal" }
func (l *loop) Unwrap() error { return l.err }

func check(t *testing.T, got, want error) {
	t.Helper()
	if want == nil {
		if got != nil {
			t.Errorf("an allowed request is denied: %v", got)
		}
		return
	}
	if got == nil {
		t.Fatal("let through")
	}
	if p := problem.From(got); p.Reason != want {
		t.Fatalf("got %v, want %v", got, want)
	}
	var deny render.Renderer
	for _, accept := range []string{"application/json", "text/html"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept", accept)
		deny.Write(w, r, got)
		if w.Code < 400 || w.Code == 500 || strings.Contains(w.Body.String(), "internal") {
			t.Errorf("status %d:\n%s", w.Code, w.Body)
		}
	}
}

func FuzzDenial(f *testing.F) {
	for _, body := range []string{`{"allowed":true}`, `{"allowed":false}`, `{}`, `null`, `[]`, `{"allowed":"true"}`, `{"Allowed":true}`, `{"allowed":1}`} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var resp client.ClientCheckResponse
		err := json.Unmarshal([]byte(body), &resp.CheckResponse)
		got := denyopenfga.Denial(&resp, err)
		if allowed := err == nil && resp.Allowed != nil && *resp.Allowed; allowed != (got == nil) {
			t.Errorf("%s: %v", body, got)
		}
	})
}
