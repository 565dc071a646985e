package document

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/escalations-as-code/escalate/internal/edit"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/words"
)

// tab tells of the first line that is indented with a tab; the file is likely
// full of them.
func (r *recovery) tab(i int) {
	for _, f := range r.doc.told.Findings() {
		if f.Rule == "yaml-tab" {
			return
		}
	}
	var fixes []finding.Fix
	more := -1
	for j := i; j < len(r.lines); j++ {
		start, end := r.doc.src.line(j + 1)
		line := r.doc.src.data[start:end]
		indent := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
		if !bytes.Contains(indent, []byte("\t")) {
			continue
		}
		if more++; more < finding.Most {
			fixes = append(fixes, r.doc.fix(start, start+len(indent), strings.ReplaceAll(string(indent), "\t", "  "))...)
		}
	}
	message := "this line begins with a tab, and only spaces may stand there"
	if more > 0 {
		message += fmt.Sprintf("; so are %d of those below", more)
	}
	at := r.doc.src.place(r.doc.src.line(i + 1))
	if len(fixes) > 0 {
		at = r.doc.src.place(fixes[0].Start, fixes[0].End)
	}
	f := r.doc.add("yaml-tab", at, "", "\t", message, "indent with spaces, two for each level")
	if more < finding.Most {
		f.Fixes = fixes
	}
}

// glue looks at line i for a colon without a space behind it.
func glue(r *recovery, i int) (string, bool) {
	line := r.lines[i]
	key, value, ok := glued(line)
	if !ok {
		return "", false
	}
	mended := key + " " + value
	colon := utf8.RuneCountInString(key)
	f := r.doc.add("yaml-colon", r.doc.src.whole(i+1), "", line, "there is no space after the colon", "write "+quote(mended))
	f.Fixes = r.doc.fix(r.doc.at(i+1, colon), r.doc.at(i+1, colon), " ")
	r.doc.move(i, colon, -1)
	return mended, true
}

// keyless looks at line i for an entry of a list that lacks the key it begins with,
// though others of its fields stand below it.
func keyless(r *recovery, i int) (string, bool) {
	m := dashed.FindStringSubmatch(r.lines[i])
	if m == nil || keyLine.MatchString(r.lines[i]) {
		return "", false
	}
	entry, text := lists[r.keyAbove(i)], m[3]
	if entry == "" || text == "" || strings.ContainsRune("[{\"'|>&*!", rune(text[0])) {
		return "", false
	}
	if entry == "at" { // an update without a key is its text
		entry = "text"
	}
	head := m[1] + m[2]
	column := utf8.RuneCountInString(head)
	start := r.doc.at(i+1, column)
	_, end := r.doc.src.line(i + 1)
	put := entry + ": "
	f := r.doc.add("yaml-syntax", r.doc.src.place(start, end), "", text, "this entry does not begin with "+quote(entry+":"), "write "+quote(shorten("- "+put+edit.Text(text), 100)))
	f.Fixes = r.doc.fix(start, end, put+edit.Text(text))
	r.doc.move(i, column+len(put), -len(put))
	return head + put + strings.NewReplacer(": ", "; ", " #", " _").Replace(text), true
}

// trap looks at line i, which the parser could not read, for a mistake that
// people make who write YAML by hand. It tells of the mistake and returns the
// line as it can be read, with what follows in the same column; or it returns
// false where it does not know the mistake.
func trap(r *recovery, i int) (string, bool) {
	line := r.lines[i]
	indent := len(line) - len(strings.TrimLeft(line, " \t"))
	if tabs := strings.Count(line[:indent], "\t"); tabs > 0 {
		r.tab(i)
		r.doc.move(i, 0, -tabs)
		return strings.ReplaceAll(line[:indent], "\t", "  ") + line[indent:], true
	}
	if mended, ok := glue(r, i); ok {
		return mended, true
	}
	start, key := indent, ""
	if m := keyLine.FindStringSubmatchIndex(line); m != nil {
		start = m[6]
		if start < 0 { // a key without a value
			return "", false
		}
		key = line[m[4]:m[5]]
	} else {
		for strings.HasPrefix(line[start:], "- ") {
			start += 2 + len(line[start+2:]) - len(strings.TrimLeft(line[start+2:], " "))
		}
		if start == indent {
			return "", false
		}
		key = r.keyAbove(i)
	}
	t := trapped{recovery: r, line: line, i: i, key: key, start: start, end: len(strings.TrimRight(line, " \t"))}
	if t.start >= t.end {
		return "", false
	}
	for _, f := range []func() (string, bool){t.at, t.special, t.quotes, t.markdown, t.hash, t.question, t.brackets, t.colon} {
		if mended, ok := f(); ok {
			return mended, true
		}
	}
	return "", false
}

