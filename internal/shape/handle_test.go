package shape

import (
	"regexp"
	"testing"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/schema"
)

// The keys that package document takes for those of handles, links and lists are
// those of the schemas: there, and only there, an @ is too much, Markdown is mended,
// and a bullet is a dash.
func TestHandleKeys(t *testing.T) {
	t.Parallel()
	c, err := NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	isHandle, isList, isLink, seen := map[string]bool{}, map[string]bool{}, map[string]bool{}, 0
	var walk func(s any)
	walk = func(s any) {
		object, _ := s.(map[string]any)
		props, _ := object["properties"].(map[string]any)
		for key, p := range props {
			field, _ := p.(map[string]any)
			items, _ := field["items"].(map[string]any)
			handle := schema.Handle("").JSONSchema().Pattern
			if _, known := field["type"]; known || field["pattern"] != nil {
				link := regexp.MustCompile(`https\?://`).MatchString
				pattern, _ := field["pattern"].(string)
				ofItems, _ := items["pattern"].(string)
				isLink[key] = isLink[key] || link(pattern) || link(ofItems)
				isList[key] = isList[key] || field["type"] == "array"
				isHandle[key] = isHandle[key] || field["pattern"] == handle || items["pattern"] == handle
			}
			walk(field)
			walk(items)
			walk(field["additionalProperties"])
		}
	}
	for _, kind := range c.kinds {
		walk(kind.raw)
	}
	for key, want := range isHandle {
		if document.IsHandle(key) != want {
			t.Errorf("%s is a handle: %v, want %v", key, !want, want)
		}
		if want {
			seen++
		}
	}
	for key, want := range isLink {
		if document.IsLink(key) != want {
			t.Errorf("%s is a link: %v, want %v", key, !want, want)
		}
	}
	for key, want := range isList {
		if document.IsList(key) != want {
			t.Errorf("%s is a list: %v, want %v", key, !want, want)
		}
	}
	if seen < 8 {
		t.Errorf("only %d keys of handles", seen)
	}
}
