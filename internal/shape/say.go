package shape

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/edit"
	"github.com/escalations-as-code/escalate/internal/nearest"
	"github.com/escalations-as-code/escalate/internal/words"
	"github.com/escalations-as-code/escalate/schema"
)

// Say tells the fault: what is wrong, and what would be right. A time without a
// zone is one of the local zone, nil where none is known.
func (f Fault) Say(doc *document.Document, local *time.Location) (message, hint string) {
	name := Name(doc, f.Pointer)
	if f.Templated() {
		return name + " still has the words of the template: " + code(f.source), "write in their place: " + f.wanted() + f.meaning()
	}
	switch f.Keyword {
	case "required":
		return name + " is missing", "add " + f.wanted() + f.meaning()
	case "empty", "minItems":
		return f.sayEmpty(name)
	case "additionalProperties":
		return f.sayUnknown()
	case "type":
		return f.sayType(doc, local)
	case "enum":
		words := texts(f.want)
		hint := "write one of " + list(words)
		if meant := nearest.Of(f.source, words); meant != "" {
			hint = "did you mean " + code(meant) + "?"
		}
		return fmt.Sprintf("%s is %s, which is not one of %s", name, code(f.source), list(words)), hint
	case "propertyNames":
		return f.sayNamesKey()
	case "pattern", "format":
		return f.sayForm(name, local)
	case "uniqueItems":
		return name + " names the same entry twice", "delete one of them"
	case "minimum", "maximum":
		return fmt.Sprintf("%s is %s, which is out of bounds", name, code(f.source)),
			fmt.Sprintf("the %s is %v", f.Keyword, f.want)
	}
	return name + " is not what belongs there", "write " + f.wanted() + f.meaning()
}

// Templated reports whether the value is the template's own, which is to be filled
// in (P7).
func (f Fault) Templated() bool {
	return words.ToFillIn(f.source) != "" && f.Keyword != "additionalProperties"
}

// sayNamesKey tells of a key of the directory that cannot be the handle of a person.
func (f Fault) sayNamesKey() (message, hint string) {
	key := code(f.source)
	if f.source == string(schema.Pending) {
		return key + " cannot be a handle: it stands for whoever is still to be assigned", "give the person another handle"
	}
	hint = "use small letters, digits, dots, dashes and underscores: no spaces and no @"
	if handle := strings.Trim(noSlug.ReplaceAllString(strings.ToLower(f.source), "-"), "-_"); handle != "" {
		hint += "; for example " + code(handle)
	}
	return key + " is not a handle", hint
}

func (f Fault) sayEmpty(name string) (message, hint string) {
	what := name + " is empty"
	if list, isList := f.Value.([]any); isList && len(list) == 0 || f.field["type"] == "array" {
		what = name + " names nothing"
	}
	hint = "write " + f.wanted() + f.meaning()
	if f.optional {
		hint += ", or leave it out"
	}
	return what, hint
}

// sayUnknown tells of a key that is not a field where it stands.
func (f Fault) sayUnknown() (message, hint string) {
	key := code(fmt.Sprint(f.Value))
	switch {
	case f.belongs != "":
		return f.sayMisplaced(key)
	case strings.Contains(f.source, ":") && f.meant != "":
		return key + " is not a field here: there is no space after the colon", "write " + code(strings.Replace(f.source, ":", ": ", 1))
	case f.meant != "":
		return key + " is not a field here", "did you mean " + code(f.meant) + "?"
	case f.flow:
		return key + " is not a field here: a comma ends a text inside braces", "put the text with the comma in quotes"
	}
	return key + " is not a field here", "the fields here are " + list(f.known)
}

// sayMisplaced tells of a key that is a field of another level.
func (f Fault) sayMisplaced(key string) (message, hint string) {
	many, these := " is", "this line"
	if len(f.also) > 0 {
		many, these = ", with "+words.And(codes(f.also))+", is", "these lines"
	}
	from, to := parent(f.Pointer), parent(f.belongs)
	switch {
	case to == "":
		return fmt.Sprintf("%s%s one level too low: it belongs to the file as a whole, and not to %s", key, many, Name(nil, from)),
			fmt.Sprintf("let %s begin in the first column", these)
	case strings.HasPrefix(to, from+"/"):
		return fmt.Sprintf("%s%s one level too high: it belongs to %s", key, many, Name(nil, to)),
			fmt.Sprintf("indent %s by two spaces, below %s", these, code(Key(to)+":"))
	case strings.HasPrefix(from, to+"/"):
		return fmt.Sprintf("%s%s one level too low: it belongs to %s", key, many, Name(nil, to)),
			fmt.Sprintf("indent %s like the other fields of %s", these, Name(nil, to))
	}
	return fmt.Sprintf("%s belongs to %s, and not to %s", key, Name(nil, to), Name(nil, from)),
		fmt.Sprintf("move %s below %s, indented by two spaces", these, code(Key(to)+":"))
}

