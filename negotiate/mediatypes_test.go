package negotiate_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/denial-go/denial/negotiate"
	"github.com/google/go-cmp/cmp"
)

func TestNewMediaTypesMistakes(t *testing.T) {
	type mistake struct {
		Index int
		Offer string
	}
	offers := []string{
		"text/html",
		"text/*", "*/*", "*", "*/html",
		"", " ", "text", "text/", "/html", "text/html/x", "text /html", "téxt/html", ";a=b",
		"text/html;q=1", "text/html;a=b;Q=0.5",
		"text/html;a", "text/html;a=", "text/html;=b", "text/html;a = b", `text/html;a="b`, "text/html;a=b c", "text/html, text/plain",
		"text/html;a=1;A=2",
		"TEXT/html", "text/plain;b=2;a=1", `text/plain; A="1"; b=2;`,
		"text/html;" + strings.Repeat("a=b;", 2) + "c=d",
		"text/x;a=1;b=1;c=1;d=1;e=1;f=1;g=1;h=1;i=1;j=1;k=1;l=1;m=1;n=1;o=1",
	}
	// The first of equal offers is good, and so is the first text/plain.
	var want []mistake
	for i, o := range offers {
		if o != "text/html" && o != "text/plain;b=2;a=1" {
			want = append(want, mistake{i, o})
		}
	}
	m, err := negotiate.NewMediaTypes(offers...)
	if m != nil || err == nil {
		t.Fatalf("got %v, %v", m, err)
	}
	var got []mistake
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		var offerError *negotiate.OfferError
		if !errors.As(e, &offerError) {
			t.Fatalf("%v is no OfferError", e)
		}
		if offerError.Wrong == "" || offerError.Hint == "" {
			t.Errorf("%+v does not say what is wrong or what to do", offerError)
		}
		got = append(got, mistake{offerError.Index, offerError.Offer})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("(-want +got)\n" + diff)
	}
}

func TestNewMediaTypesNone(t *testing.T) {
	_, err := negotiate.NewMediaTypes()
	var offerError *negotiate.OfferError
	if !errors.As(err, &offerError) || offerError.Index != -1 {
		t.Errorf("got %v", err)
	}
}

// The text of an error is help, so it is held here.
func TestOfferErrorText(t *testing.T) {
	for offer, want := range map[string]string{
		"text/*":        `negotiate: offer "text/*": is a range, not a media type; name the one type that will be sent`,
		"text/html;q=1": `negotiate: offer "text/html;q=1": carries a weight; remove q: the order of the offers says which is better`,
		"a/b;c = d":     `negotiate: offer "a/b;c = d": has a bad parameter in ";c = d"; write name=value or name="value", with no space around =`,
	} {
		if _, err := negotiate.NewMediaTypes(offer); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestZeroMediaTypes(t *testing.T) {
	var none *negotiate.MediaTypes
	for _, lines := range [][]string{nil, {}, {""}, {"*/*"}} {
		if got := none.Best(lines); got != -1 {
			t.Errorf("nil: Best(%q) = %d", lines, got)
		}
		if got := new(negotiate.MediaTypes).Best(lines); got != -1 {
			t.Errorf("zero: Best(%q) = %d", lines, got)
		}
	}
}

func TestAbsentIsNoLines(t *testing.T) {
	m := mustMediaTypes(t, "text/html")
	for _, lines := range [][]string{nil, {}} {
		if got := m.Best(lines); got != 0 {
			t.Errorf("Best(%#v) = %d, want 0", lines, got)
		}
	}
}

// More offers than a block holds, and more names of parameters.
func TestManyOffers(t *testing.T) {
	offers := manyOffers(500)
	m := mustMediaTypes(t, offers...)
	for i, o := range offers {
		if got := m.Best([]string{"x/y, " + o + ";q=0.1"}); got != i {
			t.Errorf("%s: got %d, want %d", o, got, i)
		}
	}
	if got := m.Best([]string{"a/*"}); got != 1 {
		t.Errorf("a/*: got %d, want 1", got)
	}
}

func TestConcurrentUse(t *testing.T) {
	m := mustMediaTypes(t, sixOffers...)
	l := negotiate.NewLanguages(manyTags...)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				if got := m.Best([]string{chromePage}); got != 1 {
					t.Errorf("got %d", got)
				}
				if got, _ := l.Best([]string{germanLanguage}); got != 1 {
					t.Errorf("got %d", got)
				}
			}
		})
	}
	wg.Wait()
}

func TestAppendWeightsOfNothing(t *testing.T) {
	var none *negotiate.MediaTypes
	for _, m := range []*negotiate.MediaTypes{none, {}} {
		if got := m.AppendWeights([]uint16{7}, []string{"*/*"}); len(got) != 1 {
			t.Errorf("without offers: %v", got)
		}
	}
}
