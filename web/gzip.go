package web

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// gzipFrom is the size from which compressing is worth it, in bytes.
const gzipFrom = 1024

// compress compresses HTML and JSON for clients that accept it. It leaves
// alone what is small, what already has an encoding, and what must not be
// stored: a key's length must not show through a compressed page.
func compress(next http.Handler) http.Handler {
	pool := &sync.Pool{New: func() any {
		gz, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // the level is known
		return gz
	}}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		z := &gzipWriter{ResponseWriter: w, accepted: acceptsGzip(r), pool: pool}
		next.ServeHTTP(z, r)
		z.finish() // not after a panic: what was begun must not look whole
	})
}

// acceptsGzip reports whether the answer to r may be compressed.
func acceptsGzip(r *http.Request) bool {
	if r.Method == http.MethodHead {
		return false
	}
	ok := false
	for coding := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, params, _ := strings.Cut(coding, ";")
		key, value, _ := strings.Cut(params, "=")
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		refused := strings.EqualFold(strings.TrimSpace(key), "q") && err == nil && q == 0
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "gzip":
			return !refused
		case "*":
			ok = !refused
		}
	}
	return ok
}

// A gzipWriter holds the status back until the first of the body shows whether
// to compress it.
type gzipWriter struct {
	http.ResponseWriter
	accepted bool
	pool     *sync.Pool
	status   int // 0 until known
	decided  bool
	gz       *gzip.Writer // nil when the body goes out as it is
}

// Unwrap is for [http.ResponseController].
func (w *gzipWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *gzipWriter) WriteHeader(status int) {
	switch {
	case status < 200 || w.decided: // an early hint, or one header too many, which net/http reports
		w.ResponseWriter.WriteHeader(status)
	case w.status == 0:
		w.status = status
	}
}

func (w *gzipWriter) Write(p []byte) (int, error) {
	if !w.decided {
		w.decide(len(p))
	}
	if w.gz != nil {
		return w.gz.Write(p)
	}
	return w.ResponseWriter.Write(p)
}

// FlushError is for [http.ResponseController].
func (w *gzipWriter) FlushError() error {
	if !w.decided {
		w.decide(0)
	}
	if w.gz != nil {
		if err := w.gz.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// decide writes the header, knowing the body's length where it was said, or
// else the length of its first piece.
func (w *gzipWriter) decide(first int) {
	w.decided = true
	h := w.Header()
	size := first
	if n, err := strconv.Atoi(h.Get("Content-Length")); err == nil {
		size = n
	}
	if compressible(h) && size >= gzipFrom && bodyAllowed(w.status) {
		h.Add("Vary", "Accept-Encoding")
		if w.accepted {
			h.Set("Content-Encoding", "gzip")
			h.Del("Content-Length")
			if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) {
				h.Set("ETag", "W/"+tag) // other bytes, same meaning
			}
			w.gz = w.pool.Get().(*gzip.Writer)
			w.gz.Reset(w.ResponseWriter)
		}
	}
	if w.status != 0 {
		w.ResponseWriter.WriteHeader(w.status)
	}
}

func (w *gzipWriter) finish() {
	if !w.decided {
		w.decide(0)
	}
	if w.gz != nil {
		w.gz.Close() // if this fails the client has gone
		w.gz.Reset(io.Discard)
		w.pool.Put(w.gz)
		w.gz = nil
	}
}

func compressible(h http.Header) bool {
	if h.Get("Content-Encoding") != "" || isNoStore(h) {
		return false
	}
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	return kind == "text/html" || kind == "application/json" || strings.HasSuffix(kind, "+json")
}

func bodyAllowed(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified && status != http.StatusPartialContent
}
