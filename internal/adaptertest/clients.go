package adaptertest

import "net/http"

// A client is what a kind of program sends with a request.
type client struct {
	name   string
	header http.Header
}

// chromePage is the Accept of Chrome and what is made of it, for a page.
const chromePage = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"

// clients are the programs whose requests have to be told apart, and requests
// that are hard to read. The first is a program without wishes.
var clients = []client{
	{"go", nil},
	{"curl", http.Header{"Accept": {"*/*"}}},
	{"chrome page", http.Header{
		"Accept":         {chromePage},
		"Sec-Fetch-Mode": {"navigate"},
		"Sec-Fetch-Dest": {"document"},
	}},
	{"firefox page", http.Header{
		"Accept":         {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
		"Sec-Fetch-Mode": {"navigate"},
		"Cookie":         {"session=x"},
	}},
	{"page in an app", http.Header{
		"Accept":           {chromePage},
		"Sec-Fetch-Mode":   {"navigate"},
		"X-Requested-With": {"org.example.reader"},
	}},
	{"script of a page", http.Header{"Accept": {"*/*"}, "Sec-Fetch-Mode": {"cors"}, "Sec-Fetch-Site": {"same-site"}, "Origin": {"https://app.example.org"}}},
	{"node", http.Header{"Accept": {"*/*"}, "Accept-Language": {"*"}, "Sec-Fetch-Mode": {"cors"}}},
	{"axios", http.Header{"Accept": {"application/json, text/plain, */*"}, "X-Requested-With": {"XMLHttpRequest"}}},
	{"bearer token", http.Header{"Accept": {"application/json"}, "Authorization": {"Bearer abc"}}},
	{"vendor json", http.Header{"Accept": {"application/vnd.github+json"}}},
	{"problem+json", http.Header{"Accept": {"application/problem+json"}}},
	{"problem+xml", http.Header{"Accept": {"application/problem+xml, application/xml;q=0.5"}}},
	{"w3m", http.Header{"Accept": {"text/html, text/*;q=0.5, image/*, application/*"}}},
	{"lynx", http.Header{"Accept": {"text/html, text/plain, text/sgml, text/css, */*;q=0.01"}}},
	{"java", http.Header{"Accept": {"text/html, image/gif, image/jpeg, */*; q=0.2"}}},
	{"multipart", http.Header{"Accept": {"multipart/alternative"}}},
	{"any multipart", http.Header{"Accept": {"multipart/*, text/plain;q=0.3"}}},
	{"markdown agent", http.Header{"Accept": {"text/markdown, text/html;q=0.9, */*;q=0.1"}}},
	{"text", http.Header{"Accept": {"text/plain"}}},
	{"event stream", http.Header{"Accept": {"text/event-stream"}}},
	{"page without script", http.Header{"Accept": {"*/*"}, "Sec-Fetch-Mode": {"navigate"}}},
	{"two lines", http.Header{"Accept": {"text/plain;q=0.1", "application/problem+xml;q=0.9", "application/json;q=0.5"}}},
	{"refuses all", http.Header{"Accept": {"*/*;q=0"}}},
	{"refuses json", http.Header{"Accept": {"application/json;q=0, application/problem+json;q=0, text/*"}}},
	{"nothing we have", http.Header{"Accept": {"image/png"}}},
	{"empty", http.Header{"Accept": {""}}},
	{"odd weights", http.Header{"Accept": {"text/html;q=, text/plain;q=1.0000, text/markdown;q=0.999;ext=1, ;, ,"}}},
	{"quoted", http.Header{"Accept": {`text/html;x="a,b;q=0", text/plain;q=0.4`}}},
}

// languages are the wishes of readers; "" is none.
var languages = [][]string{
	nil,
	{"ar-EG,ar;q=0.9,en;q=0.5"},
	{"de-CH", "fr;q=0.8"},
	{"tlh, zh-Hant-TW;q=0.8, *;q=0.1"},
	{"C, *;q=0.9"},
}

var methods = []string{http.MethodGet, http.MethodHead, http.MethodPost}

// find returns the client of that name.
func find(name string) client {
	for _, c := range clients {
		if c.name == name {
			return c
		}
	}
	panic("adaptertest: no client " + name)
}
