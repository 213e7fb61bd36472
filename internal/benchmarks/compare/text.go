package main

// The words of RESULTS.md between the figures.
const (
	intro = "Times are medians of the rounds; ratios are medians of the ratios within each round, which the machine's mood moves less.\n" +
		"\"CPU\" is the processor time of the whole process, garbage collection included; goals are judged by it, because the clock also counts what other\n" +
		"programs do. What is timed has been checked before: status, media type, challenges, language, and the texts and addresses in each body.\n\n" +
		"```\n" +
		"go test ./...                        # the checks\n" +
		"go test -run '^$' -bench . ./...     # the benchmarks, once\n" +
		"go run ./memory\n" +
		"go run ./flood\n" +
		"go run ./compare -out RESULTS.md     # all of it, into this file\n" +
		"```"

	answers = "The request has an Accept-Language of four ranges. The ResponseWriter counts and keeps nothing, and makes a new header map for each response as\n" +
		"net/http does, for every contender alike.\n\n" +
		"- json, html and multipart are a 401 with one challenge and two steps, with nothing to fill in; html has Chrome's Accept. What ends in -values is a 403\n" +
		"  with three values and the way back to put in, some of which need escaping. The error is made once; new-error makes it for each response.\n" +
		"- prebuilt sends the very answer that denial does, from bytes and values that are known, with fresh slices.\n" +
		"- handwritten is what an application would put together: contenttype, x/text, encoding/json and html/template, in every language.\n" +
		"- html-template executes html/template on the data of our page, to the same bytes, and does not negotiate.\n" +
		"- moogar0880 (v1.0.1), schneider.vip (v1.9.1), huma (v2.37.2), gin (v1.12.0) and fuego (v0.20.0) are given the German texts, know no languages, and send\n" +
		"  no header fields but Content-Type and WWW-Authenticate: they do less. huma does what its WriteErr does; gin's router is part of its time.\n" +
		"- fuego's SendError has no place for steps. For a page it sends one line of text that is not escaped, and sets the media type after the status, so that\n" +
		"  over a real server the line is text/plain. It is shown all the same."

	standing = "json, where the first so many of these stand: Vary: Origin, X-Request-Id, Strict-Transport-Security, X-Frame-Options, X-Content-Type-Options,\n" +
		"Referrer-Policy, Permissions-Policy, Cross-Origin-Opener-Policy. denial looks at each and adds to the Vary, which prebuilt writes over. A map of more than\n" +
		"eight fields grows, which is most of what 8 fields cost, and 3 where an answer adds seven. In answer-before, nobody empties the map between two answers."

	limit = "What is left where everything is known when the program is compiled: fresh values, the body, and nothing to find out. It is a program of its own, with\n" +
		"next to nothing in memory, so that collecting garbage costs less than beside the answers above. In kept-map, the fields of the answer before stand, and\n" +
		"names are found, not added. The goal's figures (160, 210 and 270 ns) come from such a program: earlier runs judged them with the map emptied, in the\n" +
		"process of all other benchmarks, and by a loop over names."

	negotiation = "Five media types are offered. The fields are that of Chrome for a page, the same with spaces, as nobody sends it, that of Firefox, one type, and 8 KiB of\n" +
		"1000 ranges. All choose text/html for both browsers; with weights and wildcards in the field several of them choose wrong, which is not shown here.\n" +
		"fiber2 is v2.52.15, fiber3 v3.1.0, gin v1.12.0, huma SelectQValueFast, elnormous contenttype v1.0.4, go-openapi server-middleware v0.33.4 with\n" +
		"WithMatchSuffix. Languages are all that the Renderer has; x-text is language.MatchStrings. Beyond the bounds of package negotiate, 8 KiB are not read\n" +
		"to the end; x/text refuses such a field."

	challenges = "mcp is oauthex.ParseWWWAuthenticate of the MCP SDK v1.8.0, docker challenge.ResponseChallenges of distribution v2.8.3. docker reads one challenge a\n" +
		"line, so it is not timed with two in one."

	adapters = "render is a handler that calls Write or Render and nothing else; on fasthttp it reads no request and sends nothing. bare is what an application does\n" +
		"without an adapter: it hands the error on as the framework wants it, and an error handler of a few lines calls Write or Render. adapter is the adapter\n" +
		"in the place of those lines, which keeps fields that stand there already, knows the framework's own errors, and answers nothing twice. gin is its\n" +
		"Middleware, which c.Error hands errors to, and gin-Abort a handler that calls denygin.Abort."

	growth = "One denial with more of one thing, or one call where no denial is needed. accept-ranges are in front of the one range that is offered; steps are\n" +
		"those of one reason; languages are those of a Renderer, LanguageOffers those of package negotiate alone; reasons-in-turn is another reason for each\n" +
		"answer, reasons-together so many for each, of which more than four are not prepared; extensions are strings; New is what a program pays at its\n" +
		"start, with so many reasons of its own."

	overServer = "`go run ./flood`: net/http on the loopback interface, keep-alive, 32 connections that each send a request once the last is answered. Each server is a\n" +
		"process with one processor, and the client has another. CPU is the processor time of the server process for one request, and allocs are all that the\n" +
		"process makes for one. Heap is what is in use after a collection; growth is the largest by the smallest."

	flood = "No request is like another: path, Accept, Accept-Language and a value in the sentence are new each time, in all languages in turn. The number is that\n" +
		"of ten minutes at 2000 requests a second, sent as fast as they are answered. denial-json asks for JSON; denial-every-form for six forms in turn, so\n" +
		"that its answers are larger than those of http.Error. prebuilt-json sends one JSON answer to everybody: the least that an answer of its size can cost. Growth begins when the first part is over, because every language has been used then.\n" +
		"The goal for p99 is measured against the same server at the same number of connections, but with the same request again and again."

	leftOut = "neocotic/go-problem and rickb777/acceptable could not be had where this was run. templ, quicktemplate and error-pages, which earlier measurements\n" +
		"had, compile templates of their own or are whole servers. Peers that do not negotiate correctly are shown only where they came to the right answer."
)
