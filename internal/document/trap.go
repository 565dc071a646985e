package document

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// tab tells of the first line that is indented with a tab; the file is likely
// full of them.
func (d *Document) tab(number, indent int) {
	for _, f := range d.Findings {
		if f.Rule == "yaml-tab" {
			return
		}
	}
	more := 0
	for _, l := range d.lines[number:] {
		if strings.Contains(l[:len(l)-len(strings.TrimLeft(l, " \t"))], "\t") {
			more++
		}
	}
	message := "this line is indented with a tab, which YAML does not allow"
	if more > 0 {
		message += fmt.Sprintf("; so are %d of those below", more)
	}
	d.add("yaml-tab", d.part(number, 0, indent), "", "\t", message, "indent with spaces, two for each level")
}

// glue looks at a line for a colon without a space behind it.
func glue(d *Document, line string, number int) (string, bool) {
	mended, ok := glued(line)
	if ok {
		d.add("yaml-colon", d.wholeLine(number), "", line, "there is no space after the colon", "write "+quote(mended))
	}
	return mended, ok
}

// trap looks at a line that the parser could not read for a mistake that
// people make who write YAML by hand. It tells of the mistake and returns the
// line as it can be read, with what follows in the same column; or it returns
// false where it does not know the mistake.
func trap(d *Document, line string, number int) (string, bool) {
	indent := len(line) - len(strings.TrimLeft(line, " \t"))
	if strings.Contains(line[:indent], "\t") {
		d.tab(number, indent)
		return strings.ReplaceAll(line[:indent], "\t", "  ") + line[indent:], true
	}
	if mended, ok := glue(d, line, number); ok {
		return mended, true
	}
	start := indent
	if m := keyLine.FindStringSubmatchIndex(line); m != nil {
		start = m[6]
		if start < 0 { // a key without a value
			return "", false
		}
	} else {
		for strings.HasPrefix(line[start:], "- ") {
			start += 2 + len(line[start+2:]) - len(strings.TrimLeft(line[start+2:], " "))
		}
		if start == indent {
			return "", false
		}
	}
	t := trapped{doc: d, line: line, number: number, start: start, end: len(strings.TrimRight(line, " \t"))}
	if t.start >= t.end {
		return "", false
	}
	for _, f := range []func() (string, bool){t.at, t.special, t.quotes, t.hash, t.question, t.brackets, t.colon} {
		if mended, ok := f(); ok {
			return mended, true
		}
	}
	return "", false
}

// trapped is a line with the value that the parser stumbled over.
type trapped struct {
	doc        *Document
	line       string
	number     int
	start, end int // of the value, in bytes
}

func (t trapped) value() string { return t.line[t.start:t.end] }

// tell reports the value, or the part of it from byte from to byte to.
func (t trapped) tell(rule string, from, to int, message, hint string) {
	if t.doc.full() {
		return
	}
	t.doc.add(rule, t.doc.part(t.number, t.start+from, t.start+to), "", t.value(), message, hint)
}

// asText is the line as it would be with its value in quotes.
func (t trapped) asText(value string) string {
	return quote(shorten(strings.TrimSpace(t.line[:t.start])+" "+strconv.Quote(value), 100))
}

// with returns the line with one byte of the value replaced.
func (t trapped) with(at int, by string) string {
	at += t.start
	return t.line[:at] + by + t.line[at+1:]
}

var atHandle = regexp.MustCompile(`(?:^|[\[,{:-]\s*)(@)([\w.-]*)`)

// at: a handle written as people mention it, @jane.
func (t trapped) at() (string, bool) {
	v := t.value()
	if v == "" || v[0] != '@' && v[0] != '[' && v[0] != '{' {
		return "", false
	}
	mended := t.line
	for _, m := range atHandle.FindAllStringSubmatchIndex(v, -1) {
		t.tell("yaml-at", m[2], m[5], fmt.Sprintf("%s begins with an @, which YAML does not allow", quote(v[m[2]:m[5]])),
			fmt.Sprintf("write the handle without it: %s; text that begins with @ goes in quotes", quote(v[m[4]:m[5]])))
		at := t.start + m[2]
		mended = mended[:at] + " " + mended[at+1:]
	}
	return mended, mended != t.line
}

