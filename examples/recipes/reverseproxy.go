package recipes

import (
	"net/http"
	"net/http/httputil"
	"net/url"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// ReverseProxy makes denials of the bare 401, 403 and 429 of a server behind
// it, with the challenges that this server sent, and of its absence.
func ReverseProxy(deny *render.Renderer, upstream *url.URL) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(upstream)
			r.SetXForwarded()
		},
		ModifyResponse: deny.ModifyResponse,
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			denied := problem.ForStatus(http.StatusBadGateway).Because(err)
			denied.Next = []problem.NextStep{{Kind: problem.Retry}}
			deny.Write(w, r, denied)
		},
	}
}
