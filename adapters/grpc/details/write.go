package denydetails

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// MaxBytes is how long the details of one status may be together. Written in
// base64, as gRPC sends them, they leave room for other fields in 8 KiB.
const MaxBytes = 4500

// maxFields is how long the fields of one answer may be together, as HTTP/2
// counts them (RFC 9113 §6.5.2). The rest of the 8 KiB that many peers read is
// for the fields of the application and of proxies.
const maxFields = 7680

// How long texts may be, in bytes. In the message of a status, gRPC writes each
// byte that is not ASCII as three.
const (
	maxMessage   = 500
	shortMessage = 160  // where much of it is not ASCII, and the details are long
	maxValue     = 500  // in the metadata of the ErrorInfo
	maxLocalized = 1500 // enough for scripts with three bytes a letter
)

// A Writer makes details. The zero Writer works.
type Writer struct {
	// Renderer decides and translates; nil is the zero Renderer.
	Renderer *render.Renderer

	// Domain is that of the ErrorInfo: who gave the reason its meaning, such as
	// "reports.example.com". Empty, it is the host of the problem type, or
	// else the service that was called.
	Domain string
}

// An Answer is a denial, ready for a protocol with the codes of google.rpc.
type Answer struct {
	Status  int             // of HTTP
	Code    code.Code       // never OK
	Message string          // for developers, in English, without a cause
	Details []proto.Message // for a denial; nil for an error that is none

	// Header holds WWW-Authenticate or Proxy-Authenticate, a line a challenge,
	// and the further fields of the reason, by their canonical names. gRPC
	// sends them as trailers: see Fit.
	Header http.Header
}

// Fit returns what peers can take that read 8 KiB of header fields, for gRPC,
// which sends all of an answer as such: message, details and Header. Where that
// is too much, the longest lines of Header are left out if the details hold the
// challenges as well. Otherwise details are left out, from the end, and lines
// only where they do not fit beside the ErrorInfo and the LocalizedMessage.
func (a Answer) Fit() Answer {
	bare := a
	bare.Header = nil
	if bare.size() > maxFields {
		a.Message = cut(a.Message, shortMessage) // the LocalizedMessage has more
	}
	floor := min(len(a.Details), 2)
	if holdChallenges(a.Details) {
		floor = len(a.Details)
	}
	least := a
	least.Details = a.Details[:floor]
	for least.size() > maxFields && len(least.Header) > 0 {
		least.Header = withoutLongest(least.Header)
	}
	a.Header = least.Header
	for a.size() > maxFields && len(a.Details) > 2 {
		a.Details = a.Details[:len(a.Details)-1]
	}
	return a
}

// size is how long the fields of the answer are: in base64, each three bytes
// are four, and of the message, some are three.
func (a Answer) size() int {
	const line = 32 // for each, by RFC 9113
	n := len(":status200content-typeapplication/grpcgrpc-status16grpc-messagegrpc-status-details-bin") + 5*line
	escaped := len(a.Message)
	for i := range len(a.Message) {
		if c := a.Message[i]; c < ' ' || c > '~' || c == '%' {
			escaped += 2
		}
	}
	n += escaped
	n += (packedSize(a.Details) + len(a.Message) + 8 + 2) / 3 * 4
	for name, lines := range a.Header {
		for _, value := range lines {
			n += len(name) + len(value) + line
		}
	}
	return n
}

// withoutLongest returns a copy of h without its longest line, and nil where
// there is none.
func withoutLongest(h http.Header) http.Header {
	name, at, most := "", 0, -1
	for _, key := range slices.Sorted(maps.Keys(h)) {
		for i, value := range h[key] {
			if len(value) > most {
				name, at, most = key, i, len(value)
			}
		}
	}
	if most < 0 {
		return nil
	}
	out := maps.Clone(h)
	out[name] = slices.Delete(slices.Clone(h[name]), at, at+1)
	if len(out[name]) == 0 {
		delete(out, name)
	}
	return out
}

// holdChallenges reports whether the challenges of Header are in the details.
func holdChallenges(details []proto.Message) bool {
	for _, d := range details {
		if s, ok := d.(*structpb.Struct); ok {
			return s.GetFields()[structField].GetStructValue().GetFields()["challenges"] != nil
		}
	}
	return false
}

// Write returns the denial that err stands for: see [problem.From]. Service is
// the full name of the service that was called, "" where there is none.
//
// An error that holds no denial is UNKNOWN with the phrase of status 500, as
// package render answers it, and the renderer's OnFault is told: nothing in
// it is known to be fit for a client.
func (w Writer) Write(req render.Request, service string, err error) Answer {
	r := w.Renderer // a nil one works
	p, denied := problem.Find(err)
	// One call of Render decides the header fields and the View from one look
	// at the error, and tells OnFault once.
	seen := catcher{}
	req.Format = &seen
	resp := r.Render(req, err)
	a := Answer{Status: resp.Status, Code: Code(resp.Status), Message: problem.StatusText(resp.Status), Header: fields(p, resp.Header)}
	if !denied {
		if err != nil && a.Status == http.StatusInternalServerError {
			a.Code = code.Code_UNKNOWN
		}
		return a
	}
	v := seen.view
	if v == nil { // the format failed; what is decided stays
		own := r.View(req, err)
		v = &own
	}
	english := v
	if v.Language != "en" {
		other := r.View(render.Request{Method: req.Method, Header: req.Header, Language: "en"}, p)
		english = &other
	}
	a.Message = cut(text(english), maxMessage)
	a.Details = fit(w.details(v, p, &a, seen.document, service, resp.Header.Get("Retry-After")))
	return a
}

