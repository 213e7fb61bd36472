package main

import "testing"

// A third walk finds everything prepared: no request can make a Renderer keep
// more than its reasons, languages and forms need.
func TestWalk(t *testing.T) {
	r, err := walk(4)
	if err != nil {
		t.Fatal(err)
	}
	if r.Answers != r.Reasons*r.Languages*r.Formats || r.Answers < 74*4*6 {
		t.Errorf("%d answers of %d reasons, %d languages and %d forms", r.Answers, r.Reasons, r.Languages, r.Formats)
	}
	if r.AfterWalk <= 0 || r.AfterAgain > r.AfterValues+r.AfterValues/10 {
		t.Errorf("%d bytes are kept after one walk, %d after another with values, %d after the same again", r.AfterWalk, r.AfterValues, r.AfterAgain)
	}
}
