package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"kontor/db/core"
	"kontor/views"
	"kontor/web"
)

// customerStore is the part of the store the customer pages use.
type customerStore interface {
	ReadTogether(ctx context.Context, all ...func(context.Context) error) error
	Customer(ctx context.Context, by core.Actor, id int64) (core.Customer, error)
	Customers(ctx context.Context, by core.Actor, l core.List) (core.Page[core.CustomerSummary], error)
	Find(ctx context.Context, by core.Actor, text string) ([]core.Match, error)
	LikelyDuplicates(ctx context.Context, by core.Actor, c core.Customer) ([]core.Duplicate, error)
	Notes(ctx context.Context, by core.Actor, customer int64) ([]core.Note, error)
	MerchantAndViews(ctx context.Context, by core.Actor) (core.Merchant, []core.View, error)
	PlanByName(ctx context.Context, by core.Actor, name string) (core.Plan, error)
	Subscription(ctx context.Context, by core.Actor, id int64) (core.SubscriptionSummary, error)
	CustomerSubscriptions(ctx context.Context, by core.Actor, customer int64) ([]core.SubscriptionSummary, error)
	CustomerCharges(ctx context.Context, by core.Actor, customer int64, limit int) ([]core.ChargeSummary, error)
	PaidToDate(ctx context.Context, by core.Actor, customer int64) ([]core.Money, error)
	CustomerEvents(ctx context.Context, by core.Actor, customer, before int64, limit int) (core.Timeline, error)
	CustomerAt(ctx context.Context, by core.Actor, id, version int64) (core.Customer, []core.Event, error)
	CreateCustomer(ctx context.Context, by core.Actor, from core.Source, ch core.Changes) (core.Customer, error)
	UpdateCustomer(ctx context.Context, by core.Actor, id, version int64, ch core.Changes) (core.Customer, error)
	DeleteCustomer(ctx context.Context, by core.Actor, id, version int64, reason string) error
	RestoreCustomer(ctx context.Context, by core.Actor, id int64, giveUp core.GiveUp) error
	CustomerCards(ctx context.Context, by core.Actor, customer int64) ([]core.Card, error)
	CustomerCardUses(ctx context.Context, by core.Actor, customer int64) (map[int64][]core.CardUse, error)
	Channels(ctx context.Context, by core.Actor, customer int64) ([]core.Channel, error)
	Undo(ctx context.Context, by core.Actor, event int64) (kept []string, err error)
}

type customerPages struct {
	base
	store customerStore
}

// list serves GET /m/{merchant}/customers. Its state is its URL: "q" is the
// whole query. The search box sends its words as "q" and the committed terms
// beside it as "f", and the builder sends a term in parts; both are sent on to
// the one URL that says the same.
func (p customerPages) list(w http.ResponseWriter, r *http.Request) error {
	by, form := web.Actor(r), r.URL.Query()
	m, saved, err := p.store.MerchantAndViews(r.Context(), by)
	if err != nil {
		return err
	}
	at := views.CustomersQuery{
		Text: core.JoinQuery(form.Get("q"), form["f"]), View: form.Get("view"), Sort: form.Get("sort"),
		Per: number(r, "per"), After: form.Get("after"), Before: form.Get("before"), From: number(r, "from"),
	}
	if term := builtTerm(form); term != "" {
		at.Text = core.JoinQuery(at.Text, []string{term})
		if q, err := core.ParseQuery(at.Text, core.CustomerFields, m.Location()); err == nil {
			at.Text = q.String()
		}
		return web.Redirect(w, r, at.URL(m.ID))
	}
	live := web.Partial(r, "customers")
	q, mistake := core.ParseQuery(at.Text, core.CustomerFields, m.Location())
	phone, err := p.phoneTyped(r.Context(), by, at.Text)
	if err != nil {
		return err
	}
	if phone.Expr != nil {
		q, mistake = phone, nil
	}
	if mistake == nil && at.View == "" {
		if hit, err := p.exactHit(r.Context(), by, q); err != nil {
			return err
		} else if hit != 0 && !live {
			return web.Redirect(w, r, views.CustomerURL(m.ID, hit))
		} else if hit != 0 {
			at.View = allView // Back comes to the list, and not through it to the record
		}
	}
	if mistake == nil && len(form["f"]) > 0 && !live {
		at.Text = q.String()
		return web.Redirect(w, r, at.URL(m.ID))
	}
	v, err := p.listView(r, m, saved, at, q)
	if err != nil {
		return err
	}
	if phone.Expr != nil {
		v.Chrome.Find.Value = at.Text // as it was typed
	}
	if bad, ok := errors.AsType[core.QueryError](mistake); ok {
		v.Mistake = &views.Mistake{Query: at.Text, QueryError: bad}
	}
	if !live && mistake == nil && at.View == "" && len(v.Rows) == 0 {
		if to, err := p.billingHit(r.Context(), by, at.Text); err != nil {
			return err
		} else if to != "" {
			return web.Redirect(w, r, to)
		}
	}
	if !live {
		return p.wholeList(w, r, http.StatusOK, v)
	}
	if form.Has("q") && mistake == nil {
		follow(w, r, at.URL(m.ID))
	}
	return web.Render(w, r, http.StatusOK, views.CustomersTable(v))
}

