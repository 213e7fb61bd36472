// Package denymcp asks requests to an MCP server for a bearer token, and
// answers those without a good one so that both sides know how to go on.
//
// [RequireBearerToken] takes the place of the SDK's function of that name and
// decides exactly as it does, because it is the SDK's own middleware that
// decides. What changes is the answer:
//
//	guard := denymcp.RequireBearerToken(deny, verify, &auth.RequireBearerTokenOptions{
//		ResourceMetadataURL: "https://mcp.example.com/.well-known/oauth-protected-resource",
//		Scopes:              []string{"files:read"},
//	})
//	mux.Handle("/mcp", guard(handler))
//
// The challenge says what was wrong (error, RFC 6750 §3.1), which scopes are
// needed, and where the metadata of the resource is (RFC 9728 §5.1); a request
// that carried no token is told no error. The body is a denial in the form that
// the client reads. The verifier's errors stay in the logs: the SDK sends their
// text to the client.
//
// Handlers find the token with auth.TokenInfoFromContext, as before.
//
// [RequireScopes] asks single requests for more scopes than the rest need, so
// that clients can step up when they get there.
//
// Answers that the SDK's own handler gives, for an unknown session for
// example, are not touched.
package denymcp
