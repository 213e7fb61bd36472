// Package templates holds the data of the built-in answers: the page, its
// style sheet, and the texts of every language. It is data only; package
// render reads it.
//
// The page is written as an html/template, so that it can be read, and copied
// as the start of an application's own, with a style sheet in the place of
// {{.Style}} and a logo, if there is one, in that of {{.Brand.Logo}}. Package
// render compiles it itself and knows only the actions that the page uses; a test
// holds the two against each other.
//
// A locale file is one JSON object of key and text. Its name is the language
// tag; en.json has every key. CONTRIBUTING.md says how to add a language.
package templates

import _ "embed"

// Page is the built-in page, in the syntax of html/template, executed with a
// *render.View. {{.Style}} and {{.Brand.Logo}} are filled once for a site, with
// what New has checked: a View has no Style, and html/template would escape the
// Logo.
//
//go:embed page.html
var Page string

// Style is the page's style sheet; it takes the place of {{.Style}} in Page.
//
//go:embed page.css
var Style string

// English is locales/en.json, where each text starts.
//
//go:embed locales/en.json
var English string

// PackedLocales holds the other files of locales/: as they are, forty languages
// would add a megabyte to every program. go test ./templates -update writes it
// anew.
//
// It is the CRC-32 of English (4 bytes), then entries in alphabetical order:
// length of the tag (1 byte), the tag, length of the data (3 bytes, the highest
// first), the data. These are the values that the file has for the keys of
// en.json, in the order of that, as they are in JSON, each followed by a line
// feed; an empty line for a key that it has not. They are compressed (RFC 1951)
// with the same lines of en.json as the dictionary.
//
//go:embed locales.bin
var PackedLocales string
