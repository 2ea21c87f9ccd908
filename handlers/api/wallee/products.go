package wallee

import (
	"net/http"

	"kontor/db/core"
)

// writeProduct writes a plan as a product. Its reference is the plan's lookup
// ID.
func writeProduct(o *object, p core.Plan) {
	o.number("id", p.ID)
	o.number("linkedSpaceId", p.Merchant)
	o.number("spaceId", p.Merchant)
	o.number("version", p.Version)
	o.text("state", productState(p))
	o.text("name", p.Name)
	o.text("reference", core.LookupID(p.ID))
	o.number("sortOrder", 0)
	o.flag("productLocked", false)
	o.null("failedPaymentSuspensionPeriod")
	o.texts("allowedPaymentMethodConfigurations")
	o.null("plannedPurgeDate")
}

func productState(p core.Plan) string {
	if p.Archived {
		return "RETIRED"
	}
	return "ACTIVE"
}

// writeProductVersion writes a plan as the one version of its product, with
// what is paid how often.
func writeProductVersion(o *object, p core.Plan, e expansion) {
	o.number("id", p.ID)
	o.number("linkedSpaceId", p.Merchant)
	o.number("version", p.Version)
	if e.has("product") {
		o.object("product", func(o *object) { writeProduct(o, p) })
	} else {
		o.link("product", p.ID)
	}
	o.text("state", productState(p))
	o.text("name", p.Name)
	o.text("reference", core.LookupID(p.ID))
	o.null("comment")
	o.text("defaultCurrency", p.Amount.Currency)
	if e.has("enabledCurrencies") {
		o.texts("enabledCurrencies", p.Amount.Currency)
	}
	o.text("billingCycle", cycles[p.Every])
	o.time("createdOn", p.CreatedAt)
	o.time("activatedOn", p.CreatedAt)
	if p.Archived {
		o.time("obsoletedOn", p.UpdatedAt)
	} else {
		o.null("obsoletedOn")
	}
	o.null("plannedPurgeDate")
}

// cycles are frequencies as ISO 8601 has them.
var cycles = map[core.Frequency]string{
	core.EveryDay: "P1D", core.EveryWeek: "P1W", core.EveryMonth: "P1M", core.EveryQuarter: "P3M", core.EveryHalfYear: "P6M", core.EveryYear: "P1Y",
}

// productNames are the names that searches for products know.
var productNames = core.Vocabulary{
	{Field: core.FieldID, Type: core.TypeNumber},
	{Field: core.FieldVersion, Type: core.TypeNumber},
	{Field: core.FieldName, Type: core.TypeText},
	{Field: core.FieldLookupID, Type: core.TypeExact, Aliases: []string{"reference"}},
	{Field: core.FieldStatus, Type: core.TypeEnum, Aliases: []string{"state"}, Choices: []string{"create", "active", "inactive", "retiring", "retired"}},
	{Field: core.FieldCreated, Type: core.TypeTime, Aliases: []string{"createdOn"}},
	{Field: core.FieldCurrency, Type: core.TypeCurrency, Aliases: []string{"defaultCurrency"}},
}

// productQuery is a query of the document's names in ours.
func productQuery(q core.Query) core.Query {
	return q.Rewrite(func(c core.Compare) core.Node {
		switch {
		case c.Field != core.FieldStatus:
			return c
		case c.Op == core.OpEqual && c.Values[0].Text == "active":
			return core.Equal(core.FieldStatus, core.PlanOpen)
		case c.Op == core.OpEqual && c.Values[0].Text == "retired":
			return core.Equal(core.FieldStatus, core.PlanArchivedStatus)
		}
		return core.Nothing()
	})
}

// answerProducts serves GET /subscriptions/products, and the search of them.
func (h handlers) answerProducts(w http.ResponseWriter, r *http.Request, by core.Actor, l listing) error {
	l.Query = productQuery(l.Query)
	found, err := h.store.PlanRecords(r.Context(), by, l.Range)
	if err != nil {
		return err
	}
	return answerList(w, l, found.Items, found.More, writeProduct)
}

// readProduct serves GET /subscriptions/products/{product}.
func (h handlers) readProduct(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	if _, err := readExpansion(r, productTree); err != nil {
		return err
	}
	id, err := pathID(r, "product")
	if err != nil {
		return err
	}
	p, err := h.store.Plan(r.Context(), by, id)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, func(o *object) { writeProduct(o, p) })
}
