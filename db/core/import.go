package core

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An ImportRow is what a row of a file says of a customer.
type ImportRow struct {
	Line    int
	ID      int64 // of the customer whose UUID the row gives, whatever merchant's; 0 where it gives none
	Changes Changes
}

// An ImportOutcome is what became of a row, or in a trial would become.
type ImportOutcome int

const (
	RowAdded ImportOutcome = iota + 1
	RowUpdated
	RowUnchanged
	RowRefused
)

// An ImportResult is what became of one row.
type ImportResult struct {
	Line    int
	Outcome ImportOutcome
	ID      int64 // of the customer; 0 where refused or only tried
	Err     error // why it was refused: [Invalid] for what breaks a rule
}

// Row makes changes of a row's cells, which are as [ReadCell] gives them and in
// the order of the columns; cells that are absent leave their fields alone.
// Currency codes and genders are put in capitals.
//
// Where the mapping is of JSON a cell is a JSON value as it stands there:
// metadata keeps its type, a list of texts is good for bcc, one of objects for
// addresses, and any other list or object is a fault.
func (m Mapping) Row(cells []string) (Changes, Invalid) {
	ch := make(Changes, len(m.Columns))
	var bad Invalid
	typed := "" // what cells cannot say of metadata
	for i, c := range m.Columns {
		if c.Field == "" || i >= len(cells) || cells[i] == "" {
			continue
		}
		cell, meta := cells[i], strings.HasPrefix(c.Field, "metadata.")
		if m.JSON && !meta && !(c.Field == "addresses" && cell[0] == '[') {
			text, ok := scalarText(cell, c.Field == "bcc")
			if !ok {
				bad.add(c.Field, Malformed)
				continue
			}
			cell = readText(text)
		}
		switch c.Field {
		case "currency", "billing.gender", "shipping.gender":
			cell = strings.ToUpper(cell)
		case "shipping.same":
			cell = strings.ToLower(cell)
		}
		switch {
		case c.Field == "addresses":
			bad.form(c.Field, ch.addAddresses(cell))
			continue
		case c.Field == "metadata_json":
			typed = cell
			continue
		case meta && !m.JSON:
			cell = MetaText(cell)
		}
		ch[c.Field] = cell
	}
	if typed != "" {
		bad.form("metadata_json", ch.setTypes(typed))
	}
	return ch, bad
}

// addAddresses adds the addresses of a JSON list and reports whether it is one.
// Each is a new one to the customer, under a key of its own.
func (ch Changes) addAddresses(list string) bool {
	var all []map[string]string
	if json.Unmarshal([]byte(list), &all) != nil {
		return false
	}
	for i, fields := range all {
		for name, v := range fields {
			if v != "" {
				ch[fmt.Sprintf("%s%02d.%s", furtherAddress, i, name)] = v
			}
		}
	}
	return true
}

// furtherAddress begins the names of what a file says of an address that is
// neither billing nor shipping. What follows is no number, so it is a new one.
const furtherAddress = "address.further"

// setTypes takes the JSON values of metadata from an object and reports whether
// it is one. Where a cell says something else by now, the cell counts.
func (ch Changes) setTypes(object string) bool {
	var all map[string]json.RawMessage
	if json.Unmarshal([]byte(object), &all) != nil {
		return false
	}
	for key, value := range all {
		name, text := "metadata."+key, Meta{Value: string(value)}.Text()
		if cell, ok := ch[name]; !ok || inCell(Meta{Value: cell}.Text()) == inCell(text) {
			ch[name] = string(value)
		}
	}
	return true
}

// hasAddress reports whether one of the customer's addresses says all that the
// changes under the prefix say.
func (c Customer) hasAddress(ch Changes, prefix string) bool {
	return slices.ContainsFunc(c.Addresses, func(a Address) bool {
		has := map[string]string{}
		a.fields(has)
		for name, v := range ch {
			if field, ok := strings.CutPrefix(name, prefix); ok && inCell(has["address."+strconv.FormatInt(a.ID, 10)+"."+field]) != inCell(v) {
				return false
			}
		}
		return true
	})
}

