package comment_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/escalations-as-code/escalate/internal/comment"
	"github.com/escalations-as-code/escalate/schema"
)

// A policy can name each command, and lower, and no other.
func TestPolicyNames(t *testing.T) {
	t.Parallel()
	want := []schema.BotCommand{schema.Lowering}
	for _, u := range comment.Usage() {
		name, _, _ := strings.Cut(strings.TrimPrefix(u[0], "/"), " ")
		if name != "help" { // which anybody may ask for
			want = append(want, schema.BotCommand(name))
		}
	}
	got := schema.BotCommands()
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("a policy can name %v, want %v", got, want)
	}
}
