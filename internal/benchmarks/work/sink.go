package work

import "net/http"

// A Sink is a ResponseWriter that counts and keeps nothing. What it does of
// itself is the same for every contender.
type Sink struct {
	Responses int // that were begun
	Status    int // of the last
	Bytes     int // of all bodies

	header http.Header
	reused bool
}

// NewSink returns a Sink. A server makes a new header map for each response,
// and so does the Sink unless reused: then it empties the one it has, which
// shows what an answer costs apart from its map.
func NewSink(reused bool) *Sink { return &Sink{reused: reused, header: make(http.Header)} }

// Next begins the next response.
func (s *Sink) Next() {
	if s.reused {
		clear(s.header)
	} else {
		s.header = make(http.Header)
	}
}

// Header returns the map of the response that was begun last.
func (s *Sink) Header() http.Header { return s.header }

// WriteHeader counts the response.
func (s *Sink) WriteHeader(status int) {
	s.Status = status
	s.Responses++
}

// Write counts the bytes and drops them.
func (s *Sink) Write(b []byte) (int, error) {
	s.Bytes += len(b)
	return len(b), nil
}
