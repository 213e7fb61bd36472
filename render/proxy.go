package render

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/denial-go/denial/problem"
)

// ModifyResponse makes a denial of a bare 401, 403 or 429 that an upstream
// server sent: it fits httputil.ReverseProxy's field of that name. The reason
// is chosen by status: [problem.SignInRequired], [problem.PolicyDenied] or
// [problem.RateLimited]. The upstream's challenges and Retry-After are kept as
// they came, and so are its other header fields, cookies among them, but for
// those that describe the body it sent.
//
// Bare is a response with no body, or with one for nobody in particular:
// text/plain, text/html, or no type at all. A problem document is left alone,
// and so is any other type, because a program may depend on it. It never
// returns an error.
func (r *Renderer) ModifyResponse(resp *http.Response) error {
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
	default:
		return nil
	}
	if !isBare(resp) {
		return nil
	}
	s := r.get()
	a := answer{site: s}
	req := resp.Request
	if req == nil {
		req = &http.Request{}
	}
	in, fault := s.request(req)
	if fault != nil {
		a.fault(fault)
	}
	upstream := resp.Header["Www-Authenticate"]
	p := problem.FromResponse(resp.StatusCode, resp.Header, nil)
	parsed, err := problem.ParseChallenges(upstream)
	boxes := err != nil || slices.ContainsFunc(parsed, opensPasswordBox)
	asTheyCame := len(parsed) > 0 && err == nil && !(boxes && in.insidePage()) && !(s.noHTTPAuth && resp.StatusCode == http.StatusUnauthorized)
	p.Challenges = slices.DeleteFunc(slices.Clone(parsed), func(c problem.Challenge) bool { return c.Validate() != nil })
	a.passwordBox = boxes
	out := a.render(&in, p)
	if asTheyCame {
		// A proxy hands challenges on as they are (RFC 9110 §11.6.1), also
		// those that we would not send ourselves.
		out.Header["Www-Authenticate"] = slices.Clone(upstream)
	}
	if field := resp.Header["Retry-After"]; len(field) > 0 {
		out.Header["Retry-After"] = slices.Clone(field)
	}
	if resp.Header == nil {
		resp.Header = make(http.Header)
	}
	for _, name := range [...]string{"Content-Encoding", "Content-Security-Policy", "Transfer-Encoding", "Age"} {
		delete(resp.Header, name)
	}
	merge(resp.Header, out)
	if resp.Body != nil {
		resp.Body.Close()
	}
	resp.StatusCode = out.Status
	resp.Status = strconv.Itoa(out.Status) + " " + problem.StatusText(out.Status)
	resp.Body = io.NopCloser(bytes.NewReader(out.Body))
	resp.ContentLength, _ = strconv.ParseInt(out.Header["Content-Length"][0], 10, 64)
	resp.TransferEncoding, resp.Uncompressed, resp.Trailer = nil, false, nil
	a.denied(req, a.problem)
	a.report()
	return nil
}

// isBare reports whether the body is for nobody in particular.
func isBare(resp *http.Response) bool {
	ct := resp.Header.Get("Content-Type")
	if ct == "" || resp.ContentLength == 0 {
		return true
	}
	// Bad parameters do not make another type of it.
	mt, _, _ := strings.Cut(ct, ";")
	mt = strings.ToLower(strings.TrimSpace(mt))
	return mt == "" || mt == "text/plain" || mt == "text/html"
}
