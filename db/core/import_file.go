package core

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	xunicode "golang.org/x/text/encoding/unicode"
)

// Limits of a file to import. They keep memory flat however long the file is.
const (
	MaxImportRow     = 1 << 20 // bytes of a row, and of a line
	maxImportColumns = 1000
)

// A FileShape says how a file of customers is written.
type FileShape struct {
	JSON   bool     // objects by lines, else a table
	Comma  rune     // that separates the cells of a table
	Header []string // the names of columns, or the keys of all objects
}

// An ImportFile is a file of customers that was read through once and found
// sound: it is text, its rows can be told apart, and there are some.
type ImportFile struct {
	FileShape
	Rows int // that say anything, the bad ones among them
	in   io.ReadSeeker
}

// A FileRow is one row of a file.
type FileRow struct {
	Line  int
	Cells []string // in the order of the header, as [Mapping.Row] takes them
	Bad   RowFault // why it is no row; "" when it is one
	Raw   string   // of an object by lines
	size  int
}

// A RowFault says in words why something in a file is no row.
type RowFault string

// Error implements error.
func (e RowFault) Error() string { return string(e) }

// An UnreadableFile says in words why nothing can be made of a file.
type UnreadableFile string

// Error implements error.
func (e UnreadableFile) Error() string { return string(e) }

func unreadable(format string, args ...any) error {
	return UnreadableFile(fmt.Sprintf(format, args...))
}

func rowFault(format string, args ...any) RowFault { return RowFault(fmt.Sprintf(format, args...)) }

// ReadImport reads a file through. A name that ends in .ndjson or .jsonl, or a
// { as the first character, means objects by lines. The text may be UTF-8, or
// UTF-16 with a byte order mark. It fails with an [UnreadableFile] where
// nothing can be made of it.
func ReadImport(in io.ReadSeeker, name string) (*ImportFile, error) {
	f := &ImportFile{in: in}
	if err := f.sniff(name); err != nil {
		return nil, err
	}
	err := f.Each(func(FileRow) error { f.Rows++; return nil })
	if err != nil {
		return nil, err
	}
	if f.Rows == 0 {
		return nil, unreadable("the file has a header and no rows")
	}
	if slices.ContainsFunc(f.Header, HasCardNumber) {
		return nil, unreadable("the name of a column holds a card number, which is never kept. The first line must say what the columns are")
	}
	return f, nil
}

// sniff finds out what kind of file it is.
func (f *ImportFile) sniff(name string) error {
	if _, err := f.in.Seek(0, io.SeekStart); err != nil {
		return err
	}
	magic := make([]byte, 512)
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
			return UnreadableFile(known.words)
		}
	}
	wide := bytes.HasPrefix(magic, []byte("\xff\xfe")) || bytes.HasPrefix(magic, []byte("\xfe\xff"))
	if !wide && bytes.IndexByte(magic[:n], 0) >= 0 {
		return unreadable(notText)
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
		f.JSON = true
	case first == '[':
		return unreadable("the file is a JSON list: write one object a line, as jq -c '.[]' does")
	default:
		f.Comma = separator(line)
	}
	return nil
}

const notText = "the file is not text, or it is UTF-16 without a byte order mark"

// firstLine returns the first line that is not blank. Where that is no text
// the file is none.
func firstLine(text io.Reader) (string, error) {
	r := bufio.NewReaderSize(text, MaxImportRow)
	for {
		b, err := r.ReadSlice('\n')
		if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
			return "", err
		}
		line := string(bytes.TrimSpace(b))
		switch {
		case strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) && r != '\t' && r != '\r' }):
			return "", unreadable(notText)
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
func (f *ImportFile) text() (io.Reader, error) {
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

// Each calls do with every row that says anything, and fails with an
// [UnreadableFile] where rows cannot be told apart. The row is the caller's.
func (f *ImportFile) Each(do func(FileRow) error) error {
	text, err := f.text()
	if err != nil {
		return err
	}
	if f.JSON {
		return f.eachObject(text, do)
	}
	return f.eachRecord(text, do)
}

// Rows are brought in by batches, each in a transaction of its own. A batch
// ends early when its rows are large.
const (
	importBatch = 1000
	batchBytes  = 4 << 20
)

// Batches calls do with the rows of the file in their order, some at a time,
// but for the first skip rows. The rows are the caller's until do returns.
func (f *ImportFile) Batches(skip int, do func([]FileRow) error) error {
	var rows []FileRow
	size := 0
	err := f.Each(func(row FileRow) error {
		if skip > 0 {
			skip--
			return nil
		}
		rows = append(rows, row)
		if size += row.size; len(rows) < importBatch && size < batchBytes {
			return nil
		}
		err := do(rows)
		rows, size = rows[:0], 0
		return err
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	return do(rows)
}

// Keys reads the file once more, for what a trial of an import has to remember.
func (f *ImportFile) Keys(m Mapping) (*RowKeys, error) {
	keys := &RowKeys{}
	return keys, f.Each(func(row FileRow) error {
		if row.Bad == "" {
			ch, _ := m.Row(row.Cells)
			keys.Add(ImportRow{ID: m.rowID(row.Cells), Changes: ch})
		}
		return nil
	})
}

// Import has do bring in what the rows say of customers and returns what became
// of each, in their order. Rows of which nothing can be made are refused
// without do. Where do fails, the results are of the rows before that.
func (m Mapping) Import(rows []FileRow, do func([]ImportRow) ([]ImportResult, error)) ([]ImportResult, error) {
	r := m.Read(rows)
	made, err := do(r.Sound)
	return r.Results(made), err
}

// ReadRows are rows of a file as a mapping has them.
type ReadRows struct {
	Sound   []ImportRow
	results []ImportResult // in the file's order; those of sound rows have no outcome yet
}

// Read reads rows, of which some may be refused without anybody's doing.
func (m Mapping) Read(rows []FileRow) ReadRows {
	r := ReadRows{make([]ImportRow, 0, len(rows)), make([]ImportResult, 0, len(rows))}
	for _, row := range rows {
		result := ImportResult{Line: row.Line, Outcome: RowRefused}
		if row.Bad != "" {
			result.Err = row.Bad
		} else if ch, bad := m.Row(row.Cells); len(bad) > 0 {
			result.Err = bad
		} else {
			result = ImportResult{Line: row.Line}
			r.Sound = append(r.Sound, ImportRow{Line: row.Line, ID: m.rowID(row.Cells), Changes: ch})
		}
		r.results = append(r.results, result)
	}
	return r
}

// Results is what became of all the rows, given what became of the sound ones.
// Where there is less of that, it ends before the first that is missing.
func (r ReadRows) Results(made []ImportResult) []ImportResult {
	results := slices.Clone(r.results)
	for i := range results {
		switch {
		case results[i].Outcome != 0:
		case len(made) == 0:
			return results[:i]
		default:
			results[i], made = made[0], made[1:]
		}
	}
	return results
}

// SameImport is a file that [ReadImport] found sound and that says the same
// again.
func SameImport(in io.ReadSeeker, shape FileShape, rows int) *ImportFile {
	return &ImportFile{in: in, FileShape: shape, Rows: rows}
}
