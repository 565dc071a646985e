package finding_test

import (
	"fmt"
	"testing"

	"github.com/escalations-as-code/escalate/internal/finding"
)

// A list takes so many and one that stands for the rest. What it hands back is
// the finding in it, or one that nobody sees.
func TestList(t *testing.T) {
	t.Parallel()
	l := finding.List{Rest: "there are more"}
	for i := range finding.Most + 50 {
		if full := i > finding.Most; l.Full() != full {
			t.Fatalf("after %d: full %v, want %v", i, l.Full(), full)
		}
		f := l.Take(finding.Finding{Message: "wrong", Place: finding.Place{Span: finding.Span{Line: i}}, Fixes: []finding.Fix{{Text: "x"}}})
		f.AlsoCite("P8")
	}
	found := l.Findings()
	if len(found) != finding.Most+1 {
		t.Fatalf("%d findings", len(found))
	}
	for i, f := range found[:finding.Most] {
		if f.Message != "wrong" || f.Line != i || fmt.Sprint(f.Cites) != "[P8]" || len(f.Fixes) != 1 {
			t.Fatalf("number %d is %+v", i, f)
		}
	}
	if f := found[finding.Most]; f.Message != "there are more" || len(f.Cites)+len(f.Fixes) > 0 || f.Line != finding.Most {
		t.Errorf("the last is %+v", f)
	}
}

// Of three faults of one kind where there were two, one is new, at whatever
// place of a list they stand.
func TestTally(t *testing.T) {
	t.Parallel()
	at := func(field string) finding.Finding {
		return finding.Finding{Rule: "known-person", Field: field, Value: "jdo"}
	}
	had := finding.TallyOf([]finding.Finding{at("/fyi/0"), at("/fyi/1")})
	fresh := had.New([]finding.Finding{at("/dri"), at("/fyi/1"), at("/fyi/2"), at("/fyi/3")})
	if len(fresh) != 2 || fresh[0].Field != "/dri" || fresh[1].Field != "/fyi/3" {
		t.Errorf("new are %+v", fresh)
	}
	if fresh := finding.TallyOf(nil).New(fresh); len(fresh) != 2 {
		t.Errorf("new to nothing are %+v", fresh)
	}
}
