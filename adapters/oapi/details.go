package denyoapi

import (
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// detail is a member of the extension "errors". It never holds the value that
// was wrong: the client knows it, and a password has no place in an answer.
type detail struct {
	Location string `json:"location"`          // "query.limit", "body.items.3.name"
	Keyword  string `json:"keyword,omitempty"` // of the schema, such as "minimum"
	Message  string `json:"message,omitempty"` // for developers, in English
}

// maxDetails bounds the list: with MultiError, a long array of mistakes would
// be answered by a longer one.
const maxDetails = 64

// safeDetails returns what is wrong with a request, and nothing where the
// methods of an error panic.
func safeDetails(err error) []detail {
	defer func() { _ = recover() }()
	return details(err, "")
}

// details returns what is wrong with the parts of a request. Location is the
// part that err is about, "" where it is not known yet.
func details(err error, location string) []detail {
	var list []detail
	add := func(more []detail) {
		list = append(list, more[:min(len(more), maxDetails-len(list))]...)
	}
	switch e := err.(type) {
	case nil:
	case openapi3.MultiError:
		for _, err := range e {
			add(details(err, location))
		}
	case *openapi3filter.RequestError:
		switch {
		case e.Parameter != nil:
			location = e.Parameter.In + "." + e.Parameter.Name
		case e.RequestBody != nil:
			location = "body"
		}
		if more := details(e.Err, location); more != nil {
			return more
		}
		if location != "" {
			return []detail{{Location: location}}
		}
	case *openapi3.SchemaError:
		if location == "" {
			return nil
		}
		d := detail{Location: strings.Join(append([]string{location}, e.JSONPointer()...), "."), Keyword: e.SchemaField}
		if fromOpenAPI(e) && !shows(e.Reason, e.Value) {
			d.Message = e.Reason
		}
		return []detail{d}
	case *openapi3filter.ParseError:
		if location == "" {
			return nil
		}
		d := detail{Location: location}
		for _, p := range e.Path() {
			d.Location += fmt.Sprint(".", p)
		}
		for {
			if !shows(e.Reason, e.Value) {
				d.Message = e.Reason
			}
			inner, ok := e.Cause.(*openapi3filter.ParseError)
			if !ok {
				return []detail{d}
			}
			e = inner
		}
	default:
		if location != "" && (err == openapi3filter.ErrInvalidRequired || err == openapi3filter.ErrInvalidEmptyValue) {
			return []detail{{Location: location, Keyword: "required", Message: err.Error()}}
		}
		switch u := err.(type) {
		case interface{ Unwrap() error }:
			return details(u.Unwrap(), location)
		case interface{ Unwrap() []error }:
			for _, err := range u.Unwrap() {
				add(details(err, location))
			}
		}
	}
	return list
}

// fromOpenAPI reports whether the reason was made by kin-openapi, whose own
// never hold the value, and not by the validator of JSON Schema 2020-12 or by a
// check of a format.
func fromOpenAPI(e *openapi3.SchemaError) bool {
	return e.SchemaField != "format" && (e.Origin != nil || e.Unwrap() == nil)
}

// shows reports whether the reason holds a string that the client has sent.
func shows(reason string, value any) bool {
	s, ok := value.(string)
	return ok && s != "" && strings.Contains(reason, s)
}