// special: text that begins with a character that means something to YAML.
func (t trapped) special() (string, bool) {
	v := t.value()
	if v == "" || !strings.ContainsRune("`%*&!|>,]}?", rune(v[0])) && !strings.HasPrefix(v, "- ") {
		return "", false
	}
	t.tell("yaml-special", 0, len(v), fmt.Sprintf("text cannot begin with %s here: it means something to YAML", v[:1]),
		"put the text in quotes: "+t.asText(v))
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
		t.tell("yaml-quote", 0, len(v), "the quote that opens here is never closed", "close it: "+quote(shorten(strings.TrimSpace(t.line)+v[:1], 100)))
		return t.line[:t.start] + strings.NewReplacer(`"`, "_", `'`, "_", ": ", "; ", " #", " _").Replace(v), true
	case strings.TrimSpace(v[end:]) != "" && !strings.HasPrefix(strings.TrimSpace(v[end:]), "#"):
		whole := strings.NewReplacer(`"`, "'").Replace(v)
		t.tell("yaml-quote", len(v)-len(strings.TrimLeft(v[end:], " ")), len(v), "there is text behind the closing quote", "put all of it in one pair of quotes: "+t.asText(whole))
		return t.line[:t.start] + strings.NewReplacer(`"`, "_", `'`, "_", ": ", "; ", " #", " _").Replace(v), true
	case v[0] == '"' && strings.Contains(v, `\`):
		t.tell("yaml-quote", 0, len(v), "a backslash inside double quotes means something to YAML",
			"use single quotes: "+quote(strings.TrimSpace(t.line[:t.start])+" '"+v[1:end-1]+"'"))
		return t.line[:t.start] + strings.ReplaceAll(v, `\`, "_"), true
	}
	return "", false
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
	t.tell("yaml-hash", m[2], len(v), "everything from the # on is left out: YAML takes it for the beginning of a comment", "put the text with the # in quotes")
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
	t.tell("yaml-special", m[0], m[1], "a text with a ? inside brackets must be in quotes", "put it in quotes: "+quote("'"+shorten(v[m[0]:m[1]], 80)+"'"))
	return t.with(m[2], "_"), true
}

// brackets: a bracket that is never closed, closed twice, or meant as text.
func (t trapped) brackets() (string, bool) {
	v := t.value()
	if v == "" || v[0] != '[' && v[0] != '{' {
		return "", false
	}
	depth, end := 0, 0
	for i := 0; i < len(v) && end == 0; i++ {
		switch v[i] {
		case '[', '{':
			depth++
		case ']', '}':
			if depth--; depth == 0 {
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
		closer := map[byte]string{'[': "]", '{': "}"}[v[0]]
		t.tell("yaml-bracket", 0, 1, fmt.Sprintf("the %s that opens here is never closed", v[:1]), "close it: "+quote(shorten(t.line+closer, 100)))
		if m := innerColon.FindStringIndex(v); m != nil && v[0] == '{' {
			return "", false
		}
		return strings.TrimRight(t.line, " ,") + strings.Repeat(closer, depth), true
	case rest != "" && rest[0] != '#' && strings.Trim(rest, "]}") == "":
		t.tell("yaml-bracket", end, len(v), "there is a closing bracket too many", "delete it")
		return t.line[:t.start+end], true
	case rest != "" && rest[0] != '#':
		t.tell("yaml-special", 0, len(v), fmt.Sprintf("text cannot begin with %s here: it begins a list or a mapping", v[:1]),
			"put the text in quotes: "+t.asText(v))
		return t.line[:t.start] + strings.NewReplacer("[", "_", "]", "_", "{", "_", "}", "_", ": ", "; ", " #", " _").Replace(v), true
	}
	return "", false
}

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
		t.tell("yaml-colon", 0, len(v), "a colon followed by a space inside a text makes YAML see a key and a value",
			"put the text in quotes: "+t.asText(v))
		return t.line[:t.start] + strings.ReplaceAll(strings.TrimSuffix(v, ":")+suffix(v), ": ", "; "), true
	}
	if at < 0 {
		return "", false
	}
	t.tell("yaml-colon", at, at+1, "a colon followed by a space inside a text makes YAML see a key and a value",
		"put the text with the colon in quotes")
	return t.with(at, ";"), true
}

func suffix(v string) string {
	if strings.HasSuffix(v, ":") {
		return ";"
	}
	return ""
}

var gluedLine = regexp.MustCompile(`^([ \t]*(?:-[ \t]+)*[a-z_]+:)([^\s:/].*)$`)

// glued recognizes `key:value` and returns the line with its space.
func glued(line string) (string, bool) {
	m := gluedLine.FindStringSubmatch(line)
	if m == nil {
		return "", false
	}
	return m[1] + " " + strings.TrimLeft(m[2], "\u00a0\u3000"), true
}
