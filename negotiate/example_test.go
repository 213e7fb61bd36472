package negotiate_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/denial-go/denial/negotiate"
	"golang.org/x/text/language"
)

func Example() {
	types, err := negotiate.NewMediaTypes("application/json", "text/html")
	if err != nil {
		fmt.Println(err)
		return
	}
	handler := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept")
		switch types.Best(r.Header.Values("Accept")) {
		case 0:
			fmt.Println("send JSON")
		case 1:
			fmt.Println("send a page")
		default:
			fmt.Println("send a 406, or disregard the field")
		}
	}
	for _, accept := range []string{"*/*", "text/html, */*;q=0.8", "image/png"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept", accept)
		handler(httptest.NewRecorder(), r)
	}
	// Output:
	// send JSON
	// send a page
	// send a 406, or disregard the field
}

// A server that has a second say, as an image is better in some forms than in
// others: the weights of the client and of the server are multiplied.
func ExampleMediaTypes_AppendWeights() {
	offers := []string{"image/png", "image/jpeg"}
	quality := []int{10, 7}
	types, err := negotiate.NewMediaTypes(offers...)
	if err != nil {
		fmt.Println(err)
		return
	}
	best, weight := -1, 0
	for i, w := range types.AppendWeights(nil, []string{"image/png;q=0.5, image/*"}) {
		if product := int(w) * quality[i]; product > weight {
			best, weight = i, product
		}
	}
	fmt.Println(offers[best], weight)
	// Output: image/jpeg 7000
}

// An API whose versions are parameters of one media type. The newest comes
// first, as it answers requests that name no version.
func ExampleMediaTypes_Best_versions() {
	offers := []string{
		"application/vnd.example+json;version=3",
		"application/vnd.example+json;version=2",
	}
	types, err := negotiate.NewMediaTypes(offers...)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, accept := range []string{
		"application/vnd.example+json",
		"application/vnd.example+json;version=2",
		`application/vnd.example+json; Version="2"; q=0.9, application/vnd.example+json; version=3; q=0.5`,
		"application/vnd.example+json;version=1",
	} {
		if i := types.Best([]string{accept}); i >= 0 {
			fmt.Println(offers[i])
		} else {
			fmt.Println("406, and list the versions there are")
		}
	}
	// Output:
	// application/vnd.example+json;version=3
	// application/vnd.example+json;version=2
	// application/vnd.example+json;version=2
	// 406, and list the versions there are
}

// A client, or a proxy on the way, may send the field in several lines.
func ExampleMediaTypes_Best_lines() {
	types, err := negotiate.NewMediaTypes("text/html", "text/plain")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(types.Best([]string{"text/html;q=0.1", "text/plain"}))
	// Output: 1
}

// Weight 0 excludes, also where a wildcard accepts everything else.
func ExampleMediaTypes_Best_excluded() {
	types, err := negotiate.NewMediaTypes("text/html", "text/plain")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(types.Best([]string{"text/html;q=0, */*;q=0.1"}))
	// Output: 1
}

// No field means no preference. A field that is there but empty is another
// matter: it lists nothing.
func ExampleMediaTypes_Best_absent() {
	types, err := negotiate.NewMediaTypes("text/html", "text/plain")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(types.Best(nil))
	fmt.Println(types.Best([]string{""}))
	// Output:
	// 0
	// -1
}

// The likely mistake: Header.Get gives only the first line of a field, and an
// empty string for a field that is absent.
func ExampleMediaTypes_Best_mistake() {
	types, err := negotiate.NewMediaTypes("text/html", "text/plain")
	if err != nil {
		fmt.Println(err)
		return
	}
	absent := http.Header{}
	fmt.Println("wrong:", types.Best([]string{absent.Get("Accept")}))
	fmt.Println("right:", types.Best(absent.Values("Accept")))

	lines := http.Header{"Accept": {"text/html;q=0.1", "text/plain"}}
	fmt.Println("wrong:", types.Best([]string{lines.Get("Accept")}))
	fmt.Println("right:", types.Best(lines.Values("Accept")))
	// Output:
	// wrong: -1
	// right: 0
	// wrong: 0
	// right: 1
}

// Offers that are no media types are reported together, before any request.
func ExampleNewMediaTypes_mistakes() {
	_, err := negotiate.NewMediaTypes("text/html", "text/*", "text/plain;q=0.5", "json")
	fmt.Println(err)
	// Output:
	// negotiate: offer "text/*": is a range, not a media type; name the one type that will be sent
	// negotiate: offer "text/plain;q=0.5": carries a weight; remove q: the order of the offers says which is better
	// negotiate: offer "json": has no subtype; write it as in Content-Type, such as "text/html" or "application/json;version=2"
}

// A language picker: the index says which text to send.
func ExampleLanguages_Best() {
	tags := []language.Tag{
		language.English, // the default
		language.German,
		language.SimplifiedChinese,
		language.TraditionalChinese,
		language.LatinAmericanSpanish,
		language.EuropeanSpanish,
	}
	greetings := []string{"Hello", "Guten Tag", "你好 (简体)", "你好 (繁體)", "Hola", "Buenas"}
	languages := negotiate.NewLanguages(tags...)

	for _, field := range []string{
		"de-AT, en;q=0.5",
		"zh-HK, zh;q=0.9, en-GB;q=0.8",
		"es-MX",
		"es",
		"en;q=0, *",
	} {
		i, _ := languages.Best([]string{field})
		fmt.Println(tags[i], greetings[i]) // tags[i] is for Content-Language
	}
	// Output:
	// de Guten Tag
	// zh-Hant 你好 (繁體)
	// es-419 Hola
	// es-ES Buenas
	// de Guten Tag
}

// Where asked is false nothing the reader named is offered, so that a better
// guess, such as the language of the site's country, may go before the default.
func ExampleLanguages_Best_default() {
	languages := negotiate.NewLanguages(language.English, language.German)
	for _, lines := range [][]string{{"de"}, {"*"}, {"fi, sv;q=0.9"}, nil} {
		i, asked := languages.Best(lines)
		fmt.Println(i, asked)
	}
	// Output:
	// 1 true
	// 0 true
	// 0 false
	// 0 false
}
