package document

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/edit"
	"github.com/escalations-as-code/escalate/internal/finding"
)

// rtf begins what a word processor keeps of a text.
const rtf = `{\rtf`

// pastedRTF finds where such a piece begins a line or a value: within a sentence it is
// only quoted.
var pastedRTF = regexp.MustCompile(`(?m)^[ \t]*(?:-[ \t]+)*(?:[A-Za-z_][\w.-]*:[ \t]*)?["']?(\{\\rtf\d?\\)`)

// wordProcessor tells of a piece that was copied from a word processor, from a byte
// of the text on. Where it ends nobody knows, so that nothing of the file is read.
func (r *reader) wordProcessor(i int) {
	r.Broken = true
	start := i + len(r.src.data) - len(r.text)
	line, _, _ := strings.Cut(r.text[i:], "\n")
	r.add("yaml-encoding", r.src.place(start, start+len(strings.TrimRight(line, "\r"))), "", line, "from here on stands what a word processor keeps of a text (RTF), and not the text itself",
		"delete it, and paste the text again as plain text: most programs offer that as \"Paste and match style\" or \"Paste without formatting\"")
}

// foreign recognizes a file that is no text, but what a program saved for itself.
func foreign(data []byte) (what string) {
	head := strings.ToLower(string(bytes.TrimLeft(data[:min(len(data), 512)], " \t\r\n")))
	for _, kind := range []struct{ begins, what string }{
		{rtf, "a document of a word processor (RTF)"},
		{"pk\x03\x04", "a document of an office program, or an archive"},
		{"%pdf-", "a PDF"},
		{"<!doctype html", "a web page"},
		{"<html", "a web page"},
		{"\xd0\xcf\x11\xe0", "a document of an office program"},
	} {
		if strings.HasPrefix(head, kind.begins) {
			return kind.what
		}
	}
	return ""
}

// The blanks that people cannot tell from a space, and the characters that they do
// not see at all. Within a text they do no harm; to YAML they are no space.
const (
	oddBlanks = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
	noWidth   = "\u00ad\u200b\u200c\u200d\u2060"
	blank     = "[ \t" + oddBlanks + noWidth + "]"
)

// bullets are the characters that documents put before the entries of a list.
const bullets = "•‣▪▫◦●○■□∙·–—―−‒➢➤►✓✔"

var (
	// keyed takes a line apart into the blanks that are no part of a text and what
	// stands between them.
	keyed   = regexp.MustCompile(`^(` + blank + `*)((?:-` + blank + `+)*)([A-Za-z_][\w.-]*)(` + blank + `*)(:)(` + blank + `*)(.*?)(` + blank + `*)$`)
	dashed  = regexp.MustCompile(`^(` + blank + `*)((?:-` + blank + `+)+)(.*?)(` + blank + `*)$`)
	indents = regexp.MustCompile(`^(` + blank + `*)(.*)$`)
	bullet  = regexp.MustCompile(`^( *)([` + bullets + `]|[*+](?: )|(?:\d{1,2}|[a-z])[.)](?: )|-([^\s-]))[ \t` + oddBlanks + noWidth + `]*(.*)$`)
	opening = regexp.MustCompile(`[:-] +[|>][-+0-9]*\s*(?:#.*)?$`)
	fence   = regexp.MustCompile("^(?:```|~~~)\\w*\\s*$")
)

// lists are the keys whose values are lists, with the key that an entry begins
// with where it is made of fields.
var lists = map[string]string{
	"exit_criteria": "criterion", "next_steps": "step", "updates": "at",
	"attendees": "", "countries": "", "dates": "", "days": "", "except": "", "fyi": "", "informs": "", "issues": "", "may": "", "merge": "", "product_dri": "", "related": "", "review": "", "roles": "", "sentiments": "",
	"skills": "", "team": "", "tickets": "", "to": "", "triage": "",
}

// IsList reports whether a key's value is a list.
func IsList(key string) bool { _, is := lists[key]; return is }

// cleanPasted mends what comes along with text that is pasted from a document or a
// chat: blanks that are none to YAML, bullets, and the lines around a block of code.
// It tells of each kind once, where it first stands.
func (r *reader) cleanPasted() {
	lines := r.split()
	within := texts(lines)
	r.blanks(lines, within)
	r.fences(lines, within)
	r.bullets(lines, within)
	r.rejoin(lines)
}

// pasted reports whether a text may have something for cleanPasted.
func pasted(text string) bool {
	return strings.ContainsAny(text, oddBlanks+noWidth+bullets) || strings.Contains(text, "```") || strings.Contains(text, "~~~") || hasBullet(text)
}

