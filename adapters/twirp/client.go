package denytwirp

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/twitchtv/twirp"

	"github.com/denial-go/denial/problem"
)

// A Client reads denials back out of the errors of calls. The zero Client
// works, and knows no reason.
type Client struct {
	// Known are the reasons of the program, for which errors.Is is to work.
	Known *problem.Set
}

// An Error is a call that was denied. It is the twirp.Error that came, and
// holds a *problem.Problem, for errors.As and, where the reason is known,
// errors.Is.
type Error struct {
	came    twirp.Error
	problem *problem.Problem
	err     error // what came, and what was wrapped around it
}

var _ twirp.Error = (*Error)(nil)

// Code returns the code that came.
func (e *Error) Code() twirp.ErrorCode { return e.came.Code() }

// Msg returns the message that came.
func (e *Error) Msg() string { return e.came.Msg() }

// Meta returns a value of the metadata that came, "" where there is none.
func (e *Error) Meta(key string) string { return e.came.Meta(key) }

// MetaMap returns the metadata that came.
func (e *Error) MetaMap() map[string]string { return e.came.MetaMap() }

// Error returns what Twirp says of the error.
func (e *Error) Error() string { return e.came.Error() }

// Unwrap returns the Problem, and the error as it came.
func (e *Error) Unwrap() []error { return []error{e.problem, e.err} }

// Problem returns the denial as the service said it: its Detail, Next and Also
// are in the language that the call asked for, and data like those of
// [problem.Decode].
func (e *Error) Problem() *problem.Problem { return e.problem }

// WithMeta returns a copy with one more value, as twirp.Error wants it.
func (e *Error) WithMeta(key, value string) twirp.Error {
	came := e.came.WithMeta(key, value)
	return &Error{came, e.problem, came}
}

// Interceptor is for twirp.WithClientInterceptors.
func (c Client) Interceptor(next twirp.Method) twirp.Method {
	return func(ctx context.Context, req any) (any, error) {
		resp, err := next(ctx, req)
		return resp, c.Read(err)
	}
}

// Read returns the *Error for err where err is a twirp.Error that holds a
// denial, and err itself everywhere else. It never returns nil for an error.
//
// A denial is a problem document in the metadata, or the code of one. A document
// that is broken is left out. The answer of somebody before the service, of
// which Twirp keeps the body, is one as well if it is a problem document.
//
// An error that is a denial already stays what it is, whatever twirp.Error is
// its cause or in a problem.Cloak: the program has decided what to tell.
func (c Client) Read(err error) error {
	if _, denied := problem.Find(err); denied {
		return err // an *Error among them
	}
	e, _ := first(err)
	if e == nil {
		return err
	}
	p := c.problem(e)
	if p == nil {
		return err
	}
	if seconds, err := strconv.ParseUint(e.Meta("retry_after"), 10, 31); err == nil {
		p.RetryAfter = time.Duration(seconds) * time.Second
	}
	for _, name := range []string{"www_authenticate", "proxy_authenticate"} {
		if line := e.Meta(name); line != "" {
			p.Challenges, _ = problem.ParseChallenges([]string{line}) // what can be read of them counts
		}
	}
	return &Error{e, p, err}
}

func (c Client) problem(e twirp.Error) *problem.Problem {
	code := e.Meta("code")
	if text := e.Meta("problem"); text != "" {
		p, err := c.Known.Decode(mediaType, strings.NewReader(text))
		if err == nil && (code == "" || p.Reason.Code() == code) {
			return p
		}
	}
	if e.Meta("http_error_from_intermediary") == "true" {
		// An empty content type takes what is JSON, if it is a problem.
		if p, err := c.Known.Decode("", strings.NewReader(e.Meta("body"))); err == nil {
			return p
		}
		return nil
	}
	status, err := strconv.Atoi(e.Meta("status"))
	if code == "" || err != nil {
		return nil // a code alone may mean anything
	}
	doc := map[string]any{"code": code, "status": status}
	for name, value := range map[string]string{"type": e.Meta("type"), "instance": e.Meta("instance"), "detail": e.Msg()} {
		if value != "" {
			doc[name] = value
		}
	}
	b, err := json.Marshal(doc)
	if err != nil {
		return nil
	}
	p, err := c.Known.Decode(mediaType, strings.NewReader(string(b)))
	if err != nil {
		return nil
	}
	return p
}
