package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A spent is CPU time, in user and system mode: of a server, and of the
// PostgreSQL server that it asked, where there is one.
type spent struct{ own, database time.Duration }

func (s spent) sum() time.Duration { return s.own + s.database }

func (s spent) less(t spent) spent { return spent{s.own - t.own, s.database - t.database} }

func (s spent) each(n int) spent {
	n = max(n, 1)
	return spent{s.own / time.Duration(n), s.database / time.Duration(n)}
}

// cpu is the CPU time that the process has used, and its PostgreSQL server with
// it, which answers nobody else meanwhile.
func (s *server) cpu() (spent, error) {
	var c spent
	own, err := clock(s.cmd.Process.Pid)
	if err != nil {
		return c, err
	}
	c.own = own
	if s.postmaster != 0 {
		c.database, err = family(s.postmaster)
	}
	return c, err
}

// rest waits until the server, and PostgreSQL with it, has little to do by
// itself: it charges first what has fallen due since the demo was made.
func (s *server) rest(ctx context.Context) error {
	const every, little, longest = time.Second, 30 * time.Millisecond, 2 * time.Minute
	for begun := time.Now(); time.Since(begun) < longest; {
		was, err := s.cpu()
		if err != nil {
			return err
		}
		select {
		case <-time.After(every):
		case <-ctx.Done():
			return ctx.Err()
		}
		now, err := s.cpu()
		if err != nil {
			return err
		}
		if now.less(was).sum() < little {
			return nil
		}
	}
	return nil
}

// clock is the CPU time of a process, to the nanosecond. Linux makes the clock's
// number of the process's.
func clock(pid int) (time.Duration, error) {
	const scheduled = 2
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid)<<3|scheduled, &t); err != nil {
		return 0, fmt.Errorf("CPU time of process %d: %w", pid, err)
	}
	return time.Duration(t.Nano()), nil
}

// family is the CPU time of a process and of its children, living and ended.
func family(pid int) (time.Duration, error) {
	sum, err := clock(pid)
	if err != nil {
		return 0, err
	}
	ended, err := endedChildren(pid)
	if err != nil {
		return 0, err
	}
	sum += ended
	list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return 0, err
	}
	for _, text := range strings.Fields(string(list)) {
		child, err := strconv.Atoi(text)
		if err != nil {
			return 0, err
		}
		if t, err := clock(child); err == nil { // else it has ended since
			sum += t
		}
	}
	return sum, nil
}

// endedChildren is the CPU time of the children that have ended, which Linux
// counts in hundredths of a second.
func endedChildren(pid int) (time.Duration, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return childTimes(data)
}

// childTimes reads the two fields of a /proc/PID/stat that endedChildren needs.
func childTimes(stat []byte) (time.Duration, error) {
	// The second field, a name in parentheses, may hold anything.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 15 {
		return 0, fmt.Errorf("cannot read %q", stat)
	}
	user, err1 := strconv.Atoi(fields[13])
	system, err2 := strconv.Atoi(fields[14])
	return time.Duration(user+system) * 10 * time.Millisecond, errors.Join(err1, err2)
}

// parent is the process that started a process.
func parent(pid int) (int, error) {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	if len(fields) < 2 {
		return 0, fmt.Errorf("cannot read %q", data)
	}
	return strconv.Atoi(fields[1])
}
