package denykratos

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	kerrors "github.com/go-kratos/kratos/v2/errors"
	"github.com/go-kratos/kratos/v2/log"
	"github.com/go-kratos/kratos/v2/middleware/recovery"
	khttp "github.com/go-kratos/kratos/v2/transport/http"
	"google.golang.org/grpc/status"

	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

// ErrorEncoder returns the encoder that answers errors with deny, for
// http.ErrorEncoder of kratos:
//
//   - a reason in the error wins, also one that errors.WithCause holds;
//   - an error of kratos, or a status of gRPC, whose Reason is the code of a
//     reason in capitals and with underscores, such as EMAIL_UNVERIFIED, and
//     whose Code is that reason's status, is that reason. Metadata are its
//     Args; retry_after, in seconds or as in "1m30s", is Problem.RetryAfter;
//   - what kratos's own middleware for JWT says about a token is
//     problem.TokenExpired and the like;
//   - any other of them is answered with its Code, and below 500 with the
//     extension members reason and metadata. Its Message is not sent, because
//     kratos makes messages of the texts of other errors;
//   - a request whose time was over: 504;
//   - any other error: a bare 500, which render.Config.OnFault sees.
//
// Known are the reasons to look for; nil is those of problem.Common.
//
// In a server made by [NewServer], an answer that a handler has begun is left
// alone, and the error goes to the logger of kratos. Where it is what
// recovery.Recovery makes of a panic, the connection is closed, so that the
// client does not take the answer for the whole. What a
// filter keeps in a buffer of its own has not begun, as far as can be seen.
func ErrorEncoder(deny *render.Renderer, known *problem.Set) khttp.EncodeErrorFunc {
	known = orCommon(known)
	return func(w http.ResponseWriter, r *http.Request, err error) {
		if written(w, r) {
			log.Context(r.Context()).Errorf("denykratos: an error came after the answer had begun: %v", err)
			if is(err, recovery.ErrUnknownRequest) {
				panic(http.ErrAbortHandler)
			}
			return
		}
		deny.Write(w, r, denial(r.Context(), err, known))
	}
}

// orCommon returns known, or the built-in reasons where it is nil.
func orCommon(known *problem.Set) *problem.Set {
	if known != nil {
		return known
	}
	common, err := problem.NewSet(problem.Common()...)
	if err != nil {
		return new(problem.Set) // TestCommon: cannot happen
	}
	return common
}

// denial returns what to answer; it holds err for the logs.
func denial(ctx context.Context, err error, known *problem.Set) error {
	if _, ok := problem.Find(err); ok || err == nil {
		return err
	}
	var e *kerrors.Error
	if own, ok := as[*kerrors.Error](err); ok {
		e = own
	} else if s, ok := as[grpcError](err); ok {
		e = fromGRPC(s)
	}
	switch {
	case e == nil && is(err, context.DeadlineExceeded) && ctx.Err() != nil:
		return problem.ForStatus(http.StatusGatewayTimeout).Because(err)
	case e == nil:
		return err
	}
	code := int(e.Code)
	if r, ok := known.ByCode(strings.ToLower(strings.ReplaceAll(e.Reason, "_", "-"))); ok && r.Status() == code {
		return withMetadata(r.Because(err), e.Metadata)
	}
	if r, ok := tokenReason(e); ok {
		return r.Because(err)
	}
	if e.Reason == codec && code == http.StatusBadRequest {
		switch {
		case strings.HasSuffix(e.Message, (&http.MaxBytesError{}).Error()):
			code = http.StatusRequestEntityTooLarge
		case strings.HasPrefix(e.Message, "unregister Content-Type: "):
			code = http.StatusUnsupportedMediaType
		}
	}
	p := problem.ForStatus(code).Because(err)
	p.RetryAfter = retryAfter(e.Metadata[problem.RetryAfterArg])
	if code < 500 && e.Reason != "" {
		p.Extensions = map[string]any{"reason": e.Reason}
		if len(e.Metadata) > 0 {
			p.Extensions["metadata"] = e.Metadata
		}
	}
	return p
}

// grpcError is an error with a status of gRPC.
type grpcError interface {
	error
	GRPCStatus() *status.Status
}

// fromGRPC returns the error of kratos for a status; nil where it panics.
func fromGRPC(s grpcError) *kerrors.Error {
	defer func() { _ = recover() }()
	return kerrors.FromError(s.GRPCStatus().Err())
}

// codec is the Reason of what kratos cannot read in a request. It keeps the
// text of the error behind it, and not the error.
const codec = "CODEC"

// withMetadata fills p.
func withMetadata(p *problem.Problem, metadata map[string]string) *problem.Problem {
	for name, value := range metadata {
		if name == problem.RetryAfterArg {
			p.RetryAfter = retryAfter(value)
			continue
		}
		if p.Args == nil {
			p.Args = make(map[string]any, len(metadata))
		}
		p.Args[name] = value
	}
	return p
}

// retryAfter reads seconds or a duration of Go; 0 is neither.
func retryAfter(s string) time.Duration {
	if n, err := strconv.ParseUint(s, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	d, _ := time.ParseDuration(s)
	return max(d, 0)
}

// tokenReason reads the errors of kratos's package middleware/auth/jwt, which
// differ in their messages only. They are compared as texts so that services
// without JWT do not link it.
func tokenReason(e *kerrors.Error) (problem.Reason, bool) {
	if e.Code != http.StatusUnauthorized || e.Reason != "UNAUTHORIZED" {
		return problem.Reason{}, false
	}
	switch strings.TrimSpace(e.Message) {
	case "JWT token is missing":
		return problem.SignInRequired, true
	case "JWT token has expired":
		return problem.TokenExpired, true
	case "Token is invalid", "Fail to parse JWT token", "Wrong signing method":
		return problem.TokenInvalid, true
	}
	return problem.Reason{}, false
}

// ErrorDecoder returns the decoder that reads denials in a client of kratos,
// for http.WithErrorDecoder. The error is one of kratos: its Code is the
// response's status, its Reason the code of the denial as in EMAIL_UNVERIFIED,
// its Message the detail, and it wraps the *problem.Problem, so that errors.Is
// finds the reasons in known; nil is those of problem.Common. The Problem has
// the response's challenges and Retry-After. A response that is no problem
// document is read as kratos does.
func ErrorDecoder(known *problem.Set) khttp.DecodeErrorFunc {
	known = orCommon(known)
	return func(ctx context.Context, resp *http.Response) error {
		contentType, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";")
		if resp.StatusCode >= 200 && resp.StatusCode <= 299 || !strings.EqualFold(strings.TrimSpace(contentType), render.JSON.MediaType()) {
			return khttp.DefaultErrorDecoder(ctx, resp)
		}
		defer resp.Body.Close()
		p, err := known.Decode(resp.Header.Get("Content-Type"), resp.Body)
		if err != nil {
			return kerrors.New(resp.StatusCode, kerrors.UnknownReason, "").WithCause(fmt.Errorf("denykratos: %w", err))
		}
		fields := problem.FromResponse(resp.StatusCode, resp.Header, nil)
		p.Challenges, p.RetryAfter = fields.Challenges, fields.RetryAfter
		reason := strings.ToUpper(strings.ReplaceAll(p.Reason.Code(), "-", "_"))
		return kerrors.New(resp.StatusCode, reason, p.Detail).WithCause(p)
	}
}
