package acquired

import (
	"strconv"
	"strings"
	"time"

	"kontor/db/core"
	"kontor/handlers/api"
)

// An object is a JSON object whose members stand in the document's order.
type object []member

type member struct {
	name  string
	value any // an object, or what JSON has for it
}

// MarshalJSON implements [json.Marshaler].
func (o object) MarshalJSON() ([]byte, error) { return o.AppendJSON(make([]byte, 0, 768)), nil }

// AppendJSON implements [api.Appender]. Lists are asked for most, so that little
// is left to reflection.
func (o object) AppendJSON(to []byte) []byte {
	to = append(to, '{')
	for i, m := range o {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(api.AppendText(to, m.name), ':')
		switch v := m.value.(type) {
		case nil:
			to = append(to, "null"...)
		case string:
			to = api.AppendText(to, v)
		case object:
			to = v.AppendJSON(to)
		case bool:
			to = strconv.AppendBool(to, v)
		default:
			to = api.AppendValue(to, v)
		}
	}
	return append(to, '}')
}

// text adds a text, unless it was never set.
func (o *object) text(name, v string) {
	if v != "" {
		*o = append(*o, member{name, v})
	}
}

func (o *object) add(name string, v any) { *o = append(*o, member{name, v}) }

// sub adds an object, unless it is empty.
func (o *object) sub(name string, v object) {
	if len(v) > 0 {
		*o = append(*o, member{name, v})
	}
}

// customerObject is the customer as the document has it.
func customerObject(c core.Customer) object {
	o := make(object, 0, 12)
	o.text("customer_id", c.UUID)
	o.text("company_id", core.UUID(c.Merchant))
	o.text("reference", c.Reference)
	if c.Name != "" {
		o.add("first_name", nil)
		o.add("last_name", nil)
	} else {
		o.text("first_name", c.FirstName)
		o.text("last_name", c.LastName)
	}
	o.text("dob", c.DateOfBirth)
	o.text("ip", c.IP)
	o.text("custom_data", c.CustomData)
	o.sub("billing", billingObject(c))
	o.sub("shipping", shippingObject(c))
	o.text("created", timeText(c.CreatedAt))
	o.text("last_updated", timeText(c.UpdatedAt))
	return o
}

func billingObject(c core.Customer) object {
	o := make(object, 0, 3)
	if a, ok := c.Billing(); ok {
		o.sub("address", addressObject(a))
	}
	o.text("email", c.Email)
	o.sub("phone", phoneObject(core.ReadPhonePair(c.Phone, c.PhoneE164)))
	return o
}

func shippingObject(c core.Customer) object {
	o := make(object, 0, 4)
	a, ok := c.Shipping()
	if !ok {
		return nil
	}
	o.add("address_match", c.ShippingIsBilling())
	o.sub("address", addressObject(a))
	o.text("email", a.Email)
	o.sub("phone", phoneObject(shippingPhone(a)))
	return o
}

func shippingPhone(a core.Address) core.PhonePair {
	return core.ReadPhonePair(a.Phone, core.E164(a.Phone, a.Country))
}

func addressObject(a core.Address) object {
	o := make(object, 0, 6)
	o.text("line_1", a.Street)
	o.text("line_2", a.Street2)
	o.text("city", a.City)
	o.text("state", a.State)
	o.text("postcode", a.Postcode)
	if core.CountryName(a.Country) != "" {
		o.text("country_code", a.Country)
	} else if a.Country != "" || a.CountryText != "" {
		o.add("country_code", nil)
	}
	return o
}

func phoneObject(p core.PhonePair) object {
	o := make(object, 0, 2)
	o.text("country_code", p.Code)
	o.text("number", p.Number)
	return o
}

// timeText is a time as the document's samples have it.
func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// A filter is the parsed parameter of that name: the names that are wanted,
// each with those inside it.
type filter map[string]filter

// readFilter reads a list of dotted names. One that names a whole object wins
// over one that names a part of it.
func readFilter(text string) filter {
	f := filter{}
	for name := range strings.SplitSeq(text, ",") {
		at := f
		parts := strings.Split(strings.TrimSpace(name), ".")
		for i, part := range parts {
			in, known := at[part]
			switch {
			case i == len(parts)-1:
				at[part] = nil
			case known && in == nil: // all of it is wanted already
			case !known:
				at[part] = filter{}
			}
			if at = at[part]; at == nil {
				break
			}
		}
	}
	return f
}

// of returns what of the object the filter keeps.
func (f filter) of(o object) object {
	kept := object{}
	for _, m := range o {
		in, wanted := f[m.name]
		switch sub, isObject := m.value.(object); {
		case !wanted:
		case in == nil:
			kept = append(kept, m)
		case isObject:
			kept.sub(m.name, in.of(sub))
		}
	}
	return kept
}
