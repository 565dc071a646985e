package shape

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/edit"
	"github.com/escalations-as-code/escalate/internal/finding"
	"github.com/escalations-as-code/escalate/internal/nearest"
	"github.com/escalations-as-code/escalate/schema"
)

// Fixes says how to mend the fault in its document, where exactly one answer is
// right. What Say hints at may be right in other ways, too.
func (f Fault) Fixes(doc *document.Document) []finding.Fix {
	want := texts(f.want)
	switch f.Keyword {
	case "additionalProperties":
		return f.fixKey()
	case "enum":
		return put(doc, f.Pointer, nearest.Only(f.source, want))
	case "type":
		return f.fixType(doc, want)
	case "pattern", "format":
		text, isBare := f.formed()
		if text == "" || !f.fits(text) {
			return nil
		}
		if isBare {
			return doc.PutBare(f.Pointer, text)
		}
		return doc.Put(f.Pointer, text)
	case "uniqueItems":
		return f.fixRepeated(doc)
	}
	return nil
}

// put writes a text in the place of a value; none where it is empty.
func put(doc *document.Document, pointer, text string) []finding.Fix {
	if text == "" {
		return nil
	}
	return doc.Put(pointer, text)
}

// fixKey writes a misspelt key as the one that was surely meant.
func (f Fault) fixKey() []finding.Fix {
	_, value, isGlued := strings.Cut(f.source, ":")
	switch {
	case f.surely == "":
		return nil
	case isGlued:
		at := f.place.Span // of the whole; the space goes behind the colon
		before := len(f.surely) + 1
		if !gluedValue.MatchString(value) || at.End-at.Start != len(f.source) {
			return nil
		}
		at.Start += before
		at.Column += before
		at.End, at.EndLine, at.EndColumn = at.Start, at.Line, at.Column
		return []finding.Fix{{Span: at, Text: " "}}
	}
	return []finding.Fix{{Span: f.place.Span, Text: f.surely}}
}

// gluedValue is what can be told from its key by a space.
var gluedValue = regexp.MustCompile(`^[A-Za-z0-9]([^ #]*[^ #:])?$`)

func (f Fault) fixType(doc *document.Document, want []string) []finding.Fix {
	_, isMap := f.Value.(map[string]any)
	items, isList := f.Value.([]any)
	switch {
	case slices.Contains(want, "string"):
		switch {
		case f.IsColon():
			return doc.Quoted(f.Pointer)
		case isMap:
			return nil
		case isList:
			if one, isText := only(items); isText && f.fits(one) {
				return doc.Put(f.Pointer, one)
			}
			return nil
		case f.field["enum"] != nil:
			return put(doc, f.Pointer, nearest.Only(f.source, texts(f.field["enum"])))
		case f.field["pattern"] != schema.Text("").JSONSchema().Pattern:
			f.Keyword = "pattern"
			return f.Fixes(doc)
		}
		return doc.Quoted(f.Pointer)
	case slices.Contains(want, "boolean"):
		answer := map[string]string{
			"true": "true", "yes": "true", "y": "true", "on": "true", "1": "true",
			"false": "false", "no": "false", "n": "false", "off": "false", "0": "false",
		}[strings.ToLower(f.source)]
		if answer == "" {
			return nil
		}
		return doc.PutBare(f.Pointer, answer)
	case slices.Contains(want, "integer"):
		if f.tag == "!!str" && wholeNumber.MatchString(f.source) {
			return doc.PutBare(f.Pointer, f.source)
		}
	case slices.Contains(want, "array"):
		if f.source != "" && !isMap && f.tag == "!!str" && !strings.ContainsAny(f.source, ",;\n") {
			return doc.PutBare(f.Pointer, "["+edit.FlowText(f.source)+"]")
		}
	}
	return nil
}

