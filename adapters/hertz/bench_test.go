package denyhertz_test

import (
	"net/http"
	"testing"

	"github.com/cloudwego/hertz/pkg/app"

	denyhertz "github.com/denial-go/denial/adapters/hertz"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// requests are what is measured: the fields that a browser and a program send.
var requests = []struct {
	name   string
	err    error
	fields [][2]string
}{
	{"JSON", problem.EmailUnverified, [][2]string{
		{"Host", "example.com"}, {"User-Agent", "curl/8.5.0"}, {"Accept", "application/json"},
		{"Accept-Language", "de-CH, de;q=0.9, en;q=0.8, *;q=0.5"},
	}},
	{"401", problem.SignInRequired, [][2]string{
		{"Host", "example.com"}, {"User-Agent", "curl/8.5.0"}, {"Accept", "*/*"},
	}},
	{"JSON with values", problem.NeedRole("editor"), [][2]string{
		{"Host", "example.com"}, {"User-Agent", "curl/8.5.0"}, {"Accept", "application/json"},
		{"Authorization", "Bearer 2YotnFZFEjr1zCsicMWpAA"},
	}},
	{"HTML", problem.EmailUnverified, [][2]string{
		{"Host", "example.com"},
		{"User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"},
		{"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"},
		{"Accept-Encoding", "gzip, deflate, br, zstd"}, {"Accept-Language", "de-CH, de;q=0.9, en;q=0.8, *;q=0.5"},
		{"Sec-Fetch-Dest", "document"}, {"Sec-Fetch-Mode", "navigate"}, {"Sec-Fetch-Site", "none"},
		{"Cookie", "session=0190a7b26c5e7d3c9f0a2b1c3d4e5f60; theme=dark"},
	}},
	{"multipart", problem.EmailUnverified, [][2]string{
		{"Host", "example.com"}, {"Accept", "multipart/alternative"},
	}},
}

var links = map[problem.StepKind]string{
	problem.SignIn:      "/sign-in?next={return_to}",
	problem.VerifyEmail: "/settings/email?next={return_to}",
}

// BenchmarkRender is what the renderer takes by itself, with the request read
// beforehand.
func BenchmarkRender(b *testing.B) {
	deny := render.Must(render.New(render.Config{Links: links}))
	for _, r := range requests {
		header := make(http.Header)
		for _, f := range r.fields {
			header.Add(f[0], f[1])
		}
		req := render.Request{Method: "GET", Target: "/reports", Header: header}
		b.Run(r.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				deny.Render(req, r.err)
			}
		})
	}
}

// BenchmarkDeny is the same with reading the request of hertz, and with
// writing its response.
func BenchmarkDeny(b *testing.B) {
	deny := render.Must(render.New(render.Config{Links: links}))
	for _, r := range requests {
		ctx := request(r.fields)
		b.Run(r.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ctx.Response.Reset()
				denyhertz.Deny(ctx, deny, r.err)
			}
		})
	}
}

// request returns what a server hands to its handlers.
func request(fields [][2]string) *app.RequestContext {
	ctx := app.NewContext(0)
	ctx.Request.SetRequestURI("/reports")
	for _, f := range fields {
		ctx.Request.Header.Add(f[0], f[1])
	}
	return ctx
}
