package wallee

import (
	"net/http"

	"kontor/db/core"
)

// writeSubscriber writes a customer as one who is subscribed.
func writeSubscriber(o *object, c core.Customer, e expansion) {
	o.number("id", c.ID)
	o.number("linkedSpaceId", c.Merchant)
	o.number("version", c.Version)
	o.text("state", "ACTIVE")
	o.null("externalId")
	o.text("reference", c.Reference)
	o.text("description", c.Description)
	o.text("emailAddress", c.Email)
	o.text("language", c.Language)
	if e.has("metaData") {
		o.metadata(c.Metadata)
	}
	billing, _ := c.Billing()
	shipping, _ := c.Shipping()
	writeExpanded(o, "billingAddress", billing, e)
	writeExpanded(o, "shippingAddress", shipping, e)
	o.texts("additionalAllowedPaymentMethodConfigurations")
	o.texts("disallowedPaymentMethodConfigurations")
	o.null("plannedPurgeDate")
}

// subscriberParts are what must be read of subscribers for an expansion.
func subscriberParts(e expansion) core.Parts { return customerParts(e) | versionParts(e) }

// subscriberNames are the names that searches for subscribers know.
var subscriberNames = core.Vocabulary{
	{Field: core.FieldID, Type: core.TypeNumber},
	{Field: core.FieldVersion, Type: core.TypeNumber},
	{Field: core.FieldStatus, Type: core.TypeEnum, Aliases: []string{"state"}, Choices: []string{"create", "active", "inactive", "deleting", "deleted"}},
	{Field: core.FieldReference, Type: core.TypeExact},
	{Field: core.FieldDescription, Type: core.TypeText},
	{Field: core.FieldEmail, Type: core.TypeText, Aliases: []string{"emailAddress"}},
	{Field: core.FieldLanguage, Type: core.TypeLanguage},
	{Field: core.FieldCreated, Type: core.TypeTime, Aliases: []string{"createdOn"}},
	{Field: core.FieldFirstName, Type: core.TypeText, Aliases: within("givenName")},
	{Field: core.FieldLastName, Type: core.TypeText, Aliases: within("familyName")},
	{Field: core.FieldCompany, Type: core.TypeText, Aliases: within("organizationName")},
	{Field: core.FieldCity, Type: core.TypeText, Aliases: within("city")},
	{Field: core.FieldCountry, Type: core.TypeCountry, Aliases: within("country")},
	{Field: core.FieldPostcode, Type: core.TypeText, Aliases: within("postcode")},
	{Field: core.FieldMetadata, Type: core.TypeText},
}

// within are the names of a field of the billing address.
func within(name string) []string { return []string{name, "billingAddress." + name} }

// subscribed asks for customers with a subscription, living or not.
var subscribed = core.Query{Expr: core.Not{Node: core.Compare{Field: core.FieldSubscription, Op: core.OpEmpty}}}

// subscriberQuery is a query of the document's names in ours. Whoever is there
// is active.
func subscriberQuery(q core.Query) core.Query {
	return subscribed.And(q.Rewrite(func(c core.Compare) core.Node {
		switch {
		case c.Field != core.FieldStatus:
			return c
		case c.Op == core.OpEqual && c.Values[0].Text == "active":
			return core.Everything()
		}
		return core.Nothing()
	}))
}

// answerSubscribers serves GET /subscriptions/subscribers, and the search of them.
func (h handlers) answerSubscribers(w http.ResponseWriter, r *http.Request, by core.Actor, l listing) error {
	l.Query = subscriberQuery(l.Query)
	l.With = subscriberParts(l.expand)
	found, err := h.store.CustomerRecords(r.Context(), by, l.Range)
	if err != nil {
		return named(err, same)
	}
	return answerList(w, l, found.Items, found.More, func(o *object, c core.Customer) { writeSubscriber(o, c, l.expand) })
}

// readSubscriber serves GET /subscriptions/subscribers/{subscriber}.
func (h handlers) readSubscriber(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	e, err := readExpansion(r, subscriberTree)
	if err != nil {
		return err
	}
	id, err := pathID(r, "subscriber")
	if err != nil {
		return err
	}
	found, err := h.store.CustomerRecords(r.Context(), by, core.Range{
		Query: subscribed.And(core.Query{Expr: core.Among(id)}), Limit: 1, With: subscriberParts(e),
	})
	if err != nil {
		return err
	}
	if len(found.Items) == 0 {
		return core.ErrNotFound
	}
	return answer(w, http.StatusOK, func(o *object) { writeSubscriber(o, found.Items[0], e) })
}