// codes shows several pieces of YAML.
func codes(list []string) []string {
	shown := make([]string, len(list))
	for i, s := range list {
		shown[i] = code(s)
	}
	return shown
}

func parent(pointer string) string { return pointer[:max(strings.LastIndex(pointer, "/"), 0)] }

func (f Fault) sayType(doc *document.Document, local *time.Location) (message, hint string) {
	name, key := Name(doc, f.Pointer), Key(f.Pointer)
	want := texts(f.want)
	if slices.Contains(want, "string") && f.source != "" && f.tag != "!!timestamp" {
		switch {
		case f.field["enum"] != nil:
			f.Keyword, f.want = "enum", f.field["enum"]
			return f.Say(doc, local)
		case f.field["pattern"] != schema.Text("").JSONSchema().Pattern:
			f.Keyword = "pattern"
			return f.Say(doc, local)
		}
	}
	_, isMap := f.Value.(map[string]any)
	_, isList := f.Value.([]any)
	inQuotes := "put it in quotes: " + pair(key, strconv.Quote(f.source))
	switch {
	case slices.Contains(want, "string") && f.tag == "!!str" && !isMap && !isList:
		return fmt.Sprintf("%s is %s, which many programs read as true or false", name, code(f.source)), inQuotes
	case slices.Contains(want, "string") && f.tag == "!!timestamp":
		return fmt.Sprintf("%s is a text, but %s looks like a date", name, code(f.source)), inQuotes
	case slices.Contains(want, "string") && f.source != "" && !isMap && !isList:
		return fmt.Sprintf("%s is a text, but %s looks like %s", name, code(f.source), kind(f.tag)), inQuotes
	case slices.Contains(want, "string") && isMap:
		if f.IsColon() {
			return name + " is a text with a colon and a space in it, which must stand in quotes", "put quotes around the whole text"
		}
		return name + " is one text, and not several fields in braces", "write " + f.wanted() + f.meaning()
	case slices.Contains(want, "string") && !f.flow && f.field["pattern"] == schema.Text("").JSONSchema().Pattern:
		return name + " is one text, and not a list", fmt.Sprintf("put a | behind the colon, %s, and leave the lines below it as they are", code(key+": |"))
	case slices.Contains(want, "string"):
		return name + " is one text, and not a list", "write " + f.wanted() + f.meaning()
	case slices.Contains(want, "boolean"):
		if f.tag == "!!str" && (f.source == "true" || f.source == "false") {
			return name + " must be true or false, without quotes", "write " + pair(key, f.source)
		}
		answer := trueOrFalse[strings.ToLower(f.source)]
		if answer == "" {
			answer = "true` or `false"
		}
		return fmt.Sprintf("%s must be true or false, not %s", name, code(f.source)), "write " + pair(key, answer)
	case slices.Contains(want, "integer"):
		if n := wholeIn(f.source); n != "" {
			return fmt.Sprintf("%s is a number alone, not %s", name, code(f.source)), "write " + pair(key, n)
		}
		return fmt.Sprintf("%s is a number, not %s", name, code(f.source)), "write " + f.wanted() + f.meaning()
	case f.lacksDash():
		return fmt.Sprintf("%s is a list, and this entry does not begin with a dash", name),
			fmt.Sprintf("write %s, and indent the other lines of the entry by two more spaces", code("- "+f.keys[0]+": "+words.Line(fmt.Sprint(f.Value.(map[string]any)[f.keys[0]]))))
	case slices.Contains(want, "array") && f.source != "" && entries[last(f.Pointer)].by != "":
		items, _ := f.field["items"].(map[string]any)
		entry := Fault{Pointer: f.Pointer + "/0", Keyword: "type", want: "object", field: items, source: f.source}
		_, hint := entry.Say(doc, local)
		return name + " is a list, and stands on the lines below its key", hint
	case slices.Contains(want, "array"):
		items, _ := f.field["items"].(map[string]any)
		if entry := (Fault{Pointer: f.Pointer, field: items, source: f.source}); f.source != "" && !isMap && key == "related" && !entry.fits(f.source) && !strings.ContainsAny(f.source, ",;\n") {
			return name + " is a list of ids of escalations, in brackets", entry.howID()
		}
		if f.source != "" && !isMap {
			return name + " is a list", "put it in brackets: " + pair(key, "["+f.source+"]")
		}
		return name + " is a list", "write " + f.wanted() + f.meaning()
	}
	if mainKey := f.mainKey(); mainKey != "" && isIndex(last(f.Pointer)) && f.source != "" {
		hint := "write " + code("- "+mainKey+": "+edit.Text(words.Line(f.source)))
		if rest := slices.DeleteFunc(required(f.field), func(k string) bool { return k == mainKey }); len(rest) > 0 {
			hint += ", and below it " + words.And(codes(rest))
		}
		return fmt.Sprintf("%s does not begin with %s", name, code(mainKey+":")), hint
	}
	what := name + " has no value of its own: it is made of fields"
	if f.source != "" {
		what = fmt.Sprintf("%s is %s, but it is made of fields", name, code(f.source))
	}
	return what, "write " + f.wanted() + f.meaning()
}

