package main

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
)

// An exact jump looks for a text as whatever it may be. These are the looks,
// each over all merchants.
var (
	findID     = found(`c.id = ?`)
	findRef    = found(`c.reference = ? AND c.reference <> '' AND c.deleted_at = 0`)
	findMerged = found(`c.reference = ? AND c.merged_into > 0`)
	findEmail  = found(`c.email_key = ? AND c.email_key <> '' AND c.deleted_at = 0`)
	findPhone  = found(`c.phone_key = ? AND c.phone_key <> '' AND c.deleted_at = 0`)
	findE164   = found(`c.phone_e164 = ? AND c.phone_e164 <> '' AND c.deleted_at = 0`)
)

func found(as string) query {
	return query{prints: "customer", row: recordRow, text: `
		SELECT ` + recordColumns + `
		FROM customers c
		WHERE ` + as + `
		ORDER BY c.deleted_at, c.id DESC
		LIMIT 20`}
}

// finds are the looks that are made for a text, by what it is.
var finds = map[string][]query{
	"id":        {findID, findRef, findPhone, findE164},
	"reference": {findRef},
	"email":     {findRef, findMerged, findEmail},
	"phone":     {findRef, findMerged, findPhone, findE164},
}

// find serves GET /find/BY: the looks of a jump by the text that q is. What it
// names is one customer.
func (f *floor) find(w *bufio.Writer, r *http.Request) error {
	text := r.FormValue("q")
	looks, ok := finds[r.PathValue("by")]
	if !ok {
		return fmt.Errorf("nobody is found by %q", r.PathValue("by"))
	}
	for _, look := range looks {
		var arg any = text
		var err error
		switch look.text {
		case findID.text:
			arg, err = number(text)
		case findPhone.text:
			arg = strings.TrimPrefix(text, "+")
		case findE164.text:
			arg = "+" + strings.TrimPrefix(text, "+")
		}
		if err != nil {
			return err
		}
		if _, _, err := f.rows(r.Context(), w, noLimit, look, arg); err != nil {
			return err
		}
	}
	return nil
}
