// Package denyauthzen makes a denial of a no from a policy decision point that
// speaks the OpenID AuthZEN Authorization API 1.0.
//
//	req, err := http.NewRequestWithContext(ctx, "POST", pdp+"/access/v1/evaluation", body)
//	…
//	if err := denyauthzen.Denial(http.DefaultClient.Do(req)); err != nil {
//		deny.Write(w, r, err)
//		return
//	}
//
// What the decision's context says for users goes into the answer: reason_user,
// a reason code, acr_values, and the access_request of a denial that somebody
// can approve. What it says for administrators (reason_admin) and all else stays
// in the logs.
//
// Package denyauthzen asks no decision point itself, and reads the answer to a
// single evaluation only.
package denyauthzen

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/denial-go/denial/problem"
)

// Options say how decisions are read. The zero Options are good.
type Options struct {
	_ [0]func()

	// Reasons are those that context.reason may name by their codes, written
	// with "-" or with "_". Nil is the built-in ones, problem.Common.
	Reasons *problem.Set

	// Denied is why a request is denied where the context does not say. Nil,
	// and an error that holds no reason, are [problem.PolicyDenied].
	Denied error

	// Language is that of the reader, such as "pt-BR", which chooses among the
	// texts of reason_user. Without it, and without a text in it, English is
	// tried, then any.
	Language string

	// ObligationsHandled says that the application itself carries out
	// context.obligations. Otherwise a decision that comes with one denies.
	ObligationsHandled bool

	// Hosts, such as "requests.example.com", are those to which the addresses
	// of access_request may lead. Nil is every host: whoever decides on access
	// is trusted with that too.
	Hosts []string
}

// Denial returns the denial for a decision point's answer, with the zero
// Options.
func Denial(resp *http.Response, err error) error { return Options{}.Denial(resp, err) }

// Evaluation returns the denial for the body of such an answer, with the zero
// Options.
func Evaluation(doc []byte) error { return Options{}.Evaluation(doc) }

// maxDocument is far more than a decision has.
const maxDocument = 1 << 20

// Denial returns nil where a decision point allows the request, and why it is
// denied otherwise: see [Options.Evaluation]. It takes what http.Client.Do
// returns, so that one call can stand inside the other, and closes the body.
//
// No answer is a denial: [problem.Overloaded], status 503, with what happened as
// its Cause. So is an answer whose status is not 200, a redirect and a refusal
// of our own credentials among them, or that is longer than 1 MiB. An err that
// holds a reason stands for that.
func (o Options) Denial(resp *http.Response, err error) error {
	if resp != nil && resp.Body != nil {
		defer resp.Body.Close()
	}
	switch {
	case err != nil:
		if _, ok := problem.Find(err); ok {
			return err
		}
		return failed(err)
	case resp == nil || resp.Body == nil:
		return failed(errors.New("neither an answer nor an error"))
	case resp.StatusCode != http.StatusOK:
		return failed(fmt.Errorf("the decision point answers with status %d", resp.StatusCode))
	}
	doc, err := io.ReadAll(io.LimitReader(resp.Body, maxDocument+1))
	switch {
	case err != nil:
		return failed(err)
	case len(doc) > maxDocument:
		return failed(fmt.Errorf("the answer is longer than %d bytes", maxDocument))
	}
	return o.Evaluation(doc)
}

// Evaluation returns nil where the document, the answer to an access
// evaluation, has the decision true, and why the request is denied otherwise.
// It is, in this order:
//
//   - [problem.StepUpRequired], where an obligation of type step-up names an
//     acr_value, be the decision true or false;
//   - [problem.ApprovalRequired], where context.access_request is there and has
//     not expired (AuthZEN Access Request and Approval Profile);
//   - the reason that context.reason names;
//   - [problem.StepUpRequired], where context.acr_values names how to sign in;
//   - what Options.Denied says.
//
// The text of context.reason_user, of at most 2000 bytes, becomes
// Problem.Detail: it is sent as it is, in no known language. The whole
// document is in the Cause, for logs.
//
// A decision that is true denies nevertheless where an obligation comes with
// it: one that is not carried out must not allow. A document that is not clear
// (no decision, two, one that is no boolean, a context that is no object) is a
// [problem.Overloaded], status 503.
func (o Options) Evaluation(doc []byte) error {
	d, err := read(doc)
	if err != nil {
		return failed(err)
	}
	obliged := len(d.obligations) > 0 && !o.ObligationsHandled
	if d.allowed && !obliged {
		return nil
	}
	cause := fmt.Errorf("authzen: the decision was %s", doc)
	if d.allowed {
		cause = fmt.Errorf("authzen: obligations that nobody carries out: %s", doc)
	}
	p := o.reason(d, obliged)
	p.Cause = errors.Join(cause, p.Cause)
	if text := pick(d.user, o.Language); text != "" && len(text) <= 2000 {
		p.Detail = text
	}
	return p
}

// reason returns a Problem that is the caller's.
func (o Options) reason(d *decision, obliged bool) *problem.Problem {
	if acr := d.stepUp(); obliged && acr != "" {
		return problem.NeedStepUp(problem.ACR(acr), 0)
	}
	if args := d.access.args(o.Hosts, time.Now()); args != nil {
		return &problem.Problem{Reason: problem.ApprovalRequired, Args: args}
	}
	set := o.Reasons
	if set == nil {
		set = builtIn()
	}
	if r, ok := set.ByCode(strings.ReplaceAll(d.reason, "_", "-")); ok && !d.allowed {
		p := r.Because(nil)
		if len(d.acr) > 0 {
			p.Args = map[string]any{"acr_values": d.acr}
		}
		return p
	}
	if len(d.acr) > 0 && !d.allowed {
		return problem.NeedStepUp(problem.ACR(d.acr...), 0)
	}
	p, ok := problem.Find(o.Denied)
	if !ok {
		return problem.PolicyDenied.Because(o.Denied)
	}
	own := *p // the application may use the same one each time
	return &own
}

var builtIn = sync.OnceValue(func() *problem.Set {
	set, _ := problem.NewSet(problem.Common()...) // a zero Set for an error, which knows no reason
	return set
})

// failed is the answer where there is no decision.
func failed(err error) error {
	return problem.Overloaded.Because(fmt.Errorf("authzen: %w", err))
}

// pick chooses the text for a reader. The keys are language tags, status codes
// or both ("en", "403", "en-403"): the specification has examples of each.
func pick(texts map[string]string, language string) string {
	best, rank := "", 0
	for _, key := range sortedKeys(texts) {
		tag, status := key, ""
		if i := strings.LastIndexByte(key, '-'); i >= 0 && isDigits(key[i+1:]) {
			tag, status = key[:i], key[i+1:]
		} else if isDigits(key) {
			tag, status = "", key
		}
		r := 1
		switch {
		case language != "" && strings.EqualFold(tag, language):
			r = 10
		case language != "" && strings.EqualFold(primary(tag), primary(language)):
			r = 8
		case strings.EqualFold(primary(tag), "en"):
			r = 6
		case tag == "":
			r = 4
		}
		if status == "" || status == "403" {
			r++ // another status is for another answer
		}
		if r > rank {
			best, rank = texts[key], r
		}
	}
	return best
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func primary(tag string) string {
	first, _, _ := strings.Cut(tag, "-")
	return first
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
