package db_test

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"testing"

	"kontor/db/core"
	"kontor/db/dbtest"
)

// An act is how a test carries out one method of the store as an actor, on
// records of the first merchant. It is made anew for each call.
type act func(ctx context.Context, h *dbtest.House, by core.Actor) error

// unrecorded are the methods that write and leave no event, because what they
// write is no act: sessions, the last use of something, what became of a mail
// that an act wrote, and how one person likes their own pages (theme, rows a
// page), which nobody else ever sees. A
// program's coming in, its refused calls and the answers kept for it are none
// either: what it does is, by the acts themselves.
var unrecorded = []string{"AskForecast", "TouchApplicationUser", "IssueToken", "DropToken", "RefuseCall", "ClaimCall", "FinishCall", "SendDueMail", "AddSession", "SaveSession", "TouchSession", "EndSession", "SetOwnPreferences"}

// personal are the acts of coming in and going out. Whose they are follows from
// a link or a password and not from an actor, so there is no other merchant to
// let in; their events are tested by hand in signin_test.go.
var personal = []string{"SignIn", "UseLink", "CreateFirstAdmin"}

// plumbing is what neither reads nor writes a merchant's records.
var plumbing = []string{"Close", "Ready", "UnlockVault", "SetFewCustomers", "SetFewRows", "SetBroadMatches", "SetMaxLog", "Watch", "ReadTogether", "SharesCommits", "HasUsers", "UserByEmail", "Link", "Session", "SendsMail", "CheckDatabase", "ApplicationKeys", "TokenUser"}

// writes are the acts that must leave an event and let no other merchant in.
func writes(t *testing.T, h *dbtest.House) map[string]act {
	fresh := func() core.Customer { return h.Customer(t, "name", "Subject", "email", "s@example.com") }
	acts := subscriptionActs(t, h)
	maps.Copy(acts, cardActs(t, h))
	maps.Copy(acts, enrolmentActs())
	maps.Copy(acts, tokenActs(t, h))
	maps.Copy(acts, chargeActs(t, h))
	maps.Copy(acts, map[string]act{
		"CreateCustomer": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := h.CreateCustomer(ctx, by, core.FromPage, core.Changes{"name": "New"})
			return err
		},
		"UpdateCustomer": on(fresh(), func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error {
			_, err := h.UpdateCustomer(ctx, by, c.ID, 0, core.Changes{"name": "Changed"})
			return err
		}),
		"DeleteCustomer": on(fresh(), func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error {
			return h.DeleteCustomer(ctx, by, c.ID, 0, "")
		}),
		"RestoreCustomer": on(deleted(t, h, fresh()), func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error {
			return h.RestoreCustomer(ctx, by, c.ID, core.KeepReference)
		}),
		"Undo": on(deleted(t, h, fresh()), func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error {
			line, err := h.CustomerEvents(ctx, h.Owner, c.ID, 0, 1)
			if err != nil {
				return err
			}
			_, err = h.Undo(ctx, by, line.Events[0].ID)
			return err
		}),
		"MergeCustomers": on(fresh(), func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error {
			other, err := h.CreateCustomer(ctx, h.Owner, core.FromPage, core.Changes{"name": "Other"})
			if err != nil {
				return err
			}
			_, err = h.MergeCustomers(ctx, by, c.ID, other.ID, core.MergeVersions{}, nil)
			return err
		}),
		"DismissDuplicate": on(fresh(), func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error {
			other, err := h.CreateCustomer(ctx, h.Owner, core.FromPage, core.Changes{"email": c.Email})
			if err != nil {
				return err
			}
			return h.DismissDuplicate(ctx, by, c.ID, other.ID)
		}),
		"RecallDuplicate": on(fresh(), func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error {
			other, err := h.CreateCustomer(ctx, h.Owner, core.FromPage, core.Changes{"email": c.Email})
			if err == nil {
				err = h.DismissDuplicate(ctx, h.Owner, c.ID, other.ID)
			}
			if err != nil {
				return err
			}
			return h.RecallDuplicate(ctx, by, c.ID, other.ID)
		}),
		"AddNote": on(fresh(), func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error {
			_, err := h.AddNote(ctx, by, c.ID, core.Note{Text: "hello"})
			return err
		}),
		"UpdateNote": on(fresh(), func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error {
			n, err := h.AddNote(ctx, h.Owner, c.ID, core.Note{Text: "hello"})
			if err != nil {
				return err
			}
			_, err = h.UpdateNote(ctx, by, core.Note{ID: n.ID, Text: "changed"})
			return err
		}),
		"DeleteNote": on(fresh(), func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error {
			n, err := h.AddNote(ctx, h.Owner, c.ID, core.Note{Text: "hello"})
			if err != nil {
				return err
			}
			_, err = h.DeleteNote(ctx, by, n.ID)
			return err
		}),
		"CreateCustomers": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			done, err := h.CreateCustomers(ctx, by, core.FromPage, []core.Changes{{"name": "One"}, {"name": "Two"}})
			return firstError(done, err)
		},
		"UpdateCustomers": on(fresh(), func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error {
			done, err := h.UpdateCustomers(ctx, by, []core.CustomerChange{{ID: c.ID, Changes: core.Changes{"name": "Many"}}})
			return firstError(done, err)
		}),
		"DeleteCustomers": on(fresh(), func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error {
			done, err := h.DeleteCustomers(ctx, by, []int64{c.ID})
			return firstError(done, err)
		}),
		"AddAddress": on(fresh(), func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error {
			_, err := h.AddAddress(ctx, by, c.ID, core.Changes{"city": "Sarajevo"})
			return err
		}),
		"UpdateAddress": on(fresh(), func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error {
			a, err := h.AddAddress(ctx, h.Owner, c.ID, core.Changes{"city": "Sarajevo"})
			if err != nil {
				return err
			}
			_, err = h.UpdateAddress(ctx, by, c.ID, a.ID, 0, core.Changes{"city": "Mostar"})
			return err
		}),
		"DeleteAddress": on(fresh(), func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error {
			a, err := h.AddAddress(ctx, h.Owner, c.ID, core.Changes{"city": "Sarajevo"})
			if err != nil {
				return err
			}
			return h.DeleteAddress(ctx, by, c.ID, a.ID)
		}),
		"UpdateView": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			v, err := teamView(ctx, h, h.Owner)
			if err != nil {
				return err
			}
			_, err = h.UpdateView(ctx, by, core.View{ID: v.ID, Name: "Changed " + itoa(v.ID), Team: true})
			return err
		},
		"DeleteView": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			v, err := teamView(ctx, h, h.Owner)
			if err != nil {
				return err
			}
			return h.DeleteView(ctx, by, v.ID)
		},
		"RestoreView": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			v, err := teamView(ctx, h, h.Owner)
			if err != nil {
				return err
			}
			if err := h.DeleteView(ctx, h.Owner, v.ID); err != nil {
				return err
			}
			_, err = h.RestoreView(ctx, by, v.ID)
			return err
		},
	})
	return acts
}

