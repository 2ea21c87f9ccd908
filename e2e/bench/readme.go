package main

import (
	"fmt"
	"os"
	"strings"
)

// The tables stand between these marks in a file that is written by hand
// otherwise.
const (
	tablesBegin = "<!-- tables: begin -->"
	tablesEnd   = "<!-- tables: end -->"
)

// rewrite puts new tables between the marks of a file.
func rewrite(name, tables string) error {
	old, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	text, err := between(string(old), tables)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return os.WriteFile(name, []byte(text), 0o644)
}

func between(text, tables string) (string, error) {
	head, rest, begins := strings.Cut(text, tablesBegin)
	_, tail, ends := strings.Cut(rest, tablesEnd)
	if !begins || !ends {
		return "", fmt.Errorf("there is no place marked by %q and %q", tablesBegin, tablesEnd)
	}
	return head + tablesBegin + "\n" + strings.TrimSpace(tables) + "\n" + tablesEnd + tail, nil
}
