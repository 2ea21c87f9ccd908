package e2e

import (
	"testing"

	"kontor/db/core"
)

const chinook = "../cmd/kontor/testdata/chinook-customers.csv"

func TestImportedCustomersAreFound(t *testing.T) {
	h := newHouse(t)
	p := h.as(t, visitor{}, core.Owner)
	p.see(p.heading("No customers yet"))
	h.kontor("import", "customers", chinook, "-merchant", "1") // while the program runs
	p.open(h.list)
	p.says(p.main(), "1–50 of 59")
	p.search("goncalves")
	p.lists("Luís Gonçalves")
	p.click(p.link("Luís Gonçalves"))
	p.see(p.heading("Luís Gonçalves"))
	for part, texts := range map[string][]string{
		"Details":   {"Embraer - Empresa Brasileira de Aeronáutica S.A.", "+55 12 3923-5555"},
		"Addresses": {"Av. Brigadeiro Faria Lima, 2170", "São José dos Campos", "12227-000", "Brazil"},
		"Activity":  {"Customer added"},
	} {
		for _, text := range texts {
			p.says(p.region(part), text)
		}
	}
	p.says(p.main(), "through import")

	// The same file again changes nothing.
	before := h.now(h.found(t, "goncalves"))
	h.kontor("import", "customers", chinook, "-merchant", "1")
	if got := h.now(before); got.Version != before.Version {
		t.Errorf("the second import made version %d of %d", got.Version, before.Version)
	}
	p.open(h.list + "?q=country:brazil")
	p.lists("Fernanda Ramos", "Roberto Almeida", "Alexandre Rocha", "Eduardo Martins", "Luís Gonçalves")
}

// found is the one customer of the first merchant that a search finds.
func (h *house) found(t *testing.T, text string) core.Customer {
	t.Helper()
	q, err := core.ParseQuery(text, core.CustomerFields, h.first.Location())
	if err != nil {
		t.Fatal(err)
	}
	page, err := h.store.Customers(t.Context(), core.System(h.first.ID), core.List{Query: q})
	if err != nil || len(page.Items) != 1 {
		t.Fatalf("%q finds %d, %v", text, len(page.Items), err)
	}
	return core.Customer{ID: page.Items[0].ID, Merchant: h.first.ID}
}