// firstError is the error of an act on many customers, or of the first of them.
func firstError(done []core.CustomerResult, err error) error {
	if err == nil && len(done) > 0 {
		err = done[0].Err
	}
	return err
}

func on(c core.Customer, f func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) error) act {
	return func(ctx context.Context, h *dbtest.House, by core.Actor) error { return f(ctx, h, by, c) }
}

func deleted(t *testing.T, h *dbtest.House, c core.Customer) core.Customer {
	t.Helper()
	if err := h.DeleteCustomer(t.Context(), h.Owner, c.ID, 0, ""); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestEveryMethodIsKnown fails for a new method of the store that no list
// above names, so that none can forget its event or its merchant.
func TestEveryMethodIsKnown(t *testing.T) {
	h := dbtest.SQLite(t)
	known := slices.Concat(unrecorded, personal, plumbing, elsewhere, workers, ofJobs)
	for name := range writes(t, h) {
		known = append(known, name)
	}
	for name := range installs() {
		known = append(known, name)
	}
	for name := range manages() {
		known = append(known, name)
	}
	for name := range owns() {
		known = append(known, name)
	}
	for name := range reads() {
		known = append(known, name)
	}
	store := reflect.TypeOf(h.Store)
	for i := range store.NumMethod() {
		if name := store.Method(i).Name; !slices.Contains(known, name) {
			t.Errorf("%s is in none of the lists: say whether it writes, and how to call it", name)
		}
	}
}

// elsewhere are methods whose own tests show their events and whom they keep
// out. What is read of one's own account nobody else can ask for.
var elsewhere = []string{"LeftToPeople", "CountLeftToPeople", "ExportCustomers", "WriteHistory", "ImportCustomers", "TryImport", "OwnAccount", "OwnSessions", "People", "Person", "ExportPeople", "ApplicationUsers", "ApplicationUser", "RefusedCalls", "MerchantHoldings", "Mails", "Mail", "EraseExpired", "Scrub", "Holds", "Dossier", "ResendMail", "MailSetUpLink", "AskForPassword", "RotateKeys", "RemoveExpiredCards"}

// workers are the methods of the worker, which only the system may call. What
// they write is recorded once it has an outcome.
var workers = []string{"ScanChannels", "DueWork", "NextWork", "TakeWork", "SettleWork", "WarnOfExpiry", "BeginRun", "FinishRun", "CutOffRuns", "RunCalls", "Calls", "CheckBooks", "SeeTime", "WorkerHalted", "ForecastsAsked", "KeepForecast", "CopyBooks"}

// refused reports whether an error keeps a stranger out without telling more.
func refused(err error) bool {
	return errors.Is(err, core.ErrNotFound) || errors.Is(err, core.ErrForbidden)
}

func TestEveryActLeavesAnEventAndKeepsOthersOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, h *dbtest.House) {
		ctx := t.Context()
		for name, do := range writes(t, h) {
			if name != "CreateCustomer" && name != "CreateCustomers" && name != "CreatePlan" && name != "CreateToken" && name != "Enrol" { // makes one in the actor's own merchant
				if err := do(ctx, h, h.Other); !refused(err) {
					t.Errorf("%s by another merchant's owner: %v", name, err)
				}
			}
			if err := do(ctx, h, h.Viewer); !errors.Is(err, core.ErrForbidden) {
				t.Errorf("%s by a viewer: %v", name, err)
			}
			before := countEvents(t, h)
			if err := do(ctx, h, h.Member); err != nil {
				t.Errorf("%s by a member: %v", name, err)
			}
			if got := countEvents(t, h); got <= before {
				t.Errorf("%s left no event", name)
			}
		}
		for name, do := range manages() {
			if err := do(ctx, h, h.Other); !refused(err) {
				t.Errorf("%s by another merchant's owner: %v", name, err)
			}
			if _, err := h.ReactivateUser(ctx, h.Owner, h.Member.ID, 0); err != nil { // whom the try left behind
				t.Fatal(err)
			}
			if err := do(ctx, h, h.Member); !errors.Is(err, core.ErrForbidden) {
				t.Errorf("%s by a member: %v", name, err)
			}
			if _, err := h.ReactivateUser(ctx, h.Owner, h.Member.ID, 0); err != nil {
				t.Fatal(err)
			}
			before := countEvents(t, h)
			if err := do(ctx, h, h.Owner); err != nil {
				t.Errorf("%s by an owner: %v", name, err)
			}
			if got := countEvents(t, h); got <= before {
				t.Errorf("%s left no event", name)
			}
		}
		if _, err := h.ReactivateUser(ctx, h.Owner, h.Viewer.ID, 0); err != nil {
			t.Fatal(err)
		}
		for name, do := range installs() {
			if name != "SignOut" {
				if err := do(ctx, h, h.Viewer); !refused(err) {
					t.Errorf("%s by a viewer: %v", name, err)
				}
			}
			if name == "CloseMerchant" || name == "DeleteMerchant" || name == "EnterMerchant" {
				if err := do(ctx, h, h.Other); !refused(err) {
					t.Errorf("%s by another merchant's owner: %v", name, err)
				}
			}
			before := countEvents(t, h)
			if err := do(ctx, h, h.Admin); err != nil {
				t.Errorf("%s by an admin: %v", name, err)
			}
			if got := countEvents(t, h); got <= before {
				t.Errorf("%s left no event", name)
			}
		}
		for name, do := range owns() {
			program := core.Actor{Kind: core.ByApplication, ID: h.Viewer.ID, Role: core.Member, Merchant: h.First.ID}
			if err := do(ctx, h, program); !refused(err) {
				t.Errorf("%s by a program: %v", name, err)
			}
			for _, by := range []core.Actor{h.Viewer, h.Auditor.In(0)} {
				before := countEvents(t, h)
				if err := do(ctx, h, by); err != nil {
					t.Errorf("%s by %s: %v", name, by.Role, err)
				}
				if got := countEvents(t, h); got != before+1 {
					t.Errorf("%s by %s left %d events", name, by.Role, got-before)
				}
			}
		}
		if _, err := teamView(ctx, h, h.Owner); err != nil {
			t.Fatal(err)
		}
		c := readMe(t, h)
		for name, do := range reads() {
			if n, err := do(ctx, h, h.Other, c); n != 0 || (err != nil && !refused(err)) {
				t.Errorf("%s tells another merchant's owner of %d, %v", name, n, err)
			}
			if n, err := do(ctx, h, core.Actor{}, c); n != 0 || !refused(err) {
				t.Errorf("%s tells nobody of %d, %v", name, n, err)
			}
			by := h.Auditor
			if n, err := do(ctx, h, by, c); n == 0 || err != nil {
				t.Errorf("%s tells an auditor of %d, %v", name, n, err)
			}
		}
	})
}

func countEvents(t *testing.T, h *dbtest.House) int {
	t.Helper()
	return h.Count(t, "SELECT COUNT(*) FROM events")
}

// readMe is a customer of the first merchant who has something of everything
// that is read.
func readMe(t *testing.T, h *dbtest.House) core.Customer {
	t.Helper()
	c := h.Customer(t, "name", "Read Me", "email", "read@example.com", "phone", "+49 30 901820", "reference", "r-1")
	enrol(t, h, "r-1")
	h.Card(t, c.ID, dbtest.VisaNumber)
	h.Subscription(t, c, h.Plan(t, "Read Me Monthly", 1900))
	if _, err := h.AddNote(t.Context(), h.Owner, c.ID, core.Note{Text: "hello"}); err != nil {
		t.Fatal(err)
	}
	h.Mandate(t, c.ID)
	return c
}
