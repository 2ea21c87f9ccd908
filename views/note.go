package views

import "github.com/a-h/templ"

// form is what the note's form holds: what was typed, else what is stored.
func (n NoteLine) form() NoteForm {
	if n.Form != nil {
		return *n.Form
	}
	return NoteForm{Text: n.Text, Pinned: n.Pinned, Version: n.Version}
}

func noteID(n NoteLine) string { return "note-" + itoa(n.ID) }

// swapNotes makes a form swap the notes in place.
func swapNotes(url string) templ.OrderedAttributes {
	return templ.OrderedAttributes{
		{Key: "hx-post", Value: url},
		{Key: "hx-target", Value: "#notes"},
		{Key: "hx-swap", Value: "outerHTML"},
	}
}