// wholeList draws the page around the list.
func (p customerPages) wholeList(w http.ResponseWriter, r *http.Request, status int, v views.CustomersView) error {
	find := v.Chrome.Find
	var err error
	if v.Chrome, err = p.chromeOf(w, r, views.InCustomers, v.Chrome.Merchant); err != nil {
		return err
	}
	v.Chrome.Find = find
	if v.Back != "" {
		v.Chrome.Path = v.Back
	}
	return web.Render(w, r, status, views.CustomersPage(v))
}

// allView is the tab of the living, said aloud: such a URL is a list even where
// its query fits one customer exactly.
const allView = "all"

// follow has the browser's address follow what was typed: the first letters of
// a search begin an entry of its history, the rest replace it.
func follow(w http.ResponseWriter, r *http.Request, to string) {
	header := "HX-Push-Url"
	if was, err := url.Parse(r.Header.Get("HX-Current-URL")); err == nil && was.Query().Get("q") != "" {
		header = "HX-Replace-Url"
	}
	w.Header().Set(header, to)
}

// phoneTyped is the query for a phone number that was typed in several groups
// of digits, where somebody has just that number; else the zero Query. The
// groups would be words by themselves.
func (p customerPages) phoneTyped(ctx context.Context, by core.Actor, text string) (core.Query, error) {
	text = strings.TrimSpace(text)
	if !strings.ContainsAny(text, " ()") || !core.PhoneLike(text) {
		return core.Query{}, nil
	}
	found, err := p.store.Find(ctx, by, text)
	if err != nil || len(found) == 0 {
		return core.Query{}, err
	}
	q, _ := core.ParseQuery(`"`+text+`"`, core.CustomerFields, nil) // no quote is like a phone
	return q, nil
}

// exactHit returns the one customer that a query of a single word names by ID,
// reference, e-mail address or phone, or 0.
func (p customerPages) exactHit(ctx context.Context, by core.Actor, q core.Query) (int64, error) {
	word, ok := q.Word()
	if !ok {
		return 0, nil
	}
	found, err := p.store.Find(ctx, by, word.Text)
	if err != nil || len(found) != 1 {
		return 0, err
	}
	return found[0].ID, nil
}

// billingHit is where a search leads that no customer fits, and that names a
// subscription by ID or a plan by name; else "".
func (p customerPages) billingHit(ctx context.Context, by core.Actor, text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil
	}
	if id, ok := core.ReadID(text); ok {
		s, err := p.store.Subscription(ctx, by, id)
		if err == nil {
			return views.SubscriptionURL(s.Merchant, s.ID), nil
		}
		if !errors.Is(err, core.ErrNotFound) {
			return "", err
		}
	}
	plan, err := p.store.PlanByName(ctx, by, text)
	if errors.Is(err, core.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return views.PlanURL(plan.Merchant, plan.ID), nil
}