// rowID is the ID of the customer whose UUID stands in a row, or 0.
func (m Mapping) rowID(cells []string) int64 {
	i := slices.IndexFunc(m.Columns, func(c Column) bool { return c.Ours && plainName(c.Name) == "uuid" })
	if i < 0 || i >= len(cells) {
		return 0
	}
	cell := cells[i]
	if m.JSON {
		cell, _ = scalarText(cell, false)
	}
	id, _ := IDFromUUID(cell)
	return id
}

// scalarText is the text of a JSON scalar, or of a list of texts.
func scalarText(cell string, list bool) (string, bool) {
	var texts []string
	switch {
	case list && json.Unmarshal([]byte(cell), &texts) == nil:
		return strings.Join(texts, ", "), true
	case !scalar(cell):
		return "", false
	}
	return Meta{Value: cell}.Text(), true
}

// ReadCell reads a cell of a table: spaces around it go, and an empty cell,
// NULL, N/A and - are absent, which is "". What [GuardCell] has put in front
// goes too.
func ReadCell(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && guarded(rest) {
		return rest
	}
	if Absent(cell) {
		return ""
	}
	return strings.TrimSpace(cell)
}

// Absent reports whether text stands for nothing: it is empty, NULL, N/A or -,
// in any case and with any spaces around it.
func Absent(text string) bool {
	switch text = strings.TrimSpace(text); len(text) {
	case 0:
		return true
	case 1:
		return text == "-"
	case 3:
		return strings.EqualFold(text, "N/A")
	case 4:
		return strings.EqualFold(text, "NULL")
	}
	return false
}

// GuardCell makes a cell of text that no spreadsheet takes for a formula and
// that [ReadCell] reads as that text again, but for spaces after it. Where
// needed a ' goes in front, as people write it in spreadsheets. A ' before
// other text stays what it is, as in 't Hooft.
func GuardCell(text string) string {
	if guarded(text) {
		return "'" + text
	}
	return text
}

// guarded reports whether text stands behind a ' in a cell: it begins as a
// formula or with a space, would be absent, or would be read as guarded.
func guarded(text string) bool {
	if text == "" {
		return false
	}
	if rest, ok := strings.CutPrefix(text, "'"); ok {
		return guarded(rest)
	}
	first, _ := utf8.DecodeRuneInString(text)
	return strings.ContainsRune("=+-@", first) || unicode.IsSpace(first) || Absent(text)
}

// Importable returns the changes without those that only repeat what the
// customer has, as far as a table can say it: spaces around a text, the kind
// of its line ends and the type of a metadata value do not count.
func (ch Changes) Importable(c Customer) Changes {
	has := c.Fields()
	for _, role := range []AddressType{Billing, Shipping} {
		if a, ok := c.defaultAddress(role); ok {
			for _, f := range addressFields {
				has[string(role)+"."+f.Name] = *f.At(&a)
			}
		}
	}
	out := make(Changes, len(ch))
	known := map[string]bool{} // further addresses
	for name, v := range ch {
		was := has[name]
		if rest, ok := strings.CutPrefix(name, furtherAddress); ok {
			key, _, _ := strings.Cut(rest, ".")
			if _, asked := known[key]; !asked {
				known[key] = c.hasAddress(ch, furtherAddress+key+".")
			}
			if known[key] {
				continue
			}
		}
		if strings.HasPrefix(name, "metadata.") {
			was, v = Meta{Value: was}.Text(), Meta{Value: v}.Text()
		}
		if was == "" || inCell(was) != inCell(v) {
			out[name] = ch[name]
		}
	}
	return out
}

// inCell is what a table keeps of a text.
func inCell(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
}
