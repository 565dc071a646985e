package shape

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/nearest"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Say tells the fault: what is wrong, and what would be right.
func (f Fault) Say() (message, hint string) {
	name := Name(f.Pointer)
	switch f.Keyword {
	case "required":
		return name + " is missing", "add it, for example: " + f.example()
	case "empty":
		if f.field["type"] == "array" {
			if f.optional {
				return name + " is empty", "write a list, for example: " + f.example() + "; or leave it out"
			}
			return name + " is an empty list", "write at least one, for example: " + f.example()
		}
		if f.optional {
			return name + " is empty", "write it, for example: " + f.example() + "; or leave it out"
		}
		return name + " is empty", "write it, for example: " + f.example()
	case "minItems":
		if list, _ := f.Value.([]any); len(list) == 0 && f.Value != nil {
			return name + " is an empty list", "write at least one, for example: " + f.example()
		}
		return name + " needs at least one entry", "for example: " + f.example()
	case "additionalProperties":
		key := code(fmt.Sprint(f.Value))
		switch {
		case strings.Contains(f.source, ":") && f.meant != "":
			return key + " is not a field here: there is no space after the colon", "write " + code(strings.Replace(f.source, ":", ": ", 1))
		case f.meant != "":
			return key + " is not a field here", "did you mean " + code(f.meant) + "?"
		case f.flow:
			return key + " is not a field here: a comma ends a text inside braces", "put the text with the comma in quotes"
		}
		return key + " is not a field here", "the fields here are " + list(f.known)
	case "type":
		return f.sayType(name)
	case "enum":
		words := texts(f.want)
		hint := "write one of " + list(words)
		if meant := nearest.Of(f.source, words); meant != "" {
			hint = "did you mean " + code(meant) + "?"
		}
		return fmt.Sprintf("%s is %s, which is not one of %s", name, code(f.source), list(words)), hint
	case "propertyNames":
		return fmt.Sprintf("%s is not a handle", code(f.source)), "use small letters, digits, dots, dashes and underscores: no spaces and no @"
	case "pattern", "format":
		what, how := form(f)
		return fmt.Sprintf("%s is %s, which is not %s", name, code(f.source), what), how
	case "uniqueItems":
		return name + " names the same entry twice", "delete one of them"
	case "minimum", "maximum":
		return fmt.Sprintf("%s is %s, which is out of bounds", name, code(f.source)),
			fmt.Sprintf("the %s is %v", f.Keyword, f.want)
	}
	return name + " is not what belongs there", "for example: " + f.example()
}

func (f Fault) sayType(name string) (message, hint string) {
	want := texts(f.want)
	if slices.Contains(want, "string") && f.source != "" && f.tag != "!!timestamp" {
		switch {
		case f.field["enum"] != nil:
			f.Keyword, f.want = "enum", f.field["enum"]
			return f.Say()
		case f.field["pattern"] != schema.Text("").JSONSchema().Pattern:
			f.Keyword = "pattern"
			return f.Say()
		}
	}
	key := Key(f.Pointer)
	_, isMap := f.Value.(map[string]any)
	_, isList := f.Value.([]any)
	switch {
	case slices.Contains(want, "string") && f.tag == "!!str" && !isMap && !isList:
		return fmt.Sprintf("%s is %s, which many programs read as true or false", name, code(f.source)), "put it in quotes: " + pair(key, strconv.Quote(f.source))
	case slices.Contains(want, "string") && f.tag == "!!timestamp":
		return fmt.Sprintf("%s must be text, but YAML reads %s as a date", name, code(f.source)), "put it in quotes: " + pair(key, strconv.Quote(f.source))
	case slices.Contains(want, "string") && f.source != "" && !isMap && !isList:
		return fmt.Sprintf("%s must be text, but YAML reads %s as %s", name, code(f.source), kind(f.tag)), "put it in quotes: " + pair(key, strconv.Quote(f.source))
	case slices.Contains(want, "string") && isMap:
		if f.IsColon() {
			return name + " must be text, but a colon followed by a space makes YAML see a key and a value",
				"put the whole text in quotes"
		}
		return name + " must be a single value, with no fields of its own", "for example: " + f.example()
	case slices.Contains(want, "string"):
		return name + " must be a single value, not a list", "for example: " + f.example()
	case slices.Contains(want, "boolean"):
		answer := "true` or `false"
		if f.tag == "!!str" && (f.source == "true" || f.source == "false") {
			return name + " must be true or false, without quotes", "write " + pair(key, f.source)
		}
		switch strings.ToLower(f.source) {
		case "yes", "y", "on", "1":
			answer = "true"
		case "no", "n", "off", "0":
			answer = "false"
		}
		return fmt.Sprintf("%s must be true or false, not %s", name, code(f.source)), "write " + pair(key, answer)
	case slices.Contains(want, "integer"):
		return fmt.Sprintf("%s must be a whole number, not %s", name, code(f.source)), "for example: " + f.example()
	case slices.Contains(want, "array"):
		if f.source != "" && !isMap {
			return name + " must be a list", "put it in brackets: " + pair(key, "["+f.source+"]")
		}
		return name + " must be a list", "for example: " + f.example()
	default:
		return name + " must hold fields of its own", "for example: " + f.example()
	}
}