// listView reads a page of the list and says what it shows.
func (p customerPages) listView(r *http.Request, m core.Merchant, saved []core.View, at views.CustomersQuery, q core.Query) (views.CustomersView, error) {
	by := web.Actor(r)
	l := core.List{
		Query: q, Deleted: at.View == "deleted", Limit: web.User(r).Preferences.RowsOr(at.Per),
		After: core.ParseCursor(at.After), Before: core.ParseCursor(at.Before),
	}
	l.Sort, l.Ascending = sortOf(at.Sort, l.Deleted)
	page, err := p.store.Customers(r.Context(), by, l)
	if err != nil {
		return views.CustomersView{}, err
	}
	v := views.CustomersView{
		Chrome:   views.Chrome{User: web.User(r), Merchant: m, Now: p.now()},
		MayWrite: by.May(core.Write) && !m.Closed(), Deleted: l.Deleted, Query: at.Text, Sort: l.Sort, Rows: page.Items,
	}
	v.MayTake, v.At = by.May(core.Manage), []views.Pair{{Name: "q", Value: at.Text}, {Name: "view", Value: at.View}, {Name: "sort", Value: at.Sort}}
	v.Bulk = bulkForm(v, by.May(core.Manage))
	terms, rest := q.Split()
	at.After, at.Before, at.From = "", "", pageFrom(at, page, l.Limit)
	v.Pager = pager(m.ID, at, page, l.Limit, web.User(r).Preferences.RowsOr(0))
	at.From = 0
	v.Tabs = tabs(m.ID, at, saved, core.LocalDateOf(p.now(), m.Location()))
	if !m.Closed() {
		v.Saver, v.ViewForm = saver(by, m.ID, at, l, saved), viewForm(by, m.ID, at, saved)
	}
	if _, ok := savedView(at, saved); ok {
		at.View = allView // what is changed from here on is not that view any more
	}
	v.Orders, v.ByName, v.ByDate = orders(m.ID, at, l)
	for i, term := range terms {
		without := at
		without.Text = q.Without(i).String()
		v.Pills = append(v.Pills, views.Pill{Text: views.TermText(term, m.Location()), Remove: without.URL(m.ID)})
		v.Without = append(v.Without, views.Choice{Label: views.TermText(term, m.Location()), URL: without.URL(m.ID)})
	}
	if len(terms) > 0 {
		clear := at
		clear.Text = rest
		v.Clear = clear.URL(m.ID)
	}
	all := at
	all.Text = ""
	v.All = all.URL(m.ID)
	if rest != "" && len(terms) > 0 {
		only := at
		only.Text = core.JoinQuery("", texts(terms))
		v.Without = append(v.Without, views.Choice{Label: rest, URL: only.URL(m.ID)})
	}
	hidden := []views.Pair{{Name: "view", Value: at.View}, {Name: "sort", Value: at.Sort}}
	hidden = slices.DeleteFunc(hidden, func(p views.Pair) bool {
		return p.Value == "" || p.Value == allView // a search sent with Enter may lead to a record
	})
	v.Filters = views.Filters{Action: views.CustomersURL(m.ID), Hidden: append([]views.Pair{{Name: "q", Value: at.Text}}, hidden...), Fields: filters}
	v.Chrome.Find = views.Find{
		Action: views.CustomersURL(m.ID), Value: rest, Hidden: hidden, Placeholder: findAnything, Live: true,
		Focus: at.Text == "" && page.Count == 0,
	}
	if q.Expr == nil { // a query that could not be read stands in the box to be mended
		v.Chrome.Find.Value = at.Text
	}
	v.Chrome.Find.Terms = committed(r, terms)
	return v, nil
}

// committed are the terms that ride along with the box: all of them, but while
// somebody types those only that did so before, because what the box holds may
// be half a term.
func committed(r *http.Request, terms []core.Term) []string {
	if web.Partial(r, "customers") && r.Header.Get("HX-Source") == "form#find" {
		return r.URL.Query()["f"]
	}
	return texts(terms)
}

func texts(terms []core.Term) []string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = t.Text
	}
	return out
}

// sortOf reads the order from the URL: a name with a minus before it goes down.
func sortOf(text string, deleted bool) (by core.Sort, ascending bool) {
	name, down := strings.CutPrefix(text, "-")
	switch s := core.Sort(name); {
	case deleted:
		return core.ByDeleted, text == string(core.ByDeleted)
	case s == core.ByName || s == core.ByUpdated || s == core.ByCreated && !down:
		return s, !down
	}
	return core.ByCreated, false
}

// filters are the fields the builder offers.
var filters = []views.Filter{
	{Name: "country", Label: "Country"},
	{Name: "city", Label: "City"},
	{Name: "postcode", Label: "Postcode"},
	{Name: "company", Label: "Company"},
	{Name: "email", Label: "E-mail"},
	{Name: "phone", Label: "Phone"},
	{Name: "firstName", Label: "First name"},
	{Name: "lastName", Label: "Last name"},
	{Name: "reference", Label: "Reference"},
	{Name: "custom_id", Label: "Custom ID"},
	{Name: "language", Label: "Language"},
	{Name: "currency", Label: "Currency"},
	{Name: "created", Label: "Added"},
	{Name: "updated", Label: "Updated"},
	{Name: "source", Label: "Came through"},
	{Name: "description", Label: "Description"},
	{Name: "note", Label: "Note"},
	{Name: "dob", Label: "Date of birth"},
	{Name: "subscription", Label: "Subscription"},
	{Name: "plan", Label: "Plan"},
	{Name: "card", Label: "Card (last four)"},
	{Name: "cardExpires", Label: "Card expires"},
}

// builtTerm writes the term that the builder sent in parts, or "".
func builtTerm(form url.Values) string {
	field, value := form.Get("field"), strings.TrimSpace(form.Get("value"))
	op := form.Get("op")
	if field == "" || (value == "" && op != "none") {
		return ""
	}
	def, ok := core.CustomerFields.Find(field)
	if !ok {
		return ""
	}
	quoted := `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
	switch op {
	case "none":
		return field + ":*"
	case "not":
		return "-" + field + ":" + quoted
	case "contains":
		if def.Type > core.TypeLanguage {
			return field + ":" + quoted
		}
		return field + ":~" + quoted
	case "after":
		return field + ":>=" + quoted
	case "before":
		return field + ":<=" + quoted
	}
	return field + ":" + quoted
}
