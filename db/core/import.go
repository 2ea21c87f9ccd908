package core

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An ImportRow is what a row of a file says of a customer.
type ImportRow struct {
	Line    int
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
// metadata keeps its type, a list of texts is good for bcc, and any other list
// or object is a fault.
func (m Mapping) Row(cells []string) (Changes, Invalid) {
	ch := make(Changes, len(m.Columns))
	var bad Invalid
	for i, c := range m.Columns {
		if c.Field == "" || i >= len(cells) || cells[i] == "" {
			continue
		}
		cell, meta := cells[i], strings.HasPrefix(c.Field, "metadata.")
		if m.JSON && !meta {
			text, ok := scalarText(cell, c.Field == "bcc")
			if !ok {
				bad.add(c.Field, Malformed)
				continue
			}
			cell = text
		}
		switch c.Field {
		case "currency", "billing.gender", "shipping.gender":
			cell = strings.ToUpper(cell)
		case "shipping.same":
			cell = strings.ToLower(cell)
		}
		if meta && !m.JSON {
			cell = MetaText(cell)
		}
		ch[c.Field] = cell
	}
	return ch, bad
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
	for name, v := range ch {
		was := has[name]
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
