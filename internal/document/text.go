package document

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/finding"
)

const byteOrderMark = "\uFEFF"

// clean makes text of the file's bytes, and tells what does not belong into a
// text. What it mends keeps its line and column. It reports whether there is
// anything to parse.
func (r *reader) clean() bool {
	data := bytes.TrimPrefix(r.src.data, []byte(byteOrderMark))
	if isUTF16(data) {
		r.Broken = true
		r.add("yaml-encoding", finding.Place{Span: finding.LineOne}, "", "",
			"the file was saved in a form that cannot be read (UTF-16)",
			"save it as UTF-8: most editors offer that under \"Save as\", or below the text")
		return false
	}
	if what := foreign(data); what != "" {
		r.Broken = true
		r.add("yaml-encoding", finding.Place{Span: finding.LineOne}, "", "", "this is "+what+", and not a text file",
			"open it, copy its text into a plain text file, and save that under this name")
		return false
	}
	r.text = string(data)
	if strings.Contains(r.text, rtf) {
		if at := pastedRTF.FindStringSubmatchIndex(r.text); at != nil {
			r.wordProcessor(at[2])
			return false
		}
	}
	if !plainASCII(data) && !(utf8.Valid(data) && strings.IndexFunc(r.text, odd) < 0) {
		r.cleanRunes()
	}
	if pasted(r.text) {
		r.cleanPasted()
	}
	if strings.Contains(r.text, "<<<<<<<") || strings.Contains(r.text, ">>>>>>>") {
		r.cleanConflicts()
	}
	if strings.Contains(r.text, "---") || strings.Contains(r.text, "...") {
		r.cleanDocuments()
	}
	return true
}

// isUTF16 recognizes UTF-16 by its byte order mark, or by a NUL in one of the
// first two bytes, where a UTF-8 text never has one.
func isUTF16(b []byte) bool {
	return bytes.HasPrefix(b, []byte{0xFF, 0xFE}) || bytes.HasPrefix(b, []byte{0xFE, 0xFF}) ||
		len(b) >= 4 && (b[0] == 0) != (b[1] == 0) && (b[2] == 0) != (b[3] == 0)
}

func plainASCII(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\t' && c != '\r' || c >= 0x7F {
			return false
		}
	}
	return true
}

// cleanRunes replaces, rune by rune, what YAML does not allow and what the
// parser, unlike editors, takes for a line break.
func (r *reader) cleanRunes() {
	var out strings.Builder
	out.Grow(len(r.text))
	begin := len(r.src.data) - len(r.text)
	var order []string
	places := map[string][]int{} // the offsets of each character, by what is wrong
	for i := 0; i < len(r.text); {
		c, size := utf8.DecodeRuneInString(r.text[i:])
		bad := ""
		switch {
		case c == utf8.RuneError && size == 1:
			bad = "a character that cannot be read"
		case forbidden(c):
			bad = fmt.Sprintf("a character that nobody sees (U+%04X)", c)
		}
		if bad != "" {
			if _, told := places[bad]; !told && len(order) < 10 {
				order = append(order, bad)
			}
			if len(places[bad]) <= finding.Most {
				places[bad] = append(places[bad], begin+i)
			}
			c = ' '
		}
		if lineBreak(c) {
			c = ' '
		}
		out.WriteRune(c)
		i += size
	}
	r.text = out.String()
	for _, bad := range order {
		at := places[bad]
		_, size := utf8.DecodeRune(r.src.data[at[0]:])
		f := r.add("yaml-encoding", r.src.place(at[0], at[0]+size), "", bad,
			bad+" stands here", "delete it, type the text again, and save the file as UTF-8")
		within := !slices.ContainsFunc(at, func(i int) bool { return !r.within(i, i+size) })
		if c, size := utf8.DecodeRune(r.src.data[at[0]:]); meaningless(c) && within && len(at) <= finding.Most {
			for _, i := range at {
				f.Fixes = append(f.Fixes, finding.Fix{Span: r.src.span(i, i+size)})
			}
		}
	}
}

// meaningless reports whether deleting a character that does not belong into a
// text is all there is to do: it is a control character or a byte order mark.
// Another may be what became of a letter.
func meaningless(c rune) bool { return c < ' ' || c == 0x7F || c == 0xFEFF }

