package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"time"

	"kontor/db/core"
)

// What is due, with what is to be known to charge it.
const selectDue = `
	SELECT s.id, s.customer_id, s.plan_id, s.card_id, s.amount, s.next_number, s.next_at, s.currency, k.brand, k.last_four, c.email, p.name
	FROM subscriptions s JOIN cards k ON k.id = s.card_id JOIN customers c ON c.id = s.customer_id JOIN plans p ON p.id = s.plan_id
	WHERE s.next_at > 0 AND s.next_at <= ? AND s.held = 0 AND s.parked_at = 0 AND s.status IN ('pending', 'active', 'past_due')
		AND k.active = 1 AND k.removed_at = 0 AND c.deleted_at = 0
	ORDER BY s.next_at, s.id
	LIMIT 256`

// chargeWrites are the statements that charge, in the order in which they run.
// The first three come before the call of the processor and the others after it.
var chargeWrites = []string{
	`UPDATE subscriptions
	SET version = version + 1, next_number = ?, next_at = ?, failed_attempts = 0, last_run = ?, updated_at = ?
	WHERE id = ? AND next_number = ?`,
	`INSERT INTO charges (id, merchant_id, customer_id, subscription_id, plan_id, card_id, version, source, request, status, reason,
		amount, currency, refunded, description, note, period_from, period_to, period_start, period_end, cycle, cycles, asked, tries,
		due_at, failed_at, next_at, settled_at, created_at, updated_at)
	VALUES (?, 1, ?, ?, ?, ?, 1, 'run', '', 'sending', '', ?, ?, 0, ?, '', ?, ?, ?, ?, 7, 0, 0, 1, ?, 0, ?, 0, ?, ?)`,
	`INSERT INTO attempts (id, merchant_id, charge_id, number, key, card_id, run_id, state, reason, reference, checks, created_at, settled_at)
	VALUES (?, 1, ?, 1, ?, ?, 1, 'sending', '', '', 0, ?, 0)`,

	`UPDATE attempts SET state = 'succeeded', reference = ?, settled_at = ? WHERE id = ? AND state IN ('sending', 'unknown')`,
	`UPDATE charges SET version = 2, status = 'paid', next_at = 0, settled_at = ?, updated_at = ? WHERE id = ? AND version = 1`,
	`INSERT INTO events (id, merchant_id, at, actor_kind, actor_id, actor, origin, via, action,
		object, object_id, customer_id, version, fields, batch, undoes)
	VALUES (?, 1, ?, 'system', 0, 'Kontor', '', '', 'charge.paid', 'charge', ?, ?, 2, '["amount","card"]', 0, 0)`,
	`INSERT INTO event_values (event_id, customer_id, was, became) VALUES (?, ?, '{}', ?)`,
	`INSERT INTO mails (id, merchant_id, customer_id, object, object_id, kind, from_name, recipient, bcc, details,
		state, tries, trouble, code, again, created_at, next_at, sent_at, erased)
	VALUES (?, 1, ?, 'charge', ?, 'receipt', ?, ?, '', ?, 'kept', 0, '', 0, 0, ?, ?, 0, 0)`,
	`UPDATE subscriptions SET version = version + 1, completed_cycles = completed_cycles + 1, last_success = ?, updated_at = ? WHERE id = ?`,
}

// beforeCall is how many of them come before the call.
const beforeCall = 3

// A bareCharge is one that the floor makes.
type bareCharge struct {
	subscription, customer, plan, card, amount, number, dueAt int64
	currency, brand, lastFour, email, name                    string

	id, attempt int64
	key         string
}

// A bareWorker charges as little as can be done: it reads what is due with all
// that a charge needs, writes the rows, calls the processor, and writes the
// outcome. The rows are those that Kontor's worker writes, and each is written
// as often. Two durable transactions a charge, one before the call and one after
// it, are the least that still keeps it exactly once, or two for several charges
// at a time: their keys are all durable before the first of them is sent.
//
// What it leaves out are rules and dates: it knows that all are monthly, active,
// paid by a card that is there, and send receipts.
type bareWorker struct {
	db        *sql.DB
	due       *sql.Stmt
	writes    []*sql.Stmt
	processor *instant

	charges, attempts, events, mails *core.IDs
}

