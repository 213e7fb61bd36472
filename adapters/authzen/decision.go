package denyauthzen

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
)

// decision is what a document says that matters here.
type decision struct {
	allowed     bool
	obligations []json.RawMessage
	reason      string
	acr         []string
	user        map[string]string
	access      accessRequest
}

// read reads the answer to an access evaluation (Authorization API 1.0,
// §6.2). What decides is read strictly, because a decision point and this code
// must not understand a document differently; what only explains is left out
// where it is not as it should be.
func read(doc []byte) (*decision, error) {
	top, err := members(doc)
	if err != nil {
		return nil, err
	}
	d := new(decision)
	var allowed *bool
	switch err := json.Unmarshal(top["decision"], &allowed); {
	case top["decision"] == nil:
		return nil, errors.New("the document has no decision")
	case err != nil || allowed == nil:
		return nil, errors.New("the decision is not a boolean")
	}
	d.allowed = *allowed
	if raw := top["context"]; raw == nil || string(raw) == "null" {
		return d, nil
	}
	context, err := members(top["context"])
	if err != nil {
		return nil, fmt.Errorf("context: %w", err)
	}
	if raw := context["obligations"]; raw != nil && json.Unmarshal(raw, &d.obligations) != nil {
		return nil, errors.New("context: the obligations are not a list")
	}
	d.reason = text(context["reason"])
	d.user = texts(context["reason_user"])
	d.acr = words(context["acr_values"])
	d.access = accessRequest(objectOf(context["access_request"]))
	return d, nil
}

// members returns the members of a JSON object. Unlike encoding/json, it takes
// names as they are written and refuses one that comes twice: of
// {"decision":false,"decision":true}, others read the first.
func members(doc []byte) (map[string]json.RawMessage, error) {
	dec := json.NewDecoder(bytes.NewReader(doc))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	out := make(map[string]json.RawMessage)
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := t.(string)
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("the member %q is there twice", name)
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		out[name] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("something follows the JSON object")
	}
	return out, nil
}

// objectOf returns the members of an object, and nil where there is none.
func objectOf(raw json.RawMessage) map[string]json.RawMessage {
	m, err := members(raw)
	if err != nil {
		return nil
	}
	return m
}

// text returns a string, and "" where there is none.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// texts returns a Reason Field, an object of strings; a string alone is one in
// no known language.
func texts(raw json.RawMessage) map[string]string {
	if s := text(raw); s != "" {
		return map[string]string{"": s}
	}
	out := make(map[string]string)
	for name, value := range objectOf(raw) {
		if s := text(value); s != "" {
			out[name] = s
		}
	}
	return out
}

// words returns a list of strings, or the words of one.
func words(raw json.RawMessage) []string {
	var list []string
	if json.Unmarshal(raw, &list) != nil {
		return strings.Fields(text(raw))
	}
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}

// stepUp returns the acr_value of the first obligation of type step-up.
func (d *decision) stepUp() string {
	for _, raw := range d.obligations {
		o := objectOf(raw)
		if acr := text(o["acr_value"]); text(o["type"]) == "step-up" && acr != "" {
			return acr
		}
	}
	return ""
}

// accessRequest is context.access_request.
type accessRequest map[string]json.RawMessage

// args returns the values for problem.ApprovalRequired, and nil where nothing
// can be asked for: it has expired, does not say when it will (which it must),
// or names no address that can be used.
func (a accessRequest) args(hosts []string, now time.Time) map[string]any {
	expires, err := time.Parse(time.RFC3339, text(a["expires_at"]))
	if err != nil || !expires.After(now) {
		return nil
	}
	args := map[string]any{"expires_at": expires}
	for _, name := range []string{"form_url", "endpoint", "request_schema_url"} {
		if address := text(a[name]); trusted(address, hosts) {
			args[name] = address
		}
	}
	if args["form_url"] == nil && args["endpoint"] == nil {
		return nil
	}
	for _, name := range []string{"template", "binding_token"} {
		if s := text(a[name]); s != "" {
			args[name] = s
		}
	}
	return args
}

// trusted reports whether an address is one of https on one of the hosts, of
// which nil are all.
func trusted(address string, hosts []string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return false
	}
	return hosts == nil || slices.ContainsFunc(hosts, func(h string) bool {
		return strings.EqualFold(h, u.Host) || strings.EqualFold(h, u.Hostname())
	})
}
