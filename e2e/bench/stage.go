package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"kontor/db/demo"
)

// A stage is what was measured on one engine with so many customers.
type stage struct {
	customers int
	lines     []*line
	start     time.Duration // of serve, to its first answer
	memory    int64         // of serve, after all of it
	mixed     *mixed        // nil where it was not asked for
	moved     *moved        // likewise
}

// A line is a scenario's figures.
type line struct {
	scenario          *scenario
	kontor, floor     *side
	allocs, allocated int64   // number and bytes, of one request
	rows              float64 // of an answer, see [scenario.check]
}

// measure runs the scenarios on the database that k stands at; if mix, those of
// the APIs and the mixed load as well.
func (k *kontor) measure(ctx context.Context, o options, customers int, mix bool) (_ *stage, err error) {
	st := &stage{customers: customers}
	if err := k.ready(ctx); err != nil {
		return nil, err
	}
	p, err := k.program(ctx)
	if err != nil {
		return nil, fmt.Errorf("add a program: %w", err)
	}
	say(fmt.Sprintf("Starting with %s customers on %s", thousands(int64(customers)), k.engine))
	serve, err := k.serve(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, serve.stop()) }()
	st.start = serve.ready
	a := &askers{kontor: k, program: p, serve: serve}
	scenarios, err := a.scenarios(ctx)
	if err != nil {
		return nil, err
	}
	if err := serve.rest(ctx); err != nil {
		return nil, err
	}
	bare, err := k.self(ctx, "floor")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()
	var chosen []*scenario
	for _, sc := range scenarios {
		if !o.only.MatchString(sc.name) || sc.group == ofAPI && !mix { // calls have no growth
			continue
		}
		say(fmt.Sprintf("%s, %s", sc.name, sc.group))
		l, err := sc.measure(ctx, serve, bare, o.each)
		if err != nil {
			return nil, fmt.Errorf("%s, %s: %w", sc.name, sc.group, err)
		}
		st.lines, chosen = append(st.lines, l), append(chosen, sc)
	}
	if err := bare.stop(); err != nil {
		return nil, err
	}
	if mix && o.only.MatchString(mixedName) {
		say("Mixed load")
		if st.mixed, err = a.mix(ctx, o); err != nil {
			return nil, fmt.Errorf("mixed load: %w", err)
		}
	}
	if mix && o.only.MatchString(movingName) {
		say("Import and export")
		if err := serve.rest(ctx); err != nil { // the mixed load's billing run may go on
			return nil, err
		}
		if st.moved, err = a.move(ctx); err != nil {
			return nil, err
		}
	}
	if st.memory, err = serve.memory(); err != nil {
		return nil, err
	}
	if err := serve.stop(); err != nil {
		return nil, err
	}
	if !mix && o.profile == "" {
		return st, nil
	}
	if err := k.look(ctx, o, chosen, st); err != nil || o.profile == "" || st.mixed == nil {
		return st, err
	}
	return st, a.profileMixed(ctx, o, fmt.Sprintf("%s-%d-mixed", k.engine, customers))
}

// look runs it all once more in the twin, for what only a look inside tells:
// allocations, and profiles where they are asked for.
func (k *kontor) look(ctx context.Context, o options, scenarios []*scenario, st *stage) (err error) {
	say("Counting allocations")
	tw, err := startTwin(ctx, k)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tw.stop()) }()
	for i, sc := range scenarios {
		l := st.lines[i]
		if l.allocs, l.allocated, err = tw.allocations(ctx, sc); err != nil {
			return fmt.Errorf("%s, %s: %w", sc.name, sc.group, err)
		}
		if o.profile == "" {
			continue
		}
		file := filepath.Join(o.profile, fmt.Sprintf("%s-%d-%s", k.engine, st.customers, sc.file()))
		if err := tw.profile(ctx, sc, o.each, file); err != nil {
			return fmt.Errorf("profile of %s, %s: %w", sc.name, sc.group, err)
		}
	}
	return nil
}

// profileMixed runs the mixed load in the twin.
func (a *askers) profileMixed(ctx context.Context, o options, name string) (err error) {
	tw, err := startTwin(ctx, a.kontor)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tw.stop()) }()
	if _, err := tw.debug(ctx, "charge"); err != nil {
		return err
	}
	a.serve = tw.server
	return tw.watched(ctx, "profile", o.mixed, filepath.Join(o.profile, name), func() error {
		m, err := a.mix(ctx, o)
		if err == nil {
			say(m.String())
		}
		return err
	})
}

// askers are who asks the program, and what for.
type askers struct {
	*kontor
	program *program
	serve   *server

	many     *subjects // of the merchant of nearly all
	visitors []*visit  // its owner, once for each connection
}

// scenarios are all that is measured, in the order of the table.
func (a *askers) scenarios(ctx context.Context) ([]*scenario, error) {
	say("Looking for what to ask")
	few, err := fewMerchant(ctx, a.kontor)
	if err != nil {
		return nil, err
	}
	var out []*scenario
	add := func(g group, all []*scenario) {
		for _, sc := range all {
			sc.group = g
		}
		out = append(out, all...)
	}
	for _, m := range []struct {
		group group
		id    int64
	}{{ofMany, merchant}, {ofFew, few}} {
		s, err := subjectsOf(ctx, a.kontor, m.id)
		if err != nil {
			return nil, err
		}
		visitors, err := a.signIn(ctx, a.serve.addr, s.owner, connections)
		if err != nil {
			return nil, fmt.Errorf("sign in: %w", err)
		}
		pages, err := s.pages(ctx, a.kontor, visitors)
		if err != nil {
			return nil, err
		}
		add(m.group, pages)
		if m.group == ofMany {
			a.many, a.visitors = s, visitors
		}
	}
	staff, err := a.signIn(ctx, a.serve.addr, demo.AdminEmail, 1)
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	add(ofStaff, a.many.jumps(staff[0]))
	add(ofAPI, a.program.scenarios(a.kontor, a.many))
	return out, nil
}
