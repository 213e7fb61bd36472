// Package templates holds the data of the built-in answers: the page, its
// style sheet, and the texts of every language. It is data only; package
// render reads it.
//
// The page is written as an html/template, so that it can be read, and copied
// as the start of an application's own. Package render compiles it itself and
// knows only the actions that the page uses; a test holds the two against each
// other.
//
// A locale file is one JSON object of key and text. Its name is the language
// tag; en.json has every key. CONTRIBUTING.md says how to add a language.
package templates

import "embed"

// Page is the built-in page, in the syntax of html/template, executed with a
// *render.View.
//
//go:embed page.html
var Page string

// Style is the page's style sheet; it takes the place of {{.Style}} in Page.
//
//go:embed page.css
var Style string

// Locales holds locales/<tag>.json.
//
//go:embed locales/*.json
var Locales embed.FS
