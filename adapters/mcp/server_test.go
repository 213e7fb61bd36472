package denymcp_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	denymcp "github.com/denial-go/denial/adapters/mcp"
	"github.com/denial-go/denial/render"
	"github.com/google/go-cmp/cmp"
	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/modelcontextprotocol/go-sdk/oauthex"
)

// authorizationServer grants whatever is asked for, and remembers it. It is as
// much of OAuth 2.1 as the SDK's client needs.
type authorizationServer struct {
	mu      sync.Mutex
	issuer  string
	codes   map[string]string   // code: scope
	tokens  map[string][]string // token: scopes
	granted []string            // scope of each token, in order
}

func (s *authorizationServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := func(v any) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(v)
	}
	switch {
	case strings.HasPrefix(r.URL.Path, "/.well-known/oauth-authorization-server"):
		answer(map[string]any{
			"issuer":                                s.issuer,
			"authorization_endpoint":                s.issuer + "/authorize",
			"token_endpoint":                        s.issuer + "/token",
			"response_types_supported":              []string{"code"},
			"code_challenge_methods_supported":      []string{"S256"},
			"token_endpoint_auth_methods_supported": []string{"none"},
		})
	case r.URL.Path == "/authorize":
		code := fmt.Sprintf("code-%d", len(s.codes))
		s.codes[code] = r.URL.Query().Get("scope")
		to := r.URL.Query().Get("redirect_uri") + "?" + url.Values{"code": {code}, "state": {r.URL.Query().Get("state")}}.Encode()
		http.Redirect(w, r, to, http.StatusFound)
	case r.URL.Path == "/token":
		scope, ok := s.codes[r.PostFormValue("code")]
		if !ok {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		token := fmt.Sprintf("token-%d", len(s.granted))
		s.tokens[token] = strings.Fields(scope)
		scopes := strings.Fields(scope)
		slices.Sort(scopes) // the client's order is that of a map
		s.granted = append(s.granted, strings.Join(scopes, " "))
		answer(map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": 3600, "scope": scope})
	default:
		http.NotFound(w, r)
	}
}

func (s *authorizationServer) verify(_ context.Context, token string, _ *http.Request) (*auth.TokenInfo, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	scopes, ok := s.tokens[token]
	if !ok {
		return nil, auth.ErrInvalidToken
	}
	return &auth.TokenInfo{UserID: "alice", Scopes: scopes, Expiration: time.Now().Add(time.Hour)}, nil
}

// expire makes every token one that is not known any more.
func (s *authorizationServer) expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

// The SDK's own client signs in, steps up for a tool that needs more, and gets
// a new token once its own is refused. It can do all that because of what the
// challenges say.
func TestClientOfTheSDK(t *testing.T) {
	as := &authorizationServer{codes: map[string]string{}, tokens: map[string][]string{}}
	as.issuer = serve(t, as).URL

	server := mcp.NewServer(&mcp.Implementation{Name: "files"}, nil)
	type none struct{}
	type output struct {
		User   string   `json:"user"`
		Scopes []string `json:"scopes"`
	}
	tool := func(_ context.Context, req *mcp.CallToolRequest, _ none) (*mcp.CallToolResult, output, error) {
		info := req.Extra.TokenInfo
		if info == nil {
			t.Error("the tool gets no TokenInfo")
			return nil, output{}, nil
		}
		return nil, output{User: info.UserID, Scopes: info.Scopes}, nil
	}
	mcp.AddTool(server, &mcp.Tool{Name: "list"}, tool)
	mcp.AddTool(server, &mcp.Tool{Name: "delete"}, tool)
	handler := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server }, nil)

	mux := http.NewServeMux()
	site := serve(t, mux)
	opts := &auth.RequireBearerTokenOptions{
		ResourceMetadataURL: site.URL + "/metadata/of/mcp", // not where a client would guess
		Scopes:              []string{"files:read"},
	}
	var mu sync.Mutex
	var refused []string
	deny := render.Must(render.New(render.Config{OnFault: func(err error) { t.Error(err) }}))
	guard := denymcp.RequireBearerToken(deny, as.verify, opts)
	scopes := denymcp.RequireScopes(deny, opts, func(r *http.Request) []string {
		if r.Header.Get("X-Dangerous") != "" {
			return []string{"files:write"}
		}
		return nil
	})
	mux.Handle("/mcp", watch(guard(scopes(handler)), func(status int, h http.Header) {
		mu.Lock()
		defer mu.Unlock()
		if status >= 400 {
			c, err := oauthex.ParseWWWAuthenticate(h.Values("WWW-Authenticate"))
			if err != nil || len(c) != 1 {
				t.Errorf("%v: %v", h, err)
				return
			}
			refused = append(refused, fmt.Sprint(status, " ", slices.Sorted(maps.Keys(c[0].Params)), " ", c[0].Params["scope"]))
		}
	}))
	mux.Handle("/metadata/of/mcp", auth.ProtectedResourceMetadataHandler(&oauthex.ProtectedResourceMetadata{
		Resource:             site.URL + "/mcp",
		AuthorizationServers: []string{as.issuer},
	}))

	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	oauth, err := auth.NewAuthorizationCodeHandler(&auth.AuthorizationCodeHandlerConfig{
		PreregisteredClient: &oauthex.ClientCredentials{ClientID: "test"},
		RedirectURL:         "http://127.0.0.1/callback",
		AuthorizationCodeFetcher: func(ctx context.Context, args *auth.AuthorizationArgs) (*auth.AuthorizationResult, error) {
			req, err := http.NewRequestWithContext(ctx, "GET", args.URL, nil)
			if err != nil {
				return nil, err
			}
			resp, err := browser.Do(req)
			if err != nil {
				return nil, err
			}
			defer resp.Body.Close()
			to, err := resp.Location()
			if err != nil {
				return nil, err
			}
			return &auth.AuthorizationResult{Code: to.Query().Get("code"), State: to.Query().Get("state")}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	dangerous := &headerTransport{}
	client := mcp.NewClient(&mcp.Implementation{Name: "test"}, nil)
	session, err := client.Connect(t.Context(), &mcp.StreamableClientTransport{
		Endpoint:             site.URL + "/mcp",
		HTTPClient:           &http.Client{Transport: dangerous},
		OAuthHandler:         oauth,
		DisableStandaloneSSE: true,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()

	call := func(name string) []string {
		t.Helper()
		result, err := session.CallTool(t.Context(), &mcp.CallToolParams{Name: name, Arguments: map[string]any{}})
		if err != nil {
			t.Fatalf("tool %s: %v", name, err)
		}
		text, err := json.Marshal(result.StructuredContent)
		if err != nil {
			t.Fatal(err)
		}
		var out output
		if err := json.Unmarshal(text, &out); err != nil || out.User != "alice" {
			t.Fatalf("tool %s: %s, %v", name, text, err)
		}
		slices.Sort(out.Scopes)
		return out.Scopes
	}
	if diff := cmp.Diff([]string{"files:read"}, call("list")); diff != "" {
		t.Errorf("scopes of the first token (-want +got):\n%s", diff)
	}
	dangerous.set("X-Dangerous", "1")
	if diff := cmp.Diff([]string{"files:read", "files:write"}, call("delete")); diff != "" {
		t.Errorf("scopes after the step up (-want +got):\n%s", diff)
	}
	dangerous.set("X-Dangerous", "")
	as.expire()
	call("list")

	mu.Lock()
	defer mu.Unlock()
	want := []string{
		"401 [resource_metadata scope] files:read",
		"403 [error resource_metadata scope] files:read files:write",
		"401 [error error_description resource_metadata scope] files:read",
	}
	if diff := cmp.Diff(want, refused); diff != "" {
		t.Errorf("refused (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"files:read", "files:read files:write", "files:read files:write"}, as.granted); diff != "" {
		t.Errorf("granted (-want +got):\n%s", diff)
	}
}

// watch tells what a handler answers. It keeps what the SDK needs to stream.
func watch(next http.Handler, tell func(int, http.Header)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&watcher{w, tell}, r)
	})
}

type watcher struct {
	http.ResponseWriter
	tell func(int, http.Header)
}

func (w *watcher) WriteHeader(status int) {
	w.tell(status, w.Header())
	w.ResponseWriter.WriteHeader(status)
}

func (w *watcher) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *watcher) Flush() { http.NewResponseController(w.ResponseWriter).Flush() }

// headerTransport adds one field to each request.
type headerTransport struct {
	mu          sync.Mutex
	name, value string
}

func (h *headerTransport) set(name, value string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.name, h.value = name, value
}

func (h *headerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	h.mu.Lock()
	name, value := h.name, h.value
	h.mu.Unlock()
	if value != "" {
		r = r.Clone(r.Context())
		r.Header.Set(name, value)
	}
	return http.DefaultTransport.RoundTrip(r)
}
