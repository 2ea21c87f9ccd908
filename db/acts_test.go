package db_test

import (
	"context"
	"crypto/rand"
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
var plumbing = []string{"Close", "Ready", "UnlockVault", "SetFewCustomers", "SetFewRows", "SetBroadMatches", "SetMaxLog", "Watch", "HasUsers", "UserByEmail", "Link", "Session", "SendsMail", "CheckDatabase", "ApplicationKeys", "TokenUser"}

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

// manages are the acts for whoever runs the merchant: they too must leave an
// event and let no other merchant in.
func manages() map[string]act {
	return map[string]act{
		"CreateUser": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, _, err := h.CreateUser(ctx, by, core.User{Email: "new@example.com", Name: "New", Role: core.Member, Merchant: h.First.ID})
			return err
		},
		"UpdateUser": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := h.UpdateUser(ctx, by, core.User{ID: h.Viewer.ID, Name: "Changed", Role: core.Viewer})
			return err
		},
		"DeactivateUser": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			u, err := h.Person(ctx, h.Owner, h.Viewer.ID)
			if err == nil && !u.Active {
				_, err = h.ReactivateUser(ctx, h.Owner, h.Viewer.ID, 0)
			}
			if err == nil {
				_, err = h.DeactivateUser(ctx, by, h.Viewer.ID, 0)
			}
			return err
		},
		"ReactivateUser": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := h.DeactivateUser(ctx, h.Owner, h.Member.ID, 0)
			if err == nil {
				_, err = h.ReactivateUser(ctx, by, h.Member.ID, 0)
			}
			return err
		},
		"EndUserSessions": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := h.EndUserSessions(ctx, by, h.Member.ID)
			return err
		},
		"TakeOut": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			c, err := h.CreateCustomer(ctx, h.Owner, core.FromPage, core.Changes{"name": "Subject"})
			if err == nil {
				_, err = h.TakeOut(ctx, by, c.ID)
			}
			return err
		},
		"EraseCustomer": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			c, err := h.CreateCustomer(ctx, h.Owner, core.FromPage, core.Changes{"name": "Subject"})
			if err != nil {
				return err
			}
			return h.EraseCustomer(ctx, by, c.ID, 0)
		},
		"InviteUser": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, _, err := h.InviteUser(ctx, by, core.User{Email: rand.Text() + "@first.example", Name: "New", Role: core.Member, Merchant: h.First.ID})
			return err
		},
		"UpdateApplicationUser": onProgram(func(ctx context.Context, h *dbtest.House, by core.Actor, a core.ApplicationUser) error {
			_, err := h.UpdateApplicationUser(ctx, by, core.ApplicationUser{ID: a.ID, Name: "Changed", Role: core.Viewer})
			return err
		}),
		"RotateApplicationKey": onProgram(func(ctx context.Context, h *dbtest.House, by core.Actor, a core.ApplicationUser) error {
			_, _, err := h.RotateApplicationKey(ctx, by, a.ID)
			return err
		}),
		"RevokeApplicationUser": onProgram(func(ctx context.Context, h *dbtest.House, by core.Actor, a core.ApplicationUser) error {
			return h.RevokeApplicationUser(ctx, by, a.ID)
		}),
		"CreateSetUpLink": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, _, err := h.CreateSetUpLink(ctx, by, h.Owner.ID)
			return err
		},
	}
}

// teamView saves a view for the team under a name nobody else has.
func teamView(ctx context.Context, h *dbtest.House, by core.Actor) (core.View, error) {
	return h.CreateView(ctx, by, core.View{Name: rand.Text(), Query: "city:Oslo", Team: true})
}

// installs are the acts beside merchants' records: those of the installation,
// and those that make something where the actor stands.
func installs() map[string]act {
	return map[string]act{
		"CreateMerchant": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := h.CreateMerchant(ctx, by, core.Merchant{Name: "New", Country: "DE", Currency: "EUR", Zone: "UTC"})
			return err
		},
		"EnterMerchant": func(ctx context.Context, h *dbtest.House, by core.Actor) error { return h.EnterMerchant(ctx, by) },
		"UpdateMerchant": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := h.UpdateMerchant(ctx, by, 0, core.Changes{"name": "Changed"})
			return err
		},
		"CloseMerchant": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			if err := h.CloseMerchant(ctx, by, 0); err != nil {
				return err
			}
			return h.ReopenMerchant(ctx, h.Admin, 0)
		},
		"ReopenMerchant": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			if err := h.CloseMerchant(ctx, h.Admin, 0); err != nil {
				return err
			}
			return errors.Join(h.ReopenMerchant(ctx, by, 0), h.ReopenMerchant(ctx, h.Admin, 0))
		},
		"DeleteMerchant": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			m, err := h.CreateMerchant(ctx, h.Admin, core.Merchant{Name: "Empty", Country: "DE", Currency: "EUR", Zone: "UTC"})
			if err != nil {
				return err
			}
			return h.DeleteMerchant(ctx, by.In(m.ID), 0)
		},
		"ResumeWorker": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			if _, err := h.SeeTime(ctx, core.System(0), core.ClockAhead); err != nil {
				return err
			}
			return h.ResumeWorker(ctx, by)
		},
		"CreateLink": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := h.CreateLink(ctx, by, h.Viewer.ID, core.SignInLink)
			return err
		},
		"CreateApplicationUser": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, _, err := h.CreateApplicationUser(ctx, by, core.ApplicationUser{Name: "shop"})
			return err
		},
		"SignOut": func(ctx context.Context, h *dbtest.House, by core.Actor) error { return h.SignOut(ctx, by) },
		"CreateView": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			_, err := teamView(ctx, h, by)
			return err
		},
	}
}

