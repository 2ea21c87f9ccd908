package db_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"kontor/db/billing"
	"kontor/db/core"
	"kontor/db/dbtest"
)

// whole are the methods that read whole tables, or the whole file, by what they
// are for: nothing waits for them.
var whole = map[string]string{
	"CheckBooks":    "the audit of all charges, once a night",
	"CheckDatabase": "the engine's own look through its file",
	"CopyBooks":     "a merchant's books as a whole, for a rehearsal beside them",
	"WriteHistory":  "makes a demo",
	"Scrub":         "rewrites the file",
	"RotateKeys":    "seals everything anew",
}

// still are the methods that ask the engine nothing.
var still = []string{"Close", "UnlockVault", "SendsMail", "SharesCommits", "ReadTogether", "SetFewCustomers", "SetFewRows", "SetBroadMatches", "SetMaxLog", "Watch"}

type posts struct{}

func (posts) SendMail(context.Context, core.Mail) error { return nil }

type finds struct{}

func (finds) Find(context.Context, core.Enrolled) ([]core.NewChannel, error) { return nil, nil }

// others are calls of the methods that the tests of all acts have no call of.
func others(t *testing.T, h *dbtest.House, c core.Customer) map[string]func(ctx context.Context) error {
	sys := core.System(0)
	program := func(ctx context.Context) (core.ApplicationUser, error) {
		a, _, err := h.CreateApplicationUser(ctx, h.Owner, core.ApplicationUser{Name: "shop"})
		return a, err
	}
	mailed := func(ctx context.Context) (core.Mail, error) {
		mails, err := h.Mails(ctx, h.Owner, core.MailList{}, 1)
		if err == nil && len(mails) == 0 {
			err = errors.New("there is no mail")
		}
		if err != nil {
			return core.Mail{}, err
		}
		return mails[0], nil
	}
	one := func(_ any, err error) error { return err }
	ofProgram := func(f func(ctx context.Context, a core.ApplicationUser) error) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			a, err := program(ctx)
			if err != nil {
				return err
			}
			return f(ctx, a)
		}
	}
	ofMail := func(f func(ctx context.Context, m core.Mail) error) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			m, err := mailed(ctx)
			if err != nil {
				return err
			}
			return f(ctx, m)
		}
	}
	imported := func(ctx context.Context, f func(id int64) error) error {
		j, err := h.UploadImport(ctx, h.Owner, "people.csv", strings.NewReader(table(300)))
		if err == nil {
			_, err = h.PlanImport(ctx, h.Owner, j.ID, []string{"reference", "name", "email"})
		}
		if err == nil {
			err = h.WorkJobs(ctx)
		}
		if err == nil {
			err = f(j.ID)
		}
		return err
	}
	started := func(id int64) error { return one(h.StartJob(t.Context(), h.Owner, id, 0)) }
	worked := func(ctx context.Context) error {
		return imported(ctx, func(id int64) error {
			if err := started(id); err != nil {
				return err
			}
			if err := h.WorkJobs(ctx); err != nil {
				return err
			}
			return h.EachRefusal(ctx, h.Owner, id, func(core.FileRow, core.JobFault) error { return nil })
		})
	}
	bulk := func(ctx context.Context, task core.JobTask) error {
		j, err := h.PlanBulk(ctx, h.Owner, task, nil)
		if err == nil {
			err = h.WorkJobs(ctx)
		}
		if err == nil {
			j, err = h.Job(ctx, h.Owner, j.ID)
		}
		if err == nil {
			if _, err = h.StartJob(ctx, h.Owner, j.ID, j.Report.Check.Total); err != nil {
				err = fmt.Errorf("start %s of %+v: %w", j.State, j.Report.Check, err)
			}
		}
		if err == nil {
			err = h.WorkJobs(ctx)
		}
		if err == nil {
			if _, err = h.UndoJob(ctx, h.Owner, j.ID); err != nil {
				j, _ = h.Job(ctx, h.Owner, j.ID)
				err = fmt.Errorf("undo %s %+v: %w", j.State, j.Report, err)
			}
		}
		if err == nil {
			err = h.WorkJobs(ctx)
		}
		return err
	}
	signedIn := func(ctx context.Context, f func(key []byte, v core.Session) error) error {
		key, now := []byte(rand.Text()), h.Clock.Now()
		v := core.Session{User: core.User{ID: h.Owner.ID}, CreatedAt: now, SeenAt: now}
		if err := h.AddSession(ctx, key, v); err != nil {
			return err
		}
		return f(key, v)
	}
	run := func(ctx context.Context, f func(run int64) error) error {
		h.Subscriber(t, billing.Approves)
		id, err := h.BeginRun(ctx, core.System(h.First.ID))
		if err != nil {
			return err
		}
		return f(id)
	}
	calls := map[string]func(ctx context.Context) error{
		"Ready":    h.Ready,
		"HasUsers": func(ctx context.Context) error { return one(h.HasUsers(ctx)) },
		"UserByEmail": func(ctx context.Context) error {
			return missing(one(h.UserByEmail(ctx, "nobody@example.com")))
		},
		"CreateFirstAdmin": func(ctx context.Context) error {
			_, _ = h.CreateFirstAdmin(ctx, core.User{Email: "first@example.com", Name: "First"}, goodPassword, "192.0.2.1")
			return nil // there are people
		},
		"SignIn": func(ctx context.Context) error {
			if err := h.SetOwnPassword(ctx, h.Agent, "", goodPassword); err != nil {
				return err
			}
			u, err := h.OwnAccount(ctx, h.Agent)
			if err != nil {
				return err
			}
			_, err = h.SignIn(ctx, u.Email, goodPassword, "192.0.2.1")
			_, refused := h.SignIn(ctx, u.Email, "something else", "192.0.2.1")
			if refused == nil {
				return errors.New("any password will do")
			}
			return err
		},
		"UseLink": func(ctx context.Context) error {
			token, err := h.CreateLink(ctx, h.Admin, h.Member.ID, core.SignInLink)
			if err != nil {
				return err
			}
			if _, _, err := h.Link(ctx, token); err != nil {
				return err
			}
			return one(h.UseLink(ctx, token, "", "192.0.2.1"))
		},
		"Session": func(ctx context.Context) error {
			return signedIn(ctx, func(key []byte, v core.Session) error {
				_, err := h.Session(ctx, key)
				return errors.Join(err, h.SaveSession(ctx, key, v), h.TouchSession(ctx, key), h.EndSession(ctx, key))
			})
		},
		"OwnAccount":        func(ctx context.Context) error { return one(h.OwnAccount(ctx, h.Owner)) },
		"OwnSessions":       func(ctx context.Context) error { return one(h.OwnSessions(ctx, h.Owner)) },
		"SetOwnPreferences": func(ctx context.Context) error { return h.SetOwnPreferences(ctx, h.Owner, core.Preferences{}) },
		"People":            func(ctx context.Context) error { return one(h.People(ctx, h.Owner, 0, 50)) },
		"Person":            func(ctx context.Context) error { return one(h.Person(ctx, h.Owner, h.Member.ID)) },
		"ExportPeople":      func(ctx context.Context) error { return one(h.ExportPeople(ctx, h.Owner)) },
		"MailSetUpLink":     func(ctx context.Context) error { return one(h.MailSetUpLink(ctx, h.Owner, h.Owner.ID)) },
		"AskForPassword":    func(ctx context.Context) error { return h.AskForPassword(ctx, "nobody@example.com", "192.0.2.1") },

		"ApplicationUsers": func(ctx context.Context) error { return one(h.ApplicationUsers(ctx, h.Owner, 0, 50)) },
		"ApplicationUser": ofProgram(func(ctx context.Context, a core.ApplicationUser) error {
			return errors.Join(one(h.ApplicationUser(ctx, h.Owner, a.ID)), one(h.ApplicationKeys(ctx, a.ID)), h.TouchApplicationUser(ctx, a.ID))
		}),
		"IssueToken": ofProgram(func(ctx context.Context, a core.ApplicationUser) error {
			token, err := h.IssueToken(ctx, a, time.Hour)
			if err != nil {
				return err
			}
			return errors.Join(one(h.TokenUser(ctx, token)), h.DropToken(ctx, token))
		}),
		"RefuseCall": ofProgram(func(ctx context.Context, a core.ApplicationUser) error {
			for range 3 {
				if err := h.RefuseCall(ctx, core.RefusedCall{ApplicationUser: a.ID, At: h.Clock.Now(), API: core.FromWallee, Method: "GET", Path: "/", Status: 404}); err != nil {
					return err
				}
			}
			return one(h.RefusedCalls(ctx, h.Owner, a.ID))
		}),
		"ClaimCall": ofProgram(func(ctx context.Context, a core.ApplicationUser) error {
			by := core.Actor{Kind: core.ByApplication, ID: a.ID, Role: core.Member, Merchant: h.First.ID, Call: "call-1"}
			if _, _, err := h.ClaimCall(ctx, by, []byte("asked")); err != nil {
				return err
			}
			if _, err := h.CreateCustomer(ctx, by, core.FromWallee, core.Changes{"name": "Called"}); err != nil {
				return err
			}
			return h.FinishCall(ctx, by, core.CallAnswer{Status: 200}, core.Keep)
		}),

		"Merchants":        func(ctx context.Context) error { return one(h.Merchants(ctx, h.Admin, "son", 0, 50)) },
		"MerchantHoldings": func(ctx context.Context) error { return one(h.MerchantHoldings(ctx, h.Admin)) },
		"Holds":            func(ctx context.Context) error { return one(h.Holds(ctx, h.Owner, c.ID)) },
		"Dossier":          func(ctx context.Context) error { return one(h.Dossier(ctx, h.Owner, c.ID)) },
		"EraseExpired": func(ctx context.Context) error {
			return one(h.EraseExpired(ctx))
		},
		"RemoveExpiredCards": func(ctx context.Context) error { return one(h.RemoveExpiredCards(ctx, sys)) },

		"Mails": func(ctx context.Context) error {
			for _, l := range []core.MailList{{}, {Before: 1 << 60}, {State: core.MailFailed}, {State: core.MailFailed, Before: 1 << 60}, {Customer: c.ID}, {Customer: c.ID, State: core.MailSent}} {
				if _, err := h.Mails(ctx, h.Owner, l, 51); err != nil {
					return err
				}
			}
			return nil
		},
		"Mail":        ofMail(func(ctx context.Context, m core.Mail) error { return one(h.Mail(ctx, h.Owner, m.ID)) }),
		"ResendMail":  ofMail(func(ctx context.Context, m core.Mail) error { return one(h.ResendMail(ctx, h.Owner, m.ID)) }),
		"SendDueMail": func(ctx context.Context) error { return one(h.SendDueMail(ctx, posts{})) },

		"Jobs": func(ctx context.Context) error {
			return errors.Join(one(h.Jobs(ctx, h.Owner, 0, 50)), one(h.Jobs(ctx, h.Owner, 1<<60, 50)))
		},
		"WorkJobs":  worked,
		"ClearJobs": h.ClearJobs,
		"StopJob": func(ctx context.Context) error {
			return imported(ctx, func(id int64) error {
				return errors.Join(one(h.ImportPreview(ctx, h.Owner, id, nil, 5)), one(h.StopJob(ctx, h.Owner, id)))
			})
		},
		"PlanBulk": func(ctx context.Context) error {
			return errors.Join(
				bulk(ctx, core.JobTask{Act: core.BulkRestore, Query: "-city:nowhere", Deleted: true}),
				bulk(ctx, core.JobTask{Act: core.BulkDelete, Query: "city:hamburg"}),
				bulk(ctx, core.JobTask{Act: core.BulkSet, Key: "tier", Value: "gold", Query: "city:berlin"}))
		},
		"ExportCustomers": func(ctx context.Context) error {
			for _, l := range []core.List{{}, {Sort: core.ByName, Ascending: true}, {Sort: core.ByUpdated}, {Deleted: true}, {Query: query(t, "anna")}, {Query: query(t, "city:berlin")}} {
				for _, format := range []core.Format{core.CSV, core.NDJSON} {
					err := h.ExportCustomers(ctx, h.Owner, core.Export{List: l, Format: format}, func([]string) error { return nil }, func(core.Customer) error { return nil })
					if err != nil {
						return err
					}
				}
			}
			return nil
		},

		"CountLeftToPeople": func(ctx context.Context) error { return one(h.CountLeftToPeople(ctx, h.Owner, 20)) },
		"LeftToPeople":      func(ctx context.Context) error { return one(h.LeftToPeople(ctx, h.Owner, 20)) },
		"DueWork":           func(ctx context.Context) error { return one(h.DueWork(ctx, sys, 100)) },
		"NextWork":          func(ctx context.Context) error { return one(h.NextWork(ctx, sys)) },
		"WarnOfExpiry":      func(ctx context.Context) error { return one(h.WarnOfExpiry(ctx, sys)) },
		"CutOffRuns":        func(ctx context.Context) error { return one(h.CutOffRuns(ctx, sys)) },
		"Calls":             func(ctx context.Context) error { return h.Calls(ctx, sys, func(core.Call) error { return nil }) },
		"SeeTime":           func(ctx context.Context) error { return one(h.SeeTime(ctx, sys, "")) },
		"WorkerHalted":      func(ctx context.Context) error { return one(h.WorkerHalted(ctx, h.Admin)) },
		"AskForecast":       func(ctx context.Context) error { return h.AskForecast(ctx, h.Owner) },
		"ForecastsAsked":    func(ctx context.Context) error { return one(h.ForecastsAsked(ctx, sys)) },
		"KeepForecast": func(ctx context.Context) error {
			return h.KeepForecast(ctx, sys, core.Forecast{Merchant: h.First.ID, AskedAt: h.Clock.Now(), MadeAt: h.Clock.Now()})
		},
		"ScanChannels": func(ctx context.Context) error { return one(h.ScanChannels(ctx, finds{})) },
		"TakeWork": func(ctx context.Context) error {
			return run(ctx, func(id int64) error {
				for _, script := range []billing.Script{billing.Approves, billing.InsufficientFunds, billing.TimesOut} {
					s := h.Subscriber(t, script)
					w := billing.NewWorker(h.Store, h.Sandbox(t), billing.Options{Now: h.Clock.Now})
					if err := w.Do(ctx, core.Work{Kind: core.BeginWork, ID: s.ID, Merchant: s.Merchant}); err != nil {
						return err
					}
				}
				if _, err := h.FinishRun(ctx, sys, id, nil); err != nil {
					return err
				}
				return h.RunCalls(ctx, sys, id, func(core.Call) error { return nil })
			})
		},
	}
	for within, names := range map[string][]string{
		"UseLink":         {"Link"},
		"Session":         {"AddSession", "SaveSession", "TouchSession", "EndSession"},
		"ApplicationUser": {"ApplicationKeys", "TouchApplicationUser"},
		"IssueToken":      {"TokenUser", "DropToken"},
		"RefuseCall":      {"RefusedCalls"},
		"ClaimCall":       {"FinishCall"},
		"WorkJobs":        {"UploadImport", "PlanImport", "StartJob", "EachRefusal", "TryImport", "ImportCustomers"},
		"StopJob":         {"ImportPreview"},
		"PlanBulk":        {"Job", "UndoJob"},
		"TakeWork":        {"SettleWork", "FinishRun", "BeginRun", "RunCalls"},
	} {
		if calls[within] == nil {
			t.Fatalf("%s is called nowhere", within)
		}
		for _, name := range names {
			calls[name] = nil
		}
	}
	return calls
}

// missing is nil where something is not there.
func missing(err error) error {
	if errors.Is(err, core.ErrNotFound) {
		return nil
	}
	return err
}
