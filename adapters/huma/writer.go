package denyhuma

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"time"
)

// bodyWriter is what a context gives out before anything has been sent. Once a
// denial has been, it writes nothing.
type bodyWriter struct {
	io.Writer
	context *denyingContext
}

func (w *bodyWriter) Write(b []byte) (int, error) {
	if !w.context.begin() {
		return len(b), nil
	}
	return w.Writer.Write(b)
}

// responseWriter is a bodyWriter over a router of net/http. Handlers of huma
// look for an http.Flusher, http.ServeContent wants the whole.
type responseWriter struct {
	http.ResponseWriter
	context *denyingContext
}

// Header returns the fields, those of the context among them.
func (w *responseWriter) Header() http.Header {
	w.context.flush()
	return w.ResponseWriter.Header()
}

func (w *responseWriter) WriteHeader(status int) {
	switch {
	case w.context.denied != 0:
		return
	case status < 200 && status != http.StatusSwitchingProtocols:
		w.context.flush() // on the way to an answer
	default:
		w.context.begin()
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *responseWriter) Write(b []byte) (int, error) {
	if !w.context.begin() {
		return len(b), nil
	}
	return w.ResponseWriter.Write(b)
}

// ReadFrom keeps sendfile at work. What fails before its first byte has sent
// nothing.
func (w *responseWriter) ReadFrom(r io.Reader) (n int64, err error) {
	if w.context.denied != 0 {
		return io.Copy(io.Discard, r)
	}
	if !w.context.sent {
		first := make([]byte, 1)
		var got int
		for got == 0 && err == nil {
			got, err = r.Read(first)
		}
		if got > 0 {
			wrote, failed := w.Write(first[:got])
			if n = int64(wrote); failed != nil {
				return n, failed
			}
		}
		if err == io.EOF {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
	more, err := io.Copy(w.ResponseWriter, r)
	return n + more, err
}

// Flush is for handlers that look for an http.Flusher.
func (w *responseWriter) Flush() { w.FlushError() }

// FlushError is for http.ResponseController.
func (w *responseWriter) FlushError() error {
	w.context.begin()
	return w.controller().Flush()
}

// Hijack is for handlers that look for an http.Hijacker.
func (w *responseWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buf, err := w.controller().Hijack()
	if err == nil {
		w.context.begin()
	}
	return conn, buf, err
}

// The next three are for http.ResponseController, which would else call Unwrap.

func (w *responseWriter) SetReadDeadline(deadline time.Time) error {
	return w.controller().SetReadDeadline(deadline)
}

func (w *responseWriter) SetWriteDeadline(deadline time.Time) error {
	return w.controller().SetWriteDeadline(deadline)
}

func (w *responseWriter) EnableFullDuplex() error { return w.controller().EnableFullDuplex() }

// Unwrap is for whoever goes past us, and may write there.
func (w *responseWriter) Unwrap() http.ResponseWriter {
	w.context.begin()
	return w.ResponseWriter
}

func (w *responseWriter) controller() *http.ResponseController {
	return http.NewResponseController(w.ResponseWriter)
}