// hasBullet reports whether a line may begin with what documents write before the
// entries of a list: `* `, `+ `, `1. `, `a) `, or a dash without a blank. It reads every
// file there is: a regular expression took a quarter of the time of reading one.
func hasBullet(text string) bool {
	for line := range strings.Lines(text) {
		line = strings.TrimLeft(line, " ")
		if len(line) < 2 {
			continue
		}
		switch c := line[0]; {
		case c == '*', c == '+':
			if line[1] == ' ' {
				return true
			}
			continue
		case c == '-':
			if !strings.ContainsRune("-\t\n\f\r ", rune(line[1])) {
				return true
			}
			continue
		case isDigit(c) && isDigit(line[1]):
			line = line[2:]
		case isDigit(c), 'a' <= c && c <= 'z':
			line = line[1:]
		default:
			continue
		}
		if strings.HasPrefix(line, ". ") || strings.HasPrefix(line, ") ") {
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// texts reports of each line whether it is part of a text that begins above it:
// below a | or a >, or in quotes. There a blank or a bullet is only text.
func texts(lines []string) []bool {
	within := make([]bool, len(lines))
	deep := -1 // the column of the key that the text belongs to
	for i, l := range lines {
		m := indents.FindStringSubmatch(l)
		indent := utf8.RuneCountInString(m[1])
		if deep >= 0 && (m[2] == "" || indent > deep) {
			within[i] = true
			continue
		}
		deep = -1
		v := keyed.FindStringSubmatch(l)
		switch {
		case v != nil && (opening.MatchString(strings.Map(spaced, l)) || v[7] != "" && (v[7][0] == '"' || v[7][0] == '\'') && closing(v[7]) == 0):
			deep = indent + utf8.RuneCountInString(v[2])
		case opening.MatchString(l):
			deep = indent
		}
	}
	return within
}

// spaced makes a space of a blank that is none.
func spaced(c rune) rune {
	if strings.ContainsRune(oddBlanks, c) {
		return ' '
	}
	return c
}

// blanks puts spaces in the place of blanks that only look like them, where they
// are no part of a text: before a key, behind a colon, around what is in brackets.
func (r *reader) blanks(lines []string, within []bool) {
	var fixes []finding.Fix
	count, char, rule := 0, rune(0), "yaml-encoding"
	for i, l := range lines {
		if !strings.ContainsAny(l, oddBlanks+noWidth) {
			continue
		}
		odd := oddIn(l, within[i])
		if len(odd) == 0 {
			continue
		}
		if count++; char == 0 {
			char, _ = utf8.DecodeRuneInString(l[odd[0].from:])
			if keyed.MatchString(l) && strings.HasSuffix(l[:odd[0].from], ":") {
				rule = "yaml-colon"
			}
		}
		var mended strings.Builder
		at, column := 0, 0
		start, _ := r.src.line(i + 1)
		for _, run := range odd {
			begin := start + width(r.src.data[start:], utf8.RuneCountInString(l[at:run.from]))
			start = begin + width(r.src.data[begin:], utf8.RuneCountInString(l[run.from:run.to]))
			put := spaces(l[run.from:run.to])
			if len(fixes) <= finding.Most {
				fixes = append(fixes, r.fix(begin, start, put)...)
			}
			mended.WriteString(l[at:run.from] + put)
			column += utf8.RuneCountInString(l[at:run.from]) + len(put)
			r.move(i, column, utf8.RuneCountInString(l[run.from:run.to])-len(put))
			at = run.to
		}
		lines[i] = mended.String() + l[at:]
	}
	if count == 0 {
		return
	}
	message := fmt.Sprintf("there is a blank here that only looks like a space (U+%04X)", char)
	if strings.ContainsRune(noWidth, char) {
		message = fmt.Sprintf("there is a blank here that has no width, so that nobody sees it (U+%04X)", char)
	}
	if count > 1 {
		message += fmt.Sprintf("; so there is on %d of the lines below", count-1)
	}
	f := r.add(rule, r.src.place(fixes[0].Start, fixes[0].End), "", string(char), message, "delete the blank and, where there is to be one, type it again with the space bar")
	if len(fixes) <= finding.Most {
		f.Fixes = fixes
	}
}

// width is how many bytes so many characters take.
func width(data []byte, n int) int {
	at := 0
	for ; n > 0 && at < len(data); n-- {
		_, size := utf8.DecodeRune(data[at:])
		at += size
	}
	return at
}

// spaces is what stands in the place of a run of odd blanks: a space for each that
// has a width.
func spaces(run string) string {
	n := 0
	for _, c := range run {
		if strings.ContainsRune(oddBlanks, c) {
			n++
		}
	}
	return strings.Repeat(" ", n)
}

// run is a part of a line, in bytes.
type run struct{ from, to int }

// oddIn returns where a line has blanks that are no spaces and no part of a text.
func oddIn(l string, isText bool) []run {
	var found []run
	odd := func(at int, c rune) {
		switch n := len(found); {
		case n > 0 && found[n-1].to == at:
			found[n-1].to += utf8.RuneLen(c)
		case n < finding.Most:
			found = append(found, run{at, at + utf8.RuneLen(c)})
		}
	}
	in := func(from, to int) {
		for i, c := range l[from:to] {
			if strings.ContainsRune(oddBlanks+noWidth, c) {
				odd(from+i, c)
			}
		}
	}
	m := keyed.FindStringSubmatchIndex(l)
	switch {
	case isText:
		if m := indents.FindStringSubmatchIndex(l); strings.Trim(l[:m[3]], oddBlanks) == "" { // nothing else indents it
			in(m[2], m[3])
		}
		return found
	case m != nil:
		for _, group := range []int{1, 2, 4, 6} {
			in(m[2*group], m[2*group+1])
		}
		around(l, m[14], m[15], odd)
		in(m[16], m[17])
		return found
	}
	if m = dashed.FindStringSubmatchIndex(l); m != nil {
		in(m[2], m[3])
		in(m[4], m[5])
		around(l, m[6], m[7], odd)
		return found
	}
	m = indents.FindStringSubmatchIndex(l)
	in(m[2], m[3])
	return found
}

// around tells of the blanks that are no spaces beside the brackets, commas and
// colons of a value in brackets.
func around(l string, from, to int, odd func(at int, c rune)) {
	if from == to || l[from] != '[' && l[from] != '{' {
		return
	}
	quote, before := rune(0), ' '
	var run []int // where the blanks stand that are looked at
	for i, c := range l[from:to] {
		switch {
		case strings.ContainsRune(" "+oddBlanks+noWidth, c) && quote == 0:
			run = append(run, from+i)
			continue
		case strings.ContainsRune("[{,:", before) || strings.ContainsRune("]},:", c):
			for _, at := range run {
				if c, _ := utf8.DecodeRuneInString(l[at:]); c != ' ' {
					odd(at, c)
				}
			}
		}
		run = run[:0]
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
		before = c
	}
}

// fences leaves out the lines that begin and end a block of code in Markdown.
func (r *reader) fences(lines []string, within []bool) {
	var f *finding.Finding
	for i, l := range lines {
		if within[i] || !fence.MatchString(l) {
			continue
		}
		if f == nil {
			f = r.add("yaml-special", r.src.whole(i+1), "", l, "this line begins or ends a block of code in a chat or a document, and is no part of the file", "delete it, and the one at the other end of the block")
		}
		if len(f.Fixes) < finding.Most {
			start, _ := r.src.line(i + 1)
			end, _ := r.src.line(i + 2)
			f.Fixes = append(f.Fixes, r.fix(start, end, "")...)
		}
		lines[i] = ""
	}
}

// bullets puts a dash in the place of the bullets and numbers that documents have
// before the entries of a list.
func (r *reader) bullets(lines []string, within []bool) {
	var first *finding.Finding
	var fixes []finding.Fix
	more := 0
	for i, l := range lines {
		m := bullet.FindStringSubmatchIndex(l)
		if m == nil || within[i] {
			continue
		}
		list, ok := listAbove(lines, within, i)
		if !ok {
			continue
		}
		mark, behind := strings.TrimRight(l[m[4]:m[5]], " "), m[8]
		if m[6] >= 0 { // a dash without its space
			mark, behind = "-", m[6]
		}
		rest := l[behind:]
		put := "- "
		if entry := lists[list]; entry == "criterion" && !keyed.MatchString(rest) && edit.Text(rest) == rest {
			put += entry + ": "
		}
		indent := utf8.RuneCountInString(l[:m[4]])
		start, end := r.at(i+1, indent), r.at(i+1, utf8.RuneCountInString(l[:behind]))
		if first == nil {
			message := fmt.Sprintf("this entry begins with %s, where the entries of a list begin with a dash and a space", quote(mark))
			if mark == "-" {
				message = "there is no space behind the dash"
			}
			_, stop := r.src.line(i + 1)
			first = r.add("yaml-bullet", r.src.place(start, stop), "", mark, message, "write "+quote(shorten(put+rest, 100)))
		} else {
			more++
		}
		if len(fixes) <= finding.Most {
			fixes = append(fixes, r.fix(start, end, put)...)
		}
		mended := l[:m[4]] + put + rest
		r.move(i, indent, utf8.RuneCountInString(l[:behind])-utf8.RuneCountInString(l[:m[4]]+put))
		lines[i] = mended
	}
	if first == nil {
		return
	}
	if more > 0 {
		first.Message += fmt.Sprintf("; so do %d of those below", more)
	}
	if len(fixes) <= finding.Most {
		first.Fixes = fixes
	}
}

// listAbove returns the key of the list that line i is an entry of, if it is one:
// a key without a value above it, with other entries between.
func listAbove(lines []string, within []bool, i int) (key string, ok bool) {
	indent := func(l string) int { return len(l) - len(strings.TrimLeft(l, " ")) }
	at := indent(lines[i])
	for j := i - 1; j >= 0 && j > i-finding.Most; j-- {
		l := lines[j]
		if within[j] || !says(l) || indent(l) > at {
			continue
		}
		m := keyLine.FindStringSubmatch(l)
		switch {
		case strings.HasPrefix(strings.TrimLeft(l, " "), "- ") && indent(l) == at:
			continue
		case m == nil:
			return "", false
		}
		value := strings.TrimSpace(m[3])
		return m[2], (value == "" || value[0] == '#') && IsList(m[2])
	}
	return "", false
}
