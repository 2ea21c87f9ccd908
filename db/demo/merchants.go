package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"kontor/db/core"
)

// A merchant is one of the demo's, and how far its customers have come.
type merchant struct {
	core.Merchant
	share     int    // of all customers, in a hundred
	most      int    // of them, if not 0: of many customers the first merchant has nearly all
	from      string // where they live, a code for each hundredth or so
	ref       string // the form of its references
	refs      int    // the first one's number
	api       core.Source
	program   string
	domain    string
	team      []colleague
	countries []*country

	hours  calendar
	actors []core.Actor // of the team, the owner first
	plans  []core.Plan
	size   int
	payers float64 // how many of them pay by card or account, of 1
	made   int
	next   time.Time
	recent core.Changes // somebody who may come again
	taken  map[int]bool // the numbers of references that known customers have
}

type colleague struct {
	name string
	role core.Role
}

// The merchants, the largest first.
func merchants() []*merchant {
	return []*merchant{
		{
			Merchant: core.Merchant{Name: "Bäckerei Sonne", Country: "DE", Currency: "EUR", Zone: "Europe/Berlin"},
			from:     "DE*50 AT*10 CH*8 BA*8 FR*4 IT*4 NL*3 PL*3 CZ*3 ES*2 GB*2 DK*1 SE*1 NO*1 US*1",
			ref:      "cust-%d", refs: 10001, api: core.FromWallee, program: "Online-Shop", domain: "sonne.example",
			team: []colleague{
				{"Clara Sommer", core.Owner}, {"Emir Hadžić", core.Member}, {"Lena Vogt", core.Member}, {"Paul Sommer", core.Viewer},
			},
		},
		{
			Merchant: core.Merchant{Name: "Harbour & Hill Outfitters", Country: "GB", Currency: "GBP", Zone: "Europe/London"},
			share:    22, most: 20_000, from: "GB*80 US*6 CA*4 NL*3 FR*3 NO*2 DK*2",
			ref: "HH-%06d", refs: 1, api: core.FromAcquired, program: "Storefront", domain: "harbour-hill.example",
			team: []colleague{{"Harriet Reid", core.Owner}, {"Owen Patel", core.Member}, {"Ruth Collins", core.Viewer}},
		},
		{
			Merchant: core.Merchant{Name: "Kafana Drina", Country: "BA", Currency: "BAM", Zone: "Europe/Sarajevo"},
			share:    10, most: 1000, from: "BA*78 DE*8 AT*6 SE*4 CH*4",
			ref: "KD/%05d", refs: 1, api: core.FromMonri, program: "Web narudžbe", domain: "drina.example",
			team: []colleague{{"Selma Begović", core.Owner}, {"Tarik Delić", core.Member}, {"Ivana Jurić", core.Viewer}},
		},
		{
			Merchant: core.Merchant{Name: "Lumière Optique", Country: "FR", Currency: "EUR", Zone: "Europe/Paris"},
			share:    5, most: 1000, from: "FR*86 CH*6 ES*4 IT*4",
			ref: "LO%06d", refs: 100001, api: core.FromWallee, program: "Rendez-vous en ligne", domain: "lumiere.example",
			team: []colleague{{"Hélène Garnier", core.Owner}, {"Karim Benali", core.Member}, {"Zoé Perrin", core.Viewer}},
		},
		{
			Merchant: core.Merchant{Name: "Maple Street Books", Country: "CA", Currency: "CAD", Zone: "America/Toronto"},
			share:    3, most: 1000, from: "CA*84 US*12 GB*2 BR*2",
			ref: "reader-%d", refs: 5001, api: core.FromPayfirma, program: "Book club", domain: "maple-street.example",
			team: []colleague{{"Naomi Fraser", core.Owner}, {"Marc Tremblay", core.Member}, {"Grace Wong", core.Viewer}},
		},
		{
			Merchant: core.Merchant{Name: "Umi Tea House", Country: "JP", Currency: "JPY", Zone: "Asia/Tokyo"},
			share:    5, most: 9, from: "JP*9 US*1",
			ref: "umi-%d", refs: 1, api: core.FromAcquired, program: "Reservations", domain: "umi.example",
			team: []colleague{{"Haruka Inoue", core.Owner}, {"Ren Kimura", core.Member}, {"Emi Sasaki", core.Viewer}},
		},
		{
			Merchant: core.Merchant{Name: "Fjord Kajakk", Country: "NO", Currency: "NOK", Zone: "Europe/Oslo"},
			from:     "NO*1", ref: "%d", domain: "fjord.example",
			team: []colleague{{"Solveig Strand", core.Owner}, {"Øyvind Moen", core.Member}, {"Åse Dahl", core.Viewer}},
		},
	}
}

var staff = []struct {
	email string
	colleague
}{
	{AdminEmail, colleague{"Mira Lang", core.Admin}},
	{"jonas.weiss@kontor.example", colleague{"Jonas Weiss", core.Agent}},
	{"aisha.okoye@kontor.example", colleague{"Aisha Okoye", core.Agent}},
	{"edda.brandt@kontor.example", colleague{"Edda Brandt", core.Auditor}},
}

