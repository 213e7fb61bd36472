package denyfiber3

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/denial-go/denial/problem"
)

// lasting returns p, or a copy of p, whose strings stay what they are: those
// that a fiber.Ctx returns change once the request is over, and an application
// may have put them into p. Of its Cause nothing is copied.
func lasting(p *problem.Problem) *problem.Problem {
	return lastingIn(p, make(map[*problem.Problem]*problem.Problem))
}

// lastingIn is lasting with the copies that there are already.
func lastingIn(p *problem.Problem, copies map[*problem.Problem]*problem.Problem) *problem.Problem {
	if p == nil || p.Detail == "" && p.Instance == "" && len(p.Args)+len(p.Extensions)+len(p.Challenges)+len(p.Next)+len(p.Also) == 0 {
		return p // nothing but a Reason, which is made before there are requests
	}
	if q, ok := copies[p]; ok {
		return q
	}
	q := *p
	copies[p] = &q
	q.Detail, q.Instance = strings.Clone(p.Detail), strings.Clone(p.Instance)
	q.Args, q.Extensions = lastingValues(p.Args), lastingValues(p.Extensions)
	q.Challenges = slices.Clone(p.Challenges)
	for i := range q.Challenges {
		c := &q.Challenges[i]
		c.Token68, c.Params = strings.Clone(c.Token68), slices.Clone(c.Params)
		for j := range c.Params {
			c.Params[j].Value = strings.Clone(c.Params[j].Value)
		}
	}
	q.Next = slices.Clone(p.Next)
	for i := range q.Next {
		s := &q.Next[i]
		s.Href, s.Title, s.Params = strings.Clone(s.Href), strings.Clone(s.Title), maps.Clone(s.Params)
		for name, value := range s.Params {
			s.Params[name] = strings.Clone(value)
		}
	}
	q.Also = slices.Clone(p.Also)
	for i := range q.Also {
		q.Also[i] = lastingIn(q.Also[i], copies)
	}
	return &q
}

// lastingValues copies the map, and the strings and lists of strings in it, be
// they of a type of the application's.
func lastingValues(values map[string]any) map[string]any {
	values = maps.Clone(values)
	for name, value := range values {
		switch r := reflect.ValueOf(value); r.Kind() {
		case reflect.String:
			s := reflect.New(r.Type()).Elem()
			s.SetString(strings.Clone(r.String()))
			values[name] = s.Interface()
		case reflect.Slice:
			if r.Type().Elem().Kind() != reflect.String || r.IsNil() {
				continue
			}
			list := reflect.MakeSlice(r.Type(), r.Len(), r.Len())
			for i := range r.Len() {
				list.Index(i).SetString(strings.Clone(r.Index(i).String()))
			}
			values[name] = list.Interface()
		}
	}
	return values
}
