package db

import (
	"context"
	"slices"

	"kontor/db/core"
)

type addressRow struct {
	ID             int64
	Version        int64
	Type           core.AddressType
	IsDefault      bit `db:"is_default"`
	Salutation     string
	GivenName      string `db:"given_name"`
	FamilyName     string `db:"family_name"`
	Organisation   string
	Street         string
	Street2        string
	Postcode       string
	City           string
	Locality       string
	State          string
	SortingCode    string `db:"sorting_code"`
	Country        string
	CountryText    string `db:"country_text"`
	Email          string
	Phone          string
	Mobile         string
	Gender         string
	DateOfBirth    string `db:"date_of_birth"`
	RegisterNumber string `db:"register_number"`
	SalesTaxNumber string `db:"sales_tax_number"`
	LegalForm      string `db:"legal_form"`
	SocialSecurity string `db:"social_security"`
}

func (r addressRow) address() core.Address {
	return core.Address{
		ID: r.ID, Version: r.Version, Type: r.Type, Default: bool(r.IsDefault),
		Salutation: r.Salutation, GivenName: r.GivenName, FamilyName: r.FamilyName, Organisation: r.Organisation,
		Street: r.Street, Street2: r.Street2, Postcode: r.Postcode, City: r.City, Locality: r.Locality,
		State: r.State, SortingCode: r.SortingCode, Country: r.Country, CountryText: r.CountryText,
		Email: r.Email, Phone: r.Phone, Mobile: r.Mobile, Gender: r.Gender, DateOfBirth: r.DateOfBirth,
		RegisterNumber: r.RegisterNumber, SalesTaxNumber: r.SalesTaxNumber, LegalForm: r.LegalForm,
		SocialSecurity: r.SocialSecurity,
	}
}

const addressColumns = `type, is_default, salutation, given_name, family_name, organisation, street, street2,
	postcode, city, locality, state, sorting_code, country, country_text, email, phone, mobile, gender,
	date_of_birth, register_number, sales_tax_number, legal_form, social_security`

func addresses(ctx context.Context, q querier, merchant, customer int64) ([]core.Address, error) {
	var rows []addressRow
	if err := q.reads(ctx, addressesOf(&rows, merchant, customer)); err != nil {
		return nil, err
	}
	return addressRows(rows), nil
}

func addressesOf(rows *[]addressRow, merchant, customer int64) read {
	return allOf(rows, `
		SELECT id, version, `+addressColumns+`
		FROM addresses
		WHERE customer_id = ? AND +merchant_id = ?
		ORDER BY id`, customer, merchant)
}

func addressRows(rows []addressRow) []core.Address {
	out := make([]core.Address, len(rows))
	for i, r := range rows {
		out[i] = r.address()
	}
	return out
}

func addressValues(a core.Address) []any {
	return []any{
		a.Type, bit(a.Default), a.Salutation, a.GivenName, a.FamilyName, a.Organisation, a.Street, a.Street2,
		a.Postcode, a.City, a.Locality, a.State, a.SortingCode, a.Country, a.CountryText, a.Email, a.Phone, a.Mobile, a.Gender,
		a.DateOfBirth, a.RegisterNumber, a.SalesTaxNumber, a.LegalForm, a.SocialSecurity,
		core.Fold(a.Street), core.Fold(a.State),
	}
}

// saveAddresses makes the address rows those of c, and gives new ones their
// IDs in c. Removed ones go first and defaults are cleared before they are
// set, because the database allows one default a type at any time.
func (t *tx) saveAddresses(ctx context.Context, old core.Customer, c *core.Customer) error {
	find := func(in []core.Address, id int64) int {
		return slices.IndexFunc(in, func(a core.Address) bool { return a.ID == id })
	}
	for _, a := range old.Addresses {
		i := find(c.Addresses, a.ID)
		if i >= 0 && (!a.Default || c.Addresses[i].Default && c.Addresses[i].Type == a.Type) {
			continue
		}
		query := `DELETE FROM addresses WHERE id = ? AND customer_id = ? AND merchant_id = ?`
		if i >= 0 {
			query = `UPDATE addresses SET is_default = 0 WHERE id = ? AND customer_id = ? AND merchant_id = ?`
		}
		if err := t.put(ctx, "remove address", query, a.ID, c.ID, t.by.Merchant); err != nil {
			return err
		}
	}
	for i := range c.Addresses {
		a := &c.Addresses[i]
		if j := find(old.Addresses, a.ID); j >= 0 {
			if old.Addresses[j] == *a {
				continue
			}
			a.Version++
			err := t.put(ctx, "update address", `
				UPDATE addresses
				SET type = ?, is_default = ?, salutation = ?, given_name = ?, family_name = ?, organisation = ?, street = ?,
					street2 = ?, postcode = ?, city = ?, locality = ?, state = ?, sorting_code = ?, country = ?,
					country_text = ?, email = ?, phone = ?, mobile = ?, gender = ?, date_of_birth = ?, register_number = ?,
					sales_tax_number = ?, legal_form = ?, social_security = ?, street_key = ?, state_key = ?, version = ?
				WHERE id = ? AND customer_id = ? AND merchant_id = ?`,
				append(addressValues(*a), a.Version, a.ID, c.ID, t.by.Merchant)...)
			if err != nil {
				return err
			}
			continue
		}
		if err := t.insertAddress(ctx, c.ID, a); err != nil {
			return err
		}
	}
	slices.SortFunc(c.Addresses, func(a, b core.Address) int { return int(a.ID - b.ID) })
	return nil
}

// insertAddress adds an address. One with an ID was the customer's before and
// comes back under it; where that ID is another's by now, under a new one.
func (t *tx) insertAddress(ctx context.Context, customer int64, a *core.Address) error {
	a.Version = 1
	if a.ID > 0 {
		var n int
		if err := t.get(ctx, &n, `SELECT COUNT(*) FROM addresses WHERE id = ?`, a.ID); err != nil { // of any merchant: IDs are one row's
			return err
		}
		if n > 0 {
			a.ID = 0
		}
	}
	if a.ID <= 0 {
		a.ID, _ = t.newID("addresses")
	}
	return t.put(ctx, "insert address", `
		INSERT INTO addresses (`+addressColumns+`, street_key, state_key, version, id, customer_id, merchant_id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		append(addressValues(*a), a.Version, a.ID, customer, t.by.Merchant)...)
}

// saveMetadata makes the metadata rows those of c.
func (t *tx) saveMetadata(ctx context.Context, old, c core.Customer) error {
	for _, m := range old.Metadata {
		if _, ok := c.Meta(m.Key); ok {
			continue
		}
		err := t.put(ctx, "remove metadata", `DELETE FROM metadata WHERE customer_id = ? AND +merchant_id = ? AND name = ?`,
			c.ID, t.by.Merchant, m.Key)
		if err != nil {
			return err
		}
	}
	for _, m := range c.Metadata {
		if was, ok := old.Meta(m.Key); ok && was == m {
			continue
		}
		err := t.put(ctx, "save metadata", `
			INSERT INTO metadata (merchant_id, customer_id, name, value, value_key)
			VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (customer_id, name) DO UPDATE SET value = excluded.value, value_key = excluded.value_key`,
			t.by.Merchant, c.ID, m.Key, m.Value, core.Fold(m.Text()))
		if err != nil {
			return err
		}
	}
	return nil
}
