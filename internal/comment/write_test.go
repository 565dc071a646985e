package comment_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/comment"
)

// What is written is read as the answers that it was made of.
func TestWrite(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		act, want string
		answers   map[string][]string
	}{
		{"update", "/update internal The test is booked.", map[string][]string{"text": {"The test is booked."}, "to": {"internal"}}},
		{"update", "/update both One.\n\nTwo.", map[string][]string{"text": {"One.\n\nTwo."}, "to": {"internal", "customer"}}},
		{"update", "/significant customer They stop.", map[string][]string{"text": {"They stop."}, "to": {"customer"}, "significant": {"yes"}}},
		{"severity", "/severity low because all is calm", map[string][]string{"level": {"low"}, "why": {"all is calm"}}},
		{"severity", "/severity critical because the rollout stopped\nproduct-related: yes\n/product-dri dpatel", map[string][]string{
			"level": {"critical"}, "why": {"the rollout stopped"}, "product-related": {"yes"}, "product-dri": {"dpatel"}}},
		{"close", "/close\nresolution: resolved\noutcome: positive\nmet: 1\n2\nsummary: One.\n\nTwo.\nsentiment: green", map[string][]string{
			"resolution": {"resolved"}, "outcome": {"positive"}, "met": {"1\n2"}, "summary": {"One.\n\nTwo."}, "sentiment": {"green"}}},
	} {
		for _, d := range []comment.Dialect{onGitHub, onGitLab} {
			text, ok := d.Write(tc.act, tc.answers)
			if want := strings.ReplaceAll(tc.want, "/", d.Written("")); !ok || text != want {
				t.Errorf("%s: it writes %q, want %q", tc.act, text, want)
			}
			read := d.Read(text)
			if len(read.Commands) != 1 || read.Commands[0].Act != tc.act || len(read.Unknown) > 0 {
				t.Fatalf("%q is read as %s", text, say(read))
			}
			if got := read.Commands[0].Given; !maps.EqualFunc(got, tc.answers, slices.Equal) {
				t.Errorf("%q is read as %v, want %v", text, got, tc.answers)
			}
		}
	}
	// GitLab would carry out a line of the answer, and take it away.
	for _, lines := range []string{"One.\n/close", "One.\n  /assign me\nTwo."} {
		answers := map[string][]string{"text": {lines}, "to": {"internal"}}
		if text, ok := onGitLab.Write("update", answers); ok {
			t.Errorf("%q is said as %q", lines, text)
		}
		if _, ok := onGitHub.Write("update", answers); !ok {
			t.Errorf("%q is not said where it does nothing", lines)
		}
	}
	if text, ok := onGitHub.Write("standup", nil); ok {
		t.Errorf("a standup is said as %q", text)
	}
}