// lacksDash reports whether the first entry of a list stands there as if it were
// the list: without its dash.
func (f Fault) lacksDash() bool {
	items, _ := f.field["items"].(map[string]any)
	props, _ := items["properties"].(map[string]any)
	return f.Keyword == "type" && f.field["type"] == "array" && !f.flow && len(f.keys) > 0 && props[f.keys[0]] != nil
}

// mainKey is the field that says what an entry of a list is about: the first text.
func (f Fault) mainKey() string {
	if kind, ok := entries[last(parent(f.Pointer))]; ok {
		props, _ := f.field["properties"].(map[string]any)
		for _, key := range []string{kind.by, "text"} {
			if field, _ := props[key].(map[string]any); field["pattern"] == schema.Text("").JSONSchema().Pattern {
				return key
			}
		}
	}
	return ""
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

// sayForm tells of a value that is not written as its field wants it.
func (f Fault) sayForm(name string, local *time.Location) (message, hint string) {
	key := Key(f.Pointer)
	switch f.field["format"] {
	case "date":
		return f.sayDay(name, key)
	case "date-time":
		return f.sayTime(name, key, local)
	}
	what, how := f.form(key)
	return fmt.Sprintf("%s is %s, which is not %s", name, code(f.source), what), how
}

// sayDay tells of a value that is no day, and which day it may mean.
func (f Fault) sayDay(name, key string) (message, hint string) {
	const numbers = "write year, month and day in numbers: "
	read := days(f.source)
	switch {
	case f.tag == "!!bool" || yesOrNo(f.source):
		if trueOrFalse[strings.ToLower(f.source)] == "true" {
			return fmt.Sprintf("%s is a day, not %s", name, code(f.source)), "write on which day: " + f.wanted()
		}
		return fmt.Sprintf("%s is a day, not %s", name, code(f.source)), "leave it out as long as there is no such day"
	case len(read) > 1:
		return fmt.Sprintf("%s is %s, which is one day to some people and another to others", name, code(f.source)),
			"write " + words.Or(pairs(key, read)) + ", whichever it is"
	case len(read) == 1:
		return fmt.Sprintf("%s is %s, but a day is written year first", name, code(f.source)), "write " + pair(key, read[0])
	case numeric.MatchString(f.source):
		return fmt.Sprintf("%s is %s, and the calendar has no such day", name, code(f.source)), "look the day up, and " + numbers + f.wanted()
	}
	return fmt.Sprintf("%s is %s, which is not a day of the calendar", name, code(f.source)), "say which day that is, and " + numbers + f.wanted()
}

// numeric is a text that is three numbers, as a day is.
var numeric = regexp.MustCompile(`^\s*\d+\s*[-/.]\s*\d+\s*[-/.]\s*\d+\.?\s*$`)

// sayTime tells of a value that is no date with a time and a zone, and which it
// may mean.
func (f Fault) sayTime(name, key string, local *time.Location) (message, hint string) {
	m := when(f.source, local)
	value := code(f.source)
	switch {
	case len(m.readings) > 1 && m.noZone && sameClock(m.readings):
		return fmt.Sprintf("%s is %s, which the clocks of the region show twice that night", name, value), "write " + words.Or(pairs(key, m.readings))
	case len(m.readings) > 1:
		return fmt.Sprintf("%s is %s, which is one day to some people and another to others", name, value), "write " + words.Or(pairs(key, m.readings))
	case len(m.readings) == 1 && m.noZone:
		return fmt.Sprintf("%s is %s, without a time zone", name, value), "write " + pair(key, m.readings[0]) + ", if it is the region's time"
	case len(m.readings) == 1:
		return fmt.Sprintf("%s is %s, but a time is written as date, T, time and zone", name, value), "write " + pair(key, m.readings[0])
	case m.noSuchTime:
		return fmt.Sprintf("%s is %s, which the clocks of the region jump over that night", name, value), "write the time that it was, with its zone: " + f.wanted()
	case m.noClock && m.day != "":
		return fmt.Sprintf("%s is %s, and there is no such time", name, value), "write the time that it was, with its zone: " + f.wanted()
	case m.day != "" && m.clock != "" && m.noZone:
		return fmt.Sprintf("%s is %s, without a time zone", name, value),
			fmt.Sprintf("write %s for UTC, or the zone's distance from it in the place of the Z, such as +01:00", pair(key, m.day+"T"+m.clock+"Z"))
	case m.day != "" && m.clock != "":
		return fmt.Sprintf("%s is %s, in a time zone that is not known", name, value),
			fmt.Sprintf("write %s for UTC, or the zone's distance from it in the place of the Z, such as +01:00", pair(key, m.day+"T"+m.clock+"Z"))
	case m.day != "":
		end := "Z"
		if at, err := time.Parse(time.DateOnly, m.day); err == nil && local != nil {
			end = time.Date(at.Year(), at.Month(), at.Day(), 12, 0, 0, 0, local).Format("Z07:00")
		}
		return fmt.Sprintf("%s is %s, a day without a time", name, value), "add the time: " + pair(key, m.day+"T<hh:mm:ss>"+end)
	}
	return fmt.Sprintf("%s is %s, which is not a date with a time", name, value), "write date, time and zone, with Z for UTC: " + f.wanted()
}

// sameClock reports whether times differ in their zone alone.
func sameClock(times []string) bool {
	return !slices.ContainsFunc(times, func(t string) bool { return t[:len("2006-01-02T15:04:05")] != times[0][:len("2006-01-02T15:04:05")] })
}

// trueOrFalse is what people mean who write yes or no.
var trueOrFalse = map[string]string{
	"true": "true", "yes": "true", "y": "true", "on": "true", "1": "true",
	"false": "false", "no": "false", "n": "false", "off": "false", "0": "false",
}

func yesOrNo(s string) bool { return trueOrFalse[strings.ToLower(s)] != "" }

// form says what a text must look like, and how to write one.
func (f Fault) form(key string) (what, how string) {
	how = "write " + f.wanted() + f.meaning()
	switch {
	case f.field["format"] == "email":
		return "an e-mail address", how
	case f.isLink():
		what = "a link"
		if key == "case" {
			what, how = "a link or the word pending", "write the whole link, from https:// on, or `pending` while the case is being made"
		} else {
			how = "write the whole link, from https:// on"
		}
		if address := linkIn(f.source); address != "" {
			how = "write the address alone: " + f.written(address)
			if goesOn.MatchString(f.source) {
				how += "; a blank in it is written as `%20`"
			}
		}
		return what, how
	case f.IsHandle():
		if strings.HasPrefix(f.source, "@") {
			return "a handle", "write it without the @: " + code(strings.TrimPrefix(f.source, "@"))
		}
		return "a handle", "write the handle of a person in people.yaml: small letters, digits, dots, dashes, underscores"
	}
	switch key {
	case "channel", "announcement", "prefix":
		if strings.HasPrefix(f.source, "#") {
			return "a channel name", "write it without the #: " + code(strings.TrimPrefix(f.source, "#"))
		}
		return "a legal Slack channel name", "use small letters, digits, dashes and underscores, at most 80"
	case "zone":
		return "a time zone", "write it as Area/City, such as `Europe/Berlin`"
	case "time", "from", "to":
		return "a time of day", "write hours and minutes in quotes: " + pair(key, `"10:30"`)
	case "previous", "duplicate_of", "related":
		return "the id of an escalation", f.howID()
	case "github", "gitlab":
		what = map[string]string{"github": "a login of GitHub", "gitlab": "a username of GitLab"}[key]
		if login := loginIn(f.source); f.fits(login) {
			return what, "write it without what stands around it: " + f.written(login)
		}
		return what, "write what stands behind the @ when the person is mentioned there, without the @"
	case "roles", "informs", "product_dri":
		how = "write one of the process's roles, or one that policy.yaml adds under `roles`: small letters, digits and underscores"
		if meant := nearest.Of(f.source, words.Plain(schema.Roles())); meant != "" {
			how = "did you mean " + code(meant) + "?"
		}
		return "a role", how
	case "slack":
		return "a member id of Slack", "write the id, a U or a W with capital letters and digits behind it: in Slack it is in the person's profile, behind the three dots, as \"Copy member ID\""
	}
	if strings.TrimSpace(f.source) == "" {
		return "a text", how
	}
	return "what belongs there", how
}

// howID says how the id of an escalation is written that was written otherwise.
func (f Fault) howID() string {
	id, known := idIn(f.source), "write "
	if id == "" {
		id, known = "<year>/"+slug(f.source), "write the year in which it was opened and the name of its file, without .yaml: "
	}
	switch {
	case Key(f.Pointer) == "related" && !isIndex(last(f.Pointer)):
		return known + pair("related", "["+id+"]")
	default:
		return known + f.written(id)
	}
}

var (
	idAt    = regexp.MustCompile(`(?:^|/)(\d{4}/[a-z0-9][a-z0-9_-]*)(?:\.ya?ml)?$`)
	noSlug  = regexp.MustCompile(`[^a-z0-9_]+`)
	loginAt = regexp.MustCompile(`^(?:https?://)?(?:www\.)?git(?:hub|lab)\.com/|^@`)
)

// idIn is the id in a path or an address of a file; empty where there is none.
func idIn(text string) string {
	if m := idAt.FindStringSubmatch(strings.ToLower(strings.TrimSpace(text))); m != nil {
		return m[1]
	}
	return ""
}

// slug is what a name may be called in a file's name.
func slug(name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(path.Base(strings.TrimSpace(name))), ".yaml"), ".yml")
	if name = strings.Trim(noSlug.ReplaceAllString(name, "-"), "-_"); name == "" || len(name) > 40 {
		return "<name>"
	}
	return name
}

