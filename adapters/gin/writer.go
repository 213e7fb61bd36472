package denygin

import (
	"bufio"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
)

// answeredKey marks a context that has been answered before anything reached
// gin's own writer.
type answeredKey struct{}

// writer keeps a status that has no body yet: c.AbortWithStatus and all that is
// built on it, c.Bind for example, send the header at once, and nobody could
// answer in its place any more. A status below 400 is kept too, because
// c.AbortWithError sends it before it records the error. A body lets it go.
type writer struct {
	gin.ResponseWriter
	context  *gin.Context
	held     bool
	hijacked bool
}

// writers are used again, as gin does with its own: what keeps c.Writer after
// its request is over has another request's in either case.
var writers = sync.Pool{New: func() any { return new(writer) }}

// reset makes w a new writer. A context mostly comes back to the same one, and a
// pointer that is stored may cost a write barrier.
func (w *writer) reset(under gin.ResponseWriter, c *gin.Context) {
	if w.context != c {
		w.context = c
	}
	w.ResponseWriter, w.held, w.hijacked = under, false, false
}

func (w *writer) WriteHeaderNow() {
	status := w.Status()
	switch {
	case w.ResponseWriter.Written() || status == http.StatusSwitchingProtocols || answered(w.context):
		w.ResponseWriter.WriteHeaderNow()
	case status < 200 && !w.held:
		w.inform(status)
	default:
		w.held = true
	}
}

// inform sends a status on the way to an answer, such as 103, past gin, which
// would take it for the answer (RFC 9110 §15.2). Behind a writer that leads no
// further down it is left out: clients need none.
func (w *writer) inform(status int) {
	var under http.ResponseWriter = w
	for under != nil {
		if _, ok := under.(gin.ResponseWriter); !ok {
			under.WriteHeader(status)
			break
		}
		u, ok := under.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			break
		}
		under = u.Unwrap()
	}
	w.ResponseWriter.WriteHeader(http.StatusOK) // as before it
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

// Hijack gives the connection away: from then on it is not ours to close. A
// status that is kept goes first, such as the 200 to a CONNECT.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.held {
		w.ResponseWriter.WriteHeaderNow()
	}
	conn, buf, err := w.ResponseWriter.Hijack()
	w.hijacked = w.hijacked || err == nil
	return conn, buf, err
}

// Unwrap is for http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// begun reports whether a part of the answer is on its way, and the rest is
// still ours to send.
func (w *writer) begun() bool {
	if outer, ok := w.ResponseWriter.(*writer); ok {
		return outer.begun() // what it holds has not been sent
	}
	return w.ResponseWriter.Written() && !w.hijacked
}

// cut closes the connection by the panic that net/http has for it. gin.Recovery
// before us would keep that from net/http, which would then end the answer as
// if it were whole: after the deadline, nothing more can be sent.
func (w *writer) cut() {
	if !w.hijacked {
		http.NewResponseController(w.ResponseWriter).SetWriteDeadline(time.Unix(1, 0))
	}
	if !w.ResponseWriter.Written() {
		w.ResponseWriter.WriteHeader(http.StatusInternalServerError) // where there are no deadlines: no 200 at least
	}
	panic(http.ErrAbortHandler)
}

// marks counts the contexts that were marked. A Middleware during which it stands
// still need not ask its own, which takes a lock: what marks a context lets no
// Middleware begin after it.
var marks atomic.Uint64

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
		marks.Add(1)
		c.Writer.WriteHeaderNow()
	}
}
