package shape

import (
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// accepts reports whether v surely fits s. Most files do, and finding that out
// takes the validator longer than parsing them, for it notes the keys of each
// object once for every condition on it. Where accepts says no, the validator
// decides, and says why.
//
// It is exact for the keywords that knows lists, but for numbers that are no
// int64, which it refuses: no condition of the schemas looks at one.
func accepts(s *jsonschema.Schema, v any) bool {
	if s == nil {
		return true
	}
	if s.Always != nil {
		return *s.Always
	}
	if len(s.Types) > 0 && !slices.Contains(s.Types, typeOf(v)) ||
		len(s.Constant) > 0 && s.Constant[0] != v ||
		len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		return false
	}
	switch v := v.(type) {
	case map[string]any:
		if !acceptsObject(s, v) {
			return false
		}
	case []any:
		if len(v) < s.MinItems || s.UniqueItems && !unique(v) {
			return false
		}
		for _, item := range v {
			if !accepts(s.Items2020, item) {
				return false
			}
		}
	case string:
		if s.Pattern != nil && !s.Pattern.MatchString(v) {
			return false
		}
		if s.Format != "" && !jsonschema.Formats[s.Format](v) {
			return false
		}
	case int64:
		if s.Minimum != nil && !s.Minimum.IsInt() || s.Maximum != nil && !s.Maximum.IsInt() ||
			s.Minimum != nil && v < s.Minimum.Num().Int64() || s.Maximum != nil && v > s.Maximum.Num().Int64() {
			return false
		}
	}
	fits := func(sub *jsonschema.Schema) bool { return accepts(sub, v) }
	switch {
	case s.Not != nil && fits(s.Not),
		len(s.AnyOf) > 0 && !slices.ContainsFunc(s.AnyOf, fits),
		slices.ContainsFunc(s.AllOf, func(sub *jsonschema.Schema) bool { return !fits(sub) }):
		return false
	case s.If == nil:
		return true
	case fits(s.If):
		return fits(s.Then)
	default:
		return fits(s.Else)
	}
}

func acceptsObject(s *jsonschema.Schema, v map[string]any) bool {
	for _, key := range s.Required {
		if _, ok := v[key]; !ok {
			return false
		}
	}
	for key, value := range v {
		switch field, known := s.Properties[key]; more := s.AdditionalProperties.(type) {
		default:
			if known && !accepts(field, value) {
				return false
			}
		case bool:
			if !known && !more || known && !accepts(field, value) {
				return false
			}
		case *jsonschema.Schema:
			if !known {
				field = more
			}
			if !accepts(field, value) {
				return false
			}
		}
		if s.PropertyNames != nil && !accepts(s.PropertyNames, key) {
			return false
		}
		if sub, ok := s.DependentSchemas[key]; ok && !accepts(sub, v) {
			return false
		}
	}
	return true
}

// unique reports whether a list of texts has none twice. Of a long list it says
// no: comparing each with each would take too long, and the validator has a
// way of its own.
func unique(list []any) bool {
	if len(list) > 100 {
		return false
	}
	for i, x := range list {
		if _, isText := x.(string); !isText || slices.Contains(list[:i], x) {
			return false
		}
	}
	return true
}

func typeOf(v any) string {
	switch v.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	case string:
		return "string"
	case bool:
		return "boolean"
	case int64:
		return "integer"
	case nil:
		return "null"
	}
	return "number"
}

// knows reports whether a schema is written in the keywords that accepts
// understands. A schema that is not is left to the validator.
func knows(schema any) bool {
	s, ok := schema.(map[string]any)
	if !ok {
		_, ok = schema.(bool)
		return ok
	}
	for keyword, value := range s {
		switch keyword {
		case "$schema", "$id", "title", "description", "examples", "enumDescriptions",
			"type", "enum", "const", "pattern", "required", "minItems", "uniqueItems", "minimum", "maximum":
		case "format":
			name, _ := value.(string)
			if jsonschema.Formats[name] == nil {
				return false
			}
		case "if", "then", "else", "not", "items", "additionalProperties", "propertyNames":
			if !knows(value) {
				return false
			}
		case "allOf", "anyOf":
			for _, sub := range value.([]any) {
				if !knows(sub) {
					return false
				}
			}
		case "properties", "dependentSchemas":
			for _, sub := range value.(map[string]any) {
				if !knows(sub) {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}
