package shape

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/words"
)

// Name says a field as a person would, with the words of the entry of a list that
// it is in: `owner` of the second next step (`Load test`). The document may be nil.
func Name(doc *document.Document, pointer string) string {
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
	entry := entryName(doc, path[:at+1])
	if at == len(path)-1 {
		return entry
	}
	return code(strings.Join(path[at+1:], ".")) + " of " + entry
}

// entries are the lists whose entries have a name, and the field by which people
// know one.
var entries = map[string]struct{ name, by string }{
	"exit_criteria": {"exit criterion", "criterion"},
	"next_steps":    {"next step", "step"},
	"updates":       {"update", "at"},
}

// entryName says an entry of a list: the first next step (`Load test`).
func entryName(doc *document.Document, path []string) string {
	n, _ := strconv.Atoi(path[len(path)-1])
	list := path[:len(path)-1]
	kind, named := entries[list[len(list)-1]]
	if !named || len(list) > 1 {
		return fmt.Sprintf("the %s of %s", ordinal(n+1), Name(doc, document.Pointer(list...)))
	}
	name := fmt.Sprintf("the %s %s", ordinal(n+1), kind.name)
	if doc == nil {
		return name
	}
	if text, _ := doc.Written(document.Pointer(slices.Concat(path, []string{kind.by})...)); strings.TrimSpace(text) != "" {
		name += " (" + words.Code(words.Clip(words.Line(text), 40)) + ")"
	}
	return name
}

// ordinal says the place of an entry: first, second, 11th.
func ordinal(n int) string {
	said := [...]string{"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}
	if n >= 1 && n <= len(said) {
		return said[n-1]
	}
	end := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return strconv.Itoa(n) + end
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
