package handlers

import (
	"net/http"
	"slices"

	"kontor/db/core"
	"kontor/views"
)

// metadataChanges reads the rows of keys and values. A number or a boolean that
// was left as it was stays one: core sees to that.
func metadataChanges(ch core.Changes, r *http.Request) {
	keys, values := r.PostForm["metadata_key"], r.PostForm["metadata_value"]
	for i, key := range keys {
		value := ""
		if i < len(values) {
			value = typed(values[i])
		}
		key = typed(key)
		switch {
		case key == "" && value == "":
		case value == "":
			ch["metadata."+key] = ""
		default:
			ch["metadata."+key] = core.MetaText(value)
		}
	}
}

// metadataTyped are the rows as they were typed, without those that say nothing.
func metadataTyped(r *http.Request) []views.MetadataRow {
	var rows []views.MetadataRow
	keys, values := r.PostForm["metadata_key"], r.PostForm["metadata_value"]
	for i, key := range keys {
		row := views.MetadataRow{Key: typed(key)}
		if i < len(values) {
			row.Value = typed(values[i])
		}
		if row != (views.MetadataRow{}) {
			rows = append(rows, row)
		}
	}
	return rows
}

// metadataGone adds to the changes that the entries go which the form showed and
// which have no row by their key any more: it was given another, or cleared.
func metadataGone(r *http.Request, ch core.Changes) {
	rows := metadataTyped(r)
	for _, key := range r.PostForm["metadata_shown"] {
		if !slices.ContainsFunc(rows, func(row views.MetadataRow) bool { return row.Key == typed(key) }) {
			ch["metadata."+key] = ""
		}
	}
}

// keysTwice is what is wrong where two rows give one key different values, or
// nil: only one of them could be kept.
func keysTwice(r *http.Request) core.Invalid {
	var bad core.Invalid
	values := map[string]string{}
	for _, row := range metadataTyped(r) {
		field := "metadata." + row.Key
		value, twice := values[row.Key]
		if _, told := bad.Field(field); twice && value != row.Value && !told {
			bad = append(bad, core.Fault{Field: field, Rule: core.Taken})
		}
		values[row.Key] = row.Value
	}
	return bad
}
