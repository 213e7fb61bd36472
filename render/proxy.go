package render

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/denial-go/denial/internal/httpfield"
	"github.com/denial-go/denial/problem"
)

// ModifyResponse makes a denial of a bare 401, 403 or 429 that an upstream
// server sent: it fits httputil.ReverseProxy's field of that name. The reason
// is that of [problem.FromResponse]: what the error of a challenge says, such as
// [problem.InsufficientScope], or else [problem.SignInRequired],
// [problem.PolicyDenied] or [problem.RateLimited]. The upstream's challenges and Retry-After are kept as
// they came, also those that only a browser can make sense of, and so are its
// other header fields, cookies among them, but for those that describe the body
// it sent. Inside a page, what can open a password box is left out.
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
	p := problem.FromResponse(resp.StatusCode, resp.Header, nil)
	lines, parsed, boxes := s.handedOn(resp.Header["Www-Authenticate"], in.insidePage())
	p.Challenges = slices.DeleteFunc(parsed, func(c problem.Challenge) bool { return c.Validate() != nil })
	a.passwordBox = boxes
	out := a.render(&in, p)
	if len(lines) > 0 && !(s.noHTTPAuth && resp.StatusCode == http.StatusUnauthorized) {
		out.Header["Www-Authenticate"] = lines
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
	a.denied(req, &in, a.problem)
	a.report()
	return nil
}

// handedOn returns the lines of WWW-Authenticate that a proxy hands on as they
// came (RFC 9110 §11.6.1), also those that we would not send ourselves, the
// challenges in them that can be read, and whether a line can open a password
// box. Inside a page, a line that can is left out.
func (s *site) handedOn(field []string, insidePage bool) (lines []string, parsed []problem.Challenge, boxes bool) {
	// A challenge may go on in the next line; a mistake spoils no other line.
	readable := [][]string{field}
	if _, err := problem.ParseChallenges(field); err != nil {
		readable = slices.Collect(slices.Chunk(field, 1))
	}
	for _, some := range readable {
		cs, err := problem.ParseChallenges(some)
		box := slices.ContainsFunc(cs, s.withheld)
		if err != nil {
			// Of a line that cannot be read, browsers still read the scheme.
			scheme, _, _ := strings.Cut(strings.TrimLeft(some[0], " \t,"), " ")
			if !httpfield.IsToken(scheme) {
				continue
			}
			box = !s.forScripts // there may be another one behind it
		}
		boxes = boxes || box
		parsed = append(parsed, cs...)
		switch {
		case box && insidePage:
			for _, c := range cs {
				if !s.withheld(c) {
					lines = append(lines, c.String())
				}
			}
		case len(cs) > 0 || err != nil:
			lines = append(lines, some...)
		}
	}
	return lines, parsed, boxes
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
