package core

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// A Dossier is everything that is held about one customer, for the customer
// who asks what that is.
type Dossier struct {
	Merchant      Merchant
	Made          time.Time
	Customer      Customer
	Merged        []Customer // who became part of it, as they were
	Notes         []Note     // deleted ones too; those among staff only for staff
	Cards         []Card     // removed ones too
	Channels      []Channel  // withdrawn ones too
	Subscriptions []SubscriptionSummary
	Charges       []ChargeSummary
	Mails         []Mail
	Events        []Event // oldest first
}

// A Fact is one thing that is held: the name of a field and its text.
type Fact struct{ Name, Value string }

// A DossierPart is what is held of one kind, thing by thing.
type DossierPart struct {
	Name   string // "addresses"
	Things [][]Fact
}

// facts collects those that say something.
type facts []Fact

func (f *facts) text(name, value string) {
	if value != "" {
		*f = append(*f, Fact{name, value})
	}
}

func (f *facts) time(name string, at time.Time) {
	if !at.IsZero() {
		f.text(name, at.UTC().Format(time.RFC3339))
	}
}

func (f *facts) id(id int64) { f.text("id", strconv.FormatInt(id, 10)) }

func (f *facts) yes(name string, is bool) {
	if is {
		f.text(name, "true")
	}
}

// Parts returns all that there is, as text, in the order in which it is shown.
// Times are UTC, amounts in the currency's units.
func (d Dossier) Parts() []DossierPart {
	parts := []DossierPart{{Name: "customer", Things: [][]Fact{customerFacts(d.Customer)}}}
	add := func(name string, n int, thing func(i int) facts) {
		p := DossierPart{Name: name}
		for i := range n {
			p.Things = append(p.Things, thing(i))
		}
		parts = append(parts, p)
	}
	add("addresses", len(d.Customer.Addresses), func(i int) facts { return addressFacts(d.Customer.Addresses[i]) })
	add("metadata", len(d.Customer.Metadata), func(i int) facts {
		m := d.Customer.Metadata[i]
		return facts{{"key", m.Key}, {"value", m.Text()}}
	})
	add("merged", len(d.Merged), func(i int) facts { return customerFacts(d.Merged[i]) })
	add("notes", len(d.Notes), func(i int) (f facts) {
		n := d.Notes[i]
		f.time("created", n.CreatedAt)
		f.text("author", n.Author)
		f.text("text", n.Text)
		f.time("edited", n.EditedAt)
		f.yes("staff_only", n.StaffOnly)
		return f
	})
	add("cards", len(d.Cards), func(i int) facts { return cardFacts(d.Cards[i]) })
	add("channels", len(d.Channels), func(i int) facts { return channelFacts(d.Channels[i]) })
	add("subscriptions", len(d.Subscriptions), func(i int) facts { return subscriptionFacts(d.Subscriptions[i]) })
	add("charges", len(d.Charges), func(i int) facts { return chargeFacts(d.Charges[i]) })
	add("mails", len(d.Mails), func(i int) (f facts) {
		m := d.Mails[i]
		f.time("created", m.Created)
		f.text("kind", string(m.Kind))
		f.text("to", m.To)
		f.text("bcc", strings.Join(m.BCC, ", "))
		f.text("state", string(m.State))
		f.time("sent", m.Sent)
		f.text("details", string(m.Values))
		return f
	})
	add("events", len(d.Events), func(i int) facts { return eventFacts(d.Events[i]) })
	return parts
}

func customerFacts(c Customer) (f facts) {
	f.id(c.ID)
	for _, field := range customerFields {
		f.text(field.Name, *field.At(&c))
	}
	f.text("source", string(c.Source))
	f.time("created", c.CreatedAt)
	f.time("updated", c.UpdatedAt)
	f.time("deleted", c.DeletedAt)
	f.time("erased", c.ErasedAt)
	return f
}

