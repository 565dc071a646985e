package roster

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/escalations-as-code/escalate/internal/escape"
	"github.com/escalations-as-code/escalate/internal/words"
)

// sheet is an export, cell by cell.
type sheet struct {
	delimiter rune
	columns   []Column
	rows      []row
	// faults are the rows that are no rows.
	faults []fault
}

// row is one row of a sheet, by what its columns were taken for.
type row struct {
	number int
	cells  map[Field]string
}

type fault struct {
	row  int
	text string
}

// parse reads the cells.
func parse(data []byte) (sheet, error) {
	text, err := decoded(data)
	if err != nil {
		return sheet{}, err
	}
	offset := 0                                                // the rows before the headings
	if rest, ok := bytes.CutPrefix(text, []byte("sep=")); ok { // Excel's own first line
		if _, rest, ok = bytes.Cut(rest, []byte("\n")); ok {
			text, offset = rest, 1
		}
	}
	var s sheet
	best := -1
	for _, delimiter := range []rune{',', ';', '\t'} {
		headings, err := newReader(text, delimiter).Read()
		if err != nil {
			continue
		}
		columns := guess(headings)
		used := 0
		for _, c := range columns {
			if c.Field != "" {
				used++
			}
		}
		if used > best {
			best, s.delimiter, s.columns = used, delimiter, columns
		}
	}
	if best < 0 {
		return sheet{}, errors.New("there is nothing in it that could be headings")
	}
	if !slices.ContainsFunc(s.columns, func(c Column) bool { return c.Field == Name || c.Field == First || c.Field == Last }) {
		var found []string
		for _, c := range s.columns {
			found = append(found, words.Code(clip(c.Heading)))
		}
		return sheet{}, fmt.Errorf("no column has the names of people: the first row must have headings, such as name, email, github, title, region, manager; it has %s", words.Clip(words.And(found), 300))
	}
	s.read(text, offset)
	return s, nil
}

func newReader(text []byte, delimiter rune) *csv.Reader {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = delimiter
	r.FieldsPerRecord = -1
	r.TrimLeadingSpace = delimiter != '\t' // or empty cells would be taken for none
	return r
}

// read reads the rows below the headings.
func (s *sheet) read(text []byte, offset int) {
	r := newReader(text, s.delimiter)
	number := offset
	line, at := 1, 0 // where the last row ended
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		start := line
		broken := (*csv.ParseError)(nil)
		if errors.As(err, &broken) {
			start = broken.StartLine
		} else {
			start, _ = r.FieldPos(0)
		}
		number += 1 + start - line // empty lines are rows, too
		end := int(r.InputOffset())
		line, at = line+bytes.Count(text[at:end], []byte("\n")), end
		switch {
		case broken != nil:
			s.faults = append(s.faults, fault{number, fmt.Sprintf("its quotes are not in pairs (line %d of the file): nothing of it was read", broken.Line)})
		case number == offset+1: // the headings
		default:
			if row := s.row(number, cells); len(row.cells) > 0 {
				s.rows = append(s.rows, row)
			}
		}
	}
}

// row is a row by its columns; without cells where nothing stands in it.
func (s *sheet) row(number int, cells []string) row {
	r := row{number, map[Field]string{}}
	for i, cell := range cells {
		if i < len(s.columns) && s.columns[i].Field != "" {
			if text := cleaned(cell, s.columns[i].Field == Roles); text != "" {
				r.cells[s.columns[i].Field] = text
			}
		}
	}
	return r
}

// cleaned is the text of a cell as people see it: in the form that Unicode composes,
// without what cannot be seen, on one line; where it may list several things, each on
// a line of its own.
func cleaned(cell string, lists bool) string {
	var lines []string
	for line := range strings.Lines(cell) {
		line = words.Line(strings.Map(func(c rune) rune {
			switch {
			case unicode.IsSpace(c):
				return ' '
			case escape.Hidden(c) || c == utf8.RuneError:
				return -1
			}
			return c
		}, norm.NFC.String(line)))
		if line != "" {
			lines = append(lines, line)
		}
	}
	if lists {
		return strings.Join(lines, "\n")
	}
	return strings.Join(lines, " ")
}

// decoded is the text of an export, in UTF-8 and without a byte order mark, with the
// line ends of Unix.
func decoded(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return nil, errors.New("this is a spreadsheet itself: export it as CSV (UTF-8)")
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		data = fromUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		data = fromUTF16(data[2:], binary.BigEndian)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return nil, errors.New("it is not in UTF-8: names would be misspelt; export it as CSV (UTF-8)")
	}
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(data, []byte("\r"), []byte("\n")), nil
}

func fromUTF16(data []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}