// keyAbove is the key of the list that line i is an entry of.
func (r *recovery) keyAbove(i int) string {
	for above := i - 1; above >= 0 && above > i-finding.Most; above-- {
		if m := keyLine.FindStringSubmatch(r.lines[above]); m != nil && m[1] == "" && !deeper(r.lines[above], r.lines[i]) {
			return m[2]
		}
	}
	return ""
}

// trapped is a line with the value that the parser stumbled over.
type trapped struct {
	*recovery
	line       string
	i          int
	key        string // the value's
	start, end int    // of the value, in bytes of the line as it is mended by now
}

func (t trapped) value() string { return t.line[t.start:t.end] }

// span is the part of the value from byte from to byte to, in the file as it was
// written.
func (t trapped) span(from, to int) (start, end int) {
	column := utf8.RuneCountInString(t.line[:t.start+from])
	width := utf8.RuneCountInString(t.line[t.start+from : t.start+to])
	return t.doc.at(t.i+1, column), t.doc.at(t.i+1, column+width)
}

// tell reports the value, or the part of it from byte from to byte to.
func (t trapped) tell(rule string, from, to int, message, hint string) *finding.Finding {
	return t.doc.add(rule, t.doc.src.place(t.span(from, to)), "", t.value(), message, hint)
}

// inQuotes says how a part of the value becomes text by quotes around it. The
// value must end on its line.
func (t trapped) inQuotes(from, to int) []finding.Fix {
	if t.goesOn() {
		return nil
	}
	return t.doc.quoted(t.span(from, to))
}

// rewritten says how a part of the value becomes another text.
func (t trapped) rewritten(from, to int, text string) []finding.Fix {
	if t.goesOn() {
		return nil
	}
	start, end := t.span(from, to)
	return t.doc.fix(start, end, text)
}

// goesOn reports whether the lines below seem to belong to the value.
func (t trapped) goesOn() bool {
	for below := t.i + 1; below < len(t.lines); below++ {
		if says(t.lines[below]) {
			return deeper(t.lines[below], t.line) && !(strings.HasPrefix(strings.TrimLeft(t.line, " "), "- ") && keyLine.MatchString(t.lines[below]))
		}
	}
	return false
}

// textEnd is where the value ends without a comment behind it.
func (t trapped) textEnd() int {
	v := t.value()
	if at := strings.Index(v, " # "); at >= 0 {
		return len(strings.TrimRight(v[:at], " "))
	}
	return len(v)
}

// item is the entry of a list or a mapping in brackets that holds byte at of the
// value, and its key where it has one.
func (t trapped) item(at int) (from, to int, key string) {
	v := t.value()
	from, to = strings.LastIndexAny(v[:at], ",[{")+1, len(v)
	if i := strings.IndexAny(v[at:], ",]}"); i >= 0 {
		to = at + i
	}
	if m := itemKey.FindStringSubmatch(v[from:to]); m != nil {
		from, key = from+len(m[0]), m[1]
	}
	from += len(v[from:to]) - len(strings.TrimLeft(v[from:to], " "))
	return from, from + len(strings.TrimRight(v[from:to], " ")), key
}

var itemKey = regexp.MustCompile(`^ *([a-z_]+):(?: +|$)`)

// asText is the line as it would be with its value in quotes.
func (t trapped) asText(value string) string {
	return quote(shorten(strings.TrimSpace(t.line[:t.start])+" "+edit.Quote(value), 100))
}

// with returns the line with one byte of the value replaced.
func (t trapped) with(at int, by string) string {
	at += t.start
	return t.line[:at] + by + t.line[at+1:]
}

// handles are the keys whose values are handles of people: there an @ is too
// much, elsewhere it is text.
var handles = map[string]bool{
	"account_executive": true, "attendees": true, "by": true, "cse": true, "csm": true, "dri": true, "fyi": true,
	"manager": true, "owner": true, "team": true, "triage": true,
}

