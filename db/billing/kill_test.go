package billing_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"kontor/db"
	"kontor/db/billing"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// The environment by which the test's own program becomes a worker.
const (
	workerBooks   = "KONTOR_TEST_BOOKS"
	workerSandbox = "KONTOR_TEST_SANDBOX"
	workerNow     = "KONTOR_TEST_NOW"  // milliseconds since 1970, when it starts
	workerNode    = "KONTOR_TEST_NODE" // of its IDs
	workerSeed    = "KONTOR_TEST_SEED" // of where it kills itself; "" is nowhere
	// tortureRounds is how often workers are killed; make torture says 200 times.
	tortureRounds = "KONTOR_TORTURE"
)

func TestMain(m *testing.M) {
	if os.Getenv(workerBooks) != "" {
		if err := workUntilKilled(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// workUntilKilled does what is due, and then says so.
func workUntilKilled() error {
	ctx := context.Background()
	millis, err := strconv.ParseInt(os.Getenv(workerNow), 10, 64)
	if err != nil {
		return err
	}
	node, err := strconv.Atoi(os.Getenv(workerNode))
	if err != nil {
		return err
	}
	started := time.Now()
	now := func() time.Time { return time.UnixMilli(millis).UTC().Add(time.Since(started)) }
	store, err := db.Open(ctx, os.Getenv(workerBooks), db.Options{Now: now, Node: node})
	if err != nil {
		return err
	}
	defer store.Close()
	sandbox, err := billing.OpenSandbox(ctx, os.Getenv(workerSandbox), billing.SandboxOptions{Now: now})
	if err != nil {
		return err
	}
	defer sandbox.Close()
	var processor core.Processor = sandbox
	if text := os.Getenv(workerSeed); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return err
		}
		k := &killer{Processor: sandbox}
		k.left.Store(rand.New(rand.NewPCG(seed, 1)).Int32N(24))
		processor = k
	}
	w := billing.NewWorker(store, processor, billing.Options{Now: now, Parallel: 3, Simulated: true})
	fmt.Println("working")
	_, err = w.Pass(ctx)
	return err
}

// A killer is a processor whose caller is killed after so many more steps: each
// call has one before it and one after it.
type killer struct {
	core.Processor
	left atomic.Int32
}

func (k *killer) step() {
	if k.left.Add(-1) < 0 {
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // until it has arrived
	}
}

func (k *killer) Charge(ctx context.Context, o core.ChargeOrder) (core.Outcome, error) {
	k.step()
	defer k.step()
	return k.Processor.Charge(ctx, o)
}

func (k *killer) Refund(ctx context.Context, o core.RefundOrder) (core.Outcome, error) {
	k.step()
	defer k.step()
	return k.Processor.Refund(ctx, o)
}

func (k *killer) Lookup(ctx context.Context, key string) (core.Outcome, error) {
	k.step()
	defer k.step()
	return k.Processor.Lookup(ctx, key)
}

// rounds is how often workers are killed: a few times, or as often as make
// torture says.
func rounds() int {
	if n, err := strconv.Atoi(os.Getenv(tortureRounds)); err == nil && n > 0 {
		return n
	}
	return 8
}

// TestKilledWorkersChargeOnce kills workers at random points around the call of
// the processor, again and again, while new subscriptions and refunds come due.
// In the end the processor's own ledger must have each period and each refund
// exactly once.
func TestKilledWorkersChargeOnce(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { torture(t, dbtest.SQLite(t), 1) })
	t.Run("postgres", func(t *testing.T) { torture(t, dbtest.Postgres(t), 2) })
}

func torture(t *testing.T, h *dbtest.House, workers int) {
	path := filepath.Join(t.TempDir(), "sandbox.db")
	chance := rand.New(rand.NewPCG(7, uint64(workers)))
	var subs []core.Subscription
	refunds, killed := 0, 0
	refunded := map[int64]bool{}
	for range rounds() {
		for range 5 {
			subs = append(subs, h.Subscriber(t, billing.Approves))
		}
		for _, s := range subs {
			if chance.IntN(4) > 0 || refunded[s.ID] {
				continue
			}
			all, err := h.SubscriptionCharges(t.Context(), h.Owner, s.ID, 1)
			if err != nil {
				t.Fatal(err)
			}
			if len(all) == 1 && all[0].Paid() {
				_, err := h.CreateRefund(t.Context(), h.Owner, 0, core.NewRefund{
					Charge: all[0].ID, Amount: core.Money{Minor: 100, Currency: "EUR"}, Note: "torture",
				})
				if err != nil {
					t.Fatal(err)
				}
				refunded[s.ID] = true
				refunds++
			}
		}
		h.Clock.Advance(core.ChargeLease + time.Minute) // the lease of who was killed is over
		var all []*exec.Cmd
		for n := range workers {
			all = append(all, startWorker(t, h, path, n+1, strconv.FormatUint(chance.Uint64(), 10)))
		}
		for i, cmd := range all {
			if i > 0 || chance.IntN(3) == 0 {
				time.AfterFunc(time.Duration(chance.IntN(60))*time.Millisecond, func() { cmd.Process.Kill() })
			}
		}
		for _, cmd := range all {
			err := cmd.Wait()
			var exit *exec.ExitError
			if errors.As(err, &exit) && exit.Sys().(syscall.WaitStatus).Signaled() {
				killed++
			} else if err != nil {
				t.Fatalf("worker: %v", err)
			}
		}
	}
	for range 3 { // and now nobody kills it
		h.Clock.Advance(core.ChargeLease + time.Minute)
		if err := startWorker(t, h, path, 1, "").Wait(); err != nil {
			t.Fatal(err)
		}
	}
	sandbox := h.SandboxAt(t, path)
	charged, given := map[string]int{}, 0
	err := sandbox.Ledger(t.Context(), func(m billing.Move) error {
		if m.Declined != "" {
			t.Errorf("%s was declined: %s", m.Key, m.Declined)
		}
		if m.Charge != "" {
			given++
			return nil
		}
		period, _, _ := strings.Cut(m.Key, ":try:")
		charged[period]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for period, n := range charged {
		if n != 1 {
			t.Errorf("%s was charged %d times", period, n)
		}
	}
	if len(charged) != len(subs) || given != refunds {
		t.Errorf("%d periods charged of %d, %d refunds given of %d", len(charged), len(subs), given, refunds)
	}
	found, err := h.CheckBooks(t.Context(), core.System(0))
	if err != nil || len(found) > 0 {
		t.Errorf("the books: %v, %v", found, err)
	}
	err = h.Calls(t.Context(), core.System(0), func(c core.Call) error {
		amount, out, err := sandbox.Entry(t.Context(), c.Key)
		if f, wrong := c.Check(amount, out, err); wrong || c.State != core.AttemptSucceeded {
			t.Errorf("%s is %s: %+v", c.Key, c.State, f)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if killed == 0 {
		t.Error("nobody was killed")
	}
	t.Logf("%d killed, %d periods, %d refunds, each once", killed, len(charged), given)
}

// startWorker starts the test's own program as a worker by the house's clock,
// and returns once it works.
func startWorker(t *testing.T, h *dbtest.House, sandbox string, node int, seed string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run=^$")
	cmd.Env = append(os.Environ(), workerBooks+"="+h.DSN, workerSandbox+"="+sandbox, workerSeed+"="+seed,
		workerNow+"="+strconv.FormatInt(h.Clock.Now().UnixMilli(), 10), workerNode+"="+strconv.Itoa(node))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil && line != "working\n" {
		t.Fatalf("the worker said %q: %v", line, err)
	}
	return cmd
}
