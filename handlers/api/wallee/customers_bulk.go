package wallee

import (
	"net/http"

	"kontor/db/core"
	"kontor/handlers/api"
	"kontor/web"
)

// A bulkItem is one of the operations of a bulk request, and what became of it.
type bulkItem struct {
	id     int64
	status int
	err    error // why it was not done
}

// readBulk reads the JSON array of a bulk request.
func readBulk(r *http.Request) ([]api.Value, error) {
	v, err := api.JSON(r)
	if err != nil {
		return nil, err
	}
	if v.Kind != api.List {
		return nil, api.Refuse(http.StatusBadRequest, "the body must be a JSON array")
	}
	if len(v.Items()) > core.MaxMany {
		return nil, api.Refuse(http.StatusRequestEntityTooLarge, "a bulk request takes at most %d operations", core.MaxMany)
	}
	return v.Items(), nil
}

// answerBulk answers with the result of each operation, in their order.
func answerBulk(w http.ResponseWriter, r *http.Request, items []bulkItem) error {
	o := object{buf: make([]byte, 0, 96*len(items)+2)}
	o.buf = append(o.buf, '[')
	for i, item := range items {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		o.braces(func(o *object) {
			if item.id != 0 {
				o.number("id", item.id)
			} else {
				o.null("id")
			}
			o.number("statusCode", int64(item.status))
			if item.err != nil {
				o.null("link")
				f := api.Failure{Status: item.status, Err: item.err, Request: web.RequestID(r.Context()), Now: api.Now(r)}
				o.object("error", func(o *object) { writeError(o, f) })
				return
			}
			if item.status == http.StatusNoContent {
				o.null("link")
			} else {
				o.text("link", base+"/customers/"+itoa(item.id))
			}
			o.null("error")
		})
	}
	o.buf = append(o.buf, ']')
	return send(w, http.StatusOK, o.buf)
}

// bulk does what is to be done with the items of a bulk request that could be
// read, all at once, and puts the results in their places.
func bulk[T any](items []bulkItem, todo []T, places []int, success int, do func([]T) ([]core.CustomerResult, error)) error {
	if len(todo) == 0 {
		return nil
	}
	done, err := do(todo)
	if err != nil {
		return err
	}
	for i, result := range done {
		item := &items[places[i]]
		if result.Err != nil {
			item.refuse(named(result.Err, customerName))
			continue
		}
		item.id, item.status = result.Customer.ID, success
	}
	return nil
}

func (b *bulkItem) refuse(err error) { b.status, b.err = api.Status(err), err }

// createCustomers serves POST /customers/bulk.
func (h handlers) createCustomers(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	values, err := readBulk(r)
	if err != nil {
		return err
	}
	items := make([]bulkItem, len(values))
	todo, places := make([]core.Changes, 0, len(values)), make([]int, 0, len(values))
	for i, v := range values {
		in := &input{v, faults{}}
		ch := readCustomerInput(in)
		if err := wrongItem(in, core.Customer{}, ch); err != nil {
			items[i].refuse(err)
			continue
		}
		todo, places = append(todo, ch), append(places, i)
	}
	err = bulk(items, todo, places, http.StatusCreated, func(todo []core.Changes) ([]core.CustomerResult, error) {
		return h.store.CreateCustomers(r.Context(), by, core.FromWallee, todo)
	})
	if err != nil {
		return err
	}
	return answerBulk(w, r, items)
}

// wrongItem is wrongCustomer for one of many.
func wrongItem(in *input, old core.Customer, ch core.Changes) error {
	if in.Kind != api.Object {
		return api.Refuse(http.StatusBadRequest, "must be a JSON object")
	}
	return wrongCustomer(in, old, ch)
}

// updateCustomers serves PATCH /customers/bulk. Each item says by its id which
// customer it is of; the document's clients leave that out, and are told.
func (h handlers) updateCustomers(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	values, err := readBulk(r)
	if err != nil {
		return err
	}
	items := make([]bulkItem, len(values))
	todo, places := make([]core.CustomerChange, 0, len(values)), make([]int, 0, len(values))
	for i, v := range values {
		in := &input{v, faults{}}
		id, ok := in.id("id")
		if !ok && len(in.bad) == 0 {
			in.bad.add("id", "is required: it says which customer is meant")
		}
		if in.Kind != api.Object || !ok {
			items[i].refuse(wrongItem(in, core.Customer{}, nil))
			continue
		}
		items[i].id = id
		change, err := h.customerChange(r, by, in, id)
		if err != nil {
			if api.Status(err) >= http.StatusInternalServerError {
				return err
			}
			items[i].refuse(err)
			continue
		}
		todo, places = append(todo, change), append(places, i)
	}
	err = bulk(items, todo, places, http.StatusOK, func(todo []core.CustomerChange) ([]core.CustomerResult, error) {
		return h.store.UpdateCustomers(r.Context(), by, todo)
	})
	if err != nil {
		return err
	}
	return answerBulk(w, r, items)
}

// deleteCustomers serves DELETE /customers/bulk, whose body is an array of IDs.
func (h handlers) deleteCustomers(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	values, err := readBulk(r)
	if err != nil {
		return err
	}
	items := make([]bulkItem, len(values))
	todo, places := make([]int64, 0, len(values)), make([]int, 0, len(values))
	for i, v := range values {
		id, ok := v.Int()
		if !ok {
			items[i].refuse(faults{"id": "must be an ID"}.err(http.StatusUnprocessableEntity))
			continue
		}
		items[i].id = id
		todo, places = append(todo, id), append(places, i)
	}
	err = bulk(items, todo, places, http.StatusNoContent, func(todo []int64) ([]core.CustomerResult, error) {
		return h.store.DeleteCustomers(r.Context(), by, todo)
	})
	if err != nil {
		return err
	}
	return answerBulk(w, r, items)
}
