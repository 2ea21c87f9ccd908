package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// rounds is how often the sides of a scenario take turns. What writes takes
// more of them, as long as each of the others': PostgreSQL checkpoints and
// vacuums at times, for longer than a turn, and it is chance in whose.
const (
	rounds      = 2
	writeRounds = 8
)

// warmUp is how long each side is asked before it is measured: statements are
// prepared and pages cached by then.
const warmUp = 100 * time.Millisecond

// requests are what a connection asks for: connection c's nth request.
type requests func(c, n int) []byte

// A scenario is one page, one form or one call of an API, in the two ways it can be answered.
type scenario struct {
	group  group // whose it is
	name   string
	what   string   // what is asked for, for the table
	kontor requests // of the program
	floor  requests // of the bare handler
	want   int      // the status of the program's answer
	mark   string   // stands once in the answer for each row listed; "" for what is no list
	rows   string   // stands so in the floor's answer; "" for customers
	most   float64  // of a page: how many times the floor's CPU time it may take
	target float64  // of an API: the share of the floor's requests that it must answer; 0 for a page
}

// A group is whose customers scenarios are about, or who asks.
type group string

// The groups, as the tables name them.
const (
	ofMany  group = "of nearly all"
	ofFew   group = "of 1,000"
	ofStaff group = "staff"
	ofAPI   group = "API"
)

// file is the name as a file's.
func (sc *scenario) file() string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(string(sc.group)+" "+sc.name))
}

// measure runs the scenario on both sides in turns.
func (sc *scenario) measure(ctx context.Context, serve, bare *server, each time.Duration) (*line, error) {
	l := &line{scenario: sc}
	var err error
	if l.rows, err = sc.check(ctx, serve, bare); err != nil {
		return nil, err
	}
	if l.kontor, err = newSide(ctx, serve, sc.kontor, sc.want); err != nil {
		return nil, err
	}
	defer l.kontor.close()
	if l.floor, err = newSide(ctx, bare, sc.floor, 200); err != nil {
		return nil, err
	}
	defer l.floor.close()
	turns := rounds
	if sc.most == writeAtMost {
		turns = writeRounds
	}
	for round := range turns + 1 {
		long := each / rounds
		if round == 0 {
			long = warmUp
		}
		for _, sd := range []*side{l.kontor, l.floor} {
			f, err := sd.slice(ctx, long, math.MaxInt)
			if err != nil {
				return nil, err
			}
			if round > 0 {
				sd.add(f)
			}
		}
	}
	return l, nil
}

// checked is how many requests are looked at before all are measured.
const checked = 16

// check sees to it that the program and its floor list the same number of
// rows, as a floor that does less is none, and returns how many these are on
// average; -1 for what is no list.
func (sc *scenario) check(ctx context.Context, serve, bare *server) (float64, error) {
	if sc.mark == "" {
		return -1, nil
	}
	count := func(s *server, request []byte, want int, mark string) (int, error) {
		c, err := dial(ctx, s.addr)
		if err != nil {
			return 0, err
		}
		defer c.Close()
		var body bytes.Buffer
		plain := bytes.Replace(request, []byte("Accept-Encoding: gzip, deflate, br, zstd\r\n"), nil, 1)
		_, err = c.ask(plain, want, &body)
		return strings.Count(body.String(), mark), err
	}
	all := 0
	for n := range checked {
		shown, err := count(serve, sc.kontor(0, n), sc.want, sc.mark)
		if err != nil {
			return 0, err
		}
		read, err := count(bare, sc.floor(0, n), 200, cmp.Or(sc.rows, "customer\t"))
		if err == nil && read != shown {
			err = fmt.Errorf("the answer shows %d rows and the floor reads %d", shown, read)
		}
		if err != nil {
			return 0, err
		}
		all += shown
	}
	if all == 0 {
		return 0, errors.New("no answer shows a row")
	}
	return float64(all) / checked, nil
}

// cycle asks for each of what was prepared in turn, each connection beginning
// elsewhere.
func cycle(prepared [][]byte) requests {
	return func(c, n int) []byte { return prepared[(n+c*len(prepared)/connections)%len(prepared)] }
}
