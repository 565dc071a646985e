//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestOwnFiles shows the escalations of this repository to the editor and to
// ajv. That lint has nothing to say of them is tested with lint.
func TestOwnFiles(t *testing.T) {
	for kind, pattern := range map[string]string{
		"escalation": "../escalations/2*/*.yaml",
		"people":     "../escalations/people.yaml",
		"policy":     "../escalations/policy.yaml",
	} {
		names := files(t, pattern)
		ajvSays := ajv(t, "../schema/"+kind+".schema.json", names...)
		for _, name := range names {
			path, err := filepath.Abs(name)
			if err != nil {
				t.Fatal(err)
			}
			text := readFile(t, name)
			editor.open(t, path, text)
			t.Run(filepath.Base(name), func(t *testing.T) {
				t.Parallel()
				if !strings.HasPrefix(text, "# yaml-language-server: $schema=") {
					t.Error("the first line does not name the schema: the editor checks nothing")
				}
				compare(t, "the editor", editor.underlined(t, path), nil)
				compare(t, "ajv", ajvSays[name], nil)
			})
		}
	}
}

// TestHover reads what the editor explains of a field.
func TestHover(t *testing.T) {
	t.Parallel()
	schema := readSchema(t)
	path, _ := draft(t, "severity: high\nlinks: {case: pending}\n")
	for _, at := range []struct {
		key   string
		place position
		want  string
	}{
		{"severity", position{1, 2}, schema.Properties["severity"].Description},
		{"high, the value", position{1, 12}, schema.Properties["severity"].Description},
		{"links", position{2, 2}, schema.Properties["links"].Description},
		{"links.case", position{2, 10}, schema.Properties["links"].Properties["case"].Description},
	} {
		var hover struct{ Contents struct{ Value string } }
		editor.at(t, "textDocument/hover", path, at.place, &hover)
		if at.want == "" || !strings.Contains(hover.Contents.Value, at.want) {
			t.Errorf("%s: the editor shows\n%s\nwant %q", at.key, hover.Contents.Value, at.want)
		}
	}
}

// TestCompletion asks the editor what could be written at the end of a draft.
func TestCompletion(t *testing.T) {
	t.Parallel()
	var top []string
	for key := range readSchema(t).Properties {
		if key != "customer" {
			top = append(top, key)
		}
	}
	for _, of := range []struct {
		text string
		want []string
	}{
		{"customer: Northwind\n", top},
		{"severity: ", []string{"critical", "high", "medium", "low"}},
		{"product:\n  related: ", []string{"true", "false"}},
		{"account:\n  ", []string{"region", "csm", "cse", "account_executive", "services_project", "strategic"}},
		{"account:\n  region: ", []string{"AMER", "EMEA", "APAC", "PubSec"}},
		{"links:\n  case: ", []string{"pending"}},
		{"standup:\n  days: [", []string{"mon", "fri"}},
		{"updates:\n  - to: [", []string{"internal", "customer"}},
		{"closure:\n  resolution: ", []string{"resolved", "deescalated"}},
		{"closure:\n  sentiment: ", []string{"green", "yellow", "red"}},
	} {
		t.Run(strings.Join(strings.Fields(of.text), " "), func(t *testing.T) {
			t.Parallel()
			path, end := draft(t, of.text)
			var list struct{ Items []struct{ Label string } }
			editor.at(t, "textDocument/completion", path, end, &list)
			var offered []string
			for _, item := range list.Items {
				offered = append(offered, item.Label)
			}
			for _, label := range of.want {
				if !slices.Contains(offered, label) {
					t.Errorf("%s is not offered, only %q", label, offered)
				}
			}
		})
	}
}

// draft opens an escalation that is being written and returns its path and
// where its text ends.
func draft(t *testing.T, text string) (path string, end position) {
	t.Helper()
	text = "# yaml-language-server: $schema=../../schema/escalation.schema.json\n" + text
	path = filepath.Join(newTree(t, nil), "escalations/2026/draft.yaml")
	editor.open(t, path, text)
	end.Line = strings.Count(text, "\n")
	end.Character = len(text) - strings.LastIndex(text, "\n") - 1
	return path, end
}

// property is a field as the schema describes it.
type property struct {
	Description string
	Properties  map[string]property
}

func readSchema(t *testing.T) property {
	t.Helper()
	var p property
	b, err := os.ReadFile("../schema/escalation.schema.json")
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}
