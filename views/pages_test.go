package views

import (
	"encoding/json"
	"time"

	"github.com/a-h/templ"

	"kontor/db/core"
)

// hostile is text that must come out as it went in.
const hostile = "<script>alert(\"x\")</script>' OR 1=1;-- &amp; \u202e 🥐"

func chrome(name string) Chrome {
	m := merchant
	m.Name = name
	return Chrome{
		User: core.User{ID: 7, Name: name, Email: "a@example.com", Role: core.Admin}, Merchant: m, Section: InCustomers,
		Path: CustomersURL(1), Now: noon, Find: Find{Action: CustomersURL(1), Value: name, Terms: []string{name}},
		Toasts: []Toast{{Text: name, Undo: &Act{Action: "/undo", Label: "Undo", Hidden: []Pair{{"version", "1"}}}}},
	}
}

func list(text string) CustomersView {
	v := CustomersView{
		Chrome: chrome(text), MayWrite: true, Query: text, Clear: CustomersURL(1),
		Tabs:    []Choice{{"All", CustomersURL(1), true}},
		Pills:   []Pill{{text, CustomersQuery{Text: text}.URL(1)}},
		Filters: Filters{Action: CustomersURL(1), Fields: []Filter{{"city", "City"}}},
		Orders:  []Choice{{"Newest first", CustomersURL(1), true}},
		ByName:  Header{URL: CustomersQuery{Sort: "name"}.URL(1)},
		ByDate:  Header{URL: CustomersURL(1), Order: "descending"},
		Mistake: &Mistake{Query: text, QueryError: core.QueryError{Rule: core.UnknownField, Pos: 1, Len: 6, Text: text}},
		Pager:   Pager{From: 1, To: 50, Of: core.MaxCount + 1, Next: CustomersQuery{After: "x"}.URL(1)},
	}
	for i := range 50 {
		v.Rows = append(v.Rows, core.CustomerSummary{
			ID: int64(i)<<11 | 1<<40, Name: text, Company: "Globex", Email: "a@example.com", Reference: "cust-1",
			City: "Sarajevo", Country: "BA", CreatedAt: noon.AddDate(0, 0, -i),
		})
	}
	return v
}

func customerView(text string) CustomerView {
	c := core.Customer{
		ID: 1 << 45, Name: text, Company: text, Reference: text, Email: "a@example.com", Phone: text, Language: "en-GB", Description: text, CreatedAt: noon, UpdatedAt: noon,
		Metadata:  []core.Meta{{Key: text, Value: core.MetaText(text)}},
		Addresses: []core.Address{{ID: 3, Type: core.Both, Default: true, Street: text, City: text, Country: "GB"}},
	}
	note := core.Note{ID: 4, Version: 1, Author: text, Text: text, Pinned: true, StaffOnly: true, CreatedAt: noon, EditedAt: noon}
	return CustomerView{
		Chrome: chrome(text), Customer: c, MayWrite: true,
		Duplicates: []Duplicate{{ID: 2, Title: text, Email: text, Why: []string{"email", "name"}}},
		Notes:      NotesView{Merchant: 1, Customer: c.ID, Zone: time.UTC, Now: noon, MayWrite: true, Staff: true, Notes: []NoteLine{{Note: note, MayEdit: true}}},
		Events: []EventLine{{Undo: true, Event: core.Event{
			ID: 9, At: noon, Action: core.CustomerUpdated, Actor: core.Actor{Kind: core.ByUser, Name: text},
			From: core.Changes{"address.3.city": "London"}, To: core.Changes{"address.3.city": text},
		}}},
	}
}

func overviewView(text string) OverviewView {
	o := core.NewOverview(merchant, noon)
	o.Began, o.States, o.ExpiringCount = true, []core.StateCount{{State: core.Active, Count: 3}}, 1
	o.Charged(core.ChargePaid, noon, "EUR", core.Sum{Count: 1, Minor: 4900}, 100)
	o.Charged(core.ChargeDeclined, noon, "JPY", core.Sum{Count: 1, Minor: 980}, 0)
	o.Expiring = []core.SubscriptionSummary{{
		CustomerTitle: text, PlanName: text, LastFour: "4242", Subscription: core.Subscription{Amount: core.Money{Minor: 4900, Currency: "EUR"}, NextRun: noon},
	}}
	return OverviewView{Chrome: chrome(text), Overview: o, MayWrite: true}
}

