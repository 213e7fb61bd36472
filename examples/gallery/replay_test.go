package main

import "testing"

const (
	chromium = "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
	firefox  = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"

	chromiumPage  = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
	chromiumImage = "Accept: image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
	firefoxPage   = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	firefoxImage  = "Accept: image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
	anything      = "Accept: */*"
	english       = "Accept-Language: en-US,en;q=0.9"
)

// TestReplay sends what browsers, libraries and command-line tools send, and
// sees that each gets the status in a form that it can read.
func TestReplay(t *testing.T) {
	const (
		page = "text/html"
		data = "application/problem+json"
		text = "text/plain"
	)
	home := site(t)
	for _, row := range []struct {
		name, method, want string
		lines              []string
	}{
		{"chromium loads a page", "GET", page, []string{chromium, chromiumPage, english, "Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-User: ?1", "Sec-Fetch-Dest: document", "Upgrade-Insecure-Requests: 1"}},
		{"chromium loads a page for a reader of Arabic", "GET", page, []string{chromium, chromiumPage, "Accept-Language: ar", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"}},
		{"chromium sends a form", "POST", page, []string{chromium, chromiumPage, english, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Content-Type: application/x-www-form-urlencoded"}},
		{"chromium loads a frame", "GET", page, []string{chromium, chromiumPage, english, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"}},
		// A prefetched page may be shown later, so it is a page.
		{"chromium fetches a page ahead", "GET", page, []string{chromium, chromiumPage, english, "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: empty", "Sec-Purpose: prefetch"}},
		{"chromium fetch", "GET", data, []string{chromium, anything, english, "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: empty"}},
		{"chromium fetch for JSON", "GET", data, []string{chromium, "Accept: application/json", english, "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: empty"}},
		{"chromium XHR", "POST", data, []string{chromium, anything, english, "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: empty", "X-Requested-With: XMLHttpRequest"}},
		{"chromium img", "GET", data, []string{chromium, chromiumImage, english, "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: image"}},
		{"chromium style", "GET", data, []string{chromium, "Accept: text/css,*/*;q=0.1", english, "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: style"}},
		{"chromium script", "GET", data, []string{chromium, anything, english, "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: script"}},
		{"chromium video", "GET", data, []string{chromium, anything, english, "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: video", "Range: bytes=0-"}},
		{"chromium EventSource", "GET", data, []string{chromium, "Accept: text/event-stream", english, "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: empty", "Cache-Control: no-cache"}},
		{"chromium beacon", "POST", data, []string{chromium, anything, english, "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: empty", "Content-Type: text/plain;charset=UTF-8"}},
		{"chromium service worker", "GET", data, []string{chromium, anything, english, "Sec-Fetch-Mode: same-origin", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: serviceworker", "Service-Worker: script"}},
		{"chromium before fetch metadata", "GET", page, []string{chromium, chromiumPage, english}},

		{"firefox loads a page", "GET", page, []string{firefox, firefoxPage, english, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"}},
		{"firefox loads a frame", "GET", page, []string{firefox, firefoxPage, english, "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"}},
		{"firefox fetch", "GET", data, []string{firefox, anything, english, "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: empty"}},
		{"firefox fetch for JSON", "GET", data, []string{firefox, "Accept: application/json", english, "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: empty"}},
		{"firefox img", "GET", data, []string{firefox, firefoxImage, english, "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: image"}},
		{"firefox style", "GET", data, []string{firefox, "Accept: text/css,*/*;q=0.1", english, "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: style"}},
		{"firefox script", "GET", data, []string{firefox, anything, english, "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: script"}},
		{"firefox EventSource", "GET", data, []string{firefox, "Accept: text/event-stream", english, "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: empty"}},
		{"firefox beacon", "POST", data, []string{firefox, anything, english, "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Dest: empty"}},

		{"curl", "GET", data, []string{"User-Agent: curl/8.14.1", anything}},
		{"curl -I", "HEAD", data, []string{"User-Agent: curl/8.14.1", anything}},
		{"wget", "GET", data, []string{"User-Agent: Wget/1.25.0", anything, "Accept-Encoding: identity"}},
		{"httpie", "GET", data, []string{"User-Agent: HTTPie/3.2.4", anything, "Accept-Encoding: gzip, deflate"}},
		{"python urllib", "GET", data, []string{"User-Agent: Python-urllib/3.13", "Accept-Encoding: identity"}},
		{"python requests", "GET", data, []string{"User-Agent: python-requests/2.34.2", anything}},
		{"go", "GET", data, []string{"User-Agent: Go-http-client/1.1"}},
		{"go posts", "POST", data, []string{"User-Agent: Go-http-client/1.1", "Content-Type: application/json"}},
		{"java HttpClient", "GET", data, []string{"User-Agent: Java-http-client/25"}},
		// It ranks HTML first, and gets what it asks for.
		{"java HttpURLConnection", "GET", page, []string{"User-Agent: Java/25", "Accept: text/html, image/gif, image/jpeg, */*; q=0.2"}},
		// Not a browser, though it sends a field of theirs.
		{"node fetch", "GET", data, []string{"User-Agent: node", anything, "Accept-Language: *", "Sec-Fetch-Mode: cors"}},
		{"node fetch for text", "GET", text, []string{"User-Agent: node", "Accept: text/plain", "Accept-Language: *", "Sec-Fetch-Mode: cors"}},
		{"node http", "GET", data, nil},
		{"axios", "GET", data, []string{"User-Agent: axios/1.21.1", "Accept: application/json, text/plain, */*"}},
		{"git", "GET", data, []string{"User-Agent: git/2.47.3", anything, "Accept-Language: C, *;q=0.9", "Pragma: no-cache"}},
		{"lynx", "GET", page, []string{"User-Agent: Lynx/2.9.2", "Accept: text/html, text/plain, text/sgml, text/css, */*;q=0.01", "Accept-Language: en"}},
		{"w3m", "GET", page, []string{"User-Agent: w3m/0.5.3", "Accept: text/html, text/*;q=0.5, image/*, application/*", "Accept-Language: en;q=1.0"}},

		{"a client that wants both", "GET", "multipart/alternative", []string{"Accept: multipart/alternative"}},
		{"an agent", "GET", "text/markdown", []string{"Accept: text/markdown, text/html;q=0.5, */*;q=0.1"}},
		{"a client that reads XML", "GET", "application/problem+xml", []string{"Accept: application/problem+xml"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			for code, status := range map[string]int{"sign-in-required": 401, "email-unverified": 403} {
				resp, body := send(t, row.method, home+"/deny/"+code, row.lines...)
				if resp.StatusCode != status {
					t.Errorf("%s: status %d, want %d", code, resp.StatusCode, status)
				}
				if got := mediaType(t, resp); got != row.want {
					t.Errorf("%s: %s, want %s", code, got, row.want)
				}
				if (resp.Header.Get("WWW-Authenticate") == "") != (status == 403) {
					t.Errorf("%s: WWW-Authenticate %q", code, resp.Header["Www-Authenticate"])
				}
				if (body == "") != (row.method == "HEAD") {
					t.Errorf("%s: the body has %d bytes", code, len(body))
				}
			}
		})
	}
}