// owns are the acts of people on what is their own: every role may, and leaves
// an event.
func owns() map[string]act {
	return map[string]act{
		"SetOwnName": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			return h.SetOwnName(ctx, by, "New Name")
		},
		"SetOwnPassword": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			return h.SetOwnPassword(ctx, by, "", goodPassword)
		},
		"EndOwnSession": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			key, err := session(ctx, h, by)
			if err != nil {
				return err
			}
			return h.EndOwnSession(ctx, by, core.SessionID(key))
		},
		"EndOtherSessions": func(ctx context.Context, h *dbtest.House, by core.Actor) error {
			if _, err := session(ctx, h, by); err != nil {
				return err
			}
			_, err := h.EndOtherSessions(ctx, by, nil)
			return err
		},
	}
}

// session signs the actor in on one more device and returns its key's hash.
func session(ctx context.Context, h *dbtest.House, by core.Actor) ([]byte, error) {
	key, now := []byte(rand.Text()), h.Clock.Now()
	return key, h.AddSession(ctx, key, core.Session{
		User: core.User{ID: by.ID}, Agent: "Firefox", Origin: "192.0.2.9", CreatedAt: now, SeenAt: now,
	})
}

// reads are the methods that only read, each asked for the first merchant's
// customer; what they return for it must not be there for another merchant.
func reads() map[string]func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (n int, err error) {
	one := func(_ any, err error) (int, error) {
		if err != nil {
			return 0, err
		}
		return 1, nil
	}
	all := subscriptionReads()
	maps.Copy(all, cardReads())
	maps.Copy(all, enrolmentReads())
	maps.Copy(all, tokenReads())
	maps.Copy(all, chargeReads())
	maps.Copy(all, overviewReads())
	maps.Copy(all, map[string]func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error){
		"Customer": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			return one(h.Store.Customer(ctx, by, c.ID))
		},
		"CompareCustomers": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			other, err := h.CreateCustomer(ctx, h.Owner, core.FromPage, core.Changes{"name": "Another"})
			if err != nil {
				return 0, err
			}
			return one(h.CompareCustomers(ctx, by, c.ID, other.ID))
		},
		"CustomerAt": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			then, _, err := h.CustomerAt(ctx, by, c.ID, 1)
			return one(then, err)
		},
		"Activity": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			page, err := h.Activity(ctx, by, core.ActivityList{Merchant: h.First.ID})
			n := 0
			for _, e := range page.Events {
				if e.Customer == c.ID {
					n++
				}
			}
			return n, err
		},
		"Customers": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			page, err := h.Customers(ctx, by, core.List{})
			return len(page.Items), err
		},
		"CustomerRecords": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			found, err := h.CustomerRecords(ctx, by, core.Range{})
			return len(found.Items), err
		},
		"CustomerWith": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			found, err := h.CustomerWith(ctx, by, c.ID, core.WithAll)
			return int(min(found.ID, 1)), err
		},
		"CountCustomers": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			return h.CountCustomers(ctx, by, core.Query{})
		},
		"CustomerByReference": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			return one(h.CustomerByReference(ctx, by, c.Reference))
		},
		"CustomerEvents": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			line, err := h.CustomerEvents(ctx, by, c.ID, 0, 10)
			return len(line.Events), err
		},
		"Notes": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			notes, err := h.Notes(ctx, by, c.ID)
			return len(notes), err
		},
		"Find": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			n := 0
			for _, text := range []string{itoa(c.ID), c.UUID, c.LookupID, c.Email, c.Phone, c.Reference} {
				found, err := h.Find(ctx, by, text)
				if err != nil {
					return 0, err
				}
				n += len(found)
			}
			return n, nil
		},
		"LikelyDuplicates": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			c.ID = 1 // a record of one's own with the same e-mail address
			found, err := h.LikelyDuplicates(ctx, by, c)
			return len(found), err
		},
		"Duplicates": func(ctx context.Context, h *dbtest.House, by core.Actor, c core.Customer) (int, error) {
			if _, err := h.CreateCustomer(ctx, h.Owner, core.FromPage, core.Changes{"email": c.Email}); err != nil {
				return 0, err
			}
			page, err := h.Duplicates(ctx, by, core.PairList{})
			return len(page.Items), err
		},
		"Views": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			views, err := h.Views(ctx, by)
			return len(views), err
		},
		"Merchant": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			m, err := h.Merchant(ctx, by)
			if m.ID != h.First.ID {
				return 0, err
			}
			return 1, err
		},
		"Merchants": func(ctx context.Context, h *dbtest.House, by core.Actor, _ core.Customer) (int, error) {
			ms, err := h.Merchants(ctx, by, "", 0, 10)
			if by.Role.Staff() {
				return 1, err
			}
			return len(ms), err
		},
	})
	return all
}

// firstError is the error of an act on many customers, or of the first of them.
func firstError(done []core.CustomerResult, err error) error {
	if err == nil && len(done) > 0 {
		err = done[0].Err
	}
	return err
}

// onProgram makes a program of the first merchant for each call.
func onProgram(f func(ctx context.Context, h *dbtest.House, by core.Actor, a core.ApplicationUser) error) act {
	return func(ctx context.Context, h *dbtest.House, by core.Actor) error {
		a, _, err := h.CreateApplicationUser(ctx, h.Owner, core.ApplicationUser{Name: "shop"})
		if err != nil {
			return err
		}
		return f(ctx, h, by, a)
	}
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
