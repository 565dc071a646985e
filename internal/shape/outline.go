package shape

import (
	"fmt"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// outline shows how a field is written, with what is to be filled in between angle
// brackets. The examples of the schema are for an editor, which shows them as such:
// in a finding a person of another company, or yesterday's date, would be copied.
func outline(field map[string]any) string {
	props, _ := field["properties"].(map[string]any)
	switch {
	case field["format"] == "date":
		return "<YYYY-MM-DD>"
	case field["format"] == "date-time":
		return "<YYYY-MM-DDThh:mm:ssZ>"
	case field["format"] == "email":
		return "<e-mail address>"
	case field["enum"] != nil:
		return "<" + strings.Join(texts(field["enum"]), "/") + ">"
	case field["type"] == "boolean":
		return "<true/false>"
	case field["type"] == "integer":
		return "<number>"
	case field["type"] == "array":
		items, _ := field["items"].(map[string]any)
		return "[" + outline(items) + "]"
	case props != nil && field["type"] == "object":
		var pairs []string
		for _, key := range required(field) {
			sub, _ := props[key].(map[string]any)
			pairs = append(pairs, key+": "+outline(sub))
		}
		if examples, _ := field["examples"].([]any); len(pairs) == 0 && len(examples) > 0 { // each may be left out
			example, _ := examples[0].(map[string]any)
			for _, key := range sortedKeys(example) {
				sub, _ := props[key].(map[string]any)
				pairs = append(pairs, key+": "+outline(sub))
			}
			slices.SortStableFunc(pairs, func(a, b string) int { return order(b) - order(a) })
		}
		return "{" + strings.Join(pairs, ", ") + "}"
	}
	examples := texts(field["examples"])
	switch field["pattern"] {
	case schema.Handle("").JSONSchema().Pattern:
		return "<handle>"
	case schema.URL("").JSONSchema().Pattern, schema.Case("").JSONSchema().Pattern, schema.Agreement{}.JSONSchema().Pattern:
		return "<link>"
	case schema.TimeOfDay("").JSONSchema().Pattern:
		return `"10:30"`
	case schema.Zone("").JSONSchema().Pattern:
		return "<Area/City>"
	case schema.ID("").JSONSchema().Pattern:
		return "<year/name>"
	case schema.ChannelName("").JSONSchema().Pattern:
		return "<name>"
	case schema.Text("").JSONSchema().Pattern:
		if len(examples) > 1 { // the words that are built in, of a policy that may have others
			return "<" + strings.Join(examples, "/") + ">"
		}
	}
	return "<text>"
}

// order puts before the others what is to be answered first: yes or no.
func order(pair string) int {
	if strings.HasSuffix(pair, "<true/false>") {
		return 1
	}
	return 0
}

// required returns the keys that an object must have, in the order of the schema.
func required(field map[string]any) []string { return texts(field["required"]) }

// wanted shows the field as it is written: `ask: <text>`.
func (f Fault) wanted() string {
	if isIndex(last(f.Pointer)) {
		return words.Code(outline(f.field))
	}
	return pair(Key(f.Pointer), outline(f.field))
}

// meaning is what the field is for, to go behind how it is written; empty where
// the schema does not say.
func (f Fault) meaning() string {
	text, _ := f.field["description"].(string)
	text, _, _ = strings.Cut(words.Line(text), ". ")
	text = strings.TrimSuffix(text, ".")
	if text == "" || isIndex(last(f.Pointer)) {
		return ""
	}
	if r := []rune(text); len(r) < 2 || strings.ToUpper(string(r[1])) != string(r[1]) || r[1] == ' ' {
		text = strings.ToLower(string(r[0])) + string(r[1:])
	}
	return fmt.Sprintf(" (%s)", text)
}