// Any packs the details, and leaves out none: they hold nothing that cannot be
// marshaled.
func (a Answer) Any() ([]*anypb.Any, error) {
	var out []*anypb.Any
	for _, d := range a.Details {
		packed := &anypb.Any{}
		// The same denial in the same bytes, for whoever caches or compares.
		if err := anypb.MarshalFrom(packed, d, proto.MarshalOptions{Deterministic: true}); err != nil {
			return nil, fmt.Errorf("denydetails: packing a %s: %w", d.ProtoReflect().Descriptor().FullName(), err)
		}
		out = append(out, packed)
	}
	return out, nil
}

// catcher is a format that writes problem+json and keeps what it was made of.
type catcher struct {
	view     *render.View
	document []byte
}

func (*catcher) MediaType() string { return mediaType }

func (c *catcher) Append(dst []byte, v *render.View) ([]byte, error) {
	body, err := render.JSON.Append(nil, v)
	if err != nil {
		return nil, err
	}
	own := *v
	c.view, c.document = &own, body
	return append(dst, body...), nil
}

const mediaType = "application/problem+json"

// text is what a View says in one sentence or two.
func text(v *render.View) string {
	if v.Detail != "" {
		return v.Detail
	}
	return v.Title
}

// cut makes s valid UTF-8 of at most so many bytes.
func cut(s string, most int) string {
	s = valid(s)
	if len(s) <= most {
		return s
	}
	// Half of a pair that isolates a value would turn the text after it.
	s = isolates.Replace(s)
	if len(s) <= most {
		return s
	}
	const more = "…"
	end := most - len(more)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + more
}

var isolates = strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")

// fields are those of the answer that are not about a body. HTTP/2 has no
// place for some, and gRPC keeps some names to itself.
func fields(p *problem.Problem, h http.Header) http.Header {
	out := http.Header{}
	for _, name := range []string{"Www-Authenticate", "Proxy-Authenticate"} {
		if lines := h[name]; len(lines) > 0 {
			out[name] = lines
		}
	}
	for _, f := range p.Reason.Fields() {
		name := http.CanonicalHeaderKey(f.Name)
		switch name {
		case "Upgrade", "Keep-Alive", "Proxy-Connection", "Te", "Host":
			continue
		}
		if strings.HasPrefix(name, "Grpc-") || strings.HasSuffix(name, "-Bin") {
			continue
		}
		if lines := h[name]; len(lines) > 0 {
			out[name] = lines
		}
	}
	return out
}

func (w Writer) details(v *render.View, p *problem.Problem, a *Answer, document []byte, service, retryAfter string) []proto.Message {
	info := &errdetails.ErrorInfo{
		Reason:   errorReason(v.Code, v.Status),
		Domain:   w.domain(v, service),
		Metadata: map[string]string{},
	}
	put := func(name, value string) {
		if value != "" {
			info.Metadata[name] = cut(value, maxValue)
		}
	}
	used := names(p)
	for name, value := range v.Args {
		if used[name] {
			put(name, value)
		}
	}
	put("code", v.Code)
	put("status", strconv.Itoa(v.Status))
	put("type", v.Type)
	put("instance", v.Instance)
	out := []proto.Message{info, &errdetails.LocalizedMessage{Locale: v.Language, Message: cut(text(v), maxLocalized)}}
	help := &errdetails.Help{}
	for i := range v.Next {
		if s := &v.Next[i]; s.Href != "" {
			help.Links = append(help.Links, &errdetails.Help_Link{Description: valid(s.Title), Url: valid(s.Href)})
		}
	}
	if len(help.Links) > 0 {
		out = append(out, help)
	}
	if seconds, err := strconv.ParseInt(retryAfter, 10, 64); err == nil && seconds > 0 {
		out = append(out, &errdetails.RetryInfo{RetryDelay: durationpb.New(time.Duration(seconds) * time.Second)})
	}
	if document != nil {
		out = append(out, &httpbody.HttpBody{ContentType: mediaType, Data: document})
	}
	own := map[string]any{}
	if lines := challengeLines(a.Header); len(lines) > 0 {
		own["challenges"] = lines
	}
	if !p.Decoded() {
		own["problem"] = source(p, 0)
	}
	if s, err := structpb.NewStruct(map[string]any{structField: own}); err == nil {
		out = append(out, s)
	}
	return out
}

// structField is the one field of the Struct.
const structField = "denial"

func challengeLines(h http.Header) []any {
	var out []any
	for _, name := range []string{"Www-Authenticate", "Proxy-Authenticate"} {
		for _, line := range h[name] {
			out = append(out, line)
		}
	}
	return out
}

func (w Writer) domain(v *render.View, service string) string {
	if w.Domain != "" {
		return w.Domain
	}
	if u, err := url.Parse(v.Type); err == nil && u.Host != "" {
		return u.Hostname()
	}
	return valid(service)
}

// fit leaves out what is too long for a header field, from the end. The
// ErrorInfo stays, and what is left of it is short.
func fit(details []proto.Message) []proto.Message {
	for len(details) > 2 && packedSize(details) > MaxBytes {
		details = details[:len(details)-1]
	}
	if packedSize(details) > MaxBytes {
		info := details[0].(*errdetails.ErrorInfo)
		for name := range info.Metadata {
			switch name {
			case "code", "status", "type", "instance":
			default:
				delete(info.Metadata, name)
			}
		}
	}
	return details
}

// packedSize is at least what the details take in a status.
func packedSize(details []proto.Message) (n int) {
	for _, d := range details {
		n += proto.Size(d) + len(typePrefix) + len(d.ProtoReflect().Descriptor().FullName()) + 10
	}
	return n
}

const typePrefix = "type.googleapis.com/"
