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
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Fixes says how to mend the fault in its document, where exactly one answer is
// right. What Say hints at may be right in other ways, too.
func (f Fault) Fixes(doc *document.Document, local *time.Location) []finding.Fix {
	want := texts(f.want)
	switch f.Keyword {
	case "additionalProperties":
		return f.fixKey()
	case "enum":
		return put(doc, f.Pointer, nearest.Only(f.source, want))
	case "type":
		return f.fixType(doc, want, local)
	case "pattern", "format":
		text, isBare := f.formed(local)
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

// fixKey writes a misspelt key as the one that was surely meant, and moves one
// that stands on another level to its own.
func (f Fault) fixKey() []finding.Fix {
	_, value, isGlued := strings.Cut(f.source, ":")
	switch {
	case f.belongs != "":
		return f.moved
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

func (f Fault) fixType(doc *document.Document, want []string, local *time.Location) []finding.Fix {
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
			return f.Fixes(doc, local)
		}
		return doc.Quoted(f.Pointer)
	case slices.Contains(want, "boolean"):
		answer := trueOrFalse[strings.ToLower(f.source)]
		if answer == "" {
			return nil
		}
		return doc.PutBare(f.Pointer, answer)
	case slices.Contains(want, "integer"):
		if n := wholeIn(f.source); n != "" {
			return doc.PutBare(f.Pointer, n)
		}
	case f.lacksDash():
		return doc.Dashed(f.Pointer)
	case slices.Contains(want, "array"):
		items, _ := f.field["items"].(map[string]any)
		if entry := (Fault{field: items}); Key(f.Pointer) == "related" && !entry.fits(f.source) {
			if id := idIn(f.source); id != "" {
				return doc.PutBare(f.Pointer, "["+id+"]")
			}
			return nil
		}
		if f.source != "" && !isMap && f.tag == "!!str" && !strings.ContainsAny(f.source, ",;\n") {
			return doc.PutBare(f.Pointer, "["+edit.FlowText(f.source)+"]")
		}
	case f.mainKey() != "" && len(required(f.field)) == 1 && f.source != "":
		return doc.Keyed(f.Pointer, f.mainKey(), words.Line(f.source))
	}
	return nil
}

var wholeNumber = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})(?: ?(?:m|min|mins|minutes?|h|hours?|days?|d))?$`)

// wholeIn is the number that a text is, without its unit.
func wholeIn(text string) string {
	if m := wholeNumber.FindStringSubmatch(tidy(text)); m != nil {
		return m[1]
	}
	return ""
}

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
func (f Fault) formed(local *time.Location) (text string, isBare bool) {
	switch f.field["format"] {
	case "date":
		return onlyOne(days(f.source)), true
	case "date-time":
		if m := when(f.source, local); !m.noZone { // whoever wrote it may be elsewhere
			return onlyOne(m.readings), true
		}
		return "", false
	}
	if f.IsHandle() {
		return strings.TrimPrefix(f.source, "@"), false
	}
	key := Key(f.Pointer)
	switch key {
	case "channel", "announcement", "prefix":
		return strings.ToLower(strings.TrimPrefix(f.source, "#")), false
	case "case", "cse", "dri":
		if nearest.Only(f.source, []string{string(schema.Pending)}) != "" {
			return string(schema.Pending), false
		}
	case "time", "from", "to":
		return timeOfDay(f.source), false
	case "previous", "duplicate_of", "related":
		return idIn(f.source), false
	case "github", "gitlab":
		return loginIn(f.source), false
	case "roles", "informs", "product_dri":
		return nearest.Only(f.source, words.Plain(schema.Roles())), false
	}
	if f.isLink() && !hostPath.MatchString(f.source) && !goesOn.MatchString(f.source) { // nobody knows whether it is http or https, or where it ends
		return linkIn(f.source), false
	}
	return "", false
}

// onlyOne is the one text of a list, empty where there are none or several.
func onlyOne(list []string) string {
	if len(list) != 1 {
		return ""
	}
	return list[0]
}