func kind(tag string) string {
	switch tag {
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	}
	return "nothing"
}

// form says what a text must look like, and how to write one.
func form(f Fault) (what, how string) {
	how = "for example: " + f.example()
	switch f.field["format"] {
	case "date":
		return "a day of the calendar", "write year, month and day: " + f.example()
	case "date-time":
		return "a date with a time", "write date, time and zone, with Z for UTC: " + f.example()
	case "email":
		return "an e-mail address", how
	}
	if f.field["pattern"] == schema.URL("").JSONSchema().Pattern {
		return "a link", "write the whole link, from https:// on"
	}
	if f.IsHandle() {
		if strings.HasPrefix(f.source, "@") {
			return "a handle", "write it without the @: " + code(strings.TrimPrefix(f.source, "@"))
		}
		return "a handle", "write the handle of a person in people.yaml: small letters, digits, dots, dashes, underscores"
	}
	switch Key(f.Pointer) {
	case "channel", "announcement", "prefix":
		if strings.HasPrefix(f.source, "#") {
			return "a channel name", "write it without the #: " + code(strings.TrimPrefix(f.source, "#"))
		}
		return "a legal Slack channel name", "use small letters, digits, dashes and underscores, at most 80: " + f.example()
	case "case":
		return "a link or the word pending", "write the whole link, from https:// on, or `pending` while the case is being made"
	case "zone":
		return "a time zone", "write it as Area/City: " + f.example()
	case "time", "from", "to":
		return "a time of day", "write hours and minutes in quotes: " + pair(Key(f.Pointer), `"10:30"`)
	case "previous":
		return "the id of an escalation", "write the year and the file's name without .yaml: " + f.example()
	}
	if strings.TrimSpace(f.source) == "" {
		return "a text", how
	}
	return "what belongs there", how
}

// example shows the field as it could be written.
func (f Fault) example() string {
	examples, _ := f.field["examples"].([]any)
	if len(examples) == 0 {
		return code(Key(f.Pointer) + ": …")
	}
	text, err := flow(examples[0])
	if err != nil {
		return code(Key(f.Pointer) + ": …")
	}
	if isIndex(last(f.Pointer)) {
		return code(text)
	}
	return pair(Key(f.Pointer), text)
}

// flow writes a plain value as YAML on one line. Times in it stay bare, as
// people write them.
func flow(v any) (string, error) {
	var n yaml.Node
	if err := n.Encode(v); err != nil {
		return "", err
	}
	bare(&n)
	out, err := yaml.Marshal(&n)
	return quotedTime.ReplaceAllString(strings.TrimSpace(string(out)), "$1"), err
}

var quotedTime = regexp.MustCompile(`'(\d{4}-\d{2}-\d{2}T[^']*)'`)

func bare(n *yaml.Node) {
	n.Style |= yaml.FlowStyle
	if n.Kind == yaml.ScalarNode {
		n.Style = 0
		if n.Tag == "!!str" && (isDate(n.Value)) {
			n.Tag = "!!timestamp"
		}
	}
	for _, c := range n.Content {
		bare(c)
	}
}

func isDate(s string) bool { return len(s) >= 10 && s[4] == '-' && s[7] == '-' }

// Name says a field as a person would: `owner` of entry 2 in `next_steps`.
func Name(pointer string) string {
	path := document.Tokens(pointer)
	at := -1 // of the last list entry on the way
	for i, p := range path {
		if i > 0 && isIndex(p) {
			at = i
		}
	}
	switch {
	case len(path) == 0:
		return "the file"
	case at < 0:
		return code(strings.Join(path, "."))
	}
	n, _ := strconv.Atoi(path[at])
	head := Name(document.Pointer(path[:at]...))
	if at == len(path)-1 {
		return fmt.Sprintf("entry %d of %s", n+1, head)
	}
	return fmt.Sprintf("%s of entry %d in %s", code(strings.Join(path[at+1:], ".")), n+1, head)
}

// Key returns the last key of a pointer that is no index.
func Key(pointer string) string {
	path := document.Tokens(pointer)
	for i := len(path) - 1; i >= 0; i-- {
		if !isIndex(path[i]) {
			return path[i]
		}
	}
	return ""
}

func last(pointer string) string {
	path := document.Tokens(pointer)
	if len(path) == 0 {
		return "x"
	}
	return path[len(path)-1]
}

func isIndex(s string) bool { return strings.Trim(s, "0123456789") == "" }

// code shows a piece of YAML inside a sentence, of a long one the beginning.
func code(s string) string {
	return words.Code(words.Clip(s, 60))
}

func pair(key, value string) string { return "`" + key + ": " + value + "`" }

func list(words []string) string { return strings.Join(words, ", ") }

// texts returns a keyword's value as a list of words.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		words := make([]string, len(v))
		for i, w := range v {
			words[i] = fmt.Sprint(w)
		}
		return words
	}
	return nil
}
