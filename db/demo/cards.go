package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kontor/db/billing"
	"kontor/db/core"
)

// A wallet is what customers pay with: how often each brand is seen, and how
// its numbers begin.
var wallet = []struct {
	weight float64
	brand  core.Brand
	begin  string
}{
	{46, core.Visa, "411111"},
	{12, core.Visa, "453201"},
	{28, core.Mastercard, "555555"},
	{5, core.Mastercard, "222100"},
	{5, core.Amex, "378282"},
	{2.5, core.Maestro, "675964"},
	{0.5, core.Diners, "305693"},
	{0.5, core.Discover, "601111"},
	{0.5, core.JCB, "353011"},
}

// troubles are the scripts of cards that do not just pay, and how often they
// are seen.
var troubles = []struct {
	weight float64
	script billing.Script
}{
	{5, billing.Fickle},
	{0.7, billing.InsufficientFunds},
	{0.3, billing.DeclinesOnce},
	{0.2, billing.OverLimit},
	{0.1, billing.LostCard},
	{0.1, billing.IssuerUnavailable},
}

// pay plans what a new customer pays with: a card mostly, some another one
// later, a few something else.
func (f *filler) pay(k file) {
	d, created := f.dice, core.IDTime(k.id)
	if d.chance(88) {
		f.on(created.Add(time.Duration(20+d.IntN(4000))*time.Second), func(ctx context.Context) error { return f.card(ctx, f.somebody(k.m), k) })
	}
	if d.chance(9) {
		f.on(f.workday(k.m, created, 120), func(ctx context.Context) error { return f.another(ctx, k) })
	}
	if d.chance(5) {
		f.on(f.workday(k.m, created, 60), func(ctx context.Context) error { return f.channel(ctx, k) })
	}
}

// card adds a card to a customer who has none.
func (f *filler) card(ctx context.Context, by core.Actor, k file) error {
	if f.carded[k.id] {
		return nil
	}
	f.carded[k.id] = true
	return gone(f.keepCard(ctx, by, k, ""))
}

// another adds one more card, which sometimes becomes the default.
func (f *filler) another(ctx context.Context, k file) error {
	f.carded[k.id] = true
	return gone(f.keepCard(ctx, f.somebody(k.m), k, pick(f.dice, cardNotes)))
}

var cardNotes = []string{"Office card", "Business card", "Second card", "", "", "Card of the accounts department"}

func (f *filler) keepCard(ctx context.Context, by core.Actor, k file, description string) error {
	d := f.dice
	part, i := d.Float64()*100, 0
	for ; i < len(wallet)-1 && part >= wallet[i].weight; i++ {
		part -= wallet[i].weight
	}
	script := billing.Approves
	part = d.Float64() * 100
	for _, t := range troubles {
		if part >= 0 && part < t.weight {
			script = t.script
		}
		part -= t.weight
	}
	return f.keep(ctx, by, k.id, core.Card{
		Brand: wallet[i].brand, FirstSix: wallet[i].begin, LastFour: fmt.Sprintf("%04d", d.IntN(10000)),
		Expiry: f.expiry(), Holder: k.holder, Description: description, Default: description != "" && d.chance(40),
	}, script)
}

// keep adds a card that the sandbox treats by the script.
func (f *filler) keep(ctx context.Context, by core.Actor, customer int64, c core.Card, script billing.Script) error {
	var err error
	if c.Token, err = billing.Token(script, f.dice); err != nil {
		return err
	}
	print := make([]byte, 32)
	f.dice.Read(print)
	_, err = f.KeepCard(ctx, by, customer, c, print)
	return err
}

// expiry is mostly years ahead of the end, so that most cards are good then; a
// few expire about that time, or have.
func (f *filler) expiry() core.Expiry {
	d := f.dice
	first, end := core.MonthOf(f.History.Now()), core.MonthOf(f.now)
	ends := first.AddMonths(3 + d.IntN(57))
	if ends.Key() <= end.AddMonths(1).Key() && !d.chance(12) {
		ends = end.AddMonths(2 + d.IntN(46))
	}
	return ends
}

// channel adds another way to pay than by card.
func (f *filler) channel(ctx context.Context, k file) error {
	d := f.dice
	c := core.Channel{Name: "sepa", Source: core.FromDemo, ConsentAt: f.History.Now()}
	switch country := k.country; {
	case country != nil && country.code == "NO" && d.chance(70):
		c.Name, c.Address = pick(d, []string{"vipps", "jtta"}), fmt.Sprintf("+47 9%02d %02d %03d", d.IntN(100), d.IntN(100), d.IntN(1000))
		if c.Name == "jtta" {
			c.Address = fmt.Sprintf("%010d", d.IntN(1e10))
		}
	case country != nil && sepa[country.code]:
		c.Address = core.MaskIBAN(fmt.Sprintf("%s%02d%018d", country.code, 10+d.IntN(80), d.Int64N(1e18)))
		c.Mandate = fmt.Sprintf("M-%06d", d.IntN(1e6))
		c.MandateSigned = core.LocalDateOf(f.History.Now(), k.m.Location()).String()
	case k.email != "":
		c.Name, c.Address = "paypal", k.email
	default:
		return nil
	}
	print := make([]byte, 32)
	d.Read(print)
	_, err := f.KeepChannel(ctx, f.somebody(k.m), k.id, c, print)
	return gone(err)
}

// gone is an error that is none where a customer has been deleted meanwhile.
func gone(err error) error {
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	return err
}

// sepa are the demo's countries where accounts are debited in euro.
var sepa = map[string]bool{"DE": true, "AT": true, "FR": true, "NL": true, "ES": true, "IT": true, "SI": true, "HR": true, "BE": true, "IE": true, "FI": true, "PT": true}