// IsHandle reports whether a key's value is the handle of a person, or a list
// of them.
func IsHandle(key string) bool { return handles[key] }

var atHandle = regexp.MustCompile(`(?:^|[\[,{:-]\s*)(@)([\p{L}\p{N}_.-]*)`)

// at: a handle written as people mention it, @jane.
func (t trapped) at() (string, bool) {
	v := t.value()
	if v == "" || v[0] != '@' && v[0] != '[' && v[0] != '{' {
		return "", false
	}
	mended := []byte(t.line)
	found := atHandle.FindAllStringSubmatchIndex(v, -1)
	for _, m := range found {
		mended[t.start+m[2]] = ' '
		if t.doc.told.Full() {
			continue
		}
		f := t.tell("yaml-at", m[2], m[5], fmt.Sprintf("%s begins with an @, which is too much here", quote(v[m[2]:m[5]])),
			fmt.Sprintf("write the handle without it: %s; text that begins with @ goes in quotes", quote(v[m[4]:m[5]])))
		from, to, key := m[2], 0, t.key
		if v[0] == '@' {
			to = t.textEnd()
		} else if begin, end, own := t.item(m[2]); begin == m[2] {
			to = end
			if own != "" {
				key = own
			}
		}
		switch {
		case to == 0:
		case handles[key] && to == m[5] && m[4] < m[5]:
			f.Fixes = t.rewritten(from, to, edit.FlowText(v[m[4]:m[5]]))
		case !handles[key]:
			f.Fixes = t.inQuotes(from, to)
		}
	}
	return string(mended), len(found) > 0
}

// special: text that begins with a character that means something to YAML.
func (t trapped) special() (string, bool) {
	v := t.value()
	if v == "" || !strings.ContainsRune("`%*&!|>,]}?", rune(v[0])) && !strings.HasPrefix(v, "- ") {
		return "", false
	}
	f := t.tell("yaml-special", 0, len(v), fmt.Sprintf("a text cannot begin with %s unless it is in quotes", v[:1]),
		"put the text in quotes: "+t.asText(v))
	if !strings.ContainsRune("|>-", rune(v[0])) { // a text below the line, or a list, may be meant
		f.Fixes = t.inQuotes(0, t.textEnd())
	}
	return t.with(0, "_"), true
}

