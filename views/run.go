package views

import (
	"slices"
	"strings"
	"time"

	"kontor/db/core"
)

// RunsView is the list of a merchant's runs, newest first.
type RunsView struct {
	Chrome   Chrome
	Runs     []core.Run
	Next     string    // the page with older ones, "" on the last
	Faulty   core.Run  // the newest after which something was wrong; zero when none
	Halted   core.Halt // why the worker stands still, "" when it does not
	MayStart bool      // may have it go on
}

// RunView is one run.
type RunView struct {
	Chrome  Chrome
	Run     core.Run
	Notes   []core.RunNote
	Charges []core.ChargeLine // the newest of those that it tried
}

// QueueView is what waits for a person.
type QueueView struct {
	Chrome   Chrome
	Queue    core.Queue
	MayWrite bool
}

// AheadView is what is expected of the next weeks.
type AheadView struct {
	Chrome   Chrome
	Forecast core.Forecast
}

// RunsURL is the list of a merchant's runs.
func RunsURL(m int64) string { return MerchantURL(m) + "/runs" }

// RunURL is one run.
func RunURL(m, id int64) string { return RunsURL(m) + "/" + itoa(id) }

// ResumeWorkerURL has the worker go on, by POST.
func ResumeWorkerURL(m int64) string { return RunsURL(m) + "/resume" }

// AheadURL is the page of what is expected, and has it worked out, by POST.
func AheadURL(m int64) string { return PaymentsURL(m) + "/ahead" }

// halts say why the worker stands still.
var halts = map[core.Halt]string{
	core.ClockBack:  "The clock shows an earlier time than it did. Nothing is charged, and nobody erased, by a clock that is wrong.",
	core.ClockAhead: "The clock leapt more than a day ahead. Nothing is charged, and nobody erased, by a clock that is wrong.",
}

// runSkips say why something that was due was not charged.
var runSkips = map[string]string{
	core.SkippedParked:  "too many periods came due at once: a person is asked",
	core.SkippedEnded:   "ended with its period",
	core.SkippedResumed: "taken up after its pause",
	core.SkippedHeld:    "the customer is deleted",
	core.SkippedStopped: "the subscription is paused, unpaid or has ended",
	core.SkippedNoCard:  "no card to charge",
	core.SkippedDone:    "the period had been charged before",
}

// faultsFound say what was wrong after a run.
var faultsFound = map[string]string{
	core.FaultTwoSuccesses: "was charged twice",
	core.FaultPaidWithout:  "is paid without a try that succeeded, or the other way round",
	core.FaultSums:         "says another sum was given back than its refunds add up to",
	core.FaultNotCharged:   "was due and neither charged nor skipped",
	core.FaultNoLedger:     "is not in the processor’s ledger as it is in the books",
	core.FaultNoBooks:      "is in the processor’s ledger and not in the books",
	core.FaultWaiting:      "waits for nothing",
}

// noteURL is what a note of a run is about.
func noteURL(m int64, n core.RunNote) string {
	if n.Object == core.SubscriptionObject {
		return SubscriptionURL(m, n.ObjectID)
	}
	return PaymentURL(m, n.ObjectID)
}

func noteName(n core.RunNote) string {
	if n.Object == core.SubscriptionObject {
		return "Subscription " + itoa(n.ObjectID)
	}
	return "Payment " + itoa(n.ObjectID)
}

// runWord says how a run went.
func runWord(r core.Run) (text, tone string) {
	switch {
	case r.Faults > 0:
		return count(r.Faults, "thing") + " wrong", "bad"
	case r.FinishedAt.IsZero():
		return "Under way", "warn"
	case r.Unknown > 0:
		return "Some not known yet", "warn"
	}
	return "Sound", "ok"
}

// runMoney writes a run's money, each currency by itself.
func runMoney(sums []core.RunSum, of func(core.RunSum) int64) string {
	var all []string
	for _, s := range sums {
		if n := of(s); n != 0 {
			all = append(all, money(core.Money{Minor: n, Currency: s.Currency}))
		}
	}
	return strings.Join(all, " and ")
}

func charged(s core.RunSum) int64  { return s.Charged }
func declined(s core.RunSum) int64 { return s.Declined }

func forecastDay(text string) string {
	day, _ := core.ParseLocalDate(text) // it was written by the core
	return localDay(day)
}

// charts are one for each currency, the busiest first.
func charts(f core.Forecast, zone *time.Location) []chart {
	first := core.LocalDateOf(f.From, zone)
	sums := map[string]*chart{}
	var codes []string
	for _, d := range f.Days {
		c := sums[d.Currency]
		if c == nil {
			c = &chart{
				ID: "chart-" + d.Currency, Currency: d.Currency, First: "Day", Series: []series{{"Expected", "next"}, {"Declined", "bad"}},
				Marks: []string{localDay(first), "", localDay(first.AddDays(core.ForecastDays))},
			}
			for n := range core.ForecastDays + 1 {
				c.Columns = append(c.Columns, column{localDay(first.AddDays(n)), []int64{0, 0}})
			}
			sums[d.Currency], codes = c, append(codes, d.Currency)
		}
		day, _ := core.ParseLocalDate(d.Day) // it was written by the core
		if n := first.DaysUntil(day); n >= 0 && n < len(c.Columns) {
			c.Columns[n].Values[0] += d.Charged
			c.Columns[n].Values[1] += d.Declined
		}
	}
	all := make([]chart, len(codes))
	for i, code := range codes {
		c := sums[code]
		c.Title = c.money(c.total(0)) + " in " + code
		c.Note = c.money(c.total(1)) + " expected to be declined"
		all[i] = *c
	}
	slices.SortStableFunc(all, func(a, b chart) int { return b.busy() - a.busy() })
	return all
}
