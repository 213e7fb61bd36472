package work

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
)

// A Lack is a part of the work that a contender does not do.
type Lack int

const (
	Language  Lack = iota // its texts are in one language, and no Content-Language says which
	Steps                 // it has no place for next steps
	Page                  // its page is one line and no page
	MediaType             // it answers with another media type than it should
)

// answer is what there is to read in a document for programs.
type answer struct {
	Title  string `json:"title" xml:"title"`
	Status int    `json:"status" xml:"status"`
	Detail string `json:"detail" xml:"detail"`
	Next   []step `json:"next" xml:"next>i"`
}

type step struct {
	Kind  string `json:"kind" xml:"kind"`
	Title string `json:"title" xml:"title"`
	Href  string `json:"href" xml:"href"`
}

// wanted is the answer in German.
func (w Work) wanted() answer {
	if w.Values {
		fill := strings.NewReplacer("{person}", person, "{role}", role, "{project}", project)
		return answer{
			Title: "Zugriff verweigert", Status: w.Status(), Detail: fill.Replace(germanRoleDetail),
			Next: []step{
				{"request-access", "Zugriff anfordern", "/access?from=" + returning},
				{"go-home", "Zur Startseite", "/"},
			},
		}
	}
	return answer{
		Title: "Nicht autorisiert", Status: w.Status(), Detail: "Sie müssen sich anmelden, um dies zu sehen oder zu tun.",
		Next: []step{{"sign-in", "Anmelden", "/sign-in"}, {"sign-up", "Konto erstellen", "/sign-up"}},
	}
}

// heading is the title of the reason, which people get to read.
func (w Work) heading() string {
	if w.Values {
		return germanRoleTitle
	}
	return "Melden Sie sich an, um fortzufahren"
}

// CheckHandler has h answer the work and returns what is wrong with the answer.
func CheckHandler(w Work, h http.Handler, lacks ...Lack) error {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, w.Request())
	return Check(w, rec.Result(), lacks...)
}

// Check returns what is wrong with an answer to the work. It closes the body.
func Check(w Work, resp *http.Response, lacks ...Lack) error {
	defer resp.Body.Close()
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if resp.StatusCode != w.Status() {
		bad("the status is %d, want %d", resp.StatusCode, w.Status())
	}
	want := 0
	if w.Status() == http.StatusUnauthorized {
		want = 1
	}
	if lines := resp.Header.Values("Www-Authenticate"); len(lines) != want {
		bad("challenges are %q, want %d", lines, want)
	}
	if got := resp.Header.Get("Content-Language"); got != "de" && !slices.Contains(lacks, Language) {
		bad("Content-Language is %q, want de", got)
	}
	contentType := resp.Header.Get("Content-Type")
	mediaType, params, err := mime.ParseMediaType(contentType)
	if (err != nil || mediaType != w.MediaType) && !slices.Contains(lacks, MediaType) {
		bad("Content-Type is %q, want %s", contentType, w.MediaType)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		bad("reading the body: %v", err)
	}
	if err := w.checkBody(w.MediaType, params["boundary"], body, lacks); err != nil {
		bad("%v in:\n%s", err, body)
	}
	return errors.Join(errs...)
}

func (w Work) checkBody(mediaType, boundary string, body []byte, lacks []Lack) error {
	var got answer
	switch mediaType {
	case "application/problem+json":
		if err := json.Unmarshal(body, &got); err != nil {
			return err
		}
		return w.compare(got, lacks)
	case "application/problem+xml":
		if err := xml.Unmarshal(body, &got); err != nil {
			return err
		}
		return w.compare(got, lacks)
	case "multipart/alternative":
		return w.checkParts(boundary, body, lacks)
	case "text/html":
		return w.checkText(html.UnescapeString(tag.ReplaceAllString(string(body), "")), html.UnescapeString(string(body)), lacks)
	case "text/markdown":
		// A backslash keeps what follows from being markup.
		plain := backslash.ReplaceAllString(string(body), "$1")
		return w.checkText(plain, plain, lacks)
	default:
		return w.checkText(string(body), string(body), lacks)
	}
}

var (
	tag       = regexp.MustCompile(`<[^>]*>`)
	backslash = regexp.MustCompile(`\\([^0-9A-Za-z])`)
)

func (w Work) compare(got answer, lacks []Lack) error {
	want := w.wanted()
	got.Detail = withoutIsolates(got.Detail)
	if slices.Contains(lacks, Steps) {
		got.Next = want.Next
	}
	if got.Title != want.Title || got.Status != want.Status || got.Detail != want.Detail || !slices.Equal(got.Next, want.Next) {
		return fmt.Errorf("the document is\n%+v\nwant\n%+v", got, want)
	}
	return nil
}

// checkText looks for the texts that people read; addresses are looked for in
// source.
func (w Work) checkText(text, source string, lacks []Lack) error {
	want := w.wanted()
	text = withoutIsolates(text)
	texts := []string{want.Detail}
	if !slices.Contains(lacks, Page) {
		texts = append(texts, w.heading())
		for _, s := range want.Next {
			texts = append(texts, s.Title)
			if !strings.Contains(source, s.Href) {
				return fmt.Errorf("the address %s is missing", s.Href)
			}
		}
	}
	for _, s := range texts {
		if !strings.Contains(text, s) {
			return fmt.Errorf("%q is missing", s)
		}
	}
	return nil
}

func withoutIsolates(s string) string {
	return strings.NewReplacer("\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "").Replace(s)
}

func (w Work) checkParts(boundary string, body []byte, lacks []Lack) error {
	r := multipart.NewReader(strings.NewReader(string(body)), boundary)
	var types []string
	for {
		part, err := r.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		mediaType, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil {
			return err
		}
		types = append(types, mediaType)
		if err := w.checkBody(mediaType, "", content, lacks); err != nil {
			return fmt.Errorf("part %s: %v", mediaType, err)
		}
	}
	if want := []string{"text/plain", "text/html", "application/problem+json"}; !slices.Equal(types, want) {
		return fmt.Errorf("the parts are %q, want %q", types, want)
	}
	return nil
}
