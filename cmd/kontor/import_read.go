package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	xunicode "golang.org/x/text/encoding/unicode"

	"kontor/db/core"
)

// Limits of a file to import. They keep memory flat however long the file is.
const (
	maxImportRow     = 1 << 20 // bytes of a row, and of a line
	maxImportColumns = 1000
)

// An importFile is a file of customers that was read through once and found
// sound: it is text, its rows can be told apart, and there are some.
type importFile struct {
	in     io.ReadSeeker
	json   bool // objects by lines, else a table
	comma  rune // that separates the cells of a table
	header []string
	rows   int // that say anything, the bad ones among them
}

// An importRow is one row of a file.
type importRow struct {
	line  int
	cells []string // in the order of the header, as [core.Mapping.Row] takes them
	bad   string   // why it is no row, in words; "" when it is one
	raw   string   // of an object by lines
	size  int
}

// A fileError says in words why nothing can be made of a file.
type fileError string

func (e fileError) Error() string { return string(e) }

func unreadable(format string, args ...any) error { return fileError(fmt.Sprintf(format, args...)) }

// readImport reads a file through. A name that ends in .ndjson or .jsonl, or a
// { as the first character, means objects by lines. The text may be UTF-8, or
// UTF-16 with a byte order mark.
func readImport(in io.ReadSeeker, name string) (*importFile, error) {
	f := &importFile{in: in}
	if err := f.sniff(name); err != nil {
		return nil, err
	}
	err := f.each(func(importRow) error { f.rows++; return nil })
	if err != nil {
		return nil, err
	}
	if f.rows == 0 {
		return nil, unreadable("the file has a header and no rows")
	}
	return f, nil
}

// sniff finds out what kind of file it is.
func (f *importFile) sniff(name string) error {
	if _, err := f.in.Seek(0, io.SeekStart); err != nil {
		return err
	}
	magic := make([]byte, 8)
	n, err := io.ReadFull(f.in, magic)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	for _, known := range []struct{ magic, words string }{
		{"\x1f\x8b", "the file is compressed: unpack it first, as with gunzip"},
		{"PK\x03\x04", "the file is a spreadsheet or another zip archive: save it as CSV first"},
		{"\xd0\xcf\x11\xe0", "the file is an old spreadsheet: save it as CSV first"},
	} {
		if strings.HasPrefix(string(magic[:n]), known.magic) {
			return fileError(known.words)
		}
	}
	text, err := f.text()
	if err != nil {
		return err
	}
	line, err := firstLine(text)
	if err != nil {
		return err
	}
	switch first := strings.TrimSpace(line)[0]; {
	case slices.Contains([]string{".ndjson", ".jsonl"}, strings.ToLower(filepath.Ext(name))), first == '{':
		f.json = true
	case first == '[':
		return unreadable("the file is a JSON list: write one object a line, as jq -c '.[]' does")
	default:
		f.comma = separator(line)
	}
	return nil
}

// firstLine returns the first line that is not blank. Where that is no text
// the file is none.
func firstLine(text io.Reader) (string, error) {
	r := bufio.NewReaderSize(text, maxImportRow)
	for {
		b, err := r.ReadSlice('\n')
		if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
			return "", err
		}
		line := string(bytes.TrimSpace(b))
		switch {
		case strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) && r != '\t' && r != '\r' }):
			return "", unreadable("the file is not text, or it is UTF-16 without a byte order mark")
		case err == bufio.ErrBufferFull:
			return "", unreadable("the first line is longer than 1 MiB: this is not a table")
		case strings.ContainsRune(line, '\r'):
			return "", unreadable("the lines end as on old Macintoshes: save the file with LF or CR LF line ends")
		case line != "":
			return line, nil
		case err == io.EOF:
			return "", unreadable("the file is empty")
		}
	}
}

// separator is the one of , ; tab and | that the header has most of.
func separator(header string) rune {
	best, most, quoted := ',', 0, false
	counts := map[rune]int{}
	for _, r := range header {
		if r == '"' {
			quoted = !quoted
		}
		if !quoted {
			counts[r]++
		}
	}
	for _, r := range ",;\t|" {
		if counts[r] > most {
			best, most = r, counts[r]
		}
	}
	return best
}

// text returns the file from its beginning as UTF-8 without a byte order mark.
func (f *importFile) text() (io.Reader, error) {
	if _, err := f.in.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	r := bufio.NewReaderSize(f.in, 1<<16)
	mark, _ := r.Peek(3)
	switch {
	case bytes.HasPrefix(mark, []byte("\xff\xfe")), bytes.HasPrefix(mark, []byte("\xfe\xff")):
		return xunicode.UTF16(xunicode.LittleEndian, xunicode.ExpectBOM).NewDecoder().Reader(r), nil
	case bytes.HasPrefix(mark, []byte("\xef\xbb\xbf")):
		r.Discard(len("\xef\xbb\xbf")) // it was peeked at
	}
	return r, nil
}

// each calls do with every row that says anything, and fails with a fileError
// where rows cannot be told apart. The row is the caller's.
func (f *importFile) each(do func(importRow) error) error {
	text, err := f.text()
	if err != nil {
		return err
	}
	if f.json {
		return f.eachObject(text, do)
	}
	return f.eachRecord(text, do)
}

var errTooLong = errors.New("too long")

