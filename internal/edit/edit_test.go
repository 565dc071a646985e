package edit_test

import (
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/edit"
)

// What no edit touches stands as it was.
func TestApply(t *testing.T) {
	t.Parallel()
	const text = "a: x # kept\nb: y\n"
	for _, c := range []struct {
		name  string
		edits []edit.Edit
		want  string
	}{
		{"nothing", nil, text},
		{"in place of", []edit.Edit{{3, 4, "z"}}, "a: z # kept\nb: y\n"},
		{"put in", []edit.Edit{{17, 17, "c: z\n"}}, text + "c: z\n"},
		{"deleted", []edit.Edit{{0, 12, ""}}, "b: y\n"},
		{"in any order", []edit.Edit{{15, 16, "2"}, {3, 4, "1"}}, "a: 1 # kept\nb: 2\n"},
		{"twice the same", []edit.Edit{{3, 4, "z"}, {3, 4, "z"}}, "a: z # kept\nb: y\n"},
		{"put in before what is replaced", []edit.Edit{{3, 4, "z"}, {3, 3, "- "}}, "a: - z # kept\nb: y\n"},
		{"side by side", []edit.Edit{{0, 1, "c"}, {1, 2, ":  "}}, "c:   x # kept\nb: y\n"},
	} {
		got, err := edit.Apply([]byte(text), c.edits)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
	for name, edits := range map[string][]edit.Edit{
		"overlapping":    {{0, 4, ""}, {3, 5, ""}},
		"one in another": {{0, 9, ""}, {3, 5, ""}},
		"behind the end": {{17, 18, ""}},
		"backwards":      {{4, 3, ""}},
		"before it all":  {{-1, 3, ""}},
	} {
		if got, err := edit.Apply([]byte(text), edits); err == nil {
			t.Errorf("%s: no error, and %q", name, got)
		}
	}
}

// What need not be in quotes is not, and what must be is.
func TestText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"high":            `high`,
		"Jo Doe":          `Jo Doe`,
		"Société 顧客":      `Société 顧客`,
		"https://x.y/?q":  `https://x.y/?q`,
		"a: b":            `"a: b"`,
		"a:":              `"a:"`,
		"#esc_x":          `"#esc_x"`,
		"see #4":          `"see #4"`,
		"@jdoe":           `"@jdoe"`,
		"no":              `"no"`,
		"0123":            `"0123"`,
		"10:30":           `"10:30"`,
		"2026-11-20":      `"2026-11-20"`,
		"1e3":             `"1e3"`,
		"":                `""`,
		" x":              `" x"`,
		`say "a"`:         `say "a"`,
		`"a" b`:           `'"a" b'`,
		`'a' "b"`:         `'''a'' "b"'`,
		"*all*":           `"*all*"`,
		"two\nlines":      `"two\nlines"`,
		"hidden\u200bone": `"hidden\u200bone"`,
	} {
		if got := edit.Text(text); got != want {
			t.Errorf("%q is written %s, want %s", text, got, want)
		}
	}
	if got := edit.FlowText("a, b"); got != `"a, b"` {
		t.Errorf("in brackets: %s", got)
	}
}

// Whatever the text, it is read back as it was: bare or quoted, alone, in a
// list, in braces, with a comment behind it.
func TestTextIsReadBack(t *testing.T) {
	t.Parallel()
	pieces := rapid.SampledFrom([]string{"a", "Z", "9", "-", "_", ".", ":", " ", "#", "'", `"`, `\`, "[", "]", "{", "}", ",", "&", "*", "!", "|", ">", "%", "@", "`", "?", "~", "=", "<", "é", "顧", "\n", "\t", "\u00a0", "\u2028", "\u200b", "\x00", "no", "null", "0x1", "1:2"})
	rapid.Check(t, func(t *rapid.T) {
		text := ""
		for _, p := range rapid.SliceOfN(pieces, 0, 8).Draw(t, "pieces") {
			text += p
		}
		for _, yamlText := range []string{
			"v: " + edit.Text(text) + "\n",
			"v: " + edit.Text(text) + " # note\n",
			"w: {v: " + edit.FlowText(text) + ", x: y}\n",
			"w: [" + edit.FlowText(text) + "]\n",
			"w:\n  - " + edit.Text(text) + "\n",
		} {
			var n yaml.Node
			if err := yaml.Unmarshal([]byte(yamlText), &n); err != nil {
				t.Fatalf("%q: %v", yamlText, err)
			}
			v := n.Content[0].Content[1]
			for len(v.Content) > 0 && v.Kind == yaml.MappingNode {
				v = v.Content[1]
			}
			if v.Kind == yaml.SequenceNode {
				v = v.Content[0]
			}
			if v.Kind != yaml.ScalarNode || v.Tag != "!!str" || v.Value != text {
				t.Fatalf("%q is read as %s %q", yamlText, v.Tag, v.Value)
			}
		}
	})
}
