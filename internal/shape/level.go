package shape

import (
	"slices"
	"strconv"

	"github.com/escalations-as-code/escalate/internal/document"
)

// level finds where a key belongs that is no field where it stands, but is one of
// another level where nothing stands yet: one level too high or too low, as when a
// block is not indented. It returns the JSON pointer of the place, empty where
// there is none, or more than one. stand says where the keys beside it stand.
func (k compiled) level(pointer string, stand map[string]int, doc *document.Document) string {
	path := document.Tokens(pointer)
	key, within := path[len(path)-1], path[:len(path)-1]
	nearest, to := -1, "" // the nearest above whose block it may continue
	props, _ := k.field(within)["properties"].(map[string]any)
	for _, sibling := range sortedKeys(props) {
		at, there := stand[sibling]
		if !there || at > stand[key] || at < nearest {
			continue
		}
		if place := k.below(slices.Concat(within, []string{sibling}), key, doc); place != "" {
			nearest, to = at, place
		}
	}
	if to != "" {
		return to
	}
	for n := len(within) - 1; n >= 0; n-- {
		if k.vacant(within[:n], key, doc) {
			return document.Pointer(slices.Concat(within[:n], []string{key})...)
		}
	}
	return k.elsewhere(within, key, doc)
}

// below is the place of a key in the block of the field at a path: in the field
// itself, or in the last entry of its list.
func (k compiled) below(path []string, key string, doc *document.Document) string {
	field := k.field(path)
	if field["type"] == "array" {
		list, _ := at(doc.Value(), path).([]any)
		path = append(path, strconv.Itoa(max(len(list)-1, 0)))
		if len(list) > 0 {
			if _, isMap := list[len(list)-1].(map[string]any); !isMap {
				return ""
			}
		}
	}
	if !k.vacant(path, key, doc) || doc.IsFlow(document.Pointer(path...)) || doc.IsFlow(parent(document.Pointer(path...))) {
		return ""
	}
	return document.Pointer(append(path, key)...)
}

// elsewhere is the place of a key in the one block on the way up that has such a
// field and is there, or must be.
func (k compiled) elsewhere(within []string, key string, doc *document.Document) string {
	found := ""
	for n := len(within); n >= 0; n-- {
		field := k.field(within[:n])
		props, _ := field["properties"].(map[string]any)
		for _, name := range sortedKeys(props) {
			path := slices.Concat(within[:n], []string{name})
			sub, _ := props[name].(map[string]any)
			if sub["type"] != "object" || !k.vacant(path, key, doc) {
				continue
			}
			if there := doc.Has(document.Pointer(path...)); !there && !slices.Contains(required(field), name) || doc.IsFlow(document.Pointer(path...)) {
				continue
			}
			if found != "" {
				return ""
			}
			found = document.Pointer(append(path, key)...)
		}
	}
	return found
}

// vacant reports whether a key is a field of the object at a path, and nothing
// stands there yet.
func (k compiled) vacant(path []string, key string, doc *document.Document) bool {
	field := k.field(path)
	props, _ := field["properties"].(map[string]any)
	if _, known := props[key]; !known || field["type"] != "object" && len(path) > 0 {
		return false
	}
	switch value := at(doc.Value(), path).(type) {
	case map[string]any:
		_, taken := value[key]
		return !taken
	case nil:
		return true
	}
	return false
}

// together makes one fault of those that are one mistake: keys that stand one
// below the other and belong to the same place.
func together(faults []Fault, doc *document.Document) []Fault {
	var list []Fault
	for _, f := range faults {
		if f.belongs == "" {
			list = append(list, f)
			continue
		}
		i := slices.IndexFunc(list, func(first Fault) bool {
			return first.belongs != "" && parent(first.Pointer) == parent(f.Pointer) && parent(first.belongs) == parent(f.belongs)
		})
		if i < 0 {
			list = append(list, f)
			continue
		}
		list[i].also = append(list[i].also, f.source)
	}
	for i := range list {
		if f := &list[i]; f.belongs != "" {
			f.moved = doc.Leveled(f.Pointer, f.also, f.belongs)
		}
	}
	return list
}