func activityView(text string) ActivityView {
	return ActivityView{
		Chrome: chrome(text), At: ActivityQuery{Person: "user-5", Act: string(core.CustomerUpdated), From: text},
		Merchants: []core.Merchant{{ID: 2, Name: text}}, People: []core.Actor{{Kind: core.ByUser, ID: 6, Name: text}},
		Events: []EventLine{
			{
				Event: core.Event{
					ID: 9, At: noon, Action: core.CustomerUpdated, Customer: 5, Actor: core.Actor{Kind: core.ByUser, ID: 5, Name: text, Merchant: 1},
					From: core.Changes{"email": text}, To: core.Changes{"email": ""},
				},
				Undo: true, About: Link{text, CustomerURL(1, 5)}, Person: Link{URL: ActivityURL(1)}, Merchant: Link{text, ActivityURL(0)}, Origin: text,
			},
			{Event: core.Event{ID: 8, At: noon, Action: core.CustomerUpdated, Customer: 5, Fields: []string{"email"}}, Undone: true},
			{Event: core.Event{ID: 7, At: noon, Action: core.UserSignedIn, Fields: []string{"password"}}, About: Link{Text: text}},
		},
		Previous: ActivityQuery{Before: 9}.URL(1), Next: ActivityQuery{After: 7}.URL(1),
	}
}

func formView(text string) CustomerFormView {
	v := CustomerFormView{
		Chrome: chrome(text), ID: 5, Title: text, Version: 3, Cancel: CustomerURL(1, 5), Values: map[string]string{},
		Addresses: []AddressRow{{Key: "12"}},
		Metadata:  []MetadataRow{{text, text}, {"tier", "gold"}}, MetadataShown: []string{text, "tier"},
		PhoneOdd:   true,
		Duplicates: []Duplicate{{ID: 2, Title: text, Why: []string{"email"}}},
		Conflict: &Conflict{
			Who: text, At: noon, Both: []ConflictField{{Name: "email", Original: text, Yours: text, Theirs: text}},
			Merged: []ConflictField{{Name: "metadata.tier", Original: text, Theirs: text}},
		},
	}
	for _, name := range core.PlainFields() {
		v.Values[name] = text
	}
	for _, name := range core.AddressFields() {
		v.Values["billing."+name] = text
		v.Values["address.12."+name] = text
	}
	return v
}

