package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

// A beat lets tasks go on when a test says so.
type beat chan time.Time

func (b beat) after(time.Duration) <-chan time.Time { return b }

func TestWorkRepeatsEachTaskUntilTheEnd(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	again, done := make(beat), make(chan string)
	var ended sync.WaitGroup
	say := func(name string) task {
		return task{name: name, every: time.Hour, do: func(context.Context) error { done <- name; return nil }}
	}
	ended.Go(func() { work(ctx, slog.New(slog.DiscardHandler), again.after, []task{say("a"), say("b")}) })
	for range 2 { // at once, and after the pause
		if got := <-done + <-done; got != "ab" && got != "ba" {
			t.Errorf("got %s, want each once", got)
		}
		again <- time.Time{}
		again <- time.Time{}
	}
	<-done
	<-done
	stop()
	ended.Wait()
}

func TestWorkEndsInTheMiddleOfATask(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	var log bytes.Buffer
	work(ctx, slog.New(slog.NewTextHandler(&log, nil)), make(beat).after, []task{{name: "slow", do: func(ctx context.Context) error {
		stop()
		<-ctx.Done()
		return ctx.Err()
	}}})
	if log.Len() > 0 {
		t.Errorf("the end is logged as a fault: %s", &log)
	}
}

func TestWorkLogsATaskThatFailsOnce(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	again := make(beat, 10)
	var log bytes.Buffer
	times := 0
	work(ctx, slog.New(slog.NewTextHandler(&log, nil)), again.after, []task{{name: "mail", do: func(context.Context) error {
		again <- time.Time{}
		switch times++; times {
		case 1, 2:
			return errors.New("no route")
		case 4:
			panic("at the fourth")
		case 6:
			stop()
		}
		return nil
	}}})
	for text, want := range map[string]int{"no route": 1, "works again": 2, "panic: at the fourth": 1} {
		if got := strings.Count(log.String(), text); got != want {
			t.Errorf("%q stands %d times in the log, want %d:\n%s", text, got, want, &log)
		}
	}
}
