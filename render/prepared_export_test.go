package render

import (
	"maps"
	"slices"
	"unsafe"
)

// Slow returns a Renderer that prepares nothing: the twin that answers made
// the quick way are held to.
func Slow(r *Renderer) *Renderer {
	s := *r.get()
	s.plans = nil
	return &Renderer{&s}
}

// Prepared reports whether the next answer is made of what has been prepared.
func Prepared(r *Renderer, req Request, err error) bool {
	j, ok := r.get().find(&req, err)
	return ok && j.write()
}

// Kept counts the bodies and heads that have been prepared, and their bytes
// without those that they share.
func Kept(r *Renderer) (bodies, heads, size int) {
	seen := make(map[*byte]bool)
	plans := slices.Collect(maps.Values(r.get().plans))
	if several := r.get().several.plans.Load(); several != nil {
		plans = slices.AppendSeq(plans, maps.Values(*several))
	}
	for _, p := range plans {
		st := p.state.Load()
		if st == nil {
			continue
		}
		for i := range st.cells {
			if c := st.cells[i].Load(); c != nil {
				for b := c.bodies; b != nil; b = b.next {
					bodies++
					for _, text := range [][]byte{b.text, b.sheet.css} {
						if p := unsafe.SliceData(text); !seen[p] {
							seen[p] = true
							size += len(text)
						}
					}
				}
			}
		}
		if list := st.heads.Load(); list != nil {
			heads += len(*list)
		}
	}
	return bodies, heads, size
}

// The bounds on what is kept.
const (
	MaxBodies = maxBodies
	MaxHeads  = maxHeads
	MaxBuffer = maxBuffer

	MaxCombinations = maxCombinations
)
