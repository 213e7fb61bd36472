package render

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/denial-go/denial/problem"
)

// dot is what the dot of the page stands for: one of these.
type dot struct {
	view  *View
	step  *Step
	part  *Part
	param *problem.Param
}

// A slot is a name that the page may use after a dot.
type slot struct {
	test func(dot) bool
	text func(dot) string                  // nil where it is no text
	each func(d dot, yield func(each dot)) // nil where with and range have nothing to go into
	kind string                            // of what each yields
}

// slots are named by what the dot is and the field or method of it, so that a
// page that uses one in the wrong place is found when it is compiled.
var slots = map[string]slot{
	"view.Language":          viewText(func(v *View) string { return v.Language }),
	"view.Dir":               viewText(func(v *View) string { return v.Dir }),
	"view.Title":             viewText(func(v *View) string { return v.Title }),
	"view.Drawing":           viewText((*View).Drawing),
	"view.Instance":          viewText(func(v *View) string { return v.Instance }),
	"view.Status":            viewText(func(v *View) string { return strconv.Itoa(v.Status) }),
	"view.Phrase":            viewText(func(v *View) string { return v.Phrase }),
	"view.Code":              viewText(func(v *View) string { return v.Code }),
	"view.Brand.Name":        viewText(func(v *View) string { return v.Brand.Name }),
	"view.Brand.Home":        viewText(func(v *View) string { return v.Brand.Home }),
	"view.Brand.Help":        viewText(func(v *View) string { return v.Brand.Help }),
	"view.Brand.HelpAddress": viewText(func(v *View) string { return v.Brand.HelpAddress() }),
	"view.Brand.LogoHasName": {test: func(d dot) bool { return d.view.Brand.LogoHasName }},
	"view.Sentence": {
		kind: "part",
		test: func(d dot) bool { return len(d.view.Sentence) > 0 },
		each: func(d dot, yield func(dot)) {
			for i := range d.view.Sentence {
				yield(dot{part: &d.view.Sentence[i]})
			}
		},
	},
	"view.Primary": {
		kind: "step",
		test: func(d dot) bool { return d.view.Primary() != nil },
		each: func(d dot, yield func(dot)) { yield(dot{step: d.view.Primary()}) },
	},
	"view.Next":   viewSteps(func(v *View) []Step { return v.Next }),
	"view.Others": viewSteps((*View).Others),
	"view.Further": {
		kind: "view",
		test: func(d dot) bool { return len(d.view.Also) > 0 },
		each: func(d dot, yield func(dot)) {
			for _, a := range d.view.Further() {
				yield(dot{view: a})
			}
		},
	},

	"step.Title":      stepText(func(s *Step) string { return s.Title }),
	"step.Href":       stepText(func(s *Step) string { return s.Href }),
	"step.For":        stepText(func(s *Step) string { return s.For }),
	"step.Datetime":   stepText((*Step).Datetime),
	"step.Address":    stepText((*Step).Address),
	"step.Actionable": {test: func(d dot) bool { return d.step.Actionable() }},
	"step.Post":       {test: func(d dot) bool { return d.step.Post() }},
	"step.Send":       stepParams((*Step).Send),
	"step.Fields":     stepParams((*Step).Fields),

	"part.Text":     textSlot(func(d dot) string { return d.part.Text }),
	"part.Datetime": textSlot(func(d dot) string { return d.part.Datetime }),
	"part.Value":    {test: func(d dot) bool { return d.part.Value }},
	"param.Name":    textSlot(func(d dot) string { return d.param.Name }),
	"param.Value":   textSlot(func(d dot) string { return d.param.Value }),
}

// What makes slots is not inlined: each of its thirty uses would add 300 bytes
// to every program.
//
//go:noinline
func textSlot(f func(dot) string) slot {
	return slot{text: f, test: func(d dot) bool { return f(d) != "" }}
}

//go:noinline
func viewText(f func(*View) string) slot {
	return textSlot(func(d dot) string { return f(d.view) })
}

//go:noinline
func stepText(f func(*Step) string) slot {
	return textSlot(func(d dot) string { return f(d.step) })
}

//go:noinline
func viewSteps(f func(*View) []Step) slot {
	return slot{
		kind: "step",
		test: func(d dot) bool { return len(f(d.view)) > 0 },
		each: func(d dot, yield func(dot)) {
			steps := f(d.view)
			for i := range steps {
				yield(dot{step: &steps[i]})
			}
		},
	}
}

//go:noinline
func stepParams(f func(*Step) []problem.Param) slot {
	return slot{
		kind: "param",
		test: func(d dot) bool { return len(f(d.step)) > 0 },
		each: func(d dot, yield func(dot)) {
			for _, p := range f(d.step) {
				yield(dot{param: &p})
			}
		},
	}
}

// findSlot returns the slot that name, such as ".Title", stands for where the
// dot is of a kind.
func findSlot(kind, name string) (*slot, error) {
	if word, ok := strings.CutPrefix(name, ".Words."); ok && kind == "view" {
		s := viewText(func(v *View) string { return v.Words[word] })
		return &s, nil
	}
	if s, ok := slots[kind+name]; ok {
		return &s, nil
	}
	return nil, fmt.Errorf("{{%s}}: a %s has no such slot", name, kind)
}
