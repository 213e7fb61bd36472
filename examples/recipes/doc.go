// Package recipes shows how denials are wired into what speaks net/http and
// needs no adapter: routers, middleware and proxies. Each file is one recipe,
// made to be copied: it uses nothing of the others but handler.go.
//
// The tests run the suite that adapters pass, on every router.
package recipes
