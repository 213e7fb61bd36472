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
// makes denials of what a server behind a proxy answers, [Renderer.Render] and
// [Renderer.View] are for whoever does not speak net/http, and [Renderer.Docs]
// says what each problem type means.
//
// # What is the same in every answer
//
// Status, challenges, steps and caching fields are decided before the form is
// chosen, and do not depend on it. A 401 has a challenge (RFC 9110 §15.5.2), or
// is sent as 403 where [Config].NoHTTPAuth says that the site has none to make.
// Every answer has Cache-Control: no-store and X-Content-Type-Options: nosniff,
// and its Vary names the fields that were looked at.
//
// The form follows Accept. Any JSON type gets problem+json; multipart/alternative
// has to be asked for by name; of equal weights the earlier format wins, but a
// page load (Sec-Fetch-Mode: navigate) gets HTML. No answer is ever a 406. The
// language follows the reader's own setting, then Accept-Language, then the
// default; one answer is in one language.
//
// {return_to} in an address becomes the path and query of the denied page, for a
// GET or HEAD that a person could repeat. It never names a host, and never leads
// back to the page it stands on.
//
// A request from inside a page, by script or for an image, gets no challenge that
// opens the browser's password box.
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
// with no-store; Vary is added to. CORS middleware has to run before the denial is
// written, or scripts of other origins see no more than a network error. A
// compressing middleware goes outside. Write sends the whole response: what has
// been written before it cannot be taken back.
//
// # What it does not do
//
// It does not decide who may do what, keep sessions, redirect to a sign-in page,
// or log. It does not pass on error texts.
package render
