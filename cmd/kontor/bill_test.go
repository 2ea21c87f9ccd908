package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kontor/db"
	"kontor/db/billing"
	"kontor/db/core"
	"kontor/db/demo"
)

// shop fills the home's database with a merchant whose customers have a
// subscription each, to cards with the scripts.
func shop(t *testing.T, h *home, scripts ...billing.Script) {
	t.Helper()
	h.must("user", "add", "-email", demo.AdminEmail, "-role", "admin")
	data := h.env["KONTOR_DATA"]
	sandbox, err := billing.OpenSandbox(t.Context(), filepath.Join(data, "sandbox.db"), billing.SandboxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer sandbox.Close()
	store, err := db.Open(t.Context(), filepath.Join(data, "kontor.db"), db.Options{KeyFile: filepath.Join(data, "key"), Processor: sandbox})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	m, err := store.CreateMerchant(t.Context(), core.System(0), core.Merchant{Name: "Sonne", Country: "DE", Currency: "EUR", Zone: "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	by := core.System(m.ID)
	plan, err := store.CreatePlan(t.Context(), by, core.Plan{Name: "Monthly", Amount: core.Money{Minor: 4900, Currency: "EUR"}, Every: core.EveryMonth})
	if err != nil {
		t.Fatal(err)
	}
	for _, sc := range scripts {
		c, err := store.CreateCustomer(t.Context(), by, core.FromPage, core.Changes{"name": "Somebody"})
		if err != nil {
			t.Fatal(err)
		}
		details, bad := core.ReadCard(sc.Number(), "01/90", "123", "", c.CreatedAt)
		if err := bad.Err(); err != nil {
			t.Fatal(err)
		}
		if _, _, err := store.AddCard(t.Context(), by, c.ID, core.NewCard{CardDetails: details}); err != nil {
			t.Fatal(err)
		}
		if _, err := store.StartSubscription(t.Context(), by, core.NewSubscription{Customer: c.ID, Plan: plan.ID, Source: core.FromPage}); err != nil {
			t.Fatal(err)
		}
	}
}

// billed is what kontor bill -json says.
type billed struct {
	Due, Charged, Declined, Unknown, Skipped int
	Money                                    map[string]struct{ Charged, Declined string }
}

func (h *home) bill(args ...string) billed {
	h.t.Helper()
	var b billed
	if err := json.Unmarshal([]byte(h.must(append([]string{"bill", "-json"}, args...)...)), &b); err != nil {
		h.t.Fatal(err)
	}
	return b
}

func TestBillTellsWhatWillBeAndChargesWhatIsDue(t *testing.T) {
	h := newHome(t)
	shop(t, h, billing.Approves, billing.DeclinesOnce, billing.InsufficientFunds, billing.TimesOut)
	// 3 months of 3 cards, 1 + 5 declines
	ahead := h.bill("-until", "+80d")
	if ahead.Charged != 9 || ahead.Declined != 6 || ahead.Unknown != 0 || ahead.Due != 15 || ahead.Money["EUR"].Charged != "441.00" {
		t.Errorf("ahead: %+v", ahead)
	}
	if again := h.bill("-until", "+80d"); again.Charged != ahead.Charged {
		t.Errorf("looking ahead changed something: %+v", again)
	}
	if done := h.bill("-until", "+80d", "-write"); done.Charged != ahead.Charged || done.Declined != ahead.Declined || done.Money["EUR"] != ahead.Money["EUR"] {
		t.Errorf("done: %+v, ahead: %+v", done, ahead)
	}
	if twice := h.bill("-until", "+80d", "-write"); twice.Due != 0 {
		t.Errorf("the same again: %+v", twice)
	}
	if now := h.bill(); now.Due != 0 {
		t.Errorf("now: %+v", now)
	}
	if out := h.must("check"); out != "Nothing is wrong." {
		t.Error(out)
	}
	other := newHome(t)
	other.must("user", "add", "-email", "ana@example.com", "-role", "admin")
	for _, args := range [][]string{
		{"bill", "-until", "+1d", "-write"},
		{"bill", "-write"},
		{"bill", "-until", "tomorrow"},
		{"bill", "-until", "2001-01-01"},
		{"bill", "now"},
		{"check", "please"},
	} {
		if code, _, said := other.run(args...); code != 2 || said == "" {
			t.Errorf("%s: exit %d, %q", strings.Join(args, " "), code, said)
		}
	}
}

func TestDemosInOneFolderHaveALedgerEach(t *testing.T) {
	h := newHome(t)
	dir := h.env["KONTOR_DATA"]
	for _, name := range []string{"one.db", "two.db"} {
		file := filepath.Join(dir, name)
		h.must("demo", "-customers", "60", "-db", file)
		if got := h.must("check", "-db", file); got != "Nothing is wrong." {
			t.Errorf("%s: %s", name, got)
		}
	}
	// A file that takes the place of one that is gone finds its ledger there.
	file := filepath.Join(dir, "two.db")
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(file + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	h.must("demo", "-customers", "60", "-db", file)
}

func TestEachDatabaseHasALedgerOfItsOwn(t *testing.T) {
	for dsn, want := range map[string]string{
		"data/kontor.db":   "data/sandbox.db",
		"./data/kontor.db": "data/sandbox.db",
		"data/other.db":    "data/other-sandbox.db",
		"elsewhere/books":  "elsewhere/books-sandbox.db",
		"postgres://user:secret@127.0.0.1:5432/kontor?sslmode=disable": "data/postgres-kontor-sandbox.db",
		"postgres:///kontor?host=/var/run/postgresql":                  "data/postgres-kontor-sandbox.db",
		"postgres:///other?host=/var/run/postgresql":                   "data/postgres-other-sandbox.db",
		"postgres:///kontor?search_path=one,public":                    "data/postgres-kontor-one%2Cpublic-sandbox.db",
		"postgres://127.0.0.1":                                         "data/postgres-sandbox.db",
	} {
		if got := (&config{Data: "data", DB: dsn}).ledger(); got != filepath.FromSlash(want) {
			t.Errorf("%s: %s, want %s", dsn, got, want)
		}
	}
}

// TestLedgerFromBeforeIsKept: what a PostgreSQL database's ledger knows of its
// charges is not forgotten when the program is replaced.
func TestLedgerFromBeforeIsKept(t *testing.T) {
	dir := t.TempDir()
	c := &config{Data: dir, DB: "postgres:///kontor"}
	for _, step := range []struct{ made, want string }{
		{"", "postgres-kontor-sandbox.db"},
		{"sandbox.db", "sandbox.db"},
		{"kontor.db", "postgres-kontor-sandbox.db"}, // whose it is
	} {
		if step.made != "" {
			if err := os.WriteFile(filepath.Join(dir, step.made), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := c.ledger(); got != filepath.Join(dir, step.want) {
			t.Errorf("with %q: %s, want %s", step.made, got, step.want)
		}
	}
	if err := os.Remove(filepath.Join(dir, "kontor.db")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "postgres-kontor-sandbox.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := c.ledger(); filepath.Base(got) != "postgres-kontor-sandbox.db" {
		t.Errorf("its own is there, and it takes %s", got)
	}
}

func TestCheckTellsWhatIsWrong(t *testing.T) {
	h := newHome(t)
	shop(t, h, billing.Approves)
	if b := h.bill(); b.Charged != 1 {
		t.Fatalf("%+v", b)
	}
	sandbox, err := billing.OpenSandbox(t.Context(), filepath.Join(h.env["KONTOR_DATA"], "sandbox.db"), billing.SandboxOptions{})
	if err != nil {
		t.Fatal(err)
	}
	token, err := billing.Token(billing.Approves, strings.NewReader(strings.Repeat("x", 31)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = sandbox.Charge(t.Context(), core.ChargeOrder{
		Key: "sub:1:p:2026-01-01:try:1", Token: token, Expiry: core.Expiry{Year: 2090, Month: 1}, Amount: core.Money{Minor: 1, Currency: "EUR"},
	})
	sandbox.Close()
	if err != nil {
		t.Fatal(err)
	}
	code, out, _ := h.run("check")
	if code != 1 || strings.TrimSpace(out) != "sub:1:p:2026-01-01:try:1 is in the processor's ledger and not in the books" {
		t.Errorf("exit %d: %s", code, out)
	}
}