var wholeNumber = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})$`)

// only returns the one text that a list holds.
func only(items []any) (text string, ok bool) {
	if len(items) != 1 {
		return "", false
	}
	text, ok = items[0].(string)
	return text, ok
}

// fixRepeated deletes the entries of a list that stand there before as well.
func (f Fault) fixRepeated(doc *document.Document) []finding.Fix {
	items, _ := f.Value.([]any)
	var fixes []finding.Fix
	seen := map[string]bool{}
	for i, item := range items {
		text, isText := item.(string)
		if !isText || len(fixes) > finding.Most {
			return nil
		}
		if seen[text] {
			fixes = append(fixes, doc.Delete(f.Pointer+document.Pointer(fmt.Sprint(i)))...)
		}
		seen[text] = true
	}
	return fixes
}

// fits reports whether a text has the form that its field wants.
func (f Fault) fits(text string) bool {
	if pattern, ok := f.field["pattern"].(string); ok {
		if re, err := regexp.Compile(pattern); err != nil || !re.MatchString(text) {
			return false
		}
	}
	switch f.field["format"] {
	case "date":
		_, err := time.Parse(time.DateOnly, text)
		return err == nil
	case "date-time":
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	}
	return true
}

// formed returns what was written in the form that its field wants, where it
// can be read in one way only; and whether it stands without quotes.
func (f Fault) formed() (text string, isBare bool) {
	switch f.field["format"] {
	case "date":
		return day(f.source), true
	case "date-time":
		return moment(f.source), true
	}
	if f.IsHandle() {
		return strings.TrimPrefix(f.source, "@"), false
	}
	switch Key(f.Pointer) {
	case "channel", "announcement", "prefix":
		return strings.ToLower(strings.TrimPrefix(f.source, "#")), false
	case "case", "cse", "dri":
		if nearest.Only(f.source, []string{string(schema.Pending)}) != "" {
			return string(schema.Pending), false
		}
	case "time", "from", "to":
		return timeOfDay(f.source), false
	case "previous":
		return strings.TrimSuffix(strings.TrimPrefix(f.source, "escalations/"), ".yaml"), false
	}
	return "", false
}

var (
	yearFirst  = regexp.MustCompile(`^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})$`)
	yearLast   = regexp.MustCompile(`^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$`)
	compactDay = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	withTime   = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}`)
)

// day reads a day of the calendar that can be no other, and writes it as
// 2026-11-24. It returns "" for 04/11/2026, which is one day to some and another
// to others.
func day(s string) string {
	s = strings.TrimSpace(s)
	if m := withTime.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	for _, form := range []*regexp.Regexp{yearFirst, compactDay} {
		if m := form.FindStringSubmatch(s); m != nil {
			return date(m[1], m[2], m[3])
		}
	}
	if m := yearLast.FindStringSubmatch(s); m != nil {
		one, other := date(m[3], m[1], m[2]), date(m[3], m[2], m[1])
		switch {
		case one == other || other == "":
			return one
		case one == "":
			return other
		}
		return ""
	}
	for _, layout := range []string{"2 Jan 2006", "2 January 2006", "Jan 2 2006", "January 2 2006", "2. January 2006", "2-Jan-2006"} {
		if t, err := time.Parse(layout, strings.ReplaceAll(s, ",", "")); err == nil {
			return t.Format(time.DateOnly)
		}
	}
	return ""
}

// date joins year, month and day; "" where there is no such day.
func date(year, month, day string) string {
	t, err := time.Parse("2006-1-2", year+"-"+month+"-"+day)
	if err != nil {
		return ""
	}
	return t.Format(time.DateOnly)
}

// moment reads a date with a time and a zone, and writes it as RFC 3339 has it.
// Where one of the three is missing, it returns "".
func moment(s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	for _, zulu := range []string{" UTC", " GMT", "UTC"} {
		if rest, ok := strings.CutSuffix(s, zulu); ok {
			s = rest + "Z"
			break
		}
	}
	for _, layout := range []string{
		"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04Z07:00",
		"2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z0700", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04 Z07:00",
		"2006-01-02 15:04:05 Z0700", "2006-01-02 15:04 Z0700", "2006-1-2T15:04:05Z07:00", "2006-1-2T15:04Z07:00",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Format(time.RFC3339)
		}
	}
	return ""
}

// timeOfDay reads hours and minutes, and writes them as 09:30.
func timeOfDay(s string) string {
	s = strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), " ", ""))
	for _, layout := range []string{"15:04", "15.04", "15H04", "15:04:05", "3:04PM", "3.04PM", "3PM"} {
		if t, err := time.Parse(layout, s); err == nil && t.Second() == 0 {
			return t.Format("15:04")
		}
	}
	return ""
}
