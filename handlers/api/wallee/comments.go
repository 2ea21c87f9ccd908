package wallee

import (
	"net/http"
	"slices"

	"kontor/db/core"
	"kontor/handlers/api"
)

func writeComment(o *object, c core.Customer, n core.Note, e expansion) {
	o.number("id", n.ID)
	o.number("linkedSpaceId", c.Merchant)
	o.number("version", n.Version)
	o.time("createdOn", n.CreatedAt)
	writeUser(o, "createdBy", n.AuthorID)
	o.time("editedOn", n.EditedAt)
	writeUser(o, "editedBy", n.EditorID)
	o.flag("pinned", n.Pinned)
	o.text("content", n.Text)
	if e.has("customer") {
		o.object("customer", func(o *object) { writeCustomer(o, c, e["customer"]) })
	} else {
		o.link("customer", c.ID)
	}
}

// writeUser writes who did something: the ID, a plain number in this document;
// null for the system, and for nobody.
func writeUser(o *object, name string, id int64) {
	if id == 0 {
		o.null(name)
		return
	}
	o.number(name, id)
}

func commentName(field string) string {
	if field == "text" {
		return "content"
	}
	return field
}

func commentText(n core.Note) core.Text {
	return func(f core.Field, _ string) string {
		switch f {
		case core.FieldID:
			return itoa(n.ID)
		case core.FieldVersion:
			return itoa(n.Version)
		case core.FieldCreated:
			return n.CreatedAt.UTC().Format(timeLayout)
		case core.FieldEdited:
			if n.EditedAt.IsZero() {
				return ""
			}
			return n.EditedAt.UTC().Format(timeLayout)
		case core.FieldAuthor:
			return userText(n.AuthorID)
		case core.FieldEditor:
			return userText(n.EditorID)
		case core.FieldCustomer:
			return itoa(n.Customer)
		case core.FieldPinned:
			return boolText(n.Pinned)
		case core.FieldNote:
			return n.Text
		}
		return ""
	}
}

func userText(id int64) string {
	if id == 0 {
		return ""
	}
	return itoa(id)
}

// commentsOf reads the customer of the path and its comments.
func (h handlers) commentsOf(r *http.Request, by core.Actor, e expansion) (core.Customer, []core.Note, error) {
	id, err := pathID(r, "customer")
	if err != nil {
		return core.Customer{}, nil, err
	}
	c, err := h.store.CustomerWith(r.Context(), by, id, customerParts(e["customer"]))
	if err != nil {
		return c, nil, err
	}
	notes, err := h.store.Notes(r.Context(), by, id)
	return c, notes, err
}

// commentOf finds the comment of the path.
func (h handlers) commentOf(r *http.Request, by core.Actor, e expansion) (core.Customer, core.Note, error) {
	c, notes, err := h.commentsOf(r, by, e)
	if err != nil {
		return c, core.Note{}, err
	}
	id, err := pathID(r, "comment")
	if err != nil {
		return c, core.Note{}, err
	}
	i := slices.IndexFunc(notes, func(n core.Note) bool { return n.ID == id })
	if i < 0 {
		return c, core.Note{}, core.ErrNotFound
	}
	return c, notes[i], nil
}

// answerComments serves GET /customers/{customer}/comments, and the search of them.
func (h handlers) answerComments(w http.ResponseWriter, r *http.Request, by core.Actor, l listing) error {
	c, notes, err := h.commentsOf(r, by, l.expand)
	if err != nil {
		return err
	}
	page, more := pick(notes, l, core.NoteVocabulary, func(n core.Note) int64 { return n.ID }, commentText)
	return answerList(w, l, page, more, func(o *object, n core.Note) { writeComment(o, c, n, l.expand) })
}

// createComment serves POST /customers/{customer}/comments.
func (h handlers) createComment(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	e, err := readExpansion(r, commentTree)
	if err != nil {
		return err
	}
	id, err := pathID(r, "customer")
	if err != nil {
		return err
	}
	c, err := h.store.CustomerWith(r.Context(), by, id, customerParts(e["customer"]))
	if err != nil {
		return err
	}
	in, err := readInput(r)
	if err != nil {
		return err
	}
	text, _ := in.text("content")
	in.ofCustomer(id)
	if err := wrongComment(in, text); err != nil {
		return err
	}
	n, err := h.store.AddNote(r.Context(), by, id, core.Note{Text: text})
	if err != nil {
		return named(err, commentName)
	}
	return answer(w, http.StatusCreated, func(o *object) { writeComment(o, c, n, e) })
}

// wrongComment returns all that is wrong with a comment, what reading it found
// and what the core says.
func wrongComment(in *input, text string) error {
	if _, unread := in.bad["content"]; !unread {
		for _, f := range (core.Note{Text: text}).Check() {
			in.bad.add(commentName(f.Field), api.Words(f))
		}
	}
	return in.err()
}

// readComment serves GET /customers/{customer}/comments/{comment}.
func (h handlers) readComment(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	e, err := readExpansion(r, commentTree)
	if err != nil {
		return err
	}
	c, n, err := h.commentOf(r, by, e)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, func(o *object) { writeComment(o, c, n, e) })
}

// updateComment serves PATCH /customers/{customer}/comments/{comment}.
func (h handlers) updateComment(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	e, err := readExpansion(r, commentTree)
	if err != nil {
		return err
	}
	c, old, err := h.commentOf(r, by, e)
	if err != nil {
		return err
	}
	in, err := readInput(r)
	if err != nil {
		return err
	}
	n := old
	if n.Version, err = in.version(); err != nil {
		return err
	}
	if n.Version != old.Version {
		return core.ErrConflict
	}
	if text, ok := in.text("content"); ok {
		n.Text = text
	}
	if err := wrongComment(in, n.Text); err != nil {
		return err
	}
	if n, err = h.store.UpdateNote(r.Context(), by, n); err != nil {
		return named(err, commentName)
	}
	return answer(w, http.StatusOK, func(o *object) { writeComment(o, c, n, e) })
}

// deleteComment serves DELETE /customers/{customer}/comments/{comment}.
func (h handlers) deleteComment(w http.ResponseWriter, r *http.Request, by core.Actor) error {
	_, n, err := h.commentOf(r, by, nil)
	if err != nil {
		return err
	}
	if _, err := h.store.DeleteNote(r.Context(), by, n.ID); err != nil {
		return err
	}
	return api.NoContent(w)
}

// pinComment serves POST /customers/{customer}/comments/{comment}/pin and /unpin.
func (h handlers) pinComment(pinned bool) spaced {
	return func(w http.ResponseWriter, r *http.Request, by core.Actor) error {
		_, n, err := h.commentOf(r, by, nil)
		if err != nil {
			return err
		}
		n.Pinned = pinned
		if _, err := h.store.UpdateNote(r.Context(), by, n); err != nil {
			return err
		}
		return api.NoContent(w)
	}
}
