// Package negotiate picks what to send to an HTTP client: the media type by its
// Accept field, the language by its Accept-Language field (RFC 9110 §12). Build a
// MediaTypes or a Languages once, from what the server offers, and ask it for
// each request:
//
//	types, err := negotiate.NewMediaTypes("application/json", "text/html")
//	...
//	switch types.Best(r.Header.Values("Accept")) {
//	case 0: // application/json
//	case 1: // text/html
//	default: // -1: neither is acceptable
//	}
//
// A server that has a say too, because some of what it can send is better or costs
// more, takes the weights of all offers from [MediaTypes.AppendWeights].
//
// Give it all lines of the field, as Header.Values does; Header.Get sees only the
// first. Whatever is chosen, add the fields that were asked to Vary (§12.5.5).
//
// A request is never an error: what cannot be read is skipped. Reading allocates
// nothing and is bounded, so that a hostile field costs about as much as a few
// ordinary ones.
//
// # Media types
//
// [MediaTypes.Best] keeps these rules of RFC 9110:
//
//   - An offer weighs what the most specific range that matches it says, not the
//     most that any of them says (§12.5.1): with "text/*;q=0.7, text/html;q=0.3"
//     text/html weighs 0.3. By name is more specific than text/*, that more than
//     */*, and among those more parameters more than fewer.
//   - Equal weights go to the offer that was given first; the order of the field
//     says nothing. A range that stands twice has the higher of its weights.
//   - Weight 0 excludes (§12.4.2), also under a wildcard: "text/html;q=0, */*".
//   - A range matches only offers that have all its parameters. Names have no
//     case, nor has the value of charset; quoted or not is the same (§5.6.6).
//     The weight may stand anywhere among them.
//   - All lines of the field are one list (§5.3); empty members are nothing
//     (§5.6.1.2).
//   - A member that breaks the grammar is dropped, with its weight, be that good,
//     bad or 0; the others count. So is one whose weight is not 0 to 1 with at
//     most three decimals.
//   - Without the field everything is acceptable, and the first offer is best
//     (§12.4.1). A field that is there but lists nothing, or nothing that can be
//     read, accepts nothing: -1. Whether -1 becomes a 406 or is disregarded is
//     for the caller to say; §12.4.1 allows both.
//
// A quote that is never closed begins no quoted-string: it spoils its member, but
// hides none of those behind the next comma. A quoted-string does not go on in
// the next line of the field.
//
// # Languages
//
// [Languages.Best] tries the ranges of the field by weight, and those of equal
// weight in their order (§12.5.4). For each range it looks among the offers in
// that language for, in this order:
//
//  1. the tag itself;
//  2. the same script, named or inferred: zh-TW is in traditional characters,
//     sr-ME in Latin letters (likely subtags, CLDR);
//  3. the same region, else one on the same side: es-MX is nearer to es-419 than
//     to es, en-IN to en-GB than to en, pt-AO to pt-PT than to pt-BR;
//  4. the tag that is left after cutting subtags from the end of the range
//     (lookup, RFC 4647 §3.4);
//  5. a region the language is at home in: fr-BE gets fr-FR rather than fr-CA;
//  6. the offer that was given first.
//
// So any offer in the language is better than the next range, and than the
// default. Old and overlong codes are understood, such as iw for he, no for nb
// and cmn for zh. If no range has an offer, a near language may do: Nynorsk and
// Bokmål for one another, German for Swiss German, and a few more, but never one
// that merely many readers happen to know. Last comes "*", which means the
// default.
//
// Weight 0 excludes the offers for which no longer range has another weight
// (RFC 4647 §3.3.1): "en-US;q=0" leaves en, "en;q=0" leaves no English at all.
// A range that means an offer by an inferred script or an old code excludes it
// likewise, but brings none back that is excluded by name: "zh-Hant, zh-HK;q=0"
// leaves no zh-HK, "no, nb;q=0" no nb. A range that stands twice has the higher of
// its weights. "*;q=0" forbids near languages.
//
// Where nothing is left the default, the first offer, stands in, even if it was
// excluded: a reader is better served by some language than by none, and the
// second result of Best tells.
//
// # Bounds
//
// Of Accept at most 1024 bytes, 48 members and 16 quoted strings are read, of
// Accept-Language 512 bytes, 32 members and 35 bytes of a range (RFC 5646 §4.4).
// Lines together count as if joined by commas, and empty members count. That is
// more than any client is known to send.
//
// What lies beyond a bound is treated as absent, and a field that was cut never
// makes an excluded media type acceptable: as a range that excludes an offer may
// be what was cut off, only those offers count then which a range names in full,
// with all their parameters. With languages less is at stake, and something has to
// be sent in any case: an exclusion that was cut off is not known.
//
// # What it does not do
//
// It does not write a response, nor choose a status. It does not treat
// application/json as a name for application/problem+json, or guess from
// structured suffixes otherwise. It does not read Accept-Charset, which is
// obsolete (§12.5.2), or Accept-Encoding, which is for outer layers. It keeps
// nothing of a request.
package negotiate
