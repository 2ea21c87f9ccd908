package demo

import (
	"container/heap"
	"context"
	"slices"
	"time"
)

// A calendar knows how busy each hour is, and so when the customers of a
// merchant come: more from month to month, in office hours most, at night few.
type calendar struct {
	start time.Time
	end   time.Time
	until []float64 // the sum of the weights of the hours up to the end of each
}

func newCalendar(zone *time.Location, start, end time.Time) calendar {
	c := calendar{start: start, end: end}
	sum := 0.0
	hours := int(end.Sub(start)/time.Hour) + 1
	for i := range hours {
		local := start.Add(time.Duration(i) * time.Hour).In(zone)
		sum += busy(local) * (1 + 3*float64(i)/float64(hours))
		c.until = append(c.until, sum)
	}
	return c
}

func busy(at time.Time) float64 {
	weight := 1.0
	switch hour := at.Hour(); {
	case hour >= 9 && hour < 17:
		weight = 12
	case hour == 8, hour == 17:
		weight = 7
	case hour >= 18 && hour < 22:
		weight = 4
	case hour < 6:
		weight = 0.4
	}
	switch at.Weekday() {
	case time.Saturday:
		weight /= 2
	case time.Sunday:
		weight /= 4
	}
	return weight
}

// at returns the time by which a part of all, 0 to 1, has come.
func (c calendar) at(part float64) time.Time {
	target := part * c.until[len(c.until)-1]
	i, _ := slices.BinarySearch(c.until, target)
	i = min(i, len(c.until)-1)
	before := 0.0
	if i > 0 {
		before = c.until[i-1]
	}
	within := (target - before) / (c.until[i] - before)
	at := c.start.Add(time.Duration((float64(i) + within) * float64(time.Hour)))
	if at.After(c.end) {
		return c.end
	}
	return at
}

// An occasion is something that is to happen at its time.
type occasion struct {
	at    time.Time
	order int // among those of one time
	do    func(context.Context) error
}

// pending are the occasions to come, the next one first.
type pending struct {
	all  []occasion
	made int
}

func (p *pending) Len() int      { return len(p.all) }
func (p *pending) Swap(i, j int) { p.all[i], p.all[j] = p.all[j], p.all[i] }
func (p *pending) Push(x any)    { p.all = append(p.all, x.(occasion)) }

func (p *pending) Less(i, j int) bool {
	a, b := p.all[i], p.all[j]
	if !a.at.Equal(b.at) {
		return a.at.Before(b.at)
	}
	return a.order < b.order
}

func (p *pending) Pop() any {
	last := p.all[len(p.all)-1]
	p.all[len(p.all)-1] = occasion{}
	p.all = p.all[:len(p.all)-1]
	return last
}

// on plans something for a time; what lies after the end never happens.
func (f *filler) on(at time.Time, do func(context.Context) error) {
	if at.After(f.now.Add(-quiet)) {
		return
	}
	f.pending.made++
	heap.Push(&f.pending, occasion{at, f.pending.made, do})
}

// catchUp lets happen what is planned up to a time.
func (f *filler) catchUp(ctx context.Context, until time.Time) error {
	for len(f.pending.all) > 0 && !f.pending.all[0].at.After(until) {
		o := heap.Pop(&f.pending).(occasion)
		f.At(o.at)
		if err := o.do(ctx); err != nil {
			return err
		}
	}
	return nil
}
