package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/denial-go/denial/internal/benchmarks/work"
)

// A request appends the i-th request to dst.
type request func(dst []byte, i int) []byte

// ordinary returns the request of a work, always the same.
func ordinary(w work.Work) request {
	text := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: %s\r\nAccept-Language: %s\r\n\r\n", work.Target, w.Accept, work.FourRanges)
	return func(dst []byte, _ int) []byte { return append(dst, text...) }
}

// quiet is the request of the flood as it would be without one.
func quiet(accepts []string) request {
	var texts []string
	for _, accept := range accepts {
		texts = append(texts, fmt.Sprintf("GET /reports/42?role=editor HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: %s\r\nAccept-Language: %s\r\n\r\n", accept, work.FourRanges))
	}
	return func(dst []byte, i int) []byte { return append(dst, texts[i%len(texts)]...) }
}

// unique returns requests none of which is like another, in each field that an
// attacker has a hand in. They take turns in asking for each of accepts and
// each of languages.
func unique(accepts, languages []string) request {
	return func(dst []byte, i int) []byte {
		number := func() { dst = strconv.AppendInt(dst, int64(i), 36) }
		dst = append(dst, "GET /reports/"...)
		number()
		dst = append(dst, "?role=editor-"...)
		number()
		dst = append(dst, " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/x-"...)
		number()
		dst = append(dst, ";q=0.9, "...)
		dst = append(dst, accepts[i%len(accepts)]...)
		dst = append(dst, "\r\nAccept-Language: qq-x-"...)
		number()
		dst = append(dst, ";q=0.9, "...)
		dst = append(dst, languages[i/len(accepts)%len(languages)]...)
		dst = append(dst, ";q=0.8, *;q=0.1\r\n\r\n"...)
		return dst
	}
}

// load is what one stretch of requests took.
type load struct {
	wall     time.Duration
	p50, p99 time.Duration
}

// send has conns, all at once, send requests from first to before first+n, each
// as soon as the answer before it is there. Every answer must have the status.
func send(conns []net.Conn, req request, first, n, status int) (load, error) {
	var next atomic.Int64
	next.Store(int64(first))
	waits := make([][]time.Duration, len(conns))
	errs := make([]error, len(conns))
	var wg sync.WaitGroup
	start := time.Now()
	for c, conn := range conns {
		wg.Go(func() {
			w := worker{conn: conn, in: make([]byte, 64<<10)}
			for {
				i := int(next.Add(1)) - 1
				if i >= first+n {
					return
				}
				w.out = req(w.out[:0], i)
				sent := time.Now()
				got, err := w.do()
				if err == nil && got != status {
					err = fmt.Errorf("status %d, want %d", got, status)
				}
				if err != nil {
					errs[c] = fmt.Errorf("request %d: %w", i, err)
					next.Store(int64(first + n)) // the others stop too
					return
				}
				waits[c] = append(waits[c], time.Since(sent))
			}
		})
	}
	wg.Wait()
	l := load{wall: time.Since(start)}
	if err := errors.Join(errs...); err != nil {
		return l, err
	}
	all := slices.Concat(waits...)
	slices.Sort(all)
	l.p50, l.p99 = all[len(all)/2], all[len(all)*99/100]
	return l, nil
}

// A worker sends requests on one connection. It is quicker than an
// http.Client, which would need more processor time than the servers here.
type worker struct {
	conn    net.Conn
	out, in []byte
}

var (
	headEnd       = []byte("\r\n\r\n")
	contentLength = []byte("\r\nContent-Length: ")
)

// do sends w.out and reads the whole answer.
func (w *worker) do() (status int, err error) {
	if _, err := w.conn.Write(w.out); err != nil {
		return 0, err
	}
	n, total := 0, -1
	for total < 0 || n < total {
		if n == len(w.in) {
			return 0, errors.New("the answer is too long")
		}
		m, err := w.conn.Read(w.in[n:])
		n += m
		if err != nil {
			return 0, err
		}
		if total >= 0 {
			continue
		}
		head, _, ok := bytes.Cut(w.in[:n], headEnd)
		if !ok {
			continue
		}
		if len(head) < len("HTTP/1.1 200") {
			return 0, fmt.Errorf("the answer begins with %q", head)
		}
		if status, err = strconv.Atoi(string(head[9:12])); err != nil {
			return 0, err
		}
		_, length, ok := bytes.Cut(head, contentLength)
		if !ok {
			return 0, fmt.Errorf("the answer has no Content-Length: %q", head)
		}
		length, _, _ = bytes.Cut(length, headEnd[:2])
		body, err := strconv.Atoi(string(length))
		if err != nil {
			return 0, err
		}
		total = len(head) + len(headEnd) + body
	}
	if n > total {
		return 0, fmt.Errorf("%d bytes after the answer", n-total)
	}
	return status, nil
}