// loginIn is a login without an @ or an address around it.
func loginIn(text string) string {
	return strings.TrimRight(loginAt.ReplaceAllString(strings.TrimSpace(text), ""), "/")
}

// isLink reports whether the field takes a link.
func (f Fault) isLink() bool {
	switch f.field["pattern"] {
	case schema.URL("").JSONSchema().Pattern, schema.Case("").JSONSchema().Pattern:
		return true
	}
	return false
}

var (
	address  = regexp.MustCompile(`https?://[^\s<>()\[\]"'|]+`)
	goesOn   = regexp.MustCompile(`https?://\S+ +[\pL\pN]`) // behind a blank, which may be one of the address
	hostPath = regexp.MustCompile(`(?i)^(?:www\.)?([a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(/\S*)?$`)
)

// linkIn is the one link in a text, or the text as a link where only its beginning
// is missing; empty where there is none or more than one.
func linkIn(text string) string {
	text = strings.Trim(strings.TrimSpace(text), `<>"'“”„‘’`)
	switch found := address.FindAllString(text, -1); {
	case len(found) == 1, len(found) > 1 && len(some(found...)) == 1: // [https://x.y](https://x.y)
		return strings.TrimRight(found[0], ".,;")
	case len(found) > 1:
		return ""
	}
	if rest := strings.TrimPrefix(text, "//"); hostPath.MatchString(rest) {
		return "https://" + rest
	}
	return ""
}

// written shows the field with a value.
func (f Fault) written(value string) string {
	if isIndex(last(f.Pointer)) {
		return code(value)
	}
	return pair(Key(f.Pointer), value)
}

func pairs(key string, values []string) []string {
	shown := make([]string, len(values))
	for i, v := range values {
		shown[i] = pair(key, v)
	}
	return shown
}

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
