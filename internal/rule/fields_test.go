package rule_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/rule"
	"github.com/escalations-as-code/escalate/schema"
)

// Every JSON pointer that a rule holds is that of a field: one that is misspelt
// would find no place, and told of nothing. The rules' sources are read for
// them, as literals such as "/updates/%d/at" and as document.Pointer("people",
// handle, "roles").
func TestPointersAreFields(t *testing.T) {
	t.Parallel()
	pointers := map[string]string{} // to where it stands
	for _, r := range rule.All().Rules() {
		for _, f := range r.Fields {
			pointers[f] = r.Name
		}
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); err == nil && literal.MatchString(text) {
					pointers[text] = set.Position(n.Pos()).String()
				}
			case *ast.CallExpr:
				if p := called(n); p != "" {
					pointers[p] = set.Position(n.Pos()).String()
				}
			}
			return true
		})
	}
	if len(pointers) < 60 {
		t.Errorf("only %d pointers are found", len(pointers))
	}
	for pointer, where := range pointers {
		if !isField(t, pointer) {
			t.Errorf("%s: %s is no field", where, pointer)
		}
	}
	for _, wrong := range []string{"/sevrity", "/updates/%d/on", "/severity/high", "/people/*/role"} {
		if isField(t, wrong) {
			t.Errorf("%s is taken for a field", wrong)
		}
	}
}

var literal = regexp.MustCompile(`^(/([a-z_]+|%[ds]|[0-9]+))+/?$`)

// called is the pointer that a call of document.Pointer, or of at for a person,
// makes, with * for what is no literal.
func called(call *ast.CallExpr) string {
	pointer := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); !ok || x.Name != "document" || f.Sel.Name != "Pointer" || call.Ellipsis.IsValid() {
			return ""
		}
	case *ast.Ident:
		if f.Name != "at" {
			return ""
		}
		pointer = "/people"
	default:
		return ""
	}
	for _, arg := range call.Args {
		key := "*"
		if lit, ok := arg.(*ast.BasicLit); ok {
			key, _ = strconv.Unquote(lit.Value)
		}
		pointer += "/" + key
	}
	return pointer
}

// isField reports whether a pointer is that of a field of one of the schemas.
func isField(t *testing.T, pointer string) bool {
	t.Helper()
	for _, kind := range schema.Kinds() {
		text, err := schema.JSON(kind)
		if err != nil {
			t.Fatal(err)
		}
		var s any
		if err := json.Unmarshal(text, &s); err != nil {
			t.Fatal(err)
		}
		if holds(s, strings.Split(strings.Trim(pointer, "/"), "/")) {
			return true
		}
	}
	return false
}

// holds reports whether a schema has a field at a path. What stands for a number,
// a handle or a word may be any entry or, if it is no number, any key.
func holds(s any, path []string) bool {
	object, ok := s.(map[string]any)
	if !ok {
		return false
	}
	if len(path) == 0 {
		return true
	}
	if next, ok := object["properties"].(map[string]any); ok {
		if field, is := next[path[0]]; is {
			return holds(field, path[1:])
		}
		if path[0] == "*" || path[0] == "%s" {
			for _, field := range next {
				if holds(field, path[1:]) {
					return true
				}
			}
		}
	}
	for _, many := range []string{"items", "additionalProperties"} {
		if strings.Trim(path[0], "0123456789") == "" || path[0] == "*" || path[0] == "%d" || path[0] == "%s" || many == "additionalProperties" {
			if holds(object[many], path[1:]) {
				return true
			}
		}
	}
	return false
}