// within reports whether what stands from start to end is inside of a text, so
// that nothing begins or ends with it.
func (r *reader) within(start, end int) bool {
	before, _ := utf8.DecodeLastRune(r.src.data[:start])
	behind, _ := utf8.DecodeRune(r.src.data[end:])
	ofText := func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }
	return ofText(before) && (ofText(behind) || behind == ' ')
}

// forbidden reports whether YAML does not allow a rune.
func forbidden(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r >= 0x7F && r < 0xA0 && r != 0x85 ||
		r == 0xFEFF || r == 0xFFFE || r == 0xFFFF
}

// lineBreak reports whether the parser, but no editor, takes r for the end of
// a line.
func lineBreak(r rune) bool { return r == 0x85 || r == 0x2028 || r == 0x2029 }

func odd(r rune) bool { return forbidden(r) || lineBreak(r) }

// cleanConflicts tells of the markers of an unfinished merge and reads on with
// the first side of each conflict.
func (r *reader) cleanConflicts() {
	const outside, ours, theirs = 0, 1, 2
	lines := r.split()
	at := outside
	tell := func(i int) {
		r.add("merge-conflict", r.src.whole(i+1), "", "",
			"a merge was left unfinished here: two people changed this, and both versions stand in the file",
			"keep what is right of the two, and delete the lines that begin with <<<<<<<, ======= and >>>>>>>")
	}
	for i, l := range lines {
		switch {
		case marks(l, "<<<<<<<"):
			tell(i)
			at = ours
		case at == ours && (marks(l, "=======") || marks(l, "|||||||")):
			at = theirs
		case marks(l, ">>>>>>>"):
			if at == outside {
				tell(i)
			}
			at = outside
		case at != theirs:
			continue
		}
		lines[i] = ""
	}
	r.rejoin(lines)
}

func marks(line, marker string) bool {
	return strings.HasPrefix(line, marker+" ") || line == marker
}

// cleanDocuments tells of what stands behind a second document marker: the
// parser reads only the first document.
func (r *reader) cleanDocuments() {
	lines := r.split()
	said := false
	for i, l := range lines {
		end := marks(l, "...")
		if !end && !marks(l, "---") {
			said = said || says(l)
			continue
		}
		if !said && !end {
			continue // the marker that begins the first document
		}
		behind := strings.TrimSpace(l[3:])
		if behind != "" && behind[0] != '#' || slices.ContainsFunc(lines[i+1:], says) {
			r.add("yaml-documents", r.src.whole(i+1), "", "",
				fmt.Sprintf("everything from this line on is ignored: %s ends the escalation", l[:3]),
				"delete this line, or move what follows into a file of its own")
		}
		lines[i] = ""
		if repeats(lines[:i], lines[i+1:]) { // another escalation, not the rest of this one
			clear(lines[i:])
		}
		for j := i; j < len(lines); j++ {
			if marks(lines[j], "---") || marks(lines[j], "...") {
				lines[j] = ""
			}
		}
		break
	}
	r.rejoin(lines)
}

var topKey = regexp.MustCompile(`^[a-z_]+:`)

// repeats reports whether two parts of a file have a top-level key in common.
func repeats(above, below []string) bool {
	keys := map[string]bool{}
	for _, l := range above {
		keys[topKey.FindString(l)] = true
	}
	return slices.ContainsFunc(below, func(l string) bool {
		key := topKey.FindString(l)
		return key != "" && keys[key]
	})
}

// says reports whether a line is more than a comment or a marker.
func says(line string) bool {
	l := strings.TrimSpace(line)
	return l != "" && l[0] != '#' && !marks(line, "---") && !marks(line, "...") && line[0] != '%'
}

// rejoin takes over mended lines.
func (r *reader) rejoin(lines []string) { r.text = strings.Join(lines, "\n") }

// split returns the lines of the text as it is mended by now.
func (r *reader) split() []string { return splitLines(r.text) }

// splitLines splits text at the line ends of all systems, and drops them.
func splitLines(text string) []string { return strings.Split(unixLines(text), "\n") }

// unixLines ends the lines of a text as Unix does.
func unixLines(text string) string {
	if strings.Contains(text, "\r") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	return text
}
