// Package render answers denied requests: it writes the reason of a denial in
// the form that the client reads and the language that the reader knows.
//
//	deny := render.Must(render.New(render.Config{
//		Links: map[problem.StepKind]string{problem.SignIn: "/sign-in?next={return_to}"},
//	}))
//
//	func reports(w http.ResponseWriter, r *http.Request) {
//		if user(r) == nil {
//			deny.Write(w, r, problem.SignInRequired)
//			return
//		}
//		…
//	}
//
// [Renderer.Handler] makes an http.Handler of a denial, [Renderer.ModifyResponse]
// makes denials of what a server behind a proxy answers, [Renderer.Render],
// [Renderer.RenderFields] and [Renderer.View] are for whoever does not speak
// net/http, and [Renderer.Docs] says what each problem type means.
//
// # What is the same in every answer
//
// Status, challenges, steps and caching fields are decided before the form is
// chosen, and do not depend on it. A 401 has a challenge (RFC 9110 §15.5.2), or
// is sent as 403 where [Config].NoHTTPAuth says that the site has none to make.
// Every answer has Cache-Control: no-store and X-Content-Type-Options: nosniff,
// and its Vary names the fields that were looked at, but for credentials.
//
// The form follows Accept. Any JSON type gets problem+json; multipart/alternative
// has to be asked for by name; of equal weights the earlier format wins, but a
// page load (Sec-Fetch-Mode: navigate) gets HTML. No answer is ever a 406. The
// language follows the reader's own setting, then Accept-Language, then the
// default; one answer is in one language.
//
// {return_to} in an address becomes the path and query of the denied page, for a
// GET or HEAD that a person could repeat: one that loads a page, without an access
// token in its query. It never names a host, and never leads back to the page it
// stands on.
//
// A request from inside a page, by script or for an image, gets no challenge that
// opens the browser's password box, unless Config.ChallengeScripts is set.
// Sec-Fetch-Mode and Sec-Fetch-Site tell, and X-Requested-With where those are not
// sent: XMLHttpRequest or fetch.
//
// Whatever goes wrong, the request stays denied: a nil error, a failing page or a
// panicking format gets the right status and challenges and one line of plain
// text. Causes, and errors of other packages, are never sent; Config.OnFault and
// Config.OnDenied see them.
//
// # Beside other middleware
//
// Fields that the application has set before Write are kept where they are the
// application's to say: CORS, cookies, Content-Security-Policy, a Cache-Control
// with no-store; Vary is added to. The built-in page says by itself that its links
// send no Referer to other sites and that search engines leave it out; with a page
// or an HTML format of the application's own, two fields do. CORS middleware has
// to run before the denial is written, or scripts of other origins see no more
// than a network error. A compressing middleware goes outside. Write sends the
// whole response: what has been written before it cannot be taken back.
//
// # How answers are prepared
//
// The first answer of a kind is put together from its parts: the sentence in the
// reader's language, steps, challenges, a form. What comes of it is kept in the
// Renderer with holes for the values: a body for the reason, language and
// form, and header fields that all forms share. The next denial of the kind is
// negotiation, the values escaped into the holes, and the header map. Its bytes are
// the same: nothing is kept that does not make the very answer that it was taken
// from.
//
// Prepared are the built-in reasons, those in [Config].Reasons and those of
// [problem.ForStatus], in the built-in formats, with Args, RetryAfter, Instance,
// Detail, Extensions and Cause. So are two to four of these reasons together, as
// errors.Join has them, where the further ones have nothing of their own and the
// first has no Args and no RetryAfter: the first 32 combinations that come. What is
// not prepared goes the ordinary way each time, which takes many times as long and
// gives the same answer:
//
//   - a list of six or more, a value that is all of an address and a path or has a
//     port, one of another kind than its place wants, such as a fraction for
//     retry_after, and in Markdown a number as text;
//   - a reason that Config.Reasons does not list, or with more than eight
//     placeholders;
//   - a Problem with Next or Challenges of its own, other combinations, and a
//     Problem that was decoded;
//   - a Format of the application's own, and HTML and multipart where Config.Page is
//     set;
//   - an answer that OnFault is told of, and a step that would lead back to its
//     own page.
//
// So list your reasons, and say what differs in Args: an address with
// {placeholders} in a Definition or in Config.Links is prepared, one in Problem.Next
// is not.
//
// Memory grows as kinds of answers are first asked for, up to an end that follows
// from the Config. A language is read when its first reader comes. Of one reason or
// combination, language and form at most 16 bodies are kept, and few have more than
// three: they differ in which values are given and what they are made of. The style
// sheet of the page is kept once. A client chooses among what there is and adds nothing:
// nothing is stored under a header field, a path or a value. A Renderer made by
// [Renderer.As] shares all of it with the one that it comes from, so make one
// Renderer, at the start, and not one for each request.
//
// In the repository, go run ./memory in internal/benchmarks says what is kept once
// every answer for one reason has been given, and RESULTS.md there how long answers
// take. Combinations come on top of that.
//
// # What it does not do
//
// It does not decide who may do what, keep sessions, redirect to a sign-in page,
// or log. It does not pass on error texts.
package render
