package views

import (
	"fmt"
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
	Charges []core.ChargeSummary // the newest of those that it tried
}

// QueueView is what waits for a person.
type QueueView struct {
	Chrome   Chrome
	Queue    core.Queue
	Mails    []core.Mail // receipts that could not be sent
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
	core.ClockBack:  "The clock shows an earlier time than it did. Nothing is charged by a clock that is wrong.",
	core.ClockAhead: "The clock leapt more than a day ahead. Nothing is charged by a clock that is wrong.",
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

// A barChart is money per day in one currency, as bars.
type barChart struct {
	Currency string
	Total    string
	Failed   string
	Days     []core.ForecastDay
	Bars     []bar
	Top      string // the largest day's sum
}

// A bar is a day: what is expected to be paid, and on it what is expected to
// be declined. Lengths are in hundredths of the chart's height.
type bar struct {
	X, Y, H, FailY, FailH string
	Title                 string
}

// Sizes of a chart in its own units.
const (
	chartHeight = 100
	barStep     = 8
	barWidth    = 6
)

// charts are one for each currency.
func charts(f core.Forecast, zone *time.Location) []barChart {
	var all []barChart
	for _, d := range f.Days {
		i := slices.IndexFunc(all, func(c barChart) bool { return c.Currency == d.Currency })
		if i < 0 {
			i = len(all)
			all = append(all, barChart{Currency: d.Currency})
		}
		all[i].Days = append(all[i].Days, d)
	}
	first := core.LocalDateOf(f.From, zone)
	for i := range all {
		all[i].draw(first)
	}
	slices.SortFunc(all, func(a, b barChart) int { return len(b.Days) - len(a.Days) })
	return all
}

func (c *barChart) draw(first core.LocalDate) {
	var most, paid, failed int64
	for _, d := range c.Days {
		most, paid, failed = max(most, d.Charged+d.Declined), paid+d.Charged, failed+d.Declined
	}
	as := func(n int64) string { return money(core.Money{Minor: n, Currency: c.Currency}) }
	c.Total, c.Failed, c.Top = as(paid), as(failed), as(most)
	for _, d := range c.Days {
		day, _ := core.ParseLocalDate(d.Day) // it was written by the core
		height := func(n int64) float64 { return float64(n) / float64(max(most, 1)) * chartHeight }
		ok, bad := height(d.Charged), height(d.Declined)
		b := bar{
			X: fmt.Sprint(first.DaysUntil(day) * barStep), Y: decimal(chartHeight - ok), H: decimal(ok),
			FailY: decimal(chartHeight - ok - bad), FailH: decimal(bad), Title: localDay(day) + ": " + as(d.Charged),
		}
		if d.Declined > 0 {
			b.Title += ", declined " + as(d.Declined)
		}
		c.Bars = append(c.Bars, b)
	}
}

func decimal(f float64) string { return fmt.Sprintf("%.2f", f) }

// chartBox is the chart's own coordinates.
func chartBox() string {
	return fmt.Sprintf("0 0 %d %d", (core.ForecastDays+1)*barStep, chartHeight)
}
