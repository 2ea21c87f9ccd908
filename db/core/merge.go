package core

import (
	"maps"
	"slices"
)

// A Clash is a field that two people changed to different texts.
type Clash struct {
	Field    string // as in [Customer.Fields]
	Original string
	Yours    string
	Theirs   string
}

// Merge brings together two changes of one original: what you want of it, and
// what it has meanwhile become through others. It returns your changes to
// theirs, with your text where both changed a field, and says which fields
// those are and which only they changed.
func Merge(original, theirs Customer, yours Changes) (toTheirs Changes, both, onlyTheirs []Clash) {
	mine, _ := original.With(yours)
	o, y, t := original.Fields(), mine.Fields(), theirs.Fields()
	names := map[string]bool{}
	for _, side := range []map[string]string{o, y, t} {
		for name := range side {
			names[name] = true
		}
	}
	toTheirs = Changes{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		clash := Clash{name, o[name], y[name], t[name]}
		if clash.Yours != clash.Original {
			toTheirs[name] = clash.Yours
		}
		switch {
		case clash.Theirs == clash.Original || clash.Theirs == clash.Yours:
		case clash.Yours == clash.Original:
			onlyTheirs = append(onlyTheirs, clash)
		default:
			both = append(both, clash)
		}
	}
	return toTheirs, both, onlyTheirs
}
