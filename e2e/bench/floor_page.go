package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// list serves GET /list/NAME. It runs
//
//   - the merchant by its number, and the views that are saved
//   - the list's own statement (see lists): 51 rows, of which 50 are shown and
//     one tells that there are more
//   - for those 50 the default cards, and the states of the subscriptions
//   - with all=1 the count of the list, up to 1,001, where there are more than
//     50 and it is not known to be longer, which with count=MATCH the trigram
//     table tells alone, and with once=1 the IDs of all who fit in place of both,
//     and the 50 by these; for a merchant of few (few=1) all customers are counted,
//     too; and with find=WORD the look whether that word is a customer's
//     reference
func (f *floor) list(w *bufio.Writer, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	l, ok := lists[r.PathValue("name")]
	if !ok {
		return fmt.Errorf("no list %q", r.PathValue("name"))
	}
	args, err := l.args(q["a"])
	if err != nil {
		return err
	}
	merchant, err := number(q.Get("m"))
	if err != nil {
		return err
	}
	if _, _, err := f.rows(ctx, w, noLimit, selectMerchant, merchant); err != nil {
		return err
	}
	if word := q.Get("find"); word != "" {
		for _, look := range []query{selectReference, selectMergedReference} {
			if _, _, err := f.rows(ctx, w, 0, look, merchant, word); err != nil {
				return err
			}
		}
	}
	if _, _, err := f.rows(ctx, w, noLimit, selectViews, merchant, 1); err != nil {
		return err
	}
	key := r.PathValue("name") + "\t" + fmt.Sprint(args)
	_, long := f.long.Load(key)
	if q.Get("once") != "" && !long {
		var ids []int64
		if err := f.each(ctx, l.everybody(), func(r *record) { ids = append(ids, r.numbers[0]) }, args...); err != nil {
			return err
		}
		if len(ids) <= countTo {
			ids = ids[max(0, len(ids)-pageSize):]
			slices.Reverse(ids)
			if len(ids) > 0 {
				size, all := filled(ids)
				if _, _, err := f.rows(ctx, w, noLimit, selectSummaries(size), append(all, merchant)...); err != nil {
					return err
				}
			}
			return f.billing(ctx, w, ids)
		}
		f.long.Store(key, true)
		long = true
	}
	n, ids, err := f.rows(ctx, w, pageSize, l.page(), args...)
	if err != nil {
		return err
	}
	if q.Get("all") != "" && n > pageSize && (!l.whole || q.Get("few") != "") && !long {
		count, counting, of := 0, l.count(), args[:l.counted()]
		if words := q.Get("count"); words != "" {
			counting, of = countWords, []any{words}
		}
		err := f.each(ctx, counting, func(c *record) { c.print(w); count = int(c.numbers[0]) }, of...)
		if err != nil {
			return err
		}
		if count > countTo {
			f.long.Store(key, true)
		}
	}
	return f.billing(ctx, w, ids)
}

// billing prints the default cards of customers, and the states of their
// subscriptions.
func (f *floor) billing(ctx context.Context, w *bufio.Writer, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	size, all := filled(ids)
	for _, q := range []query{selectDefaultCards(size), selectStates(size)} {
		if _, _, err := f.rows(ctx, w, noLimit, q, all...); err != nil {
			return err
		}
	}
	return nil
}

