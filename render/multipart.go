package render

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
)

type multipartFormat struct{}

func (multipartFormat) MediaType() string { return "multipart/alternative" }

// boundary has characters that no built-in format leaves as they are at the
// start of a line; a page of the application's own could hold anything.
const (
	boundary     = "=_denial_part_=" + boundaryTail
	boundaryTail = "_7f1b"
)

// Append writes the plainest part first and the best last (RFC 2046 §5.1.4).
func (multipartFormat) Append(dst []byte, v *View) ([]byte, error) {
	formats := [...]Format{Text, HTML, JSON}
	var bodies [len(formats)][]byte
	for i, f := range formats {
		body, err := f.Append(nil, v)
		if err != nil {
			return dst, err
		}
		bodies[i] = body
	}
	delimiter := "--" + freeBoundary(bodies[:])
	for i, f := range formats {
		dst = append(dst, delimiter...)
		dst = append(dst, "\r\nContent-Type: "...)
		dst = append(dst, contentType(f.MediaType(), nil)...)
		if v.Language != "" {
			dst = append(dst, "\r\nContent-Language: "...)
			dst = append(dst, v.Language...)
		}
		dst = append(dst, "\r\n\r\n"...)
		dst = append(dst, bodies[i]...)
		dst = append(dst, "\r\n"...)
	}
	dst = append(dst, delimiter...)
	return append(dst, "--\r\n"...), nil
}

// freeBoundary returns a boundary that is in none of the bodies.
func freeBoundary(bodies [][]byte) string {
	if !holds(bodies, boundary) {
		return boundary
	}
	// Whoever wrote the bodies could not know this of them.
	h := sha256.New()
	for _, body := range bodies {
		h.Write(body)
	}
	return boundary + hex.EncodeToString(h.Sum(nil)[:16])
}

func holds(bodies [][]byte, s string) bool {
	for _, body := range bodies {
		if bytes.Contains(body, []byte(s)) {
			return true
		}
	}
	return false
}