// found makes staff, merchants and their people, in the days before the first
// customer.
func (f *filler) found(ctx context.Context) error {
	f.merchants = merchants()
	f.sizes()
	at := f.now.Add(-span).Truncate(24 * time.Hour).Add(9*time.Hour - 72*time.Hour)
	step := func() {
		f.At(at)
		at = at.Add(time.Duration(3+f.dice.IntN(30))*time.Minute + time.Duration(f.dice.IntN(60000))*time.Millisecond)
	}
	admin := core.System(0)
	for i, s := range staff {
		step()
		u, _, err := f.CreateUser(ctx, admin, core.User{Email: s.email, Name: s.name, Role: s.role})
		if err != nil {
			return err
		}
		f.staff = append(f.staff, u.Actor(fmt.Sprintf("192.0.2.%d", 10+i)))
		admin = f.staff[0]
	}
	for i, m := range f.merchants {
		step()
		made, err := f.CreateMerchant(ctx, admin, m.Merchant)
		if err != nil {
			return err
		}
		m.Merchant = made
		for j, c := range m.team {
			step()
			u, _, err := f.CreateUser(ctx, admin.In(m.ID), core.User{
				Email: mailbox(c.name) + "@" + m.domain, Name: c.name, Role: c.role, Merchant: m.ID,
			})
			if err != nil {
				return err
			}
			m.actors = append(m.actors, u.Actor(fmt.Sprintf("198.51.100.%d", 16*i+j+1)))
		}
		if err := f.offer(ctx, m); err != nil {
			return err
		}
		m.countries = shares(m.from)
		m.hours = newCalendar(m.Location(), f.now.Add(-span), f.now.Add(-quiet))
		m.taken = map[int]bool{}
	}
	f.expect(f.merchants[0])
	for _, m := range f.merchants {
		m.advance(f.dice)
	}
	return nil
}

// mostPayers is how many customers a merchant has of whom all may pay and
// subscribe. Of more, only as many do as of these: the time that a large demo
// takes is that of its cards, subscriptions and charges, and it is made for its
// many customers.
const mostPayers = 200_000

// sizes shares the customers out: to the small ones what they take, to the
// first the rest, so that of a large demo one has nearly all, and from 10,000 on
// one has 1,000.
func (f *filler) sizes() {
	rest := f.Customers
	for _, m := range f.merchants[1:] {
		m.size = f.Customers * m.share / 100
		if m.most > 0 {
			m.size = min(m.size, m.most)
		}
		rest -= m.size
	}
	f.merchants[0].size = rest
	for _, m := range f.merchants {
		m.payers = min(1, mostPayers/float64(max(m.size, 1)))
	}
}

// mailbox is how a colleague's name stands in an e-mail address.
func mailbox(name string) string {
	return strings.ReplaceAll(core.Fold(name), " ", ".")
}

// shares reads a list such as "DE*80 AT*20" into that many of each.
func shares(from string) []*country {
	var all []*country
	for _, one := range strings.Fields(from) {
		var code string
		var n int
		if _, err := fmt.Sscanf(strings.ReplaceAll(one, "*", " "), "%s %d", &code, &n); err != nil {
			panic("demo: " + one + ": " + err.Error())
		}
		for range n {
			all = append(all, byCode(code))
		}
	}
	return all
}

func (m *merchant) country(d dice) *country { return pick(d, m.countries) }

func (m *merchant) reference(n int) string { return fmt.Sprintf(m.ref, m.refs+n) }

// advance sets when the next customer comes: each in its part of the time, so
// that they come in order.
func (m *merchant) advance(d dice) {
	if m.made++; m.next.IsZero() {
		m.made = 0
	}
	if m.made < m.size {
		m.next = m.hours.at((float64(m.made) + d.Float64()) / float64(m.size))
	}
}

// arrival says who brings a customer in, and by which way.
func (m *merchant) arrival(d dice, ch core.Changes) (core.Actor, core.Source) {
	way := d.IntN(100)
	switch {
	case way < 45:
		return pickFirst(d, m.actors[:2]), core.FromPage
	case way < 70:
		return m.actors[0], core.FromImport
	}
	from := m.api
	if way >= 90 {
		from = pick(d, []core.Source{core.FromWallee, core.FromMonri, core.FromPayfirma, core.FromAcquired, core.FromCDC})
	}
	if d.chance(50) {
		ch["ip"] = fmt.Sprintf("203.0.113.%d", 1+d.IntN(254))
	}
	if d.chance(20) {
		ch["custom_data"] = fmt.Sprintf(`{"cart":"%s","visits":%d}`, d.fill("@@-#####"), 1+d.IntN(40))
	}
	return core.Actor{
		Kind: core.ByApplication, Name: m.program, Role: core.Member, Merchant: m.ID,
		Origin: fmt.Sprintf("198.51.100.%d", 200+m.ID),
	}, from
}
