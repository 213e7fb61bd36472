package denymcp_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	denymcp "github.com/denial-go/denial/adapters/mcp"
	"github.com/denial-go/denial/render"
	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"
)

func Example() {
	server := mcp.NewServer(&mcp.Implementation{Name: "files"}, nil)
	handler := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server }, nil)
	verify := func(_ context.Context, token string, _ *http.Request) (*auth.TokenInfo, error) {
		if token != "alice" {
			return nil, auth.ErrInvalidToken
		}
		return &auth.TokenInfo{UserID: "alice", Scopes: []string{"files:read"}, Expiration: time.Now().Add(time.Hour)}, nil
	}

	var deny render.Renderer
	guard := denymcp.RequireBearerToken(&deny, verify, &auth.RequireBearerTokenOptions{
		ResourceMetadataURL: "https://mcp.example.com/.well-known/oauth-protected-resource",
		Scopes:              []string{"files:read", "files:write"},
	})
	mux := http.NewServeMux()
	mux.Handle("/mcp", guard(handler))

	for _, authorization := range []string{"", "Bearer mallory", "Bearer alice"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("POST", "/mcp", nil)
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		mux.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Header().Get("Content-Type"))
		fmt.Println(w.Header().Get("WWW-Authenticate"))
	}
	// Output:
	// 401 application/problem+json
	// Bearer scope="files:read files:write", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource"
	// 401 application/problem+json
	// Bearer error="invalid_token", error_description="The access token is not valid", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource", scope="files:read files:write"
	// 403 application/problem+json
	// Bearer error="insufficient_scope", scope="files:read files:write", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource"
}