// runChargeFloor is the process that charges what is due in the database in
// both ways: a part of it with two transactions a charge, and another with two
// for several.
func runChargeFloor(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+
		"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"+
		"&_pragma=foreign_keys(1)&_pragma=secure_delete(1)&_pragma=case_sensitive_like(1)&_pragma=temp_store(memory)"+
		"&_pragma=cache_size(-32768)&_txlock=immediate")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	w := &bareWorker{
		db: db, processor: new(instant), charges: core.NewIDs(0), attempts: core.NewIDs(0), events: core.NewIDs(0), mails: core.NewIDs(0),
	}
	if w.due, err = db.PrepareContext(ctx, selectDue); err != nil {
		return err
	}
	for _, text := range chargeWrites {
		st, err := db.PrepareContext(ctx, text)
		if err != nil {
			return fmt.Errorf("prepare %s: %w", text, err)
		}
		w.writes = append(w.writes, st)
	}
	var n int
	if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM subscriptions WHERE next_at > 0 AND next_at <= ? AND parked_at = 0`, time.Now().UnixMilli()).Scan(&n); err != nil {
		return err
	}
	one, err := measured(func() (int, error) { return w.charge(ctx, n/oneIn, 1) })
	if err != nil {
		return err
	}
	several, err := measured(func() (int, error) { return w.charge(ctx, n/severalIn, atOnce) })
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode([]charged{one, several})
}

// Of so many subscriptions the floor charges one in each way: it takes its time
// where the disk is waited for, and a part tells as much as all.
const (
	oneIn     = 20
	severalIn = 4
)

// atOnce is how many charges share two transactions where several do: as many
// as Kontor lets share a commit at the most.
const atOnce = 64

// charge charges up to most of what is due, so many to a transaction, and
// returns how many that were. As many calls are under way at a time as Kontor's
// worker makes.
func (w *bareWorker) charge(ctx context.Context, most, together int) (int, error) {
	for done := 0; ; {
		all, err := w.read(ctx)
		if err != nil || len(all) == 0 || done >= most {
			return done, err
		}
		all = all[:min(len(all), most-done)]
		parts := make(chan []*bareCharge)
		var wg sync.WaitGroup
		errs := make(chan error, connections)
		for range connections {
			wg.Go(func() {
				var err error
				for part := range parts {
					if err == nil {
						err = w.carryOut(ctx, part)
					}
				}
				errs <- err
			})
		}
		for i := 0; i < len(all); i += together {
			parts <- all[i:min(i+together, len(all))]
		}
		close(parts)
		wg.Wait()
		for range connections {
			if err := <-errs; err != nil {
				return done, err
			}
		}
		done += len(all)
	}
}

func (w *bareWorker) read(ctx context.Context) ([]*bareCharge, error) {
	rows, err := w.due.QueryContext(ctx, time.Now().UnixMilli())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []*bareCharge
	for rows.Next() {
		c := new(bareCharge)
		err := rows.Scan(&c.subscription, &c.customer, &c.plan, &c.card, &c.amount, &c.number, &c.dueAt,
			&c.currency, &c.brand, &c.lastFour, &c.email, &c.name)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, rows.Err()
}

// carryOut makes some charges.
func (w *bareWorker) carryOut(ctx context.Context, all []*bareCharge) error {
	if err := w.transact(ctx, all, w.begin); err != nil {
		return err
	}
	for _, c := range all {
		if _, err := w.processor.Charge(ctx, core.ChargeOrder{Key: c.key}); err != nil {
			return err
		}
	}
	return w.transact(ctx, all, w.settle)
}

func (w *bareWorker) transact(ctx context.Context, all []*bareCharge, write func(context.Context, *sql.Tx, *bareCharge) error) error {
	t, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback() // does nothing after Commit
	for _, c := range all {
		if err := write(ctx, t, c); err != nil {
			return err
		}
	}
	return t.Commit()
}

// run runs one of the statements.
func (w *bareWorker) run(ctx context.Context, t *sql.Tx, i int, args ...any) error {
	_, err := t.StmtContext(ctx, w.writes[i]).ExecContext(ctx, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", chargeWrites[i], err)
	}
	return nil
}

// begin writes the charge and its try.
func (w *bareWorker) begin(ctx context.Context, t *sql.Tx, c *bareCharge) error {
	start := time.UnixMilli(c.dueAt).UTC()
	end := start.AddDate(0, 1, 0)
	now := time.Now()
	c.id, now = w.charges.Next(now)
	at := now.UnixMilli()
	c.attempt, _ = w.attempts.Next(now)
	from := start.Format(time.DateOnly)
	c.key = "sub:" + strconv.FormatInt(c.subscription, 10) + ":p:" + from + ":try:1"
	if err := w.run(ctx, t, 0, c.number+1, end.UnixMilli(), at, at, c.subscription, c.number); err != nil {
		return err
	}
	err := w.run(ctx, t, 1, c.id, c.customer, c.subscription, c.plan, c.card, c.amount, c.currency, c.name, from, end.Format(time.DateOnly),
		c.dueAt, end.UnixMilli(), c.dueAt, at+core.ChargeLease.Milliseconds(), at, at)
	if err != nil {
		return err
	}
	return w.run(ctx, t, 2, c.attempt, c.id, c.key, c.card, at)
}

// settle writes down that the charge was paid.
func (w *bareWorker) settle(ctx context.Context, t *sql.Tx, c *bareCharge) error {
	now := time.Now()
	event, now := w.events.Next(now)
	mail, _ := w.mails.Next(now)
	at := now.UnixMilli()
	amount := core.Money{Minor: c.amount, Currency: c.currency}.String()
	details := `{"merchant":"Bäckerei Sonne","description":"` + c.name + `","amount":"` + amount + `","card":"` + c.brand + " " + c.lastFour +
		`","from":"` + c.key[len(c.key)-16:] + `","to":"` + c.key[len(c.key)-16:] + `","paid":"` + now.Format(time.RFC3339) + `"}`
	for i, args := range [][]any{
		{"instant/" + c.key, at, c.attempt},
		{at, at, c.id},
		{event, at, c.id, c.customer},
		{event, c.customer, `{"amount":"` + amount + `","card":"` + c.brand + " " + c.lastFour + `"}`},
		{mail, c.customer, c.id, "Bäckerei Sonne", c.email, details, at, at},
		{at, at, c.subscription},
	} {
		if err := w.run(ctx, t, beforeCall+i, args...); err != nil {
			return err
		}
	}
	return nil
}

// command is a process of this program, whose errors go to the person who
// measures.
func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = os.Stderr
	return cmd
}