// customer serves GET /customer. It runs
//
//   - the merchant, the customer's row, its addresses, metadata, notes, cards
//     with what they are for, channels, subscriptions, newest six charges and
//     what it paid, and the newest 21 events with their values
//   - with all=1 what was undone, what the events' cards are called, and the
//     living customers with the same e-mail address, phone number, or name and
//     postcode
func (f *floor) customer(w *bufio.Writer, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	merchant, id, err := ofWhom(q)
	if err != nil {
		return err
	}
	var email, e164, phone, name, postcode string
	err = f.each(ctx, selectCustomer, func(c *record) {
		c.print(w)
		_, _, email, e164, phone, name, postcode = c.keys()
	}, id, merchant)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		query query
		args  []any
	}{
		{selectMerchant, []any{merchant}},
		{selectAddresses, []any{id, merchant}},
		{selectMetadata, []any{id, merchant}},
		{selectNotes, []any{id, merchant, 0}},
		{selectChannels, []any{id, merchant}},
		{selectSubscriptions, []any{id, merchant}},
		{selectPaid, []any{id, merchant}},
	} {
		if _, _, err := f.rows(ctx, w, noLimit, part.query, part.args...); err != nil {
			return err
		}
	}
	if _, _, err := f.rows(ctx, w, chargesShown, selectCharges, id, merchant); err != nil {
		return err
	}
	cards, _, err := f.rows(ctx, w, noLimit, selectCards, id, merchant)
	if err != nil {
		return err
	}
	if cards > 0 {
		if _, _, err := f.rows(ctx, w, noLimit, selectUses, id, merchant); err != nil {
			return err
		}
	}
	var named []int64
	shown := 0
	err = f.each(ctx, selectEvents, func(e *record) {
		if shown++; shown > timelineSize {
			return
		}
		e.print(w)
		if e.texts[5] == "card" { // object, and its ID
			named = append(named, e.numbers[3])
		}
	}, id, merchant, int64(1<<63-1), `["staff_only"]`)
	if err != nil || q.Get("all") == "" {
		return err
	}
	if _, _, err := f.rows(ctx, w, noLimit, selectUndone, id, merchant); err != nil {
		return err
	}
	if len(named) > 0 {
		size, all := filled(named)
		if _, _, err := f.rows(ctx, w, noLimit, selectCardNames(size), all...); err != nil {
			return err
		}
	}
	if e164 != "" {
		phone = ""
	}
	if name == "" || postcode == "" {
		name, postcode = "", ""
	}
	for _, value := range []*string{&email, &e164, &phone, &name, &postcode} {
		if *value == "" {
			*value = fieldEnd // which nobody has: see db
		}
	}
	_, _, err = f.rows(ctx, w, noLimit, selectAlike,
		merchant, email, id, merchant, e164, id, merchant, phone, id, merchant, name, postcode, id)
	return err
}

// record serves GET /record: the customer's row.
func (f *floor) record(w *bufio.Writer, r *http.Request) error {
	q := r.URL.Query()
	merchant, id, err := ofWhom(q)
	if err != nil {
		return err
	}
	_, _, err = f.rows(r.Context(), w, noLimit, selectRecord, id, id, merchant)
	return err
}

// records serves GET /records/NAME: 51 whole rows of the list, of which 50 are
// shown; with=metadata and with=addresses are what those 50 have, and with=total
// the merchant's last event, by which Kontor knows that a total still holds.
func (f *floor) records(w *bufio.Writer, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	l, ok := lists[r.PathValue("name")]
	if !ok {
		return fmt.Errorf("no list %q", r.PathValue("name"))
	}
	args, err := l.args(q["a"])
	if err != nil {
		return err
	}
	_, ids, err := f.rows(ctx, w, pageSize, l.records(), args...)
	if err != nil || len(ids) == 0 {
		return err
	}
	for _, with := range q["with"] {
		part, args := selectLastEvent, []any{args[0]}
		if with != "total" {
			var size int
			size, args = filled(ids)
			if part = selectMetadataOf(size); with == "addresses" {
				part = selectAddressesOf(size)
			}
		}
		if _, _, err := f.rows(ctx, w, noLimit, part, args...); err != nil {
			return err
		}
	}
	return nil
}

// ofWhom reads which merchant's customer is asked for.
func ofWhom(q url.Values) (merchant, id int64, err error) {
	if merchant, err = number(q.Get("m")); err == nil {
		id, err = number(q.Get("id"))
	}
	return merchant, id, err
}

func number(text string) (int64, error) { return strconv.ParseInt(text, 10, 64) }

// sizes are how many IDs the statements take that ask for those of many.
var sizes = []int{1, 25, 50}

// filled are up to 50 IDs, with zeros behind them to the next of the sizes.
func filled(ids []int64) (size int, args []any) {
	for _, size = range sizes {
		if len(ids) <= size {
			break
		}
	}
	args = make([]any, size)
	for i := range args {
		args[i] = 0 // which no record has
		if i < len(ids) {
			args[i] = ids[i]
		}
	}
	return size, args
}