// A limited reader gives up after some bytes, which are granted row by row.
type limited struct {
	r    io.Reader
	left int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooLong
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

func (f *importFile) eachRecord(text io.Reader, do func(importRow) error) error {
	in := &limited{r: text}
	r := csv.NewReader(in)
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = f.comma, -1, true
	head, line := true, 0
	for {
		in.left = maxImportRow
		record, err := r.Read()
		var fault *csv.ParseError
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, errTooLong):
			return unreadable("the row after line %d is longer than 1 MiB: maybe a quote is opened there and never closed", line)
		case errors.As(err, &fault) && (head || fault.Line != fault.StartLine):
			return unreadable("line %d: a quote is opened and not closed before a separator or the line's end. A quote within a value is written twice", fault.StartLine)
		case err != nil && fault == nil:
			return err
		}
		row := importRow{}
		if fault != nil {
			row.line = fault.StartLine
			row.bad = "A quote stands within a value. Put the value in quotes and write its own quotes twice."
		} else {
			row.line, _ = r.FieldPos(0)
		}
		for i, cell := range record {
			if !utf8.ValidString(cell) {
				if fault == nil {
					line, _ = r.FieldPos(i)
				}
				return notUTF8(max(line, row.line))
			}
		}
		line = row.line
		if head {
			head = false
			if f.header, err = readHeader(record); err != nil {
				return err
			}
			continue
		}
		if fault == nil && !slices.ContainsFunc(record, func(cell string) bool { return !core.Absent(cell) }) {
			continue
		}
		f.fill(&row, record)
		if err := do(row); err != nil {
			return err
		}
	}
}

// fill gives a row the cells of a record, which should be as many as the
// header has.
func (f *importFile) fill(row *importRow, record []string) {
	row.cells = make([]string, len(f.header))
	for i, cell := range record[:min(len(record), len(f.header))] {
		row.cells[i] = core.ReadCell(cell)
		row.size += len(cell)
	}
	extra := record[min(len(record), len(f.header)):]
	switch {
	case row.bad != "":
	case len(record) < len(f.header):
		row.bad = fmt.Sprintf("The row has %d cells where the header has %d.", len(record), len(f.header))
	case slices.ContainsFunc(extra, func(cell string) bool { return !core.Absent(cell) }):
		text := strings.Join(extra, string(f.comma))
		row.bad = fmt.Sprintf("The row has %d cells where the header has %d. Too many: %s", len(record), len(f.header), clip(text))
	}
}

// clip cuts text to what can stand in a reason.
func clip(text string) string {
	if len(text) > 200 {
		text = strings.ToValidUTF8(text[:200], "") + "…"
	}
	return text
}

func readHeader(record []string) ([]string, error) {
	if len(record) > maxImportColumns {
		return nil, unreadable("the header has %d columns; %d can be read", len(record), maxImportColumns)
	}
	header := make([]string, len(record))
	for i, name := range record {
		header[i] = core.ReadCell(name)
	}
	return header, nil
}

func notUTF8(line int) error {
	return unreadable("line %d is not UTF-8. Where the file comes from a Western spreadsheet, "+
		"iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW makes UTF-8 of it; else save it as “CSV UTF-8”", line)
}

func (f *importFile) eachObject(text io.Reader, do func(importRow) error) error {
	lines := bufio.NewScanner(text)
	lines.Buffer(nil, maxImportRow)
	at := make(map[string]int, len(f.header))
	for i, key := range f.header {
		at[key] = i
	}
	line := 0
	for lines.Scan() {
		line++
		raw := bytes.TrimSpace(lines.Bytes())
		if len(raw) == 0 {
			continue
		}
		if !utf8.Valid(raw) {
			return notUTF8(line)
		}
		row := importRow{line: line, cells: make([]string, len(f.header)), raw: string(raw), size: 2 * len(raw)}
		said := false
		err := flatten(raw, "", 0, func(key, value string) {
			i, known := at[key]
			if !known {
				i = len(f.header)
				at[key], f.header = i, append(f.header, key)
			}
			for len(row.cells) <= i {
				row.cells = append(row.cells, "")
			}
			row.cells[i] = value
			said = said || value != ""
		})
		switch {
		case err != nil:
			row.bad = "The line is no JSON object."
		case len(f.header) > maxImportColumns:
			return unreadable("the objects up to line %d have more than %d different keys", line, maxImportColumns)
		case !said:
			continue
		}
		if err := do(row); err != nil {
			return err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return unreadable("line %d is longer than 1 MiB", line+1)
	}
	return lines.Err()
}

// flatten calls put with the keys of an object and the JSON of their values,
// "" for what is absent. Keys of an object within are joined by dots.
func flatten(object []byte, prefix string, depth int, put func(key, value string)) error {
	d := json.NewDecoder(bytes.NewReader(object))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return errors.Join(err, errors.New("no object"))
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return err
		}
		name := prefix + fmt.Sprint(key)
		if value[0] == '{' && depth < 3 {
			if err := flatten(value, name+".", depth+1, put); err != nil {
				return err
			}
			continue
		}
		put(name, present(value))
	}
	if _, err := d.Token(); err != nil { // the closing brace
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one value")
	}
	return nil
}

// present is a JSON value, or "" for what stands for nothing.
func present(value json.RawMessage) string {
	var text string
	switch {
	case string(value) == "null", string(value) == "[]", string(value) == "{}":
		return ""
	case value[0] == '"' && (json.Unmarshal(value, &text) != nil || core.Absent(text)):
		return ""
	}
	return string(value)
}