// quotes: text behind a closing quote, or a quote that is never closed.
func (t trapped) quotes() (string, bool) {
	v := t.value()
	if v == "" || v[0] != '"' && v[0] != '\'' {
		return "", false
	}
	end := closing(v)
	switch {
	case end == 0:
		f := t.tell("yaml-quote", 0, len(v), "the quote that opens here is never closed", "close it: "+quote(shorten(strings.TrimSpace(t.line)+v[:1], 100)))
		if closing(v+v[:1]) == len(v)+1 {
			f.Fixes = t.rewritten(len(v), len(v), v[:1])
		}
		return t.line[:t.start] + strings.NewReplacer(`"`, "_", `'`, "_", ": ", "; ", " #", " _").Replace(v), true
	case strings.TrimSpace(v[end:]) != "" && !strings.HasPrefix(strings.TrimSpace(v[end:]), "#"):
		whole := v[:t.textEnd()]
		inside := strings.Trim(whole, v[:1])
		isOuter := len(inside) == len(whole)-2 && strings.Count(inside, v[:1]) == 1 // as in 'it's down'
		if isOuter {
			whole = inside
		}
		f := t.tell("yaml-quote", len(v)-len(strings.TrimLeft(v[end:], " ")), len(v), "there is text behind the closing quote", "put all of it in one pair of quotes: "+t.asText(whole))
		if isOuter || !strings.HasSuffix(whole, v[:1]) {
			f.Fixes = t.rewritten(0, t.textEnd(), edit.Quote(whole))
		}
		return t.line[:t.start] + strings.NewReplacer(`"`, "_", `'`, "_", ": ", "; ", " #", " _").Replace(v), true
	case v[0] == '"' && strings.Contains(v, `\`):
		f := t.tell("yaml-quote", 0, len(v), "a backslash cannot stand inside double quotes",
			"use single quotes: "+quote(strings.TrimSpace(t.line[:t.start])+" '"+v[1:end-1]+"'"))
		if !strings.Contains(v, `\"`) && !strings.Contains(v, `\\`) {
			f.Fixes = t.rewritten(0, end, edit.Quote(v[1:end-1]))
		}
		return t.line[:t.start] + strings.ReplaceAll(v, `\`, "_"), true
	}
	return "", false
}

var markdownLink = regexp.MustCompile(`\[[^\[\]]*\]\((https?://[^\s()]+)\)`)

// lastKey is the key of what stands behind a part of a value in brackets.
var lastKey = regexp.MustCompile(`([a-z_]+): *\[?[^:{}]*$`)

// links are the keys whose values are links, or lists of them.
var links = map[string]bool{
	"agreement": true, "asked": true, "business_case": true, "case": true, "collaboration_project": true, "cse_help_case": true, "issues": true,
	"link": true, "meeting_notes": true, "pattern_issue": true, "tickets": true, "url": true,
}

// IsLink reports whether a key's value is a link, or a list of them.
func IsLink(key string) bool { return links[key] }

// markdown: a link as Markdown writes it, where a link belongs.
func (t trapped) markdown() (string, bool) {
	v := t.value()
	m := markdownLink.FindStringSubmatchIndex(v)
	if m == nil || v[0] != '[' && v[0] != '{' {
		return "", false
	}
	key := t.key
	if m[0] > 0 {
		if own := lastKey.FindStringSubmatch(v[:m[0]]); own != nil {
			key = own[1]
		}
	}
	if !links[key] || m[0] == 0 && m[1] != len(v[:t.textEnd()]) {
		return "", false
	}
	address := v[m[2]:m[3]]
	f := t.tell("yaml-special", m[0], m[1], "this is a link as Markdown writes it, with a text in brackets before it", "write the address alone: "+quote(shorten(address, 100)))
	f.Fixes = t.rewritten(m[0], m[1], address)
	column := utf8.RuneCountInString(t.line[:t.start+m[0]])
	t.doc.move(t.i, column, utf8.RuneCountInString(v[m[0]:m[2]]))
	t.doc.move(t.i, column+utf8.RuneCountInString(address), utf8.RuneCountInString(v[m[3]:m[1]]))
	return t.line[:t.start+m[0]] + address + t.line[t.start+m[1]:], true
}

var hashInside = regexp.MustCompile(`[\s\[{,](#)[^\s#]`)

// hash: a # inside brackets, which hides the rest of the line.
func (t trapped) hash() (string, bool) {
	v := t.value()
	if v == "" || v[0] != '[' && v[0] != '{' {
		return "", false
	}
	m := hashInside.FindStringSubmatchIndex(v)
	if m == nil {
		return "", false
	}
	f := t.tell("yaml-hash", m[2], len(v), "everything from the # on is left out: it counts as a note beside the text", "put the text with the # in quotes")
	if from, to, _ := t.item(m[2]); !strings.ContainsAny(v[from:to], `"'`) {
		f.Fixes = t.inQuotes(from, to)
	}
	return t.with(m[2], "_"), true
}

var questionInside = regexp.MustCompile(`[^\s\[{,"']*[^\s"'](\?)[^,\]}]*`)

// question: a ? inside brackets, which this parser takes for the beginning of
// a key. It stands in many links.
func (t trapped) question() (string, bool) {
	v := t.value()
	if v == "" || v[0] != '[' && v[0] != '{' || !strings.Contains(v, "?") {
		return "", false
	}
	m := questionInside.FindStringSubmatchIndex(v)
	if m == nil {
		return "", false
	}
	f := t.tell("yaml-special", m[0], m[1], "a text with a ? inside brackets must be in quotes", "put it in quotes: "+quote("'"+shorten(v[m[0]:m[1]], 80)+"'"))
	if from, to, _ := t.item(m[2]); !strings.ContainsAny(v[from:to], `"'`) {
		f.Fixes = t.inQuotes(from, to)
	}
	return t.with(m[2], "_"), true
}

// brackets: a bracket that is never closed, closed twice, or meant as text.
func (t trapped) brackets() (string, bool) {
	v := t.value()
	if v == "" || v[0] != '[' && v[0] != '{' {
		return "", false
	}
	end := 0
	var open []byte
	for i := 0; i < len(v) && end == 0; i++ {
		switch v[i] {
		case '[', '{':
			open = append(open, v[i])
		case ']', '}':
			if open = open[:len(open)-1]; len(open) == 0 {
				end = i + 1
			}
		case '"', '\'':
			if n := closing(v[i:]); n > 0 && strings.ContainsRune("[{,: ", rune(v[i-1])) {
				i += n - 1
			}
		}
	}
	switch rest := strings.TrimSpace(v[end:]); {
	case end == 0:
		closer := closerOf[v[0]]
		f := t.tell("yaml-bracket", 0, 1, fmt.Sprintf("the %s that opens here is never closed", v[:1]), "close it: "+quote(shorten(t.line+closer, 100)))
		if len(open) < 10 && !strings.Contains(v, " #") && !strings.HasSuffix(v, ",") {
			closers := ""
			for _, c := range open {
				closers = closerOf[c] + closers
			}
			f.Fixes = t.rewritten(len(v), len(v), closers)
		}
		if m := innerColon.FindStringIndex(v); m != nil && v[0] == '{' {
			return "", false
		}
		return strings.TrimRight(t.line, " ,") + strings.Repeat(closer, len(open)), true
	case rest != "" && rest[0] != '#' && strings.Trim(rest, "]}") == "":
		f := t.tell("yaml-bracket", end, len(v), "there is a closing bracket too many", "delete it")
		f.Fixes = t.rewritten(end, len(v), "")
		return t.line[:t.start+end], true
	case rest != "" && rest[0] != '#':
		f := t.tell("yaml-special", 0, len(v), fmt.Sprintf("a text cannot begin with %s unless it is in quotes", v[:1]),
			"put the text in quotes: "+t.asText(v))
		f.Fixes = t.inQuotes(0, t.textEnd())
		return t.line[:t.start] + strings.NewReplacer("[", "_", "]", "_", "{", "_", "}", "_", ": ", "; ", " #", " _").Replace(v), true
	}
	return "", false
}

// closerOf is the bracket that closes another.
var closerOf = map[byte]string{'[': "]", '{': "}"}

// innerColon is a colon inside a value of a flow mapping: {a: b: c}.
var innerColon = regexp.MustCompile(`:\s+[^,:{}\[\]"']*(:)\s`)

// colon: a colon and a space inside plain text, which YAML takes for a key and
// its value.
func (t trapped) colon() (string, bool) {
	v := t.value()
	at := -1
	switch {
	case v == "" || v[0] == '"' || v[0] == '\'':
	case v[0] == '{' || v[0] == '[':
		if m := innerColon.FindStringSubmatchIndex(v); m != nil {
			at = m[2]
		}
	default:
		at = strings.Index(v, ": ")
		if at < 0 && strings.HasSuffix(v, ":") {
			at = len(v) - 1
		}
		if at < 0 {
			return "", false
		}
		f := t.tell("yaml-colon", 0, len(v), colonInText, "put the text in quotes: "+t.asText(v))
		if fill := words.ToFillIn(v); fill != "" {
			f.Message, f.Hint = quote(fill)+" is the template's and is to be filled in", "write what there is to say, in quotes if it has a colon"
		} else {
			f.Fixes = t.inQuotes(0, t.textEnd())
		}
		return t.line[:t.start] + strings.ReplaceAll(strings.TrimSuffix(v, ":")+suffix(v), ": ", "; "), true
	}
	if at < 0 {
		return "", false
	}
	f := t.tell("yaml-colon", at, at+1, colonInText,
		"put the text with the colon in quotes")
	if from, to, key := t.item(at); key != "" && from < to {
		f.Fixes = t.inQuotes(from, to)
	}
	return t.with(at, ";"), true
}

// colonInText tells of a text that YAML takes for a field with its value.
const colonInText = "this text has a colon with a space behind it, as the name of a field has"

func suffix(v string) string {
	if strings.HasSuffix(v, ":") {
		return ";"
	}
	return ""
}

var gluedLine = regexp.MustCompile(`^([ \t]*(?:-[ \t]+)*[a-z_]+:)([^\s:/].*)$`)

// glued recognizes `key:value` and returns the key with its colon, and the
// value.
func glued(line string) (key, value string, ok bool) {
	m := gluedLine.FindStringSubmatch(line)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}
