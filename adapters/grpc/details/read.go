package denydetails

import (
	"bytes"
	"encoding/json"
	"mime"
	"strconv"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/denial-go/denial/problem"
)

// A Denial is one that was read from the details of a status.
type Denial struct {
	// Problem is the denial as the service said it, in the language that it
	// chose: see problem.Set.Decode. Challenges, RetryAfter and Args are those
	// of the service as well.
	Problem *problem.Problem

	// Own is the same denial as the service's application made it, with the
	// program's own Reason, to be rendered anew for another request. It is nil
	// where the program does not know the reason, or the details are not from
	// Writer.
	Own *problem.Problem
}

// Forward returns what to answer where the denial is handed on: Own, or else
// Problem.
func (d Denial) Forward() *problem.Problem {
	if d.Own != nil {
		return d.Own
	}
	return d.Problem
}

// Read finds a denial among the details of a status, and reports whether there
// is one. Known may be nil: then no reason is known, and each comes with the
// code of the document.
//
// A denial is a problem+json document in a google.api.HttpBody, or an ErrorInfo
// whose metadata has a code that its reason was made of. A detail that is
// broken, unknown or comes a second time is left out; whether the call failed
// is for the status to say, never for the details. The texts are data, as those
// of [problem.Decode].
func Read(known *problem.Set, details []*anypb.Any) (Denial, bool) {
	var info *errdetails.ErrorInfo
	var local *errdetails.LocalizedMessage
	var retry *errdetails.RetryInfo
	var body *httpbody.HttpBody
	var own *structpb.Struct
	for _, d := range details {
		switch d.MessageName() {
		case "google.rpc.ErrorInfo":
			unpack(d, &info)
		case "google.rpc.LocalizedMessage":
			unpack(d, &local)
		case "google.rpc.RetryInfo":
			unpack(d, &retry)
		case "google.api.HttpBody":
			unpack(d, &body)
		case "google.protobuf.Struct":
			unpack(d, &own)
		}
	}
	code := info.GetMetadata()["code"]
	if code != "" && errorReason(code, 0) != info.GetReason() {
		code = "" // somebody else's ErrorInfo
	}
	var p *problem.Problem
	whole := false
	if t, _, _ := mime.ParseMediaType(body.GetContentType()); t == mediaType {
		if q, err := known.Decode(body.GetContentType(), bytes.NewReader(body.GetData())); err == nil && (code == "" || q.Reason.Code() == code) {
			p, whole = q, true
		}
	}
	if p == nil && code != "" {
		p = fromInfo(known, info, local)
	}
	if p == nil {
		return Denial{}, false
	}
	if delay := retry.GetRetryDelay(); delay != nil && delay.IsValid() {
		p.RetryAfter = max(delay.AsDuration(), 0)
	}
	d := Denial{Problem: p}
	m, _ := own.AsMap()[structField].(map[string]any)
	if lines, ok := m["challenges"].([]any); ok {
		p.Challenges = parseLines(lines)
	}
	if whole {
		if d.Own = restore(known, p, m["problem"]); d.Own != nil {
			d.Own.Challenges = p.Challenges
			p.Args = d.Own.Args
		}
	}
	return d, true
}

// unpack sets into to the first detail of its type that can be read.
func unpack[M interface {
	*T
	proto.Message
}, T any](d *anypb.Any, into *M) {
	if *into != nil {
		return
	}
	m := M(new(T))
	if proto.Unmarshal(d.GetValue(), m) == nil {
		*into = m
	}
}

// fromInfo makes a Problem of what an ErrorInfo says.
func fromInfo(known *problem.Set, info *errdetails.ErrorInfo, local *errdetails.LocalizedMessage) *problem.Problem {
	doc := map[string]any{"code": info.Metadata["code"]}
	for _, name := range []string{"type", "instance"} {
		if value := info.Metadata[name]; value != "" {
			doc[name] = value
		}
	}
	if status, err := strconv.Atoi(info.Metadata["status"]); err == nil {
		doc["status"] = status
	}
	if s := local.GetMessage(); s != "" {
		doc["detail"] = s
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return nil
	}
	p, err := known.Decode(mediaType, bytes.NewReader(b))
	if err != nil {
		return nil
	}
	return p
}

// parseLines reads challenges up to the first that is broken.
func parseLines(lines []any) []problem.Challenge {
	var out []problem.Challenge
	for _, line := range lines {
		s, ok := line.(string)
		if !ok {
			continue
		}
		cs, err := problem.ParseChallenges([]string{s})
		out = append(out, cs...)
		if err != nil {
			break
		}
	}
	return out
}

// A Received is the error in which a client hands a denial to the program: the
// client interceptors of the adapters return one.
type Received interface {
	error
	Denial() Denial
}

// Resolve returns what a server answers err with, and reports whether err is a
// denial. That is what [problem.Find] says, except that a denial which another
// service sent, and which nothing in err changed, is rendered anew where the
// program knows its reason: in the language of whoever is asking now.
func Resolve(err error) (*problem.Problem, bool) {
	p, ok := problem.Find(err)
	if !ok {
		return nil, false
	}
	if !p.Decoded() {
		return p, true
	}
	d := received(err)
	if d.Own == nil || d.Problem == nil || d.Problem.Reason != p.Reason || len(d.Problem.Also) != len(p.Also) {
		return p, true
	}
	own := *d.Own
	own.Cause = err
	return &own, true
}

// received returns the denial that err wraps and nothing else: what is joined
// with others is not handed on by itself.
func received(err error) Denial {
	for range maxDepth {
		if r, ok := err.(Received); ok {
			return r.Denial()
		}
		if _, err = unwrap(err); err == nil {
			break
		}
	}
	return Denial{}
}
