package billing_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"kontor/db/billing"
	"kontor/db/core"
)

var (
	now   = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	euros = core.Money{Minor: 4900, Currency: "EUR"}
	ahead = core.Expiry{Year: 2030, Month: time.January}
)

// atOnce is a pause that is over when it begins.
func atOnce(time.Duration) <-chan time.Time {
	done := make(chan time.Time, 1)
	done <- now
	return done
}

func sandbox(t testing.TB, path string) *billing.Sandbox {
	t.Helper()
	s, err := billing.OpenSandbox(t.Context(), path, billing.SandboxOptions{Now: func() time.Time { return now }, After: atOnce})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// details is a card with the number.
func details(t testing.TB, number string) core.CardDetails {
	t.Helper()
	d, bad := core.ReadCard(number, ahead.String(), "123", "", now)
	if err := bad.Err(); err != nil {
		t.Fatal(err)
	}
	return d
}

// token is that of a card with the script.
func token(t testing.TB, s *billing.Sandbox, sc billing.Script) string {
	t.Helper()
	tok, err := s.Tokenize(t.Context(), details(t, sc.Number()))
	if err != nil {
		t.Fatal(err)
	}
	return tok
}

// told is an answer in a word: what it was declined for, or whether it came.
func told(o core.Outcome, err error, key string) string {
	switch {
	case errors.Is(err, core.ErrNotFound):
		return "not found"
	case err != nil:
		return "error"
	case o.Key != key:
		return "rubbish"
	case o.Declined != nil:
		return string(o.Declined.Reason)
	}
	return "ok"
}

// TestCardsDoAsTheTableSays tries each test card with three keys, the first of
// them twice, and looks the first up at the end.
func TestCardsDoAsTheTableSays(t *testing.T) {
	for sc, want := range map[billing.Script]string{
		billing.Approves:          "ok ok ok ok: ok",
		billing.InsufficientFunds: "insufficient_funds insufficient_funds insufficient_funds insufficient_funds: insufficient_funds",
		billing.OverLimit:         "over_limit over_limit over_limit over_limit: over_limit",
		billing.IssuerUnavailable: "issuer_unavailable issuer_unavailable issuer_unavailable issuer_unavailable: issuer_unavailable",
		billing.DoNotHonor:        "do_not_honor do_not_honor do_not_honor do_not_honor: do_not_honor",
		billing.LostCard:          "lost_card lost_card lost_card lost_card: lost_card",
		billing.StolenCard:        "stolen_card stolen_card stolen_card stolen_card: stolen_card",
		billing.ClosedAccount:     "closed_account closed_account closed_account closed_account: closed_account",
		billing.DeclinesOnce:      "insufficient_funds insufficient_funds ok ok: insufficient_funds",
		billing.DeclinesTwice:     "insufficient_funds insufficient_funds insufficient_funds ok: insufficient_funds",
		billing.AnswersSlowly:     "ok ok ok ok: ok",
		billing.TimesOut:          "error ok error error: ok",
		billing.NeverArrives:      "error ok error error: ok",
		billing.AnswersRubbish:    "rubbish ok rubbish rubbish: ok",
		billing.NeverAnswers:      "error error error error: error",
		billing.KeepsTheMoney:     "ok ok ok ok: ok",
		billing.Fickle:            "ok ok insufficient_funds ok: ok",
	} {
		t.Run(sc.String(), func(t *testing.T) {
			s := sandbox(t, "")
			tok := token(t, s, sc)
			var got []string
			for _, key := range []string{"try:1", "try:1", "try:4", "try:2"} {
				o, err := s.Charge(t.Context(), core.ChargeOrder{Key: key, Token: tok, Expiry: ahead, Amount: euros})
				got = append(got, told(o, err, key))
			}
			o, err := s.Lookup(t.Context(), "try:1")
			if all := strings.Join(got, " ") + ": " + told(o, err, "try:1"); all != want {
				t.Errorf("got  %s\nwant %s", all, want)
			}
		})
	}
}

func TestNumbersReadAndTheExpiredAreDeclined(t *testing.T) {
	s := sandbox(t, "")
	seen := map[string]bool{}
	for _, sc := range billing.Scripts() {
		if seen[sc.Number()] || sc.String() == "" {
			t.Errorf("script %d has the number of another, or no words", sc)
		}
		seen[sc.Number()] = true
		_, err := s.Tokenize(t.Context(), details(t, sc.Number()))
		var no core.Declined
		if refused := errors.As(err, &no); refused != (sc == billing.InvalidNumber) {
			t.Errorf("%s: %v", sc, err)
		}
	}
	o, err := s.Charge(t.Context(), core.ChargeOrder{
		Key: "k", Token: token(t, s, billing.Approves), Expiry: core.Expiry{Year: 2026, Month: time.October}, Amount: euros,
	})
	if got := told(o, err, "k"); got != "expired_card" {
		t.Error(got)
	}
	if _, err := s.Charge(t.Context(), core.ChargeOrder{Key: "x", Token: "no token", Expiry: ahead, Amount: euros}); err == nil {
		t.Error("a card of no token was charged")
	}
	if _, err := s.Charge(t.Context(), core.ChargeOrder{Key: "k", Token: token(t, s, billing.Approves), Expiry: ahead, Amount: euros}); err == nil {
		t.Error("a key was good for two orders")
	}
}

func TestRefundsGiveBackNoMoreThanIsLeft(t *testing.T) {
	s := sandbox(t, "")
	charge := func(key string, sc billing.Script) {
		if _, err := s.Charge(t.Context(), core.ChargeOrder{Key: key, Token: token(t, s, sc), Expiry: ahead, Amount: euros}); err != nil && sc != billing.TimesOut {
			t.Fatal(err)
		}
	}
	charge("good", billing.Approves)
	charge("bad", billing.LostCard)
	charge("kept", billing.KeepsTheMoney)
	charge("late", billing.TimesOut)
	for _, c := range []struct {
		key, charge string
		minor       int64
		currency    string
		want        string
	}{
		{"r1", "good", 900, "EUR", "ok"},
		{"r1", "good", 900, "EUR", "ok"}, // the same, once
		{"r2", "good", 4001, "EUR", "not_refundable"},
		{"r3", "good", 4000, "EUR", "ok"},
		{"r4", "good", 1, "EUR", "not_refundable"},
		{"r5", "bad", 1, "EUR", "not_refundable"},
		{"r6", "none", 1, "EUR", "not_refundable"},
		{"r7", "kept", 1, "EUR", "closed_account"},
		{"r8", "kept", 1, "USD", "not_refundable"},
		{"r9", "r3", 1, "EUR", "not_refundable"},
		{"ra", "late", 4900, "EUR", "error"},
		{"ra", "late", 4900, "EUR", "ok"},
		{"rb", "late", 1, "EUR", "not_refundable"},
	} {
		o, err := s.Refund(t.Context(), core.RefundOrder{Key: c.key, Charge: c.charge, Amount: core.Money{Minor: c.minor, Currency: c.currency}})
		if got := told(o, err, c.key); got != c.want && (c.key != "rb" || got != "error") {
			t.Errorf("%s of %s: got %s, want %s", c.key, c.charge, got, c.want)
		}
	}
}

// TestLedgerIsSharedAndStays has two sandboxes on one file charge the same
// keys, and a third read them after both have ended.
func TestLedgerIsSharedAndStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sandbox.db")
	number := billing.Approves.Number()
	one, two := sandbox(t, path), sandbox(t, path)
	tok := token(t, one, billing.Approves)
	var wg sync.WaitGroup
	for _, s := range []*billing.Sandbox{one, two} {
		wg.Go(func() {
			for i := range 20 {
				key := fmt.Sprint("k", i)
				o, err := s.Charge(context.Background(), core.ChargeOrder{Key: key, Token: tok, Expiry: ahead, Amount: euros})
				if got := told(o, err, key); got != "ok" {
					t.Error(got, err)
				}
			}
		})
	}
	wg.Wait()
	one.Close()
	two.Close()
	n := 0
	err := sandbox(t, path).Ledger(t.Context(), func(m billing.Move) error {
		n++
		if m.Amount != euros || m.Token != tok {
			t.Errorf("%+v", m)
		}
		return nil
	})
	if n != 20 || err != nil {
		t.Errorf("%d entries, %v", n, err)
	}
	for _, suffix := range []string{"", "-wal"} {
		text, err := os.ReadFile(path + suffix)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte(number)) {
			t.Errorf("the ledger%s holds the number", suffix)
		}
	}
	if strings.Contains(tok, number) || len(tok) != 64 {
		t.Errorf("token %s", tok)
	}
}

func TestAskingWhatNeverArrived(t *testing.T) {
	s := sandbox(t, "")
	o, err := s.Lookup(t.Context(), "none")
	if got := told(o, err, "none"); got != "not found" {
		t.Error(got)
	}
}

func BenchmarkTokenize(b *testing.B) {
	s := sandbox(b, "")
	d := details(b, billing.Approves.Number())
	for b.Loop() {
		if _, err := s.Tokenize(b.Context(), d); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCharge(b *testing.B) {
	for name, path := range map[string]string{"memory": "", "file": filepath.Join(b.TempDir(), "sandbox.db")} {
		b.Run(name, func(b *testing.B) {
			s := sandbox(b, path)
			tok := token(b, s, billing.Approves)
			for i := 0; b.Loop(); i++ {
				if _, err := s.Charge(b.Context(), core.ChargeOrder{Key: fmt.Sprint(b.N, "-", i), Token: tok, Expiry: ahead, Amount: euros}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
