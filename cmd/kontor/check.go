package main

import (
	"context"
	"errors"
	"fmt"

	"kontor/db"
	"kontor/db/billing"
	"kontor/db/core"
)

// cmdCheck prints what is wrong with the database and the books, a line each,
// and fails when there is anything.
func cmdCheck(ctx context.Context, env environment, args []string) error {
	fs, c := flagsOf(env, "check", "")
	if err := parseAlone(fs, args); err != nil {
		return err
	}
	c.Sandbox = true
	store, err := openStore(ctx, env, c)
	if err != nil {
		return err
	}
	defer store.Close()
	defer c.processor.Close()
	lines, err := store.CheckDatabase(ctx)
	if err != nil {
		return err
	}
	found, err := store.CheckBooks(ctx, core.System(0))
	if err != nil {
		return err
	}
	against, err := checkLedger(ctx, store, c.processor)
	if err != nil {
		return err
	}
	for _, f := range append(found, against...) {
		lines = append(lines, faultLine(f))
	}
	for _, line := range lines {
		fmt.Fprintln(env.Stdout, line)
	}
	if len(lines) > 0 {
		return fmt.Errorf("%d things are wrong", len(lines))
	}
	fmt.Fprintln(env.Stdout, "Nothing is wrong.")
	return nil
}

// checkLedger compares every call in the books with the sandbox's ledger, and
// the ledger with the books.
func checkLedger(ctx context.Context, store *db.Store, sandbox *billing.Sandbox) ([]core.CheckFault, error) {
	var found []core.CheckFault
	known := map[string]bool{}
	err := store.Calls(ctx, core.System(0), func(c core.Call) error {
		known[c.Key] = true
		if !c.State.Settled() {
			return nil
		}
		amount, out, err := sandbox.Entry(ctx, c.Key)
		if err != nil && !errors.Is(err, core.ErrNotFound) {
			return err
		}
		if f, wrong := c.Check(amount, out, err); wrong {
			found = append(found, f)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = sandbox.Ledger(ctx, func(m billing.Move) error {
		if m.Declined == "" && !known[m.Key] {
			found = append(found, core.CheckFault{Reason: core.FaultNoBooks, Key: m.Key})
		}
		return nil
	})
	return found, err
}

var faultWords = map[string]string{
	core.FaultTwoSuccesses: "was charged twice",
	core.FaultPaidWithout:  "is paid without a try that succeeded, or the other way round",
	core.FaultSums:         "says another sum was given back than its refunds add up to",
	core.FaultNotCharged:   "was due and was neither charged nor skipped",
	core.FaultNoLedger:     "is not in the processor's ledger as it is in the books",
	core.FaultNoBooks:      "is in the processor's ledger and not in the books",
	core.FaultWaiting:      "waits for nothing",
}

func faultLine(f core.CheckFault) string {
	if f.ObjectID == 0 {
		return fmt.Sprintf("%s %s", f.Key, faultWords[f.Reason])
	}
	line := fmt.Sprintf("merchant %d: %s %d %s", f.Merchant, f.Object, f.ObjectID, faultWords[f.Reason])
	if f.Key != "" {
		line += " (" + f.Key + ")"
	}
	return line
}
