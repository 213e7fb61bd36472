// Package problem says why a request was denied, as an error that a handler
// returns and a client reads back.
//
// Return a built-in [Reason] as it is, with its values, or with the error
// behind it, which stays in the logs. Package render makes the answer of it:
//
//	return problem.SignInRequired
//	return problem.NeedScope("reports.read")
//	return problem.EmailUnverified.Because(err)
//	return errors.Join(problem.EmailUnverified, problem.TermsNotAccepted)
//	return problem.Cloak(problem.NotOwner) // as if there were nothing
//
// [Common] lists the built-in reasons. An application defines its own once, in
// a package variable, with [MustReason].
//
// In a client, [Set.FromResponse] reads the answer, and errors.Is tells which
// reason it was:
//
//	denied := known.FromResponse(resp.StatusCode, resp.Header, resp.Body)
//	if errors.Is(denied, problem.EmailUnverified) { … }
//
// It goes by the status and header fields where no problem document came.
// [Set.Decode] reads the document alone. In a server, [ForStatus] gives the
// reason for an error of which no more is known than its status.
//
// # What there is
//
//   - [Reason] is a kind of denial: code, status, texts, challenges and steps,
//     made of a [Definition] and never changed.
//   - [Problem] is one denial: a Reason, its values, and what else is to be
//     met. [From] finds it in any error, joined ones too.
//   - [NextStep] is something that may help, with a [StepKind] that programs
//     understand and an [Actor] who takes it.
//   - [Challenge] says how to authenticate. There is a constructor for each
//     scheme in use, such as [Bearer], and [ParseChallenges] reads them.
//   - [Set] is the reasons that a client knows; [Decode] works without one.
//
// The JSON is problem+json (RFC 9457) with the members code, next and also.
// Reason codes, step kinds, actors and member names are stable; wording is not.
//
// # What it does not do
//
// It writes no response, picks no language and no form, and checks no
// credentials: it does not import net/http. Its JSON is English, and does
// without what only the renderer knows, such as the base of type URIs. It does
// not decide who may do what; it says so when somebody may not.
package problem
