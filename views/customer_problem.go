package views

import "kontor/db/core"

// A problem is what a customer's page says first of what is not charged as it
// should be, with the way to mend it.
type problem struct {
	title, text string
	way         Link // URL is "" where whoever reads cannot mend it
}

// problem is the worst there is of the living customer's subscriptions; one
// without a title where all is well.
func (v CustomerView) problem() problem {
	if !v.Customer.Living() {
		return problem{}
	}
	m := v.Chrome.Merchant
	for _, s := range v.Subscriptions {
		if s.Parked() {
			return problem{
				s.PlanName + " waits for a person", "More of its periods came due at once than are charged unasked.",
				Link{"Say how it goes on", SubscriptionURL(m.ID, s.ID)},
			}
		}
	}
	for _, s := range v.Subscriptions {
		if s.State == core.PastDue || s.State == core.Unpaid {
			return v.behind(s)
		}
	}
	for _, s := range v.Subscriptions {
		if text := trouble(s, s.Upcoming(m, 1), v.Chrome.Now); text != "" {
			p := problem{title: s.PlanName + " cannot be charged as it stands", text: text}
			if v.MayWrite {
				p.way = Link{"Choose another card", ChangeURL(m.ID, s.ID)}
			}
			return p
		}
	}
	return problem{}
}

// behind is the problem that a subscription is not paid.
func (v CustomerView) behind(s core.SubscriptionSummary) problem {
	m := v.Chrome.Merchant
	p := problem{
		s.PlanName + " is " + lower(states[s.State]), "", Link{"Look at the subscription", SubscriptionURL(m.ID, s.ID)},
	}
	for _, c := range v.Payments {
		if c.Subscription == s.ID && c.State.Owed() && c.Reason != "" {
			of := money(c.Amount)
			if c.LastFour != "" {
				of += " to " + cardName(c.Brand, c.LastFour)
			}
			p.text = words(of+" was declined: "+because(c.Reason)+".", nextStep(c.Charge, m))
			p.way = Link{"Look at the payment", PaymentURL(m.ID, c.ID)}
			break
		}
	}
	return p
}