// everyPage is each page and part there is, showing the text wherever one can
// stand.
func everyPage(text string) map[string]templ.Component {
	inside := chrome(text)
	pages := map[string]templ.Component{
		"customers":   CustomersPage(list(text)),
		"none":        CustomersPage(CustomersView{Chrome: inside, Query: text, Clear: "/", Without: []Choice{{text, "/", false}, {text, "/", false}}}),
		"nothing":     CustomersPage(CustomersView{Chrome: inside, MayWrite: true}),
		"overview":    OverviewPage(overviewView(text)),
		"no overview": OverviewPage(OverviewView{Chrome: inside, MayWrite: true}),
		"activity":    ActivityPage(activityView(text)),
		"no activity": ActivityPage(ActivityView{Chrome: inside}),
		"none such":   ActivityPage(ActivityView{Chrome: inside, At: ActivityQuery{Act: OnlyRefused}}),
		"customer":    CustomerPage(customerView(text)),
		"notes":       CustomerNotes(customerView(text).Notes),
		"form":        CustomerFormPage(formView(text)),
		"delete":      DeletePage(DeleteView{Chrome: inside, ID: 5, Title: text, Reference: text, Reason: text, RestoreUntil: noon, Days: 30, Addresses: 2}),
		"merchants":   MerchantsPage(MerchantsView{Chrome: inside, Query: text, Merchants: []core.Merchant{inside.Merchant}, MayAdd: true, Find: text, Found: []Hit{{Merchant: inside.Merchant, ID: 6, Title: text, Email: text}}}),
		"merchant":    MerchantFormPage(MerchantFormView{Chrome: inside, Values: map[string]string{"name": text, "country": text}}),
		"settings":    SettingsPage(SettingsView{Chrome: inside, Values: core.Changes{"name": text}, Stale: true, Now: core.Changes{"name": text}, MayClose: true}),
		"blocked":     MerchantDeletePage(MerchantDeleteView{Chrome: inside, Has: core.Holdings{Customers: 1, Users: 2}}),
		"no merchant": MerchantDeletePage(MerchantDeleteView{Chrome: inside, Stale: true}),
		"team":        PeoplePage(PeopleView{Chrome: inside, Place: 1, People: []core.Colleague{{User: core.User{ID: 4, Name: text, Email: text, Role: core.Owner}}}, Next: "/", First: "/"}),
		"staff":       PeoplePage(PeopleView{Chrome: inside}),
		"invite":      InvitePage(InviteView{Chrome: inside, Values: map[string]string{"name": text, "email": text, "role": text}}),
		"person":      PersonPage(PersonView{Chrome: inside, Place: 1, Person: core.Colleague{User: core.User{ID: 4, Name: text, Email: text, Role: core.Owner, Active: true}, Sessions: 2, SeenAt: noon}, Values: map[string]string{"name": text}, Stale: true, Self: true}),
		"given link":  GivenLinkPage(GivenLinkView{Chrome: inside, Person: core.User{ID: 4, Name: text, Email: text}, Link: text, Until: noon, Invited: true}),
		"mails":       MailsPage(MailsView{Chrome: inside, Place: 1, Mails: []core.Mail{letterMail(text)}, Customer: Link{text, "/"}, Next: "/", First: "/"}),
		"no mails":    MailsPage(MailsView{Chrome: inside, Server: true}),
		"no such":     MailsPage(MailsView{Chrome: inside, State: core.MailFailed}),
		"mail":        MailPage(MailView{Chrome: inside, Place: 1, Mail: letterMail(text), Letter: core.Letter{HTML: text, Text: text}, Customer: Link{text, "/"}, Again: "/", MayWrite: true}),
		"erased mail": MailPage(MailView{Chrome: inside, Mail: core.Mail{Erased: true, State: core.MailFailed, Trouble: core.MailErased}}),
		"erase":       ErasePage(EraseView{Chrome: inside, ID: 5, Title: text, Confirm: text, Typed: text, Holds: core.Holds{Addresses: 1, Subscriptions: 2}, Charges: 3, Faults: core.Invalid{{Field: "confirm", Rule: core.Wrong}}, Expires: noon}),
		"dossier":     DossierPage(DossierView{Chrome: inside, ID: 5, Title: text, Parts: []core.DossierPart{{Name: "customer", Things: [][]core.Fact{{{Name: "name", Value: text}, {Name: text + " was", Value: text}}}}}}),
		"forgot":      ForgotPage(ForgotView{Server: true, Email: text, Wait: time.Minute}),
		"forgotten":   ForgotPage(ForgotView{Asked: true}),
		"no server":   ForgotPage(ForgotView{}),
		"login":       LoginPage(LoginView{Email: text, Next: text, Problem: LoginThrottled, Wait: 90 * time.Second, Held: true}),
		"link":        LinkPage(LinkView{Action: LinkURL("t"), Token: text}),
		"set up":      SetUpPage(SetUpView{Action: LinkURL("t"), Token: text, Name: text, Email: text}),
		"first run":   FirstRunPage(FirstRunView{}),
		"first admin": FirstAdminPage(FirstAdminView{Action: "/", Name: text, Email: text}),
		"error":       ErrorPage(ErrorView{Status: 503, RequestID: text, Wait: time.Minute}),
		"error part":  ErrorPart(ErrorView{Status: 413, RequestID: text, Limit: 4 << 20}),
	}
	pages["account"] = AccountPage(AccountView{
		Chrome: inside, Name: text, Email: text, HasPassword: true, Rows: 50, Wait: time.Minute,
		Faults:  core.Invalid{{Field: "name", Rule: core.Required}, {Field: "present", Rule: core.Wrong}},
		Devices: []DeviceLine{{Device: core.Device{ID: "1", Agent: text, Origin: text, SignedIn: noon, SeenAt: noon}}, {This: true}},
	})
	saved := list(text)
	saved.Saver = &ViewForm{Action: ViewsURL(1), Name: text, Query: text, Sort: text, MayShare: true, Stale: true}
	saved.ViewForm = &ViewForm{Action: ViewURL(1, 2), Delete: DeleteViewURL(1, 2), Name: text, Team: true}
	pages["saved views"] = CustomersPage(saved)
	deleted := customerView(text)
	deleted.Customer.DeletedAt, deleted.RestoreUntil, deleted.RestoreTaken = noon, noon.AddDate(0, 0, 30), 8
	pages["deleted"] = CustomerPage(deleted)
	erased := customerView(text)
	erased.Customer = core.Customer{ID: 5, DeletedAt: noon, ErasedAt: noon}
	pages["erased"] = CustomerPage(erased)
	return pages
}

// letterMail is a mail that went wrong, with the text wherever one can stand.
func letterMail(text string) core.Mail {
	values, _ := json.Marshal(core.NewPassword{Person: text})
	return core.Mail{
		ID: 7, Kind: core.NewPasswordMail, From: text, To: text, BCC: []string{text}, Values: values, State: core.MailQueued,
		Tries: 2, Trouble: core.MailRecipientRefused, Code: 450, Created: noon, Next: noon,
	}
}
