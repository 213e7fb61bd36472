package denyfiber3

import (
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
	q.Args, q.Extensions = lastingValue(p.Args), lastingValue(p.Extensions)
	q.Challenges, q.Next = lastingValue(p.Challenges), lastingValue(p.Next)
	q.Also = slices.Clone(p.Also)
	for i := range q.Also {
		q.Also[i] = lastingIn(q.Also[i], copies)
	}
	return &q
}

// maxValues is far more than anybody puts into a Problem. The copy of a list
// that is in itself ends there.
const maxValues = 1 << 16

// lastingValue copies value with all strings, lists, maps and exported fields
// in it. What is behind a pointer stays what it is.
func lastingValue[T any](value T) T {
	left := maxValues
	return copyOf(reflect.ValueOf(value), &left).Interface().(T)
}

// copyOf is lastingValue for at most so many values that hold others.
func copyOf(v reflect.Value, left *int) reflect.Value {
	switch v.Kind() {
	case reflect.String:
		c := reflect.New(v.Type()).Elem()
		c.SetString(strings.Clone(v.String()))
		return c
	case reflect.Slice, reflect.Map, reflect.Interface:
		if v.IsNil() {
			return v
		}
	case reflect.Array, reflect.Struct:
	default:
		return v
	}
	if *left--; *left < 0 {
		return v
	}
	c := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.Interface:
		c.Set(copyOf(v.Elem(), left))
	case reflect.Map:
		c.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
		for name, value := range v.Seq2() {
			c.SetMapIndex(copyOf(name, left), copyOf(value, left))
		}
	case reflect.Struct:
		c.Set(v)
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				c.Field(i).Set(copyOf(v.Field(i), left))
			}
		}
	case reflect.Slice:
		c.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		fallthrough
	case reflect.Array:
		reflect.Copy(c, v)
		if v.Type().Elem().Kind() == reflect.Uint8 {
			break // such as the body of a request
		}
		for i := range v.Len() {
			c.Index(i).Set(copyOf(v.Index(i), left))
		}
	}
	return c
}
