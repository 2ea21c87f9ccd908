package core

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestColumnsGoWhereTheirNamesSay(t *testing.T) {
	for _, tt := range []struct {
		name   string
		header string // separated by |
		want   string // "" is dropped, "-" is Kontor's own
	}{
		{
			"Chinook",
			"CustomerId|FirstName|LastName|Company|Address|City|State|Country|PostalCode|Phone|Fax|Email|SupportRepId",
			"reference|first_name|last_name|company|billing.street|billing.city|billing.state|billing.country|billing.postcode|phone||email|",
		},
		{
			"Monri",
			"uuid|merchant_customer_id|description|email|name|phone|zip_code|city|address|country|created_at|deleted",
			"-|reference|description|email|name|phone|billing.postcode|billing.city|billing.street|billing.country|-|-",
		},
		{
			"wallee",
			"id|customerId|emailAddress|givenName|familyName|language|preferredCurrency|metaData.Source|version|linkedSpaceId|createdOn",
			"-|reference|email|first_name|last_name|language|currency|metadata.Source|-|-|-",
		},
		{
			"wallee's addresses",
			"customerId|address.street|address.postcode|address.postalState|address.dependentLocality|address.organizationName|address.mobilePhoneNumber",
			"reference|billing.street|billing.postcode|billing.state|billing.locality|company|phone",
		},
		{
			"Payfirma",
			"lookup_id|email|first_name|last_name|company|bcc_emails|telephone|address1|address2|city|province|country|postal_code|custom_id",
			"-|email|first_name|last_name|company|bcc|phone|billing.street|billing.street2|billing.city|billing.state|billing.country|billing.postcode|custom_id",
		},
		{
			"Acquired",
			"reference|dob|ip|custom_data|billing.address.line_1|billing.address.line_2|billing.address.country_code|billing.email|billing.phone.country_code|billing.phone.number|shipping.address_match|shipping.address.city|last_updated",
			"reference|date_of_birth|ip|custom_data|billing.street|billing.street2|billing.country|email||phone|shipping.same|shipping.city|-",
		},
		{
			"CDC",
			"id|first_name|last_name|date_of_birth|address|post_code|country_code|organization_number",
			"-|first_name|last_name|date_of_birth|billing.street|billing.postcode|billing.country|organisation_number",
		},
		{
			"a shop's",
			"billing_first_name|billing_last_name|billing_company|billing_address_1|billing_postcode|billing_email|billing_phone|shipping_address_1|Ship To City",
			"first_name|last_name|company|billing.street|billing.postcode|email|phone|shipping.street|shipping.city",
		},
		{
			"a shop's beside the customer's own",
			"Name|E-Mail|Phone|Mobile|Billing E-mail|Billing First Name",
			"name|email|phone|billing.mobile|billing.email|billing.given_name",
		},
		{
			"Kontor's own",
			"id|reference|name|billing.email|billing.phone|shipping.country_text|shipping.same|metadata.Tier.x|line|reason",
			"-|reference|name|billing.email|billing.phone|shipping.country_text|shipping.same|metadata.Tier.x|-|-",
		},
		{
			"as people write them",
			" E-MAIL | first  name|SURNAME|Zip / Postal Code|Prénom|Shoe size||*",
			"email|first_name|last_name|billing.postcode||||",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, err := MapColumns(strings.Split(tt.header, "|"), nil)
			if err != nil {
				t.Fatal(err)
			}
			got := make([]string, len(m.Columns))
			for i, c := range m.Columns {
				if got[i] = c.Field; c.Ours {
					got[i] = "-"
				}
			}
			if diff := cmp.Diff(strings.Split(tt.want, "|"), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEveryFieldHasItsOwnNameAsColumn(t *testing.T) {
	header := append(PlainFields(), "shipping.same")
	for _, f := range AddressFields() {
		header = append(header, "billing."+f, "shipping."+f)
	}
	m, err := MapColumns(header, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range m.Columns {
		if c.Field != header[i] {
			t.Errorf("%s goes to %q", header[i], c.Field)
		}
	}
}

func TestWhatIsSaidOfColumnsComesFirst(t *testing.T) {
	m, err := MapColumns([]string{"Kunde", "Email", "Fax", "billing_phone"}, map[string]string{
		"kunde": "customer ID", "Email": "", "Fax": "metadata.fax", "billing_phone": "billing.phone",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []Column{{Name: "Kunde", Field: "reference"}, {Name: "Email"}, {Name: "Fax", Field: "metadata.fax"}, {Name: "billing_phone", Field: "billing.phone"}}
	if diff := cmp.Diff(want, m.Columns); diff != "" {
		t.Error(diff)
	}
}

func TestMappingFaultsComeAllAtOnce(t *testing.T) {
	_, err := MapColumns([]string{"Email", "E-mail", "Name"}, map[string]string{"nom": "name", "Name": "nom"})
	var bad BadMapping
	if !errors.As(err, &bad) {
		t.Fatal(err)
	}
	want := BadMapping{
		{Rule: Unknown, Column: "Name", Field: "nom"},
		{Rule: Unknown, Column: "nom"},
		{Rule: Taken, Column: "Email", Other: "E-mail", Field: "email"},
	}
	if diff := cmp.Diff(want, bad); diff != "" {
		t.Error(diff)
	}
}

func TestReadCell(t *testing.T) {
	for _, tt := range []struct{ cell, want string }{
		{"", ""},
		{" \t", ""},
		{"NULL", ""},
		{" null ", ""},
		{"n/a", ""},
		{"-", ""},
		{" Bo  Ek ", "Bo  Ek"},
		{"--", "--"},
		{"NULLS", "NULLS"},
		{"+49 30 1", "+49 30 1"},
		{"'+49 30 1", "+49 30 1"},
		{"'=1+1", "=1+1"},
		{"'-", "-"},
		{"'N/A", "N/A"},
		{"''=x", "'=x"},
		{"'t Hooft", "'t Hooft"},
		{"'", "'"},
		{"''", "''"},
	} {
		if got := ReadCell(tt.cell); got != tt.want {
			t.Errorf("%q reads as %q, want %q", tt.cell, got, tt.want)
		}
	}
}

func TestGuardCell(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"Bo", "Bo"},
		{"=HYPERLINK(1)", "'=HYPERLINK(1)"},
		{"@x", "'@x"},
		{"-5", "'-5"},
		{"\t=1", "'\t=1"},
		{"\r=1", "'\r=1"},
		{"null", "'null"},
		{"'t Hooft", "'t Hooft"},
		{"'=x", "''=x"},
		{"a=b", "a=b"},
	} {
		if got := GuardCell(tt.text); got != tt.want {
			t.Errorf("%q is guarded as %q, want %q", tt.text, got, tt.want)
		}
	}
}

// FuzzCell: a guarded cell reads as the text it was made of, but for spaces
// after it, and is no formula.
func FuzzCell(f *testing.F) {
	for _, text := range []string{"", " x", "=1", "'", "''-", "NULL", "\u00a0-", "'t", "x\r\n", "-\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cell := GuardCell(text)
		if got := ReadCell(cell); got != text && got != strings.TrimSpace(text) {
			t.Errorf("%q is guarded as %q and reads as %q", text, cell, got)
		}
		if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
			t.Errorf("%q is guarded as %q", text, cell)
		}
		if again := ReadCell(GuardCell(ReadCell(text))); again != ReadCell(text) {
			t.Errorf("%q reads as %q and then as %q", text, ReadCell(text), again)
		}
	})
}

func TestRowMakesChanges(t *testing.T) {
	m, err := MapColumns([]string{"reference", "currency", "metadata.tier", "fax", "city", "billing.gender"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, bad := m.Row([]string{"r-1", "eur", "12", "1", "", "female"})
	want := Changes{"reference": "r-1", "currency": "EUR", "metadata.tier": `"12"`, "billing.gender": "FEMALE"}
	if diff := cmp.Diff(want, got); diff != "" || len(bad) > 0 {
		t.Errorf("%s, %v", diff, bad)
	}
	m.JSON = true
	got, bad = m.Row([]string{"17", `"eur"`, "12", "[]", `{"a":1}`})
	want = Changes{"reference": "17", "currency": "EUR", "metadata.tier": "12"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Invalid{{Field: "billing.city", Rule: Malformed}}, bad); diff != "" {
		t.Error(diff)
	}
}

func TestImportableLeavesOutWhatATableCannotSay(t *testing.T) {
	c, bad := Customer{}.With(Changes{
		"description": "two\r\nlines\r\n", "name": " Bo", "metadata.n": "12", "billing.city": "Bern ", "email": "bo@example.com",
	})
	if len(bad) > 0 {
		t.Fatal(bad)
	}
	got := Changes{
		"description": "two\nlines", "name": "Bo", "metadata.n": `"12"`, "billing.city": "Bern", "email": "BO@example.com", "company": "Ek",
	}.Importable(c)
	if diff := cmp.Diff(Changes{"email": "BO@example.com", "company": "Ek"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestRowKeysKnowWhatOtherRowsName(t *testing.T) {
	var k RowKeys
	a := Changes{"reference": "a", "email": "x@example.com"}
	b := Changes{"reference": "b", "email": "Y@example.com"}
	c := Changes{"email": "y@example.com"}
	for _, ch := range []Changes{a, b, c, {"name": "Bo"}} {
		k.Add(ImportRow{Changes: ch})
	}
	for _, tt := range []struct {
		row  Changes
		c    Customer
		want bool
	}{
		{a, Customer{Reference: "a", Email: "x@example.com"}, false},
		{b, Customer{Reference: "b", Email: "y@example.com"}, true},
		{c, Customer{Email: "z@example.com"}, false},
		{a, Customer{Reference: "a", Email: "y@example.com"}, true}, // its address before the row
		{c, Customer{Reference: "a"}, true},
		{Changes{"name": "Bo"}, Customer{}, false},
	} {
		if got := k.Elsewhere(ImportRow{Changes: tt.row}, tt.c); got != tt.want {
			t.Errorf("%v, %q %q: %t", tt.row, tt.c.Reference, tt.c.Email, got)
		}
	}
}

// FuzzMapColumns: no header and no map makes it fail in another way than in
// words, and what is mapped is known to the customer.
func FuzzMapColumns(f *testing.F) {
	f.Add("Email|E-mail|metadata.|billing.", "Email", "name", "x")
	f.Add("shipping.same|address|billing|metadata x", "", "", "'=")
	f.Fuzz(func(t *testing.T, header, column, field, cell string) {
		names := strings.Split(header, "|")
		m, err := MapColumns(names, map[string]string{column: field})
		if err != nil {
			if err.Error() == "" {
				t.Error("no words")
			}
			return
		}
		cells := make([]string, len(names))
		for i := range cells {
			cells[i] = ReadCell(cell)
		}
		for _, m.JSON = range []bool{false, true} {
			ch, _ := m.Row(cells)
			Customer{}.With(ch)
			for name := range ch {
				if !own(name) && !strings.HasPrefix(name, "metadata.") {
					t.Errorf("%q is no field", name)
				}
			}
		}
	})
}
