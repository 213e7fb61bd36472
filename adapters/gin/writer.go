package denygin

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// state is what is known of a request by all the Middleware around it.
type state struct{ answered bool }

type stateKey struct{}

func stateOf(c *gin.Context) *state {
	if v, ok := c.Get(stateKey{}); ok {
		return v.(*state)
	}
	s := new(state)
	c.Set(stateKey{}, s)
	return s
}

// writer keeps an error status that has no body yet: c.AbortWithStatus and all
// that is built on it, c.Bind for example, send the header at once, and nobody
// could answer in its place any more. A body lets it go.
type writer struct {
	gin.ResponseWriter
	state *state
	held  bool
}

func (w *writer) WriteHeaderNow() {
	if w.Status() >= 400 && !w.state.answered {
		w.held = true
		return
	}
	w.ResponseWriter.WriteHeaderNow()
}

// WriteHeader changes no status that would have been sent by now.
func (w *writer) WriteHeader(status int) {
	if !w.held {
		w.ResponseWriter.WriteHeader(status)
	}
}

func (w *writer) Written() bool { return w.held || w.ResponseWriter.Written() }

func (w *writer) Size() int {
	if w.held {
		return max(w.ResponseWriter.Size(), 0) // it is -1 before the header is sent
	}
	return w.ResponseWriter.Size()
}

// Unwrap is for http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }
