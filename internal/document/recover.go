package document

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/finding"
)

// maxTrials bounds how often a broken file is parsed again, so that no file
// can keep lint busy.
const maxTrials = 400

// recover reads a text that the parser refuses. It takes the text apart into
// its top-level entries, tells what is wrong with each that cannot be read,
// mends it where that is safe, and puts together what can be read.
//
// The parser's own position is not used where it can be found from the text:
// it has no column, no line for line 1, and the wrong line for an unclosed
// bracket. The line that is wrong is the first after which no beginning of the
// entry can be read any more.
func (r *reader) recover() *yaml.Node {
	lines := r.split()
	y := recovery{doc: r, lines: lines, trials: maxTrials}
	// The parser refuses some lines that look empty, and nothing else tells of them.
	r.slips(strings.Join(lines, "\n"), func(n int) bool { return strings.TrimSpace(lines[n-1]) == "" })
	y.indentation()
	y.strictly()
	root := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: 1, Column: 1}
	for _, b := range blocks(lines) {
		if r.told.Full() {
			break
		}
		n := y.read(b)
		switch {
		case n == nil || isEmpty(n):
		case n.Kind == yaml.MappingNode:
			root.Content = append(root.Content, n.Content...)
		default:
			y.text(b, root)
		}
	}
	if len(root.Content) == 0 {
		r.Broken = true
		if len(r.told.Findings()) == 0 {
			r.add("yaml-syntax", r.src.whole(1), "", "", "this is not an escalation: its first line is no field with its value", "start from the example in the README")
		}
		return nil
	}
	if _, err := parse(strings.Join(y.lines, "\n")); err != nil && !r.Broken {
		y.wholeOnly(err)
	}
	if !r.Broken {
		r.slips(strings.Join(y.lines, "\n"), func(n int) bool { return !y.toldAt(n) })
	}
	return &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{root}}
}

// indentation tells of tabs at the beginning of lines, once for all of them, and
// puts spaces in their place.
func (r *recovery) indentation() {
	first, count := -1, 0
	var fixes []finding.Fix
	for i, l := range r.lines {
		if text := strings.TrimLeft(l, " \t"); text == "" {
			r.lines[i] = ""
			continue
		} else if blanks := l[:len(l)-len(text)]; text[0] == '#' && strings.Contains(blanks, "\t") { // a note may begin anywhere
			r.lines[i] = strings.ReplaceAll(blanks, "\t", " ") + text
			continue
		}
		rest := strings.TrimLeft(l, "\t")
		n := len(l) - len(rest)
		if n == 0 {
			continue
		}
		if count++; first < 0 {
			first = i
		}
		if start, _ := r.doc.src.line(i + 1); count <= finding.Most {
			fixes = append(fixes, r.doc.fix(start, start+n, strings.Repeat("  ", n))...)
		}
		r.lines[i] = strings.Repeat("  ", n) + rest
		r.doc.move(i, 0, -n)
	}
	if first < 0 {
		return
	}
	message := "this line begins with a tab, and only spaces may stand there"
	if count > 1 {
		message += fmt.Sprintf("; so are %d of those below", count-1)
	}
	f := r.doc.add("yaml-tab", r.doc.src.place(fixes[0].Start, fixes[0].End), "", "\t", message, "indent with spaces, two for each level")
	if count <= finding.Most {
		f.Fixes = fixes
	}
}

var (
	tabbed = regexp.MustCompile(`^( *(?:- +)*-)[ \t]*\t[ \t]*`)
	// inDouble is a text in double quotes that ends on its line.
	inDouble = regexp.MustCompile(`(?:^|[ \t\[{,:])"(?:[^"\\]|\\.)*"`)
)

// strictly reads as YAML 1.2 has it what the parser refuses: the version that the
// file says it is of, a tab between a dash and a text, and the slash as JSON writes
// it, \/.
func (r *recovery) strictly() {
	for i, l := range r.lines {
		if !strings.HasPrefix(l, "%") || !directive.MatchString(l) {
			break
		}
		r.lines[i] = ""
	}
	for i, l := range r.lines {
		if m := tabbed.FindStringSubmatchIndex(l); m != nil && !keyLine.MatchString(l[m[1]:]) && !strings.HasPrefix(l[m[1]:], "- ") {
			l = l[:m[3]] + strings.Repeat(" ", m[1]-m[3]) + l[m[1]:]
		}
		if strings.Contains(l, `\/`) {
			begin, was := 0, l
			l = ""
			for _, m := range inDouble.FindAllStringIndex(was, -1) {
				l += was[begin:m[0]]
				begin = m[1]
				for text := was[m[0]:m[1]]; text != ""; {
					n := 1
					if text[0] == '\\' {
						n = 2
					}
					if text[:n] == `\/` {
						r.doc.move(i, utf8.RuneCountInString(l), 1)
						text, n = text[1:], 1
					}
					l, text = l+text[:n], text[n:]
				}
			}
			l += was[begin:]
		}
		r.lines[i] = l
	}
}

// text tells of a line in the first column that is no key. It belongs to the
// key above it, or it is a key without its colon: neither is missing.
func (r *recovery) text(b block, root *yaml.Node) {
	d, line := r.doc, r.lines[b.first]
	d.Broken = true
	if line == "=======" {
		d.add("merge-conflict", d.src.whole(b.first+1), "", "", "a merge was left unfinished here", "delete this line, and see that what is above and below it is right")
		return
	}
	d.Unread = append(d.Unread, Pointer(word.FindString(line)))
	if n := len(root.Content); n > 0 {
		d.Unread = append(d.Unread, Pointer(root.Content[n-2].Value))
	}
	if !r.toldAt(b.first+1) && !r.toldAt(b.first) { // text of several lines is one mistake
		d.add("yaml-syntax", d.src.whole(b.first+1), "", "", noField, noFieldHint(line,
			"text that belongs to the field above is indented by two spaces; a field has a colon and a space behind its name"))
	}
}

// noField tells of a line that is neither a field nor a part of one.
const noField = "this line is neither a field with its value nor indented as the text of one"

var almost = regexp.MustCompile(`^\s*(?:- )*[*_]*([A-Za-z_]+)[*_]*\s*[：=:;]\s*[*_]*\s*(\S.*)$`)

// noFieldHint says how a line is written that is almost a field.
func noFieldHint(line, otherwise string) string {
	if m := almost.FindStringSubmatch(line); m != nil {
		return "write " + quote(shorten(strings.ToLower(m[1])+": "+m[2], 100))
	}
	return otherwise
}

var word = regexp.MustCompile(`^[a-z_]*`)

// wholeOnly tells why the text cannot be read though each of its entries can.
func (r *recovery) wholeOnly(err error) {
	d := r.doc
	for i, l := range r.lines {
		if !says(l) {
			continue
		}
		if strings.HasPrefix(l, " ") {
			f := d.add("yaml-syntax", d.src.whole(i+1), "", "", "this line is indented, but the fields below it are not",
				"let it begin in the first column")
			f.Fixes = r.outdented(i)
			return
		}
		break
	}
	d.Broken = true
	d.add("yaml-syntax", d.src.whole(reported(err, len(r.lines))), "", "",
		"the file cannot be read from here on: "+reason(err), "check the indentation of this line and the one above")
}

// outdented says how the lines from i on, as far as they are indented like it or
// deeper, begin in the first column. It returns nil where they are many.
func (r *recovery) outdented(i int) []finding.Fix {
	indent := r.lines[i][:len(r.lines[i])-len(strings.TrimLeft(r.lines[i], " "))]
	var fixes []finding.Fix
	for ; i < len(r.lines) && (strings.HasPrefix(r.lines[i], indent) || !says(r.lines[i])); i++ {
		start, end := r.doc.src.line(i + 1)
		if strings.HasPrefix(string(r.doc.src.data[start:end]), indent) {
			fixes = append(fixes, r.doc.fix(start, start+len(indent), "")...)
		}
		if len(fixes) > finding.Most {
			return nil
		}
	}
	return fixes
}

// block is a top-level entry: the lines from first up to, not including, end.
type block struct{ first, end int }

// blocks splits lines where a line begins in the first column. List items and
// closing brackets there belong to the entry above.
func blocks(lines []string) []block {
	var list []block
	for i, l := range lines {
		begins := l != "" && !strings.ContainsRune(" \t#-]}", rune(l[0])) || strings.HasPrefix(l, "-") && !strings.HasPrefix(l, "- ") && l != "-"
		if begins || len(list) == 0 {
			list = append(list, block{i, i + 1})
			continue
		}
		list[len(list)-1].end = i + 1
	}
	return list
}

type recovery struct {
	doc    *reader
	lines  []string
	trials int
}

// read parses the lines of a block, mending it line by line while that helps.
// It returns nil, after telling why, where the block cannot be read.
func (r *recovery) read(b block) *yaml.Node {
	for {
		n, err := r.parse(b.first, b.end)
		if err == nil && n.Kind == yaml.MappingNode {
			return n
		}
		if err != nil && stray(r.lines[b.first]) {
			// It is this line that is wrong, and not the one below.
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: r.lines[b.first]}
		}
		at := b.first
		if err != nil {
			at = r.wrongLine(b, err)
		}
		// A key without a space behind its colon is text, and only the line
		// below it goes wrong.
		if above := r.above(at); above >= b.first && r.mend(above, glue) {
			continue
		}
		if above := r.above(at); err != nil && above >= b.first && deeper(r.lines[at], r.lines[above]) && r.mend(above, keyless) {
			continue
		}
		if r.mend(at, trap) {
			continue
		}
		if err != nil && r.align(b, at) {
			continue
		}
		if err != nil {
			r.giveUp(b, at, err)
		}
		return n
	}
}

// stray reports whether a line in the first column is plain text: the rest of the
// text above, or a key without its colon.
func stray(line string) bool {
	_, _, isField := glued(line)
	return line != "" && !isField && !strings.ContainsRune("\"'[]{}|>&*!%@`#-", rune(line[0])) && !strings.Contains(line+" ", ": ")
}

// align tells of a line that is indented deeper than the one above, though
// that has its value already, and moves it back.
func (r *recovery) align(b block, at int) bool {
	above := r.above(at)
	if above < b.first || !deeper(r.lines[at], r.lines[above]) || !holdsValue(r.lines[above]) || !keyLine.MatchString(r.lines[at]) {
		return false
	}
	if r.trials--; r.trials < 0 {
		return false
	}
	line := r.lines[above]
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	moved := indent + strings.TrimLeft(r.lines[at], " ")
	by := len(r.lines[at]) - len(moved)
	r.doc.move(at, 0, by)
	r.lines[at] = moved
	if r.toldAt(at + 1) {
		return true
	}
	f := r.doc.add("yaml-syntax", r.doc.src.whole(at+1), "", line, "this line is indented deeper than the one above, which already has its value",
		"indent it like the line above: lines that belong together begin in the same column")
	start, end := r.doc.src.line(at + 1)
	if strings.HasPrefix(string(r.doc.src.data[start:end]), strings.Repeat(" ", len(indent)+by)) {
		f.Fixes = r.doc.fix(start+len(indent), start+len(indent)+by, "")
	}
	return true
}

// move records that what stands on line i from a column on was written by
// columns further to the right.
func (r *reader) move(i, from, by int) {
	if by == 0 {
		return
	}
	if r.moved == nil {
		r.moved = map[int][]move{}
	}
	r.moved[i+1] = append(r.moved[i+1], move{from, by})
}

// toldAt reports whether something was said of a line already: one mistake is
// one finding.
func (r *recovery) toldAt(number int) bool {
	return slices.ContainsFunc(r.doc.told.Findings(), func(f finding.Finding) bool { return f.Line == number })
}

// mend tries to read line i differently, and reports whether it did.
func (r *recovery) mend(i int, how func(*recovery, int) (string, bool)) bool {
	if r.trials--; r.trials < 0 {
		return false
	}
	mended, ok := how(r, i)
	if ok {
		r.lines[i] = mended
	}
	return ok
}

// giveUp tells that a block cannot be read from line at on. Its key counts as
// there, so that it is not reported as missing as well.
func (r *recovery) giveUp(b block, at int, err error) {
	d := r.doc
	d.Broken = true
	field := ""
	if m := keyLine.FindStringSubmatch(r.lines[b.first]); m != nil && m[1] == "" {
		field = Pointer(m[2])
		d.Unread = append(d.Unread, field)
	}
	if r.toldAt(at+1) || r.unclosed(b) {
		return
	}
	message, hint := reason(err), "check the indentation, the brackets and the quotes of this line"
	switch m := keyLine.FindStringSubmatch(r.lines[at]); {
	case m == nil:
		message = noField
		if m := almost.FindStringSubmatch(r.lines[at]); m != nil {
			d.Unread = append(d.Unread, Pointer(strings.ToLower(m[1])))
		}
		hint = noFieldHint(r.lines[at], "text that belongs to the field above is indented further; a field has a colon and a space behind its name")
	case message == expectedKey:
		message = "this line is not indented like those it stands with"
		hint = "lines that belong together begin in the same column, and those that belong to nothing above them in the first"
		d.Unread = append(d.Unread, Pointer(m[2]))
	}
	d.add("yaml-syntax", d.src.whole(at+1), field, "", message, hint)
}

// wrongLine returns the first line (counting from 0) of b such that no
// beginning of b that includes it can be read.
func (r *recovery) wrongLine(b block, err error) int {
	if b.end-b.first > 300 {
		return min(max(b.first, b.first+reported(err, b.end-b.first)-1), b.end-1)
	}
	at := b.end - 1
	for ; at > b.first; at-- {
		if r.trials--; r.trials < 0 {
			return b.first
		}
		if _, err := r.parse(b.first, at); err == nil {
			break
		}
	}
	for at < b.end-1 && !says(r.lines[at]) {
		at++
	}
	return at
}

// unclosed reports whether b has a bracket or a quote that is never closed:
// then what follows may well be meant as a part of it.
func (r *recovery) unclosed(b block) bool {
	return slices.ContainsFunc(r.doc.told.Findings(), func(f finding.Finding) bool {
		return (f.Rule == "yaml-bracket" || f.Rule == "yaml-quote") && f.Line > b.first && f.Line <= b.end
	})
}

// parse parses lines first to end and puts every node on its line in the file.
func (r *recovery) parse(first, end int) (*yaml.Node, error) {
	doc, err := parse(strings.Join(r.lines[first:end], "\n") + "\n")
	if err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}, nil
	}
	shift(doc.Content[0], first)
	return doc.Content[0], nil
}

func shift(n *yaml.Node, lines int) {
	n.Line += lines
	for _, c := range n.Content {
		shift(c, lines)
	}
}

// above returns the nearest line before line i that says something, or -1.
func (r *recovery) above(i int) int {
	for i--; i >= 0 && !says(r.lines[i]); i-- {
	}
	return i
}

// keyLine takes a line apart: the list dashes, the key, the value.
var keyLine = regexp.MustCompile(`^[ \t]*((?:-[ \t]+)*)([A-Za-z_][\w.-]*):(?:[ \t]+(.*))?$`)

func deeper(a, b string) bool {
	return len(a)-len(strings.TrimLeft(a, " ")) > len(b)-len(strings.TrimLeft(b, " "))
}

func holdsValue(line string) bool {
	m := keyLine.FindStringSubmatch(line)
	return m != nil && strings.TrimSpace(m[3]) != ""
}

var parserLine = regexp.MustCompile(`line (\d+): `)

// reported returns the line the parser named, between 1 and last.
func reported(err error, last int) int {
	line := 1
	if m := parserLine.FindStringSubmatch(err.Error()); m != nil {
		line = 0
		for _, c := range m[1] {
			line = min(line*10+int(c-'0'), last)
		}
	}
	return min(max(line, 1), max(last, 1))
}

const expectedKey = "the name of a field was expected here"

// reason says in plain words what the parser says in its own.
func reason(err error) string {
	text := parserLine.ReplaceAllString(strings.TrimPrefix(err.Error(), "yaml: "), "")
	for _, say := range []struct{ parser, plain string }{
		{"mapping values are not allowed in this context", "a field cannot begin here"},
		{"block sequence entries are not allowed in this context", "a list cannot begin here: it begins on a line of its own"},
		{"did not find expected '-' indicator", "a list item, which begins with a dash, was expected here"},
		{"did not find expected key", expectedKey},
		{"could not find expected ':'", "a colon was expected here"},
		{"found unexpected end of stream", "a quote or a bracket is opened here and never closed"},
		{"found character that cannot start any token", "text cannot begin with this character: put it in quotes"},
		{"did not find expected ',' or", "a comma or the closing bracket is missing here"},
		{"did not find expected node content", "a value is missing here"},
		{"exceeded max depth", "values are nested too deeply here"},
		{"escape character", "a backslash cannot stand inside double quotes: use single quotes"},
		{"Unicode character escape", "a backslash cannot stand inside double quotes: use single quotes"},
	} {
		if strings.Contains(text, say.parser) {
			return say.plain
		}
	}
	return text
}
