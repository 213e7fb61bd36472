package recipes

import (
	"fmt"
	"net/http"

	"github.com/denial-go/denial/render"
	"github.com/urfave/negroni/v3"
)

// Negroni returns a stack that answers panics with a denial. Recovery logs
// them, and it takes http.ErrAbortHandler for a panic like any other: where a
// reverse proxy is behind it, use Recover instead.
func Negroni(deny *render.Renderer, log negroni.ALogger) *negroni.Negroni {
	recovery := negroni.NewRecovery()
	recovery.Logger = log
	recovery.Formatter = panicFormatter{deny}
	return negroni.New(recovery)
}

type panicFormatter struct{ deny *render.Renderer }

// FormatPanicError answers, unless the handler had done so before it panicked.
func (f panicFormatter) FormatPanicError(w http.ResponseWriter, r *http.Request, infos *negroni.PanicInformation) {
	if began, ok := w.(interface{ Written() bool }); ok && began.Written() {
		return
	}
	f.deny.Write(w, r, fmt.Errorf("panic: %v", infos.RecoveredPanic))
}
