// Package negotiate picks the representation a client wants: the media type by
// its Accept field and the language by its Accept-Language field (RFC 9110 §12).
package negotiate
