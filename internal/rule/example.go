package rule

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/escalations-as-code/escalate/internal/tree"
)

// Example is a small piece of an escalation, people or policy file.
type Example struct {
	// Before holds the entries of the version before, where the rule is about
	// what changes.
	Before string
	// YAML holds top-level entries, which stand in place of those of a whole
	// escalation; or, after lines of the form `-- path --`, entries of several
	// files; after `-- path (whole) --`, a whole file. Empty where the fault is
	// not in a text.
	YAML string
	// Mark is, in a wrong example, the text that the finding underlines. Empty
	// where it stands for the file as a whole.
	Mark string
	// Note says what no text can show.
	Note string
}

func ex(yaml string) Example           { return Example{YAML: yaml} }
func marked(yaml, mark string) Example { return Example{YAML: yaml, Mark: mark} }
func changed(before, yaml, mark string) Example {
	return Example{Before: before, YAML: yaml, Mark: mark}
}

// Example's files are headed so. A whole file stands there as it is.
var exampleHead = regexp.MustCompile(`(?m)^-- (\S+(?: \S+)*?)( \(whole\))? --\n`)

// exampled is the file that an example changes where it names none.
const exampled = "escalations/2026/northwind.yaml"

// Files are the files of the example, by their paths: those of base, with its entries in
// the place of theirs. An escalation that base lacks is the one of base with them.
func (e Example) Files(base map[string]string) map[string]string {
	files, example := maps.Clone(base), e.YAML
	if !strings.HasPrefix(example, "-- ") {
		example = "-- " + exampled + " --\n" + example
	}
	heads := exampleHead.FindAllStringSubmatchIndex(example, -1)
	for i, h := range heads {
		end := len(example)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		name, text := example[h[2]:h[3]], example[h[1]:end]
		switch {
		case h[4] >= 0 || name == tree.PolicyPath: // the whole file
		case name == tree.PeoplePath:
			text = replacePeople(base[name], text)
		default:
			text = replace(base[exampled], text)
		}
		files[name] = text
	}
	return files
}

// replacePeople is a directory with the people of a text in the place of its own.
func replacePeople(base, text string) string {
	for line := range strings.Lines(strings.TrimPrefix(text, "people:\n")) {
		handle, _, _ := strings.Cut(line, ":")
		base = regexp.MustCompile(`(?m)^`+handle+`:.*\n`).ReplaceAllLiteralString(base, line)
	}
	return base
}

// replace puts the top-level entries of text in the place of those of base
// with the same key; others go to the end.
func replace(base, text string) string {
	if text, rest, ok := strings.Cut(text, "\n---\n"); ok {
		return replace(base, text+"\n") + "---\n" + rest
	}
	for _, e := range entries(text) {
		key, _, _ := strings.Cut(e, ":")
		old := entries(base)
		at := slices.IndexFunc(old, func(o string) bool { return strings.HasPrefix(o, key+":") })
		switch {
		case strings.Contains(text, "<<<<<<<"): // not entries
			return strings.Replace(base, "severity: high\n", text, 1)
		case at >= 0:
			base = strings.Replace(base, old[at], e, 1)
		case key == "sumary":
			base = strings.Replace(base, "summary: Pipelines wait 40 minutes and every team is affected\n", e, 1)
		default:
			base += e
		}
	}
	return base
}

// topLevel begins an entry.
var topLevel = regexp.MustCompile(`(?m)^[^\s#-]`)

// entries are those of the top level, each as it stands.
func entries(text string) []string {
	var list []string
	at := topLevel.FindAllStringIndex(text, -1)
	for i, a := range at {
		end := len(text)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		list = append(list, text[a[0]:end])
	}
	return list
}
