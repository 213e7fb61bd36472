package denygin

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// answeredKey marks a context that has been answered before anything reached
// gin's own writer.
type answeredKey struct{}

// writer keeps an error status that has no body yet: c.AbortWithStatus and all
// that is built on it, c.Bind for example, send the header at once, and nobody
// could answer in its place any more. A body lets it go.
type writer struct {
	gin.ResponseWriter
	context *gin.Context
	held    bool
}

func (w *writer) WriteHeaderNow() {
	if w.Status() >= 400 && !answered(w.context) {
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

func answered(c *gin.Context) bool {
	_, ok := c.Get(answeredKey{})
	return ok
}

// sent sends the header of an answer that has no body, such as that to a HEAD,
// through the writers of all the Middleware around. The mark that lets it pass
// costs a map, so an answer whose body has gone out does without.
func sent(c *gin.Context) {
	if !c.Writer.Written() {
		c.Set(answeredKey{}, true)
		c.Writer.WriteHeaderNow()
	}
}
