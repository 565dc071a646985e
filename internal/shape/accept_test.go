package shape

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/escalations-as-code/escalate/internal/document"
	"github.com/escalations-as-code/escalate/internal/fixture"
	"github.com/escalations-as-code/escalate/schema"
)

// The schemas are written in the keywords that accepts knows: otherwise lint
// would be right, but slow.
func TestKnows(t *testing.T) {
	t.Parallel()
	c, err := NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	for kind, k := range c.kinds {
		if !k.known {
			t.Errorf("the schema of %s has a keyword that accepts does not know", kind)
		}
	}
	if knows(map[string]any{"properties": map[string]any{"x": map[string]any{"maxLength": 1}}}) {
		t.Error("an unknown keyword is known")
	}
}

// accepts says what the validator says, of escalations with a value changed,
// added or taken away anywhere.
func TestAcceptsIsExact(t *testing.T) {
	t.Parallel()
	c, err := NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	seeds, err := filepath.Glob("../../escalations/*/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(seeds) < 10 {
		t.Fatalf("%d seeds", len(seeds))
	}
	texts := map[string][]byte{}
	for _, name := range seeds {
		if texts[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	seeds = append(seeds, fixture.Northwind)
	texts[fixture.Northwind] = []byte(fixture.Read(fixture.Northwind))
	k := c.kinds[schema.KindEscalation]
	var accepted, refused int
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(seeds).Draw(t, "file")
		value := document.Read(name, texts[name]).Value()
		for range rapid.IntRange(0, 2).Draw(t, "changes") {
			mutate(t, value)
		}
		got, want := accepts(k.schema(), value), k.schema().Validate(value)
		if got != (want == nil) {
			t.Fatalf("accepts %v, the validator says %v, of %#v", got, want, value)
		}
		if got {
			accepted++
		} else {
			refused++
		}
	})
	if accepted == 0 || refused == 0 {
		t.Errorf("%d accepted, %d refused: the test shows nothing", accepted, refused)
	}
}

// mutate changes one thing below v.
func mutate(t *rapid.T, v any) {
	words := []any{
		nil, true, false, int64(3), "", " ", "x", "high", "critical", "low", "jdoe", "@jdoe", "pending", "https://example.com/x",
		"2026-11-20", "2026-02-30", "2026-11-20T09:30:00Z", []any{}, []any{"a", "a"}, []any{"mon"}, map[string]any{}, map[string]any{"related": false},
	}
	keys := []string{
		"severity", "product", "related", "dri", "reason", "csm", "cse", "cse_help_case", "services_project", "strategic", "account_executive",
		"closure", "case", "needed", "tickets", "enhancement", "business_case", "exit_criteria_met", "why_not", "requested", "platform_related", "owner", "nonsense",
	}
	for {
		switch x := v.(type) {
		case map[string]any:
			at := append(sortedKeys(x), keys...)
			key := rapid.SampledFrom(at).Draw(t, "key")
			below, there := x[key]
			if there && rapid.Bool().Draw(t, "deeper") && !scalar(below) {
				v = below
				continue
			}
			if there && rapid.Bool().Draw(t, "drop") {
				delete(x, key)
			} else {
				x[key] = rapid.SampledFrom(words).Draw(t, "value")
			}
			return
		case []any:
			if len(x) == 0 {
				return
			}
			i := rapid.IntRange(0, len(x)-1).Draw(t, "entry")
			if scalar(x[i]) {
				x[i] = rapid.SampledFrom(words).Draw(t, "value")
				return
			}
			v = x[i]
		default:
			return
		}
	}
}

func scalar(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return false
	}
	return true
}

// Name and Key say a field as a person would.
func TestName(t *testing.T) {
	t.Parallel()
	doc := document.Read("x.yaml", []byte("next_steps:\n  - step: Load test\n"))
	for pointer, want := range map[string]string{
		"":                     "the file|",
		"/severity":            "`severity`|severity",
		"/account/region":      "`account.region`|region",
		"/fyi/1":               "the second of `fyi`|fyi",
		"/next_steps/0":        "the first next step (`Load test`)|next_steps",
		"/next_steps/0/owner":  "`owner` of the first next step (`Load test`)|owner",
		"/next_steps/22/owner": "`owner` of the 23rd next step|owner",
		"/updates/11/to/0":     "the first of `to` of the 12th update|to",
		"/standup/attendees/2": "the third of `standup.attendees`|attendees",
	} {
		if got := strings.Join([]string{Name(doc, pointer), Key(pointer)}, "|"); got != want {
			t.Errorf("%q is %s, want %s", pointer, got, want)
		}
	}
}
