package comment_test

import (
	"slices"
	"testing"

	"github.com/escalations-as-code/escalate/schema"
)

// A policy can name each command, and lower, and no other.
func TestPolicyNames(t *testing.T) {
	t.Parallel()
	want := []schema.BotCommand{schema.Lowering}
	for _, u := range onGitHub.Usage() {
		if u.Name != "help" { // which anybody may ask for
			want = append(want, schema.BotCommand(u.Name))
		}
	}
	got := schema.BotCommands()
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("a policy can name %v, want %v", got, want)
	}
}
