// Package denydetails writes a denial as the details of a google.rpc.Status,
// and reads it back. It is what the adapters for gRPC and Connect have in
// common, so that a client of one understands a server of the other; a program
// needs it only for a protocol of its own that carries such details.
//
// The details, in this order, each at most once (AIP-193):
//
//   - google.rpc.ErrorInfo, for programs: reason is the code in upper case
//     ("ROLE_MISSING"), and metadata holds the code as it is, the HTTP status,
//     type and instance, and the values that the sentence names;
//   - google.rpc.LocalizedMessage, for people: the detail in the caller's
//     language;
//   - google.rpc.Help: the steps that lead somewhere;
//   - google.rpc.RetryInfo, where it is known how long to wait;
//   - google.api.HttpBody: the application/problem+json document, byte for byte
//     what an HTTP client would have got;
//   - google.protobuf.Struct with the one field "denial": the challenges as
//     header field lines, and the values and steps in the form that the
//     application gave them, so that a gateway can render the denial anew.
//
// Only values that a placeholder of the reason names are sent. Causes are not.
//
// Details travel in a header field, and many peers read no more than 8 KiB of
// those. Where the details would take more than MaxBytes, they are left out
// from the last one on, and long texts are cut: the ErrorInfo always stays.
// Answer.Fit counts what is sent beside them too.
//
// It has no transport and imports none.
package denydetails