func addressFacts(a Address) (f facts) {
	f.text("type", string(a.Type))
	for _, field := range addressFields {
		f.text(field.Name, *field.At(&a))
	}
	return f
}

func cardFacts(c Card) (f facts) {
	f.id(c.ID)
	f.text("brand", string(c.Brand))
	f.text("first_six", c.FirstSix)
	f.text("last_four", c.LastFour)
	f.text("expires", c.Expiry.String())
	f.text("holder", c.Holder)
	f.text("description", c.Description)
	f.time("created", c.CreatedAt)
	f.time("removed", c.RemovedAt)
	return f
}

func channelFacts(c Channel) (f facts) {
	f.id(c.ID)
	f.text("type", string(c.Type))
	f.text("name", c.Name)
	f.text("address", c.Address)
	f.text("mandate", c.Mandate)
	f.text("mandate_signed", c.MandateSigned)
	f.time("consent", c.ConsentAt)
	f.text("source", string(c.Source))
	f.time("created", c.CreatedAt)
	f.time("withdrawn", c.WithdrawnAt)
	return f
}

func subscriptionFacts(s SubscriptionSummary) (f facts) {
	f.id(s.ID)
	f.text("plan", s.PlanName)
	f.text("state", string(s.State))
	f.text("amount", s.Amount.Decimal())
	f.text("currency", s.Amount.Currency)
	f.text("email", s.Email)
	f.text("bcc", s.BCC)
	f.text("description", s.Description)
	f.time("started", s.StartedAt)
	f.time("next_run", s.NextRun)
	f.time("ended", s.EndedAt)
	return f
}

func chargeFacts(c ChargeSummary) (f facts) {
	f.id(c.ID)
	f.time("created", c.CreatedAt)
	f.text("plan", c.PlanName)
	f.text("state", string(c.State))
	f.text("amount", c.Amount.Decimal())
	f.text("currency", c.Amount.Currency)
	if c.Refunded != 0 {
		f.text("refunded", Money{c.Refunded, c.Amount.Currency}.Decimal())
	}
	f.text("last_four", c.LastFour)
	f.text("description", c.Description)
	f.text("note", c.Note)
	f.time("settled", c.SettledAt)
	return f
}

func eventFacts(e Event) (f facts) {
	f.time("at", e.At)
	f.text("action", string(e.Action))
	f.text("by", e.Actor.Name)
	names := e.Fields
	if len(e.To) > 0 {
		names = e.To.Names()
	}
	for _, name := range names {
		f.text(name+" was", e.From[name])
		f.text(name, e.To[name])
	}
	return f
}

// JSON returns the dossier as one object: the customer, and of every other part
// an array. All values are text.
func (d Dossier) JSON() ([]byte, error) {
	var b bytes.Buffer
	text := func(s string) {
		quoted, _ := json.Marshal(s) // a string always can be
		b.Write(quoted)
	}
	object := func(thing []Fact) {
		b.WriteByte('{')
		for i, f := range thing {
			if i > 0 {
				b.WriteByte(',')
			}
			text(f.Name)
			b.WriteByte(':')
			text(f.Value)
		}
		b.WriteByte('}')
	}
	b.WriteString(`{"made":`)
	text(d.Made.UTC().Format(time.RFC3339))
	b.WriteString(`,"merchant":`)
	text(d.Merchant.Name)
	for i, p := range d.Parts() {
		b.WriteByte(',')
		text(p.Name)
		b.WriteByte(':')
		if i == 0 {
			object(p.Things[0])
			continue
		}
		b.WriteByte('[')
		for j, thing := range p.Things {
			if j > 0 {
				b.WriteByte(',')
			}
			object(thing)
		}
		b.WriteByte(']')
	}
	b.WriteByte('}')
	var indented bytes.Buffer
	if err := json.Indent(&indented, b.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	indented.WriteByte('\n')
	return indented.Bytes(), nil
}
