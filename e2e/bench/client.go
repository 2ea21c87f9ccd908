package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// connections is how many askers there are.
const connections = 8

// answerWithin bounds one answer, so that the bench ends.
const answerWithin = 20 * time.Second

// A conn is one asker's connection. It writes requests that are made
// beforehand and throws answers away, which takes less of the machine from the
// server than an [http.Client] would.
type conn struct {
	net.Conn
	r *bufio.Reader
}

func dial(ctx context.Context, addr string) (*conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &conn{c, bufio.NewReaderSize(c, 64<<10)}, nil
}

// ask sends a request and reads the answer into w. It returns how many bytes
// the body had, as it came.
func (c *conn) ask(request []byte, want int, w io.Writer) (int64, error) {
	c.SetDeadline(time.Now().Add(answerWithin))
	if _, err := c.Write(request); err != nil {
		return 0, err
	}
	res, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	n, err := io.Copy(w, res.Body)
	if err == nil && res.StatusCode != want {
		line, _, _ := strings.Cut(string(request), "\r\n")
		err = fmt.Errorf("%s: %s to %q, want %d", line, res.Status, res.Header.Get("Location"), want)
	}
	return n, err
}

// browser is what a browser says with each request, in so far as it matters.
const browser = "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n" +
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\nAccept-Language: en-GB,en;q=0.9,de;q=0.8\r\n" +
	"Sec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-User: ?1\r\nUpgrade-Insecure-Requests: 1\r\n"

// get writes a GET request. The host is the loopback's, whatever the port:
// nothing measured looks at it.
func get(path, cookie string) []byte {
	return request("GET", path, cookie, "Accept-Encoding: gzip, deflate, br, zstd\r\n", "")
}

// post writes a request that sends a form.
func post(path, cookie, form string) []byte {
	return request("POST", path, cookie, fmt.Sprintf("Accept-Encoding: gzip, deflate, br, zstd\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n", len(form)), form)
}

func request(method, path, cookie, more, body string) []byte {
	if cookie != "" {
		more += "Cookie: " + cookie + "\r\n"
	}
	return []byte(method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + browser + more + "\r\n" + body)
}

// A side is one of the servers that answer the same scenario.
type side struct {
	server *server
	next   requests
	want   int // the status
	conns  []*conn
	asked  [connections]int

	figures
}

// figures are what a side was measured at.
type figures struct {
	took []time.Duration // of each answer
	time time.Duration   // in which all were given
	cpu  spent           // by the server meanwhile
}

func newSide(ctx context.Context, s *server, next requests, want int) (*side, error) {
	sd := &side{server: s, next: next, want: want}
	for range connections {
		c, err := dial(ctx, s.addr)
		if err != nil {
			sd.close()
			return nil, err
		}
		sd.conns = append(sd.conns, c)
	}
	return sd, nil
}

func (s *side) close() {
	for _, c := range s.conns {
		c.Close()
	}
}

// slice asks on all connections, for so long or so many times each.
func (s *side) slice(ctx context.Context, long time.Duration, times int) (figures, error) {
	var f figures
	before, err := s.server.cpu()
	if err != nil {
		return f, err
	}
	var (
		wg    sync.WaitGroup
		each  [connections]figures
		errs  [connections]error
		begun = time.Now()
	)
	for i, c := range s.conns {
		wg.Go(func() {
			for n := 0; n < times && time.Since(begun) < long && ctx.Err() == nil; n++ {
				request := s.next(i, s.asked[i])
				s.asked[i]++
				start := time.Now()
				_, err := c.ask(request, s.want, io.Discard)
				if err != nil {
					errs[i] = err
					return
				}
				each[i].took = append(each[i].took, time.Since(start))
			}
		})
	}
	wg.Wait()
	f.time = time.Since(begun)
	for i := range each {
		if errs[i] != nil {
			return f, errs[i]
		}
		f.took = append(f.took, each[i].took...)
	}
	after, err := s.server.cpu()
	f.cpu = after.less(before)
	if err == nil {
		err = ctx.Err()
	}
	return f, err
}

// add puts a slice's figures to those of the others.
func (f *figures) add(g figures) {
	f.took = append(f.took, g.took...)
	f.time += g.time
	f.cpu.own += g.cpu.own
	f.cpu.database += g.cpu.database
}

func (f figures) perSecond() float64 { return float64(len(f.took)) / f.time.Seconds() }

// each is the CPU time of one request.
func (f figures) each() spent { return f.cpu.each(len(f.took)) }

// quantile is the time within which that share of the answers came.
func (f figures) quantile(q float64) time.Duration {
	if len(f.took) == 0 {
		return 0
	}
	slices.Sort(f.took)
	return f.took[int(q*float64(len(f.took)-1))]
}
