package denyopa

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/denial-go/denial/problem"
)

// maxReasons is as many as an answer holds.
const maxReasons = 33

// explained returns the denial that an object describes.
func (o Options) explained(object map[string]any) error {
	var found []error
	seen := make(map[string]bool)
	add := func(m map[string]any) {
		if p := o.problem(m); p != nil && len(found) < maxReasons {
			said := fmt.Sprint(p.Reason.Code(), p.Detail, p.Args, p.Next, p.RetryAfter) // fmt sorts maps
			if !seen[said] {
				seen[said] = true
				found = append(found, p)
			}
		}
	}
	own := make(map[string]any, len(object))
	for name, value := range object {
		if name != "allow" && name != "reasons" {
			own[name] = value
		}
	}
	add(own)
	list, _ := object["reasons"].([]any)
	for _, item := range list {
		switch item := item.(type) {
		case string:
			add(map[string]any{"reason": item})
		case map[string]any:
			add(item)
		}
	}
	cause := errors.New("opa: the result is " + excerpt(object))
	switch len(found) {
	case 0:
		return o.denied(cause)
	case 1:
		p := *problem.From(found[0])
		p.Cause = errors.Join(cause, p.Cause)
		return &p
	}
	p := *problem.From(errors.Join(found...))
	p.Cause = errors.Join(cause, p.Cause)
	return &p
}

// problem returns what the members of an object say, and nil where they say
// nothing.
func (o Options) problem(m map[string]any) *problem.Problem {
	code, _ := m["reason"].(string)
	detail, _ := m["detail"].(string)
	next, hasNext := m["next"].([]any)
	reason, known := o.reasons().ByCode(code)
	var p *problem.Problem
	switch {
	case known:
		p = reason.Because(nil)
	case detail != "" || hasNext:
		p = o.fallback()
	default:
		return nil
	}
	if args, _ := m["args"].(map[string]any); len(args) > 0 {
		p.Args = make(map[string]any, len(args))
		for name, value := range args {
			if v := arg(value); v != nil {
				p.Args[name] = v
			}
		}
	}
	if detail != "" {
		p.Detail = detail
	}
	if hasNext {
		p.Next = steps(next)
	}
	if s, ok := number(m["retry_after"]); ok && s > 0 && s < math.MaxInt32 {
		p.RetryAfter = time.Duration(s * float64(time.Second))
	}
	return p
}

// steps reads a list of next steps. It is not nil, because an empty list means
// that there are none.
func steps(list []any) []problem.NextStep {
	out := []problem.NextStep{}
	for _, item := range list {
		m, _ := item.(map[string]any)
		kind, _ := m["kind"].(string)
		if kind == "" {
			continue
		}
		s := problem.NextStep{Kind: problem.StepKind(kind)}
		actor, _ := m["actor"].(string)
		s.Actor = problem.Actor(actor)
		s.Href, _ = m["href"].(string)
		s.Method, _ = m["method"].(string)
		s.Title, _ = m["title"].(string)
		if expires, _ := m["expires"].(string); expires != "" {
			at, err := time.Parse(time.RFC3339, expires)
			if err != nil {
				continue // a step must not outlive the time it was meant for
			}
			s.Expires = at
		}
		params, _ := m["params"].(map[string]any)
		for name, value := range params {
			text, ok := value.(string)
			if f, isNumber := number(value); isNumber {
				text, ok = strconv.FormatFloat(f, 'f', -1, 64), true
			}
			if !ok {
				continue
			}
			if s.Params == nil {
				s.Params = make(map[string]string, len(params))
			}
			s.Params[name] = text
		}
		out = append(out, s)
	}
	return out
}

// arg returns a value as Problem.Args wants it, and nil for one that they
// cannot hold.
func arg(value any) any {
	switch v := value.(type) {
	case string:
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			return at
		}
		return v
	case []any:
		list := make([]string, 0, len(v))
		for _, item := range v {
			s, ok := item.(string)
			if !ok {
				return nil
			}
			list = append(list, s)
		}
		return list
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n
		}
	}
	if f, ok := number(value); ok {
		return f
	}
	return nil
}

// number reads a number in any of the forms that OPA and encoding/json give.
func number(value any) (float64, bool) {
	switch v := value.(type) {
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	}
	return 0, false
}

// excerpt is a result for a log line.
func excerpt(result any) string {
	const most = 2000
	b, err := json.Marshal(result)
	switch {
	case err != nil:
		return fmt.Sprintf("a %T", result)
	case len(b) > most:
		return string(b[:most]) + "…"
	}
	return string(b)
}
