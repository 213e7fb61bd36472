// Command memory says what a Renderer keeps once everything it has is in use:
// every built-in reason, in every language, in every built-in form. It walks
// them twice, with and without values, and a third time to see that nothing
// more is kept. With -languages, it says what those alone are: one answer in
// each, and nothing else.
//
//	go run ./memory
//	GOMAXPROCS=1 go run ./memory -languages
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"runtime"
	"time"

	"github.com/denial-go/denial/internal/benchmarks/result"
	"github.com/denial-go/denial/internal/benchmarks/work"
	"github.com/denial-go/denial/problem"
	"github.com/denial-go/denial/render"
)

func main() {
	asJSON := flag.Bool("json", false, "print the result as JSON")
	alone := flag.Bool("languages", false, "what the languages alone are, and what a collection takes then")
	flag.Parse()
	if *alone {
		if err := languages(); err != nil {
			log.Fatal(err)
		}
		return
	}
	r, err := walk(0)
	if err != nil {
		log.Fatal(err)
	}
	if *asJSON {
		if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
			log.Fatal(err)
		}
		return
	}
	fmt.Printf("%d reasons × %d languages × %d forms: %d answers, %d bytes of bodies\n", r.Reasons, r.Languages, r.Formats, r.Answers, r.BodyBytes)
	fmt.Printf("kept after New           %9d bytes\n", r.AfterNew)
	fmt.Printf("after every answer       %9d bytes, %d an answer\n", r.AfterWalk, (r.AfterWalk-r.AfterNew)/int64(r.Answers))
	fmt.Printf("with values too          %9d bytes\n", r.AfterValues)
	fmt.Printf("all of it once more      %9d bytes\n", r.AfterAgain)
	fmt.Printf("mean time of an answer   %v when new, %v later\n", r.FirstAnswer, r.LaterAnswer)
}

// languages prints what is kept, in how many objects, once each language has had
// a reader, and how long a collection of all garbage takes then.
func languages() error {
	deny, err := render.New(work.Config())
	if err != nil {
		return err
	}
	before := heap()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	objects := m.HeapObjects
	for _, tag := range deny.Languages() {
		deny.Render(render.Request{Language: tag, Format: render.JSON}, problem.EmailUnverified)
	}
	kept := heap() - before
	runtime.ReadMemStats(&m)
	const times = 100
	start := time.Now()
	for range times {
		runtime.GC()
	}
	fmt.Printf("%d languages: %d bytes in %d objects; a collection takes %v\n", len(deny.Languages()), kept, m.HeapObjects-objects, time.Since(start)/times)
	runtime.KeepAlive(deny)
	return nil
}

// walk looks at so many languages, and at all where that is 0.
func walk(most int) (result.Memory, error) {
	var r result.Memory
	reasons := problem.Common()
	formats := []render.Format{render.JSON, render.HTML, render.Text, render.Markdown, render.XML, render.Multipart}
	before := heap()
	deny, err := render.New(work.Config())
	if err != nil {
		return r, err
	}
	languages := deny.Languages()
	if most > 0 {
		languages = languages[:min(most, len(languages))]
	}
	r.Reasons, r.Languages, r.Formats = len(reasons), len(languages), len(formats)
	r.AfterNew = heap() - before

	// Errors are made beforehand, so that they are not counted.
	bare := make([]error, len(reasons))
	filled := make([]error, len(reasons))
	for i, reason := range reasons {
		bare[i] = reason
		filled[i] = &problem.Problem{Reason: reason, RetryAfter: 90 * time.Second, Args: values, Instance: "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66"}
	}
	before = heap() - r.AfterNew
	each := func(errs []error) error {
		r.Answers, r.BodyBytes = 0, 0
		for _, tag := range languages {
			for i, err := range errs {
				for _, f := range formats {
					resp := deny.Render(render.Request{Method: "GET", Target: work.Target, Language: tag, Format: f}, err)
					if resp.Status != reasons[i].Status() || resp.Header.Get("Content-Language") != tag || len(resp.Body) == 0 {
						return fmt.Errorf("%s in %s as %s: status %d, language %q, %d bytes", reasons[i].Code(), tag, f.MediaType(), resp.Status, resp.Header.Get("Content-Language"), len(resp.Body))
					}
					r.Answers++
					r.BodyBytes += int64(len(resp.Body))
				}
			}
		}
		return nil
	}
	start := time.Now()
	if err := each(bare); err != nil {
		return r, err
	}
	r.FirstAnswer = time.Since(start) / time.Duration(r.Answers)
	r.AfterWalk = heap() - before
	if err := each(filled); err != nil {
		return r, err
	}
	r.AfterValues = heap() - before
	if err := each(filled); err != nil {
		return r, err
	}
	start = time.Now()
	if err := each(bare); err != nil {
		return r, err
	}
	r.LaterAnswer = time.Since(start) / time.Duration(r.Answers)
	r.AfterAgain = heap() - before
	runtime.KeepAlive(deny)
	runtime.KeepAlive(bare)
	runtime.KeepAlive(filled)
	return r, nil
}

// values are for whichever placeholder a built-in reason has.
var values = map[string]any{
	"realm": "api", "scope": []string{"reports.read", "reports.write"}, "role": []string{"editor", "owner"}, "group": "staff",
	"plan": []string{"Team", "Business"}, "organization": "Northwind", "resource": "https://api.example/", "account": "ana@example.com",
	"app": "Example App", "quota": "exports", "version": "4.2", "age": 18, "fields": []string{"name", "country"},
	"email": "ana@example.com", "phone": "+44 20 7946 0000", "code": "ABCD-EFGH", "url": "https://example.com/continue",
	"max_age": 5 * time.Minute, "acr_values": problem.ACR("phr", "phrh"), "methods": []string{"passkey", "code"},
	"until": time.Date(2030, 1, 2, 15, 4, 5, 0, time.UTC), "authority": "a court", "legal_basis": "an order",
	"amount": "2.50 EUR", "feature": "exports", "field": "If-Match",
}

// heap returns what is in use after a full collection: two, because what a
// sync.Pool holds survives the first.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
