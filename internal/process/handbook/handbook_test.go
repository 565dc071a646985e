package handbook_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/process/handbook"
)

// No sentence of the source is lost: each line that has one belongs to a rule, or to
// what is read elsewhere. The lines are those of the source that are neither empty
// nor a heading.
func TestNoLineIsLost(t *testing.T) {
	t.Parallel()
	source := [][2]int{
		{5, 5}, {11, 11}, {13, 14}, {16, 16}, {20, 20}, {24, 24}, {28, 33}, {35, 36}, {40, 40}, {42, 44}, {47, 54}, {57, 57}, {59, 62}, {66, 66}, {68, 75}, {77, 77}, {79, 81}, {83, 83},
		{87, 88}, {90, 94}, {98, 98}, {102, 102}, {104, 107}, {109, 109}, {111, 111}, {113, 113}, {115, 116}, {120, 120}, {122, 130}, {132, 132}, {136, 136}, {138, 144}, {146, 146}, {148, 148},
		{152, 152}, {154, 157}, {159, 159}, {163, 163}, {165, 170}, {174, 174}, {176, 186}, {188, 188}, {192, 192}, {194, 196}, {198, 198}, {202, 202}, {204, 206}, {210, 212},
		{216, 216}, {218, 218}, {220, 220}, {222, 225}, {227, 227}, {229, 229}, {231, 233}, {237, 237}, {239, 239}, {243, 243}, {247, 247}, {249, 249}, {251, 254}, {258, 262}, {266, 268},
	}
	covered := map[int]bool{}
	for _, r := range slices.Concat(handbook.Rules(), handbook.Elsewhere()) {
		for _, l := range r.Lines {
			if l[0] < 5 || l[1] < l[0] || l[1] > 268 {
				t.Errorf("%s: lines %d to %d", r.Number, l[0], l[1])
			}
			for n := l[0]; n <= l[1]; n++ {
				covered[n] = true
			}
		}
	}
	for _, l := range source {
		for n := l[0]; n <= l[1]; n++ {
			if !covered[n] {
				t.Errorf("line %d is lost", n)
			}
		}
	}
}

// Each rule from P1 to P40 stands there, in order, with who sees to it.
func TestRulesAreComplete(t *testing.T) {
	t.Parallel()
	rules := handbook.Rules()
	if len(rules) != 40 {
		t.Errorf("%d rules", len(rules))
	}
	for i, r := range rules {
		if r.Number != fmt.Sprintf("P%d", i+1) {
			t.Errorf("number %d is %s", i+1, r.Number)
		}
		if r.Title == "" || !strings.HasSuffix(r.Says, ".") && !strings.HasSuffix(r.Says, "?") || len(r.By) == 0 {
			t.Errorf("%s is not complete: %+v", r.Number, r)
		}
		for _, text := range []string{r.Reading, r.People} {
			if text != "" && !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %q is no sentence", r.Number, text)
			}
		}
		if got, ok := handbook.Lookup(strings.ToLower(r.Number)); !ok || got.Title != r.Title {
			t.Errorf("%s is not found", r.Number)
		}
	}
	if _, ok := handbook.Lookup("P41"); ok {
		t.Error("P41 is found")
	}
	for number, want := range map[string]string{"P20": "line 157", "P6": "lines 38 to 55", "P8": "this project's own rule", "P3": "line 24", "P2": "lines 14, 85 to 94"} {
		if r, _ := handbook.Lookup(number); r.From() != want {
			t.Errorf("%s is from %s, want %s", number, r.From(), want)
		}
	}
}
