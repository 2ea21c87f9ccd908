package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"kontor/db/core"
)

// toSave is selectCustomer as the connection that writes has it.
var toSave = selectCustomer.text + ` AND deleted_at = 0`

// transact runs do in one durable transaction.
func (f *floor) transact(ctx context.Context, do func(*sql.Tx) error) error {
	t, err := f.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback() // does nothing after Commit
	if err := do(t); err != nil {
		return err
	}
	return t.Commit()
}

// exec runs prepared statements of the transaction one after the other.
func (f *floor) exec(ctx context.Context, t *sql.Tx, steps ...step) error {
	for _, s := range steps {
		if f.postgres && sqliteOnly[s.text] {
			continue
		}
		if _, err := t.StmtContext(ctx, f.statements[s.text]).ExecContext(ctx, s.args...); err != nil {
			return fmt.Errorf("%s: %w", s.text, err)
		}
	}
	return nil
}

// A step is a statement that writes, with its values.
type step struct {
	text string
	args []any
}

// save serves POST /save: it reads the customer's row and writes, in one
// durable transaction, the row with another e-mail address, its words in the
// trigram table, the event and its values before and after.
func (f *floor) save(w *bufio.Writer, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	merchant, id, err := ofWhom(r.PostForm)
	if err != nil {
		return err
	}
	ctx, email, now := r.Context(), r.PostFormValue("email"), time.Now().UnixMilli()
	err = f.transact(ctx, func(t *sql.Tx) error {
		c := newRecord(selectCustomer)
		if err := t.StmtContext(ctx, f.statements[toSave]).QueryRowContext(ctx, id, merchant).Scan(c.at...); err != nil {
			return err
		}
		version := c.numbers[1]
		search, was, _, _, _, _, _ := c.keys()
		search = strings.ReplaceAll(search, " "+was+fieldEnd, " "+email+fieldEnd)
		event, _ := f.ids.Next(time.Now())
		return f.exec(ctx, t,
			step{updateCustomer, []any{email, email, search, version + 1, now, id, merchant, version}},
			step{updateWords, []any{marked(merchant, search), id}},
			step{insertEvent, []any{event, merchant, now, "", "customer.updated", id, id, version + 1, `["email"]`}},
			step{insertValues, []any{event, id, `{"email":"` + was + `"}`, `{"email":"` + email + `"}`}})
	})
	fmt.Fprintln(w, "saved")
	return err
}

// create serves POST /create: it writes the customer, its address, its words
// and the event.
func (f *floor) create(w *bufio.Writer, r *http.Request) error {
	merchant, err := number(r.PostFormValue("m"))
	if err != nil {
		return err
	}
	ctx, v := r.Context(), r.PostFormValue
	id, at := f.ids.Next(time.Now())
	event, _ := f.ids.Next(at)
	address, _ := f.ids.Next(at)
	now := at.UnixMilli()
	name := core.Fold(v("first_name") + " " + v("last_name"))
	phone, city := core.Digits(v("phone")), core.Fold(v("city"))
	search := joined(name, core.Fold(v("company")), v("email"), v("phone"), phone, city)
	err = f.transact(ctx, func(t *sql.Tx) error {
		return f.exec(ctx, t,
			step{insertCustomer, []any{
				id, merchant, "page", 1, now, now, 0, 0, "", "", "", v("first_name"), v("last_name"), v("company"), "", v("email"), "",
				v("phone"), "+" + phone, "", "", "", "", "", "",
				v("city"), v("country"), core.Fold(v("last_name") + " " + v("first_name")), name, core.Fold(v("first_name")),
				core.Fold(v("last_name")), core.Fold(v("company")), v("email"), phone, "", "", "", city, v("postcode"), search,
			}},
			step{insertWords, []any{marked(merchant, search), id}},
			step{insertAddress, []any{address, merchant, id, v("street"), v("postcode"), v("city"), v("country"), core.Fold(v("street"))}},
			step{insertEvent, []any{event, merchant, now, "", "customer.created", id, id, 1, `[]`}})
	})
	fmt.Fprintln(w, "created", id)
	return err
}

// A person is a customer as programs make them.
type person struct {
	Reference string `json:"customerId"`
	Email     string `json:"emailAddress"`
	First     string `json:"givenName"`
	Last      string `json:"familyName"`
	Language  string `json:"language"`
	Currency  string `json:"preferredCurrency"`
}

// people serves POST /people, whose body is a JSON list: it writes all of them,
// their words and an event for each, in one durable transaction.
func (f *floor) people(w *bufio.Writer, r *http.Request) error {
	merchant, err := number(r.URL.Query().Get("m"))
	if err != nil {
		return err
	}
	var all []person
	if err := json.NewDecoder(r.Body).Decode(&all); err != nil {
		return err
	}
	ctx := r.Context()
	return f.transact(ctx, func(t *sql.Tx) error {
		for _, p := range all {
			id, at := f.ids.Next(time.Now())
			event, _ := f.ids.Next(at)
			now := at.UnixMilli()
			first, last, email := core.Fold(p.First), core.Fold(p.Last), core.Fold(p.Email)
			search := joined(first+" "+last, email, core.Fold(p.Reference))
			err := f.exec(ctx, t,
				step{insertCustomer, []any{
					id, merchant, "wallee", 1, now, now, 0, 0, p.Reference, "", "", p.First, p.Last, "", "", p.Email, "",
					"", "", p.Language, p.Currency, "", "", "", "",
					"", "", last + " " + first, first + " " + last, first,
					last, "", email, "", "", "", "", "", "", search,
				}},
				step{insertWords, []any{marked(merchant, search), id}},
				step{insertEvent, []any{event, merchant, now, "wallee", "customer.created", id, id, 1, `[]`}})
			if err != nil {
				return err
			}
			fmt.Fprintln(w, "created", id)
		}
		return nil
	})
}
