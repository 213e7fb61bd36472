package denydetails

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/denial-go/denial/problem"
)

// Bounds of further requirements, those of a problem document.
const (
	maxAlso      = 32
	maxAlsoDepth = 4
	maxSteps     = 64
)

// names are the placeholders that the reason and the steps of p hold.
func names(p *problem.Problem) map[string]bool {
	out := map[string]bool{}
	add := func(text string) {
		for _, name := range holes(text) {
			out[name] = true
		}
	}
	add(p.Reason.Detail())
	for _, c := range p.Reason.Challenges() {
		for _, param := range c.Params {
			add(param.Value)
		}
	}
	for _, f := range p.Reason.Fields() {
		add(f.Value)
	}
	steps := p.Next
	if steps == nil {
		steps = p.Reason.Next()
	}
	for _, s := range steps {
		add(s.Href)
		add(s.Title)
		for _, value := range s.Params {
			add(value)
		}
	}
	return out
}

// source is what the application gave to make p of its reason: the values
// with their types, and what it said in place of the reason.
func source(p *problem.Problem, depth int) map[string]any {
	out := map[string]any{}
	used := names(p)
	args := map[string]any{}
	for name, value := range p.Args {
		if v := encodeArg(value); used[name] && v != nil {
			args[valid(name)] = v
		}
	}
	if len(args) > 0 {
		out["args"] = args
	}
	if p.Detail != "" {
		out["detail"] = valid(p.Detail)
	}
	if p.RetryAfter > 0 {
		out["retry_after"] = p.RetryAfter.String()
	}
	if p.Next != nil {
		steps := []any{}
		for _, s := range p.Next[:min(len(p.Next), maxSteps)] {
			steps = append(steps, encodeStep(s))
		}
		out["next"] = steps
	}
	if depth < maxAlsoDepth {
		var also []any
		for _, a := range p.Also {
			switch {
			case a == nil:
			case len(also) == maxAlso:
			case a.Decoded():
				also = append(also, nil)
			default:
				also = append(also, source(a, depth+1))
			}
		}
		if len(also) > 0 {
			out["also"] = also
		}
	}
	return out
}

func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// encodeArg keeps the type of a value, because a sentence says 300 and in 5
// minutes differently. Integers are strings: a Struct has float64 only.
func encodeArg(v any) any {
	switch v := plain(v).(type) {
	case string:
		return valid(v)
	case float64:
		return v
	case int64:
		return map[string]any{"int": strconv.FormatInt(v, 10)}
	case uint64:
		return map[string]any{"int": strconv.FormatUint(v, 10)}
	case time.Duration:
		return map[string]any{"duration": v.String()}
	case time.Time:
		return map[string]any{"time": v.Format(time.RFC3339Nano)}
	case []string:
		list := make([]any, len(v))
		for i := range v {
			list[i] = valid(v[i])
		}
		return list
	}
	return nil
}

// decodeArg returns nil for what encodeArg does not write.
func decodeArg(v any) any {
	switch v := v.(type) {
	case string, float64:
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
	case map[string]any:
		if s, ok := v["int"].(string); ok {
			if n, err := strconv.ParseInt(s, 10, 64); err == nil {
				return n
			}
			if n, err := strconv.ParseUint(s, 10, 64); err == nil {
				return n
			}
		}
		if s, ok := v["duration"].(string); ok {
			if d, err := time.ParseDuration(s); err == nil {
				return d
			}
		}
		if s, ok := v["time"].(string); ok {
			if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
				return t
			}
		}
	}
	return nil
}

func encodeStep(s problem.NextStep) map[string]any {
	out := map[string]any{"kind": valid(string(s.Kind))}
	put := func(name, value string) {
		if value != "" {
			out[name] = valid(value)
		}
	}
	put("actor", string(s.Actor))
	put("href", s.Href)
	put("method", s.Method)
	put("title", s.Title)
	if !s.Expires.IsZero() {
		put("expires", s.Expires.Format(time.RFC3339Nano))
	}
	if len(s.Params) > 0 {
		params := map[string]any{}
		for name, value := range s.Params {
			params[valid(name)] = valid(value)
		}
		out["params"] = params
	}
	return out
}

func decodeStep(v any) (s problem.NextStep, ok bool) {
	m, _ := v.(map[string]any)
	kind, ok := m["kind"].(string)
	if !ok {
		return s, false
	}
	s.Kind = problem.StepKind(kind)
	actor, _ := m["actor"].(string)
	s.Actor = problem.Actor(actor)
	s.Href, _ = m["href"].(string)
	s.Method, _ = m["method"].(string)
	s.Title, _ = m["title"].(string)
	if text, ok := m["expires"].(string); ok {
		s.Expires, _ = time.Parse(time.RFC3339Nano, text)
	}
	params, _ := m["params"].(map[string]any)
	for name, value := range params {
		if text, ok := value.(string); ok {
			if s.Params == nil {
				s.Params = map[string]string{}
			}
			s.Params[name] = text
		}
	}
	return s, true
}

// restore makes the Problem that source was written of. Sent is the same one
// as the document has it; where the program does not know its reason, or the
// source does not fit it, there is none.
func restore(known *problem.Set, sent *problem.Problem, from any) *problem.Problem {
	m, ok := from.(map[string]any)
	if !ok || !knows(known, sent.Reason) {
		return nil
	}
	p := &problem.Problem{Reason: sent.Reason, Instance: sent.Instance, Extensions: sent.Extensions}
	p.Detail, _ = m["detail"].(string)
	if text, ok := m["retry_after"].(string); ok {
		d, _ := time.ParseDuration(text)
		p.RetryAfter = max(d, 0)
	}
	args, _ := m["args"].(map[string]any)
	for name, value := range args {
		if v := decodeArg(value); v != nil {
			if p.Args == nil {
				p.Args = map[string]any{}
			}
			p.Args[name] = v
		}
	}
	if steps, ok := m["next"].([]any); ok {
		p.Next = []problem.NextStep{}
		for _, v := range steps[:min(len(steps), maxSteps)] {
			if s, ok := decodeStep(v); ok {
				p.Next = append(p.Next, s)
			}
		}
	}
	also, _ := m["also"].([]any)
	if len(also) != len(sent.Also) {
		return nil
	}
	for i, a := range sent.Also {
		if own := restore(known, a, also[i]); own != nil {
			a = own
		}
		p.Also = append(p.Also, a)
	}
	return p
}

// knows reports whether r is one of the Set's own.
func knows(known *problem.Set, r problem.Reason) bool {
	if own, ok := known.ByCode(r.Code()); ok && own == r {
		return true
	}
	return slices.Contains(slices.Collect(known.All()), r)
}
